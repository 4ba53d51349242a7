package domain

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/team"
)

func TestProperVisitClosesWithoutAFlag(t *testing.T) {
	ready(t).accepts(&inspection.Closed{})
	ready(t, punishable1("F"), orderOf("O", "rectify-at-once", "F"), fineOf("P", "F")).accepts(&inspection.Closed{})
}

func TestSiteRecordListsEverythingThatIsMissingAtOnce(t *testing.T) {
	v := began(t, func(s *setting) { s.subject.RiskClasses = []string{"high-risk-industry"} }).given(&inspection.FindingRecorded{Finding: "F",
		Description: "x",
		Level:       "general"})
	for _, d := range []event.Data{
		&inspection.RecordSigned{Signers: []inspection.Signer{{Person: "A", Certificate: "cert-A"}, {Person: "X", Certificate: "cert-X"}}},
		&inspection.SignatureRefused{Signers: []inspection.Signer{{Person: "A", Certificate: "cert-A"}, {Person: "X", Certificate: "cert-X"}}},
	} {
		v.refuses(d, "R19 site-record-needs-evidence", "findings without evidence: F (R19)", "findings without a clause: F (R19)",
			"enterprise items not answered: E-1, E-2, E-3, E-4, E-5, E-6 (R27, R33)", "high-risk items not answered: H-1, H-2, H-3, H-4 (R34)",
			"sections not completed: production, management, system (R35)", "no notice posted (R72)",
			"1 of 2 signing inspectors; no inspector of this visit: X (R42)",
			"notice-posted", "check-answered", "section-completed", "evidence-attached", "fact-corrected")
	}
}

func TestClosingListsEverythingThatIsMissingAtOnce(t *testing.T) {
	v := began(t).given(&inspection.FindingRecorded{Finding: "F", Description: "x", Level: "general", Punishable: true}, punishable1("G"),
		orderOf("O", "seal", "G"))
	v.refuses(&inspection.Closed{}, "R19 closing-needs-evidence", "findings without evidence: F (R19)", "findings without a clause: F (R19)",
		"without disposition: F (R20)",
		"without a decision: F (R41)", "does not replace the penalty: G (R56, R41)", "no site record (R42)")
	// Copies and a review are owed since the record.
	v = prepared(t, punishable1("F")).given(recordT())
	v.refuses(&inspection.Closed{}, "R20 closing-needs-disposition", "without a decision: F (R41)",
		"copies not delivered to: the subject, the local government, the city department, the supervision office (R43)",
		"no review by the leader (R51)")
	v.given(orderOf("O", "seal", "F"))
	v.refuses(&inspection.Closed{}, "R56 closing-needs-penalty", "copies not delivered to:", "no review by the leader (R51)")
}

func TestR08IdenticalFindingsAndMissingPhotosAreFlagged(t *testing.T) {
	f, g := finding1("F"), finding1("G")
	g.Description = f.Description
	prepared(t, f, g).accepts(recordT(), "R08 identical-findings")
	v := prepared(t, f, g)
	v.given(v.corrected("G", described)).accepts(recordT())

	scan := picture
	scan.MediaType = "application/pdf"
	f.Evidence = []event.Evidence{scan}
	prepared(t, f).accepts(recordT(), "R08 no-photo")
	prepared(t, f, &inspection.EvidenceAttached{Evidence: []event.Evidence{picture}}).accepts(recordT())
	prepared(t, f, &inspection.FixedOnSite{Finding: "F", Photo: &picture}).accepts(recordT())
}

func TestR19SiteRecordNeedsEvidenceAndClauseForEachFinding(t *testing.T) {
	f := finding1("F")
	f.Evidence = nil
	v := prepared(t, f)
	v.refuses(recordT(), "R19 site-record-needs-evidence", "F")
	v.refuses(refusalT(), "R19 site-record-needs-evidence", "F")
	v.given(&inspection.EvidenceAttached{Evidence: []event.Evidence{picture}}) // of the visit, not of the finding
	v.refuses(recordT(), "R19 site-record-needs-evidence", "F")
	v.given(&inspection.EvidenceAttached{Finding: "F", Evidence: []event.Evidence{picture}})
	v.accepts(recordT())
}

