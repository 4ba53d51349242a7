// Package clue is what reaches the supervision body of enforcement (行政执法监督机构) of how an authority inspects: the complaint of a
// firm, or what the body saw itself (N10, N12). Who inspected sees none of it: neither the authority, nor the team, nor the office that
// sent it. What comes of it that the authority is to answer is an opinion or a decision, see package supervision.
package clue

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/supervision"
)

// Name is that of the kind.
const Name event.Kind = "clue"

// Received is a complaint, or what the supervision body saw.
type Received struct {
	Inspection string        `json:"inspection" is:"id" correct:"never" zh:"检查" doc:"the visit that it is about"`
	Faults     []string      `json:"faults" is:"code(enforcement-fault)" many:"1…14 distinct" zh:"反映的问题" doc:"what is not as the law wants it"`
	Content    *event.Sealed `json:"content,omitempty" zh:"反映内容" doc:"anything else" opens:"enforcement-supervisor discipline-commission"`
}

// Examined is what the supervision body found.
type Examined struct {
	Outcome     string `json:"outcome" is:"code(clue-outcome)" zh:"核查结论" doc:"whether it is so"`
	Supervision string `json:"supervision,omitempty" is:"id" zh:"监督文书" doc:"id of the opinion's or decision's stream; of what is founded"`
	Note        string `json:"note,omitempty" is:"lines(2000)" zh:"核查说明" doc:"what was found"`
}

// Transferred says that a clue of misconduct was handed to those who discipline (违纪违法线索移送).
type Transferred struct {
	To       string `json:"to" is:"text(200)" zh:"移送机关" doc:"who got it"`
	Document string `json:"document_no,omitempty" is:"text(60)" zh:"文号" doc:"of the paper that goes with it"`
}

// The outcomes that rules ask for.
const (
	Founded    = "founded"
	Misconduct = "misconduct"
)

// The codes of clues.
const (
	ClueExaminedAlready    law.Code = "clue-examined-already"
	ClueNeedsSupervision   law.Code = "clue-needs-supervision"
	NoMisconductToTransfer law.Code = "no-misconduct-to-transfer"
)

var (
	_ = law.Declare(law.OfSupervision, law.Text{Code: ClueExaminedAlready, Acts: law.Refuses, Rules: []law.Rule{law.N12},
		TitleZH: "线索已核查", Title: "The clue was examined already",
		SaysZH: "{stream} 已有核查结论", Says: "{stream} has its outcome",
		RemedyZH: "更正原结论", Remedy: "correct the outcome"})
	_ = law.Declare(law.OfSupervision, law.Text{Code: ClueNeedsSupervision, Acts: law.Refuses, Rules: []law.Rule{law.N12},
		TitleZH: "属实的线索须有监督文书", Title: "What is founded has its opinion or decision",
		SaysZH: "[没有监督文书 {supervision}；]结论为属实的，须写明监督文书", Says: "[there is no supervision {supervision}; ]a founded clue names the " +
			"opinion or decision that was sent",
		RemedyZH: "先发监督意见书或决定书（supervision-issued），再写结论", Remedy: "send the opinion or decision first (supervision-issued)"})
	_ = law.Declare(law.OfSupervision, law.Text{Code: NoMisconductToTransfer, Acts: law.Refuses, Rules: []law.Rule{law.N12},
		TitleZH: "没有待移送的违纪违法线索", Title: "No clue of misconduct waits",
		SaysZH: "{stream} 没有待移送的违纪违法线索", Says: "{stream} has no clue of misconduct to hand over",
		RemedyZH: "先写核查结论（misconduct）；已移送的无须再移", Remedy: "state the outcome misconduct first; what was handed over needs nothing more"})
)

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: about a visit that the author may know: a firm about its own (N10).
func (d *Received) Judge(j *judgement) *event.Refusal {
	return supervision.KnownVisit(j.Scene, law.N10, d.Inspection)
}

