package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/internal/ledger"
)

// live answers with a server-sent event stream (HTML Living Standard §9.2): the selected
// entries up to now, then each as it is committed. A message's id is the entry's index; a
// client that comes back with Last-Event-ID goes on after it and misses nothing.
func (a *Handler) live(c *call, f *filter, head ledger.Head) error {
	limit, err := c.uint("limit", maxPosition, maxPosition)
	if err != nil {
		return err
	}
	slot, err := a.streams.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer slot.free()
	if id := c.r.Header.Get("Last-Event-ID"); id != "" {
		last, err := strconv.ParseUint(id, 10, 53)
		if err != nil {
			return fail(codeBadParam, "Last-Event-ID: want the index of an entry")
		}
		f.from = last + 1
	}
	c.Header().Set("Content-Type", mediaSSE)
	c.long(true)
	s := &stream{c: c, rc: http.NewResponseController(c)}
	if err := s.comment("ok"); err != nil {
		return err
	}
	return a.follow(c, f, s, head.Size, limit)
}

// follow sends entries until the client goes, the token ends, the range or the limit ends,
// or the server stops. Once the stream has begun none of these is an error: the client comes back.
func (a *Handler) follow(c *call, f *filter, s *stream, size, limit uint64) error {
	ctx := c.r.Context()
	b := &batches{a: a, c: c, v: &viewer{a: a, c: c}, f: f, left: limit, encode: appendMessage}
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
		for next < to && b.left > 0 {
			var err error
			if next, err = b.send(next, to); errors.Is(err, errUnauthenticated) {
				return nil
			} else if err != nil {
				return err
			}
			if err := s.rc.Flush(); err != nil {
				return err
			}
			select {
			case <-a.stopping:
				return nil
			default:
			}
		}
		if f.bounded && next >= f.to || b.left == 0 {
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

// stream writes what is no entry.
type stream struct {
	c  *call
	rc *http.ResponseController
}

// appendMessage writes one message. An entry is one line, so it needs one data field.
func appendMessage(dst []byte, index uint64, raw []byte) []byte {
	dst = append(dst, "id: "...)
	dst = strconv.AppendUint(dst, index, 10)
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
