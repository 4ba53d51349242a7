package domain

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
)

// Assure says how the ledger knows who wrote e, as seen from the top, where e is to stand
// (pillar 1). The caller has checked the signature's arithmetic and set e.Signed, and e.Actor
// is authenticated. The flags say why a signature that holds does not count, or why there is none.
//
// A signature that holds is never thrown away: with a key that is not confirmed, or revoked,
// the entry keeps it beside assurance "token". Refused are an unknown key, another's key, and an
// event that says that it is signed and is not.
func (s *State) Assure(e *event.Event, imported bool) (event.Assurance, []event.Deviation, error) {
	level := event.Token
	if imported {
		level = event.Imported
	}
	if e.Link.Key == "" {
		if st := s.persons.state(e.Actor.Person); level == event.Token && st != nil && st.Keys > 0 {
			return level, []event.Deviation{event.Flagged(law.Pillar1, law.Unsigned)}, nil
		}
		return level, nil, nil
	}
	if !e.Signed {
		return "", nil, event.Refuse(law.Pillar1, law.SignatureMissing, law.Str("key", e.Link.Key))
	}
	k, known := s.persons.keys.get(e.Link.Key)
	if d, ok := e.Data.(*person.KeyRegistered); ok {
		if id, _, err := person.ParseKey(d.Suite, d.PublicKey); err == nil && id == e.Link.Key {
			return level, nil, nil // the rest is for the rules of persons
		}
	}
	switch {
	case !known:
		return "", nil, UnknownKey(e.Link.Key)
	case k.Owner != e.Actor.Person:
		return "", nil, event.Refuse(law.Pillar1, law.KeyNotYours, law.Str("key", e.Link.Key), law.Str("person", e.Actor.Person))
	case imported:
		return level, nil, nil
	case k.Revoked:
		return level, []event.Deviation{event.Flagged(law.Pillar1, law.KeyRevoked, law.Str("key", e.Link.Key))}, nil
	case !k.Confirmed:
		return level, []event.Deviation{event.Flagged(law.Pillar1, law.KeyNotConfirmed, law.Str("key", e.Link.Key))}, nil
	}
	return event.Signed, nil, nil
}

// UnknownKey is the refusal of what is signed by a key that the ledger has not registered.
func UnknownKey(id string) *event.Refusal {
	return event.Refuse(law.Pillar1, law.KeyUnknown, law.Str("key", id))
}
