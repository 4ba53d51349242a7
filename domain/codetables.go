package domain

import (
	"github.com/anjian-ledger/anjian/domain/event"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// codeTables are the code tables that the city publishes.
type codeTables struct {
	*plain
	units *table[string, units] // the table of units, under its name; values are replaced, never changed
}

func newCodeTables(s *State, c common) kind {
	k := &codeTables{plainOf(s, c), newTable[string, units](s)}
	s.codeTables = k
	return k
}

func (k *codeTables) fold(e *event.Event) {
	k.plain.fold(e)
	if d, ok := e.Data.(*codetable.Published); ok && d.Table == codetable.Units {
		k.units.set(d.Table, unitsOf(d.Units))
	}
}

// units is the table of units by id.
type units map[string]codetable.Unit

func unitsOf(list []codetable.Unit) units {
	m := make(units, len(list))
	for _, u := range list {
		m[u.ID] = u
	}
	return m
}

// roster returns the table of units in force; published is false before there is one.
func (s *State) roster() (table units, published bool) {
	return s.codeTables.units.get(codetable.Units)
}

// roll shows package visibility the units and teams as seen from the top.
type roll struct{ s *State }

func (r roll) Unit(id string) (codetable.Unit, bool) {
	m, _ := r.s.roster()
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
