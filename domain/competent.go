package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// competent returns the ids of the units that supervise a subject (R75): those that its
// registration names, else those that the table of units has for its county and sectors, sorted.
func (s *State) competent(sub *subject.State) []string {
	if len(sub.Departments) > 0 {
		return sub.Departments
	}
	return s.competentFor(sub.County, sub.Sectors)
}

func (s *State) competentFor(county string, sectors []string) []string {
	table, _ := s.roster()
	var ids []string
	for id, u := range table {
		here := u.County == "" || codes.Covers(u.County, county)
		if here && slices.ContainsFunc(u.Sectors, func(code string) bool { return slices.Contains(sectors, code) }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// unknownUnit reports whether there is a table of units and it does not have an id.
func (s *State) unknownUnit(id string) bool {
	table, published := s.roster()
	_, known := table[id]
	return published && !known
}
