package domain

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// What is owed in all streams (pillar 12), and what the ledger says when its date is over. Each kind of streams
// says what is owed in a stream of its own; that it is on the worklist, is escalated and ceases to be, follows here
// from the kinds of obligations alone.

// owing is a [kind] in whose streams something is owed.
type owing interface {
	kind
	// owes reports whether anything ever is.
	owes() bool
	// owed returns what was ever owed in a stream, met or not, that is to be on a worklist. The answer holds until the next
	// question.
	owed(id string, from vantage) owed
	// watch has fn called with each stream of which what is owed may have changed, durably.
	watch(fn func(id string))
	// escalated reports whether anything in a stream was ever escalated.
	escalated(id string) bool
}

// vantage is from where a stream is looked at: the zero value from the top.
type vantage struct {
	after   *event.Event // an event of the stream that is being judged: behind it
	durable bool         // from the base
	all     bool         // also what is on no worklist
}

// owed is what is owed in one stream.
type owed struct {
	about    event.About
	hidden   bool // the stream is not disclosed
	lateSync time.Duration
	list     []obligation.Obligation
}

// find returns the obligation that a reference means; nil: it is void.
func (o *owed) find(ref obligation.Ref) *obligation.Obligation {
	for i := range o.list {
		if k := &o.list[i]; k.Opener == ref.Opener && k.Item == ref.Item && k.Kind.Name == ref.Kind {
			return k
		}
	}
	return nil
}

// stands reports whether a deadline-passed that was said at an instant holds: the obligation was not met in time,
// and its time was over then.
func (o *owed) stands(ref obligation.Ref, at time.Time) bool {
	k := o.find(ref)
	return k != nil && k.State() != obligation.Met && overdue(k.Escalates(o.lateSync), at)
}

// overdue reports whether an instant after which something may be escalated is past.
func overdue(after, now time.Time) bool { return !after.IsZero() && now.After(after) }

// owing returns the kind of a stream if something can be owed in it.
func (s *State) owing(stream event.Stream) owing { return owes(s.kind(stream.Kind)) }

// owes returns a kind as one in whose streams something may be owed; nil: it is none.
func owes(k kind) owing {
	if o, ok := k.(owing); ok && o.owes() {
		return o
	}
	return nil
}

// Overdue returns what the ledger is to say of what is owed in a stream, in entries that are recorded now: what is
// overdue and was not escalated, and what was and should not have been. At most so many; they say nothing twice. It is a pure
// function of the state, whoever asks and how often.
func (s *State) Overdue(stream event.Stream, now time.Time, most int) (out []event.Consequence) {
	k := s.owing(stream)
	if k == nil {
		return nil
	}
	said, _ := s.deviations.get(stream)
	all := k.owed(stream.ID, vantage{})
	for i := range all.list {
		o := &all.list[i]
		if o.State() != obligation.Open || !overdue(o.Escalates(all.lateSync), now) {
			continue
		}
		if times, stands := said.Escalated(o.Ref()); !stands {
			out = append(out, deadlinePassed(stream, o, times))
		}
	}
	out = append(out, unfounded(stream, said, &all, s.steps())...)
	return out[:min(len(out), most)]
}

func deadlinePassed(stream event.Stream, o *obligation.Obligation, before int) event.Consequence {
	return event.Consequence{Name: "deadline-passed", Stream: stream, Data: &oversight.DeadlinePassed{
		Obligation: o.Kind.Name, Event: o.Opener.String(), Item: o.Item, Owner: string(o.Kind.Owner), Rule: o.Kind.Rule.String(), Due: o.Due,
		Before: before}}
}

// unfounded takes back what was escalated and does not hold.
func unfounded(stream event.Stream, said oversight.State, all *owed, steps []clockStep) (out []event.Consequence) {
	for _, p := range said.Passed() {
		if p.Lapsed || all.stands(p.Ref, saidAt(&p, steps)) {
			continue
		}
		out = append(out, event.Consequence{Name: "statement-lapsed", Stream: stream,
			Data: &oversight.StatementLapsed{Statement: p.ID.String(), Rule: ruleOwed(stream.Kind, p.Ref.Kind).String()}})
	}
	return out
}

// ruleOwed is the rule under which an obligation of a kind is owed in streams of a kind, also when nothing of it is owed any more.
func ruleOwed(in event.Kind, kind string) law.Rule {
	for i := range kinds.All {
		if kinds.All[i].Name != in {
			continue
		}
		for _, k := range kinds.All[i].Obligations {
			if k.Name == kind {
				return k.Rule
			}
		}
	}
	return stream.Approval.Rule
}

