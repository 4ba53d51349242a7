package inspection

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

func TestProperVisitClosesWithoutAFlag(t *testing.T) {
	ready(t).accepts(&Closed{})
	ready(t, punishable1("F"), orderOf("O", "rectify-at-once", "F"), fineOf("P", "F")).accepts(&Closed{})
}

func TestSiteRecordListsEverythingThatIsMissingAtOnce(t *testing.T) {
	v := began(t).given(&FindingRecorded{Finding: "F", Description: "x", Level: "general"})
	v.sc.Subject.HighRisk = true
	for _, d := range []event.Data{
		&RecordSigned{Signers: []Signer{{"A", "cert-A"}, {"X", "cert-X"}}}, &SignatureRefused{Signers: []Signer{{"A", "cert-A"}, {"X", "cert-X"}}},
	} {
		v.refuses(d, "R19 site-record-needs-evidence", "findings without evidence: F (R19)", "findings without a clause: F (R19)",
			"enterprise items not answered: E-1, E-2, E-3, E-4, E-5, E-6 (R27, R33)", "high-risk items not answered: H-1, H-2, H-3, H-4 (R34)",
			"sections not completed: production, management, system (R35)", "no notice posted (R72)", "1 of 2 signing inspectors; no inspector of this visit: X (R42)",
			"notice-posted", "check-answered", "section-completed", "evidence-attached", "fact-corrected")
	}
}

func TestClosingListsEverythingThatIsMissingAtOnce(t *testing.T) {
	v := began(t).given(&FindingRecorded{Finding: "F", Description: "x", Level: "general", Punishable: true}, punishable1("G"), orderOf("O", "seal", "G"))
	v.refuses(&Closed{}, "R19 closing-needs-evidence", "findings without evidence: F (R19)", "findings without a clause: F (R19)", "without disposition: F (R20)",
		"without a decision: F (R41)", "does not replace the penalty: G (R56, R41)", "no site record (R42)",
		"copies not delivered to: the subject, the local government, the city department, the supervision office (R43)", "no review by the leader (R51)")
}

func TestR08IdenticalFindingsAndMissingPhotosAreFlagged(t *testing.T) {
	f, g := finding1("F"), finding1("G")
	g.Description = f.Description
	prepared(t, f, g).accepts(recordT(), "R08 identical-findings")
	v := prepared(t, f, g)
	v.given(v.corrected("G", described)).accepts(recordT())

	scan := photo
	scan.MediaType = "application/pdf"
	f.Evidence = []event.Evidence{scan}
	prepared(t, f).accepts(recordT(), "R08 no-photo")
	prepared(t, f, &EvidenceAttached{Evidence: []event.Evidence{photo}}).accepts(recordT())
	prepared(t, f, &FixedOnSite{Finding: "F", Photo: &photo}).accepts(recordT())
}

func TestR19SiteRecordNeedsEvidenceAndClauseForEachFinding(t *testing.T) {
	f := finding1("F")
	f.Evidence = nil
	v := prepared(t, f)
	v.refuses(recordT(), "R19 site-record-needs-evidence", "F")
	v.refuses(refusalT(), "R19 site-record-needs-evidence", "F")
	v.given(&EvidenceAttached{Evidence: []event.Evidence{photo}}) // of the visit, not of the finding
	v.refuses(recordT(), "R19 site-record-needs-evidence", "F")
	v.given(&EvidenceAttached{Finding: "F", Evidence: []event.Evidence{photo}})
	v.accepts(recordT())
}

func TestR20ClosingNeedsADispositionOfEachFinding(t *testing.T) {
	ready(t, finding1("F"), finding1("G"), fineOf("P", "F")).refuses(&Closed{}, "R20 closing-needs-disposition", "G")
	for _, d := range []event.Data{&FixedOnSite{Finding: "G", Photo: &photo}, orderOf("O", "seal", "G"), fineOf("P2", "G"), pardonOf("G")} {
		ready(t, finding1("F"), finding1("G"), fineOf("P", "F"), d).accepts(&Closed{})
	}
}

