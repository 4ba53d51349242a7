package reportdb_test

import (
	"database/sql"
	"flag"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

var many = flag.Int("many", 5_000, "findings of the subject that TestASubjectOfManyFindings… compares with one of a hundred")

// Pages of findings and entries of a subject that has very many are read as fast as those of one that has a hundred, the first
// and one from the middle, now and in the past.
func TestASubjectOfManyFindingsAnswersAsFast(t *testing.T) {
	l := random(7, 300)
	config := sourceOf(l.Events, len(l.Events)).Config(t.TempDir())
	b, _ := running(t, config)
	built(t, b, len(l.Events))
	crowded(t, config.Dir, map[string]int{"few": 100, "many": *many})
	past := uint64(len(l.Events) - 2)
	for _, asOf := range []*uint64{nil, &past} {
		c := opened(t, b, l, "office", asOf, tables.ListOf("findings"))
		took := map[string]time.Duration{}
		for subject, middle := range map[string]string{"few": "000050", "many": fmt.Sprintf("%06d", *many/2)} {
			for from, kind := range map[string]string{"": "first", "2026-" + middle: "middle"} {
				a := reportdb.Asked{List: tables.ListOf("findings"), Filters: map[string]string{"subject": subject}, Limit: 25, From: from,
					Upward: true}
				took[subject+", "+kind] = fastest(func() {
					page, err := c.List(a)
					mustDo(t, err)
					if len(page.Rows) != a.Limit {
						t.Fatalf("%s has %d findings on a page, as of the past: %t", subject, len(page.Rows), asOf != nil)
					}
				})
			}
			took[subject+", entries"] = fastest(func() {
				list, _, err := c.Places(reportdb.Sought{Subject: subject}, reportdb.Place{}, math.MaxInt64, 50)
				mustDo(t, err)
				if len(list) != 50 {
					t.Fatalf("%s has %d entries", subject, len(list))
				}
			})
		}
		mustDo(t, c.Close())
		t.Logf("as of the past: %t: %v", asOf != nil, took)
		for _, kind := range []string{", first", ", middle", ", entries"} {
			if took["many"+kind] > 3*took["few"+kind] {
				t.Errorf("as of the past: %t%s: %v of many, %v of few", asOf != nil, kind, took["many"+kind], took["few"+kind])
			}
		}
	}
}

// fastest is the least time of many runs.
func fastest(fn func()) time.Duration {
	least := time.Hour
	for range 50 {
		began := time.Now()
		fn()
		least = min(least, time.Since(began))
	}
	return least
}

// crowded adds subjects with so many findings and entries to a database: copies of one that everybody sees.
func crowded(t *testing.T, dir string, subjects map[string]int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "reports.db"))
	mustDo(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1) // of the temporary tables
	_, err = db.Exec("BEGIN")
	mustDo(t, err)
	defer func() {
		_, err := db.Exec("COMMIT")
		mustDo(t, err)
	}()
	for name, n := range subjects {
		for _, statement := range []string{
			"CREATE TEMP TABLE f AS SELECT * FROM findings WHERE seen_ix NOT NULL AND to_ix > 1 << 60 ORDER BY version LIMIT 1",
			"CREATE TEMP TABLE e AS SELECT * FROM entries WHERE seen_ix = ix ORDER BY ix LIMIT 1",
			"INSERT INTO names SELECT max(id) + 1, '" + name + "' FROM names",
			"UPDATE f SET subject = (SELECT max(id) FROM names), from_ix = 1, seen_ix = 1",
			"UPDATE e SET subject = (SELECT max(id) FROM names)",
		} {
			_, err := db.Exec(statement)
			mustDo(t, err)
		}
		for i := range n {
			for _, statement := range []string{
				"UPDATE f SET version = (SELECT max(version) + 1 FROM findings), found = ?1",
				"INSERT INTO findings SELECT * FROM f WHERE ?1 NOT NULL",
				"UPDATE e SET ix = (SELECT max(ix) + 1 FROM entries), seen_ix = (SELECT max(ix) + 1 FROM entries) WHERE ?1 NOT NULL",
				"INSERT INTO entries SELECT * FROM e WHERE ?1 NOT NULL",
			} {
				_, err := db.Exec(statement, fmt.Sprintf("2026-%06d", i))
				mustDo(t, err)
			}
		}
		for _, statement := range []string{"DROP TABLE f", "DROP TABLE e"} {
			_, err := db.Exec(statement)
			mustDo(t, err)
		}
	}
}

// Who sees all streams of a register's kinds is asked for no scope of its rows: each row has the scope of such a stream.
func TestARowHasTheScopeOfItsStream(t *testing.T) {
	rows := 0
	for seed := range uint64(3) {
		l := random(11+seed, 300)
		config := sourceOf(l.Events, len(l.Events)).Config(t.TempDir())
		b, _ := running(t, config)
		built(t, b, len(l.Events))
		db, err := sql.Open("sqlite", "file:"+filepath.Join(config.Dir, "reports.db")+"?mode=ro")
		mustDo(t, err)
		for _, r := range tables.All {
			found, err := db.Query("SELECT s.kind, count(*) FROM " + r.Name + " v LEFT JOIN scopes s ON s.id = v.scope GROUP BY s.kind")
			mustDo(t, err)
			for found.Next() {
				var kind sql.NullString
				var n int
				mustDo(t, found.Scan(&kind, &n))
				if rows += n; !kind.Valid || r.Of != nil && !slices.Contains(r.Of, event.Kind(kind.String)) {
					t.Errorf("%d rows of %s have the scope of a stream of kind %q, and it is of %v", n, r.Name, kind.String, r.Of)
				}
			}
			mustDo(t, found.Err())
		}
		mustDo(t, db.Close())
	}
	if rows < 300 {
		t.Errorf("there were %d rows", rows)
	}
}
