package cluster_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// BenchmarkAppend is what a block costs on three servers in this process, which share
// one disk.
func BenchmarkAppend(b *testing.B) {
	c := natstest.Start(b, 3, nil)
	s, err := cluster.Open(b.Context(), config(b, c))
	if err != nil {
		b.Fatal(err)
	}
	defer shut(b, s)
	for _, size := range []int{1 << 10, 100 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			var took []time.Duration
			prev := lastBlock(b, s)
			b.SetBytes(int64(size))
			for b.Loop() {
				next := storetest.Sized(prev, size)
				start := time.Now()
				storetest.MustAppend(b, s, next)
				took = append(took, time.Since(start))
				prev = next
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
		})
	}
}
