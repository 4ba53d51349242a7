package domain

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// visited has ma and zo, who is known and nothing more, begin a visit to the firm on the fourth of December.
func visitedByTwo(t testing.TB, flags []string, before func(*fixture)) *fixture {
	w := campaignFixture(t)
	w.accepts("person/zo", newPerson("zo"))
	before(w)
	d := started()
	d.Inspectors = []string{"ma", "zo"}
	w.flags(flags, "inspection/i", d, in("c"), inspector, december(4))
	w.given("inspection/i", &inspection.Arrived{}, inspector, december(4))
	return w
}

// turns has a fact withdrawn and restored, and wants what it broke in a visit to be said the other way round each time.
func (w *fixture) turns(name string, withdrawnFlags, withdrawnLapses []string) {
	w.Helper()
	fact := w.last(name)
	w.given(name, withdrawn(fact, fact), clerk, december(20))
	asked := w.last(name)
	w.changes(withdrawnFlags, withdrawnLapses, name, yes(asked), chief, december(20))
	w.given(name, again(fact, asked, fact.Data, fact.Occurred), clerk, december(21))
	w.changes(withdrawnLapses, withdrawnFlags, name, yes(w.last(name)), chief, december(21))
}

func codesOf(codes ...string) []string { return codes }

var untaught = codesOf("untrained-inspector", "inspector-not-in-team")

// told is an event that is recorded on a day and occurred on another one.
func toldOn(recorded, occurred int) option {
	return func(e *event.Event) {
		december(occurred)(e)
		e.Recorded = time.Date(2019, 12, recorded, 4, 0, 0, 0, time.UTC)
	}
}

// Pillar 13: who turns out to have been trained before a visit was trained at it; a training after it changes nothing.
func TestR01ATrainingThatIsToldLateTakesBackWhatWasSaid(t *testing.T) {
	w := visitedByTwo(t, untaught, func(*fixture) {})
	w.changes(nil, nil, "person/zo", &person.Trained{Topic: "督查检查", Date: "2019-12-06"}, december(7))
	w = visitedByTwo(t, untaught, func(*fixture) {})
	w.changes(nil, codesOf("untrained-inspector"), "person/zo", &person.Trained{Topic: "督查检查", Date: "2019-12-01"}, december(7))
	w.turns("person/zo", codesOf("untrained-inspector"), nil)
}

// Pillar 13: who turns out to have joined before a visit was of the team; who joined after it was not, whatever is corrected.
func TestR17AJoiningThatIsToldLateTakesBackWhatWasSaid(t *testing.T) {
	taught := func(w *fixture) {
		w.accepts("person/zo", &person.Trained{Topic: "督查检查", Date: "2019-12-01"})
		w.accepts("person/zo", &person.RulesAcknowledged{DocumentHash: document})
	}
	joined := &team.MemberJoined{Person: "zo"}
	w := visitedByTwo(t, codesOf("inspector-not-in-team"), taught)
	w.changes(nil, nil, "team/t1", joined, december(7))
	w.turns("team/t1", nil, nil)
	w = visitedByTwo(t, codesOf("inspector-not-in-team"), taught)
	w.changes(nil, codesOf("inspector-not-in-team"), "team/t1", joined, toldOn(5, 3))
	w.turns("team/t1", codesOf("inspector-not-in-team"), nil)
}

// Pillar 13: a subject whose end is withdrawn had not ended when it was visited; nor had one that ended later, as it turns out.
func TestR18AnEndThatIsWithdrawnTakesBackWhatWasSaid(t *testing.T) {
	w := campaignFixture(t)
	end := func(on string) *subject.Ended { return &subject.Ended{How: "dissolved", On: on} }
	w.accepts("subject/firm", end("2019-12-02"), december(2))
	ended := w.last("subject/firm")
	w.flags(codesOf("visit-after-end"), "inspection/i", started(), in("c"), inspector, december(4))
	w.given("inspection/i", &inspection.Arrived{}, inspector, december(4))
	w.turns("subject/firm", nil, codesOf("visit-after-end"))
	restored := w.of("subject/firm")
	w.given("subject/firm", again(ended, restored[len(restored)-2], end("2019-12-10"), ended.Occurred), clerk, december(22))
	w.changes(nil, codesOf("visit-after-end"), "subject/firm", yes(w.last("subject/firm")), chief, december(22))
}

// Pillar 13: a scope that was stated wrongly, and is corrected, was not left.
func TestR17AScopeThatIsCorrectedTakesBackWhatWasSaid(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t1", &team.ScopeAssigned{Counties: []string{"610921"}, Sectors: []string{"MINE"}}, december(2))
	w.flags(codesOf("county-outside-team-scope", "sector-outside-team-scope"), "inspection/i", started(), in("c"), inspector, december(4))
	w.given("inspection/i", &inspection.Arrived{}, inspector, december(4))
	w.turns("team/t1", nil, codesOf("county-outside-team-scope", "sector-outside-team-scope"))
}

// R26, pillar 14: two yeses that were given before the holiday and are told late answer what was seen in it, where who gives the second one
// may know of the visit.
func TestR26ApprovalsThatAreToldLateTakeBackWhatWasSaid(t *testing.T) {
	for _, arrives := range []bool{false, true} {
		w := holidayFixture(t)
		on := at(newYear)
		w.seesWork(on)
		var want []string
		if arrives {
			w.given("inspection/i", &inspection.Arrived{}, inspector, on)
			want = codesOf("holiday-work-without-approval")
		}
		w.accepts("subject/site", filing, clerk)
		asked := w.last("subject/site")
		w.accepts("subject/site", yes(asked), county)
		w.changes(nil, want, "subject/site", yes(asked), bureau)
	}
}

// That a visit is of a team costs as much when the team has made thousands of visits as when it made hundreds.
func TestThatAVisitIsOfATeamCostsTheSameHoweverManyItMade(t *testing.T) {
	w := campaignFixture(t)
	visits := func(from, to int) (bytes uint64) {
		var list []*event.Event
		for n := from; n < to; n++ {
			visit := fmt.Sprintf("inspection/t1.0198f3c2-0000-7000-9000-%012d", n)
			d := started()
			d.VisitType = "verify"
			list = append(list, w.event(visit, d, in("c"), inspector, func(e *event.Event) { e.About.Team = "t1" }))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for _, e := range list {
			w.Apply(e)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	few := visits(0, 1000)
	if many := visits(1000, 4000); many > 3*2*few {
		t.Errorf("a visit takes %d bytes beside a team of 1,000 visits and %d beside one of 4,000", few/1000, many/3000)
	}
	if visits := w.beside(pair{event.Stream{Kind: event.Team, ID: "t1"}, event.Inspection}); len(visits) != 4000 {
		t.Errorf("%d visits are known to be the team's", len(visits))
	}
}
