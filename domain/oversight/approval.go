package oversight

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Answer returns which event an approval or its refusal answers, and whether it is a yes; ok is
// false for every other event.
func Answer(d event.Data) (ref event.Ref, yes, ok bool) {
	switch d := d.(type) {
	case *ApprovalGiven:
		return d.Ref(), true, true
	case *ApprovalRefused:
		return d.Ref(), false, true
	}
	return event.Ref{}, false, false
}

// NothingWaits refuses an answer to an event that waits for none.
func NothingWaits(e *event.Event, ref event.Ref) *event.Refusal {
	return event.Refuse(law.Pillar17, law.NothingWaits, "event %s of %s does not wait for approval", ref.Event, e.Stream)
}

// FirstPerson refuses what waits for a second person's yes when its author is nobody: between tokens that
// name no person nothing shows who is the second, or who may take back what the first asked (pillar 17).
func FirstPerson(e *event.Event) *event.Refusal {
	if e.Actor.Person != "" {
		return nil
	}
	return event.Refuse(law.Pillar17, law.PersonRequired,
		"%s waits for the yes of a second person, and the token names no first", e.Type.Name)
}

// SecondPerson refuses an answer by somebody who is not known, or who wrote in the stream:
// authors is who did (pillar 17).
func SecondPerson(e *event.Event, authors []string) *event.Refusal {
	switch person := e.Actor.Person; {
	case person == "":
		return event.Refuse(law.Pillar17, law.PersonRequired, "an approval is a person's act, and the token names none")
	case slices.Contains(authors, person):
		return event.Refuse(law.Pillar17, law.NoSecondPerson, "%s wrote in %s and cannot approve in it", person, e.Stream)
	}
	return nil
}

// OtherBytes refuses an answer, or a correction, that names an event but not its bytes.
func OtherBytes(ref event.Ref) *event.Refusal {
	return event.Refuse(law.Pillar17, law.OtherBytes, "event %s has other bytes than %s", ref.Event, ref.SHA256)
}
