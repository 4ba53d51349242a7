package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// flags are what the ledger says of several visits at once. Nobody else writes to their streams,
// explanations apart.
type flags struct {
	common
	bare
	of *table[string, event.About] // stream → what it is about
}

func newFlags(s *State) kind { return &flags{common{s}, s.bare, newTable[string, event.About](s)} }

// about: a flag that compares visits is about the later one's team and subject, in the
// sectors that they share, so that who sees the flag may see both.
func (k *flags) about(e *event.Event) event.About {
	if about, ok := k.of.get(e.Stream.ID); ok {
		return about
	}
	a := event.About{Campaign: e.Campaign}
	d, ok := e.Data.(*oversight.DeviationFlagged)
	if !ok || len(d.Inspections) != 2 {
		return a
	}
	later, first := k.s.inspections.state(d.Inspections[0]), k.s.inspections.state(d.Inspections[1])
	if later == nil || first == nil {
		return a
	}
	a.Campaign, a.Subject, a.Team, a.County = later.Campaign(), later.Subject(), later.Team(), later.County()
	for _, sector := range later.Sectors() {
		if slices.Contains(first.Sectors(), sector) {
			a.Sectors = append(a.Sectors, sector)
		}
	}
	return a
}

func (k *flags) knows(id string) bool {
	about, ok := k.of.get(id)
	return !ok || k.s.scope().Counts(about.County, about.Sectors, about.Team)
}

func (k *flags) within(e *event.Event) error { return k.s.explained(e, k.revision(e.Stream) >= 0) }

func (*flags) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return nil, event.Elsewhere(e)
}

// fold also keeps what a flag is about, and marks the later of two visits.
func (k *flags) fold(e *event.Event) {
	k.bare.fold(e)
	d, ok := e.Data.(*oversight.DeviationFlagged)
	if !ok {
		return
	}
	k.of.set(e.Stream.ID, e.About)
	if d.Code == string(law.DuplicateInspection) && len(d.Inspections) > 0 {
		k.s.inspections.edit(d.Inspections[0], func(st *inspection.State) { st.MarkDuplicate() })
	}
}
