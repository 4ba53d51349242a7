package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/memory"
	"github.com/anjian-ledger/anjian/test/storetest"
)

const wrote = 10 // blocks of a fixture made by written

// written is a closed fixture of ten blocks with two entries each, but for the second and
// third: the issue that open puts there, and three entries that make up for it.
func written(t *testing.T) *fixture {
	w := newFixture(t)
	w.open()
	w.must(registered(t, "a"), trained(t, "a", nil), registered(t, "b"))
	for n := range wrote - begun - 1 {
		id := fmt.Sprintf("p%d", n)
		w.must(registered(t, id), trained(t, id, nil))
	}
	w.close()
	return w
}

// storeBlocks returns the bytes of every block of the store.
func (w *fixture) storeBlocks() [][]byte {
	w.Helper()
	var all [][]byte
	head, err := w.memory.Head(context.Background())
	if err == nil {
		err = w.memory.Read(context.Background(), 1, head, func(_ uint64, raw []byte) error { all = append(all, raw); return nil })
	}
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// setStore makes a store of these bytes, good or not.
func (w *fixture) setStore(blocks [][]byte) {
	w.Helper()
	w.memory = memory.New(0)
	w.store = storetest.NewFaulty(w.memory)
	for i, raw := range blocks {
		if err := w.memory.Append(context.Background(), &block.Block{Number: uint64(i + 1), Bytes: raw}); err != nil {
			w.Fatal(err)
		}
	}
}

func (w *fixture) cutStore(k int) { w.setStore(w.storeBlocks()[:wrote-k]) }

// flipStore flips a bit of an entry in a block.
func (w *fixture) flipStore(number int) {
	blocks := w.storeBlocks()
	blocks[number-1] = flipped(blocks[number-1])
	w.setStore(blocks)
}

func flipped(raw []byte) []byte {
	raw = bytes.Clone(raw)
	raw[bytes.Index(raw, []byte("inspector-trained"))] ^= 1
	return raw
}

func (w *fixture) cutJournal(k int) {
	w.Helper()
	j, err := journal.Open(w.journalDir(), journal.Options{})
	if err == nil {
		_, err = j.TruncateAfter(uint64(wrote - k))
	}
	if err = errors.Join(err, j.Close()); err != nil {
		w.Fatal(err)
	}
}

// flipJournal flips a bit of an entry in a block, or a line's end when structural.
func (w *fixture) flipJournal(number int, structural bool) {
	w.Helper()
	raw := w.storeBlocks()[number-1]
	bad := flipped(raw)
	if structural {
		bad = bytes.Clone(raw)
		bad[bytes.IndexByte(bad, '\n')] ^= 1
	}
	w.changeFile(glob(w, w.journalDir(), "*.ndjson")[0], func(b []byte) []byte { return bytes.Replace(b, raw, bad, 1) })
}

func (w *fixture) changeFile(path string, change func([]byte) []byte) {
	w.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = errors.Join(os.Chmod(path, 0o644), os.WriteFile(path, change(b), 0o644))
	}
	if err != nil {
		w.Fatal(err)
	}
}

func (w *fixture) checkpointFile() string { return filepath.Join(w.tilesDir(), "checkpoint") }

// fork replaces the last block of the store by another one that is signed with the same key.
func (w *fixture) fork() {
	w.Helper()
	other := newFixture(w.TB)
	other.key, other.clock = w.key, w.clock
	other.setStore(w.storeBlocks()[:wrote-1])
	other.open()
	other.must(registered(w, "rival"))
	other.close()
	w.setStore(other.storeBlocks()[:wrote])
}

// restored returns the copy-restored entries as copy from-first-last.
func (w *fixture) restored() []string {
	w.foldMu.Lock()
	defer w.foldMu.Unlock()
	all := []string{}
	for _, e := range w.folded {
		if d, ok := e.Data.(*oversight.CopyRestored); ok {
			all = append(all, fmt.Sprintf("%s from %s %d-%d", d.Copy, d.From, d.First, d.Last))
		}
	}
	return all
}

