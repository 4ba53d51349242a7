package domain

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// What is said of a visit beside its campaign, its team, its people and its subject follows from what these were when it was made
// (pillar 13): from what was recorded of them before it, and from what happened before it and is told later or corrected. So an event of
// one of these has the visits judged again on which it bears: in the same append where they are few and the author may know of them; and
// behind a cursor, by the sweeps that follow, where they are many. What is said then is a function of the state, so it is the same
// whoever looks, and how often. How far a node has looked, it alone remembers: after a start it looks again.

// What is looked at in one append, or by one request of a sweep.
const (
	mostLooked = 32   // visits that are judged again
	mostPassed = 4096 // visits on which the event does not bear
)

// besides keeps which visits are judged beside which streams. The lists are append-only, and nobody appends to an older one while a newer
// one is seen: so they share memory.
type besides struct {
	visits  *table[event.Stream, []string] // campaign, team, person or subject → visits
	looks   *table[event.Stream, look]
	streams *table[struct{}, []event.Stream] // of which there is a look
	looked  map[event.Stream]looked          // by this node
}

// look is that visits beside a stream are to be judged again.
type look struct {
	by   uuid.UUID // the newest event that bears on them
	from int64     // visits that began earlier stay as they are; seconds since 1970
	end  int       // how many visits there were
}

// looked is how far a node has come with a look.
type looked struct {
	by   uuid.UUID
	next int
}

func newBesides(s *State) besides {
	return besides{newTable[event.Stream, []string](s), newTable[event.Stream, look](s), newTable[struct{}, []event.Stream](s),
		map[event.Stream]looked{}}
}

// again has this node look at everything once more.
func (b *besides) again() { clear(b.looked) }

// add keeps that a visit is judged beside a stream.
func (b *besides) add(kind event.Kind, id, visit string) {
	if id == "" {
		return
	}
	in := event.Stream{Kind: kind, ID: id}
	known, old := b.visits.get(in)
	if n := len(known); n > 0 && known[n-1] == visit {
		return
	}
	if !old {
		in.ID = strings.Clone(id)
	}
	b.visits.set(in, append(known, visit))
}

// isBeside keeps beside which streams a visit is judged, after a fact of it. A visit that is corrected may stand in a list twice.
func (k *inspections) isBeside(e *event.Event, d event.Data) {
	b, visit := &k.s.besides, e.Stream.ID
	switch d := d.(type) {
	case *inspection.Started:
		st := k.state(e.Stream.ID)
		b.add(event.Campaign, st.Campaign(), visit)
		b.add(event.Team, d.Team, visit)
		b.add(event.Subject, d.Subject, visit)
		for _, id := range d.Inspectors {
			b.add(event.Person, id, visit)
		}
	case *inspection.Joined:
		b.add(event.Person, d.Person, visit)
	case *inspection.Attempted:
		b.add(event.Person, e.Actor.Person, visit)
	case event.Correction:
		if content, _ := d.Version(); content != nil {
			k.isBeside(e, content)
		}
	}
}

// bears reports whether an event bears on visits beside its stream, and on those that began since when, in seconds since 1970; 0: on all.
// A correction does with the yes to it, and one of an import at once.
func bears(e *event.Event) (from int64, ok bool) {
	switch d := e.Data.(type) {
	case *team.ScopeAssigned, *team.MemberJoined, *team.MemberLeft, *team.Activated, *campaign.Ended, *person.SecondmentEnded:
		return e.Occurred.Unix(), true
	case *campaign.Started:
		return 0, true
	case *person.Trained:
		return firstOf(d.Date), true
	case *person.Seconded:
		return d.From.Unix(), true
	case *subject.Updated:
		return firstOf(d.From), len(d.Sectors) > 0
	case *subject.Ended:
		return firstOf(d.On), true
	case *oversight.ApprovalGiven:
		switch e.Stream.Kind {
		case event.Campaign, event.Team, event.Person, event.Subject:
			return 0, true
		}
	case event.Correction:
		return 0, e.Assurance == event.Imported
	}
	return 0, false
}

// firstOf is the first instant of a day, in seconds since 1970.
func firstOf(date string) int64 { return (obligation.DayOn(date) - 1).End().Unix() + 1 }

// concerned yields the visits beside a stream on which what happened since an instant bears, from a place of the list on.
func (k *inspections) concerned(in event.Stream, from int64, at, end int, fn func(at int, id string, st *inspection.State) bool) {
	visits, _ := k.s.besides.visits.get(in)
	for ; at < min(end, len(visits)); at++ {
		if st := k.state(visits[at]); st != nil && st.Since(from) && !fn(at, visits[at], st) {
			return
		}
	}
}

