package projector

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections"
)

// AssuredSector is a sector in a county or zone (R50).
type AssuredSector struct {
	County     string `json:"county"` // that of a zone has what is in the zone, too; empty: of no county
	Sector     string `json:"sector"`
	Assured    bool   `json:"assured"`          // 放心行业: it was walked through, and every inspected subject is assured
	Subjects   int64  `json:"assured_subjects"` // 放心企业, of the inspected ones
	Inspected  int64  `json:"inspected"`        // subjects with a visit in the sector
	Registered int64  `json:"registered"`       // in the register and not excluded: how much of them was covered
}

// AssuredList is every sector of every county of which the asker sees a subject, by county and sector.
type AssuredList struct {
	projections.Head
	projections.Selection
	Sectors []AssuredSector `json:"sectors"`
}

// place is a sector in a county.
type place struct{ county, sector string }

// Assured derives which sectors are assured, from the subjects, visits and statements that the asker may see. A selection says which
// visits walked through a sector; what holds a subject up does so whenever it was said. Entries that are applied while the list is made may
// show in it: it reflects at least the position it states.
func (p *Projector) Assured(ctx context.Context, q Query) (AssuredList, error) {
	p.mu.RLock()
	ask, err := p.ask(q)
	members := p.subjects.list
	p.mu.RUnlock()
	switch {
	case err != nil:
		return AssuredList{}, err
	case q.OccurredUntil != nil:
		return AssuredList{}, ErrNoOccurred
	}
	lines := map[place]*AssuredSector{}
	for batch := range slices.Chunk(members, scanBatch) {
		if err := ctx.Err(); err != nil {
			return AssuredList{}, err
		}
		p.mu.RLock()
		for _, s := range batch {
			s.assure(&ask, lines)
		}
		p.mu.RUnlock()
	}
	list := AssuredList{Selection: q.Of, Sectors: make([]AssuredSector, 0, len(lines))}
	for _, l := range lines {
		l.Assured = l.Inspected > 0 && l.Subjects == l.Inspected
		list.Sectors = append(list.Sectors, *l)
	}
	slices.SortFunc(list.Sectors, func(a, b AssuredSector) int {
		return cmp.Or(strings.Compare(a.County, b.County), strings.Compare(a.Sector, b.Sector))
	})
	list.Head, err = p.head(&ask)
	return list, err
}

// assure adds a subject to the lines of the sectors in which it is registered, and in which it was inspected.
func (s *subjectState) assure(ask *question, lines map[place]*AssuredSector) {
	if s.registered(&ask.scope) && s.Covered() {
		for at := range places(s.County, s.Sectors, &ask.scope) {
			lineOf(lines, at).Registered++
		}
	}
	assured := true
	walked := map[place]int64{}
	for i := range s.parts {
		part := &s.parts[i]
		if !part.counted(&ask.scope) {
			continue
		}
		assured = assured && part.open == 0 && part.held == 0
		if part.counts.Inspections != 0 && ask.of.selects(key{visits, part.span}) {
			for at := range places(part.cell.county, part.cell.sectors, &ask.scope) {
				walked[at] += part.counts.Inspections
			}
		}
	}
	for at, n := range walked {
		if n <= 0 {
			continue
		}
		l := lineOf(lines, at)
		l.Inspected++
		if assured {
			l.Subjects++
		}
	}
}

// places are the sectors that the asker may see, in a county or zone and in the county of that zone.
func places(county string, sectors []string, scope *visibility.Scope) iter.Seq[place] {
	return func(yield func(place) bool) {
		for _, in := range [...]string{county, codes.Parent(county)} {
			if in == "" && in != county || !scope.Area(in) {
				continue
			}
			for _, sector := range sectors {
				if scope.Sector(sector) && !yield(place{in, sector}) {
					return
				}
			}
		}
	}
}

func lineOf(lines map[place]*AssuredSector, at place) *AssuredSector {
	l := lines[at]
	if l == nil {
		l = &AssuredSector{County: at.county, Sector: at.sector}
		lines[at] = l
	}
	return l
}
