// Package client speaks to a ledger over its HTTP API, as any author or reader does: it appends,
// resends safely, asks what an append would be answered, reads entries behind a cursor, keeps
// evidence, and verifies receipts. `anjian import` is built on it.
//
//	c, err := client.New(client.Config{URL: "https://ledger.example.cn", Token: token, VerifierKey: key})
//	r, err := c.Append(ctx, event)      // one CloudEvents 1.0 JSON object
//	if p, ok := errors.AsType[*client.Problem](err); ok { … p.Code, p.Detail, p.Faults … }
//
// # Sending again
//
// An event's id is its idempotency key: the same bytes by the same author are recorded once, and
// come back with AlreadyPresent. So whatever is not answered, or answered with 429 or 5xx, is sent
// again, byte for byte, after Retry-After or a growing pause, until Patience ends. When a method
// returns an error that is no *[Problem], the outcome is not known: keep the bytes and call it again.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Config says which ledger, and as whom. URL is required.
type Config struct {
	URL         string        // of the server, such as https://ledger.example.cn; a path may follow
	Token       string        // bearer token; empty: only what is public
	Language    string        // of the texts of answers: "en", or "zh"; "en" when empty
	Patience    time.Duration // how long a request is sent again; 2 minutes when 0, negative: once only
	VerifierKey string        // of the ledger, from a source that is trusted: every receipt is verified with it; empty: none is
	HTTP        *http.Client  // one that waits a minute for the beginning of an answer when nil
}

// Client speaks to one ledger. Its methods may be called from several goroutines.
type Client struct {
	config   Config
	base     string
	verifier note.Verifier // nil: receipts are not verified
	sleep    func(context.Context, time.Duration) error
}

// New returns a client; it asks nothing of the server.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("client: %q is no address of a server, such as https://ledger.example.cn", c.URL)
	}
	if c.Patience == 0 {
		c.Patience = 2 * time.Minute
	}
	if c.HTTP == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.ResponseHeaderTimeout = time.Minute // a file may be on its way for longer
		c.HTTP = &http.Client{Transport: t}
	}
	if c.Language == "" {
		c.Language = "en"
	}
	k := &Client{config: c, base: strings.TrimSuffix(c.URL, "/"), sleep: sleep}
	if c.VerifierKey != "" {
		if k.verifier, err = note.NewVerifier(c.VerifierKey); err != nil {
			return nil, fmt.Errorf("client: the ledger's key: %w", err)
		}
	}
	return k, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// maxAnswer bounds what is read of an answer that is JSON, in bytes.
const maxAnswer = 16 << 20

// request is one call of the API. It can be sent any number of times.
type request struct {
	method, path string           // path and query
	media        string           // of the body
	body         func() io.Reader // from its beginning; nil: none
	size         int64            // of the body
	expect       bool             // the server is asked before a large body is sent
}

// post is a request whose body is in memory.
func post(path, media string, body []byte) *request {
	return &request{method: http.MethodPost, path: path, media: media, size: int64(len(body)),
		body: func() io.Reader { return bytes.NewReader(body) }}
}

func get(path string) *request { return &request{method: http.MethodGet, path: path} }

// call sends r until it is answered for good, and reads the answer into v.
func (c *Client) call(ctx context.Context, r *request, v any) error {
	res, err := c.patiently(ctx, r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err == nil {
		err = json.Unmarshal(answer, v)
	}
	if err != nil {
		return fmt.Errorf("client: the answer cannot be read: %w", err)
	}
	return nil
}

// patiently sends r until the answer is a success, or one that trying again cannot change. The caller
// closes the body.
func (c *Client) patiently(ctx context.Context, r *request) (*http.Response, error) {
	deadline := time.Now().Add(c.config.Patience)
	for try := 0; ; try++ {
		res, err := c.send(ctx, r)
		if err == nil && res.StatusCode < 300 {
			return res, nil
		}
		wait := backoff(try)
		if err == nil {
			p := problemOf(res)
			if !p.Passing() {
				return nil, p
			}
			if p.RetryAfter > 0 {
				wait = p.RetryAfter
			}
			err = errors.New(p.Error()) // it is not for good
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case time.Now().Add(wait).After(deadline):
			return nil, fmt.Errorf("client: the server did not take it within %v: %w", max(c.config.Patience, 0), err)
		}
		if err := c.sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// send sends r once.
func (c *Client) send(ctx context.Context, r *request) (*http.Response, error) {
	var body io.Reader
	if r.body != nil {
		body = r.body()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return nil, err
	}
	h := req.Header
	if r.body != nil {
		req.ContentLength = r.size
		h.Set("Content-Type", r.media)
	}
	if r.expect {
		h.Set("Expect", "100-continue")
	}
	h.Set("Accept", "application/json, */*;q=0.5")
	h.Set("Accept-Language", c.config.Language)
	if c.config.Token != "" {
		h.Set("Authorization", "Bearer "+c.config.Token)
	}
	return c.config.HTTP.Do(req)
}

// retryAfter reads the seconds of a Retry-After header, 0 when there are none.
func retryAfter(s string) time.Duration {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 3600 {
		return 0
	}
	return time.Duration(n) * time.Second
}

// backoff doubles from 100 ms to about 10 s, with jitter so that clients do not march in step.
func backoff(try int) time.Duration {
	d := 100 * time.Millisecond << min(try, 7)
	return d/2 + rand.N(d)
}
