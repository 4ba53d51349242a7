package tables

import (
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// The columns of a row are fields of these types, of string, of int64 and of bool. A row is compared with ==: it has no slices,
// maps or pointers. "" is NULL, as is what is not known.

// Name is an id of the ledger, which stands once in the table names: its number there. 0 is none, NULL.
type Name int64

// Number is a number that may not be known; the zero value is NULL, and not 0.
type Number struct {
	n     int64
	known bool
}

// Known is a number that is known.
func Known(n int64) Number { return Number{n, true} }

// Perhaps is a number of a body that may leave it out.
func Perhaps[N int | int64 | uint64](n *N) Number {
	if n == nil {
		return Number{}
	}
	return Known(int64(*n))
}

// Plus adds to a number; what is not known counts as nothing.
func (n Number) Plus(m int64) Number { return Known(n.n + m) }

// Real is a number with a fraction that may not be known; the zero value is NULL.
type Real struct {
	n     float64
	known bool
}

// RealOf is a number of a body that may leave it out.
func RealOf(n *float64) Real {
	if n == nil {
		return Real{}
	}
	return Real{*n, true}
}

// Set is a set of codes or ids as one text, in which each stands between blanks: " FIRE MINE "; the zero value is NULL. Whether it has one
// is asked exactly: instr(set, ' FIRE ') > 0.
type Set string

// SetOf is a set as text. No code and no id has a blank.
func SetOf(members []string) Set {
	if len(members) == 0 {
		return ""
	}
	return Set(" " + strings.Join(members, " ") + " ")
}

// Moment is an instant to the minute, or a day. In the database it is text in Beijing time, "2026-12-02 09:30" or
// "2026-12-02": so texts compare as instants do, and a day is their beginning. The zero value is NULL.
type Moment struct {
	minute int64 // since 1970 in Beijing, and 1
	day    bool
}

const beijing = 8 * 60 // minutes

// Occurred is when a fact occurred, as exactly as it says.
func Occurred(e *event.Event) Moment {
	m := At(e.Occurred)
	m.day = e.Precision != event.Exact
	return m
}

// At is an instant; none is the zero value.
func At(t time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	unix := t.Unix()
	minute := unix / 60
	if unix%60 < 0 {
		minute--
	}
	return Moment{minute: minute + beijing + 1}
}

// Day is a date of a body, YYYY-MM-DD; what is none is the zero value.
func Day(date string) Moment {
	t, err := time.ParseInLocation(time.DateOnly, date, event.Beijing)
	if err != nil {
		return Moment{}
	}
	m := At(t)
	m.day = true
	return m
}

// IsZero reports whether it is none.
func (m Moment) IsZero() bool { return m == Moment{} }

// First returns the earlier of two; none counts as later than any.
func (m Moment) First(o Moment) Moment {
	if m.IsZero() || !o.IsZero() && o.minute < m.minute {
		return o
	}
	return m
}

// Minute is the layout of a moment in the database that is no day alone, in Asia/Shanghai.
const Minute = "2006-01-02 15:04"

// String is its text in the database.
func (m Moment) String() string {
	t := time.Unix((m.minute-1)*60, 0).UTC()
	if m.day {
		return t.Format(time.DateOnly)
	}
	return t.Format(Minute)
}

// days writes moments, and remembers the day of the last one: most follow each other.
type days struct {
	day  int64
	text string
}

func (d *days) write(m Moment) string {
	minute := m.minute - 1
	day := minute / (24 * 60)
	if minute < 0 {
		return m.String()
	}
	if day != d.day || d.text == "" {
		d.day, d.text = day, time.Unix(day*24*60*60, 0).UTC().Format(time.DateOnly)
	}
	if m.day {
		return d.text
	}
	minute -= day * 24 * 60
	b := make([]byte, 0, 16)
	b = append(b, d.text...)
	h, min := byte(minute/60), byte(minute%60)
	return string(append(b, ' ', '0'+h/10, '0'+h%10, ':', '0'+min/10, '0'+min%10))
}

// texts keeps one copy of each short text, apart from the bytes of entries; longer ones are copied. Now and then it forgets all,
// because numbers of papers come once.
type texts map[string]string

const mostTexts = 1 << 13

func (t texts) keep(s string) string {
	if s == "" {
		return ""
	}
	if len(s) > 32 {
		return strings.Clone(s)
	}
	if kept, ok := t[s]; ok {
		return kept
	}
	if len(t) >= mostTexts {
		clear(t)
	}
	s = strings.Clone(s)
	t[s] = s
	return s
}