// Judge: once, and what is founded with its opinion or decision (N12).
func (d *Examined) Judge(j *judgement) *event.Refusal {
	if j.State.examined != nil {
		return event.Refuse(law.N12, ClueExaminedAlready, law.Str("stream", j.Event.Stream.String()))
	}
	if d.Outcome != Founded {
		return nil
	}
	if _, known := j.Scene.About(event.Stream{Kind: supervision.Name, ID: d.Supervision}); !known {
		return event.Refuse(law.N12, ClueNeedsSupervision, law.Str("supervision", d.Supervision))
	}
	return nil
}

// Judge: a clue of misconduct, once (N12).
func (d *Transferred) Judge(j *judgement) *event.Refusal {
	if j.State.misconduct == nil || j.State.handed != nil {
		return event.Refuse(law.N12, NoMisconductToTransfer, law.Str("stream", j.Event.Stream.String()))
	}
	return nil
}

// State is one clue as the rules need it.
type State struct {
	received   obligation.Fact
	examined   *time.Time
	misconduct *obligation.Fact // the outcome that says so
	handed     *time.Time
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold implements [stream.Folder].
func (*Received) Fold(s *State, e *event.Event) { s.received = obligation.FactOf(e) }

// Fold implements [stream.Folder].
func (d *Examined) Fold(s *State, e *event.Event) {
	f := obligation.FactOf(e)
	if s.examined = &f.Occurred; d.Outcome == Misconduct {
		s.misconduct = &f
	}
}

// Fold implements [stream.Folder].
func (*Transferred) Fold(s *State, e *event.Event) {
	at := e.Happened()
	s.handed = &at
}

var (
	examination = obligation.Kind{Name: "clue", Owner: obligation.Supervisor, From: obligation.Known, Rule: law.N12, Escalates: true,
		Opens: "clue-received", Meets: "clue-examined", Limit: "clue_days",
		Unmodelled: "the model has no supervision of enforcement"}
	handover = obligation.Kind{Name: "clue-transfer", Owner: obligation.Supervisor, From: obligation.Known, Rule: law.N12, Escalates: true,
		Opens: "clue-examined", Meets: "clue-transferred", Limit: "clue_transfer_days",
		Unmodelled: "the model has no supervision of enforcement"}
)

func (s *State) owes(t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	into = append(into, t.Owe(&examination, &s.received, "", s.examined))
	if s.misconduct != nil {
		into = append(into, t.Owe(&handover, s.misconduct, "", s.handed))
	}
	return into
}

var supervisor = []event.Role{event.RoleEnforcementSupervisor}

// Kind declares clues and their events.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "执法监督线索", Doc: "what reached the supervision body of enforcement of how an authority inspects (N10, N12)",
	Access: stream.Restricted(event.RoleEnforcementSupervisor, event.RoleDisciplineCommission),
	Yes:    supervisor,
	About: func(l stream.Ledger, e *event.Event) event.About {
		d, ok := e.Data.(*Received)
		if !ok {
			return event.About{}
		}
		return supervision.Of(l, d.Inspection)
	},
}, stream.Rules[*State]{Owes: (*State).owes, Obligations: []*obligation.Kind{&examination, &handover}},
	stream.First((*Received).Judge, event.Type{Name: "clue-received", Version: 1, Chinese: "执法监督线索",
		Doc: "A firm complains of a visit, or the supervision body noted what it saw. Neither the authority nor the team is shown it; the text " +
			"is sealed: see [docs/sealed.md](docs/sealed.md).",
		Rules:  []law.Rule{law.N10, law.N12, law.Pillar8},
		Append: []event.Role{event.RoleInspectedParty, event.RoleEnforcementSupervisor}}),
	stream.Then((*Examined).Judge, event.Type{Name: "clue-examined", Version: 1, Chinese: "线索核查结论",
		Doc:   "The supervision body says whether it is so. What is founded names the opinion or decision that was sent.",
		Rules: []law.Rule{law.N12}, Append: supervisor}),
	stream.Then((*Transferred).Judge, event.Type{Name: "clue-transferred", Version: 1, Chinese: "违纪违法线索移送",
		Doc:   "A clue of misconduct was handed to those who discipline.",
		Rules: []law.Rule{law.N12}, Append: supervisor}),
)