// itemsTest signs with one item of the list unanswered, then with all answered.
func itemsTest(t *testing.T, rule, kind string, highRisk bool, items ...string) {
	t.Helper()
	v := newVisit(t)
	v.sc.Subject.Kind, v.sc.Subject.HighRisk = kind, highRisk
	v.given(startedT(), &Arrived{}, notice()).given(sections()...)
	v.given(answers(items[:len(items)-1]...)...)
	last := items[len(items)-1]
	v.refuses(recordT(), rule+" site-record-needs-items", last)
	v.given(&CheckAnswered{Item: last, Answer: "not-applicable", Reason: "无"})
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
	ready(t, punishable1("F")).refuses(&Closed{}, "R20 closing-needs-disposition", "F (R41)")
	ready(t, punishable1("F"), fineOf("P", "F")).accepts(&Closed{})
	ready(t, punishable1("F"), pardonOf("F")).accepts(&Closed{})
	v := ready(t, finding1("F"), pardonOf("F"), punishable1("G"), pardonOf("G"))
	v.accepts(&Closed{})
}

func TestR56OrderOrRepairDoesNotReplaceThePenalty(t *testing.T) {
	for _, d := range []event.Data{orderOf("O", "rectify-at-once", "F"), &FixedOnSite{Finding: "F", Photo: &photo}} {
		v := ready(t, punishable1("F"), d)
		v.refuses(&Closed{}, "R56 closing-needs-penalty", "does not replace the penalty", "R56", "R41", "F")
		v.given(fineOf("P", "F"))
		v.accepts(&Closed{})
	}
}

func TestR42ClosingNeedsASiteRecordAlsoWithoutFindings(t *testing.T) {
	prepared(t).refuses(&Closed{}, "R42 closing-needs-record")
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
	with := func(s ...Signer) *RecordSigned {
		d := recordT()
		d.Signers = s
		return d
	}
	v.refuses(with(Signer{"A", "cert-A"}), "R42 site-record-needs-inspectors", "1 of 2")
	v.refuses(with(Signer{"A", "cert-A"}, Signer{"X", "cert-X"}), "R42 site-record-needs-inspectors", "no inspector of this visit: X")
	v.refuses(with(Signer{"A", "cert-A"}, Signer{"B", "cert-A"}), "R42 site-record-needs-inspectors", "than the register has: B (cert-B)")
	v.refuses(with(Signer{"A", "cert-A"}, Signer{"Nobody", "c"}), "R17 unknown-person", "Nobody")
	v.accepts(with(Signer{"A", "cert-A"}, Signer{"B", "cert-B"}, Signer{"X", "cert-X"}))
	v.people["B"] = PersonFacts{Known: true, Trained: "2019-11-14"}
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
	v.accepts(f, "R42 finding-after-record")
	v.given(f, fineOf("P", "F"))
	v.refuses(&Closed{}, "R19 closing-needs-evidence", "F")
}

func TestR42RefusedSignatureNeverBlocksTheClosing(t *testing.T) {
	v := prepared(t).later(time.Hour).given(&Departed{}, refusalT())
	for _, r := range Recipients {
		v.given(copyTo(r))
	}
	v.as("L", event.RoleTeamLeader).given(&LeaderReviewed{Opinion: "x"})
	v.accepts(&Closed{})
}

func TestR43CopyBeforeTheRecordIsRefused(t *testing.T) {
	prepared(t).refuses(copyTo("subject"), "R43 record-not-signed")
}

func TestR43ClosingNeedsEveryCopyOfTheRightDocument(t *testing.T) {
	v := prepared(t).given(recordT())
	for _, r := range Recipients[:3] {
		v.given(copyTo(r))
	}
	wrong := copyTo("safety-office")
	wrong.DocumentHash = otherHash
	v.accepts(wrong, "R43 wrong-document")
	v.given(wrong).as("L", event.RoleTeamLeader).given(&LeaderReviewed{Opinion: "x"})
	v.refuses(&Closed{}, "R43 closing-needs-copies", "the supervision office")
	v.given(copyTo("safety-office"))
	v.accepts(&Closed{}, "R37 no-departure")
}

// Leaving out what a rule judges is no way around the rule.
func TestR37R38AClosedVisitThatSaysNothingOfItselfIsFlagged(t *testing.T) {
	visit := func(facts ...event.Data) *visit {
		v := newVisit(t).given(startedT(), notice()).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...).given(facts...).given(recordT())
		for _, r := range Recipients {
			v.given(copyTo(r))
		}
		v.as("L", event.RoleTeamLeader).given(&LeaderReviewed{Opinion: "同意"})
		return v.as("A", event.RoleInspector)
	}
	visit().accepts(&Closed{}, "R37 no-arrival", "R38 no-conduct-declaration")
	visit(&ConductDeclared{}).accepts(&Closed{}, "R37 no-arrival")
	visit(&Arrived{}).accepts(&Closed{}, "R37 no-departure", "R38 no-conduct-declaration")
	visit(&Arrived{}, &Departed{}, &ConductDeclared{}).accepts(&Closed{})
	// Nobody could be inspected: there is nothing to declare.
	v := newVisit(t).given(reservedT(), &Attempted{Reason: "大门上锁"}).as("L", event.RoleTeamLeader).given(&LeaderReviewed{Opinion: "同意"})
	v.as("A", event.RoleInspector).accepts(&Closed{})
}

