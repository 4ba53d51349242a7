package reportdb_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// sqlReport is a file of ours as far as these tests read one: its query, and of each column that is counted the expression.
type sqlReport struct {
	name, query string
	columns     map[string]string
}

var (
	reportColumn = regexp.MustCompile(`\{name = "(\w+)",[^{}]*\{?[^{}]*?kind = "(count|sum|distinct|max)"([^{}]*)\}`)
	reportWhere  = regexp.MustCompile(`where = "([^"]*)"`)
	comments     = regexp.MustCompile(`(?m)^--.*$`)
	reportOf     = regexp.MustCompile(`of = "([^"]*)"`)
)

// reports reads our files.
func reports(t *testing.T) map[string]sqlReport {
	t.Helper()
	files, err := filepath.Glob("../report/files/*.sql")
	mustDo(t, err)
	out := map[string]sqlReport{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		mustDo(t, err)
		head, query, _ := strings.Cut(string(text), "*/")
		if query = strings.TrimSpace(comments.ReplaceAllString(query, "")); query == "" {
			continue
		}
		r := sqlReport{name: strings.SplitN(filepath.Base(file), "-", 2)[0], query: query, columns: map[string]string{}}
		for _, m := range reportColumn.FindAllStringSubmatch(head, -1) {
			where, of := "ix IS NOT NULL", "*"
			if w := reportWhere.FindStringSubmatch(m[3]); w != nil {
				where = w[1]
			}
			if o := reportOf.FindStringSubmatch(m[3]); o != nil {
				of = o[1]
			}
			what := map[string]string{"count": "count(*)", "sum": "coalesce(sum(" + of + "), 0)", "distinct": "count(DISTINCT " + of + ")",
				"max": "max(" + of + ")"}[m[2]]
			r.columns[m[1]] = "SELECT " + what + " FROM thing WHERE " + where
		}
		out[r.name] = r
	}
	return out
}

// asked are the parameters of all reports: none is asked for.
func asked(now string) map[string]any {
	out := map[string]any{"register": int64(1) << 62, "basis": "occurred", "baseline": "ledger", "shortest": 40, "window": 7, "k": 10,
		"gap_days": 7, "day": now[:min(10, len(now))], "on": now[:min(10, len(now))]}
	for _, name := range []string{"campaign", "county", "sector", "team", "from", "to", "base_from", "base_to", "subject", "person"} {
		out[name] = nil
	}
	return out
}

// sameInViews are columns of reports, or of ? things of a report, whose figures the views in memory have too.
var sameInViews = []struct {
	report, column string
	want           func(f *projections.Figures, a *projections.Area) int64
}{
	{"02", "subjects", func(_ *projections.Figures, a *projections.Area) int64 { return a.Coverage4.Enterprises.Of }},
	{"02", "subjects_done", func(_ *projections.Figures, a *projections.Area) int64 { return a.Coverage4.Enterprises.Part }},
	{"02", "said", func(_ *projections.Figures, a *projections.Area) int64 { return a.Coverage4.Posts.Of }},
	{"02", "at_post", func(f *projections.Figures, _ *projections.Area) int64 { return f.AtPost }},
	{"02", "at_facility", func(f *projections.Figures, _ *projections.Area) int64 { return f.AtFacility }},
	{"02", "findings_done", func(_ *projections.Figures, a *projections.Area) int64 { return a.Coverage4.Findings.Part }},
	{"04", "findings", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Findings }},
	{"04", "? thing = 'finding' AND closed IS NULL", func(f *projections.Figures, _ *projections.Area) int64 { return f.FindingsOpen }},
	{"05", "hazards", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.MajorFindings }},
	{"08", "no_record", func(f *projections.Figures, _ *projections.Area) int64 { return f.UnsignedRecords }},
	{"08", "refused", func(f *projections.Figures, _ *projections.Area) int64 { return f.SignaturesRefused }},
	{"11", "visits", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Inspections }},
	{"12", "accidents", func(_ *projections.Figures, a *projections.Area) int64 { return a.ByOccurrence.Accidents }},
	{"12", "deaths", func(_ *projections.Figures, a *projections.Area) int64 { return a.ByOccurrence.Deaths }},
	{"12", "injured", func(_ *projections.Figures, a *projections.Area) int64 { return a.ByOccurrence.Injured }},
	{"20", "visits", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Inspections }},
	{"20", "findings", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Findings }},
	{"20", "major", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.MajorFindings }},
	{"20", "penalties", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Penalties }},
	{"22", "visits", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Inspections }},
	{"22", "major", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.MajorFindings }},
	{"22", "decisions", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Penalties }},
	{"22", "orders", func(f *projections.Figures, _ *projections.Area) int64 {
		return labelled(f.OrdersByKind, "rectify-by-date")
	}},
	{"22", "stops", func(f *projections.Figures, _ *projections.Area) int64 { return labelled(f.OrdersByKind, "stop") }},
	{"L03", "answers", func(f *projections.Figures, _ *projections.Area) int64 { return f.Counts.Checks }},
}

