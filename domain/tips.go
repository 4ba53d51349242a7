package domain

import (
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// tips are what people report.
type tips struct{ *plain }

func newTips(s *State, c common) kind {
	s.tips = &tips{plainOf(s, c)}
	return s.tips
}

// transfers are what authorities hand over to each other.
type transfers struct{ *plain }

func newTransfers(s *State, c common) kind { return &transfers{plainOf(s, c)} }

// fold also tells what is handed over what becomes of it (R55, R73, R77), anew when the facts of the transfer are corrected.
func (k *transfers) fold(e *event.Event) {
	k.plain.fold(e)
	d, ok := beginning[*transfer.Transferred](k.plain, e.Stream.ID)
	if !ok || e.Assurance == event.Derived {
		return
	}
	st, _ := k.kept(e.Stream.ID).(*transfer.State) // nil when it is withdrawn
	switch {
	case d.Tip != "":
		k.ofTip(d.Tip, e)
		return
	case d.Case != "":
		k.s.cases.edit(d.Case, func(c *casefile.State) { c.HandedOver(e.Stream.ID, st.HandedOver()) })
	}
	if visit, tell := k.tells(e.Stream.ID, d, st); visit != "" {
		k.s.inspections.edit(visit, tell)
		k.s.inspections.moved.move(visit)
	}
}

// ofTip tells a tip, and the transfer of what went wrong by it.
func (k *transfers) ofTip(of string, e *event.Event) {
	if speaksOfFacts(e) {
		v, _ := k.with.get(e.Stream.ID)
		k.s.tips.edit(of, func(t *tip.State) {
			t.Untransferred(e.Stream.ID)
			for f := range v.facts() {
				f.Stream = e.Stream
				transfer.Tell(t, f.Event)
			}
		})
		return
	}
	_, begins := e.Data.(*transfer.Transferred)
	if told, ok := k.s.tips.kept(of).(*tip.State); ok && begins {
		k.with.edit(e.Stream.ID, func(st stream.State) { st.Of().(*transfer.State).Reported(told.Problem()) })
	}
	k.s.tips.edit(of, func(t *tip.State) { transfer.Tell(t, e) })
}

func (k *tips) edit(id string, fn func(*tip.State)) {
	k.with.edit(id, func(st stream.State) { fn(st.Of().(*tip.State)) })
}
