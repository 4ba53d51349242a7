package domain

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// exposures are the proposals to make violations public: it is kept of which visit each is, and the visit is told (R55).
type exposures struct {
	*plain
	ofVisit *table[string, []string] // visit → exposures of its findings; values are replaced, never changed
}

func newExposures(s *State, c common) kind {
	s.exposures = &exposures{plainOf(s, c), newTable[string, []string](s)}
	return s.exposures
}

func (k *exposures) fold(e *event.Event) {
	k.plain.fold(e)
	if d, ok := e.Data.(*exposure.Proposed); ok {
		id := strings.Clone(d.Inspection)
		k.ofVisit.set(id, with(k.ofVisit, id, strings.Clone(e.Stream.ID)))
	}
	v, _ := k.with.get(e.Stream.ID)
	if v.past == nil || e.Assurance == event.Derived {
		return
	}
	first, _ := v.past.First()
	d, ok := first.Original.(*exposure.Proposed)
	if !ok {
		return
	}
	st, _ := k.kept(e.Stream.ID).(*exposure.State) // nil when it is withdrawn
	k.s.inspections.edit(d.Inspection, func(visit *inspection.State) { visit.Exposed(e.Stream.ID, st.Exposes(), st.Stands()) })
}
