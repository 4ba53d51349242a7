package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// wrongVisit has a visit i with two findings, which turns out to have been one to the heir.
func wrongVisit(t testing.TB) (w *fixture, first *event.Event, anew *inspection.Started) {
	w = campaignFixture(t)
	w.accepts("subject/heir", firm())
	w.accepts("inspection/i", started(), in("c"), inspector)
	first = w.last("inspection/i")
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.given("inspection/i", evident("f"), inspector)
	w.given("inspection/i", evident("g"), inspector)
	anew = startedAs("verify")
	anew.Subject, anew.Instead = "heir", visit("t1", "i")
	return w, first, anew
}

// carrying is a finding that is taken over.
func carrying(id, instead string) *inspection.FindingRecorded {
	d := evident(id)
	d.Description, d.Instead = "消防通道堵塞 "+id, instead
	return d
}

func notCarried(n int) (codes []string) {
	for range n {
		codes = append(codes, "finding-not-carried")
	}
	return codes
}

// Rule 18: what is entered anew names the visit in whose place it stands; a finding that is not carried over is flagged once the old visit
// is withdrawn, and not any more when it is recorded, or the old visit restored.
func TestRule18AFindingThatIsNotCarriedOverIsFlagged(t *testing.T) {
	w, first, anew := wrongVisit(t)
	w.accepts("inspection/j", anew, in("c"), inspector)
	w.given("inspection/j", &inspection.Arrived{}, inspector)
	w.accepts("inspection/j", carrying("a", "f"), inspector)
	w.refuses("pillar 17", "unknown-finding", "inspection/j", carrying("b", "nothing"), inspector)
	w.refuses("pillar 17", "unknown-finding", "inspection/i", carrying("b", "f"), inspector) // which replaces none
	w.given("inspection/i", withdrawn(first, first), inspector)
	asked := w.last("inspection/i")
	w.changes(notCarried(1), nil, "inspection/i", yes(asked), chief)
	w.changes(nil, notCarried(1), "inspection/j", carrying("b", "g"), inspector)
	carried := w.last("inspection/j")
	w.given("inspection/j", withdrawn(carried, carried), inspector)
	w.changes(notCarried(1), nil, "inspection/j", yes(w.last("inspection/j")), chief)
	w.given("inspection/i", again(first, asked, first.Data, first.Occurred), inspector)
	w.changes(nil, notCarried(1), "inspection/i", yes(w.last("inspection/i")), chief)
}

// Rule 18: who is withdrawn first is replaced all the same; a finding that was withdrawn by itself is no loss.
func TestRule18AVisitIsEnteredAnewAfterItWasWithdrawn(t *testing.T) {
	w, first, anew := wrongVisit(t)
	g := w.last("inspection/i")
	w.given("inspection/i", withdrawn(g, g), inspector)
	w.given("inspection/i", yes(w.last("inspection/i")), chief)
	w.given("inspection/i", withdrawn(first, first), inspector)
	w.given("inspection/i", yes(w.last("inspection/i")), chief)
	w.flags(notCarried(1), "inspection/j", anew, in("c"), inspector)
	begun := w.last("inspection/j")
	w.given("inspection/j", &inspection.Arrived{}, inspector)
	w.changes(nil, notCarried(1), "inspection/j", carrying("a", "f"), inspector)
	w.given("inspection/j", withdrawn(begun, begun), inspector)
	w.changes(nil, nil, "inspection/j", yes(w.last("inspection/j")), chief)
}

// Rule 18: a visit stands in the place of one that there is, that is disclosed, and of which the author may know.
func TestRule18AVisitStandsInThePlaceOfOneThatIsKnown(t *testing.T) {
	w, _, anew := wrongVisit(t)
	for _, id := range []string{visit("t1", "nobody"), visit("t1", "j")} {
		d := *anew
		d.Instead = id
		w.refuses("pillar 17", "unknown-visit", "inspection/j", &d, in("c"), inspector)
	}
	d := startedAs("verify")
	w.accepts("inspection/hidden", d, in("c"), inspector)
	anew.Instead = visit("t1", "hidden")
	w.refuses("pillar 17", "unknown-visit", "inspection/j", anew, in("c"), inspector)
	w.given("inspection/hidden", &inspection.Arrived{}, inspector)
	w.accepts("inspection/j", anew, in("c"), inspector)
}
