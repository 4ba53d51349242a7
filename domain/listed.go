package domain

import (
	"fmt"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// listed refuses an event that names a code which the city's list does not have (R07, R27, R29): the list in force, and in
// a visit that of its beginning. Items and categories of imports are foreign. Where no list is published, the form of the
// event has been checked against the program's own.
func (s *State) listed(e *event.Event) error {
	if r := s.codesListed(e, e.Data, ""); r != nil {
		return r
	}
	if c, ok := e.Data.(event.Correction); ok {
		if content, _ := c.Version(); content != nil {
			if r := s.codesListed(e, content, correction.Member(content)+"."); r != nil {
				return r
			}
		}
	}
	return nil
}

// codesListed is [State.listed] of a body; within is the path of the member that has it, with a full stop.
func (s *State) codesListed(e *event.Event, body event.Data, within string) (r *event.Refusal) {
	switch d := body.(type) {
	case *subject.Registered:
		r = s.sectorsListed(s.edition(codetable.Sectors), within+"sectors", d.Sectors...)
	case *subject.Updated:
		r = s.sectorsListed(s.edition(codetable.Sectors), within+"sectors", d.Sectors...)
	case *subject.HolidayWorkFiled:
		r = s.holidayListed(d, within+"holiday")
	case *person.ConflictDeclared:
		r = s.sectorsListed(s.edition(codetable.Sectors), within+"sectors", d.Sectors...)
	case *campaign.CoverageTargetSet:
		r = s.sectorsListed(s.edition(codetable.Sectors), within+"sectors", d.Sectors...)
	case *campaign.BaselineSet:
		for i := range d.Rows {
			if r == nil && d.Rows[i].Sector != "" {
				r = s.sectorsListed(s.edition(codetable.Sectors), fmt.Sprintf("%srows.%d.sector", within, i), d.Rows[i].Sector)
			}
		}
	case *team.ScopeAssigned:
		r = s.sectorsListed(s.edition(codetable.Sectors), within+"sectors", d.Sectors...)
	case *person.OfficialAppointed:
		r = s.sectorsListed(s.edition(codetable.Sectors), within+"sectors", d.Sectors...)
	case *inspection.Reserved:
		r = s.sectorsListed(s.edition(codetable.Sectors), within+"sector", d.Sector)
	case *inspection.Started:
		r = s.sectorsListed(s.ofVisit(codetable.Sectors, e), within+"sector", d.Sector)
	case *inspection.FindingRecorded:
		r = s.category(e, d, within+"category")
	case *inspection.CheckAnswered:
		if e.Assurance != event.Imported {
			r = s.inList(law.R27, s.ofVisit(codetable.Checklists, e), within+"item", d.Item)
		}
	case *inspection.SectionCompleted:
		for i := range d.Skipped {
			if r == nil && e.Assurance != event.Imported {
				r = s.inList(law.R27, s.ofVisit(codetable.Checklists, e), fmt.Sprintf("%sskipped.%d.item", within, i), d.Skipped[i].Item)
			}
		}
	}
	return r
}

// holidayListed refuses work in a holiday that no calendar has, or that is on another day, once the calendar of the year is
// published (R26).
func (s *State) holidayListed(d *subject.HolidayWorkFiled, field string) *event.Refusal {
	version, known, has := s.codeTables.state(codetable.Holidays).HolidayOn(d.Holiday, d.From, d.To)
	if !known || has {
		return nil
	}
	return codetable.Unknown(law.R26, codetable.Holidays, version, field, d.Holiday)
}

// sectorsListed refuses a sector that the city's list does not have, or before there is one the program's (R29).
func (s *State) sectorsListed(ed *codetable.Edition, field string, list ...string) *event.Refusal {
	if ed != nil {
		return s.inList(law.R29, ed, field, list...)
	}
	for _, code := range list {
		if _, ok := codes.SectorOf(code); !ok {
			return codetable.Unknown(law.R29, codetable.Sectors, 0, field, code)
		}
	}
	return nil
}

// category refuses a finding whose category the city's list does not have (R07).
func (s *State) category(e *event.Event, d *inspection.FindingRecorded, field string) *event.Refusal {
	if d.Category == "" || e.Assurance == event.Imported {
		return nil
	}
	return s.inList(law.R07, s.ofVisit(codetable.Categories, e), field, d.Category)
}

// ofVisit returns the edition of a table that judges a visit: that of its beginning.
func (s *State) ofVisit(table string, e *event.Event) *codetable.Edition {
	return s.editionBefore(table, s.inspections.first(e))
}

// inList refuses the first of some codes that an edition does not have; without one there is nothing to refuse.
func (*State) inList(rule law.Rule, ed *codetable.Edition, field string, list ...string) *event.Refusal {
	if ed == nil {
		return nil
	}
	for _, code := range list {
		if !ed.Has(code) {
			return codetable.Unknown(rule, ed.Table, ed.Version, field, code)
		}
	}
	return nil
}
