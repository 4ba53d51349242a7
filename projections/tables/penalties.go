package tables

import (
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// penaltyRow is a row of penalties.
type penaltyRow struct {
	Case     Name   `col:"matter" zh:"案件" doc:"in which it was decided" of:"cases"`
	Visit    Name   `col:"visit" zh:"检查" doc:"out of which it came; NULL: of none, or as the case says" of:"visits"`
	Accident Name   `col:"accident" zh:"事故" doc:"for which it punishes; NULL: for none" of:"accidents"`
	Penalty  string `col:"penalty" zh:"处罚编号" doc:"id in the case; of a decision not to punish its event"`
	Kind     string `col:"kind" zh:"种类" doc:"code of the list penalty-kind; none: it was decided not to punish"`
	Person   bool   `col:"of_person" zh:"处罚个人" doc:"a head, manager or worker is punished; else the unit"`
	Severe   Set    `col:"aggravated" zh:"从重情形" doc:"codes of the list aggravation that the decision states (R47)"`
	Number   string `col:"decision_no" zh:"决定书号" doc:"of the paper"`
	SHA256   string `col:"document_sha256" zh:"决定书哈希" doc:"of the decision, where that is stated"`
	Decided  Moment `col:"decided" zh:"决定时间" doc:"when it was decided"`
	Final    bool   `col:"final" zh:"是否终局" doc:"it is no proposal; a decision not to punish: it was approved"`
	Annulled bool   `col:"annulled" zh:"是否撤销" doc:"it was annulled"`
	Findings int64  `col:"findings" zh:"隐患数" doc:"that it names"`
	Fine     Number `col:"fine" zh:"罚款" doc:"in minor units, as it counts now; NULL: none, or not known"`
	Currency string `col:"currency" zh:"币种" doc:"of the fine"`
	Paid     int64  `col:"paid" zh:"已缴" doc:"less what was given back, in minor units"`
	Imported bool   `col:"imported" zh:"是否导入" doc:"copied from records of others, which say nothing of payments until they state one"`
	PaidOn   Moment `col:"paid_on" zh:"缴款时间" doc:"of the last payment"`
}

const noPenalty = "none"

var penalties = Declare(Register{
	Name: "penalties", Chinese: "处罚", Doc: "a penalty, or a decision not to punish", Of: []event.Kind{casefile.Name},
	Indexes: []string{"matter", "subject", "accident"},
}, func(t *Things[penaltyRow], e *event.Event) {
	switch d := e.Data.(type) {
	case *casefile.PenaltyDecided:
		row := t.Thing(d.Penalty)
		row.Case, row.Visit, row.Penalty, row.Kind = t.Name(e.Stream.ID), t.Name(d.Inspection), d.Penalty, d.Kind
		row.Number, row.Decided, row.Final, row.Findings = d.DecisionNo, Occurred(e), d.Final, int64(len(d.Findings))
		row.SHA256, row.Imported, row.Accident = d.DocumentHash, e.Assurance == event.Imported, t.Name(d.Accident)
		row.Person, row.Severe = d.OfPerson, SetOf(d.Aggravated)
		row.fine(d.Fine)
	case *casefile.NoPenaltyDecided:
		*t.Thing(e.ID.String()) = penaltyRow{Case: t.Name(e.Stream.ID), Visit: t.Name(d.Inspection), Penalty: e.ID.String(), Kind: noPenalty,
			Decided: Occurred(e), Final: e.Assurance == event.Imported, Imported: e.Assurance == event.Imported, Findings: int64(len(d.Findings))}
	case *oversight.ApprovalGiven:
		ref, _, _ := oversight.Answer(d)
		if row := t.Known(ref.ID().String()); row != nil && row.Kind == noPenalty {
			row.Final = true
		}
	case *casefile.DecisionChanged:
		row := t.Known(d.Penalty)
		if row == nil {
			return
		}
		if id, annuls := casefile.AnnulledBy(d); annuls && id == d.Penalty {
			row.Annulled = true
		}
		row.fine(d.Fine)
	case *casefile.PaymentRecorded:
		if row := t.Known(d.Penalty); row != nil {
			p := casefile.Penalty{Paid: row.Paid}
			p.Pay(d)
			row.Paid, row.PaidOn = p.Paid-p.Refunded, Occurred(e)
		}
	}
})

func (r *penaltyRow) fine(m *event.Money) {
	if m != nil {
		r.Fine, r.Currency = Known(m.Amount), m.Currency
	}
}
