package facts

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"
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

// kinds numbers those that were met, for this process: what is kept is never stored.
var kinds atomic.Pointer[numbered]

type numbered struct {
	all []kind
	of  map[kind]uint16
}

func numberOf(t *event.Type, body *field.Shape) uint16 {
	for k := (kind{t, body}); ; {
		old := kinds.Load()
		if old != nil {
			if n, ok := old.of[k]; ok {
				return n
			}
		} else {
			old = new(numbered)
		}
		next := &numbered{append(slices.Clip(old.all), k), map[kind]uint16{k: uint16(len(old.all))}}
		maps.Copy(next.of, old.of)
		if len(old.all) == 0 {
			kinds.CompareAndSwap(nil, next)
		} else {
			kinds.CompareAndSwap(old, next)
		}
	}
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

// actorOf lists who states a fact; of more than 256 in one stream the last ones are not told apart.
func (l *Log) actorOf(a *event.Actor) byte {
	var known []event.Actor
	if l.actors != nil {
		known = *l.actors
	}
	for i := range known {
		if b := &known[i]; a.Person == b.Person && a.Role == b.Role && a.Team == b.Team && a.County == b.County && a.Unit == b.Unit {
			return byte(min(i, 255))
		}
	}
	// Cloned, so that the log does not keep the entry's bytes in memory.
	all := append(slices.Clip(known), event.Actor{Person: strings.Clone(a.Person), Role: event.Role(strings.Clone(string(a.Role))),
		Team: strings.Clone(a.Team), County: strings.Clone(a.County), Unit: strings.Clone(a.Unit)})
	l.actors = &all
	return byte(min(len(known), 255))
}

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

// appendTime appends an instant by its distance from one that is known, in seconds since 1970.
func appendTime(b []byte, t time.Time, from int64) []byte {
	return binary.AppendUvarint(binary.AppendVarint(b, t.Unix()-from), uint64(t.Nanosecond()))
}

func (c *cursor) time(from int64) time.Time {
	sec, n := binary.Varint(c.from)
	c.from = c.from[n:]
	return time.Unix(from+sec, int64(c.uvarint())).UTC()
}

// read reads the next fact; ok is false for one that is not asked for.
func (l *Log) read(c *cursor, only uuid.UUID, before uint64) (f Fact, ok bool) {
	marks := c.take(1)[0]
	id := uuid.UUID(c.take(16))
	k := c.uvarint()
	f = Fact{Event: &event.Event{ID: id, ExpectedRevision: event.AnyRevision, Assurance: levels[marks>>4&7]}}
	if marks&lean == 0 {
		f.Actor = (*l.actors)[min(int(c.take(1)[0]), len(*l.actors)-1)]
		f.Index, f.Recorded = c.uvarint(), c.time(0)
		f.Occurred = c.time(f.Recorded.Unix())
		f.Campaign, f.Precision = string(c.take(int(c.uvarint()))), event.Precision(marks&3)
	}
	body := c.take(int(c.uvarint()))
	if only != uuid.Nil && only != id {
		return f, false
	}
	of := kinds.Load().all[k]
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
