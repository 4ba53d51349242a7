package main

import (
	"context"
	"runtime"
	"testing"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/node"
)

// keptMost is how many bytes of memory an entry of these visits, which are open, may cost in an open ledger, with rules, views and ids: it
// costs 355, and has some 1,060 itself.
const keptMost = 550

// onlyMost is likewise where rules and views do not see the entries: what is kept of blocks.
const onlyMost = 150

// What opening has read is not kept: the memory of a ledger does not grow by the bytes of its entries and blocks.
func TestAnOpenedLedgerKeepsLittleOfAnEntry(t *testing.T) {
	ctx, dir := context.Background(), datadir.Dir(t.TempDir())
	n, err := openBench(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	const writers = 16
	b, err := prepare(ctx, n, writers)
	if err != nil {
		t.Fatal(err)
	}
	authors := newAuthors(writers)
	small := n.Ledger.Head().Size
	if err := n.Close(ctx); err != nil {
		t.Fatal(err)
	}
	before, beforeOnly := opened(t, dir, false), opened(t, dir, true)
	if n, err = openBench(ctx, dir); err != nil {
		t.Fatal(err)
	}
	fill(ctx, t, n, b, authors, 20_000)
	entries := n.Ledger.Head().Size - small
	if err := n.Close(ctx); err != nil {
		t.Fatal(err)
	}
	each := func(before, after uint64) int { return int(int64(after)-int64(before)) / int(entries) } //nolint:gosec // small numbers
	all, only := each(before, opened(t, dir, false)), each(beforeOnly, opened(t, dir, true))
	if t.Logf("%d entries: %d bytes each, of entries alone %d", entries, all, only); all > keptMost || only > onlyMost {
		t.Errorf("an open ledger keeps more than %d bytes of an entry, or of entries alone more than %d", keptMost, onlyMost)
	}
}

// opened is how many bytes of the heap live while a ledger, or only its entries, is open for reading.
func opened(t *testing.T, dir datadir.Dir, only bool) uint64 {
	n, err := node.Open(t.Context(), node.Config{Dir: dir, ReadOnly: true, EntriesOnly: only, MustExist: true, ScrubEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return m.HeapAlloc
}
