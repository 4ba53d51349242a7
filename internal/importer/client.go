package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// Limits of one append: what GET /v1/limits says of a ledger on whatever engine.
const (
	MaxBatch      = ledger.MaxBatchEvents // events
	MaxBatchBytes = ledger.MaxBatchBytes  // bytes of the request body
)

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 8 << 20

// Client appends events over the ledger's HTTP API. Its methods may be called from several
// goroutines.
type Client struct {
	url, token string
	http       *http.Client
	patience   time.Duration
	sleep      func(context.Context, time.Duration) error
}

// NewClient returns a client of the server at base (such as http://localhost:8080) that
// authenticates with a bearer token. While the server is busy or away it tries again for as
// long as patience; 0 means two minutes.
func NewClient(base, token string, patience time.Duration) *Client {
	if patience == 0 {
		patience = 2 * time.Minute
	}
	return &Client{
		url: strings.TrimSuffix(base, "/") + "/v1/events", token: token, patience: patience, sleep: sleep,
		http: &http.Client{Timeout: time.Minute},
	}
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

// Receipt is what a caller needs of the server's receipt for one event.
type Receipt struct {
	ID             string `json:"id"`
	Index          uint64 `json:"index"`
	AlreadyPresent bool   `json:"already_present"`
	Deviations     []struct {
		Code string `json:"code"`
	} `json:"deviations"`
}

// StatusError is an answer that trying again cannot change.
type StatusError struct {
	Status int
	Code   string // of the problem, when the server stated one
	Event  string // id of the event that it is about; empty when it is about none in particular
	Detail string

	Chinese string // the same in Chinese, made of the problem's values; empty when the server stated no code
}

func (e *StatusError) Error() string {
	text := strconv.Itoa(e.Status) + " " + http.StatusText(e.Status)
	if e.Code != "" {
		text += ", " + e.Code
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Chinese != "" {
		text += " / " + e.Chinese
	}
	return text
}

// Append appends a batch, whole or not at all, and returns one receipt per event in order.
// Event ids are idempotency keys, so a batch whose answer was lost is simply sent again:
// what had been recorded comes back as already present. An error is a *[StatusError] when
// the server decided against the batch, ctx's own error, or says that the server could not
// be reached in time; in the last two cases the batch may or may not be recorded.
func (c *Client) Append(ctx context.Context, events [][]byte) ([]Receipt, error) {
	body := batchBody(events)
	deadline := time.Now().Add(c.patience)
	for try := 0; ; try++ {
		receipts, wait, err := c.post(ctx, body)
		if err == nil && len(receipts) != len(events) {
			err = &StatusError{Status: http.StatusOK, Detail: fmt.Sprintf("%d receipts for %d events", len(receipts), len(events))}
		}
		var final *StatusError
		switch {
		case err == nil:
			return receipts, nil
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.As(err, &final):
			return nil, err
		}
		if wait == 0 {
			wait = backoff(try)
		}
		if time.Now().Add(wait).After(deadline) {
			return nil, fmt.Errorf("the server did not take the events within %v: %w", c.patience, err)
		}
		if err := c.sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

// post sends once. An error that is no *StatusError is worth another try, after wait when
// the server asked for one.
func (c *Client) post(ctx context.Context, body []byte) (receipts []Receipt, wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return nil, 0, &StatusError{Detail: err.Error()}
	}
	req.Header.Set("Content-Type", "application/cloudevents-batch+json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Accept-Language", law.InEnglish.Tag())
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("read the answer: %w", err)
	case res.StatusCode == http.StatusOK || res.StatusCode == http.StatusCreated:
		var ok struct {
			Receipts []Receipt `json:"receipts"`
		}
		if err := json.Unmarshal(answer, &ok); err != nil {
			return nil, 0, &StatusError{Status: res.StatusCode, Detail: "the answer holds no receipts: " + err.Error()}
		}
		return ok.Receipts, 0, nil
	}
	p := problem(res.StatusCode, answer)
	busy := res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500
	if !busy || p.Code == "full" { // a full ledger stays full
		return nil, 0, p
	}
	return nil, retryAfter(res.Header.Get("Retry-After")), errors.New(p.Error())
}

// problem reads an RFC 9457 problem; anything else is quoted.
func problem(status int, body []byte) *StatusError {
	var p struct {
		Code   string     `json:"code"`
		Title  string     `json:"title"`
		Detail string     `json:"detail"`
		Remedy string     `json:"remedy"`
		Event  string     `json:"event"`
		Values law.Values `json:"values"`
		Open   []struct {
			Code   string     `json:"code"`
			Values law.Values `json:"values"`
		} `json:"open"`
	}
	e := &StatusError{Status: status}
	if json.Unmarshal(body, &p) != nil {
		e.Detail = string(body[:min(len(body), 300)])
		return e
	}
	e.Code, e.Event, e.Detail = p.Code, p.Event, p.Detail
	if e.Detail == "" {
		e.Detail = p.Title
	}
	if p.Remedy != "" {
		e.Detail += "; " + p.Remedy
	}
	r := event.Refusal{Code: law.Known(p.Code), Values: p.Values}
	for _, o := range p.Open {
		r.Open = append(r.Open, event.Unmet{Code: law.Known(o.Code), Values: o.Values})
	}
	if _, known := r.Code.Text(); known {
		e.Chinese = r.Sentence(law.InChinese) + "；" + r.Remedy(law.InChinese)
	}
	return e
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

// batchBody joins authored events to a CloudEvents JSON batch without touching their bytes.
func batchBody(events [][]byte) []byte {
	return slices.Concat([]byte{'['}, bytes.Join(events, []byte{','}), []byte{']'})
}
