package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// unwatched is a store that tells nothing and whose head is asked once a second at most by the
// poll: what a node knows of the others is as old as a test wants.
func unwatched(c *ledger.Config) { c.Shared = true }

// told is a store that tells.
func told(w *fixture) func(*ledger.Config) {
	return func(c *ledger.Config) { c.Shared, c.Store = true, w.memory }
}

// nodes are two on one store.
func nodes(t testing.TB, config func(*ledger.Config)) (a, b *fixture) {
	a = newFixture(t)
	a.config = config
	a.open()
	t.Cleanup(func() { a.close() })
	return a, a.join(config)
}

// join opens another node.
func (w *fixture) join(config func(*ledger.Config)) *fixture {
	v := newFixture(w.TB)
	v.memory, v.store, v.key, v.clock, v.config = w.memory, storetest.NewFaulty(w.memory), w.key, w.clock, config
	v.open()
	w.Cleanup(func() {
		if v.Ledger != nil {
			v.close()
		}
	})
	return v
}

func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestANodeFollowsWhatOthersWrite(t *testing.T) {
	for name, watched := range map[string]bool{"told": true, "polling": false} {
		t.Run(name, func(t *testing.T) {
			a := newFixture(t)
			config := unwatched
			if watched {
				config = told(a)
			}
			a.config = config
			a.open()
			defer a.close()
			b := a.join(config)
			a.must(registered(t, "p"))
			a.must(trained(t, "p", nil))
			eventually(t, "b has what a wrote", func() bool { return b.Head().Size == 2+opening })
			b.must(trained(t, "p", nil))
			eventually(t, "a has what b wrote", func() bool { return a.Head().Size == 3+opening })
			if a.Head().Root != b.Head().Root {
				t.Error("the roots differ")
			}
			a.acked = append(a.acked, b.acked...)
			a.audit()
			b.audit()
		})
	}
}

// What b would refuse on what it knows, it accepts when that was old; and it accepts nothing
// that is refused on what the others have written.
func TestARefusalIsNeverToldOnAnOldState(t *testing.T) {
	a, b := nodes(t, unwatched)
	for n := range 20 {
		p := fmt.Sprintf("p%d", n)
		a.must(registered(t, p))
		if _, err := b.append(trained(t, p, nil)); err != nil {
			t.Fatalf("b knows nothing of %s yet: %v", p, err)
		}
		revision := func(r int64) func(*event.Event) {
			return func(e *event.Event) { e.ExpectedRevision = r }
		}
		if _, err := a.append(trained(t, p, revision(1))); err != nil {
			t.Fatalf("a knows of revision 0 only: %v", err)
		}
		var conflict *ledger.ConflictError
		if _, err := b.append(trained(t, p, revision(1))); !errors.As(err, &conflict) || conflict.Have != 2 {
			t.Fatalf("%+v, %v", conflict, err)
		}
		var refusal *event.Refusal
		if _, err := b.append(trained(t, p+"x", nil)); !errors.As(err, &refusal) {
			t.Fatal(err)
		}
	}
}

// A refusal that stands on a block which is not durable yet waits for it: were that block
// lost, the refusal would have no ground.
func TestARefusalOnTopOfABlockIsToldWithTheBlock(t *testing.T) {
	w, g := gated(t, unwatched)
	w.must(registered(t, "p"))
	g.close()
	held := w.later(t.Context(), registered(t, "q"))
	g.await()
	twice := w.later(t.Context(), registered(t, "q"))
	select {
	case a := <-twice:
		t.Errorf("told before the block is durable: %v", a.err)
	case <-time.After(20 * time.Millisecond):
	}
	w.store.Next(storetest.FailCertainly)
	g.open()
	if a := <-held; !errors.Is(a.err, ledger.ErrNoSpace) {
		t.Error(a.err)
	}
	if a := <-twice; a.err != nil {
		t.Errorf("q is not registered after all: %v", a.err)
	}
	w.audit()
}

