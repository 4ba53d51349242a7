package domain

import (
	"fmt"
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// R46, R47, R55: how long a seal lasts and what ends it, what investment that is wanting demands, and the four measures.

// R46, 行政强制法 Art. 25: thirty days, and with leave at most thirty more, however often somebody extends it.
func TestR46ASealIsNotExtendedBeyondTheLaw(t *testing.T) {
	w := orderFixture(t, "seal")
	issued := w.last("order/o")
	longer := func(until string) *oversight.TermExtended {
		return &oversight.TermExtended{Obligation: "seal", Event: issued.ID.String(), Until: until, Ground: "情况复杂"}
	}
	w.owes("order/o", "seal", obligation.Open, "2020-01-03")
	w.accepts("order/o", longer("2020-02-02"), inspector) // sixty days and a Sunday: the third is a Monday
	w.accepts("order/o", yes(w.last("order/o")), clerk2)
	w.owes("order/o", "seal", obligation.Open, "2020-02-02")
	w.flags([]string{"seal-beyond-law"}, "order/o", longer("2020-02-20"), inspector)
	w.accepts("order/o", yes(w.last("order/o")), clerk2)
	w.owes("order/o", "seal", obligation.Open, "2020-02-03")
	d := ordering(w, "seize")
	d.Order, d.Until = "p", "2020-02-01"
	w.flags([]string{"seal-beyond-law"}, "order/p", d, inspector)
	w.owes("order/p", "seal", obligation.Open, "2020-01-03")
}

// R46: a penalty that is decided for what is sealed ends the seal, and not one that came before it, is provisional, or is annulled.
func TestR46ADecisionEndsASeal(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p", 1000_00), inspector)
	w.accepts("order/o", ordering(w, "seal"), inspector, ordersDay(1))
	w.owes("order/o", "seal", obligation.Open, "2020-01-06")
	w.accepts(caseStream, annulling("p"), clerk, ordersDay(2))
	w.accepts(caseStream, inCase("q", 1000_00), inspector, ordersDay(2))
	w.owes("order/o", "seal", obligation.Met, "2020-01-06")
	last := w.last(caseStream)
	asked := w.recordOf(caseStream, again(last, last, last.Data, noon), inspector, ordersDay(3))
	w.accepts(caseStream, yes(asked), chief, ordersDay(3)) // it was decided before anything was sealed
	w.owes("order/o", "seal", obligation.Open, "2020-01-06")
	w.accepts(caseStream, annulling("q"), clerk, ordersDay(4))
	w.accepts(caseStream, inCase("r", 1000_00), inspector, ordersDay(4))
	w.owes("order/o", "seal", obligation.Met, "2020-01-06")
	w.accepts(caseStream, annulling("r"), clerk, ordersDay(5))
	w.owes("order/o", "seal", obligation.Open, "2020-01-06")
	w.accepts("order/o", &order.Lifted{Ground: "decided", Reason: "已作出处理决定"}, inspector, ordersDay(5))
	w.owes("order/o", "seal", obligation.Met, "2020-01-06")
}

// R47: who does not invest is ordered to by a date, or stopped; what is left is flagged, until it is.
func TestR47InvestmentThatIsWantingIsOrdered(t *testing.T) {
	wanting := func(id string, actual int64) *inspection.FindingRecorded {
		d := evident(id)
		d.Category = "investment"
		d.Investment = &inspection.Investment{Required: event.Money{Currency: "CNY", Amount: 100}, Actual: event.Money{Currency: "CNY",
			Amount: actual}, Ground: "x"}
		return d
	}
	w := visitFixture(t)
	for _, id := range []string{"f", "g", "h"} {
		w.accepts("inspection/i", wanting(id, 40), inspector)
	}
	w.accepts("inspection/i", wanting("enough", 100), inspector)
	w.complete("i")
	soon := ordering(w, "rectify-by-date")
	soon.Findings, soon.Due = []string{"g"}, "2019-12-20"
	w.accepts("order/o", soon, inspector)
	w.flags([]string{"investment-without-order", "investment-without-order"}, "inspection/i", signedBy("ma", "li"), inspector)
	stop := ordering(w, "stop")
	stop.Order, stop.Findings = "p", []string{"h"}
	w.changes(nil, []string{"investment-without-order"}, "order/p", stop, inspector)
	last := w.last("order/p")
	asked := w.recordOf("order/p", withdrawn(last, last), inspector)
	w.changes([]string{"investment-without-order"}, nil, "order/p", yes(asked), clerk2)
}

// R47, 从严从重处罚: where both grounds meet, or a hazard was not put right, or a measure defied, before it is punished, the decision says so.
func TestR47WhatAggravatesIsStatedByThePenalty(t *testing.T) {
	const silent = "aggravation-not-stated"
	fine := func(id string, of string, aggravated ...string) *casefile.PenaltyDecided {
		d := inCase(id, 900_00)
		d.Findings, d.Aggravated = []string{of}, aggravated
		return d
	}
	both := func() *fixture {
		w := suspected(t)
		d := punishableFinding("w")
		d.Category = "investment"
		d.Investment = &inspection.Investment{Required: event.Money{Currency: "CNY", Amount: 100}, Actual: event.Money{Currency: "CNY",
			Amount: 1}, Ground: "x"}
		w.accepts("inspection/i", d, inspector)
		d = punishableFinding("m")
		d.Level = "major"
		w.accepts("inspection/i", d, inspector)
		return w
	}
	spot := func(n string) string { return "case/" + visit("t1", n) }

	w := both()
	w.accepts(spot("p1"), fine("p1", "f"), inspector) // which is neither
	w.flags([]string{silent}, spot("p2"), fine("p2", "w"), inspector)
	if d, ok := w.log[len(w.log)-1].Data.(*oversight.DeviationFlagged); !ok || fmt.Sprint(d.Values.Get("grounds").Any()) != "[both-grounds]" {
		t.Errorf("it says %+v", w.log[len(w.log)-1].Data)
	}
	w.accepts(spot("p3"), fine("p3", "m", "both-grounds"), inspector)
	last := w.last(spot("p2"))
	asked := w.recordOf(spot("p2"), again(last, last, fine("p2", "w", "both-grounds"), last.Occurred), inspector)
	w.changes(nil, []string{silent}, spot("p2"), yes(asked), clerk2)

	// one ground alone aggravates nothing; nor does what comes after the penalty
	w = suspected(t)
	w.accepts(spot("p1"), fine("p1", "f"), inspector)
	o := ordering(w, "rectify-by-date")
	o.Due = "2019-12-20"
	w.accepts("order/o", o, inspector)
	w.given("order/o", &order.Failed{Findings: []string{"f"}, Opinion: "未整改"}, inspector)
	if said := w.told(w.stream("inspection/i")); slices.Contains(said, silent) {
		t.Errorf("what came later was to be stated: %v", said)
	}
	second := fine("p2", "f")
	second.Kind, second.Fine = "warning", nil
	w.flags([]string{silent}, spot("p2"), second, inspector)
	w.given("order/o", &order.Defied{Order: "o", Seen: "仍在生产"}, inspector)
	third := fine("p3", "f", "not-corrected", "defied")
	third.Kind, third.Fine = "warning", nil
	w.changes(nil, []string{silent}, spot("p3"), third, inspector)
}

// R55: of each violation each of the four measures is applied, or the closing says why not.
func TestR55TheClosingAnswersForTheFourMeasures(t *testing.T) {
	ready := func() *fixture {
		w := suspected(t)
		for _, id := range []string{"v", "w"} {
			d := punishableFinding(id)
			d.Violation = "unlicensed"
			w.accepts("inspection/i", d, inspector)
		}
		w.complete("i")
		of := filed()
		of.Findings = []string{"f", "v", "w"}
		w.accepts(caseStream, of, inspector)
		w.deliver("i")
		return w
	}
	closing := func(w *fixture, d *inspection.Closed) (missing []string) {
		t.Helper()
		n := len(w.log)
		w.given("inspection/i", d, inspector, at(noon.AddDate(0, 0, 1)))
		for _, e := range w.log[n:] {
			if f, ok := e.Data.(*oversight.DeviationFlagged); ok && f.Code == "measure-unexplained" {
				missing = append(missing, f.Item)
			}
		}
		return missing
	}
	w := ready()
	got := closing(w, &inspection.Closed{})
	if !slices.Equal(got, []string{"v", "w"}) {
		t.Errorf("nothing was applied but the penalty, nor explained: %v", got)
	}
	// a reason that was forgotten is a correction of the closing
	last := w.last("inspection/i")
	fixed := &inspection.Closed{NotApplied: reasons()}
	asked := w.recordOf("inspection/i", again(last, last, fixed, last.Occurred), inspector, at(noon.AddDate(0, 0, 2)))
	w.changes(nil, []string{"measure-unexplained", "measure-unexplained", "closed-open"}, "inspection/i",
		yes(asked), chief, at(noon.AddDate(0, 0, 2)))

	w = ready()
	if got := closing(w, &inspection.Closed{NotApplied: reasons()}); len(got) > 0 {
		t.Errorf("all is explained: %v", got)
	}
	w = ready()
	some := reasons()
	some[0].Findings = []string{"v"}
	if got := closing(w, &inspection.Closed{NotApplied: some}); !slices.Equal(got, []string{"w"}) {
		t.Errorf("of w nothing says why it was not shut: %v", got)
	}
	w = ready()
	stop := ordering(w, "stop")
	stop.Findings = []string{"v", "w"}
	w.accepts("order/o", stop, inspector)
	w.accepts("exposure/e", &exposure.Proposed{Ground: "violation", Inspection: visit("t1", "i"), Findings: []string{"v", "w"}, Outlet: "安康日报",
		Content: "x", Redacted: true, LegalReview: exposure.LegalReview{By: "x", On: "2019-12-04", Opinion: "同意"}})
	w.accepts("transfer/t1.police-610902.1", &transfer.Transferred{Matter: "case", Case: visit("t1", "case"), Ground: "crime", Task: "移送"},
		inspector)
	if got := closing(w, &inspection.Closed{}); len(got) > 0 {
		t.Errorf("all four are applied: %v", got)
	}
}

// reasons say of the three measures beside the penalty why they are not applied.
func reasons() (list []inspection.NotApplied) {
	for _, m := range []string{"shut", "expose", "prosecute"} {
		list = append(list, inspection.NotApplied{Measure: m, Reason: "情节轻微，已立案处罚"})
	}
	return list
}
