package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Log is what the ledger says of itself.
type Log struct {
	Origin      string    `json:"origin"` // a signed event names it
	VerifierKey string    `json:"vkey"`   // to be compared with one from a trusted source
	Position    uint64    `json:"position"`
	Root        string    `json:"root"` // base64
	Recorded    time.Time `json:"recorded"`
}

// Log asks which ledger this is, and how far it is.
func (c *Client) Log(ctx context.Context) (l Log, err error) {
	return l, c.call(ctx, get("/v1/log"), &l)
}

// Entry is one entry of the ledger.
type Entry struct {
	Index     uint64          `json:"index"`
	Recorded  time.Time       `json:"recorded"`
	Stream    string          `json:"stream"`
	Revision  uint64          `json:"revision"`
	Assurance string          `json:"assurance"`
	Event     json.RawMessage `json:"event"` // byte for byte as it was sent
	Line      []byte          `json:"-"`     // the whole entry, byte for byte; all that there is of one that is malformed
}

func entryOf(line []byte) (e Entry, err error) {
	e.Line = bytes.TrimRight(line, "\r\n")
	if len(line) > 0 && line[0] == '"' { // malformed to the point of being no JSON: it stands there as a string
		var s string
		err = json.Unmarshal(line, &s)
		return Entry{Line: []byte(s)}, err
	}
	return e, json.Unmarshal(e.Line, &e)
}

// Entry reads one entry: what the token may see, or appended itself.
func (c *Client) Entry(ctx context.Context, index uint64) (e Entry, err error) {
	var line json.RawMessage
	if err := c.call(ctx, get("/v1/entries/"+strconv.FormatUint(index, 10)), &line); err != nil {
		return e, err
	}
	return entryOf(line)
}

// Receipt asks for the receipt of an entry anew, under the newest checkpoint.
func (c *Client) Receipt(ctx context.Context, index uint64) (string, error) {
	res, err := c.patiently(ctx, get("/v1/entries/"+strconv.FormatUint(index, 10)+"/receipt"))
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	return string(b), err
}

// Page is a part of the entries that a token may see.
type Page struct {
	Entries []Entry
	Cursor  string // where to go on, at once while More, or later; empty when there was nothing yet
	More    bool
}

// Page reads one page. query has the filters of GET /v1/events (stream, type, subject …), limit, and
// the cursor of the page before.
func (c *Client) Page(ctx context.Context, query url.Values) (p Page, err error) {
	return c.page(ctx, pathEvents, query)
}

func (c *Client) page(ctx context.Context, path string, query url.Values) (p Page, err error) {
	var answer struct {
		Entries []json.RawMessage `json:"entries"`
		Cursor  string            `json:"cursor"`
		More    bool              `json:"more"`
	}
	if err := c.call(ctx, get(path+"?"+query.Encode()), &answer); err != nil {
		return p, err
	}
	for _, line := range answer.Entries {
		e, err := entryOf(line)
		if err != nil {
			return p, fmt.Errorf("client: an entry cannot be read: %w", err)
		}
		p.Entries = append(p.Entries, e)
	}
	p.Cursor, p.More = answer.Cursor, answer.More
	return p, nil
}

// Entries reads page after page up to the ledger's end. After an error, which is the last element,
// the loop is over; who wants to go on later reads pages and keeps their cursor.
func (c *Client) Entries(ctx context.Context, query url.Values) iter.Seq2[Entry, error] {
	return c.pages(ctx, pathEvents, query)
}

// Own reads the caller's own entries, as [Client.Entries] reads all: those of the person, or of the source whose records
// an import copies. typ is the bare name of a type, or "" for all.
func (c *Client) Own(ctx context.Context, typ string) iter.Seq2[Entry, error] {
	query := url.Values{"limit": {"1000"}}
	if typ != "" {
		query.Set("type", typ)
	}
	return c.pages(ctx, "/v1/me/entries", query)
}

func (c *Client) pages(ctx context.Context, path string, query url.Values) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		q := maps.Clone(query)
		if q == nil {
			q = url.Values{}
		}
		for {
			p, err := c.page(ctx, path, q)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range p.Entries {
				if !yield(e, nil) {
					return
				}
			}
			if !p.More {
				return
			}
			q.Set("cursor", p.Cursor)
		}
	}
}

// Upload keeps a photo, scan or recording as evidence, under the SHA-256 of its bytes, which it
// returns: an event names it. created is false when it was there already. r is read from its
// beginning, once for the hash and once for each time that it is sent; *os.File and *bytes.Reader are
// such readers.
func (c *Client) Upload(ctx context.Context, r io.ReaderAt, size int64) (sum string, created bool, err error) {
	whole := func() io.Reader { return io.NewSectionReader(r, 0, size) }
	h := sha256.New()
	if n, err := io.Copy(h, whole()); err != nil || n != size {
		return "", false, fmt.Errorf("client: %d of %d bytes can be read: %w", n, size, cmp.Or(err, io.ErrUnexpectedEOF))
	}
	sum = hex.EncodeToString(h.Sum(nil))
	put := &request{method: http.MethodPut, path: "/v1/evidence/" + sum, media: mediaBytes, size: size, expect: true,
		body: whole}
	var answer struct {
		Created bool `json:"created"`
	}
	err = c.call(ctx, put, &answer)
	return sum, answer.Created, err
}

// Report writes a report to w, or with an empty id the list of those that the token may ask for, as the server answers: query has format
// (json, csv, xlsx), rows, as_of and the report's parameters. After an error w may have a part of it.
func (c *Client) Report(ctx context.Context, id string, query url.Values, w io.Writer) error {
	path := "/v1/reports"
	if id != "" {
		path += "/" + url.PathEscape(id)
	}
	return c.write(ctx, path+"?"+query.Encode(), w)
}

// ReportChanges writes to w what changed in a report between two positions, as the server answers: query has from (needed) and to, which
// are positions or times, format (json, csv, xlsx), rows, since and until for the period, and the report's own parameters. After an error w
// may have a part of it.
func (c *Client) ReportChanges(ctx context.Context, id string, query url.Values, w io.Writer) error {
	return c.write(ctx, "/v1/reports/"+url.PathEscape(id)+"/changes?"+query.Encode(), w)
}

// write writes an answer to w.
func (c *Client) write(ctx context.Context, path string, w io.Writer) error {
	res, err := c.patiently(ctx, get(path))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, err = io.Copy(w, res.Body)
	return err
}

// Download writes the bytes of evidence to w and checks that they have the hash. After an error w may
// have a part of them.
func (c *Client) Download(ctx context.Context, sum string, w io.Writer) error {
	res, err := c.patiently(ctx, get("/v1/evidence/"+sum))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, h), res.Body); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return fmt.Errorf("client: the bytes have the SHA-256 %s, not %s", got, sum)
	}
	return nil
}
