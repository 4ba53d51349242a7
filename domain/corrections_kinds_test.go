package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/teamreview"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections"
)

// Who corrects facts of other kinds than visits, who says yes, and what follows (pillar 17).

var commission2 = by(event.Actor{Person: "commissioner 2", Role: event.RoleDisciplineCommission})

func TestWhoSaysYesIsSaidByTheKindAndTheSide(t *testing.T) {
	w := campaignFixture(t)
	w.sealing()
	const matter = "inquiry/m"
	w.given(matter, &inquiry.Opened{Team: "t1", Breach: "missed-hazard", Consequence: "hazard-left", Entries: []uint64{1},
		Facts: sealedFor(forOne, "5")}, commission)
	of := w.last(matter)
	gone := w.recordOf(matter, withdrawn(of, of), commission)
	w.owes(matter, "approval", obligation.Open, "2019-12-09")
	w.refuses("pillar 17", "no-second-person", matter, yes(gone), commission)
	w.refuses("pillar 17", "nothing-waits", matter, yes(gone), chief) // of which he knows nothing
	w.accepts(matter, yes(gone), commission2)
	w.owes(matter, "approval", obligation.Void, "")
	w.refuses("pillar 17", "stream-withdrawn", matter, &inquiry.Observed{Team: "t1", Facts: sealedFor(forOne, "7")}, commission)

	// What the commission stated in a stream of another kind is its own matter, too.
	w.accepts("person/watcher", newPerson("watcher"))
	w.accepts("team/t1", &team.ObserverAssigned{Observer: "watcher", From: "2019-12-01"}, commission)
	assigned := w.last("team/t1")
	w.refuses("pillar 17", "not-yours", "team/t1", withdrawn(assigned, assigned), clerk)
	gone = w.recordOf("team/t1", withdrawn(assigned, assigned), commission)
	w.refuses("Roles", "role-may-not-append", "team/t1", yes(gone), chief)
	w.accepts("team/t1", yes(gone), commission2)

	// In return the commission says yes to nothing that the office stated.
	w.accepts("team/t1", &team.ScopeAssigned{Sectors: []string{"FIRE"}})
	scope := w.last("team/t1")
	gone = w.recordOf("team/t1", withdrawn(scope, scope), by(scope.Actor))
	w.refuses("Roles", "role-may-not-append", "team/t1", yes(gone), commission)
	w.refuses("pillar 17", "person-required", "team/t1", withdrawn(scope, scope), by(event.Actor{Role: event.RoleSupervisionOffice}))
}

func TestNobodyCorrectsAnswersPlansOrTheLedgersOwnWord(t *testing.T) {
	w, list := larger(t)
	proposal := w.proposal(list)
	w.refuses("pillar 17", "unknown-fact", list, withdrawn(proposal, proposal), clerk)
	plan := w.last("campaign/c")
	for _, e := range w.log {
		if _, ok := e.Data.(*campaign.PlanPublished); ok {
			plan = e
		}
	}
	w.refuses("pillar 17", "unknown-fact", "campaign/c", withdrawn(plan, plan), by(plan.Actor))
	w.accepts("subject/firm", &subject.Excluded{Reason: "已拆除"})
	answer := w.recordOf("subject/firm", yes(w.last("subject/firm")), chief)
	w.refuses("pillar 17", "unknown-fact", "subject/firm", withdrawn(answer, answer), chief)
	w.accepts("table/sectors", sectors("FIRE"))
	table := w.last("table/sectors")
	w.refuses("pillar 2", "wrong-stream", "table/sectors", withdrawn(table, table))
}