func TestR20ClosingNeedsADispositionOfEachFinding(t *testing.T) {
	ready(t, finding1("F"), finding1("G"), fineOf("P", "F")).refuses(&inspection.Closed{}, "R20 closing-needs-disposition", "G")
	for _, d := range []event.Data{&inspection.FixedOnSite{Finding: "G", Photo: &picture}, orderOf("O", "seal", "G"), fineOf("P2", "G"),
		exemptionOf("G")} {
		ready(t, finding1("F"), finding1("G"), fineOf("P", "F"), d).accepts(&inspection.Closed{})
	}
}

// itemsTest signs with one item of the list unanswered, then with all answered.
func itemsTest(t *testing.T, rule, kind string, highRisk bool, items ...string) {
	t.Helper()
	v := newVisit(t, func(s *setting) { s.subject.Kind, s.subject.RiskClasses = kind, risks(highRisk) })
	v.given(startedT(), &inspection.Arrived{}, notice()).given(sections()...)
	v.given(answers(items[:len(items)-1]...)...)
	last := items[len(items)-1]
	v.refuses(recordT(), rule+" site-record-needs-items", last)
	v.given(&inspection.CheckAnswered{Item: last, Answer: "not-applicable", Reason: "无"})
	v.accepts(recordT())
}

func TestR27R33EnterpriseItemsAreRequired(t *testing.T) {
	for _, kind := range []string{"enterprise", "site", "venue", "unlicensed-place"} {
		itemsTest(t, "R27", kind, false, "E-1", "E-2", "E-3", "E-4", "E-5", "E-6")
	}
}

func TestR32GovernmentUnitItemsAreRequired(t *testing.T) {
	itemsTest(t, "R32", "government-unit", false, "M-1", "M-2", "M-3", "M-4", "M-5", "M-6")
}

func TestR34HighRiskItemsAreRequiredBesides(t *testing.T) {
	itemsTest(t, "R34", "enterprise", true, "E-1", "E-2", "E-3", "E-4", "E-5", "E-6", "H-1", "H-2", "H-3", "H-4")
	itemsTest(t, "R34", "road-section", true, "H-1", "H-2", "H-3", "H-4")
}

func TestR35SiteRecordNeedsEverySection(t *testing.T) {
	v := began(t).given(notice()).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()[1:]...)
	v.refuses(recordT(), "R35 site-record-needs-sections", "production")
}

func TestR41ClosingNeedsADecisionOnEachPunishableFinding(t *testing.T) {
	ready(t, punishable1("F")).refuses(&inspection.Closed{}, "R20 closing-needs-disposition", "F (R41)")
	ready(t, punishable1("F"), fineOf("P", "F")).accepts(&inspection.Closed{})
	ready(t, punishable1("F"), exemptionOf("F")).accepts(&inspection.Closed{})
	v := ready(t, finding1("F"), exemptionOf("F"), punishable1("G"), exemptionOf("G"))
	v.accepts(&inspection.Closed{})
}

func TestR56OrderOrRepairDoesNotReplaceThePenalty(t *testing.T) {
	for _, d := range []event.Data{orderOf("O", "rectify-at-once", "F"), &inspection.FixedOnSite{Finding: "F", Photo: &picture}} {
		v := ready(t, punishable1("F"), d)
		v.refuses(&inspection.Closed{}, "R56 closing-needs-penalty", "does not replace the penalty", "R56", "R41", "F")
		v.given(fineOf("P", "F"))
		v.accepts(&inspection.Closed{})
	}
}

func TestR42ClosingNeedsASiteRecordAlsoWithoutFindings(t *testing.T) {
	prepared(t).refuses(&inspection.Closed{}, "R42 closing-needs-record")
}

