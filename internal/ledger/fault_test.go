package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// Whatever goes wrong at whichever block: what is acknowledged is there once, what is
// refused is nowhere, and the ledger goes on.
func TestNoFaultOfACommitLosesAnAckOrStoresARefusal(t *testing.T) {
	type fault = storetest.AppendFault
	stores := map[string]struct {
		faults []fault
		refuse bool // the append is refused: the store said that it did not store
	}{
		"stores":              {nil, false},
		"refuses":             {[]fault{storetest.FailCertainly}, true},
		"loses":               {[]fault{storetest.FailUnknown}, false},
		"loses twice":         {[]fault{storetest.FailUnknown, storetest.FailUnknown}, false},
		"loses, then refuses": {[]fault{storetest.FailUnknown, storetest.FailCertainly}, false},
		"persists and fails":  {[]fault{storetest.PersistThenFail}, false},
		"fails, persists":     {[]fault{storetest.FailUnknown, storetest.PersistThenFail, storetest.FailUnknown}, false},
		"times out, lost":     {[]fault{storetest.TimeoutLost, storetest.TimeoutLost}, false},
		"times out, stored":   {[]fault{storetest.TimeoutStored, storetest.TimeoutStored}, false},
		"times out, late":     {[]fault{storetest.TimeoutLate}, false},
		"late, then refuses":  {[]fault{storetest.TimeoutLate, storetest.FailCertainly}, false},
	}
	journals := map[string]func(*faultFS){
		"writes":            func(*faultFS) {},
		"write fails":       func(f *faultFS) { f.failing(1, "write") },
		"sync fails twice":  func(f *faultFS) { f.failing(2, "datasync") },
		"cannot take back":  func(f *faultFS) { f.failing(3, "datasync", "truncate") },
		"nor write, thrice": func(f *faultFS) { f.failing(6, "write", "truncate") },
	}
	for storeName, s := range stores {
		for journalName, breakJournal := range journals {
			for k := 1; k <= 3; k++ {
				t.Run(fmt.Sprintf("store %s, journal %s, block %d", storeName, journalName, k), func(t *testing.T) {
					t.Parallel()
					w := opened(t)
					for n := 1; n <= 4; n++ {
						it := registered(t, fmt.Sprintf("p%d", n))
						if n == k {
							w.store.Next(s.faults...)
							breakJournal(w.fs)
						}
						size := w.Head().Size
						_, err := w.append(it)
						if n != k || !s.refuse {
							if err != nil {
								t.Fatalf("append %d: %v", n, err)
							}
							continue
						}
						if !errors.Is(err, ledger.ErrNoSpace) || w.Head().Size != size {
							t.Fatalf("append %d: %v at size %d", n, err, w.Head().Size)
						}
						w.fs.set(nil)
						if k%2 == 0 { // sent again before or after a restart
							w.restart()
						}
						if r := w.must(again(t, it.Bytes)).Receipts[0]; r.AlreadyPresent || r.Index != size {
							t.Fatalf("a refused event is there: %+v", r)
						}
					}
					w.fs.set(nil)
					w.audit()
					if w.Head().Size != 4+opening || w.store.Pending() != 0 {
						t.Fatalf("%d entries, %d faults to come", w.Head().Size, w.store.Pending())
					}
					root := w.Head().Root
					w.restart()
					w.audit()
					if w.Head().Size != 4+opening || w.Head().Root != root {
						t.Fatalf("after a restart: %+v", w.Head())
					}
				})
			}
		}
	}
}

// hanging is a store whose next append does not answer before the caller gives up.
type hanging struct {
	store.Store
	persist bool
	entered chan struct{}
}

func (h *hanging) Append(ctx context.Context, b *block.Block) error {
	if h.entered == nil {
		return h.Store.Append(ctx, b)
	}
	if h.persist {
		if err := h.Store.Append(ctx, b); err != nil {
			return err
		}
	}
	close(h.entered)
	h.entered = nil
	<-ctx.Done()
	return ctx.Err()
}

