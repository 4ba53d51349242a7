package reportdb_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// asks opens a connection for a reader as an export does.
func (x *exporting) asks(who string, r *tables.Register, asOf *uint64) *reportdb.Conn {
	x.Helper()
	actor := vt.Readers[who]
	c, err := x.b.Ask(x.Context(), reportdb.Question{Actor: actor, Scope: x.l.Views.ScopeAt(actor).Scope, AsOf: asOf, Names: r.Name,
		For: time.Minute}) // the race detector takes its time
	mustDo(x.T, err)
	return c
}

// exporting is a random ledger with its database.
type exporting struct {
	*testing.T
	l   *vt.Ledger
	b   *reportdb.Builder
	dir string
}

func newExporting(t *testing.T, l *vt.Ledger, size int) *exporting {
	config := sourceOf(l.Events, size).Config(t.TempDir())
	b, _ := running(t, config)
	built(t, b, size)
	return &exporting{t, l, b, config.Dir}
}

// may reports whether a reader may export a register at all.
func (x *exporting) may(who string, r *tables.Register) bool {
	actor := vt.Readers[who]
	q := reportdb.Question{Actor: actor, Scope: x.l.Views.ScopeAt(actor).Scope}
	return q.MaySee(r)
}

// lines are all lines of an export, each part by a connection of its own.
func (x *exporting) lines(who string, r *tables.Register, asOf *uint64) (lines []string, restricted int64) {
	x.Helper()
	c := x.asks(who, r, asOf)
	rows, restricted, err := c.Rows(r)
	mustDo(x.T, err)
	mustDo(x.T, c.Close())
	for p := (reportdb.Part{Next: -1}); !p.Whole; {
		c := x.asks(who, r, asOf)
		p, err = c.Part(r, p.Next)
		mustDo(x.T, err)
		mustDo(x.T, c.Close())
		got := strings.SplitAfter(string(p.Lines), "\n")
		if got = got[:len(got)-1]; int64(len(got)) != p.Rows {
			x.Fatalf("%s: %d lines are said to be %d", r.Name, len(got), p.Rows)
		}
		lines = append(lines, got...)
	}
	if int64(len(lines)) != rows {
		x.Errorf("%s for %s: %d lines, %d are counted", r.Name, who, len(lines), rows)
	}
	return lines, restricted
}

// selected are the rows that a question sees, as values of JSON: by a plain SELECT and the table of names.
func (x *exporting) selected(who string, r *tables.Register, asOf *uint64, names []string) (out []string) {
	x.Helper()
	c := x.asks(who, r, asOf)
	defer c.Close()
	columns := r.Shown()
	list := make([]string, len(columns))
	for i := range columns {
		list[i] = columns[i].Name
	}
	rows, err := c.Query("SELECT "+strings.Join(list, ", ")+" FROM "+r.Name, nil)
	mustDo(x.T, err)
	defer rows.Close()
	values, to := make([]any, len(columns)), make([]any, len(columns))
	for i := range to {
		to[i] = &values[i]
	}
	for rows.Next() {
		mustDo(x.T, rows.Scan(to...))
		row := map[string]any{}
		for i, v := range values {
			row[list[i]] = meant(&columns[i], v, names)
		}
		text, err := json.Marshal(row)
		mustDo(x.T, err)
		out = append(out, string(text))
	}
	mustDo(x.T, rows.Err())
	return out
}

// meant is what a value of a column means.
func meant(c *tables.Column, v any, names []string) any {
	n, number := v.(int64)
	switch {
	case c.Name == "sectors":
		var codes []string
		for i, code := range strings.Fields(names[0]) {
			if n>>i&1 == 1 {
				codes = append(codes, code)
			}
		}
		return append([]string{}, codes...)
	case c.Is == tables.Several && v != nil:
		return strings.Fields(v.(string))
	case c.Refers && number:
		return names[n]
	case c.Is == tables.Yes:
		return n == 1
	case c.Is == tables.Instant && v != nil && len(v.(string)) > 10:
		return strings.Replace(v.(string), " ", "T", 1) + ":00+08:00"
	}
	return v
}

// names are all names by their numbers; under 0 the codes of sectors, by their bits.
func (x *exporting) names() []string {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(x.dir, "reports.db")+"?mode=ro")
	mustDo(x.T, err)
	defer db.Close()
	var sectors string
	mustDo(x.T, db.QueryRow("SELECT group_concat(code, ' ') FROM (SELECT code FROM sectors ORDER BY id)").Scan(&sectors))
	out := []string{sectors}
	rows := must(x.T)(db.Query("SELECT name FROM names ORDER BY id"))
	defer rows.Close()
	for rows.Next() {
		var name string
		mustDo(x.T, rows.Scan(&name))
		out = append(out, name)
	}
	return out
}

