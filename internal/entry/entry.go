// Package entry is the format of the ledger's unit of record.
//
// An entry is one line of JSON without the line feed. Its bytes are the Merkle leaf
// (RFC 6962 §2.1: leaf hash = SHA-256(0x00 || entry)), are what the stores keep, and are
// what is served. Members stand in this order, those in [] only when not empty, with no
// white space outside the event:
//
//	{"v":1,                                       form of the entry
//	 "index":7,                                   position in the ledger, from 0
//	 "recorded":"2019-12-02T01:30:00.123456Z",    ledger's clock, UTC; goes back with clock-corrected only
//	 ["clock":"red",]                             that clock was not relied on: nothing was called late by it
//	 "stream":"inspection/0198f3c2-…","revision":3, position in the stream, from 0
//	 ["about":{["campaign":…],["subject":…],["team":…],["county":…],["sectors":["CHEM","MINE"]]},]
//	 "actor":{["person":…],"role":…,["team":…],["county":…],["unit":…],["token":1234]},
//	 "assurance":"signed|token|open|imported|derived",
//	 ["signature":…,]                             64 to 4,096 bytes in base64url, by the event's key
//	 "event":{…}}                                 the author's bytes, untouched, to the last brace
//
// sectors are sorted and unique; token is the index of the entry that issued the bearer's token.
//
// Every value before "event" is drawn from an alphabet that JSON never escapes, so the
// encoding is unique: [Parse] accepts what [Append] writes and nothing else, and the
// author's signed bytes are exactly what stands between `"event":` and the final brace.
//
// # Wrong, malformed, newer
//
// Bytes that [Append] would not have written are wrong ([ErrNotCanonical]): a fault of the
// ledger or of its copy. A larger v, or an event of a type or version that the catalogue does
// not have, is newer than this program ([ErrNewer]), unless the type speaks of keys, tokens or the
// clock: such an event is wrong, too. An event that [ParseEvent] refuses inside
// a right entry is malformed: no release ever accepted it. [Entry.Decode] gives
// an [event.Unreadable] for the last two, which keep index and revision and change nothing else.
// What a release accepted counts for ever, so [ParseEvent] may be made stricter for what is
// sent, but never for what is read.
package entry

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// MaxSize is the most bytes an entry may have: a C2SP tlog-tiles entry bundle prefixes
// each entry with a 16-bit length.
const MaxSize = 65535

// Bounds of a signature in bytes; the suite of the key decides which length is right.
const (
	MinSignature = 64
	MaxSignature = 4096
)

// Entry is one parsed entry. Event and Signature alias the bytes that were parsed.
type Entry struct {
	Index     uint64
	Recorded  time.Time // UTC, microseconds
	ClockRed  bool      // see [event.Event]
	Stream    event.Stream
	Revision  uint64
	About     event.About
	Actor     event.Actor
	Assurance event.Assurance
	Signature []byte // by the key that the event's source names; nil when there is none
	Event     []byte // the author's exact bytes
}

// prefix begins every entry of this form.
const prefix = `{"v":1,"index":`

