package oversight

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Flags are explained (R08, 走过场、送人情): in some days somebody says why it was so, and in some more another accepts that or does not.
// Both are listed and never escalated: a flag is a hint for review.

// Explanation is what whose flag it is owes: the leader of the team, or where none is concerned the author's unit. Confirmation is the
// answer to it, of the office, or of conduct of the commission.
var (
	Explanation       = explanationOf(obligation.Leader)
	ExplanationOfUnit = explanationOf(obligation.OwnUnit)
	Confirmation      = confirmationOf(obligation.Office)
	ConfirmsConduct   = confirmationOf(obligation.Commission)
)

func explanationOf(owner obligation.Owner) obligation.Kind {
	return obligation.Kind{Name: "explanation", Owner: owner, From: obligation.Known, Rule: law.R08,
		Opens: "deviation-flagged", Meets: "deviation-explained", Limit: "explain_days"}
}

func confirmationOf(owner obligation.Owner) obligation.Kind {
	return obligation.Kind{Name: "confirmation", Owner: owner, From: obligation.Known, Rule: law.R08, Also: []law.Rule{law.Pillar17},
		Opens: "deviation-explained", Meets: "approval-given approval-refused", Limit: "confirm_days"}
}

// NotYoursToAccept is the refusal of an answer to an explanation by another than is entitled to it.
const NotYoursToAccept law.Code = "not-yours-to-accept"

var _ = law.Declare(law.OfFindings, law.Text{Code: NotYoursToAccept, Acts: law.Refuses, Rules: []law.Rule{law.R08},
	TitleZH: "说明不由此方采纳", Title: "Another accepts the explanation",
	SaysZH:   "对 {code} 的说明由 {judge:role} 采纳或不采纳，不由 {role:role}",
	Says:     "what explains {code} is accepted, or not, by {judge:role} and not by {role:role}",
	RemedyZH: "由有权一方批准或不批准该说明", Remedy: "let them approve the explanation, or refuse it"})

// flag is a deviation that was flagged in the stream: about 80 bytes.
type flag struct {
	id             uuid.UUID
	index          uint64
	recorded       int64 // microseconds since 1970
	code           law.Code
	campaign, plan string // under whose plan it is one
	lapsed         bool
	explained      bool
}

// explanation is one of a flag.
type explanation struct {
	id       uuid.UUID
	index    uint64
	recorded int64
	of       uuid.UUID
	person   string
	answered bool
}

func fact(id uuid.UUID, index uint64, recorded int64) *obligation.Fact {
	at := time.UnixMicro(recorded).UTC()
	return &obligation.Fact{Event: id, Index: index, Occurred: at, Recorded: at}
}

func (s State) flag(d *DeviationFlagged, e *event.Event) State {
	t, _ := law.Known(d.Code).Text()
	s.flagged = append(slices.Clip(s.flagged), flag{id: e.ID, index: e.Index, recorded: e.Recorded.UnixMicro(), code: t.Code,
		campaign: strings.Clone(cmp.Or(e.About.Campaign, e.Campaign)), plan: strings.Clone(d.Plan)})
	return s
}

func (s State) flagAt(id uuid.UUID) int {
	return slices.IndexFunc(s.flagged, func(f flag) bool { return f.id == id })
}

func (s State) lapse(id uuid.UUID) State {
	if i := s.flagAt(id); i >= 0 {
		s.flagged = slices.Clone(s.flagged)
		s.flagged[i].lapsed = true
	}
	return s
}

func (s State) explained(d *DeviationExplained, e *event.Event) State {
	id, _ := event.ParseUUID(d.Deviation)
	i := s.flagAt(id)
	if i < 0 {
		return s
	}
	s.flagged = slices.Clone(s.flagged)
	s.flagged[i].explained = true
	s.told = append(slices.Clip(s.told), explanation{id: e.ID, index: e.Index, recorded: e.Recorded.UnixMicro(), of: id,
		person: strings.Clone(e.Actor.Person)})
	return s
}

