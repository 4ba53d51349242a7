package repair_test

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/chain"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/repair"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/memory"
	"github.com/anjian-ledger/anjian/test/storetest"
)

func options(key *translog.Key) repair.Options { return repair.Options{Verifier: key.Verifier()} }

func TestCopyTellsWhatItDid(t *testing.T) {
	from, key := small(t, 30)
	to := memory.New(0)
	o := options(key)
	var seen []uint64
	o.Progress = func(done, total uint64) {
		if total != 30 {
			t.Errorf("%d blocks in all", total)
		}
		seen = append(seen, done)
	}
	r, err := repair.CopyBlocks(t.Context(), from, to, o)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, from, to)
	last, err := block.Parse(all(t, from)[29])
	if err != nil {
		t.Fatal(err)
	}
	c, err := translog.OpenCheckpoint(last.Checkpoint, key.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	want := repair.Copied{Blocks: 30, Entries: last.Size, Root: base64.StdEncoding.EncodeToString(c.Root[:]), Copied: 30}
	if r != want {
		t.Errorf("%+v, want %+v", r, want)
	}
	if len(seen) != 30 || !slices.IsSorted(seen) {
		t.Errorf("progress: %v", seen)
	}

	// Again: all is compared, nothing is appended.
	r, err = repair.CopyBlocks(t.Context(), from, to, options(key))
	if want.Present, want.Copied = 30, 0; err != nil || r != want {
		t.Errorf("%+v, %v, want %+v", r, err, want)
	}
}

