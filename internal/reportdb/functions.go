package reportdb

import (
	"database/sql/driver"
	"sync"
	"time"

	"modernc.org/sqlite"

	"github.com/anjian-ledger/anjian/projections/tables"
)

// SQLite's own functions of dates know the word 'now', and no authorizer sees it: the same question would have another answer tomorrow.
// So questions have three of ours: days of a text that begins with a date is the number of that day, and day_of a number the date.
// days(a) - days(b) is how many days lie between, days(a) % 7 tells the day of the week (0: Thursday). minutes of a
// text that has a time of day is the number of that minute; a day alone has none, so that no stay or delay is computed from it.
var addFunctions = sync.OnceFunc(func() {
	sqlite.MustRegisterDeterministicScalarFunction("days", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, _ := args[0].(string)
		if day, ok := dayOf(text); ok {
			return day, nil
		}
		return nil, nil //nolint:nilnil // NULL: it is no date
	})
	sqlite.MustRegisterDeterministicScalarFunction("day_of", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		n, ok := args[0].(int64)
		if !ok || n < -700_000 || n > 2_900_000 {
			return nil, nil //nolint:nilnil // NULL: it is no day
		}
		return time.Unix(n*secondsOfDay, 0).UTC().Format(time.DateOnly), nil
	})
	sqlite.MustRegisterDeterministicScalarFunction("minutes", 1, minutes)
	sqlite.MustRegisterFunction("tally", &sqlite.FunctionImpl{NArgs: -1, VolatileArgs: true, Scalar: addTo})
})

func minutes(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, _ := args[0].(string)
	if len(text) != len(tables.Minute) || text[10] != ' ' || text[13] != ':' {
		return nil, nil //nolint:nilnil // NULL: it is no instant
	}
	day, ok := dayOf(text)
	hour, okHour := number(text[11:13])
	minute, okMinute := number(text[14:16])
	if !ok || !okHour || !okMinute || hour > 23 || minute > 59 {
		return nil, nil //nolint:nilnil // NULL: likewise
	}
	return day*24*60 + hour*60 + minute, nil
}

// dayOf is the number of the day with which a text begins. A report asks it of each of its things, so it is not left to the layouts of
// package time.
func dayOf(text string) (day int64, ok bool) {
	if len(text) < len(time.DateOnly) || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	y, okYear := number(text[:4])
	m, okMonth := number(text[5:7])
	d, okDay := number(text[8:10])
	if !okYear || !okMonth || !okDay || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	date := time.Date(int(y), time.Month(m), int(d), 0, 0, 0, 0, time.UTC)
	return date.Unix() / secondsOfDay, date.Day() == int(d) // of a day that the month does not have, it is one of the next
}

// number reads digits.
func number(text string) (n int64, ok bool) {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

const secondsOfDay = 24 * 60 * 60
