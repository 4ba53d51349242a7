package report_test

import (
	"errors"
	"fmt"
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
		{`rows = ["county", "level", "each"]`, `rows = "county"`, `["…", "…"] is wanted`},
		{`"county-government"]`, `"county"]`, "there are inspector, "},
		{`kind = "share"`, `kind = "percent"`, "there are count, sum, "},
		{`kind = "date"}`, `kind = "day"}`, "there are text, date, "},
		{`en = "level", codes = "level"`, `en = "level", kind = "text"`, "id, of what SCHEMA.md has as id, or none"},
		{`where = "fixed IS NULL AND`, `where = "closed IS NULL AND`, "the query gives ix, date, campaign, county, level, subject, fixed, age"},
		{"days(:now) - days(f.found)", "days(:today) - days(:since)", "the query names :since, which is no parameter"},
		{"FROM findings f", "FROM findings_now f", "not its views"},
		{"roles = [", "role = [", `no word "role"; is it roles?; here it has report, `},
		{`kind = "count"},`, `knid = "count"},`, "is it kind?"},
		{"f.level, f.subject", "f.levle, f.subject", "no such column: f.levle; is it level?; findings has version, ix, "},
		{"FROM findings f", "FORM findings f", "near FORM: syntax error"},
		{"FROM findings f", "FROM finding f", "no such table: finding; is it findings?"},
		{"*/\nSELECT", "SELECT", "*/ is missing"},
		{"days(f.found) AS age\nFROM findings f", "days(f.found) AS age\nFROM findings f;\nDELETE FROM findings", "one statement"},
		{`where = "fixed IS NULL AND`, `where = "level = 'majr' AND fixed IS NULL AND`, "'majr' is not in the list of codes level, "},
		{`where = "fixed IS NULL AND`, `where = "NOT level IN ('general', 'grave') AND`, "'grave' is not in the list of codes level, "},
		{"FROM findings f", "FROM findings f GROUP BY f.area", "GROUP: the query gives one row for each thing, and the header groups"},
		{"FROM findings f", "FROM findings f ORDER BY 1 LIMIT 3", "LIMIT: the query gives one row"},
		{"SELECT f.ix,", "SELECT DISTINCT f.ix,", "DISTINCT: the query gives one row"},
		{"SELECT f.ix,", "SELECT round(avg(days(f.fixed)), 1) AS n, f.ix,", "AVG: the query gives one row"},
		{"SELECT f.ix,", "SELECT max(f.found) FILTER (WHERE f.level IS NOT NULL) AS n, f.ix,", "MAX: the query gives one row"},
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
		if !errors.As(err, &said) || !strings.Contains(said.What.EN, fault.says) {
			t.Errorf("%s: %v", fault.wrong, err)
			continue
		}
		if said.Line != line {
			t.Errorf("%s: stands on line %d, said %v", fault.wrong, line, err)
		}
	}
}

// What groups within brackets, or over a window, gives one row for each thing.
func TestAQueryMayGroupWithinBrackets(t *testing.T) {
	whole := readme(t)
	for _, may := range []struct{ old, other string }{
		{"FROM findings f", "FROM (SELECT * FROM findings GROUP BY visit, finding LIMIT 3) f"},
		{"FROM findings f", "FROM findings f JOIN visits v ON v.id = f.visit JOIN units u ON u.id = v.authority LEFT JOIN (SELECT visit, " +
			"finding, max(kind = 'order') AS ordered FROM dispositions GROUP BY visit, finding) d ON d.visit = f.visit AND d.finding = f.finding"},
		{`where = "fixed IS NULL AND`, `where = "level IN ('general', 'major') AND coalesce(level, 'none') <> 'none' AND`},
		{`where = "fixed IS NULL AND`, `where = "iif(level = 'major', 'one', 'two') = 'one' AND`},
		{"SELECT f.ix,", "WITH v AS (SELECT DISTINCT id FROM visits) SELECT f.ix, (SELECT count(id) FROM v) AS n,"},
		{"SELECT f.ix,", "SELECT count(*) FILTER (WHERE f.level = 'major') OVER (PARTITION BY f.visit) AS n, f.ix,"},
		{"SELECT f.ix,", "SELECT max(f.found, coalesce(f.fixed, '')) AS last, 'GROUP BY' AS word, f.ix, -- LIMIT\n"},
	} {
		r, err := report.Parse("my.sql", strings.Replace(whole, may.old, may.other, 1))
		if err = errors.Join(err, report.Check(t.Context(), []*report.Report{r})); err != nil {
			t.Errorf("%s: %v", may.other, err)
		}
	}
}

// All faults of all files are told at once, in both languages, each once and in the order of lines; and no file has the number of one of
// ours.
func TestAllFaultsAreToldAtOnce(t *testing.T) {
	dir := t.TempDir()
	wrong := strings.NewReplacer(`report = "my-1"`, `report = "5"`, `where = "fixed IS NULL`, `where = "fixd IS NULL`,
		`of = ["open", "found"]`, `of = ["open", "fond"]`, `name = "subject", zh`, `name = "subjct", zh`, "FROM findings f",
		"FROM findings f GROUP BY f.area").Replace(readme(t))
	for name, text := range map[string]string{"a.sql": wrong, "b.sql": strings.Replace(readme(t), "f.level,", "f.levle,", 1)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := report.Load(t.Context(), dir)
	said := regexp.MustCompile(`(?m)^.*[/\\](.\.sql:\d+: .*)$`).FindAllStringSubmatch(fmt.Sprint(err), -1)
	want := []string{
		`a.sql:2: 5 is the number of a report that is built in: .* my-5 / 编号 5 是内置报表的编号.*`,
		`a.sql:12: no such column: fixd; is it fixed\?; .* / 没有列 fixd；.*`,
		`a.sql:13: the column open_share is of "fond", which is no column that is counted / .*`,
		`a.sql:16: the query gives no field subjct; is it subject\?; .* / .*`,
		`a.sql:22: GROUP: .* / GROUP：.*`,
		`b.sql:20: no such column: f.levle; .* / .*`,
	}
	for i, pattern := range want {
		if i >= len(said) || !regexp.MustCompile("^"+pattern+"$").MatchString(said[i][1]) {
			t.Fatalf("%d: want %s of\n%v", i, pattern, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != len(want) {
		t.Errorf("%d faults, want %d: %v", n, len(want), err)
	}
}
