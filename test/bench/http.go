package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
)

// overHTTP measures the API on loopback, clients and server sharing the machine's cores,
// beside a bare chi handler that reads the same bodies and answers a constant.
func (r *Report) overHTTP(ctx context.Context, dir string, o Options) (err error) {
	n, err := openBench(ctx, datadir.Dir(dir))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close(context.WithoutCancel(ctx))) }()
	b, err := prepare(ctx, n, o.Connections)
	if err != nil {
		return err
	}
	c, err := newClients(ctx, n, b, o.Connections)
	if err != nil {
		return err
	}
	bare := chi.NewRouter()
	bare.Post("/v1/events", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusCreated)
	})
	full, err := n.Handler()
	if err != nil {
		return err
	}
	for _, m := range []struct {
		name    string
		handler http.Handler
		post    post
		into    **Load
	}{
		{"bare chi, one event", bare, post{keys: c.ed25519, events: 1}, &r.HTTPBare},
		{"HTTP, one event, token", full, post{events: 1}, &r.HTTPTok},
		{"HTTP, one event, Ed25519", full, post{keys: c.ed25519, events: 1}, &r.HTTPOne},
		{"HTTP, one event, P-256", full, post{keys: c.p256, events: 1}, &r.HTTPP256},
		{fmt.Sprintf("HTTP, batch of %d", visitEvents), full, post{events: visitEvents}, &r.HTTPMany},
	} {
		l, err := c.drive(m.name, m.handler, m.post, o.Time)
		if err != nil {
			return err
		}
		*m.into = &l
		o.log(l)
	}
	return nil
}

type clients struct {
	authors       []author
	answers       []bytes.Buffer      // of each connection, used again for the next answer: what the client does is not what is measured
	signs, cannot string              // the tokens of an inspector with keys, and of one without: a key that is not used is flagged
	ed25519, p256 []*devicekey.Signer // of the inspector with keys, one for each connection
	http          *http.Client
}

// post is one kind of request.
type post struct {
	keys   []*devicekey.Signer // nil: the events are not signed
	events int
}

func newClients(ctx context.Context, n *node.Node, b bearer, connections int) (*clients, error) {
	c := &clients{authors: make([]author, connections), answers: make([]bytes.Buffer, connections),
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}}
	_, office, err := n.Issue(ctx, token.Issued{Role: event.RoleSupervisionOffice, Person: "bench-b"}, lifetime)
	if err != nil {
		return nil, err
	}
	plain, _, err := n.Issue(ctx, token.Issued{Role: event.RoleInspector, Person: "bench-b", Team: "bench"}, lifetime)
	if err != nil {
		return nil, err
	}
	seed := make([]byte, ed25519.SeedSize)
	for range connections {
		crand.Read(seed)
		ed, err := devicekey.NewSigner(n.Ledger.Origin(), seed)
		if err != nil {
			return nil, err
		}
		p256, err := devicekey.NewP256Signer(n.Ledger.Origin())
		if err != nil {
			return nil, err
		}
		if err := errors.Join(registerKey(ctx, n, ed, b.actor, office), registerKey(ctx, n, p256, b.actor, office)); err != nil {
			return nil, err
		}
		c.ed25519, c.p256 = append(c.ed25519, ed), append(c.p256, p256)
	}
	if err := n.Projector.WaitFor(ctx, n.Ledger.Head().Size); err != nil {
		return nil, err
	}
	c.signs, c.cannot = b.token.Reveal(), plain.Reveal()
	return c, nil
}

// registerKey registers a device of the inspector, and has the office confirm it.
func registerKey(ctx context.Context, n *node.Node, d *devicekey.Signer, inspector, office event.Actor) error {
	compose := func(name string, data event.Data) *event.Event {
		return &event.Event{ID: uuid.New(), Type: n.Catalogue.Newest(name), Stream: event.Stream{Kind: event.Person, ID: inspector.Person},
			Source: "urn:anjian:bench", Occurred: time.Now(), ExpectedRevision: event.AnyRevision, Data: data}
	}
	e := compose("key-registered", d.Registration("bench"))
	raw, sig, err := d.Sign(e)
	if err != nil {
		return err
	}
	if _, err := n.Ledger.Append(ctx, ledger.Request{Actor: inspector,
		Items: []ledger.Item{{Bytes: raw, Event: e, Signature: sig}}}); err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	e = compose("key-confirmed", &person.KeyConfirmed{Event: e.ID.String(), SHA256: hex.EncodeToString(sum[:])})
	if raw, err = entry.Author(e); err != nil {
		return err
	}
	_, err = n.Ledger.Append(ctx, ledger.Request{Actor: office, Items: []ledger.Item{{Bytes: raw, Event: e}}})
	return err
}

func (c *clients) drive(name string, h http.Handler, p post, measured time.Duration) (Load, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Load{}, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 1 << 20}
	go server.Serve(listener) //nolint:errcheck // ends with the Close below
	defer func() { _ = server.Close() }()
	defer c.http.CloseIdleConnections()
	copy(c.authors, newAuthors(len(c.authors))) // what another handler was sent does not count as begun here
	for i := range c.authors {
		if p.keys != nil {
			c.authors[i].device = p.keys[i]
		}
	}
	url := "http://" + listener.Addr().String() + "/v1/events"
	l, err := drive(name, len(c.authors), measured/8, measured, func(w int, r *rand.Rand) error { return c.send(url, w, r, p) })
	l.Ops, l.PerSec = l.Ops*int64(p.events), l.PerSec*float64(p.events)
	return l, err
}

func (c *clients) send(url string, w int, r *rand.Rand, p post) error {
	contentType, body := "application/cloudevents+json", c.authors[w].next(r)
	if p.events > 1 {
		contentType = "application/cloudevents-batch+json"
		body = append([]byte{'['}, body...)
		for range p.events - 1 {
			body = append(append(body, ','), c.authors[w].next(r)...)
		}
		body = append(body, ']')
	}
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", contentType)
	if p.keys == nil {
		req.Header.Set("Authorization", "Bearer "+c.cannot)
	} else {
		req.Header.Set("Authorization", "Bearer "+c.signs)
		sig, err := p.keys[w].Seal(body)
		if err != nil {
			return err
		}
		req.Header.Set("Anjian-Signature", base64.RawURLEncoding.EncodeToString(sig))
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	answer := &c.answers[w]
	answer.Reset()
	_, err = answer.ReadFrom(res.Body)
	res.Body.Close()
	if err == nil && res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", res.Status, answer)
	}
	return err
}
