package api

import (
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// route is one operation: what the router serves and what the OpenAPI document says are
// made from the same value, so neither can have what the other lacks.
type route struct {
	method, path string
	id           string // operationId
	tag          string
	summary      string // English
	chinese      string
	doc          string
	need         identity.Permission // what the token's role must have; empty: public, no token
	wildcard     string              // name of the last path parameter when it spans segments
	anyQuery     bool                // undeclared query parameters are ignored
	params       []*huma.Param
	paramsOf     func(*call) ([]*huma.Param, error) // of one request, where what it names has parameters of its own; nil: params
	body         map[string]*huma.Schema            // request body by media type
	status       int                                // of success; 200 when 0
	answers      map[string]*huma.Schema            // success body by media type
	headers      map[string]*huma.Param             // of success
	codes        []law.Code                         // codes of the problem table it can answer with
	down         map[string]*huma.Schema            // body of 503 where it is no problem
	waits        bool                               // takes wait_for: a position that this node must have reached
	ranges       bool                               // a part of the answer can be asked for
	costly       bool                               // counts against the limit of expensive reads
	counts       bool                               // and counts all things of a report: a processor is kept for it
	handle       func(*call) error
}

// serve is the way of every request through a route: token, role, parameters, limit,
// handler, problem.
func (a *Handler) serve(rt *route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := w.(*call) // ServeHTTP made it, and the router hands it on
		c.r = r        // with the router's parameters
		if r.ContentLength != 0 {
			c.in = inbound{ReadCloser: r.Body, c: c, window: c.began}
			r.Body = &c.in
		}
		if err := a.enter(c, rt); err != nil {
			a.answer(c, err)
		}
	}
}

func (a *Handler) enter(c *call, rt *route) (err error) {
	if rt.need == "" {
		c.who = a.callerOf(c)
	} else {
		if c.claims, err = a.authenticate(c.r); err != nil {
			return err
		}
		c.who = a.callerOf(c)
		defer c.who.requests.Add(-1)
		if n := c.who.requests.Add(1); n > int64(c.who.quota.Requests) {
			return overShare("requests", int(n-1), c.who.quota.Requests, 0)
		}
		if actor := c.claims.Actor(); person.OfUnit(&actor) { // others take no lock
			if r := a.cfg.Projector.Detached(actor, a.cfg.Ledger.Now()); r != nil {
				return r
			}
		}
		if !identity.Can(c.claims.Role, rt.need) {
			return fail(law.Forbidden, law.Str("role", c.claims.Role), law.Str("operation", rt.method+" "+rt.path))
		}
		c.tokens = a.cfg.Tokens
		if c.claims.Role == event.RoleDisciplineCommission && (rt.method == http.MethodGet || rt.method == http.MethodHead) ||
			rt.need == identity.ReadBundles {
			if err := a.logAccess(c, c.r.URL.Path); err != nil {
				return err
			}
		}
	}
	if c.r.URL.RawQuery != "" && !rt.anyQuery {
		params := rt.params
		if rt.paramsOf != nil {
			if params, err = rt.paramsOf(c); err != nil {
				return err
			}
		}
		if c.query, err = a.readQuery(c.r.URL.RawQuery, params); err != nil {
			return err
		}
	}
	if rt.waits && c.query.Has(waitFor) { // before a read's slot is taken
		if err := a.await(c); err != nil {
			return err
		}
	}
	if rt.counts { // likewise; while it waits, it keeps no read from others
		if c.counting, err = a.counting.take(c.r.Context(), &c.who); err != nil {
			return err
		}
		defer c.counting.free()
	}
	if rt.costly { // until the answer is sent: see send
		if c.read, err = a.reads.take(c.r.Context(), &c.who); err != nil {
			return err
		}
		defer c.read.free()
	}
	return rt.handle(c)
}

// pattern is the route's path as chi writes it.
func (rt *route) pattern() string {
	if rt.wildcard == "" {
		return rt.path
	}
	return strings.TrimSuffix(rt.path, "{"+rt.wildcard+"}") + "*"
}

// authenticate finds out who calls. Every bad token gets the same answer.
func (a *Handler) authenticate(r *http.Request) (identity.Claims, error) {
	const scheme = "Bearer "
	h := r.Header["Authorization"]
	if len(h) != 1 || len(h[0]) <= len(scheme) || !strings.EqualFold(h[0][:len(scheme)], scheme) {
		return identity.Claims{}, errUnauthenticated
	}
	claims, err := a.cfg.Tokens.Verify(r.Context(), h[0][len(scheme):])
	switch {
	case err == nil:
		return claims, nil
	case errors.Is(err, identity.ErrInvalidToken), errors.Is(err, identity.ErrExpiredToken), errors.Is(err, identity.ErrRevokedToken):
		return identity.Claims{}, errUnauthenticated
	}
	return identity.Claims{}, &fault{code: law.ViewsBehind, cause: err} // the token may be good: another node wrote it
}

var errUnauthenticated = errors.New("unauthenticated")

// logAccess records that object is about to be read. Who cannot be logged must not read.
func (a *Handler) logAccess(c *call, object string) error {
	return a.cfg.AccessLog.Record(c.r.Context(), accessOf(c, object))
}

// accessOf is what the access log says of a call that reads object.
func accessOf(c *call, object string) identity.Access {
	access := identity.AccessOf(c.claims)
	access.Action, access.Object, access.From = c.r.Method+" "+c.r.URL.Path, object, c.from()
	return access
}