// A ledger that is closed while the store does not answer leaves its callers without an
// answer; what the next start finds is the truth, and a resend is told it.
func TestAnUnknownOutcomeIsResolvedByTheNextStart(t *testing.T) {
	for _, persist := range []bool{false, true} {
		for _, journalFails := range []bool{false, true} {
			t.Run(fmt.Sprintf("stored %v, journal fails %v", persist, journalFails), func(t *testing.T) {
				w := newFixture(t)
				h := &hanging{Store: w.memory, persist: persist}
				w.config = func(c *ledger.Config) { c.Store = h }
				w.open()
				w.must(registered(t, "p0"))
				first, second := registered(t, "p1"), registered(t, "p2")
				entered := make(chan struct{})
				h.entered = entered
				if journalFails {
					w.fs.failing(-1, "write", "truncate")
				}
				inFlight, behind := make(chan error, 1), make(chan error, 1)
				go func() { _, err := w.Ledger.Append(context.Background(), request(first)); inFlight <- err }()
				<-entered
				go func() { _, err := w.Ledger.Append(context.Background(), request(second)); behind <- err }()
				for w.Health().Waiting < 2 {
					time.Sleep(time.Millisecond)
				}
				w.closeWithin(time.Millisecond)
				certain := persist && !journalFails // asked once more, the store says that it has it
				if err := <-inFlight; certain && err != nil || !certain && !errors.Is(err, ledger.ErrOutcomeUnknown) {
					t.Errorf("in flight: %v", err)
				}
				if err := <-behind; !errors.Is(err, ledger.ErrReadOnly) {
					t.Errorf("behind it: %v", err)
				}
				w.fs.set(nil)
				w.open()
				defer w.close()
				recorded := persist || !journalFails
				a := w.must(again(t, first.Bytes)).Receipts[0]
				if a.AlreadyPresent != recorded || a.AlreadyPresent && a.Index != 1+opening {
					t.Errorf("the one in flight: %+v", a)
				}
				if b := w.must(again(t, second.Bytes)).Receipts[0]; b.AlreadyPresent {
					t.Errorf("the one behind it was answered as not stored: %+v", b)
				}
				w.audit()
			})
		}
	}
}

// "Not stored" is said only when the journal has certainly given the block back.
func TestARefusalWaitsUntilTheJournalHasTakenTheBlockBack(t *testing.T) {
	for name, ops := range map[string][]string{"write is whole, sync fails": {"datasync", "truncate"}, "journal has it": {"truncate"}} {
		t.Run(name, func(t *testing.T) {
			w := opened(t)
			w.must(registered(t, "p0"))
			w.store.Next(storetest.FailCertainly)
			w.fs.failing(-1, ops...)
			it := registered(t, "p1")
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
			defer cancel()
			if _, err := w.appendCtx(ctx, it); !errors.Is(err, ledger.ErrOutcomeUnknown) {
				t.Fatalf("while the journal cannot take it back: %v", err)
			}
			h := w.Health()
			for deadline := time.Now().Add(10 * time.Second); h.Reasons["journal"] == "" && time.Now().Before(deadline); h = w.Health() {
				time.Sleep(time.Millisecond) // the deadline above may have come before the journal was asked
			}
			if h.Ready || h.ReadOnly || h.Reasons["journal"] == "" {
				t.Errorf("health: %+v", h)
			}
			w.closeWithin(time.Millisecond)
			w.fs.set(nil)
			w.open()
			w.must(again(t, it.Bytes))
			w.audit()
		})
	}
}

// An outage of the store leaves nothing of the blocks that the journal took back: a full disk, which is
// such an outage, has no room for it.
func TestAnOutageOfTheStoreLeavesNothingBesideTheJournal(t *testing.T) {
	w := opened(t)
	w.must(registered(t, "p0"))
	for n := range 20 {
		w.store.Next(storetest.FailCertainly)
		if _, err := w.append(registered(t, fmt.Sprintf("q%d", n))); !errors.Is(err, ledger.ErrNoSpace) {
			t.Fatal(err)
		}
	}
	if files := glob(t, w.journalDir(), "*.cut-*"); len(files) != 0 {
		t.Errorf("%d files: %v", len(files), files)
	}
	w.must(registered(t, "p1"))
	w.must(registered(t, "p2"))
	w.audit()
}

// While an engine does not answer, new appends are turned away, nothing piles up, and a disk
// that fails is told from a full one.
func TestAppendsAreTurnedAwayWhileTheJournalCannotBeWritten(t *testing.T) {
	for cause, want := range map[error]error{
		syscall.ENOSPC: ledger.ErrNoSpace, syscall.EIO: ledger.ErrDisk, syscall.EROFS: ledger.ErrDisk, errDisk: ledger.ErrNoSpace,
	} {
		t.Run(cause.Error(), func(t *testing.T) {
			t.Parallel()
			turnedAway(t, cause, want)
		})
	}
}

func turnedAway(t *testing.T, cause, want error) {
	w := opened(t)
	w.must(registered(t, "p0"))
	w.fs.set(func(op string) error {
		if op == "write" {
			return &fs.PathError{Op: op, Path: "journal", Err: cause}
		}
		return nil
	})
	answer := make(chan error, 1)
	go func() {
		_, err := w.append(registered(t, "p1"))
		answer <- err
	}()
	deadline := time.Now().Add(5 * time.Second)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		_, err := w.appendCtx(ctx, registered(t, "p2"))
		cancel()
		if errors.Is(err, want) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still accepted: %v", err)
		}
	}
	if _, err := w.Entry(t.Context(), 0); err != nil {
		t.Errorf("reads stop: %v", err)
	}
	w.fs.set(nil)
	if err := <-answer; err != nil {
		t.Errorf("the append that waited: %v", err)
	}
	w.must(registered(t, "p3"))
	w.audit()
}
