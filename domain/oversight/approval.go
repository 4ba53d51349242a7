package oversight

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// The names of a second person's yes and no.
const (
	Approval   = "approval-given"
	NoApproval = "approval-refused"
	Extension  = "term-extended"
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
	return event.Refuse(law.Pillar17, law.NothingWaits, law.Str("event", ref.Event), law.Str("stream", e.Stream.String()))
}

// FirstPerson refuses what waits for a second person's yes when its author is nobody: between tokens that
// name no person nothing shows who is the second, or who may take back what the first asked (pillar 17).
func FirstPerson(e *event.Event) *event.Refusal {
	if e.Actor.Person != "" {
		return nil
	}
	return event.Refuse(law.Pillar17, law.PersonRequired, law.Str("type", e.Type.Name))
}

// SecondPerson refuses an answer by somebody who is not known, or who wrote in the stream:
// authors is who did (pillar 17).
func SecondPerson(e *event.Event, authors []string) *event.Refusal {
	switch person := e.Actor.Person; {
	case person == "":
		return event.Refuse(law.Pillar17, law.PersonRequired, law.Str("type", e.Type.Name))
	case slices.Contains(authors, person):
		return event.Refuse(law.Pillar17, law.NoSecondPerson, law.Str("person", person), law.Str("stream", e.Stream.String()))
	}
	return nil
}

// OtherBytes refuses an answer, or a correction, that names an event but not its bytes.
func OtherBytes(ref event.Ref) *event.Refusal {
	return event.Refuse(law.Pillar17, law.OtherBytes, law.Str("event", ref.Event), law.Str("sha256", ref.SHA256))
}

// NothingToExtend refuses an extension of what is not owed in the stream, or has an end that nobody moves.
func NothingToExtend(d *TermExtended) *event.Refusal {
	return event.Refuse(law.Pillar12, law.NothingToExtend, law.Str("obligation", d.Obligation), law.Str("event", d.Event))
}
