package projections

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
)

// TeamView is an inspection team and what it did.
type TeamView struct {
	Head
	Team     string   `json:"team"`
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Status   string   `json:"status"` // formed or active; empty while only named by others
	Leader   string   `json:"leader"`
	Members  []string `json:"members"`  // in the order in which they joined
	Sectors  []string `json:"sectors"`  // scope; empty: all
	Counties []string `json:"counties"` // scope; empty: all
	Figures
	// InspectionsHidden is how many visits are not disclosed yet (R39), for the office and the
	// own team; they are in no figure.
	InspectionsHidden int64 `json:"inspections_hidden"`
}

// TeamFold folds the entries about one team.
type TeamFold struct {
	view     TeamView
	facts    facts.Log
	counting counting
}

// NewTeamFold begins the fold for the team with this id, and the figures of a selection.
func NewTeamFold(id string, of Selection) *TeamFold {
	return &TeamFold{counting: counting{of: of}, view: TeamView{Team: id, Members: []string{}, Sectors: []string{}, Counties: []string{}}}
}

// ApplyTeam applies what an entry says of the team itself, and counts nothing: for a caller
// that has the figures from a [Timeline].
func (f *TeamFold) ApplyTeam(e *event.Event) {
	if e.Stream.Kind != event.Team || e.Stream.ID != f.view.Team {
		return
	}
	f.facts.Follow(e, func() {
		head := f.view.Head
		*f = TeamFold{view: NewTeamFold(f.view.Team, f.counting.of).view, facts: f.facts, counting: f.counting}
		f.view.Head = head
	}, f.fact)
}

// fact applies what a fact says of the team.
func (f *TeamFold) fact(e *event.Event) {
	v := &f.view
	switch d := e.Data.(type) {
	case *team.Formed:
		v.Name, v.Kind = d.Name, d.Kind
		if v.Status == "" {
			v.Status = "formed"
		}
	case *team.ScopeAssigned:
		v.Sectors, v.Counties = list(d.Sectors), list(d.Counties)
	case *team.LeaderAppointed:
		v.Leader = d.Person
	case *team.LeaderChanged:
		v.Leader = d.To
	case *team.MemberJoined:
		if !slices.Contains(v.Members, d.Person) {
			v.Members = append(v.Members, d.Person)
		}
	case *team.MemberLeft:
		v.Members = slices.DeleteFunc(v.Members, func(p string) bool { return p == d.Person })
	case *team.Activated:
		v.Status = "active"
	}
}

// Apply applies an entry about the team and counts it.
func (f *TeamFold) Apply(e *event.Event) {
	f.ApplyTeam(e)
	f.counting.apply(e)
}

// View returns the team with the figures counted by Apply.
func (f *TeamFold) View() TeamView { return f.ViewWith(f.counting.figures()) }

// ViewWith returns the team with figures counted elsewhere.
func (f *TeamFold) ViewWith(figures Figures) TeamView {
	v := f.view
	v.Members, v.Figures = slices.Clone(v.Members), figures
	return v
}

// counting folds entries into the figures of visits. The zero value is ready.
type counting struct {
	of       Selection
	visits   map[string]*countedVisit
	alone    map[event.Stream]*countedVisit // orders and cases that are of no visit
	flagged  map[string]*countedVisit       // by the stream of a flag that compares visits
	flags    Flags
	joined   kinds.Visits
	counters Counters
	tally    Tally
	changes  Changes // of the latest entry
}

// countedVisit is of one campaign, that its first entry is about.
type countedVisit struct {
	Visit
	campaign string
	known    bool
}

func (c *counting) apply(e *event.Event) {
	c.changes.Reset()
	campaign, v := e.About.Campaign, c.visitOf(e)
	if v == nil {
		Count(e, nil, c.flags, &c.changes)
	} else {
		if !v.known && e.Stream.Kind != event.Flag {
			v.campaign, v.known = campaign, true
		}
		campaign = v.campaign
		Count(e, &v.Visit, c.flags, &c.changes)
	}
	c.changes.List = slices.DeleteFunc(c.changes.List, func(ch Change) bool { return !c.of.Selects(campaign, int(ch.Year)) })
	for _, ch := range c.changes.List {
		c.tally.Add(c.counters.ID(ch.Counter), ch.N)
	}
}

// visitOf returns the visit that an entry's stream is of, or that its flag is of; for an order or a case without a visit what is
// kept of that. nil: of none.
func (c *counting) visitOf(e *event.Event) *countedVisit {
	if c.visits == nil {
		c.visits, c.flagged, c.flags = map[string]*countedVisit{}, map[string]*countedVisit{}, Flags{}
		c.alone = map[event.Stream]*countedVisit{}
	}
	id, is := c.joined.Of(e)
	if is && (e.Stream.Kind == event.Inspection || c.visits[id] != nil) {
		return c.visit(id)
	}
	if kinds.Aside(e) {
		if is {
			c.joined.Alone(e.Stream)
		}
		v := c.alone[e.Stream]
		if v == nil {
			v = new(countedVisit)
			c.alone[e.Stream] = v
		}
		return v
	}
	if e.Stream.Kind == event.Flag {
		v := c.flagged[e.Stream.ID]
		if d, ok := e.Data.(*oversight.DeviationFlagged); ok && v == nil && len(d.Inspections) > 0 {
			v = c.visit(d.Inspections[0])
			c.flagged[e.Stream.ID] = v
		}
		return v
	}
	return nil
}

func (c *counting) visit(id string) *countedVisit {
	v := c.visits[id]
	if v == nil {
		v = new(countedVisit)
		c.visits[id] = v
	}
	return v
}

func (c *counting) figures() Figures {
	f := c.tally.Figures(c.counters.Names())
	f.Selection = c.of
	return f
}
