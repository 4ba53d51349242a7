package facts

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
)

// kind is an event type with the shape of its body, which is that of its newest version.
type kind struct {
	*event.Type
	body *field.Shape
}

// author is who states a fact.
type author struct {
	person string
	role   event.Role
	team   string
	county string
	unit   string
}

func authorOf(a *event.Actor) author { return author{a.Person, a.Role, a.Team, a.County, a.Unit} }

func (a author) actor() event.Actor {
	return event.Actor{Person: a.person, Role: a.role, Team: a.team, County: a.county, Unit: a.unit}
}

// clone keeps no entry's bytes in memory.
func (a author) clone() author {
	return author{strings.Clone(a.person), event.Role(strings.Clone(string(a.role))), strings.Clone(a.team), strings.Clone(a.county),
		strings.Clone(a.unit)}
}

// numbers gives each of few values a number, for this process: what is kept is never stored.
type numbers[K comparable] struct {
	known atomic.Pointer[values[K]] // most of them, to read without a lock: everybody who folds asks for each entry
	mu    sync.Mutex
	values[K]
}

// values are changed under the lock only, and what is known not at all.
type values[K comparable] struct {
	all []*numbered[K]
	of  map[K]*numbered[K]
}

// numbered is a value that has a number. It never changes.
type numbered[K comparable] struct {
	value  K
	number uint64
}

// number returns a value with its number; clone returns what is kept of one that is new. last is what was returned before, or nil: most
// facts of a stream are by the author of the one before, and that is seen without a search.
func (n *numbers[K]) number(k K, last *numbered[K], clone func(K) K) *numbered[K] {
	if last != nil && last.value == k {
		return last
	}
	known := n.known.Load()
	if known != nil {
		if x := known.of[k]; x != nil {
			return x
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	x := n.of[k]
	if x == nil {
		if n.of == nil {
			n.of = map[K]*numbered[K]{}
		}
		x = &numbered[K]{clone(k), uint64(len(n.all))}
		n.all, n.of[x.value] = append(n.all, x), x
	}
	if known == nil || len(n.all) > len(known.all)+len(known.all)/8 {
		n.known.Store(&values[K]{slices.Clip(n.all), maps.Clone(n.of)})
	}
	return x
}

func (n *numbers[K]) at(i uint64) K {
	if known := n.known.Load(); known != nil && i < uint64(len(known.all)) {
		return known.all[i].value
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all[i].value
}

// The kinds and authors that were met; there are no more authors than tokens.
var (
	kinds   numbers[kind]
	authors numbers[author]
)

// kindOf returns the kind of an event; last is that of the one before, or nil.
func kindOf(e *event.Event, last *numbered[kind]) *numbered[kind] {
	if last != nil && last.value.Type == e.Type && last.value.body.Of(e.Data) {
		return last
	}
	return kinds.number(kind{e.Type, field.ShapeOf(e.Data)}, nil, func(k kind) kind { return k })
}

// levels are the assurances, by the number that is kept of them.
var levels = [...]event.Assurance{event.Token, event.Signed, event.Open, event.Imported, event.Derived}

func levelOf(a event.Assurance) byte { return byte(max(0, slices.Index(levels[:], a))) }

func sameType(a, b event.Data) bool { return field.ShapeOf(a) == field.ShapeOf(b) }

// cursor reads facts one after another.
type cursor struct{ from []byte }

func (c *cursor) take(n int) []byte {
	b := c.from[:n]
	c.from = c.from[n:]
	return b
}

func (c *cursor) uvarint() uint64 {
	x, n := binary.Uvarint(c.from)
	c.from = c.from[n:]
	return x
}

func (c *cursor) varint() int64 {
	x, n := binary.Varint(c.from)
	c.from = c.from[n:]
	return x
}

// appendTime appends an instant by its distance from one that is known, in seconds since 1970, and the part of a second in microseconds,
// of which nearly every time is made, or else in nanoseconds.
func appendTime(b []byte, t time.Time, from int64) []byte {
	b = binary.AppendVarint(b, t.Unix()-from)
	n := uint64(t.Nanosecond()) //nolint:gosec // never negative
	if n%1000 == 0 {
		return binary.AppendUvarint(b, n/1000<<1)
	}
	return binary.AppendUvarint(b, n<<1|1)
}

func (c *cursor) time(from int64) time.Time {
	sec, part := from+c.varint(), c.uvarint()
	n := int64(part >> 1) //nolint:gosec // below 2³⁰
	if part&1 == 0 {
		n *= 1000
	}
	return time.Unix(sec, n).UTC()
}

// read reads the next fact; ok is false for one that is not asked for.
func (l *Log) read(c *cursor, only uuid.UUID, before uint64) (f Fact, ok bool) {
	marks := c.take(1)[0]
	id := uuid.UUID(c.take(16))
	var in uint64
	if marks&aside != 0 {
		in = binary.LittleEndian.Uint64(c.take(8))
	}
	k := c.uvarint()
	f = Fact{Event: &event.Event{ID: id, ExpectedRevision: event.AnyRevision, Assurance: levels[marks>>4&7]}, aside: in}
	if marks&lean == 0 {
		f.Actor = authors.at(c.uvarint()).actor()
		f.Index, f.Recorded = c.uvarint(), c.time(0)
		f.Occurred = c.time(f.Recorded.Unix())
		f.Campaign, f.Precision = string(c.take(int(c.uvarint()))), event.Precision(marks&3)
	} else {
		f.Occurred = time.Date(aYear+int(c.varint()), time.January, 1, 0, 0, 0, 0, event.Beijing)
	}
	body := c.take(int(c.uvarint()))
	if only != uuid.Nil && only != id {
		return f, false
	}
	of := kinds.at(k)
	f.Type, f.Original = of.Type, of.body.New()
	field.Kept(body, f.Original)
	f.Data = f.Original
	f.By = id
	if l.amended == nil {
		return f, true
	}
	for i := range l.versions {
		if v := &l.versions[i]; v.fact == id && v.since < before {
			f.apply(v)
		}
	}
	return f, true
}

// Digest is a number that tells texts from each other, also those of facts that are folded anew; it is never 0.
func Digest(text string) uint64 { return field.Digest(text) }

// Same reports whether a fact says the same by two versions, that count.
func Same(a, b *Fact) bool {
	return a.Occurred.Equal(b.Occurred) && field.Same(a.Data, b.Data, field.Whole)
}