// takesBack adds what an event makes unfounded of what was escalated in its stream: somebody was in time, and tells it late.
func (s *State) takesBack(follow []event.Consequence, k kind, e *event.Event) []event.Consequence {
	o := owes(k)
	if o == nil || !o.escalated(e.Stream.ID) {
		return follow
	}
	switch e.Data.(type) {
	case *oversight.DeadlinePassed, *oversight.StatementLapsed: // the ledger's own words change nothing of it
		return follow
	}
	said, _ := s.deviations.get(e.Stream)
	all := o.owed(e.Stream.ID, vantage{after: e})
	return append(follow, unfounded(e.Stream, said, &all, s.steps())...)
}

// passes refuses a deadline-passed that has no place in its stream: it is what [State.Overdue] says in an entry that is recorded
// now, by a clock that is relied on. A sweep drops what is refused; nobody else may append one.
func (s *State) passes(k kind, e *event.Event, d *oversight.DeadlinePassed) error {
	of := owes(k)
	if of == nil || e.ClockRed {
		return event.Elsewhere(e)
	}
	all := of.owed(e.Stream.ID, vantage{})
	o := all.find(d.Ref())
	said, _ := s.deviations.get(e.Stream)
	times, stands := said.Escalated(d.Ref())
	if o == nil || o.State() != obligation.Open || stands || times != d.Before || !o.Due.Equal(d.Due) ||
		!overdue(o.Escalates(all.lateSync), e.Recorded) {
		return event.Elsewhere(e)
	}
	return nil
}

// clockStep is a clock-corrected: what was said later than its own time, in entries before it, counts as said then.
type clockStep struct {
	index uint64
	to    time.Time
}

// stepped notes a clock-corrected.
func (s *State) stepped(e *event.Event) {
	if _, ok := e.Data.(*oversight.ClockCorrected); ok {
		s.clocks.set(struct{}{}, append(slices.Clip(s.steps()), clockStep{e.Index, e.Recorded}))
	}
}

func (s *State) steps() []clockStep {
	steps, _ := s.clocks.get(struct{}{})
	return steps
}

// saidAt is when a deadline-passed counts as said.
func saidAt(p *oversight.Passed, steps []clockStep) time.Time {
	at := p.At
	for _, c := range steps {
		if c.index > p.Index && c.to.Before(at) {
			at = c.to
		}
	}
	return at
}

// calendarsFrom returns the calendars as a stream is looked at.
func (s *State) calendarsFrom(from vantage) obligation.Calendars {
	if !from.durable {
		return s.calendars()
	}
	if v, _ := s.codeTables.durable(codetable.Holidays); v.state != nil {
		return v.state.Calendars
	}
	return obligation.Calendars{}
}

// owed returns what is owed in a visit, under its own plan.
func (k *inspections) owed(id string, from vantage) (out owed) {
	st := k.seen(id, from)
	if st == nil {
		return out
	}
	terms, ask := k.terms(st, from), st.Duties
	if from.all {
		facts := k.subjectFacts(st.Subject(), time.Unix(st.Began(), 0))
		terms.Subject, ask = &facts, st.Obligations
	}
	list := ask(terms, k.s.duties.list[:0])
	k.s.duties.list = list
	return owed{
		about:    event.About{Campaign: st.Campaign(), Subject: st.Subject(), Team: st.Team(), County: st.County(), Sectors: st.Sectors()},
		hidden:   !st.Disclosed(),
		lateSync: time.Duration(terms.Policy.LateSyncHours) * time.Hour,
		list:     list,
	}
}

func (*inspections) owes() bool { return true }

// watch has fn called with each visit after an event that moves what is owed ([inspection.Moves]): most events of a visit do not.
func (k *inspections) watch(fn func(id string)) { k.moved.settled = fn }

// Owed returns all that is open in a stream, also what has never a date and only holds up an event of it, by what is
// durable; nil when nothing can be owed in it.
func (s *State) Owed(stream event.Stream) *obligation.Row {
	if s.owing(stream) == nil && !s.flags(stream) {
		return nil
	}
	r := s.rowOf(stream, s.allOwed(stream, vantage{durable: true, all: true}))
	r.Open = slices.Clone(r.Open)
	return &r
}

// allOwed is what is owed in a stream; in one in whose kind nothing is, what it is about.
func (s *State) allOwed(stream event.Stream, from vantage) owed {
	if k := s.owing(stream); k != nil {
		return k.owed(stream.ID, from)
	}
	return owed{about: s.kind(stream.Kind).about(&event.Event{Stream: stream}), hidden: s.hides(stream, from)}
}

