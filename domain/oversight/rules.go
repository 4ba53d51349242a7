package oversight

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Decide judges an explanation against the deviations of its stream (R08). The error is an
// *event.Refusal.
func Decide(st State, e *event.Event) error {
	d, ok := e.Data.(*DeviationExplained)
	if !ok {
		return nil
	}
	id, ok := event.ParseUUID(d.Deviation)
	if !ok || !st.Flagged(id) {
		return event.Refuse(law.R08, law.UnknownDeviation, law.Str("stream", e.Stream.String()), law.Str("deviation", d.Deviation))
	}
	return nil
}