// Append appends the encoding of e to dst. The caller has checked every field with
// [Entry.CheckIDs], and reads back what was appended; Append itself cannot fail.
func Append(dst []byte, e *Entry) []byte {
	dst = append(dst, prefix...)
	dst = strconv.AppendUint(dst, e.Index, 10)
	dst = append(dst, `,"recorded":"`...)
	dst = AppendRecorded(dst, e.Recorded)
	if e.ClockRed {
		dst = append(dst, `","clock":"red`...)
	}
	dst = append(dst, `","stream":"`...)
	dst = append(dst, e.Stream.Kind...)
	dst = append(dst, '/')
	dst = append(dst, e.Stream.ID...)
	dst = append(dst, `","revision":`...)
	dst = strconv.AppendUint(dst, e.Revision, 10)
	if !e.About.IsZero() {
		dst = append(dst, `,"about":{`...)
		dst = appendMember(dst, "campaign", e.About.Campaign)
		dst = appendMember(dst, "subject", e.About.Subject)
		dst = appendMember(dst, "team", e.About.Team)
		dst = appendMember(dst, "county", e.About.County)
		dst = appendSectors(dst, e.About.Sectors)
		dst = append(dst, '}')
	}
	dst = append(dst, `,"actor":{`...)
	dst = appendMember(dst, "person", e.Actor.Person)
	dst = appendMember(dst, "role", string(e.Actor.Role))
	dst = appendMember(dst, "team", e.Actor.Team)
	dst = appendMember(dst, "county", e.Actor.County)
	dst = appendMember(dst, "unit", e.Actor.Unit)
	if e.Actor.Token != 0 {
		dst = append(dst, `,"token":`...)
		dst = strconv.AppendUint(dst, e.Actor.Token, 10)
	}
	dst = append(dst, `},"assurance":"`...)
	dst = append(dst, e.Assurance...)
	if e.Signature != nil {
		dst = append(dst, `","signature":"`...)
		dst = base64.RawURLEncoding.AppendEncode(dst, e.Signature)
	}
	dst = append(dst, `","event":`...)
	dst = append(dst, e.Event...)
	return append(dst, '}')
}

// appendMember appends "name":"value", preceded by a comma unless it is the first, and
// nothing when value is empty.
func appendMember(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, name...)
	dst = append(dst, `":"`...)
	dst = append(dst, value...)
	return append(dst, '"')
}

func appendSectors(dst []byte, sectors []string) []byte {
	if len(sectors) == 0 {
		return dst
	}
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, `"sectors":["`...)
	for i, s := range sectors {
		if i > 0 {
			dst = append(dst, `","`...)
		}
		dst = append(dst, s...)
	}
	return append(dst, `"]`...)
}

// CheckIDs reports whether the ids of e can be encoded: in the alphabet of [event.ValidID], sectors
// sorted and unique. [Entry.Read] leaves it out for what e has already.
func (e *Entry) CheckIDs() error {
	ids := [...]struct{ name, v string }{
		{"about.campaign", e.About.Campaign}, {"about.subject", e.About.Subject}, {"about.team", e.About.Team},
		{"about.county", e.About.County}, {"actor.person", e.Actor.Person}, {"actor.role", string(e.Actor.Role)},
		{"actor.team", e.Actor.Team}, {"actor.county", e.Actor.County}, {"actor.unit", e.Actor.Unit},
	}
	for _, id := range ids {
		if id.v != "" && !event.ValidID(id.v) {
			return fmt.Errorf("%s: %q is no id", id.name, id.v)
		}
	}
	switch {
	case !sectorSet(e.About.Sectors):
		return fmt.Errorf("about.sectors: %q are no codes, sorted and unique", e.About.Sectors)
	case !event.ValidID(string(e.Stream.Kind)) || !event.ValidID(e.Stream.ID):
		return fmt.Errorf("stream: %q is no stream", e.Stream)
	}
	return nil
}

// sectorSet reports whether codes are sorted and unique.
func sectorSet(list []string) bool {
	for i, s := range list {
		if !event.ValidID(s) || i > 0 && s <= list[i-1] {
			return false
		}
	}
	return true
}

// checkForm is Check of an entry whose ids are right, each by itself, and whose time has a spelling.
func (e *Entry) checkForm() error {
	switch {
	case e.Actor.Role == "":
		return errors.New("actor.role: required")
	case e.Stream.Kind == "" || e.Stream.ID == "":
		return errors.New("stream: required")
	case e.Signature != nil && (len(e.Signature) < MinSignature || len(e.Signature) > MaxSignature):
		return fmt.Errorf("signature: %d bytes, want %d to %d", len(e.Signature), MinSignature, MaxSignature)
	case len(e.Event) < 2 || e.Event[0] != '{' || e.Event[len(e.Event)-1] != '}':
		return errors.New("event: must be one JSON object with nothing around it")
	case bytes.IndexByte(e.Event, '\n') >= 0 || bytes.IndexByte(e.Event, '\r') >= 0 || bytes.IndexByte(e.Event, 0) >= 0:
		return errors.New("event: must be one line, without NUL, by which a journal knows a torn block")
	}
	return e.checkAssurance()
}

