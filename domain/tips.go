package domain

import (
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

// fold also tells a tip what becomes of it (R73).
func (k *transfers) fold(e *event.Event) {
	k.plain.fold(e)
	if of := k.tipOf(e); of != "" {
		v, _ := k.with.get(e.Stream.ID)
		k.s.tips.edit(of, func(t *tip.State) {
			t.Untransferred(e.Stream.ID)
			for f := range v.facts() {
				f.Stream = e.Stream
				tells(t, f.Event)
			}
		})
		return
	}
	st, ok := k.kept(e.Stream.ID).(*transfer.State)
	if ok && st.Case != "" {
		k.s.cases.handedOver(st, e)
	}
	if !ok || st.Tip == "" {
		return
	}
	_, begins := e.Data.(*transfer.Transferred)
	if of, ok := k.s.tips.kept(st.Tip).(*tip.State); ok && begins {
		k.with.edit(e.Stream.ID, func(st stream.State) { st.Of().(*transfer.State).Reported(of.Problem()) })
	}
	k.s.tips.edit(st.Tip, func(t *tip.State) { tells(t, e) })
}

// tipOf is the tip of a transfer of which an event changes which facts count, withdrawn or not; "" for every other event.
func (k *transfers) tipOf(e *event.Event) string {
	v, _ := k.with.get(e.Stream.ID)
	if v.past == nil || !speaksOfFacts(e) {
		return ""
	}
	first, _ := v.past.First()
	d, _ := first.Original.(*transfer.Transferred)
	if d == nil {
		return ""
	}
	return d.Tip
}

// tells tells a tip what a fact of its transfer says.
func tells(t *tip.State, e *event.Event) {
	switch d := e.Data.(type) {
	case *transfer.Transferred:
		t.Transferred(e)
	case *transfer.Answered:
		t.TransferAnswered(e, d.Outcome == transfer.Returned)
	}
}

func (k *tips) edit(id string, fn func(*tip.State)) {
	k.with.edit(id, func(st stream.State) { fn(st.Of().(*tip.State)) })
}
