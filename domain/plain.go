package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// plain is a kind that is its package and nothing more: what the judge asks follows from its [stream.Kind]. It keeps of each
// stream what it is about, by the event that began it.
type plain struct {
	common
	judge stream.Judge
	of    *table[string, origin]
	// again judges a fact, in a state that is nil before the first, beside a ledger.
	again func(st stream.State, l *ledger, e *event.Event) ([]event.Deviation, error)
	keeps bool                  // there are states
	with  streams[stream.State] // of a kind that keeps
	bare  revisions             // else
}

// origin is the event that began a stream: what that is about, where it stands, and when it happened, in seconds since 1970.
type origin struct {
	event.About
	index    uint64
	happened int64
}

// origin is how a stream began, from where it is looked at: what is durable may have been begun by nothing that says what it is about.
func (k *plain) origin(id string, from vantage) (o origin) {
	if from.durable {
		o, _ = k.of.durable(id)
		return o
	}
	o, _ = k.of.get(id)
	return o
}

func newPlain(s *State, c common) kind { return plainOf(s, c) }

func plainOf(s *State, c common) *plain {
	k := &plain{common: c, judge: c.is.Judge(), of: newTable[string, origin](s), bare: s.revisions}
	k.again = func(st stream.State, l *ledger, e *event.Event) ([]event.Deviation, error) {
		return k.judge.Decide(st, l, e)
	}
	fresh := k.judge.Fresh
	if fresh() == nil && !c.is.Fixed {
		fresh = func() stream.State { return stream.Nothing{} }
	}
	if k.keeps = fresh() != nil; k.keeps {
		k.with = newStreams(s, fresh)
		k.with.corrects, k.with.heeds = !c.is.Fixed, c.is.Heeds
	}
	return k
}

func (k *plain) revision(of event.Stream) int64 {
	if k.keeps {
		return k.with.revision(of)
	}
	return k.bare.revision(of)
}

// state is what the rules are shown of a stream; nil when it is new, or its kind keeps none.
func (k *plain) state(id string) stream.State {
	if !k.keeps {
		return nil
	}
	return k.with.state(id)
}

// ahead is what is kept of e's stream after e.
func (k *plain) ahead(e *event.Event) any {
	if !k.keeps {
		return nil
	}
	then := k.with.slotAfter(e)
	if then.gone() {
		return nil
	}
	return then.state.Of()
}

func (k *plain) kept(id string) any {
	return k.keptFrom(id, vantage{})
}

// keptFrom is what is kept of a stream from where it is looked at; of one that is withdrawn nothing.
func (k *plain) keptFrom(id string, from vantage) any {
	if !k.keeps {
		return nil
	}
	if v := k.with.slotFrom(id, from); v.state != nil && !v.gone() {
		return v.state.Of()
	}
	return nil
}

// about: the event that begins a stream says what it is about; all others are about the same. The ledger's own
// words are routed by what is, and an author's by what he may know.
func (k *plain) about(e *event.Event) event.About {
	a := event.About{Campaign: e.Campaign}
	if k.is.About == nil && k.is.Owes == nil {
		return a
	}
	moves := k.is.Moves != nil && k.is.Moves(e.Data)
	if o, ok := k.of.get(e.Stream.ID); ok && !moves {
		return o.About
	}
	if k.is.About == nil || !moves && !k.is.MayBegin(e.Data) {
		return a
	}
	l := k.s.shown
	if e.Assurance == event.Derived {
		l = k.s.whole
	}
	a = k.is.About(l, e)
	if e.Campaign != "" {
		a.Campaign = e.Campaign
	}
	return a
}

func (k *plain) allow(e *event.Event) error {
	if k.is.Allow == nil {
		return nil
	}
	if r := k.is.Allow(e); r != nil {
		return r
	}
	return nil
}

