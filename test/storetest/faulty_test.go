package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/test/memory"
	"github.com/anjian-ledger/anjian/test/storetest"
)

func TestFaultyWithoutAScriptKeepsTheContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return storetest.NewFaulty(memory.New(0)) })
}

func TestTestBlocksAreValid(t *testing.T) {
	b := storetest.Sized(storetest.Next(nil, "one", "two"), 200_000)
	if len(b.Bytes) != 200_000 {
		t.Errorf("Sized gives %d bytes", len(b.Bytes))
	}
	parsed, err := block.Parse(b.Bytes)
	if err != nil || parsed.Number != 2 || parsed.First != 2 {
		t.Fatalf("parsed as %+v, %v", parsed, err)
	}
	for _, line := range parsed.Entries {
		if _, err := entry.Parse(line); err != nil {
			t.Error(err)
		}
	}
}

// After every fault, appending the same block again must lead to a stored block and to no
// second one, except where a rival won.
func TestEveryAppendFaultIsResolvedByAppendingAgain(t *testing.T) {
	cases := []struct {
		name   string
		fault  storetest.AppendFault
		stored uint64 // head after the faulty append
		is     error  // what its error wraps
		again  error  // outcome of the same append again
	}{
		{"fail certainly", storetest.FailCertainly, 1, store.ErrNotStored, nil},
		{"fail, unknown, not stored", storetest.FailUnknown, 1, storetest.ErrInjected, nil},
		{"fail, unknown, stored", storetest.PersistThenFail, 2, storetest.ErrInjected, nil},
		{"time out, lost", storetest.TimeoutLost, 1, context.DeadlineExceeded, nil},
		{"time out, stored", storetest.TimeoutStored, 2, context.DeadlineExceeded, nil},
		{"time out, stored later", storetest.TimeoutLate, 1, context.DeadlineExceeded, nil},
		{"conflict", storetest.Conflict, 2, store.ErrConflict, store.ErrConflict},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := storetest.NewFaulty(memory.New(0))
			first := storetest.Next(nil, "first")
			second := storetest.Next(first, "second")
			f.Next(storetest.Pass, c.fault)
			storetest.MustAppend(t, f, first)
			if err := f.Append(t.Context(), second); !errors.Is(err, c.is) {
				t.Errorf("faulty append gives %v, want %v", err, c.is)
			}
			storetest.WantHead(t, f, c.stored)
			if err := f.Append(t.Context(), second); !errors.Is(err, c.again) {
				t.Errorf("the append again gives %v, want %v", err, c.again)
			}
			storetest.WantHead(t, f, 2)
			if f.Pending() != 0 || f.Appends() != 3 {
				t.Errorf("%d faults pending after %d appends", f.Pending(), f.Appends())
			}
		})
	}
}

func TestALateBlockArrivesWhenItSettles(t *testing.T) {
	f := storetest.NewFaulty(memory.New(0))
	f.Next(storetest.TimeoutLate)
	if err := f.Append(t.Context(), storetest.Next(nil, "late")); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if err := f.Settle(); err != nil {
		t.Fatal(err)
	}
	storetest.WantHead(t, f, 1)
}

func TestReadFaultsHappenAtTheirBlock(t *testing.T) {
	blocks := storetest.Chain(5, "read")
	var damage *store.DamageError
	cases := []struct {
		name  string
		fault storetest.ReadFault
		seen  int
		ok    func(error) bool
	}{
		{"fails", storetest.ReadFails, 2, func(err error) bool { return errors.Is(err, storetest.ErrInjected) }},
		{"is damaged", storetest.ReadDamaged, 2, func(err error) bool { return errors.As(err, &damage) && damage.Block == 3 }},
		{"drops", storetest.ReadDrops, 4, func(err error) bool { return err == nil }},
		{"flips", storetest.ReadFlips, 5, func(err error) bool { return err == nil }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := storetest.NewFaulty(memory.New(0))
			storetest.MustAppend(t, f, blocks...)
			f.NextRead(c.fault, 3)
			seen, changed := 0, 0
			err := f.Read(t.Context(), 1, 5, func(n uint64, raw []byte) error {
				seen++
				if !bytes.Equal(raw, blocks[n-1].Bytes) {
					changed++
				}
				return nil
			})
			if seen != c.seen || !c.ok(err) || (changed == 1) != (c.fault == storetest.ReadFlips) {
				t.Errorf("read delivers %d blocks, %d changed, error %v", seen, changed, err)
			}
			storetest.WantBlocks(t, f, blocks) // only once
		})
	}
}

func TestHeadFailsAsOftenAsTold(t *testing.T) {
	f := storetest.NewFaulty(memory.New(0))
	f.HeadFails(1)
	if _, err := f.Head(t.Context()); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("head gives %v", err)
	}
	storetest.WantHead(t, f, 0)
}
