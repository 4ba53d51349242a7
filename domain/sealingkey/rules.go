package sealingkey

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// fact is an event of a sealing key: it judges and folds itself.
type fact interface {
	event.Data
	judge(st *State, e *event.Event) *event.Refusal // st is nil when the stream is new
	fold(*State)
}

// declare declares the type of a body.
func declare[T any, F interface {
	*T
	fact
}](t event.Type) *event.Type {
	t.Kind, t.New = event.SealingKey, func() event.Data { return F(new(T)) }
	return &t
}

// Judges reports whether [Decide] knows an event by its body.
func Judges(d event.Data) bool {
	_, ok := d.(fact)
	return ok
}

// Decide judges one event of a key's stream; st is nil when the stream is new. The error is an *event.Refusal.
func Decide(st *State, e *event.Event) error {
	d, ok := e.Data.(fact)
	if !ok {
		return event.Elsewhere(e)
	}
	if r := d.judge(st, e); r != nil {
		return r
	}
	return nil
}

// judge: the ledger alone publishes keys, each once, in the stream of its id.
func (d *Published) judge(*State, *event.Event) *event.Refusal { return nil }

// judge: by a role that may open with it, once.
func (d *Destroyed) judge(st *State, e *event.Event) *event.Refusal {
	switch {
	case st == nil:
		return event.Refuse(law.Pillar8, law.UnknownSealingKey, law.Str("key", e.Stream.ID))
	case !st.Opens(e.Actor.Role):
		return event.Refuse(law.Pillar8, law.NotYourSealingKey, law.Str("key", e.Stream.ID), law.List("key_roles", st.Roles))
	case st.Destroyed:
		return event.Refuse(law.Pillar8, law.SealingKeyDestroyed, law.Str("key", e.Stream.ID))
	}
	return nil
}

// State is one key as the rules need it.
type State struct {
	Roles     []event.Role // may open; never changed
	Destroyed bool
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	if d, ok := e.Data.(fact); ok {
		d.fold(s)
	}
}

func (d *Published) fold(s *State) { s.Roles = d.Roles }

func (*Destroyed) fold(s *State) { s.Destroyed = true }

// Opens reports whether a role may open with the key.
func (s *State) Opens(r event.Role) bool { return slices.Contains(s.Roles, r) }

// Takes refuses what an event seals for key id where it may not be: s is the key's state, nil when there is none;
// opens are the roles that may open the member.
func (s *State) Takes(id, member string, opens []event.Role) *event.Refusal {
	at, key := law.Str("member", member), law.Str("key", id)
	switch {
	case s == nil:
		return event.Refuse(law.Pillar8, law.UnknownSealingKey, at, key)
	case s.Destroyed:
		return event.Refuse(law.Pillar8, law.SealingKeyDestroyed, at, key)
	case slices.ContainsFunc(s.Roles, func(r event.Role) bool { return !slices.Contains(opens, r) }):
		return event.Refuse(law.Pillar8, law.SealedForOthers, at, key, law.List("key_roles", s.Roles), law.List("roles", opens))
	}
	return nil
}
