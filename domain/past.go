package domain

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// past is what a stream keeps of its facts when they can be corrected (pillar 17). The visits keep theirs themselves, since
// their rules ask for it.
type past struct {
	facts.Log
	people []string // who wrote in the stream: they approve nothing here; append-only
}

// recall takes one event into a stream's state, which may be changed: as it comes, or by making the state anew when what counted
// before counts otherwise now.
func (s *streams[S]) recall(v *slot[S], e *event.Event) {
	if !s.corrects || e.Assurance == event.Derived {
		v.state.Apply(e)
		return
	}
	p := new(past)
	if v.past != nil {
		*p = *v.past
	}
	v.past = p
	p.wrote(e)
	if _, explains := e.Data.(*oversight.DeviationExplained); explains {
		return
	}
	switch known := p.Len(); {
	case p.Take(e, false):
		v.state = s.anew(&p.Log, v.state, e.About)
	case p.Len() > known:
		v.state.Apply(e)
	}
}

// anew folds the facts that count. What the stream is about stays, and what other streams say of it is carried over.
func (s *streams[S]) anew(l *facts.Log, old S, about event.About) S {
	now := s.fresh()
	for f := range l.Counting() {
		f.About = about
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

// pastOf returns what a stream keeps of its facts; of one that the author may not know nothing.
func (s *streams[S]) pastOf(st *State, id string) *past {
	if v, ok := s.get(id); ok && v.past != nil && !st.author.unseen {
		return v.past
	}
	return new(past)
}

// judgeOf judges a fact once more in a state, which is nil before the first.
type judgeOf[S any] func(state S, e *event.Event) ([]event.Deviation, error)

// amends answers a correction of a fact of a stream of parts, and the yes or no to one; ok is false for every other event.
func amends[S folded[S]](st *State, s *streams[S], e *event.Event, judge judgeOf[S]) (ok bool, err error) {
	p := s.pastOf(st, e.Stream.ID)
	if ref, yes, answers := oversight.Answer(e.Data); answers {
		w := p.Waits(ref.ID())
		if w == nil {
			return false, nil
		}
		return true, refused(granted(s, p, w, e, ref, yes, judge))
	}
	c, corrects := e.Data.(event.Correction)
	if !corrects {
		return false, refused(withdrawnStream(p, e))
	}
	if e.Assurance != event.Imported {
		if r := oversight.FirstPerson(e); r != nil {
			return true, r
		}
	}
	if r := p.Judge(e, c); r != nil {
		return true, r
	}
	then := p.Log
	then.Suppose(e, c)
	fact, _ := c.Corrects()
	return true, refused(possible(s, &p.Log, &then, fact.ID(), e.About, judge))
}

// corrector is a kind whose facts are corrected by what its streams keep of their past.
type corrector interface {
	correct(e *event.Event, p *campaign.Policy) (done bool, err error)
	retold(e *event.Event, p *campaign.Policy, said oversight.State, r event.Restated) event.Restated
}

// withdrawnStream refuses facts of a stream that is withdrawn.
func withdrawnStream(p *past, e *event.Event) *event.Refusal {
	if p.Len() == 0 || !p.Withdrawn() {
		return nil
	}
	return event.Refuse(law.Pillar17, law.StreamWithdrawn, law.Str("stream", e.Stream.String()), law.Str("type", e.Type.Name))
}

// granted judges a second person's answer: of the office, who wrote nothing in the stream.
func granted[S folded[S]](s *streams[S], p *past, w *facts.Waiting, e *event.Event, ref event.Ref, yes bool,
	judge judgeOf[S]) *event.Refusal {
	if !e.Names(ref) {
		return oversight.OtherBytes(ref)
	}
	if e.Actor.Role != event.RoleSupervisionOffice {
		return event.Refuse(law.Pillar17, law.OfficeApproves, law.Str("role", e.Actor.Role))
	}
	if r := oversight.SecondPerson(e, p.people); r != nil || !yes {
		return r
	}
	then := p.Log
	then.Grant(w, e.Index)
	return possible(s, &p.Log, &then, w.Fact, e.About, judge)
}

// possible refuses that a version of a fact counts when a fact that counts could not have happened then.
func possible[S folded[S]](s *streams[S], now, then *facts.Log, turned uuid.UUID, about event.About, judge judgeOf[S]) *event.Refusal {
	return facts.Possible(now, then, turned, func(l *facts.Log, fn func(*facts.Fact, *event.Refusal)) {
		s.rejudge(l, about, judge, func(f *facts.Fact, _ []event.Deviation, r *event.Refusal) { fn(f, r) })
	})
}

// rejudge judges the facts that count once more, each in the state before it.
func (s *streams[S]) rejudge(l *facts.Log, about event.About, judge judgeOf[S], fn func(*facts.Fact, []event.Deviation, *event.Refusal)) {
	var state S
	for f := range l.Counting() {
		f.About = about
		f.Looked()
		flags, err := judge(state, f.Event)
		r, _ := err.(*event.Refusal) //nolint:errorlint // the judge of a kind returns it as it is
		for i := range flags {
			flags[i].Fact = f.ID
		}
		fn(&f, flags, r)
		var none S
		if any(state) == any(none) {
			state = s.fresh()
		}
		state.Apply(f.Event)
	}
}

// retold adds what a fact breaks by itself after a version of it has begun to count with e, and asks all that was said of it.
func retold[S folded[S]](st *State, s *streams[S], e *event.Event, said oversight.State, judge judgeOf[S],
	r event.Restated) event.Restated {
	before := s.pastOf(st, e.Stream.ID)
	after := s.slotAfter(e).past
	if after == nil || after.Turns() == before.Turns() {
		return r
	}
	turned := after.Newest()
	for _, o := range said.Standing() {
		if o.Fact == turned || after.Withdrawn() {
			r.Asked = append(r.Asked, event.Asked{Code: o.Code, Fact: o.Fact})
		}
	}
	if r.Asked == nil {
		r.Asked = []event.Asked{}
	}
	all := after.Withdrawn() != before.Withdrawn()
	s.rejudge(&after.Log, e.About, judge, func(f *facts.Fact, flags []event.Deviation, _ *event.Refusal) {
		if f.ID == turned || all {
			r.True = append(r.True, flags...)
		}
	})
	return r
}

// refused is an error only when there is a refusal.
func refused(r *event.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}
