package api

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// Sizes of one JSON page, in entries and bytes, and how long it may search for them.
const (
	defaultPage  = 100
	maxPage      = 1000
	maxPageBytes = 1 << 20
	maxSearch    = 5 * time.Second
)

// A replay that goes on finds its entries in batches: so many bytes, or for so long.
const (
	batchBytes = 256 << 10
	batchTime  = 100 * time.Millisecond
)

func (a *Handler) eventRoutes(d *document) []*route {
	return append(a.appendRoutes(d), a.replayRoutes()...)
}

// appendRoutes take events; the last of them takes nothing.
func (a *Handler) appendRoutes(d *document) []*route {
	receipts := map[string]*huma.Schema{mediaJSON: d.schemaOf(Receipts{})}
	oneEvent := d.events(a.cfg.Catalogue.All())
	bodies := map[string]*huma.Schema{mediaEvent: oneEvent, mediaBatch: list(oneEvent), mediaSigned: text(),
		mediaJSON: {Type: huma.TypeObject}}
	preconditions := []*huma.Param{
		headerParam(headerSignature, "A single event: 64 bytes in base64url, by the key that its source names, over the event's exact bytes "+
			"(see /docs/verify). 签名"),
		headerParam("If-Match", `Single events: "<revision>" the stream must have before this event.`),
		headerParam("If-None-Match", `Single events: * when the event must be the first one of its stream.`),
	}
	faults := []law.Code{law.MalformedJSON, law.UnreadableBody, law.InvalidSignature, law.SignatureNeedsStructuredMode,
		law.RoleMayNotAppend, law.IDReused, law.WrongRevision, law.UnsupportedPrecondition, law.BodyTooLarge, law.BatchSize, law.EventTooLarge,
		law.UnsupportedMediaType, law.InvalidAttribute,
		law.UnknownType, law.InvalidData, law.TooSlow, law.OverQuota, law.Busy, law.ReadOnly, law.ReadOnlyStart,
		law.StoreRefuses, law.NoSpace, law.DiskFailure, law.Full, law.OutcomeUnknown}
	return []*route{
		{
			method: "POST", path: "/v1/events", id: "append-events", tag: "events", need: identity.AppendEvents,
			summary: "Append one event, or a batch as a whole", chinese: "追加事件",
			doc: "Nothing that got a 2xx is ever lost; nothing that got another status is stored, except 503 outcome-unknown: send the same bytes " +
				"again. " +
				"200 instead of 201 means that every event had been there before, byte for byte. " +
				"A batch is atomic, and may be empty: then nothing is stored, and the answer tells the ledger's position. " +
				"A refusal by rule is 422; GET /v1/rules lists the codes. The answer to a batch names every event that is refused, in faults. " +
				"In binary mode (application/json with ce- headers) the ledger assembles the JSON once, and takes no signature.",
			params: preconditions, body: bodies, status: 201, answers: receipts, codes: faults, handle: a.appendEvents,
			headers: withHeaders("Location", "of a single event: its entry", "ETag", `of a single event: "<revision>" of its stream`),
		},
		{
			method: "POST", path: "/v1/events/batch", id: "append-batch", tag: "events", need: identity.AppendEvents,
			summary: "Append a batch as a whole", chinese: "批量追加事件",
			doc:  "The same as POST /v1/events with a batch, for generated clients, which know one kind of body for each operation.",
			body: map[string]*huma.Schema{mediaBatch: list(oneEvent)}, status: 201, answers: receipts, headers: inLanguage, codes: faults,
			handle: a.appendBatch,
		},
		{
			method: "POST", path: "/v1/events/dry-run", id: "dry-run-events", tag: "events", need: identity.AppendEvents,
			summary: "What an append would be answered", chinese: "试运行：不存储",
			doc: "The way of an append up to and including the judgement: the same requests, the same rights, shares and quotas, " +
				"the same problems. Nothing is stored, no id is taken, and there is no receipt. What others append meanwhile may change the answer.",
			params: preconditions, body: bodies, answers: map[string]*huma.Schema{mediaJSON: d.schemaOf(Foretold{})}, headers: inLanguage,
			codes: faults, handle: a.dryRun,
		},
	}
}

