package domain

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

func TestEveryStreamBeginsWithItsCreatingEvent(t *testing.T) {
	w := newFixture(t)
	w.refuses("R01", "unknown-campaign", "campaign/x", &campaign.Started{Start: begin, End: end})
	w.refuses("R17", "unknown-team", "team/x", &team.MemberJoined{Person: "ma"})
	w.refuses("R59", "unknown-person", "person/x", &person.Trained{Topic: "t", Date: "2019-11-28"})
	w.refuses("R18", "unknown-subject", "subject/x", &subject.StatusRecorded{Production: "normal"})
	w.refuses("R10", "unknown-accident", "accident/x", &accident.CasualtiesUpdated{Harm: harm(1)})
	w.refuses("pillar 2", "not-started", "inspection/x", &inspection.Arrived{}, inspector)
}

func TestEventsStandOnStreamsOfTheirKindOnly(t *testing.T) {
	w := newFixture(t)
	w.refuses("pillar 2", "wrong-stream", "team/x", newPerson("x"))
	w.refuses("Roles", "role-may-not-append", "ledger/main", &oversight.CopyRestored{Copy: "store", From: "journal", Reason: "short"})
	w.accepts("ledger/main", &oversight.CopyRestored{Copy: "store", From: "journal", Reason: "short"}, by(event.Actor{Role: event.RoleLedger}))
	moved := &oversight.LedgerMoved{From: "embedded:/var/lib/anjian", To: "nats://n1:4222", Reason: "a second machine"}
	w.refuses("Roles", "role-may-not-append", "ledger/moves", moved)
	w.accepts("ledger/moves", moved, by(event.Actor{Role: event.RoleLedger}))
	if r := w.Revision(event.Stream{Kind: event.Ledger, ID: "main"}); r != 0 {
		t.Errorf("revision %d after one event", r)
	}
}

func TestR01EachPlanVersionIsPublishedOnceAndTheLatestPolicyRules(t *testing.T) {
	w := newFixture(t)
	w.accepts("campaign/c", plan("1"))
	w.refuses("R01", "plan-version-published", "campaign/c", plan("1"))
	strict := plan("2")
	strict.Policy.LateSyncHours = 1
	w.accepts("campaign/c", strict)
	w.flags([]string{"late-sync"}, "team/t", &team.Formed{Name: "n", Kind: "specialist"}, in("c"), late(2*time.Hour))
	w.refuses("R01", "campaign-mismatch", "campaign/c", plan("3"), in("d"))
}

func TestR02ATeamIsActivatedOnlyWhenEverybodyAcknowledgedTheRules(t *testing.T) {
	w := newFixture(t)
	ack := &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)}
	for _, id := range []string{"wang", "ma", "li"} {
		w.accepts("person/"+id, newPerson(id))
	}
	w.accepts("team/t", &team.Formed{Name: "n", Kind: "comprehensive"})
	w.refuses("R02", "team-needs-leader", "team/t", &team.Activated{})
	w.accepts("team/t", &team.LeaderAppointed{Person: "wang"})
	w.refuses("R02", "team-needs-members", "team/t", &team.Activated{})
	w.accepts("team/t", &team.MemberJoined{Person: "ma"})
	w.accepts("team/t", &team.MemberJoined{Person: "li"})
	w.accepts("person/ma", ack)
	w.accepts("team/t", &team.MemberJoined{Person: "wang"}) // a leader may be a member too
	r := w.refuses("R02", "rules-not-acknowledged", "team/t", &team.Activated{})
	says(t, r, "by: li, wang")
	if strings.Contains(r.Error(), "ma,") {
		t.Errorf("%q names somebody who acknowledged", r.Error())
	}
	w.accepts("person/li", ack)
	w.accepts("person/wang", ack)
	w.accepts("team/t", &team.Activated{})
	w.refuses("R02", "team-already-active", "team/t", &team.Activated{})
	w.accepts("person/zhao", newPerson("zhao"))
	w.flags([]string{"rules-not-acknowledged"}, "team/t", &team.MemberJoined{Person: "zhao"})
}

