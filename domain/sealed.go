package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
)

// sealingKeys are the keys for which texts are sealed.
type sealingKeys struct {
	common
	streams[*sealingkey.State]
	named *table[string, []string] // SHA-256 of a sealed file → the keys it is sealed for; values are replaced, never changed
}

func newSealingKeys(s *State) kind {
	s.sealingKeys = &sealingKeys{common{s}, newStreams(s, sealingkey.NewState), newTable[string, []string](s)}
	return s.sealingKeys
}

// knows: public halves are no secret.
func (*sealingKeys) knows(string) bool { return true }

// timed: a key is no fact of the field.
func (*sealingKeys) timed() bool { return false }

func (k *sealingKeys) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return nil, sealingkey.Decide(k.state(e.Stream.ID), e)
}

// takes refuses an event with a text that nobody could open, or somebody who may not (pillar 8). Whatever its type, it is
// asked here.
func (k *sealingKeys) takes(e *event.Event) (refused error) {
	field.EachSealed(e.Data, func(member string, opens []event.Role, said *event.Sealed) {
		if r := k.state(said.To).Takes(said.To, member, opens); r != nil && refused == nil {
			refused = r
		}
	})
	return refused
}

// note keeps for which keys the texts of a recorded event are sealed.
func (k *sealingKeys) note(e *event.Event) {
	field.EachSealed(e.Data, func(_ string, _ []event.Role, said *event.Sealed) {
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

// evidenceFiles are the streams of single pieces of evidence.
type evidenceFiles struct {
	common
	revisions
	erased *table[string, struct{}] // by SHA-256
	scene  files.Scene
}

func newEvidenceFiles(s *State) kind {
	return &evidenceFiles{common: common{s}, revisions: s.revisions, erased: newTable[string, struct{}](s)}
}

// knows: that a file is there is open.
func (*evidenceFiles) knows(string) bool { return true }

// timed: the ledger has one clock, and no device.
func (*evidenceFiles) timed() bool { return false }

func (k *evidenceFiles) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	_, erased := k.erased.get(e.Stream.ID)
	k.scene = files.Scene{Erased: erased, May: k.s.sealingKeys.may}
	return nil, files.Decide(&k.scene, e)
}

func (k *evidenceFiles) fold(e *event.Event) {
	k.revisions.fold(e)
	if _, ok := e.Data.(*files.Erased); ok {
		k.erased.set(e.Stream.ID, struct{}{})
	}
}
