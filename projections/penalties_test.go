package projections_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/projections"
)

// inCase puts penalties into the stream of a case that names the visit, or the subject where there is none.
func inCase(visit string, entries []*event.Event) []*event.Event {
	for _, e := range entries {
		if d, ok := e.Data.(*casefile.PenaltyDecided); ok {
			now := *d
			if now.Inspection = visit; visit == "" {
				now.Subject = "S1"
			}
			e.Stream, e.Data = event.Stream{Kind: casefile.Name, ID: "K" + e.ID.String()}, &now
		}
	}
	return entries
}

func TestAFinalPenaltyTakesThePlaceOfItsProvisionalOne(t *testing.T) {
	provisional := fine("CNY", 900, "F1")
	provisional.Final = false
	f, s := projections.NewInspectionFold("I1"), projections.NewSubjectFold("S1", projections.Selection{})
	for i, e := range inCase("I1", story(begin, general, provisional, fine("CNY", 700, "F1"))) {
		f.Apply(e)
		s.Apply(e)
		figures := s.View().Figures
		if i == 2 && (figures.PenaltiesNotFinal != 1 || figures.FindingsUndisposed != 1 || figures.Fines[0].Amount.String() != "900") {
			t.Errorf("provisional: %+v", figures)
		}
	}
	figures, v := s.View().Figures, f.View()
	if figures.Counts.Penalties != 1 || figures.PenaltiesNotFinal != 0 || len(figures.Fines) != 1 ||
		figures.Fines[0].Amount.String() != "700" || figures.FindingsUndisposed != 0 || figures.PenaltiesByKind[0].Count != 1 {
		t.Errorf("%+v", figures)
	}
	if len(v.Penalties) != 1 || !v.Penalties[0].Final || len(v.Findings[0].Penalties) != 1 || v.Counts.Penalties != 1 {
		t.Errorf("%+v, finding %+v", v.Penalties, v.Findings[0])
	}
}

// TestAPenaltyIsWithdrawnAndCorrectedInItsCase: with a visit, and without one.
func TestAPenaltyIsWithdrawnAndCorrectedInItsCase(t *testing.T) {
	for _, visit := range []string{"I1", ""} {
		entries := inCase(visit, story(begin, general, fine("CNY", 900), fine("CNY", 40)))
		first, second := entries[2], entries[3]
		less := *second.Data.(*casefile.PenaltyDecided)
		less.Fine = &event.Money{Currency: "CNY", Amount: 30}
		said := story(begin, begin, begin, begin, &correction.FactWithdrawn{Fact: event.Ref{Event: first.ID.String()}, Reason: "x"},
			&correction.FactCorrected{Fact: event.Ref{Event: second.ID.String()}, Reason: "x", Occurred: second.Occurred,
				Content: correction.Content(&less)})[4:]
		said[0].Stream, said[1].Stream = first.Stream, second.Stream
		f, s := projections.NewInspectionFold("I1"), projections.NewSubjectFold("S1", projections.Selection{})
		for _, e := range append(entries, said...) {
			e.Assurance = event.Imported
			s.Apply(e)
			if visit != "" || e.Stream.Kind == event.Inspection {
				f.Apply(e)
			}
		}
		figures := s.View().Figures
		if figures.Counts.Penalties != 1 || len(figures.Fines) != 1 || figures.Fines[0].Amount.String() != "30" {
			t.Errorf("visit %q: %+v", visit, figures)
		}
		if v := f.View(); visit != "" && (len(v.Penalties) != 1 || v.Penalties[0].Fine.Amount != 30 || v.Counts.Penalties != 1 ||
			v.Fines[0].Amount.String() != "30" || len(v.Corrections) != 2) {
			t.Errorf("the visit has %+v, %+v", v.Penalties, v.Corrections)
		}
	}
}

// TestAFailedRecheckCountsInTheYearOfItsFinding, whenever it was.
func TestAFailedRecheckCountsInTheYearOfItsFinding(t *testing.T) {
	entries := story(begin, general, &order.Verified{Findings: []string{"F1"}}, &order.Failed{Findings: []string{"F1"}})
	entries[2].Occurred, entries[3].Occurred = start.AddDate(1, 0, 0), start.AddDate(1, 1, 0)
	for year, open := range map[int]int64{2026: 1, 2027: 0} {
		s := projections.NewSubjectFold("S1", projections.Selection{Year: year})
		for _, e := range entries {
			s.Apply(e)
		}
		if f := s.View().Figures; f.FindingsOpen != open || f.FindingsFixed != 0 {
			t.Errorf("%d: %d open, %d fixed", year, f.FindingsOpen, f.FindingsFixed)
		}
	}
}
