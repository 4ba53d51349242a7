package domain

import (
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// A visit's effective facts are those of its own stream and of the streams that join it: orders and cases name a visit, and each of
// their events is one of its facts, too ([stream.Kind.Joins]). It is judged by the rules of its own kind and by those of the visit;
// it is folded into both states, so that a correction of it, in its own stream, turns both; and what the visit's rules say, owe
// and take back because of it is said in the visit's stream, in the same atomic append. So no rule looks into two streams.

// joined is what is kept of which stream is of which visit.
type joined struct {
	visit   *table[event.Stream, string]   // stream → the visit that it joins
	streams *table[string, []event.Stream] // visit → streams that joined it; replaced, never changed
}

func newJoined(s *State) joined {
	return joined{newTable[event.Stream, string](s), newTable[string, []event.Stream](s)}
}

// joins returns the visit that e's stream joins, "" for none.
func (s *State) joins(is *stream.Kind, e *event.Event) string {
	if is.Joins == nil {
		return ""
	}
	if id, known := s.joined.visit.get(e.Stream); known {
		return id
	}
	if is.MayBegin(e.Data) {
		return is.Joins(e.Data)
	}
	return ""
}

// inVisit returns an event of a stream that joins a visit as that visit has it; nil when it is no fact of any, and of the ledger's
// own word.
func (s *State) inVisit(is *stream.Kind, e *event.Event) *event.Event {
	id := s.joins(is, e)
	if id == "" || e.Assurance == event.Derived {
		return nil
	}
	v := *e
	v.Stream, v.Aside = event.Stream{Kind: event.Inspection, ID: id}, e.Stream
	v.About = s.inspections.about(&v)
	return &v
}

// judgesToo asks the rules of the visit about one of its facts that lies in another stream.
func (s *State) judgesToo(v *event.Event) (flags []event.Deviation, err error) {
	s.asOf(v, func() {
		flags, err = s.inspections.judges(v, s.inspections.policy(v), inspection.Join)
	})
	return flags, err
}

// saysToo adds what the rules of a visit say and take back because of one of its facts that lies in another stream. flags are what
// [State.judgesToo] has answered.
func (s *State) saysToo(follow []event.Consequence, v *event.Event, flags []event.Deviation) []event.Consequence {
	s.asOf(v, func() {
		k := s.inspections
		plan := k.plan(v)
		for i := range flags {
			follow = append(follow, flagged(v, &flags[i], plan.Version))
		}
		follow = s.takesBack(s.restated(follow, k, v, plan), k, v)
		if k.policy(v) != nil {
			follow = s.reviewed(append(follow, k.entails(v)...), k, v)
		}
	})
	return follow
}

// asOf asks about an event as one of the visit: what its author may not know of the visit is answered like what does not exist.
func (s *State) asOf(v *event.Event, ask func()) {
	unseen := s.author.unseen
	s.author.unseen = s.author.boundBy(s.inspections.is) && !s.inspections.knows(v.Stream.ID)
	ask()
	s.author.unseen = unseen
}

// join folds one of a visit's facts that lies in another stream, and keeps whose that is.
func (k *inspections) join(of event.Stream, v *event.Event) {
	if j := &k.s.joined; k.state(v.Stream.ID) != nil {
		if _, known := j.visit.get(of); !known {
			j.visit.set(of, v.Stream.ID)
			list, _ := j.streams.get(v.Stream.ID)
			j.streams.set(v.Stream.ID, append(slices.Clip(list), of))
		}
	}
	k.edit(v.Stream.ID, func(st *inspection.State) { st.Apply(v) })
	k.moved.move(v.Stream.ID)
	k.forgets(k.state(v.Stream.ID))
	k.decides(v)
}

// decides tells the seals of a visit when its findings were decided, which ends them (行政强制法 Art. 25), and its cases by which copies
// their decisions were served (行政处罚法 Art. 61).
func (k *inspections) decides(v *event.Event) {
	switch v.Data.(type) {
	case *casefile.PenaltyDecided, *casefile.DecisionChanged, *order.Issued, *inspection.CopyDelivered, event.Correction,
		*oversight.ApprovalGiven:
	default:
		return
	}
	list, _ := k.s.joined.streams.get(v.Stream.ID)
	if len(list) == 0 {
		return
	}
	visit := k.state(v.Stream.ID)
	served := sync.OnceValues(visit.ServedBy) // most visits have no case, and then nobody asks
	for _, of := range list {
		switch of.Kind {
		case order.Name:
			k.s.unseals(visit, of.ID)
		case casefile.Name:
			by, known := served()
			if st := k.s.cases.of(of.ID); known && st != nil && !st.Serves(by) {
				k.s.cases.edit(of.ID, func(st *casefile.State) { st.Serve(by) })
			}
		}
	}
}

// unseals tells an order of a visit when what it seals was decided.
func (s *State) unseals(visit *inspection.State, id string) {
	orders, ok := s.kind(order.Name).(*plain)
	if !ok {
		return
	}
	st, ok := orders.kept(id).(*order.State)
	if !ok {
		return
	}
	findings, since, seals := st.Sealed()
	if !seals {
		return
	}
	if at := visit.DecidedSince(findings, since); !at.Equal(st.Decided()) {
		orders.with.edit(id, func(st stream.State) { st.Of().(*order.State).Decide(at) })
	}
}

// hides reports whether a stream waits for a visit that is not disclosed.
func (s *State) hides(of event.Stream, from vantage) bool {
	get := s.joined.visit.get
	if from.durable {
		get = s.joined.visit.durable
	}
	id, known := get(of)
	if !known {
		return false
	}
	from.after = nil
	st := s.inspections.seen(id, from)
	return st != nil && !st.Disclosed()
}