func TestR42SiteRecordIsMadeOnce(t *testing.T) {
	for _, first := range []event.Data{recordT(), refusalT()} {
		v := prepared(t).given(first)
		v.refuses(recordT(), "R42 already-recorded")
		v.refuses(refusalT(), "R42 already-recorded")
	}
}

func TestR42SignersAreInspectorsOfTheVisitUnderTheirCertificates(t *testing.T) {
	v := prepared(t)
	with := func(s ...inspection.Signer) *inspection.RecordSigned {
		d := recordT()
		d.Signers = s
		return d
	}
	v.refuses(with(inspection.Signer{Person: "A", Certificate: "cert-A"}), "R42 site-record-needs-inspectors", "1 of 2")
	v.refuses(with(inspection.Signer{Person: "A", Certificate: "cert-A"}, inspection.Signer{Person: "X", Certificate: "cert-X"}),
		"R42 site-record-needs-inspectors", "no inspector of this visit: X")
	v.refuses(with(inspection.Signer{Person: "A", Certificate: "cert-A"}, inspection.Signer{Person: "B", Certificate: "cert-A"}),
		"R42 site-record-needs-inspectors", "than the register has: B (cert-B)")
	v.refuses(with(inspection.Signer{Person: "A", Certificate: "cert-A"}, inspection.Signer{Person: "Nobody", Certificate: "c"}),
		"R17 unknown-person", "Nobody")
	v.accepts(with(inspection.Signer{Person: "A", Certificate: "cert-A"}, inspection.Signer{Person: "B", Certificate: "cert-B"},
		inspection.Signer{Person: "X", Certificate: "cert-X"}))
	v = preparedIn(t, func(s *setting) { s.bare = map[string]bool{"B": true} })
	v.accepts(recordT(), "R42 certificate-unregistered")
}

func TestR42LateRecordIsFlagged(t *testing.T) {
	v := prepared(t)
	v.now = morning.Add(24 * time.Hour)
	v.accepts(recordT())
	v.now = v.now.Add(time.Second)
	v.accepts(recordT(), "R42 late-record")
	v.accepts(refusalT(), "R42 late-record")
}

func TestR42FindingAfterTheRecordIsFlaggedAndStillNeedsItsEvidence(t *testing.T) {
	v := ready(t)
	f := finding1("F")
	f.Evidence = nil
	v.accepts(f, "R42 finding-after-record", "R08 no-photo")
	v.given(f, fineOf("P", "F"))
	v.refuses(&inspection.Closed{}, "R19 closing-needs-evidence", "F")
}

func TestR42RefusedSignatureNeverBlocksTheClosing(t *testing.T) {
	v := prepared(t).later(time.Hour).given(&inspection.Departed{}, refusalT())
	for _, r := range inspection.Recipients {
		v.given(copyTo(r))
	}
	v.as("L", event.RoleTeamLeader).given(&inspection.LeaderReviewed{Opinion: "x"})
	v.accepts(&inspection.Closed{})
}

func TestR43CopyBeforeTheRecordIsRefused(t *testing.T) {
	prepared(t).refuses(copyTo("subject"), "R43 record-not-signed")
}

func TestR43ClosingNeedsEveryCopyOfTheRightDocument(t *testing.T) {
	v := prepared(t).given(recordT())
	for _, r := range inspection.Recipients[:3] {
		v.given(copyTo(r))
	}
	wrong := copyTo("safety-office")
	wrong.DocumentHash = otherHash
	v.accepts(wrong, "R43 wrong-document")
	v.given(wrong).as("L", event.RoleTeamLeader).given(&inspection.LeaderReviewed{Opinion: "x"})
	v.refuses(&inspection.Closed{}, "R43 closing-needs-copies", "the supervision office")
	v.given(copyTo("safety-office"))
	v.accepts(&inspection.Closed{}, "R37 no-departure")
}

