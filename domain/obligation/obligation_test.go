package obligation

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", s, event.Beijing)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func day(t testing.TB, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// due wants a limit to end with a second, or within the last nanosecond before it.
func due(t *testing.T, l Limit, start, want string, calendars ...Calendar) {
	t.Helper()
	got := l.Due(instant(t, start), calendars...)
	if end := instant(t, want); !got.Equal(end) && !got.Equal(end.Add(time.Second-1)) {
		t.Errorf("%v from %s: due %s, want %s", l, start, got.In(event.Beijing), want)
	}
}

// R42: the site record is due within hours, which run on through nights and weekends.
func TestALimitInHoursRunsOn(t *testing.T) {
	due(t, Limit{24, Hours}, "2019-12-06 09:30:00", "2019-12-07 09:30:00") // Friday to Saturday
}

// R43: three days for the copies, counted from the next day; the last day counts whole, in Beijing.
func TestALimitInDaysEndsWithTheLastDay(t *testing.T) {
	due(t, Limit{3, Days}, "2019-12-02 09:30:00", "2019-12-05 23:59:59")
	due(t, Limit{3, Days}, "2019-12-02 00:00:00", "2019-12-05 23:59:59") // still Sunday in UTC
	due(t, Limit{3, Days}, "2019-12-02 23:59:59", "2019-12-05 23:59:59")
}

// Only the end is moved: a weekend in between is counted.
func TestALimitInDaysThatEndsOnADayOffEndsWithTheNextWorkingDay(t *testing.T) {
	due(t, Limit{3, Days}, "2019-12-04 09:00:00", "2019-12-09 23:59:59") // Saturday → Monday
	due(t, Limit{3, Days}, "2019-12-05 09:00:00", "2019-12-09 23:59:59") // Sunday → Monday
	due(t, Limit{3, Days}, "2019-12-06 09:00:00", "2019-12-09 23:59:59")
	due(t, Limit{5, Days}, "2019-12-06 09:00:00", "2019-12-11 23:59:59")
}

// 行政强制法 Art. 69: limits of ten days or less are working days.
func TestWorkingDaysAreCountedWithoutDaysOff(t *testing.T) {
	due(t, Limit{3, WorkingDays}, "2019-12-05 09:00:00", "2019-12-10 23:59:59") // Friday, Monday, Tuesday
	due(t, Limit{7, WorkingDays}, "2019-12-07 09:00:00", "2019-12-17 23:59:59") // from a Saturday
}

func TestMonthsAndYearsEndWithTheSameDate(t *testing.T) {
	due(t, Limit{1, Months}, "2019-12-02 09:00:00", "2020-01-02 23:59:59")
	due(t, Limit{2, Months}, "2019-12-31 09:00:00", "2020-03-02 23:59:59") // 29 February is a Saturday
	due(t, Limit{1, Years}, "2020-02-29 09:00:00", "2021-03-01 23:59:59")  // 28 February is a Sunday
	due(t, Limit{3, Years}, "2019-12-02 09:00:00", "2022-12-02 23:59:59")
	due(t, Limit{14, Months}, "2019-12-02 00:00:00", "2021-02-02 23:59:59")
}

// 调休: a Saturday may be worked and a Wednesday be off; the year's table says so.
func TestACalendarSaysWhatTheWeekDoesNot(t *testing.T) {
	newYear := Calendar{day(t, "2020-01-01"): true, day(t, "2020-01-04"): false}
	due(t, Limit{1, Days}, "2019-12-31 09:00:00", "2020-01-02 23:59:59", newYear)
	due(t, Limit{4, Days}, "2019-12-31 09:00:00", "2020-01-04 23:59:59", newYear)
	due(t, Limit{2, WorkingDays}, "2019-12-31 09:00:00", "2020-01-03 23:59:59", newYear)
}

// Pillar 12: no calendar takes time from anybody.
func TestOfTheCalendarsKnownSinceTheOpeningTheLatestEndCounts(t *testing.T) {
	bridge := Calendar{day(t, "2019-12-05"): true, day(t, "2019-12-06"): true}
	worked := Calendar{day(t, "2019-12-05"): false, day(t, "2019-12-07"): false}
	due(t, Limit{3, Days}, "2019-12-02 09:00:00", "2019-12-09 23:59:59", nil, bridge, worked)
	due(t, Limit{3, Days}, "2019-12-02 09:00:00", "2019-12-05 23:59:59", nil, worked)
}

func TestWhatNobodyLimitsIsNeverLate(t *testing.T) {
	if at := (Limit{}).Due(instant(t, "2019-12-02 09:00:00")); !at.IsZero() {
		t.Errorf("due %s", at)
	}
	o := Obligation{Met: true, MetAt: instant(t, "2039-12-02 09:00:00")}
	if o.State() != Met {
		t.Errorf("it is %s", o.State())
	}
}

func TestAnObligationIsVoidOpenMetOrLate(t *testing.T) {
	end := day(t, "2019-12-05").End()
	for _, c := range []struct {
		o    *Obligation
		want State
	}{
		{nil, Void},
		{&Obligation{Due: end}, Open},
		{&Obligation{Due: end, Met: true, MetAt: end}, Met},
		{&Obligation{Due: end, Met: true, MetAt: end.Add(1)}, Late},
		{&Obligation{Due: end, Met: true}, Met}, // nobody asked when
	} {
		if got := c.o.State(); got != c.want {
			t.Errorf("%+v is %s, want %s", c.o, got, c.want)
		}
	}
}

func TestDaysAreBeijings(t *testing.T) {
	for _, s := range []string{"1900-01-01", "1969-12-31", "1970-01-01", "2019-12-02", "9999-12-31"} {
		d := day(t, s)
		end := d.End().In(event.Beijing)
		if end.Format(time.DateOnly) != s || end.Add(1).Format("15:04:05.999999999") != "00:00:00" || DayOf(end) != d || DayOf(end.Add(1)) != d+
			1 {
			t.Errorf("%s is day %d, which ends %s", s, d, end)
		}
		noon := instant(t, s+" 12:00:00")
		if off := noon.Weekday() == time.Saturday || noon.Weekday() == time.Sunday; DayOf(noon) != d || d.Weekend() != off {
			t.Errorf("%s: day %d, weekend %v", s, DayOf(noon), d.Weekend())
		}
	}
}

// Pillar 7: what a device dates in the future happened when it was recorded, at the latest.
func TestAFactNeverHappenedAfterItWasRecorded(t *testing.T) {
	e := &event.Event{Occurred: instant(t, "2019-12-02 10:00:00"), Recorded: instant(t, "2019-12-02 09:00:00")}
	f := FactOf(e)
	own, told := Kind{From: Occurrence}, Kind{From: Known}
	if !own.Since(f).Equal(e.Recorded) || !told.Since(f).Equal(e.Recorded) {
		t.Errorf("%+v", f)
	}
	e.Occurred = e.Recorded.Add(-time.Hour)
	if f = FactOf(e); !own.Since(f).Equal(e.Occurred) || !told.Since(f).Equal(e.Recorded) {
		t.Errorf("%+v", f)
	}
}
