package projector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections"
)

// Query says which state of the ledger an answer reflects.
type Query struct {
	// AsOf asks for the first AsOf entries; nil for all that are applied.
	AsOf *uint64
	// For is who asks. What he may see at the moment of asking bounds the answer.
	For event.Actor
	// Of narrows figures. Its campaign is one of the ledger.
	Of projections.Selection
	// OccurredUntil leaves out facts that occurred later, by the clock of who recorded them;
	// nil leaves out none. Counties and the city do not have it.
	OccurredUntil *time.Time
}

// question is a query with its position and the scope of its asker, both of one moment.
type question struct {
	at    uint64
	scope visibility.Scope
	until *time.Time
	of    selection
}

// ask reads a query; p.mu is held for reading.
func (p *Projector) ask(q Query) (question, error) {
	out := question{at: p.position, scope: visibility.ScopeOf(q.For, &p.order), until: q.OccurredUntil}
	switch {
	case p.failed != nil:
		return out, p.failed
	case q.AsOf == nil:
	case *q.AsOf > p.position:
		return out, fmt.Errorf("position %d of %d: %w", *q.AsOf, p.position, ErrAhead)
	default:
		out.at = *q.AsOf
	}
	var err error
	out.of, err = p.selected(q.Of, out.at)
	return out, err
}

// Subject answers for one subject, from the entries about it that the asker may see.
func (p *Projector) Subject(ctx context.Context, id string, q Query) (projections.SubjectView, error) {
	var none projections.SubjectView
	p.mu.RLock()
	ask, err := p.ask(q)
	positions := p.about(id, ask.at)
	others := p.mergedInto(id)
	p.mu.RUnlock()
	if err != nil {
		return none, err
	}
	fold := projections.NewSubjectFold(id, q.Of)
	for _, other := range others {
		of, err := p.became(ctx, other, &ask)
		if err != nil {
			return none, err
		}
		if of == id || slices.Contains(fold.Merged(), of) {
			fold.Absorb(other)
			p.mu.RLock()
			positions = append(positions, p.about(other, ask.at)...)
			p.mu.RUnlock()
		}
	}
	slices.Sort(positions)
	positions = slices.Compact(positions)
	err = p.fold(ctx, "subject", id, positions, &ask, func(e *event.Event, hidden bool) bool {
		switch {
		case !fold.Concerns(e):
			return false
		case hidden:
			fold.ApplyHidden(e)
		default:
			fold.Apply(e)
		}
		return true
	})
	if err != nil {
		return none, err
	}
	view := fold.View()
	view.Head, err = p.head(&ask)
	return view, err
}

// about returns the positions of what is about a subject below limit, ascending.
func (p *Projector) about(id string, limit uint64) []uint64 {
	s := p.subjects.byID[id]
	if s == nil {
		return nil
	}
	return join(p.bySubject.walk(s.last, limit), s.more, limit)
}

// mergedInto returns the subjects of which somebody ever said that they became part of one, those of these too, in this order.
func (p *Projector) mergedInto(id string) (all []string) {
	for next := []string{id}; len(next) > 0 && len(all) < 100; next = next[1:] {
		for _, other := range p.merged[next[0]] {
			if other != id && !slices.Contains(all, other) {
				all, next = append(all, other), append(next, other)
			}
		}
	}
	return all
}

// became returns what a subject became part of, "" while it is one of its own, as the asker may see.
func (p *Projector) became(ctx context.Context, id string, ask *question) (string, error) {
	p.mu.RLock()
	positions := p.about(id, ask.at)
	p.mu.RUnlock()
	fold := projections.NewSubjectFold(id, projections.Selection{})
	err := p.fold(ctx, "subject", id, positions, ask, func(e *event.Event, _ bool) bool {
		if e.Stream.Kind == event.Subject {
			fold.Apply(e)
		}
		return true
	})
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return fold.Successor(), err
}

