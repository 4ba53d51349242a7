package inspection

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Extensions: R20, until when a hazard is put right may be moved, with a second person's yes. What is moved is the date that
// stood when that was asked for, in time, however long the answer takes; the obligation stays the same (pillar 12).

// extension moves the date of an order.
type extension struct {
	opener   uuid.UUID // the order
	index    uint64    // of the extension
	occurred time.Time
	until    obligation.Day
}

// extend judges an extension. It counts from a second person's yes on.
func (j *judgement) extend(d *oversight.TermExtended) *event.Refusal {
	opener, _ := event.ParseUUID(d.Event)
	i := slices.IndexFunc(j.st.orders, func(o ordering) bool { return o.event == opener && opener != uuid.Nil })
	if d.Obligation != owedRectification.Name || i < 0 || j.imported {
		return event.Refuse(law.R20, law.NothingToExtend, law.Str("obligation", d.Obligation), law.Str("event", d.Event))
	}
	o := &j.st.orders[i]
	due := o.until()
	if day, err := obligation.ParseDay(d.Until); err == nil && (!day.End().After(due) || j.e.Happened().After(due)) {
		j.flag(law.R20, order.ExtensionWithoutEffect, law.Str("order", o.id), law.At("due_at", due), law.At("occurred_at", j.e.Happened()),
			law.Str("until_on", d.Until))
	}
	if d.Until > j.e.DayAfter(farOff) {
		j.flag(law.R20, law.DueFarOff, law.Str("order", o.id), law.Str("issued_on", j.e.Day()), law.Str("due_on", d.Until),
			law.Int("most_days", farOff))
	}
	return oversight.FirstPerson(j.e)
}

// asksToExtend folds an extension, which waits.
func (s *State) asksToExtend(e *event.Event, d *oversight.TermExtended) {
	opener, _ := event.ParseUUID(d.Event)
	day, err := obligation.ParseDay(d.Until)
	if err == nil && d.Obligation == owedRectification.Name && e.Assurance != event.Imported {
		s.wait(waiting{event: e.ID, by: e.Actor.Person, since: obligation.FactOf(e),
			extends: &extension{opener, e.Index, e.Happened(), day}})
	}
}

// extend applies an extension that counts.
func (s *State) extend(x *extension) {
	i := slices.IndexFunc(s.orders, func(o ordering) bool { return o.event == x.opener })
	if i < 0 {
		return
	}
	r := s.editRest()
	r.orders = slices.Clone(r.orders) // a clone may share the elements
	o := &r.orders[i]
	o.extended = append(slices.Clip(o.extended), *x)
	slices.SortFunc(o.extended, func(a, b extension) int { return cmp.Compare(a.index, b.index) })
}

// until is the end of an order's date, as those extensions move it that were made before the date that they move.
func (o *ordering) until() time.Time {
	due := o.due.End()
	for i := range o.extended {
		if x := &o.extended[i]; !x.occurred.After(due) && x.until.End().After(due) {
			due = x.until.End()
		}
	}
	return due
}

// answered is until when somebody owes an answer to an extension of an order that was asked for in time; the zero
// time: nobody does, or no plan says until when.
func (q *asking) answered(o *ordering, due time.Time) (until time.Time) {
	return q.answeredTo(func(w *waiting) bool {
		return w.extends != nil && w.extends.opener == o.event && !w.extends.occurred.After(due)
	})
}

// answeredTo is until when somebody owes an answer to what waits and is meant.
func (q *asking) answeredTo(meant func(*waiting) bool) (until time.Time) {
	for i := range q.st.waiting {
		w := &q.st.waiting[i]
		if !meant(w) {
			continue
		}
		if at := q.Policy.Limit("approval").Due(w.since.Recorded, q.Calendars.Since(w.since.Index)...); at.After(until) {
			until = at
		}
	}
	return until
}
