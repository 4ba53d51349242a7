package report_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

var (
	city = flag.String("city", "", "data directory at rest of which TestFigures measures the reports: of anjian simulate --size city, or "+
		"another of any size")
	only = flag.String("reports", "", "numbers of the reports that TestFigures measures, with commas; all if empty")
)

// figure is what one question took.
type figure struct {
	name      string
	took, cpu time.Duration
}

// stopwatch measures questions by their kinds.
type stopwatch struct {
	*testing.T
	all map[string][]figure
}

// measure reports whether the question was answered. One that is refused fails the test, and the others are measured.
func (s *stopwatch) measure(kind, name string, fn func() error) bool {
	s.Helper()
	began, before := time.Now(), processor(s.T)
	if err := fn(); err != nil {
		s.Errorf("%s, %s after %s: %v", name, kind, time.Since(began).Round(time.Millisecond), err)
		return false
	}
	s.all[kind] = append(s.all[kind], figure{name, time.Since(began), processor(s.T) - before})
	return true
}

// processor is the time that this process has had of all processors.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestFigures measures every report by its first grouping, now and as of a random position, as JSON and XLSX, and a page of things behind
// every number of its total, its first and its last row, after its answer and by itself: with -city. It prints the slowest of each kind; on
// a machine that does other things, the processor's time tells more. -short leaves the numbers closed.
func TestFigures(t *testing.T) {
	if *city == "" {
		t.Skip("needs -city")
	}
	b, size := cityReports(t)
	past := rand.Uint64N(size)
	all, err := report.Load(t.Context(), "")
	must(t, err)
	s := &stopwatch{t, map[string][]figure{}}
	for _, asOf := range []*uint64{nil, &past} {
		for _, r := range all {
			if *only == "" || slices.Contains(strings.Split(*only, ","), r.ID) {
				s.report(b, r, asOf)
			}
		}
	}
	t.Logf("%d entries; the past is as of %d", size, past)
	s.print("opened", "JSON", "XLSX", "number opened", "number opened by itself")
}

// print prints figures of these kinds, and the slowest of each.
func (s *stopwatch) print(kinds ...string) {
	s.Helper()
	for _, kind := range kinds {
		figures := s.all[kind]
		if len(figures) == 0 {
			continue
		}
		slices.SortFunc(figures, func(x, y figure) int { return cmp.Compare(y.cpu, x.cpu) })
		text := ""
		for i := range figures[:min(len(figures), 25)] {
			text += fmt.Sprintf("\n%8.3f s, processor %.3f s: %s", figures[i].took.Seconds(), figures[i].cpu.Seconds(), figures[i].name)
		}
		s.Logf("%s: %d, p50 %.3f s of the processor, p99 %.3f s; the slowest:%s", kind, len(figures), figures[len(figures)/2].cpu.Seconds(),
			figures[len(figures)/100].cpu.Seconds(), text)
	}
}

// cityReports is the report database of the data directory, built if it is not yet, and how many entries it has.
func cityReports(t *testing.T) (*reportdb.Builder, uint64) {
	t.Helper()
	dir := datadir.Dir(*city)
	b, err := reportdb.Beside(t.Context(), dir.Reports())
	if err != nil {
		n, err := node.Open(t.Context(), node.Config{Dir: dir, ReadOnly: true, ScrubEvery: -1, SweepEvery: -1})
		must(t, err)
		b, err = n.ReportsAtRest(t.Context())
		must(t, errors.Join(err, n.Close(t.Context())))
	}
	return b, b.Status().Position
}

// report measures one report as of a position.
func (s *stopwatch) report(b *reportdb.Builder, r *report.Report, asOf *uint64) {
	s.Helper()
	keep := false
	ask := func(rows string, fn func(x *report.Execution) error) error {
		actor := event.Actor{Role: event.RoleSupervisionOffice}
		if !r.For(actor.Role) {
			actor.Role = event.RoleDisciplineCommission
		}
		if !r.For(actor.Role) {
			actor.Role = r.Roles[0]
		}
		asker := reportdb.Question{Actor: actor, Scope: visibility.ScopeOf(actor, &visibility.Fold{}), AsOf: asOf, Hidden: r.Hidden,
			Names: r.Names(), For: time.Minute}
		q := report.Question{Rows: rows, Keep: keep}
		if keep {
			if asOf == nil {
				asker.AsOf = new(b.Status().Position - 1)
			}
			x, _, err := r.Again(s.Context(), b, &asker, "", q)
			if err != nil {
				return err
			}
			if x != nil {
				return errors.Join(fn(x), x.Done())
			}
			asker.AsOf = asOf
		}
		conn, err := b.Ask(s.Context(), asker)
		if err != nil {
			return err
		}
		x, err := r.On(conn, "", q)
		if err != nil {
			return errors.Join(err, conn.Close())
		}
		return errors.Join(fn(x), x.Done())
	}
	name := fmt.Sprintf("%s%s", r.ID, map[bool]string{true: ", past"}[asOf != nil])
	s.measure("opened", name, func() error { return ask("", func(*report.Execution) error { return nil }) })
	keep = true
	var d *report.Document
	answered := s.measure("JSON", name, func() error {
		return ask("", func(x *report.Execution) error {
			a, err := x.Answer()
			if err != nil {
				return err
			}
			if d, err = x.Document(a, law.InChinese); err == nil {
				_, err = json.Marshal(d)
			}
			return err
		})
	})
	if !answered {
		return
	}
	s.measure("XLSX", name, func() error {
		_, err := d.Table(law.InChinese).XLSX(d, report.Stand{}, law.InChinese)
		return err
	})
	if testing.Short() {
		return
	}
	rows := []string{""}
	if len(d.Rows) > 0 {
		rows = append(rows, d.Rows[0].Row, d.Rows[len(d.Rows)-1].Row)
	}
	for _, kind := range []string{"number opened", "number opened by itself"} {
		for i, row := range rows {
			for _, c := range r.Columns {
				s.measure(kind, fmt.Sprintf("%s %s of %s", name, c.Name, []string{"the total", "the first row", "the last row"}[i]),
					func() error { return s.open(ask, r, c, row) })
			}
		}
		keep = false
	}
}

// open opens one number.
func (s *stopwatch) open(ask func(rows string, fn func(x *report.Execution) error) error, r *report.Report, c *report.Column,
	row string,
) error {
	by, key, err := r.Row(row)
	if err != nil {
		return err
	}
	return ask(by, func(x *report.Execution) error {
		if one, two, paired := c.Pair(); paired {
			_, err := x.Numbers(key, x.Column(one), x.Column(two))
			return err
		}
		opened, err := x.Open(key, c, report.Start, 101)
		if err == nil {
			_, err = x.Things(c, opened, law.InChinese)
		}
		return err
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
