package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
)

// ofClosure: the enterprise of the second grave visit goes on working though it was stopped, and a government closes it (R46, R47).
func (g *Generator) ofClosure() []act {
	v, _, ok := g.gravest(1)
	if !ok {
		return nil
	}
	inspector := g.actor(v.team, drawInspectors(g.chance(forVisit, v.n))[1])
	return []act{
		{g.at(v.day+5, 10, 0), inspector, func(b *batch, at time.Time) {
			if o := g.defied; o.stream != "" {
				b.add("order-defied", order.Name, o.stream, at, &order.Defied{Order: o.order, Seen: "复查时企业仍在生产" + mark})
			}
		}},
		{g.at(v.day+6, 9, 0), inspector, func(b *batch, at time.Time) {
			if o := g.defied; o.stream != "" {
				b.keep("closure", b.add("closure-proposed", order.Name, o.stream, at, &order.ClosureProposed{Ground: "defied", Findings: o.findings,
					Scope: "full", Alternatives: "停产停业整顿决定拒不执行", LegalBasis: []event.Citation{g.law.safetyAct("108")}}))
			}
		}},
		{g.at(v.day+9, 16, 0), g.other(mayor), func(b *batch, at time.Time) { agree("closure", order.Name, g.defied.stream)(b, at) }},
	}
}
