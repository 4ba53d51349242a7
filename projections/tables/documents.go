package tables

import (
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
)

// documentRow is a row of documents.
type documentRow struct {
	Matter Name   `col:"matter" zh:"事项" doc:"stream of the visit, order or case" of:"visits orders cases"`
	Visit  Name   `col:"visit" zh:"检查" doc:"out of which it came; NULL: of none" of:"visits"`
	Kind   string `col:"kind" zh:"文书" doc:"record, order, case, notice, penalty"`
	Number string `col:"number" zh:"文书号" doc:"on the paper; NULL: not stated"`
	SHA256 string `col:"sha256" zh:"哈希" doc:"of the paper, where that is stated"`
	Issued Moment `col:"issued" zh:"日期" doc:"when it was made"`
}

var documents = Declare(Register{
	Name: "documents", Chinese: "文书", Doc: "a paper: site record, order, filing, notice, decision",
	Of: []event.Kind{event.Inspection, order.Name, casefile.Name}, Indexes: []string{"visit", "matter"},
}, func(t *Things[documentRow], e *event.Event) {
	paper := func(kind, visit, number, sha256 string) {
		*t.Thing(e.ID.String()) = documentRow{Matter: t.Name(e.Stream.ID), Visit: t.Name(visit), Kind: kind, Number: number, SHA256: sha256,
			Issued: Occurred(e)}
	}
	switch d := e.Data.(type) {
	case *inspection.RecordSigned:
		paper("record", e.Stream.ID, d.RecordNo, d.DocumentHash)
	case *inspection.SignatureRefused:
		paper("record", e.Stream.ID, d.RecordNo, d.DocumentHash)
	case *order.Issued:
		paper("order", d.Inspection, d.DocumentNo, "")
	case *casefile.Filed:
		paper("case", d.Inspection, d.DocumentNo, "")
	case *casefile.Notified:
		paper("notice", "", d.DocumentNo, "")
	case *casefile.PenaltyDecided:
		if d.Final {
			paper("penalty", d.Inspection, d.DecisionNo, d.DocumentHash)
		}
	}
})
