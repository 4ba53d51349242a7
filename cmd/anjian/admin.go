package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/user"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
)

// What goes over the admin socket. A token itself never does: who wants one makes it and sends
// its hash.
type (
	issuance struct {
		Issued token.Issued `json:"issued"` // expires and asked_by are the server's to say
		TTL    string       `json:"ttl"`    // as in Go: 744h
	}
	revocation struct {
		Token  string `json:"token"` // hash, position or event id
		Reason string `json:"reason"`
	}
	tokenInfo struct {
		Token   uint64     `json:"token"`
		Role    event.Role `json:"role"`
		Person  string     `json:"person,omitempty"`
		Team    string     `json:"team,omitempty"`
		County  string     `json:"county,omitempty"`
		Unit    string     `json:"unit,omitempty"`
		Expires time.Time  `json:"expires"`
		State   string     `json:"state"`            // valid, ended or revoked
		Already bool       `json:"already,omitzero"` // it had been revoked before
	}
)

// desk is where tokens are issued and revoked.
type desk interface {
	issue(context.Context, issuance) (position uint64, err error)
	revoke(context.Context, revocation) (tokenInfo, error)
	list(context.Context) ([]tokenInfo, error)
}

// nodeDesk is the ledger itself, asked by a process.
type nodeDesk struct {
	n  *node.Node
	by *token.Process
}

func (d *nodeDesk) issue(ctx context.Context, in issuance) (uint64, error) {
	ttl, err := time.ParseDuration(in.TTL)
	if err != nil || ttl < time.Second {
		return 0, fmt.Errorf("ttl: %q, want a duration of at least a second, such as 744h", in.TTL)
	}
	in.Issued.AskedBy, in.Issued.Expires = d.by, d.n.Now().Add(ttl).UTC().Truncate(time.Second)
	a, err := d.n.Record(ctx, &in.Issued)
	return a.Token, err
}

func (d *nodeDesk) revoke(ctx context.Context, in revocation) (tokenInfo, error) {
	c, err := d.n.Tokens.Find(in.Token)
	if err != nil {
		return tokenInfo{}, err
	}
	already, err := d.n.Revoke(ctx, c, in.Reason, d.by)
	t := d.info(&c)
	t.Already = already
	return t, err
}

func (d *nodeDesk) list(context.Context) ([]tokenInfo, error) {
	all := d.n.Tokens.All()
	out := make([]tokenInfo, len(all))
	for i := range all {
		out[i] = d.info(&all[i])
	}
	return out, nil
}

func (d *nodeDesk) info(c *identity.Claims) tokenInfo {
	state := "valid"
	switch err := d.n.Tokens.Check(c.Token); {
	case errors.Is(err, identity.ErrRevokedToken):
		state = "revoked"
	case err != nil:
		state = "ended"
	}
	return tokenInfo{Token: c.Token, Role: c.Role, Person: c.Person, Team: c.Team, County: c.County, Unit: c.Unit, Expires: c.Expires,
		State: state}
}

// socketDesk asks the server that runs on a data directory.
type socketDesk string

func (dir socketDesk) issue(ctx context.Context, in issuance) (position uint64, err error) {
	err = adminsocket.Call(ctx, string(dir), "POST", "/tokens", in, &position)
	return position, err
}

func (dir socketDesk) revoke(ctx context.Context, in revocation) (t tokenInfo, err error) {
	err = adminsocket.Call(ctx, string(dir), "POST", "/tokens/revoke", in, &t)
	return t, err
}

func (dir socketDesk) list(ctx context.Context) (all []tokenInfo, err error) {
	err = adminsocket.Call(ctx, string(dir), "GET", "/tokens", nil, &all)
	return all, err
}

// adminRoutes serves the admin socket of a node.
func adminRoutes(n *node.Node) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		adminsocket.Answer(w, http.StatusOK, map[string]string{"ledger": n.Ledger.Origin()}, nil)
	})
	mux.HandleFunc("POST /tokens", func(w http.ResponseWriter, r *http.Request) {
		handle(w, r, n, func(d *nodeDesk, in issuance) (any, error) { return d.issue(r.Context(), in) })
	})
	mux.HandleFunc("POST /tokens/revoke", func(w http.ResponseWriter, r *http.Request) {
		handle(w, r, n, func(d *nodeDesk, in revocation) (any, error) { return d.revoke(r.Context(), in) })
	})
	mux.HandleFunc("POST /sealing-keys", func(w http.ResponseWriter, r *http.Request) {
		handle(w, r, n, func(d *nodeDesk, in newSealing) (any, error) { return (&nodeSealing{n, d.by}).make(r.Context(), in) })
	})
	mux.HandleFunc("GET /sealing-keys", func(w http.ResponseWriter, r *http.Request) {
		all, err := (&nodeSealing{n: n}).list(r.Context())
		adminsocket.Answer(w, http.StatusOK, all, err)
	})
	mux.HandleFunc("GET /tokens", func(w http.ResponseWriter, r *http.Request) {
		all, err := (&nodeDesk{n: n}).list(r.Context())
		adminsocket.Answer(w, http.StatusOK, all, err)
	})
	mux.HandleFunc("GET /report-database", func(w http.ResponseWriter, _ *http.Request) { answerReports(w, n) })
	mux.HandleFunc("POST /report-database/check", func(w http.ResponseWriter, _ *http.Request) {
		if n.Reports != nil {
			n.Reports.WantCheck()
		}
		answerReports(w, n)
	})
	return mux
}

// handle reads the request's body, and answers what do makes of it for the process that asks.
func handle[T any](w http.ResponseWriter, r *http.Request, n *node.Node, do func(*nodeDesk, T) (any, error)) {
	peer, ok := adminsocket.PeerOf(r.Context())
	if !ok {
		adminsocket.Answer(w, http.StatusForbidden, nil, errors.New("nobody is known to ask"))
		return
	}
	var in T
	if err := json.UnmarshalRead(r.Body, &in, json.RejectUnknownMembers(true)); err != nil {
		adminsocket.Answer(w, http.StatusBadRequest, nil, err)
		return
	}
	out, err := do(&nodeDesk{n, processOf(peer)}, in)
	status := http.StatusOK
	if err != nil {
		status = http.StatusUnprocessableEntity
	}
	if refusal := (*event.Refusal)(nil); errors.As(err, &refusal) {
		err = errors.New(refusal.InBoth())
	}
	adminsocket.Answer(w, status, out, err)
}

func processOf(p adminsocket.Peer) *token.Process {
	out := &token.Process{UID: p.UID, PID: p.PID}
	if u, err := user.LookupId(strconv.FormatUint(uint64(p.UID), 10)); err == nil {
		out.User = u.Username
	}
	return out
}
