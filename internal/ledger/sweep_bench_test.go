package ledger_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/worklist"
)

// BenchmarkSweep says what is overdue of 100,000 open obligations, 10,000 of them: how long that takes, and how long single
// appends take meanwhile, against before; then how long a team's worklist takes.
func BenchmarkSweep(b *testing.B) {
	const open, overdue, batch = 100_000, 10_000, 100
	for b.Loop() {
		w := opened(b)
		li := w.crew()
		if _, err := w.Ledger.Append(context.Background(), request(registered(b, "aside"))); err != nil {
			b.Fatal(err)
		}
		for n := 0; n < open; n += batch {
			if n == overdue {
				w.clock.Pass(90 * time.Hour)
			}
			items := make([]ledger.Item, batch)
			for i := range items {
				d := &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify", Inspectors: []string{"ma", "li"}}
				items[i] = typed(b, visitOf(fmt.Sprint(n+i)), d, func(e *event.Event) { e.Campaign, e.Occurred = "c", w.clock.Now() })
			}
			if _, err := w.Ledger.Append(context.Background(), ledger.Request{Actor: li, Items: items}); err != nil {
				b.Fatal(err)
			}
		}
		w.clock.Pass(7 * time.Hour)
		took := func(until <-chan struct{}) (p99 time.Duration) {
			var all []time.Duration
			for n := 0; ; n++ {
				select {
				case <-until:
					slices.Sort(all)
					return all[len(all)*99/100]
				default:
				}
				it := trained(b, "aside", nil) // of who was at no visit: else the sweep looks at all of these again
				begin := time.Now()
				if _, err := w.Ledger.Append(context.Background(), request(it)); err != nil {
					b.Fatal(err)
				}
				all = append(all, time.Since(begin))
				time.Sleep(time.Millisecond)
			}
		}
		calm := make(chan struct{})
		time.AfterFunc(2*time.Second, func() { close(calm) })
		before := took(calm)
		swept := make(chan struct{})
		begin, lasted := time.Now(), time.Duration(0)
		go func() {
			if said, err := w.Sweep(context.Background()); err != nil || said != overdue {
				b.Errorf("it says %d: %v", said, err)
			}
			lasted = time.Since(begin)
			close(swept)
		}()
		during := took(swept)
		b.ReportMetric(lasted.Seconds(), "s/sweep")
		b.ReportMetric(float64(before.Microseconds()), "µs-p99-calm")
		b.ReportMetric(float64(during.Microseconds()), "µs-p99-sweep")
		office := visibility.ScopeOf(event.Actor{Role: event.RoleSupervisionOffice}, nil)
		var lists []time.Duration
		for range 200 {
			begin := time.Now()
			rows, _, err := w.Owed(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			if p, err := worklist.List(rows, &worklist.Query{Scope: office, Team: "t1", Now: w.Now(), Limit: 100}); err != nil || p.Open != open ||
				p.Overdue != overdue {
				b.Fatal(p.Open, p.Overdue, err)
			}
			lists = append(lists, time.Since(begin))
		}
		slices.Sort(lists)
		b.ReportMetric(float64(lists[len(lists)*99/100].Microseconds()), "µs-p99-list")
	}
}
