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
		day, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
		if err != nil {
			return nil, nil //nolint:nilnil // NULL: it is no date
		}
		return day.Unix() / secondsOfDay, nil
	})
	sqlite.MustRegisterDeterministicScalarFunction("day_of", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		n, ok := args[0].(int64)
		if !ok || n < -700_000 || n > 2_900_000 {
			return nil, nil //nolint:nilnil // NULL: it is no day
		}
		return time.Unix(n*secondsOfDay, 0).UTC().Format(time.DateOnly), nil
	})
	sqlite.MustRegisterDeterministicScalarFunction("minutes", 1, minutes)
})

func minutes(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
	text, _ := args[0].(string)
	at, err := time.Parse(tables.Minute, text)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // NULL: it is no instant
	}
	return at.Unix() / 60, nil
}

const secondsOfDay = 24 * 60 * 60