// planNamed are the terms of a flag: those of the plan that it names, by what is durable.
func (s *State) planNamed(campaignID, version string) obligation.Terms {
	of, _ := s.campaigns.durable(campaignID)
	return obligation.Terms{Limit: of.state.PlanNamed(version).Policy.Limit, Calendars: s.calendarsFrom(vantage{durable: true})}
}

// owed returns what is owed in a stream of a kind that is its package and nothing more.
func (k *plain) owed(id string, from vantage) (out owed) {
	v := k.with.slotFrom(id, from)
	if v.state == nil {
		return out
	}
	if out = k.owedOf(v.state, id, from); v.gone() {
		out.list = out.list[:0]
	}
	if v.past != nil {
		out.list = v.past.approvals(k.terms(id, from), out.list)
		k.s.duties.list = out.list
	}
	return out
}

// answering adds to what is owed in a stream that whoever approves owes an answer to each correction that waits there, under the plan that
// was in force when the stream began.
func (s *streams[S]) answering(st *State, id string, from vantage, out owed) owed {
	v := s.slotFrom(id, from)
	if v.past == nil || len(v.past.Asked()) == 0 {
		return out
	}
	first, _ := v.past.First()
	policy := st.planOf(first.Campaign, first.Index, first.Happened().Unix()).Policy
	out.list = v.past.approvals(st.terms(policy, first.Index, from), out.list)
	st.duties.list = out.list
	return out
}

// amended has fn called with each stream in which a correction was ever asked for and whose durable state has changed.
func (s *streams[S]) amended(fn func(id string)) {
	s.settled = func(id string) {
		if v, _ := s.durable(id); v.past != nil && v.past.Amended() {
			fn(id)
		}
	}
}

// approvals adds that whoever approves owes an answer to what waits.
func (p *past) approvals(t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
	for _, w := range p.Unanswered() {
		f := obligation.Fact{Event: w.ID, Index: w.Index, Occurred: w.Recorded, Recorded: w.Recorded}
		into = append(into, t.Owe(&stream.Approval, &f, "", nil))
	}
	return into
}

// terms are those of a stream.
func (k *plain) terms(id string, from vantage) obligation.Terms {
	since := k.origin(id, from)
	return k.s.terms(k.s.planOf(since.Campaign, since.index, since.happened).Policy, since.index, from)
}

// owedOf is what is owed by a state of a stream.
func (k *plain) owedOf(st stream.State, id string, from vantage) owed {
	since := k.origin(id, from)
	policy := k.s.planOf(since.Campaign, since.index, since.happened).Policy
	list := k.s.duties.list[:0]
	if k.is.Owes != nil {
		list = k.is.Owes(st, k.s.terms(policy, since.index, from), list)
	}
	k.s.duties.list = list
	return owed{about: since.About, hidden: k.s.hides(event.Stream{Kind: k.is.Name, ID: id}, from),
		lateSync: time.Duration(policy.LateSyncHours) * time.Hour, list: list}
}

// terms are those of a stream whose first entry is at an index, under its plan.
func (s *State) terms(policy *campaign.Policy, first uint64, from vantage) obligation.Terms {
	known := s.law(first)
	return obligation.Terms{Limit: policy.Limit, Calendars: s.calendarsFrom(from),
		Law: func(matter, day string) obligation.Limit { return limitIn(known, matter, day) }}
}

func (k *plain) owes() bool { return k.is.Owes != nil || k.with.corrects }

func (k *plain) watch(fn func(id string)) { k.with.watch(fn) }

func (k *plain) escalated(id string) bool { return k.with.escalated(id) }

// Declared is a kind of obligation and where it is declared.
type Declared struct {
	*obligation.Kind
	Of event.Kind // of the streams in which it is owed; "": of any kind
}

// Obligations returns the kinds of obligations that there are, in the order of the documents.
func Obligations() []Declared {
	all := []Declared{{&stream.Approval, ""}, {&oversight.Explanation, ""}, {&oversight.ExplanationOfUnit, ""}, {&oversight.Confirmation, ""},
		{&oversight.ConfirmsConduct, ""}}
	for i := range kinds.All {
		for _, k := range kinds.All[i].Obligations {
			all = append(all, Declared{k, kinds.All[i].Name})
		}
	}
	return all
}

// ObligationKinds returns the names of the kinds of obligations that there are, in the order of the documents.
func ObligationKinds() []string {
	var names []string
	for _, k := range Obligations() {
		if !slices.Contains(names, k.Name) {
			names = append(names, k.Name)
		}
	}
	return names
}
