package facts

import (
	"math"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Judge judges a correction or withdrawal by what stands in its stream: it names a fact of it by id and bytes, and the version
// that it replaces; it comes from the author's side, and of an imported fact from its source only. The original
// stays, so it may come at any time.
func (l *Log) Judge(e *event.Event, c event.Correction) *event.Refusal {
	fact, replaces := c.Corrects()
	f, ok := l.Find(fact.ID())
	if !ok || f.Type.Kept == event.KeptAsStated || f.Assurance == event.Derived || f.Answers() {
		return event.Refuse(law.Pillar17, law.UnknownFact, law.Str("event", fact.Event))
	}
	if !e.Names(fact) {
		return oversight.OtherBytes(fact)
	}
	if !ours(&f, e) {
		return event.Refuse(law.Pillar17, law.NotYours, law.Str("event", fact.Event))
	}
	switch {
	case replaces.ID() != f.By:
		return event.Refuse(law.Pillar17, law.StaleVersion,
			law.Str("event", fact.Event), law.Str("newest", f.By.String()), law.Str("replaces", replaces.Event))
	case !e.Names(replaces):
		return oversight.OtherBytes(replaces)
	}
	switch d, _ := c.Version(); {
	case d == nil && f.Type.Kept == event.KeptInPlace:
		return event.Refuse(law.Pillar17, law.NeverWithdrawn, law.Str("event", fact.Event), law.Str("type", f.Type.Name))
	case d == nil && f.Data == nil:
		return event.Refuse(law.Pillar17, law.WithdrawnAlready, law.Str("event", fact.Event), law.Str("withdrawal", f.By.String()))
	case d == nil:
	case !sameType(d, f.Original):
		return event.Refuse(law.Pillar17, law.ContentOfAnotherType, law.Str("event", fact.Event), law.Str("type", f.Type.Name))
	default:
		if names := field.Differ(d, f.Original); names != nil {
			return event.Refuse(law.Pillar17, law.NameIsKept, law.Str("event", fact.Event), law.List("members", names))
		}
	}
	if w := l.Of(f.ID); w != nil && w.Person != e.Actor.Person && e.Assurance != event.Imported {
		return event.Refuse(law.Pillar17, law.AnotherCorrectionWaits,
			law.Str("correction", w.ID.String()), law.Str("event", fact.Event), law.Str("person", w.Person))
	}
	return nil
}

// Possible refuses that what counts by then counts, where by now other facts do: when a fact could not have happened any more,
// that is not refused now either. judged judges the facts of a log that count, each in the state before it, and calls fn with each and
// its refusal. turned is the fact of which a version begins to count.
func Possible(now, then *Log, turned uuid.UUID, judged func(l *Log, fn func(*Fact, *event.Refusal))) (first *event.Refusal) {
	if then.Withdrawn() {
		return nil // with all that lies in it
	}
	before := map[uuid.UUID]bool{}
	judged(now, func(f *Fact, r *event.Refusal) { before[f.ID] = r != nil })
	judged(then, func(f *Fact, r *event.Refusal) {
		switch {
		case r == nil || first != nil || before[f.ID] || f.Answers(): // an answer goes with what it answers
		case f.ID == turned:
			first = r
		default:
			first = event.Refuse(law.Pillar17, law.LaterFactsRest,
				law.Str("event", turned.String()), law.Str("later", f.ID.String()), law.Str("type", f.Type.Name))
		}
	})
	return first
}

// First is the fact that began the stream, as it counts; its Data is nil while it is withdrawn.
func (l *Log) First() (Fact, bool) {
	for f := range l.all(uuid.Nil, math.MaxInt64) {
		return f, true
	}
	return Fact{}, false
}

// Essential reports whether a fact is another one than in an earlier log: it counts there or here alone, or has another time or content
// that does more than describe.
func (l *Log) Essential(before *Log, fact uuid.UUID) bool {
	now, known := l.Find(fact)
	was, knew := before.Find(fact)
	if !known || !knew || now.By == was.By {
		return false
	}
	if now.Data == nil || was.Data == nil {
		return true
	}
	return !now.Occurred.Equal(was.Occurred) || !field.Same(now.Data, was.Data, field.Essence)
}

// ours reports whether the author of an event is on the side of who stated a fact: the same person, or of the same team or unit
// and role. An imported fact is its source's.
func ours(f *Fact, e *event.Event) bool {
	a, b := &f.Actor, &e.Actor
	imported := e.Assurance == event.Imported
	switch {
	case (f.Assurance == event.Imported) != imported:
		return false
	case imported:
		return a.Unit == b.Unit
	case a.Person != "" && a.Person == b.Person:
		return true
	case a.Team != "" || b.Team != "":
		return a.Team == b.Team
	}
	return a.Role == b.Role && a.Unit == b.Unit && a.County == b.County
}

// Follow takes one recorded event and has it applied, for who folds a stream and needs no more of it: as it comes, or, when what counted
// before counts otherwise now, all that counts, after anew.
func (l *Log) Follow(e *event.Event, anew func(), apply func(*event.Event)) {
	if _, explains := e.Data.(*oversight.DeviationExplained); explains || e.Assurance == event.Derived {
		return
	}
	switch known := l.Len(); {
	case l.Take(e, false):
		anew()
		for f := range l.Counting() {
			f.Stream = e.Stream
			apply(f.Event)
		}
	case l.Len() > known:
		apply(e)
	}
}
