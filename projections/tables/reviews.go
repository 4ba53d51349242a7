package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
)

// reviewRow is a row of reviews. The decision's text is sealed, and in no table.
type reviewRow struct {
	ID       Name   `col:"id" zh:"编号" doc:"of the review"`
	Cause    string `col:"cause" zh:"起因" doc:"code of the list review-problem"`
	Matter   string `col:"matter" zh:"所在流" doc:"the stream that says what went wrong, such as accident/a1"`
	Item     string `col:"item" zh:"分项" doc:"which of several in it, such as a finding"`
	Visit    Name   `col:"visit" zh:"被倒查检查" doc:"the earlier visit that is reviewed (R44)" of:"visits"`
	Official Name   `col:"person" zh:"被倒查人员" doc:"the official who is reviewed (R66)" of:"people"`
	Opened   Moment `col:"opened" zh:"启动时间" doc:"when the ledger opened it"`
	As       Number `col:"position" zh:"账本位置" doc:"size of the ledger of which the evidence is"`
	Lapsed   bool   `col:"lapsed" zh:"已失效" doc:"nothing went wrong after all: it counts nowhere, unless it was decided"`
	Decided  Moment `col:"decided" zh:"决定时间" doc:"when people decided"`
	Fault    Number `col:"fault" zh:"是否失职" doc:"whether a duty was neglected; NULL: not decided"`
	Grounds  Set    `col:"grounds" zh:"责任事由" doc:"codes of the list review-ground"`
	Said     Name   `col:"said" zh:"启动事件" doc:"event with which the ledger opened it" of:"event"`
}

var reviews = DeclareBoth(Register{
	Name: "reviews", Chinese: "倒查", Doc: "an accountability review (R44, R66)", Of: []event.Kind{event.Review},
	Indexes: []string{"id", "visit"},
}, func(d event.Data) bool {
	switch d.(type) {
	case *review.Opened, *oversight.StatementLapsed:
		return true
	}
	return false
}, func(t *Things[reviewRow], e *event.Event) {
	switch d := e.Data.(type) {
	case *review.Opened:
		row := t.Thing("")
		row.ID, row.Cause, row.Matter, row.Item, row.Opened = t.Name(e.Stream.ID), d.Problem, d.Matter, d.Item, At(e.Recorded)
		row.Visit, row.Official, row.As = t.Name(d.Visit()), t.Name(d.Official()), Known(int64(d.Position))
		row.Lapsed, row.Said = false, t.Name(e.ID.String())
	case *oversight.StatementLapsed:
		if row := t.Known(""); row != nil {
			row.Lapsed = row.Lapsed || row.Said == t.Name(d.Statement)
		}
	case *review.Decided:
		if row := t.Known(""); row != nil {
			row.Decided, row.Fault, row.Grounds = Occurred(e), flag(d.Fault), SetOf(d.Grounds)
		}
	}
})