// What is said of an entrance lapses when it turns out to have been otherwise at the time, and not by what came after.
func TestR61WhatIsSaidOfAnEntranceLapsesWhenItWasOtherwise(t *testing.T) {
	later, before, after := at(noon.Add(time.Hour)), at(noon.Add(-time.Hour)), at(noon.Add(2*time.Hour))
	active := func() *fixture {
		w := campaignFixture(t)
		w.accepts("person/zhao", newPerson("zhao"))
		return w
	}
	ack := &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)}
	none, not := []string(nil), []string{"rules-not-acknowledged"}

	w := active()
	w.flags(not, "team/t1", &team.MemberJoined{Person: "zhao"}, at(noon))
	w.changes(none, none, "person/zhao", ack, after)
	w.changes(none, not, "person/zhao", ack, before)
	w.changes(none, none, "person/zhao", ack, before)

	w = active()
	w.accepts("person/zhao", ack)
	w.accepts("team/t9", &team.Formed{Name: "n", Kind: "comprehensive"})
	two := []string{"member-of-two-teams"}
	w.accepts("team/t9", &team.MemberJoined{Person: "zhao"}, before)
	w.flags(two, "team/t1", &team.MemberJoined{Person: "zhao"}, at(noon))
	w.changes(none, two, "team/t9", &team.MemberLeft{Person: "zhao"}, at(noon.Add(-time.Minute)))
	w.flags(two, "team/t9", &team.MemberJoined{Person: "zhao"}, at(noon))
	w.changes(none, none, "team/t9", &team.MemberLeft{Person: "zhao"}, later)

	w = active()
	w.accepts("person/zhao", ack)
	w.accepts("team/t9", &team.Formed{Name: "n", Kind: "comprehensive"})
	elsewhere := []string{"seconded-to-another-team"}
	w.accepts("person/zhao", &person.Seconded{HomeUnit: "u", Team: "t9", From: noon.Add(-48 * time.Hour), To: noon.Add(48 * time.Hour)})
	w.flags(elsewhere, "team/t1", &team.MemberJoined{Person: "zhao"}, at(noon))
	w.changes(none, elsewhere, "person/zhao", &person.SecondmentEnded{Team: "t9"}, before)
}

func TestR61CampaignsOfWhichOneHadEndedDoNotOverlap(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("person/zhao", newPerson("zhao"))
	w.accepts("person/zhao", &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)})
	in := func(e *event.Event) { e.Campaign = "other" }
	w.accepts("campaign/other", plan("1"), in)
	w.accepts("campaign/other", &campaign.Started{Start: begin.Add(-72 * time.Hour), End: end}, in)
	w.accepts("team/t9", &team.Formed{Name: "n", Kind: "comprehensive"}, in)
	w.accepts("team/t9", &team.MemberJoined{Person: "zhao"}, in)
	w.flags([]string{"member-of-two-teams"}, "team/t1", &team.MemberJoined{Person: "zhao"})
	w.changes(nil, []string{"member-of-two-teams"}, "campaign/other", &campaign.Ended{}, in, at(begin.Add(-time.Hour)))
}

func TestR02InspectorsAcknowledgeForThemselvesOnly(t *testing.T) {
	w := campaignFixture(t)
	ack := &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)}
	w.refuses("R02", "not-yourself", "person/li", ack, inspector)
	w.accepts("person/ma", ack, inspector)
}

func TestR03AParentCampaignMayBeUnknownButNotACircle(t *testing.T) {
	w := newFixture(t)
	w.accepts("campaign/a", plan("1"))
	w.accepts("campaign/b", plan("1"))
	w.refuses("R03", "campaign-below-itself", "campaign/a", &campaign.Started{Start: begin, End: end, Parent: "a"})
	w.accepts("campaign/a", &campaign.Started{Start: begin, End: end, Parent: "b"})
	w.refuses("R03", "campaign-below-itself", "campaign/b", &campaign.Started{Start: begin, End: end, Parent: "a"})
	w.accepts("campaign/b", &campaign.Started{Start: begin, End: end, Parent: "province-hundred-days"})
}

func TestR06ASubjectDiscoveredInTheFieldIsRegisteredByInspectors(t *testing.T) {
	w := campaignFixture(t)
	d := firm()
	d.Kind, d.Discovery = "unlicensed-place", "field"
	w.accepts("subject/t1.found", d, inspector)
	d = firm()
	d.Discovery = "import"
	w.refuses("R06", "not-an-import", "subject/t1.other", d, inspector)
	w.accepts("subject/other", d, imported)
}

