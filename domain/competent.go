package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// competent returns the ids of the units that supervise a subject (R75), sorted: those that its registration names,
// else those that are responsible for its county and sectors.
func (s *State) competent(sub *subject.State) []string {
	if len(sub.Departments) > 0 {
		return sub.Departments
	}
	return s.responsible(sub.County, sub.Sectors)
}

// responsible returns the ids of the units that the map of responsibilities and the table of units have for a county and sectors, sorted.
func (s *State) responsible(county string, sectors []string) []string {
	return responsible(s.edition(codetable.Responsibilities), s.edition(codetable.Units), county, sectors)
}

// responsible is [State.responsible] by editions of the two tables, nil where there is none.
func responsible(departments, units *codetable.Edition, county string, sectors []string) []string {
	ids := append(departments.Departments(county, sectors), inCharge(units, county, sectors)...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// answered reports whether somebody answers for a county and sectors (R75): by the map of responsibilities in force,
// or before there is one by the table of units.
func (s *State) answered(county string, sectors []string) bool {
	if ed := s.edition(codetable.Responsibilities); ed != nil {
		return len(ed.Departments(county, sectors)) > 0
	}
	return len(inCharge(s.edition(codetable.Units), county, sectors)) > 0
}

// inCharge returns the units of an edition, nil where there is none, whose county and sectors meet those.
func inCharge(ed *codetable.Edition, county string, sectors []string) (ids []string) {
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
