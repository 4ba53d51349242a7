package order

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What is owed because of an order (R20, R41, R46, R47). That the hazard itself is put right is owed in the visit, which knows what
// was put right on the spot, too.

var (
	owedRecheck = obligation.Kind{Name: "recheck", Owner: obligation.Authority, Rule: law.R20, Escalates: true, Also: []law.Rule{law.R58},
		Opens: "order-issued", Meets: "rectification-verified rectification-failed", Limit: "law: recheck"}
	owedResume = obligation.Kind{Name: "resume", Owner: obligation.Authority, Rule: law.R46, Escalates: true,
		Opens: "rectification-reported", Meets: "order-lifted rectification-failed", Limit: "law: resume"}
	owedStopEnd = obligation.Kind{Name: "stop-end", Owner: obligation.Authority, Rule: law.R46, Escalates: true,
		Opens: "order-issued", Meets: "order-lifted approval-given", Limit: "the order's date"}
	owedSeal = obligation.Kind{Name: "seal", Owner: obligation.Authority, Rule: law.R46, Escalates: true,
		Opens: "order-issued", Meets: "order-lifted penalty-decided", Limit: "law: seal, or the order's date before it"}
	owedEvidence = obligation.Kind{Name: "registered-evidence", Owner: obligation.Inspectors, Rule: law.R41, Field: true, Escalates: true,
		Opens: "order-issued", Meets: "order-lifted", Limit: "law: registered-evidence"}
	owedClosure = obligation.Kind{Name: "closure", Owner: obligation.Government, From: obligation.Known, Rule: law.R46, Escalates: true,
		Also:  []law.Rule{law.R47},
		Opens: "closure-proposed", Meets: "approval-given approval-refused", Limit: "closure_days"}
	owedAnswer = obligation.Kind{Name: "approval", Owner: obligation.Approver, From: obligation.Known, Rule: law.Pillar17, Escalates: true,
		Opens: "term-extended", Meets: "approval-given approval-refused", Limit: "approval_days"}

	owedKinds = []*obligation.Kind{&owedRecheck, &owedResume, &owedStopEnd, &owedSeal, &owedEvidence, &owedClosure, &owedAnswer}
)

// owing collects what is owed.
type owing struct {
	obligation.Terms
	s    *State
	into []obligation.Obligation
}

func owes(s *State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	o := &owing{t, s, into}
	if s.issued != nil {
		o.measure()
		o.recheck()
	}
	o.resume()
	for i := range s.closures {
		c := &s.closures[i]
		o.add(&owedClosure, &c.Fact, o.Due(o.Limit(owedClosure.Name), c.Recorded, c.Fact), c.is != asked, nil)
	}
	for i := range s.longer {
		x := &s.longer[i]
		due := o.Due(o.Limit(owedAnswer.Name), x.Recorded, x.Fact)
		o.add(&owedAnswer, &x.Fact, due, x.is != asked, nil)
		for k := range o.into { // what waits for an answer that was asked for in time is not escalated before
			if p := &o.into[k]; x.is == asked && p.Ref() == x.of && p.InTime(x.Occurred) && due.After(p.Asked) {
				p.Asked = due
			}
		}
	}
	return o.into
}

// add notes what is owed since a fact; nothing where nobody says until when.
func (o *owing) add(k *obligation.Kind, since *obligation.Fact, due time.Time, met bool, at *time.Time) {
	if due.IsZero() {
		return
	}
	ob := obligation.Obligation{Kind: k, Opener: since.Event, Opened: since.Index, Recorded: since.Recorded, Due: due, Met: met}
	if at != nil {
		ob.MetAt = *at
	}
	o.into = append(o.into, ob)
}

// law returns the end of a limit of the law in force on the day of a fact.
func (o *owing) law(matter string, on *obligation.Fact, since time.Time) time.Time {
	return o.Due(o.Law(matter, obligation.Date(on.Occurred)), since, *on)
}

