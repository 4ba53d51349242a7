package domain

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/team"
)

func TestStreamBeginsWithReservationOrStart(t *testing.T) {
	newVisit(t).accepts(reservedT())
	newVisit(t).accepts(startedT())
	for _, d := range []event.Data{
		&inspection.Released{Reason: "x"}, &inspection.Briefed{}, &inspection.Attempted{Reason: "x"}, &inspection.Arrived{},
		&inspection.Departed{}, &inspection.CertificatesShown{}, notice(), &inspection.ConductDeclared{},
		answers("E-1")[0], sections()[0], finding1("F"), &correction.FactCorrected{}, &inspection.EvidenceAttached{},
		&inspection.FixedOnSite{Finding: "F"},
		orderOf("O", "stop", "F"), fineOf("P", "F"), exemptionOf("F"), recordT(), refusalT(), copyTo("subject"), &inspection.ServiceProvided{},
		&inspection.ResultRecorded{},
		&inspection.DuplicateJustified{}, &inspection.LeaderReviewed{}, &inspection.Closed{},
	} {
		newVisit(t).forIt(d).refuses(d, "pillar 2 not-started", "inspection-started")
		if v := newVisit(t).imports(); v.made(d).Type.Import {
			v.refuses(d, "pillar 2 not-started")
		}
	}
}

func TestReservationLetsOneBriefReleaseOrStartButNotWork(t *testing.T) {
	v := newVisit(t).given(reservedT())
	v.accepts(&inspection.Briefed{})
	v.accepts(&inspection.Released{Reason: "x"})
	v.accepts(startedT())
	v.accepts(&inspection.Attempted{Reason: "关门"})
	v.refuses(finding1("F"), "pillar 2 not-started")
	v.refuses(reservedT(), "pillar 2 already-begun")
}

func TestVisitStartsOnce(t *testing.T) {
	v := newVisit(t).given(startedT())
	v.refuses(startedT(), "pillar 2 already-started")
	v.refuses(reservedT(), "pillar 2 already-begun")
	v.refuses(&inspection.Released{Reason: "x"}, "pillar 2 already-started")
}

func TestReleaseComesOnceAndAFieldStartAfterItIsFlagged(t *testing.T) {
	v := newVisit(t).given(reservedT(), &inspection.Released{Reason: "x"})
	v.refuses(&inspection.Released{Reason: "x"}, "pillar 2 already-released")
	v.accepts(startedT(), "R31 start-after-release")
}

func TestStartThatDiffersFromReservationIsFlagged(t *testing.T) {
	v := newVisit(t, func(s *setting) { s.scope.Sectors, s.subject.Sectors = nil, []string{"MINE"} }).given(reservedT())
	d := startedT()
	d.Sector, d.VisitType = "MINE", "tip"
	flags := v.accepts(d, "R31 start-differs-from-reservation")
	if got := flags[0].Code.Sentence(law.InEnglish, flags[0].Values); got != "sector mines (fire safety reserved) visit type tip (initial "+
		"reserved)" {
		t.Errorf("%q does not name both sectors", got)
	}
	before := v.state().Sectors()
	v.given(d)
	if s := v.state(); s.Sector() != "MINE" || s.VisitType() != "tip" || !s.Started() {
		t.Errorf("the field's word does not prevail: %+v", s)
	}
	if !slices.Equal(v.state().Sectors(), before) {
		t.Errorf("what the visit is about became %v, was %v", v.state().Sectors(), before)
	}
}

// What a visit is about never changes (pillar 14): another subject or team is another visit.
func TestAStartOfAnotherSubjectOrTeamIsAnotherVisit(t *testing.T) {
	v := newVisit(t).given(reservedT())
	d := startedT()
	d.Subject = "S2"
	v.refuses(d, "R31 another-visit", "subject S2")
}

func TestUnknownIdentitiesAreRefused(t *testing.T) {
	v := newVisit(t)
	d, r := startedT(), reservedT()
	d.Subject, r.Subject = "S9", "S9"
	v.refuses(d, "R18 unknown-subject", "S9")
	v.refuses(r, "R18 unknown-subject")

	v.stream, v.actor.Team = "inspection/T9.I", "T9"
	d, r = startedT(), reservedT()
	d.Team, r.Team = "T9", "T9"
	v.refuses(d, "R17 unknown-team", "team T9 is")
	v.refuses(r, "R17 unknown-team")

	v = newVisit(t)
	d = startedT()
	d.Inspectors = []string{"A", "Nobody"}
	v.refuses(d, "R17 unknown-person", "Nobody")
	d.Inspectors = nil
	v.refuses(d, "R42 inspectors-required")
	d = startedT()
	d.Team, v.actor.Team = "", ""
	v.refuses(d, "R17 team-required")
	v.actor.Team = "T"
	d = startedT()
	d.VisitType = ""
	v.refuses(d, "R31 visit-type-required")

	f := finding1("F")
	f.FoundBy = []string{"Nobody"}
	began(t).refuses(f, "R17 unknown-person", "Nobody")
}

