package simulate

import (
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
)

// What comes long after a campaign: half a year later a court is asked to enforce a fine that nobody paid (R41), and when three years
// are over the enterprise is taken off the list (R58), and the key for what the commission sealed is destroyed.

// aftermath are its acts.
func (g *Generator) aftermath() []act {
	if !g.Aftermath {
		return nil
	}
	ends := g.Base.AddDate(listedYears, 0, visitDays+1)
	acts := []act{
		{g.at(220, 9, 0), g.office(), func(b *batch, at time.Time) {
			if g.fined.stream != "" {
				b.add("enforcement-requested", casefile.Name, g.fined.stream, at, &casefile.EnforcementRequested{Penalty: g.fined.penalty,
					Court: "安康铁路运输法院" + mark, DemandedOn: g.date(at.AddDate(0, 0, -20)), DocumentNo: "（安）强执申〔模拟〕1号"})
			}
		}},
		{ends.Add(9 * time.Hour), g.office(), func(b *batch, at time.Time) {
			p, _ := g.place(g.accidentVisit())
			b.add("blacklist-removed", blacklist.Name, domain.ProposalStream(p.id, "accident-larger", g.accidentID()).ID, at,
				&blacklist.Removed{Ground: "expired", DecidedBy: "安康市应急管理局" + mark, Reason: "管理期限届满，期间未再发生事故"})
		}},
	}
	if g.Keys.known() {
		acts = append(acts, act{ends.Add(33 * time.Hour), g.other(observer), func(b *batch, at time.Time) {
			b.add("key-destroyed", event.SealingKey, g.sealTo.commission.id, at, &sealingkey.Destroyed{Ground: "purpose-achieved"})
		}})
	}
	return acts
}

// fined is a fine, which is not paid.
type fined struct{ stream, penalty string }

// noteFine keeps the first fine of the walk.
func (g *Generator) noteFine(r *Request) {
	for _, e := range r.Events {
		if d, is := e.Data.(*casefile.PenaltyDecided); is && d.Fine != nil && g.fined.stream == "" {
			g.fined = fined{e.Stream.ID, d.Penalty}
		}
	}
}
