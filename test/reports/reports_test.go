package reports

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/test/campaigntest"
	"github.com/anjian-ledger/anjian/test/reportdbtest"
)

var (
	reportPositions = flag.Int("report-positions", 1,
		"how many random positions TestReports… compares with databases of the first entries only")
	reportDraws  = flag.Int("report-draws", 1, "TestReports… opens so many times the rows, for so many roles, and asks of more hidden entries")
	reportsWhole = flag.Bool("reports-whole", false, "TestReports… asks every report by every grouping for every role, and opens all rows")
)

// reportWorld is a ledger in memory with its report database.
type reportWorld struct {
	*testing.T
	events []*event.Event
	views  *projector.Projector
	db     *reportdb.Builder
	dir    string
	askers map[event.Role]event.Actor
	now    string
	byNow  bool // changes between positions are told by now on both sides
}

// database builds the report database of the first entries.
func (w *reportWorld) database(size int) (*reportdb.Builder, string) {
	w.Helper()
	dir, err := os.MkdirTemp(shared, "")
	must(w.T, err)
	b := reportdb.New(reportdbtest.Of(w.events[:size], size).Config(dir))
	must(w.T, b.Update(w.Context()))
	return b, dir
}

// on asks a report for a role as of an index; the caller closes the connection.
func (w *reportWorld) on(b *reportdb.Builder, r *report.Report, role event.Role, rows string, asOf *uint64) (*report.Execution,
	*reportdb.Conn) {
	w.Helper()
	actor := w.askers[role]
	conn, err := b.Ask(w.Context(), reportdb.Question{Actor: actor, Scope: w.views.ScopeAt(actor).Scope, AsOf: asOf, Hidden: r.Hidden,
		Names: r.Names(), For: time.Minute})
	must(w.T, err)
	x, err := r.On(conn, actor.Team, report.Question{Rows: rows, Given: map[string]string{"now": w.now},
		Figures: role == event.RoleCityGovernment})
	must(w.T, err)
	return x, conn
}

// document is the whole answer.
func (w *reportWorld) document(x *report.Execution) *report.Document {
	w.Helper()
	a, err := x.Answer()
	must(w.T, err)
	d, err := x.Document(a, law.InEnglish)
	must(w.T, err)
	return d
}

func (w *reportWorld) text(b *reportdb.Builder, r *report.Report, role event.Role, rows string, asOf *uint64) string {
	w.Helper()
	x, conn := w.on(b, r, role, rows, asOf)
	defer conn.Close()
	text, err := json.Marshal(w.document(x))
	must(w.T, err)
	return string(text)
}

// loaded are our reports, prepared once.
var loaded = sync.OnceValues(func() ([]*report.Report, error) { return report.Load(context.Background(), "") })

func allReports(t *testing.T) []*report.Report {
	t.Helper()
	all, err := loaded()
	must(t, err)
	return all
}

// ours are those that count.
func ours(t *testing.T) []*report.Report {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(allReports(t)), func(r *report.Report) bool { return len(r.Parts) > 0 })
}

// campaignOnce is made by the first test that needs it, while the others wait.
var (
	campaignMaking sync.Mutex
	campaignOnce   *reportWorld
)

// campaignWorld is a simulated campaign with what comes of it. Tests read it at the same time.
func campaignWorld(t *testing.T) *reportWorld {
	campaignMaking.Lock()
	defer campaignMaking.Unlock()
	if campaignOnce != nil {
		w := *campaignOnce
		w.T = t
		return &w
	}
	l := campaigntest.Run(t, simulate.Config{Seed: 3, Aftermath: true})
	w := &reportWorld{T: t, events: l.Events, askers: map[event.Role]event.Actor{}}
	w.views = projector.New(projector.Config{
		Read: func(_ context.Context, indexes []uint64, fn func(*event.Event) error) error {
			for _, i := range indexes {
				if err := fn(w.events[i]); err != nil {
					return err
				}
			}
			return nil
		},
		RootAt:     func(uint64) (string, error) { return "", nil },
		RecordedAt: func(size uint64) (time.Time, error) { return w.events[size-1].Recorded, nil },
	})
	w.views.Apply(w.events)
	w.now = w.events[len(w.events)-1].Recorded.In(event.Beijing).Format(time.DateOnly)
	for _, role := range event.Roles {
		w.askers[role] = event.Actor{Role: role, Person: "nobody"}
	}
	w.askers[event.RoleCountyGovernment] = event.Actor{Role: event.RoleCountyGovernment, County: "610902", Unit: "gov-610902"}
	w.askers[event.RoleDepartment] = event.Actor{Role: event.RoleDepartment, Unit: "emergency-610902", County: "610902"}
	w.askers[event.RoleCommittee] = event.Actor{Role: event.RoleCommittee, Unit: "traffic"}
	for _, e := range w.events {
		if e.Stream.Kind == event.Inspection && e.About.Subject != "" && w.askers[event.RoleInspectedParty].Unit == "" {
			w.askers[event.RoleInspectedParty] = event.Actor{Role: event.RoleInspectedParty, Unit: e.About.Subject}
			w.askers[event.RoleTeamLeader] = event.Actor{Role: event.RoleTeamLeader, Team: e.About.Team}
		}
	}
	w.db, w.dir = w.database(len(w.events))
	campaignOnce = w
	return w
}