// A copy that is merely short, and what is derived, is completed from the rest; that is
// recorded.
func TestTheStartCompletesWhatIsShort(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*fixture)
		want  []string
	}{
		"nothing":         {func(*fixture) {}, []string{}},
		"journal by one":  {func(w *fixture) { w.cutJournal(1) }, []string{"journal from store 10-10"}},
		"journal by four": {func(w *fixture) { w.cutJournal(4) }, []string{"journal from store 7-10"}},
		"journal missing": {func(w *fixture) { os.RemoveAll(w.journalDir()) }, []string{"journal from store 1-10"}},
		"journal torn": {func(w *fixture) {
			w.changeFile(glob(w, w.journalDir(), "*.ndjson")[0], func(b []byte) []byte { return b[:len(b)-100] })
		}, []string{"journal from store 10-10"}},
		"store by one":  {func(w *fixture) { w.cutStore(1) }, []string{"store from journal 10-10"}},
		"store by four": {func(w *fixture) { w.cutStore(4) }, []string{"store from journal 7-10"}},
		"store missing": {func(w *fixture) { w.cutStore(wrote) }, []string{"store from journal 1-10"}},
		"tiles missing": {func(w *fixture) { os.RemoveAll(w.tilesDir()) }, []string{}},
		"no checkpoint": {func(w *fixture) { os.Remove(w.checkpointFile()) }, []string{}},
		"bad checkpoint": {func(w *fixture) {
			w.changeFile(w.checkpointFile(), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		},
			[]string{"tiles from journal 0-0"}},
		"all at once": {func(w *fixture) { w.cutJournal(2); os.RemoveAll(w.tilesDir()) }, []string{"journal from store 9-10"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := written(t)
			root, err := translog.OpenCheckpoint(must(os.ReadFile(w.checkpointFile())), w.key.Verifier())
			if err != nil {
				t.Fatal(err)
			}
			c.spoil(w)
			w.open()
			w.must(registered(t, "next"))
			if got, err := w.RootAt(2 * wrote); err != nil || got != [32]byte(root.Root) {
				t.Errorf("another root: %v", err)
			}
			w.audit()
			w.close()
			if got := w.restored(); !slices.Equal(got, c.want) {
				t.Errorf("restored %v, want %v", got, c.want)
			}
			w.open()
			defer w.close()
			if len(w.restored()) != len(c.want) {
				t.Errorf("restored again: %v", w.restored())
			}
			w.audit()
		})
	}
}

// A disk that is full at the start, or an engine that does not answer yet, is waited for:
// reads go on, appends are turned away and told why, and then the copy is completed and the
// ledger goes on, without another start.
func TestAShortCopyThatCannotBeCompletedYetIsWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		short  func(*fixture)
		hinder func(*fixture)
		free   func(*fixture)
		copy   string
		want   string
	}{
		"store full": {func(w *fixture) { w.cutStore(3) }, func(w *fixture) { w.store.Always(storetest.FailCertainly) },
			func(w *fixture) { w.store.Always(storetest.Pass) }, "store", "store from journal 8-10"},
		"store times out": {func(w *fixture) { w.cutStore(3) }, func(w *fixture) { w.store.Always(storetest.TimeoutLate) },
			func(w *fixture) { w.store.Always(storetest.Pass) }, "store", "store from journal 8-10"},
		"journal full": {func(w *fixture) { w.cutJournal(3) }, func(w *fixture) { w.fs.failing(-1, "write") },
			func(w *fixture) { w.fs.set(nil) }, "journal", "journal from store 8-10"},
		"journal cannot be synced": {func(w *fixture) { w.cutJournal(3) }, func(w *fixture) { w.fs.failing(-1, "datasync") },
			func(w *fixture) { w.fs.set(nil) }, "journal", "journal from store 8-10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := written(t)
			c.short(w)
			c.hinder(w)
			w.open()
			if h := w.Health(); h.Ready || h.ReadOnly || !strings.Contains(h.Reasons[c.copy], "injected") {
				t.Errorf("%+v", h)
			}
			if _, err := w.Entry(t.Context(), 2*wrote-1); err != nil {
				t.Errorf("reads stop: %v", err)
			}
			eventually(t, "appends are turned away", func() bool {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
				defer cancel()
				_, err := w.appendCtx(ctx, registered(t, "early"))
				return errors.Is(err, ledger.ErrNoSpace)
			})
			c.free(w)
			eventually(t, "it is ready", func() bool { return w.Health().Ready })
			w.must(registered(t, "next"))
			eventually(t, "the completion is recorded", func() bool { return slices.Equal(w.restored(), []string{c.want}) })
			w.audit()
			w.restart()
			w.audit()
			w.close()
		})
	}
}

// completionMeets lets the read that completes the journal at the next start go wrong.
func (w *fixture) completionMeets(kind storetest.ReadFault, k int) {
	w.store.NextRead(storetest.ReadFails, 99) // replay and comparison come first, and pass
	w.store.NextRead(storetest.ReadFails, 99)
	w.store.NextRead(kind, k)
}