// looks notes that the visits on which an event bears are to be judged again.
func (s *State) looks(e *event.Event) {
	from, ok := bears(e)
	if !ok {
		return
	}
	b := &s.besides
	visits, _ := b.visits.get(e.Stream)
	l, known := b.looks.get(e.Stream)
	if !known {
		l.from = from
	}
	l.by, l.from, l.end = e.ID, min(l.from, from), len(visits)
	s.inspections.concerned(e.Stream, from, 0, l.end, func(int, string, *inspection.State) bool {
		b.looks.set(e.Stream, l)
		if !known {
			all, _ := b.streams.get(struct{}{})
			b.streams.set(struct{}{}, append(all, e.Stream))
		}
		return false
	})
}

// turnsBeside says of visits what an event of a campaign, a team, a person or a subject makes otherwise, where that are few.
func (s *State) turnsBeside(e *event.Event) (out []event.Consequence) {
	from, ok := bears(e)
	if !ok {
		return nil
	}
	k := s.inspections
	var visits []string
	k.concerned(e.Stream, from, 0, len(s.ids(e.Stream)), func(_ int, id string, st *inspection.State) bool {
		if k.knowsVisit(st) {
			visits = append(visits, id)
		}
		return len(visits) <= mostLooked
	})
	if len(visits) == 0 || len(visits) > mostLooked {
		return nil
	}
	s.Begin()
	s.Apply(e)
	for _, id := range visits {
		out = append(out, k.saysBeside(id)...)
	}
	s.Rollback()
	return out
}

// ids are the visits beside a stream.
func (s *State) ids(in event.Stream) []string {
	visits, _ := s.besides.visits.get(in)
	return visits
}

// saysBeside returns what is to be said of a visit beside the registers, and to be taken back.
func (k *inspections) saysBeside(id string) []event.Consequence {
	st := k.state(id)
	if st == nil {
		return nil
	}
	judged := k.judged
	defer func() { k.judged = judged }()
	first, happened := st.First()
	at := time.Unix(st.Began(), 0)
	v := event.Event{Stream: event.Stream{Kind: event.Inspection, ID: id}, Occurred: at, Recorded: at, Index: first,
		About: event.About{Campaign: st.Campaign(), Subject: st.Subject(), Team: st.Team(), County: st.County(), Sectors: st.Sectors()},
		Data:  &oversight.ApprovalGiven{}} // its facts are looked at again, as when one is corrected
	plan := k.s.planOf(st.Campaign(), first, happened)
	var r event.Restated
	_, _ = k.judges(&v, plan.Policy, func(_ *inspection.State, sc *inspection.Scene, _ *event.Event) ([]event.Deviation, error) {
		r = inspection.Beside(st, sc, plan.Policy)
		return nil, nil
	})
	said, _ := k.s.deviations.get(v.Stream)
	return differing(nil, &v, &r, said, plan.Version)
}

// Beside returns what the ledger is to say of a visit, and to take back, by what is known by now of what its campaign, its team, its
// people and its subject were when it was made. It is a pure function of the state.
func (s *State) Beside(visit event.Stream) []event.Consequence {
	if visit.Kind != event.Inspection {
		return nil
	}
	return s.inspections.saysBeside(visit.ID)
}

// Late is [State.Beside] of the next visits on which something bears that was told late: those behind the cursor of this node, which
// passes the ones of which nothing is to be said. Each names the event that brought it. more says that there are others.
func (s *State) Late(most int) (out []event.Consequence, more bool) {
	b, k := &s.besides, s.inspections
	streams, _ := b.streams.get(struct{}{})
	judged, passed := 0, 0 // visits
	for _, in := range streams {
		l, _ := b.looks.get(in)
		at := b.looked[in]
		if at.by != l.by {
			at = looked{by: l.by}
		}
		begin, silent := at.next, len(out)
		k.concerned(in, l.from, at.next, l.end, func(n int, id string, _ *inspection.State) bool {
			if len(out) == silent {
				at.next = n // nothing is to be said of those before
			}
			if more = judged == mostLooked || passed+n-begin >= mostPassed || len(out) >= most; more {
				return false
			}
			judged++
			for _, c := range k.saysBeside(id) {
				c.Because = l.by
				out = append(out, c)
			}
			return true
		})
		passed += at.next - begin
		if !more && len(out) == silent {
			at.next = l.end
		}
		b.looked[in] = at
		if more {
			break
		}
	}
	if len(out) > most {
		out = out[:most]
	}
	return out, more || len(out) > 0
}
