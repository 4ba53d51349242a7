package person

import (
	"time"

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
			return nil, event.Refuse(law.R59, law.PersonAlreadyRegistered, "%s is already registered", e.Stream.ID)
		}
		return nil, event.Refuse(law.R59, law.UnknownPerson, "%s is not registered", e.Stream.ID)
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
	return []event.Deviation{{Code: law.UnknownUnit, Rule: law.R61, Detail: "unit " + unit + " is not in the table of units"}}
}

// Own refuses somebody who sees less than everything and speaks for another person (R02); who may confirm
// a key is its own rule. Of another's stream he is told no revision, nor whether he guessed it.
func Own(e *event.Event) error {
	if e.Actor.Person == e.Stream.ID {
		return nil
	}
	if _, ok := e.Data.(*KeyConfirmed); !ok {
		return event.Refuse(law.R02, law.NotYourself, "%q cannot speak for %s", e.Actor.Person, e.Stream.ID)
	}
	if e.ExpectedRevision != event.AnyRevision {
		return event.Refuse(law.Pillar14, law.RevisionNotKnown,
			"a confirmation cannot depend on the revision of %s, whose events its author may not see", e.Stream)
	}
	return nil
}

// second: to a known team, and one secondment at a time (R59, R61).
func second(st *State, sc *Scene, d *Seconded) error {
	if !sc.TeamKnown(d.Team) {
		return event.Refuse(law.R61, law.UnknownTeam, "team %s is not formed", d.Team)
	}
	for _, m := range st.Secondments {
		if d.From.Before(m.To) && m.From.Before(d.To) {
			return event.Refuse(law.R61, law.AlreadySeconded,
				"the person is seconded to team %s from %s to %s", m.Team, m.From.Format(time.RFC3339), m.To.Format(time.RFC3339))
		}
	}
	return nil
}

// end: of a secondment that is open and has begun (R61).
func end(st *State, e *event.Event, d *SecondmentEnded) error {
	i := st.open(d.Team)
	if i < 0 {
		return event.Refuse(law.R61, law.NotSeconded, "the person has no open secondment to team %s", d.Team)
	}
	if m := st.Secondments[i]; e.Occurred.Before(m.From) {
		return event.Refuse(law.R61, law.SecondmentEndedBeforeStart,
			"the secondment starts %s, its end is stated as %s", m.From.Format(time.RFC3339), e.Occurred.Format(time.RFC3339))
	}
	return nil
}