func TestR10TheGradeEqualsTheWorstThresholdMet(t *testing.T) {
	const million = 100_000_000
	for _, c := range []struct {
		deaths, injured int64
		loss            int64
		right           string
	}{
		{2, 9, 10*million - 1, "ordinary"}, {3, 0, 0, "larger"}, {0, 10, 0, "larger"}, {0, 0, 10 * million, "larger"},
		{9, 49, 50*million - 1, "larger"}, {10, 0, 0, "major"}, {0, 50, 0, "major"}, {0, 0, 50 * million, "major"},
		{30, 0, 0, "especially-major"}, {0, 100, 0, "especially-major"}, {0, 0, 100 * million, "especially-major"},
	} {
		w := campaignFixture(t)
		d := reported(c.deaths)
		d.Harm.SeriousInjuries, d.Harm.Injured, d.Harm.DirectLoss.Amount = &c.injured, &c.injured, c.loss
		w.accepts("accident/a", d)
		for _, g := range accident.Grades {
			if g != c.right {
				r := w.refuses("R10", "wrong-grade", "accident/a", &accident.Graded{Grade: g, StatisticalYear: 2019, DecidedBy: "市政府"})
				says(t, r, "state grade "+c.right)
			}
		}
		w.accepts("accident/a", &accident.Graded{Grade: c.right, StatisticalYear: 2019, DecidedBy: "市政府"})
	}
}

func TestR10WhileANumberIsUnknownTheGradeIsAtLeastWhatTheOthersGive(t *testing.T) {
	w := campaignFixture(t)
	d := reported(3)
	d.Harm.DirectLoss, d.Unknown = nil, event.Unknown{"harm.direct_loss"}
	if err := field.Check(d); err != nil {
		t.Fatal(err)
	}
	w.accepts("accident/a", d)
	r := w.refuses("R10", "wrong-grade", "accident/a", &accident.Graded{Grade: "ordinary", StatisticalYear: 2019, DecidedBy: "市政府"})
	says(t, r, "a direct loss of unknown", "3 deaths", "state grade larger")
	w.accepts("accident/a", &accident.Graded{Grade: "major", StatisticalYear: 2019, DecidedBy: "市政府"})
	w.flags([]string{"grade-stale"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(3), Reason: "损失查明"})
}

func TestR10UpdatedCasualtiesMakeAGradeStaleUntilGradedAgain(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R10", "unknown-subject", "accident/a", &accident.Reported{Subjects: []string{"nowhere"}, Region: "610902", Happened: noon,
		Kind: "fall", Summary: "s", Harm: harm(1)})
	w.accepts("accident/a", reported(2))
	w.refuses("R10", "accident-already-reported", "accident/a", reported(2))
	w.accepts("accident/a", &accident.Graded{Grade: "ordinary", StatisticalYear: 2019, DecidedBy: "市政府"})
	w.flags([]string{"grade-stale"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(3), Reason: "一人不治"})
	if !w.accidents.state("a").Stale() {
		t.Error("the grade is not stale")
	}
	w.accepts("accident/a", &accident.Graded{Grade: "larger", StatisticalYear: 2019, DecidedBy: "市政府"})
	if w.accidents.state("a").Stale() {
		t.Error("the grade is stale after grading again")
	}
	w.accepts("accident/a", &accident.CasualtiesUpdated{Harm: harm(4), Reason: "又一人不治"})
	in := harm(4)
	in.DirectLoss.Currency = "USD"
	w.refuses("R10", "loss-not-in-cny", "accident/a", &accident.CasualtiesUpdated{Harm: in, Reason: "r"})
}

func TestR10AnAccidentIsNotReportedBeforeItHappened(t *testing.T) {
	w := campaignFixture(t)
	d := reported(1)
	d.Happened = noon.Add(time.Minute)
	w.refuses("R10", "reported-before-it-happened", "accident/a", d)
	w.accepts("accident/a", d, func(e *event.Event) { e.Precision = event.Day })
}

func TestR12CountingInAnotherYearIsExplicit(t *testing.T) {
	w := campaignFixture(t)
	d := reported(3)
	d.Happened = time.Date(2018, 12, 31, 15, 59, 0, 0, time.UTC) // 23:59 in Beijing
	w.accepts("accident/a", d)
	w.flags([]string{"counted-in-another-year"}, "accident/a", &accident.Graded{Grade: "larger", StatisticalYear: 2019, DecidedBy: "市政府"})
	w.accepts("accident/a", &accident.Graded{Grade: "larger", StatisticalYear: 2019, CountingRule: "结案年度", DecidedBy: "市政府"})
	d = reported(3)
	d.Happened = time.Date(2018, 12, 31, 16, 0, 0, 0, time.UTC) // 00:00 of 2019 in Beijing
	w.accepts("accident/b", d)
	w.accepts("accident/b", &accident.Graded{Grade: "larger", StatisticalYear: 2019, DecidedBy: "市政府"})
}

