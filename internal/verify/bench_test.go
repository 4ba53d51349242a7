package verify

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// BenchmarkRun verifies entries of about 1 KB in both copies and their tiles.
func BenchmarkRun(b *testing.B) {
	for _, perBlock := range []int{1, 100} {
		b.Run(fmt.Sprintf("%dPerBlock", perBlock), func(b *testing.B) {
			l := newLedger(b)
			l.padding = `,"padding":"` + strings.Repeat("x", 600) + `"`
			entries := min(20_000, 2000*perBlock)
			for range entries / perBlock {
				l.add(perBlock)
			}
			size := 0
			for _, raw := range l.blocks {
				size += len(raw)
			}
			plain := func(fn func(uint64, []byte) error) error {
				for i, raw := range l.blocks {
					if err := fn(uint64(i+1), raw); err != nil {
						return err
					}
				}
				return nil
			}
			s := Sources{Journal: plain, Store: plain, Tiles: translog.Dir(l.dir)}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				r, err := Run(context.Background(), s, Options{Verifier: l.key.Verifier()})
				if err != nil || !r.OK {
					b.Fatal(r, err)
				}
			}
			b.ReportMetric(float64(entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric(float64(size)/float64(entries), "B/entry")
		})
	}
}

func BenchmarkPeek(b *testing.B) {
	ev := []byte(`{"specversion":"1.0","id":"` + uuid.NewString() + `","data":{` + strings.Repeat(`"name":"value",`, 50) + `"n":1}}`)
	b.SetBytes(int64(len(ev)))
	for b.Loop() {
		if _, err := entry.Peek(ev); err != nil {
			b.Fatal(err)
		}
	}
}