func TestImportsNeedASubjectAndAKnownTeamButNoPersons(t *testing.T) {
	v := newVisit(t).imports()
	d := &inspection.Started{Subject: "S", Sector: "MINE", Source: event.Source{"a": "b"}}
	v.accepts(d)
	d.Team = "T9"
	v.refuses(d, "R17 unknown-team")
	d.Team, d.Subject = "", "S9"
	v.refuses(d, "R18 unknown-subject")
}

func TestImportsPassPolicyFlags(t *testing.T) {
	v := newVisit(t, func(s *setting) { s.inactive, s.members = true, nil }).given(reservedT()).imports() // of the same key
	d := startedT()
	d.Inspectors = []string{"Nobody"}
	v.accepts(d)
	v.given(d).later(90 * 24 * time.Hour)
	v.accepts(major1("F"))
	f := finding1("F")
	f.Level, f.Clauses, f.Evidence = "", nil, nil
	v.given(f)
	v.accepts(&inspection.FixedOnSite{Finding: "F"})
	v.accepts(&order.Issued{Order: "O", Kind: "stop", Findings: []string{"F"}})
	v.accepts(&inspection.ResultRecorded{Result: "pass"})
}

func TestR01UntrainedInspectorIsFlagged(t *testing.T) {
	newVisit(t, func(s *setting) { s.untaught = map[string]bool{"B": true} }).accepts(startedT(), "R01 untrained-inspector")
}

func TestR13StartOutsideTheCampaignIsFlagged(t *testing.T) {
	for _, at := range []time.Time{campaignAt.Add(-time.Second), campaignEnd.Add(time.Second)} {
		v := newVisit(t)
		v.now = at
		v.accepts(startedT(), "R13 outside-campaign")
		v.camp = ""
		v.accepts(startedT())
	}
	v := newVisit(t)
	v.now = campaignEnd
	v.accepts(startedT())
	newVisit(t, func(s *setting) { s.noPeriod = true }).accepts(startedT(), "R13 outside-campaign")
}

func TestR13StartWithoutCampaignBelongsToThatOfItsReservation(t *testing.T) {
	v := newVisit(t).given(reservedT())
	v.camp = ""
	v.accepts(startedT())
	v.now = campaignEnd.Add(time.Second)
	v.accepts(startedT(), "R13 outside-campaign")
	v.now = morning
	v.given(startedT())
	if v.state().Campaign() != "C" {
		t.Errorf("campaign %q, want that of the reservation", v.state().Campaign())
	}
}

// A fact of the visit has its time of day, so that nothing that counts minutes is switched off
// by leaving it out; an import may not know it.
func TestAFactOfTheFieldHasItsTimeOfDay(t *testing.T) {
	v := newVisit(t)
	v.precision = event.Day
	v.refuses(startedT(), "pillar 7 time-of-day-required")
	v = began(t).given(sections()...)
	v.precision = event.Day
	for _, d := range []event.Data{&inspection.Arrived{}, &inspection.Departed{}, &inspection.Joined{Person: "C"}, finding1("F"),
		&inspection.NoticePosted{}, &inspection.Closed{}, &inspection.LeaderReviewed{}, &inspection.Attempted{}} {
		v.forIt(d).refuses(d, "pillar 7 time-of-day-required")
	}
	v.as("A", event.RoleInspector)
	v.precision = event.Exact
	v.given(finding1("F"))
	v.precision = event.Day
	v.now = v.now.Truncate(24 * time.Hour)
	v.accepts(orderOf("O", "seal", "F")) // a document bears a date
	v.now = v.now.AddDate(0, 0, -2)
	v.accepts(orderOf("P", "seal", "F"), "pillar 7 clock-order")
	i := importedVisit(t)
	i.precision = event.Day
	i.accepts(finding1("F"))
}

func TestR13LaterFieldFactsOutsideTheGraceAreFlagged(t *testing.T) {
	v := began(t)
	v.now = campaignEnd.Add(72 * time.Hour)
	v.accepts(finding1("F"))
	v.now = v.now.Add(time.Second)
	v.accepts(finding1("F"), "R13 outside-campaign")
	v.now = campaignAt.Add(-time.Second)
	v.accepts(finding1("F"), "R13 outside-campaign", "pillar 7 clock-order")
	prepared(t).later(5000*time.Hour).accepts(recordT(), "R13 outside-campaign", "R42 late-record")
	newVisit(t).given(startedT()).later(5000*time.Hour).accepts(&inspection.Attempted{}, "R13 outside-campaign")
	newVisit(t).given(reservedT()).later(-5000 * time.Hour).accepts(&inspection.Briefed{}) // planning comes before
	v.now = morning
	v.given(punishable1("F"))
	v.now = campaignEnd.AddDate(0, 2, 0)
	v.accepts(fineOf("P", "F")) // the office's decision may lawfully take longer
}

