package table

import (
	"fmt"
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the other tables say when one is published.
type Scene struct {
	// Edition returns the edition of a table that is in force, nil when none is published.
	Edition func(table string) *Edition
	j       judgement // of the event being judged
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement = stream.Judgement[*State, *Scene]

// Decide judges one event of a table's stream; st is nil when the stream is new. The error is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	return stream.Decide(&sc.j, st, sc, e)
}

func wrong(rule law.Rule, table string, e *event.Event) *event.Refusal {
	return event.Refuse(rule, law.WrongTable, law.Str("table", table), law.Str("stream", e.Stream.String()))
}

func (d *Published) Judge(j *judgement) *event.Refusal {
	if d.Table != j.Event.Stream.ID {
		return wrong(law.R75, d.Table, j.Event)
	}
	whole := d
	if d.Part != nil {
		earlier, r := d.follows(j.State)
		if r != nil {
			return r
		}
		if earlier != nil {
			whole = earlier.with(d)
		}
	}
	for _, check := range []func(*judgement) *event.Refusal{d.sectorsKnown, d.unitsKnown, d.committeesKnown, d.lawful} {
		if r := check(j); r != nil {
			return r
		}
	}
	if number, of := d.part(); number < of {
		return nil
	}
	return whole.complete(j)
}

// follows refuses a part that does not follow the part before it, or that contradicts it; earlier are the parts so far.
func (d *Published) follows(st *State) (earlier *Published, r *event.Refusal) {
	if d.Part.Number == 1 {
		return nil, nil
	}
	if st == nil || st.pending == nil {
		return nil, torn(d, 0)
	}
	earlier = st.pending
	if d.Part.Number != earlier.Part.Number+1 || d.Part.Of != earlier.Part.Of || d.Document != earlier.Document {
		return nil, torn(d, earlier.Part.Number)
	}
	there := map[string]bool{}
	earlier.ids(func(_ int, id string) { there[id] = true })
	d.ids(func(i int, id string) {
		if r == nil && there[id] {
			r = event.Refuse(law.R29, law.RowInTwoParts, law.Str("table", d.Table), law.Str("code", id), law.Int("part", d.Part.Number),
				law.Str("field", fmt.Sprintf("%s.%d", Rows(d.Table), i)))
		}
	})
	for i := range d.Limits {
		for n := range earlier.Limits {
			if l := &d.Limits[i]; r == nil && l.Overlaps(&earlier.Limits[n]) {
				r = event.Refuse(law.R29, law.RowInTwoParts, law.Str("table", d.Table), law.Str("code", l.Matter+" "+l.From),
					law.Int("part", d.Part.Number), law.Str("field", fmt.Sprintf("limits.%d", i)))
			}
		}
	}
	return earlier, r
}

func torn(d *Published, have int) *event.Refusal {
	return event.Refuse(law.R29, law.TableTorn, law.Str("table", d.Table), law.Int("part", d.Part.Number), law.Int("parts", d.Part.Of),
		law.Int("have", have))
}

// Torn returns the place of the event with which a table in parts breaks off in an append, and why it is refused; nil
// when every table of the append is whole.
func Torn(n int, at func(int) *event.Event) (i int, r *event.Refusal) {
	last := -1 // of a sequence that goes on
	for i := range n {
		number, of := 1, 1 // of what is no table
		if d, ok := at(i).Data.(*Published); ok {
			number, of = d.part()
		}
		if last >= 0 && number == 1 { // it is no further part
			break
		}
		if last = i; number == of {
			last = -1
		}
	}
	if last < 0 {
		return -1, nil
	}
	open := at(last).Data.(*Published)
	return last, torn(open, open.Part.Number)
}

// Unknown is the refusal of a code that a list does not have: version is 0 where none is published.
func Unknown(rule law.Rule, list string, version uint64, field, code string) *event.Refusal {
	return event.Refuse(rule, law.UnknownCode, law.Str("list", list), law.Positive("version", version), law.Str("field", field),
		law.Str("code", code))
}

// known refuses the first of some codes that the edition in force does not have. Without one, orElse answers.
func known(j *judgement, rule law.Rule, table string, orElse func(string) bool, field string, list ...string) *event.Refusal {
	ed := j.Scene.Edition(table)
	for _, code := range list {
		switch {
		case ed != nil && !ed.Has(code):
			return Unknown(rule, table, ed.Version, field, code)
		case ed == nil && orElse != nil && !orElse(code):
			return Unknown(rule, table, 0, field, code)
		}
	}
	return nil
}

// builtIn reports whether the program's own list has a sector.
func builtIn(sector string) bool {
	_, ok := codes.SectorOf(sector)
	return ok
}

// sectorsKnown refuses rows that name a sector which is not in the table of sectors in force.
func (d *Published) sectorsKnown(j *judgement) *event.Refusal {
	type named struct {
		field   string
		sectors []string
	}
	var all []named
	for i := range d.Units {
		all = append(all, named{fmt.Sprintf("units.%d.sectors", i), d.Units[i].Sectors})
	}
	for i := range d.Items {
		all = append(all, named{fmt.Sprintf("items.%d.sectors", i), d.Items[i].Sectors})
	}
	for i := range d.Committees {
		all = append(all, named{fmt.Sprintf("committees.%d.sectors", i), d.Committees[i].Sectors})
	}
	for i := range d.Responsibilities {
		all = append(all, named{fmt.Sprintf("responsibilities.%d.sector", i), []string{d.Responsibilities[i].Sector}})
	}
	for _, n := range all {
		if r := known(j, law.R29, Sectors, builtIn, n.field, n.sectors...); r != nil {
			return r
		}
	}
	return nil
}

// unitsKnown refuses rows that name a unit which is not in the table of units in force (R65, R75, R76).
func (d *Published) unitsKnown(j *judgement) *event.Refusal {
	for i := range d.Duties {
		if r := known(j, law.R65, Units, nil, fmt.Sprintf("duties.%d.unit", i), d.Duties[i].Unit); r != nil {
			return r
		}
	}
	for i := range d.Responsibilities {
		if r := known(j, law.R75, Units, nil, fmt.Sprintf("responsibilities.%d.department", i), d.Responsibilities[i].Department); r != nil {
			return r
		}
	}
	for i := range d.Committees {
		if r := known(j, law.R76, Units, nil, fmt.Sprintf("committees.%d.lead", i), d.Committees[i].Lead); r != nil {
			return r
		}
	}
	return nil
}

// committeesKnown refuses a map of responsibilities that names a committee which was not established (R76).
func (d *Published) committeesKnown(j *judgement) *event.Refusal {
	none := func(string) bool { return false }
	for i := range d.Responsibilities {
		if id := d.Responsibilities[i].Committee; id != "" {
			if r := known(j, law.R76, Committees, none, fmt.Sprintf("responsibilities.%d.committee", i), id); r != nil {
				return r
			}
		}
	}
	return nil
}

// lawful refuses a limit that is laxer than what the same text of the law says, as far as that was confirmed.
func (d *Published) lawful(*judgement) *event.Refusal {
	for i := range d.Limits {
		l := &d.Limits[i]
		if c := codes.BelowStatute(l); c != nil {
			return event.Refuse(law.R41, law.LimitBelowTheLaw, law.Str("matter", l.Matter), law.Int("stated", l.Number),
				law.Int("bound", c.Number), law.Str("counted_in", l.Unit), law.Str("law", l.Law), law.Str("article", c.Article),
				law.Str("field", fmt.Sprintf("limits.%d.number", i)))
		}
	}
	return nil
}

// complete judges a table that is whole.
func (d *Published) complete(j *judgement) *event.Refusal {
	switch d.Table {
	case Responsibilities:
		if left := d.unanswered(j.Scene.Edition(Sectors)); left != nil {
			return event.Refuse(law.R75, law.SectorWithoutDepartment, law.List("sectors", left))
		}
	case Checklists:
		d.drops(j)
	case Holidays:
		return d.Calendar.contradicts(j.State)
	}
	return nil
}

// unanswered returns the sectors for which no row of a map of responsibilities names a department.
func (d *Published) unanswered(sectors *Edition) (left []string) {
	list := codes.List("sector")
	if sectors != nil {
		list = make([]string, len(sectors.Sectors))
		for i := range sectors.Sectors {
			list[i] = sectors.Sectors[i].Code
		}
	}
	for _, code := range list {
		if !slices.ContainsFunc(d.Responsibilities, func(r Responsibility) bool { return r.Sector == code }) {
			left = append(left, code)
		}
	}
	return left
}

// speech are the items of the speech's own checklists: a city may add others, and these stay.
var speech = func() (groups []group) {
	numbered := func(prefix string, n int) (ids []string) {
		for i := range n {
			ids = append(ids, fmt.Sprintf("%s-%d", prefix, i+1))
		}
		return ids
	}
	var measures, violations []string // per kind of venue
	for _, venue := range codes.List("venue-type") {
		measures, violations = append(measures, "F-1."+venue), append(violations, "F-2."+venue)
	}
	return []group{{law.R27, numbered("E", 5)}, {law.R33, []string{"E-6"}}, {law.R32, numbered("M", 6)}, {law.R34, numbered("H", 4)},
		{law.R21, []string{"T-1", "T-2", "T-5", "T-6"}}, {law.R22, []string{"T-3", "T-4"}}, {law.R23, measures}, {law.R24, violations},
		{law.R25, numbered("C", 3)}, {law.R26, []string{"C-4", "C-5"}}}
}()

type group struct {
	rule law.Rule
	ids  []string
}

// drops flags what published checklists leave out of the speech's items.
func (d *Published) drops(j *judgement) {
	there := map[string]bool{}
	d.ids(func(_ int, id string) { there[id] = true })
	for _, g := range speech {
		var left []string
		for _, id := range g.ids {
			if !there[id] {
				left = append(left, id)
			}
		}
		if left != nil {
			j.Flags = append(j.Flags, event.Flagged(g.rule, law.ChecklistDropsItems, law.List("items", left)))
		}
	}
}

// Judge: each version once (R02).
func (d *DisciplineRules) Judge(j *judgement) *event.Refusal {
	if j.Event.Stream.ID != Discipline {
		return wrong(law.R02, Discipline, j.Event)
	}
	if _, taken := j.State.RulesOf(d.Version); taken {
		return event.Refuse(law.R02, law.RulesVersionPublished, law.Str("version", d.Version))
	}
	return nil
}