// replayRoutes give entries back.
func (a *Handler) replayRoutes() []*route {
	return []*route{
		{
			method: "GET", path: "/v1/events", id: "replay-events", tag: "events", need: identity.ReadEvents,
			summary: "Replay entries in order", chinese: "按序回放",
			doc: "By Accept: application/json is a page, whose cursor says where to go on, at once while more is true, or later (a page may be " +
				"short or empty before the end); " +
				"an entry that is malformed to the point of being no JSON stands there as a string; " +
				"application/x-ndjson is every selected entry, one a line; text/event-stream goes on live: the id of a message is a cursor, and " +
				"Last-Event-ID resumes after it. " +
				"Entries outside the token's scope are left out. Office and commission read in the order of the ledger, everybody else in the order " +
				"in which entries " +
				"became visible to them: what an arrival discloses comes directly before it (R39). When the scope of a token changes, streams end, " +
				"and cursors are refused with scope-changed.",
			params: append(slices.Clone(filterParams), queryParam("limit",
				"Most entries: of a page 1…1000, default 100; of NDJSON and a live stream all. 条数", positive(maxPosition)),
				headerParam("Last-Event-ID", "Live stream: id of the message after which to go on.")),
			answers: map[string]*huma.Schema{mediaJSON: entryPage(), mediaNDJSON: text(), mediaSSE: text()},
			codes:   []law.Code{law.InvalidParameter, law.NotAcceptable, law.TooManyReads, law.ScopeChanged, law.ViewsBehind},
			waits:   true,
			handle:  a.replay,
		},
		{
			method: "GET", path: "/v1/entries/{index}", id: "entry", tag: "events", need: identity.ReadEntry,
			summary: "One entry, byte for byte: what the caller may see, and his own (GET /v1/me/entries)", chinese: "单条账目原文",
			params:  []*huma.Param{pathParam("index", "position in the ledger, from 0")},
			answers: map[string]*huma.Schema{mediaJSON: {Ref: componentsRoot + "Entry"}},
			codes:   []law.Code{law.NotFound, law.InvalidParameter}, waits: true, handle: a.entry,
		},
		{
			method: "GET", path: "/v1/entries/{index}/receipt", id: "entry-receipt", tag: "events", need: identity.ReadEntry,
			summary: "One entry with its proof under the newest checkpoint", chinese: "单条账目及收据",
			doc:     "One text that proves by itself: the entry's line, then a C2SP tlog-proof. How to verify it: /docs/verify.",
			params:  []*huma.Param{pathParam("index", "position in the ledger, from 0")},
			answers: map[string]*huma.Schema{mediaText: text()},
			codes:   []law.Code{law.NotFound, law.InvalidParameter}, waits: true, handle: a.entryReceipt,
		},
	}
}

// replay is GET /v1/events in the form that the client accepts.
func (a *Handler) replay(c *call) error {
	head := a.cfg.Ledger.Head()
	f, err := a.parseFilter(c, head.Size)
	if err != nil {
		return err
	}
	vary(c.Header(), varyAccept)
	form := accepted(c.r.Header["Accept"], mediaJSON, mediaNDJSON, mediaSSE)
	if form == "" {
		return fail(law.NotAcceptable, law.Str("accept", strings.Join(c.r.Header["Accept"], ", ")),
			law.List("allowed", []string{mediaJSON, mediaNDJSON, mediaSSE}))
	}
	if err := a.waitForViews(c.r.Context(), head.Size); err != nil {
		return err
	}
	s := &scan{v: a.viewer(c), f: f}
	if s.v.scope.Everything() {
		f.narrow(head.Size)
	}
	switch {
	case form != mediaJSON && c.r.Method == http.MethodHead: // what the beginning of the answer says
		if _, err := s.resume(cmp.Or(c.r.Header.Get("Last-Event-ID"), c.query.Get("cursor"))); err != nil {
			return err
		}
		c.Header().Set("Content-Type", form)
		c.WriteHeader(http.StatusOK)
		return nil
	case form == mediaNDJSON:
		return a.lines(s, head)
	case form == mediaSSE:
		return a.live(s)
	}
	return a.page(s, head)
}

var varyAccept = []string{"Accept"}

