package api

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
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
	receipts := map[string]*huma.Schema{mediaJSON: d.schemaOf(Receipts{})}
	oneEvent := object("A CloudEvents 1.0 event; GET /v1/types has the schema of data by type.",
		"specversion", text(), "id", &huma.Schema{Type: huma.TypeString, Format: "uuid"}, "source", text(), "type", text(),
		"subject", text(), "time", &huma.Schema{Type: huma.TypeString, Format: "date-time"}, "timeprecision", text(), "campaign", text(),
		"causationid", text(), "expectedrevision", number(maxPosition), "data", &huma.Schema{Type: huma.TypeObject})
	oneEvent.Required = []string{"specversion", "id", "source", "type", "subject", "time", "data"}
	entries := object("A page of entries.",
		"entries", list(&huma.Schema{Type: huma.TypeObject, Description: "an entry, byte for byte as recorded"}),
		"position", number(maxPosition), "root", text(), "recorded", text(), "next", number(maxPosition))
	return []*route{
		{
			method: "POST", path: "/v1/events", id: "append-events", tag: "events", need: identity.AppendEvents,
			summary: "Append one event, or a batch as a whole", chinese: "追加事件",
			doc: "Nothing that got a 2xx is ever lost; nothing that got another status is stored, except 503 outcome-unknown: send the same bytes again. " +
				"200 instead of 201 means that every event had been there before, byte for byte. " +
				"A batch is atomic. In binary mode (application/json with ce- headers) the ledger assembles the JSON once, and takes no signature.",
			params: []*huma.Param{
				headerParam(headerSignature, "A single event: 64 bytes in base64url, by the key that its source names, over the event's exact bytes (see /docs/verify). 签名"),
				headerParam("If-Match", `Single events: "<revision>" the stream must have before this event.`),
			},
			body:   map[string]*huma.Schema{mediaEvent: oneEvent, mediaBatch: list(oneEvent), mediaSigned: text(), mediaJSON: {Type: huma.TypeObject}},
			status: 201, answers: receipts,
			codes: []string{"malformed-json", codeBadBody, codeBadSignature, codeSignedBinary,
				codeRoleAppend, "id-reused", "wrong-revision", codeTooLarge, codeBatchSize, "event-too-large", codeMediaType, "invalid-attribute",
				"unknown-type", "invalid-data", codeRefused, codeTooSlow, codeOverQuota, "busy", "read-only", "no-space", codeDisk, "full", "outcome-unknown"},
			handle: a.appendEvents,
		},
		{
			method: "GET", path: "/v1/events", id: "replay-events", tag: "events", need: identity.ReadEvents,
			summary: "Replay entries in order", chinese: "按序回放",
			doc: "By Accept: application/json is a page, whose next is the position to go on from while there is more (a page may be short or empty before the end); " +
				"an entry that is malformed to the point of being no JSON stands there as a string; " +
				"application/x-ndjson is every selected entry, one a line; text/event-stream goes on live: the id of a message is its index, and Last-Event-ID resumes after it. " +
				"Rows outside the token's scope are left out; visits are shown to county roles only after the inspectors' arrival (R39).",
			params: append(slices.Clone(filterParams), queryParam("limit", "Most entries: of a page 1…1000, default 100; of NDJSON and a live stream all. 条数", number(maxPosition)),
				headerParam("Last-Event-ID", "Live stream: index after which to go on.")),
			answers: map[string]*huma.Schema{mediaJSON: entries, mediaNDJSON: text(), mediaSSE: text()},
			codes:   []string{codeBadParam, codeNotAcceptable, codeTooManyReads},
			waits:   true,
			handle:  a.replay,
		},
		{
			method: "GET", path: "/v1/entries/{index}", id: "entry", tag: "events", need: identity.ReadEvents,
			summary: "One entry, byte for byte", chinese: "单条账目原文",
			params:  []*huma.Param{pathParam("index", "position in the ledger, from 0")},
			answers: map[string]*huma.Schema{mediaJSON: {Type: huma.TypeObject}},
			codes:   []string{codeNotFound, codeBadParam}, waits: true, handle: a.entry,
		},
		{
			method: "GET", path: "/v1/entries/{index}/receipt", id: "entry-receipt", tag: "events", need: identity.ReadEvents,
			summary: "One entry with its proof under the newest checkpoint", chinese: "单条账目及收据",
			doc:     "One text that proves by itself: the entry's line, then a C2SP tlog-proof. How to verify it: /docs/verify.",
			params:  []*huma.Param{pathParam("index", "position in the ledger, from 0")},
			answers: map[string]*huma.Schema{mediaText: text()},
			codes:   []string{codeNotFound, codeBadParam}, waits: true, handle: a.entryReceipt,
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
	form := accepted(c.r.Header.Get("Accept"))
	switch {
	case form == mediaJSON:
		return a.page(c, f, head)
	case form != "" && c.r.Method == http.MethodHead:
		c.Header().Set("Content-Type", form)
		c.WriteHeader(http.StatusOK)
		return nil
	case form == mediaNDJSON:
		return a.lines(c, f, head)
	case form == mediaSSE:
		return a.live(c, f, head)
	}
	return fail(codeNotAcceptable, "Accept "+strconv.Quote(c.r.Header.Get("Accept")))
}

// accepted picks the form of a replay: the first media type of Accept that there is.
func accepted(accept string) string {
	if accept == "" {
		return mediaJSON
	}
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, _, _ := strings.Cut(part, ";")
		switch m := strings.ToLower(strings.TrimSpace(mediaType)); m {
		case mediaJSON, mediaNDJSON, mediaSSE:
			return m
		case "*/*", "application/*":
			return mediaJSON
		}
	}
	return ""
}

