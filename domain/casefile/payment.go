package casefile

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// PaymentRecorded says that something of a fine was paid, or given back.
type PaymentRecorded struct {
	Penalty   string       `json:"penalty" is:"id" zh:"处罚编号" doc:"the fine, by its id in the case"`
	Direction string       `json:"direction" is:"code(payment)" zh:"收付" doc:"paid, or refunded"`
	Amount    event.Money  `json:"amount" zh:"金额" doc:"how much this time, in the currency of the fine"`
	Receipt   string       `json:"receipt,omitempty" is:"text(100)" zh:"票据号" doc:"of the bank (行政处罚法 Art. 67)"`
	Source    event.Source `json:"source,omitempty"`
}

// EnforcementRequested asks a court to enforce what was decided (行政强制法 Arts 53, 54).
type EnforcementRequested struct {
	Penalty    string `json:"penalty" is:"id" zh:"处罚编号" doc:"by its id in the case"`
	Court      string `json:"court" is:"text(200)" zh:"受理法院" doc:"which court, or who else enforces"`
	DemandedOn string `json:"demanded_on,omitempty" is:"date" zh:"催告日期" doc:"when the party was asked once more"`
	DocumentNo string `json:"document_no,omitempty" is:"text(100)" zh:"申请书文号" doc:"number of the document"`
}

// DecisionChanged says that a penalty was changed after it was decided, which is no correction (行政处罚法 Art. 75): by a review, a
// court, or the authority itself.
type DecisionChanged struct {
	Penalty    string       `json:"penalty" is:"id" zh:"处罚编号" doc:"by its id in the case"`
	Change     string       `json:"change" is:"code(decision-change)" zh:"变更" doc:"revised, or annulled"`
	By         string       `json:"by" is:"code(decision-changer)" zh:"变更机关" doc:"by whom"`
	Fine       *event.Money `json:"fine,omitempty" zh:"变更后罚款" doc:"of a fine that is revised: the whole amount"`
	Reason     string       `json:"reason" is:"lines(2000)" zh:"理由" doc:"why"`
	DocumentNo string       `json:"document_no,omitempty" is:"text(100)" zh:"文书号" doc:"number of the decision that changes it"`
	Source     event.Source `json:"source,omitempty"`
}

// The codes of what follows a decision.
const (
	UnknownPenalty           law.Code = "unknown-penalty"
	NotAFine                 law.Code = "not-a-fine"
	PaymentInAnotherCurrency law.Code = "payment-in-another-currency"
	DeciderRecordsPayment    law.Code = "decider-records-payment"
	RefundExceedsPayment     law.Code = "refund-exceeds-payment"
	PaidDiffers              law.Code = "paid-differs"
	PenaltyIsAnnulled        law.Code = "penalty-is-annulled"
	PenaltyNotFinal          law.Code = "penalty-not-final"
	EnforcedWithoutDemand    law.Code = "enforced-without-demand"
)