func TestR43UnknownRecipientsAndLateCopiesAreFlagged(t *testing.T) {
	v := prepared(t).given(recordT())
	v.accepts(copyTo("press"), "R43 unknown-recipient")
	v.now = v.st.work.recordedAt.AddDate(0, 0, 3)
	v.accepts(copyTo("subject"))
	v.now = v.now.Add(time.Second)
	v.accepts(copyTo("subject"), "R43 late-copy")
}

func TestR51OnlyTheLeaderReviewsAndNeverTheOwnVisit(t *testing.T) {
	v := prepared(t).given(recordT())
	v.refuses(&LeaderReviewed{}, "R51 not-the-leader", "led by L", "not by A")
	v.as("L", event.RoleTeamLeader).accepts(&LeaderReviewed{})
	v.as("", event.RoleTeamLeader).refuses(&LeaderReviewed{}, "R51 not-the-leader")
	v.as("A", event.RoleTeamLeader).sc.Team.Leader = "A"
	v.refuses(&LeaderReviewed{}, "R51 own-inspection", "A")

	v = newVisit(t).given(reservedT()).as("L", event.RoleTeamLeader).given(&Attempted{Reason: "关门"})
	v.refuses(&LeaderReviewed{}, "R51 own-inspection")
}

func TestR51ReviewAndClosingNeedTheRecordAndTheReview(t *testing.T) {
	prepared(t).as("L", event.RoleTeamLeader).refuses(&LeaderReviewed{}, "R51 review-needs-record")
	v := prepared(t).given(recordT())
	for _, r := range Recipients {
		v.given(copyTo(r))
	}
	v.refuses(&Closed{}, "R51 closing-needs-review")
}

func TestR57ClosingFlagsInspectionWithoutEnforcement(t *testing.T) {
	fixedF := &FixedOnSite{Finding: "F", Photo: &photo}
	ready(t).accepts(&Closed{})
	ready(t, finding1("F"), fixedF).accepts(&Closed{}, "R57 inspect-only")
	ready(t, finding1("F"), orderOf("O", "seal", "F")).accepts(&Closed{}, "R57 enforce-no-penalty")
	ready(t, finding1("F"), orderOf("O", "seal", "F"), pardonOf("F")).accepts(&Closed{})
	ready(t, finding1("F"), pardonOf("F")).accepts(&Closed{})
}

func TestR72SiteRecordNeedsTheNotice(t *testing.T) {
	v := began(t).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...)
	v.refuses(recordT(), "R72 site-record-needs-notice", "notice-posted")
	v.refuses(refusalT(), "R72 site-record-needs-notice")
}

func TestAfterTheClosingOnlyLateDecisionsAndCopiesFollow(t *testing.T) {
	closedVisit := func() *visit { return ready(t, punishable1("F"), fineOf("P", "F")).given(&Closed{}) }
	v := closedVisit()
	v.accepts(fineOf("P2", "F"), "R41 fined-again")
	v.accepts(pardonOf("F"))
	v.accepts(orderOf("O", "stop", "F"))
	v.accepts(copyTo("subject"))
	v.accepts(v.corrected("F", described), "R41 milder-correction", "R20 corrected-after-closing") // finding1 is not punishable
	for _, d := range []event.Data{
		&Arrived{}, &Departed{}, &Briefed{}, &Attempted{}, notice(), &ConductDeclared{}, answers("E-1")[0], sections()[0], finding1("G"),
		&EvidenceAttached{}, &FixedOnSite{Finding: "F"}, &ServiceProvided{}, recordT(), refusalT(), &LeaderReviewed{}, &Closed{},
	} {
		v.refuses(d, "pillar 2 inspection-closed")
	}
	v.refuses(fineOf("P", "F"), "R41 penalty-exists")
	v.refuses(fineOf("P3", "G"), "R19 unknown-finding")
	v.refuses(startedT(), "pillar 2 already-started")
}