// normal are lines with members in the order of their names, sorted.
func normal(t *testing.T, lines []string) []string {
	t.Helper()
	out := make([]string, len(lines))
	for i, line := range lines {
		var row map[string]any
		d := json.NewDecoder(strings.NewReader(line))
		d.UseNumber()
		mustDo(t, d.Decode(&row))
		text, err := json.Marshal(row)
		mustDo(t, err)
		out[i] = string(text)
	}
	slices.Sort(out)
	return out
}

// An export has the rows of a SELECT under the same scope, now and as of positions, whatever parts it comes in; as of a position it has
// the bytes that a database of the first entries gives.
func TestExportsAreTheRegisters(t *testing.T) {
	defer reportdb.SetParts(40, 4000)()
	l := random(61, 200)
	x, rng := newExporting(t, l, len(l.Events)), rand.New(rand.NewPCG(6, 1))
	names, rows, readers := x.names(), map[string]int{}, []string{"office", "T1", "firm", "cA", "js"}
	if *ledgers == 1 {
		readers = readers[:3]
	}
	for range max(1, *ledgers/4) {
		n := uint64(rng.IntN(len(l.Events)))
		past := newExporting(t, l, int(n)+1)
		for _, who := range readers {
			for _, r := range reportdb.Exported() {
				if !x.may(who, r) {
					continue
				}
				for _, asOf := range []*uint64{nil, &n} {
					lines, _ := x.lines(who, r, asOf)
					rows[r.Name] += len(lines)
					want := normal(t, x.selected(who, r, asOf, names))
					if got := normal(t, lines); !slices.Equal(got, want) {
						t.Errorf("%s for %s, as of the past: %t:\n%.600s\nwant\n%.600s", r.Name, who, asOf != nil, got, want)
					}
					if asOf == nil {
						continue
					}
					if first, _ := past.lines(who, r, nil); !slices.Equal(lines, first) {
						t.Errorf("%s for %s as of %d: %.600s\nin a database of these entries alone %.600s", r.Name, who, n, lines, first)
					}
				}
			}
		}
	}
	t.Log(rows)
	for _, name := range []string{"entries", "subjects", "visits", "findings", "orders", "flags", "obligations"} {
		if rows[name] == 0 {
			t.Errorf("no %s were compared", name)
		}
	}
}

// A reader's export of the entries has those that he sees, and of what is hidden from others nothing, though he see it himself; a hidden
// entry changes no export of anybody.
func TestExportsShowWhatEverybodyInTheScopeSees(t *testing.T) {
	l := random(68, 250)
	x := newExporting(t, l, len(l.Events))
	seen := map[string]int{}
	for who := range vt.Readers {
		if !x.may(who, &tables.Entries) {
			continue
		}
		scope := l.Views.ScopeAt(vt.Readers[who]).Scope
		var want []string
		for _, e := range l.Events {
			if _, sees := l.Views.Since(&scope, e.Stream, &e.About, e.Index); sees && !l.Views.Hidden(e.Stream, e.Index) {
				want = append(want, fmt.Sprint(e.Index))
			}
		}
		lines, _ := x.lines(who, &tables.Entries, nil)
		for i, line := range lines {
			lines[i], _, _ = strings.Cut(strings.TrimPrefix(line, `{"ix":`), ",")
		}
		if seen[who] = len(want); !slices.Equal(lines, want) {
			t.Errorf("%s: %v\nsees %v", who, lines, want)
		}
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(x.dir, "reports.db")+"?mode=ro")
	mustDo(t, err)
	defer db.Close()
	waits := lines(t, "", must(t)(db.Query("SELECT ix FROM entries WHERE seen_ix IS NULL OR seen_ix > ix ORDER BY ix LIMIT ?",
		max(1, *ledgers/2))))
	if own := len(l.Events) - seen["office"]; own == 0 || len(waits) == 0 {
		t.Fatalf("the office sees %v of %d, hidden %v", seen, len(l.Events), waits)
	}
	for _, text := range waits {
		ix, err := strconv.ParseUint(text, 10, 64)
		mustDo(t, err)
		before := ix - 1
		for _, who := range []string{"office", "cA", "T1"} {
			for _, r := range reportdb.Exported() {
				if !x.may(who, r) {
					continue
				}
				a, _ := x.lines(who, r, &before)
				b, _ := x.lines(who, r, &ix)
				if !slices.Equal(a, b) {
					t.Errorf("the hidden entry %d changes the export of %s for %s", ix, r.Name, who)
				}
			}
		}
	}
}