var (
	_ = law.Declare(law.OfCases, law.Text{Code: UnknownPenalty, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "没有这项处罚", Title: "There is no such penalty",
		SaysZH: "{stream} 没有处罚 {penalty}", Says: "{stream} has no penalty {penalty}",
		RemedyZH: "写本案已决定的处罚", Remedy: "name a penalty that was decided in this case"})
	_ = law.Declare(law.OfCases, law.Text{Code: NotAFine, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "不是罚款", Title: "It is no fine",
		SaysZH: "处罚 {penalty} 不是有效的终局罚款", Says: "penalty {penalty} is no final fine that counts",
		RemedyZH: "只写罚款的金额", Remedy: "state amounts of fines only"})
	_ = law.Declare(law.OfCases, law.Text{Code: PaymentInAnotherCurrency, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "币种与罚款不同", Title: "The currency is not that of the fine",
		SaysZH: "罚款 {penalty} 的币种是 {currency}，不是 {paid}", Says: "fine {penalty} is in {currency}, and not in {paid}",
		RemedyZH: "按罚款的币种写", Remedy: "state it in the currency of the fine"})
	_ = law.Declare(law.OfCases, law.Text{Code: DeciderRecordsPayment, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "决定与收缴须分离", Title: "Who decides a fine does not collect it",
		SaysZH:   "{person} 决定了罚款 {penalty}，不得记录其缴纳（行政处罚法第六十七条）",
		Says:     "{person} decided fine {penalty}, and may not record its payment (行政处罚法 Art. 67)",
		RemedyZH: "由另一人记录", Remedy: "let another person record it"})
	_ = law.Declare(law.OfCases, law.Text{Code: RefundExceedsPayment, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "退款多于已缴", Title: "More is refunded than was paid",
		SaysZH:   "罚款 {penalty} 已缴 {paid_minor}，不能退 {refund_minor}（{currency}）",
		Says:     "of fine {penalty} {paid_minor} are paid, and {refund_minor} cannot be refunded ({currency})",
		RemedyZH: "核对金额", Remedy: "check the amount"})
	_ = law.Declare(law.OfCases, law.Text{Code: PaidDiffers, Acts: law.Flags, Rules: []law.Rule{law.R41},
		TitleZH: "已缴多于罚款", Title: "More was paid than is owed",
		SaysZH:   "罚款 {penalty} 应缴 {fine_minor}，已缴 {paid_minor}（{currency}）",
		Says:     "fine {penalty} is {fine_minor}, and {paid_minor} are paid ({currency})",
		RemedyZH: "退还多缴部分（payment-recorded，refunded）", Remedy: "refund what is too much (payment-recorded, refunded)"})
	_ = law.Declare(law.OfCases, law.Text{Code: PenaltyIsAnnulled, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "处罚已撤销", Title: "The penalty is annulled",
		SaysZH: "处罚 {penalty} 已撤销", Says: "penalty {penalty} is annulled",
		RemedyZH: "无须再做；重新决定的用新编号", Remedy: "nothing is left to do; what is decided anew has a new id"})
	_ = law.Declare(law.OfCases, law.Text{Code: PenaltyNotFinal, Acts: law.Refuses, Rules: []law.Rule{law.R41},
		TitleZH: "处罚尚未最终决定", Title: "The penalty is not decided finally",
		SaysZH: "处罚 {penalty} 在 {stream} 中尚无终局决定", Says: "penalty {penalty} has no final decision in {stream}",
		RemedyZH: "更正原记录，或先记录终局决定（penalty-decided，final）",
		Remedy:   "correct what is recorded of it, or append the final decision first (penalty-decided, final)"})
	_ = law.Declare(law.OfCases, law.Text{Code: EnforcedWithoutDemand, Acts: law.Flags, Rules: []law.Rule{law.R41},
		TitleZH: "未经催告或催告期未满即申请强制执行", Title: "Enforcement without a demand, or before its time is over",
		SaysZH: "处罚 {penalty} 于 {requested_on} 申请强制执行，[{demanded_on} 催告，]催告期至 {until_on}",
		Says: "enforcement of penalty {penalty} was asked for on {requested_on}[, after a demand of {demanded_on}]; the party has until " +
			"{until_on}",
		RemedyZH: "先催告，或说明原因", Remedy: "demand it first, or explain it"})
)

// penalty is one that was decided, as the case keeps it.
type penalty struct {
	Penalty
	fact                  obligation.Fact // zero event: by an import
	decider               string          // person
	step                  obligation.Fact // of its case, that served it
	copied                obligation.Fact // to the party, that did; package domain tells it
	payments              []paid
	paidAt                time.Time // since when nothing is outstanding; zero: something is
	enforcedAt, published time.Time
}

// paid is a payment, or less than zero a refund.
type paid struct {
	at    time.Time
	minor int64
}

// unpaid reports whether a fine that counts is not paid.
func (p *penalty) unpaid() bool {
	_, open := p.Outstanding()
	return open
}

const (
	fine     = "fine"
	refunded = "refunded"
	annulled = "annulled"
)