func TestR13LateFactsAndFastClocksAreFlaggedAndKept(t *testing.T) {
	w := campaignFixture(t)
	status := &subject.StatusRecorded{Production: "partial"}
	w.accepts("subject/firm", status, late(72*time.Hour))
	w.flags([]string{"late-sync"}, "subject/firm", status, late(72*time.Hour+time.Second))
	day := func(e *event.Event) { e.Occurred, e.Precision = event.Day.Floor(e.Occurred), event.Day }
	w.accepts("subject/firm", status, day, late(96*time.Hour-1))
	w.flags([]string{"late-sync"}, "subject/firm", status, day, late(96*time.Hour))
	w.accepts("subject/firm", status, late(-300*time.Second))
	w.flags([]string{"clock-skew"}, "subject/firm", status, late(-301*time.Second))
	w.accepts("subject/firm", status, late(10000*time.Hour), imported)
}

func TestR13ANamedCampaignIsKnown(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R13", "unknown-campaign", "subject/firm", &subject.StatusRecorded{Production: "normal"}, in("x"))
	w.refuses("R13", "unknown-campaign", "subject/firm", &subject.StatusRecorded{Production: "normal"}, in("x"), imported)
	w.accepts("subject/firm", &subject.StatusRecorded{Production: "normal"}, in("c"))
}

func TestR17TeamsAreFormedOnceOfKnownPersons(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R17", "team-already-formed", "team/t1", &team.Formed{Name: "n", Kind: "specialist"})
	longest := strings.Repeat("t", 27) // a visit of the team is named team.uuid, in 64 characters
	w.accepts("team/"+longest, &team.Formed{Name: "n", Kind: "specialist"})
	w.refuses("R17", "team-id-too-long", "team/t"+longest, &team.Formed{Name: "n", Kind: "specialist"})
	w.accepts("team/t"+longest, &team.Formed{Name: "n", Kind: "specialist"}, imported)
	w.refuses("R17", "unknown-person", "team/t1", &team.MemberJoined{Person: "nobody"})
	w.refuses("R17", "already-a-member", "team/t1", &team.MemberJoined{Person: "ma"})
	w.refuses("R61", "not-a-member", "team/t1", &team.MemberLeft{Person: "wang"})
	w.accepts("team/t1", &team.MemberLeft{Person: "ma"})
	w.accepts("team/t1", &team.MemberJoined{Person: "ma"})
}

func TestR17InspectorsAppendToVisitsOfTheirOwnTeamOnly(t *testing.T) {
	w := campaignFixture(t)
	stranger := by(event.Actor{Person: "ma", Role: event.RoleInspector, Team: "t2"})
	w.refuses("R17", "not-your-team", "inspection/i", started(), in("c"), stranger)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.refuses("pillar 2", "not-started", "inspection/i", &inspection.Arrived{}, stranger) // as if there were none
	w.refuses("R17", "not-your-team", "inspection/i", started(), in("c"), stranger)
	own := started()
	own.Team = "t2"
	w.refuses("pillar 14", "visit-name", "inspection/i", own, in("c"), stranger) // whether the name is taken or not
	w.refuses("pillar 14", "visit-name", "inspection/j", own, in("c"), stranger)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.accepts("team/t2", &team.Formed{Name: "二组", Kind: "comprehensive"}, in("c"))
	w.refuses("R17", "not-your-team", "inspection/i", &inspection.Departed{}, stranger) // which may see it now
}

// The id of a team may have dots, so that of one may begin with that of another.
func TestTwoTeamsCannotAskForTheSameNameOfAVisit(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t1.a", &team.Formed{Name: "一组甲", Kind: "specialist"})
	hidden := &inspection.Reserved{Subject: "firm", Team: "t1.a", Sector: "INDTRADE", VisitType: "verify"}
	w.given("inspection/t1.a.x", hidden, by(event.Actor{Person: "li", Role: event.RoleInspector, Team: "t1.a"}))
	for _, name := range []string{"t1.a.x", "t1.a.y"} { // taken or not
		w.refuses("pillar 14", "visit-name", "inspection/"+name, started(), inspector)
	}
}