// The rows of restricted kinds are counted as the kinds say.
func TestExportsTellWhatIsRestricted(t *testing.T) {
	l := random(63, 250)
	x, found := newExporting(t, l, len(l.Events)), int64(0)
	for _, who := range []string{"office", "cA"} {
		_, restricted := x.lines(who, &tables.Entries, nil)
		scope, want := l.Views.ScopeAt(vt.Readers[who]).Scope, int64(0)
		for _, e := range l.Events {
			_, sees := l.Views.Since(&scope, e.Stream, &e.About, e.Index)
			if sees && visibility.Restricted(e.Stream.Kind) && !l.Views.Hidden(e.Stream, e.Index) {
				want++
			}
		}
		if found += want; restricted != want {
			t.Errorf("%s: %d entries are restricted, %d", who, restricted, want)
		}
	}
	if found == 0 {
		t.Error("nothing is restricted")
	}
}

// Each part is found by its numbers, and nothing is sorted.
func TestExportsReadByNumber(t *testing.T) {
	l := random(64, 100)
	x, n := newExporting(t, l, len(l.Events)), uint64(len(l.Events)/2)
	withoutStatistics(t, x.dir)
	for _, r := range reportdb.Exported() {
		for _, asOf := range []*uint64{nil, &n} {
			if !x.may("office", r) {
				continue
			}
			c := x.asks("office", r, asOf)
			steps, err := c.PartPlan(r)
			mustDo(t, err)
			mustDo(t, c.Close())
			plan := strings.Join(steps, " | ")
			if strings.Contains(plan, "ORDER BY") || !strings.Contains(plan, "SEARCH main."+r.Name+
				" USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)") {
				t.Errorf("%s: %s", r.Name, plan)
			}
		}
	}
}

// A register of 200,000 rows comes in parts of a size that does not depend on it.
func TestExportsOfALargeRegisterAreBounded(t *testing.T) {
	l := random(61, 200)
	config := sourceOf(l.Events, len(l.Events)).Config(t.TempDir())
	b, stop := running(t, config)
	built(t, b, len(l.Events))
	stop()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(config.Dir, "reports.db"))
	mustDo(t, err)
	const many = 200_000
	columns := make([]string, 0, 40)
	for _, c := range tables.Of("flags").All() {
		columns = append(columns, c.Name)
	}
	list := strings.Join(columns, ", ")
	_, err = db.Exec(fmt.Sprintf("INSERT OR IGNORE INTO flags (version, %s) WITH RECURSIVE n(i) AS "+
		"(SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "+
		"SELECT i, %[1]s FROM n, (SELECT * FROM flags WHERE to_ix = ? AND seen_ix NOT NULL LIMIT 1)", list), many, tables.End)
	mustDo(t, err)
	// A version that a calendar moved has a number beyond those of entries.
	_, err = db.Exec(fmt.Sprintf("INSERT INTO flags (version, %s) SELECT ?, %[1]s FROM flags WHERE to_ix = ? AND seen_ix NOT NULL LIMIT 1",
		list), 1<<48+5, tables.End)
	mustDo(t, err)
	mustDo(t, db.Close())
	large, err := reportdb.Beside(t.Context(), config.Dir)
	mustDo(t, err)
	x := &exporting{t, l, large, config.Dir}
	r := tables.Of("flags")
	c := x.asks("office", r, nil)
	want, _, err := c.Rows(r)
	mustDo(t, errors.Join(err, c.Close()))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows, parts, most, began := int64(0), 0, 0, time.Now()
	for p := (reportdb.Part{Next: -1}); !p.Whole; parts++ {
		c := x.asks("office", r, nil)
		p, err = c.Part(r, p.Next)
		mustDo(t, err)
		mustDo(t, c.Close())
		rows += p.Rows
		most = max(most, len(p.Lines))
	}
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	grown := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d rows in %d parts, the largest of %d KiB, in %v; the heap has %d KiB more after it", rows, parts, most>>10, took, grown>>10)
	if rows != want || rows < many || most > 1<<20+4096 || parts < 20 || grown > 8<<20 {
		t.Errorf("%d rows in %d parts, the largest of %d bytes; the heap has %d more", rows, parts, most, grown)
	}
}
