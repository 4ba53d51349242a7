package projector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/projections"
)

// Query says which state of the ledger an answer reflects.
type Query struct {
	// AsOf asks for the first AsOf entries; nil for all that are applied.
	AsOf *uint64
	// OccurredUntil leaves out facts that occurred later, by the clock of who recorded them;
	// nil leaves out none. Counties and the city do not have it.
	OccurredUntil *time.Time
}

// at returns the position a query asks for; p.mu is held for reading.
func (p *Projector) at(q Query) (uint64, error) {
	switch {
	case p.failed != nil:
		return 0, p.failed
	case q.AsOf == nil:
		return p.position, nil
	case *q.AsOf > p.position:
		return 0, fmt.Errorf("position %d of %d: %w", *q.AsOf, p.position, ErrAhead)
	}
	return *q.AsOf, nil
}

// Subject answers for one subject.
func (p *Projector) Subject(ctx context.Context, id string, q Query) (projections.SubjectView, error) {
	var none projections.SubjectView
	p.mu.RLock()
	at, err := p.at(q)
	var last link
	var more []link
	if s := p.subjects.byID[id]; s != nil {
		last, more = s.last, s.more
	}
	chain := p.bySubject
	p.mu.RUnlock()
	if err != nil {
		return none, err
	}
	positions := chain.walk(last, at)
	if len(more) > 0 {
		for _, l := range more {
			if l.position() < at {
				positions = append(positions, l.position())
			}
		}
		slices.Sort(positions)
	}
	fold := projections.NewSubjectFold(id)
	if err := p.fold(ctx, "subject", id, positions, q.OccurredUntil, fold.Concerns, fold.Apply); err != nil {
		return none, err
	}
	view := fold.View()
	view.Head, err = p.head(at)
	return view, err
}

// Inspection answers for one inspection.
func (p *Projector) Inspection(ctx context.Context, id string, q Query) (projections.InspectionView, error) {
	var none projections.InspectionView
	p.mu.RLock()
	at, err := p.at(q)
	var last link
	if v := p.visits[id]; v != nil {
		last = v.last
	}
	chain := p.byStream
	p.mu.RUnlock()
	if err != nil {
		return none, err
	}
	fold := projections.NewInspectionFold(id)
	if err := p.fold(ctx, "inspection", id, chain.walk(last, at), q.OccurredUntil, every, fold.Apply); err != nil {
		return none, err
	}
	view := fold.View()
	view.Head, err = p.head(at)
	return view, err
}

// Team answers for one team. With a limit on occurrence every entry about the team is read
// back, which takes a time in proportion to their number.
func (p *Projector) Team(ctx context.Context, id string, q Query) (projections.TeamView, error) {
	var none projections.TeamView
	p.mu.RLock()
	at, err := p.at(q)
	t := p.teams.byID[id]
	if err == nil && (t == nil || t.first >= at) {
		err = fmt.Errorf("team %q: %w", id, ErrNotFound)
	}
	if err != nil {
		p.mu.RUnlock()
		return none, err
	}
	chain, last := p.byTeam, t.last
	var figures projections.Figures
	if q.OccurredUntil == nil {
		chain, last = p.byStream, t.stream
		figures = t.timeline.At(at).Figures(p.counters.Names())
	}
	p.mu.RUnlock()

	fold := projections.NewTeamFold(id)
	var view projections.TeamView
	if q.OccurredUntil == nil {
		err = p.read(ctx, chain.walk(last, at), fold.Enrol)
		view = fold.ViewWith(figures)
	} else {
		err = p.fold(ctx, "team", id, chain.walk(last, at), q.OccurredUntil, every, fold.Apply)
		view = fold.View()
	}
	if err != nil {
		return none, err
	}
	view.Head, err = p.head(at)
	return view, err
}

// County answers for one county with its zones, or for one zone.
func (p *Projector) County(ctx context.Context, code string, q Query) (projections.CountyView, error) {
	view, at, err := p.countyView(code, q)
	if err != nil {
		return projections.CountyView{}, err
	}
	view.Head, err = p.head(at)
	return view, err
}

