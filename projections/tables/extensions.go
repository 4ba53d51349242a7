package tables

import (
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// extensionRow is a row of extensions.
type extensionRow struct {
	Matter     Name   `col:"matter" zh:"事项" doc:"stream of the order, case or accident" of:"orders cases accidents"`
	Obligation string `col:"obligation" zh:"义务种类" doc:"kind of the obligation"`
	Event      Name   `col:"event" zh:"起因事件" doc:"since which it is owed" of:"event"`
	Until      Moment `col:"until" zh:"延至" doc:"the last day that is in time"`
	Asked      Moment `col:"asked" zh:"申请时间" doc:"when it was asked for"`
	State      string `col:"state" zh:"状态" doc:"asked, granted, refused"`
}

var extensions = Declare(Register{
	Name: "extensions", Chinese: "延期", Doc: "more time for what is owed; it counts once it is granted",
	Of: []event.Kind{order.Name, casefile.Name, event.Accident}, Indexes: []string{"matter"},
}, func(t *Things[extensionRow], e *event.Event) {
	if d, ok := e.Data.(*oversight.TermExtended); ok {
		*t.Thing(e.ID.String()) = extensionRow{Matter: t.Name(e.Stream.ID), Obligation: d.Obligation, Event: t.Name(d.Event), Until: Day(d.Until),
			Asked: Occurred(e), State: "asked"}
		return
	}
	ref, yes, answers := oversight.Answer(e.Data)
	if !answers {
		return
	}
	if row := t.Known(ref.ID().String()); row != nil {
		row.State = "refused"
		if yes {
			row.State = "granted"
		}
	}
})
