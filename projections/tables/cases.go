package tables

import (
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
)

// caseRow is a row of cases.
type caseRow struct {
	ID        Name   `col:"id" zh:"编号" doc:"of the case"`
	Visit     Name   `col:"visit" zh:"检查" doc:"out of which it was filed; NULL: of none" of:"visits"`
	Authority Name   `col:"authority" zh:"办案机关" doc:"that files it" of:"units"`
	Review    Set    `col:"review_grounds" zh:"法制审核情形" doc:"codes of legal-review-ground: why a legal review is needed; NULL: none is stated"`
	Number    string `col:"document_no" zh:"文书号" doc:"of the filing"`
	Filed     Moment `col:"filed" zh:"立案时间" doc:"when it was filed; NULL: it was begun by a decision that others recorded"`
	Step      string `col:"step" zh:"步骤" doc:"that was recorded last"`
	Notified  Moment `col:"notified" zh:"告知时间" doc:"when the party was told what is intended"`
	Decided   Moment `col:"decided" zh:"决定时间" doc:"of the first final decision"`
	Closed    Moment `col:"closed" zh:"结案时间" doc:"when it was closed"`
	Ground    string `col:"ground" zh:"结案理由" doc:"code of the list case-end"`
}

var cases = Declare(Register{
	Name: "cases", Chinese: "案件", Doc: "a case of an authority", Of: []event.Kind{casefile.Name}, Indexes: []string{"id", "visit", "subject"},
}, func(t *Things[caseRow], e *event.Event) {
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	if row.Visit == 0 {
		row.Visit = t.Name(visitNamed(e))
	}
	switch d := e.Data.(type) {
	case *casefile.Filed:
		row.Authority, row.Review, row.Number, row.Filed = t.Name(d.Authority), SetOf(d.Review), d.DocumentNo, Occurred(e)
	case *casefile.StepRecorded:
		row.Step = d.Step
	case *casefile.Notified:
		row.Notified = Occurred(e)
	case *casefile.PenaltyDecided:
		if d.Final {
			row.Decided = Occurred(e).First(row.Decided)
		}
	case *casefile.Closed:
		row.Closed, row.Ground = Occurred(e), d.Ground
	}
})
