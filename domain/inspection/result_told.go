package inspection

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// The result: N09, what came of a visit is told to the firm, with its date, by the law since 2025.

// ResultTold says that the firm was told what came of the visit.
type ResultTold struct {
	Result string          `json:"result" is:"lines(4000)" zh:"检查结果" doc:"what the firm was told"`
	On     string          `json:"told_on" is:"date" zh:"告知日期" doc:"when it was told"`
	To     string          `json:"told_to" is:"text(200)" zh:"被告知人" doc:"who of the firm was told"`
	Method string          `json:"method" is:"code(delivery)" zh:"告知方式" doc:"how it was told"`
	Paper  *event.Evidence `json:"paper,omitempty" zh:"告知书" doc:"scan of the paper"`
}

// ToldInTheFuture is the refusal of a result that is told later than it is recorded.
const ToldInTheFuture law.Code = "told-in-the-future"

var _ = law.Declare(law.OfRecord, law.Text{Code: ToldInTheFuture, Acts: law.Refuses, Rules: []law.Rule{law.N09},
	TitleZH: "告知日期在记录之后", Title: "The result was told later than recorded",
	SaysZH: "{told_on} 告知，记录却在 {stated_on}", Says: "it was told on {told_on}, and that is stated on {stated_on}",
	RemedyZH: "告知之后再记录", Remedy: "record it when the firm was told"})

var resultTold = declare[ResultTold](227, afterwards, hidden, event.Type{Name: "result-told", Version: 1, Chinese: "检查结果告知",
	Doc:   "The firm was told the result of the visit, on a day.",
	Rules: []law.Rule{law.N09}, Append: plan})

// judge: not before it happened.
func (d *ResultTold) judge(j *judgement) *event.Refusal {
	if d.On > j.e.Day() {
		return event.Refuse(law.N09, ToldInTheFuture, law.Str("told_on", d.On), law.Str("stated_on", j.e.Day()))
	}
	return nil
}

// fold keeps the first day on which the firm was told.
func (d *ResultTold) fold(s *State, e *event.Event) {
	if e.Assurance == event.Imported {
		return
	}
	if day := obligation.DayOn(d.On); s.resultTold == 0 || day < s.resultTold {
		s.editRest().resultTold = day
	}
}

// owedResult: the firm is told within days of the record, where the plan states them (N09). The closing does not wait for it.
var _ = obliges(owed{place: 205,
	Kind: obligation.Kind{Name: "result-notice", Owner: obligation.Inspectors, From: obligation.Known, Rule: law.N09, Field: true,
		Escalates: true, Opens: "site-record-signed signature-refused", Meets: "result-told", Limit: "result_days",
		Unmodelled: "a duty of the law since 2025: the model has those of the speech"},
	reads: recorded | happened(resultTold),
	of: func(q *asking) {
		if q.Policy.ResultDays == nil || !q.st.is(recorded) || q.st.is(copied) {
			return
		}
		known, at := time.UnixMicro(q.st.recordKnown).UTC(), q.st.resultTold.End()
		q.owe(&obligation.Fact{Event: q.st.recordEvent, Occurred: known, Recorded: known}, "", q.st.resultTold != 0, &at)
	}})
