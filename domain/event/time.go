package event

import (
	"fmt"
	"strings"
	"time"
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
	return Exact, fmt.Errorf("%q, want day, month or year, or nothing for an exact time", s)
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
func ParseTime(s string) (time.Time, error) {
	if !dateTime(s) {
		return time.Time{}, fmt.Errorf("%q, want RFC 3339 such as 2019-12-02T09:30:00+08:00", s)
	}
	t, err := time.Parse(time.RFC3339Nano, strings.ToUpper(s))
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time of the calendar", s)
	}
	if y := t.UTC().Year(); y < MinYear || y > MaxYear {
		return time.Time{}, fmt.Errorf("%q: the year is not within %d…%d", s, MinYear, MaxYear)
	}
	return t, nil
}

// dateTime reports whether s has the form of a date-time; which days a month has is not looked at.
func dateTime(s string) bool {
	const form = "0000-00-00T00:00:00"
	if len(s) <= len(form) {
		return false
	}
	for i := range len(form) {
		c := s[i]
		switch {
		case form[i] == '0' && (c < '0' || c > '9'), form[i] == 'T' && c|0x20 != 't', (form[i] == '-' || form[i] == ':') && c != form[i]:
			return false
		}
	}
	rest := s[len(form):]
	if rest[0] == '.' {
		n := 1
		for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
			n++
		}
		if n == 1 || n > 10 {
			return false
		}
		rest = rest[n:]
	}
	if len(rest) == 1 {
		return rest[0]|0x20 == 'z'
	}
	digit := func(i int, most byte) bool { return rest[i] >= '0' && rest[i] <= most }
	return len(rest) == 6 && (rest[0] == '+' || rest[0] == '-') && rest != "-00:00" && rest[3] == ':' &&
		digit(1, '2') && digit(2, '9') && (rest[1] != '2' || digit(2, '3')) && digit(4, '5') && digit(5, '9')
}

// Happened is when the fact occurred as far as anything is counted from it: what a device's clock says
// that runs ahead of the ledger's was recorded before it occurred, and counts from then (pillar 12).
func (e *Event) Happened() time.Time {
	if e.Occurred.After(e.Recorded) {
		return e.Recorded
	}
	return e.Occurred
}
