package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Stand is what an answer reflects: entries, their Merkle root (base64), the recorded time of the last of them, and a text that tells
// scopes apart: under the same one the same question has the same answer.
type Stand struct {
	Position uint64    `json:"position"`
	Root     string    `json:"root"`
	Recorded time.Time `json:"recorded"`
	Scope    string    `json:"scope"`
}

// Registers are those that a token may export.
type Registers struct {
	Stand
	Registers []Register `json:"registers"`
}

// Register is a register with its columns, which are the members of each line.
type Register struct {
	Name    string           `json:"name"`
	Chinese string           `json:"chinese"`
	Doc     string           `json:"doc"`
	Columns []RegisterColumn `json:"columns"`
}

// RegisterColumn is a column; SCHEMA.md and GET /v1/registers tell what each Type is.
type RegisterColumn struct {
	Name    string `json:"name"`
	Chinese string `json:"chinese"`
	Doc     string `json:"doc"`
	Type    string `json:"type"`
}

// Registers lists the registers that the token may export, as of a position or a recorded time ("": now), which exports then name.
func (c *Client) Registers(ctx context.Context, asOf string) (r Registers, err error) {
	path := "/v1/registers"
	if asOf != "" {
		path += "?as_of=" + url.QueryEscape(asOf)
	}
	return r, c.call(ctx, get(path), &r)
}

// Export writes all rows of a register as of a position, one JSON object a line. open is told what comes, and how many rows, and says where
// to; when the connection breaks, the register is asked for again as of the same position, and open is called again: what was written
// before is no part of it. It is tried again until Patience has passed
// since it last came further. An error of open, or of what it returns, ends it.
func (c *Client) Export(ctx context.Context, register string, position uint64, open func(of Stand, rows int64) (io.Writer, error)) error {
	path := "/v1/registers/" + url.PathEscape(register) + "?as_of=" + strconv.FormatUint(position, 10)
	deadline, most := time.Now().Add(c.config.Patience), int64(0)
	for try := 0; ; try++ {
		n, err := c.export(ctx, path, open)
		if n > most {
			deadline, most, try = time.Now().Add(c.config.Patience), n, 0
		}
		if broken := (*brokenError)(nil); !errors.As(err, &broken) || ctx.Err() != nil || time.Now().After(deadline) {
			return err
		}
		if err := c.sleep(ctx, backoff(try)); err != nil {
			return err
		}
	}
}

// brokenError is that of an answer that ended before its end.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return "client: the export was cut short: " + e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// export is one try; it returns how many bytes came.
func (c *Client) export(ctx context.Context, path string, open func(of Stand, rows int64) (io.Writer, error)) (n int64, err error) {
	res, err := c.patiently(ctx, get(path))
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	of, rows, err := standOf(res.Header)
	if err != nil {
		return 0, err
	}
	to, err := open(of, rows)
	if err != nil {
		return 0, err
	}
	lines := &lineCounter{}
	buf := make([]byte, 64<<10)
	for {
		got, err := res.Body.Read(buf)
		n += int64(got)
		_, _ = lines.Write(buf[:got])
		if _, err := to.Write(buf[:got]); err != nil {
			return n, err
		}
		switch {
		case errors.Is(err, io.EOF) && lines.n == rows:
			return n, nil
		case errors.Is(err, io.EOF):
			return n, &brokenError{fmt.Errorf("%d of %d rows: %w", lines.n, rows, io.ErrUnexpectedEOF)}
		case err != nil:
			return n, &brokenError{err}
		}
	}
}

// standOf reads the headers of an export.
func standOf(h http.Header) (of Stand, rows int64, err error) {
	of.Root, of.Scope = h.Get("Anjian-Root"), h.Get("Anjian-Scope")
	of.Position, err = strconv.ParseUint(h.Get("Anjian-Position"), 10, 64)
	rows, err2 := strconv.ParseInt(h.Get("Anjian-Rows"), 10, 64)
	recorded, err3 := time.Parse(time.RFC3339, h.Get("Anjian-Recorded"))
	of.Recorded = recorded
	if err := errors.Join(err, err2, err3); err != nil {
		return of, 0, fmt.Errorf("client: the server does not say what it exports: %w", err)
	}
	return of, rows, nil
}

// lineCounter counts line feeds.
type lineCounter struct{ n int64 }

func (l *lineCounter) Write(b []byte) (int, error) {
	l.n += int64(bytes.Count(b, []byte{'\n'}))
	return len(b), nil
}
