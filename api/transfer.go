package api

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

// A transfer has no deadline as a whole but for its progress: a phone on a mountain at
// 6 kB/s is waited for, one that is gone is not. net/http's own deadlines, which begin with
// the request, hold until the first extension (RFC 9110 knows 408 for what comes too slowly).

// inbound is a request's body on its way in. It extends the connection's deadline for
// reading as long as bytes come. One goroutine owns it.
type inbound struct {
	io.ReadCloser
	c      *call
	got    int64
	ended  bool      // nothing more is to be read: all of it came, or reading failed
	window time.Time // since when recent counts; the deadline is a stall after it
	recent int64     // bytes
}

// Read implements io.Reader. Its error is [errTooSlow] when too few bytes came in time.
func (b *inbound) Read(p []byte) (int, error) {
	if b.recent >= leastProgress || b.got == 0 {
		if now := time.Now(); now.Sub(b.window) > b.c.a.cfg.Stall/32 { // not for each piece of a fast body
			b.window, b.recent = now, 0
			_ = http.NewResponseController(b.c.ResponseWriter).SetReadDeadline(b.c.until(now.Add(b.c.a.cfg.Stall)))
		}
	}
	n, err := b.ReadCloser.Read(p)
	b.got += int64(n)
	b.recent += int64(n)
	b.ended = b.ended || err != nil || b.got == b.c.r.ContentLength
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = &fault{code: law.TooSlow, cause: err, values: law.Collect(law.Int("received", b.got), law.Int("least", leastProgress),
			law.Int("within_seconds", int64(b.c.a.cfg.Stall/time.Second)))}
	}
	return n, err
}

// until bounds a deadline by the longest time that a transfer may take.
func (c *call) until(t time.Time) time.Time {
	if last := c.began.Add(longestTransfer); !c.endless && t.After(last) {
		return last
	}
	return t
}

// writeChunk is what has stallTimeout to go into the connection's buffer.
const writeChunk = 16 << 10

// Write sends b. Each chunk has its own deadline, so that a slow reader is served as long
// as it reads.
func (c *call) Write(b []byte) (n int, err error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	for first := true; first || len(b) > 0 && err == nil; first = false {
		if now := time.Now(); now.Sub(c.extended) > c.a.cfg.Stall/32 {
			c.extended = now
			_ = http.NewResponseController(c.ResponseWriter).SetWriteDeadline(c.until(now.Add(c.a.cfg.Stall)))
		}
		var sent int
		sent, err = c.ResponseWriter.Write(b[:min(len(b), writeChunk)])
		n, b = n+sent, b[sent:]
	}
	c.bytes += int64(n)
	return n, err
}

// long lifts the deadline for reading from a request without a body that goes on for long: it
// would end the request, not only its body. endless are live streams.
func (c *call) long(endless bool) {
	c.endless = endless
	_ = http.NewResponseController(c.ResponseWriter).SetReadDeadline(time.Time{})
}

// readBody reads the whole body into memory of its own, which the ledger keeps until the
// append is decided.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, fail(law.BodyTooLarge, law.Int("size", r.ContentLength), law.Int("most_bytes", limit))
	}
	var body []byte
	var err error
	if r.ContentLength >= 0 {
		body = make([]byte, r.ContentLength)
		_, err = io.ReadFull(r.Body, body)
	} else {
		body, err = io.ReadAll(io.LimitReader(r.Body, limit+1))
	}
	switch {
	case err != nil:
		return nil, bodyError(err)
	case int64(len(body)) > limit:
		return nil, fail(law.BodyTooLarge, law.Int("most_bytes", limit))
	}
	return body, nil
}

// bodyError is why a body did not come whole: [inbound] knows, or the client is gone.
func bodyError(err error) error {
	var slow *fault
	if errors.As(err, &slow) {
		return slow
	}
	return &fault{code: law.UnreadableBody, cause: err}
}

// leftover reports whether some of the body is still to come. A client that asked with
// Expect sends nothing before it is told to.
func (b *inbound) leftover() bool {
	if b.ReadCloser == nil || b.ended {
		return false
	}
	return b.got > 0 || !expects(b.c.r)
}

// keptRest is how much of a refused body is read for the sake of the connection, in bytes.
const keptRest = 256 << 10

// refuse answers with p while the body is still coming, and then reads a bounded rest of it:
// many clients send all before they listen, and would see a broken pipe instead of the answer
// (RFC 9112 §9.6). net/http would read first and answer then, however long that takes.
func (a *Handler) refuse(c *call, p *Problem) {
	rc := http.NewResponseController(c.ResponseWriter)
	_ = rc.EnableFullDuplex()
	if rest := c.r.ContentLength - c.in.got; c.r.ContentLength < 0 || rest > keptRest {
		c.Header().Set("Connection", "close")
	}
	p.write(c, c.r, c.id)
	if rc.Flush() == nil && a.linger(c, rc) {
		return
	}
	panic(http.ErrAbortHandler) // what is left must not be read as the next request
}

// linger reads the rest of c's body, for as long and as much as its caller's share allows. It
// reports whether that was all.
func (a *Handler) linger(c *call, rc *http.ResponseController) bool {
	who := a.callerOf(c)
	s, err := a.lingering.take(c.r.Context(), &who)
	if err != nil {
		return false
	}
	defer s.free()
	return drain(rc, c.in.ReadCloser)
}
