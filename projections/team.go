package projections

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
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
	counting counting
}

// NewTeamFold begins the fold for the team with this id.
func NewTeamFold(id string) *TeamFold {
	return &TeamFold{view: TeamView{Team: id, Members: []string{}, Sectors: []string{}, Counties: []string{}}}
}

// ApplyTeam applies what an entry says of the team itself, and counts nothing: for a caller
// that has the figures from a [Timeline].
func (f *TeamFold) ApplyTeam(e *event.Event) {
	if e.Stream.Kind != event.Team || e.Stream.ID != f.view.Team {
		return
	}
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
	visits   map[string]*Visit
	joined   kinds.Visits
	counters Counters
	tally    Tally
	changes  Changes // of the latest entry
}

func (c *counting) apply(e *event.Event) {
	var v *Visit
	if id, is := c.joined.Of(e); is {
		if v = c.visits[id]; v == nil {
			if c.visits == nil {
				c.visits = map[string]*Visit{}
			}
			v = new(Visit)
			c.visits[id] = v
		}
	}
	c.changes.Reset()
	Count(e, v, &c.changes)
	for _, ch := range c.changes {
		c.tally.Add(c.counters.ID(ch.Counter), ch.N)
	}
}

func (c *counting) figures() Figures { return c.tally.Figures(c.counters.Names()) }
