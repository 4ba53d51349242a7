package casefile

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Notified tells the party what is to be decided and why, before it is (行政处罚法 Arts 44, 63).
type Notified struct {
	Kind       string           `json:"kind" is:"code(penalty-kind)" zh:"拟处罚种类" doc:"what is to be decided"`
	Fine       *event.Money     `json:"fine,omitempty" zh:"拟罚款金额" doc:"of a fine"`
	OfPerson   bool             `json:"of_person,omitzero" zh:"处罚个人" doc:"a person is to be punished; left out: the unit"`
	Facts      string           `json:"facts" is:"lines(4000)" zh:"事实和理由" doc:"facts and reasons"`
	LegalBasis []event.Citation `json:"legal_basis" many:"1…20" zh:"法律依据" doc:"provisions it would rest on"`
	Hearing    bool             `json:"hearing" zh:"告知听证权利" doc:"whether the party was told that it may ask for a hearing"`
	Receiver   string           `json:"receiver,omitempty" is:"text(100)" zh:"签收人" doc:"who took it"`
	DocumentNo string           `json:"document_no,omitempty" is:"text(100)" zh:"告知书文号" doc:"number of the document"`
}

// StepRecorded is a step of a case.
type StepRecorded struct {
	Step       string          `json:"step" is:"code(case-step)" zh:"办案环节" doc:"which"`
	People     []Participant   `json:"people" many:"0…20" zh:"参加人员" doc:"who took part, and as what"`
	HearingOn  string          `json:"hearing_on,omitempty" is:"date" zh:"听证日期" doc:"of hearing-notified: the day for which it invites"`
	Outcome    string          `json:"outcome,omitempty" is:"code(case-outcome)" zh:"结果" doc:"what came of it"`
	Content    *event.Sealed   `json:"content,omitempty" zh:"笔录" doc:"what was said or found" opens:"supervision-office department officer"`
	Scan       *event.Evidence `json:"scan,omitempty" zh:"扫描件" doc:"scan of the document"`
	DocumentNo string          `json:"document_no,omitempty" is:"text(100)" zh:"文书号" doc:"number of the document"`
}

// Participant is somebody who took part in a step.
type Participant struct {
	Person string `json:"person,omitempty" is:"id" zh:"人员" doc:"who; of the party and of witnesses left out, their names are sealed"`
	Part   string `json:"part" is:"code(case-part)" zh:"身份" doc:"as what"`
}

// step is a step as the state keeps it.
type step uint8

// The steps, in the order of the list case-step.
const (
	inquiry step = iota
	statement
	hearingRequested
	hearingNotified
	hearingHeld
	legalReview
	discussion
	served
	steps
)

var stepNames = [steps]string{"inquiry", "statement", "hearing-requested", "hearing-notified", "hearing-held", "legal-review",
	"collective-discussion", "decision-served"}

const rejected = "rejected"

// The codes of notices and steps.
const (
	InvestigatorChairsHearing law.Code = "investigator-chairs-hearing"
	HearingNeedsChair         law.Code = "hearing-needs-chair"
	HearingNeedsDay           law.Code = "hearing-needs-day"
	HearingTooEarly           law.Code = "hearing-too-early"
	InvestigatorReviews       law.Code = "investigator-reviews"
	NothingToServe            law.Code = "nothing-to-serve"
	HearingNotOffered         law.Code = "hearing-not-offered"
)

var (
	_ = law.Declare(law.OfCases, law.Text{Code: InvestigatorChairsHearing, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "调查人员不得主持听证", Title: "Who investigates does not chair the hearing",
		SaysZH: "{persons} 是本案调查人员，不得主持听证（行政处罚法第六十四条）", Says: "{persons} investigated this case, and may not chair its hearing (行政处罚法 Art. 64)",
		RemedyZH: "由非本案调查人员主持", Remedy: "let somebody chair who did not investigate"})
	_ = law.Declare(law.OfCases, law.Text{Code: HearingNeedsChair, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "未写明听证主持人", Title: "The hearing has no chair",
		RemedyZH: "在 people 中写明主持人（chair）", Remedy: "name the chair in people"})
	_ = law.Declare(law.OfCases, law.Text{Code: HearingNeedsDay, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "未写明听证日期", Title: "The notice has no day of the hearing",
		RemedyZH: "写明 hearing_on", Remedy: "state hearing_on"})
	_ = law.Declare(law.OfCases, law.Text{Code: HearingTooEarly, Acts: law.Flags, Rules: []law.Rule{law.R41},
		TitleZH: "听证通知时间不足", Title: "The hearing came too soon after its notice",
		SaysZH:   "听证于 {held_on} 举行，[{notified_on} 通知，]最早应在 {earliest_on} 之后",
		Says:     "the hearing was held on {held_on}[, and notified on {notified_on}]; it may be held after {earliest_on}",
		RemedyZH: "说明原因", Remedy: "explain it"})
	_ = law.Declare(law.OfCases, law.Text{Code: InvestigatorReviews, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "调查人员不得作法制审核", Title: "Who investigates does not review the case",
		SaysZH: "{persons} 是本案调查人员，不得作法制审核", Says: "{persons} investigated this case, and may not review it",
		RemedyZH: "由法制审核人员本人记录", Remedy: "let the reviewer record it"})
	_ = law.Declare(law.OfCases, law.Text{Code: NothingToServe, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "没有可送达的决定", Title: "There is no decision to serve",
		SaysZH: "{stream} 没有处罚决定", Says: "{stream} has no penalty",
		RemedyZH: "先作出决定（penalty-decided）", Remedy: "decide it first (penalty-decided)"})
)