func TestR13EventOfAnotherCampaignIsRefused(t *testing.T) {
	v := began(t)
	v.fixture.given("campaign/C2", plan("1"))
	v.camp = "C2"
	v.refuses(finding1("F"), "R13 wrong-campaign", "C2")
	v.camp = ""
	v.accepts(finding1("F"))
}

func TestR16BriefingAfterArrivalIsFlagged(t *testing.T) {
	newVisit(t).given(reservedT()).accepts(&inspection.Briefed{})
	v := began(t)
	v.accepts(&inspection.Briefed{}, "R16 briefed-after-arrival")
	v.now = morning
	v.accepts(&inspection.Briefed{}) // synchronised late, but read in time
}

func TestR17VisitOutsideTheTeamsScopeIsFlagged(t *testing.T) {
	newVisit(t, func(s *setting) { s.inactive = true }).accepts(startedT(), "R17 team-not-active")
	of := func(region string, counties ...string) *stage {
		return newVisit(t, func(s *setting) { s.subject.Region, s.scope.Counties = region, counties })
	}
	of("610921100", "610902").accepts(startedT(), "R17 county-outside-team-scope")
	of("610972", "610902").accepts(startedT()) // a zone on the county's land
	of("610902107", "610972").accepts(startedT(), "R17 county-outside-team-scope")
	newVisit(t, func(s *setting) { s.scope.Sectors = []string{"MINE"} }).accepts(startedT(), "R17 sector-outside-team-scope")
	newVisit(t, func(s *setting) { s.subject.Sectors = []string{"MINE"} }).accepts(startedT(), "R17 sector-not-of-subject")
	newVisit(t, func(s *setting) { s.members = []string{"A"} }).accepts(startedT(), "R17 inspector-not-in-team")
	newVisit(t, func(s *setting) { s.scope = team.ScopeAssigned{} }).accepts(startedT()) // all
}

func TestR17AnotherTeamsTokenIsRefused(t *testing.T) {
	v := newVisit(t)
	v.actor.Team = "T2"
	v.refuses(reservedT(), "R17 not-your-team", "team T2")
	v.refuses(startedT(), "R17 not-your-team")
	v = began(t)
	v.actor.Team = "T2"
	v.refuses(finding1("F"), "pillar 2 not-started") // like what does not exist (pillar 14)
}

func TestR28AttemptStandsInsteadOfTheArrival(t *testing.T) {
	began(t).refuses(&inspection.Attempted{Reason: "x"}, "R28 already-arrived")
	v := newVisit(t).given(startedT(), &inspection.Attempted{Reason: "关门"})
	v.refuses(&inspection.Arrived{}, "R28 already-attempted")
	if v.state().Arrived() || !v.state().Attempted() {
		t.Error("an attempt counts as an arrival")
	}
	v = newVisit(t).given(reservedT(), &inspection.Attempted{Reason: "关门"})
	v.refuses(startedT(), "pillar 2 already-attempted")
	v.accepts(&inspection.Attempted{Reason: "还是关门"})
}

func TestR28AttemptWithoutFindingsClosesAfterTheReviewAlone(t *testing.T) {
	v := newVisit(t).given(reservedT(), &inspection.Attempted{Reason: "关门"})
	v.refuses(&inspection.Closed{}, "R51 closing-needs-review")
	v.as("L", event.RoleTeamLeader).given(&inspection.LeaderReviewed{Opinion: "x"})
	v.accepts(&inspection.Closed{})

	v = newVisit(t).given(startedT(), &inspection.Attempted{Reason: "关门"}, finding1("F"), fineOf("P", "F"))
	v.as("L", event.RoleTeamLeader).refuses(&inspection.LeaderReviewed{Opinion: "x"}, "R51 review-needs-record")
	v.refuses(&inspection.Closed{}, "R42 closing-needs-record")
}

func TestR31SecondReservationIsRefusedAndNamesTheHolder(t *testing.T) {
	v := newVisit(t).given(reservedT())
	v.stream = "inspection/T.J"
	v.refuses(reservedT(), "R31 already-reserved", visit("T", "I"))
	for _, other := range []string{"verify", "team-review", "tip", "accident"} {
		d := reservedT()
		d.VisitType = other
		v.accepts(d)
	}
}

