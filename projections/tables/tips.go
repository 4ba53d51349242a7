package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/tip"
)

// tipRow is a row of tips. Who sent one is sealed, and in no table.
type tipRow struct {
	ID           Name   `col:"id" zh:"编号" doc:"of the tip"`
	Channel      string `col:"channel" zh:"渠道" doc:"code of the list tip-channel"`
	Violation    string `col:"violation" zh:"违法行为" doc:"kind of violation that it tells of"`
	Of           Name   `col:"about" zh:"被举报对象" doc:"subject, as far as it is known" of:"subjects"`
	Received     Moment `col:"received" zh:"收到时间" doc:"when it was received"`
	Accepted     Moment `col:"accepted" zh:"受理时间" doc:"when it was accepted"`
	Investigated Moment `col:"investigated" zh:"核查时间" doc:"when it was investigated last"`
	Result       string `col:"result" zh:"核查结果" doc:"code of the list tip-result"`
	Visit        Name   `col:"visit" zh:"检查" doc:"that investigated it" of:"visits"`
	Answered     Moment `col:"answered" zh:"答复时间" doc:"when it was answered"`
}

var tips = Declare(Register{
	Name: "tips", Chinese: "举报", Doc: "a tip", Of: []event.Kind{tip.Name}, Indexes: []string{"id"},
}, func(t *Things[tipRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	switch d := e.Data.(type) {
	case *tip.Received:
		row.Channel, row.Violation, row.Of, row.Received = d.Channel, d.Violation, t.Name(d.Subject), Occurred(e)
	case *tip.Accepted:
		row.Accepted = Occurred(e)
	case *tip.Investigated:
		row.Investigated, row.Result, row.Visit = Occurred(e), d.Result, t.Name(d.Inspection)
		if d.Subject != "" {
			row.Of = t.Name(d.Subject)
		}
	case *tip.Answered:
		row.Answered = Occurred(e)
	}
})
