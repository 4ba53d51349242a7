package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// maxEventBody is the most bytes of the body of one event: white space around it counts not
// against the event.
const maxEventBody = 64 << 10

// appendTimeout is how long an append may wait for a disk that does not answer, before the
// client is told that the outcome is unknown.
const appendTimeout = 30 * time.Second

// headerSignature carries the signature of a single event: 64 bytes in base64url without padding
// (package devicekey says over what). The event's source names the key. Many signed events are
// lines of [mediaSigned]; proxies cut long headers and drop unknown ones.
const headerSignature = "Anjian-Signature"

// mode is one of the forms in which CloudEvents travel over HTTP.
type mode int

const (
	structured mode = iota
	batched
	binaryMode
	signedLines // a batch of signed events
)

// many reports whether the form carries a batch.
func (m mode) many() bool { return m == batched || m == signedLines }

// receive reads and parses the body. From here on the ledger's queue bounds the memory.
func (a *Handler) receive(c *call, m mode) ([]ledger.Item, error) {
	limit := int64(maxEventBody)
	if m.many() {
		limit = int64(a.appendLimits.BatchBytes)
		s, err := a.bodies.take(c.r.Context(), &c.who)
		if err != nil {
			return nil, err
		}
		defer s.free()
	}
	body, err := readBody(c.r, limit)
	if err != nil {
		return nil, err
	}
	all, err := split(c.r, m, body, a.appendLimits.BatchEvents)
	if err != nil {
		return nil, err
	}
	if wait := c.who.events.spend(time.Since(a.started), int64(len(all)), c.who.quota.Events); wait > 0 {
		return nil, overQuota("events", c.who.quota.Events, wait)
	}
	return a.items(c, all)
}

// appendEvents is POST /v1/events: bytes in, receipts out, everything or nothing.
func (a *Handler) appendEvents(c *call) error { return a.appending(c, false) }

// appendBatch is POST /v1/events/batch.
func (a *Handler) appendBatch(c *call) error {
	if m, err := modeOf(c.r); err == nil && !m.many() {
		return fail(law.UnsupportedMediaType, law.Str("content_type", c.r.Header.Get("Content-Type")))
	}
	return a.appending(c, false)
}

// appending is an append, or a dry run, which goes the same way to the judge and no further.
func (a *Handler) appending(c *call, dry bool) error {
	m, err := modeOf(c.r)
	if err != nil {
		return err
	}
	items, err := a.receive(c, m)
	if err != nil {
		return err
	}
	if err := precondition(c.r, m, items); err != nil {
		return err
	}
	if len(items) == 0 && dry {
		return a.foretold(c, ledger.Result{Size: a.cfg.Ledger.Head().Size})
	}
	if len(items) == 0 { // [] is a batch as CloudEvents has it, and nothing is left to do
		h := a.cfg.Ledger.Head()
		return c.json(Receipts{Position: h.Size, Root: b64(h.Root), Recorded: h.Recorded.UTC().Format(entry.RecordedLayout),
			Checkpoint: string(h.Checkpoint), Receipts: []Receipt{}})
	}
	res, err := a.append(c, items, dry)
	if err != nil {
		return a.notAppended(c, items, err)
	}
	if dry {
		return a.foretold(c, res)
	}
	if slices.ContainsFunc(items, ofTokens) { // a revocation that is acknowledged holds
		ctx, cancel := context.WithTimeout(c.r.Context(), appendTimeout)
		defer cancel()
		if err := a.cfg.Tokens.WaitFor(ctx, res.Size); err != nil {
			return &fault{code: law.ViewsBehind, cause: err}
		}
	}
	return a.receipts(c, res)
}

// notAppended is the answer to a request of which nothing was stored, or may have been.
func (a *Handler) notAppended(c *call, items []ledger.Item, err error) error {
	var many *ledger.RefusedError
	var item *ledger.ItemError
	var refusal *event.Refusal
	switch {
	case errors.As(err, &refusal) && refusal.Code == law.TokenNotValid: // it was a moment ago
		return errUnauthenticated
	case errors.As(err, &many):
		return a.refusals(c, many)
	case errors.As(err, &item):
		return locate(a.taken(c, item.Err), item.Item, len(items), item.EventID)
	}
	c.who.events.refund(int64(len(items)), c.who.quota.Events) // nothing was judged, or it will be sent again: it is not spent
	return err
}

