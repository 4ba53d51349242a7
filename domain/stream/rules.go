package stream

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Judgement is one event before the rules of its kind: S is a pointer to the state of a stream, and L what
// shows the rest of the ledger, [Ledger] for most.
type Judgement[S, L any] struct {
	State S // nil: the stream is new
	Scene L
	Event *event.Event
	Flags []event.Deviation
}

// Flag notes a deviation. Of an import none is kept.
func (j *Judgement[S, L]) Flag(f event.Deviation) { j.Flags = append(j.Flags, f) }

// Fact is the body of an event: it judges itself.
type Fact[S, L any] interface {
	Judge(*Judgement[S, L]) *event.Refusal
}

// Folder is the body of an event that changes a state.
type Folder[S any] interface {
	Fold(S, *event.Event)
}

// Event is the declaration of one event type, whose body belongs to streams with state S: that of another kind
// does not compile in its place.
type Event[S, L any] struct {
	typ      *event.Type
	body     func(event.Data) bool
	begins   bool
	follows  bool // it may also be of a stream that is there, though it begins one
	anywhere bool
}

// First declares an event that begins a stream, as First((*Registered).Judge, event.Type{…}), and Then one of a
// stream that is there. A body without Judge and Fold does not compile.
func First[T any, F interface {
	*T
	Fact[S, L]
	Folder[S]
}, S, L any](_ func(F, *Judgement[S, L]) *event.Refusal, t event.Type) Event[S, L] {
	return declared[T, F, S, L](&t, true)
}

// Then declares an event of a stream; see [First].
func Then[T any, F interface {
	*T
	Fact[S, L]
	Folder[S]
}, S, L any](_ func(F, *Judgement[S, L]) *event.Refusal, t event.Type) Event[S, L] {
	return declared[T, F, S, L](&t, false)
}

// Either declares an event that begins a stream, or is of one that is there; see [First].
func Either[T any, F interface {
	*T
	Fact[S, L]
	Folder[S]
}, S, L any](_ func(F, *Judgement[S, L]) *event.Refusal, t event.Type) Event[S, L] {
	e := declared[T, F, S, L](&t, true)
	e.follows = true
	return e
}

// Alone declares an event of a kind without states, whose bodies have a Judge and no Fold; see [First].
func Alone[T any, F interface {
	*T
	Fact[S, L]
}, S, L any](_ func(F, *Judgement[S, L]) *event.Refusal, t event.Type) Event[S, L] {
	return declared[T, F, S, L](&t, true)
}

func declared[T any, F interface {
	*T
	Fact[S, L]
}, S, L any](t *event.Type, begins bool) Event[S, L] {
	t.New = func() event.Data { return F(new(T)) }
	return Event[S, L]{typ: t, body: func(d event.Data) bool { _, ok := d.(F); return ok }, begins: begins}
}

// Anywhere declares an event that may lie in a stream of any kind. Package domain judges it, or a test says that nobody does.
func Anywhere[S, L any](t event.Type) Event[S, L] {
	return Event[S, L]{typ: &t, body: func(event.Data) bool { return false }, anywhere: true}
}

// Taken refuses an event that begins a stream which is there.
func Taken(e *event.Event) *event.Refusal {
	return event.Refuse(law.Pillar14, law.IDTaken, law.Str("stream", e.Stream.String()))
}

// OtherTeam refuses inspectors and leaders who write about another team than their own (R17).
func OtherTeam(e *event.Event, team string) *event.Refusal {
	switch a := &e.Actor; a.Role {
	case event.RoleInspector, event.RoleTeamLeader:
		if a.Team != team {
			return event.Refuse(law.R17, law.NotYourTeam, law.Str("team", team), law.Str("token_team", a.Team))
		}
	}
	return nil
}

// NotBegun refuses an event of a stream which is not there; first are the names of the types that begin one.
func NotBegun(e *event.Event, first []string) *event.Refusal {
	return event.Refuse(law.Pillar2, law.NotBegun, law.Str("stream", e.Stream.String()), law.List("types", first))
}

