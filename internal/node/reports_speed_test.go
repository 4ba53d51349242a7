package node_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
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

var city = flag.String("city", "", "data directory for TestBuildingHoldsUpNoAppend and TestAnAppendIsInTheReportsAtOnce, which change it: "+
	"of anjian simulate --size city")

// TestBuildingHoldsUpNoAppend prints how fast the report database is built while 2,000 events a second are appended, and the
// latency of these beside that without building, and the memory of the process.
func TestBuildingHoldsUpNoAppend(t *testing.T) {
	if *city == "" {
		t.Skip("needs -city")
	}
	dir := datadir.Dir(*city)
	must(t, os.RemoveAll(dir.Reports()))
	measure := func(reports bool) (p50, p99 time.Duration, rate float64) {
		n, err := node.Open(t.Context(), node.Config{Dir: dir, Reports: reports, ScrubEvery: -1, SweepEvery: -1})
		must(t, err)
		defer func() { must(t, n.Close(context.Background())) }()
		began, size := time.Now(), n.Ledger.Head().Size
		done := make(chan struct{})
		if reports {
			go func() {
				defer close(done)
				must(t, n.Reports.WaitFor(t.Context(), size))
				rate = float64(size) / time.Since(began).Seconds()
			}()
		} else {
			time.AfterFunc(8*time.Second, func() { close(done) })
		}
		took := paced(t, n, done)
		slices.Sort(took)
		t.Logf("reports %t: %d entries, %d appended in %v", reports, size, len(took), time.Since(began))
		return took[len(took)/2], took[len(took)*99/100], rate
	}
	p50, p99, _ := measure(false)
	during50, during99, rate := measure(true)
	var u syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	t.Logf("built at %.0f entries/s; appends: p50 %v without and %v with building, p99 %v and %v (%.2f ×); at most %d MiB of memory", rate,
		p50, during50, p99, during99, float64(during99)/float64(p99), u.Maxrss>>10)
}

// paced appends 2,000 events a second until done, and returns how long each took.
func paced(t *testing.T, n *node.Node, done <-chan struct{}) []time.Duration {
	const writers, each = 20, 10 * time.Millisecond
	run := time.Now().UnixNano()
	all := make([][]time.Duration, writers)
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			pace := time.NewTicker(each)
			defer pace.Stop()
			for i := 0; ; i++ {
				select {
				case <-pace.C:
				case <-done:
					return
				}
				request := nodetest.Register(t, n, fmt.Sprintf("paced-%d-%d-%d", run, w, i))
				began := time.Now()
				if _, err := n.Ledger.Append(t.Context(), request); err != nil {
					t.Error(err)
					return
				}
				all[w] = append(all[w], time.Since(began))
			}
		})
	}
	running.Wait()
	return slices.Concat(all...)
}