// taken tells the author of an event whose id is taken by which entry, if he may see that: who
// resends and makes a new id seals one fact twice (pillar 1).
func (a *Handler) taken(c *call, err error) error {
	var conflict *ledger.ConflictError
	if !errors.As(err, &conflict) || conflict.Code != law.IDReused {
		return err
	}
	// In a batch the id may be that of an event before it, which is stored as little as this one.
	if _, en, _, hidden := a.seen(c, conflict.Index); hidden != nil || !bytes.Contains(en.Event, []byte(conflict.EventID.String())) {
		return err
	}
	p := rowOf(conflict.Code).problem(append(conflictValues(conflict), law.Int("entry", conflict.Index)))
	return &settled{p, err}
}

func ofTokens(it ledger.Item) bool { return it.Event.Stream.Kind == event.Tokens }

// append hands the events to the ledger, as part of the token's share of its queue.
func (a *Handler) append(c *call, items []ledger.Item, dry bool) (ledger.Result, error) {
	n := int64(0)
	for i := range items {
		n += int64(len(items[i].Bytes)) + ledger.EntryOverhead
	}
	n = max(n, leastInQueue)
	if err := a.queue.enter(&c.who, n); err != nil {
		return ledger.Result{}, err
	}
	who := c.who // the ledger may hold the bytes longer than the request lasts: for a disk that does not answer
	ctx, cancel := context.WithTimeout(c.r.Context(), appendTimeout)
	defer cancel()
	return a.cfg.Ledger.Append(ctx, ledger.Request{
		Actor: c.claims.Actor(), Items: items, DryRun: dry, Done: func() { a.queue.leave(&who, n) },
	})
}

// modeOf reads the Content-Type. The comparison with the usual spellings saves parsing.
func modeOf(r *http.Request) (mode, error) {
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return 0, fail(law.UnsupportedMediaType, law.Str("content_encoding", enc))
	}
	value := r.Header.Get("Content-Type")
	switch value {
	case mediaEvent:
		return structured, nil
	case mediaBatch:
		return batched, nil
	}
	mediaType, params, err := mime.ParseMediaType(value)
	if cs := params["charset"]; err != nil || (cs != "" && !strings.EqualFold(cs, "utf-8")) {
		return 0, fail(law.UnsupportedMediaType, law.Str("content_type", value))
	}
	switch {
	case mediaType == mediaEvent:
		return structured, nil
	case mediaType == mediaBatch:
		return batched, nil
	case mediaType == mediaSigned:
		return signedLines, nil
	case mediaType == mediaJSON && r.Header.Get("Ce-Specversion") != "":
		return binaryMode, nil
	}
	return 0, fail(law.UnsupportedMediaType, law.Str("content_type", value))
}

// split returns the events of a request with their signatures.
func split(r *http.Request, m mode, body []byte, most int) ([]sent, error) {
	signatures := r.Header.Values(headerSignature)
	switch {
	case len(signatures) == 0:
	case m == binaryMode:
		return nil, fail(law.SignatureNeedsStructuredMode)
	case m != structured || len(signatures) > 1 || signatures[0] == "":
		return nil, fail(law.InvalidSignature, law.Str("fault", "one-event-only"))
	}
	switch m {
	case signedLines:
		return splitSigned(body, most)
	case batched:
		return splitBatch(body, most)
	case binaryMode:
		b, err := assemble(r.Header, body)
		return []sent{{bytes: b}}, err
	}
	return []sent{{body, r.Header.Get(headerSignature)}}, nil
}

