package oversight

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// State is the set of deviations flagged on one stream, which is small: most streams have
// none. The zero value is empty. It is a value: Apply returns the next one and leaves s as
// it is.
type State struct {
	flagged []uuid.UUID // append-only
}

// Flagged reports whether a deviation of this stream has the event id.
func (s State) Flagged(id uuid.UUID) bool { return slices.Contains(s.flagged, id) }

// Apply returns the state after one recorded event.
func (s State) Apply(e *event.Event) State {
	if _, ok := e.Data.(*DeviationFlagged); !ok {
		return s
	}
	n := len(s.flagged)
	return State{append(s.flagged[:n:n], e.ID)}
}