func (p *Projector) countyView(code string, q Query) (projections.CountyView, uint64, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	at, err := p.atAnyTime(q)
	if err != nil {
		return projections.CountyView{}, 0, err
	}
	c := p.counties[code]
	if code == "" || c == nil || c.first >= at {
		return projections.CountyView{}, 0, fmt.Errorf("county %q: %w", code, ErrNotFound)
	}
	return projections.County(code, c.parent, c.zonesAt(at), c.tallyAt(at), p.counters.Names()), at, nil
}

// City answers for the whole ledger.
func (p *Projector) City(ctx context.Context, q Query) (projections.CityView, error) {
	p.mu.RLock()
	at, err := p.atAnyTime(q)
	if err != nil {
		p.mu.RUnlock()
		return projections.CityView{}, err
	}
	names := p.counters.Names()
	lines := []projections.CountyLine{}
	own := map[string]projections.Tally{}
	for code, c := range p.counties {
		if c.first < at {
			own[code] = c.timeline.At(at)
			lines = append(lines, projections.CountyLine{County: code, Parent: c.parent})
		}
	}
	p.mu.RUnlock()

	var sum projections.Tally
	for _, tally := range own {
		sum.Merge(tally)
	}
	for _, l := range lines {
		if l.Parent != "" {
			parent := own[l.Parent]
			parent.Merge(own[l.County])
			own[l.Parent] = parent
		}
	}
	for i, l := range lines {
		lines[i] = projections.Line(l.County, l.Parent, own[l.County], names)
	}
	slices.SortFunc(lines, func(a, b projections.CountyLine) int { return strings.Compare(a.County, b.County) })
	view := projections.City(sum, lines, names)
	view.Head, err = p.head(at)
	return view, err
}

// atAnyTime is at for a view that has no limit on occurrence; p.mu is held for reading.
func (p *Projector) atAnyTime(q Query) (uint64, error) {
	if q.OccurredUntil != nil {
		return 0, ErrNoOccurred
	}
	return p.at(q)
}

// tallyAt returns the tally of the county with its zones; p.mu is held for reading.
func (c *countyState) tallyAt(at uint64) projections.Tally {
	tally := c.timeline.At(at)
	for _, z := range c.zones {
		tally.Merge(z.timeline.At(at))
	}
	return tally
}

// zonesAt returns the codes of the zones known at a position; p.mu is held for reading.
func (c *countyState) zonesAt(at uint64) []string {
	var codes []string
	for _, z := range c.zones {
		if z.first < at {
			codes = append(codes, z.code)
		}
	}
	slices.Sort(codes)
	return codes
}

// every concerns a view that is about every entry of its chain.
func every(*event.Event) bool { return true }

// fold reads back entries, applies those that concern the view and had occurred by until
// (nil: all), and fails with ErrNotFound when there is none.
func (p *Projector) fold(ctx context.Context, kind, id string, positions []uint64, until *time.Time, concerns func(*event.Event) bool, apply func(*event.Event)) error {
	found := false
	err := p.read(ctx, positions, func(e *event.Event) {
		if (until == nil || projections.KnownBy(e, *until)) && concerns(e) {
			found = true
			apply(e)
		}
	})
	if err == nil && !found {
		err = fmt.Errorf("%s %q: %w", kind, id, ErrNotFound)
	}
	return err
}

func (p *Projector) read(ctx context.Context, positions []uint64, apply func(*event.Event)) error {
	if len(positions) == 0 {
		return nil
	}
	err := p.cfg.Read(ctx, positions, func(e *event.Event) error {
		apply(e)
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("projector: read %d entries: %w", len(positions), err)
	}
	return nil
}

// head describes the first size entries.
func (p *Projector) head(size uint64) (projections.Head, error) {
	h := projections.Head{Position: size}
	var err error
	if h.Root, err = p.cfg.RootAt(size); err != nil {
		return h, fmt.Errorf("projector: root at %d: %w", size, err)
	}
	if size > 0 {
		if h.Recorded, err = p.cfg.RecordedAt(size); err != nil {
			return h, fmt.Errorf("projector: recorded time at %d: %w", size, err)
		}
	}
	return h, nil
}
