package node_test

import (
	"runtime"
	"testing"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/node"
)

// keptMost is how many bytes of memory an entry may cost in an open ledger, with rules, views and ids: a city's cost 465.
const keptMost = 700

// plenty is what a heap may take beyond what lives of it, whatever its size.
const plenty = 700 << 20

// TestOpeningFigures opens the ledger of -city for reading, its entries alone and then all, as a command does that keeps to little memory,
// and prints what that costs: what lives afterwards, the most that the heap took from the system until then, and time of processors. It
// changes nothing.
func TestOpeningFigures(t *testing.T) {
	if *city == "" {
		t.Skip("needs -city")
	}
	defer node.Thrift()()
	for _, only := range []bool{true, false} {
		openingFigures(t, only)
	}
}

func openingFigures(t *testing.T, only bool) {
	runtime.GC()
	var empty, open, after runtime.MemStats
	runtime.ReadMemStats(&empty)
	before := processor(t)
	n, err := node.Open(t.Context(), node.Config{Dir: datadir.Dir(*city), ReadOnly: true, EntriesOnly: only, MustExist: true,
		ScrubEvery: -1})
	must(t, err)
	took := processor(t) - before
	runtime.ReadMemStats(&open)
	runtime.GC()
	runtime.ReadMemStats(&after)
	entries := n.Ledger.Head().Size
	live, most := after.HeapAlloc-empty.HeapAlloc, open.HeapSys
	t.Logf("%d entries, nothing else %t: %d MiB live, %d bytes an entry; at most %d MiB, %.2f times of that; %.1f µs of processor an entry",
		entries, only, live>>20, live/entries, most>>20, float64(most)/float64(live), float64(took.Nanoseconds())/1000/float64(entries))
	if live/entries > keptMost {
		t.Errorf("an opened ledger keeps more than %d bytes an entry", keptMost)
	}
	if most > max(live*17/10, live+plenty) {
		t.Error("the heap was let grow by more than half of what lives")
	}
	must(t, n.Close(t.Context()))
}
