// Package supervision is how the supervision body of enforcement (行政执法监督机构, a bureau of justice) acts on what it read of a visit:
// it sends the authority that inspected an opinion or a decision, which the authority answers by a date (N12, State Council Order 825).
// The stream is named for the authority, UNIT.NAME: it, the city and the supervision body see it, wherever the visit was.
package supervision

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is that of the kind.
const Name event.Kind = "supervision"

// Issued is an opinion or a decision about a visit.
type Issued struct {
	Form       string   `json:"form" is:"code(supervision-form)" zh:"监督文书" doc:"opinion or decision"`
	Inspection string   `json:"inspection" is:"id" correct:"never" zh:"检查" doc:"the visit that it is about"`
	Faults     []string `json:"faults" is:"code(enforcement-fault)" many:"1…14 distinct" zh:"存在的问题" doc:"what was not as the law wants it"`
	Demand     string   `json:"demand" is:"lines(4000)" zh:"监督意见" doc:"what the authority is to do"`
	Document   string   `json:"document_no" is:"text(60)" zh:"文号" doc:"of the paper"`
	Due        string   `json:"due,omitempty" is:"date" zh:"答复期限" doc:"until when it is to be answered; left out: in the days of the plan"`
}

// Answered is what the authority says to it.
type Answered struct {
	Outcome string          `json:"outcome" is:"code(supervision-outcome)" zh:"办理结果" doc:"whether it was put right"`
	Answer  string          `json:"answer" is:"lines(4000)" zh:"答复内容" doc:"what was done, or why not"`
	Paper   *event.Evidence `json:"paper,omitempty" zh:"书面材料" doc:"scan of what the authority wrote, for which the office enters it"`
}

// The codes of a supervision.
const (
	NoVisitToSupervise         law.Code = "no-visit-to-supervise"
	SupervisedUnitUnknown      law.Code = "supervised-unit-unknown"
	SupervisionDueBefore       law.Code = "supervision-due-before"
	NotTheSupervised           law.Code = "not-the-supervised"
	SupervisionAlreadyAnswered law.Code = "supervision-already-answered"
)

var (
	_ = law.Declare(law.OfSupervision, law.Text{Code: NoVisitToSupervise, Acts: law.Refuses, Rules: []law.Rule{law.N10, law.N12},
		TitleZH: "没有这次检查", Title: "There is no such visit",
		SaysZH: "没有可以监督或投诉的检查 {inspection}", Says: "there is no visit {inspection} to complain of or to supervise",
		RemedyZH: "核对检查编号；到达现场之前的检查不公开", Remedy: "check the id; before the arrival a visit is not there"})
	_ = law.Declare(law.OfSupervision, law.Text{Code: SupervisedUnitUnknown, Acts: law.Refuses, Rules: []law.Rule{law.N12},
		TitleZH: "没有被监督单位", Title: "There is no such authority",
		SaysZH: "{stream} 所称的单位不在单位表中", Says: "the unit that {stream} is named for is not in the table of units",
		RemedyZH: "流名写作 supervision/单位编号.名称，单位须在单位表中",
		Remedy:   "name the stream supervision/UNIT.NAME, for a unit of the table of units"})
	_ = law.Declare(law.OfSupervision, law.Text{Code: SupervisionDueBefore, Acts: law.Refuses, Rules: []law.Rule{law.N12},
		TitleZH: "答复期限早于发出日期", Title: "The answer is due before it was asked for",
		SaysZH: "{issued_on} 发出，答复期限却是 {due_on}", Says: "it was sent on {issued_on} and is due on {due_on}",
		RemedyZH: "写明发出之后的日期，或不写期限", Remedy: "state a later date, or none"})
	_ = law.Declare(law.OfSupervision, law.Text{Code: NotTheSupervised, Acts: law.Refuses, Rules: []law.Rule{law.N12},
		TitleZH: "不是被监督单位", Title: "Not the authority that is asked",
		SaysZH: "只有 {unit} 可以答复", Says: "only {unit} answers it",
		RemedyZH: "由该单位用本单位令牌答复，或由市安委办凭其书面答复（paper）代录",
		Remedy:   "let the unit answer with its own token, or the office enter what it wrote, with the scan (paper)"})
	_ = law.Declare(law.OfSupervision, law.Text{Code: SupervisionAlreadyAnswered, Acts: law.Refuses, Rules: []law.Rule{law.N12},
		TitleZH: "已答复", Title: "It was answered already",
		SaysZH: "{stream} 已答复", Says: "{stream} was answered",
		RemedyZH: "更正原答复，或另发监督文书", Remedy: "correct the answer, or begin another opinion or decision"})
)

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: to a unit that there is, about a visit that its author may know (N12).
func (d *Issued) Judge(j *judgement) *event.Refusal {
	e := j.Event
	if j.Scene.UnknownUnit(stream.UnitOf(e.Stream.ID)) {
		return event.Refuse(law.N12, SupervisedUnitUnknown, law.Str("stream", e.Stream.String()))
	}
	if r := KnownVisit(j.Scene, law.N12, d.Inspection); r != nil {
		return r
	}
	if d.Due != "" && d.Due < e.Day() {
		return event.Refuse(law.N12, SupervisionDueBefore, law.Str("issued_on", e.Day()), law.Str("due_on", d.Due))
	}
	return nil
}

