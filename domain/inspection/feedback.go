package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Feedback on the spot: R45, 坚持检查与服务相结合: the inspectors tell the unit what they found before they leave, to those who
// answer for it; what the unit objects to is talked over again before the visit is closed.

// UnitBriefed tells the unit the result before the inspectors leave (R45).
type UnitBriefed struct {
	Leader     bool   `json:"leader_present" zh:"单位负责人在场" doc:"whether who leads the unit was there"`
	Safety     bool   `json:"safety_officer_present" zh:"安全管理人员在场" doc:"whether who answers for its safety was there"`
	Objections string `json:"objections,omitempty" is:"lines(2000)" zh:"单位异议" doc:"what the unit objects to; left out: it agrees"`
}

var unitBriefed = declare[UnitBriefed](235, onSite, hidden, event.Type{Name: "unit-briefed", Version: 1, Chinese: "现场反馈",
	Doc:   "The inspectors told the unit the result before they left.",
	Rules: []law.Rule{law.R45}, Append: field})

// The codes of this topic.
const (
	BriefedWithoutBoth     law.Code = "briefed-without-both"
	ClosingNeedsAgreedTalk law.Code = "closing-needs-agreed-talk"
)

var (
	_ = law.Declare(law.OfCourse, law.Text{Code: BriefedWithoutBoth, Acts: law.Flags, Rules: []law.Rule{law.R45},
		TitleZH: "反馈时有关负责人不在场", Title: "Not both who answer for the unit were told",
		RemedyZH: "再次反馈（unit-briefed），或说明原因", Remedy: "brief the unit again (unit-briefed), or explain it"})
	_ = law.Declare(law.OfRecord, law.Text{Code: ClosingNeedsAgreedTalk, Acts: law.Gates, Rules: []law.Rule{law.R45},
		TitleZH: "单位有异议，尚未再次反馈", Title: "The unit objected, and was not briefed again",
		RemedyZH: "再次反馈（unit-briefed），直至无异议", Remedy: "brief the unit again (unit-briefed), until it objects no more"})
)

// judge flags a briefing that did not reach both who answer for the unit (R45).
func (d *UnitBriefed) judge(j *judgement) *event.Refusal {
	if !j.imported && !(d.Leader && d.Safety) {
		j.flag(law.R45, BriefedWithoutBoth)
	}
	return nil
}

// objecting is that the unit objects, and was not briefed again.
var objecting, briefed = mark(), remember(unitBriefed)

func (d *UnitBriefed) fold(s *State, e *event.Event) {
	if s.marks &^= objecting; d.Objections != "" && e.Assurance != event.Imported {
		s.marks |= objecting
	}
}

// owedTalk: what the unit objects to is talked over again, before the visit is closed (R45).
var owedTalk = obliges(owed{place: 155, atClosing: ClosingNeedsAgreedTalk, fades: true, rules: []law.Rule{law.R45},
	Kind: obligation.Kind{Name: "agreed-talk", Owner: obligation.Inspectors, Unmodelled: "the model has no objections"},
	of: func(q *asking) {
		if first := q.st.open().first(briefed); first != nil {
			q.owe(first, "", !q.st.is(objecting), nil)
		}
	}})
