package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// checkRow is a row of checks.
type checkRow struct {
	Visit    Name   `col:"visit" zh:"检查" doc:"in which it was answered" of:"visits"`
	Date     Moment `col:"date" zh:"时间" doc:"when it was answered"`
	Item     string `col:"item" zh:"检查项" doc:"of the checklist"`
	Section  string `col:"section" zh:"环节" doc:"to which the item belongs"`
	Answer   string `col:"answer" zh:"结果" doc:"yes, no, not-applicable"`
	Post     bool   `col:"post" zh:"到岗位" doc:"it says at which post (R36)"`
	Facility bool   `col:"facility" zh:"到设施" doc:"it says at which facility (R36)"`

	Sector    string `col:"sector" zh:"行业领域" doc:"of the visit: in which it inspects"`
	Authority Name   `col:"authority" zh:"执法部门" doc:"of the visit: the enforcing authority" of:"units"`
}

var checks = DeclareBy(Register{
	Name: "checks", Chinese: "检查项结果", Doc: "an answer to an item of a checklist", Of: []event.Kind{event.Inspection},
	Indexes: []string{"visit"},
}, noVisit, func(t *Things[checkRow], v *visitOf, e *event.Event) {
	v.follow(t.fold, e)
	d, ok := e.Data.(*inspection.CheckAnswered)
	if !ok {
		return
	}
	*t.Thing(e.ID.String()) = checkRow{Visit: t.Name(e.Stream.ID), Date: Occurred(e), Item: d.Item, Section: d.Section, Answer: d.Answer,
		Post: d.Post != "", Facility: d.Facility != "", Sector: v.sector, Authority: v.authority}
})
