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
	var all []event.Actor
	if l.actors != nil {
		all = *l.actors
	}
	i := slices.IndexFunc(all, func(b event.Actor) bool {
		return a.Person == b.Person && a.Role == b.Role && a.Team == b.Team && a.County == b.County && a.Unit == b.Unit
	})
	if i < 0 {
		i = len(all)
		// Cloned, so that the log does not keep the entry's bytes in memory.
		all = append(slices.Clip(all), event.Actor{Person: strings.Clone(a.Person), Role: event.Role(strings.Clone(string(a.Role))),
			Team: strings.Clone(a.Team), County: strings.Clone(a.County), Unit: strings.Clone(a.Unit)})
		l.actors = &all
	}
	return byte(min(i, 255))
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

func (c *cursor) varint() int64 {
	x, n := binary.Varint(c.from)
	c.from = c.from[n:]
	return x
}

func (c *cursor) time() time.Time {
	sec := c.varint()
	return time.Unix(sec, int64(c.uvarint())).UTC()
}

// read reads the next fact; ok is false for one that is not asked for.
func (l *Log) read(c *cursor, only uuid.UUID, before uint64) (f Fact, ok bool) {
	marks := c.take(1)[0]
	id := uuid.UUID(c.take(16))
	k := c.uvarint()
	f = Fact{Event: &event.Event{ID: id, ExpectedRevision: event.AnyRevision, Assurance: levels[marks>>4&7]}}
	if marks&lean == 0 {
		f.Actor = (*l.actors)[min(int(c.take(1)[0]), len(*l.actors)-1)]
		f.Index, f.Recorded, f.Occurred = c.uvarint(), c.time(), c.time()
		f.Campaign, f.Precision = string(c.take(int(c.uvarint()))), event.Precision(marks&3)
	} else {
		f.Occurred = time.Date(aYear+int(c.varint()), time.January, 1, 0, 0, 0, 0, event.Beijing)
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
