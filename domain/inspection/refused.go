package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// A lawful refusal: N08, a firm may refuse a visit whose papers are missing. That is no obstruction; the supervision body of enforcement
// examines it, by the law since 2025 and where the plan states days for that.

// EntryRefused says that the firm refuses to be inspected, and what is missing.
type EntryRefused struct {
	Faults   []string         `json:"faults" is:"code(enforcement-fault)" many:"1…14 distinct" zh:"所缺手续" doc:"what was missing"`
	By       string           `json:"refused_by" is:"text(200)" zh:"拒绝人" doc:"who spoke for the firm"`
	Reason   string           `json:"reason,omitempty" is:"lines(1000)" zh:"拒绝理由" doc:"in the firm's words"`
	Evidence []event.Evidence `json:"evidence,omitempty" many:"0…50" zh:"证据" doc:"photos and recordings"`
}

// RefusalExamined is what the supervision body says of a refusal.
type RefusalExamined struct {
	Refusal string `json:"refusal" is:"event-id" correct:"never" zh:"拒绝检查事件" doc:"id of the event entry-refused"`
	Lawful  bool   `json:"lawful" zh:"是否依法拒绝" doc:"whether the firm was right to refuse"`
	Opinion string `json:"opinion" is:"lines(2000)" zh:"核查意见" doc:"why"`
}

// NoRefusalToExamine is the refusal of an examination of none.
const NoRefusalToExamine law.Code = "no-refusal-to-examine"

var _ = law.Declare(law.OfSupervision, law.Text{Code: NoRefusalToExamine, Acts: law.Refuses, Rules: []law.Rule{law.N08},
	TitleZH: "没有待核查的拒绝检查", Title: "No refusal waits to be examined",
	SaysZH: "本次检查没有待核查的拒绝检查 {event}", Says: "the visit has no refusal {event} that waits to be examined",
	RemedyZH: "写明 entry-refused 事件的编号；已核查的可以更正", Remedy: "state the id of the event entry-refused; what was examined can be corrected"})

var (
	entryRefused = declare[EntryRefused](55, approach, hidden, event.Type{Name: "entry-refused", Version: 1, Chinese: "拒绝检查",
		Doc: "The firm refuses the visit because papers are missing, as the inspectors at its door or the firm itself say. It is no " +
			"obstruction: the supervision body of enforcement examines it. Whether the visit took place all the same, an arrival or an " +
			"attempt says.",
		Rules: []law.Rule{law.N08}, Append: append(slices.Clone(field), event.RoleInspectedParty)})
	refusalExamined = declare[RefusalExamined](57, afterwards, hidden, event.Type{Name: "refusal-examined", Version: 1, Chinese: "拒绝检查核查",
		Doc:   "The supervision body of enforcement says whether the firm was right to refuse.",
		Rules: []law.Rule{law.N08}, Append: []event.Role{event.RoleEnforcementSupervisor}})
)

// refusal is one lawful refusal; nearly no visit has one.
type refusal struct {
	fact     obligation.Fact
	examined *time.Time
}

// judge: it happened, whatever the rules say of it.
func (d *EntryRefused) judge(*judgement) *event.Refusal { return nil }

func (d *EntryRefused) fold(s *State, e *event.Event) {
	s.photograph(d.Evidence)
	if e.Assurance != event.Imported {
		r := s.editRest()
		r.refusals = append(r.refusals, refusal{fact: obligation.FactOf(e)})
	}
}

// judge: of a refusal that was not examined.
func (d *RefusalExamined) judge(j *judgement) *event.Refusal {
	if i := j.st.refusal(d.Refusal); i < 0 || j.st.refusals[i].examined != nil {
		return event.Refuse(law.N08, NoRefusalToExamine, law.Str("event", d.Refusal))
	}
	return nil
}

func (d *RefusalExamined) fold(s *State, e *event.Event) {
	if i := s.refusal(d.Refusal); i >= 0 {
		at := e.Happened()
		r := s.editRest()
		r.refusals = slices.Clone(r.refusals) // a clone may share them
		r.refusals[i].examined = &at
	}
}

// refusal returns the index of a refusal, or -1.
func (s *State) refusal(id string) int {
	of, err := uuid.Parse(id)
	if err != nil {
		return -1
	}
	return slices.IndexFunc(s.refusals, func(r refusal) bool { return r.fact.Event == of })
}

// owedExamination: each refusal is examined, where the plan states days for that (N08).
var _ = obliges(owed{place: 200,
	Kind: obligation.Kind{Name: "refusal-examination", Owner: obligation.Supervisor, From: obligation.Known, Rule: law.N08, Escalates: true,
		Opens: "entry-refused", Meets: "refusal-examined", Limit: "refusal_days",
		Unmodelled: "the model has no supervision of enforcement"},
	reads: happened(entryRefused, refusalExamined),
	of: func(q *asking) {
		if q.Policy.RefusalDays == nil {
			return
		}
		for i := range q.st.refusals {
			r := &q.st.refusals[i]
			q.owe(&r.fact, "", r.examined != nil, r.examined)
		}
	}})