var _ = law.Declare(law.OfCases, law.Text{Code: HearingNotOffered, Acts: law.Flags, Rules: []law.Rule{law.R41},
	TitleZH: "未告知听证权利", Title: "The party was not told that it may ask for a hearing",
	SaysZH: "拟作出{kind:penalty-kind}[（{fine_minor} 分，较大数额为 {larger_fen} 分以上）]，未告知听证权利（行政处罚法第六十三条）",
	Says: "{kind:penalty-kind} is to be decided[ ({fine_minor} fen; from {larger_fen} on a fine is larger)], and no hearing was " +
		"offered (行政处罚法 Art. 63)",
	RemedyZH: "重新告知（prior-notice-served，hearing 为 true），或说明原因",
	Remedy:   "give notice again (prior-notice-served with hearing true), or explain it"})

// Judge: of a filed case. Who may ask for a hearing is told so.
func (d *Notified) Judge(j *judgement) *event.Refusal {
	if r := inCourse(j); r != nil {
		return r
	}
	if !d.Hearing && mayBeHeard(j, d.Kind, d.Fine, d.OfPerson) {
		if d.Fine == nil {
			j.Flag(event.Flagged(law.R41, HearingNotOffered, law.Str("kind", d.Kind)))
		} else {
			j.Flag(event.Flagged(law.R41, HearingNotOffered, law.Str("kind", d.Kind), law.Int("fine_minor", d.Fine.Amount),
				law.Int("larger_fen", limitOf(j, codes.LargerFineUnit, codes.LargerFinePerson, d.OfPerson))))
		}
	}
	return nil
}

// Fold implements [stream.Folder].
func (d *Notified) Fold(s *State, e *event.Event) {
	s.wrote(e)
	if s.notice.Event == uuid.Nil {
		s.notice = obligation.FactOf(e)
	}
	if d.Hearing && s.offer.Event == uuid.Nil {
		s.offer, s.offered = obligation.FactOf(e), e.Day()
	}
}

// Judge: nobody who investigates chairs the hearing, or reviews the case.
func (d *StepRecorded) Judge(j *judgement) *event.Refusal {
	if r := inCourse(j); r != nil && d.Step != stepNames[served] {
		return r
	}
	st := j.State
	investigators := append(slices.Clip(st.officers), d.those("investigator")...)
	chairs := d.those("chair")
	if both := among(append(slices.Clip(st.chairs), chairs...), investigators); both != nil {
		return event.Refuse(law.R41, InvestigatorChairsHearing, law.List("persons", both))
	}
	switch d.Step {
	case stepNames[hearingNotified]:
		if d.HearingOn == "" {
			return event.Refuse(law.R41, HearingNeedsDay)
		}
	case stepNames[hearingHeld]:
		if chairs == nil {
			return event.Refuse(law.R41, HearingNeedsChair)
		}
		d.notTooEarly(j)
	case stepNames[legalReview]:
		if own := among(append(d.those("reviewer"), j.Event.Actor.Person), investigators); own != nil {
			return event.Refuse(law.R41, InvestigatorReviews, law.List("persons", own))
		}
	case stepNames[served]:
		if len(st.penalties) == 0 {
			return event.Refuse(law.R41, NothingToServe, law.Str("stream", j.Event.Stream.String()))
		}
	}
	return nil
}

// notTooEarly flags a hearing that was held sooner after its notice than the law allows, or without one (行政处罚法 Art. 64).
func (d *StepRecorded) notTooEarly(j *judgement) {
	held := j.Event.Happened()
	notified := j.State.steps[hearingNotified]
	since := notified.Occurred
	if notified.Event == uuid.Nil {
		since = held
	}
	limit := j.Scene.Law("hearing-notice", obligation.Date(since))
	if limit.N == 0 && notified.Event != uuid.Nil {
		return
	}
	if earliest := limit.Due(since); !held.After(earliest) {
		j.Flag(event.Flagged(law.R41, HearingTooEarly, law.Str("held_on", j.Event.Day()), law.Str("earliest_on", obligation.Date(earliest)),
			law.Str("notified_on", obligation.Date(notified.Occurred))))
	}
}

// those returns the persons who took a part.
func (d *StepRecorded) those(part string) (list []string) {
	for i := range d.People {
		if p := &d.People[i]; p.Part == part && p.Person != "" {
			list = append(list, p.Person)
		}
	}
	return list
}

// among returns those of a list who are of another, each once; nil: nobody.
func among(list, of []string) (both []string) {
	for _, p := range list {
		if p != "" && slices.Contains(of, p) && !slices.Contains(both, p) {
			both = append(both, p)
		}
	}
	return both
}

// Fold implements [stream.Folder].
func (d *StepRecorded) Fold(s *State, e *event.Event) {
	s.wrote(e)
	s.officers = union(s.officers, d.those("investigator"))
	s.chairs = union(s.chairs, d.those("chair"))
	is := step(slices.Index(stepNames[:], d.Step))
	f := obligation.FactOf(e)
	switch is {
	case hearingNotified: // the last one invites
		s.steps[is] = f
		s.hearing = obligation.DayOn(d.HearingOn)
	case legalReview:
		s.reviewed = d.Outcome != rejected
	case served:
		s.serve(f)
	}
	if int(is) < len(s.steps) && s.steps[is].Event == uuid.Nil {
		s.steps[is] = f
	}
}

func union(list, more []string) []string {
	for _, p := range more {
		if !slices.Contains(list, p) {
			list = append(slices.Clip(list), p)
		}
	}
	return list
}

func (s *State) has(is step) bool { return s.steps[is].Event != uuid.Nil }

func (s *State) metAt(is step) *time.Time {
	if !s.has(is) {
		return nil
	}
	return &s.steps[is].Occurred
}
