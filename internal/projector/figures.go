package projector

import (
	"slices"

	"github.com/anjian-ledger/anjian/projections"
)

// pending is what an entry of a hidden visit does to a figure.
type pending struct {
	id   uint32
	year int16
	n    int64
}

// keep holds back what an entry of a hidden visit does to figures.
func (p *Projector) keep(v *visitState, changes []projections.Change) {
	for _, ch := range changes {
		id := p.counters.ID(ch.Counter)
		if i := slices.IndexFunc(v.pending, func(c pending) bool { return c.id == id && c.year == ch.Year }); i >= 0 {
			v.pending[i].n += ch.N
		} else {
			if n := len(p.spare); v.pending == nil && n > 0 {
				v.pending, p.spare = p.spare[n-1], p.spare[:n-1]
			}
			v.pending = append(v.pending, pending{id, ch.Year, ch.N})
		}
	}
}

// count moves figures: of a cell, of a team, and of a subject in both.
func (p *Projector) count(at uint64, s share, changes []projections.Change) {
	p.enter(at, s)
	for i := range changes {
		ch := &changes[i]
		p.move(at, s, ch.Year, p.counters.ID(ch.Counter), ch.N)
	}
}

// disclose moves the figures that were kept with a visit.
func (p *Projector) disclose(at uint64, v *visitState) {
	p.enter(at, v.share)
	for _, ch := range v.pending {
		p.move(at, v.share, ch.year, ch.id, ch.n)
	}
	p.spare = append(p.spare, v.pending[:0])
	v.pending = nil
}

// hide turns whether a visit is one of its team's hidden ones, if it changes.
func (p *Projector) hide(at uint64, v *visitState, changes bool) {
	if !changes {
		return
	}
	n := int64(1)
	if v.hidden {
		n = -1
	}
	v.hidden = !v.hidden
	if t := v.share.team; t != nil {
		t.series.add(key{hidden, projections.Span{Campaign: v.share.campaign}}, at, uint32(projections.HiddenVisits), n)
	}
}

func (p *Projector) move(at uint64, s share, year int16, id uint32, n int64) {
	if n == 0 {
		return
	}
	of := key{visits, projections.Span{Campaign: s.campaign, Year: year}}
	s.cell.series.add(of, at, id, n)
	if s.team != nil {
		s.team.series.add(of, at, id, n)
	}
	if s.subject == nil {
		return
	}
	part := s.subject.part(s.cell, s.team, of.Span)
	switch class := projections.ClassOf(id); class {
	case projections.FindingsOpen:
		part.open += n
	case projections.FlagsOpen, projections.Overdue:
		part.held += n
	case projections.Inspections:
		if s.subject.Inspects(s.cell.sectors, of.Span, n) {
			p.changeSubject(at, s.subject, func() { s.subject.Inspected(s.cell.sectors, of.Span, n) })
		} else {
			s.subject.Inspected(s.cell.sectors, of.Span, n)
		}
		fallthrough
	default:
		part.counts.Add(projections.Change{Counter: projections.Counter{Class: class}, N: n})
	}
}

// enter lists the subject and the team of an entry that is seen, once.
func (p *Projector) enter(at uint64, s share) {
	s.cell.first = min(s.cell.first, at)
	if s.team != nil && !s.team.listed {
		s.team.listed, s.team.first = true, at
		p.teams.list = append(p.teams.list, s.team)
	}
	if s.subject == nil {
		return
	}
	if !s.subject.listed {
		s.subject.listed = true
		p.subjects.list = append(p.subjects.list, s.subject)
	}
	s.subject.entered(s.cell, s.team)
}

// changeSubject changes a subject, and moves it from the cells in which it stood to those in which it
// stands then.
func (p *Projector) changeSubject(at uint64, s *subjectState, change func()) {
	p.portions = p.portions[:0]
	p.stand(at, s, -1)
	change()
	p.stand(at, s, 1)
	p.record(at)
}

func (p *Projector) stand(at uint64, s *subjectState, sign int64) {
	if !s.Registered {
		return
	}
	s.CountRegistered(sign, p.portion(at, s.County, s.Sectors, key{kind: inRegister}))
	p.spans = s.Spans(p.spans[:0])
	for _, span := range p.spans {
		if p.sectors = s.InspectedIn(p.sectors[:0], span); len(p.sectors) > 0 {
			s.CountInspected(p.sectors, sign, p.portion(at, s.County, p.sectors, key{coverage, span}))
		}
	}
}

// portion is what is collected for one cell before it is recorded, so that what leaves a cell
// and returns to it leaves no trace.
type portion struct {
	cell    *cell
	of      key
	changes projections.Changes
}

func (p *Projector) portion(at uint64, county string, sectors []string, of key) *projections.Changes {
	c := p.cellOf(county, sectors)
	c.first = min(c.first, at)
	for i := range p.portions {
		if p.portions[i].cell == c && p.portions[i].of == of {
			return &p.portions[i].changes
		}
	}
	if n := len(p.portions); n < cap(p.portions) {
		p.portions = p.portions[:n+1]
		p.portions[n].cell, p.portions[n].of = c, of
		p.portions[n].changes.Reset()
	} else {
		p.portions = append(p.portions, portion{cell: c, of: of})
	}
	return &p.portions[len(p.portions)-1].changes
}

// record adds the collected portions to their cells.
func (p *Projector) record(at uint64) {
	for i := range p.portions {
		for _, ch := range p.portions[i].changes.List {
			if ch.N != 0 {
				p.portions[i].cell.series.add(p.portions[i].of, at, p.counters.ID(ch.Counter), ch.N)
			}
		}
	}
}