func TestR17LeadersExplainDeviationsOfTheirOwnTeamOnly(t *testing.T) {
	w := campaignFixture(t)
	leader := func(team string) option {
		return by(event.Actor{Person: "wang", Role: event.RoleTeamLeader, Team: team})
	}
	for stream, d := range map[string]event.Data{"team/t1": &team.ScopeAssigned{}, "inspection/i": started()} {
		author := inspector
		if stream == "team/t1" {
			author = clerk
		}
		recorded, err := w.record(w.event(stream, d, late(100*time.Hour), author))
		if err != nil || len(recorded) != 2 {
			t.Fatal(recorded, err)
		}
		answer := &oversight.DeviationExplained{Deviation: recorded[1].ID.String(), Explanation: "山区无信号"}
		if stream == "inspection/i" {
			w.refuses("R08", "unknown-deviation", stream, answer, leader("t2")) // as if there were none
			w.given(stream, &inspection.Arrived{}, inspector)
			w.accepts("team/t2", &team.Formed{Name: "二组", Kind: "comprehensive"}, in("c"))
		}
		w.refuses("R17", "not-your-team", stream, answer, leader("t2"))
		w.accepts(stream, answer, leader("t1"))
	}
}

func TestR18AnExclusionCountsOnceASecondPersonOfTheOfficeApprovedIt(t *testing.T) {
	w := campaignFixture(t)
	exclusion := &subject.Excluded{Reason: "已拆除"}
	w.accepts("subject/firm", exclusion, clerk)
	asked := w.last("subject/firm")
	if w.subjects.state("firm").Excluded {
		t.Error("counts before anybody approved")
	}
	w.refuses("R18", "exclusion-waits", "subject/firm", exclusion, clerk)
	w.refuses("pillar 17", "no-second-person", "subject/firm", yes(asked), clerk)
	w.refuses("pillar 17", "no-second-person", "subject/firm", yes(asked)) // registered the subject
	w.refuses("R18", "office-approves", "subject/firm", yes(asked), leader)
	w.refuses("pillar 17", "person-required", "subject/firm", yes(asked), by(event.Actor{Role: event.RoleSupervisionOffice}))
	w.refuses("pillar 17", "nothing-waits", "subject/firm", yes(w.log[0]), chief)
	other := yes(asked)
	other.SHA256 = strings.Repeat("0", 64)
	w.refuses("pillar 17", "other-bytes", "subject/firm", other, chief)
	w.accepts("subject/firm", no(asked), chief)
	w.refuses("pillar 17", "nothing-waits", "subject/firm", yes(asked), chief)
	if w.subjects.state("firm").Excluded {
		t.Error("counts although it was refused")
	}
	w.accepts("subject/firm", exclusion, clerk)
	w.accepts("subject/firm", yes(w.last("subject/firm")), chief)
	if !w.subjects.state("firm").Excluded {
		t.Error("does not count")
	}
	w.refuses("R18", "subject-already-excluded", "subject/firm", exclusion, clerk)
	w.accepts("subject/firm", &subject.Readmitted{Reason: "恢复经营"}, clerk) // nothing gets smaller: it needs no second person
	if w.subjects.state("firm").Excluded {
		t.Error("counts although it was taken back")
	}
	w.refuses("R18", "subject-not-excluded", "subject/firm", &subject.Readmitted{Reason: "恢复经营"}, clerk)
	w.accepts("subject/firm", exclusion, clerk)
	w.refuses("R18", "subject-not-excluded", "subject/firm", &subject.Readmitted{Reason: "恢复经营"}, clerk) // it waits
	w.refuses("pillar 17", "nothing-waits", "team/t1", yes(asked), chief)
}

func TestR28NoStatusTakesASubjectOutOfTheRegister(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("subject/firm", &subject.StatusRecorded{Production: "suspended", Since: "2019-11-01"})
	if st := w.subjects.state("firm"); st == nil || st.Excluded || st.Production != "suspended" {
		t.Errorf("after suspension the register says %+v", st)
	}
	w.accepts("inspection/i", started(), in("c"), inspector)
}

func TestR48ACampaignStartsOnceAndEndsOnceAfterIt(t *testing.T) {
	w := newFixture(t)
	w.accepts("campaign/c", plan("1"))
	w.refuses("R48", "campaign-not-started", "campaign/c", &campaign.Ended{})
	w.accepts("campaign/c", &campaign.Started{Start: begin, End: end})
	w.refuses("R48", "campaign-already-started", "campaign/c", &campaign.Started{Start: begin, End: end})
	w.refuses("R48", "campaign-ended-before-start", "campaign/c", &campaign.Ended{}, at(begin.Add(-time.Second)))
	w.accepts("campaign/c", &campaign.Ended{})
	w.refuses("R48", "campaign-ended", "campaign/c", &campaign.Ended{})
	w.refuses("R48", "campaign-ended", "campaign/c", plan("2"))
	if _, got := w.campaigns.state("c").Period(); got != noon {
		t.Errorf("a campaign ended early ends %s, want %s", got, noon)
	}
}