func TestLateFactFromBeforeTheClosingIsAcceptedAndFlagged(t *testing.T) {
	v := ready(t).given(&Closed{})
	v.now = morning.Add(10 * time.Minute)
	v.accepts(&EvidenceAttached{Evidence: []event.Evidence{photo}}, "R20 late-after-closing")
	v.accepts(finding1("F"), "R20 late-after-closing", "R42 finding-after-record")
	v.refuses(recordT(), "pillar 2 inspection-closed")
}

func TestImportsMayAppendFindingsAndPenaltiesAtAnyTime(t *testing.T) {
	v := imported(t).given(&Closed{}).later(1000 * time.Hour)
	v.accepts(finding1("F"))
	v.given(finding1("F"))
	v.accepts(fineOf("P", "F"))
	v.accepts(v.corrected("F", described))
}

func TestImportsMayNotAddToAVisitOfInspectors(t *testing.T) {
	for _, v := range []*visit{began(t), newVisit(t).given(reservedT()), ready(t).given(&Closed{})} {
		v.imports().refuses(finding1("F"), "R74 not-an-imported-visit", "inspectors")
	}
}

func TestClosedVisitKeepsOnlyWhatLaterRulesNeed(t *testing.T) {
	st := ready(t, punishable1("F"), fineOf("P", "F")).given(&Closed{}).st
	if st.work != nil || cap(st.findings) != 1 || cap(st.penalties) != 1 {
		t.Errorf("not shrunk: work %v, room for %d findings and %d penalties", st.work, cap(st.findings), cap(st.penalties))
	}
}

func TestImportedVisitKeepsOnlyWhatLaterRulesNeed(t *testing.T) {
	start := startedT()
	start.Inspectors = nil
	v := newVisit(t).imports().given(start, finding1("F"), answers("Q-1")[0], fineOf("P", "F"))
	if v.st.work != nil || len(v.st.findings) != 1 {
		t.Errorf("keeps %+v and %d findings", v.st.work, len(v.st.findings))
	}
}

func TestImportedFindingIsCorrectedByItsSourceOnly(t *testing.T) {
	start := startedT()
	start.Inspectors = nil
	v := newVisit(t).imports().given(start, finding1("F"))
	late := newVisit(t)
	late.st, late.camp = v.st, ""
	late.given(notice(), finding1("G"), finding1("H"))
	late.refuses(late.corrected("F", described), "pillar 17 not-yours")
	late.accepts(late.corrected("H", described))
}

func TestR47MajorFindingAfterTheRecordIsFlaggedAtTheClosing(t *testing.T) {
	ready(t, major1("F"), orderOf("O", "seal", "F"), pardonOf("F")).accepts(&Closed{})
	ready(t).given(major1("G"), pardonOf("G")).accepts(&Closed{}, "R47 major-without-stop")
}

func TestEveryRuleThatAnswersIsDeclaredWithItsType(t *testing.T) {
	declared := func(name string, rule law.Rule) bool {
		i := slices.IndexFunc(Types, func(x *event.Type) bool { return x.Name == name })
		return slices.Contains(Types[i].Rules, rule)
	}
	for name, rules := range map[string][]law.Rule{
		"assignment-reserved": {law.R17, law.R18, law.R31}, "inspection-started": {law.R01, law.R13, law.R17, law.R18, law.R31, law.R42, law.R61},
		"pre-inspection-briefed": {law.R16}, "inspection-attempted": {law.R28}, "inspector-arrived": {law.R28}, "inspector-departed": {law.R37, law.R47},
		"conduct-declared": {law.R38}, "section-completed": {law.R37}, "finding-recorded": {law.R19, law.R42}, "fact-corrected": {law.R19, law.R20},
		"evidence-attached": {law.R19}, "finding-fixed-on-site": {law.R20}, "order-issued": {law.R20, law.R46}, "penalty-decided": {law.R41}, "no-penalty-decided": {law.R41},
		"site-record-signed": {law.R08, law.R19, law.R27, law.R32, law.R33, law.R34, law.R35, law.R42, law.R47, law.R72},
		"signature-refused":  {law.R08, law.R19, law.R27, law.R32, law.R33, law.R34, law.R35, law.R42, law.R47, law.R72},
		"copy-delivered":     {law.R43}, "duplicate-justified": {law.R31}, "leader-reviewed": {law.R51},
		"inspection-closed": {law.R19, law.R20, law.R41, law.R42, law.R43, law.R47, law.R51, law.R56, law.R57},
	} {
		for _, r := range rules {
			if !declared(name, r) {
				t.Errorf("%s does not declare %s", name, r)
			}
		}
	}
}
