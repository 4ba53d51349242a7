package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// The code on arrival: N06, 扫码入企: the inspectors scan the subject's code, or show theirs, or make it up in time and say why.

// CodeRecorded says that the visit was registered by a code.
type CodeRecorded struct {
	Manner string `json:"manner" is:"code(arrival-code)" zh:"方式" doc:"scanned, shown, or made up later"`
	Code   string `json:"code,omitempty" is:"text(200)" zh:"码号" doc:"that was scanned or shown"`
	Reason string `json:"reason,omitempty" is:"lines(1000)" zh:"补录原因" doc:"why it was made up; required then"`
}

// madeUp is the manner of a code that was neither scanned nor shown on arrival.
const madeUp = "made-up"

// Together says what Validate checks.
func (*CodeRecorded) Together() string { return "what is made up has a reason" }

// Validate checks what members say together.
func (d *CodeRecorded) Validate() error {
	var k event.Checker
	k.That(d.Manner != madeUp || event.Visible(d.Reason), "reason", law.FaultReason)
	return k.Err()
}

var codeRecorded = declare[CodeRecorded](65, onSite, hidden, event.Type{Name: "arrival-code-recorded", Version: 1, Chinese: "扫码入企",
	Doc:   "The visit was registered by a code on arrival, or that was made up with a reason.",
	Rules: []law.Rule{law.N06}, Append: field})

// LateArrivalCode is the code of a code on arrival that was recorded after its hours.
const LateArrivalCode law.Code = "late-arrival-code"

var _ = law.Declare(law.OfCourse, law.Text{Code: LateArrivalCode, Acts: law.Flags, Rules: []law.Rule{law.N06},
	TitleZH: "入企扫码逾期", Title: "The code on arrival was recorded late",
	SaysZH:   "到达后 {after_minutes} 分钟才扫码或补录，方案规定 {due_hours} 小时，{due_at}到期",
	Says:     "it was recorded {after_minutes} minutes after the arrival; the plan gives {due_hours} hours, until {due_at}",
	RemedyZH: "说明原因（deviation-explained）", Remedy: "explain it (deviation-explained)"})

// judge: a code that was recorded breaks no rule.
func (d *CodeRecorded) judge(*judgement) *event.Refusal { return nil }

func (d *CodeRecorded) fold(s *State, e *event.Event) { s.meets("arrival-code", e.Happened()) }

var coded = remember(codeRecorded)

// owedCode: who arrives has the code scanned or shown, or makes it up within hours, where the plan says so (N06).
var owedCode = obliges(owed{place: 135, fades: true, stays: true,
	Kind: obligation.Kind{Name: "arrival-code", Owner: obligation.Inspectors, Rule: law.N06, Field: true, Escalates: true,
		Opens: "inspector-arrived", Meets: "arrival-code-recorded", Limit: "arrival_code_hours",
		Unmodelled: "of the law since 2025, which the model does not have"},
	rules: []law.Rule{law.N06}, reads: arrived | coded,
	of: func(q *asking) {
		if q.Policy.ArrivalCodeHours == nil {
			return
		}
		w := q.st.open()
		if came := w.first(arrived); came != nil {
			q.owe(came, "", q.st.is(coded), w.firstAt(coded))
		}
	}})

var _ = stands(standing{place: 15, rule: law.N06, code: LateArrivalCode, dated: true, since: coded, begin: []string{codeRecorded.Name},
	reads: []string{inspectorArrived.Name}, says: func(_ *State, say *speech) { say.lateHours(owedCode, say.Policy.ArrivalCodeHours) }})
