package domain

import (
	"crypto/sha256"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// persons are the people who act in the ledger, with their device keys.
type persons struct {
	common
	streams[*person.State]
	keys          *table[string, person.KeyFacts] // key id → owner
	registrations *table[string, string]          // id of a key-registered → key id
	scene         person.Scene
}

func newPersons(s *State, c common) kind {
	k := &persons{common: c, streams: newStreams(s, person.NewState),
		keys: newTable[string, person.KeyFacts](s), registrations: newTable[string, string](s)}
	k.corrects = true
	k.scene = person.Scene{
		TeamKnown:    func(id string) bool { return s.teams.state(id) != nil },
		UnknownUnit:  s.unknownUnit,
		SubjectKnown: func(id string) bool { return s.subjects.state(id) != nil && s.subjects.knows(id) },
		Rules: func(version string) (string, uint64) {
			st := s.codeTables.state(codetable.Discipline)
			if st == nil || len(st.Rules) == 0 {
				return "", 0
			}
			r, _ := st.RulesOf(version)
			return r.SHA256, st.Rules[len(st.Rules)-1].Index
		},
		Key: func(id string) person.KeyFacts { f, _ := k.keys.get(id); return f },
		Registration: func(id string) (string, person.KeyFacts) {
			key, _ := k.registrations.get(id)
			f, _ := k.keys.get(key)
			return key, f
		}}
	s.persons = k
	return k
}

// about: a person lies in no county, and is of the team of the secondment.
func (k *persons) about(e *event.Event) event.About {
	return event.About{Campaign: e.Campaign, Team: k.team(e)}
}

func (k *persons) team(e *event.Event) string {
	switch d := e.Data.(type) {
	case *person.Seconded:
		return d.Team
	case *person.SecondmentEnded:
		return d.Team
	}
	if st := k.state(e.Stream.ID); st != nil {
		if m, ok := st.SecondmentAt(e.Occurred); ok {
			return m.Team
		}
	}
	return ""
}

func (*persons) knows(string) bool { return true }

func (*persons) within(e *event.Event) error { return person.Own(e) }

func (k *persons) decide(e *event.Event, _ *campaign.Policy) ([]event.Deviation, error) {
	return person.Decide(k.state(e.Stream.ID), &k.scene, e)
}

// again judges a fact once more.
func (k *persons) again(st *person.State, e *event.Event) ([]event.Deviation, error) {
	return person.Decide(st, &k.scene, e)
}

func (k *persons) correct(e *event.Event, _ *campaign.Policy) (bool, error) {
	return amends(k.common, &k.streams, e, k.again)
}

func (k *persons) retold(e *event.Event, _ *campaign.Policy, said oversight.State, r event.Restated) event.Restated {
	return retold(k.common, &k.streams, e, said, k.again, r)
}

// fold also keeps whose key is whose, and how many of a person's keys count.
func (k *persons) fold(e *event.Event) {
	k.apply(e)
	switch d := e.Data.(type) {
	case *person.OfficialAppointed:
		k.s.problems.appoint(e.Stream.ID)
	case *person.KeyRegistered:
		id, _, err := person.ParseKey(d.Suite, d.PublicKey)
		if _, taken := k.keys.get(id); err != nil || taken {
			return
		}
		registration := e.ID.String()
		k.keys.set(id, person.KeyFacts{Owner: e.Stream.ID, By: e.Actor.Role, Event: registration, Hash: sha256.Sum256(e.Bytes)})
		k.registrations.set(registration, id)
	case *person.KeyConfirmed:
		id, _ := k.registrations.get(d.Event)
		k.change(id, func(f *person.KeyFacts) { f.Confirmed = true })
	case *person.KeyRevoked:
		k.change(d.Key, func(f *person.KeyFacts) { f.Revoked = true })
	}
}

// change changes the facts of a known key, and how many keys of its owner count.
func (k *persons) change(id string, f func(*person.KeyFacts)) {
	key, known := k.keys.get(id)
	if !known {
		return
	}
	before := key.Counts()
	f(&key)
	k.keys.set(id, key)
	if after := key.Counts(); after != before {
		n := 1
		if !after {
			n = -1
		}
		k.edit(key.Owner, func(p *person.State) { p.Keys += n })
	}
}

// entails: who turns out to have answered for other counties and sectors is reviewed otherwise (R66).
func (k *persons) entails(e *event.Event) []event.Consequence {
	switch e.Data.(type) {
	case *person.OfficialAppointed, *person.OfficialLeft:
		return k.s.reviewsOfOfficial(e, k.after(e))
	case event.Correction, *oversight.ApprovalGiven:
		if k.state(e.Stream.ID) != nil {
			return k.s.reviewsOfOfficial(e, k.after(e))
		}
	}
	return nil
}

// owes reports that answers are: to corrections that wait (pillar 17).
func (*persons) owes() bool { return true }

func (k *persons) watch(fn func(id string)) { k.amended(fn) }

func (k *persons) owed(id string, from vantage) owed {
	about := k.about(&event.Event{Stream: event.Stream{Kind: k.is.Name, ID: id}})
	return k.answering(k.s, id, from, owed{about: about, list: k.s.duties.list[:0]})
}