// page answers with one page of JSON.
func (a *Handler) page(c *call, f *filter, head ledger.Head) error {
	limit, err := c.uint("limit", defaultPage, maxPage)
	if err != nil {
		return err
	}
	limit = max(limit, 1)
	if c.read, err = a.reads.take(c.r.Context(), &c.who); err != nil {
		return err
	}
	defer c.read.free()
	to := min(f.to, head.Size)
	out := append(make([]byte, 0, 64<<10), `{"entries":[`...)
	n := uint64(0)
	health := a.cfg.Ledger.Health()
	odd := health.Malformed > 0 || health.ReadOnly // some entry may be no JSON
	next, err := a.scan(c.r.Context(), &viewer{a: a, c: c}, f, f.from, to, time.Now().Add(maxSearch), func(_ uint64, raw []byte) error {
		if n == limit || n > 0 && len(out)+len(raw) > maxPageBytes {
			return errEnough
		}
		if n++; n > 1 {
			out = append(out, ',')
		}
		if odd && !jsontext.Value(raw).IsValid() { // a page stays JSON whatever stands in the ledger
			out = appendString(out, raw)
			return nil
		}
		out = append(out, raw...)
		return nil
	})
	if err != nil {
		return err
	}
	out = append(out, `],"position":`...)
	out = strconv.AppendUint(out, head.Size, 10)
	out = append(out, `,"root":"`...)
	out = base64.StdEncoding.AppendEncode(out, head.Root[:])
	out = append(out, '"')
	if !head.Recorded.IsZero() {
		out = append(out, `,"recorded":"`...)
		out = head.Recorded.UTC().AppendFormat(out, recordedLayout)
		out = append(out, '"')
	}
	if next < to {
		out = append(out, `,"next":`...)
		out = strconv.AppendUint(out, next, 10)
	}
	c.body(mediaJSON, append(out, "}\n"...))
	return nil
}

// lines answers with the entries themselves, one a line. An answer that is cut short ends
// the connection, so that a part is never taken for the whole.
func (a *Handler) lines(c *call, f *filter, head ledger.Head) error {
	limit, err := c.uint("limit", maxPosition, maxPosition)
	if err != nil {
		return err
	}
	s, err := a.downloads.take(c.r.Context(), &c.who)
	if err != nil {
		return err
	}
	defer s.free()
	h := c.Header()
	h.Set("Content-Type", mediaNDJSON)
	h.Set("Anjian-Position", strconv.FormatUint(head.Size, 10))
	h.Set("Anjian-Root", base64.StdEncoding.EncodeToString(head.Root[:]))
	c.long(false)
	b := &batches{a: a, c: c, v: &viewer{a: a, c: c}, f: f, left: limit, encode: func(dst []byte, _ uint64, raw []byte) []byte {
		return append(append(dst, raw...), '\n')
	}}
	for next, to := f.from, min(f.to, head.Size); next < to && b.left > 0; {
		if next, err = b.send(next, to); err != nil {
			return err
		}
	}
	_, err = c.Write(nil) // there may have been none
	return err
}

// batches sends entries part by part. An expensive read's slot is held while a part is
// found, and not while the client takes it; the token is looked at again for each part.
type batches struct {
	a      *Handler
	c      *call
	v      *viewer
	f      *filter
	left   uint64 // entries still to send
	encode func(dst []byte, index uint64, raw []byte) []byte
	buf    []byte
}

// send sends one part of [from, to) and returns where the next one begins.
func (b *batches) send(from, to uint64) (next uint64, err error) {
	if _, err := b.a.authenticate(b.c.r); err != nil {
		return from, err
	}
	ctx := b.c.r.Context()
	s, err := b.a.reads.stay(ctx, &b.c.who)
	if err != nil {
		return from, err
	}
	b.buf = b.buf[:0]
	next, err = b.a.scan(ctx, b.v, b.f, from, to, time.Now().Add(batchTime), func(index uint64, raw []byte) error {
		if b.left == 0 || len(b.buf) > 0 && len(b.buf)+len(raw) > batchBytes {
			return errEnough
		}
		b.left--
		b.buf = b.encode(b.buf, index, raw)
		return nil
	})
	s.free()
	if err == nil && len(b.buf) > 0 {
		_, err = b.c.Write(b.buf)
	}
	return next, err
}
