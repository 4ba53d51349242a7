package projector

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/projections"
)

// Page sizes of lists.
const (
	DefaultLimit = 50
	MaxLimit     = 500
)

// scanBatch is how many list members are looked at under one lock.
const scanBatch = 2048

// SubjectLine is a subject in a list.
type SubjectLine struct {
	Subject      string             `json:"subject"`
	Name         string             `json:"name"`
	Kind         string             `json:"kind"`
	USCC         string             `json:"uscc"`
	County       string             `json:"county"`
	Counts       projections.Counts `json:"counts"`
	FindingsOpen int64              `json:"findings_open"`
}

// SubjectPage is one page of the subjects that match a search, in the order in which they
// became known.
type SubjectPage struct {
	projections.Head
	Subjects []SubjectLine `json:"subjects"`
	Known    int           `json:"known"`          // all subjects, whether they match or not
	Next     string        `json:"next,omitempty"` // cursor of the next page; empty after the last
}

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
	Teams []TeamLine `json:"teams"`
	Known int        `json:"known"`
	Next  string     `json:"next,omitempty"`
}

// CountyList is every county, sorted by code.
type CountyList struct {
	projections.Head
	Counties []projections.CountyLine `json:"counties"`
}

// Subjects lists the subjects whose name, credit code or id contains q, in whatever case.
// cursor is empty for the first page; limit 0 means [DefaultLimit], and more than
// [MaxLimit] means MaxLimit. Entries that are applied while the list is made may show in
// it: it reflects at least the position it states.
func (p *Projector) Subjects(ctx context.Context, q, cursor string, limit int) (SubjectPage, error) {
	page := SubjectPage{Subjects: []SubjectLine{}}
	s := search[subjectState]{
		in: &p.subjects, q: strings.ToLower(q), limit: limit,
		needle: func(s *subjectState) string { return s.needle },
		take: func(s *subjectState) {
			page.Subjects = append(page.Subjects, SubjectLine{s.id, s.name, s.kind, s.uscc, s.County, s.counts, s.open})
		},
	}
	var err error
	page.Head, page.Known, page.Next, err = s.run(ctx, p, cursor)
	return page, err
}

// Teams lists the teams whose name or id contains q, as [Projector.Subjects] does.
func (p *Projector) Teams(ctx context.Context, q, cursor string, limit int) (TeamPage, error) {
	page := TeamPage{Teams: []TeamLine{}}
	s := search[teamState]{
		in: &p.teams, q: strings.ToLower(q), limit: limit,
		needle: func(t *teamState) string { return t.needle },
		take: func(t *teamState) {
			page.Teams = append(page.Teams, TeamLine{t.id, t.name, t.kind, t.status, t.timeline.Now().Counts()})
		},
	}
	var err error
	page.Head, page.Known, page.Next, err = s.run(ctx, p, cursor)
	return page, err
}

// Counties lists every county.
func (p *Projector) Counties(ctx context.Context, q Query) (CountyList, error) {
	city, err := p.City(ctx, q)
	if err != nil {
		return CountyList{}, err
	}
	named := slices.DeleteFunc(city.Counties, func(l projections.CountyLine) bool { return l.County == "" })
	return CountyList{Head: city.Head, Counties: named}, nil
}

// search looks through a register for a page of members.
type search[T any] struct {
	in     *register[T]
	q      string // lower case
	limit  int
	needle func(*T) string
	take   func(*T) // called with the projector's lock held
}

// run takes up to limit matches from cursor on. The cursor of the next page is the place in
// the register of the first match that found no room.
func (s *search[T]) run(ctx context.Context, p *Projector, cursor string) (head projections.Head, known int, next string, err error) {
	from := 0
	if cursor != "" {
		if from, err = strconv.Atoi(cursor); err != nil || from < 0 {
			return head, 0, "", fmt.Errorf("%w: %q", ErrCursor, cursor)
		}
	}
	if s.limit <= 0 {
		s.limit = DefaultLimit
	}
	s.limit = min(s.limit, MaxLimit)

	p.mu.RLock()
	at, err := p.at(Query{})
	members := s.in.list
	p.mu.RUnlock()
	if err != nil {
		return head, 0, "", err
	}
	for from < len(members) && next == "" {
		if err := ctx.Err(); err != nil {
			return head, 0, "", err
		}
		end := min(from+scanBatch, len(members))
		p.mu.RLock()
		for ; from < end && next == ""; from++ {
			switch m := members[from]; {
			case !strings.Contains(s.needle(m), s.q):
			case s.limit == 0:
				next = strconv.Itoa(from)
			default:
				s.limit--
				s.take(m)
			}
		}
		p.mu.RUnlock()
	}
	head, err = p.head(at)
	return head, len(members), next, err
}
