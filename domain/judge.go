package domain

import (
	"cmp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Judge decides whether e may be recorded now, as seen from the top layer, and what follows
// from it. [State.Admit] has let it pass directly before. Judge changes nothing but e.Assurance,
// which it fills. The caller has decoded and validated the body, authenticated the actor, checked
// the signature, and set Index, Recorded, Actor, Signed, and Assurance to what it
// is without a signature.
//
// The error is an *[event.Refusal]: nothing is to be stored. Otherwise the consequences are to
// be appended directly after e, in order, in the same atomic append and without being judged.
func (s *State) Judge(e *event.Event) ([]event.Consequence, error) {
	var signing []event.Deviation
	if e.Assurance != event.Derived && e.Assurance != event.Open { // which nobody signs
		var err error
		if e.Assurance, signing, err = s.Assure(e, e.Assurance == event.Imported); err != nil {
			return nil, err
		}
	}
	if err := s.sealingKeys.takes(e); err != nil {
		return nil, err
	}
	k := s.kind(e.Stream.Kind)
	plan := k.plan(e)
	policy := plan.Policy // nil: no flags and no gates
	if e.Assurance == event.Imported {
		policy = nil
	}
	flags, err := s.decide(k, e, policy)
	if err == nil {
		err = s.listed(e)
	}
	visit, ofVisit := s.inVisit(k.declaration(), e), []event.Deviation(nil)
	if err == nil && visit != nil {
		ofVisit, err = s.judgesToo(visit)
	}
	if err != nil {
		return nil, err
	}
	if policy != nil {
		if b := bearing(e, e.About.Team); b != nil {
			flags = append(flags, s.misnumbered(b)...)
		}
	}
	if policy != nil && !k.declaration().Untimed && e.Assurance != event.Derived {
		if !e.ClockRed {
			flags = append(flags, clockFlags(policy, e)...)
		}
		flags = append(flags, signing...)
	}
	var follow []event.Consequence
	for i := range flags {
		follow = append(follow, flagged(e, &flags[i], plan.Version))
	}
	follow = s.takesBack(s.restated(follow, k, e, plan), k, e)
	if policy != nil {
		follow = append(follow, k.entails(e)...)
		follow = s.reviewed(append(follow, s.turnsBeside(e)...), k, e)
	}
	follow = s.comparesFines(follow, e)
	if visit != nil {
		follow = s.saysToo(follow, visit, ofVisit)
	}
	return s.renumbers(follow, e), nil
}

// flagged states a deviation in the stream of the event that makes it known; plan is the version that it was compared with.
func flagged(e *event.Event, f *event.Deviation, plan string) event.Consequence {
	fact := f.Fact
	if fact == uuid.Nil {
		fact = e.ID
	}
	return event.Consequence{Name: "deviation-flagged", Stream: e.Stream,
		Data: &oversight.DeviationFlagged{Code: string(f.Code), Rule: f.Rule.String(), Event: fact.String(), Item: f.Item,
			Plan: cmp.Or(f.Plan, plan), Values: f.Values}}
}

// restated adds what the rules of e's stream as a whole say after e and no entry says, and lets lapse
// what entries say and those rules do not (pillar 13).
func (s *State) restated(follow []event.Consequence, k kind, e *event.Event, plan *campaign.Plan) []event.Consequence {
	r := k.restates(e, plan.Policy)
	c, corrects := k.(corrector)
	if corrects = corrects && speaksOfEarlier(c, k.declaration(), e); r.Asked == nil && !corrects {
		return follow
	}
	said, _ := s.deviations.get(e.Stream)
	if corrects {
		r = c.retold(e, plan.Policy, said, r)
		r.Asked = slices.DeleteFunc(r.Asked, func(a event.Asked) bool { return numbering.OfDocuments(a.Code) }) // see [State.renumbers]
	}
	if r.Asked == nil {
		return follow
	}
	return differing(follow, e, &r, said, plan.Version)
}

// differing adds what is true in e's stream after e and not said, and lets lapse what is said, was asked and is not true.
func differing(follow []event.Consequence, e *event.Event, r *event.Restated, said oversight.State, plan string) []event.Consequence {
	for i := range r.True {
		if !said.Says(&r.True[i].Statement) {
			follow = append(follow, flagged(e, &r.True[i], plan))
		}
	}
	for _, o := range said.Standing() {
		if r.Answers(&o.Statement) && !r.Says(&o.Statement) {
			follow = append(follow, lapsed(e.Stream, o))
		}
	}
	return follow
}

// lapsed takes back what an entry of a stream says.
func lapsed(stream event.Stream, o oversight.Stands) event.Consequence {
	return event.Consequence{Name: "statement-lapsed", Stream: stream,
		Data: &oversight.StatementLapsed{Statement: o.ID.String(), Rule: o.Rule.String(), Code: string(o.Code)}}
}

// decide answers what may lie in a stream of any kind, and asks the rules of the stream's kind for
// all else.
func (s *State) decide(k kind, e *event.Event, policy *campaign.Policy) ([]event.Deviation, error) {
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged, *oversight.StatementLapsed: // the ledger's own word
		return nil, nil
	case *oversight.DeviationExplained:
		var st oversight.State // of a stream that the author may not know: none
		if !s.author.unseen {
			st, _ = s.deviations.get(e.Stream)
		}
		return nil, st.Explain(d, e)
	case *oversight.DeadlinePassed:
		return nil, s.passes(k, e, d)
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		if said, _ := s.deviations.get(e.Stream); !s.author.unseen && said.Explains(e) {
			return nil, refused(said.Accept(e))
		}
	}
	if r := answerable(k.declaration(), e); r != nil {
		return nil, r
	}
	if c, ok := k.(corrector); ok {
		if done, err := c.correct(e, policy); done || err != nil {
			return nil, err
		}
	}
	if ref, _, ok := oversight.Answer(e.Data); ok {
		switch is := k.declaration(); {
		case !is.Waits:
			return nil, oversight.NothingWaits(e, ref)
		case !mayAnswer(is, e):
			return nil, notAnswered(e)
		}
	}
	return k.decide(e, policy)
}

