package inspection

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The approval of a visit: N03, the head of the authority approves it before it is made; of an urgent one that is made up in time.

// Approved says that the head of the authority approved the visit. As long as the visit is hidden, only who may know of it can.
type Approved struct {
	ApprovedBy string `json:"approved_by" is:"id" zh:"批准人" doc:"head of the authority; a registered person"`
	DocumentNo string `json:"document_no,omitempty" is:"text(100)" zh:"审批文书号" doc:"of the paper that has the approval"`
}

var inspectionApproved = declare[Approved](25, beside, hidden, event.Type{Name: "inspection-approved", Version: 1, Chinese: "检查审批",
	Doc:    "The head of the authority approved the visit, before it was made or, of an urgent one, afterwards.",
	Rules:  []law.Rule{law.R17, law.N03},
	Append: []event.Role{event.RoleApprover, event.RoleSupervisionOffice}})

// The codes of the approval of a visit.
const (
	InspectionNotApproved  law.Code = "inspection-not-approved"
	LateInspectionApproval law.Code = "late-inspection-approval"
	ApprovedByAnAuthor     law.Code = "approved-by-an-author"
)

var (
	_ = law.Declare(law.OfPlanning, law.Text{Code: ApprovedByAnAuthor, Acts: law.Refuses, Rules: []law.Rule{law.N03},
		TitleZH: "批准人参加了本次检查", Title: "Who approves the visit took part in it",
		SaysZH: "{person} 预约、记录或者实施了本次检查", Says: "{person} reserved, recorded or made this visit",
		RemedyZH: "由没有参加本次检查的负责人批准", Remedy: "let a head approve it who took no part"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: InspectionNotApproved, Acts: law.Flags, Rules: []law.Rule{law.N03},
		TitleZH: "检查未经事先批准", Title: "The visit was not approved before",
		SaysZH: "检查开始之前没有批准，也未写明紧急事由", Says: "nobody had approved the visit when it began, and no reason why it was urgent is stated",
		RemedyZH: "补记事先的批准；紧急的，更正检查开始事件，写明事由", Remedy: "append the approval that there was; where it was urgent, " +
			"correct the start of the visit, with why"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: LateInspectionApproval, Acts: law.Flags, Rules: []law.Rule{law.N03},
		TitleZH: "补办审批逾期", Title: "The approval was made up late",
		SaysZH:   "检查开始后 {after_minutes} 分钟才批准，方案规定 {due_hours} 小时，{due_at}到期",
		Says:     "it was approved {after_minutes} minutes after the start; the plan gives {due_hours} hours, until {due_at}",
		RemedyZH: "说明原因（deviation-explained）", Remedy: "explain it (deviation-explained)"})
)

// judge: by somebody who took no part in the visit, of a head who is known and took none (N03).
func (d *Approved) judge(j *judgement) *event.Refusal {
	if r := oversight.SecondPerson(j.e, j.st.people); r != nil {
		return r
	}
	if slices.Contains(j.st.people, d.ApprovedBy) {
		return event.Refuse(law.N03, ApprovedByAnAuthor, law.Str("person", d.ApprovedBy))
	}
	return j.known("approved_by", d.ApprovedBy)
}

func (d *Approved) fold(s *State, e *event.Event) {
	if s.is(started) && e.Happened().Unix() <= s.began {
		s.marks |= approvedBefore
	}
	s.meets("visit-approval", e.Happened())
}

// approves notes at the start of a visit that it was approved before, or is urgent.
func (d *Started) approves(s *State) {
	if f := s.open().first(approved); f != nil && f.Occurred.Unix() <= s.began {
		s.marks |= approvedBefore
	}
	if d.Purpose != nil && d.Purpose.Urgent != "" {
		s.marks |= urgent
	}
}

var (
	approved       = remember(inspectionApproved)
	approvedBefore = mark()
	urgent         = mark()
)

// owedVisitApproval: a visit is approved, if not before then within hours, where the plan says so (N03).
var owedVisitApproval = obliges(owed{place: 5, fades: true, stays: true,
	Kind: obligation.Kind{Name: "visit-approval", Owner: obligation.Authority, Rule: law.N03, Escalates: true,
		Opens: "inspection-started", Meets: "inspection-approved", Limit: "inspection_approval_hours",
		Unmodelled: "of the law since 2025, which the model does not have"},
	rules: []law.Rule{law.N03}, reads: started | approved,
	of: func(q *asking) {
		if q.Policy.VisitApprovalHours == nil {
			return
		}
		w := q.st.open()
		if start := w.start(); start != nil {
			q.owe(start, "", q.st.is(approved), w.firstAt(approved))
		}
	}})

var (
	_ = stands(standing{place: 5, rule: law.N03, code: InspectionNotApproved, since: started, begin: []string{inspectionStarted.Name},
		reads: []string{inspectionApproved.Name}, under: func(p *campaign.Policy) bool { return p.VisitApprovalHours != nil },
		says: func(s *State, say *speech) {
			if say.Policy.VisitApprovalHours != nil && !s.is(copied|approvedBefore|urgent) {
				say.say(s.startEvent())
			}
		}})
	_ = stands(standing{place: 6, rule: law.N03, code: LateInspectionApproval, dated: true, since: approved,
		begin: []string{inspectionApproved.Name},
		reads: []string{inspectionStarted.Name}, says: func(_ *State, say *speech) {
			say.lateHours(owedVisitApproval, say.Policy.VisitApprovalHours)
		}})
)

// startEvent is the id of the start that counts.
func (s *State) startEvent() (id uuid.UUID) {
	for f := range s.facts.Counting() {
		if _, is := f.Data.(*Started); is {
			return f.ID
		}
	}
	return id
}