func (s *State) penalty(id string) int {
	if s == nil {
		return -1
	}
	return Find(s.penalties, id)
}

// edit returns a penalty for writing; nil when there is none.
func (s *State) edit(id string) *penalty {
	i := s.penalty(id)
	if i < 0 {
		return nil
	}
	s.penalties = slices.Clone(s.penalties)
	return &s.penalties[i]
}

// ofPenalty returns the penalty that an event is about, or its refusal.
func ofPenalty(j *judgement, id string) (*penalty, *event.Refusal) {
	i := j.State.penalty(id)
	if i < 0 {
		return nil, event.Refuse(law.R41, UnknownPenalty, law.Str("stream", j.Event.Stream.String()), law.Str("penalty", id))
	}
	return &j.State.penalties[i], nil
}

// Judge: of a fine, and not by who decided it.
func (d *PaymentRecorded) Judge(j *judgement) *event.Refusal {
	p, r := ofPenalty(j, d.Penalty)
	if r != nil {
		return r
	}
	person := j.Event.Actor.Person
	switch back := d.Direction == refunded; {
	case p.Kind != fine || !p.Final && !back:
		return event.Refuse(law.R41, NotAFine, law.Str("penalty", p.ID))
	case p.Known && p.Currency != d.Amount.Currency:
		return event.Refuse(law.R41, PaymentInAnotherCurrency, law.Str("penalty", p.ID), law.Str("currency", p.Currency),
			law.Str("paid", d.Amount.Currency))
	case person != "" && person == p.decider:
		return event.Refuse(law.R41, DeciderRecordsPayment, law.Str("person", person), law.Str("penalty", p.ID))
	case back && d.Amount.Amount > p.Net():
		return event.Refuse(law.R41, RefundExceedsPayment, law.Str("penalty", p.ID), law.Int("paid_minor", p.Net()),
			law.Int("refund_minor", d.Amount.Amount), law.Str("currency", d.Amount.Currency))
	}
	return nil
}

// Fold implements [stream.Folder].
func (d *PaymentRecorded) Fold(s *State, e *event.Event) {
	p := s.edit(d.Penalty)
	if p == nil {
		return
	}
	before := p.Net()
	p.Pay(d)
	p.payments = append(slices.Clip(p.payments), paid{e.Happened(), p.Net() - before})
	p.settle()
}

// settle notes since when nothing of a fine is outstanding, by the fine as it counts now: what was paid before a review made it less
// was paid then.
func (p *penalty) settle() {
	p.paidAt = time.Time{}
	if p.unpaid() {
		return
	}
	then := p.Penalty
	then.Paid, then.Refunded = 0, 0
	_, open := then.Outstanding()
	p.paidAt = p.fact.Occurred
	for _, m := range p.payments {
		was := open
		then.Paid += m.minor
		if _, open = then.Outstanding(); was && !open {
			p.paidAt = m.at
		}
	}
}

// restate: what was paid, less what was refunded, is more than the fine as it counts now (R41).
func restate(j *judgement) event.Restated {
	switch j.Event.Data.(type) {
	case *PaymentRecorded, *DecisionChanged, *PenaltyDecided, event.Correction, *oversight.ApprovalGiven:
	default:
		return event.Restated{}
	}
	r := event.Restated{Asked: []event.Asked{{Code: PaidDiffers}}}
	for i := range j.State.penalties {
		p := &j.State.penalties[i]
		if p.Kind != fine || !p.Known || p.Net() <= p.Due() || p.fact.Event == uuid.Nil {
			continue
		}
		f := event.Flagged(law.R41, PaidDiffers, law.Str("penalty", p.ID), law.Int("fine_minor", p.Due()), law.Int("paid_minor", p.Net()),
			law.Str("currency", p.Currency))
		f.Fact, f.Item = p.fact.Event, p.ID
		r.True = append(r.True, f)
	}
	return r
}

