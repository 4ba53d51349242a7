package casefile

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Penalties: R41, what is punishable is punished, or lawfully not; R56, 绝不允许以整改代替处罚.

// Decision is a penalty that was decided in a filed case, in the stream of its visit.
type Decision struct {
	Penalty, Kind string
	Fine          *event.Money
	Final         bool
	Findings      []string
}

// The codes of a decision.
const (
	CaseOfAnotherVisit    law.Code = "case-of-another-visit"
	LegalReviewRequired   law.Code = "legal-review-required"
	DecidedWithoutNotice  law.Code = "decided-without-notice"
	DecidedWithoutHearing law.Code = "decided-without-hearing"
)

var (
	_ = law.Declare(law.OfCases, law.Text{Code: CaseOfAnotherVisit, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "案件是另一次检查的", Title: "The case is of another visit",
		SaysZH: "案件 {case} 不是检查 {inspection} 的", Says: "case {case} is not of visit {inspection}",
		RemedyZH: "写立案时的检查或当事人，或另立案件", Remedy: "name what the case was filed for, or begin another case"})
	_ = law.Declare(law.OfCases, law.Text{Code: LegalReviewRequired, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "未经法制审核", Title: "The legal review is missing",
		SaysZH:   "{kind:penalty-kind}（{penalty}）须先经法制审核（行政处罚法第五十八条）",
		Says:     "{kind:penalty-kind} ({penalty}) needs a legal review first (行政处罚法 Art. 58)",
		RemedyZH: "先由法制审核人员记录审核通过（case-step-recorded，legal-review）",
		Remedy:   "have the reviewer record it first (case-step-recorded, legal-review)"})
	_ = law.Declare(law.OfCases, law.Text{Code: DecidedWithoutNotice, Acts: law.Flags, Rules: []law.Rule{law.R41},
		TitleZH: "未告知即作出决定", Title: "Decided without prior notice",
		SaysZH: "处罚 {penalty} 作出前没有告知（行政处罚法第四十四条）", Says: "penalty {penalty} was decided without prior notice (行政处罚法 Art. 44)",
		RemedyZH: "记录告知（prior-notice-served），或说明原因", Remedy: "record the notice (prior-notice-served), or explain it"})
	_ = law.Declare(law.OfCases, law.Text{Code: DecidedWithoutHearing, Acts: law.Flags, Rules: []law.Rule{law.R41},
		TitleZH: "要求听证而未举行", Title: "A hearing was asked for and not held",
		SaysZH: "处罚 {penalty} 作出前未举行当事人要求的听证", Says: "penalty {penalty} was decided before the hearing that the party asked for",
		RemedyZH: "举行听证并重新审查决定，或说明原因", Remedy: "hold the hearing and look at the decision again, or explain it"})
)

// Judge judges a decision in a case, by what is kept of that; nil: there is no such case. It must be of the visit, and follows on
// notice, hearing and review.
func (d *Decision) Judge(st *State, id, visit string) (flags []event.Deviation, r *event.Refusal) {
	switch {
	case !st.Filed():
		return nil, event.Refuse(law.R41, UnknownCase, law.Str("case", id))
	case st.Visit != visit:
		return nil, event.Refuse(law.R41, CaseOfAnotherVisit, law.Str("case", id), law.Str("inspection", visit))
	case st.closed.Event != uuid.Nil:
		return nil, event.Refuse(law.R41, CaseIsClosed, law.Str("stream", string(Name)+"/"+id), law.Str("type", "penalty-decided"))
	case d.Penalty == "": // it is not punished
		return nil, nil
	case (graveKinds[d.Kind] || st.offer.Event != uuid.Nil || st.has(hearingRequested) || st.has(hearingHeld)) && !st.reviewed:
		return nil, event.Refuse(law.R41, LegalReviewRequired, law.Str("kind", d.Kind), law.Str("penalty", d.Penalty))
	}
	if st.notice.Event == uuid.Nil {
		flags = append(flags, event.Flagged(law.R41, DecidedWithoutNotice, law.Str("penalty", d.Penalty)))
	}
	if st.has(hearingRequested) && !st.has(hearingHeld) {
		flags = append(flags, event.Flagged(law.R41, DecidedWithoutHearing, law.Str("penalty", d.Penalty)))
	}
	return flags, nil
}

// graveKinds are those of which the party may ask for a hearing whatever their amount (行政处罚法 Art. 63).
var graveKinds = map[string]bool{"suspend-permit": true, "lower-grade": true, "revoke-permit": true, "stop-production": true,
	"close": true, "restrict-business": true, "bar-from-trade": true}

// Decided notes a decision of the case.
func (s *State) Decided(d *Decision, e *event.Event) {
	s.wrote(e)
	p := penalty{id: d.Penalty, kind: d.Kind, decider: e.Actor.Person, findings: d.Findings, final: d.Final, fact: obligation.FactOf(e)}
	if d.Fine != nil {
		p.money, p.currency, p.fine = true, d.Fine.Currency, d.Fine.Amount
	}
	if old := s.edit(d.Penalty); old != nil { // the final decision takes the place of a provisional one
		p.paid, p.paidAt = old.paid, old.paidAt
		*old = p
		return
	}
	s.penalties = append(s.penalties[:len(s.penalties):len(s.penalties)], p)
}

// Exempts notes that somebody decided in the case not to punish: it counts once a second person approved it, in the visit's stream.
func (s *State) Exempts(e *event.Event) {
	s.wrote(e)
	s.exempt = append(slices.Clip(s.exempt), exemption{id: e.ID, fact: obligation.FactOf(e)})
}

// Exempted notes the answer.
func (s *State) Exempted(id uuid.UUID, yes bool) {
	if i := slices.IndexFunc(s.exempt, func(x exemption) bool { return x.id == id }); i >= 0 {
		s.exempt = slices.Clone(s.exempt)
		s.exempt[i].yes = yes
	}
}
