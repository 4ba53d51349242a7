package event

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
)

// Beijing is the legal time of the whole country, without daylight saving: limits, dates and days off are read in it.
var Beijing = time.FixedZone("UTC+08:00", 8*60*60)

// Precision says how much of an event's time is known (attribute timeprecision). The date as
// it is written counts: of an event that says 2010-04-05T00:00:00Z with precision day, Occurred
// is the beginning of 2010-04-05 in Beijing, whatever the offset; of precision month or year
// that of the month or year.
type Precision uint8

// The precisions.
const (
	Exact Precision = iota
	Day
	Month
	Year
)

var precisions = [...]string{Exact: "", Day: "day", Month: "month", Year: "year"}

// String returns the value of timeprecision; empty for an exact time.
func (p Precision) String() string { return precisions[p] }

// ParsePrecision reads the value of timeprecision.
func ParsePrecision(s string) (Precision, error) {
	for p, name := range precisions {
		if name == s && s != "" {
			return Precision(p), nil
		}
	}
	return Exact, NewFault(law.FaultNotPrecision, law.Quote("value", s))
}

// Floor returns the first instant in Beijing of the date, month or year that t, in its own
// offset, is written as; t itself, in UTC, when it is exact.
func (p Precision) Floor(t time.Time) time.Time {
	y, m, d := t.Date()
	switch p {
	case Day:
		return time.Date(y, m, d, 0, 0, 0, 0, Beijing).UTC()
	case Month:
		return time.Date(y, m, 1, 0, 0, 0, 0, Beijing).UTC()
	case Year:
		return time.Date(y, 1, 1, 0, 0, 0, 0, Beijing).UTC()
	}
	return t.UTC()
}

// YearOf returns the calendar year in Beijing of an instant: the one in which a fact counts.
func YearOf(t time.Time) int { return t.In(Beijing).Year() }

// Latest returns the last nanosecond at which the fact may have occurred; Occurred itself
// when its time is exact.
func (e *Event) Latest() time.Time {
	if e.Precision == Exact {
		return e.Occurred
	}
	t := e.Occurred.In(Beijing)
	switch e.Precision {
	case Day:
		t = t.AddDate(0, 0, 1)
	case Month:
		t = t.AddDate(0, 1, 0)
	case Year:
		t = t.AddDate(1, 0, 0)
	}
	return t.Add(-1).UTC()
}

// Bounds of the years that a time may be of.
const (
	MinYear = 1900
	MaxYear = 9999
)

// ParseTime reads a date-time of RFC 3339 §5.6 strictly: two digits for every field, a point
// before a fraction of one to nine digits, no leap second, an offset of at most 23:59 that is
// not -00:00 ("unknown"). T and Z may be written small. The result is in the offset as written.
func ParseTime[T ~string | ~[]byte](s T) (time.Time, error) {
	offset, ok := dateTime(s)
	if !ok {
		return time.Time{}, NewFault(law.FaultNotTime, law.Quote("value", string(s)))
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	year, month, day, hour, minute, second := two(0)*100+two(2), two(5), two(8), two(11), two(14), two(17)
	nanosecond, unit := 0, int(time.Second)
	for i := len(dateTimeForm) + 1; i < offset; i++ {
		unit /= 10
		nanosecond += int(s[i]-'0') * unit
	}
	zone := time.UTC
	if offset < len(s)-1 { // no Z
		seconds := (two(offset+1)*60 + two(offset+4)) * 60
		if s[offset] == '-' {
			seconds = -seconds
		}
		zone = time.FixedZone("", seconds)
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, zone)
	// a 31st of June would be the 1st of July
	if month < 1 || month > 12 || day < 1 || t.Day() != day || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, NewFault(law.FaultNotCalendar, law.Quote("value", string(s)))
	}
	if y := t.UTC().Year(); y < MinYear || y > MaxYear {
		return time.Time{}, NewFault(law.FaultYear, law.Int("value", y), law.Int("least", MinYear), law.Int("most", MaxYear))
	}
	return t, nil
}

const dateTimeForm = "0000-00-00T00:00:00"

// dateTime reports whether s has the form of a date-time, and where its offset begins; which days a
// month has, and hours a day, is not looked at.
func dateTime[T ~string | ~[]byte](s T) (offset int, ok bool) {
	if len(s) <= len(dateTimeForm) {
		return 0, false
	}
	for i := range len(dateTimeForm) {
		c, want := s[i], dateTimeForm[i]
		switch {
		case want == '0' && (c < '0' || c > '9'), want == 'T' && c|0x20 != 't', (want == '-' || want == ':') && c != want:
			return 0, false
		}
	}
	i := len(dateTimeForm)
	if s[i] == '.' {
		i++
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if digits := i - len(dateTimeForm) - 1; digits < 1 || digits > 9 {
			return 0, false
		}
	}
	if len(s)-i == 1 {
		return i, s[i]|0x20 == 'z'
	}
	if len(s)-i != len("+08:00") {
		return 0, false
	}
	digit := func(n int, most byte) bool { return s[i+n] >= '0' && s[i+n] <= most }
	return i, (s[i] == '+' || s[i] == '-') && string(s[i:]) != "-00:00" && s[i+3] == ':' &&
		digit(1, '2') && digit(2, '9') && (s[i+1] != '2' || digit(2, '3')) && digit(4, '5') && digit(5, '9')
}

// Happened is when the fact occurred as far as anything is counted from it: what a device's clock says
// that runs ahead of the ledger's was recorded before it occurred, and counts from then (pillar 12).
func (e *Event) Happened() time.Time {
	if e.Occurred.After(e.Recorded) {
		return e.Recorded
	}
	return e.Occurred
}
