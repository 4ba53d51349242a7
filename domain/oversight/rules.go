package oversight

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/google/uuid"
)

// Decide judges an explanation against the deviations of its stream (R08). The error is an
// *event.Refusal.
func Decide(st State, e *event.Event) error {
	d, ok := e.Data.(*DeviationExplained)
	if !ok {
		return nil
	}
	id, err := uuid.Parse(d.Deviation)
	if err != nil || !st.Flagged(id) {
		return event.Refuse(law.R08, law.UnknownDeviation, "stream %s has no deviation %s", e.Stream, d.Deviation)
	}
	return nil
}