// Decide judges one event by its body, in j, which is kept to spare an allocation. The error is an *[event.Refusal].
func Decide[S, L any](j *Judgement[S, L], st S, scene L, e *event.Event) ([]event.Deviation, error) {
	d, ok := e.Data.(Fact[S, L])
	if !ok {
		return nil, event.Elsewhere(e)
	}
	*j = Judgement[S, L]{State: st, Scene: scene, Event: e}
	if r := d.Judge(j); r != nil {
		return nil, r
	}
	return j.Flags, nil
}

// Fold folds a recorded event, if its body is one of the kind.
func Fold[S any](st S, e *event.Event) {
	if d, ok := e.Data.(Folder[S]); ok {
		d.Fold(st, e)
	}
}

// With completes a kind by its events, in the order of the documents. It is for kinds that judge in a scene of their
// own, which package domain fills; others are made by [Of] and [Bare].
func With[S, L any](k Kind, events ...Event[S, L]) Kind {
	k.Types = make([]*event.Type, len(events))
	for i := range events {
		if k.Types[i] = events[i].typ; !events[i].anywhere {
			k.Types[i].Kind = k.Name
		}
	}
	k.Judges = func(d event.Data) bool {
		_, ok := d.(Fact[S, L])
		return ok
	}
	k.Begins = func(d event.Data) bool {
		for i := range events {
			if events[i].begins && events[i].body(d) {
				return true
			}
		}
		return false
	}
	return k
}

