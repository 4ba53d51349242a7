package tables

import (
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// blacklistRow is a row of blacklist.
type blacklistRow struct {
	ID       Name   `col:"id" zh:"编号" doc:"of the proposal"`
	Cause    string `col:"cause" zh:"情形" doc:"code of the list blacklist-trigger"`
	Evidence Name   `col:"evidence" zh:"依据事件" doc:"the first event that shows it" of:"event"`
	Proposed Moment `col:"proposed" zh:"提出时间" doc:"when the ledger proposed it last"`
	Lapsed   bool   `col:"lapsed" zh:"已失效" doc:"the ground does not hold any more: it counts nowhere, but for what was entered"`
	Refused  Moment `col:"refused" zh:"否决时间" doc:"when a person refused the proposal"`
	Notified Moment `col:"notified" zh:"告知时间" doc:"when the subject was told"`
	Objected Moment `col:"objected" zh:"陈述申辩时间" doc:"when it objected"`
	List     string `col:"list" zh:"名单性质" doc:"code of the list blacklist-list"`
	Decision string `col:"decision_no" zh:"决定书文号" doc:"of the decision to enter it"`
	Entered  Moment `col:"entered" zh:"列入日期" doc:"first day on the list"`
	Until    Moment `col:"until" zh:"期满日期" doc:"last day on the list"`
	Removed  Moment `col:"removed" zh:"移出时间" doc:"when it was taken off"`
	Ground   string `col:"ground" zh:"移出情形" doc:"code of the list blacklist-end"`
	Said     Name   `col:"said" zh:"提出事件" doc:"event with which the ledger proposed it" of:"event"`
}

var blacklists = DeclareBoth(Register{
	Name: "blacklist", Chinese: "黑名单", Doc: "a proposal to put a subject on the blacklist, and what comes of it (R58)",
	Of: []event.Kind{blacklist.Name}, Indexes: []string{"id", "subject"},
}, func(d event.Data) bool {
	switch d.(type) {
	case *blacklist.Proposed, *oversight.StatementLapsed:
		return true
	}
	return false
}, func(t *Things[blacklistRow], e *event.Event) {
	if d, ok := e.Data.(*blacklist.Proposed); ok {
		row := t.Thing("")
		row.ID, row.Cause, row.Proposed, row.Lapsed = t.Name(e.Stream.ID), d.Trigger, At(e.Recorded), false
		row.Evidence, row.Said = t.Name(d.Evidence[0]), t.Name(e.ID.String())
		return
	}
	row := t.Known("")
	if row == nil {
		return
	}
	switch d := e.Data.(type) {
	case *oversight.StatementLapsed:
		row.Lapsed = row.Lapsed || t.Name(d.Statement) == row.Said
	case *oversight.ApprovalRefused:
		row.Refused = Occurred(e)
	case *blacklist.Notified:
		row.Notified = Occurred(e)
	case *blacklist.Objected:
		row.Objected = Occurred(e)
	case *blacklist.Entered:
		row.List, row.Decision, row.Entered, row.Until = d.List, d.DecisionNo, Day(d.From), Day(d.Until)
	case *blacklist.Removed:
		row.Removed, row.Ground = Occurred(e), d.Ground
	}
})