// judged folds a yes or no to an explanation.
func (s State) judged(e *event.Event) State {
	ref, _, _ := Answer(e.Data)
	if i := s.explanationAt(ref.ID()); i >= 0 {
		s.told = slices.Clone(s.told)
		s.told[i].answered = true
	}
	return s
}

func (s State) explanationAt(id uuid.UUID) int {
	return slices.IndexFunc(s.told, func(x explanation) bool { return x.id == id })
}

// Flags reports whether a deviation was ever flagged in the stream.
func (s State) Flags() bool { return len(s.flagged) > 0 }

// Explain judges an explanation against the deviations of its stream (R08). The error is an
// *event.Refusal.
func (s State) Explain(d *DeviationExplained, e *event.Event) error {
	id, ok := event.ParseUUID(d.Deviation)
	if !ok || s.flagAt(id) < 0 {
		return event.Refuse(law.R08, law.UnknownDeviation, law.Str("stream", e.Stream.String()), law.Str("deviation", d.Deviation))
	}
	return nil
}

// Explains reports whether an event answers an explanation of the stream.
func (s State) Explains(e *event.Event) bool {
	ref, _, ok := Answer(e.Data)
	return ok && s.explanationAt(ref.ID()) >= 0
}

// Accept judges the answer to an explanation (R08): of the office, or of conduct the commission, and of another person than explained.
func (s State) Accept(e *event.Event) *event.Refusal {
	ref, _, _ := Answer(e.Data)
	x := &s.told[s.explanationAt(ref.ID())]
	f := &s.flagged[s.flagAt(x.of)]
	judge := event.RoleSupervisionOffice
	if conduct(f.code) {
		judge = event.RoleDisciplineCommission
	}
	switch {
	case x.answered:
		return NothingWaits(e, ref)
	case !e.Names(ref):
		return OtherBytes(ref)
	case e.Actor.Role != judge:
		return event.Refuse(law.R08, NotYoursToAccept, law.Str("code", string(f.code)), law.Str("judge", judge), law.Str("role", e.Actor.Role))
	}
	return SecondPerson(e, []string{x.person})
}

// conduct reports whether a code is of how inspectors behave (R38), which the commission watches.
func conduct(code law.Code) bool {
	t, _ := code.Text()
	return slices.Contains(t.Rules, law.R38)
}

// Explanations returns what is owed for what was flagged in a stream, and is open: terms are those of the plan that a flag names,
// and team says that one is concerned. A plan that states no days has nobody owe it.
func (s State) Explanations(terms func(campaign, plan string) obligation.Terms, team bool, into []obligation.Obligation) []obligation.Obligation {
	for i := range s.flagged {
		f := &s.flagged[i]
		if f.lapsed || f.explained && !s.waiting(f.id) {
			continue
		}
		t := terms(f.campaign, f.plan)
		if !f.explained {
			kind := &Explanation
			if !team {
				kind = &ExplanationOfUnit
			}
			into = owe(into, &t, kind, fact(f.id, f.index, f.recorded))
			continue
		}
		kind := &Confirmation
		if conduct(f.code) {
			kind = &ConfirmsConduct
		}
		for k := range s.told {
			if x := &s.told[k]; x.of == f.id && !x.answered {
				into = owe(into, &t, kind, fact(x.id, x.index, x.recorded))
			}
		}
	}
	return into
}

// waiting reports whether an explanation of a flag waits for its answer.
func (s State) waiting(of uuid.UUID) bool {
	return slices.ContainsFunc(s.told, func(x explanation) bool { return x.of == of && !x.answered })
}

func owe(into []obligation.Obligation, t *obligation.Terms, k *obligation.Kind, since *obligation.Fact) []obligation.Obligation {
	if t.Limit(k.Name).N == 0 {
		return into
	}
	return append(into, t.Owe(k, since, "", nil))
}
