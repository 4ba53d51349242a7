package api

import (
	"cmp"
	"net/http"
	"time"

	"github.com/anjian-ledger/anjian/internal/projector"
)

// live answers with a server-sent event stream (HTML Living Standard §9.2): the selected
// entries up to now, then each as it becomes visible. A message's id is a cursor; a client that
// comes back with Last-Event-ID goes on after it and misses nothing.
func (a *Handler) live(s *scan) error {
	select {
	case a.streams <- struct{}{}:
		defer func() { <-a.streams }()
	default:
		return fail(codeTooManyReads, "")
	}
	c := s.v.c
	from, err := s.resume(cmp.Or(c.r.Header.Get("Last-Event-ID"), c.query.Get("cursor")))
	if err != nil {
		return err
	}
	c.Header().Set("Content-Type", mediaSSE)
	out := &stream{w: &patient{c: c}, rc: http.NewResponseController(c), scope: s.v.sight.Fingerprint()}
	if err := out.comment("ok"); err != nil {
		return err
	}
	s.deliver = out.entry
	return a.follow(s, out, from)
}

// follow sends entries until the client goes, the token or its scope ends, the range ends, or
// the server stops. Once the stream has begun none of these is an error: the client comes back.
// What is sent is what the scope allows at one position, and only up to that position.
func (a *Handler) follow(s *scan, out *stream, next uint64) error {
	c := s.v.c
	ctx := c.r.Context()
	heartbeat := time.NewTicker(a.cfg.Heartbeat)
	defer heartbeat.Stop()
	for {
		size := a.cfg.Ledger.Head().Size
		if err := a.reached(ctx, size); err != nil {
			return nil
		}
		if s.v.renew() != nil {
			return nil
		}
		to := min(s.v.sight.Position, size)
		if s.f.bounded {
			to = min(to, s.f.to)
		}
		if next < to {
			var err error
			if next, err = s.run(ctx, next, to); err != nil {
				return err
			}
			if err := out.rc.Flush(); err != nil {
				return err
			}
		}
		if s.f.bounded && next >= s.f.to {
			return nil
		}
		select {
		case <-a.cfg.Ledger.Committed(max(next, size)):
		case <-heartbeat.C:
			if s.v.renew() != nil {
				return nil
			}
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

// stream writes the text of a server-sent event stream.
type stream struct {
	w     *patient
	rc    *http.ResponseController
	scope uint64 // fingerprint, for the cursors
	buf   []byte
}

// entry sends one message. An entry is one line, so it needs one data field.
func (s *stream) entry(at projector.Cursor, raw []byte) error {
	s.buf = append(s.buf[:0], "id: "...)
	s.buf = append(s.buf, at.String(s.scope)...)
	s.buf = append(s.buf, "\ndata: "...)
	s.buf = append(s.buf, raw...)
	s.buf = append(s.buf, "\n\n"...)
	_, err := s.w.Write(s.buf)
	return err
}

// comment sends a line that clients ignore, so that dead connections are found.
func (s *stream) comment(text string) error {
	if _, err := s.w.Write([]byte(": " + text + "\n\n")); err != nil {
		return err
	}
	return s.rc.Flush()
}
