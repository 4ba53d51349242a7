package report_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// R74, R13: gaps and risks are told by day, week, month, quarter and year, and each cuts the whole.
func TestR74TrendsAreToldByDayWeekMonthQuarterAndYear(t *testing.T) {
	b := database(t, campaigntest.Entries(t, simulate.Config{Seed: 3}))
	office := event.Actor{Role: event.RoleSupervisionOffice}
	for by, form := range map[string]string{"day": `^\d{4}-\d\d-\d\d$`, "week": `^\d{4}-\d\d-\d\d$`, "month": `^\d{4}-\d\d$`,
		"quarter": `^\d{4} Q[1-4]$`, "year": `^\d{4}$`} {
		rows, total := answered(t, b, "L10", office, report.Question{Rows: by})
		sum := map[string]int64{}
		for _, r := range rows {
			key, _ := r["by "+by].(string)
			if !regexp.MustCompile(form).MatchString(key) {
				t.Errorf("by %s: %v", by, r)
			}
			if day, err := time.Parse(time.DateOnly, key); by == "week" && (err != nil || day.Weekday() != time.Monday) {
				t.Errorf("a week begins on %s", key)
			}
			for _, name := range []string{"visits", "risks_found", "risks_solved", "risks"} {
				n, _ := r[name].(int64)
				sum[name] += n
			}
		}
		for name, n := range sum {
			if total[name] != n || n == 0 {
				t.Errorf("by %s: %s are %d, the total says %v", by, name, n, total[name])
			}
		}
		if total["risks_found"] != sum["risks_solved"]+sum["risks"] {
			t.Errorf("by %s: %v", by, total)
		}
	}
}