// Leaving out what a rule judges is no way around the rule.
func TestR37R38AClosedVisitThatSaysNothingOfItselfIsFlagged(t *testing.T) {
	closing := func(facts ...event.Data) *stage {
		v := newVisit(t).given(startedT(), notice()).given(answers("E-1", "E-2", "E-3", "E-4", "E-5",
			"E-6")...).given(sections()...).given(facts...).given(recordT())
		for _, r := range inspection.Recipients {
			v.given(copyTo(r))
		}
		v.as("L", event.RoleTeamLeader).given(&inspection.LeaderReviewed{Opinion: "同意"})
		return v.as("A", event.RoleInspector)
	}
	closing().accepts(&inspection.Closed{}, "R37 no-arrival", "R38 no-conduct-declaration")
	closing(&inspection.ConductDeclared{}).accepts(&inspection.Closed{}, "R37 no-arrival")
	closing(&inspection.Arrived{}).accepts(&inspection.Closed{}, "R37 no-departure", "R38 no-conduct-declaration")
	closing(&inspection.Arrived{}, &inspection.Departed{}, &inspection.ConductDeclared{}).accepts(&inspection.Closed{})
	// Nobody could be inspected: there is nothing to declare.
	v := newVisit(t).given(reservedT(), &inspection.Attempted{Reason: "大门上锁"}).as("L",
		event.RoleTeamLeader).given(&inspection.LeaderReviewed{Opinion: "同意"})
	v.as("A", event.RoleInspector).accepts(&inspection.Closed{})
}

func TestR43UnknownRecipientsAndLateCopiesAreFlagged(t *testing.T) {
	v := prepared(t).given(recordT())
	v.accepts(copyTo("press"), "R43 unknown-recipient")
	v.now = obligation.DayOf(v.recordedAt.AddDate(0, 0, 5)).End() // the third day is a Saturday
	v.accepts(copyTo("subject"))
	v.now = v.now.Add(1)
	v.accepts(copyTo("subject"), "R43 late-copy")
	v.given(copyTo("subject"))
	v.accepts(copyTo("subject")) // met late, once
}

func TestR51OnlyTheLeaderReviewsAndNeverTheOwnVisit(t *testing.T) {
	v := prepared(t).given(recordT()).as("A", event.RoleTeamLeader)
	v.refuses(&inspection.LeaderReviewed{}, "R51 not-the-leader", "led by L", "A does not lead")
	v.as("L", event.RoleTeamLeader).accepts(&inspection.LeaderReviewed{})
	v.as("", event.RoleTeamLeader).refuses(&inspection.LeaderReviewed{}, "R51 not-the-leader")
	v.fixture.given("team/T", &team.LeaderChanged{From: "L", To: "A", Handover: "h"})
	v.as("A", event.RoleTeamLeader).refuses(&inspection.LeaderReviewed{}, "R51 own-inspection", "A")

	v = newVisit(t).given(reservedT()).as("L", event.RoleTeamLeader).given(&inspection.Attempted{Reason: "关门"})
	v.refuses(&inspection.LeaderReviewed{}, "R51 own-inspection")
}

func TestR51ReviewAndClosingNeedTheRecordAndTheReview(t *testing.T) {
	prepared(t).as("L", event.RoleTeamLeader).refuses(&inspection.LeaderReviewed{}, "R51 review-needs-record")
	v := prepared(t).given(recordT())
	for _, r := range inspection.Recipients {
		v.given(copyTo(r))
	}
	v.refuses(&inspection.Closed{}, "R51 closing-needs-review")
}

func TestR57ClosingFlagsInspectionWithoutEnforcement(t *testing.T) {
	fixedF := &inspection.FixedOnSite{Finding: "F", Photo: &picture}
	ready(t).accepts(&inspection.Closed{})
	ready(t, finding1("F"), fixedF).accepts(&inspection.Closed{}, "R57 inspect-only")
	ready(t, finding1("F"), orderOf("O", "seal", "F")).accepts(&inspection.Closed{}, "R57 enforce-no-penalty")
	ready(t, finding1("F"), orderOf("O", "seal", "F"), exemptionOf("F")).accepts(&inspection.Closed{})
	ready(t, finding1("F"), exemptionOf("F")).accepts(&inspection.Closed{})
}

