package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
)

// What becomes of an order: the party's report, which an inspector enters, a re-check by another one, and when it found a stop's
// hazard put right, the lifting (R20, R46). One of five re-checks finds it as it was.

// issued is an order of a visit.
type issued struct {
	stream   string
	kind     string
	findings []string
}

// noteOrders keeps what a visit ordered.
func (p *papers) noteOrders(r *Request) {
	for _, e := range r.Events {
		if d, ok := e.Data.(*order.Issued); ok {
			p.orders = append(p.orders, issued{e.Stream.ID, d.Kind, d.Findings})
		}
	}
}

// planOrders plans what follows the orders of a visit of the first half, of one in six.
func (g *Generator) planOrders(v *visit, reviewed time.Time, p *papers, plan func(step)) {
	if v.n%6 == 3 && v.day < visitDays/2 && v.late == 0 && !v.attempted {
		plan(step{reviewed.AddDate(0, 0, 4), v.n, rectified, p})
		plan(step{reviewed.AddDate(0, 0, 5), v.n, rechecked, p})
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
		case b.c.once(0.2):
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
