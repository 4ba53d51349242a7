package reportdb_test

import (
	"context"
	"flag"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

var (
	size     = flag.String("campaign", "small", "size of the campaign of which the benchmarks build: small, city")
	campaign = sync.OnceValue(func() []*event.Event {
		return campaigntest.Entries(benchmark, simulate.Config{Seed: 1, Size: simulate.Size(*size)})
	})
	benchmark *testing.B
)

func entriesOfCampaign(b *testing.B) []*event.Event {
	b.Helper()
	benchmark = b
	return campaign()
}

// BenchmarkFold says which rows the entries of a campaign change, without writing them.
func BenchmarkFold(b *testing.B) {
	events := entriesOfCampaign(b)
	again := 0
	b.ReportAllocs()
	for b.Loop() {
		f := tables.New(0, func(indexes []uint32) (out []*event.Event, err error) {
			again += len(indexes)
			for _, i := range indexes {
				out = append(out, events[i])
			}
			return out, nil
		})
		var batch tables.Batch
		f.Begin(&batch)
		for _, e := range events {
			mustDo(b, f.Apply(e))
			if len(batch.Ops) > 20_000 {
				batch.Reset()
				f.Begin(&batch)
			}
		}
	}
	b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(again)/float64(b.N), "read-again/op")
}

// BenchmarkBuild builds the database of a campaign.
func BenchmarkBuild(b *testing.B) {
	events := entriesOfCampaign(b)
	b.ReportAllocs()
	for b.Loop() {
		db, stop := running(b, sourceOf(events, len(events)).Config(b.TempDir()))
		ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
		mustDo(b, db.WaitFor(ctx, uint64(len(events))))
		cancel()
		stop()
	}
	b.ReportMetric(float64(len(events)*b.N)/b.Elapsed().Seconds(), "entries/s")
}
