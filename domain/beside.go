package domain

import (
	"slices"
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

// What is said of a visit beside its campaign, its team, its people and its subject follows from what these were when it was made, and
// what is said of a case beside its officers, and of a team beside those who come into it, likewise (pillar 13): from what was recorded of
// them before it, and from what happened before it and is told later or corrected. So an event of one of these has the streams judged again
// on which it bears: in the same append where they are few and the author may know of them; and behind a cursor, by the sweeps that follow,
// where they are many. What is said then is a function of the state, so it is the same whoever looks, and how often. How far a node has
// looked, it alone remembers: after a start it looks again.

// besideKind is a kind whose streams are judged beside registers.
type besideKind interface {
	kind
	// bears reports whether an event of a register bears on streams beside it, and on those that began since when, in seconds since 1970; 0:
	// on all.
	bears(e *event.Event) (from int64, ok bool)
	// since reports whether there is such a stream on which what happened at an instant, and later, bears.
	since(id string, from int64) bool
	// saysBeside returns what is to be said of a stream beside the registers, and to be taken back.
	saysBeside(id string) []event.Consequence
}

// What is looked at in one append, or by one request of a sweep.
const (
	mostLooked = 32   // streams that are judged again
	mostPassed = 4096 // streams on which the event does not bear
)

// pair is a register, and a kind of streams that are judged beside it.
type pair struct {
	register event.Stream // campaign, team, person or subject
	of       event.Kind
}

// besides keeps which streams are judged beside which registers. The lists are append-only, and nobody appends to an older one while a
// newer one is seen: so they share memory.
type besides struct {
	kinds  []besideKind
	ids    *table[pair, []string]
	looks  *table[pair, look]
	pairs  *table[struct{}, []pair] // of which there is a look
	looked map[pair]looked          // by this node
}

// look is that streams beside a register are to be judged again.
type look struct {
	by   uuid.UUID // the newest event that bears on them
	from int64     // those that began earlier stay as they are; seconds since 1970
	end  int       // how many there were
}

// looked is how far a node has come with a look.
type looked struct {
	by   uuid.UUID
	next int
}

func newBesides(s *State) besides {
	return besides{nil, newTable[pair, []string](s), newTable[pair, look](s), newTable[struct{}, []pair](s), map[pair]looked{}}
}

// again has this node look at everything once more.
func (b *besides) again() { clear(b.looked) }

// add keeps that a stream is judged beside a register.
func (b *besides) add(kind event.Kind, register string, of event.Kind, id string) {
	if register == "" {
		return
	}
	in := pair{event.Stream{Kind: kind, ID: register}, of}
	known, old := b.ids.get(in)
	if n := len(known); n > 0 && known[n-1] == id {
		return
	}
	if !old {
		in.register.ID = strings.Clone(register)
	}
	b.ids.set(in, append(known, id))
}

// isBeside keeps beside which streams a visit is judged, after a fact of it. A visit that is corrected may stand in a list twice.
func (k *inspections) isBeside(e *event.Event, d event.Data) {
	add := func(kind event.Kind, register string) { k.s.besides.add(kind, register, event.Inspection, e.Stream.ID) }
	switch d := d.(type) {
	case *inspection.Started:
		add(event.Campaign, k.state(e.Stream.ID).Campaign())
		add(event.Team, d.Team)
		add(event.Subject, d.Subject)
		for _, id := range d.Inspectors {
			add(event.Person, id)
		}
	case *inspection.Joined:
		add(event.Person, d.Person)
	case *inspection.Attempted:
		add(event.Person, e.Actor.Person)
	case event.Correction:
		if content, _ := d.Version(); content != nil {
			k.isBeside(e, content)
		}
	}
}

// bears implements [besideKind]. A correction does with the yes to it, and one of an import at once.
func (k *inspections) bears(e *event.Event) (from int64, ok bool) {
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
	}
	return 0, amendsRegister(e)
}

