package domain

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Visits that are entered anew in the place of others: what is lost on the way is said of the new one, by its own entries and by those
// that withdraw or restore the old one (model of pillar 13, rule 18).

// visit is another visit, for a rule of the one that is judged: disclosed, since a stream does not name a hidden one, and one of which
// the author may know; who corrects it later need not.
func (k *inspections) visit(id string) *inspection.State {
	st := k.state(id)
	if st == nil || !st.Disclosed() || !speaksOfFacts(k.judged) && !k.knowsVisit(st) {
		return nil
	}
	return st
}

// replaced is the visit in whose place the one that is judged stands; nil: in nobody's.
func (k *inspections) replaced() *inspection.State {
	id, _ := k.insteadOf.get(k.judged.Stream.ID)
	return k.state(id)
}

// replaces keeps in whose place a visit begins.
func (k *inspections) replaces(e *event.Event) {
	d, ok := e.Data.(*inspection.Started)
	if !ok || d.Instead == "" || e.Assurance == event.Imported {
		return
	}
	anew, old := strings.Clone(e.Stream.ID), strings.Clone(d.Instead)
	k.insteadOf.set(anew, old)
	k.anew.set(old, with(k.anew, old, anew))
}

// carries says of e's visit, and of those in its place, what e makes otherwise of what was carried over.
func (k *inspections) carries(e *event.Event) (out []event.Consequence) {
	id, old := e.Stream.ID, ""
	switch d := e.Data.(type) {
	case *inspection.Started:
		old = d.Instead
	case *inspection.FindingRecorded, *inspection.Arrived, event.Correction, *oversight.ApprovalGiven:
		old, _ = k.insteadOf.get(id)
	default:
		return nil
	}
	anew, _ := k.anew.get(id)
	if old != "" {
		out = k.carried(out, id, k.after(e), k.state(old))
	}
	for _, v := range anew {
		if st := k.state(v); k.knowsVisit(st) { // what the author may not know is said when it arrives
			out = k.carried(out, v, st, k.after(e))
		}
	}
	return out
}

// carried says what a visit has not of another, and takes back what it has.
func (k *inspections) carried(out []event.Consequence, id string, st, old *inspection.State) []event.Consequence {
	v := event.Event{Stream: event.Stream{Kind: event.Inspection, ID: id}}
	r := event.Restated{Asked: []event.Asked{{Code: inspection.FindingNotCarried}}, True: st.Uncarried(old)}
	said, _ := k.s.deviations.get(v.Stream)
	first, happened := st.First()
	return differing(out, &v, &r, said, k.s.planOf(st.Campaign(), first, happened).Version)
}
