package node_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

// What was acknowledged is in the reports at most 200 ms later, at fifty appends a second; who waits for its position finds it. With -city
// it is measured at the end of that ledger.
func TestAnAppendIsInTheReportsAtOnce(t *testing.T) {
	config, appends := node.Config{Dir: datadir.Dir(t.TempDir()), Origin: "anjian.test/reports", Reports: true}, 40
	if *city != "" {
		config, appends = node.Config{Dir: datadir.Dir(*city), Reports: true, ScrubEvery: -1, SweepEvery: -1}, 500
	}
	n, err := node.Open(t.Context(), config)
	must(t, err)
	defer func() { must(t, n.Close(context.Background())) }()
	must(t, n.Reports.WaitFor(t.Context(), n.Ledger.Head().Size))
	office := event.Actor{Role: event.RoleSupervisionOffice}
	q := reportdb.Question{Actor: office, Scope: visibility.ScopeOf(office, &visibility.Fold{})}
	counted := func() int64 {
		c, err := n.Reports.Ask(t.Context(), q)
		must(t, err)
		defer func() { must(t, c.Close()) }()
		_, things, err := c.Things("SELECT ix FROM subjects", nil)
		must(t, err)
		return things
	}
	before := counted()
	var took []time.Duration
	run := time.Now().UnixNano()
	pace := time.NewTicker(20 * time.Millisecond)
	defer pace.Stop()
	for i := range appends {
		<-pace.C
		_, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, fmt.Sprintf("s-%d-%d", run, i)))
		must(t, err)
		acked := time.Now()
		must(t, n.Reports.WaitFor(t.Context(), n.Ledger.Head().Size))
		took = append(took, time.Since(acked))
		if things := counted(); things != before+int64(i)+1 {
			t.Errorf("%d subjects, want %d", things, before+int64(i)+1)
		}
	}
	slices.Sort(took)
	t.Logf("%d appends: p50 %v, p99 %v, the longest but one %v", len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-2])
	if took[min(len(took)*99/100, len(took)-2)] > 200*time.Millisecond {
		t.Error("that is too long")
	}
}

var (
	city = flag.String("city", "", "data directory for TestBuildingHoldsUpNoAppend and TestAnAppendIsInTheReportsAtOnce, which change it, "+
		"and for TestOpeningFigures: of anjian simulate --size city")
	rate   = flag.Int("rate", 2000, "appends a second of TestBuildingHoldsUpNoAppend; fewer where the machine does other things")
	rounds = flag.Int("rounds", 1, "how often TestBuildingHoldsUpNoAppend measures appends alone and beside a build, in turn")
)

// TestBuildingHoldsUpNoAppend prints how fast the report database is built while 2,000 events a second are appended, and the
// latency of these beside that without building, and the memory of the process, which is tuned like a server.
func TestBuildingHoldsUpNoAppend(t *testing.T) {
	if *city == "" {
		t.Skip("needs -city")
	}
	defer node.Thrift()()
	must(t, node.Tuned(func(func() int) error {
		took := map[bool][]time.Duration{}
		for range *rounds {
			for _, building := range []bool{false, true} {
				took[building] = append(took[building], besideReports(t, building)...)
			}
		}
		at := func(building bool, percent int) time.Duration { return took[building][len(took[building])*percent/100] }
		for _, building := range []bool{false, true} {
			slices.Sort(took[building])
			t.Logf("building %t: %d appends, p50 %v, p90 %v, p99 %v", building, len(took[building]), at(building, 50), at(building, 90),
				at(building, 99))
		}
		var u syscall.Rusage
		must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		most := u.Maxrss >> 10
		t.Logf("p50 %.2f ×, p90 %.2f ×, p99 %.2f ×; at most %d MiB of memory", ratio(at(true, 50), at(false, 50)),
			ratio(at(true, 90), at(false, 90)), ratio(at(true, 99), at(false, 99)), most)
		if most > 1536 {
			t.Error("that is more than a server of a city may take while its report database is built")
		}
		return nil
	}))
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// besideReports returns how long appends took while the report database was built, or for eight seconds in which none is.
func besideReports(t *testing.T, building bool) []time.Duration {
	dir := datadir.Dir(*city)
	if building {
		must(t, os.RemoveAll(dir.Reports()))
	}
	n, err := node.Open(t.Context(), node.Config{Dir: dir, Reports: building, ScrubEvery: -1, SweepEvery: -1})
	must(t, err)
	defer func() { must(t, n.Close(context.Background())) }()
	began, before, size := time.Now(), processor(t), n.Ledger.Head().Size
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	if building {
		ctx, cancel = context.WithCancel(t.Context())
		go func() {
			defer cancel()
			if err := n.Reports.WaitFor(ctx, size); err != nil {
				t.Error(err)
			}
		}()
	}
	defer cancel()
	took := paced(ctx, t, n)
	t.Logf("building %t: %d entries in %v (%v of the processor), %d appended", building, size, time.Since(began), processor(t)-before,
		len(took))
	return took
}

// processor is the time that this process has had of all processors.
func processor(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// paced appends so many events a second as -rate says until ctx ends, and returns how long each took since it was due: a writer that is
// held up owes those of meanwhile, too.
func paced(ctx context.Context, t *testing.T, n *node.Node) []time.Duration {
	const writers = 64
	began, each := time.Now(), time.Second/time.Duration(*rate)
	var next atomic.Int64
	all := make([][]time.Duration, writers)
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for ctx.Err() == nil {
				i := next.Add(1)
				due := began.Add(time.Duration(i) * each)
				time.Sleep(time.Until(due))
				request := nodetest.Register(t, n, fmt.Sprintf("paced-%d-%d", began.UnixNano(), i))
				if _, err := n.Ledger.Append(t.Context(), request); err != nil {
					t.Error(err)
					return
				}
				all[w] = append(all[w], time.Since(due))
			}
		})
	}
	running.Wait()
	return slices.Concat(all...)
}