// R73, R77: what a transfer said is told to its tip anew; what people did in another stream stays.
func TestR73ATransferThatIsWithdrawnLeavesTheTipToTheOffice(t *testing.T) {
	w := tipped(t)
	w.given("tip/a", aTip())
	w.given("transfer/office.fire.1", handOver("a"))
	given := w.last("transfer/office.fire.1")
	w.owes("tip/a", "tip-accept", obligation.Met, "2019-12-09")
	other := *handOver("a")
	other.Matter = "instruction"
	w.refuses("pillar 17", "name-is-kept", "transfer/office.fire.1", again(given, given, &other, given.Occurred), clerk)
	gone := w.recordOf("transfer/office.fire.1", withdrawn(given, given), clerk)
	w.owes("tip/a", "tip-accept", obligation.Met, "2019-12-09")
	w.given("transfer/office.fire.1", yes(gone), chief)
	w.owes("tip/a", "tip-accept", obligation.Open, "2019-12-09")
	w.owes("transfer/office.fire.1", "transfer", obligation.Void, "")
	w.refuses("pillar 17", "stream-withdrawn", "transfer/office.fire.1", handled, fireBureau)
	back := w.recordOf("transfer/office.fire.1", again(given, gone, handOver("a"), given.Occurred), clerk)
	w.given("transfer/office.fire.1", yes(back), chief)
	w.owes("tip/a", "tip-accept", obligation.Met, "2019-12-09")
	w.given("transfer/office.fire.1", handled, fireBureau)
	answer := w.last("transfer/office.fire.1")
	w.owes("tip/a", "tip-answer", obligation.Open, "2019-12-09")

	// The words of another side are nobody's to correct; their own side corrects them.
	returns := *returned
	w.refuses("pillar 17", "not-yours", "transfer/office.fire.1", again(answer, answer, &returns, answer.Occurred), clerk)
	right := w.recordOf("transfer/office.fire.1", again(answer, answer, &returns, answer.Occurred), fireBureau)
	w.given("transfer/office.fire.1", yes(right), chief)
	w.owes("tip/a", "tip-answer", obligation.Void, "")
	if st := stream.StateOf[tip.State](w.whole, w.stream("tip/a")); st.Looked() {
		t.Error("a tip that was returned was investigated")
	}
	if st := stream.StateOf[transfer.State](w.whole, w.stream("transfer/office.fire.1")); st.Tip != "a" {
		t.Errorf("%+v", st)
	}
}

// R44: a tip that turns out not to be so has nobody reviewed.
func TestR44AnInvestigationThatIsCorrectedTakesItsReviewsBack(t *testing.T) {
	w := tipped(t)
	early := at(noon.Add(-time.Hour))
	w.given("inspection/i", started(), in("c"), inspector, early)
	w.given("inspection/i", &inspection.Arrived{}, inspector, early)
	w.given("tip/a", aTip())
	w.given("tip/a", &tip.Accepted{})
	w.wantOpened([]string{visit("t1", "i")}, "tip/a", substantiated)
	found := w.last("tip/a")
	unfounded := &tip.Investigated{Result: "unfounded", Account: "x"}
	wrong := w.recordOf("tip/a", again(found, found, unfounded, found.Occurred), by(found.Actor))
	w.wantOpened([]string{"-" + visit("t1", "i")}, "tip/a", yes(wrong), chief)
	back := w.recordOf("tip/a", again(found, wrong, substantiated, found.Occurred), by(found.Actor))
	w.wantOpened([]string{visit("t1", "i")}, "tip/a", yes(back), chief)
}

