package order

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Lifted ends a measure: a stop, a seal, a registration of evidence; or lets an enterprise work again (R46).
type Lifted struct {
	Ground   string           `json:"ground" is:"code(lift-ground)" zh:"解除情形" doc:"why it ends"`
	Reason   string           `json:"reason" is:"lines(2000)" zh:"解除理由" doc:"in words"`
	Document string           `json:"document_no,omitempty" is:"text(100)" zh:"文书号" doc:"number of the document"`
	Evidence []event.Evidence `json:"evidence,omitempty" many:"0…20" zh:"证据" doc:"that shows it"`
}

// Judge flags a stop that ends before a re-check found the hazard put right (R46).
func (d *Lifted) Judge(j *judgement) *event.Refusal {
	if r := ours(j, nil); r != nil {
		return r
	}
	if r := inForce(j); r != nil {
		return r
	}
	open := slices.DeleteFunc(slices.Clone(j.State.findings), j.State.verified)
	if d.Ground == "rectified" && len(open) > 0 {
		j.Flag(event.Flagged(law.R46, LiftedUnverified, law.List("findings", open)))
	}
	return nil
}

// Fold keeps that the order ended.
func (*Lifted) Fold(s *State, e *event.Event) {
	f := obligation.FactOf(e)
	s.lifted = &f
	s.wrote(e)
}

// Defied says that an order is not obeyed (R58).
type Defied struct {
	Order    string           `json:"order" is:"id" correct:"never" zh:"措施编号" doc:"that is not obeyed"`
	Seen     string           `json:"seen" is:"lines(2000)" zh:"发现情况" doc:"how that was seen"`
	Evidence []event.Evidence `json:"evidence,omitempty" many:"0…20" zh:"证据" doc:"that shows it"`
}

// Judge: only what is in force is defied.
func (d *Defied) Judge(j *judgement) *event.Refusal {
	if r := ours(j, nil); r != nil {
		return r
	}
	if d.Order != j.State.id {
		return event.Refuse(law.R20, OrderNotInForce, law.Str("stream", j.Event.Stream.String()))
	}
	return inForce(j)
}

// Fold keeps who wrote it; the visit has the rest.
func (*Defied) Fold(s *State, e *event.Event) { s.wrote(e) }

// report is that a hazard was put right, by who owes it.
type report struct {
	obligation.Fact
	person   string
	findings []string
	resumes  bool
}

// Reported says that the inspected party has put a hazard right (R20).
type Reported struct {
	Inspection string           `json:"inspection,omitempty" is:"id" correct:"never" zh:"检查" doc:"the inspection, where nothing was ordered"`
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"what was put right"`
	Done       string           `json:"done" is:"lines(4000)" zh:"整改情况" doc:"what was done"`
	OnBehalfOf string           `json:"on_behalf_of,omitempty" is:"text(200)" zh:"报告人" doc:"who says so, where another person enters it"`
	Resume     bool             `json:"resume,omitempty" zh:"申请复产" doc:"whether the party asks to work again"`
	Evidence   []event.Evidence `json:"evidence,omitempty" many:"0…100" zh:"证据" doc:"that shows it"`
}

// Judge asks whether the order is about it.
func (d *Reported) Judge(j *judgement) *event.Refusal { return ours(j, d.Findings) }

// Fold keeps the report.
func (d *Reported) Fold(s *State, e *event.Event) {
	s.begins(d, e)
	if e.Assurance != event.Imported {
		s.reports = append(s.reports, report{obligation.FactOf(e), e.Actor.Person, d.Findings, d.Resume})
	}
}

// check is a re-check.
type check struct {
	obligation.Fact
	findings []string
	failed   bool
}

// Verified says that a re-check found a hazard put right (R20).
type Verified struct {
	Inspection string           `json:"inspection,omitempty" is:"id" correct:"never" zh:"检查" doc:"the inspection, where nothing was ordered"`
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"what is put right"`
	Recheck    string           `json:"recheck,omitempty" is:"id" zh:"复查检查" doc:"the inspection that was the re-check, if it was one"`
	Opinion    string           `json:"opinion,omitempty" is:"lines(2000)" zh:"复查意见" doc:"what was seen"`
	Evidence   []event.Evidence `json:"evidence,omitempty" many:"0…100" zh:"证据" doc:"that shows it"`
}

