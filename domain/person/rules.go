package person

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Scene is what the rest of the ledger says when an event of a person is judged.
type Scene struct {
	TeamKnown func(id string) bool
	// UnknownUnit reports whether there is a table of units and it does not have an id.
	UnknownUnit func(id string) bool
	Key         func(id string) KeyFacts
	// Registration returns the key that an event registered, and its facts.
	Registration func(eventID string) (key string, facts KeyFacts)
}

// Decide judges one event of a person's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, registered := e.Data.(*Registered); registered != (st == nil) {
		if registered {
			return nil, event.Refuse(law.R59, law.PersonAlreadyRegistered, law.Str("person", e.Stream.ID))
		}
		return nil, event.Refuse(law.R59, law.UnknownPerson, law.Str("field", "subject"), law.List("persons", []string{e.Stream.ID}))
	}
	switch d := e.Data.(type) {
	case *Registered:
		return stranger(sc, d.Unit), nil
	case *Seconded:
		return stranger(sc, d.HomeUnit), second(st, sc, d)
	case *SecondmentEnded:
		return nil, end(st, e, d)
	case *KeyRegistered:
		return nil, register(sc, e, d)
	case *KeyConfirmed:
		return nil, confirm(sc, e, d)
	case *KeyRevoked:
		return nil, revoke(sc, e, d)
	}
	return nil, nil
}

// stranger flags a unit that the table in force does not have: what it supervises cannot be
// compared (R61).
func stranger(sc *Scene, unit string) []event.Deviation {
	if !sc.UnknownUnit(unit) {
		return nil
	}
	return []event.Deviation{event.Flagged(law.R61, law.UnknownUnit, law.Str("unit", unit))}
}

// Own refuses somebody who sees less than everything and speaks for another person (R02); who may confirm
// a key is its own rule. Of another's stream he is told no revision, nor whether he guessed it.
func Own(e *event.Event) error {
	if e.Actor.Person == e.Stream.ID {
		return nil
	}
	if _, ok := e.Data.(*KeyConfirmed); !ok {
		return event.Refuse(law.R02, law.NotYourself, law.Str("author", e.Actor.Person), law.Str("person", e.Stream.ID))
	}
	if e.ExpectedRevision != event.AnyRevision {
		return event.Refuse(law.Pillar14, law.RevisionNotKnown, law.Str("stream", e.Stream.String()))
	}
	return nil
}

// second: to a known team, and one secondment at a time (R59, R61).
func second(st *State, sc *Scene, d *Seconded) error {
	if !sc.TeamKnown(d.Team) {
		return event.Refuse(law.R61, law.UnknownTeam, law.Str("team", d.Team))
	}
	for _, m := range st.Secondments {
		if d.From.Before(m.To) && m.From.Before(d.To) {
			return event.Refuse(law.R61, law.AlreadySeconded, law.Str("team", m.Team), law.At("from_at", m.From), law.At("to_at", m.To))
		}
	}
	return nil
}

// end: of a secondment that is open and has begun (R61).
func end(st *State, e *event.Event, d *SecondmentEnded) error {
	i := st.open(d.Team)
	if i < 0 {
		return event.Refuse(law.R61, law.NotSeconded, law.Str("team", d.Team))
	}
	if m := st.Secondments[i]; e.Occurred.Before(m.From) {
		return event.Refuse(law.R61, law.SecondmentEndedBeforeStart, law.At("start_at", m.From), law.At("end_at", e.Occurred))
	}
	return nil
}
