package domain

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/projections"
)

// obey appends a whole visit that keeps every rule and fails on any flag or refusal.
func obey(t *testing.T, rt *rapid.T) {
	v := newVisit(t, func(s *setting) {
		s.subject.Kind = rapid.SampledFrom([]string{"enterprise", "venue", "road-section", "government-unit"}).Draw(rt, "kind")
		s.subject.RiskClasses = risks(rapid.Bool().Draw(rt, "high risk"))
	})
	ok := func(d event.Data) {
		if flags := v.append(d); len(flags) > 0 {
			t.Fatalf("%T of an obedient visit is flagged: %v", d, flags)
		}
		switch d.(type) {
		case *correction.FactCorrected, *casefile.NoPenaltyDecided:
			v.approve()
		}
	}
	if rapid.Bool().Draw(rt, "reserved") {
		ok(reservedT())
		ok(&inspection.Briefed{})
	}
	ok(startedT())
	ok(&inspection.Arrived{})
	ok(&inspection.ConductDeclared{})

	work := append([]event.Data{notice(), &inspection.CertificatesShown{}}, sections()...)
	policy := campaign.DefaultPolicy()
	for _, profile := range []string{"enterprise", "government-unit", "high-risk"} {
		work = append(work, answers(policy.RequiredItems[profile]...)...)
	}
	for n := range rapid.IntRange(0, 5).Draw(rt, "findings") {
		work = append(work, finding1("F"+strconv.Itoa(n)))
	}
	for _, d := range rapid.Permutation(work).Draw(rt, "order of work") {
		ok(d)
		if f, is := d.(*inspection.FindingRecorded); is {
			dispose(rt, v, f.Finding, ok)
		}
	}
	v.later(time.Hour)
	ending := []event.Data{&inspection.Departed{}, rapid.SampledFrom([]event.Data{recordT(), refusalT()}).Draw(rt, "record")}
	for _, d := range rapid.Permutation(ending).Draw(rt, "order of ending") {
		ok(d)
	}
	for _, r := range rapid.Permutation(inspection.Recipients).Draw(rt, "order of copies") {
		ok(copyTo(r))
	}
	v.as("L", event.RoleTeamLeader)
	ok(&inspection.LeaderReviewed{Opinion: "x"})
	ok(&inspection.Closed{})
}

// dispose grades, punishes or excuses a finding, with or without a measure and a repair.
func dispose(rt *rapid.T, v *stage, id string, ok func(event.Data)) {
	if rapid.Bool().Draw(rt, "major") {
		ok(v.corrected(id, func(d *inspection.FindingRecorded) { d.Level, d.Punishable = "major", true }))
		ok(orderOf("O-"+id, rapid.SampledFrom(halting).Draw(rt, "measure"), id))
	}
	if rapid.Bool().Draw(rt, "fixed") {
		ok(&inspection.FixedOnSite{Finding: id, Photo: &picture})
	}
	if rapid.Bool().Draw(rt, "punished") {
		ok(fineOf("P-"+id, id))
	} else {
		ok(exemptionOf(id))
	}
}

var halting = []string{"withdraw-people", "stop", "stop-using", "seal"}

func TestObedientVisitIsNeverRefusedNorFlagged(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { obey(t, rt) })
}

// Whatever was recorded before: what a closing promises (R19, R20, R41, R42, R51) holds in the view of the visit,
// which knows nothing of gates.
func TestClosingIsNeverAcceptedWithAnOpenObligation(t *testing.T) {
	closed := 0
	rapid.Check(t, func(rt *rapid.T) {
		events := dice{rt, drawing(newFixture(t))}.history()
		w := drawing(campaignFixture(t))
		for _, e := range events {
			recorded, err := take(w, e)
			if err != nil {
				continue
			}
			if _, ok := recorded[0].Data.(*inspection.Closed); ok && recorded[0].Stream.Kind == event.Inspection {
				fold := projections.NewInspectionFold(e.Stream.ID)
				var visits kinds.Visits
				for _, o := range w.log {
					if id, is := visits.Of(o); is && id == e.Stream.ID {
						fold.Apply(o)
					}
				}
				checkClosable(rt, fold.View())
				closed++
			}
		}
	})
	if closed == 0 {
		t.Error("no history closed a visit")
	}
}

func checkClosable(t *rapid.T, v projections.InspectionView) {
	asked := func(s projections.Standing) bool { return s.State == projections.StandingAsked }
	for i := range v.Findings {
		f := &v.Findings[i]
		final := slices.ContainsFunc(v.Penalties, func(p projections.Penalty) bool { return p.Final && slices.Contains(p.Findings, f.Finding) })
		switch {
		case len(f.Evidence)+len(f.Attached) == 0 || len(f.Current.Clauses) == 0:
			t.Fatalf("closed with finding %s unsubstantiated", f.Finding)
		case f.Fixed == nil && len(f.Orders) == 0 && !final && !f.Unpunished:
			t.Fatalf("closed with finding %s undisposed", f.Finding)
		case f.Current.Punishable && !final && !f.Unpunished:
			t.Fatalf("closed with finding %s unpunished", f.Finding)
		}
	}
	if slices.ContainsFunc(v.Corrections, func(c projections.Correction) bool { return asked(c.Standing) }) {
		t.Fatal("closed while a correction waits")
	}
	if slices.ContainsFunc(v.NoPenalties, func(n projections.NoPenalty) bool { return asked(n.Standing) }) {
		t.Fatal("closed while a decision not to punish waits")
	}
	if v.Record == nil && (v.Attempted == nil || len(v.Findings) > 0) || v.Review == nil {
		t.Fatal("closed without record or review")
	}
}
