package projector

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/projections"
)

// unseen is the first position of a cell in which no entry was seen.
const unseen = math.MaxUint64

// register finds things by id and lists them in the order in which entries about them were
// first seen.
type register[T any] struct {
	byID map[string]*T
	list []*T // only grows
}

func newRegister[T any]() register[T] { return register[T]{byID: map[string]*T{}} }

// subjectOf returns the subject an entry is about, or nil.
func (p *Projector) subjectOf(e *event.Event) *subjectState {
	id := projections.SubjectOf(e)
	if id == "" {
		return nil
	}
	return p.subject(id)
}

func (p *Projector) subject(id string) *subjectState {
	if s := p.latest.subject; s != nil && s.id == id {
		return s
	}
	s := p.subjects.byID[id]
	if s == nil {
		id = strings.Clone(id)
		s = &subjectState{id: id}
		p.subjects.byID[id] = s
	}
	p.latest.subject = s
	return s
}

// visit returns the visit with this stream id.
func (p *Projector) visit(id string) *visitState {
	if v := p.latest.visit; v != nil && v.id == id {
		return v
	}
	v := p.visits[id]
	if v == nil {
		v = &visitState{id: strings.Clone(id)}
		p.visits[v.id] = v
	}
	p.latest.visit = v
	return v
}

// teamOf returns the team an entry is about, or nil.
func (p *Projector) teamOf(e *event.Event) *teamState {
	id := projections.TeamOf(e)
	if id == "" {
		return nil
	}
	if t := p.latest.team; t != nil && t.id == id {
		return t
	}
	t := p.teams.byID[id]
	if t == nil {
		id = strings.Clone(id)
		t = &teamState{id: id, needle: needle(id)}
		p.teams.byID[id] = t
	}
	p.latest.team = t
	return t
}

// shareOf returns where the figures of an entry belong.
func (p *Projector) shareOf(e *event.Event) share {
	return share{p.cellOf(e.About.County, e.About.Sectors), p.teamOf(e), p.subjectOf(e), p.numbers.of(e.About.Campaign)}
}

// cellOf returns the cell of a county and sectors.
func (p *Projector) cellOf(county string, sectors []string) *cell {
	if c := p.latest.cell; c != nil && c.county == county && slices.Equal(c.sectors, sectors) {
		return c
	}
	key := cellKey{county, strings.Join(sectors, " ")}
	c := p.cellIndex[key]
	if c == nil {
		c = &cell{county: strings.Clone(county), parent: codes.Parent(county), first: unseen}
		key = cellKey{c.county, strings.Clone(key.sectors)}
		if key.sectors != "" {
			c.sectors = strings.Split(key.sectors, " ")
		}
		p.cellIndex[key] = c
		p.cells = append(p.cells, c)
	}
	p.latest.cell = c
	return c
}

// noFigures is the span of a part without figures.
var noFigures = projections.Span{Campaign: projections.AnyCampaign}

// entered says that an entry about the subject was seen in a cell, by a team: who may add figures of both knows of it.
func (s *subjectState) entered(c *cell, t *teamState) {
	for i := range s.parts {
		if s.parts[i].cell == c && s.parts[i].team == t {
			return
		}
	}
	s.parts = append(s.parts, subjectPart{cell: c, team: t, span: noFigures})
}

// part returns the figures of the subject in a cell, by a team, of a campaign and year.
func (s *subjectState) part(c *cell, t *teamState, of projections.Span) *subjectPart {
	for i := range slices.Backward(s.parts) {
		if part := &s.parts[i]; part.cell == c && part.team == t && (part.span == of || part.span == noFigures) {
			part.span = of
			return part
		}
	}
	s.parts = append(s.parts, subjectPart{cell: c, team: t, span: of})
	return &s.parts[len(s.parts)-1]
}

// describe keeps what lists show of the team.
func (t *teamState) describe(e *event.Event) {
	t.facts.Follow(e, func() { t.name, t.kind, t.status = "", "", "" }, t.fact)
}

func (t *teamState) fact(e *event.Event) {
	switch d := e.Data.(type) {
	case *team.Formed:
		t.name, t.kind = strings.Clone(d.Name), strings.Clone(d.Kind)
		t.needle = needle(t.id, t.name)
		t.status = cmp.Or(t.status, "formed")
	case *team.Activated:
		t.status = "active"
	}
}

// posted keeps of which visit a notice with a one-time code is: by it the party's evaluation finds the visit (R38).
func (p *Projector) posted(v *visitState, code string) {
	if _, taken := p.notices[code]; code != "" && v != nil && !taken {
		p.notices[strings.Clone(code)] = v
	}
}

// needle is the text in which a search looks: fields in lower case, apart from each other
// by a character that no query contains.
func needle(fields ...string) string { return strings.ToLower(strings.Join(fields, "\x00")) }
