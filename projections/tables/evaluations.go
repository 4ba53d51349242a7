package tables

import (
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
)

// evaluationRow is a row of evaluations. The code is worth nothing any more and is left out all the same; who said it nobody knows.
type evaluationRow struct {
	ID            Name   `col:"id" zh:"编号" doc:"the hash that the visit has in its column evaluation"`
	Date          Moment `col:"date" zh:"评价时间" doc:"when it was said"`
	AdvanceNotice bool   `col:"advance_notice" zh:"提前通知" doc:"they were told before (R38)"`
	Briefing      bool   `col:"briefing" zh:"听取汇报" doc:"a briefing was asked for (R38)"`
	Accompanied   bool   `col:"accompanied" zh:"陪同" doc:"somebody had to come along (R38)"`
	Reception     bool   `col:"reception" zh:"接待" doc:"there was a reception (R38)"`
}

var evaluations = Declare(Register{
	Name: "evaluations", Chinese: "作风评价", Doc: "what the inspected party says of a visit (R38)", Of: []event.Kind{evaluation.Name},
	Indexes: []string{"id"},
}, func(t *Things[evaluationRow], e *event.Event) {
	if d, ok := e.Data.(*evaluation.Evaluated); ok {
		*t.Thing("") = evaluationRow{ID: t.Name(e.Stream.ID), Date: Occurred(e), AdvanceNotice: d.AdvanceNotice, Briefing: d.BriefingHeard,
			Accompanied: d.Accompanied, Reception: d.Reception}
	}
})
