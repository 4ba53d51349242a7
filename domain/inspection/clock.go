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
	first, earlier := w.startedAt(), "start"
	switch j.e.Data.(type) {
	case *Arrived, *Joined:
	case *Departed:
		return // the stay is measured
	case *LeaderReviewed, *Closed:
		if w.account != nil && j.st.is(recorded) {
			first, earlier = w.account.device, "site-record"
		}
	default:
		if at, arrival := j.st.firstOnSite(); arrival {
			first, earlier = at, "arrival"
		}
	}
	j.notBefore(micros(first), j.e.Type.Name, earlier)
}

// firstOnSite is when the inspectors arrived, or else when they began; zero when neither is known any more.
func (s *State) firstOnSite() (at time.Time, arrival bool) {
	w := s.open()
	if w.arrivedAt == nil {
		return w.startedAt(), false
	}
	return *w.arrivedAt, true
}

// micros is a time in microseconds since 1970, 0 for none.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// notBefore flags an event that lies before what came first, in [micros], by more than clocks usually differ.
func (j *judgement) notBefore(first int64, later, earlier string) {
	if first != 0 && j.latest.UnixMicro() < first-int64(j.sc.Policy.MaxSkewSeconds)*1e6 {
		j.order(later, earlier, time.UnixMicro(first))
	}
}

// order flags two times that cannot both be right.
func (j *judgement) order(later, earlier string, first time.Time) {
	j.flag(law.Pillar7, law.ClockOrder, law.Str("type", later), law.At("occurred_at", j.occurred), law.Str("earlier", earlier),
		law.At("earlier_at", first))
}

// minutes is a length of time in whole minutes.
func minutes(name string, d time.Duration) law.Value { return law.Int(name, int64(d/time.Minute)) }
