package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Orders: R20, a measure disposes of a finding; R46, 不能简单的把企业关停: who stops an enterprise says why; R47, a major hazard
// is stopped at once.

// issued is an order as the visit that it names has it; see package order, in whose streams it lies.
type issued struct{ *order.Issued }

// judge asks what the visit knows: its findings, and that it has no other order of this id.
func (d issued) judge(j *judgement) *event.Refusal {
	if slices.ContainsFunc(j.st.orders, func(o ordering) bool { return o.id == d.Order }) {
		return event.Refuse(law.R20, law.OrderExists, law.Str("order", d.Order))
	}
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	j.due(d.Issued)
	return nil
}

// farOff is how many days after an order its date is taken for a slip of the pen: practice is 30,
// and a stop lasts six months at most.
const farOff = 366

// due flags a date of an order that cannot be meant (R20).
func (j *judgement) due(d *order.Issued) {
	switch {
	case d.Due == "":
	case d.Due < j.e.Day():
		j.flag(law.R20, law.DueBeforeIssued, law.Str("order", d.Order), law.Str("issued_on", j.e.Day()), law.Str("due_on", d.Due))
	case d.Due > j.e.DayAfter(farOff):
		j.flag(law.R20, law.DueFarOff, law.Str("order", d.Order), law.Str("issued_on", j.e.Day()), law.Str("due_on", d.Due),
			law.Int("most_days", farOff))
	}
}

func (d issued) fold(s *State, e *event.Event) {
	s.acts(d.Findings, e)
	o := ordering{id: d.Order, about: d.Findings}
	if day, err := obligation.ParseDay(d.Due); err == nil && e.Assurance != event.Imported {
		o = ordering{id: d.Order, about: d.Findings, event: e.ID, recorded: e.Recorded, due: day, findings: d.Findings}
	}
	r := s.editRest()
	r.orders = append(r.orders, o)
	if e.Assurance != event.Imported {
		r.measures++
	}
	m := ordered | own(e, disposed)
	if slices.Contains(stopOrders, d.Kind) {
		m |= halted
	}
	if d.Due != "" {
		m |= dated
	}
	s.mark(d.Findings, m)
}

// ordering is an order as the rules remember it; what it wants put right, and until when, if it names a day.
type ordering struct {
	id       string
	about    []string // findings, whether they are to be put right by a date or not
	event    uuid.UUID
	recorded time.Time
	due      obligation.Day
	extended []extension // that count, oldest first
	findings []string
}

// owedRectification: the party puts right what an order names until the order's date (R20), which no day off moves.
var owedRectification = obliges(owed{place: 110,
	Kind: obligation.Kind{Name: "rectify", Owner: obligation.Party, Rule: law.R20, Escalates: true, Also: []law.Rule{law.R47},
		Opens: "order-issued", Meets: "rectification-verified rectification-reported finding-fixed-on-site", Limit: "the order's date"},
	reads: happened(findingRecorded, findingFixedOnSite), of: func(q *asking) {
		for i := range q.st.orders {
			o := &q.st.orders[i]
			due := o.until()
			asked := q.answered(o, due)
			for _, id := range o.findings {
				if f := q.st.find(id); f != nil {
					q.until(obligation.Obligation{Opener: o.event, Item: id, Due: due, Recorded: o.recorded, Asked: asked, Met: f.repairedAt != nil},
						f.repairedAt)
				}
			}
		}
	}})

var _ = stands(standing{place: 50, rule: law.R20, code: law.LateRectification,
	reads: []string{findingFixedOnSite.Name, order.IssuedType, order.ReportedType, order.VerifiedType, order.FailedType, oversight.Approval},
	says:  lateRectification})

// lateRectification: a finding was put right after the date of an order (R20), for each such order.
func lateRectification(s *State, say *speech) {
	for _, o := range say.late(owedRectification) {
		i := slices.IndexFunc(s.orders, func(is ordering) bool { return is.event == o.Opener })
		say.item(o.Opener, o.Item, law.Str("finding", o.Item), law.Str("order", s.orders[i].id), law.At("due_at", o.Due),
			law.At("occurred_at", o.MetAt))
	}
}

// stopOrders are the measures that end the danger of a major hazard at once (R47).
var stopOrders = []string{"withdraw-people", "stop", "stop-using", "seal"}

// examine marks the findings that there are when the inspectors leave, make their record or close: from
// then on a major one without a measure that ends the danger was left as it was (R47).
func (s *State) examine() {
	s.findings = slices.Clone(s.findings) // a clone may share the elements
	for i := range s.findings {
		s.findings[i].marks |= examined
	}
}
