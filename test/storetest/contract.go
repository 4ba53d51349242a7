package storetest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Run checks a store against the contract. open returns a new, empty store; Run closes it.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	cases := []struct {
		name string
		test func(t *testing.T, s store.Store)
	}{
		{"a new store is empty", isEmpty},
		{"blocks are kept in order", keepsOrder},
		{"the same block again is accepted and stored once", isIdempotent},
		{"another block with a taken number is a conflict and changes nothing", refusesConflict},
		{"a number too far ahead is not stored", refusesGap},
		{"blocks of every size come back byte for byte", keepsBytes},
		{"a block above MaxBlock is not stored and the store goes on", refusesOversized},
		{"a cancelled append leaves the store as it was or with the block", survivesCancel},
		{"a read delivers exactly the range asked for", readsRanges},
		{"a read past the last block is damage, never a short success", readsNoMore},
		{"an error of the reader ends the read with that error", stopsReading},
		{"the reader owns the bytes", handsOverBytes},
		{"a cancelled read ends with an error", cancelsReading},
		{"reads beside appends see whole prefixes", readsBesideAppends},
		{"of many writers' blocks with one number one is stored", electsOne},
		{"a probe finds nothing to refuse and stores nothing", probes},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := open(t)
			defer func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			}()
			c.test(t, s)
		})
	}
}

// probes is for stores that implement store.Prober.
func probes(t *testing.T, s store.Store) {
	p, ok := s.(store.Prober)
	if !ok {
		return
	}
	blocks := Chain(2, "probed")
	for i, b := range blocks {
		if err := p.Probe(t.Context()); err != nil {
			t.Errorf("before block %d: %v", b.Number, err)
		}
		WantHead(t, s, uint64(i))
		MustAppend(t, s, b)
	}
	WantBlocks(t, s, blocks)
}

// RunReopen checks that an engine that persists keeps its blocks. reopen closes s and opens
// the same store again.
func RunReopen(t *testing.T, open func(t *testing.T) store.Store, reopen func(t *testing.T, s store.Store) store.Store) {
	t.Run("blocks, head and fence survive a reopen", func(t *testing.T) {
		s := open(t)
		blocks := Chain(20, "kept")
		MustAppend(t, s, blocks[:19]...)
		s = reopen(t, s)
		WantHead(t, s, 19)
		WantBlocks(t, s, blocks[:19])
		mustBe(t, s.Append(t.Context(), Next(blocks[17], "other")), store.ErrConflict)
		MustAppend(t, s, blocks[18], blocks[19])
		s = reopen(t, s)
		WantBlocks(t, s, blocks)
		mustBe(t, s.Close(), nil)
	})
	t.Run("an empty store survives a reopen", func(t *testing.T) {
		s := reopen(t, open(t))
		WantHead(t, s, 0)
		MustAppend(t, s, Next(nil, "first"))
		mustBe(t, s.Close(), nil)
	})
}

func isEmpty(t *testing.T, s store.Store) {
	WantHead(t, s, 0)
	if s.MaxBlock() <= 0 {
		t.Errorf("MaxBlock is %d", s.MaxBlock())
	}
}

func keepsOrder(t *testing.T, s store.Store) {
	blocks := Chain(50, "in order")
	for i, b := range blocks {
		MustAppend(t, s, b)
		WantHead(t, s, uint64(i+1))
	}
	WantBlocks(t, s, blocks)
}

func isIdempotent(t *testing.T, s store.Store) {
	blocks := Chain(3, "again")
	MustAppend(t, s, blocks...)
	MustAppend(t, s, blocks[2], blocks[2], blocks[0], blocks[1])
	WantBlocks(t, s, blocks)
}

func refusesConflict(t *testing.T, s store.Store) {
	blocks := Chain(3, "mine")
	MustAppend(t, s, blocks...)
	for i := range blocks {
		var prev *block.Block
		if i > 0 {
			prev = blocks[i-1]
		}
		mustBe(t, s.Append(t.Context(), Next(prev, "yours")), store.ErrConflict)
	}
	WantBlocks(t, s, blocks)
	// The same id with other bytes is another block, however the engine finds duplicates.
	forged := *blocks[2]
	forged.Bytes = bytes.Replace(blocks[2].Bytes, []byte("mine"), []byte("fake"), 1)
	mustBe(t, s.Append(t.Context(), &forged), store.ErrConflict)
	WantBlocks(t, s, blocks)
}

func refusesGap(t *testing.T, s store.Store) {
	blocks := Chain(5, "gap")
	mustBe(t, s.Append(t.Context(), blocks[1]), store.ErrNotStored)
	MustAppend(t, s, blocks[0])
	mustBe(t, s.Append(t.Context(), blocks[4]), store.ErrNotStored)
	MustAppend(t, s, blocks[1:]...)
	WantBlocks(t, s, blocks)
}

func keepsBytes(t *testing.T, s store.Store) {
	least := len(Next(nil, "").Bytes)
	var blocks []*block.Block
	var prev *block.Block
	for _, size := range []int{least + 8, 1 << 10, 4095, 4096, 4097, 64 << 10, 1 << 20, s.MaxBlock() - 1, s.MaxBlock()} {
		if size > s.MaxBlock() {
			continue
		}
		prev = Sized(prev, size)
		blocks = append(blocks, prev)
	}
	prev = Next(prev, "案件：安康市，检查记录", "\u2028 and \u00e9", "\\u0000")
	blocks = append(blocks, prev)
	MustAppend(t, s, blocks...)
	WantBlocks(t, s, blocks)
}

func refusesOversized(t *testing.T, s store.Store) {
	mustBe(t, s.Append(t.Context(), Sized(nil, s.MaxBlock()+1)), store.ErrNotStored)
	WantHead(t, s, 0)
	b := Next(nil, "small")
	MustAppend(t, s, b)
	WantBlocks(t, s, []*block.Block{b})
}

