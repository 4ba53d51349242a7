package reportdb_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/reportdbtest"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

var sourceOf = reportdbtest.Of

// running builds a database until the test ends, or stop is called.
func running(tb testing.TB, c reportdb.Config) (b *reportdb.Builder, stop func()) {
	tb.Helper()
	b = reportdb.New(c)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { b.Run(ctx); close(done) }()
	stop = func() { cancel(); <-done }
	tb.Cleanup(stop)
	return b, stop
}

// built waits until the database has so many entries.
func built(tb testing.TB, b *reportdb.Builder, size int) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 2*time.Minute) // it is no measure: the race detector takes its time
	defer cancel()
	if err := b.WaitFor(ctx, uint64(size)); err != nil {
		tb.Fatalf("%v: %+v", err, b.Status())
	}
}

// random is a ledger in which much is hidden, and some things are corrected.
func random(seed uint64, size int) *vt.Ledger {
	l := vt.NewLedger()
	commands := vt.New(rand.New(rand.NewPCG(seed, 1)), size).Commands
	for i := range commands {
		l.Do(&commands[i])
	}
	return l
}

// dump is all that a file has, a line for each row.
func dump(tb testing.TB, dir string) []string {
	tb.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "reports.db")+"?mode=ro")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	all := []string{"names", "scopes", "sectors", "areas", "position", "entries"}
	for _, r := range tables.All {
		all = append(all, r.Name)
	}
	var out []string
	for _, table := range all {
		out = append(out, lines(tb, table+": ", must(tb)(db.Query("SELECT * FROM "+table)))...)
	}
	return out
}

func must(tb testing.TB) func(*sql.Rows, error) *sql.Rows {
	return func(rows *sql.Rows, err error) *sql.Rows {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return rows
	}
}

// lines are rows as texts, sorted.
func lines(tb testing.TB, before string, rows *sql.Rows) (out []string) {
	tb.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		tb.Fatal(err)
	}
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range to {
		to[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			tb.Fatal(err)
		}
		line := make([]string, len(values))
		for i, v := range values {
			line[i] = fmt.Sprint(v)
		}
		out = append(out, before+strings.Join(line, "|"))
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	slices.Sort(out)
	return out
}