// TestReports asks every report of every role of it, by every grouping.
func TestReports(t *testing.T) {
	w := campaignWorld(t)
	numbers, rowsOf := 0, map[string]int{}
	for _, r := range ours(t) {
		for n, role := range r.Roles {
			for i, rows := range r.RowNames() {
				if i > 0 && n >= *reportDraws && !*reportsWhole {
					continue
				}
				x, conn := w.on(w.db, r, role, rows, nil)
				d := w.document(x)
				rowsOf[r.ID] += len(d.Rows)
				w.sameInEveryForm(r, d)
				numbers += w.opens(r, role, rows, x, d)
				must(t, conn.Close())
			}
		}
		w.county(r)
	}
	t.Logf("%d numbers opened; rows: %v", numbers, rowsOf)
	w.memory(ours(t))
}

// What was counted for an answer is set aside, and its numbers open from there into the same things as by themselves.
func TestReportsOpenFromWhatTheyCounted(t *testing.T) {
	w := campaignWorld(t)
	last := uint64(len(w.events) - 1)
	for _, r := range ours(t) {
		role := r.Roles[len(r.Roles)-1]
		actor := w.askers[role]
		asker := reportdb.Question{Actor: actor, Scope: w.views.ScopeAt(actor).Scope, AsOf: &last, Hidden: r.Hidden, Names: r.Names(),
			For: time.Minute}
		q := report.Question{Given: map[string]string{"now": w.now}, Keep: true}
		conn, err := w.db.Ask(t.Context(), asker)
		must(t, err)
		x, err := r.On(conn, actor.Team, q)
		must(t, err)
		rows := []string{""}
		if d := w.document(x); len(d.By) > 0 && len(d.Rows) > 0 {
			rows = append(rows, d.Rows[0].Row, d.Rows[len(d.Rows)-1].Row)
		}
		must(t, x.Done())
		for _, row := range rows {
			by, key, err := r.Row(row)
			must(t, err)
			fresh, conn := w.on(w.db, r, role, by, nil)
			q.Rows = by
			kept, _, err := r.Again(t.Context(), w.db, &asker, actor.Team, q)
			must(t, err)
			if kept == nil {
				t.Fatalf("%s for %s: nothing was set aside for the numbers of %q", r.ID, role, row)
			}
			for _, c := range r.Columns {
				if one, two, paired := c.Pair(); paired {
					want, err := fresh.Numbers(key, r.Column(one), r.Column(two))
					must(t, err)
					if got, err := kept.Numbers(key, r.Column(one), r.Column(two)); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("%s for %s: the pair of %s of %q is %v, and of what was counted %v %v", r.ID, role, c.Name, row, want, got, err)
					}
					continue
				}
				want, err := fresh.Open(key, c, report.Start, report.MostThings)
				must(t, err)
				if got, err := kept.Open(key, c, report.Start, report.MostThings); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s for %s: %s of %q opens into %d things, and from what was counted into %d, or others; %v", r.ID, role, c.Name,
						row, len(want), len(got), err)
				}
				w.pages(kept, r, c, key, want)
			}
			must(t, errors.Join(conn.Close(), kept.Done()))
		}
	}
}

// sameInEveryForm compares the totals of JSON, CSV and XLSX, or how many rows there are.
func (w *reportWorld) sameInEveryForm(r *report.Report, d *report.Document) {
	w.Helper()
	table := d.Table(law.InEnglish)
	text, err := table.CSV()
	must(w.T, err)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	must(w.T, err)
	book, err := table.XLSX(d, report.Stand{Position: uint64(len(w.events))}, law.InEnglish)
	must(w.T, err)
	f, err := excelize.OpenReader(strings.NewReader(string(book)))
	must(w.T, err)
	defer f.Close()
	cells, err := f.GetRows("report", excelize.Options{RawCellValue: true})
	must(w.T, err)
	if len(d.By) == 0 {
		if len(lines) != len(d.Rows)+1 || len(cells) < len(d.Rows)+1 {
			w.Errorf("%s: %d rows, in CSV %d lines, in XLSX %d", r.ID, len(d.Rows), len(lines), len(cells))
		}
		return
	}
	for i, c := range d.Columns {
		at := len(d.By) + i
		inCSV, inXLSX := lines[len(lines)-1][at], ""
		if last := cells[len(cells)-1]; at < len(last) { // empty cells at the end of a row are not there
			inXLSX = last[at]
		}
		if want := d.Total[c.Name]; !sameNumber(want, inCSV) || !sameNumber(want, inXLSX) {
			w.Errorf("%s: the total of %s is %v, in CSV %q, in XLSX %q", r.ID, c.Name, want, inCSV, inXLSX)
		}
	}
}

