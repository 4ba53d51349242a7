package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
)

// What becomes of a hazard after the visit (R20, R58). It lies in the streams of orders; as facts of the visit it meets what is owed
// there, and says whether the party has put its house in order: 多次整治不到位, 拒不执行.

type (
	reported struct{ *order.Reported }
	verified struct{ *order.Verified }
	failed   struct{ *order.Failed }
	defied   struct{ *order.Defied }
	closure  struct{ *order.ClosureProposed }
)

func (d reported) judge(j *judgement) *event.Refusal { return j.findings(d.Findings...) }
func (d verified) judge(j *judgement) *event.Refusal { return j.findings(d.Findings...) }
func (d failed) judge(j *judgement) *event.Refusal   { return j.findings(d.Findings...) }
func (d closure) judge(j *judgement) *event.Refusal  { return j.findings(d.Findings...) }
func (d defied) judge(*judgement) *event.Refusal     { return nil }

// fold: a report meets what is owed, until a re-check says that it was wrong.
func (d reported) fold(s *State, e *event.Event) { s.repaired(d.Findings, e, 0) }

func (d verified) fold(s *State, e *event.Event) { s.repaired(d.Findings, e, fixed|disposed) }

// repaired notes that findings were put right.
func (s *State) repaired(ids []string, e *event.Event, m findingMark) {
	s.mark(ids, m)
	for _, id := range ids {
		if f := s.find(id); f != nil {
			f.repairedAt = earliest(f.repairedAt, e.Happened())
		}
	}
}

// fold: what was said to be put right is not.
func (d failed) fold(s *State, e *event.Event) {
	s.mark(d.Findings, 0)
	for _, id := range d.Findings {
		if f := s.find(id); f != nil {
			f.marks &^= fixed
			f.repairedAt = nil
		}
	}
	s.fails(failure{Fact: obligation.FactOf(e), findings: d.Findings})
}

func (d defied) fold(s *State, e *event.Event) {
	f := failure{Fact: obligation.FactOf(e), defies: true}
	for i := range s.orders {
		if s.orders[i].id == d.Order {
			f.findings = s.orders[i].about
		}
	}
	s.fails(f)
}

func (d closure) fold(s *State, e *event.Event) {
	s.acts(d.Findings, e)
	s.mark(d.Findings, shut)
}

// failure is a re-check that failed, or an order that was defied, and when somebody took the next step.
type failure struct {
	obligation.Fact
	findings []string
	defies   bool
	next     *time.Time
}

func (s *State) fails(f failure) {
	r := s.editRest()
	r.failures = append(r.failures, f)
}

// acts notes that a next step was taken for findings: another order, a penalty, a proposal to close.
func (s *State) acts(findings []string, e *event.Event) {
	if len(s.failures) == 0 || e.Assurance == event.Imported {
		return
	}
	r := s.editRest()
	r.failures = slices.Clone(r.failures) // a clone may share the elements
	for i := range r.failures {
		f := &r.failures[i]
		if slices.ContainsFunc(findings, func(id string) bool { return slices.Contains(f.findings, id) }) {
			f.next = earliest(f.next, e.Happened())
		}
	}
}

// The authority does something about a hazard that is as it was (R20, R56).
var _ = obliges(owed{place: 112,
	Kind: obligation.Kind{Name: "after-failure", Owner: obligation.Authority, Rule: law.R20, Escalates: true,
		Unmodelled: "the model has no re-checks", Also: []law.Rule{law.R56},
		Opens: "rectification-failed order-defied", Meets: "case-filed order-issued penalty-decided closure-proposed", Limit: "file_days"},
	reads: elsewhere,
	of: func(q *asking) {
		for i := range q.st.failures {
			f := &q.st.failures[i]
			q.owe(&f.Fact, "", f.next != nil, f.next)
		}
	}})

// Defied are the facts that an order was defied (R58).
func (s *State) Defied() (all []uuid.UUID) {
	for i := range s.failures {
		if s.failures[i].defies {
			all = append(all, s.failures[i].Event)
		}
	}
	return all
}

// FailedTwice calls fn with each finding of which two re-checks have failed, and the first two (R58).
func (s *State) FailedTwice(fn func(finding string, first, second uuid.UUID)) {
	for i := range s.findings {
		var facts []uuid.UUID
		for k := range s.failures {
			if f := &s.failures[k]; !f.defies && slices.Contains(f.findings, s.findings[i].id) {
				facts = append(facts, f.Event)
			}
		}
		if len(facts) > 1 {
			fn(s.findings[i].id, facts[0], facts[1])
		}
	}
}