func labelled(list []projections.Labelled, code string) int64 {
	for _, l := range list {
		if l.Code == code {
			return l.Count
		}
	}
	return 0
}

// A report says what the views in memory say, which are folded by other code: to the office of the city, to a county of itself, at
// any position.
func TestReportsSayWhatTheViewsDo(t *testing.T) {
	all, compared := reports(t), map[string]int64{}
	for seed := range 4 * uint64(*ledgers) {
		l := random(300+seed, 150)
		b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
		built(t, b, len(l.Events))
		rng := rand.New(rand.NewPCG(seed, 5))
		for range 3 {
			n := uint64(rng.IntN(len(l.Events)))
			for _, who := range []string{"office", "cA", "cB"} {
				f, a, known := figuresOf(t, l, vt.Readers[who], n+1)
				if !known {
					continue
				}
				got := sayings(t, b, reportdb.Question{Actor: vt.Readers[who], Scope: l.Views.ScopeAt(vt.Readers[who]).Scope, AsOf: &n}, all)
				for _, x := range sameInViews {
					key := x.report + " " + x.column
					is, made := got[key]
					if !made {
						continue // it is not among our files yet
					}
					want := x.want(&f, &a)
					if compared[key] += want; is != want {
						t.Errorf("seed %d, as of %d, %s: report %s says %d, the view %d", seed, n, who, key, is, want)
					}
				}
			}
		}
	}
	t.Log(compared)
}

// figuresOf are the figures of the city, or of the asker's county, in the views.
func figuresOf(t *testing.T, l *vt.Ledger, actor event.Actor, size uint64) (projections.Figures, projections.Area, bool) {
	t.Helper()
	q := projector.Query{AsOf: &size, For: actor}
	if actor.County == "" {
		v, err := l.Views.City(t.Context(), q)
		mustDo(t, err)
		return v.Figures, v.Area, true
	}
	v, err := l.Views.County(t.Context(), actor.County, q)
	if errors.Is(err, projector.ErrNotFound) {
		return projections.Figures{}, projections.Area{}, false
	}
	mustDo(t, err)
	return v.Figures, v.Area, true
}

// sayings are the totals of the columns that reports have in common with views.
func sayings(t *testing.T, b *reportdb.Builder, q reportdb.Question, all map[string]sqlReport) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	last := ""
	var c *reportdb.Conn
	for _, x := range sameInViews {
		r, ok := all[x.report]
		if !ok {
			continue
		}
		if last != x.report {
			if c != nil {
				mustDo(t, c.Close())
			}
			var err error
			q.Names = r.query
			c, err = b.Ask(t.Context(), q)
			mustDo(t, err)
			if _, _, err = c.Things(r.query, asked(c.Now())); err != nil {
				t.Fatalf("%s: %v", r.name, err)
			}
			last = x.report
		}
		query := r.columns[x.column]
		if where, own := strings.CutPrefix(x.column, "?"); own {
			query = "SELECT count(*) FROM thing WHERE " + where
		}
		rows, err := c.Query(query, asked(c.Now()))
		if err != nil {
			t.Fatalf("%s %s: %v (%s)", x.report, x.column, err, query)
		}
		var n int64
		for rows.Next() {
			mustDo(t, rows.Scan(&n))
		}
		mustDo(t, rows.Close())
		out[x.report+" "+x.column] = n
	}
	if c != nil {
		mustDo(t, c.Close())
	}
	return out
}

var scanned = regexp.MustCompile(`(?:SCAN main\.(\w+)|SEARCH main\.(\w+) USING AUTOMATIC)`)

// A report scans each register that it names once, now and in the past, whatever its size.
func TestReportsScanARegisterOnce(t *testing.T) {
	l := random(1, 150)
	b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
	built(t, b, len(l.Events))
	past := uint64(len(l.Events) / 2)
	office := event.Actor{Role: event.RoleDisciplineCommission}
	for _, asOf := range []*uint64{nil, &past} {
		for _, r := range reports(t) {
			c, err := b.Ask(t.Context(), reportdb.Question{Actor: office, Scope: visibility.ScopeOf(office, &visibility.Fold{}), AsOf: asOf,
				Names: r.query})
			mustDo(t, err)
			rows, err := c.Query("EXPLAIN QUERY PLAN "+r.query, asked(c.Now()))
			mustDo(t, err)
			seen := map[string]int{}
			for rows.Next() {
				var id, parent, unused int64
				var detail string
				mustDo(t, rows.Scan(&id, &parent, &unused, &detail))
				if m := scanned.FindStringSubmatch(detail); m != nil {
					seen[m[1]+m[2]]++
				}
			}
			mustDo(t, errors.Join(rows.Close(), c.Close()))
			for register, times := range seen {
				if times > 1 {
					t.Errorf("report %s scans %s %d times", r.name, register, times)
				}
			}
		}
	}
}