// knows: who may see a stream's entries may know of it.
func (k *plain) knows(id string) bool {
	if k.revision(event.Stream{Kind: k.is.Name, ID: id}) < 0 {
		return true
	}
	o, _ := k.of.get(id)
	of := event.Stream{Kind: k.is.Name, ID: id}
	if visit, joins := k.s.joined.visit.get(of); joins && !k.s.inspections.knows(visit) {
		return false // it waits with its visit
	} else if joins && k.s.author.actor.Role == event.RoleImporter {
		return true // as it knows the visit, which it copied
	}
	return k.s.scope().Sees(of, &o.About) || k.is.Access.To == stream.Named && k.began(id)
}

// began reports whether the author began a stream that is closed to him: his own words he may correct (pillar 17), though he reads
// nothing of it.
func (k *plain) began(id string) bool {
	if !k.keeps {
		return false
	}
	v, _ := k.with.get(id)
	if v.past == nil {
		return false
	}
	first, ok := v.past.First()
	a, b := &first.Actor, &k.s.author.actor
	return ok && a.Role == b.Role && (a.Person != "" && a.Person == b.Person || a.Role == event.RoleInspectedParty && a.Unit == b.Unit)
}

// within: who explains what is said of a team is of that team. Where the name of a stream says who sees it, he writes to it
// whatever it is about.
func (k *plain) within(e *event.Event) error {
	if k.is.Access.ByName() {
		return nil
	}
	return k.s.explained(e, e.About.Team != "" && k.revision(e.Stream) >= 0)
}

func (k *plain) decide(e *event.Event, p *campaign.Policy) ([]event.Deviation, error) {
	st := k.asked(e)
	if ref, _, ok := oversight.Answer(e.Data); ok && st == nil {
		return nil, oversight.NothingWaits(e, ref)
	}
	flags, err := k.again(st, k.s.shown, e)
	if p == nil {
		flags = nil
	}
	return flags, err
}

// beside judges a fact once more, beside a ledger.
func (k *plain) beside(l *ledger, p *campaign.Policy) judgeOf[stream.State] {
	return func(st stream.State, e *event.Event) ([]event.Deviation, error) {
		flags, err := k.again(st, l, e)
		if p == nil || e.Assurance == event.Imported {
			flags = nil
		}
		return flags, err
	}
}

// log is what is kept of a stream's facts.
func (k *plain) log(id string) *facts.Log {
	if v, _ := k.with.get(id); v.past != nil {
		return &v.past.Log
	}
	return new(facts.Log)
}

func (k *plain) correct(e *event.Event, p *campaign.Policy) (bool, error) {
	if !k.with.corrects {
		return false, nil
	}
	return amends(k.common, &k.with, e, k.beside(k.s.shown, p))
}

func (k *plain) retold(e *event.Event, p *campaign.Policy, said oversight.State, r event.Restated) event.Restated {
	if !k.with.corrects || k.asked(e) == nil {
		return r
	}
	return retold(k.common, &k.with, e, said, k.beside(k.s.whole, p), r)
}

func (k *plain) toldLate(e *event.Event) bool { return k.with.corrects && k.with.toldLate(e) }

// asked is the state that the rules are asked about.
func (k *plain) asked(e *event.Event) stream.State {
	if k.s.author.unseen {
		return nil
	}
	return k.state(e.Stream.ID)
}

func (k *plain) restates(e *event.Event, _ *campaign.Policy) event.Restated {
	if !k.is.Restates {
		return event.Restated{}
	}
	if k.asked(e) != nil {
		return k.judge.Restate(k.with.after(e), k.s.shown, e)
	}
	begun := k.judge.Fresh()
	begun.Apply(e)
	return k.judge.Restate(begun, k.s.shown, e)
}

func (k *plain) entails(e *event.Event) []event.Consequence {
	if k.is.Entails == nil {
		return nil
	}
	if speaksOfFacts(e) && k.with.corrects {
		return k.entailsAnew(e)
	}
	return k.is.Entails(k.s.whole, e)
}

