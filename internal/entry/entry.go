// Package entry is the format of the ledger's unit of record.
//
// An entry is one line of JSON without the line feed. Its bytes are the Merkle leaf
// (RFC 6962 §2.1: leaf hash = SHA-256(0x00 || entry)), are what the stores keep, and are
// what is served. Members stand in this order, those in [] only when not empty, with no
// white space outside the event:
//
//	{"index":7,                                   position in the ledger, from 0
//	 "recorded":"2019-12-02T01:30:00.123456Z",    ledger's clock, UTC, never decreasing
//	 "stream":"inspection/0198f3c2-…","revision":3, position in the stream, from 0
//	 ["about":{["campaign":…],["subject":…],["team":…],["county":…]},]
//	 "actor":{["person":…],"role":…,["team":…],["county":…],["unit":…]},
//	 "assurance":"signed|token|imported|derived",
//	 ["key":…,"signature":…,]                     key id; 64 signature bytes in base64url
//	 "event":{…}}                                 the author's bytes, untouched, to the last brace
//
// Every value before "event" is drawn from an alphabet that JSON never escapes, so the
// encoding is unique: [Parse] accepts what [Append] writes and nothing else, and the
// author's signed bytes are exactly what stands between `"event":` and the final brace.
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
)

// MaxSize is the most bytes an entry may have: a C2SP tlog-tiles entry bundle prefixes
// each entry with a 16-bit length.
const MaxSize = 65535

// SignatureSize is the size of an Ed25519 or a P-256 (IEEE P1363) signature, in bytes.
const SignatureSize = 64

// recordedLayout has a fixed width, so that entries sort and grep by time.
const recordedLayout = "2006-01-02T15:04:05.000000Z"

// Entry is one parsed entry. Event and Signature alias the bytes that were parsed.
type Entry struct {
	Index     uint64
	Recorded  time.Time // UTC, microseconds
	Stream    event.Stream
	Revision  uint64
	About     event.About
	Actor     event.Actor
	Assurance event.Assurance
	Key       string // id of the signing key; empty unless Assurance is signed
	Signature []byte // 64 bytes, or nil
	Event     []byte // the author's exact bytes
}

