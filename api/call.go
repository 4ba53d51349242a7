package api

import (
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// call is one request on its way through a route: the writer the router hands on, and what
// was found out about the request. One goroutine owns it.
type call struct {
	http.ResponseWriter
	a       *Handler
	r       *http.Request
	id      string
	unnamed bool            // where it came from is not logged
	claims  identity.Claims // zero on public routes
	tokens  Tokens          // knows whether claims still count; nil on public routes
	query   url.Values      // parsed and checked against the route's parameters
	status  int
	bytes   int64    // of the body, before it was compressed
	wrong   *Problem // its answer, when that is no success

	began, extended time.Time // the request; the last extension of its answer's deadline
	endless         bool      // a live stream
	in              inbound   // its body; empty when it has none
	who             caller
	read            *slot // of the expensive reads; nil when it is none
	counting        *slot // of the reports being counted; likewise
}

// Unwrap lets http.ResponseController reach the connection.
func (c *call) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *call) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

// from is the client's address; empty where a proxy does not tell, or nobody is to know.
func (c *call) from() string {
	if c.unnamed {
		return ""
	}
	if at := c.a.cfg.Proxies.client(c.r); at.IsValid() {
		return at.String()
	}
	return ""
}

// path returns a parameter of the route's pattern.
func (c *call) path(name string) string { return chi.URLParam(c.r, name) }

// uint returns a query parameter as a number, and fallback when it is absent. limit may be narrower
// than the parameter's schema.
func (c *call) uint(name string, fallback, limit uint64) (uint64, error) {
	v := c.query.Get(name)
	if v == "" {
		return fallback, nil
	}
	n, err := strconv.ParseUint(v, 10, 63)
	if err != nil || n > limit {
		return 0, invalid(name, "whole-number", law.Int("least", 0), law.Int("most", limit))
	}
	return n, nil
}

// json answers 200 with v.
func (c *call) json(v any) error { return c.jsonAs(http.StatusOK, v) }

// jsonAs answers with a status and v.
func (c *call) jsonAs(status int, v any) error {
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	c.send(status, mediaJSON, append(body, '\n'))
	return nil
}

// body answers 200 with b.
func (c *call) body(contentType string, b []byte) { c.send(http.StatusOK, contentType, b) }

// largeAnswer is what counts as a download while it is sent, in bytes.
const largeAnswer = 256 << 10

// send answers with a whole body. An error of writing means that the client is gone. What
// is computed needs the slots of a report and of an expensive read no more, however slow the client is. Who has
// read the same before gets none of it again.
func (c *call) send(status int, contentType string, b []byte) {
	if status == http.StatusOK && reads(c.r) && c.unchanged(weakTag(b)) {
		return
	}
	c.counting.free()
	if c.read != nil && len(b) > largeAnswer { // else memory would fill with answers that nobody takes
		s, err := c.a.downloads.take(c.r.Context(), &c.who)
		if err != nil {
			c.read.free()
			c.a.answer(c, err)
			return
		}
		defer s.free()
	}
	c.read.free()
	h := c.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	c.WriteHeader(status)
	_, _ = c.Write(b)
}

// answer turns the error of a handler into its problem. Once an answer has begun it is cut
// off instead, so that a client cannot take a part for the whole.
func (a *Handler) answer(c *call, err error) {
	p := problemOf(err)
	c.wrong = p
	var f *fault
	foreseen := errors.As(err, &f) && f.cause == nil // an answer that a client can provoke; the line of the request has its code
	if p.Status >= http.StatusInternalServerError && !foreseen && c.r.Context().Err() == nil {
		a.log.Error("request failed", "id", c.id, "code", p.Code, "error", err)
	}
	if c.status != 0 {
		panic(http.ErrAbortHandler)
	}
	if p.Code == law.OverShare || p.Code == law.OverQuota {
		a.slow(c)
	}
	if c.in.leftover() {
		a.refuse(c, p)
		return
	}
	p.write(c, c.r, c.id)
}

