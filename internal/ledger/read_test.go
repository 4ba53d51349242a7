package ledger_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// grown is a ledger of 300 entries in blocks of one to forty, some of one time, and its entries.
func grown(t *testing.T) (*fixture, [][]byte, []time.Time) {
	w := opened(t)
	for n, size := opening, 1; n < 300; size = size*7%40 + 1 {
		size = min(size, 300-n)
		var items []ledger.Item
		for range size {
			items = append(items, registered(t, fmt.Sprintf("p%d", n)))
			n++
		}
		w.must(items...)
		w.clock.Pass(time.Duration(size%3) * time.Second)
	}
	var raws [][]byte
	var times []time.Time
	for i, en := range w.entries() {
		raw, err := w.Entry(t.Context(), uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		raws, times = append(raws, raw), append(times, en.Recorded)
	}
	return w, raws, times
}

func TestWhatIsReadAgreesWithTheEntries(t *testing.T) {
	w, raws, times := grown(t)
	size := uint64(len(raws))
	rapid.Check(t, func(t *rapid.T) {
		at := times[rapid.IntRange(0, len(times)-1).Draw(t, "entry")].Add(time.Duration(rapid.SampledFrom([]int{-1, 0, 1}).Draw(t, "µs")) *
			time.Microsecond)
		want := uint64(0)
		for want < size && !times[want].After(at) {
			want++
		}
		if got, err := w.PositionAt(t.Context(), at); err != nil || got != want {
			t.Errorf("PositionAt(%v) = %d, %v; want %d", at, got, err, want)
		}
		n := rapid.Uint64Range(1, size).Draw(t, "size")
		if got, err := w.RecordedAt(n); err != nil || !got.Equal(times[n-1]) {
			t.Errorf("RecordedAt(%d) = %v, %v; want %v", n, got, err, times[n-1])
		}
		from := rapid.Uint64Range(0, n).Draw(t, "from")
		next := from
		err := w.Entries(t.Context(), from, n, func(index uint64, raw []byte) error {
			if index != next || !bytes.Equal(raw, raws[index]) {
				t.Errorf("entry %d, want %d: %s", index, next, raw)
			}
			next++
			return nil
		})
		if err != nil || next != n {
			t.Errorf("Entries(%d, %d) ended at %d: %v", from, n, next, err)
		}
		fold := translog.NewFold()
		fold.AppendEntries(raws[:n])
		root, _ := fold.Root()
		if got, err := w.RootAt(n); err != nil || got != root {
			t.Errorf("RootAt(%d): %v", n, err)
		}
		index := rapid.Uint64Range(0, n-1).Draw(t, "index")
		if path, err := w.Prove(index, n); err != nil ||
			tlog.CheckRecord(path, int64(n), root, int64(index), translog.LeafHash(raws[index])) != nil {
			t.Errorf("Prove(%d, %d): %v", index, n, err)
		}
		whole, _ := w.RootAt(size)
		if proof, err := w.Consistency(n, size); err != nil || tlog.CheckTree(proof, int64(size), whole, int64(n), root) != nil {
			t.Errorf("Consistency(%d, %d): %v", n, size, err)
		}
	})
	for _, c := range []struct {
		at   time.Time
		want uint64
	}{{time.Time{}, 0}, {start, 0}, {times[size-1], size}, {start.AddDate(100, 0, 0), size}} {
		if got, err := w.PositionAt(t.Context(), c.at); err != nil || got != c.want {
			t.Errorf("PositionAt(%v) = %d, %v", c.at, got, err)
		}
	}
	if got, err := w.RecordedAt(0); err != nil || !got.IsZero() {
		t.Errorf("RecordedAt(0) = %v, %v", got, err)
	}
}

func TestBundlesAndTilesAreThoseOfTheEntries(t *testing.T) {
	w, raws, _ := grown(t)
	for _, c := range []struct {
		n     uint64
		width int
	}{{0, 256}, {0, 1}, {1, 44}, {1, 7}} {
		b, err := w.Bundle(t.Context(), c.n, c.width)
		if err != nil {
			t.Fatal(err)
		}
		got, err := translog.ParseBundle(b)
		if err != nil || len(got) != c.width {
			t.Fatalf("bundle %d of %d: %d entries, %v", c.n, c.width, len(got), err)
		}
		tile, err := w.Tile(0, c.n, c.width)
		if err != nil || len(tile) != 32*c.width {
			t.Fatalf("tile: %d bytes, %v", len(tile), err)
		}
		for i, raw := range got {
			h := translog.LeafHash(raw)
			if !bytes.Equal(raw, raws[c.n*256+uint64(i)]) || !bytes.Equal(tile[32*i:32*i+32], h[:]) {
				t.Errorf("bundle %d, entry %d", c.n, i)
			}
		}
	}
	for name, err := range map[string]error{
		"a bundle beyond the end": second(w.Bundle(t.Context(), 1, 45)), "no bundle": second(w.Bundle(t.Context(), 0, 0)),
		"an entry": second(w.Entry(t.Context(), 300)), "entries": w.Entries(t.Context(), 0, 301, nil),
		"a root": second(w.RootAt(301)), "a time": second(w.RecordedAt(301)), "a proof": second(w.Prove(300, 300)),
		"a later proof": second(w.Prove(0, 301)), "consistency": second(w.Consistency(2, 1)),
	} {
		if !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestCommittedTellsOfGrowth(t *testing.T) {
	w := opened(t)
	grown := w.Committed(opening)
	select {
	case <-grown:
		t.Fatal("an empty ledger has grown")
	default:
	}
	w.must(registered(t, "p"))
	<-grown
	<-w.Committed(opening)
	select {
	case <-w.Committed(opening + 1):
		t.Fatal("it has one entry more only")
	default:
	}
}
