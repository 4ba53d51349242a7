package domain

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// What people did because of what was corrected afterwards, or lapsed, stays, and is flagged once (pillar 13).

// doubted are the acts of a stream that are flagged: what they rest on was changed.
func (w *fixture) doubted(stream string) (acts []string) {
	for _, e := range w.log {
		if d, ok := e.Data.(*oversight.DeviationFlagged); ok && d.Code == string(law.GroundChanged) && e.Stream == w.stream(stream) {
			acts = append(acts, d.Rule+" "+d.Event)
		}
	}
	return acts
}

func (w *fixture) wantDoubted(stream string, want ...string) {
	w.Helper()
	if got := w.doubted(stream); !slices.Equal(got, want) {
		w.Errorf("of %s is flagged %q, want %q", stream, got, want)
	}
}

// corrects has a finding corrected with a second person's yes.
func (w *fixture) corrects(finding string, newest *event.Event, change func(*inspection.FindingRecorded)) *event.Event {
	w.Helper()
	e := w.recordOf("inspection/i", corrected(w.finding("inspection/i", finding), newest, change), inspector)
	if w.inspections.state(visit("t1", "i")).Waits(e.ID) {
		w.given("inspection/i", yes(e), clerk)
	}
	return e
}

func harmless(d *inspection.FindingRecorded) { d.Punishable = false }

func TestR41ACaseWhoseFindingIsCorrectedIsFlaggedOnce(t *testing.T) {
	w := suspected(t)
	w.given(caseStream, filed(), inspector)
	filing := w.last(caseStream)
	w.given("inspection/i", punishableFinding("g"), inspector)
	w.given("inspection/i", exempted("g"), inspector) // nobody says yes to it
	waits := w.last("inspection/i").Stream
	for _, e := range w.log {
		if _, ok := e.Data.(*casefile.NoPenaltyDecided); ok {
			waits = e.Stream
		}
	}
	asked := w.recordOf("inspection/i", corrected(w.finding("inspection/i", "f"), w.finding("inspection/i", "f"), harmless), inspector)
	w.wantDoubted(caseStream) // before somebody said yes
	w.given("inspection/i", yes(asked), clerk)
	w.wantDoubted(caseStream, "R41 "+filing.ID.String())
	if w.cases.of(visit("t1", "case")) == nil {
		t.Error("the case is undone")
	}
	w.corrects("f", asked, func(d *inspection.FindingRecorded) { d.Punishable = true })
	w.wantDoubted(caseStream, "R41 "+filing.ID.String())
	w.corrects("g", w.finding("inspection/i", "g"), harmless)
	w.wantDoubted(waits.String())
	w.wantDoubted(caseStream, "R41 "+filing.ID.String())
}

func TestR20AnOrderOfAFindingOfAWithdrawnVisitIsFlagged(t *testing.T) {
	w := suspected(t)
	w.given("inspection/i", ordered("o", "2019-12-13", "f"), inspector)
	var issued *event.Event
	for _, e := range w.log {
		if _, ok := e.Data.(*order.Issued); ok {
			issued = e
		}
	}
	begun := w.ofStream(w.stream("inspection/i"))[0]
	gone := w.recordOf("inspection/i", withdrawn(begun, begun), inspector)
	w.given("inspection/i", yes(gone), clerk)
	w.wantDoubted(issued.Stream.String(), "R20 "+issued.ID.String())
}

func TestR41ADecisionWhoseFindingIsCorrectedIsFlagged(t *testing.T) {
	w := suspected(t)
	w.given("inspection/i", punishableFinding("g"), inspector)
	w.given(caseStream, onTheSpot("p"), inspector)
	fine := w.last(caseStream)
	w.given("inspection/i", exempted("g"), inspector)
	waived := w.ofType("no-penalty-decided")
	w.given(waived.Stream.String(), yes(waived), clerk)
	w.corrects("f", w.finding("inspection/i", "f"), harmless)
	w.wantDoubted(caseStream, "R41 "+fine.ID.String())
	w.wantDoubted(waived.Stream.String())
	w.corrects("g", w.finding("inspection/i", "g"), harmless)
	w.wantDoubted(waived.Stream.String(), "R41 "+waived.ID.String())
}

func TestR46AProposedClosingWhoseFindingIsCorrectedIsFlagged(t *testing.T) {
	w := orderFixture(t, "rectify-at-once")
	w.given("order/o", &order.ClosureProposed{Ground: "major-hazard", Findings: []string{"f"}, Scope: "full", Alternatives: "x",
		LegalBasis: statute}, inspector)
	issued, proposed := w.ofType("order-issued"), w.ofType("closure-proposed")
	w.wantDoubted("order/o")
	w.corrects("f", w.finding("inspection/i", "f"), func(d *inspection.FindingRecorded) { d.Level = "major" })
	w.wantDoubted("order/o", "R20 "+issued.ID.String(), "R46 "+proposed.ID.String())
}

func TestR71AnExposureWhoseFindingIsCorrectedIsFlaggedBeforeItIsPublished(t *testing.T) {
	w := onRecord(t)
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	w.given("exposure/e", exposed())
	proposed := w.last("exposure/e")
	w.corrects("g", w.finding("inspection/i", "g"), harmless) // another finding
	w.wantDoubted("exposure/e")
	w.corrects("f", w.finding("inspection/i", "f"), func(d *inspection.FindingRecorded) { d.Level = "general" })
	w.wantDoubted("exposure/e", "R71 "+proposed.ID.String())
}

func TestR44AReviewThatWasDecidedAndLapsesIsFlagged(t *testing.T) {
	w := visitFixture(t)
	w.sealing()
	report := reported(1)
	report.Happened = noon.Add(time.Hour)
	later := at(noon.Add(2 * time.Hour))
	w.given("accident/a", report, later)
	fact := w.last("accident/a")
	for fact.Assurance == event.Derived {
		fact = w.log[slices.Index(w.log, fact)-1]
	}
	opened := (&problem{in: w.stream("accident/a"), Problem: stream.Problem{What: "accident"}}).stream(event.Inspection,
		visit("t1", "i")).String()
	w.given(opened, &review.Decided{DecidedBy: "x", Decision: sealedFor(forBoth, "5")}, commission, later)
	decided := w.last(opened)
	earlier := *report
	earlier.Happened = noon.Add(-48 * time.Hour)
	moved := w.recordOf("accident/a", again(fact, fact, &earlier, fact.Occurred), by(fact.Actor), later)
	w.wantDoubted(opened)
	w.given("accident/a", yes(moved), chief, later)
	w.wantDoubted(opened, "R44 "+decided.ID.String())
	back := w.recordOf("accident/a", again(fact, moved, report, fact.Occurred), by(fact.Actor), later)
	w.given("accident/a", yes(back), chief, later)
	once := w.recordOf("accident/a", again(fact, back, &earlier, fact.Occurred), by(fact.Actor), later)
	w.given("accident/a", yes(once), chief, later)
	w.wantDoubted(opened, "R44 "+decided.ID.String())
}
