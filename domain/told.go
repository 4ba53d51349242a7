package domain

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// What is said of a visit changes by what no event of it tells: what another stream says of its findings is said in the same append as
// that; and what a calendar has given more time for was not late, which the next sweep says (pillar 13).

// terms are those of a visit, from where it is looked at.
func (k *inspections) terms(st *inspection.State, from vantage) inspection.Terms {
	t := st.Terms(k.s.campaigns.state(st.Campaign()), k.s.calendarsFrom(from))
	t.Received = k.s.received(from)
	return t
}

// beside returns what is to be said of a visit, and taken back, when e has another stream tell it something.
func (k *inspections) beside(id string, e *event.Event, tell func(*inspection.State)) []event.Consequence {
	st := k.state(id)
	if st == nil {
		return nil
	}
	after, terms := st.Clone(), k.terms(st, vantage{})
	tell(after)
	v := *e
	v.Stream = event.Stream{Kind: event.Inspection, ID: id}
	said, _ := k.s.deviations.get(v.Stream)
	var r event.Restated
	r.Differ(said.Statements(), st.Standing(terms), after.Standing(terms), func(uuid.UUID) bool { return false })
	first, happened := st.First()
	return differing(nil, &v, &r, said, k.s.planOf(st.Campaign(), first, happened).Version)
}

// entails also says in a visit what follows there from the hand-over of its findings: that somebody has them now, after their time, or
// that nobody has them any more.
func (k *transfers) entails(e *event.Event) []event.Consequence {
	out := k.plain.entails(e)
	d, ok := e.Data.(*transfer.Transferred)
	if !ok {
		d, ok = beginning[*transfer.Transferred](k.plain, e.Stream.ID)
	}
	if !ok || e.Assurance == event.Derived || d.Tip != "" {
		return out
	}
	then, _ := k.ahead(e).(*transfer.State)
	if visit, tell := k.tells(e.Stream.ID, d, then); visit != "" {
		out = append(out, k.s.inspections.beside(visit, e, tell)...)
	}
	return out
}

// tells is the visit of which a transfer tells something, and what; "": of none.
func (k *transfers) tells(id string, d *transfer.Transferred, st *transfer.State) (visit string, tell func(*inspection.State)) {
	if d.Case != "" {
		of := k.s.cases.of(d.Case)
		if of == nil {
			return "", nil
		}
		return of.Visit, func(v *inspection.State) { v.Prosecuted(id, of.Findings, st.Prosecuted()) }
	}
	return d.Inspection, func(v *inspection.State) {
		if d.Finding != "" {
			v.HandedOver(id, d.Finding, st.HandedOver())
			v.Prosecuted(id, []string{d.Finding}, st.Prosecuted())
		}
	}
}

// inTime is what is said of a visit to be late and, by the calendars of today, is not.
func (k *inspections) inTime(id string, said oversight.State, from vantage) (out []oversight.Stands) {
	st := k.seen(id, from)
	if st == nil {
		return nil
	}
	now := event.Restated{True: st.Standing(k.terms(st, from))}
	for _, o := range said.Standing() {
		if inspection.Dated(o.Code) && !now.Says(&o.Statement) {
			out = append(out, o)
		}
	}
	return out
}

// saidLate reports whether anything is said to be late in a stream of visits.
func saidLate(stream event.Stream, said oversight.State) bool {
	return stream.Kind == event.Inspection &&
		slices.ContainsFunc(said.Standing(), func(o oversight.Stands) bool { return inspection.Dated(o.Code) })
}