func TestARefusalThatCannotBeMadeSureIsNotTold(t *testing.T) {
	w := newFixture(t)
	w.config = func(c *ledger.Config) { // told about heads, so that only refusals ask
		c.Shared, c.Store = true, struct {
			*storetest.Faulty
			store.Watcher
		}{w.store, w.memory}
	}
	w.open()
	defer w.close()
	w.must(registered(t, "p"))
	w.store.HeadFails(1)
	_, err := w.append(refused(t))
	var refusal *event.Refusal
	if !errors.Is(err, ledger.ErrNoSpace) || errors.As(err, &refusal) {
		t.Error(err)
	}
	if _, err := w.append(refused(t)); !errors.As(err, &refusal) {
		t.Error(err)
	}
	w.audit()
}

func TestRefreshBringsWhatWasAcknowledgedElsewhere(t *testing.T) {
	a, b := nodes(t, unwatched)
	for n := range 5 {
		a.must(registered(t, fmt.Sprintf("p%d", n)))
		if err := b.Refresh(t.Context()); err != nil || b.Head().Size != uint64(n)+1+opening {
			t.Fatalf("%d entries, %v", b.Head().Size, err)
		}
	}
	b.store.HeadFails(1)
	if err := b.Refresh(t.Context()); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("the store cannot be asked: %v", err)
	}
}

func TestRefreshOfALedgerThatIsAloneAsksNobody(t *testing.T) {
	w := opened(t)
	w.store.HeadFails(1)
	if err := w.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	if w.store.Pending() != 1 {
		t.Error("the store was asked")
	}
}

// On a shared store the journal never has a block that the store may not have.
func TestTheJournalOfANodeIsAPrefixOfTheStore(t *testing.T) {
	w := newFixture(t)
	w.config = unwatched
	w.open()
	defer w.close()
	w.must(registered(t, "p"))
	var writes atomic.Int32
	w.fs.set(func(op string) error {
		if op == "write" {
			writes.Add(1)
		}
		return nil
	})
	w.store.Next(storetest.FailCertainly, storetest.Conflict)
	for range 2 {
		if _, err := w.append(registered(t, "q")); err == nil {
			t.Error("acknowledged")
		}
	}
	if n := writes.Load(); n != 0 || w.journal.Head() != 1+begun {
		t.Errorf("%d writes, the journal has %d blocks", n, w.journal.Head())
	}
}

func TestAJournalThatIsShortIsCompletedWithoutMuchAdo(t *testing.T) {
	a, b := nodes(t, unwatched)
	a.must(registered(t, "p"))
	b.must(registered(t, "q"))
	b.close()
	a.must(registered(t, "r"))
	b.open()
	if b.Head().Size != 3+opening || b.journal.Head() != 3+begun {
		t.Errorf("%d entries, %d blocks in the journal", b.Head().Size, b.journal.Head())
	}
	b.audit()
	fresh := a.join(unwatched)
	fresh.audit()
}

// A node whose disk is full, or whose store falls silent, goes on by itself when that is over.
func TestANodeThatCannotCompleteItsJournalYetWaits(t *testing.T) {
	for name, hinder := range map[string]func(b *fixture) (free func()){
		"disk full": func(b *fixture) func() {
			b.fs.failing(-1, "write")
			return func() { b.fs.set(nil) }
		},
		"store silent": func(b *fixture) func() {
			b.completionMeets(storetest.ReadFails, 1)
			return func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := nodes(t, unwatched)
			a.must(registered(t, "p"))
			b.must(registered(t, "q"))
			b.close()
			a.must(registered(t, "r"))
			free := hinder(b)
			b.open()
			if _, err := b.Entry(t.Context(), 2); err != nil {
				t.Errorf("reads stop: %v", err)
			}
			free()
			eventually(t, "it is ready", func() bool { return b.Health().Ready })
			b.must(registered(t, "s"))
			a.must(registered(t, "t"))
			b.must(registered(t, "u"))
			b.audit()
			if b.store.Pending() != 0 {
				t.Error("the fault did not happen")
			}
		})
	}
}