// measure: a stop, a seal and a registration of evidence end, by a date of their own or the law's.
func (o *owing) measure() {
	s := o.s
	kind, matter := ends(s.kind)
	if kind == nil {
		return
	}
	due := s.end(kind, matter, func(matter string, since time.Time) time.Time { return o.law(matter, s.issued, since) })
	met, at := s.lifted != nil, happened(s.lifted)
	if kind == &owedStopEnd && s.closed() {
		met = true
	}
	if kind == &owedSeal && !s.decided.IsZero() && (at == nil || s.decided.Before(*at)) {
		met, at = true, &s.decided
	}
	o.add(kind, s.issued, due, met, at)
}

// end is until when a measure lasts: its own date, not after that of the law, as extensions have moved it; zero: nobody says. lawful is
// the end of a limit of the law that runs from an instant. A seal no extension moves further than the law lets it (行政强制法 Art. 25).
func (s *State) end(kind *obligation.Kind, matter string, lawful func(matter string, since time.Time) time.Time) (due time.Time) {
	if s.until != 0 {
		due = s.until.End()
	}
	by := lawful(matter, s.issued.Occurred)
	if !by.IsZero() && (due.IsZero() || by.Before(due)) {
		due = by
	}
	due = s.extended(kind, due)
	if most := longest(by, lawful); kind == &owedSeal && !most.IsZero() && due.After(most) {
		due = most
	}
	return due
}

// longest is until when a seal may last, whose first term ends at an instant; zero: the law does not say.
func longest(first time.Time, lawful func(matter string, since time.Time) time.Time) time.Time {
	if first.IsZero() {
		return first
	}
	return lawful("seal-extension", first)
}

// ends is the obligation to end a measure of a kind, and the matter of the law that limits it; nil: it ends with what it wants.
func ends(kind string) (*obligation.Kind, string) {
	switch {
	case slices.Contains(Stops, kind):
		return &owedStopEnd, ""
	case slices.Contains(Seals, kind):
		return &owedSeal, "seal"
	case kind == "register-evidence":
		return &owedEvidence, "registered-evidence"
	}
	return nil, ""
}

// recheck: what was to be put right by a date is looked at again, soon after the party's report, and else after the date.
func (o *owing) recheck() {
	s := o.s
	if s.due == 0 {
		return
	}
	since := s.due.End()
	for i := range s.reports {
		if at := s.reports[i].Occurred; at.Before(since) {
			since = at
		}
	}
	var first *time.Time
	for i := range s.checks {
		if at := &s.checks[i].Occurred; first == nil || at.Before(*first) {
			first = at
		}
	}
	o.add(&owedRecheck, s.issued, o.law("recheck", s.issued, since), first != nil, first)
}

// resume: who asks to work again is answered, by a lifting or by a re-check that failed.
func (o *owing) resume() {
	s := o.s
	for i := range s.reports {
		r := &s.reports[i]
		if !r.resumes {
			continue
		}
		at := happened(s.lifted)
		for k := range s.checks {
			if c := &s.checks[k]; c.failed && c.Index > r.Index && (at == nil || c.Occurred.Before(*at)) {
				at = &c.Occurred
			}
		}
		o.add(&owedResume, &r.Fact, o.law("resume", &r.Fact, r.Occurred), at != nil, at)
	}
}

// extension asks for more time for the end of a measure.
type extension struct {
	obligation.Fact
	of    obligation.Ref
	until obligation.Day
	is    answer
}

// extended moves a date by the extensions that were granted and were made before it was over.
func (s *State) extended(k *obligation.Kind, due time.Time) time.Time {
	for i := range s.longer {
		x := &s.longer[i]
		if x.is == granted && x.of.Kind == k.Name && !x.Occurred.After(due) && x.until.End().After(due) {
			due = x.until.End()
		}
	}
	return due
}