// answerable refuses an answer by a role that gives none in streams of the kind, and an extension where nothing is extended.
func answerable(k *stream.Kind, e *event.Event) *event.Refusal {
	if d, ok := e.Data.(*oversight.TermExtended); ok && !k.Extends {
		return oversight.NothingToExtend(d)
	}
	if _, _, ok := oversight.Answer(e.Data); !ok {
		return nil
	}
	if !mayAnswer(k, e) && (k.Fixed || e.Actor.Role != event.RoleDisciplineCommission && !slices.Contains(k.Yes, e.Actor.Role)) {
		return notAnswered(e)
	}
	return nil
}

// mayAnswer reports whether the author is of a role that answers what waits in streams of a kind, corrections apart.
func mayAnswer(k *stream.Kind, e *event.Event) bool {
	if k.Answers == nil {
		return slices.Contains(oversight.Approvers, e.Actor.Role)
	}
	return slices.Contains(k.Answers, e.Actor.Role)
}

// notAnswered refuses an answer by a role that does not give it.
func notAnswered(e *event.Event) *event.Refusal {
	return event.Refuse(law.Roles, law.RoleMayNotAppend, law.Str("role", e.Actor.Role), law.Str("type", e.Type.String()))
}

// clockFlags flags a device clock that runs ahead of the ledger's (pillar 7) and a fact that
// arrives late (R13), by the latest time at which it may have occurred.
func clockFlags(p *campaign.Policy, e *event.Event) []event.Deviation {
	ahead, late := e.Occurred.Sub(e.Recorded), e.Recorded.Sub(e.Occurred)
	late -= e.Latest().Sub(e.Occurred)
	switch {
	case ahead > time.Duration(p.MaxSkewSeconds)*time.Second:
		return []event.Deviation{event.Flagged(law.Pillar7, law.ClockSkew, law.At("occurred_at", e.Occurred),
			law.Int("ahead_seconds", int64(ahead.Round(time.Second)/time.Second)), law.Int("most_seconds", p.MaxSkewSeconds))}
	case late > time.Duration(p.LateSyncHours)*time.Hour:
		return []event.Deviation{event.Flagged(law.R13, law.LateSync, law.At("occurred_at", e.Occurred),
			law.Int("late_minutes", int64(late.Round(time.Minute)/time.Minute)), law.Int("most_hours", p.LateSyncHours))}
	}
	return nil
}

// About resolves what an event is about from its body and from its stream as seen from the
// top. Admit fills e.About with it; for a consequence the caller does.
func (s *State) About(e *event.Event) event.About { return s.kind(e.Stream.Kind).about(e) }

// settles folds an event of a kind, and keeps what went wrong by it (R44, R66).
func (s *State) settles(k kind, e *event.Event, fold func(*event.Event)) {
	is := k.declaration()
	if !troubles(is, e.Data) {
		fold(e)
		return
	}
	was := is.Problems(k.kept(e.Stream.ID))
	fold(e)
	s.problems.settle(e.Stream, was, is.Problems(k.kept(e.Stream.ID)))
}

// Apply folds a judged or replayed event into the top layer, or into the base when there is
// none. It never fails: what was recorded under laxer rules of an earlier release is folded
// as far as it makes sense. e.About must be filled, as it is in every recorded entry.
func (s *State) Apply(e *event.Event) {
	k := s.kind(e.Stream.Kind)
	visit := s.inVisit(k.declaration(), e)
	s.settles(k, e, k.fold)
	if visit != nil {
		s.settles(s.inspections, visit, func(v *event.Event) { s.inspections.join(e.Stream, v) })
	}
	if e.Stream.Kind != event.Inspection {
		s.looks(e)
	}
	s.sealingKeys.note(e)
	s.bear(e)
	if oversight.States(e.Data) {
		s.reliances.note(e)
		before, known := s.deviations.get(e.Stream)
		if _, _, answers := oversight.Answer(e.Data); known || !answers {
			s.deviations.set(e.Stream, before.Apply(e, k.declaration().MayLapse))
		}
	}
}
