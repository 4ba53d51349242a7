package reportdb_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// The functions of questions know the days and minutes that package time knows.
func TestDaysAndMinutesAreThoseOfTheCalendar(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	days, minutes := 0, 0
	for range 200_000 {
		text := time.Unix(rng.Int64N(400*365*86400)-200*365*86400, 0).UTC().Format(tables.Minute)
		if rng.IntN(2) == 0 { // and what is none: other digits, and other signs
			text = strings.Replace(text, string(text[rng.IntN(len(text))]), string("0123456789- :x"[rng.IntN(14)]), 1+rng.IntN(2))
		}
		text = text[:len(text)-rng.IntN(2)*rng.IntN(len(text))]
		var day, minute any
		if at, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))]); err == nil {
			day = at.Unix() / 86400
			days++
		}
		if at, err := time.Parse(tables.Minute, text); err == nil && len(text) == len(tables.Minute) && text[11] != ' ' {
			minute = at.Unix() / 60
			minutes++
		}
		if got := reportdb.DayOf(text); got != day {
			t.Fatalf("days(%q) is %v, want %v", text, got, day)
		}
		if got := reportdb.MinutesOf(text); got != minute {
			t.Fatalf("minutes(%q) is %v, want %v", text, got, minute)
		}
	}
	if t.Log(days, minutes); days < 10_000 || minutes < 10_000 {
		t.Error("there were too few")
	}
}
