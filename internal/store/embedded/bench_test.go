package embedded_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/test/storetest"
)

func reportP50(b *testing.B, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
}

// BenchmarkBareFile is the floor for BenchmarkAppend: one write and one fsync.
func BenchmarkBareFile(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	line := storetest.Sized(nil, 1<<10).Bytes
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if _, err := f.Write(line); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	reportP50(b, took)
}

func BenchmarkAppend(b *testing.B) {
	for _, c := range []struct {
		name string
		size int
	}{{"1KB", 1 << 10}, {"100KB", 100 << 10}} {
		b.Run(c.name, func(b *testing.B) {
			s := open(b, b.TempDir())
			defer shut(b, s)
			var took []time.Duration
			prev := storetest.Sized(nil, c.size)
			b.SetBytes(int64(c.size))
			for b.Loop() {
				start := time.Now()
				storetest.MustAppend(b, s, prev)
				took = append(took, time.Since(start))
				prev = storetest.Sized(prev, c.size)
			}
			reportP50(b, took)
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, c := range []struct {
		name         string
		blocks, size int
	}{{"1KB", 5000, 1 << 10}, {"100KB", 1000, 100 << 10}} {
		b.Run(c.name, func(b *testing.B) {
			s := open(b, b.TempDir())
			defer shut(b, s)
			chain := storetest.Sized(nil, c.size)
			for range c.blocks {
				storetest.MustAppend(b, s, chain)
				chain = storetest.Sized(chain, c.size)
			}
			b.SetBytes(int64(c.blocks * c.size))
			for b.Loop() {
				if err := s.Read(b.Context(), 1, uint64(c.blocks), func(uint64, []byte) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(c.blocks*b.N)/b.Elapsed().Seconds(), "blocks/s")
		})
	}
}