func TestR72SiteRecordNeedsTheNotice(t *testing.T) {
	v := began(t).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...)
	v.refuses(recordT(), "R72 site-record-needs-notice", "notice-posted")
	v.refuses(refusalT(), "R72 site-record-needs-notice")
}

func TestAfterTheClosingOnlyLateDecisionsAndCopiesFollow(t *testing.T) {
	closedVisit := func() *stage { return ready(t, punishable1("F"), fineOf("P", "F")).given(&inspection.Closed{}) }
	v := closedVisit()
	v.accepts(fineOf("P2", "F"), "R41 fined-again")
	v.accepts(exemptionOf("F"), "R20 closed-open")
	v.accepts(orderOf("O", "stop", "F"))
	v.accepts(copyTo("subject"))
	v.accepts(v.corrected("F", described), "R20 corrected-after-closing")
	for _, d := range []event.Data{
		&inspection.Arrived{}, &inspection.Departed{}, &inspection.Briefed{}, &inspection.Attempted{}, notice(), &inspection.ConductDeclared{},
		answers("E-1")[0], sections()[0], finding1("G"),
		&inspection.EvidenceAttached{}, &inspection.FixedOnSite{Finding: "F"}, &inspection.ServiceProvided{}, recordT(), refusalT(),
		&inspection.LeaderReviewed{}, &inspection.Closed{},
	} {
		v.forIt(d).refuses(d, "pillar 2 inspection-closed")
	}
	v.as("A", event.RoleInspector)
	v.refuses(fineOf("P", "F"), "R41 penalty-exists")
	v.refuses(fineOf("P3", "G"), "R19 unknown-finding")
	v.refuses(startedT(), "pillar 2 already-started")
}

func TestLateFactFromBeforeTheClosingIsAcceptedAndFlagged(t *testing.T) {
	v := ready(t).given(&inspection.Closed{})
	v.now = morning.Add(10 * time.Minute)
	v.accepts(&inspection.EvidenceAttached{Evidence: []event.Evidence{picture}}, "R20 late-after-closing")
	v.accepts(finding1("F"), "R20 late-after-closing", "R42 finding-after-record", "R57 inspect-only", "R20 closed-open")
	v.refuses(recordT(), "pillar 2 inspection-closed")
}

func TestImportsMayAppendFindingsAndPenaltiesAtAnyTime(t *testing.T) {
	v := importedVisit(t).later(1000 * time.Hour)
	v.accepts(finding1("F"))
	v.given(finding1("F"))
	v.accepts(fineOf("P", "F"))
	v.accepts(v.corrected("F", described))
}

// An import is answered as if the visit of inspectors did not exist.
func TestImportsMayNotAddToAVisitOfInspectors(t *testing.T) {
	for _, v := range []*stage{began(t), newVisit(t).given(reservedT()), ready(t).given(&inspection.Closed{})} {
		stream := v.stream
		v.imports().stream = stream
		v.refuses(finding1("F"), "pillar 2 not-started")
	}
}

func TestImportedFindingIsCorrectedByItsSourceOnly(t *testing.T) {
	start := startedT()
	start.Inspectors = nil
	v := newVisit(t).imports().given(start, finding1("F"))
	v.actor, v.assurance = event.Actor{Person: "A", Role: event.RoleInspector, Team: "T"}, event.Token
	v.given(notice(), finding1("G"), finding1("H"))
	v.refuses(v.corrected("F", described), "pillar 17 not-yours")
	v.accepts(v.corrected("H", described))
}

func TestR47MajorFindingAfterTheRecordIsFlaggedAtTheClosing(t *testing.T) {
	ready(t, major1("F"), orderOf("O", "seal", "F"), exemptionOf("F")).accepts(&inspection.Closed{})
	ready(t).given(major1("G"), exemptionOf("G")).accepts(&inspection.Closed{}, "R47 major-without-stop")
}
