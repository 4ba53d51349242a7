package api

import (
	"cmp"
	"errors"
	"net/http"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// live answers with a server-sent event stream (HTML Living Standard §9.2): the selected
// entries up to now, then each as it becomes visible. A message's id is a cursor; a client that
// comes back with Last-Event-ID goes on after it and misses nothing.
func (a *Handler) live(s *scan) error {
	c := s.v.c
	limit, err := c.uint("limit", maxPosition, maxPosition)
	if err != nil {
		return err
	}
	from, err := s.resume(cmp.Or(c.r.Header.Get("Last-Event-ID"), c.query.Get("cursor")))
	if err != nil {
		return err
	}
	slot, err := a.streams.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer slot.free()
	c.Header().Set("Content-Type", mediaSSE)
	c.Header()["X-Accel-Buffering"] = unbuffered
	c.long(true)
	out := &stream{c: c, rc: http.NewResponseController(c)}
	if err := out.comment("ok"); err != nil {
		return err
	}
	return a.follow(s, out, from, limit)
}

// follow sends entries until the client goes, the token or its scope ends, the range or the
// limit ends, or the server stops. Once the stream has begun none of these is an error: the
// client comes back. What is sent is what the scope allows at one position, and only up to it.
func (a *Handler) follow(s *scan, out *stream, next, limit uint64) error {
	c := s.v.c
	ctx := c.r.Context()
	fingerprint := s.v.scope.Fingerprint() // for the cursors; the stream ends when it changes
	b := &batches{s: s, left: limit, encode: func(dst []byte, at projector.Cursor, raw []byte) []byte {
		return appendMessage(dst, at.String(fingerprint), raw)
	}}
	heartbeat := time.NewTicker(a.cfg.Heartbeat)
	defer heartbeat.Stop()
	for {
		size := a.cfg.Ledger.Head().Size
		if err := a.waitForViews(ctx, size); err != nil {
			return nil
		}
		if s.v.renew() != nil {
			return nil
		}
		to := min(s.v.scope.Position, size)
		if s.f.bounded {
			to = min(to, s.f.to)
		}
		for next < to && b.left > 0 {
			var err error
			if next, err = b.send(next, to); ended(err) {
				return nil
			} else if err != nil {
				return err
			}
			if err := out.rc.Flush(); err != nil {
				return err
			}
			select {
			case <-a.stopping:
				return nil
			default:
			}
		}
		if s.f.bounded && next >= s.f.to || b.left == 0 {
			return nil
		}
		select {
		case <-a.cfg.Ledger.Committed(max(next, size)):
		case <-heartbeat.C:
			if err := out.comment("still here"); err != nil {
				return err
			}
		case <-a.stopping:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// ended reports whether a token or its scope has ended.
func ended(err error) bool {
	var f *fault
	return errors.Is(err, errUnauthenticated) || errors.As(err, &f) && f.code == law.ScopeChanged
}

// stream writes what is no entry.
type stream struct {
	c  *call
	rc *http.ResponseController
}

// appendMessage writes one message. An entry is one line, so it needs one data field.
func appendMessage(dst []byte, id string, raw []byte) []byte {
	dst = append(dst, "id: "...)
	dst = append(dst, id...)
	dst = append(dst, "\ndata: "...)
	dst = append(dst, raw...)
	return append(dst, "\n\n"...)
}

// comment sends a line that clients ignore, so that dead connections are found.
func (s *stream) comment(text string) error {
	if _, err := s.c.Write([]byte(": " + text + "\n\n")); err != nil {
		return err
	}
	return s.rc.Flush()
}

// unbuffered asks nginx, and proxies that follow it, to pass each message on at once.
var unbuffered = []string{"no"}
