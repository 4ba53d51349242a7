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
	return event.Refuse(law.Pillar7, law.TimeOfDayRequired,
		"%s is a fact of the visit, whose time of day is known; timeprecision %s is for records that others wrote and for dated documents",
		j.e.Type.Name, j.e.Precision)
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
			first, name = w.recordedAt, "site record"
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
	j.flag(law.Pillar7, law.ClockOrder,
		"%s occurred at %s, before the %s at %s: one of the two clocks was wrong", later, stamp(j.e.Occurred), earlier, stamp(first))
}
