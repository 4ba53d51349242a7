package client

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// The media types of what is sent.
const (
	mediaEvent  = "application/cloudevents+json"
	mediaBatch  = "application/cloudevents-batch+json"
	mediaSigned = "application/vnd.anjian.signed-events+ndjson"
	mediaBytes  = "application/octet-stream"
)

// The routes of appends.
const (
	pathEvents = "/v1/events"
	pathDryRun = "/v1/events/dry-run"
)

// Receipt says where an event stands, and proves it.
type Receipt struct {
	ID             string      `json:"id"`
	Index          uint64      `json:"index"` // position in the ledger, from 0
	Stream         string      `json:"stream"`
	Revision       uint64      `json:"revision"` // position in the stream, from 0
	Recorded       time.Time   `json:"recorded"` // the ledger's clock
	Text           string      `json:"receipt"`  // the proof: keep it; see [VerifyReceipt]
	AlreadyPresent bool        `json:"already_present"`
	Deviations     []Deviation `json:"deviations"` // flagged beside the event; not told again when AlreadyPresent
	Lapsed         []Lapsed    `json:"lapsed"`     // what the ledger takes back with the event, likewise
	Key            string      `json:"key"`        // of a key-registered only: the key's id
}

// Lapsed is a statement of the ledger that is no longer true; its entry stays.
type Lapsed struct {
	Statement string   `json:"statement"` // id of the entry that said so
	Rule      string   `json:"rule"`
	Code      law.Code `json:"code"` // of a policy break; empty of a review that was opened
	Title     string   `json:"title"`
}

// Deviation is a policy break: the fact was recorded, and the break beside it.
type Deviation struct {
	Code   law.Code   `json:"code"`
	Rule   string     `json:"rule"`
	Plan   string     `json:"plan"`
	Values law.Values `json:"values"`
	Title  string     `json:"title"`
	Detail string     `json:"detail"`
	Remedy string     `json:"remedy"`
}

// Signed is one event with the signature of a device over its exact bytes.
type Signed struct {
	Event     []byte // one line; not changed by a byte
	Signature []byte
}

// Append appends one event, a CloudEvents 1.0 JSON object.
func (c *Client) Append(ctx context.Context, event []byte) (Receipt, error) {
	all, err := c.append(ctx, post(pathEvents, mediaEvent, event), [][]byte{event})
	if err != nil {
		return Receipt{}, err
	}
	return all[0], nil
}

// AppendBatch appends events, all or none, and returns one receipt for each, in order. Most of a batch
// are the numbers of GET /v1/limits: 100 events, 250,000 bytes.
func (c *Client) AppendBatch(ctx context.Context, events [][]byte) ([]Receipt, error) {
	return c.append(ctx, post(pathEvents, mediaBatch, array(events)), events)
}

// AppendSigned appends signed events, all or none.
func (c *Client) AppendSigned(ctx context.Context, events []Signed) ([]Receipt, error) {
	var lines []byte
	raw := make([][]byte, len(events))
	for i, e := range events {
		lines = append(lines, `{"signature":"`...)
		lines = base64.RawURLEncoding.AppendEncode(lines, e.Signature)
		lines = append(append(append(lines, `","event":`...), e.Event...), '}', '\n')
		raw[i] = e.Event
	}
	return c.append(ctx, post(pathEvents, mediaSigned, lines), raw)
}

// array joins events to a CloudEvents JSON batch without touching their bytes.
func array(events [][]byte) []byte {
	return slices.Concat([]byte{'['}, bytes.Join(events, []byte{','}), []byte{']'})
}

func (c *Client) append(ctx context.Context, r *request, events [][]byte) ([]Receipt, error) {
	var answer struct {
		Receipts []Receipt `json:"receipts"`
	}
	if err := c.call(ctx, r, &answer); err != nil {
		return nil, err
	}
	if len(answer.Receipts) != len(events) {
		return nil, fmt.Errorf("client: %d receipts for %d events", len(answer.Receipts), len(events))
	}
	if c.verifier == nil {
		return answer.Receipts, nil
	}
	for i := range answer.Receipts {
		if err := c.proves(&answer.Receipts[i], events[i]); err != nil {
			return answer.Receipts, fmt.Errorf("client: the receipt of event %s: %w", answer.Receipts[i].ID, err)
		}
	}
	return answer.Receipts, nil
}

// proves checks that a receipt is one of the ledger's, of exactly this event.
func (c *Client) proves(r *Receipt, event []byte) error {
	line, index, _, err := translog.OpenReceipt([]byte(r.Text), c.verifier)
	if err != nil {
		return err
	}
	en, err := entry.Parse(line)
	if err != nil {
		return err
	}
	if index != r.Index || en.Index != index || !bytes.Equal(en.Event, entry.OneLine(event)) {
		return fmt.Errorf("it is of entry %d, which is not what was sent", index)
	}
	return nil
}

// VerifyReceipt checks the text of a receipt with the ledger's key (GET /v1/log names it; take it
// from a source that is trusted) and nothing else. It returns the entry's line, its index and the
// size of the ledger under whose checkpoint it is proven.
func VerifyReceipt(verifierKey, text string) (line []byte, index, size uint64, err error) {
	v, err := note.NewVerifier(verifierKey)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("client: the ledger's key: %w", err)
	}
	line, index, checkpoint, err := translog.OpenReceipt([]byte(text), v)
	return line, index, checkpoint.Size, err
}

// Foretold is what an event would become.
type Foretold struct {
	ID             string      `json:"id"`
	Stream         string      `json:"stream"`
	Revision       uint64      `json:"revision"`
	AlreadyPresent bool        `json:"already_present"`
	Deviations     []Deviation `json:"deviations"`
	Lapsed         []Lapsed    `json:"lapsed"`
}

// DryRun asks what [Client.AppendBatch] would be answered, refusals included, and stores nothing.
func (c *Client) DryRun(ctx context.Context, events [][]byte) ([]Foretold, error) {
	var answer struct {
		Events []Foretold `json:"events"`
	}
	err := c.call(ctx, post(pathDryRun, mediaBatch, array(events)), &answer)
	return answer.Events, err
}
