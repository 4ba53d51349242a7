package report_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/report"
)

// Every report of ours can be asked everything by each of its roles.
func TestOurReportsAreWhole(t *testing.T) {
	all, err := report.Read("")
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Check(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 5 {
		t.Errorf("there are %d reports", len(all))
	}
}

// readme is the report that the README shows.
func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```sql\n(/\\*\nreport.*?)```").FindSubmatch(text)
	if m == nil {
		t.Fatal("the README shows no report")
	}
	return string(m[1])
}

// What the README shows can be used as it is, and stands beside ours.
func TestTheReportOfTheReadmeIsWhole(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "my.sql"), []byte(readme(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	all, err := report.Load(t.Context(), dir)
	if err != nil || len(all) < 6 || all[len(all)-1].ID != "my-1" {
		t.Errorf("%d reports, %v", len(all), err)
	}
}

// Each fault of a file is told with the line on which it is.
func TestFaultsHaveALine(t *testing.T) {
	whole := readme(t)
	for _, fault := range []struct{ old, wrong, says string }{
		{"roles = [", "rolls = [", `no word "rolls"`},
		{`"county-government"]`, `"county-governors"]`, "no role"},
		{`kind = "count"},`, `kind = "cuont"},`, "no kind"},
		{`kind = "count"},`, `kind = "count",,},`, ""},
		{`en = "level", codes = "level"`, `en = "level", codes = "levels"`, "no list of codes"},
		{`of = ["open", "found"]`, `of = ["open", "fond"]`, "no column"},
		{`fixed IS NULL AND`, `fixd IS NULL AND`, "no such column: fixd"},
		{`rows = ["county", "level"`, `rows = ["county", "levl"`, "no dimension"},
		{`type = "number"`, `type = "nummer"`, "no type"},
		{"f.level, f.subject", "f.levell, f.subject", "no such column"},
		{"FROM findings f", "FROM hazards f", "no such table"},
		{"FROM findings f", "FROM main.findings f", "access to"},
		{"FROM findings f", "FROM (SELECT f.*, tips.ix AS x FROM findings f, tips) f", "may not see the register"},
		{"SELECT f.ix,", "SELECT random() AS r, f.ix,", "not authorized"},
		{"FROM findings f", "FROM findings f; DELETE FROM findings", "one statement"},
		{"SELECT f.ix,", "SELECT f.ix AS n,", "no ix: SELECT f.ix, …"},
		// What a stranger writes who has the README alone, and how he is told to go on.
		{`rows = ["county", "level"`, `rows = ["county and level"`, `as in rows = ["county, level"]`},
		{`rows = ["county", "level", "each"]`, `rows = "county"`, `a list of texts, ["…", "…"], is wanted`},
		{`"county-government"]`, `"county"]`, "there are inspector, "},
		{`kind = "share"`, `kind = "percent"`, "there are count, sum, "},
		{`kind = "date"}`, `kind = "day"}`, "there are text, date, "},
		{`en = "level", codes = "level"`, `en = "level", kind = "text"`, "id, of what SCHEMA.md has as name, or none"},
		{`where = "fixed IS NULL AND`, `where = "closed IS NULL AND`, "the query gives ix, date, campaign, county, level, subject, fixed, age"},
		{"days(:now) - days(f.found)", "days(:today) - days(:since)", "the query names :since, which is no parameter"},
		{"FROM findings f", "FROM findings_now f", "not its views"},
	} {
		text := strings.Replace(whole, fault.old, fault.wrong, 1)
		line := 0
		for i, l := range strings.Split(text, "\n") {
			if line == 0 && i < len(strings.Split(whole, "\n")) && l != strings.Split(whole, "\n")[i] {
				line = i + 1
			}
		}
		r, err := report.Parse("my.sql", text)
		if err == nil {
			err = report.Check(t.Context(), []*report.Report{r})
		}
		var said *report.Fault
		if !errors.As(err, &said) || !strings.Contains(said.What, fault.says) {
			t.Errorf("%s: %v", fault.wrong, err)
			continue
		}
		if said.Line != line && !strings.HasPrefix(fault.wrong, "FROM findings f;") {
			t.Errorf("%s: stands on line %d, said %v", fault.wrong, line, err)
		}
	}
}