func TestR31ASecondVisitCanBeJustified(t *testing.T) {
	v := began(t)
	v.as("L", event.RoleTeamLeader).refuses(&inspection.DuplicateJustified{Reason: "x"}, "R31 not-a-duplicate")
	v.as("A", event.RoleInspector)
	v.stream = "inspection/T.J"
	v.given(startedT(), &inspection.Arrived{}).as("L", event.RoleTeamLeader).accepts(&inspection.DuplicateJustified{Reason: "x"})
}

func TestR31DuplicateKeyFollowsThePolicy(t *testing.T) {
	policy := new(campaign.DefaultPolicy())
	if k, ok := inspection.DuplicateKey(policy, "C", "S", "FIRE", "initial"); !ok ||
		k != (inspection.Key{Campaign: "C", Subject: "S", Sector: "FIRE"}) {
		t.Errorf("subject-sector: %v %v", k, ok)
	}
	if _, ok := inspection.DuplicateKey(policy, "", "S", "FIRE", "initial"); ok {
		t.Error("a visit outside campaigns claims a key for ever")
	}
	if _, ok := inspection.DuplicateKey(policy, "C", "S", "FIRE", "verify"); ok {
		t.Error("a re-check claims a key")
	}
	policy.DuplicateKey = "subject"
	if k, ok := inspection.DuplicateKey(policy, "C", "S", "FIRE", "initial"); !ok ||
		k != (inspection.Key{Campaign: "C", Subject: "S", Sector: ""}) {
		t.Errorf("subject: %v %v", k, ok)
	}
}

func TestR31VisitClaimsItsKeyUntilReleasedOrAttempted(t *testing.T) {
	p := new(campaign.DefaultPolicy())
	for _, c := range []struct {
		name   string
		v      *stage
		claims bool
	}{
		{"reserved", newVisit(t).given(reservedT()), true},
		{"released", newVisit(t).given(reservedT(), &inspection.Released{Reason: "x"}), false},
		{"started", newVisit(t).given(startedT()), true},
		{"attempted", newVisit(t).given(startedT(), &inspection.Attempted{Reason: "x"}), false},
		{"closed", ready(t).given(&inspection.Closed{}), true},
	} {
		if k, ok := c.v.state().Claims(p); ok != c.claims || ok && k != (inspection.Key{Campaign: "C", Subject: "S", Sector: "FIRE"}) {
			t.Errorf("%s: claims %v %v, want %v", c.name, k, ok, c.claims)
		}
	}
}

func TestR42FewerInspectorsThanTheLawAsksIsFlagged(t *testing.T) {
	d := startedT()
	d.Inspectors = []string{"A", "A"}
	newVisit(t).accepts(d, "R42 too-few-inspectors")
}

func TestR61InspectorOfASupervisingUnitIsFlagged(t *testing.T) {
	newVisit(t, func(s *setting) { s.subject.Departments = []string{"safety", "water"} }).accepts(startedT(), "R61 conflict-of-interest")
}

// The second officer that the law asks for may come later, and then signs.
func TestR42AnInspectorWhoJoinsMaySign(t *testing.T) {
	alone := startedT()
	alone.Inspectors = []string{"A"}
	v := newVisit(t)
	v.accepts(alone, "R42 too-few-inspectors")
	v.given(alone, &inspection.Arrived{}, notice()).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...)
	v.refuses(recordT(), "R42 site-record-needs-inspectors", "no inspector of this visit: B")
	v.refuses(&inspection.Joined{Person: "nobody", Reason: "x"}, "R17 unknown-person", "nobody")
	v.refuses(&inspection.Joined{Person: "A", Reason: "x"}, "R42 already-an-inspector", "A")
	v.accepts(&inspection.Joined{Person: "B", Reason: "10:20 到场"})
	v.given(&inspection.Joined{Person: "B", Reason: "10:20 到场"}).accepts(recordT())
	v.refuses(&inspection.Joined{Person: "B", Reason: "again"}, "R42 already-an-inspector")
	v.given(recordT())
	v.fixture.given("team/T", &team.LeaderChanged{From: "L", To: "B", Handover: "h"})
	v.as("B", event.RoleTeamLeader).refuses(&inspection.LeaderReviewed{Opinion: "同意"}, "R51 own-inspection")
	newVisit(t).refuses(&inspection.Joined{Person: "B", Reason: "x"}, "pillar 2 not-started")
}

func TestR01R17R61WhoJoinsIsJudgedLikeWhoStarts(t *testing.T) {
	v := began(t, func(s *setting) { s.untaught, s.units = map[string]bool{"X": true}, map[string]string{"X": "safety"} })
	v.accepts(&inspection.Joined{Person: "X", Reason: "x"}, "R01 untrained-inspector", "R17 inspector-not-in-team", "R61 conflict-of-interest")
}