func TestAnEmptyLedgerIsCopied(t *testing.T) {
	r, err := repair.CopyBlocks(t.Context(), memory.New(0), memory.New(0), options(newKey(t)))
	if err != nil || r.Blocks != 0 || r.Copied != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAnInterruptedCopyIsResumed(t *testing.T) {
	from, key := small(t, 80)
	to := memory.New(0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := options(key)
	o.Progress = func(done, _ uint64) {
		if done == 40 {
			cancel()
		}
	}
	r, err := repair.CopyBlocks(ctx, from, to, o)
	if !errors.Is(err, context.Canceled) || r.Copied != 40 {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err = repair.CopyBlocks(t.Context(), from, to, options(key)); err != nil || r.Present != 40 || r.Copied != 40 {
		t.Fatalf("%+v, %v", r, err)
	}
	wantSame(t, from, to)
}

func TestAnUnknownOutcomeIsResolvedByAppendingAgain(t *testing.T) {
	from, key := small(t, 12)
	inner := memory.New(0)
	to := storetest.NewFaulty(inner)
	to.Next(storetest.Pass, storetest.FailUnknown, storetest.PersistThenFail, storetest.Pass,
		storetest.TimeoutLost, storetest.Pass, storetest.TimeoutStored, storetest.Pass, storetest.TimeoutLate)
	r, err := repair.CopyBlocks(t.Context(), from, to, options(key))
	if err != nil || r.Copied != 12 || to.Pending() != 0 {
		t.Fatalf("%+v, %v, %d faults left", r, err, to.Pending())
	}
	wantSame(t, from, inner)
}

func TestATargetThatStoresNothingEndsTheCopy(t *testing.T) {
	from, key := small(t, 5)
	to := storetest.NewFaulty(memory.New(0))
	to.Next(storetest.Pass, storetest.FailCertainly)
	if r, err := repair.CopyBlocks(t.Context(), from, to, options(key)); !errors.Is(err, store.ErrNotStored) || r.Blocks != 1 ||
		r.Copied != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	to.Next(storetest.FailUnknown, storetest.FailUnknown, storetest.FailUnknown)
	if _, err := repair.CopyBlocks(t.Context(), from, to, options(key)); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("three unknown outcomes of one block: %v", err)
	}
	asked := 0
	o := options(key)
	o.Retry = func(err error, n uint64) bool { asked++; return n == 2 && errors.Is(err, storetest.ErrInjected) }
	to.Next(slices.Repeat([]storetest.AppendFault{storetest.FailUnknown}, 7)...)
	if r, err := repair.CopyBlocks(t.Context(), from, to, o); err != nil || r.Blocks != 5 || asked != 7 {
		t.Errorf("%+v, %v, asked %d times", r, err, asked)
	}
}

func TestAForkIsRefusedAndNothingIsWritten(t *testing.T) {
	from, key := small(t, 10)
	blocks := all(t, from)

	// Another ledger of the same key: the second request came a second later.
	later := memory.New(0)
	requests := campaign(t)[:10]
	requests[1].recorded = requests[1].recorded.Add(time.Second)
	record(t, later, t.TempDir(), key, requests)
	other := memory.New(0)
	put(t, other, all(t, later)[:10]...)
	before := all(t, other)
	if r, err := repair.CopyBlocks(t.Context(), from, other, options(key)); !errors.Is(err, repair.ErrDiffer) || r.Blocks != 3 ||
		r.Copied != 0 {
		t.Errorf("the target is another ledger: %+v, %v", r, err)
	}
	if len(all(t, other)) != len(before) {
		t.Error("something was written to another ledger")
	}

	ahead := memory.New(0)
	put(t, ahead, blocks...)
	behind := memory.New(0)
	put(t, behind, blocks[:9]...)
	if _, err := repair.CopyBlocks(t.Context(), behind, ahead, options(key)); !errors.Is(err, repair.ErrDiffer) {
		t.Errorf("the target is ahead: %v", err)
	}

	// Somebody appends to the target while the copy runs.
	shared := storetest.NewFaulty(memory.New(0))
	shared.Next(storetest.Pass, storetest.Pass, storetest.Conflict)
	if r, err := repair.CopyBlocks(t.Context(), from, shared, options(key)); !errors.Is(err, repair.ErrDiffer) || r.Copied != 2 {
		t.Errorf("another writer: %+v, %v", r, err)
	}
}

func TestADamagedSourceIsRefusedAtTheFirstBadBlock(t *testing.T) {
	for name, kind := range map[string]storetest.ReadFault{
		"a flipped bit": storetest.ReadFlips, "a block that is missing without a word": storetest.ReadDrops,
		"a damaged block": storetest.ReadDamaged, "a read error": storetest.ReadFails,
	} {
		t.Run(name, func(t *testing.T) {
			good, key := small(t, 10)
			from, to := storetest.NewFaulty(good), memory.New(0)
			from.NextRead(kind, 6)
			r, err := repair.CopyBlocks(t.Context(), from, to, options(key))
			if err == nil || errors.Is(err, repair.ErrDiffer) || r.Blocks != 5 || r.Copied != 5 {
				t.Fatalf("%+v, %v", r, err)
			}
			if n := len(all(t, to)); n != 5 {
				t.Errorf("%d blocks were written", n)
			}
			if r, err = repair.CopyBlocks(t.Context(), from, to, options(key)); err != nil || r.Present != 5 || r.Copied != 5 {
				t.Errorf("once it is mended: %+v, %v", r, err)
			}
		})
	}
}

func TestADamagedTargetIsNoCopy(t *testing.T) {
	for name, kind := range map[string]storetest.ReadFault{
		"a flipped bit": storetest.ReadFlips, "a block that is missing without a word": storetest.ReadDrops,
		"a damaged block": storetest.ReadDamaged,
	} {
		t.Run(name, func(t *testing.T) {
			from, key := small(t, 10)
			inner := memory.New(0)
			put(t, inner, all(t, from)[:8]...)
			to := storetest.NewFaulty(inner)
			to.NextRead(kind, 6)
			if r, err := repair.CopyBlocks(t.Context(), from, to, options(key)); err == nil || r.Copied != 0 {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

func TestALedgerOfAnotherKeyIsRefused(t *testing.T) {
	from, _ := small(t, 3)
	to := memory.New(0)
	if _, err := repair.CopyBlocks(t.Context(), from, to, options(newKey(t))); !errors.Is(err, chain.ErrNotNext) {
		t.Error(err)
	}
	if len(all(t, to)) != 0 {
		t.Error("something was written")
	}
}

func TestABlockThatTheTargetCannotTakeIsNamed(t *testing.T) {
	from, key := small(t, 10)
	largest := 0
	for _, raw := range all(t, from) {
		largest = max(largest, len(raw))
	}
	if _, err := repair.CopyBlocks(t.Context(), from, memory.New(largest), options(key)); err != nil {
		t.Errorf("the largest block just fits: %v", err)
	}
	to := memory.New(largest - 1)
	r, err := repair.CopyBlocks(t.Context(), from, to, options(key))
	if err == nil || r.Copied != uint64(len(all(t, to))) || r.Copied == 10 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestAJournalIsSourceAndTarget(t *testing.T) {
	from, key := small(t, 20)
	dir := t.TempDir()
	j, err := journal.Open(dir, journal.Options{SegmentSize: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := repair.CopyBlocks(t.Context(), from, engines.ToJournal(j), options(key)); err != nil || r.Copied != 20 {
		t.Fatalf("%+v, %v", r, err)
	}
	wantSame(t, from, engines.FromJournal(j.Reader))
	first, err := block.Parse(all(t, from)[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := engines.ToJournal(j).Append(t.Context(), first); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a block that is not the next one: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := journal.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	back := memory.New(0)
	if _, err := repair.CopyBlocks(t.Context(), engines.FromJournal(r), back, options(key)); err != nil {
		t.Fatal(err)
	}
	wantSame(t, from, back)
}
