package tables

import (
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// dispositionRow is a row of dispositions.
type dispositionRow struct {
	Visit    Name   `col:"visit" zh:"检查" doc:"of the finding" of:"visits"`
	Finding  string `col:"finding" zh:"隐患编号" doc:"id within the visit"`
	Kind     string `col:"kind" zh:"处置" doc:"order, case, penalty, none (no penalty), transfer, recheck (without order)"`
	Penalty  string `col:"penalty" zh:"处罚编号" doc:"of kind penalty and none: which of the case"`
	Matter   Name   `col:"matter" zh:"事项" doc:"stream of the order, case or transfer; of a penalty its case" of:"orders cases transfers"`
	Since    Moment `col:"since" zh:"时间" doc:"when it was made"`
	Verified Moment `col:"verified" zh:"复查合格" doc:"when a re-check last found it put right, under the order"`
	Failed   Moment `col:"failed" zh:"复查不合格" doc:"when a re-check last found that it is not; NULL: none did since it was put right"`
}

var dispositions = Declare(Register{
	Name: "dispositions", Chinese: "隐患处置", Doc: "what was made of a finding: an order, a case, a penalty, a transfer",
	Of: []event.Kind{order.Name, casefile.Name, transfer.Name}, Indexes: []string{"visit, finding", "matter"},
}, func(t *Things[dispositionRow], e *event.Event) {
	made := func(kind, penalty, visit string, findings ...string) {
		for _, id := range findings {
			*t.Thing(penalty + " " + id) = dispositionRow{Visit: t.Name(visit), Finding: id, Kind: kind, Penalty: penalty,
				Matter: t.Name(e.Stream.ID), Since: Occurred(e)}
		}
	}
	checked := func(visit string, findings []string, right, wrong Moment) {
		for _, id := range findings {
			row := t.Known(" " + id)
			if row == nil && visit != "" {
				made("recheck", "", visit, id)
				row = t.Known(" " + id)
			}
			if row != nil {
				row.Verified, row.Failed = right, wrong
			}
		}
	}
	switch d := e.Data.(type) {
	case *order.Issued:
		made("order", "", d.Inspection, d.Findings...)
	case *order.Verified:
		checked(d.Inspection, d.Findings, Occurred(e), Moment{})
	case *order.Failed:
		checked(d.Inspection, d.Findings, Moment{}, Occurred(e))
	case *casefile.Filed:
		made("case", "", d.Inspection, d.Findings...)
	case *casefile.PenaltyDecided:
		made("penalty", d.Penalty, d.Inspection, d.Findings...)
	case *casefile.NoPenaltyDecided:
		made(noPenalty, e.ID.String(), d.Inspection, d.Findings...)
	case *transfer.Transferred:
		if d.Finding != "" {
			made("transfer", "", d.Inspection, d.Finding)
		}
	}
})
