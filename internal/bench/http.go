package bench

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
)

// overHTTP measures the API on loopback, clients and server sharing the machine's cores,
// beside a bare chi handler that reads the same bodies and answers a constant.
func (r *Report) overHTTP(ctx context.Context, dir string, o Options) (err error) {
	n, err := openBench(ctx, node.Dir(dir))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close(context.WithoutCancel(ctx))) }()
	if err := prepare(ctx, n, o.Connections); err != nil {
		return err
	}
	c, err := newClients(ctx, n, o.Connections)
	if err != nil {
		return err
	}
	bare := chi.NewRouter()
	bare.Post("/v1/events", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusCreated)
	})
	full, err := api.New(api.Config{Ledger: n.Ledger, Projector: n.Projector, Evidence: n.Evidence, Tokens: n.Tokens,
		Keyring: n.Keyring, AccessLog: n.AccessLog, Catalogue: n.Catalogue})
	if err != nil {
		return err
	}
	for _, m := range []struct {
		name    string
		handler http.Handler
		post    post
		into    **Load
	}{
		{"bare chi, one event", bare, post{signed: true, events: 1}, &r.HTTPBare},
		{"HTTP, one event, token", full, post{events: 1}, &r.HTTPTok},
		{"HTTP, one event, signed", full, post{signed: true, events: 1}, &r.HTTPOne},
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
	authors []author
	token   string
	keyID   string
	private ed25519.PrivateKey
	http    *http.Client
}

// post is one kind of request.
type post struct {
	signed bool
	events int
}

func newClients(ctx context.Context, n *node.Node, connections int) (*clients, error) {
	c := &clients{authors: make([]author, connections), http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections}}}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, err
	}
	c.private, c.keyID = private, devicekey.ID(public)
	e := &event.Event{ID: uuid.New(), Type: n.Catalogue.Newest("key-registered"), Stream: event.Stream{Kind: event.Person, ID: inspector.Person},
		Source: "urn:anjian:bench", Occurred: time.Now(), ExpectedRevision: event.AnyRevision,
		Data: &person.KeyRegistered{Algorithm: "ed25519", PublicKey: base64.RawURLEncoding.EncodeToString(public)}}
	raw, err := entry.Author(e)
	if err != nil {
		return nil, err
	}
	if _, err := n.Ledger.Append(ctx, ledger.Request{Actor: office, Items: []ledger.Item{{Bytes: raw, Event: e}}}); err != nil {
		return nil, err
	}
	if err := n.Projector.WaitFor(ctx, n.Ledger.Head().Size); err != nil {
		return nil, err
	}
	t, err := n.Issue(identity.Claims{Role: inspector.Role, Person: inspector.Person, Team: inspector.Team}, time.Hour)
	c.token = t.Reveal()
	return c, err
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
	run := rand.Uint64() // what another handler was sent does not count as begun here
	for i := range c.authors {
		c.authors[i] = author{writer: i, run: run}
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
	req.Header.Set("Authorization", "Bearer "+c.token)
	if p.signed {
		req.Header.Set("Anjian-Key", c.keyID)
		req.Header.Set("Anjian-Signature", base64.RawURLEncoding.EncodeToString(ed25519.Sign(c.private, body)))
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(res.Body)
	res.Body.Close()
	if err == nil && res.StatusCode != http.StatusCreated {
		err = fmt.Errorf("%s: %s", res.Status, answer)
	}
	return err
}
