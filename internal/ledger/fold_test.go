package ledger_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/store"
)

// views are those of a ledger behind a gate: while it is shut they stand still.
type views struct {
	*projector.Projector
	gate sync.RWMutex
	lag  func() // before each block; may be nil
}

func (v *views) on(w *fixture) {
	v.Projector = projector.New(projector.Config{
		Read: func(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error {
			for _, i := range indexes {
				raw, err := w.Entry(ctx, i)
				if err != nil {
					return err
				}
				e, err := entry.Decode(raw, catalogue)
				if err == nil {
					err = fn(e)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
		RootAt:     func(size uint64) (string, error) { r, err := w.RootAt(size); return fmt.Sprintf("%x", r), err },
		RecordedAt: func(size uint64) (time.Time, error) { return w.RecordedAt(size) },
	})
	w.config = func(c *ledger.Config) {
		c.Folds = append(c.Folds, func(events []*event.Event) {
			v.gate.RLock()
			defer v.gate.RUnlock()
			if v.lag != nil {
				v.lag()
			}
			v.Apply(events)
		})
	}
}

// text is what the views say, in full.
func (v *views) text(w *fixture) string {
	w.Helper()
	if err := v.WaitFor(context.Background(), w.Head().Size); err != nil {
		w.Fatal(err)
	}
	q := projector.Query{For: office}
	city, err := v.City(context.Background(), q)
	if err != nil {
		w.Fatal(err)
	}
	one, err := v.Subject(context.Background(), "s-7", q)
	if err != nil {
		w.Fatal(err)
	}
	b, err := json.Marshal([]any{city, one})
	if err != nil {
		w.Fatal(err)
	}
	return string(b)
}

func mine(t testing.TB, n int) ledger.Item {
	return item(t, fmt.Sprintf("subject/s-%d", n), &subject.Registered{Kind: "enterprise", Name: "安康某某矿业", Region: "610902",
		Sectors: []string{"MINE"}, Discovery: "register"}, "subject-registered", nil)
}

// wantFolded fails unless the folds saw every entry once and in order.
func (w *fixture) wantFolded() {
	w.Helper()
	w.foldMu.Lock()
	defer w.foldMu.Unlock()
	for i, e := range w.folded {
		if e.Index != uint64(i) {
			w.Fatalf("the fold saw entry %d at place %d", e.Index, i)
		}
	}
	if n := w.Head().Size; uint64(len(w.folded)) != n {
		w.Fatalf("the fold saw %d entries of %d", len(w.folded), n)
	}
}

// Views that stand still stop no append, and are told of; then they catch up to what they would
// have been.
func TestASlowReaderNeverStopsAppends(t *testing.T) {
	const many = 300 // blocks, far more than wait in memory
	w := newFixture(t)
	v := &views{}
	v.on(w)
	w.open()
	v.gate.Lock()
	for n := range many {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		if _, err := w.appendCtx(ctx, mine(t, n)); err != nil {
			t.Fatalf("append %d: %v", n, err)
		}
		cancel()
	}
	if h := w.Health(); !h.Ready || !strings.Contains(h.Warnings["views"], "behind") {
		t.Errorf("the views stand still, and health says %+v", h)
	}
	v.gate.Unlock()
	eventually(t, "the views are there", func() bool { return v.Position() == w.Head().Size && len(w.Health().Warnings) == 0 })
	w.must(mine(t, many))
	caughtUp := v.text(w)
	w.wantFolded()
	w.audit()

	w.close()
	v.on(w) // from nothing
	w.open()
	defer w.close()
	if replayed := v.text(w); replayed != caughtUp {
		t.Errorf("the views caught up to\n%s\nand a replay makes\n%s", caughtUp, replayed)
	}
}

// However the views stumble, they see each entry once and in order, and miss none at a close.
func TestAReaderThatStumblesMissesNothing(t *testing.T) {
	w := newFixture(t)
	v := &views{lag: func() {
		if rand.N(40) == 0 {
			time.Sleep(rand.N(30 * time.Millisecond))
		}
	}}
	v.on(w)
	w.open()
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for n := range 300 {
				if _, err := w.append(mine(t, 1000*g+n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	size := w.Head().Size
	w.close()
	if v.Position() != size {
		t.Errorf("at the close the views had %d entries of %d", v.Position(), size)
	}
	w.open()
	defer w.close()
	w.wantFolded()
}

// blind is a store that delivers nothing while it is set.
type blind struct {
	store.Store
	on *atomic.Bool
}

func (b blind) Read(ctx context.Context, from, to uint64, fn func(uint64, []byte) error) error {
	if b.on.Load() {
		return errors.New("injected: the store does not deliver")
	}
	return b.Store.Read(ctx, from, to, fn)
}

// What views need and neither copy delivers makes the node not ready; appends go on, and so do the
// views once a copy delivers it.
func TestViewsThatCannotCatchUpAreTold(t *testing.T) {
	w := newFixture(t)
	v, off := &views{}, &atomic.Bool{}
	v.on(w)
	folds := w.config
	w.config = func(c *ledger.Config) { folds(c); c.Store = blind{c.Store, off} }
	w.open()
	defer w.close()
	v.gate.Lock()
	const many = 150
	for n := range many {
		w.must(mine(t, n))
	}
	off.Store(true)
	path := filepath.Join(w.journalDir(), "00000000000000000001.ndjson")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(whole), fmt.Sprintf("subject/s-%d", many-20))
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt([]byte{whole[at] ^ 1}, int64(at)); err != nil {
		t.Fatal(err)
	}
	v.gate.Unlock()
	eventually(t, "the node is not ready", func() bool { h := w.Health(); return !h.Ready && h.Reasons["views"] != "" })
	w.must(mine(t, many))
	off.Store(false)
	eventually(t, "the views are there", func() bool { return v.Position() == w.Head().Size && w.Health().Ready })
	if _, err := f.WriteAt([]byte{whole[at]}, int64(at)); err != nil {
		t.Fatal(err)
	}
	w.wantFolded()
}
