package reportdb_test

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

var journal = flag.String("journal", "", "directory of a journal of which TestFigures builds the database: of anjian simulate --size city")

// journalled is a source that decodes the entries of a journal each time, as a node does.
func journalled(t *testing.T) (entries [][]byte, c reportdb.Config) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(*journal, "*.ndjson"))
	mustDo(t, err)
	slices.Sort(files)
	for _, name := range files {
		b, err := os.ReadFile(name)
		mustDo(t, err)
		for line := range bytes.Lines(b) {
			if bytes.HasPrefix(line, []byte(`{"v":1,"index":`)) {
				entries = append(entries, bytes.TrimSuffix(line, []byte("\n")))
			}
		}
	}
	catalogue := domain.Catalogue()
	s := sourceOf(nil, len(entries))
	c = s.Config(t.TempDir())
	c.Range = func(_ context.Context, from, to uint64, fn func(*event.Event) error) error {
		for _, line := range entries[from:to] {
			e, err := entry.Decode(bytes.Clone(line), catalogue) // what keeps a text of it keeps all of it
			if err != nil {
				return err
			}
			if err := fn(e); err != nil {
				return err
			}
		}
		return nil
	}
	c.Read = func(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error {
		for _, i := range indexes {
			if err := c.Range(ctx, i, i+1, fn); err != nil {
				return err
			}
		}
		return nil
	}
	return entries, c
}

// TestFigures measures how fast the database of a city is built, what it weighs, and how fast it is read: with -journal.
func TestFigures(t *testing.T) {
	if *journal == "" {
		t.Skip("needs -journal")
	}
	entries, c := journalled(t)
	again, empty := 0, heap()
	f := tables.New(0, func(indexes []uint32) (out []*event.Event, err error) {
		again += len(indexes)
		for _, i := range indexes {
			err = c.Range(t.Context(), uint64(i), uint64(i)+1, func(e *event.Event) error { out = append(out, e); return nil })
		}
		return out, err
	})
	var batch tables.Batch
	counts := map[string]int{}
	var folding time.Duration
	f.Begin(&batch)
	mustDo(t, c.Range(t.Context(), 0, uint64(len(entries)), func(e *event.Event) error {
		began := time.Now()
		err := f.Apply(e)
		folding += time.Since(began)
		if len(batch.Ops) > 20_000 {
			for i := range batch.Ops {
				op := &batch.Ops[i]
				name := []string{"write ", "close ", "see ", "entry", "name", "scope", "sector"}[op.Do]
				if op.In != nil {
					name += op.In.Name
				}
				counts[name]++
			}
			batch.Reset()
			f.Begin(&batch)
		}
		return err
	}))
	t.Logf("%d entries; folding alone %.0f entries/s; rows: %v", len(entries), float64(len(entries))/folding.Seconds(), counts)
	batch = tables.Batch{}
	t.Logf("the fold keeps %d bytes an entry, and has read %d entries again", int(heap()-empty)/len(entries), again)
	runtime.KeepAlive(f)
	f = nil
	runtime.GC()
	began, before := time.Now(), processor(t)
	b, stop := running(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	mustDo(t, b.WaitFor(ctx, uint64(len(entries))))
	took, cpu := time.Since(began), processor(t)-before
	for _, asOf := range []*uint64{nil, new(uint64(len(entries)) / 2)} {
		for _, x := range figures {
			began := time.Now()
			actor := event.Actor{Role: event.RoleSupervisionOffice}
			c, err := b.Ask(t.Context(), reportdb.Question{Actor: actor, Scope: visibility.ScopeOf(actor, &visibility.Fold{}), AsOf: asOf,
				Names: x.query,
				For:   time.Minute})
			mustDo(t, err)
			opened := time.Since(began)
			rows, err := c.Query(x.query, nil)
			t.Logf("%s, as of %d: opened in %v, answered in %v: %v", x.name, c.Position(), opened, time.Since(began),
				lines(t, "", must(t)(rows, err)))
			mustDo(t, c.Close())
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	stop()
	began = time.Now()
	b, _ = running(t, c)
	mustDo(t, b.WaitFor(ctx, uint64(len(entries))))
	t.Logf("opened again in %v", time.Since(began))
	info, err := os.Stat(filepath.Join(c.Dir, "reports.db"))
	mustDo(t, err)
	t.Logf("built in %v, processor %v: %.0f entries/s, %d bytes an entry, heap %d MiB", took, cpu, float64(len(entries))/took.Seconds(),
		info.Size()/int64(len(entries)),
		m.HeapAlloc>>20)
}

// heap is how many bytes this process has in use.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// processor is the time that this process has had of all processors.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	mustDo(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestListFigures measures the pages of all lists, filters and sorts, now and as of the middle of the ledger, and prints the slowest: with
// -journal.
func TestListFigures(t *testing.T) {
	if *journal == "" {
		t.Skip("needs -journal")
	}
	entries, config := journalled(t)
	b, _ := running(t, config)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	began := time.Now()
	mustDo(t, b.WaitFor(ctx, uint64(len(entries))))
	t.Logf("%d entries built in %v", len(entries), time.Since(began))
	type figure struct {
		name      string
		took, cpu time.Duration
		rows      int
	}
	var all []figure
	actor := event.Actor{Role: event.RoleSupervisionOffice}
	middle := uint64(len(entries) / 2)
	for _, asOf := range []*uint64{nil, &middle} {
		for _, list := range tables.Lists {
			q := reportdb.Question{Actor: actor, Scope: visibility.ScopeOf(actor, &visibility.Fold{}), AsOf: asOf, For: time.Minute}
			mustDo(t, (&reportdb.Asked{List: list}).Question(&q))
			c, err := b.Ask(ctx, q)
			mustDo(t, err)
			first, err := c.List(reportdb.Asked{List: list, Limit: 50})
			mustDo(t, err)
			mustDo(t, c.Close())
			for _, a := range asks(list, func(f *tables.Filter) string { return valueOf(&first, f) }) {
				a.Limit, a.Count = 50, 10_000
				began, before := time.Now(), processor(t)
				c, err := b.Ask(ctx, q)
				mustDo(t, err)
				page, err := c.List(a)
				mustDo(t, err)
				mustDo(t, c.Close())
				all = append(all, figure{fmt.Sprintf("%s, as of %t", name(&a), asOf != nil), time.Since(began), processor(t) - before, len(page.Rows)})
			}
		}
	}
	for _, by := range []struct {
		name string
		of   func(figure) time.Duration
	}{{"time", func(f figure) time.Duration { return f.took }}, {"processor", func(f figure) time.Duration { return f.cpu }}} {
		slices.SortFunc(all, func(x, y figure) int { return cmp.Compare(by.of(x), by.of(y)) })
		t.Logf("%d pages with totals, %s: p50 %v, p99 %v; the slowest: %+v", len(all), by.name, by.of(all[len(all)/2]),
			by.of(all[len(all)*99/100]), all[len(all)-5:])
	}
}

// valueOf is what the first things of a list have, of a filter.
func valueOf(page *reportdb.Listed, f *tables.Filter) string {
	at := slices.IndexFunc(page.Columns, func(x tables.Column) bool { return x.Name == f.Column })
	for _, row := range page.Rows {
		if v := row.Values[at]; v != nil && f.Column != "sectors" {
			return fmt.Sprint(v)
		}
	}
	return some(f)
}