// KnownVisit refuses a visit that is not there for the author.
func KnownVisit(l stream.Ledger, rule law.Rule, id string) *event.Refusal {
	if _, known := l.About(event.Stream{Kind: event.Inspection, ID: id}); !known {
		return event.Refuse(rule, NoVisitToSupervise, law.Str("inspection", id))
	}
	return nil
}

// Judge: by the authority itself, once; the office may enter what it wrote.
func (d *Answered) Judge(j *judgement) *event.Refusal {
	e, unit := j.Event, stream.UnitOf(j.Event.Stream.ID)
	switch {
	case j.State.answered != nil:
		return event.Refuse(law.N12, SupervisionAlreadyAnswered, law.Str("stream", e.Stream.String()))
	case e.Actor.Unit == unit && e.Actor.Role != event.RoleSupervisionOffice,
		e.Actor.Role == event.RoleSupervisionOffice && d.Paper != nil:
		return nil
	}
	return event.Refuse(law.N12, NotTheSupervised, law.Str("unit", unit))
}

// State is one opinion or decision as the rules need it.
type State struct {
	issued   obligation.Fact
	due      obligation.Day // 0: by the plan
	answered *time.Time
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold implements [stream.Folder].
func (d *Issued) Fold(s *State, e *event.Event) {
	s.issued, s.due = obligation.FactOf(e), obligation.DayOn(d.Due)
}

// Fold implements [stream.Folder].
func (*Answered) Fold(s *State, e *event.Event) {
	at := e.Happened()
	s.answered = &at
}

// answer: by the date that was set, else in the days of the plan (N12).
var answer = obligation.Kind{Name: "supervision-answer", Owner: obligation.Receiver, From: obligation.Known, Rule: law.N12, Escalates: true,
	Opens: "supervision-issued", Meets: "supervision-answered", Limit: "supervision_days, or the date set",
	Unmodelled: "the model has no supervision of enforcement"}

func (s *State) owes(t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	o := t.Owe(&answer, &s.issued, "", s.answered)
	if s.due != 0 {
		o.Due = s.due.End()
	}
	return append(into, o)
}

// about: the visit; of its team it is not.
func about(l stream.Ledger, e *event.Event) event.About {
	d, ok := e.Data.(*Issued)
	if !ok {
		return event.About{}
	}
	return Of(l, d.Inspection)
}

// Of is what a matter of supervision is about: a visit, and of it not the team.
func Of(l stream.Ledger, visit string) event.About {
	a, _ := l.About(event.Stream{Kind: event.Inspection, ID: visit})
	a.Team = ""
	return a
}

// Kind declares opinions and decisions.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "执法监督", Doc: "an opinion or a decision of the supervision body of enforcement, to an authority (N12)",
	Access: stream.Access{To: stream.OwnUnit, Roles: []event.Role{event.RoleEnforcementSupervisor}},
	Yes:    []event.Role{event.RoleEnforcementSupervisor, event.RoleSupervisionOffice},
	About:  about,
}, stream.Rules[*State]{Owes: (*State).owes, Obligations: []*obligation.Kind{&answer}},
	stream.First((*Issued).Judge, event.Type{Name: "supervision-issued", Version: 1, Chinese: "执法监督文书",
		Doc: "The supervision body of enforcement sent an opinion or a decision about a visit. The stream is `supervision/UNIT.NAME`: the unit " +
			"that is to answer, and any name.",
		Rules: []law.Rule{law.N12}, Append: []event.Role{event.RoleEnforcementSupervisor}}),
	stream.Then((*Answered).Judge, event.Type{Name: "supervision-answered", Version: 1, Chinese: "答复执法监督",
		Doc:   "The unit answered. The office may enter what it wrote, with the scan.",
		Rules: []law.Rule{law.N12}, Append: []event.Role{event.RoleDepartment, event.RoleCountyGovernment, event.RoleSupervisionOffice}}),
)
