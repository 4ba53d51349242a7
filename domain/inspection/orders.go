package inspection

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Orders: R20, a measure disposes of a finding; R46, 不能简单的把企业关停: who stops an enterprise says why; R47, a major hazard
// is stopped at once.

// OrderKinds are measures, which are not penalties (安全生产法 Arts 65, 70): correct on the
// spot, by a date, at once, withdraw people, stop, stop using, seal, seize.
var OrderKinds = codes.List("order-kind")

// OrderIssued is a measure, not a penalty (安全生产法 Arts 65, 70).
type OrderIssued struct {
	Order      string           `json:"order" is:"id" correct:"never" zh:"措施编号" doc:"id within the inspection"`
	DocumentNo string           `json:"document_no,omitempty" is:"text(100)" zh:"文书号" doc:"number of the document"`
	Kind       string           `json:"kind" is:"code(order-kind)" zh:"措施种类" doc:"what was ordered"`
	Findings   []string         `json:"findings" is:"id" many:"1…500 distinct" zh:"隐患编号" doc:"the findings it is about"`
	Due        string           `json:"due,omitempty" is:"date" unknown:"imported for kind rectify-by-date" zh:"整改期限" doc:"until when"`
	LegalBasis []event.Citation `json:"legal_basis,omitempty" many:"0…20" zh:"法律依据" doc:"provisions it rests on"`
	Source     event.Source     `json:"source,omitempty"`
	Unknown    event.Unknown    `json:"unknown,omitempty"`
}

var orderIssued = declare[OrderIssued](170, afterwards, hidden, event.Type{Name: "order-issued", Version: 1, Chinese: "责令措施",
	Doc:    "A measure was ordered; it is not a penalty.",
	Rules:  []law.Rule{law.R19, law.R20, law.R46, law.R56},
	Append: deciders[:3:3], Import: true})

// judge refuses to stop an enterprise without a ground (R46).
func (d *OrderIssued) judge(j *judgement) *event.Refusal {
	if slices.ContainsFunc(j.st.orders, func(o ordering) bool { return o.id == d.Order }) {
		return event.Refuse(law.R20, law.OrderExists, law.Str("order", d.Order))
	}
	if r := j.findings(d.Findings...); r != nil {
		return r
	}
	if stops := d.Kind == "stop" || d.Kind == "stop-using"; stops && !j.imported && (len(d.LegalBasis) == 0 || len(d.Findings) == 0) {
		return event.Refuse(law.R46, law.StopWithoutGround, law.Str("order", d.Order), law.Str("kind", d.Kind),
			law.Int("grounds", len(d.LegalBasis)), law.Int("finding_count", len(d.Findings)))
	}
	if d.Kind == "rectify-by-date" && d.Due == "" && !j.imported {
		return event.Refuse(law.R20, law.DueRequired, law.Str("order", d.Order))
	}
	j.due(d)
	return nil
}

// farOff is how many days after an order its date is taken for a slip of the pen: practice is 30,
// and a stop lasts six months at most.
const farOff = 366

// due flags a date of an order that cannot be meant (R20).
func (j *judgement) due(d *OrderIssued) {
	switch {
	case d.Due == "":
	case d.Due < j.e.Day():
		j.flag(law.R20, law.DueBeforeIssued, law.Str("order", d.Order), law.Str("issued_on", j.e.Day()), law.Str("due_on", d.Due))
	case d.Due > j.e.DayAfter(farOff):
		j.flag(law.R20, law.DueFarOff, law.Str("order", d.Order), law.Str("issued_on", j.e.Day()), law.Str("due_on", d.Due),
			law.Int("most_days", farOff))
	}
}

func (d *OrderIssued) fold(s *State, e *event.Event) {
	o := ordering{id: d.Order}
	if day, err := obligation.ParseDay(d.Due); err == nil && e.Assurance != event.Imported {
		o = ordering{id: d.Order, event: e.ID, recorded: e.Recorded, due: day, findings: d.Findings}
	}
	s.orders = append(s.orders, o)
	if e.Assurance != event.Imported {
		s.measures++
	}
	m := ordered | own(e, disposed)
	if slices.Contains(stopOrders, d.Kind) {
		m |= halted
	}
	s.mark(d.Findings, m)
}

// ordering is an order as the rules remember it; what it wants put right, and until when, if it names a day.
type ordering struct {
	id       string
	event    uuid.UUID
	recorded time.Time
	due      obligation.Day
	extended []extension // that count, oldest first
	findings []string
}

// owedRectification: the party puts right what an order names until the order's date (R20), which no day off moves.
var owedRectification = obliges(owed{place: 110,
	Kind: obligation.Kind{Name: "rectify", Owner: obligation.Party, Rule: law.R20, Escalates: true}, of: func(q *asking) {
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
	reads: []string{findingFixedOnSite.Name, orderIssued.Name, oversight.Approval},
	says:  lateRectification})

// lateRectification: a finding was put right after the date of an order (R20), for each such order.
func lateRectification(s *State, say *speech) {
	for _, o := range say.late(owedRectification) {
		i := slices.IndexFunc(s.orders, func(order ordering) bool { return order.event == o.Opener })
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