// extend judges that somebody asks for more time for a stop or a seal.
func extend(j *judgement) *event.Refusal {
	d, ok := j.Event.Data.(*oversight.TermExtended)
	if !ok {
		return event.Elsewhere(j.Event)
	}
	s := j.State
	kind, matter := ends(s.kind)
	ref := d.Ref()
	if kind == nil || kind == &owedEvidence || s.issued == nil || s.lifted != nil || ref.Kind != kind.Name || ref.Opener != s.issued.Event ||
		!s.dated(kind) {
		return oversight.NothingToExtend(d)
	}
	if r := ours(j, nil); r != nil {
		return r
	}
	lawful := func(matter string, since time.Time) time.Time {
		return j.Scene.Law(matter, obligation.Date(s.issued.Occurred)).Due(since)
	}
	due := s.end(kind, matter, lawful)
	if at := j.Event.Happened(); !d.Day().End().After(due) || at.After(due) {
		j.Flag(event.Flagged(law.R20, ExtensionWithoutEffect, law.Str("order", s.id), law.At("due_at", due), law.At("occurred_at", at),
			law.Str("until_on", d.Until)))
	}
	if kind == &owedSeal {
		beyond(j, s.id, d.Day(), longest(lawful(matter, s.issued.Occurred), lawful))
	}
	return firstPerson(j)
}

// beyond flags a seal or seizure that is to last longer than the law lets it (R46; 行政强制法 Art. 25).
func beyond(j *judgement, order string, until obligation.Day, most time.Time) {
	if !most.IsZero() && until.End().After(most) {
		j.Flag(event.Flagged(law.R46, SealBeyondLaw, law.Str("order", order), law.Str("until_on", until.String()),
			law.Str("most_on", obligation.Date(most))))
	}
}

// dated reports whether anything says until when a measure lasts.
func (s *State) dated(kind *obligation.Kind) bool { return s.until != 0 || kind != &owedStopEnd }

// extendedBy folds that somebody asks for more time.
func extendedBy(s *State, e *event.Event) {
	if d, ok := e.Data.(*oversight.TermExtended); ok && e.Assurance != event.Imported {
		s.longer = append(slices.Clip(s.longer), extension{Fact: obligation.FactOf(e), of: d.Ref(), until: d.Day()})
		s.wrote(e)
	}
}

func firstPerson(j *judgement) *event.Refusal { return oversight.FirstPerson(j.Event) }

// governments decide to close (安全生产法 Art. 115).
var governments = []event.Role{event.RoleCountyGovernment, event.RoleCityGovernment}

// answers are the roles that answer something in the stream of an order.
var answers = append(slices.Clone(oversight.Approvers), governments...)

// answered judges a second person's yes or no: to a closing by a government, to an extension by the office or the team's leader.
func answered(j *judgement, ref event.Ref, _ bool) *event.Refusal {
	closes := j.State.waits(ref.ID()) >= 0
	if !closes && j.State.longerAt(ref.ID()) < 0 {
		return oversight.NothingWaits(j.Event, ref)
	}
	if !j.Event.Names(ref) {
		return oversight.OtherBytes(ref)
	}
	if governs := slices.Contains(governments, j.Event.Actor.Role); closes && !governs {
		return event.Refuse(law.R46, GovernmentCloses, law.Str("role", j.Event.Actor.Role))
	} else if !closes && governs {
		return event.Refuse(law.Roles, law.RoleMayNotAppend, law.Str("role", j.Event.Actor.Role), law.Str("type", j.Event.Type.String()))
	}
	return oversight.SecondPerson(j.Event, j.State.people)
}

// longerAt returns the index of the extension that waits under an event's id, or -1.
func (s *State) longerAt(id uuid.UUID) int {
	return slices.IndexFunc(s.longer, func(x extension) bool { return x.Event == id && x.is == asked })
}

// answeredBy folds it.
func answeredBy(s *State, ref event.Ref, yes bool) {
	is := denied
	if yes {
		is = granted
	}
	if i := s.waits(ref.ID()); i >= 0 {
		s.closures = slices.Clone(s.closures)
		s.closures[i].is = is
	}
	if i := s.longerAt(ref.ID()); i >= 0 {
		s.longer = slices.Clone(s.longer)
		s.longer[i].is = is
	}
}
