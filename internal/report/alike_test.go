package report_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// alikeReport has twelve things of each finding, of two values. What is shown of them is of every type that SQLite orders.
const alikeReport = `/*
report = "alike"
title = {zh = "同", en = "alike"}
roles = ["supervision-office"]
rows = ["finding"]
several = true
dimensions = [{name = "finding", zh = "隐患", en = "finding"}]
columns = [
  {name = "things", zh = "数", en = "things", kind = "count"},
  {name = "sum", zh = "和", en = "sum", kind = "sum", of = "worth"},
  {name = "middle", zh = "中", en = "middle", kind = "median", of = "worth"},
  {name = "least", zh = "小", en = "least", kind = "min", of = "worth"},
  {name = "most", zh = "大", en = "most", kind = "max", of = "worth"}]
detail = [{name = "shown", zh = "示", en = "shown", kind = "text"}]
*/
SELECT f.ix, f.finding, 1 + (a.column1 IN ('b', '乙', 2)) AS worth, a.column1 AS shown
FROM findings f, (VALUES ('b'), (2), (10), (2.5), (NULL), ('乙'), ('a'), ('10'), (x'01'), (x''), ('B'), (9007199254740993)) a
WHERE f.finding IN (SELECT finding FROM findings ORDER BY finding LIMIT 2)`

// Things that are ordered alike are ordered by what is shown of them, whether a page begins and ends among them or they stand within it:
// the pages of any length, behind each other, are what opens at once.
func TestPagesEndAmongThingsAlike(t *testing.T) {
	b := database(t, ofMeasures())
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "alike.sql"), []byte(alikeReport), 0o600))
	all, err := report.Load(t.Context(), dir)
	must(t, err)
	r := report.Find(all, "alike")
	who := event.Actor{Role: event.RoleSupervisionOffice}
	for _, figures := range []bool{false, true} {
		conn, err := b.Ask(t.Context(), reportdb.Question{Actor: who, Scope: visibility.ScopeOf(who, &visibility.Fold{}), Names: r.Names()})
		must(t, err)
		x, err := r.On(conn, "", report.Question{Figures: figures})
		must(t, err)
		for _, c := range r.Columns {
			whole := opened(t, x, c, 1000)
			if one := c.Kind == report.Min || c.Kind == report.Max; one && len(whole) != 1 || !one && len(whole) < 12 {
				t.Fatalf("%s: %d things", c.Name, len(whole))
			}
			for each := 1; each <= len(whole) && len(whole) > 1; each++ {
				if pages := opened(t, x, c, each); strings.Join(pages, "\n") != strings.Join(whole, "\n") {
					t.Errorf("%s, by %d:\n%s\nat once:\n%s", c.Name, each, strings.Join(pages, "\n"), strings.Join(whole, "\n"))
				}
			}
		}
		must(t, conn.Close())
	}
}

// opened is what is behind a number of the total, by pages of so many things.
func opened(t *testing.T, x *report.Execution, c *report.Column, each int) (out []string) {
	t.Helper()
	for m := report.Start; ; {
		page, err := x.Open(nil, c, m, each)
		must(t, err)
		for i := range page {
			out = append(out, fmt.Sprintf("%#v", page[i]))
		}
		if len(page) < each || c.Kind == report.Min || c.Kind == report.Max {
			return out
		}
		m = x.After(m, c, page)
	}
}
