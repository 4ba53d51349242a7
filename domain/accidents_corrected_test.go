package domain

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/projections"
)

// Accidents are corrected like visits (pillar 17, R10, R12, R44).

func accidentFixture(t testing.TB) (*fixture, *event.Event) {
	w := campaignFixture(t)
	return w, w.recordOf("accident/a", reported(1), by(event.Actor{Person: "zhou", Role: event.RoleSupervisionOffice}))
}

// told is what the accident adds to figures.
func (w *fixture) counted() map[projections.Class]int64 {
	var m projections.AccidentCount
	figures := map[projections.Class]int64{}
	for _, e := range w.log {
		if e.Stream.Kind == event.Accident {
			m.Apply(e)
		}
	}
	var sum projections.Changes
	m.Contribution(1, &sum)
	for _, c := range sum.List {
		figures[c.Class] += c.N
	}
	return figures
}

func TestR10TheHarmOfAnAccidentIsCorrectedAndRestored(t *testing.T) {
	w, first := accidentFixture(t)
	w.accepts("accident/a", &accident.Graded{Grade: "ordinary", StatisticalYear: 2019})
	graded := w.last("accident/a")
	worse := *reported(1)
	worse.Harm = harm(4)
	d := again(first, first, &worse, first.Occurred)
	// The grade rests on the harm: it would be wrong.
	w.refuses("pillar 17", "later-facts-rest", "accident/a", d, clerk)
	gone := w.recordOf("accident/a", withdrawn(graded, graded), by(graded.Actor))
	w.refuses("pillar 17", "no-second-person", "accident/a", yes(gone), clerk)
	w.accepts("accident/a", yes(gone), chief)
	asked := w.recordOf("accident/a", d, clerk)
	if n := w.counted()[projections.Deaths]; n != 1 {
		t.Errorf("%d deaths count before anybody said yes", n)
	}
	w.accepts("accident/a", yes(asked), chief)
	if n := w.counted()[projections.Deaths]; n != 4 || w.accidents.state("a").Grade != "" {
		t.Errorf("%d deaths, graded %q", n, w.accidents.state("a").Grade)
	}
	w.accepts("accident/a", &accident.Graded{Grade: "larger", StatisticalYear: 2019})
	w.refuses("pillar 17", "later-facts-rest", "accident/a", again(first, asked, first.Data, first.Occurred), clerk)
}

func TestR44ReviewsFollowWhenAnAccidentHappenedAtAnotherTime(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	report := reported(1)
	report.Happened = noon.Add(time.Hour)
	first := w.recordOf("accident/a", report, by(event.Actor{Person: "zhou", Role: event.RoleSupervisionOffice}), at(noon.Add(2*time.Hour)))
	review := (&problem{in: w.stream("accident/a"), Problem: stream.Problem{What: "accident"}}).stream(event.Inspection, visit("t1", "i"))
	if !w.stands(review) {
		t.Fatal("no review")
	}
	earlier := *report
	earlier.Happened = noon.Add(-time.Hour)
	asked := w.recordOf("accident/a", again(first, first, &earlier, first.Occurred), clerk)
	if !w.stands(review) {
		t.Error("the review lapsed before anybody said yes")
	}
	w.given("accident/a", yes(asked), chief)
	if w.stands(review) {
		t.Error("the visit came after the accident")
	}
	back := w.recordOf("accident/a", again(first, asked, report, first.Occurred), clerk)
	w.given("accident/a", yes(back), chief)
	if !w.stands(review) {
		t.Error("no review when restored")
	}
	gone := w.recordOf("accident/a", withdrawn(first, back), clerk)
	w.given("accident/a", yes(gone), chief)
	if w.stands(review) || w.counted()[projections.Accidents] != 0 {
		t.Error("an accident that was none has a review, or counts")
	}
	w.refuses("pillar 17", "stream-withdrawn", "accident/a", &accident.CasualtiesUpdated{Harm: harm(2)})
}