// page answers with one page of JSON. more is true only when more entries are there, or when the
// time for one page is over: what the caller may not see leaves no trace.
func (a *Handler) page(s *scan, head ledger.Head) error {
	c := s.v.c
	limit, err := c.uint("limit", defaultPage, maxPage)
	if err != nil {
		return err
	}
	if c.read, err = a.reads.take(c.r.Context(), &c.who); err != nil {
		return err
	}
	defer c.read.free()
	from, err := s.resume(c.query.Get("cursor"))
	if err != nil {
		return err
	}
	s.deadline = time.Now().Add(maxSearch)
	out := append(make([]byte, 0, 64<<10), `{"entries":[`...)
	last, placed := s.after, s.begun
	n, more := uint64(0), false
	health := a.cfg.Ledger.Health()
	odd := health.Malformed > 0 || health.ReadOnly // some entry may be no JSON
	s.deliver = func(at projector.Cursor, raw []byte) error {
		if n == limit || n > 0 && len(out)+len(raw) > maxPageBytes {
			more = true
			return errEnough
		}
		if n++; n > 1 {
			out = append(out, ',')
		}
		last, placed = at, true
		if odd && !jsontext.Value(raw).IsValid() { // a page stays JSON whatever stands in the ledger
			out = appendString(out, raw)
			return nil
		}
		out = append(out, raw...)
		return nil
	}
	to := min(s.f.to, head.Size)
	reached, err := s.run(c.r.Context(), from, to)
	if err != nil {
		return err
	}
	if !more && from < to && reached < to { // no time left
		last, placed, more = outOfTime(last, placed, reached), true, true
	}
	out = appendHead(append(out, ']'), head)
	if placed {
		out = append(out, `,"cursor":"`...)
		out = append(out, last.String(s.v.scope.Fingerprint())...)
		out = append(out, `","more":`...)
		out = strconv.AppendBool(out, more)
	}
	c.body(mediaJSON, append(out, "}\n"...))
	return nil
}

// appendHead adds the members of a page that tell how far the ledger had come.
func appendHead(out []byte, head ledger.Head) []byte {
	out = append(out, `,"position":`...)
	out = strconv.AppendUint(out, head.Size, 10)
	out = append(out, `,"root":"`...)
	out = base64.StdEncoding.AppendEncode(out, head.Root[:])
	out = append(out, '"')
	if !head.Recorded.IsZero() {
		out = append(out, `,"recorded":"`...)
		out = entry.AppendRecorded(out, head.Recorded.UTC())
		out = append(out, '"')
	}
	return out
}

// lines answers with the entries themselves, one a line. An answer that is cut short, also
// because the token or its scope has ended, ends the connection, so that a part is never taken
// for the whole.
func (a *Handler) lines(s *scan, head ledger.Head) error {
	c := s.v.c
	limit, err := c.uint("limit", maxPosition, maxPosition)
	if err != nil {
		return err
	}
	from, err := s.resume(c.query.Get("cursor"))
	if err != nil {
		return err
	}
	slot, err := a.downloads.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer slot.free()
	h := c.Header()
	h.Set("Content-Type", mediaNDJSON)
	h.Set("Anjian-Position", strconv.FormatUint(head.Size, 10))
	h.Set("Anjian-Root", base64.StdEncoding.EncodeToString(head.Root[:]))
	c.long(false)
	b := &batches{s: s, left: limit, encode: func(dst []byte, _ projector.Cursor, raw []byte) []byte {
		return append(append(dst, raw...), '\n')
	}}
	for next, to := from, min(s.f.to, head.Size); next < to && b.left > 0; {
		if next, err = b.send(next, to); err != nil {
			return err
		}
	}
	_, err = c.Write(nil) // there may have been none
	return err
}

// batches sends entries part by part. An expensive read's slot is held while a part is
// found, and not while the client takes it; token and scope are looked at again for each part.
type batches struct {
	s      *scan
	left   uint64 // entries still to send
	encode func(dst []byte, at projector.Cursor, raw []byte) []byte
	buf    []byte
}

// send sends one part of what became visible at [from, to) and returns where the next one
// begins.
func (b *batches) send(from, to uint64) (next uint64, err error) {
	s := b.s
	if err := s.v.renew(); err != nil {
		return from, err
	}
	ctx := s.v.c.r.Context()
	slot, err := s.v.a.reads.stay(ctx, &s.v.c.who)
	if err != nil {
		return from, err
	}
	b.buf, s.deadline = b.buf[:0], time.Now().Add(batchTime)
	s.deliver = func(at projector.Cursor, raw []byte) error {
		if b.left == 0 || len(b.buf) > 0 && len(b.buf)+len(raw) > batchBytes {
			return errEnough
		}
		b.left--
		b.buf = b.encode(b.buf, at, raw)
		s.after, s.begun = at, true // the next part goes on after it
		return nil
	}
	next, err = s.run(ctx, from, to)
	slot.free()
	if err == nil && len(b.buf) > 0 {
		_, err = s.v.c.Write(b.buf)
	}
	return next, err
}
