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
	known atomic.Pointer[numbered[K]] // most of them, to read without a lock: everybody who folds asks for each entry
	mu    sync.Mutex
	numbered[K]
}

// numbered is changed under the lock only, and what is known not at all.
type numbered[K comparable] struct {
	all []K
	of  map[K]uint64
}

// number returns that of a value; clone returns what is kept of one that is new.
func (n *numbers[K]) number(k K, clone func(K) K) uint64 {
	known := n.known.Load()
	if known != nil {
		if i, ok := known.of[k]; ok {
			return i
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	i, ok := n.of[k]
	if !ok {
		if n.of == nil {
			n.of = map[K]uint64{}
		}
		k, i = clone(k), uint64(len(n.all))
		n.all, n.of[k] = append(n.all, k), i
	}
	if known == nil || len(n.all) > len(known.all)+len(known.all)/8 {
		n.known.Store(&numbered[K]{slices.Clip(n.all), maps.Clone(n.of)})
	}
	return i
}

func (n *numbers[K]) at(i uint64) K {
	if known := n.known.Load(); known != nil && i < uint64(len(known.all)) {
		return known.all[i]
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.all[i]
}

// The kinds and authors that were met; there are no more authors than tokens.
var (
	kinds   numbers[kind]
	authors numbers[author]
)

func numberOf(t *event.Type, body *field.Shape) uint64 {
	return kinds.number(kind{t, body}, func(k kind) kind { return k })
}

var (
	levels     = [...]event.Assurance{event.Token, event.Signed, event.Open, event.Imported, event.Derived}
	assurances = func() map[event.Assurance]byte {
		m := map[event.Assurance]byte{}
		for i, a := range levels {
			m[a] = byte(i)
		}
		return m
	}()
)

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

// appendTime appends an instant by its distance from one that is known, in seconds since 1970.
func appendTime(b []byte, t time.Time, from int64) []byte {
	return binary.AppendUvarint(binary.AppendVarint(b, t.Unix()-from), uint64(t.Nanosecond()))
}

func (c *cursor) time(from int64) time.Time {
	sec := c.varint()
	return time.Unix(from+sec, int64(c.uvarint())).UTC()
}

// read reads the next fact; ok is false for one that is not asked for.
func (l *Log) read(c *cursor, only uuid.UUID, before uint64) (f Fact, ok bool) {
	marks := c.take(1)[0]
	id := uuid.UUID(c.take(16))
	k := c.uvarint()
	f = Fact{Event: &event.Event{ID: id, ExpectedRevision: event.AnyRevision, Assurance: levels[marks>>4&7]}}
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
