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

// What is owed in a case (R41, R71), by the law in force on the day of the fact that opens it.

const unmodelled = "the model's cases have no limits of the law"

var (
	owedDecision = obligation.Kind{Name: "decision", Owner: obligation.Authority, Rule: law.R41, Escalates: true, Unmodelled: unmodelled,
		Opens: "case-filed", Meets: "penalty-decided no-penalty-decided matter-transferred", Limit: "law: decision"}
	owedRequest = obligation.Kind{Name: "hearing-request", Owner: obligation.Party, Rule: law.R41, Window: true, Unmodelled: unmodelled,
		Opens: "prior-notice-served", Meets: "case-step-recorded", Limit: "law: hearing-request"}
	owedHearing = obligation.Kind{Name: "hearing-notice", Owner: obligation.Authority, Rule: law.R41, Window: true, Unmodelled: unmodelled,
		Opens: "case-step-recorded", Meets: "case-step-recorded", Limit: "law: hearing-notice, before the hearing"}
	owedService = obligation.Kind{Name: "service", Owner: obligation.Authority, Rule: law.R41, Escalates: true, Unmodelled: unmodelled,
		Opens: "penalty-decided", Meets: "copy-delivered case-step-recorded", Limit: "law: service"}
	// Publish is owed until a decision is made public; package domain sees that in the publications.
	Publish = obligation.Kind{Name: "publish", Owner: obligation.Authority, Rule: law.R71, Unmodelled: unmodelled,
		Opens: "penalty-decided", Meets: "publicity-published", Limit: "law: publication"}
	owedPayment = obligation.Kind{Name: "payment", Owner: obligation.Party, Rule: law.R41, Escalates: true, Unmodelled: unmodelled,
		Opens: "copy-delivered case-step-recorded", Meets: "payment-recorded", Limit: "law: payment"}
	owedEnforce = obligation.Kind{Name: "enforcement", Owner: obligation.Authority, Rule: law.R41, Escalates: true, Unmodelled: unmodelled,
		Opens: "copy-delivered case-step-recorded", Meets: "enforcement-requested payment-recorded", Limit: "law: enforcement"}
	owedRemedy = obligation.Kind{Name: "remedy", Owner: obligation.Party, Rule: law.R41, Window: true, Unmodelled: unmodelled,
		Opens: "copy-delivered case-step-recorded", Limit: "law: review, lawsuit"}
	owedLimit = obligation.Kind{Name: "limitation", Owner: obligation.Authority, Rule: law.R41, Window: true, Unmodelled: unmodelled,
		Opens: "case-filed", Meets: "case-filed", Limit: "law: limitation"}
	owedAnswer = obligation.Kind{Name: "approval", Owner: obligation.Approver, From: obligation.Known, Rule: law.Pillar17, Escalates: true,
		Also:  []law.Rule{law.R41},
		Opens: "no-penalty-decided term-extended", Meets: "approval-given approval-refused", Limit: "approval_days"}

	owedKinds = []*obligation.Kind{&owedDecision, &owedRequest, &owedHearing, &owedService, &Publish, &owedPayment, &owedEnforce, &owedRemedy,
		&owedLimit, &owedAnswer}
)

// asking is a question to what is owed in a case, and its answer.
type asking struct {
	obligation.Terms
	st    *State
	found []obligation.Obligation
}

// owes returns what was ever owed in a case, met or not.
func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	q := asking{Terms: t, st: s, found: into}
	if s.Filed() {
		q.ofFiling()
	}
	for i := range s.penalties {
		if p := &s.penalties[i]; p.Final && !p.Annulled && p.fact.Event != uuid.Nil {
			q.ofPenalty(p)
		}
	}
	for i := range s.exempt {
		if x := &s.exempt[i]; !x.answered && s.Visit == "" { // else it is owed in the visit, whose closing it holds up
			q.owe(&owedAnswer, &x.fact, "", q.Due(t.Limit("approval"), x.fact.Recorded, x.fact), nil)
		}
	}
	for i := range s.longer {
		if x := &s.longer[i]; x.is == asked {
			q.owe(&owedAnswer, &x.fact, "", q.Due(t.Limit("approval"), x.fact.Recorded, x.fact), nil)
		}
	}
	return q.found
}

// owe notes an obligation, met at an instant or not yet (nil).
func (q *asking) owe(k *obligation.Kind, opening *obligation.Fact, item string, due time.Time, metAt *time.Time) {
	o := obligation.Obligation{Kind: k, Opener: opening.Event, Item: item, Opened: opening.Index, Recorded: opening.Recorded, Due: due}
	if metAt != nil {
		o.Met, o.MetAt = true, *metAt
	}
	q.found = append(q.found, o)
}

// until is the end of a limit of the law that runs from a fact.
func (q *asking) until(matter string, opening *obligation.Fact) time.Time {
	return q.Due(q.Law(matter, obligation.Date(opening.Occurred)), opening.Occurred, *opening)
}

