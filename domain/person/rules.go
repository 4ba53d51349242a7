package person

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Scene is what the rest of the ledger says when an event of a person is judged.
type Scene struct {
	TeamKnown func(id string) bool
	// SubjectKnown reports whether there is a subject of which the author may know.
	SubjectKnown func(id string) bool
	// UnknownUnit reports whether there is a table of units and it does not have an id.
	UnknownUnit func(id string) bool
	// Rules returns the SHA-256 of the text of a version of the rules of discipline, "" when it was not published, and the
	// position of the newest version, 0 before there is one.
	Rules func(version string) (sha256 string, newest uint64)
	Key   func(id string) KeyFacts
	// Registration returns the key that an event registered, and its facts.
	Registration func(eventID string) (key string, facts KeyFacts)
	j            judgement // of the event being judged
}

// judgement is one event before the rules. It lies in its scene, to spare an allocation.
type judgement = stream.Judgement[*State, *Scene]

// Decide judges one event of a person's stream; st is nil when the stream is new. The error
// is an *event.Refusal.
func Decide(st *State, sc *Scene, e *event.Event) ([]event.Deviation, error) {
	if _, registered := e.Data.(*Registered); registered != (st == nil) {
		if registered {
			return nil, event.Refuse(law.R59, law.PersonAlreadyRegistered, law.Str("person", e.Stream.ID))
		}
		return nil, event.Refuse(law.R59, law.UnknownPerson, law.Str("field", "subject"), law.List("persons", []string{e.Stream.ID}))
	}
	ref, _, ok := oversight.Answer(e.Data)
	if !ok {
		return stream.Decide(&sc.j, st, sc, e)
	}
	if r := answer(&judgement{State: st, Scene: sc, Event: e}, ref); r != nil {
		return nil, r
	}
	return nil, nil
}

func (d *Registered) Judge(j *judgement) *event.Refusal {
	j.Flags = unknownUnit(j.Scene, d.Unit)
	return nil
}

func (d *Trained) Judge(*judgement) *event.Refusal { return nil }

// Judge: of a version that was published, and of its text (R02). Before any was, the hash alone says which rules.
func (d *RulesAcknowledged) Judge(j *judgement) *event.Refusal {
	text, newest := j.Scene.Rules(d.Version)
	switch {
	case text == "" && (newest > 0 || d.Version != ""):
		return event.Refuse(law.R02, law.UnknownCode, law.Str("list", "discipline-rules"), law.Positive("version", newest),
			law.Str("field", "version"), law.Uncut("code", d.Version))
	case text != "" && text != d.DocumentHash:
		return event.Refuse(law.R02, law.OtherRulesText, law.Str("version", d.Version), law.Str("sha256", text))
	}
	return nil
}

// unknownUnit flags a unit that the table in force does not have: what it supervises cannot be
// compared (R61).
func unknownUnit(sc *Scene, unit string) []event.Deviation {
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

// Judge: to a known team, and one secondment at a time (R59, R61).
func (d *Seconded) Judge(j *judgement) *event.Refusal {
	if !j.Scene.TeamKnown(d.Team) {
		return event.Refuse(law.R61, law.UnknownTeam, law.Str("team", d.Team))
	}
	for _, m := range j.State.Secondments {
		if d.From.Before(m.To) && m.From.Before(d.To) {
			return event.Refuse(law.R61, law.AlreadySeconded, law.Str("team", m.Team), law.At("from_at", m.From), law.At("to_at", m.To))
		}
	}
	j.Flags = unknownUnit(j.Scene, d.HomeUnit)
	return nil
}

// Judge: of a secondment that is open and has begun (R61).
func (d *SecondmentEnded) Judge(j *judgement) *event.Refusal {
	st, e := j.State, j.Event
	i := st.open(d.Team)
	if i < 0 {
		return event.Refuse(law.R61, law.NotSeconded, law.Str("team", d.Team))
	}
	if m := st.Secondments[i]; e.Occurred.Before(m.From) {
		return event.Refuse(law.R61, law.SecondmentEndedBeforeStart, law.At("start_at", m.From), law.At("end_at", e.Occurred))
	}
	return nil
}
