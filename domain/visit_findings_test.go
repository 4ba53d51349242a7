package domain

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

func TestR19FindingIDIsUnique(t *testing.T) {
	v := began(t).given(finding1("F"))
	v.refuses(finding1("F"), "R19 finding-exists")
	importedVisit(t).given(finding1("F")).refuses(finding1("F"), "R19 finding-exists")
	began(t).refuses(&inspection.FindingRecorded{Finding: "F", Description: "x"}, "R19 level-required")
}

func TestR19EventsAboutUnknownFindingsAreRefused(t *testing.T) {
	for _, d := range []event.Data{
		&inspection.EvidenceAttached{Finding: "G"}, &inspection.FixedOnSite{Finding: "G", Photo: &picture},
		orderOf("O", "rectify-at-once", "F", "G"), fineOf("P", "F", "G"), exemptionOf("G"),
	} {
		v := began(t).given(finding1("F"))
		v.refuses(d, "R19 unknown-finding", "G")
		if i := importedVisit(t).given(finding1("F")); i.made(d).Type.Import {
			i.refuses(d, "R19 unknown-finding", "G")
		}
	}
}

func TestR19CorrectionReplacesLevelClausesAndPunishable(t *testing.T) {
	f := finding1("F")
	f.Clauses = nil
	v := prepared(t, f)
	v.refuses(recordT(), "R19 site-record-needs-clause", "F")
	v.given(v.corrected("F", func(d *inspection.FindingRecorded) {
		d.Level, d.Clauses, d.Punishable = "major", []event.Citation{clause}, true
	})).approve()
	v.given(exemptionOf("F"))
	v.accepts(recordT(), "R47 major-without-stop")
	v.given(v.corrected("F", func(d *inspection.FindingRecorded) { d.Level, d.Punishable = "general", false })).approve()
	v.accepts(recordT())
}

func TestR20OrderAndPenaltyIDsAreUnique(t *testing.T) {
	v := began(t).given(finding1("F"), orderOf("O", "seal", "F"), fineOf("P", "F"))
	v.refuses(orderOf("O", "seal", "F"), "R20 order-exists")
	v.refuses(fineOf("P", "F"), "R41 penalty-exists")
	v.accepts(orderOf("P", "seal", "F"))
	v.accepts(fineOf("O", "F"), "R41 fined-again")
}

func TestR20FixWithoutPhotoIsFlagged(t *testing.T) {
	v := began(t).given(finding1("F"))
	v.accepts(&inspection.FixedOnSite{Finding: "F"}, "R20 fix-without-photo")
	v.accepts(&inspection.FixedOnSite{Finding: "F", Photo: &picture})
	importedVisit(t).given(finding1("F")).accepts(&inspection.FixedOnSite{Finding: "F"})
}

func TestR37ShortStayIsFlaggedByKindOfSubject(t *testing.T) {
	stay := func(kind string, d time.Duration, want ...string) {
		t.Helper()
		v := began(t, func(s *setting) { s.subject.Kind = kind }).given(sections()...)
		v.now = v.arrivedAt.Add(d)
		v.accepts(&inspection.Departed{}, want...)
	}
	stay("enterprise", 20*time.Minute)
	stay("enterprise", 20*time.Minute-time.Second, "R37 visit-too-short")
	stay("road-section", 10*time.Minute)
	stay("road-section", 10*time.Minute-time.Second, "R37 visit-too-short")
	stay("enterprise", -40*time.Minute, "pillar 7 clock-order")
}

func TestR37StayBeginsWithTheFirstArrival(t *testing.T) {
	v := began(t).given(sections()...)
	first := v.arrivedAt
	v.now = first.Add(15 * time.Minute)
	v.given(&inspection.Arrived{}) // a second inspector
	v.now = first.Add(20 * time.Minute)
	v.accepts(&inspection.Departed{})
	v.now = first.Add(-5 * time.Minute)
	v.given(&inspection.Arrived{}) // synchronised late
	v.now = first.Add(15 * time.Minute)
	v.accepts(&inspection.Departed{})
}

func TestR37DepartureNeedsAnArrival(t *testing.T) {
	newVisit(t).given(startedT()).refuses(&inspection.Departed{}, "R37 not-arrived")
}

func TestR37SkippedItemsAndSectionsAreFlagged(t *testing.T) {
	v := began(t)
	v.accepts(&inspection.SectionCompleted{Section: "system", Skipped: []inspection.Skipped{{Item: "E-9", Reason: "停产"}}}, "R37 items-skipped")
	v.given(sections()[:2]...).later(time.Hour)
	v.accepts(&inspection.Departed{}, "R37 sections-skipped")
}

func TestR38EachBreachOfConductIsFlaggedApart(t *testing.T) {
	v := began(t)
	v.accepts(&inspection.ConductDeclared{})
	v.accepts(&inspection.ConductDeclared{AdvanceNotice: true, BriefingHeard: true, Accompanied: []string{"镇长"}, Reception: true},
		"R38 advance-notice", "R38 briefing-heard", "R38 accompanied", "R38 reception")
	v.accepts(&inspection.ConductDeclared{Accompanied: []string{"镇长"}}, "R38 accompanied")
}

func TestR41FineWithoutFinalDecisionIsFlaggedAlsoInImports(t *testing.T) {
	v := began(t).given(punishable1("F"))
	p := fineOf("P", "F")
	p.Final = false
	v.accepts(p, "R41 fine-without-decision")
	v.accepts(&casefile.PenaltyDecided{Penalty: "P", Findings: []string{"F"}, Kind: "warning", LegalBasis: []event.Citation{clause}})
	importedVisit(t).given(punishable1("F")).accepts(p, "R41 fine-without-decision")
}

func TestR46StopWithoutGroundOrHazardIsRefused(t *testing.T) {
	v := began(t).given(finding1("F"))
	for _, kind := range []string{"stop", "stop-using"} {
		d := orderOf("O", kind, "F")
		v.accepts(d)
		d.LegalBasis = nil
		v.refuses(d, "R46 stop-without-ground")
		v.refuses(orderOf("O", kind), "R46 stop-without-ground")
	}
	d := orderOf("O", "rectify-at-once", "F")
	d.LegalBasis = nil
	v.accepts(d)
}

func TestR47MajorFindingWithoutStopIsFlaggedOnce(t *testing.T) {
	v := prepared(t, major1("F"), orderOf("O", "rectify-by-date", "F")).later(time.Hour)
	v.accepts(&inspection.Departed{}, "R47 major-without-stop")
	v.accepts(recordT(), "R47 major-without-stop")
	v.given(&inspection.Departed{})
	v.accepts(recordT())
	v.given(major1("G"))
	v.accepts(recordT(), "R47 major-without-stop")
	for _, kind := range []string{"withdraw-people", "stop", "stop-using", "seal"} {
		prepared(t, major1("F"), orderOf("O", kind, "F")).later(time.Hour).accepts(&inspection.Departed{})
	}
}
