package inspection

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

func TestStreamBeginsWithReservationOrStart(t *testing.T) {
	newVisit(t).accepts(reservedT())
	newVisit(t).accepts(startedT())
	for _, d := range []event.Data{
		&Released{Reason: "x"}, &Briefed{}, &Attempted{Reason: "x"}, &Arrived{}, &Departed{}, &CertificatesShown{}, notice(), &ConductDeclared{},
		answers("E-1")[0], sections()[0], finding1("F"), &FactCorrected{}, &EvidenceAttached{}, &FixedOnSite{Finding: "F"},
		orderOf("O", "stop", "F"), fineOf("P", "F"), pardonOf("F"), recordT(), refusalT(), copyTo("subject"), &ServiceProvided{}, &ResultRecorded{},
		&DuplicateJustified{}, &LeaderReviewed{}, &Closed{},
	} {
		newVisit(t).refuses(d, "pillar 2 not-started", "inspection-started")
		newVisit(t).imports().refuses(d, "pillar 2 not-started")
	}
}

func TestReservationLetsOneBriefReleaseOrStartButNotWork(t *testing.T) {
	v := newVisit(t).given(reservedT())
	v.accepts(&Briefed{})
	v.accepts(&Released{Reason: "x"})
	v.accepts(startedT())
	v.accepts(&Attempted{Reason: "关门"})
	v.refuses(finding1("F"), "pillar 2 not-started")
	v.refuses(reservedT(), "pillar 2 already-begun")
}

func TestVisitStartsOnce(t *testing.T) {
	v := newVisit(t).given(startedT())
	v.refuses(startedT(), "pillar 2 already-started")
	v.refuses(reservedT(), "pillar 2 already-begun")
	v.refuses(&Released{Reason: "x"}, "pillar 2 already-started")
}

func TestReleaseComesOnceAndAFieldStartAfterItIsFlagged(t *testing.T) {
	v := newVisit(t).given(reservedT(), &Released{Reason: "x"})
	v.refuses(&Released{Reason: "x"}, "pillar 2 already-released")
	v.accepts(startedT(), "R31 start-after-release")
}

