package visibilitytest

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/clue"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/supervision"
	"github.com/anjian-ledger/anjian/domain/table"
)

// Lists is the version of the lists of duties in a [Ledger]: the position of the entry. Elsewhere it is another.
const Lists = 3

var unitIDs = []string{"dX", "dY", "dC"}

// lists publishes what the units are to do, who answers for what, and what they lose points for.
func (p *Plan) lists() {
	d := &table.Published{Table: table.Duties}
	for _, unit := range unitIDs {
		d.Duties = append(d.Duties, table.Duty{ID: "Z-" + unit, List: "duty", Unit: unit, Text: "检查"})
	}
	p.add("office", "table/duty-lists", "code-table-published", d)
	p.add("office", "table/deduction-rules", "code-table-published", &table.Published{Table: table.Deductions, Deductions: []table.Deduction{
		{ID: "D-1", Text: "事故", Points: 2, Grades: []string{"ordinary", "larger"}}}})
	p.add("office", "table/sectors", "code-table-published", &table.Published{Table: table.Sectors, Sectors: []table.Sector{
		{Code: x, Name: "矿山"}, {Code: y, Name: "消防"}}})
	p.add("office", "table/responsibility-map", "code-table-published", &table.Published{Table: table.Responsibilities,
		Responsibilities: []table.Responsibility{{Sector: x, Department: "dX"}, {Sector: y, Department: "dC"},
			{Sector: y, County: CountyA, Department: "dY"}}})
}

// unit adds a command about what is of one unit alone: mostly its own, sometimes another's or the office's.
func (p *Plan) unit() {
	unit := p.pick(unitIDs...)
	file, who := "duty/"+unit+p.pick("", ".p1"), p.pick(unit, unit, "office", "cA", p.pick(unitIDs...))
	switch p.rng.IntN(4) {
	case 0, 1:
		p.add(who, file, "duty-performed", &duty.Performed{Item: "Z-" + p.pick(unit, unit, "dX"), Version: new(uint64(Lists)), On: "2026-11-02",
			Account:  "检查",
			Evidence: []event.Evidence{{SHA256: hash(p.rng.IntN(6)), Size: 3, MediaType: "image/jpeg"}}}, func(c *Command) {
			if p.rng.IntN(4) == 0 {
				c.Expected = int64(p.rng.IntN(3)) - 1
			}
		})
	case 2:
		p.add("office", "assessment/"+unit+".2026", "assessment-recorded",
			&assessment.Recorded{Points: new(1.5), Rule: "D-1", Source: new(uint64(Lists))})
	case 3:
		p.add("office", "accident/"+p.pick(accidents...), "accident-graded", &accident.Graded{Grade: p.pick("ordinary", "larger"),
			StatisticalYear: 2026, DecidedBy: "市政府"})
	}
}

// supervise adds a command of who supervises enforcement, of whom he asks, and of the firm that complains, about any visit.
func (p *Plan) supervise(visit string) {
	unit, faults := p.pick(unitIDs...), []string{"no-notice"}
	order, clueStream := "supervision/"+unit+"."+p.pick("1", "2"), "clue/"+p.pick("s1.c1", "s1.c2", "c3")
	switch p.rng.IntN(5) {
	case 0, 1:
		p.add(p.pick("js", "js", "jsB"), order, "supervision-issued", &supervision.Issued{Form: "opinion", Inspection: visit, Faults: faults,
			Demand: "补正", Document: "1"})
	case 2:
		p.add(p.pick(unit, unit, "dX", "cA"), order, "supervision-answered", &supervision.Answered{Outcome: "corrected", Answer: "已补正"})
	case 3:
		p.add(p.pick("firm", "js", "jsB"), clueStream, "clue-received", &clue.Received{Inspection: visit, Faults: faults})
	case 4:
		p.add(p.pick("js", "jsB"), clueStream, "clue-examined", &clue.Examined{Outcome: p.pick("unfounded", "misconduct")})
	}
}

// OfNone reports whether a stream is of a unit, and none of a group is that unit or sees everything: to the group there is no such
// stream.
func OfNone(of event.Stream, group []string) bool {
	k := kinds.Of(of.Kind)
	sees := func(who string) bool {
		return who == "office" || who == stream.UnitOf(of.ID) || k != nil && slices.Contains(k.Access.Roles, Readers[who].Role)
	}
	return k != nil && k.Access.To == stream.OwnUnit && !slices.ContainsFunc(group, sees)
}