// Inspection answers for one inspection.
func (p *Projector) Inspection(ctx context.Context, id string, q Query) (projections.InspectionView, error) {
	var none projections.InspectionView
	p.mu.RLock()
	ask, err := p.ask(q)
	var last link
	var more, party []link
	if v := p.visits[id]; v != nil {
		last, more, party = v.last, v.more, v.party
	}
	chain := p.byStream
	p.mu.RUnlock()
	if err != nil {
		return none, err
	}
	fold, concealed := projections.NewInspectionFold(id), false
	err = p.fold(ctx, "inspection", id, join(chain.walk(last, ask.at), more, ask.at), &ask, func(e *event.Event, hidden bool) bool {
		concealed = concealed || hidden
		fold.Apply(e)
		return e.Stream.Kind == event.Inspection // an order or a case alone is no visit
	})
	if err != nil {
		return none, err
	}
	if ask.scope.Sees(event.Stream{Kind: evaluation.Name}, &event.About{}) {
		if err := p.read(ctx, join(nil, party, ask.at), fold.ApplyEvaluation); err != nil {
			return none, err
		}
	}
	if err := p.read(ctx, p.ofCampaign(fold.Campaign(), ask.at), fold.ApplyPlan); err != nil {
		return none, err
	}
	holidays, err := p.table(ctx, codetable.Holidays, ask.at)
	if err != nil {
		return none, err
	}
	lists, err := p.table(ctx, codetable.Checklists, ask.at)
	if err != nil {
		return none, err
	}
	fold.ApplyTables(holidays, lists)
	view := fold.View()
	view.Hidden = concealed
	if !ask.scope.Everything() && !ask.scope.Own(view.Team) {
		view.HideReplaced()
	}
	view.Head, err = p.head(&ask)
	return view, err
}

// ofCampaign returns the positions of a campaign's entries below limit, ascending: its plans judge its
// visits, whoever asks.
func (p *Projector) ofCampaign(id string, limit uint64) []uint64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.byStream.walk(p.campaigns[id], limit)
}

// Team answers for one team. With a limit on occurrence every entry about the team is read
// back, which takes a time in proportion to their number.
func (p *Projector) Team(ctx context.Context, id string, q Query) (projections.TeamView, error) {
	var none projections.TeamView
	p.mu.RLock()
	ask, err := p.ask(q)
	t := p.teams.byID[id]
	if err == nil && (t == nil || !t.listed || t.first >= ask.at || !ask.scope.Team(id)) {
		err = fmt.Errorf("team %q: %w", id, ErrNotFound)
	}
	if err != nil {
		p.mu.RUnlock()
		return none, err
	}
	chain, last := p.byTeam, t.last
	sums := t.series.at(ask.at, &ask.of)
	figures := sums.Figures(p.counters.Names())
	if q.OccurredUntil == nil {
		chain, last = p.byStream, t.stream
	}
	p.mu.RUnlock()

	fold := projections.NewTeamFold(id, q.Of)
	var view projections.TeamView
	if q.OccurredUntil == nil {
		err = p.read(ctx, chain.walk(last, ask.at), fold.ApplyTeam)
		view = fold.ViewWith(figures)
	} else {
		err = p.fold(ctx, "team", id, chain.walk(last, ask.at), &ask, func(e *event.Event, hidden bool) bool {
			if !hidden {
				fold.Apply(e)
			}
			return true
		})
		view = fold.View()
	}
	if err != nil {
		return none, err
	}
	if ask.scope.Everything() || ask.scope.Own(id) {
		view.InspectionsHidden = sums.Value(projections.HiddenVisits)
	}
	view.Head, err = p.head(&ask)
	return view, err
}

// County answers for one county with its zones, or for one zone: the sum of the cells in it
// that the asker may see.
func (p *Projector) County(ctx context.Context, code string, q Query) (projections.CountyView, error) {
	view, ask, err := p.countyView(code, q)
	if err != nil {
		return projections.CountyView{}, err
	}
	view.Head, err = p.head(&ask)
	return view, err
}

func (p *Projector) countyView(code string, q Query) (projections.CountyView, question, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	ask, err := p.askAnyTime(q)
	if err != nil {
		return projections.CountyView{}, ask, err
	}
	sum := ask.of.sums()
	var zones []string
	known := false
	if code != "" && ask.scope.Area(code) {
		for _, c := range p.cells {
			if c.county != code && c.parent != code || !ask.adds(c) {
				continue
			}
			known = true
			c.series.addTo(&sum, ask.at, &ask.of)
			if c.parent == code && !slices.Contains(zones, c.county) {
				zones = append(zones, c.county)
			}
		}
	}
	if !known {
		return projections.CountyView{}, ask, fmt.Errorf("county %q: %w", code, ErrNotFound)
	}
	slices.Sort(zones)
	return projections.County(code, codes.Parent(code), zones, &sum, p.counters.Names(), ask.scope.Sector), ask, nil
}

// adds reports whether a cell is one that the answer adds.
func (a *question) adds(c *cell) bool {
	return c.first < a.at && a.scope.Counts(c.county, c.sectors, "")
}

