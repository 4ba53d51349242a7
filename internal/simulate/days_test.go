package simulate

import (
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
)

var manyDays = flag.Int("days", 5, "of how many days the sample is looked at, from today on; 2 with -short")

// TestASampleOfAnyDay: `serve --sample` draws another campaign each day. Whatever the day, and whatever the hour, the rules accept all of
// it, and it has what README searches for: names with 公司.
func TestASampleOfAnyDay(t *testing.T) {
	n := *manyDays
	if testing.Short() {
		n = min(n, 2)
	}
	now := time.Now().In(event.Beijing)
	for i := range n {
		day := time.Date(now.Year(), now.Month(), now.Day()+i, 0, 0, 0, 0, event.Beijing)
		t.Run(day.Format(time.DateOnly), func(t *testing.T) {
			c := Config{Seed: 1, Base: day.AddDate(0, 0, -28), Live: true}
			runUntil(t, c, day.Add(time.Duration(i*7%24)*time.Hour))
			companies := 0
			for r := range generator(t, c).Requests() {
				for _, e := range r.Events {
					if d, is := e.Data.(*subject.Registered); is && strings.Contains(d.Name, "公司") {
						companies++
					}
				}
			}
			if companies < 5 {
				t.Errorf("%d companies", companies)
			}
		})
	}
}