// splitBatch cuts a JSON array into its elements, at most so many, without copying them.
func splitBatch(body []byte, most int) ([]sent, error) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body))
	if tok, err := dec.ReadToken(); err != nil {
		return nil, entry.NotJSON(err)
	} else if tok.Kind() != '[' {
		return nil, entry.Malformed(law.FaultNotArray)
	}
	var raw []sent
	for dec.PeekKind() != ']' {
		v, err := dec.ReadValue()
		if err != nil {
			return nil, entry.NotJSON(err)
		}
		if len(raw) == most {
			return nil, fail(law.BatchSize, law.Int("most_events", most))
		}
		end := dec.InputOffset()
		raw = append(raw, sent{bytes: body[end-int64(len(v)) : end : end]})
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, entry.NotJSON(err)
	}
	if _, err := dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, entry.Malformed(law.FaultBehind)
	}
	return raw, nil
}

// sent is one event of a request as it came.
type sent struct {
	bytes     []byte // exact
	signature string // as it was sent; empty when there is none
}

// items parses each event and verifies its signature. What its author may append, the ledger judges:
// an event that is there already is answered with its receipt, also when his role has changed since.
// An event of several that is unfit goes to the ledger, too, so that the answer names all that is wrong.
func (a *Handler) items(c *call, all []sent) ([]ledger.Item, error) {
	items := make([]ledger.Item, len(all))
	fresh := map[string]devicekey.Registration{} // keys that the request itself registers
	for i, one := range all {
		b := one.bytes
		if one.signature == "" {
			b = entry.OneLine(b)
		}
		items[i].Bytes = b
		e, err := entry.ParseEvent(b, a.cfg.Catalogue)
		items[i].Event = e
		if err == nil && one.signature != "" { // without, if the event says that it is signed, the ledger refuses it
			items[i].Signature, err = a.verify(c, e, one, fresh)
		}
		switch {
		case err == nil:
			continue
		case len(all) == 1 && e == nil:
			return nil, err
		case len(all) == 1 || rowOf(problemOf(err).Code).status >= http.StatusInternalServerError:
			return nil, locate(err, i, len(all), e.ID)
		}
		if items[i].Unfit = err; e == nil {
			items[i].Event = a.outline(b)
		}
	}
	return items, nil
}

// outline is what can be told of an event that is not fit to be read: its id and its stream.
func (a *Handler) outline(b []byte) *event.Event {
	h, err := entry.Peek(b)
	if err != nil {
		return &event.Event{}
	}
	e := &event.Event{ID: h.ID}
	if e.Stream, err = a.cfg.Catalogue.ParseStream(h.Subject); err != nil {
		e.Stream = event.Stream{}
	}
	return e
}

// locate says which event of a request an error is about. id is nil when it is not known.
func locate(err error, i, n int, id uuid.UUID) error {
	p := problemOf(err)
	if p.Code == law.Internal {
		return err
	}
	if n > 1 {
		p.Item = &i
	}
	if id != uuid.Nil {
		p.Event = id.String()
	}
	return &settled{p, err}
}

// settled is an error whose answer is already known.
type settled struct {
	problem *Problem
	cause   error
}

func (s *settled) Error() string { return s.cause.Error() }
func (s *settled) Unwrap() error { return s.cause }

// precondition puts If-Match and If-None-Match into the event's expected revision, which
// the sequencer checks in order with everybody else's appends.
func precondition(r *http.Request, m mode, items []ledger.Item) error {
	match, noneMatch := r.Header.Get("If-Match"), r.Header.Get("If-None-Match")
	switch {
	case match == "" && noneMatch == "":
		return nil
	case m.many():
		return fail(law.BadRequest, law.Str("fault", "batch-revision"))
	}
	e := items[0].Event
	text, quoted := strings.CutPrefix(match, `"`)
	text, closed := strings.CutSuffix(text, `"`)
	revision, err := strconv.ParseInt(text, 10, 64)
	switch {
	case noneMatch == "*" && match == "":
		revision = event.NewStream
	case noneMatch != "" || err != nil || !quoted || !closed || revision < 0:
		return fail(law.UnsupportedPrecondition, law.Str("if_match", match), law.Str("if_none_match", noneMatch))
	}
	if e.ExpectedRevision != event.AnyRevision && e.ExpectedRevision != revision {
		return fail(law.BadRequest, law.Str("fault", "two-revisions"))
	}
	e.ExpectedRevision = revision
	return nil
}