// R48: a campaign lasts a month: one of more than two years, or announced a year away from its start, is taken for a slip of the pen.
func TestR48AnImplausiblePeriodIsFlagged(t *testing.T) {
	for _, c := range []struct {
		start, end time.Time
		flags      []string
	}{
		{begin, end, nil}, {begin, begin.AddDate(2, 0, 0), nil}, {begin, begin.AddDate(2, 0, 2), []string{"campaign-period-implausible"}},
		{noon.AddDate(0, 0, 366), noon.AddDate(0, 0, 400), nil},
		{noon.AddDate(0, 0, 367), noon.AddDate(0, 0, 400), []string{"campaign-period-implausible"}},
		{noon.AddDate(0, 0, -367), noon, []string{"campaign-period-implausible"}},
	} {
		w := newFixture(t)
		w.accepts("campaign/c", plan("1"))
		w.flags(c.flags, "campaign/c", &campaign.Started{Start: c.start, End: c.end})
	}
}

// R48: the office owes the end since the start, due with the campaign's end; nobody is escalated for it.
func TestR48TheEndOfACampaignIsOwed(t *testing.T) {
	w := campaignFixture(t)
	w.owes("campaign/c", "campaign-end", obligation.Open, "2019-12-31")
	if said := names(keep(w).sweep(end.AddDate(0, 1, 0))); slices.Contains(said, "campaign-end ") {
		t.Errorf("it is escalated: %v", said)
	}
	w.accepts("campaign/c", &campaign.Ended{}, at(end))
	w.owes("campaign/c", "campaign-end", obligation.Met, "2019-12-31")
}

func TestR51ATeamHasExactlyOneLeader(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R51", "team-has-leader", "team/t1", &team.LeaderAppointed{Person: "ma"})
	w.refuses("R51", "not-the-leader", "team/t1", &team.LeaderChanged{From: "ma", To: "li", Handover: "h"})
	w.refuses("R51", "same-leader", "team/t1", &team.LeaderChanged{From: "wang", To: "wang", Handover: "h"})
	w.refuses("R51", "unknown-person", "team/t1", &team.LeaderChanged{From: "wang", To: "nobody", Handover: "h"})
	w.accepts("team/t1", &team.LeaderChanged{From: "wang", To: "ma", Handover: "h"})
	w.refuses("R51", "not-the-leader", "team/t1", &team.LeaderChanged{From: "wang", To: "li", Handover: "h"})
	w.accepts("team/t2", &team.Formed{Name: "n", Kind: "specialist"})
	w.refuses("R51", "team-has-no-leader", "team/t2", &team.LeaderChanged{From: "wang", To: "li", Handover: "h"})
	w.refuses("R51", "unknown-person", "team/t2", &team.LeaderAppointed{Person: "nobody"})
}

func TestR61OnePersonHasOneSecondmentAtATime(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t2", &team.Formed{Name: "n", Kind: "specialist"})
	lend := func(team string, from, to time.Time) *person.Seconded {
		return &person.Seconded{HomeUnit: "emergency-610902", Team: team, From: from, To: to}
	}
	w.refuses("R61", "unknown-team", "person/ma", lend("t9", begin, end))
	w.refuses("R61", "not-seconded", "person/ma", &person.SecondmentEnded{Team: "t1"})
	w.accepts("person/ma", lend("t1", begin, end))
	w.refuses("R61", "already-seconded", "person/ma", lend("t2", noon, end.AddDate(0, 1, 0)))
	w.accepts("person/ma", lend("t2", end, end.AddDate(0, 1, 0)))
	w.refuses("R61", "secondment-ended-before-start", "person/ma", &person.SecondmentEnded{Team: "t2"})
	w.accepts("person/ma", &person.SecondmentEnded{Team: "t1"})
	w.accepts("person/ma", lend("t2", noon.Add(time.Hour), end))
}

// R61: what counts is when the ledger records it, in the period of the secondment, and that the token is of the home unit.
func TestR61WhoIsSecondedWritesNothingForTheHomeUnit(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("person/ma", &person.Seconded{HomeUnit: "home", Team: "t1", From: begin, To: end})
	by := func(unit, person, team string) func(*event.Event) {
		return func(e *event.Event) {
			e.Actor = event.Actor{Role: event.RoleSupervisionOffice, Unit: unit, Person: person, Team: team}
		}
	}
	trained := &person.Trained{Topic: "t", Date: "2019-11-28"}
	w.refuses("R61", "detached-from-unit", "person/li", trained, by("home", "ma", ""))
	w.accepts("person/li", trained, by("other", "ma", ""))
	w.accepts("person/li", trained, by("home", "li", ""))
	w.accepts("person/li", trained, by("home", "ma", "t1"))
	w.accepts("person/ma", &person.SecondmentEnded{Team: "t1"})
	w.accepts("person/li", trained, by("home", "ma", ""))
}

