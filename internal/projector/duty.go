package projector

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/stream"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/projections"
)

// ofUnit returns the chain that an entry of a duty file or an assessment is in, in byStream: a file has its own, and the assessments of
// a unit, of all years, have one. ok is false of any other.
func ofUnit(of event.Stream) (chain event.Stream, ok bool) {
	switch of.Kind {
	case duty.Name:
		return of, true
	case assessment.Name:
		return event.Stream{Kind: of.Kind, ID: stream.UnitOf(of.ID)}, true
	}
	return of, false
}

// Duty answers for one duty file, with the assessments of its unit, for who may see it.
func (p *Projector) Duty(ctx context.Context, file string, q Query) (projections.DutyView, error) {
	var none projections.DutyView
	p.mu.RLock()
	ask, err := p.ask(q)
	var positions []uint64
	for _, of := range []event.Stream{{Kind: duty.Name, ID: file}, {Kind: assessment.Name, ID: stream.UnitOf(file)}} {
		positions = append(positions, p.byStream.walk(p.units[of], ask.at)...)
	}
	p.mu.RUnlock()
	if err == nil && (len(positions) == 0 || !ask.scope.Sees(event.Stream{Kind: duty.Name, ID: file}, &event.About{})) {
		err = fmt.Errorf("duty file %q: %w", file, ErrNotFound)
	}
	if err != nil {
		return none, err
	}
	slices.Sort(positions)
	fold := projections.NewDutyFold(file)
	if err := p.read(ctx, positions, func(e *event.Event) {
		if ask.until == nil || projections.KnownBy(e, *ask.until) {
			fold.Apply(e)
		}
	}); err != nil {
		return none, err
	}
	lists, err := p.table(ctx, codetable.Duties, ask.at)
	if err != nil {
		return none, err
	}
	fold.ApplyLists(lists)
	view := fold.View()
	view.Head, err = p.head(&ask)
	return view, err
}

// linkUnit puts an entry in the chain of a unit.
func (p *Projector) linkUnit(chain event.Stream, at link) (before link) {
	before = p.units[chain]
	chain.ID = strings.Clone(chain.ID)
	p.units[chain] = at
	return before
}