// An external store is never rewritten, and a node that knows more than it says so.
func TestASharedStoreThatEndsBeforeTheJournalIsShortAndLeftAsItIs(t *testing.T) {
	a := newFixture(t)
	a.config = unwatched
	a.open()
	a.must(registered(t, "p"))
	a.must(registered(t, "q"))
	a.close()
	older := newFixture(t)
	err := a.memory.Read(t.Context(), 1, 1, func(_ uint64, raw []byte) error {
		b, err := block.Parse(raw)
		if err != nil {
			return err
		}
		return older.memory.Append(t.Context(), b)
	})
	if err != nil {
		t.Fatal(err)
	}
	a.memory, a.store = older.memory, storetest.NewFaulty(older.memory)
	a.open()
	defer a.close()
	if h := a.Health(); !h.ReadOnly || !strings.Contains(h.Reasons["store"], "is short") || h.Size != 2+opening {
		t.Errorf("%+v", h)
	}
	if head, _ := a.memory.Head(t.Context()); head != 1 {
		t.Errorf("the store has %d blocks", head)
	}
}

func TestANodeWithAnotherKeySaysWhichFileToCopy(t *testing.T) {
	other, err := translog.NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	hint := func(w *fixture) bool {
		h := w.Health()
		return h.ReadOnly && strings.Contains(fmt.Sprint(h.Reasons), "keys/checkpoint.key")
	}
	wrongKey := func(c *ledger.Config) { c.Shared, c.Key = true, other }
	a, b := nodes(t, unwatched)
	running := a.join(wrongKey) // before anything is written
	a.must(registered(t, "p"))
	if _, err := running.append(registered(t, "q")); !errors.Is(err, ledger.ErrReadOnly) || !hint(running) {
		t.Errorf("%v, %+v", err, running.Health())
	}
	if late := a.join(wrongKey); !hint(late) || late.journal.Head() != 0 {
		t.Errorf("%+v, %d blocks in the journal", late.Health(), late.journal.Head())
	}
	b.must(registered(t, "r"))
	b.audit()
}

// A node that cannot reach the servers does not open read-only for good: its supervisor
// starts it again.
func TestANodeDoesNotOpenWithoutItsStore(t *testing.T) {
	w := newFixture(t)
	w.store.HeadFails(1)
	j, err := journal.Open(w.journalDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	_, err = ledger.Open(t.Context(), ledger.Config{Store: w.store, Shared: true, Journal: j, TilesDir: w.tilesDir(), Key: w.key, Catalogue: catalogue})
	if !errors.Is(err, storetest.ErrInjected) {
		t.Error(err)
	}
}

// slow takes a while for each append, as servers that ask each other do.
type slow struct {
	store.Store
	store.Watcher
}

func (s *slow) Append(ctx context.Context, b *block.Block) error {
	time.Sleep(time.Millisecond)
	err := s.Store.Append(ctx, b)
	time.Sleep(time.Millisecond)
	return err
}

// Two nodes under load: one order, and neither keeps the other from writing.
func TestNodesUnderLoadMakeOneOrderAndLeaveEachOtherRoom(t *testing.T) {
	a := newFixture(t)
	config := func(c *ledger.Config) { c.Shared, c.Store = true, &slow{a.memory, a.memory} }
	a.config = config
	a.open()
	defer a.close()
	b := a.join(config)
	a.must(registered(t, "p"))
	var wrote [2]atomic.Int64
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	var wg sync.WaitGroup
	for i, w := range []*fixture{a, b} {
		for range 8 {
			wg.Go(func() {
				for ctx.Err() == nil {
					if _, err := w.append(trained(t, "p", nil)); err != nil {
						t.Errorf("append: %v", err)
						return
					}
					wrote[i].Add(1)
				}
			})
		}
	}
	wg.Wait()
	x, y := wrote[0].Load(), wrote[1].Load()
	t.Logf("%d and %d appends in a second", x, y)
	if x < y/4 || y < x/4 {
		t.Errorf("%d and %d appends: one node keeps the other from writing", x, y)
	}
	for _, w := range []*fixture{a, b} {
		if err := w.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if a.Head().Root != b.Head().Root || a.Head().Size != uint64(x+y+1+opening) {
		t.Errorf("%d and %d entries, want %d; roots equal: %v", a.Head().Size, b.Head().Size, x+y+1, a.Head().Root == b.Head().Root)
	}
	a.acked = append(a.acked, b.acked...)
	a.audit()
	b.audit()
}
