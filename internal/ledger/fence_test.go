package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// joined is how many entries a second ledger adds by being opened on a store that has some: its
// journal was completed.
const joined = 1

// catchUp makes a ledger look at what the other one wrote: its next append is overtaken.
func (w *fixture) catchUp() {
	w.Helper()
	w.must(registered(w, fmt.Sprintf("look-%d", rand.Uint64())))
}

func TestAnOvertakenAppendIsJudgedAgainOnTopOfWhatTheOtherWrote(t *testing.T) {
	a := opened(t)
	b := a.second()
	a.must(registered(t, "p"))
	same := trained(t, "p", nil)
	a.must(same)
	// b knows nothing of p yet, and finds out by the fence only.
	if r := b.must(registered(t, "p2")).Receipts[0]; r.Index != 2+opening+joined {
		t.Errorf("%+v", r)
	}
	if r := b.must(trained(t, "p", nil)).Receipts[0]; r.Revision != 2 {
		t.Errorf("%+v", r)
	}
	if r := b.must(again(t, same.Bytes)).Receipts[0]; !r.AlreadyPresent || r.Index != 1+opening+joined {
		t.Errorf("what the other ledger has: %+v", r)
	}
	// a expects a revision that b has made wrong meanwhile.
	var conflict *ledger.ConflictError
	if _, err := a.append(trained(t, "p", func(e *event.Event) { e.ExpectedRevision = 1 })); !errors.As(err, &conflict) || conflict.Have != 2 {
		t.Errorf("%v", err)
	}
	// Both register the same person: the second comes second, with a revision behind.
	b.must(registered(t, "late"))
	var refusal *event.Refusal
	if _, err := a.append(registered(t, "late")); !errors.As(err, &refusal) {
		t.Errorf("%v", err)
	}
	a.catchUp()
	a.acked = append(a.acked, b.acked...)
	a.audit()
}

// Two ledgers over one store, each with a journal of its own (issue 3's shape).
func TestTwoWritersMakeOneLedger(t *testing.T) {
	a := opened(t)
	b := a.second()
	a.must(registered(t, "p"))
	b.catchUp()
	var wg sync.WaitGroup
	for _, w := range []*fixture{a, b} {
		for g := range 4 {
			wg.Go(func() {
				for n := range 15 {
					items := []ledger.Item{trained(t, "p", nil)}
					if n%5 == 0 {
						items = append(items, registered(t, fmt.Sprintf("p-%p-%d-%d", w, g, n)))
					}
					if _, err := w.append(items...); err != nil {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
	}
	wg.Wait()
	b.catchUp()
	a.catchUp() // a has everything now, b all but this
	if size := b.Head().Size; a.Head().Size != size+1 || size != opening+joined+2+2*4*(15+3)+1 {
		t.Errorf("%d and %d entries", a.Head().Size, size)
	} else if root, err := a.RootAt(size); err != nil || root != b.Head().Root {
		t.Errorf("at %d entries: %x and %x, %v", size, root, b.Head().Root, err)
	}
	revisions := map[event.Stream]uint64{}
	for _, en := range a.entries() {
		if en.Revision != revisions[en.Stream] {
			t.Fatalf("entry %d: revision %d of %s, want %d", en.Index, en.Revision, en.Stream, revisions[en.Stream])
		}
		revisions[en.Stream]++
	}
	a.acked = append(a.acked, b.acked...)
	a.audit()
}

// What keeps the overtaken ledger from reading passes; nothing is lost meanwhile.
func TestAnOvertakenLedgerTriesAgainUntilItHasRead(t *testing.T) {
	a := opened(t)
	b := a.second()
	for n := range 5 {
		a.must(registered(t, fmt.Sprintf("p%d", n)))
	}
	b.store.HeadFails(2)
	b.store.NextRead(storetest.ReadFails, 3)
	b.fs.failing(2, "write")
	b.must(registered(t, "q"))
	if b.store.Pending() != 0 || b.Head().Size != 6+opening+joined {
		t.Errorf("%d faults to come, %d entries", b.store.Pending(), b.Head().Size)
	}
	b.acked = append(b.acked, a.acked...)
	b.audit()
}

// A block that is not signed by this ledger's key is not followed.
func TestARivalWithoutTheKeyStopsAppendsNotReads(t *testing.T) {
	w := opened(t)
	w.must(registered(t, "p"))
	w.store.Next(storetest.Conflict) // a rival block without a valid signature
	_, err := w.append(registered(t, "q"))
	if !errors.Is(err, ledger.ErrReadOnly) {
		t.Error(err)
	}
	if h := w.Health(); !h.ReadOnly || h.Reasons["store"] == "" || h.Size != 1+opening {
		t.Errorf("%+v", h)
	}
	if _, err := w.Entry(context.Background(), 0); err != nil {
		t.Error(err)
	}
}
