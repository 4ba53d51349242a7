package projections_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
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

// ofOneCase puts what is about penalties into the stream of one case, of the visit or (with "") of none.
func ofOneCase(visit string, bodies ...event.Data) []*event.Event {
	entries := story(bodies...)
	for _, e := range entries {
		e.Assurance = event.Signed
		switch d := e.Data.(type) {
		case *casefile.PenaltyDecided:
			now := *d
			if now.Inspection = visit; visit == "" {
				now.Subject, now.Findings = "S1", nil
			}
			e.Data = &now
		case *casefile.PaymentRecorded, *casefile.DecisionChanged:
		default:
			continue
		}
		e.Stream = event.Stream{Kind: casefile.Name, ID: "gz1"}
	}
	return entries
}

func pays(penalty, direction string, amount int64) *casefile.PaymentRecorded {
	return &casefile.PaymentRecorded{Penalty: penalty, Direction: direction, Amount: event.Money{Currency: "CNY", Amount: amount}}
}

func revises(amount int64) *casefile.DecisionChanged {
	return &casefile.DecisionChanged{Penalty: "X1", Change: "revised", By: "review", Reason: "x",
		Fine: &event.Money{Currency: "CNY", Amount: amount}}
}

var annuls = &casefile.DecisionChanged{Penalty: "X1", Change: "annulled", By: "court", Reason: "x"}

// TestFiguresOfAPenaltyFollowIt to its end: paid, revised, refunded, annulled, with a visit and without one.
func TestFiguresOfAPenaltyFollowIt(t *testing.T) {
	unstated := fine("CNY", 0, "F1")
	unstated.Fine, unstated.Unknown = nil, event.Unknown{"fine"}
	for _, c := range []struct {
		what                                      string
		then                                      []event.Data
		fines, paid, refunded, unpaid             int64
		penalties, unknown, open, revised, undone int64
		state                                     string
	}{
		{"decided", []event.Data{fine("CNY", 900, "F1")}, 900, 0, 0, 900, 1, 0, 1, 0, 0, "final"},
		{"half paid", []event.Data{fine("CNY", 900, "F1"), pays("X1", "paid", 400)}, 900, 400, 0, 500, 1, 0, 1, 0, 0, "final"},
		{"paid", []event.Data{fine("CNY", 900, "F1"), pays("X1", "paid", 400), pays("X1", "paid", 500)}, 900, 900, 0, 0, 1, 0, 0, 0, 0, "final"},
		{"revised down", []event.Data{fine("CNY", 900, "F1"), pays("X1", "paid", 900), revises(300)}, 300, 900, 0, 0, 1, 0, 0, 1, 0, "revised"},
		{"and refunded", []event.Data{fine("CNY", 900, "F1"), pays("X1", "paid", 900), revises(300), pays("X1", "refunded", 600)},
			300, 900, 600, 0, 1, 0, 0, 1, 0, "revised"},
		{"revised up", []event.Data{fine("CNY", 900, "F1"), pays("X1", "paid", 900), revises(1000)}, 1000, 900, 0, 100, 1, 0, 1, 1, 0, "revised"},
		{"annulled", []event.Data{fine("CNY", 900, "F1"), pays("X1", "paid", 900), annuls}, 0, 900, 0, 0, 0, 0, 0, 0, 1, "annulled"},
		{"revised, annulled", []event.Data{fine("CNY", 900, "F1"), revises(300), annuls}, 0, 0, 0, 0, 0, 0, 0, 0, 1, "annulled"},
		{"of unknown amount", []event.Data{unstated}, 0, 0, 0, 0, 1, 1, 1, 0, 0, "final"},
		{"and then known", []event.Data{unstated, revises(300)}, 300, 0, 0, 300, 1, 0, 1, 1, 0, "revised"},
		{"and annulled", []event.Data{unstated, annuls}, 0, 0, 0, 0, 0, 0, 0, 0, 1, "annulled"},
	} {
		for _, visit := range []string{"I1", ""} {
			f, s := projections.NewInspectionFold("I1"), projections.NewSubjectFold("S1", projections.Selection{})
			for _, e := range ofOneCase(visit, append([]event.Data{begin, general}, c.then...)...) {
				s.Apply(e)
				if visit != "" || e.Stream.Kind == event.Inspection {
					f.Apply(e)
				}
			}
			v := s.View()
			got := []int64{amount(v.Fines), amount(v.FinesPaid), amount(v.FinesRefunded), amount(v.FinesUnpaid), v.Counts.Penalties, v.FinesUnknown,
				v.PenaltiesUnpaid, v.PenaltiesRevised, v.PenaltiesAnnulled}
			want := []int64{c.fines, c.paid, c.refunded, c.unpaid, c.penalties, c.unknown, c.open, c.revised, c.undone}
			if !slices.Equal(got, want) {
				t.Errorf("%s, visit %q: %v, want %v", c.what, visit, got, want)
			}
			if disposed := v.FindingsUndisposed == 0; disposed != (visit != "" && c.undone == 0) {
				t.Errorf("%s, visit %q: %d findings undisposed", c.what, visit, v.FindingsUndisposed)
			}
			if len(v.Penalties) != 1 || v.PenaltiesTotal != 1 || v.Penalties[0].State != c.state || v.Penalties[0].Inspection != visit ||
				minor(v.Penalties[0].FineNow) != c.fines || minor(v.Penalties[0].Unpaid) != c.unpaid {
				t.Errorf("%s, visit %q: %+v", c.what, visit, v.Penalties)
			}
			if visit == "" {
				continue
			}
			p := f.View().Penalties
			if len(p) != 1 || p[0].State != c.state || minor(p[0].Paid) != c.paid || minor(p[0].Refunded) != c.refunded ||
				minor(p[0].Unpaid) != c.unpaid || len(p[0].Payments)+len(p[0].Changes) != len(c.then)-1 || p[0].Case != "gz1" {
				t.Errorf("%s: the visit shows %+v", c.what, p)
			}
		}
	}
}