func TestStartThatDiffersFromReservationIsFlagged(t *testing.T) {
	v := newVisit(t).given(reservedT())
	d := startedT()
	d.Sector, d.VisitType = "MINE", "tip"
	v.sc.Team.Sectors, v.sc.Subject.Sectors = nil, []string{"MINE"}
	flags := v.accepts(d, "R31 start-differs-from-reservation")
	if got := flags[0].Code.Sentence(law.InEnglish, flags[0].Values); got != "sector mines (fire safety reserved) visit type tip (initial reserved)" {
		t.Errorf("%q does not name both sectors", got)
	}
	before := v.st.Sectors()
	v.given(d)
	if s := v.st; s.Sector() != "MINE" || s.VisitType() != "tip" || !s.Started() {
		t.Errorf("the field's word does not prevail: %s", dump(s))
	}
	if !slices.Equal(v.st.Sectors(), before) {
		t.Errorf("what the visit is about became %v, was %v", v.st.Sectors(), before)
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
	v.sc.Subject.Known = false
	v.refuses(startedT(), "R18 unknown-subject")
	v.refuses(reservedT(), "R18 unknown-subject")

	v = newVisit(t)
	v.sc.Team.Known = false
	v.refuses(startedT(), "R17 unknown-team", "team T is")
	v.refuses(reservedT(), "R17 unknown-team")

	v = newVisit(t)
	d := startedT()
	d.Inspectors = []string{"A", "Nobody"}
	v.refuses(d, "R17 unknown-person", "Nobody")
	d.Inspectors = nil
	v.refuses(d, "R42 inspectors-required")
	d = startedT()
	d.Team = ""
	v.refuses(d, "R17 team-required")
	d = startedT()
	d.VisitType = ""
	v.refuses(d, "R31 visit-type-required")

	f := finding1("F")
	f.FoundBy = []string{"Nobody"}
	began(t).refuses(f, "R17 unknown-person", "Nobody")
}

func TestImportsNeedASubjectAndAKnownTeamButNoPersons(t *testing.T) {
	v := newVisit(t).imports()
	d := &Started{Subject: "S", Sector: "MINE", Source: event.Source{"a": "b"}}
	v.accepts(d)
	v.sc.Team.Known = false
	v.accepts(d)
	d.Team = "T9"
	v.refuses(d, "R17 unknown-team")
	v.sc.Subject.Known = false
	v.refuses(d, "R18 unknown-subject")
}

func TestImportsPassPolicyFlags(t *testing.T) {
	v := newVisit(t).imports()
	v.sc.Team, v.sc.HeldBy, v.people = TeamFacts{Known: true}, "other", nil
	v.accepts(startedT())
	v.given(startedT()).later(90 * 24 * time.Hour)
	v.accepts(major1("F"))
	f := finding1("F")
	f.Level, f.Clauses, f.Evidence = "", nil, nil
	v.given(f)
	v.accepts(&FixedOnSite{Finding: "F"})
	v.accepts(&OrderIssued{Order: "O", Kind: "stop", Findings: []string{"F"}})
	v.accepts(&ResultRecorded{Result: "pass"})
}

func TestR01UntrainedInspectorIsFlagged(t *testing.T) {
	v := newVisit(t)
	v.people["B"] = PersonFacts{Known: true}
	v.accepts(startedT(), "R01 untrained-inspector")
}

func TestR13StartOutsideTheCampaignIsFlagged(t *testing.T) {
	for _, at := range []time.Time{newVisit(t).sc.CampaignStart.Add(-time.Second), newVisit(t).sc.CampaignEnd.Add(time.Second)} {
		v := newVisit(t)
		v.now = at
		v.accepts(startedT(), "R13 outside-campaign")
		v.camp = ""
		v.sc.CampaignStart, v.sc.CampaignEnd = time.Time{}, time.Time{}
		v.accepts(startedT())
	}
	v := newVisit(t)
	v.now = v.sc.CampaignEnd
	v.accepts(startedT())
	v.sc.CampaignStart, v.sc.CampaignEnd = time.Time{}, time.Time{}
	v.accepts(startedT(), "R13 outside-campaign")
}

func TestR13StartWithoutCampaignBelongsToThatOfItsReservation(t *testing.T) {
	v := newVisit(t).given(reservedT())
	v.camp = ""
	v.accepts(startedT())
	v.now = v.sc.CampaignEnd.Add(time.Second)
	v.accepts(startedT(), "R13 outside-campaign")
	v.now = morning
	v.given(startedT())
	if v.st.Campaign() != "C" {
		t.Errorf("campaign %q, want that of the reservation", v.st.Campaign())
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
	for _, d := range []event.Data{&Arrived{}, &Departed{}, &Joined{Person: "C"}, finding1("F"), &NoticePosted{}, &Closed{}, &LeaderReviewed{}, &Attempted{}} {
		v.refuses(d, "pillar 7 time-of-day-required")
	}
	v.precision = event.Exact
	v.given(finding1("F"))
	v.precision = event.Day
	v.now = v.now.Truncate(24 * time.Hour)
	v.accepts(orderOf("O", "seal", "F")) // a document bears a date
	v.now = v.now.AddDate(0, 0, -2)
	v.accepts(orderOf("P", "seal", "F"), "pillar 7 clock-order")
	i := imported(t)
	i.precision = event.Day
	i.accepts(&Arrived{})
}

func TestR13LaterFieldFactsOutsideTheGraceAreFlagged(t *testing.T) {
	v := began(t)
	v.now = v.sc.CampaignEnd.Add(72 * time.Hour)
	v.accepts(finding1("F"))
	v.now = v.now.Add(time.Second)
	v.accepts(finding1("F"), "R13 outside-campaign")
	v.now = v.sc.CampaignStart.Add(-time.Second)
	v.accepts(finding1("F"), "R13 outside-campaign", "pillar 7 clock-order")
	prepared(t).later(5000*time.Hour).accepts(recordT(), "R13 outside-campaign", "R42 late-record")
	newVisit(t).given(startedT()).later(5000*time.Hour).accepts(&Attempted{}, "R13 outside-campaign")
	newVisit(t).given(reservedT()).later(-5000 * time.Hour).accepts(&Briefed{}) // planning comes before
	v.now = morning
	v.given(punishable1("F"))
	v.now = v.sc.CampaignEnd.AddDate(0, 2, 0)
	v.accepts(fineOf("P", "F")) // the office's decision may lawfully take longer
}

func TestR13EventOfAnotherCampaignIsRefused(t *testing.T) {
	v := began(t)
	v.camp = "C2"
	v.refuses(finding1("F"), "R13 wrong-campaign", "C2")
	v.camp = ""
	v.accepts(finding1("F"))
}

func TestR16BriefingAfterArrivalIsFlagged(t *testing.T) {
	newVisit(t).given(reservedT()).accepts(&Briefed{})
	v := began(t)
	v.accepts(&Briefed{}, "R16 briefed-after-arrival")
	v.now = morning
	v.accepts(&Briefed{}) // synchronised late, but read in time
}

func TestR17VisitOutsideTheTeamsScopeIsFlagged(t *testing.T) {
	v := newVisit(t)
	v.sc.Team.Active = false
	v.accepts(startedT(), "R17 team-not-active")
	v = newVisit(t)
	v.sc.Subject.County = "610921"
	v.accepts(startedT(), "R17 county-outside-team-scope")
	v = newVisit(t)
	v.sc.Team.Counties, v.sc.Subject.County = []string{"610902"}, "610972" // a zone on the county's land
	v.accepts(startedT())
	v = newVisit(t)
	v.sc.Team.Counties, v.sc.Subject.County = []string{"610972"}, "610902"
	v.accepts(startedT(), "R17 county-outside-team-scope")
	v = newVisit(t)
	v.sc.Team.Sectors = []string{"MINE"}
	v.accepts(startedT(), "R17 sector-outside-team-scope")
	v = newVisit(t)
	v.sc.Subject.Sectors = []string{"MINE"}
	v.accepts(startedT(), "R17 sector-not-of-subject")
	v = newVisit(t)
	delete(v.sc.Team.Members, "B")
	v.accepts(startedT(), "R17 inspector-not-in-team")
	v = newVisit(t)
	v.sc.Team.Sectors, v.sc.Team.Counties = nil, nil // all
	v.accepts(startedT())
}

func TestR17AnotherTeamsTokenIsRefused(t *testing.T) {
	v := newVisit(t)
	v.actor.Team = "T2"
	v.refuses(reservedT(), "R17 not-your-team", "team T2")
	v.refuses(startedT(), "R17 not-your-team")
	v = began(t)
	v.actor.Team = "T2"
	v.refuses(finding1("F"), "R17 not-your-team")
	v.as("O", event.RoleSupervisionOffice)
	v.accepts(finding1("F"))
}

func TestR28AttemptStandsInsteadOfTheArrival(t *testing.T) {
	began(t).refuses(&Attempted{Reason: "x"}, "R28 already-arrived")
	v := newVisit(t).given(startedT(), &Attempted{Reason: "关门"})
	v.refuses(&Arrived{}, "R28 already-attempted")
	if v.st.Arrived() || !v.st.Attempted() {
		t.Error("an attempt counts as an arrival")
	}
	v = newVisit(t).given(reservedT(), &Attempted{Reason: "关门"})
	v.refuses(startedT(), "pillar 2 already-attempted")
	v.accepts(&Attempted{Reason: "还是关门"})
}

func TestR28AttemptWithoutFindingsClosesAfterTheReviewAlone(t *testing.T) {
	v := newVisit(t).given(reservedT(), &Attempted{Reason: "关门"})
	v.refuses(&Closed{}, "R51 closing-needs-review")
	v.as("L", event.RoleTeamLeader).given(&LeaderReviewed{Opinion: "x"})
	v.accepts(&Closed{})

	v = newVisit(t).given(startedT(), &Attempted{Reason: "关门"}, finding1("F"), fineOf("P", "F"))
	v.as("L", event.RoleTeamLeader).refuses(&LeaderReviewed{Opinion: "x"}, "R51 review-needs-record")
	v.refuses(&Closed{}, "R42 closing-needs-record")
}

func TestR31SecondReservationIsRefusedAndNamesTheHolder(t *testing.T) {
	v := newVisit(t)
	v.sc.HeldBy = "I-7"
	v.refuses(reservedT(), "R31 already-reserved", "I-7")
	for _, other := range []string{"verify", "team-review", "tip", "accident"} {
		d := reservedT()
		d.VisitType = other
		v.accepts(d)
	}
}

func TestR31ASecondVisitCanBeJustified(t *testing.T) {
	v := began(t)
	v.refuses(&DuplicateJustified{Reason: "x"}, "R31 not-a-duplicate")
	v.st.MarkDuplicate()
	v.accepts(&DuplicateJustified{Reason: "x"})
}

func TestR31DuplicateKeyFollowsThePolicy(t *testing.T) {
	v := newVisit(t)
	if k, ok := DuplicateKey(v.sc.Policy, "C", "S", "FIRE", "initial"); !ok || k != (Key{"C", "S", "FIRE"}) {
		t.Errorf("subject-sector: %v %v", k, ok)
	}
	if _, ok := DuplicateKey(v.sc.Policy, "", "S", "FIRE", "initial"); ok {
		t.Error("a visit outside campaigns claims a key for ever")
	}
	if _, ok := DuplicateKey(v.sc.Policy, "C", "S", "FIRE", "verify"); ok {
		t.Error("a re-check claims a key")
	}
	v.sc.Policy.DuplicateKey = "subject"
	if k, ok := DuplicateKey(v.sc.Policy, "C", "S", "FIRE", "initial"); !ok || k != (Key{"C", "S", ""}) {
		t.Errorf("subject: %v %v", k, ok)
	}
}

func TestR31VisitClaimsItsKeyUntilReleasedOrAttempted(t *testing.T) {
	p := newVisit(t).sc.Policy
	for _, c := range []struct {
		name   string
		v      *visit
		claims bool
	}{
		{"reserved", newVisit(t).given(reservedT()), true},
		{"released", newVisit(t).given(reservedT(), &Released{Reason: "x"}), false},
		{"started", newVisit(t).given(startedT()), true},
		{"attempted", newVisit(t).given(startedT(), &Attempted{Reason: "x"}), false},
		{"closed", ready(t).given(&Closed{}), true},
	} {
		if k, ok := c.v.st.Claims(p); ok != c.claims || ok && k != (Key{"C", "S", "FIRE"}) {
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
	v := newVisit(t)
	v.sc.Subject.Departments = []string{"应急管理局", "水利局"}
	v.accepts(startedT(), "R61 conflict-of-interest")
}

// The second officer that the law asks for may come later, and then signs.
func TestR42AnInspectorWhoJoinsMaySign(t *testing.T) {
	alone := startedT()
	alone.Inspectors = []string{"A"}
	v := newVisit(t)
	v.accepts(alone, "R42 too-few-inspectors")
	v.given(alone, &Arrived{}, notice()).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...)
	v.refuses(recordT(), "R42 site-record-needs-inspectors", "no inspector of this visit: B")
	v.refuses(&Joined{Person: "nobody", Reason: "x"}, "R17 unknown-person", "nobody")
	v.refuses(&Joined{Person: "A", Reason: "x"}, "R42 already-an-inspector", "A")
	before := v.st.Clone()
	v.accepts(&Joined{Person: "B", Reason: "10:20 到场"})
	v.given(&Joined{Person: "B", Reason: "10:20 到场"}).accepts(recordT())
	if before.Apply(v.event(&Joined{Person: "X", Reason: "x"})); slices.Contains(v.st.work.inspectors, "X") || len(alone.Inspectors) != 1 {
		t.Error("a clone shares the inspectors")
	}
	v.refuses(&Joined{Person: "B", Reason: "again"}, "R42 already-an-inspector")
	v.given(recordT()).as("B", event.RoleTeamLeader)
	v.sc.Team.Leader = "B"
	v.refuses(&LeaderReviewed{Opinion: "同意"}, "R51 own-inspection")
	newVisit(t).refuses(&Joined{Person: "B", Reason: "x"}, order.String()+" not-started")
}

func TestR01R17R61WhoJoinsIsJudgedLikeWhoStarts(t *testing.T) {
	v := began(t)
	v.people["X"] = PersonFacts{Known: true, HomeUnit: "应急管理局"}
	v.accepts(&Joined{Person: "X", Reason: "x"}, "R01 untrained-inspector", "R17 inspector-not-in-team", "R61 conflict-of-interest")
}
