package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
)

// sealingKeys are the keys for which texts are sealed.
type sealingKeys struct {
	*plain
	seals field.Sealing            // which types have sealed texts
	named *table[string, []string] // SHA-256 of a sealed file → the keys it is sealed for; values are replaced, never changed
}

func newSealingKeys(s *State, c common) kind {
	s.sealingKeys = &sealingKeys{plainOf(s, c), field.Sealing{}, newTable[string, []string](s)}
	return s.sealingKeys
}

func (k *sealingKeys) state(id string) *sealingkey.State {
	st, _ := k.kept(id).(*sealingkey.State)
	return st
}

// takes refuses an event with a text that nobody could open, or somebody who may not (pillar 8). Whatever its type, it is
// asked here.
func (k *sealingKeys) takes(e *event.Event) (refused error) {
	k.seals.Each(e, func(member string, opens []event.Role, said *event.Sealed) {
		if r := k.state(said.To).Takes(said.To, member, opens); r != nil && refused == nil {
			refused = r
		}
	})
	return refused
}

// note keeps for which keys the texts of a recorded event are sealed.
func (k *sealingKeys) note(e *event.Event) {
	k.seals.Each(e, func(_ string, _ []event.Role, said *event.Sealed) {
		k.named.set(said.SHA256, with(k.named, said.SHA256, said.To))
	})
}

// may reports whether a file is sealed for a key with which a role may open, destroyed or not.
func (k *sealingKeys) may(sha256 string, r event.Role) bool {
	keys, _ := k.named.get(sha256)
	return slices.ContainsFunc(keys, func(id string) bool {
		st := k.state(id)
		return st != nil && st.Opens(r)
	})
}