// Judge flags who verifies what he reported himself.
func (d *Verified) Judge(j *judgement) *event.Refusal {
	if r := ours(j, d.Findings); r != nil {
		return r
	}
	if me := j.Event.Actor.Person; me != "" && j.State != nil && slices.ContainsFunc(j.State.reports, func(r report) bool {
		return r.person == me
	}) {
		j.Flag(event.Flagged(law.R20, VerifiedByReporter, law.Str("person", me)))
	}
	return nil
}

// Fold keeps the re-check.
func (d *Verified) Fold(s *State, e *event.Event) { s.checked(d, e, d.Findings, false) }

// Failed says that a re-check found a hazard as it was (R20, R58).
type Failed struct {
	Inspection string           `json:"inspection,omitempty" is:"id" correct:"never" zh:"检查" doc:"the inspection, where nothing was ordered"`
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"what is not put right"`
	Recheck    string           `json:"recheck,omitempty" is:"id" zh:"复查检查" doc:"the inspection that was the re-check, if it was one"`
	Opinion    string           `json:"opinion" is:"lines(2000)" zh:"复查意见" doc:"what was seen"`
	Evidence   []event.Evidence `json:"evidence,omitempty" many:"0…100" zh:"证据" doc:"that shows it"`
}

// Judge asks whether the order is about it.
func (d *Failed) Judge(j *judgement) *event.Refusal { return ours(j, d.Findings) }

// Fold keeps the re-check.
func (d *Failed) Fold(s *State, e *event.Event) { s.checked(d, e, d.Findings, true) }

func (s *State) checked(d named, e *event.Event, findings []string, failed bool) {
	s.begins(d, e)
	if e.Assurance != event.Imported {
		s.checks = append(s.checks, check{obligation.FactOf(e), findings, failed})
	}
}

// verified reports whether the last re-check of a finding found it put right.
func (s *State) verified(finding string) bool {
	for i := range slices.Backward(s.checks) {
		if c := &s.checks[i]; slices.Contains(c.findings, finding) {
			return !c.failed
		}
	}
	return false
}

// answer is what a second person said.
type answer uint8

const (
	asked answer = iota
	granted
	denied
)

// closure is a proposal to close an enterprise.
type closure struct {
	obligation.Fact
	is answer
}

// ClosureProposed asks a government to close an enterprise (R46, R47; 安全生产法 Arts 113, 115). It counts from its yes on.
type ClosureProposed struct {
	Ground       string           `json:"ground" is:"code(closure-ground)" zh:"关闭情形" doc:"which of the two grounds it rests on, or another"`
	Findings     []string         `json:"findings" is:"id" many:"0…500 distinct" zh:"隐患编号" doc:"the findings that demand it"`
	Scope        string           `json:"scope" is:"code(order-scope)" zh:"范围" doc:"all of the enterprise, or part of it"`
	Alternatives string           `json:"alternatives" is:"lines(2000)" zh:"替代措施" doc:"what milder was considered, and why it does not do"`
	LegalBasis   []event.Citation `json:"legal_basis" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Evidence     []event.Evidence `json:"evidence,omitempty" many:"0…100" zh:"证据" doc:"that shows it"`
}

// Judge: a closing has a ground and findings (R46), and waits for one answer.
func (d *ClosureProposed) Judge(j *judgement) *event.Refusal {
	if len(d.LegalBasis) == 0 || len(d.Findings) == 0 {
		return event.Refuse(law.R46, ClosureWithoutGround, law.Int("grounds", len(d.LegalBasis)), law.Int("finding_count", len(d.Findings)))
	}
	if r := ours(j, d.Findings); r != nil {
		return r
	}
	if i := slices.IndexFunc(j.State.closures, func(c closure) bool { return c.is != denied }); i >= 0 {
		return event.Refuse(law.R46, ClosureWaits, law.Str("event", j.State.closures[i].Event.String()))
	}
	return firstPerson(j)
}

// Fold keeps that it waits.
func (*ClosureProposed) Fold(s *State, e *event.Event) {
	s.closures = append(slices.Clip(s.closures), closure{Fact: obligation.FactOf(e)})
	s.wrote(e)
}

// closed reports whether a government decided to close.
func (s *State) closed() bool {
	return slices.ContainsFunc(s.closures, func(c closure) bool { return c.is == granted })
}

// waits returns the index of the closing that waits under an event's id, or -1.
func (s *State) waits(id uuid.UUID) int {
	return slices.IndexFunc(s.closures, func(c closure) bool { return c.Event == id && c.is == asked })
}