// Rules are what a kind with states says besides its events; the zero value says nothing.
type Rules[S any] struct {
	// Answer judges a second person's yes or no to the event that ref names; nil: nothing waits for one. Answered folds it.
	Answer   func(j *Judgement[S, Ledger], ref event.Ref, yes bool) *event.Refusal
	Answered func(st S, ref event.Ref, yes bool)
	// Extend judges that somebody asks for more time for what is owed in the stream; nil: nothing is extended. Extended folds it.
	Extend   func(j *Judgement[S, Ledger]) *event.Refusal
	Extended func(st S, e *event.Event)
	// Said folds what the ledger itself says in the stream, or takes back; nil: no rule asks for it. What was compared (Values) is gone
	// when a fold is made anew after a correction: a State that reads it has a Carry.
	Said func(st S, e *event.Event)
	// Problems are those that went wrong by what is known of a stream; see [Kind].
	Problems func(S) []Problem
	// Restate says what is true of the stream as a whole after the event of the judgement, whose state is that
	// after it; nil: there are no such rules.
	Restate func(*Judgement[S, Ledger]) event.Restated
	// Owes returns what was ever owed in a stream, met or not, appended to into; see [Kind].
	Owes        func(st S, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation
	Obligations []*obligation.Kind
}

// Of completes a kind whose rules need a state of each stream, a T. A [First] of a stream that is there is
// refused, and a [Then] of one that is not.
func Of[T any, S interface {
	*T
	Clone() S
}](k Kind, r Rules[S], events ...Event[S, Ledger]) Kind {
	k = With(k, events...)
	var first []string
	for i := range events {
		if events[i].begins {
			first = append(first, events[i].typ.Name)
		}
	}
	begins, only := k.Begins, func(d event.Data) bool {
		for i := range events {
			if events[i].begins && !events[i].follows && events[i].body(d) {
				return true
			}
		}
		return false
	}
	if r.Problems != nil {
		k.Problems = func(st any) []Problem {
			s, _ := st.(S)
			if s == nil {
				return nil
			}
			return r.Problems(s)
		}
	}
	k.Waits, k.Extends, k.Restates, k.Heeds = r.Answer != nil, r.Extend != nil, r.Restate != nil, r.Said != nil
	if k.Obligations = r.Obligations; r.Owes != nil {
		k.Owes = func(st State, t obligation.Terms, into []obligation.Obligation) []obligation.Obligation {
			return r.Owes(of[T, S](st), t, into)
		}
	}
	k.Judge = func() Judge { return &judge[T, S]{rules: &r, begins: begins, only: only, first: first} }
	return k
}

// Bare completes a kind of whose streams no rule needs a state. S is an empty type of its package, by which its bodies
// are told from those of other kinds.
func Bare[S any](k Kind, events ...Event[S, Ledger]) Kind {
	k = With(k, events...)
	k.Judge = func() Judge { return &bare[S]{} }
	return k
}

type judge[T any, S interface {
	*T
	Clone() S
}] struct {
	rules  *Rules[S]
	begins func(event.Data) bool // a stream
	only   func(event.Data) bool // and never follows in one
	first  []string              // the names of the types that begin a stream
	j      Judgement[S, Ledger]  // of the event being judged
}

func (g *judge[T, S]) Fresh() State { return &kept[T, S]{S(new(T)), g.rules} }

func (g *judge[T, S]) Decide(st State, l Ledger, e *event.Event) ([]event.Deviation, error) {
	s := of[T, S](st)
	if a, ok := e.Data.(answer); ok && g.rules.Answer != nil && s != nil {
		g.j = Judgement[S, Ledger]{State: s, Scene: l, Event: e}
		ref, yes := a.Answers()
		if r := g.rules.Answer(&g.j, ref, yes); r != nil {
			return nil, r
		}
		return g.j.Flags, nil
	}
	if _, extends := e.Data.(extension); extends && g.rules.Extend != nil && s != nil {
		g.j = Judgement[S, Ledger]{State: s, Scene: l, Event: e}
		if r := g.rules.Extend(&g.j); r != nil {
			return nil, r
		}
		return g.j.Flags, nil
	}
	_, known := e.Data.(Fact[S, Ledger])
	switch first := g.begins(e.Data); {
	case s != nil && g.only(e.Data):
		return nil, Taken(e)
	case known && !first && s == nil:
		return nil, NotBegun(e, g.first)
	}
	return Decide(&g.j, s, l, e)
}

func (g *judge[T, S]) Restate(st State, l Ledger, e *event.Event) event.Restated {
	return g.rules.Restate(&Judgement[S, Ledger]{State: of[T, S](st), Scene: l, Event: e})
}

// kept is a state as the ledger keeps it.
type kept[T any, S interface {
	*T
	Clone() S
}] struct {
	state S
	rules *Rules[S]
}

// extension asks for more time for what is owed.
type extension interface{ Day() obligation.Day }

// answer is a second person's yes or no.
type answer interface {
	Answers() (ref event.Ref, yes bool)
}

func (k *kept[T, S]) Of() any      { return k.state }
func (k *kept[T, S]) Clone() State { return &kept[T, S]{k.state.Clone(), k.rules} }

func (k *kept[T, S]) Apply(e *event.Event) {
	switch d := e.Data.(type) {
	case Folder[S]:
		d.Fold(k.state, e)
	case answer:
		if k.rules.Answered != nil {
			ref, yes := d.Answers()
			k.rules.Answered(k.state, ref, yes)
		}
	case extension:
		if k.rules.Extended != nil {
			k.rules.Extended(k.state, e)
		}
	default:
		if k.rules.Said != nil && e.Assurance == event.Derived {
			k.rules.Said(k.state, e)
		}
	}
}

func of[T any, S interface {
	*T
	Clone() S
}](st State) S {
	if k, ok := st.(*kept[T, S]); ok {
		return k.state
	}
	return nil
}

// Carry keeps what other streams say of this one when its facts were corrected: S may have a Carry(S) for that.
func (k *kept[T, S]) Carry(old State) {
	if c, ok := any(k.state).(interface{ Carry(S) }); ok {
		c.Carry(of[T, S](old))
	}
}

// Nothing is the state of a stream of which no rule needs one, but for whose facts may be corrected.
type Nothing struct{}

// Of implements [State].
func (Nothing) Of() any { return nil }

// Clone implements [State].
func (n Nothing) Clone() State { return n }

// Apply implements [State].
func (Nothing) Apply(*event.Event) {}

type bare[S any] struct{ j Judgement[S, Ledger] }

func (*bare[S]) Fresh() State { return nil }

func (g *bare[S]) Decide(_ State, l Ledger, e *event.Event) ([]event.Deviation, error) {
	var none S
	return Decide(&g.j, none, l, e)
}

func (*bare[S]) Restate(State, Ledger, *event.Event) event.Restated { return event.Restated{} }