// checkAssurance holds token and signature to the level of assurance (pillar 1).
func (e *Entry) checkAssurance() error {
	needsToken, mayBeSigned := true, true
	switch e.Assurance {
	case event.Signed:
		if e.Signature == nil {
			return errors.New("assurance signed needs a signature")
		}
	case event.Token, event.Imported:
	case event.Open, event.Derived:
		needsToken, mayBeSigned = false, false
	default:
		return fmt.Errorf("assurance: unknown level %q", e.Assurance)
	}
	switch {
	case needsToken && e.Actor.Token == 0:
		return fmt.Errorf("actor.token: required with assurance %s", e.Assurance)
	case !needsToken && e.Actor.Token != 0:
		return fmt.Errorf("actor.token: an entry of assurance %s has %d", e.Assurance, e.Actor.Token)
	case !mayBeSigned && e.Signature != nil:
		return fmt.Errorf("signature: an entry of assurance %s has none", e.Assurance)
	case (e.Assurance == event.Derived) != (e.Actor.Role == event.RoleLedger),
		(e.Assurance == event.Open) != (e.Actor.Role == event.RolePublic):
		return fmt.Errorf("actor.role: %s beside assurance %s", e.Actor.Role, e.Assurance)
	}
	return nil
}

// Ways in which an entry can fail to be read; see the package comment.
var (
	ErrNotCanonical = errors.New("entry is not in canonical form")
	ErrNewer        = errors.New("the entry is newer than this program")
)

// Parse parses what [Append] wrote and refuses anything else with [ErrNotCanonical] or
// [ErrNewer]. It does not look inside the event; see [Decode].
func Parse(b []byte) (Entry, error) {
	var e Entry
	err := e.Read(b)
	return e, err
}

// Read is [Parse] into e. It keeps those texts of e that b has as well, so that who reads many
// entries into one e is quick: neighbours have much in common. What e has must have been read or
// checked ([Entry.CheckIDs]). After an error only the index of a newer entry is right.
func (e *Entry) Read(b []byte) error {
	err := e.read(b)
	if err != nil {
		*e = Entry{Index: e.Index} // nothing that was not looked at stays for the next
	}
	return err
}

func (e *Entry) read(b []byte) error {
	if len(b) > MaxSize {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrNotCanonical, len(b), MaxSize)
	}
	s := scanner{b: b}
	if !s.try(prefix) {
		if v, index, ok := FormAndIndex(b); ok && v > 1 {
			e.Index = index
			return fmt.Errorf("%w: form %d", ErrNewer, v)
		}
		return ErrNotCanonical
	}
	e.Index = s.uint()
	s.lit(`,"recorded":"`)
	e.Recorded = s.recorded()
	e.ClockRed = s.try(`","clock":"red`)
	s.lit(`","stream":"`)
	readID(&s, &e.Stream.Kind, `/`)
	readID(&s, &e.Stream.ID, `"`)
	s.lit(`,"revision":`)
	e.Revision = s.uint()
	if s.try(`,"about":{`) {
		s.about(&e.About)
	} else {
		e.About = event.About{}
	}
	s.lit(`,"actor":{`)
	s.actor(&e.Actor)
	s.lit(`},"assurance":"`)
	readID(&s, &e.Assurance, `"`)
	if e.Signature = nil; s.try(`,"signature":"`) {
		e.Signature = s.signature()
		s.lit(`"`)
	}
	s.lit(`,"event":{`)
	if s.bad || len(b) < s.i+2 || b[len(b)-1] != '}' {
		return ErrNotCanonical
	}
	e.Event = b[s.i-1 : len(b)-1]
	if err := e.checkForm(); err != nil {
		return fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	return nil
}

