package domain

import (
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
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
	keeps bool                  // its rules need states
	with  streams[stream.State] // of a kind that keeps
	bare  revisions             // else
}

// origin is the event that began a stream: what that is about, where it stands, and when it happened, in seconds since 1970.
type origin struct {
	event.About
	index    uint64
	happened int64
}

func newPlain(s *State, c common) kind { return plainOf(s, c) }

func plainOf(s *State, c common) *plain {
	k := &plain{common: c, judge: c.is.Judge(), of: newTable[string, origin](s), bare: s.revisions}
	if k.keeps = k.judge.Fresh() != nil; k.keeps {
		k.with = newStreams(s, k.judge.Fresh)
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
	return k.with.ahead(e).(stream.State).Of()
}

func (k *plain) kept(id string) any {
	if st := k.state(id); st != nil {
		return st.Of()
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
	}
	return k.s.scope().Sees(of, &o.About)
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
	flags, err := k.judge.Decide(st, k.s.shown, e)
	if p == nil {
		flags = nil
	}
	return flags, err
}

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
	return k.is.Entails(k.s.whole, e)
}

// fold also keeps what the stream is about.
func (k *plain) fold(e *event.Event) {
	if k.is.About != nil || k.is.Owes != nil {
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
