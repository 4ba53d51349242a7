package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/store"
)

// patience is how long a test waits for what should come at once.
const patience = 20 * time.Second

// RunWatch checks a store that is a store.Watcher. open returns two stores on the same new
// blocks, which may be one and the same; RunWatch closes both.
func RunWatch(t *testing.T, open func(t *testing.T) (writer, watcher store.Store)) {
	watch := func(t *testing.T, ctx context.Context, s store.Store, after uint64) <-chan uint64 {
		t.Helper()
		heads, err := s.(store.Watcher).Watch(ctx, after)
		if err != nil {
			t.Fatal(err)
		}
		return heads
	}
	t.Run("every new head arrives, in rising order, and can be read", func(t *testing.T) {
		w, r := open(t)
		defer closeBoth(t, w, r)
		blocks := Chain(20, "watched")
		MustAppend(t, w, blocks[:5]...)
		heads := watch(t, t.Context(), r, 3)
		last := wantHeads(t, r, heads, 3, 5)
		for _, b := range blocks[5:] {
			MustAppend(t, w, b)
			last = wantHeads(t, r, heads, last, b.Number)
		}
	})
	t.Run("a slow receiver still gets the newest head", func(t *testing.T) {
		w, r := open(t)
		defer closeBoth(t, w, r)
		heads := watch(t, t.Context(), r, 0)
		MustAppend(t, w, Chain(30, "slow")...)
		wantHeads(t, r, heads, 0, 30)
	})
	t.Run("nothing is told twice", func(t *testing.T) {
		w, r := open(t)
		defer closeBoth(t, w, r)
		MustAppend(t, w, Chain(3, "once")...)
		select {
		case head := <-watch(t, t.Context(), r, 3):
			t.Errorf("told of head %d after 3", head)
		case <-time.After(50 * time.Millisecond):
		}
	})
	t.Run("the channel ends with its context", func(t *testing.T) {
		w, r := open(t)
		defer closeBoth(t, w, r)
		ctx, cancel := context.WithCancel(t.Context())
		heads := watch(t, ctx, r, 0)
		cancel()
		wantClosed(t, heads)
	})
	t.Run("the channel ends with the store", func(t *testing.T) {
		w, r := open(t)
		heads := watch(t, t.Context(), r, 0)
		closeBoth(t, w, r)
		wantClosed(t, heads)
	})
}

// wantHeads receives heads above last until want arrives.
func wantHeads(t *testing.T, s store.Store, heads <-chan uint64, last, want uint64) uint64 {
	t.Helper()
	for last < want {
		select {
		case head, ok := <-heads:
			if !ok || head <= last || head > want {
				t.Fatalf("told of head %d (%v) after %d, want at most %d", head, ok, last, want)
			}
			if got := mustRead(t, s, head, head); len(got) != 1 {
				t.Fatalf("block %d was told of and cannot be read", head)
			}
			last = head
		case <-time.After(patience):
			t.Fatalf("no head after %d, want %d", last, want)
		}
	}
	return last
}

func wantClosed(t *testing.T, heads <-chan uint64) {
	t.Helper()
	select {
	case head, ok := <-heads:
		if ok {
			t.Errorf("told of head %d", head)
		}
	case <-time.After(patience):
		t.Error("the channel stays open")
	}
}

func closeBoth(t *testing.T, a, b store.Store) {
	t.Helper()
	mustBe(t, a.Close(), nil)
	mustBe(t, b.Close(), nil)
}