// Append appends the encoding of e to dst. The caller has checked every field with
// [Entry.Check]; Append itself cannot fail.
func Append(dst []byte, e *Entry) []byte {
	dst = append(dst, `{"index":`...)
	dst = strconv.AppendUint(dst, e.Index, 10)
	dst = append(dst, `,"recorded":"`...)
	dst = e.Recorded.AppendFormat(dst, recordedLayout)
	dst = append(dst, `","stream":"`...)
	dst = append(dst, e.Stream.Kind...)
	dst = append(dst, '/')
	dst = append(dst, e.Stream.ID...)
	dst = append(dst, `","revision":`...)
	dst = strconv.AppendUint(dst, e.Revision, 10)
	if e.About != (event.About{}) {
		dst = append(dst, `,"about":{`...)
		dst = appendMember(dst, "campaign", e.About.Campaign)
		dst = appendMember(dst, "subject", e.About.Subject)
		dst = appendMember(dst, "team", e.About.Team)
		dst = appendMember(dst, "county", e.About.County)
		dst = append(dst, '}')
	}
	dst = append(dst, `,"actor":{`...)
	dst = appendMember(dst, "person", e.Actor.Person)
	dst = appendMember(dst, "role", string(e.Actor.Role))
	dst = appendMember(dst, "team", e.Actor.Team)
	dst = appendMember(dst, "county", e.Actor.County)
	dst = appendMember(dst, "unit", e.Actor.Unit)
	dst = append(dst, `},"assurance":"`...)
	dst = append(dst, e.Assurance...)
	if e.Key != "" {
		dst = append(dst, `","key":"`...)
		dst = append(dst, e.Key...)
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

// Check reports whether every field can be encoded: ids in the alphabet of
// [event.ValidID], a unit as [event.ValidUnit], a signature exactly when a key is named, the event one line.
func (e *Entry) Check() error {
	ids := [...]struct{ name, v string }{
		{"about.campaign", e.About.Campaign}, {"about.subject", e.About.Subject}, {"about.team", e.About.Team},
		{"about.county", e.About.County}, {"actor.person", e.Actor.Person}, {"actor.role", string(e.Actor.Role)},
		{"actor.team", e.Actor.Team}, {"actor.county", e.Actor.County}, {"key", e.Key},
	}
	for _, id := range ids {
		if id.v != "" && !event.ValidID(id.v) {
			return fmt.Errorf("%s: %q is no id", id.name, id.v)
		}
	}
	switch e.Assurance {
	case event.Signed, event.Token, event.Imported, event.Derived:
	default:
		return fmt.Errorf("assurance: unknown level %q", e.Assurance)
	}
	switch {
	case e.Actor.Unit != "" && !event.ValidUnit(e.Actor.Unit):
		return fmt.Errorf("actor.unit: %q is no name of a unit", e.Actor.Unit)
	case e.Actor.Role == "":
		return errors.New("actor.role: required")
	case !event.ValidID(e.Stream.ID):
		return fmt.Errorf("stream: %q is no stream", e.Stream)
	case (e.Key != "") != (len(e.Signature) == SignatureSize):
		return errors.New("key and signature belong together")
	case (e.Key != "") != (e.Assurance == event.Signed):
		return errors.New("assurance signed needs a key, and only that")
	case bytes.IndexByte(e.Event, '\n') >= 0:
		return errors.New("event: must be one line")
	}
	return nil
}

// ErrNotCanonical is returned by [Parse] for bytes that [Append] would not have written.
var ErrNotCanonical = errors.New("entry is not in canonical form")

// Parse parses what [Append] wrote and refuses anything else. It does not look inside the
// event; see [Decode].
func Parse(b []byte) (Entry, error) {
	var e Entry
	if len(b) > MaxSize {
		return e, fmt.Errorf("%w: %d bytes, at most %d", ErrNotCanonical, len(b), MaxSize)
	}
	s := scanner{b: b}
	s.lit(`{"index":`)
	e.Index = s.uint()
	s.lit(`,"recorded":"`)
	e.Recorded = s.recorded()
	s.lit(`","stream":"`)
	stream := s.value()
	s.lit(`","revision":`)
	e.Revision = s.uint()
	if s.try(`,"about":{`) {
		s.member("campaign", &e.About.Campaign)
		s.member("subject", &e.About.Subject)
		s.member("team", &e.About.Team)
		s.member("county", &e.About.County)
		s.lit(`}`)
		s.bad = s.bad || e.About == event.About{}
	}
	s.lit(`,"actor":{`)
	var role string
	s.member("person", &e.Actor.Person)
	s.member("role", &role)
	s.member("team", &e.Actor.Team)
	s.member("county", &e.Actor.County)
	s.member("unit", &e.Actor.Unit)
	s.lit(`},"assurance":"`)
	e.Actor.Role, e.Assurance = event.Role(role), event.Assurance(s.value())
	if s.try(`","key":"`) {
		e.Key = s.value()
		s.lit(`","signature":"`)
		e.Signature = s.signature()
	}
	s.lit(`","event":{`)
	if s.bad || len(b) < s.i+2 || b[len(b)-1] != '}' {
		return e, ErrNotCanonical
	}
	e.Event = b[s.i-1 : len(b)-1]
	kind, id, _ := strings.Cut(stream, "/")
	e.Stream = event.Stream{Kind: event.Kind(kind), ID: id}
	if err := e.Check(); err != nil {
		return e, fmt.Errorf("%w: %v", ErrNotCanonical, err)
	}
	return e, nil
}

// Decode parses an entry and the event inside it, as every fold sees it.
func Decode(b []byte, cat *event.Catalogue) (*event.Event, error) {
	en, err := Parse(b)
	if err != nil {
		return nil, err
	}
	return en.Decode(cat)
}

// Decode decodes the event inside e and adds what the ledger says about it.
func (e *Entry) Decode(cat *event.Catalogue) (*event.Event, error) {
	ev, err := decodeEvent(e.Event, cat)
	if err != nil {
		return nil, fmt.Errorf("entry %d: %w", e.Index, err)
	}
	if ev.Stream != e.Stream {
		return nil, fmt.Errorf("entry %d: stream %s but the event's subject is %s", e.Index, e.Stream, ev.Stream)
	}
	ev.Index, ev.Revision, ev.Recorded = e.Index, e.Revision, e.Recorded
	ev.Actor, ev.Assurance, ev.About = e.Actor, e.Assurance, e.About
	return ev, nil
}
