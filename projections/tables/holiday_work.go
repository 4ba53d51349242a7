package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// holidayWorkRow is a row of holiday_work.
type holidayWorkRow struct {
	Holiday    string `col:"holiday" zh:"节日" doc:"as the calendar of the year names it"`
	Filed      Moment `col:"filed" zh:"备案时间" doc:"when it was filed"`
	Start      Moment `col:"start" zh:"开始日期" doc:"first day of work in the holiday"`
	Finish     Moment `col:"finish" zh:"结束日期" doc:"last day of work in the holiday"`
	Government string `col:"government" zh:"县区政府" doc:"its answer: approved, refused; NULL: it waits"`
	Department string `col:"department" zh:"主管部门" doc:"likewise"`
	Answered   Moment `col:"answered" zh:"答复时间" doc:"when the last of the two answered"`
}

var holidayWork = Declare(Register{
	Name: "holiday_work", Chinese: "节日施工备案", Doc: "a filing of a site that works through a holiday (R26)", Of: []event.Kind{event.Subject},
}, func(t *Things[holidayWorkRow], e *event.Event) {
	switch d := e.Data.(type) {
	case *subject.HolidayWorkFiled:
		*t.Thing(e.ID.String()) = holidayWorkRow{Holiday: d.Holiday, Filed: Occurred(e), Start: Day(d.From), Finish: Day(d.To)}
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		ref, yes, _ := oversight.Answer(e.Data)
		row := t.Known(ref.ID().String())
		if row == nil {
			return
		}
		switch row.Answered = Occurred(e); e.Actor.Role {
		case event.RoleCountyGovernment:
			row.Government = answer(yes)
		case event.RoleDepartment:
			row.Department = answer(yes)
		}
	}
})

func answer(yes bool) string {
	if yes {
		return "approved"
	}
	return "refused"
}