// What a start copies from one copy to the other is what it had checked: a store that shows
// other bytes, or fewer blocks, when it is read again does not get into the journal.
func TestAStoreThatLiesWhenItIsReadAgain(t *testing.T) {
	lying := func(t *testing.T, kind storetest.ReadFault, k int) *fixture {
		w := written(t)
		w.cutJournal(3)
		w.completionMeets(kind, k)
		w.open()
		if w.store.Pending() != 0 {
			t.Error("the fault did not happen")
		}
		return w
	}
	t.Run("flipped", func(t *testing.T) {
		w := lying(t, storetest.ReadFlips, 2)
		if h := w.Health(); !h.ReadOnly || !strings.Contains(h.Reasons["journal"], "not what it was") || w.journal.Head() != wrote-2 {
			t.Errorf("%+v, the journal has %d blocks", h, w.journal.Head())
		}
		w.restart()
		w.audit()
		w.close()
	})
	for name, k := range map[string]int{"a hole": 2, "the last is missing": 3} {
		t.Run(name, func(t *testing.T) {
			w := lying(t, storetest.ReadDrops, k)
			eventually(t, "it is ready", func() bool { return w.Health().Ready })
			eventually(t, "the completion is recorded", func() bool { return slices.Equal(w.restored(), []string{"journal from store 8-10"}) })
			w.must(registered(t, "next"))
			w.audit()
			w.close()
		})
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// Damage stops appends, at every start until repair; what can be read is read. Nothing on
// the disks is changed.
func TestDamageStopsAppendsNotReads(t *testing.T) {
	both := func(a, b func(*fixture)) func(*fixture) { return func(w *fixture) { a(w); b(w) } }
	flipJ := func(n int) func(*fixture) { return func(w *fixture) { w.flipJournal(n, false) } }
	flipS := func(n int) func(*fixture) { return func(w *fixture) { w.flipStore(n) } }
	for name, c := range map[string]struct {
		spoil  func(*fixture)
		copies []string // named in the reasons
		reads  uint64   // entries that can be read
	}{
		"journal flipped in the middle": {flipJ(4), []string{"journal"}, 20},
		"journal flipped at the end":    {flipJ(wrote), []string{"journal"}, 20},
		"journal with a broken line":    {func(w *fixture) { w.flipJournal(4, true) }, []string{"journal"}, 20},
		"journal with a hole":           {func(w *fixture) { w.cutOut(4) }, []string{"journal"}, 20},
		"store flipped at its end":      {flipS(wrote), []string{"store"}, 20},
		"store does not open": {func(w *fixture) {
			w.config = func(c *ledger.Config) { c.Store, c.StoreErr = nil, errors.New("broken") }
		}, []string{"store"}, 20},
		"both flipped, different blocks": {both(flipJ(4), flipS(7)), []string{"journal"}, 20},
		"both flipped, the same block":   {both(flipJ(7), flipS(7)), []string{"journal", "store", "checkpoint"}, 12},
		"fork":                           {func(w *fixture) { w.fork() }, []string{"store"}, 20},
		"signed beyond both":             {func(w *fixture) { w.cutStore(3); w.cutJournal(3) }, []string{"checkpoint"}, 14},
		"both lost":                      {func(w *fixture) { w.cutStore(wrote); os.RemoveAll(w.journalDir()) }, []string{"checkpoint"}, 0},
		"journal short, store flipped":   {func(w *fixture) { w.cutJournal(4); w.flipStore(8) }, []string{"store", "checkpoint"}, 14},
		"store short, journal flipped":   {func(w *fixture) { w.flipJournal(4, false); w.cutStore(2) }, []string{"journal"}, 20},
		"another history under this key": {func(w *fixture) { w.otherHistory() }, []string{"checkpoint"}, 20},
		"checkpoint of somebody else":    {func(w *fixture) { w.key = newFixture(t).key }, []string{"checkpoint"}, 20},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := written(t)
			c.spoil(w)
			before := w.disk()
			for range 2 {
				w.open()
				h := w.Health()
				if h.Ready || !h.ReadOnly || len(h.Reasons) != len(c.copies) {
					t.Errorf("health: %+v", h)
				}
				for _, name := range c.copies {
					if h.Reasons[name] == "" {
						t.Errorf("no word of the %s: %+v", name, h.Reasons)
					}
				}
				if _, err := w.append(registered(t, "next")); !errors.Is(err, ledger.ErrReadOnly) {
					t.Errorf("append: %v", err)
				}
				if got := uint64(len(w.entries())); got != c.reads || w.Head().Size != c.reads {
					t.Errorf("%d entries can be read of %d, want %d", got, w.Head().Size, c.reads)
				}
				w.close()
			}
			if after := w.disk(); after != before {
				t.Errorf("changed on disk:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

// cutOut removes a block from the middle of the journal.
func (w *fixture) cutOut(number int) {
	raw := w.storeBlocks()[number-1]
	w.changeFile(glob(w, w.journalDir(), "*.ndjson")[0], func(b []byte) []byte { return bytes.Replace(b, raw, nil, 1) })
}

// otherHistory puts a ledger of the same key and length into both copies.
func (w *fixture) otherHistory() {
	other := newFixture(w.TB)
	other.key = w.key
	other.open()
	other.must(registered(w, "o"), trained(w, "o", nil), trained(w, "o", nil))
	for n := range wrote - begun - 1 {
		other.must(registered(w, fmt.Sprintf("o%d", n)), trained(w, fmt.Sprintf("o%d", n), nil))
	}
	other.close()
	w.setStore(other.storeBlocks())
	if err := os.RemoveAll(w.journalDir()); err != nil {
		w.Fatal(err)
	}
	if err := os.CopyFS(w.journalDir(), os.DirFS(other.journalDir())); err != nil {
		w.Fatal(err)
	}
}

// disk describes both copies and the checkpoint file.
func (w *fixture) disk() string {
	var b strings.Builder
	for i, raw := range w.storeBlocks() {
		fmt.Fprintf(&b, "store %d %x\n", i+1, translog.LeafHash(raw))
	}
	for _, name := range append(glob(w, w.journalDir(), "*.ndjson*"), w.checkpointFile()) {
		raw, err := os.ReadFile(name)
		if len(raw) > 0 {
			fmt.Fprintf(&b, "%s %x %v\n", filepath.Base(name), translog.LeafHash(raw), err)
		}
	}
	return b.String()
}

func TestScrubFindsWhatWentBadWhileRunning(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		spoil func(*fixture)
		want  string
	}{
		"nothing":                 {func(*fixture) {}, ""},
		"journal flipped":         {func(w *fixture) { w.flipJournal(4, false) }, "journal"},
		"store damaged":           {func(w *fixture) { w.store.NextRead(storetest.ReadDamaged, 4) }, "store"},
		"store flipped":           {func(w *fixture) { w.store.NextRead(storetest.ReadFlips, 4) }, "store"},
		"store passes over":       {func(w *fixture) { w.store.NextRead(storetest.ReadDrops, wrote) }, "store"},
		"store cannot be reached": {func(w *fixture) { w.store.NextRead(storetest.ReadFails, 4) }, ""},
		"checkpoint":              {func(w *fixture) { w.changeFile(w.checkpointFile(), func(b []byte) []byte { return b[1:] }) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := written(t)
			w.open()
			defer w.close()
			c.spoil(w)
			err := w.Scrub(ctx)
			if failed := name == "store cannot be reached"; (err != nil) != failed {
				t.Errorf("scrub: %v", err)
			}
			h := w.Health()
			if c.want == "" && !h.Ready || c.want != "" && (len(h.Reasons) != 1 || h.Reasons[c.want] == "" || !h.ReadOnly) {
				t.Errorf("health: %+v", h)
			}
			if n := uint64(len(w.entries())); n < 2*wrote {
				t.Errorf("%d entries", n)
			}
		})
	}
}

// A damaged tile says nothing about the copies; it is made again, and that is recorded.
func TestScrubMakesTilesAgain(t *testing.T) {
	w := opened(t)
	var items []ledger.Item
	for n := range 300 {
		items = append(items, registered(t, fmt.Sprintf("p%d", n)))
	}
	for some := range slices.Chunk(items, ledger.MaxBatchEvents) {
		w.must(some...)
	}
	w.restart()
	w.changeFile(filepath.Join(w.tilesDir(), "level-0"), func(b []byte) []byte { b[77] ^= 1; return b })
	if err := w.Scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.audit()
	w.close()
	if got := w.restored(); len(got) != 1 || !strings.HasPrefix(got[0], "tiles") {
		t.Errorf("restored: %v", got)
	}
	w.open()
}

// TestAStartTellsHowFarItIs from before the first block is read, whatever copy it is read from.
func TestAStartTellsHowFarItIs(t *testing.T) {
	w := written(t)
	var told [][2]uint64
	w.config = func(c *ledger.Config) {
		c.Progress = func(done, total uint64) { told = append(told, [2]uint64{done, total}) }
	}
	w.open()
	defer w.close()
	last := told[len(told)-1]
	if told[0][0] != 0 || told[0][1] == 0 || last[0] != last[1] || last[1] != told[0][1] || uint64(len(told)) != last[1]+1 {
		t.Errorf("%v", told)
	}
}
