package reportdb_test

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/reportdb"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// harmless is answered, so that what refuses the hostile ones is not their form.
const harmless = "SELECT v.ix FROM visits v JOIN subjects s ON s.id = v.subject WHERE EXISTS (SELECT 1 FROM entries e WHERE e.subject = " +
	"v.subject)"

// hostile are the queries of the executable model that try to read past the scope, to write, or to take all there is; and some of our own.
var hostile = map[string]string{
	"table behind the view":          "SELECT ix FROM main.visits",
	"count of the table":             "SELECT count(*) AS ix FROM main.visits",
	"permanent view":                 "SELECT ix FROM visits_now",
	"WITH under the view's name":     "WITH visits AS (SELECT * FROM main.visits) SELECT ix FROM visits",
	"subquery under the view's name": "SELECT ix FROM (SELECT * FROM main.visits) AS visits",
	"WITH, count only":               "WITH visits AS (SELECT 1 AS ix FROM main.visits) SELECT ix FROM visits",
	"schema":                         "SELECT rowid AS ix, sql FROM sqlite_schema",
	"temporary schema":               "SELECT rowid AS ix, sql FROM sqlite_temp_schema",
	"main.sqlite_master":             "SELECT rowid AS ix FROM main.sqlite_master",
	"pragma function":                "SELECT cid AS ix FROM pragma_table_info('visits')",
	"PRAGMA":                         "PRAGMA table_info(visits)",
	"ATTACH":                         "ATTACH 'x.db' AS x",
	"EXPLAIN":                        "EXPLAIN SELECT ix FROM visits",
	"two statements":                 "SELECT ix FROM visits; DELETE FROM visits",
	"closing bracket":                "SELECT 1 AS ix) UNION SELECT ix FROM (SELECT ix FROM visits",
	"endless recursion":              "WITH RECURSIVE c(ix) AS (SELECT 1 UNION ALL SELECT ix + 1 FROM c) SELECT ix FROM c",
	"json_each":                      "SELECT key AS ix FROM json_each('[1,2]')",
	"json table of everything":       "SELECT e.ix FROM entries e, json_each(e.type)",
	"dbstat":                         "SELECT pageno AS ix FROM dbstat",
	"load_extension":                 "SELECT load_extension('x') AS ix",
	"zeroblob":                       "SELECT length(zeroblob(1000000000)) AS ix",
	"printf":                         "SELECT length(printf('%.*c', 900000000, 'x')) AS ix",
	"random":                         "SELECT random() AS ix",
	"clock":                          "SELECT current_timestamp AS ix",
	"fts tokens":                     "SELECT fts3_tokenizer('x') AS ix",
	"temporary trigger":              "CREATE TEMP TRIGGER t AFTER INSERT ON thing BEGIN SELECT 1; END",
	"temporary view":                 "CREATE TEMP VIEW cases AS SELECT * FROM main.cases",
	"write":                          "DELETE FROM temp.thing",
	"write by RETURNING":             "INSERT INTO temp.area_members VALUES (1, 1) RETURNING area AS ix",
	"cross join":                     "SELECT a.ix FROM entries a, entries b, entries c, entries d",
	"sort of a cross join":           "SELECT a.ix FROM entries a, entries b, entries c ORDER BY b.type, a.type, c.type",
	"register of another role":       "SELECT ix FROM tips",
	"register behind a WITH":         "WITH visits AS (SELECT * FROM tips) SELECT ix FROM visits",
	"sealed column":                  "SELECT ix, description FROM findings",
	"seen_ix":                        "SELECT ix, seen_ix FROM visits",
	"view's inner name":              "SELECT ix FROM temp.v_visits",
	// brackets alone are none
	"deep expression": "SELECT " + strings.Repeat("(1+", 500) + "1" + strings.Repeat(")", 500) + " AS ix",
	"no ix":           "SELECT 1 AS a",
	"LIKE bomb":       "SELECT ix FROM entries WHERE '" + strings.Repeat("a", 5000) + "' LIKE '" + strings.Repeat("%a", 2500) + "b'",

	"table of names":             "SELECT id AS ix, name FROM names",
	"names of main":              "SELECT id AS ix, name FROM main.names",
	"scopes":                     "SELECT id AS ix FROM main.scopes",
	"comment that is not closed": "SELECT ix FROM visits /*",
	"quote that is not closed":   "SELECT ix FROM visits WHERE type = 'a",
	"statement behind a comment": "SELECT ix FROM visits -- a\n; DELETE FROM names",
	"pages":                      "SELECT pgno AS ix FROM sqlite_dbpage",
	"many arms":                  "SELECT 1 AS ix" + strings.Repeat(" UNION ALL SELECT 1", 30),
	"long text":                  "SELECT ix FROM visits WHERE type IN (" + strings.Repeat("'a',", 40_000) + "'b')",
	"group_concat of everything": "SELECT group_concat(type) AS ix FROM entries",
	"VACUUM INTO":                "VACUUM INTO '/tmp/x.db'",
	"text of a clock":            "SELECT 1 AS ix, datetime('now') AS at",
	"day of a clock":             "SELECT 1 AS ix, julianday('now', 'localtime') AS at",
}

