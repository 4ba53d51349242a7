// Package exposure is a proposal to make a violation public, which a second person approves: R71, 对存在重大隐患没有认真治理的行为，
// 进行大胆曝光和揭露. What was approved is published in package publicity.
package exposure

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Name is the kind of the streams.
const Name event.Kind = "exposure"

// Proposed asks to expose findings of a visit: its text is what is published, and no other.
type Proposed struct {
	Ground      string      `json:"ground" is:"code(exposure-ground)" zh:"曝光情形" doc:"why (R71)"`
	Inspection  string      `json:"inspection" is:"id" correct:"never" zh:"检查" doc:"the inspection whose signed record has the facts"`
	Findings    []string    `json:"findings" is:"id" many:"1…50 distinct" zh:"隐患编号" doc:"the findings that are exposed"`
	Outlet      string      `json:"outlet" is:"text(200)" zh:"拟曝光媒体" doc:"where it is to be published"`
	Content     string      `json:"content" is:"lines(8000)" zh:"公开内容" doc:"the text that is published"`
	Redacted    bool        `json:"redacted" zh:"已去除个人信息" doc:"whether the text has no personal data"`
	LegalReview LegalReview `json:"legal_review" zh:"法制审核" doc:"who held it against the law"`
}

// LegalReview is what a lawyer of the authority says.
type LegalReview struct {
	By      string `json:"by" is:"text(100)" zh:"审核人" doc:"who"`
	On      string `json:"on" is:"date" zh:"审核日期" doc:"when"`
	Opinion string `json:"opinion" is:"lines(2000)" zh:"审核意见" doc:"what is said"`
}

// The codes of an exposure.
const (
	ExposureNeedsRecord    law.Code = "exposure-needs-record"
	ExposureNeedsHazard    law.Code = "exposure-needs-hazard"
	ExposureNeedsRedaction law.Code = "exposure-needs-redaction"
)

var (
	_ = law.Declare(law.OfPublicity, law.Text{Code: ExposureNeedsRecord, Acts: law.Refuses, Rules: []law.Rule{law.R71},
		TitleZH: "只能曝光已签字记录中的事实", Title: "Only facts of a signed record are exposed",
		SaysZH:   "检查 {inspection} 的核查记录中没有以下隐患：{findings}",
		Says:     "the site record of inspection {inspection} does not have: {findings}",
		RemedyZH: "等核查记录签字后再提出，只写记录中的隐患", Remedy: "propose it after the record was signed, with findings that it has"})
	_ = law.Declare(law.OfPublicity, law.Text{Code: ExposureNeedsHazard, Acts: law.Refuses, Rules: []law.Rule{law.R71},
		TitleZH: "不是未治理的重大隐患", Title: "Not a major hazard that is left as it is",
		SaysZH:   "以下隐患不是重大隐患，或已整改：{findings}",
		Says:     "these findings are no major hazards, or were put right: {findings}",
		RemedyZH: "另按违法行为提出（violation），或只写未治理的重大隐患",
		Remedy:   "propose it as a violation, or name major hazards that were not put right"})
	_ = law.Declare(law.OfPublicity, law.Text{Code: ExposureNeedsRedaction, Acts: law.Refuses, Rules: []law.Rule{law.R71},
		TitleZH: "个人信息未去除", Title: "Personal data are not redacted",
		SaysZH: "公开内容未确认去除个人信息", Says: "it is not stated that the text has no personal data",
		RemedyZH: "去除个人信息后写 redacted: true", Remedy: "take out personal data, and state redacted"})
)

// State is one exposure.
type State struct {
	Inspection string
	Findings   []string
	Approved   bool
	asked      uuid.UUID
	fact       obligation.Fact
	by         []string
	answered   bool
}

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Exposes are the findings that are to be made public.
func (s *State) Exposes() []string {
	if s == nil {
		return nil
	}
	return s.Findings
}

// Stands is the fact that proposed it; nil: it was refused, or withdrawn.
func (s *State) Stands() *obligation.Fact {
	if s == nil || s.answered && !s.Approved {
		return nil
	}
	return &s.fact
}

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: only facts of a signed record, without personal data (R71).
func (d *Proposed) Judge(j *judgement) *event.Refusal {
	visit := stream.StateOf[inspection.State](j.Scene, event.Stream{Kind: event.Inspection, ID: d.Inspection})
	missing := slices.DeleteFunc(slices.Clone(d.Findings), func(id string) bool { return visit != nil && visit.OnRecord(id) })
	if len(missing) > 0 {
		return event.Refuse(law.R71, ExposureNeedsRecord, law.Str("inspection", d.Inspection), law.List("findings", missing))
	}
	if d.Ground == "major-hazard" {
		other := slices.DeleteFunc(slices.Clone(d.Findings), func(id string) bool { return visit.HasMajor(id) && visit.Repaired(id) == nil })
		if len(other) > 0 {
			return event.Refuse(law.R71, ExposureNeedsHazard, law.List("findings", other))
		}
	}
	if !d.Redacted {
		return event.Refuse(law.R71, ExposureNeedsRedaction)
	}
	return oversight.FirstPerson(j.Event)
}

func (d *Proposed) Fold(s *State, e *event.Event) {
	s.Inspection, s.Findings = d.Inspection, d.Findings
	s.asked, s.by, s.fact = e.ID, []string{e.Actor.Person}, obligation.FactOf(e)
}

// answer: by another person of the office.
func answer(j *judgement, ref event.Ref, _ bool) *event.Refusal {
	st := j.State
	if st.answered || ref.ID() != st.asked {
		return oversight.NothingWaits(j.Event, ref)
	}
	if !j.Event.Names(ref) {
		return oversight.OtherBytes(ref)
	}
	return oversight.SecondPerson(j.Event, st.by)
}

var owedAnswer = obligation.Kind{Name: "approval", Owner: obligation.Approver, From: obligation.Known, Rule: law.R71, Escalates: true,
	Opens: "exposure-proposed", Meets: "approval-given approval-refused", Limit: "approval_days"}

func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	if s.answered {
		return into
	}
	return append(into, obligation.Obligation{Kind: &owedAnswer, Opener: s.fact.Event, Opened: s.fact.Index, Recorded: s.fact.Recorded,
		Due: t.Due(t.Limit("approval"), s.fact.Recorded, s.fact)})
}

// about: the subject of the visit, in its cell; of the team only the city knows.
func about(l stream.Ledger, e *event.Event) event.About {
	a, _ := l.About(event.Stream{Kind: event.Inspection, ID: e.Data.(*Proposed).Inspection})
	a.Team = ""
	return a
}

// Kind declares exposures.
var Kind = stream.Of(stream.Kind{
	Name: Name, Chinese: "曝光", Doc: "a proposal to make a violation public",
	Access: stream.Open(stream.OwnTeam), About: about,
	Answers: []event.Role{event.RoleSupervisionOffice},
}, stream.Rules[*State]{Answer: answer, Answered: func(s *State, ref event.Ref, yes bool) {
	if ref.ID() == s.asked && !s.answered {
		s.answered, s.Approved = true, yes
	}
}, Owes: owes, Obligations: []*obligation.Kind{&owedAnswer}},
	stream.First((*Proposed).Judge, event.Type{Name: "exposure-proposed", Version: 1, Chinese: "提请曝光",
		Doc:   "Somebody asks to make findings of a signed record public; it counts once a second person approved it.",
		Rules: []law.Rule{law.R71, law.Pillar17}, Append: []event.Role{event.RoleSupervisionOffice}}),
)
