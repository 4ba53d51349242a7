package casefile

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Penalties: R41, what is punishable is punished, or lawfully not; R56, 绝不允许以整改代替处罚.

// PenaltyDecided punishes one or more findings of a visit, or somebody whom none visited. In a stream of its own it is a penalty
// on the spot.
type PenaltyDecided struct {
	Inspection   string           `json:"inspection,omitempty" is:"id" correct:"never" zh:"检查" doc:"the visit of the findings"`
	Subject      string           `json:"subject,omitempty" is:"id" correct:"never" zh:"当事人" doc:"who is punished; of a visit its subject"`
	Penalty      string           `json:"penalty" is:"id" correct:"never" zh:"处罚编号" doc:"id within the case"`
	Findings     []string         `json:"findings" is:"id" many:"0…500 distinct" zh:"隐患编号" doc:"the findings that are punished"`
	Kind         string           `json:"kind" is:"code(penalty-kind)" zh:"处罚种类" doc:"行政处罚法 2021 Art. 9"`
	OfPerson     bool             `json:"of_person,omitzero" zh:"处罚个人" doc:"a head, manager or worker is punished; left out: the unit"`
	Accident     string           `json:"accident,omitempty" is:"id" zh:"事故" doc:"the accident for which the party is punished"`
	Aggravated   []string         `json:"aggravated,omitempty" is:"code(aggravation)" many:"0…6 distinct" zh:"从重情形" doc:"why severe (R47)"`
	Fine         *event.Money     `json:"fine,omitempty" unknown:"required for kind fine" zh:"罚款金额" doc:"of kind fine, and only there"`
	DecisionNo   string           `json:"decision_no,omitempty" is:"text(100)" zh:"决定书文号" doc:"number of the decision"`
	DocumentHash string           `json:"document_sha256,omitempty" is:"sha256" zh:"决定书哈希" doc:"of the decision; a copy of it serves it"`
	DecidedBy    string           `json:"decided_by,omitempty" is:"text(200)" zh:"决定机关" doc:"who decided"`
	LegalBasis   []event.Citation `json:"legal_basis,omitempty" many:"0…20" unknown:"imported" zh:"法律依据" doc:"provisions it rests on"`
	Final        bool             `json:"final" zh:"是否最终" doc:"false: the source states an amount and no final decision; counted and flagged"`
	Source       event.Source     `json:"source,omitempty"`
	Unknown      event.Unknown    `json:"unknown,omitempty"`
}

// Together says what Validate checks.
func (*PenaltyDecided) Together() string {
	return "fine belongs to kind fine, and to no other; a visit and its findings, or a subject"
}

// Validate checks what members say together.
func (d *PenaltyDecided) Validate() error {
	var k event.Checker
	k.That(d.Kind == fine || d.Fine == nil && !d.Unknown.Has("fine"), "fine", law.FaultFineOnly)
	k.That(d.Inspection != "" || d.Subject != "", "subject", law.FaultVisitOrSubject)
	k.That((d.Inspection == "") == (len(d.Findings) == 0), "findings", law.FaultOfVisit)
	return k.Err()
}