func sameNumber(v any, text string) bool {
	if v == nil {
		return text == ""
	}
	n, err := strconv.ParseFloat(text, 64)
	return err != nil && fmt.Sprint(v) == text || err == nil && math.Abs(n-number(v)) < 1e-9
}

func number(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case int:
		return float64(v)
	}
	return math.NaN()
}

// opens opens the numbers of some rows and of the total: they add up, and each entry is one that the asker sees.
func (w *reportWorld) opens(r *report.Report, role event.Role, rows string, x *report.Execution, d *report.Document) (opened int) {
	w.Helper()
	actor := w.askers[role]
	scope := w.views.ScopeAt(actor).Scope
	type line struct {
		row     string
		figures map[string]any
	}
	lines, step := []line{{"", d.Total}}, 1 + len(d.Rows) / *reportDraws
	first := role == r.Roles[0] && (rows == r.RowNames()[0] || *reportDraws > 1)
	if first {
		step = 1 + len(d.Rows)/(4**reportDraws)
	}
	if *reportsWhole {
		step = 1
	}
	for i := range d.Rows {
		if d.Rows[i].Figures != nil && i%step == step/2 {
			lines = append(lines, line{d.Rows[i].Row, d.Rows[i].Figures})
		}
	}
	for i, l := range lines {
		_, key, err := r.Row(l.row)
		must(w.T, err)
		for _, c := range r.Columns {
			want, shown := l.figures[c.Name]
			if !shown {
				continue
			}
			opened++
			if a, b, paired := c.Pair(); paired {
				for _, name := range []string{a, b} {
					if v, err := x.Numbers(key, r.Column(name)); err != nil || fmt.Sprint(v[0]) != fmt.Sprint(l.figures[name]) && l.figures[name] != nil {
						w.Errorf("%s for %s: %s of %q is %v, in the pair of %s %v %v", r.ID, role, name, l.row, l.figures[name], c.Name, v, err)
					}
				}
				continue
			}
			things, err := x.Open(key, c, report.Start, report.MostThings)
			if err != nil {
				w.Errorf("%s for %s: %s of %q does not open: %v", r.ID, role, c.Name, l.row, err)
				continue
			}
			if first && i < 2 || *reportDraws > 1 || *reportsWhole { // the total, and the numbers of a row
				w.pages(x, r, c, key, things)
			}
			if want == nil && c.Kind == report.Sum { // nobody records it
				want = 0
			}
			if got := madeOf(c, things); !sameNumber(want, got) {
				w.Errorf("%s for %s: %s of %q is %v, its %d things make %s", r.ID, role, c.Name, l.row, want, len(things), got)
			}
			for _, thing := range things {
				e := w.events[thing.Entry]
				if _, sees := w.views.Since(&scope, e.Stream, &e.About, e.Index); !sees {
					w.Errorf("%s for %s: %s opens into entry %d of %s, which is not his", r.ID, role, c.Name, e.Index, e.Stream)
				}
			}
		}
	}
	return opened
}

// pages opens a number page by page, and compares that with how it opens at once.
func (w *reportWorld) pages(x *report.Execution, r *report.Report, c *report.Column, key []any, things []report.Opened) {
	w.Helper()
	if len(things) < 2 {
		return
	}
	each := 1 + len(things)/3 // three pages, which end among things of one entry as well
	var all []report.Opened
	for m := report.Start; ; {
		page, err := x.Open(key, c, m, each)
		must(w.T, err)
		if len(page) == 0 {
			break
		}
		all, m = append(all, page...), x.After(m, c, page)
		if c.Kind == report.Min || c.Kind == report.Max {
			break
		}
	}
	if fmt.Sprint(all) != fmt.Sprint(things) {
		w.Errorf("%s: pages of %s have %d things, or others or in another order, of %d", r.ID, c.Name, len(all), len(things))
	}
}