func (q *asking) ofFiling() {
	st := q.st
	var decided *time.Time
	if f := st.decided(); f != nil {
		decided = &f.Occurred
	}
	q.owe(&owedDecision, &st.filed, "", q.until("decision", &st.filed), decided)
	if day := (&Filed{ViolatedOn: st.violated, Harm: st.harm}).limitation(q.Law); day != 0 {
		q.owe(&owedLimit, &st.filed, "", day.End(), &st.filed.Occurred)
	}
	if st.offer.Event != uuid.Nil {
		q.owe(&owedRequest, &st.offer, "", q.until("hearing-request", &st.offer), st.metAt(hearingRequested))
	}
	if st.has(hearingRequested) {
		q.owe(&owedHearing, &st.steps[hearingRequested], "", q.noticeBy(&st.steps[hearingRequested]), st.metAt(hearingNotified))
	}
}

// longestNotice bounds how many days back the day of a notice is looked for.
const longestNotice = 60

// noticeBy is the end of the last day on which the party can be told of the hearing: so that the law's days are over before the day for
// which it was invited, or on which it was held (行政处罚法 2021 Art. 64: seven days before; before 2021-07-15 Art. 42). Zero: no day is
// known yet, and the law sets none.
func (q *asking) noticeBy(asked *obligation.Fact) time.Time {
	day := q.st.hearing
	if day == 0 && q.st.has(hearingHeld) {
		day = obligation.DayOf(q.st.steps[hearingHeld].Occurred)
	}
	limit := q.Law("hearing-notice", obligation.Date(asked.Occurred))
	if day == 0 || limit.N == 0 {
		return time.Time{}
	}
	for by := day - 1; by > day-longestNotice; by-- {
		if !q.Due(limit, by.End(), *asked).After((day - 1).End()) {
			return by.End()
		}
	}
	return time.Time{}
}

// ofPenalty: what follows a decision; of one that is annulled nothing does. It is served, made public, paid, and if it
// is not, enforced when the remedies are over.
func (q *asking) ofPenalty(p *penalty) {
	var servedAt, publishedAt *time.Time
	served := p.served()
	if served.Event != uuid.Nil {
		servedAt = &served.Occurred
	}
	if !p.published.IsZero() {
		publishedAt = &p.published
	}
	q.owe(&owedService, &p.fact, p.ID, q.until("service", &p.fact), servedAt)
	if limit := q.Law("publication", obligation.Date(p.fact.Occurred)); limit.N > 0 {
		q.owe(&Publish, &p.fact, p.ID, q.Due(limit, p.fact.Occurred, p.fact), publishedAt)
	}
	if servedAt == nil {
		return
	}
	lawsuit := q.until("lawsuit", served)
	if review := q.until("review", served); !review.IsZero() {
		q.owe(&owedRemedy, served, p.ID+" review", review, nil)
	}
	if !lawsuit.IsZero() {
		q.owe(&owedRemedy, served, p.ID+" lawsuit", lawsuit, nil)
	}
	if p.Kind != fine {
		return
	}
	var paidAt, enforcedAt *time.Time
	if !p.paidAt.IsZero() {
		paidAt = &p.paidAt
	}
	if enforcedAt = paidAt; enforcedAt == nil && !p.enforcedAt.IsZero() {
		enforcedAt = &p.enforcedAt
	}
	at := len(q.found)
	q.owe(&owedPayment, served, p.ID, q.extended(served, p.ID, q.until("payment", served)), paidAt)
	q.asked(&q.found[at])
	if limit := q.Law("enforcement", obligation.Date(served.Occurred)); limit.N > 0 && !lawsuit.IsZero() {
		q.owe(&owedEnforce, served, p.ID, q.Due(limit, lawsuit, *served), enforcedAt)
	}
}

// extension asks for more time to pay (行政处罚法 Art. 66); it counts from a second person's yes on.
type extension struct {
	fact   obligation.Fact
	opener uuid.UUID
	until  obligation.Day
	is     answerState
}

type answerState uint8

const (
	asked answerState = iota
	granted
	denied
)

// extended moves the date of a payment by the extensions that were granted, and made before it was over.
func (q *asking) extended(served *obligation.Fact, _ string, due time.Time) time.Time {
	for i := range q.st.longer {
		x := &q.st.longer[i]
		if x.is == granted && x.opener == served.Event && !x.fact.Occurred.After(due) && x.until.End().After(due) {
			due = x.until.End()
		}
	}
	return due
}

// asked holds off the escalation of a payment while an answer is owed to an extension that was made in time.
func (q *asking) asked(o *obligation.Obligation) {
	for i := range q.st.longer {
		x := &q.st.longer[i]
		if answer := q.Due(q.Limit("approval"), x.fact.Recorded, x.fact); x.is == asked && x.opener == o.Opener &&
			o.InTime(x.fact.Occurred) && answer.After(o.Asked) {
			o.Asked = answer
		}
	}
}

// extend judges an extension: of a fine that was served and is not paid (行政处罚法 Art. 66).
func extend(j *judgement) *event.Refusal {
	d, _ := j.Event.Data.(*oversight.TermExtended)
	open := func(p penalty) bool { return p.served().Event == d.Ref().Opener && p.unpaid() }
	if d.Obligation != owedPayment.Name || !slices.ContainsFunc(j.State.penalties, open) {
		return oversight.NothingToExtend(d)
	}
	return oversight.FirstPerson(j.Event)
}

func extended(s *State, e *event.Event) {
	if d, ok := e.Data.(*oversight.TermExtended); ok {
		s.wrote(e)
		s.longer = append(slices.Clip(s.longer), extension{fact: obligation.FactOf(e), opener: d.Ref().Opener, until: d.Day()})
	}
}
