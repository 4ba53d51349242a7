package domain

import (
	"reflect"
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// A promise is a kind of this test alone, which uses all that a kind can declare: what is said of it by
// difference, a second person's answer, and what other streams say.
type promise struct {
	made  event.Ident
	asked *event.Ident
	kept  bool
	by    []string
}

func (s *promise) Clone() *promise { c := *s; return &c }

type promising = stream.Judgement[*promise, stream.Ledger]

type promiseMade struct {
	To string `json:"to" is:"id" zh:"对象" doc:"to whom"`
}

type promiseKept struct{}

func (d *promiseMade) Judge(j *promising) *event.Refusal {
	if _, known := j.Scene.About(event.Stream{Kind: event.Subject, ID: d.To}); !known {
		return event.Refuse(law.R18, law.UnknownSubject, law.Str("subject", d.To))
	}
	return nil
}

func (d *promiseMade) Fold(s *promise, e *event.Event) {
	s.made, s.by = e.Ident(), []string{e.Actor.Person}
}

func (d *promiseKept) Judge(*promising) *event.Refusal { return nil }

func (d *promiseKept) Fold(s *promise, e *event.Event) {
	asked := e.Ident()
	s.asked = &asked
}

var promises = stream.Of(stream.Kind{
	Name: "promise", Chinese: "承诺", Doc: "a promise to a subject", Access: stream.Open(stream.Cell),
	Lapses: func(code law.Code) bool { return code == law.HappenedLongAgo },
	About: func(l stream.Ledger, e *event.Event) event.About {
		a, _ := l.About(event.Stream{Kind: event.Subject, ID: e.Data.(*promiseMade).To})
		return a
	},
}, stream.Rules[*promise]{
	Answer: func(j *promising, ref event.Ref, _ bool) *event.Refusal {
		if j.State.asked == nil || ref.ID() != j.State.asked.ID {
			return oversight.NothingWaits(j.Event, ref)
		}
		return oversight.SecondPerson(j.Event, j.State.by)
	},
	Answered: func(s *promise, ref event.Ref, yes bool) {
		if s.asked != nil && ref.ID() == s.asked.ID {
			s.kept, s.asked = yes, nil
		}
	},
	Restate: func(j *promising) event.Restated {
		r := event.Restated{Asked: []event.Asked{{Code: law.HappenedLongAgo}}}
		if !j.State.kept {
			f := event.Flagged(law.R10, law.HappenedLongAgo, law.At("happened_at", begin), law.At("reported_at", begin))
			f.Fact = j.State.made.ID
			r.True = append(r.True, f)
		}
		return r
	},
},
	stream.First((*promiseMade).Judge, event.Type{Name: "promise-made", Version: 1, Append: event.Roles}),
	stream.Then((*promiseKept).Judge, event.Type{Name: "promise-kept", Version: 1, Append: event.Roles}),
)

func TestAKindIsItsDeclaration(t *testing.T) {
	w := newFixture(t)
	w.State = newState(append(slices.Clip(kinds.All), promises))
	for _, typ := range promises.Types {
		w.types[reflect.TypeOf(typ.New())] = typ
	}
	w.accepts("subject/firm", firm())
	const p = "promise/p"
	w.refuses("pillar 2", "not-begun", p, &promiseKept{})
	w.refuses("R18", "unknown-subject", p, &promiseMade{To: "nowhere"})
	w.refuses("pillar 17", "nothing-waits", p, &oversight.ApprovalGiven{Event: eventID})
	w.flags([]string{"happened-long-ago"}, p, &promiseMade{To: "firm"})
	if a := w.last(p).About; a.Subject != "firm" || a.County != "610902" || !slices.Equal(a.Sectors, []string{"INDTRADE"}) {
		t.Errorf("it is about %+v", a)
	}
	w.refuses("pillar 14", "id-taken", p, &promiseMade{To: "firm"})
	w.refuses("pillar 17", "nothing-waits", p, &oversight.ApprovalGiven{Event: eventID})

	w.Begin()
	w.accepts(p, &promiseKept{})
	w.Rollback()
	if st := stream.StateOf[promise](w.whole, w.stream(p)); st == nil || st.asked != nil {
		t.Errorf("after a rollback: %+v", st)
	}
	w.accepts(p, &promiseKept{})
	answer := yes(w.last(p))
	w.refuses("pillar 17", "no-second-person", p, answer)
	w.changes(nil, []string{"happened-long-ago"}, p, answer, by(event.Actor{Person: "second", Role: event.RoleSupervisionOffice}))
	if st := stream.StateOf[promise](w.shown, w.stream(p)); st == nil || !st.kept {
		t.Errorf("after the answer: %+v", st)
	}
	if st := stream.StateOf[promise](w.whole, w.stream("subject/firm")); st != nil {
		t.Error("a subject has the state of a promise")
	}
}

const eventID = "0198f3c2-7a10-7000-8000-000000000001"