// Judge: of a final penalty that counts, after a demand whose time is over (行政强制法 Art. 54).
func (d *EnforcementRequested) Judge(j *judgement) *event.Refusal {
	p, r := ofDecision(j, d.Penalty)
	if r != nil {
		return r
	}
	limit := j.Scene.Law("demand", j.Event.Day())
	since := j.Event.Happened()
	if day, err := obligation.ParseDay(d.DemandedOn); err == nil {
		since = day.End()
	}
	if until := limit.Due(since); limit.N > 0 && !j.Event.Happened().After(until) {
		j.Flag(event.Flagged(law.R41, EnforcedWithoutDemand, law.Str("penalty", p.ID), law.Str("requested_on", j.Event.Day()),
			law.Str("until_on", obligation.Date(until)), law.Str("demanded_on", d.DemandedOn)))
	}
	return nil
}

// Fold implements [stream.Folder].
func (d *EnforcementRequested) Fold(s *State, e *event.Event) {
	s.wrote(e)
	s.enforced = union(s.enforced, []string{d.Penalty})
	if p := s.edit(d.Penalty); p != nil && p.enforcedAt.IsZero() {
		p.enforcedAt = e.Happened()
	}
}

// ofDecision returns a final penalty of the case that counts. One that is not final is no decision: nothing of it is enforced or
// changed, and the final one may lie in another case of the visit.
func ofDecision(j *judgement, id string) (*penalty, *event.Refusal) {
	p, r := ofPenalty(j, id)
	switch {
	case r != nil:
		return nil, r
	case !p.Final:
		return nil, event.Refuse(law.R41, PenaltyNotFinal, law.Str("penalty", id), law.Str("stream", j.Event.Stream.String()))
	case p.Annulled:
		return nil, event.Refuse(law.R41, PenaltyIsAnnulled, law.Str("penalty", id))
	}
	return p, nil
}

// Judge: of a final penalty that was not annulled before.
func (d *DecisionChanged) Judge(j *judgement) *event.Refusal {
	p, r := ofDecision(j, d.Penalty)
	switch {
	case r != nil:
		return r
	case d.Fine != nil && (p.Kind != fine || d.Change == annulled):
		return event.Refuse(law.R41, NotAFine, law.Str("penalty", p.ID))
	case d.Fine != nil && p.Currency != "" && d.Fine.Currency != p.Currency:
		return event.Refuse(law.R41, PaymentInAnotherCurrency, law.Str("penalty", p.ID), law.Str("currency", p.Currency),
			law.Str("paid", d.Fine.Currency))
	}
	return nil
}

// Fold implements [stream.Folder].
func (d *DecisionChanged) Fold(s *State, e *event.Event) {
	s.wrote(e)
	p := s.edit(d.Penalty)
	if p == nil {
		return
	}
	p.Change(d)
	p.settle()
}

// serve notes that the decisions so far were served.
func (s *State) serve(f obligation.Fact) {
	s.penalties = slices.Clone(s.penalties)
	for i := range s.penalties {
		if p := &s.penalties[i]; p.step.Event == uuid.Nil {
			p.step = f
		}
	}
}

// served is the fact that served a decision, by which what follows is known: of a copy and a step that both tell it the one that was
// recorded first. Its event is zero where none did.
func (p *penalty) served() *obligation.Fact {
	if p.step.Event == uuid.Nil || p.copied.Event != uuid.Nil && p.copied.Index < p.step.Index {
		return &p.copied
	}
	return &p.step
}

// Serve notes by which copies decisions were served on the party, as it stands now: of is the zero fact of one that none did.
func (s *State) Serve(of func(penalty string) obligation.Fact) {
	s.penalties = slices.Clone(s.penalties)
	for i := range s.penalties {
		s.penalties[i].copied = of(s.penalties[i].ID)
	}
}

// Serves reports whether the case has it so.
func (s *State) Serves(of func(penalty string) obligation.Fact) bool {
	return !slices.ContainsFunc(s.penalties, func(p penalty) bool { return p.copied != of(p.ID) })
}
