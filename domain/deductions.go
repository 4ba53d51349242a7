package domain

import (
	"cmp"
	"slices"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// Whatever calls for a deduction has one (R69, 该考核扣分的一律扣分). Which accident does follows from its grade, the rules of deduction
// and the map of responsibilities that were known when it was reported; the ledger says so in the assessment of each unit that
// answers for county and sectors, and takes it back when the accident is graded otherwise (pillar 13). The office owes the deduction.

// deduction is one that is due.
type deduction struct {
	in event.Stream
	event.Deviation
}

// deducted adds which deductions an accident calls for after an event and not before, and takes back the others.
func (s *State) deducted(out []event.Consequence, id string, before, after *accident.State) []event.Consequence {
	was, now := s.deductions(id, before), s.deductions(id, after)
	for i := range now {
		if said, _ := s.deviations.get(now[i].in); !said.Says(&now[i].Statement) {
			out = append(out, now[i].said())
		}
	}
	for _, d := range was {
		if slices.ContainsFunc(now, func(o deduction) bool { return o.in == d.in && o.Statement == d.Statement }) {
			continue
		}
		said, _ := s.deviations.get(d.in)
		for _, o := range said.Standing() {
			if o.Statement == d.Statement {
				out = append(out, lapsed(d.in, o))
			}
		}
	}
	return out
}

// said is what the ledger says of it, in the assessment of the unit.
func (d *deduction) said() event.Consequence {
	return event.Consequence{Name: "deviation-flagged", Stream: d.in, Data: &oversight.DeviationFlagged{
		Code: string(d.Code), Rule: d.Rule.String(), Event: d.Fact.String(), Item: d.Item, Values: d.Values}}
}

// deductions are those that an accident calls for as it counts in a state.
func (s *State) deductions(id string, st *accident.State) (all []deduction) {
	if st == nil || st.Grade == "" {
		return nil
	}
	at, _ := st.Opened()
	rules := s.editionBefore(codetable.Deductions, at)
	if rules == nil {
		return nil
	}
	units := s.editionBefore(codetable.Responsibilities, at).Departments(st.County, st.Sectors)
	slices.Sort(units)
	units = slices.Compact(units)
	for i := range rules.Deductions {
		rule := &rules.Deductions[i]
		if !slices.Contains(rule.Grades, st.Grade) {
			continue
		}
		for _, unit := range units {
			in, f := assessment.Due(rule, unit, cmp.Or(st.Counted, st.Year), event.Stream{Kind: event.Accident, ID: id}, st.Grade,
				st.Report(), at)
			all = append(all, deduction{in, f})
		}
	}
	return all
}
