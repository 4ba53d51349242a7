package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// codeTables are the code tables that the city publishes, a stream each.
type codeTables struct {
	common
	streams[*codetable.State]
	scene codetable.Scene
}

func newCodeTables(s *State, c common) kind {
	k := &codeTables{common: c, streams: newStreams(s, codetable.NewState)}
	k.scene.Edition = s.edition
	s.codeTables = k
	return k
}

func (*codeTables) knows(string) bool { return true }

func (k *codeTables) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return codetable.Decide(k.state(e.Stream.ID), &k.scene, e)
}

// edition returns the edition of a table that is in force, nil before there is one.
func (s *State) edition(table string) *codetable.Edition { return s.codeTables.state(table).Newest() }

// editionBefore returns the edition of a table that was in force when the entry at an index came, nil when there was
// none: what is judged by its beginning, later editions do not move.
func (s *State) editionBefore(table string, index uint64) *codetable.Edition {
	return s.codeTables.state(table).KnownBefore(index)
}

// calendars returns all calendars that were published.
func (s *State) calendars() obligation.Calendars {
	if st := s.codeTables.state(codetable.Holidays); st != nil {
		return st.Calendars
	}
	return obligation.Calendars{}
}

// law returns the limits of the law that were known when the entry at an index came; the zero value where no table
// was published.
func (s *State) law(index uint64) codes.LawLimits {
	if ed := s.editionBefore(codetable.Limits, index); ed != nil {
		return ed.Law
	}
	return nil
}

// discipline returns the version of the rules of discipline in force on a day, as they were known when the entry at an index came; "" while
// there is none (R02).
func (s *State) discipline(day string, index uint64) string {
	r, _ := s.codeTables.state(codetable.Discipline).RulesOn(day, index)
	return r.Version
}

// notAsked returns an item of a plan that the checklists in force do not have, "" when they have all.
func (s *State) notAsked(items map[string][]string) (item string, version uint64) {
	ed := s.edition(codetable.Checklists)
	if ed == nil {
		return "", 0
	}
	var unknown []string
	for _, list := range items {
		for _, id := range list {
			if !ed.Has(id) {
				unknown = append(unknown, id)
			}
		}
	}
	if unknown == nil {
		return "", 0
	}
	return slices.Min(unknown), ed.Version
}

// roll shows package visibility the units and teams as seen from the top.
type roll struct{ s *State }

func (r roll) Unit(id string) (codetable.Unit, bool) { return r.s.edition(codetable.Units).Unit(id) }

func (r roll) Committee(id string) []string {
	if ed := r.s.edition(codetable.Committees); ed != nil {
		for i := range ed.Committees {
			if ed.Committees[i].ID == id {
				return ed.Committees[i].Sectors
			}
		}
	}
	return nil
}

func (r roll) Team(id string) (visibility.Team, bool) {
	t := r.s.teams.state(id)
	if t == nil {
		return visibility.Team{}, false
	}
	return visibility.Team{Sectors: t.Sectors, Counties: t.Counties, Members: t.Members, Leader: t.Leader}, true
}