func amount(sums []projections.Sum) int64 {
	if len(sums) == 0 {
		return 0
	}
	return sums[0].Amount.Big().Int64()
}

func minor(m *event.Money) int64 {
	if m == nil {
		return 0
	}
	return m.Amount
}

// TestFiguresOfPenaltiesTakeTheDifference: whatever is decided, paid, changed, withdrawn and restored in whatever order, figures are
// those of the facts that count alone, and each year has what was decided or paid in it.
func TestFiguresOfPenaltiesTakeTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bodies := []event.Data{begin, general, &inspection.FindingRecorded{Finding: "F2", Level: "general"}}
		for range rapid.IntRange(1, 8).Draw(t, "facts") {
			id := rapid.SampledFrom([]string{"X1", "X2"}).Draw(t, "penalty")
			n := rapid.Int64Range(1, 1<<40).Draw(t, "fen")
			var d event.Data
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0, 1:
				p := fine("CNY", n, rapid.SampledFrom([]string{"F1", "F2"}).Draw(t, "finding"))
				p.Penalty, p.Final = id, rapid.Bool().Draw(t, "final")
				if rapid.Bool().Draw(t, "unknown") {
					p.Fine = nil
				}
				d = p
			case 2:
				d = pays(id, rapid.SampledFrom([]string{"paid", "refunded"}).Draw(t, "direction"), n)
			case 3:
				c := revises(n)
				c.Penalty = id
				d = c
			default:
				c := *annuls
				c.Penalty = id
				d = &c
			}
			if possible(append(slices.Clone(bodies), d)) {
				bodies = append(bodies, d)
			}
		}
		if len(bodies) == 3 {
			return
		}
		entries := ofOneCase("I1", bodies...)
		for i, e := range entries {
			e.Occurred = e.Occurred.AddDate(rapid.IntRange(0, 1).Draw(t, "years"), 0, 0)
			if entries[i].Assurance = event.Imported; i == 0 {
				e.Assurance = event.Signed
			}
		}
		all, gone := slices.Clone(entries), map[*event.Event]bool{}
		counts := func(e *event.Event) bool { // with the first fact of the case goes the case
			return !gone[e] && (e.Stream.Kind == event.Inspection || !gone[entries[3]])
		}
		for range rapid.IntRange(0, 5).Draw(t, "corrections") {
			of := entries[rapid.IntRange(3, len(entries)-1).Draw(t, "of")]
			e := *of
			e.ID[0], e.Index = byte(len(all)), uint64(len(all))
			e.Data = &correction.FactWithdrawn{Fact: event.Ref{Event: of.ID.String()}, Reason: "x"}
			if gone[of] = !gone[of]; !possible(left(entries, counts)) {
				gone[of] = !gone[of] // it is refused
				continue
			}
			if !gone[of] {
				e.Data = &correction.FactCorrected{Fact: event.Ref{Event: of.ID.String()}, Reason: "x", Occurred: of.Occurred,
					Content: correction.Content(of.Data)}
			}
			all = append(all, &e)
		}
		for _, year := range []int{0, 2026, 2027} {
			with, alone := projections.NewSubjectFold("S1", projections.Selection{Year: year}),
				projections.NewSubjectFold("S1", projections.Selection{Year: year})
			for _, e := range all {
				with.Apply(e)
			}
			for _, e := range entries {
				if counts(e) {
					alone.Apply(e)
				}
			}
			a, b := with.View(), alone.View()
			if !reflect.DeepEqual(a.Figures, b.Figures) || !reflect.DeepEqual(a.Penalties, b.Penalties) {
				t.Fatalf("year %d:\nwith corrections %+v %+v\nwithout          %+v %+v", year, a.Figures, a.Penalties, b.Figures, b.Penalties)
			}
			if amount(a.FinesUnpaid) < 0 || a.Counts.Penalties < 0 || a.PenaltiesUnpaid > a.Counts.Penalties || a.FindingsUndisposed < 0 {
				t.Fatalf("year %d: %+v", year, a.Figures)
			}
		}
	})
}

func left(entries []*event.Event, counts func(*event.Event) bool) (bodies []event.Data) {
	for _, e := range entries {
		if counts(e) {
			bodies = append(bodies, e.Data)
		}
	}
	return bodies
}

// possible reports whether the judge takes bodies of one case in this order.
func possible(bodies []event.Data) bool {
	var known []casefile.Penalty
	for _, d := range bodies {
		var id string
		switch d := d.(type) {
		case *casefile.PenaltyDecided:
			if casefile.Taken(known, d) != nil {
				return false
			}
			known = casefile.Put(known, casefile.PenaltyOf(d))
			continue
		case *casefile.PaymentRecorded:
			id = d.Penalty
		case *casefile.DecisionChanged:
			if id = d.Penalty; casefile.Find(known, id) >= 0 && known[casefile.Find(known, id)].Annulled {
				return false
			}
		default:
			continue
		}
		at := casefile.Find(known, id)
		if at < 0 {
			return false
		}
		switch d := d.(type) {
		case *casefile.PaymentRecorded:
			if !known[at].Final || d.Direction == "refunded" && d.Amount.Amount > known[at].Net() {
				return false
			}
			known[at].Pay(d)
		case *casefile.DecisionChanged:
			known[at].Change(d)
		}
	}
	return true
}
