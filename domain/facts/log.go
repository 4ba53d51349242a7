// Package facts keeps the facts of one stream in a small form, and which version of each counts (pillar 17).
//
// A fact has one line of versions: as it was recorded, and then each correction, withdrawal or restoring that began to
// count, at once or with the yes of a second person. What a stream's rules know is a fold of the facts that count,
// in the order in which they were recorded, with the content and the time that count. When that changes for what is
// past, the fold is made anew, by [Log.Counting]. So no rule has to know how to take a fact back.
package facts

import (
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Log is the facts of one stream: about 60 bytes each, or 25 and what is left of their bodies when it is lean. The zero value
// is empty. A copy of it may be changed independently: what it points to is append-only.
type Log struct {
	kept  []byte            // of the newest facts, see keep
	older *older            // of those before
	n     int               // how many
	own   event.Kind        // of the stream; facts of others that join it lie aside
	of    *numbered[kind]   // of the newest fact
	by    *numbered[author] // likewise; nil where facts are lean
	*amended
}

// older is what is kept of some facts, and what came before: so that facts are not copied when more come.
type older struct {
	kept  []byte
	older *older
}

// amended is what few streams have.
type amended struct {
	versions []version // that began to count, in order
	waiting  []Waiting // for a second person's yes
}

// none stands for what is not there; it is only read.
var none amended

// edit returns a copy for writing, since clones share it.
func (l *Log) edit() *amended {
	var a amended
	if l.amended != nil {
		a = amended{slices.Clip(l.versions), slices.Clone(l.waiting)}
	}
	l.amended = &a
	return l.amended
}

func (l *Log) open() *amended {
	if l.amended == nil {
		return &none
	}
	return l.amended
}

// version is one of a fact that began to count.
type version struct {
	fact     uuid.UUID
	by       uuid.UUID // the event that gave it
	since    uint64    // index of the entry with which it began to count
	data     []byte    // its content in short form; nil: the fact is withdrawn
	reason   string
	occurred time.Time
}

// Waiting is a correction or withdrawal that counts from a second person's yes on.
type Waiting struct {
	ID     uuid.UUID // of the event that asks for it
	Person string    // who asked for it
	Fact   uuid.UUID // of what
	Reason string

	Index    uint64    // of the event that asks for it
	Recorded time.Time // when that was

	data     []byte
	occurred time.Time
}

// Fact is one as it was recorded, or as it counts.
type Fact struct {
	*event.Event            // with the content and time of occurrence of the version; without bytes
	By           uuid.UUID  // the event that gave the version
	Corrected    bool       // By is not the event that recorded it
	Original     event.Data // as recorded; Data itself where nothing was corrected

	aside uint64 // see [Log.asideOf]
}

// Answers reports whether a fact is a second person's answer.
func (f *Fact) Answers() bool {
	_, _, ok := oversight.Answer(f.Original)
	return ok
}

// Len is how many facts there are.
func (l *Log) Len() int { return l.n }

// Asked are the corrections that wait, oldest first. The caller must not change them.
func (l *Log) Asked() []Waiting { return l.open().waiting }

// Amended reports whether a correction of a fact was ever asked for.
func (l *Log) Amended() bool { return l.amended != nil }

// Unanswered are those to which an answer is owed: in a stream that is withdrawn, what would restore it, and nothing else.
func (l *Log) Unanswered() []Waiting {
	asked := l.Asked()
	if len(asked) == 0 || !l.Withdrawn() {
		return asked
	}
	first, _ := l.First()
	return slices.DeleteFunc(slices.Clone(asked), func(w Waiting) bool { return w.Fact != first.ID })
}

// Take keeps one recorded event of the stream, and reports whether what counted before counts otherwise now. free says
// that a correction of nothing but descriptions counts at once.
func (l *Log) Take(e *event.Event, free bool) (turned bool) {
	switch turned, known := l.amend(e, free, nil); {
	case known:
		return turned
	default:
		l.keep(e)
		return false
	}
}

// TakeLean is [Log.Take] for those who count: they keep the members of a body that they need, and neither hashes nor authors,
// and of times the year: Occurred is its first instant in Beijing. To them a description counts never.
func (l *Log) TakeLean(e *event.Event, needed *field.Members) (turned bool) {
	switch turned, known := l.amend(e, false, needed); {
	case known:
		return turned
	default:
		l.keepLean(e, needed)
		return false
	}
}

// amend takes a correction, or the answer to one; known is false for every other event.
func (l *Log) amend(e *event.Event, free bool, needed *field.Members) (turned, known bool) {
	if c, ok := e.Data.(event.Correction); ok {
		return l.correct(e, c, free, needed), true
	}
	if l.amended == nil {
		return false, false
	}
	if ref, yes, ok := oversight.Answer(e.Data); ok {
		if i := l.asked(ref.ID()); i >= 0 {
			return l.answer(i, yes, e.Index), true
		}
	}
	return false, false
}

// correct takes a correction: at once, or to wait. A newer one of the same fact takes the place of one that waits.
func (l *Log) correct(e *event.Event, c event.Correction, free bool, needed *field.Members) bool {
	ref, _ := c.Corrects()
	f, ok := l.Find(ref.ID())
	if !ok {
		return false
	}
	a := l.edit()
	a.waiting = slices.DeleteFunc(a.waiting, func(w Waiting) bool { return w.Fact == f.ID })
	w := asking(e, c, f.ID, needed)
	if !AtOnce(&f, e, free) {
		a.waiting = append(a.waiting, w)
		return false
	}
	l.turn(&w, e.Index)
	return true
}

func asking(e *event.Event, c event.Correction, fact uuid.UUID, needed *field.Members) Waiting {
	w := Waiting{ID: e.ID, Person: strings.Clone(e.Actor.Person), Fact: fact, Reason: strings.Clone(c.Why()), Index: e.Index,
		Recorded: e.Recorded}
	if d, occurred := c.Version(); d != nil {
		w.data, w.occurred = field.ShapeOf(d).KeepNeeded([]byte{}, d, needed), occurred // of a body without members not nil
	}
	return w
}

// AtOnce reports whether a correction counts without anybody's yes: one of a source of its own records; and, where that is
// free, one that touches nothing but what describes, of a fact that lies in a visit's own stream.
func AtOnce(f *Fact, e *event.Event, free bool) bool {
	if e.Assurance == event.Imported {
		return true
	}
	d, occurred := e.Data.(event.Correction).Version()
	return free && f.Type.Kind == event.Inspection && d != nil && f.Data != nil && occurred.Equal(f.Occurred) && sameType(d, f.Data) &&
		field.Same(d, f.Data, field.Essence)
}

// answer ends the waiting of a correction.
func (l *Log) answer(i int, yes bool, index uint64) bool {
	a := l.edit()
	w := a.waiting[i]
	a.waiting = slices.Delete(a.waiting, i, i+1)
	if yes {
		l.turn(&w, index)
	}
	return yes
}

func (l *Log) turn(w *Waiting, index uint64) {
	a := l.edit()
	a.versions = append(a.versions, version{w.Fact, w.ID, index, w.data, w.Reason, w.occurred})
}

// asked returns the index of the correction that waits under an event's id, or -1.
func (l *Log) asked(id uuid.UUID) int {
	return slices.IndexFunc(l.open().waiting, func(w Waiting) bool { return w.ID == id })
}

// Waits returns the correction that waits under an event's id, or nil.
func (l *Log) Waits(id uuid.UUID) *Waiting {
	if i := l.asked(id); i >= 0 {
		return &l.waiting[i]
	}
	return nil
}

// Of returns the correction of a fact that waits, or nil.
func (l *Log) Of(fact uuid.UUID) *Waiting {
	if i := slices.IndexFunc(l.open().waiting, func(w Waiting) bool { return w.Fact == fact }); i >= 0 {
		return &l.waiting[i]
	}
	return nil
}

// Asks returns a correction that waits, as the fact would count then; Data is nil for a withdrawal.
func (l *Log) Asks(w *Waiting) (Fact, bool) {
	f, ok := l.Find(w.Fact)
	if ok {
		f.apply(&version{fact: w.Fact, by: w.ID, data: w.data, occurred: w.occurred})
	}
	return f, ok
}

// Find returns a fact by the id of the event that recorded it, as it counts: Data is nil while it is withdrawn.
func (l *Log) Find(id uuid.UUID) (Fact, bool) { return l.At(id, math.MaxInt64) }

// At returns a fact as it counted before an entry was recorded.
func (l *Log) At(id uuid.UUID, index uint64) (Fact, bool) {
	if id == uuid.Nil {
		return Fact{}, false
	}
	for f := range l.all(id, index) {
		return f, true
	}
	return Fact{}, false
}

// Withdrawn reports whether the stream is: its first fact does not count.
func (l *Log) Withdrawn() bool {
	if l.Turns() == 0 {
		return false
	}
	for f := range l.all(uuid.Nil, math.MaxInt64) {
		return f.Data == nil
	}
	return false
}

// Counting yields the facts that count, in order; none when the stream is withdrawn, nor those of one that joins it and is.
func (l *Log) Counting() iter.Seq[Fact] {
	return func(yield func(Fact) bool) { l.each(yield, false) }
}

// mostLooked is how many facts [Log.Hindsight] looks at: the newest.
const mostLooked = 100

// Hindsight calls fn with each fact that counts after which others were told that happened before it, of those that tells says: with what
// was recorded before it, then these, and itself last.
func (l *Log) Hindsight(tells func(event.Data) bool, fn func(f *Fact, known iter.Seq[Fact])) {
	all := slices.Collect(l.Counting())
	var earliest time.Time // of those that were told later
	for i, looked := len(all)-1, 0; i >= 0 && looked < mostLooked; i-- {
		f := &all[i]
		if !earliest.IsZero() && earliest.Before(f.Occurred) {
			known := slices.Clone(all[:i])
			for _, g := range all[i+1:] {
				if g.Occurred.Before(f.Occurred) && tells(g.Data) {
					known = append(known, g)
				}
			}
			looked++
			fn(f, slices.Values(append(known, *f)))
		}
		if (earliest.IsZero() || f.Occurred.Before(earliest)) && tells(f.Data) {
			earliest = f.Occurred
		}
	}
}

// Lasting yields the facts that count, and of a visit that is withdrawn those of its orders and cases: they lie in streams of their
// own, which no correction of the visit changes (pillar 17).
func (l *Log) Lasting() iter.Seq[Fact] {
	return func(yield func(Fact) bool) { l.each(yield, true) }
}

// Stated yields the facts of which the version that counts has a content, also those of a stream that is withdrawn.
func (l *Log) Stated() iter.Seq[Fact] {
	return func(yield func(Fact) bool) {
		for f := range l.all(uuid.Nil, math.MaxInt64) {
			if f.Data != nil && !yield(f) {
				return
			}
		}
	}
}

// each yields the facts that count: those of a stream of which the first fact is withdrawn do not. lasting says that others of the log
// count then.
func (l *Log) each(yield func(Fact) bool, lasting bool) {
	var gone map[uint64]bool // streams: is the first fact withdrawn?
	if l.Turns() > 0 {
		gone = map[uint64]bool{}
	}
	for f := range l.all(uuid.Nil, math.MaxInt64) {
		if gone != nil {
			if _, known := gone[f.aside]; !known {
				gone[f.aside] = f.Data == nil
			}
			if gone[0] && !lasting {
				return
			}
		}
		if f.Data != nil && !gone[f.aside] && !yield(f) {
			return
		}
	}
}

// Holds reports whether facts of the stream in which an event lies are among those of the log.
func (l *Log) Holds(e *event.Event) bool {
	in := l.asideOf(e)
	for f := range l.all(uuid.Nil, math.MaxInt64) {
		if f.aside == in {
			return true
		}
	}
	return false
}

// Agreed are the events to which a second person said yes, by answers that are facts of the stream.
func (l *Log) Agreed() map[uuid.UUID]bool {
	agreed := map[uuid.UUID]bool{}
	for f := range l.Counting() {
		if ref, yes, answers := oversight.Answer(f.Data); answers && yes {
			agreed[ref.ID()] = true
		}
	}
	return agreed
}

// EachVersion calls fn for each version of a fact that counts and is not the one it was recorded with, and for each that waits: with
// the fact as it counts by it, the event that gave it, the entry since which it counts, and what was wrong.
func (l *Log) EachVersion(fn func(f *Fact, by uuid.UUID, since uint64, reason string)) {
	if l.amended == nil {
		return
	}
	for i := range l.versions {
		v := &l.versions[i]
		if slices.ContainsFunc(l.versions[i+1:], func(w version) bool { return w.fact == v.fact }) {
			continue
		}
		if f, ok := l.Find(v.fact); ok {
			fn(&f, v.by, v.since, v.reason)
		}
	}
	for i := range l.waiting {
		if f, ok := l.Asks(&l.waiting[i]); ok {
			fn(&f, l.waiting[i].ID, math.MaxInt64, l.waiting[i].Reason)
		}
	}
}

// Counted reports whether a version that an event gave has begun to count with an entry.
func (l *Log) Counted(by uuid.UUID, since uint64) bool {
	return slices.ContainsFunc(l.open().versions, func(v version) bool { return v.by == by && v.since == since })
}

// Turns is how many versions began to count so far.
func (l *Log) Turns() int { return len(l.open().versions) }

// Newest is the fact of which a version began to count last; the zero id when there is none.
func (l *Log) Newest() uuid.UUID {
	if l.Turns() == 0 {
		return uuid.Nil
	}
	return l.versions[len(l.versions)-1].fact
}

// Suppose makes a correction count.
func (l *Log) Suppose(e *event.Event, c event.Correction) {
	ref, _ := c.Corrects()
	w := asking(e, c, ref.ID(), nil)
	l.turn(&w, e.Index)
}

// Grant makes one that waits count.
func (l *Log) Grant(w *Waiting, index uint64) { l.turn(w, index) }

// all yields facts, or the one of an id, by the versions that counted before an entry.
func (l *Log) all(only uuid.UUID, before uint64) iter.Seq[Fact] {
	return func(yield func(Fact) bool) {
		for _, kept := range l.parts() {
			for r := (cursor{kept}); len(r.from) > 0; {
				if f, ok := l.read(&r, only, before); ok && !yield(f) {
					return
				}
			}
		}
	}
}

// parts are what is kept of all facts, in order.
func (l *Log) parts() [][]byte {
	parts := [][]byte{l.kept}
	for o := l.older; o != nil; o = o.older {
		parts = append(parts, o.kept)
	}
	slices.Reverse(parts)
	return parts
}

// apply gives a fact a version.
func (f *Fact) apply(v *version) {
	f.By, f.Corrected, f.Data = v.by, true, nil
	if v.data == nil {
		return
	}
	f.Data = field.ShapeOf(f.Original).New()
	field.Kept(v.data, f.Data)
	f.Occurred = v.occurred // as exactly as the fact stated it
}

// Compact gives back the memory that the log has in reserve.
func (l *Log) Compact() { l.kept, l.older = slices.Concat(l.parts()...), nil }
