package domain

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// past is what a stream keeps of its facts when they can be corrected (pillar 17). The visits keep theirs themselves, since
// their rules ask for it.
type past struct {
	facts.Log
	people []string // who wrote in the stream: they approve nothing here; append-only
	latest int64    // when the latest event happened, in nanoseconds since 1970
}

// recall takes one event into a stream's state, which may be changed: as it comes, or by making the state anew when what counted
// before counts otherwise now.
func (s *streams[S]) recall(v *slot[S], e *event.Event) {
	if _, passed := e.Data.(*oversight.DeadlinePassed); passed {
		v.escalated = true
	}
	if !s.corrects || e.Assurance == event.Derived && !s.heeds && e.Type.Kind == "" {
		v.state.Apply(e)
		return
	}
	p := new(past)
	if v.past != nil {
		*p = *v.past
	}
	v.past = p
	p.wrote(e)
	p.latest = max(p.latest, e.Occurred.UnixNano())
	if _, explains := e.Data.(*oversight.DeviationExplained); explains {
		return
	}
	switch known := p.Len(); {
	case p.Take(e, false):
		v.state = s.anew(&p.Log, v.state, e)
	case p.Len() > known:
		v.state.Apply(e)
	}
}

// anew folds the facts that count. What the stream is about stays, and what other streams say of it is carried over.
func (s *streams[S]) anew(l *facts.Log, old S, e *event.Event) S {
	now := s.fresh()
	for f := range l.Counting() {
		f.Stream, f.About = e.Stream, e.About
		now.Apply(f.Event)
	}
	if c, ok := any(now).(interface{ Carry(S) }); ok {
		c.Carry(old)
	}
	return now
}

func (p *past) wrote(e *event.Event) {
	if _, _, answer := oversight.Answer(e.Data); answer || e.Assurance == event.Imported || e.Actor.Person == "" ||
		slices.Contains(p.people, e.Actor.Person) {
		return
	}
	p.people = append(slices.Clip(p.people), strings.Clone(e.Actor.Person))
}

// gone reports whether a stream is withdrawn.
func (v *slot[S]) gone() bool { return v.past != nil && v.past.Withdrawn() }

// facts yields the facts of a stream that count.
func (v *slot[S]) facts() iter.Seq[facts.Fact] {
	if v.past == nil {
		return func(func(facts.Fact) bool) {}
	}
	return v.past.Counting()
}

// pastOf returns what a stream keeps of its facts; of one that the author may not know nothing.
func (s *streams[S]) pastOf(st *State, id string) *past {
	if v, ok := s.get(id); ok && v.past != nil && !st.author.unseen {
		return v.past
	}
	return new(past)
}

// judgeOf judges a fact once more in a state, which is nil before the first.
type judgeOf[S any] func(state S, e *event.Event) ([]event.Deviation, error)

// beginning is the body of the first fact of a stream as it was recorded, whether it counts or not.
func beginning[D event.Data](k *plain, id string) (d D, ok bool) {
	v, _ := k.with.get(id)
	if v.past == nil {
		return d, false
	}
	first, _ := v.past.First()
	d, ok = first.Original.(D)
	return d, ok
}

// corrector is a kind whose facts are corrected by what its streams keep of their past.
type corrector interface {
	// correct answers a correction, and the yes or no to one; done is false for every other event.
	correct(e *event.Event, p *campaign.Policy) (done bool, err error)
	// retold adds to what is asked after an event what single facts break, after a version of one of them has begun to count with it, or
	// it is told late.
	retold(e *event.Event, p *campaign.Policy, said oversight.State, r event.Restated) event.Restated
	// toldLate reports whether an event of a stream happened before one that was recorded there earlier.
	toldLate(e *event.Event) bool
}

func (s *streams[S]) toldLate(e *event.Event) bool {
	v, _ := s.get(e.Stream.ID)
	return v.past != nil && e.Occurred.UnixNano() < v.past.latest
}

// tellsLate reports whether an event may tell late what facts of its stream are compared with. What an import states entails nothing.
func tellsLate(is *stream.Kind, e *event.Event) bool {
	return is.Late != nil && is.Late.Tells(e.Data) && e.Assurance != event.Imported && e.Assurance != event.Derived
}

// speaksOfEarlier reports whether an event changes what counted of a stream before it: it corrects a fact, or is told late, where the
// kind compares facts with that.
func speaksOfEarlier(c corrector, is *stream.Kind, e *event.Event) bool {
	return speaksOfFacts(e) || tellsLate(is, e) && c.toldLate(e)
}

// amends answers a correction of a fact of a stream, and the yes or no to one; done is false for every other event.
func amends[S folded[S]](c common, s *streams[S], e *event.Event, judge judgeOf[S]) (done bool, err error) {
	p := s.pastOf(c.s, e.Stream.ID)
	if ref, yes, answers := oversight.Answer(e.Data); answers {
		w := p.Waits(ref.ID())
		if w == nil {
			return false, nil
		}
		return true, refused(granted(c.is, s, p, w, e, ref, yes, judge))
	}
	d, corrects := e.Data.(event.Correction)
	if !corrects {
		return false, refused(withdrawnStream(p, e))
	}
	if e.Assurance != event.Imported {
		if r := oversight.FirstPerson(e); r != nil {
			return true, r
		}
	}
	if r := p.Judge(e, d); r != nil {
		return true, r
	}
	then := p.Log
	then.Suppose(e, d)
	fact, _ := d.Corrects()
	return true, refused(possible(s, &p.Log, &then, fact.ID(), e, judge))
}