func survivesCancel(t *testing.T, s store.Store) {
	first := Next(nil, "first")
	MustAppend(t, s, first)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	second := Next(first, "second")
	if err := s.Append(ctx, second); errors.Is(err, store.ErrNotStored) {
		WantHead(t, s, 1)
	}
	MustAppend(t, s, second)
	WantBlocks(t, s, []*block.Block{first, second})
}

func readsRanges(t *testing.T, s store.Store) {
	blocks := Chain(30, "range")
	MustAppend(t, s, blocks...)
	for _, r := range [][2]uint64{{1, 30}, {1, 1}, {30, 30}, {7, 23}, {29, 30}} {
		want := blocks[r[0]-1 : r[1]]
		if got := mustRead(t, s, r[0], r[1]); !slices.EqualFunc(got, want, sameBytes) {
			t.Errorf("read %v: %d blocks, want %d equal ones", r, len(got), len(want))
		}
	}
	if got := mustRead(t, s, 5, 4); len(got) != 0 {
		t.Errorf("an empty range delivers %d blocks", len(got))
	}
}

func readsNoMore(t *testing.T, s store.Store) {
	blocks := Chain(3, "short")
	MustAppend(t, s, blocks...)
	seen := 0
	err := s.Read(t.Context(), 2, 5, func(uint64, []byte) error { seen++; return nil })
	var damage *store.DamageError
	if !errors.As(err, &damage) || damage.Block != 4 || seen != 2 {
		t.Errorf("read 2..5 of 3 delivers %d blocks and %v, want 2 and damage of block 4", seen, err)
	}
}

func stopsReading(t *testing.T, s store.Store) {
	MustAppend(t, s, Chain(5, "stop")...)
	enough := errors.New("enough")
	seen := 0
	err := s.Read(t.Context(), 1, 5, func(n uint64, _ []byte) error {
		if seen++; n == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || seen != 3 {
		t.Errorf("read ends after %d blocks with %v, want 3 and the reader's error", seen, err)
	}
}

func handsOverBytes(t *testing.T, s store.Store) {
	blocks := Chain(4, "owned")
	MustAppend(t, s, blocks...)
	for _, raw := range mustRead(t, s, 1, 4) {
		clear(raw)
		_ = append(raw, "beyond"...)
	}
	WantBlocks(t, s, blocks)
}

func cancelsReading(t *testing.T, s store.Store) {
	MustAppend(t, s, Chain(3, "cancel")...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Read(ctx, 1, 3, func(uint64, []byte) error { return nil }); err == nil {
		t.Error("a cancelled read claims to be complete")
	}
}

func readsBesideAppends(t *testing.T, s store.Store) {
	blocks := Chain(200, "beside")
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		wg.Go(func() {
			for last := uint64(0); last < 200; {
				head, err := s.Head(t.Context())
				if err != nil || head < last {
					t.Errorf("head %d after %d: %v", head, last, err)
					return
				}
				last = head
				if got := mustRead(t, s, 1, head); !slices.EqualFunc(got, blocks[:head], sameBytes) {
					t.Errorf("a read of 1..%d beside appends differs", head)
					return
				}
				select {
				case <-done:
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
	MustAppend(t, s, blocks...)
	close(done)
	wg.Wait()
}

func electsOne(t *testing.T, s store.Store) {
	rivals := []*block.Block{Next(nil, "a"), Next(nil, "b"), Next(nil, "c")}
	stored := 0
	for _, b := range rivals {
		switch err := s.Append(t.Context(), b); {
		case err == nil:
			stored++
		case !errors.Is(err, store.ErrConflict):
			t.Errorf("a rival's append: %v", err)
		}
	}
	if stored != 1 {
		t.Errorf("%d of 3 rivals were stored, want 1", stored)
	}
	WantHead(t, s, 1)
}

// MustAppend appends the blocks and fails the test when one is not accepted.
func MustAppend(t testing.TB, s store.Store, blocks ...*block.Block) {
	t.Helper()
	for _, b := range blocks {
		if err := s.Append(context.Background(), b); err != nil {
			t.Fatalf("append block %d of %d bytes: %v", b.Number, len(b.Bytes), err)
		}
	}
}

// WantHead checks the number of the last block.
func WantHead(t testing.TB, s store.Store, want uint64) {
	t.Helper()
	if got, err := s.Head(context.Background()); err != nil || got != want {
		t.Fatalf("head is %d, %v; want %d", got, err, want)
	}
}

// WantBlocks checks that the store holds exactly these blocks, byte for byte.
func WantBlocks(t testing.TB, s store.Store, want []*block.Block) {
	t.Helper()
	WantHead(t, s, uint64(len(want)))
	got := mustRead(t, s, 1, uint64(len(want)))
	if len(got) != len(want) {
		t.Fatalf("read delivers %d blocks, want %d", len(got), len(want))
	}
	for i, raw := range got {
		if !sameBytes(raw, want[i]) {
			t.Fatalf("block %d comes back changed", i+1)
		}
	}
}

func mustRead(t testing.TB, s store.Store, from, to uint64) (raws [][]byte) {
	t.Helper()
	next := from
	err := s.Read(context.Background(), from, to, func(number uint64, raw []byte) error {
		if number != next {
			t.Errorf("read delivers block %d, want %d", number, next)
		}
		next++
		raws = append(raws, raw)
		return nil
	})
	if err != nil {
		t.Fatalf("read %d..%d: %v", from, to, err)
	}
	return raws
}

func sameBytes(raw []byte, b *block.Block) bool { return bytes.Equal(raw, b.Bytes) }

func mustBe(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error is %v, want %v", err, want)
	}
}
