package reportdb_test

import (
	"runtime"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// What a fold has in memory is bounded by the things that it may keep, and not by the ledger: streams that are put away leave the indexes
// of their entries.
func TestAFoldHasInMemoryWhatItMayKeep(t *testing.T) {
	events := campaigntest.Entries(t, simulate.Config{Seed: 1})
	live := func(keep int) int {
		before := heap()
		f := tables.New(0, func(indexes []uint32) (out []*event.Event, _ error) {
			for _, i := range indexes {
				out = append(out, events[i])
			}
			return out, nil
		})
		f.Keep = keep
		var batch tables.Batch
		f.Begin(&batch)
		for _, e := range events {
			mustDo(t, f.Apply(e))
			batch.Reset()
			f.Begin(&batch)
		}
		batch = tables.Batch{}
		grown := int(int64(heap()) - int64(before))
		runtime.KeepAlive(f)
		return grown / len(events)
	}
	all, few := live(1<<20), live(256)
	t.Logf("%d entries: %d bytes an entry with all things, %d with few", len(events), all, few)
	if all > 1100 || few > 200 {
		t.Error("that is more than a city's server has room for")
	}
	runtime.KeepAlive(events)
}