// withdrawnStream refuses facts of a stream that is withdrawn.
func withdrawnStream(p *past, e *event.Event) *event.Refusal {
	if p.Len() == 0 || !p.Withdrawn() || e.Assurance == event.Derived {
		return nil
	}
	return event.Refuse(law.Pillar17, law.StreamWithdrawn, law.Str("stream", e.Stream.String()), law.Str("type", e.Type.Name))
}

// granted judges a second person's answer: of those who say yes in streams of the kind, who wrote nothing in the stream.
func granted[S folded[S]](is *stream.Kind, s *streams[S], p *past, w *facts.Waiting, e *event.Event, ref event.Ref, yes bool,
	judge judgeOf[S]) *event.Refusal {
	if !e.Names(ref) {
		return oversight.OtherBytes(ref)
	}
	if f, _ := p.Find(w.Fact); !is.Approves(e.Actor.Role, f.Actor.Role) {
		return notAnswered(e)
	}
	if r := oversight.SecondPerson(e, p.people); r != nil || !yes {
		return r
	}
	then := p.Log
	then.Grant(w, e.Index)
	return possible(s, &p.Log, &then, w.Fact, e, judge)
}

// possible refuses that a version of a fact counts when a fact that counts could not have happened then.
func possible[S folded[S]](s *streams[S], now, then *facts.Log, turned uuid.UUID, e *event.Event,
	judge judgeOf[S]) *event.Refusal {
	return facts.Possible(now, then, turned, func(l *facts.Log, fn func(*facts.Fact, *event.Refusal)) {
		s.rejudge(l.Counting(), e, judge, func(f *facts.Fact, _ []event.Deviation, r *event.Refusal) { fn(f, r) })
	})
}

// rejudge judges the facts that count once more, each in the state before it, because of an event of their stream. What the ledger
// itself said is only folded.
func (s *streams[S]) rejudge(counting iter.Seq[facts.Fact], e *event.Event, judge judgeOf[S],
	fn func(*facts.Fact, []event.Deviation, *event.Refusal)) {
	var none, state S
	for f := range counting {
		f.Stream, f.About = e.Stream, e.About
		f.Looked()
		if f.Assurance != event.Derived {
			flags, err := judge(state, f.Event)
			r, _ := err.(*event.Refusal) //nolint:errorlint // the judge of a kind returns it as it is
			for i := range flags {
				flags[i].Fact = f.ID
			}
			fn(&f, flags, r)
		}
		if any(state) == any(none) {
			state = s.fresh()
		}
		state.Apply(f.Event)
	}
}

// retold asks what single facts break, after a version of one has begun to count with e, or e is told late: by difference, each beside
// what the rest of the ledger says today. So what others have changed since a fact was recorded neither flags it nor clears it.
func retold[S folded[S]](c common, s *streams[S], e *event.Event, said oversight.State, judge judgeOf[S],
	r event.Restated) event.Restated {
	before, after := s.pastOf(c.s, e.Stream.ID), s.slotAfter(e).past
	turned := after != nil && after.Turns() != before.Turns()
	if late := tellsLate(c.is, e) && s.toldLate(e); after == nil || !turned && !late {
		return r
	}
	flags := func(l *facts.Log) (all []event.Deviation) {
		s.rejudge(l.Counting(), e, judge, func(f *facts.Fact, flags []event.Deviation, _ *event.Refusal) {
			if turned || f.ID != e.ID { // what an event breaks is said when it is judged
				all = append(all, flags...)
			}
		})
		return s.inHindsight(all, c.is.Late, l, e, judge)
	}
	r.Differ(said.Statements(), flags(&before.Log), flags(&after.Log), func(fact uuid.UUID) bool {
		return after.Withdrawn() || after.Essential(&before.Log, fact)
	})
	return r
}

// inHindsight puts in place of what facts break beside those that were recorded before them what they break also beside those that
// happened before them and were told later.
func (s *streams[S]) inHindsight(all []event.Deviation, late *stream.Late, l *facts.Log, e *event.Event,
	judge judgeOf[S],
) []event.Deviation {
	if late == nil {
		return all
	}
	l.Hindsight(late.Tells, func(of *facts.Fact, known iter.Seq[facts.Fact]) {
		all = slices.DeleteFunc(all, func(d event.Deviation) bool { return d.Fact == of.ID && slices.Contains(late.Codes, d.Code) })
		s.rejudge(known, e, judge, func(f *facts.Fact, flags []event.Deviation, _ *event.Refusal) {
			for i := range flags {
				if f.ID == of.ID && slices.Contains(late.Codes, flags[i].Code) {
					all = append(all, flags[i])
				}
			}
		})
	})
	return all
}

// refused is an error only when there is a refusal.
func refused(r *event.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

// since is when what an event makes otherwise in its stream happened: of a correction the fact, by the earlier of its two versions.
func (s *State) since(e *event.Event) time.Time {
	k, ok := s.kind(e.Stream.Kind).(interface {
		turned(e *event.Event) (time.Time, bool)
	})
	if ok && speaksOfFacts(e) {
		if at, turns := k.turned(e); turns {
			return at
		}
	}
	return e.Occurred
}

// turned is when the fact of which an event turns the version that counts occurred, by the earlier version.
func (s *streams[S]) turned(e *event.Event) (at time.Time, ok bool) {
	now, _ := s.get(e.Stream.ID)
	then := s.slotAfter(e)
	if now.past == nil || then.past == nil || now.past.Turns() == then.past.Turns() {
		return at, false
	}
	for _, p := range []*past{now.past, then.past} {
		if f, counts := p.Find(then.past.Newest()); counts && (at.IsZero() || f.Occurred.Before(at)) {
			at = f.Occurred
		}
	}
	return at, !at.IsZero()
}