// inner is how the inner layer of a view is named.
var inner = regexp.MustCompile(`v[0-9a-f]{24}`)

func TestHostileQueriesAreHeld(t *testing.T) {
	l := random(5, 240)
	b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
	built(t, b, len(l.Events))
	actor := vt.Readers["cA"]
	limit := time.Second
	ask := func(query string) (fields []string, n int64, took time.Duration, err error) {
		q := reportdb.Question{Actor: actor, Scope: l.Views.ScopeAt(actor).Scope, For: limit}
		c, err := b.Ask(t.Context(), q)
		for errors.Is(err, context.DeadlineExceeded) && limit < time.Minute { // so slow is the race detector that nothing is asked yet
			limit *= 2
			q.For = limit
			c, err = b.Ask(t.Context(), q)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		began := time.Now()
		fields, n, err = c.Things(query, nil)
		return fields, n, time.Since(began), err
	}
	if fields, n, _, err := ask(harmless); err != nil || n == 0 || !slices.Equal(fields, []string{"ix"}) {
		t.Fatalf("the harmless one: %v, %d things, %v", fields, n, err)
	}
	for _, name := range slices.Sorted(maps.Keys(hostile)) {
		_, n, took, err := ask(hostile[name])
		switch {
		case err == nil:
			t.Errorf("%s: got through, with %d things", name, n)
		case took > 3*limit:
			t.Errorf("%s: held after %v", name, took)
		case inner.MatchString(err.Error()):
			t.Errorf("%s: the inner name of a view is told: %v", name, err)
		}
		t.Logf("%s: %.120v", name, err)
		if strings.HasPrefix(name, "register ") && err != nil && !strings.Contains(err.Error(), `may not see the register "tips"`) {
			t.Errorf("%s: it is not said that the role may not see it: %v", name, err)
		}
	}
	if _, n, _, err := ask(harmless); err != nil || n == 0 {
		t.Errorf("afterwards: %d things, %v", n, err)
	}
}

func TestQuestionsHaveDays(t *testing.T) {
	l := random(5, 20)
	b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
	built(t, b, len(l.Events))
	c, err := b.Ask(t.Context(), reportdb.Question{Actor: vt.Readers["office"], Scope: l.Views.ScopeAt(vt.Readers["office"]).Scope})
	mustDo(t, err)
	defer c.Close()
	rows, err := c.Query(`SELECT days('2026-03-01 09:30') - days('2026-02-27'), day_of(days('2026-12-31') + 1), days('now'), days(NULL),
		day_of('x'), days('1969-12-31'), days(:today) <= days(:now)`, nil)
	if got := lines(t, "", must(t)(rows, err)); got[0] != "2|2027-01-01|<nil>|<nil>|<nil>|-1|1" {
		t.Error(got)
	}
}
