package oversight

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Took returns people with who took part in a stream, once, since none of them answers there what waits for a second person; ""
// is nobody. The list is append-only: clones share it.
func Took(people []string, person string) []string {
	if person == "" || slices.Contains(people, person) {
		return people
	}
	return append(people, person)
}

// none tells the bodies of this package from those of other kinds; no rule needs a state.
type none struct{}

type judgement = stream.Judgement[none, stream.Ledger]

// anywhere declares an event that may lie in any stream, which package domain judges.
func anywhere[T any](t event.Type) stream.Event[none, stream.Ledger] {
	t.New = func() event.Data { return new(T) }
	return stream.Anywhere[none, stream.Ledger](t)
}

// allow: nobody but the ledger writes to its streams, but for who corrects its clock.
func allow(e *event.Event) *event.Refusal {
	if _, correction := e.Data.(*ClockCorrected); e.Actor.Role == event.RoleLedger || correction {
		return nil
	}
	return event.Refuse(law.Pillar6, law.LedgerStream, law.Str("stream", e.Stream.String()))
}

// What the ledger says of itself and its copies nobody else may append.

func (d *LedgerCreated) Judge(*judgement) *event.Refusal { return nil }

func (d *RulesAdopted) Judge(*judgement) *event.Refusal { return nil }

func (d *CopyRestored) Judge(*judgement) *event.Refusal { return nil }

func (d *LedgerMoved) Judge(*judgement) *event.Refusal { return nil }
