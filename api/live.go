package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/internal/ledger"
)

// live answers with a server-sent event stream (HTML Living Standard §9.2): the selected
// entries up to now, then each as it is committed. A message's id is the entry's index; a
// client that comes back with Last-Event-ID goes on after it and misses nothing.
func (a *Handler) live(c *call, f *filter, head ledger.Head) error {
	select {
	case a.streams <- struct{}{}:
		defer func() { <-a.streams }()
	default:
		return fail(codeTooManyReads, "")
	}
	if id := c.r.Header.Get("Last-Event-ID"); id != "" {
		last, err := strconv.ParseUint(id, 10, 53)
		if err != nil {
			return fail(codeBadParam, "Last-Event-ID: want the index of an entry")
		}
		f.from = last + 1
	}
	c.Header().Set("Content-Type", mediaSSE)
	s := &stream{w: &patient{c: c}, rc: http.NewResponseController(c)}
	if err := s.comment("ok"); err != nil {
		return err
	}
	return a.follow(c, f, s, head.Size)
}

// follow sends entries until the client goes, the token ends, the range ends, or the server
// stops. Once the stream has begun none of these is an error: the client comes back.
func (a *Handler) follow(c *call, f *filter, s *stream, size uint64) error {
	ctx := c.r.Context()
	v := &viewer{a: a, c: c}
	heartbeat := time.NewTicker(a.cfg.Heartbeat)
	defer heartbeat.Stop()
	for next := f.from; ; size = a.cfg.Ledger.Head().Size {
		if a.cfg.Tokens.Check(c.claims.Token) != nil { // it has ended or was revoked
			return nil
		}
		to := size
		if f.bounded {
			to = min(to, f.to)
		}
		if next < to {
			var err error
			if next, err = a.scan(ctx, v, f, next, to, time.Time{}, s.entry); err != nil {
				return err
			}
			if err := s.rc.Flush(); err != nil {
				return err
			}
		}
		if f.bounded && next >= f.to {
			return nil
		}
		select {
		case <-a.cfg.Ledger.Committed(max(next, size)):
		case <-heartbeat.C:
			if err := s.comment("still here"); err != nil {
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
	w   *patient
	rc  *http.ResponseController
	buf []byte
}

// entry sends one message. An entry is one line, so it needs one data field.
func (s *stream) entry(index uint64, raw []byte) error {
	s.buf = append(s.buf[:0], "id: "...)
	s.buf = strconv.AppendUint(s.buf, index, 10)
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