// City answers for all that the asker may see.
func (p *Projector) City(ctx context.Context, q Query) (projections.CityView, error) {
	p.mu.RLock()
	ask, err := p.askAnyTime(q)
	if err != nil {
		p.mu.RUnlock()
		return projections.CityView{}, err
	}
	names := p.counters.Names()
	sum := ask.of.sums()
	own, parents := map[string]projections.Tally{}, map[string]string{}
	add := func(code string, t projections.Tally) {
		have := own[code]
		have.Merge(t)
		own[code] = have
	}
	for _, c := range p.cells {
		if !ask.adds(c) {
			continue
		}
		t := c.series.at(ask.at, &ask.of)
		sum.Merge(&t)
		add(c.county, t.Tally)
		parents[c.county] = c.parent
		if c.parent != "" && ask.scope.Area(c.parent) {
			add(c.parent, t.Tally)
		}
	}
	p.mu.RUnlock()

	lines := []projections.CountyLine{}
	for code, t := range own {
		lines = append(lines, projections.Line(code, parents[code], t, names))
	}
	slices.SortFunc(lines, func(a, b projections.CountyLine) int { return strings.Compare(a.County, b.County) })
	view := projections.City(&sum, lines, names, ask.scope.Sector)
	view.Head, err = p.head(&ask)
	return view, err
}

// askAnyTime is ask for a view that has no limit on occurrence; p.mu is held for reading.
func (p *Projector) askAnyTime(q Query) (question, error) {
	if q.OccurredUntil != nil {
		return question{}, ErrNoOccurred
	}
	return p.ask(q)
}

// fold reads back entries by index and applies those that the asker sees and that had occurred
// by the question's limit, in the order in which they are seen; what is hidden at its position,
// and seen by office, own team and approver alone, comes last. apply reports whether the view is about the
// entry; when it is about none, fold fails with ErrNotFound.
func (p *Projector) fold(ctx context.Context, kind, id string, positions []uint64, ask *question,
	apply func(e *event.Event, hidden bool) bool) error {
	found := false
	var held, hidden []waiting
	release := func(before uint64) {
		n := 0
		for n < len(held) && held[n].seen < before {
			found = apply(held[n].e, false) || found
			n++
		}
		held = held[n:]
	}
	err := p.read(ctx, positions, func(e *event.Event) {
		if ask.until != nil && !projections.KnownBy(e, *ask.until) || !ask.scope.Sees(e.Stream, &e.About) ||
			visibility.Restricted(e.Stream.Kind) {
			return
		}
		seen, ok, authority := p.seen(e, ask.at)
		switch {
		case ok && seen == e.Index:
			release(seen + 1) // those that an earlier entry or this one disclosed
			found = apply(e, false) || found
		case ok:
			held = insert(held, waiting{e, seen})
		case ask.scope.Early(e.About.Team, authority):
			hidden = append(hidden, waiting{e, 0})
		}
	})
	release(unseen)
	for _, w := range hidden {
		found = apply(w.e, true) || found
	}
	if err == nil && !found {
		err = fmt.Errorf("%s %q: %w", kind, id, ErrNotFound)
	}
	return err
}

// join adds those of more that lie below limit to positions, ascending.
func join(positions []uint64, more []link, limit uint64) []uint64 {
	if len(more) == 0 {
		return positions
	}
	for _, l := range more {
		if l.position() < limit {
			positions = append(positions, l.position())
		}
	}
	slices.Sort(positions)
	return positions
}

// waiting is an entry that was held back, and the position at which it was seen.
type waiting struct {
	e    *event.Event
	seen uint64
}

// insert keeps a list in the order of seen; entries come by index.
func insert(list []waiting, w waiting) []waiting {
	i := sort.Search(len(list), func(i int) bool { return list[i].seen > w.seen })
	return slices.Insert(list, i, w)
}

// seen returns the position at which an entry is seen, whether that is before another, and in whose name its visit is made.
func (p *Projector) seen(e *event.Event, at uint64) (seen uint64, ok bool, authority string) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	v := p.orderOf(e.Stream)
	seen, ok = v.Seen(e.Index)
	return seen, ok && seen < at, v.Authority()
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

// head describes the entries that an answer reflects.
func (p *Projector) head(ask *question) (projections.Head, error) {
	return p.HeadAt(ask.at, &ask.scope)
}

// HeadAt describes the first entries of the ledger, under a scope.
func (p *Projector) HeadAt(size uint64, scope *visibility.Scope) (projections.Head, error) {
	h := projections.Head{Position: size, Scope: strconv.FormatUint(scope.Fingerprint(), 36)}
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
