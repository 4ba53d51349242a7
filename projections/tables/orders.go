package tables

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// orderRow is a row of orders.
type orderRow struct {
	ID       Name   `col:"id" zh:"编号" doc:"of the order's stream"`
	Visit    Name   `col:"visit" zh:"检查" doc:"after which it was issued" of:"visits"`
	Kind     string `col:"kind" zh:"种类" doc:"code of the list order-kind, or closure-proposed"`
	Number   string `col:"document_no" zh:"文书号" doc:"of the paper"`
	Scope    string `col:"extent" zh:"范围" doc:"code of the list order-scope"`
	Ground   string `col:"ground" zh:"关闭情形" doc:"of a closure that is proposed: code of the list closure-ground (R47)"`
	Law      string `col:"law" zh:"依据的法律" doc:"of the first provision that it rests on"`
	Article  string `col:"article" zh:"条" doc:"of that provision"`
	Issued   Moment `col:"issued" zh:"下达时间" doc:"when it was issued"`
	Due      Moment `col:"due" zh:"期限" doc:"until when it is to be put right, as issued"`
	Until    Moment `col:"until" zh:"停至" doc:"last day of a stop or seal"`
	Findings int64  `col:"findings" zh:"隐患数" doc:"that it names"`
	Reported Moment `col:"reported" zh:"报告整改" doc:"when the party last said that it is put right"`
	Verified Moment `col:"verified" zh:"复查合格" doc:"when a re-check last found it put right"`
	Failed   int64  `col:"failed" zh:"复查不合格次数" doc:"how often a re-check found that it is not"`
	Defied   Moment `col:"defied" zh:"拒不执行" doc:"when that was last seen"`
	Lifted   Moment `col:"lifted" zh:"解除" doc:"when it was lifted"`
	Asked    Name   `col:"closure_asked" zh:"提请关闭事件" doc:"event of the proposal" of:"event"`
	Granted  Moment `col:"granted" zh:"政府同意关闭" doc:"when the government said yes to the closure (R46)"`
}

// closure is the kind of a closure that is proposed.
const closure = "closure-proposed"

var orders = Declare(Register{
	Name: "orders", Chinese: "责令与措施", Doc: "an order to put right, to stop, to seal …", Of: []event.Kind{order.Name},
	Indexes: []string{"id", "visit", "subject"},
}, func(t *Things[orderRow], e *event.Event) {
	// A closure that is proposed in the stream of an order is a thing beside it: the order stands.
	switch d := e.Data.(type) {
	case *order.ClosureProposed:
		*t.Thing(closure) = orderRow{ID: t.Name(e.Stream.ID), Kind: closure, Scope: d.Scope, Ground: d.Ground, Issued: Occurred(e),
			Findings: int64(len(d.Findings)), Asked: t.Name(e.ID.String())}
		return
	case *oversight.ApprovalGiven:
		ref, _, _ := oversight.Answer(d)
		if row := t.Known(closure); row != nil && row.Asked == t.Name(ref.ID().String()) {
			row.Granted = Occurred(e)
		}
		return
	case *order.Issued, *order.Reported, *order.Verified, *order.Failed, *order.Defied, *order.Lifted:
	default:
		return
	}
	row := t.Thing("")
	row.ID = t.Name(e.Stream.ID)
	if row.Visit == 0 {
		row.Visit = t.Name(visitNamed(e))
	}
	switch d := e.Data.(type) {
	case *order.Issued:
		row.Kind, row.Number, row.Scope = d.Kind, d.DocumentNo, d.Scope
		row.Issued, row.Due, row.Until, row.Findings = Occurred(e), Day(d.Due), Day(d.Until), int64(len(d.Findings))
		row.Law, row.Article = "", ""
		if len(d.LegalBasis) > 0 {
			row.Law, row.Article = d.LegalBasis[0].Law, d.LegalBasis[0].Article
		}
	case *order.Reported:
		row.Reported = Occurred(e)
	case *order.Verified:
		row.Verified = Occurred(e)
	case *order.Failed:
		row.Failed++
		row.Verified = Moment{}
	case *order.Defied:
		row.Defied = Occurred(e)
	case *order.Lifted:
		row.Lifted = Occurred(e)
	}
})
