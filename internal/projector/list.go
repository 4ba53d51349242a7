package projector

import (
	"context"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/projections"
)

// Page sizes of lists.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// scanBatch is how many list members are looked at under one lock.
const scanBatch = 2048

// TeamLine is a team in a list.
type TeamLine struct {
	Team   string             `json:"team"`
	Name   string             `json:"name"`
	Kind   string             `json:"kind"`
	Status string             `json:"status"` // as in TeamView
	Counts projections.Counts `json:"counts"`
}

// TeamPage is one page of the teams that match a search, in the order in which they became
// known.
type TeamPage struct {
	projections.Head
	projections.Selection
	Teams []TeamLine `json:"teams"`
	Known int        `json:"known"`
	Next  string     `json:"next,omitempty"`
}

// CountyList is every county, sorted by code.
type CountyList struct {
	projections.Head
	projections.Selection
	Counties []projections.CountyLine `json:"counties"`
}

// Search says which part of a list is asked for.
type Search struct {
	For    event.Actor           // who asks
	Text   string                // contained in name or id, in whatever case; empty: all
	Of     projections.Selection // narrows figures, and leaves nobody out
	Cursor string                // of the page before; empty for the first page
	Limit  int                   // 0 means [DefaultLimit], and more than [MaxLimit] means MaxLimit
}

// registered reports whether the asker may see what the register says of the subject.
func (s *subjectState) registered(scope *visibility.Scope) bool {
	return s.Registered && scope.Cell(s.County, s.Sectors)
}

// counted reports whether the asker adds the figures of the part.
func (s *subjectPart) counted(scope *visibility.Scope) bool {
	team := ""
	if s.team != nil {
		team = s.team.id
	}
	return scope.Counts(s.cell.county, s.cell.sectors, team)
}

// Teams lists the teams whose name or id matches. Entries that are applied while the list is made may show in it: it reflects at least the
// position it states.
func (p *Projector) Teams(ctx context.Context, q Search) (TeamPage, error) {
	page := TeamPage{Selection: q.Of, Teams: []TeamLine{}}
	s := search[teamState]{
		in: &p.teams, Search: q,
		needle: func(t *teamState, scope *visibility.Scope) (string, bool) { return t.needle, scope.Team(t.id) },
		take: func(t *teamState, ask *question) {
			page.Teams = append(page.Teams, TeamLine{t.id, t.name, t.kind, t.status, t.series.counts(&ask.of)})
		},
	}
	var err error
	page.Head, page.Known, page.Next, err = s.run(ctx, p)
	return page, err
}

// Counties lists every county.
func (p *Projector) Counties(ctx context.Context, q Query) (CountyList, error) {
	city, err := p.City(ctx, q)
	if err != nil {
		return CountyList{}, err
	}
	named := slices.DeleteFunc(city.Counties, func(l projections.CountyLine) bool { return l.County == "" })
	return CountyList{Head: city.Head, Selection: q.Of, Counties: named}, nil
}

// search looks through a register for a page of members.
type search[T any] struct {
	Search
	in     *register[T]
	needle func(*T, *visibility.Scope) (text string, visible bool)
	take   func(*T, *question) // called with the projector's lock held
}

// run takes up to limit matches from cursor on, and counts what the asker may see. The cursor
// of the next page is the place in the register of the first match that found no room.
func (s *search[T]) run(ctx context.Context, p *Projector) (head projections.Head, known int, next string, err error) {
	if s.Limit <= 0 {
		s.Limit = DefaultLimit
	}
	room, sought := min(s.Limit, MaxLimit), strings.ToLower(s.Text)
	p.mu.RLock()
	ask, err := p.ask(Query{For: s.For, Of: s.Of})
	members := s.in.list
	p.mu.RUnlock()
	if err != nil {
		return head, 0, "", err
	}
	from := uint64(0)
	if s.Cursor != "" {
		c, err := ParseCursor(s.Cursor, ask.scope.Fingerprint())
		if err != nil {
			return head, 0, "", err
		}
		from = c.Index
	}
	for at := 0; at < len(members); {
		if err := ctx.Err(); err != nil {
			return head, 0, "", err
		}
		end := min(at+scanBatch, len(members))
		p.mu.RLock()
		for ; at < end; at++ {
			text, visible := s.needle(members[at], &ask.scope)
			if !visible {
				continue
			}
			known++
			switch {
			case uint64(at) < from || next != "" || !strings.Contains(text, sought):
			case room == 0:
				next = Cursor{Index: uint64(at)}.String(ask.scope.Fingerprint())
			default:
				room--
				s.take(members[at], &ask)
			}
		}
		p.mu.RUnlock()
	}
	head, err = p.head(&ask)
	return head, known, next, err
}
