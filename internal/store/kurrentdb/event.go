package kurrentdb

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
)

const (
	// closingType is the type of the event that closes a block.
	closingType = "anjian-block"
	jsonType    = "application/json"
	// reserve is what one event may cost the server beyond what it counts today, in bytes.
	reserve = 32
	// maxType is the longest event type, in bytes, and maxCausation the longest causation
	// that goes into the metadata: the rest is in the data.
	maxType, maxCausation = 64, 64
)

// maxBlock is the most bytes a block may have so that its append never exceeds maxAppend:
// an entry's metadata, type and reserve have together fewer bytes than the entry.
func maxBlock(maxAppend int) int { return (maxAppend - cost("", closingType, "")) / 2 }

// cost is what an event counts against the server's MaxAppendSize, in bytes.
func cost[B ~string | ~[]byte](data B, eventType string, meta B) int {
	return len(data) + len(meta) + 2*len(eventType) + reserve
}

// encode makes the events of a block. They alias its bytes. It refuses what decoding would
// refuse later, and a block that costs more than maxAppend.
func encode(b *block.Block, maxAppend int) ([]esdb.EventData, error) {
	events := make([]esdb.EventData, 0, len(b.Entries)+1)
	total := 0
	for i, line := range b.Entries {
		index := b.First + uint64(i)
		f, err := parseFact(line)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", index, err)
		}
		if f.entry.Index != index {
			return nil, fmt.Errorf("entry %d says it is %d", index, f.entry.Index)
		}
		meta := f.metadata()
		total += cost(line, f.eventType, meta)
		events = append(events, esdb.EventData{EventID: f.id, EventType: f.eventType, ContentType: esdb.ContentTypeJson, Data: line,
			Metadata: meta})
	}
	closing := b.Closing()
	if total += cost(closing, closingType, nil); total > maxAppend {
		return nil, fmt.Errorf("its append has %d bytes, at most %d", total, maxAppend)
	}
	return append(events, esdb.EventData{EventID: b.ID, EventType: closingType, ContentType: esdb.ContentTypeJson, Data: closing}), nil
}

// fact is what an entry and the event inside it say to KurrentDB.
type fact struct {
	entry     entry.Entry
	id        uuid.UUID
	eventType string
	causation string // empty when none, or longer than maxCausation
}

// malformedType is the type of an event whose own cannot be one: no release ever accepted it,
// and the copy holds it all the same. newerType is that of an entry whose form is newer.
const (
	malformedType = "anjian.malformed"
	newerType     = "anjian.newer"
)

// parseFact reads an entry's line. What cannot be told of the event inside it gets a type of
// ours, and an id that follows from the bytes.
func parseFact(line []byte) (fact, error) {
	e, err := entry.Parse(line)
	if errors.Is(err, entry.ErrNewer) {
		return fact{entry: e, id: idOf(line), eventType: newerType}, nil
	}
	if err != nil {
		return fact{}, err
	}
	h, err := entry.Peek(e.Event)
	f := fact{entry: e, id: h.ID, eventType: h.Type}
	if len(h.Causation) <= maxCausation && utf8.ValidString(h.Causation) {
		f.causation = h.Causation
	}
	if err != nil {
		f.id = idOf(line)
	}
	if t := h.Type; err != nil || t == "" || len(t) > maxType || t == closingType || strings.HasPrefix(t, "$") || !utf8.ValidString(t) {
		f.eventType = malformedType
	}
	return f, nil
}

