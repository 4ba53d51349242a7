package projector

import (
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/projections"
)

// register finds things by id and lists them in the order in which they became known.
type register[T any] struct {
	byID map[string]*T
	list []*T // only grows
}

func newRegister[T any]() register[T] { return register[T]{byID: map[string]*T{}} }

func (r *register[T]) enter(id string, t *T) {
	r.byID[id] = t
	r.list = append(r.list, t)
}

// subjectOf returns the subject an entry is about, or nil.
func (p *Projector) subjectOf(e *event.Event) *subjectState {
	id := projections.SubjectOf(e)
	if id == "" {
		return nil
	}
	return p.subject(id)
}

func (p *Projector) subject(id string) *subjectState {
	if s := p.lately.subject; s != nil && s.id == id {
		return s
	}
	s := p.subjects.byID[id]
	if s == nil {
		id = strings.Clone(id)
		s = &subjectState{id: id, needle: needle(id)}
		p.subjects.enter(id, s)
	}
	p.lately.subject = s
	return s
}

// visit returns the visit with this stream id.
func (p *Projector) visit(id string) *visitState {
	if v := p.lately.visit; v != nil && v.id == id {
		return v
	}
	v := p.visits[id]
	if v == nil {
		v = &visitState{id: strings.Clone(id)}
		p.visits[v.id] = v
	}
	p.lately.visit = v
	return v
}

// teamOf returns the team an entry is about, or nil.
func (p *Projector) teamOf(e *event.Event) *teamState {
	id := projections.TeamOf(e)
	if id == "" {
		return nil
	}
	if t := p.lately.team; t != nil && t.id == id {
		return t
	}
	t := p.teams.byID[id]
	if t == nil {
		id = strings.Clone(id)
		t = &teamState{id: id, needle: needle(id), first: e.Index}
		p.teams.enter(id, t)
	}
	p.lately.team = t
	return t
}

// countyOf returns the county with a code, made at position at when it is new, together
// with its parent.
func (p *Projector) countyOf(code string, at uint64) *countyState {
	if c := p.lately.county; c != nil && c.code == code {
		return c
	}
	if c := p.counties[code]; c != nil {
		p.lately.county = c
		return c
	}
	code = strings.Clone(code)
	c := &countyState{code: code, first: at}
	p.counties[code] = c
	if c.parent = codes.Parent(code); c.parent != "" {
		parent := p.countyOf(c.parent, at)
		parent.zones = append(parent.zones, c)
	}
	return c
}

// describe keeps what lists show of the subject.
func (s *subjectState) describe(e *event.Event) {
	switch d := e.Data.(type) {
	case *subject.Registered:
		s.name, s.kind = strings.Clone(d.Name), strings.Clone(d.Kind)
		if d.USCC != "" {
			s.uscc = strings.Clone(d.USCC)
		}
	case *subject.Identified:
		s.uscc = strings.Clone(d.USCC)
	default:
		return
	}
	s.needle = needle(s.id, s.name, s.uscc)
}

// needle is the text in which a search looks: fields in lower case, apart from each other
// by a character that no query contains.
func needle(fields ...string) string { return strings.ToLower(strings.Join(fields, "\x00")) }
