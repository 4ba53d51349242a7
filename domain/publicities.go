package domain

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// A publication that exposes somebody rests on a visit's findings (R71): it is open until they are put right, and is flagged when one
// of them is corrected.

type publicities struct {
	*plain
	ofVisit *table[string, []string] // visit → publications that expose findings of it; values are replaced, never changed
	ofCase  *table[string, []string] // case → publications of its decisions; likewise
}

func newPublicities(s *State, c common) kind {
	k := &publicities{plainOf(s, c), newTable[string, []string](s), newTable[string, []string](s)}
	s.publicities = k
	return k
}

// exposed returns what a publication exposes; nil when it exposes nobody.
func (k *publicities) exposed(st *publicity.State) *exposure.State {
	of, _ := k.s.kind(exposure.Name).kept(st.Exposure).(*exposure.State)
	return of
}

// fold also keeps of which visit a publication is.
func (k *publicities) fold(e *event.Event) {
	k.plain.fold(e)
	if d, ok := e.Data.(*publicity.Published); ok {
		k.s.cases.published(d, e)
		if of, _ := k.s.kind(exposure.Name).kept(d.Exposure).(*exposure.State); of != nil {
			k.ofVisit.set(of.Inspection, with(k.ofVisit, of.Inspection, strings.Clone(e.Stream.ID)))
		}
	}
}

// owed also looks into the visit.
func (k *publicities) owed(id string, from vantage) owed {
	out := k.plain.owed(id, from)
	var st *publicity.State
	if kept := k.with.seen(id, from); kept != nil {
		st, _ = kept.Of().(*publicity.State)
	}
	if st == nil || st.Exposure == "" {
		return out
	}
	of := k.exposed(st)
	if of == nil {
		return out
	}
	visit := k.s.inspections.state(of.Inspection)
	if from.durable {
		v, _ := k.s.inspections.durable(of.Inspection)
		visit = v.state
	}
	if visit == nil {
		return out
	}
	out.list = append(out.list, st.Ends(visit, of.Findings))
	return out
}

// watch also looks again when the visit changes.
func (k *publicities) watch(fn func(id string)) {
	k.plain.watch(fn)
	visits := k.s.inspections
	before := visits.moved.settled
	visits.moved.settled = func(id string) {
		if before != nil {
			before(id)
		}
		if list := k.ofVisit.base[id]; list != nil {
			for _, p := range list {
				fn(p)
			}
		}
	}
}

// doubts flags the publications whose findings an event of their visit makes otherwise (pillar 13).
func (s *State) doubts(e *event.Event) (out []event.Consequence) {
	list, _ := s.publicities.ofVisit.get(e.Stream.ID)
	if len(list) == 0 {
		return nil
	}
	before, after := s.inspections.state(e.Stream.ID), s.inspections.after(e)
	for _, id := range list {
		st, _ := s.publicities.kept(id).(*publicity.State)
		if st == nil || st.Doubted() {
			continue
		}
		of := s.publicities.exposed(st)
		if slices.ContainsFunc(of.Findings, func(f string) bool { return before.Substance(f) != after.Substance(f) }) {
			out = append(out, s.groundChanged(event.Stream{Kind: publicity.Name, ID: id}, law.R71, st.Published.Event, e.ID, e))
		}
	}
	return out
}