// madeOf is the number that things make.
func madeOf(c *report.Column, things []report.Opened) string {
	sum := 0.0
	for _, thing := range things {
		sum += number(thing.Value)
	}
	switch n := len(things); {
	case c.Kind == report.Sum:
		return strconv.FormatFloat(sum, 'f', -1, 64)
	case c.Kind == report.Count || c.Kind == report.Distinct:
		return strconv.Itoa(n)
	case n == 0:
		return ""
	case c.Kind == report.Median:
		return strconv.FormatFloat((number(things[(n-1)/2].Value)+number(things[n/2].Value))/2, 'f', -1, 64)
	default:
		return fmt.Sprint(things[0].Value)
	}
}

// Reports of sentences speak with the totals of others.
func TestReportsOfSentences(t *testing.T) {
	w := campaignWorld(t)
	for _, r := range allReports(t) {
		if len(r.Parts) == 0 {
			continue
		}
		for _, role := range r.Roles {
			x, conn := w.on(w.db, r, role, "", nil)
			d := w.document(x)
			must(t, conn.Close())
			if len(d.Text) == 0 || len(d.Figures) == 0 || strings.ContainsAny(d.Text[0].ZH+d.Text[0].EN, "{}") {
				t.Errorf("%s: %v %v", r.ID, d.Text, d.Figures)
			}
			for _, f := range d.Figures {
				part := allReports(t)[slices.IndexFunc(allReports(t), func(p *report.Report) bool { return p.ID == f.Report })]
				x, conn := w.on(w.db, part, role, "", nil)
				if total := w.document(x).Total[f.Column]; fmt.Sprint(total) != fmt.Sprint(f.Value) {
					t.Errorf("%s says %v of %s, where the report says %v", r.ID, f.Value, f.Name, total)
				}
				must(t, conn.Close())
			}
		}
	}
}

// county compares what a county is told with what the office is told of it.
func (w *reportWorld) county(r *report.Report) {
	w.Helper()
	if !r.For(event.RoleCountyGovernment) || !r.For(event.RoleSupervisionOffice) || !slices.Contains(r.RowNames(), "county") {
		return
	}
	of := func(role event.Role) map[string]any {
		x, conn := w.on(w.db, r, role, "county", nil)
		defer conn.Close()
		d := w.document(x)
		for i := range d.Rows {
			if d.Rows[i].Group["county"] == "610902" {
				return d.Rows[i].Figures
			}
		}
		w.Errorf("%s: no row of 610902 for %s", r.ID, role)
		return nil
	}
	own, office := of(event.RoleCountyGovernment), of(event.RoleSupervisionOffice)
	for _, c := range r.Columns {
		if c.Adds() && fmt.Sprint(own[c.Name]) != fmt.Sprint(office[c.Name]) {
			w.Errorf("%s: the county is told %v of %s, the office %v", r.ID, own[c.Name], c.Name, office[c.Name])
		}
	}
}

// memory compares with the views in memory, which are folded by other code.
func (w *reportWorld) memory(all []*report.Report) {
	w.Helper()
	city, err := w.views.City(w.Context(), projector.Query{For: w.askers[event.RoleSupervisionOffice]})
	must(w.T, err)
	for _, want := range []struct {
		id, column string
		n          int64
	}{{"3", "found", city.Counts.Findings}, {"9", "visits", city.Counts.Inspections}, {"3", "open", city.FindingsOpen}} {
		i := slices.IndexFunc(all, func(r *report.Report) bool { return r.ID == want.id })
		x, conn := w.on(w.db, all[i], event.RoleSupervisionOffice, "", nil)
		if got := w.document(x).Total[want.column]; got != want.n || want.n == 0 {
			w.Errorf("report %s: %s are %v, in the view of the city %d", want.id, want.column, got, want.n)
		}
		must(w.T, conn.Close())
	}
}

// As of a position every report is what a database of the first entries only says, under the scope of today; and the present is as of the
// head.
func TestReportsAsOfAPosition(t *testing.T) {
	w := campaignWorld(t)
	rng := rand.New(rand.NewPCG(7, 7))
	all := ours(t)
	var sizes []int
	if *reportsWhole {
		sizes = append(sizes, len(w.events))
	}
	for range *reportPositions {
		sizes = append(sizes, 1+rng.IntN(len(w.events)-1))
	}
	for _, size := range sizes {
		then, _ := w.database(size)
		last := uint64(size - 1)
		for _, r := range all {
			rows := r.RowNames()[rng.IntN(len(r.Rows))]
			for i, role := range r.Roles {
				if i > 0 && i != 1+rng.IntN(len(r.Roles)) && !*reportsWhole {
					continue
				}
				now, past := w.text(w.db, r, role, rows, &last), w.text(then, r, role, rows, nil)
				if now != past {
					t.Errorf("%s by %s for %s: as of %d\n%.600s\nof the first entries\n%.600s", r.ID, rows, role, size, now, past)
				}
			}
		}
	}
}