// FormAndIndex reads how every entry begins, in this and in every later form:
// {"v":1,"index":7, and more. So a copy can be kept and compared by a program that does not
// know the rest.
func FormAndIndex(line []byte) (v, index uint64, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"v":`))
	if !ok {
		return 0, 0, false
	}
	if v, rest, ok = cutUint(rest); !ok || v == 0 {
		return 0, 0, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`,"index":`)); !ok {
		return 0, 0, false
	}
	index, rest, ok = cutUint(rest)
	return v, index, ok && len(rest) > 0 && rest[0] == ','
}

// cutUint reads a decimal without leading zeros.
func cutUint(b []byte) (n uint64, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < 20 && b[i] >= '0' && b[i] <= '9' {
		d := uint64(b[i] - '0')
		if i == 19 && n > (1<<64-1-d)/10 { // nineteen digits always fit
			return 0, b, false
		}
		n = n*10 + d
		i++
	}
	return n, b[i:], i > 0 && (b[0] != '0' || i == 1)
}

// Decode parses an entry and the event inside it, as every fold sees it.
func Decode(b []byte, cat *event.Catalogue) (*event.Event, error) {
	en, err := Parse(b)
	if err != nil {
		return nil, err
	}
	return en.Decode(cat), nil
}

// Decode decodes the event inside e and adds what the ledger says about it. An event that
// cannot be read has *[event.Unreadable] as its Data.
func (e *Entry) Decode(cat *event.Catalogue) *event.Event {
	ev, err := parseEvent(e.Event, cat, e.Stream)
	if err == nil && ev.Stream != e.Stream {
		err = fmt.Errorf("the entry's stream is %s, the event's subject %s", e.Stream, ev.Stream)
	}
	if err != nil {
		ev = unreadable(e, err)
	}
	ev.Index, ev.Revision, ev.Recorded, ev.ClockRed = e.Index, e.Revision, e.Recorded, e.ClockRed
	ev.Actor, ev.Assurance, ev.About = e.Actor, e.Assurance, e.About
	ev.Bytes, ev.Signed = e.Event, e.Signature != nil
	return ev
}

// Newer stands for an entry whose form this program does not know, at its index.
func Newer(index uint64, recorded time.Time, cause error) *event.Event {
	return &event.Event{Index: index, Recorded: recorded, Type: event.UnreadableType(""),
		Data: &event.Unreadable{Newer: true, Reason: cause.Error()}}
}

// unreadable keeps of an event what can be told without its type.
func unreadable(e *Entry, cause error) *event.Event {
	h, _ := Peek(e.Event)
	ev := &event.Event{
		ID: h.ID, Type: event.UnreadableType(h.Type), Stream: e.Stream, Source: h.Source,
		Occurred: e.Recorded, ExpectedRevision: event.AnyRevision,
	}
	var se *SyntaxError
	unknown := errors.As(cause, &se) && se.Code == law.UnknownType
	wrong := unknown && mustBeKnown(h.Type)
	if key, ok := strings.CutPrefix(h.Source, keySource); ok && event.ValidHash(key) {
		ev.Link.Key = key
		if unknown && !wrong {
			ev.Link = linkOf(&h, key)
		}
	}
	ev.Data = &event.Unreadable{Newer: unknown && !wrong, Wrong: wrong, Reason: cause.Error()}
	return ev
}

// linkOf is the place in its key's chain of an event that a later release wrote: the envelope says it,
// whatever the type. It is the key alone when the envelope does not say it as it must.
func linkOf(h *Head, key string) event.Link {
	seq, err := strconv.ParseInt(h.KeySeq, 10, 32)
	if err != nil || strconv.FormatInt(seq, 10) != h.KeySeq || seq < 0 || h.Ledger == "" || (seq == 0) != (h.KeyPrev == "") ||
		h.KeyPrev != "" && !event.ValidHash(h.KeyPrev) {
		return event.Link{Key: key}
	}
	return event.Link{Key: key, Ledger: h.Ledger, Seq: uint32(seq), Prev: h.KeyPrev}
}

// mustBeKnown reports whether a type is one that decides who may sign and act, and when.
func mustBeKnown(name string) bool {
	for _, p := range [...]string{"anjian.key-", "anjian.token-", "anjian.clock-"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
