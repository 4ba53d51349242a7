package api

import (
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// R46, 行政强制法 Art. 25: a seal lasts as long as the law lets it, by its own date and by extensions.
func TestASealLastsAsLongAsTheLawLetsIt(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given(atVisit, discovered("f"))
	seal := &order.Issued{Inspection: visitI, Order: "o", Kind: "seal", Findings: []string{"f"}, LegalBasis: statute, Until: "2020-01-03",
		Alternatives: "限期整改不足以消除危险"}
	long := *seal
	long.Order, long.Until = "p", "2020-01-20"
	s.says("seal-beyond-law", "order/p", &long)
	got, issued := s.event("order/o", seal)
	if said := saidBy(s, s.post(issued.by, got)); len(said) > 0 {
		t.Errorf("a seal of thirty days: %v", said)
	}
	longer := func(until string) *oversight.TermExtended {
		return &oversight.TermExtended{Obligation: "seal", Event: issued.ID.String(), Until: until, Ground: "情况复杂"}
	}
	if got := s.says("", "order/o", longer("2020-02-02")); slices.Contains(saidBy(s, got), "seal-beyond-law") {
		t.Errorf("thirty days more: %s", got.body)
	}
	s.says("seal-beyond-law", "order/o", longer("2020-02-20"))
}

// R47: 对不落实安全生产投入…的违法违规企业，必须坚决予以关停: it is ordered by a date, or stopped.
func TestInvestmentThatIsWantingIsOrdered(t *testing.T) {
	for _, ordered := range []bool{false, true} {
		s := newScene(t)
		s.onSpot()
		s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) {
			d.Category = "investment"
			d.Investment = &inspection.Investment{Required: event.Money{Currency: "CNY", Amount: 100}, Actual: event.Money{Currency: "CNY"},
				Ground: "企业安全生产费用提取和使用管理办法"}
		}))
		if ordered {
			s.given("order/o", &order.Issued{Inspection: visitI, Order: "o", Kind: "rectify-by-date", Findings: []string{"f"}, Due: "2019-12-31",
				LegalBasis: statute})
		} else {
			s.given("order/o", &order.Issued{Inspection: visitI, Order: "o", Kind: "correct-on-spot", Findings: []string{"f"}, LegalBasis: statute})
		}
		s.complete()
		raw, a := s.event(atVisit, signedBy("ma", "li"))
		got := s.post(a.by, raw)
		heard(got)
		if said := saidBy(s, got); slices.Contains(said, law.Code("investment-without-order")) == ordered {
			t.Errorf("ordered %v: %v", ordered, said)
		}
	}
}

// R55: the closing says of a violation why one of the four measures is not applied.
func TestTheClosingAnswersForTheFourMeasures(t *testing.T) {
	for _, explained := range []bool{false, true} {
		s := newScene(t)
		s.onSpot()
		s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.Violation = "unlicensed" }))
		s.given(caseOf, filed(asIs), as("ma"))
		s.complete()
		s.given(atVisit, signedBy("ma", "li"))
		for _, r := range inspection.Recipients {
			s.given(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: r, Receiver: "r", Method: "in-person"})
		}
		s.given(atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
		d := new(inspection.Closed)
		if explained {
			for _, m := range []string{"shut", "expose", "prosecute"} {
				d.NotApplied = append(d.NotApplied, inspection.NotApplied{Measure: m, Reason: "情节轻微，已立案处罚"})
			}
		}
		raw, a := s.event(atVisit, d, hour(0.5))
		got := s.post(a.by, raw)
		heard(got)
		if said := saidBy(s, got); slices.Contains(said, law.Code("measure-unexplained")) == explained {
			t.Errorf("explained %v: %v", explained, said)
		}
		shown := decode[struct {
			Closed struct {
				NotApplied []inspection.NotApplied `json:"not_applied"`
			}
		}](s.fixture, s.get(desk, "/v1/inspections/"+visitI))
		if len(shown.Closed.NotApplied) != len(d.NotApplied) {
			t.Errorf("the visit shows %+v", shown.Closed)
		}
	}
}

// R47, 从严从重处罚: what aggravates is stated by the decision, over HTTP.
func TestWhatAggravatesIsStatedByThePenalty(t *testing.T) {
	const silent = "aggravation-not-stated"
	s := newScene(t)
	s.onSpot()
	s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	s.given("order/o", &order.Issued{Inspection: visitI, Order: "o", Kind: "rectify-by-date", Findings: []string{"f"}, Due: "2019-12-31",
		LegalBasis: statute})
	s.given("order/o", &order.Failed{Findings: []string{"f"}, Opinion: "未整改"})
	fine := fined("p", "f")
	fine.Inspection = visitI
	s.says(silent, "case/"+eventtest.Visit("t1", "a"), fine)
	stated := *fine
	stated.Penalty, stated.Aggravated = "q", []string{"not-corrected"}
	s.silent([]law.Code{silent}, "case/"+eventtest.Visit("t1", "b"), &stated)
}
