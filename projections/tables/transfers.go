package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// transferRow is a row of transfers.
type transferRow struct {
	ID       Name   `col:"id" zh:"编号" doc:"of the transfer"`
	From     string `col:"sender" zh:"移交方" doc:"who hands it over"`
	To       string `col:"receiver" zh:"接收方" doc:"who gets it"`
	Matter   string `col:"matter" zh:"事项" doc:"code of the list transfer-matter"`
	Ground   string `col:"ground" zh:"移交事由" doc:"code of the list transfer-ground"`
	Visit    Name   `col:"visit" zh:"检查" doc:"out of which it comes" of:"visits"`
	Finding  string `col:"finding" zh:"隐患编号" doc:"id within the visit"`
	Tip      Name   `col:"tip" zh:"举报" doc:"that is handed over" of:"tips"`
	Case     Name   `col:"casefile" zh:"案件" doc:"that is handed over" of:"cases"`
	Number   string `col:"document_no" zh:"文书号" doc:"of the paper"`
	Sent     Moment `col:"sent" zh:"移交时间" doc:"when it was handed over"`
	Due      Moment `col:"due" zh:"期限" doc:"until when an answer is asked for"`
	Accepted Moment `col:"accepted" zh:"接收时间" doc:"when it was accepted"`
	Answered Moment `col:"answered" zh:"答复时间" doc:"when it was answered"`
	Outcome  string `col:"outcome" zh:"处理结果" doc:"code of the list transfer-outcome"`
}

var transfers = Declare(Register{
	Name: "transfers", Chinese: "移交", Doc: "a matter that is handed over", Of: []event.Kind{transfer.Name},
	Indexes: []string{"id", "visit", "tip", "casefile"},
}, func(t *Things[transferRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	row.From, row.To, _ = transfer.Ends(e.Stream.ID)
	switch d := e.Data.(type) {
	case *transfer.Transferred:
		row.Matter, row.Ground, row.Visit, row.Finding = d.Matter, d.Ground, t.Name(d.Inspection), d.Finding
		row.Tip, row.Case, row.Number, row.Sent, row.Due = t.Name(d.Tip), t.Name(d.Case), d.Document, Occurred(e), Day(d.Due)
	case *transfer.Accepted:
		row.Accepted = Occurred(e)
	case *transfer.Answered:
		row.Answered, row.Outcome = Occurred(e), d.Outcome
	}
})
