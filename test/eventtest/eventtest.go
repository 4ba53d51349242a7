// Package eventtest names visits for tests, and reads the golden files of event types.
package eventtest

import (
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// Visit returns the id of a visit of a team, or of an import of a unit, that a test calls by a
// short name: the same name gives the same id.
func Visit(owner, name string) string {
	return event.VisitID(owner, uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)))
}

// Look has an event know what it names of a log, as a ledger does before it judges.
func Look(e *event.Event, log []*event.Event) {
	_ = e.Look(func(id uuid.UUID) ([]byte, error) {
		for _, o := range log {
			if o.ID == id {
				return append([]byte{}, o.Bytes...), nil // not nil
			}
		}
		return nil, nil
	})
}