// ServeHTTP answers a request, compressed where the client takes it.
func (a *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if reads(r) {
		a.compressed(w, r)
		return
	}
	a.serveCall(w, r)
}

// serveCall is the layer around the routes: request id, security headers, recovery, access line.
func (a *Handler) serveCall(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	c := &call{ResponseWriter: w, r: r, id: requestID(r), a: a, began: start, extended: start}
	commonHeaders(w.Header(), c.id)
	defer func() {
		v := recover()
		if err, _ := v.(error); v != nil && !errors.Is(err, http.ErrAbortHandler) {
			// A defect of one request; the server lives on.
			a.log.Error("panic", "id", c.id, "value", v, "stack", string(debug.Stack()))
			if c.status == 0 {
				c.wrong = rowOf(law.Internal).problem(nil)
				c.wrong.write(c, r, c.id)
				v = nil
			}
		}
		a.finish(c, time.Since(start))
		if v != nil {
			panic(http.ErrAbortHandler) // net/http cuts the connection off
		}
	}()
	a.mux.ServeHTTP(c, r)
}

// Header values that every answer shares; net/http only reads them.
var (
	headerNosniff    = []string{"nosniff"}
	headerDeny       = []string{"DENY"}
	headerNoReferrer = []string{"no-referrer"}
	headerCSP        = []string{"default-src 'none'; frame-ancestors 'none'"}
	headerNoStore    = []string{"no-store"}
)

// commonHeaders are those of every answer.
func commonHeaders(h http.Header, id string) {
	h["X-Content-Type-Options"] = headerNosniff
	h["X-Frame-Options"] = headerDeny
	h["Referrer-Policy"] = headerNoReferrer
	h["Content-Security-Policy"] = headerCSP
	h["Cache-Control"] = headerNoStore
	h["X-Request-Id"] = []string{id}
}

// maxRequestID is the most bytes of a request id that a client may give.
const maxRequestID = 64

// requestID is the client's own X-Request-Id when it is of letters, digits and -._, so that
// what it logged and what stands here are found together; else a new one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); id != "" && len(id) <= maxRequestID && event.ValidID(id) {
		return id
	}
	const digits = "0123456789abcdef"
	var b [16]byte
	n := rand.Uint64()
	for i := range b {
		b[i] = digits[n>>(4*i)&15]
	}
	return string(b[:])
}

// finish counts the request and writes its access line: successes at Debug, refusals at
// Info, failures at Warn. The line has neither query nor headers, which may hold secrets, and of
// what was refused the code, the rule and the event's id: details and remedies quote the body.
func (a *Handler) finish(c *call, took time.Duration) {
	a.metrics.request(c.r.Method, c.status, took)
	if c.wrong != nil {
		a.metrics.problem(string(c.wrong.Code))
	}
	level := slog.LevelDebug
	switch {
	case c.r.Context().Err() != nil: // the client is gone
	case c.status >= http.StatusInternalServerError:
		level = slog.LevelWarn
	case c.status >= http.StatusBadRequest:
		level = slog.LevelInfo
	}
	if ctx := c.r.Context(); a.log.Enabled(ctx, level) {
		line := make([]slog.Attr, 0, 12)
		line = append(line, slog.String("id", c.id), slog.String("method", c.r.Method), slog.String("path", c.r.URL.Path),
			slog.Int("status", c.status), slog.Int64("bytes", c.bytes), slog.Duration("took", took),
			slog.String("from", c.from()), slog.String("role", string(c.claims.Role)), slog.String("person", c.claims.Person))
		if p := c.wrong; p != nil {
			line = append(line, slog.String("code", string(p.Code)))
			if p.Rule != "" {
				line = append(line, slog.String("rule", p.Rule))
			}
			if p.Event != "" {
				line = append(line, slog.String("event", p.Event))
			}
		}
		a.log.LogAttrs(ctx, level, "request", line...)
	}
}
