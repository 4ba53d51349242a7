package sealingkey

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

type judgement = stream.Judgement[*State, stream.Ledger]

// Judge: the ledger alone publishes keys, each in the stream of its id.
func (d *Published) Judge(*judgement) *event.Refusal { return nil }

// Judge: by a role that may open with it, once.
func (d *Destroyed) Judge(j *judgement) *event.Refusal {
	st, e := j.State, j.Event
	switch {
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

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Fold keeps who may open.
func (d *Published) Fold(s *State, _ *event.Event) { s.Roles = d.Roles }

// Fold ends the key.
func (*Destroyed) Fold(s *State, _ *event.Event) { s.Destroyed = true }

// Opens reports whether a role may open with the key.
func (s *State) Opens(r event.Role) bool { return slices.Contains(s.Roles, r) }

// Takes refuses what an event seals for key id where it may not be: s is the key's state, nil when there is none;
// opens are the roles that may open the member.
func (s *State) Takes(id, member string, opens []event.Role) *event.Refusal {
	switch {
	case s == nil:
		return event.Refuse(law.Pillar8, law.UnknownSealingKey, law.Str("member", member), law.Str("key", id))
	case s.Destroyed:
		return event.Refuse(law.Pillar8, law.SealingKeyDestroyed, law.Str("member", member), law.Str("key", id))
	case slices.ContainsFunc(s.Roles, func(r event.Role) bool { return !slices.Contains(opens, r) }):
		return event.Refuse(law.Pillar8, law.SealedForOthers, law.Str("member", member), law.Str("key", id),
			law.List("key_roles", s.Roles), law.List("roles", opens))
	}
	return nil
}
