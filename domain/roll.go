package domain

import (
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// units is the table of units by id.
type units map[string]codetable.Unit

func unitsOf(list []codetable.Unit) units {
	m := make(units, len(list))
	for _, u := range list {
		m[u.ID] = u
	}
	return m
}

// roll shows package visibility the units and teams as seen from the top.
type roll struct{ s *State }

func (r roll) Unit(id string) (codetable.Unit, bool) {
	m, _ := r.s.units.get(codetable.Units)
	u, ok := m[id]
	return u, ok
}

func (r roll) Team(id string) (visibility.Team, bool) {
	t := r.s.teams.state(id)
	if t == nil {
		return visibility.Team{}, false
	}
	return visibility.Team{Sectors: t.Sectors, Counties: t.Counties, Members: t.Members, Leader: t.Leader}, true
}
