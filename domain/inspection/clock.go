package inspection

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// hourKnown refuses a fact of the field without its time of day: it was there when it happened,
// and what counts minutes (R37, R42) would be switched off. Records that others wrote, and
// documents that bear a date only, may leave it out (pillar 7).
func (j *judgement) hourKnown(at stage) *event.Refusal {
	if j.imported || at == afterwards || j.e.Precision == event.Exact {
		return nil
	}
	return event.Refuse(law.Pillar7, law.TimeOfDayRequired, law.Str("type", j.e.Type.Name), law.Str("precision", j.e.Precision.String()))
}

// clocks flags a fact that by its clock lies before what must have come first, by more than
// clocks usually differ (pillar 7).
func (j *judgement) clocks(at stage) {
	if j.imported || at < onSite {
		return
	}
	w := j.st.open()
	first, name := w.startedAt, "start"
	switch j.e.Data.(type) {
	case *Arrived, *Joined:
	case *Departed:
		return // the stay is measured
	case *LeaderReviewed, *Closed:
		if !w.recordedAt.IsZero() {
			first, name = w.recordedAt, "site-record"
		}
	default:
		if !w.arrivedAt.IsZero() {
			first, name = w.arrivedAt, "arrival"
		}
	}
	slack := time.Duration(j.sc.Policy.MaxSkewSeconds) * time.Second
	if !first.IsZero() && j.e.Latest().Before(first.Add(-slack)) {
		j.order(j.e.Type.Name, name, first)
	}
}

// order flags two times that cannot both be right.
func (j *judgement) order(later, earlier string, first time.Time) {
	j.flag(law.Pillar7, law.ClockOrder, law.Str("type", later), law.At("occurred_at", j.e.Occurred), law.Str("earlier", earlier),
		law.At("earlier_at", first))
}

// minutes is a length of time in whole minutes.
func minutes(name string, d time.Duration) law.Value { return law.Int(name, int64(d/time.Minute)) }
