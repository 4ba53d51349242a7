package obligation

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// Limit is how long there is time: a number of hours or days. The zero value is no limit.
type Limit struct {
	N    int
	Unit Unit
}

// InDays is a limit in calendar days that a plan may leave out.
func InDays(n *int) Limit {
	if n == nil {
		return Limit{}
	}
	return Limit{N: *n, Unit: Days}
}

// InHours is a limit in hours that a plan may leave out.
func InHours(n *int) Limit {
	if n == nil {
		return Limit{}
	}
	return Limit{N: *n, Unit: Hours}
}

// Unit is what a limit is counted in.
type Unit uint8

// The units: hours run on; calendar days count from the next day and end with the last one, or with
// the next working day when that is off; working days are counted without days off (行政强制法 Art. 69). Months and years end
// with the same date, or with the last of a month that has none.
const (
	Hours Unit = iota
	Days
	WorkingDays
	Months
	Years
)

// LimitOf returns a limit of the law; the zero value where it is no length of time.
func LimitOf(l codes.LawLimit) Limit {
	unit, ok := map[string]Unit{"hours": Hours, "days": Days, "working-days": WorkingDays, "months": Months, "years": Years}[l.Unit]
	if !ok {
		return Limit{}
	}
	return Limit{int(l.Number), unit}
}

// Day is a day in Beijing, counted from 1970-01-01.
type Day int32

const daySeconds = 24 * 60 * 60

// offset is how far Beijing is ahead of UTC, in seconds.
var offset = func() int64 {
	_, seconds := time.Unix(0, 0).In(event.Beijing).Zone()
	return int64(seconds)
}()

// DayOf returns the day on which an instant lies.
func DayOf(t time.Time) Day {
	s := t.Unix() + offset
	if s < 0 {
		s -= daySeconds - 1
	}
	return Day(s / daySeconds)
}

// ParseDay reads a date, YYYY-MM-DD.
func ParseDay(date string) (Day, error) {
	t, err := time.ParseInLocation(time.DateOnly, date, event.Beijing)
	if err != nil {
		return 0, err
	}
	return DayOf(t), nil
}

// DayOn reads a date whose form was checked; 0 where none was stated.
func DayOn(date string) Day {
	day, _ := ParseDay(date)
	return day
}

// Date returns the day on which an instant lies, YYYY-MM-DD; "" of the zero time.
func Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(event.Beijing).Format(time.DateOnly)
}

// End returns the last nanosecond of a day: a limit, or the date of an order, ends with it. A date
// is not moved when it is off.
func (d Day) End() time.Time { return time.Unix((int64(d)+1)*daySeconds-offset, 0).Add(-1).UTC() }

// months returns the day some months later.
func (d Day) months(n int) Day {
	at := d.End().In(event.Beijing)
	first := time.Date(at.Year(), at.Month()+time.Month(n), 1, 0, 0, 0, 0, event.Beijing)
	last := first.AddDate(0, 1, -1)
	return DayOf(first) + Day(min(at.Day(), last.Day())-1)
}

// String returns the date, YYYY-MM-DD.
func (d Day) String() string { return d.End().In(event.Beijing).Format(time.DateOnly) }

// Weekend reports whether a day is a Saturday or a Sunday. Day 0 was a Thursday.
func (d Day) Weekend() bool { return (d%7+7+3)%7 > 4 }

// Calendar has the days that are not as the week says: true is off, false is worked (调休). The zero
// value knows weekends only.
type Calendar map[Day]bool

// Calendars are all calendars of a city in the order in which they were published, each with all that was
// published up to it. The zero value knows weekends only. It is a value: [Calendars.With] changes nothing.
type Calendars struct {
	known []uint64   // position of the entry that made each known
	days  []Calendar // the first is that of before any was known: weekends only
}

// With returns the calendars and one more, of an entry behind all others.
func (c Calendars) With(index uint64, days Calendar) Calendars {
	if len(c.known) == 0 {
		c = Calendars{[]uint64{0}, []Calendar{nil}}
	}
	return Calendars{append(slices.Clip(c.known), index), append(slices.Clip(c.days), days)}
}

// Before returns those that entries before an index have made known.
func (c Calendars) Before(index uint64) Calendars {
	n := len(c.known)
	for n > 1 && c.known[n-1] >= index {
		n--
	}
	return Calendars{c.known[:n], c.days[:n]}
}

// Since returns the calendars that count for what was opened by the entry at a position: the one known then, and
// all that were published since (pillar 12). The caller must not change them.
func (c Calendars) Since(opened uint64) []Calendar {
	for i := len(c.known) - 1; i > 0; i-- {
		if c.known[i] < opened {
			return c.days[i:]
		}
	}
	return c.days
}

// off reports whether nobody works on a day.
func (c Calendar) off(d Day) bool {
	if off, listed := c[d]; listed {
		return off
	}
	return d.Weekend()
}

// end returns the last instant that is in time under one calendar.
func (l Limit) end(start time.Time, c Calendar) time.Time {
	if l.Unit == Hours {
		return start.Add(time.Duration(l.N) * time.Hour)
	}
	day := DayOf(start)
	if l.Unit == WorkingDays {
		for n := l.N; n > 0; {
			if day++; !c.off(day) {
				n--
			}
		}
		return day.End()
	}
	switch l.Unit {
	case Months:
		day = day.months(l.N)
	case Years:
		day = day.months(12 * l.N)
	default:
		day += Day(l.N)
	}
	for c.off(day) {
		day++
	}
	return day.End()
}

// Due returns the last instant that is in time: of the calendars, which are those known since the
// opening, the one that gives the latest counts, so that no calendar takes time from anybody. Without
// one weekends are off. The zero time is no limit.
func (l Limit) Due(start time.Time, calendars ...Calendar) time.Time {
	if l.N == 0 {
		return time.Time{}
	}
	if len(calendars) == 0 {
		return l.end(start, nil)
	}
	var due time.Time
	for _, c := range calendars {
		if end := l.end(start, c); end.After(due) {
			due = end
		}
	}
	return due
}
