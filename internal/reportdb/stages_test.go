package reportdb_test

import (
	"cmp"
	"context"
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/projections/tables"
)

var first = flag.Int("first", 0, "how many entries of the journal TestBuildFigures takes; 0: all")

// TestBuildFigures measures what building costs an entry in time of processors, and what the file weighs: reading alone, with the
// folding, and all with its indexes. It needs -journal.
func TestBuildFigures(t *testing.T) {
	if *journal == "" {
		t.Skip("needs -journal")
	}
	entries, c := journalled(t)
	n := uint64(min(cmp.Or(*first, len(entries)), len(entries)))
	committed := c.Committed
	c.Size, c.Committed = func() uint64 { return n }, func(after uint64) <-chan struct{} {
		if after >= n {
			return nil
		}
		return committed(after)
	}
	stage := func(name string, run func()) {
		t.Run(name, func(t *testing.T) {
			runtime.GC()
			began, before := time.Now(), processor(t)
			run()
			took, cpu := time.Since(began), processor(t)-before
			t.Logf("%.2f µs of processor an entry, %.0f entries/s", float64(cpu.Nanoseconds())/1000/float64(n), float64(n)/took.Seconds())
		})
	}
	stage("reading", func() {
		mustDo(t, c.Range(t.Context(), 0, n, func(*event.Event) error { return nil }))
	})
	again, rows := 0, 0
	stage("folding", func() {
		f := tables.New(0, func(indexes []uint32) (out []*event.Event, err error) {
			again += len(indexes)
			for _, i := range indexes {
				err = c.Range(t.Context(), uint64(i), uint64(i)+1, func(e *event.Event) error { out = append(out, e); return nil })
			}
			return out, err
		})
		var batch tables.Batch
		f.Begin(&batch)
		mustDo(t, c.Range(t.Context(), 0, n, func(e *event.Event) error {
			err := f.Apply(e)
			if len(batch.Ops) > 20_000 {
				rows += len(batch.Ops)
				batch.Reset()
				f.Begin(&batch)
			}
			return err
		}))
	})
	t.Logf("%.2f operations an entry; %.2f entries were read again for one", float64(rows)/float64(n), float64(again)/float64(n))
	stage("all", func() {
		b, stop := running(t, c)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		mustDo(t, b.WaitFor(ctx, n))
		stop()
	})
	if info, err := os.Stat(filepath.Join(c.Dir, "reports.db")); err == nil {
		t.Logf("%d bytes an entry", info.Size()/int64(n))
	}
}
