package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// competent returns the ids of the units that supervise a subject (R75), sorted: those that its registration names,
// else those that the map of responsibilities and the table of units have for its county and sectors.
func (s *State) competent(sub *subject.State) []string {
	if len(sub.Departments) > 0 {
		return sub.Departments
	}
	ids := append(s.mapped(sub.County, sub.Sectors), s.inCharge(sub.County, sub.Sectors)...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// answered reports whether somebody answers for a county and sectors (R75): by the map of responsibilities in force,
// or before there is one by the table of units.
func (s *State) answered(county string, sectors []string) bool {
	if s.edition(codetable.Responsibilities) != nil {
		return len(s.mapped(county, sectors)) > 0
	}
	return len(s.inCharge(county, sectors)) > 0
}

// mapped returns the departments that the map of responsibilities has for a county and sectors.
func (s *State) mapped(county string, sectors []string) []string {
	return s.edition(codetable.Responsibilities).Departments(county, sectors)
}

// inCharge returns the units whose county and sectors meet those.
func (s *State) inCharge(county string, sectors []string) (ids []string) {
	ed := s.edition(codetable.Units)
	if ed == nil {
		return nil
	}
	for i := range ed.Units {
		u := &ed.Units[i]
		here := u.County == "" || codes.Covers(u.County, county)
		if here && slices.ContainsFunc(u.Sectors, func(code string) bool { return slices.Contains(sectors, code) }) {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// unknownUnit reports whether there is a table of units and it does not have an id.
func (s *State) unknownUnit(id string) bool {
	ed := s.edition(codetable.Units)
	return ed != nil && !ed.Has(id)
}
