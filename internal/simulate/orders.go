package simulate

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What becomes of an order: the party's report, which an inspector enters, a re-check by another one, and when it found a stop's
// hazard put right, the lifting (R20, R46). One of five re-checks finds it as it was.

// issued is an order of a visit.
type issued struct {
	stream   string
	event    string // id of it
	kind     string
	order    string // id within the visit
	due      string // of what is to be put right by a date
	findings []string
}

// planOrders plans what follows the orders of a visit of the first half, of one in six.
func (g *Generator) planOrders(v *visit, reviewed time.Time, p *papers, plan func(step)) {
	if v.day >= visitDays/2 || v.late > 0 || v.attempted {
		return
	}
	if lifted := g.isGravest(v.n); lifted || v.n%6 == 3 && !g.isGrave(v.n) {
		plan(step{reviewed.AddDate(0, 0, 4), v.n, rectified, p})
		plan(step{reviewed.AddDate(0, 0, 5), v.n, rechecked, p})
	} else if v.n%6 == 4 && !g.isGrave(v.n) {
		plan(step{reviewed.AddDate(0, 0, 3), v.n, extension, p})
		plan(step{reviewed.AddDate(0, 0, 4), v.n, extended, p})
	}
}

// ofOrders makes the request of such a step; nil: nothing was ordered.
func (g *Generator) ofOrders(s step) *Request {
	if len(s.of.orders) == 0 {
		return nil
	}
	who := drawInspectors(g.chance(forVisit, s.n))
	first := who[0]
	if s.what == rechecked {
		first = who[1]
	}
	b := g.stepBatch(s, g.actor(g.teamOf(s.n), first))
	for _, o := range s.of.orders {
		say := func(name string, d event.Data) { b.add(name, order.Name, o.stream, s.written(), d) }
		stop := o.kind == "stop"
		switch {
		case s.what == rectified:
			say("rectification-reported", &order.Reported{Findings: o.findings, Done: "已按要求整改", OnBehalfOf: "安全负责人" + mark, Resume: stop})
		case !g.isGrave(s.n) && b.c.once(0.2):
			say("rectification-failed", &order.Failed{Findings: o.findings, Opinion: "复查发现隐患仍未消除"})
		default:
			say("rectification-verified", &order.Verified{Findings: o.findings, Opinion: "复查合格"})
			if stop {
				say("order-lifted", &order.Lifted{Ground: "rectified", Reason: "隐患已消除，同意恢复生产"})
			}
		}
	}
	return b.request(s.due)
}

// moreTime asks for more time to put a hazard right, or approves that; nil: nothing has a date (R20).
func (g *Generator) moreTime(s step) *Request {
	i := slices.IndexFunc(s.of.orders, func(o issued) bool { return o.due != "" })
	if i < 0 {
		return nil
	}
	visit := g.inspectionID(s.n)
	if s.what == extended {
		b := g.stepBatch(s, g.official(director))
		b.add("approval-given", event.Inspection, visit, s.written(), approves(s.of.longer))
		return b.request(s.due)
	}
	b := g.stepBatch(s, g.actor(g.teamOf(s.n), drawInspectors(g.chance(forVisit, s.n))[0]))
	until, _ := time.Parse(time.DateOnly, s.of.orders[i].due)
	s.of.longer = refTo(b.add("term-extended", event.Inspection, visit, s.written(), &oversight.TermExtended{Obligation: "rectify",
		Event: s.of.orders[i].event, Until: until.AddDate(0, 0, 7).Format(time.DateOnly), Ground: "设备采购未到货"}))
	return b.request(s.due)
}
