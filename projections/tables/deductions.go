package tables

import (
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// deductionRow is a row of deductions.
type deductionRow struct {
	Unit     Name   `col:"unit" zh:"单位" doc:"that loses the points" of:"units"`
	Year     int64  `col:"year" zh:"年度" doc:"of the assessment"`
	Rule     string `col:"rule" zh:"扣分规则" doc:"id in the table deduction-rules; NULL: the result of the year is used"`
	Event    Number `col:"event_ix" zh:"扣分事项" doc:"index of the entry that it is for"`
	Entailed Moment `col:"entailed" zh:"应扣时间" doc:"when the ledger said that it is due; NULL: people found it"`
	Lapsed   bool   `col:"lapsed" zh:"已失效" doc:"it is not due after all: it counts nowhere, but for points that were deducted"`
	Points   Real   `col:"points" zh:"分值" doc:"that were deducted"`
	Deducted Moment `col:"deducted" zh:"扣分时间" doc:"when they were deducted"`
	Used     string `col:"used" zh:"结果运用" doc:"code of the list assessment-use"`
	Said     Name   `col:"said" zh:"标记事件" doc:"event with which the ledger said that it is due" of:"event"`
}

var deductions = DeclareBoth(Register{
	Name: "deductions", Chinese: "考核扣分", Doc: "points that a unit is to lose or lost, or a use of its result (R67, R69)",
	Of: []event.Kind{assessment.Name}, Indexes: []string{"unit"},
}, func(d event.Data) bool {
	switch d.(type) {
	case *oversight.DeviationFlagged, *oversight.StatementLapsed:
		return true
	}
	return false
}, func(t *Things[deductionRow], e *event.Event) {
	of := func(rule string, entry uint64) *deductionRow {
		unit := stream.UnitOf(e.Stream.ID)
		year, _ := strconv.ParseInt(strings.TrimPrefix(e.Stream.ID[len(unit):], "."), 10, 64)
		row := t.Thing(rule + " " + strconv.FormatUint(entry, 10))
		row.Unit, row.Year, row.Rule, row.Event = t.Name(unit), year, rule, Known(int64(entry))
		return row
	}
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		if rule, entry, ok := assessment.Called(d); ok {
			row := of(rule, entry)
			row.Entailed, row.Said, row.Lapsed = At(e.Recorded), t.Name(e.ID.String()), false
		}
	case *oversight.StatementLapsed:
		said := t.Name(d.Statement)
		t.Each(func(_ string, row *deductionRow) { row.Lapsed = row.Lapsed || row.Said == said })
	case *assessment.Recorded:
		if d.Source == nil {
			row := of("", e.Index)
			row.Event, row.Used = Number{}, d.Applied
			return
		}
		row := of(d.Rule, *d.Source)
		row.Points, row.Deducted, row.Used = RealOf(d.Points), Occurred(e), d.Applied
	}
})