func TestR59ARegisteredPersonIsRegisteredOnce(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R59", "person-already-registered", "person/ma", newPerson("ma"))
}

func TestR61MembershipOfTwoTeamsInOverlappingCampaignsIsFlagged(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("campaign/next", plan("1"))
	w.accepts("campaign/next", &campaign.Started{Start: end, End: end.AddDate(0, 1, 0)})
	w.accepts("team/same", &team.Formed{Name: "n", Kind: "specialist"}, in("c"))
	w.accepts("team/later", &team.Formed{Name: "n", Kind: "specialist"}, in("next"))
	w.flags([]string{"member-of-two-teams"}, "team/same", &team.MemberJoined{Person: "ma"})
	w.accepts("team/later", &team.MemberJoined{Person: "li"})
	w.accepts("team/t1", &team.MemberLeft{Person: "li"})
	w.accepts("team/same", &team.MemberJoined{Person: "li"})
	w.flags(codesOf("seconded-to-another-team", "seconded-to-another-team"), // that was so when li entered t1 and later
		"person/li", &person.Seconded{HomeUnit: "u", Team: "same", From: begin, To: end})
	w.flags([]string{"seconded-to-another-team", "member-of-two-teams"}, "team/t1", &team.MemberJoined{Person: "li"})
}

func TestR54AWrongCreditCodeNeedsAReasonAndIsFlagged(t *testing.T) {
	w := newFixture(t)
	d := firm()
	d.USCC = "91350203M0001QAY9B"
	says(t, w.refuses("R54", "uscc-check-failed", "subject/a", d), "uscc_reason", "position 18")
	d.USCCReason = "证照原件如此"
	w.flags([]string{"uscc-check-failed"}, "subject/a", d)
	w.accepts("subject/i", d, imported)
	w.refuses("R54", "uscc-malformed", "subject/a", &subject.Updated{From: "2019-12-04", USCC: "12345"})
	w.refuses("R18", "subject-already-registered", "subject/a", d)
}

func TestR18TwoSubjectsWithOneValidCreditCodeAreFlagged(t *testing.T) {
	w := newFixture(t)
	d := firm()
	d.USCC = codes.SyntheticUSCC("610902", 7)
	w.accepts("subject/a", d)
	w.flags([]string{"uscc-shared"}, "subject/b", d)
	shared := []string{"uscc-shared"}
	w.changes(nil, shared, "subject/b", &subject.Updated{From: "2019-12-04", USCC: codes.SyntheticUSCC("610902", 9)})
	w.flags(shared, "subject/b", &subject.Updated{From: "2019-12-04", USCC: d.USCC})           // a still has it
	w.changes(shared, shared, "subject/b", &subject.Updated{From: "2019-12-04", USCC: d.USCC}) // the newest counts
	w.flags(shared, "subject/c", d)
	w.changes(nil, shared, "subject/a", &subject.Updated{From: "2019-12-04", USCC: codes.SyntheticUSCC("610902", 8)}) // what was said of b
	w.flags(shared, "subject/d", d)                                                                                   // b has it now
	w.changes(nil, shared, "subject/c", &subject.Updated{From: "2019-12-04", USCC: codes.SyntheticUSCC("610902", 7+3)})
	w.changes(nil, shared, "subject/b", &subject.Updated{From: "2019-12-04", USCC: codes.SyntheticUSCC("610902", 11)}) // of d
	w.changes(nil, nil, "subject/d", &subject.Updated{From: "2019-12-04", USCC: codes.SyntheticUSCC("610902", 12)})
	w.accepts("subject/e", d) // nobody has it
}

func TestR08OnlyAFlaggedDeviationIsExplained(t *testing.T) {
	w := campaignFixture(t)
	recorded, err := w.record(w.event("subject/firm", &subject.StatusRecorded{Production: "normal"}, late(100*time.Hour)))
	if err != nil || len(recorded) != 2 {
		t.Fatal(recorded, err)
	}
	answer := &oversight.DeviationExplained{Deviation: recorded[1].ID.String(), Explanation: "山区无信号"}
	w.accepts("subject/firm", answer)
	w.refuses("R08", "unknown-deviation", "team/t1", answer)
	w.refuses("R08", "unknown-deviation", "subject/firm", &oversight.DeviationExplained{Deviation: recorded[0].ID.String(), Explanation: "e"})
	w.refuses("R08", "unknown-deviation", "subject/firm", &oversight.DeviationExplained{Deviation: "?", Explanation: "e"})
}