// amendsRegister reports whether a correction of a fact of a register may count with an event.
func amendsRegister(e *event.Event) bool {
	switch e.Data.(type) {
	case *oversight.ApprovalGiven:
		switch e.Stream.Kind {
		case event.Campaign, event.Team, event.Person, event.Subject:
			return true
		}
	case event.Correction:
		return e.Assurance == event.Imported
	}
	return false
}

// firstOf is the first instant of a day, in seconds since 1970.
func firstOf(date string) int64 { return (obligation.DayOn(date) - 1).End().Unix() + 1 }

// since implements [besideKind].
func (k *inspections) since(id string, from int64) bool {
	st := k.state(id)
	return st != nil && st.Since(from)
}

// concerned yields the streams of a kind beside a register on which what happened since an instant bears, from a place of the list on.
func (b *besides) concerned(k besideKind, in pair, from int64, at, end int, fn func(at int, id string) bool) {
	ids, _ := b.ids.get(in)
	for ; at < min(end, len(ids)); at++ {
		if k.since(ids[at], from) && !fn(at, ids[at]) {
			return
		}
	}
}

// looks notes that the streams on which an event bears are to be judged again.
func (s *State) looks(e *event.Event) {
	b := &s.besides
	for _, k := range b.kinds {
		from, ok := k.bears(e)
		if !ok {
			continue
		}
		in := pair{e.Stream, k.declaration().Name}
		ids, _ := b.ids.get(in)
		l, known := b.looks.get(in)
		if !known {
			l.from = from
		}
		l.by, l.from, l.end = e.ID, min(l.from, from), len(ids)
		b.concerned(k, in, from, 0, l.end, func(int, string) bool {
			b.looks.set(in, l)
			if !known {
				all, _ := b.pairs.get(struct{}{})
				b.pairs.set(struct{}{}, append(all, in))
			}
			return false
		})
	}
}

// turnsBeside says of streams what an event of a campaign, a team, a person or a subject makes otherwise, where those are few.
func (s *State) turnsBeside(e *event.Event) (out []event.Consequence) {
	b := &s.besides
	if !slices.ContainsFunc(b.kinds, func(k besideKind) bool { _, ok := k.bears(e); return ok }) {
		return nil
	}
	s.Begin()
	defer s.Rollback()
	s.Apply(e) // by which a stream may come to be judged beside the register
	for _, k := range b.kinds {
		from, ok := k.bears(e)
		if !ok {
			continue
		}
		var turned []string
		in := pair{e.Stream, k.declaration().Name}
		b.concerned(k, in, from, 0, len(s.beside(in)), func(_ int, id string) bool {
			if k.knows(id) {
				turned = append(turned, id)
			}
			return len(turned) <= mostLooked
		})
		if len(turned) > mostLooked {
			continue
		}
		for _, id := range turned {
			out = append(out, k.saysBeside(id)...)
		}
	}
	return out
}

// beside are the streams of a kind beside a register.
func (s *State) beside(in pair) []string {
	ids, _ := s.besides.ids.get(in)
	return ids
}

// saysBeside implements [besideKind].
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

// Beside returns what the ledger is to say of a stream, and to take back, by what is known by now of what the registers beside which it is
// judged were when it was made. It is a pure function of the state.
func (s *State) Beside(of event.Stream) []event.Consequence {
	if k, ok := s.kind(of.Kind).(besideKind); ok {
		return k.saysBeside(of.ID)
	}
	return nil
}

// Late is [State.Beside] of the next streams on which something bears that was told late: those behind the cursor of this node, which
// passes the ones of which nothing is to be said. Each names the event that brought it. more says that there are others.
func (s *State) Late(most int) (out []event.Consequence, more bool) {
	b := &s.besides
	pairs, _ := b.pairs.get(struct{}{})
	judged, passed := 0, 0 // streams
	for _, in := range pairs {
		k, _ := s.kind(in.of).(besideKind)
		l, _ := b.looks.get(in)
		at := b.looked[in]
		if at.by != l.by {
			at = looked{by: l.by}
		}
		begin, silent := at.next, len(out)
		b.concerned(k, in, l.from, at.next, l.end, func(n int, id string) bool {
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