// idOf makes an id of version 8 (RFC 9562 §5.8) from the SHA-256 of an entry.
func idOf(line []byte) (id uuid.UUID) {
	sum := sha256.Sum256(line)
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

// metadata is JSON for KurrentDB's own tools, with its members in this order, those in []
// only when not empty:
//
//	{"$correlationId":"inspection-0198f3c2-…",   kind and id of the entry's stream: $by_correlation_id
//	 ["$causationId":…,]                         collects an inspection in $bc-inspection-0198f3c2-…
//	 "index":7,"revision":3,
//	 ["campaign":…,]["subject":…,]["team":…,]["county":…,]   as in the entry's "about"
//	 ["person":…,]"role":…,"assurance":…}        who said it, and how the ledger knows
//
// KurrentDB's stream names have no slash, hence the hyphen.
func (f *fact) metadata() []byte {
	e := &f.entry
	dst := make([]byte, 0, 320)
	dst = append(dst, `{"$correlationId":"`...)
	dst = append(dst, e.Stream.Kind...)
	dst = append(dst, '-')
	dst = append(dst, e.Stream.ID...)
	dst = append(dst, '"')
	if f.causation != "" {
		dst = append(dst, `,"$causationId":`...)
		dst, _ = jsontext.AppendQuote(dst, f.causation) // it fails on invalid UTF-8 only, which no decoder lets through
	}
	dst = append(dst, `,"index":`...)
	dst = strconv.AppendUint(dst, e.Index, 10)
	dst = append(dst, `,"revision":`...)
	dst = strconv.AppendUint(dst, e.Revision, 10)
	for _, m := range [...]struct{ name, value string }{
		{"campaign", e.About.Campaign}, {"subject", e.About.Subject}, {"team", e.About.Team}, {"county", e.About.County},
		{"person", e.Actor.Person}, {"role", string(e.Actor.Role)}, {"assurance", string(e.Assurance)},
	} {
		if m.value == "" {
			continue
		}
		dst = append(dst, `,"`...)
		dst = append(dst, m.name...)
		dst = append(dst, `":"`...) // the entry's alphabet needs no escaping
		dst = append(dst, m.value...)
		dst = append(dst, '"')
	}
	return append(dst, '}')
}

// closingLine is what a closing event says of its block.
type closingLine struct {
	Number uint64    `json:"block"`
	ID     uuid.UUID `json:"id"`
	First  uint64    `json:"first"`
	Size   uint64    `json:"size"`
}

// revision is that of the closing event.
func (c *closingLine) revision() uint64 { return c.Size + c.Number - 1 }

// parseClosing reads a closing event on its own. Whether it is in canonical form shows when
// the whole block is parsed.
func parseClosing(stream string, e *esdb.RecordedEvent) (*closingLine, error) {
	var c closingLine
	if err := checkEnvelope(stream, e); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(e.Data, &c); err != nil || !block.IsClosing(e.Data) {
		return nil, fmt.Errorf("event %d of type %s closes no block", e.EventNumber, closingType)
	}
	if c.Number == 0 || c.Size <= c.First || c.revision() != e.EventNumber || c.ID != e.EventID {
		return nil, fmt.Errorf("event %d cannot close block %d of tree size %d", e.EventNumber, c.Number, c.Size)
	}
	return &c, nil
}

// factOf holds an event to what encode makes of the entry in it.
func factOf(stream string, e *esdb.RecordedEvent) (fact, error) {
	if err := checkEnvelope(stream, e); err != nil {
		return fact{}, err
	}
	f, err := parseFact(e.Data)
	switch {
	case err != nil:
		return fact{}, fmt.Errorf("event %d of type %q holds no entry: %w", e.EventNumber, e.EventType, err)
	case f.id != e.EventID || f.eventType != e.EventType:
		return fact{}, fmt.Errorf("event %d has type %q and id %s, its data say %q and %s", e.EventNumber, e.EventType, e.EventID, f.eventType,
			f.id)
	}
	return f, nil
}

func checkEnvelope(stream string, e *esdb.RecordedEvent) error {
	switch {
	case e.StreamID != stream:
		return fmt.Errorf("event %d is of stream %q", e.EventNumber, e.StreamID)
	case e.ContentType != jsonType:
		return fmt.Errorf("event %d of type %q has content type %q: it is not the ledger's", e.EventNumber, e.EventType, e.ContentType)
	}
	return nil
}

// blockAt returns the number of the block that the event at a revision belongs to.
func blockAt(stream string, e *esdb.RecordedEvent, revision uint64) (uint64, error) {
	if e.EventNumber != revision {
		return 0, fmt.Errorf("event %d is missing, the next is %d", revision, e.EventNumber)
	}
	if e.EventType == closingType {
		c, err := parseClosing(stream, e)
		if err != nil {
			return 0, err
		}
		return c.Number, nil
	}
	f, err := factOf(stream, e)
	switch {
	case err != nil:
		return 0, err
	case f.entry.Index > revision:
		return 0, fmt.Errorf("event %d holds entry %d", revision, f.entry.Index)
	}
	return revision - f.entry.Index + 1, nil
}