// entailsAnew takes back what the facts that counted before e entailed and those that count now do not, and adds what only these do.
func (k *plain) entailsAnew(e *event.Event) (out []event.Consequence) {
	all := func(v slot[stream.State]) (list []event.Consequence) {
		for f := range v.facts() {
			f.Stream, f.About = e.Stream, e.About
			list = append(list, k.is.Entails(k.s.whole, f.Event)...)
		}
		return list
	}
	now, _ := k.with.get(e.Stream.ID)
	then := k.with.slotAfter(e)
	if then.past == nil || now.past == nil || then.past.Turns() == now.past.Turns() {
		return nil
	}
	before, after := all(now), all(then)
	same := func(a *event.Consequence) func(event.Consequence) bool {
		return func(b event.Consequence) bool { return a.Stream == b.Stream && saysOf(a.Data) == saysOf(b.Data) }
	}
	for i := range before {
		if c := &before[i]; !slices.ContainsFunc(after, same(c)) {
			said, _ := k.s.deviations.get(c.Stream)
			for _, o := range said.Standing() {
				if of := saysOf(c.Data); o.Code == of.Code && o.Fact == of.Fact {
					out = append(out, lapsed(c.Stream, o))
				}
			}
		}
	}
	for i := range after {
		if !slices.ContainsFunc(before, same(&after[i])) {
			out = append(out, after[i])
		}
	}
	return out
}

// saysOf is what a consequence says of which fact; the zero value of what is no deviation.
func saysOf(d event.Data) (s event.Statement) {
	if f, ok := d.(*oversight.DeviationFlagged); ok {
		s.Fact, _ = event.ParseUUID(f.Event)
		t, _ := law.Known(f.Code).Text()
		s.Code, s.Item = t.Code, f.Item
	}
	return s
}

// fold also keeps what the stream is about.
func (k *plain) fold(e *event.Event) {
	if k.is.About != nil || k.owes() {
		o, known := k.of.get(e.Stream.ID)
		switch moves := k.is.Moves != nil && k.is.Moves(e.Data); {
		case known && moves:
			o.About = e.About
			k.of.set(e.Stream.ID, o)
		case !known && (moves || k.is.MayBegin(e.Data)):
			k.of.set(e.Stream.ID, origin{e.About, e.Index, e.Happened().Unix()})
		}
	}
	if k.keeps {
		k.with.fold(e)
		return
	}
	k.bare.fold(e)
}

// ledger shows a rule the rest of the ledger: whole, or what the author of the event being judged may know.
type ledger struct {
	s     *State
	whole bool
}

// About implements [stream.Ledger].
func (l *ledger) About(of event.Stream) (event.About, bool) {
	k := l.s.kind(of.Kind)
	if k.revision(of) < 0 || !l.knows(k, of.ID) {
		return event.About{}, false
	}
	return k.about(&event.Event{Stream: of}), true
}

// State implements [stream.Ledger].
func (l *ledger) State(of event.Stream) any {
	k := l.s.kind(of.Kind)
	if !l.knows(k, of.ID) {
		return nil
	}
	return k.kept(of.ID)
}

// UnknownUnit implements [stream.Ledger].
func (l *ledger) UnknownUnit(id string) bool { return l.s.unknownUnit(id) }

// Law implements [stream.Ledger].
func (l *ledger) Law(matter, day string) obligation.Limit { return limitIn(l.law(), matter, day) }

// LawNumber implements [stream.Ledger].
func (l *ledger) LawNumber(matter, day string) int64 {
	row, _ := l.law().Of(matter, day)
	return row.Number
}

func (l *ledger) law() (known codes.LawLimits) {
	if ed := l.s.edition(codetable.Limits); ed != nil {
		known = ed.Law
	}
	return known
}

// limitIn returns a length of time that the law gives on a day.
func limitIn(known codes.LawLimits, matter, day string) obligation.Limit {
	row, set := known.Of(matter, day)
	if !set {
		return obligation.Limit{}
	}
	return obligation.LimitOf(row)
}

func (l *ledger) knows(k kind, id string) bool {
	return l.whole || !l.s.author.boundBy(k.declaration()) || k.knows(id)
}

// boundBy reports whether the author sees less than everything, or less than all of a kind that is restricted.
func (a *author) boundBy(k *stream.Kind) bool {
	return a.bound || !k.Access.Open && a.actor.Role != event.RoleLedger
}