// R61, pillar 14: who was never in a team sees nothing of it, and is not in two.
func TestR61AMemberWhoNeverJoinedIsOfNoTeam(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t2", &team.Formed{Name: "第二督查组", Kind: "comprehensive"}, in("c"))
	w.accepts("team/t2", &team.ScopeAssigned{Sectors: []string{"FIRE"}, Counties: []string{"610902"}})
	scope := w.last("team/t2")
	w.flags([]string{"member-of-two-teams"}, "team/t2", &team.MemberJoined{Person: "wang"}, at(noon))
	w.flags([]string{"member-of-two-teams"}, "team/t2", &team.MemberJoined{Person: "ma"}, at(noon))
	joined := w.last("team/t2")
	for joined.Assurance == event.Derived {
		joined = w.log[slices.Index(w.log, joined)-1]
	}
	gone := w.recordOf("team/t2", withdrawn(joined, joined), by(joined.Actor))
	w.changes(nil, []string{"member-of-two-teams"}, "team/t2", yes(gone), chief)
	wider := &team.ScopeAssigned{Sectors: []string{"FIRE", "MINE"}, Counties: []string{"610902"}}
	fixed := w.recordOf("team/t2", again(scope, scope, wider, scope.Occurred), by(scope.Actor))
	w.accepts("team/t2", yes(fixed), chief)

	var sees visibility.Fold
	view := projections.NewTeamFold("t2", projections.Selection{})
	for _, e := range w.log {
		sees.Apply(e)
		view.ApplyTeam(e)
	}
	is, _ := sees.Team("t2")
	shown := view.View()
	st := w.teams.state("t2")
	switch {
	case st.Has("ma") || is.Members["ma"] || slices.Contains(shown.Members, "ma"):
		t.Errorf("ma is of the team: %+v, %+v, %+v", st, is, shown)
	case len(is.Sectors) != 2 || len(shown.Sectors) != 2 || len(st.Sectors) != 2:
		t.Errorf("the scope is %v, %v, %v", is.Sectors, shown.Sectors, st.Sectors)
	case shown.Name != "第二督查组" || !is.Members["wang"]:
		t.Errorf("%+v, %+v", shown, is)
	}
}

// R64: a review that found no problem after all leaves the commission nothing to do.
func TestR64AReviewThatIsCorrectedEndsTheDutyToInquire(t *testing.T) {
	w, flag := reviewedTeam(t, func(*fixture) {})
	duty := "inquiry/" + strings.TrimPrefix(flag, "team-review/")
	w.owes(duty, "inquiry", obligation.Open, "2019-12-17")
	done := w.ofStream(w.stream(flag))
	found := done[len(done)-1]
	none := w.recordOf(flag, again(found, found, &teamreview.Completed{Inspections: []string{visit("t2", "r")}}, found.Occurred),
		by(found.Actor), at(found.Recorded))
	recorded, err := w.record(w.event(flag, yes(none), chief, at(found.Recorded)))
	if err != nil || !slices.ContainsFunc(recorded, func(e *event.Event) bool { return e.Stream.String() == duty }) {
		t.Fatalf("%v: %d entries", err, len(recorded))
	}
	w.owes(duty, "inquiry", obligation.Void, "")
	back := w.recordOf(flag, again(found, none, found.Data, found.Occurred), sentReviewer, at(found.Recorded))
	w.given(flag, yes(back), chief, at(found.Recorded))
	w.owes(duty, "inquiry", obligation.Open, "2019-12-17")
}

// R61, R29: what others changed since a fact was recorded neither flags it nor clears it when it is corrected.
func TestACorrectionIsNotComparedWithWhatChangedSince(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t1", &team.ScopeAssigned{Sectors: []string{"INDTRADE"}, Counties: []string{"610902"}})
	w.accepts("inspection/i", started(), in("c"), inspector)
	begun := w.last("inspection/i")
	w.accepts("team/t1", &team.ScopeAssigned{Sectors: []string{"FIRE"}, Counties: []string{"610902"}})
	other := *started()
	other.Inspectors = []string{"li", "ma"}
	e := w.recordOf("inspection/i", again(begun, begun, &other, begun.Occurred), inspector)
	if got := flagsOf(w.log[slices.Index(w.log, e):]); slices.Contains(got, string(law.SectorOutsideTeamScope)) {
		t.Errorf("the sector was of the team's scope when it began: %v", got)
	}
	w.given("inspection/i", yes(e), chief)
	if told := w.told(w.stream("inspection/i")); len(told) != 0 {
		t.Errorf("told %q", told)
	}
}