func TestR77ACountyReportsForItsOwnLandAndTheZonesOnIt(t *testing.T) {
	w := campaignFixture(t)
	county := func(code string) option {
		return by(event.Actor{Role: event.RoleCountyGovernment, County: code})
	}
	d := reported(1)
	d.Region = "610972"
	w.refuses("R77", "not-your-county", "accident/610921.a", d, county("610921"))
	w.accepts("accident/610902.a", d, county("610902"))
	w.refuses("R10", "unknown-subject", "accident/610972.b", d, county("610972")) // the firm is not on the zone's land
	d.Subjects = nil
	w.accepts("accident/610972.b", d, county("610972"))
}

func TestAboutNamesCampaignSubjectTeamCountyAndSectors(t *testing.T) {
	w := campaignFixture(t)
	about := func(stream string, d event.Data, opts ...option) event.About {
		t.Helper()
		e := w.event(stream, d, opts...)
		if _, err := w.record(e); err != nil {
			t.Fatal(err)
		}
		return e.About
	}
	zone := firm()
	zone.Region = "610972"
	industry := []string{"INDTRADE"}
	for _, c := range []struct{ got, want event.About }{
		{about("campaign/c", plan("2")), event.About{Campaign: "c"}},
		{about("team/t1", &team.ScopeAssigned{}), event.About{Campaign: "c", Team: "t1"}},
		{about("subject/zone", zone), event.About{Subject: "zone", County: "610972", Sectors: industry}},
		{about("person/ma", &person.Seconded{HomeUnit: "u", Team: "t1", From: begin, To: end}), event.About{Team: "t1"}},
		{about("person/ma", key(9), as("ma", event.RoleInspector), signs(9, 0)), event.About{Team: "t1"}},
		{about("inspection/i", started(), in("c"), inspector), event.About{Campaign: "c", Team: "t1", Subject: "firm", County: "610902",
			Sectors: industry}},
		{about("inspection/i", &inspection.Arrived{}, inspector), event.About{Campaign: "c", Team: "t1", Subject: "firm", County: "610902",
			Sectors: industry}},
		{about("accident/a", reported(1)), event.About{Subject: "firm", County: "610902", Sectors: industry}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("got %+v, want %+v", c.got, c.want)
		}
	}
}

// Scope binds writing too, and subjects outside of it are answered like unknown ones.
func TestR77ADepartmentWritesOnlyOfItsSectors(t *testing.T) {
	w := campaignFixture(t)
	school := firm()
	school.Sectors, school.USCC = []string{"EDU"}, ""
	w.accepts("subject/school", school)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "mines", Name: "市矿山局", Sectors: []string{"INDTRADE"}},
		{ID: "county-edu", Name: "区教育局", County: "610902", Sectors: []string{"EDU"}}}})
	unit := func(id, county string) option {
		return by(event.Actor{Role: event.RoleDepartment, Unit: id, County: county})
	}
	at := func(subjects ...string) *accident.Reported {
		d := reported(1)
		d.Subjects = subjects
		return d
	}
	w.accepts("accident/mines.a", at("firm"), unit("mines", ""))
	w.refuses("R10", "unknown-subject", "accident/mines.b", at("school"), unit("mines", ""))
	w.refuses("R10", "unknown-subject", "accident/mines.b", at("nobody"), unit("mines", ""))
	w.refuses("R77", "not-your-sector", "accident/mines.b", at(), unit("mines", ""))
	w.accepts("accident/county-edu.b", at("school"), unit("county-edu", "610902"))
	elsewhere := at()
	elsewhere.Region = "610921"
	w.refuses("R77", "not-your-county", "accident/county-edu.c", elsewhere, unit("county-edu", "610902"))
	w.refuses("R77", "not-your-county", "accident/unlisted.c", at("firm"), unit("unlisted", ""))
	more := &accident.CasualtiesUpdated{Harm: harm(2), Reason: "x"}
	w.refuses("R10", "unknown-accident", "accident/county-edu.b", more, unit("mines", ""))
	w.accepts("accident/county-edu.b", more, unit("county-edu", ""))
}