// NoPenaltyDecided says why punishable findings are lawfully not punished (R41,
// 行政处罚法 Arts 33, 57). It counts from the approval of a second person on; in imports at once.
type NoPenaltyDecided struct {
	Inspection string           `json:"inspection,omitempty" is:"id" correct:"never" zh:"检查" doc:"the visit of the findings"`
	Subject    string           `json:"subject,omitempty" is:"id" correct:"never" zh:"当事人" doc:"who is not punished; of a visit its subject"`
	Findings   []string         `json:"findings" is:"id" many:"0…500 distinct" correct:"never" zh:"隐患编号" doc:"that are not punished"`
	Reason     string           `json:"reason" is:"lines(2000)" zh:"理由" doc:"why not (行政处罚法 Arts 33, 57)"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Source     event.Source     `json:"source,omitempty"`
}

// Together says what Validate checks.
func (*NoPenaltyDecided) Together() string { return "a visit and its findings, or a subject" }

// Validate checks what members say together.
func (d *NoPenaltyDecided) Validate() error {
	var k event.Checker
	k.That(d.Inspection != "" || d.Subject != "", "subject", law.FaultVisitOrSubject)
	k.That((d.Inspection == "") == (len(d.Findings) == 0), "findings", law.FaultOfVisit)
	return k.Err()
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
		TitleZH: "案件是另一次检查的", Title: "The case is of another visit or subject",
		SaysZH: "{stream} 不是检查或对象 {named} 的案件", Says: "{stream} is not about visit or subject {named}",
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

// ofCase refuses a decision about something else than what the case is about.
func ofCase(j *judgement, visit, subject string, findings []string) *event.Refusal {
	st := j.State
	if st != nil && (visit != "" && visit != st.Visit || visit == "" && (st.Visit != "" || subject != st.Subject)) {
		named := visit
		if named == "" {
			named = subject
		}
		return event.Refuse(law.R41, CaseOfAnotherVisit, law.Str("stream", j.Event.Stream.String()), law.Str("named", named))
	}
	if _, known := j.Scene.About(event.Stream{Kind: event.Subject, ID: subject}); visit == "" && !known {
		return event.Refuse(law.R41, law.UnknownSubject, law.Str("subject", subject))
	}
	if st != nil && st.closed.Event != uuid.Nil {
		return inCourse(j)
	}
	return ofVisit(j, visit, subject, findings)
}

// Judge: once each, with its legal basis, and in a filed case after notice and review. A fine that no decision
// states is a contradiction of the record itself, in imports as well (R41).
func (d *PenaltyDecided) Judge(j *judgement) *event.Refusal {
	imported := j.Event.Assurance == event.Imported
	if j.State != nil {
		if r := Taken(j.State.penalties, d); r != nil {
			return r
		}
	}
	if r := ofCase(j, d.Inspection, d.Subject, d.Findings); r != nil {
		return r
	}
	if len(d.LegalBasis) == 0 && !imported {
		return event.Refuse(law.R41, law.LegalBasisRequired, law.Str("penalty", d.Penalty))
	}
	if d.Accident != "" && j.Scene.State(event.Stream{Kind: event.Accident, ID: d.Accident}) == nil {
		return event.Refuse(law.R41, law.UnknownAccident, law.Str("accident", d.Accident))
	}
	if d.Inspection == "" { // else the visit's rules say it
		d.Doubts(j.Event, j.State.Filed(), limitOf(j, codes.OnTheSpotUnit, codes.OnTheSpotPerson, d.OfPerson), j.Flag)
	}
	if !j.State.Filed() {
		return nil
	}
	return d.inFiledCase(j)
}

// heardKinds are those of which the party may ask for a hearing whatever their amount: those that 行政处罚法 2021 Art. 63 names. The text
// before (Art. 42) names stops and revocations, and leaves its list open (等): lower grades, closings and bars are taken to be of it. A
// permit that is suspended and a business that is restricted neither text names; whether they are "others as grave" the authority says,
// who then offers a hearing. Art. 63 names larger confiscations, too; how much is confiscated no decision states.
var heardKinds = []string{"lower-grade", "revoke-permit", "stop-production", "close", "bar-from-trade"}

// limitOf is the law's number of that day for a unit, or for a person.
func limitOf(j *judgement, unit, person string, ofPerson bool) int64 {
	if ofPerson {
		unit = person
	}
	return j.Scene.LawNumber(unit, j.Event.Day())
}

// mayBeHeard reports whether the party may ask for a hearing of what is (to be) decided (行政处罚法 Art. 63): by its kind, or of a fine
// in CNY by an amount that the province sets, and the table of limits has; where it has none, amounts tell nothing.
func mayBeHeard(j *judgement, kind string, amount *event.Money, ofPerson bool) bool {
	larger := limitOf(j, codes.LargerFineUnit, codes.LargerFinePerson, ofPerson)
	return slices.Contains(heardKinds, kind) ||
		kind == fine && larger > 0 && amount != nil && amount.Currency == "CNY" && amount.Amount >= larger
}

func (d *PenaltyDecided) inFiledCase(j *judgement) *event.Refusal {
	st := j.State
	heard := st.offer.Event != uuid.Nil || st.has(hearingRequested) || st.has(hearingHeld)
	if (heard || mayBeHeard(j, d.Kind, d.Fine, d.OfPerson) || st.grave) && !st.reviewed {
		return event.Refuse(law.R41, LegalReviewRequired, law.Str("kind", d.Kind), law.Str("penalty", d.Penalty))
	}
	if st.notice.Event == uuid.Nil {
		j.Flag(event.Flagged(law.R41, DecidedWithoutNotice, law.Str("penalty", d.Penalty)))
	}
	if st.has(hearingRequested) && !st.has(hearingHeld) {
		j.Flag(event.Flagged(law.R41, DecidedWithoutHearing, law.Str("penalty", d.Penalty)))
	}
	return nil
}

// Doubts says what is doubtful in a penalty by itself (R41): a fine that no decision states, which contradicts itself, in imports as
// well; and what its author may not decide. Detention is for the police, closing for a government (安全生产法 Art. 115). Inspectors
// decide on the spot, which the law allows for warnings and fines of at most so many fen (行政处罚法 Art. 51, before 2021-07-15 Art. 33);
// all else is for the department that has the duty, in a case that is filed.
func (d *PenaltyDecided) Doubts(e *event.Event, filed bool, most int64, flag func(event.Deviation)) {
	if !d.Final && d.Fine != nil {
		flag(event.Flagged(law.R41, law.FineWithoutDecision,
			law.Str("penalty", d.Penalty), law.Int("fine_minor", d.Fine.Amount), law.Str("currency", d.Fine.Currency)))
	}
	if e.Assurance == event.Imported {
		return
	}
	role := e.Actor.Role
	onTheSpot := slices.Contains([]event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleOfficer}, role) && !filed
	switch {
	case d.Kind == "detention" || d.Kind == "close", onTheSpot && d.Kind != "warning" && d.Kind != fine:
		flag(event.Flagged(law.R41, law.KindBeyondAuthority, law.Str("penalty", d.Penalty), law.Str("kind", d.Kind), law.Str("role", role)))
	case d.Kind == fine && d.Fine == nil:
		flag(event.Flagged(law.R41, law.FineWithoutAmount, law.Str("penalty", d.Penalty)))
	case onTheSpot && d.Kind == fine && (d.Fine.Currency != "CNY" || d.Fine.Amount > most):
		flag(event.Flagged(law.R41, law.FineBeyondAuthority, law.Str("penalty", d.Penalty), law.Int("fine_minor", d.Fine.Amount),
			law.Str("currency", d.Fine.Currency), law.Str("role", role), law.Int("most_fen", most)))
	}
}

// Fold implements [stream.Folder].
func (d *PenaltyDecided) Fold(s *State, e *event.Event) {
	s.began(d.Inspection, d.Subject, e)
	p := penalty{Penalty: PenaltyOf(d), decider: e.Actor.Person}
	if e.Assurance != event.Imported {
		p.fact = obligation.FactOf(e)
	}
	if i := s.penalty(d.Penalty); i >= 0 {
		old := &s.penalties[i]
		p.In(&old.Penalty)
		p.payments = old.payments
	}
	p.settle()
	s.penalties = Put(s.penalties, p)
}

// began notes what a case is about that was not filed.
func (s *State) began(visit, subject string, e *event.Event) {
	s.wrote(e)
	if s.Visit == "" && s.Subject == "" {
		s.Visit, s.Subject, s.Copied = visit, subject, e.Assurance == event.Imported
	}
}

// Judge: it counts from a second person's yes on.
func (d *NoPenaltyDecided) Judge(j *judgement) *event.Refusal {
	if r := ofCase(j, d.Inspection, d.Subject, d.Findings); r != nil {
		return r
	}
	if j.Event.Assurance == event.Imported {
		return nil
	}
	return oversight.FirstPerson(j.Event)
}

// Fold implements [stream.Folder].
func (d *NoPenaltyDecided) Fold(s *State, e *event.Event) {
	s.began(d.Inspection, d.Subject, e)
	yes := e.Assurance == event.Imported
	s.exempt = append(slices.Clip(s.exempt), exemption{obligation.FactOf(e), yes, yes})
}

// The names of the types that a visit reads.
const (
	FiledType     = "case-filed"
	PenaltyType   = "penalty-decided"
	NoPenaltyType = "no-penalty-decided"
	ChangedType   = "decision-changed"
)

func begins(d event.Data) bool {
	switch d.(type) {
	case *Filed, *PenaltyDecided, *NoPenaltyDecided:
		return true
	}
	return false
}

// joins is the visit that an event that begins a case names.
func joins(d event.Data) string {
	visit, _ := namedBy(d)
	return visit
}

// namedBy returns the visit and the subject that a body names which begins a case.
func namedBy(d event.Data) (visit, subject string) {
	switch d := d.(type) {
	case *Filed:
		return d.Inspection, d.Subject
	case *PenaltyDecided:
		return d.Inspection, d.Subject
	case *NoPenaltyDecided:
		return d.Inspection, d.Subject
	}
	return "", ""
}
