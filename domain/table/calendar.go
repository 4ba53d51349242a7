package table

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// longest is the most days of one holiday: a slip of the pen in a date makes months of it.
const longest = 15

// check checks what a year says by itself: holidays lie in it, apart from the days of the New Year that touch its
// neighbours, do not overlap, and nobody works on them; only a weekend is exchanged for another day.
func (y *Year) check(k *event.Checker) {
	first, last := fmt.Sprintf("%04d-12-25", y.Year-1), fmt.Sprintf("%04d-01-07", y.Year+1)
	off := map[obligation.Day]string{}
	for i, h := range y.Holidays {
		at := fmt.Sprintf("calendar.holidays.%d", i)
		from, err1 := obligation.ParseDay(h.From)
		to, err2 := obligation.ParseDay(h.To)
		if err1 != nil || err2 != nil {
			continue // the form of the dates is checked already
		}
		k.That(first <= h.From && h.To <= last, at, law.FaultOtherYear, law.Int("year", y.Year))
		k.That(from <= to, at+".to", law.FaultNotBeforeFrom)
		if to-from >= longest {
			k.That(false, at+".to", law.FaultLongHoliday, law.Int("most", longest))
			continue
		}
		for d := from; d <= to; d++ {
			if other, taken := off[d]; taken {
				k.That(false, at, law.FaultOverlap, law.Quote("value", other))
				break
			}
			off[d] = h.Name
		}
	}
	for i, date := range y.Worked {
		at := fmt.Sprintf("calendar.worked.%d", i)
		day, err := obligation.ParseDay(date)
		if err != nil {
			continue
		}
		name, isOff := off[day]
		k.That(!isOff, at, law.FaultWorkedHoliday, law.Quote("value", name))
		k.That(day.Weekend(), at, law.FaultWorkedWeekday)
		k.That(first <= date && date <= last, at, law.FaultOtherYear, law.Int("year", y.Year))
	}
}

// days puts what a year says into a calendar.
func (y *Year) days(c obligation.Calendar) {
	for _, h := range y.Holidays {
		from, err1 := obligation.ParseDay(h.From)
		to, err2 := obligation.ParseDay(h.To)
		for d := from; err1 == nil && err2 == nil && d <= to && d < from+longest; d++ {
			c[d] = true
		}
	}
	for _, date := range y.Worked {
		if d, err := obligation.ParseDay(date); err == nil {
			c[d] = false
		}
	}
}

// contradicts refuses a year that says of a day the contrary of what another year's calendar in force says (R26): the
// days of a New Year stand in both.
func (y *Year) contradicts(s *State) *event.Refusal {
	if s == nil {
		return nil
	}
	own := obligation.Calendar{}
	y.days(own)
	for _, ed := range s.years() {
		if ed.Calendar.Year == y.Year {
			continue
		}
		other := obligation.Calendar{}
		ed.Calendar.days(other)
		var days []string
		for d, off := range own {
			if said, listed := other[d]; listed && said != off {
				days = append(days, d.String())
			}
		}
		if days != nil {
			slices.Sort(days)
			return event.Refuse(law.R26, law.CalendarContradicts, law.Int("year", ed.Calendar.Year), law.Int("version", ed.Version),
				law.List("days", days), law.Str("field", "calendar"))
		}
	}
	return nil
}

// HolidayAt returns the holiday in which an instant lies, by the newest calendar of each year that was known before the entry at an
// index (R26).
func (s *State) HolidayAt(t time.Time, index uint64) (name string, ok bool) {
	if s == nil {
		return "", false
	}
	date := t.In(event.Beijing).Format(time.DateOnly)
	for _, ed := range s.before(index).years() {
		for _, h := range ed.Calendar.Holidays {
			if h.From <= date && date <= h.To {
				return h.Name, true
			}
		}
	}
	return "", false
}

// HolidayOn reports whether the newest calendar of a year has a holiday of that name in which two days lie (R26); known is false
// while the year has no calendar.
func (s *State) HolidayOn(name, from, to string) (version uint64, known, has bool) {
	if s == nil {
		return 0, false, false
	}
	for _, ed := range s.years() {
		if from[:4] == strconv.Itoa(ed.Calendar.Year) {
			version, known = ed.Version, true
		}
		for _, h := range ed.Calendar.Holidays {
			if h.Name == name && h.From <= from && to <= h.To {
				return ed.Version, true, true
			}
		}
	}
	return version, known, false
}

// before is the table as it was before the entry at an index, as far as its editions go.
func (s *State) before(index uint64) *State {
	n := len(s.Editions)
	for n > 0 && s.Editions[n-1].Version >= index {
		n--
	}
	return &State{Editions: s.Editions[:n]}
}

// years returns the editions of the holidays in force, one for each year, oldest first.
func (s *State) years() (in []*Edition) {
	for i, ed := range s.Editions {
		replaced := false
		for _, later := range s.Editions[i+1:] {
			replaced = replaced || later.Calendar.Year == ed.Calendar.Year
		}
		if !replaced {
			in = append(in, ed)
		}
	}
	return in
}
