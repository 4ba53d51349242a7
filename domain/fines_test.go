package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/projections"
)

// Fines and the visit that found what they punish: each lies in a case of its own (R41), which no correction of the visit changes
// (pillar 17).

// finesOf are the figures of the firm, and the fines in fen.
func (w *fixture) finesOf() (f projections.Figures, fines int64) {
	fold := projections.NewSubjectFold("firm", projections.Selection{})
	for _, e := range w.log {
		if fold.Concerns(e) {
			fold.Apply(e)
		}
	}
	v := fold.View()
	for _, sum := range v.Fines {
		fines += sum.Amount.Big().Int64()
	}
	return v.Figures, fines
}

// R41: only a fine that is final and stands is owed.
func TestR41OnlyAFinalFineIsOutstanding(t *testing.T) {
	whole := casefile.Penalty{Decided: casefile.Decided{Final: true}, Kind: "fine", Fine: 5, Known: true}
	for what, change := range map[string]func(*casefile.Penalty){
		"a warning":   func(p *casefile.Penalty) { p.Kind = "warning" },
		"provisional": func(p *casefile.Penalty) { p.Final = false },
		"annulled":    func(p *casefile.Penalty) { p.Annulled = true },
		"paid":        func(p *casefile.Penalty) { p.Paid = 5 },
		"unknown, and something was paid": func(p *casefile.Penalty) {
			p.Known, p.Fine, p.Paid = false, 0, 1
		},
	} {
		p := whole
		change(&p)
		if minor, open := p.Outstanding(); open || minor != 0 {
			t.Errorf("%s: %d is outstanding", what, minor)
		}
	}
	if minor, open := whole.Outstanding(); !open || minor != 5 {
		t.Errorf("%d is outstanding of 5", minor)
	}
}

// takesBack withdraws a fact, with the yes of a second person.
func (w *fixture) takesBack(fact, replaces *event.Event) *event.Event {
	w.Helper()
	e := w.event(fact.Stream.String(), withdrawn(fact, replaces), by(fact.Actor))
	if _, err := w.record(e); err != nil {
		w.Fatal(err)
	}
	if _, err := w.record(w.event(fact.Stream.String(), yes(e), chief)); err != nil {
		w.Fatal(err)
	}
	return e
}

// newest is the newest entry of a type.
func (w *fixture) newest(name string) *event.Event {
	for i := range w.log {
		if e := w.log[len(w.log)-1-i]; e.Type.Name == name {
			return e
		}
	}
	w.Fatalf("there is no %s", name)
	return nil
}

// R41: a fine on the spot and one of a case go on counting when the visit is withdrawn, which takes only what is its own with it;
// and what is decided and withdrawn in the case afterwards counts, too, and stands once only when the visit is restored.
func TestR41FinesCountOnWhenTheirVisitIsWithdrawn(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	first := w.newest("inspection-started")
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p1", 200_00), inspector)
	w.flags([]string{"fined-again"}, "case/"+visit("t1", "spot"), inCase("p2", 50_00), inspector)
	before, _ := w.finesOf()
	want := func(what string, fines, penalties, visits, found int64) {
		t.Helper()
		if f, fen := w.finesOf(); fen != fines || f.Counts.Penalties != penalties || f.Counts.Inspections != visits ||
			f.Counts.Findings != found {
			t.Errorf("%s: fines %d, %d penalties, %d visits, %d findings; want %d, %d, %d, %d", what, fen, f.Counts.Penalties,
				f.Counts.Inspections, f.Counts.Findings, fines, penalties, visits, found)
		}
	}
	want("decided", 250_00, 2, 1, 1)
	gone := w.takesBack(first, first)
	want("the visit is withdrawn", 250_00, 2, 0, 0)
	view := projections.NewInspectionFold(visit("t1", "i"))
	for _, e := range w.log {
		if of := e.Stream; of.ID == visit("t1", "i") || of.Kind == casefile.Name {
			view.Apply(e)
		}
	}
	if v := view.View(); len(v.Penalties) != 2 || v.Counts.Penalties != 2 || len(v.Findings) != 0 {
		t.Errorf("the withdrawn visit shows %d penalties, counts %d, and has %d findings", len(v.Penalties), v.Counts.Penalties, len(v.Findings))
	}
	w.accepts(caseStream, annulling("p1"), clerk)
	want("one is annulled", 50_00, 1, 0, 0)
	change := w.newest("decision-changed")
	w.takesBack(change, change)
	want("it was not", 250_00, 2, 0, 0)
	if _, err := w.record(w.event(first.Stream.String(), again(first, gone, first.Data, first.Occurred), by(first.Actor))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.record(w.event(first.Stream.String(), yes(w.log[len(w.log)-1]), chief)); err != nil {
		t.Fatal(err)
	}
	if after, fen := w.finesOf(); fen != 250_00 || after.Counts != before.Counts {
		t.Errorf("restored: fines %d, %+v; before %+v", fen, after.Counts, before.Counts)
	}
}

// R41: who withdraws the filing of a case withdraws the case, with what was decided in it: for the visit, too.
func TestR41WithACaseGoesWhatWasDecidedInIt(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p1", 200_00), inspector)
	w.flags([]string{"fined-again"}, "case/"+visit("t1", "spot"), inCase("p2", 50_00), inspector)
	for i := range w.log {
		if w.log[i].Type.Name == "case-filed" {
			w.takesBack(w.log[i], w.log[i])
		}
	}
	if f, fen := w.finesOf(); fen != 50_00 || f.Counts.Penalties != 1 {
		t.Errorf("fines %d, %d penalties", fen, f.Counts.Penalties)
	}
}

// R20, R46: an order, too, takes its course when its visit is withdrawn; another one is not begun of it.
func TestR20AnOrderIsLiftedWhenItsVisitIsWithdrawn(t *testing.T) {
	w := suspected(t)
	stop := orderOf("o", "stop", "f")
	w.given("inspection/i", stop, inspector)
	in := w.newest("order-issued").Stream.String()
	first := w.newest("inspection-started")
	w.takesBack(first, first)
	w.refuses("pillar 17", "stream-withdrawn", "inspection/i", orderOf("o2", "rectify", "f"), inspector)
	w.accepts(in, &order.Lifted{Ground: "mistaken", Reason: "检查登记有误"}, inspector)
	if f, _ := w.finesOf(); f.Counts.Inspections != 0 || len(f.OrdersByKind) != 1 || f.OrdersByKind[0].Count != 1 {
		t.Errorf("%+v", f)
	}
}
