package api

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// someone is a caller for tests of one pool, whose quota is reads.
func someone(key string, office bool, each int) *caller {
	return &caller{key: key, office: office, quota: &Quota{Reads: each, Line: 4}, account: &account{}}
}

func testPool(size int, patience time.Duration) *pool {
	return newPool("slots", size, patience, law.TooManyReads, func(q *Quota) int { return q.Reads })
}

func codeOf(err error) law.Code {
	if err == nil {
		return ""
	}
	return problemOf(err).Code
}

func TestATokenHoldsNoMoreThanItsShareAndTheReserveIsTheOffices(t *testing.T) {
	p := testPool(8, 0)
	phone := someone("phone", false, 3)
	var held []*slot
	take := func(w *caller, n int, last law.Code) {
		t.Helper()
		for i := range n {
			s, err := p.take(t.Context(), w)
			if want := map[bool]law.Code{true: last}[i == n-1]; codeOf(err) != want {
				t.Fatalf("slot %d of %s: %v, want %q", i, w.key, err, want)
			}
			held = append(held, s)
		}
	}
	take(phone, 4, law.OverShare)
	take(someone("another", false, 9), 4, law.TooManyReads) // 6 of 8 are everybody's
	take(someone("office", true, 9), 3, law.TooManyReads)
	for range 2 { // giving back twice is giving back once
		for _, s := range held {
			s.free()
		}
	}
	if p.used != 0 || p.common != 0 || len(p.holders) != 0 {
		t.Errorf("%d taken, %d of them common, %d holders after all was given back", p.used, p.common, len(p.holders))
	}
}

func TestAFreedSlotGoesRoundByCallerAndNotByRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := testPool(4, time.Hour) // three for these
		var first []*slot
		for range 3 {
			s, err := p.take(t.Context(), someone("first", false, 3))
			if err != nil {
				t.Fatal(err)
			}
			first = append(first, s)
		}
		var mu sync.Mutex
		var order []string
		for _, key := range []string{"a", "a", "a", "b", "c"} {
			go func() {
				s, err := p.take(t.Context(), someone(key, false, 3))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				order = append(order, key)
				mu.Unlock()
				time.Sleep(time.Second)
				s.free()
			}()
			synctest.Wait()
		}
		first[0].free()
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"a", "b", "c", "a", "a"}; !slices.Equal(order, want) {
			t.Errorf("served %v, want %v", order, want)
		}
		first[1].free()
		first[2].free()
	})
}

func TestALineIsBoundedAndPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := testPool(4, time.Second)
		phone := someone("phone", false, 1)
		s, err := p.take(t.Context(), phone)
		if err != nil {
			t.Fatal(err)
		}
		answers := make(chan error, 5)
		for range 5 { // four may wait
			go func() { _, err := p.take(t.Context(), phone); answers <- err }()
		}
		synctest.Wait()
		if err := <-answers; codeOf(err) != law.OverShare {
			t.Errorf("the fifth in a line of four: %v", err)
		}
		began := time.Now()
		for range 4 {
			if err := <-answers; codeOf(err) != law.OverShare || time.Since(began) != time.Second {
				t.Errorf("after %v: %v", time.Since(began), err)
			}
		}
		gone, leave := context.WithCancel(t.Context())
		go func() { _, err := p.stay(gone, phone); answers <- err }()
		time.Sleep(time.Hour)
		leave()
		if err := <-answers; !errors.Is(err, context.Canceled) {
			t.Errorf("who stays and goes: %v", err)
		}
		s.free()
		if len(p.holders) != 0 || len(p.turns) != 0 {
			t.Errorf("%d holders, %d in line", len(p.holders), len(p.turns))
		}
	})
}

// Whatever comes in whatever order, no share is exceeded and nothing is lost.
func TestAPoolKeepsItsBoundsUnderLoad(t *testing.T) {
	p := testPool(8, 50*time.Millisecond)
	var wg sync.WaitGroup
	for k := range 12 {
		w := someone("k"+strconv.Itoa(k), k < 2, 1+k%3)
		w.quota.Line = 100
		for range 6 {
			wg.Go(func() {
				for range 100 {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(3))*time.Millisecond)
					s, err := p.take(ctx, w)
					if err == nil {
						p.mu.Lock()
						if h := p.holders[w.key]; p.used > p.size || p.common > p.size-p.reserve || h.held > w.quota.Reads {
							t.Errorf("%d taken, %d common, %d by %s", p.used, p.common, h.held, w.key)
						}
						p.mu.Unlock()
						if rand.IntN(4) == 0 {
							time.Sleep(100 * time.Microsecond)
						}
						s.free()
					}
					cancel()
				}
			})
		}
	}
	wg.Wait()
	if p.used != 0 || p.common != 0 || len(p.holders) != 0 || len(p.turns) != 0 {
		t.Errorf("%d taken, %d common, %d holders, %d in line", p.used, p.common, len(p.holders), len(p.turns))
	}
}

func TestAnAllowanceIsSpentAndComesBack(t *testing.T) {
	var b bucket
	a := Allowance{Burst: 100, PerSecond: 10}
	if wait := b.spend(0, 100, a); wait != 0 {
		t.Fatalf("a burst waits %v", wait)
	}
	if wait := b.spend(0, 10, a); wait != time.Second {
		t.Errorf("10 more in %v, want 1s", wait)
	}
	if wait := b.spend(time.Second, 10, a); wait != 0 {
		t.Errorf("after a second: %v", wait)
	}
	b.refund(10, a)
	if wait := b.spend(time.Second, 10, a); wait != 0 {
		t.Errorf("what was given back: %v", wait)
	}
	if wait := b.spend(time.Hour, 101, a); wait == 0 {
		t.Error("more than the burst after a rest")
	}
	if wait := new(bucket).spend(0, 1<<40, Allowance{}); wait != 0 {
		t.Errorf("no limit: %v", wait)
	}
}

func TestTheQueueKeepsRoomForTheOffice(t *testing.T) {
	q := queueShare{most: 100}
	phone, other, office := someone("p", false, 1), someone("o", false, 1), someone("office", true, 1)
	for _, w := range []*caller{phone, other, office} {
		w.quota.QueueBytes = 60
	}
	for i, c := range []struct {
		w    *caller
		n    int64
		code law.Code
	}{{phone, 60, ""}, {phone, 1, law.OverShare}, {other, 50, "busy"}, {office, 60, ""}, {other, 40, ""}} {
		if err := q.enter(c.w, c.n); codeOf(err) != c.code {
			t.Errorf("%d: %v, want %q", i, err, c.code)
		}
	}
	q.leave(phone, 60)
	q.leave(other, 40)
	q.leave(office, 60)
	if q.common.Load() != 0 || phone.queued.Load() != 0 || other.queued.Load() != 0 || office.queued.Load() != 0 {
		t.Error("not all was given back")
	}
}

// What could never be sent is found at the start.
func TestALimitThatNoQuotaHoldsIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Quotas)
		file   int64
		events int
		ok     bool
	}{
		"as they are": {func(*Quotas) {}, 2 << 30, 100, true},
		"a file":      {func(*Quotas) {}, 2<<30 + 1, 100, false},
		"a batch":     {func(q *Quotas) { q.Field.Events = Allowance{99, 1} }, 1, 100, false},
		"no quota":    {func(q *Quotas) { *q = Unlimited() }, 1 << 50, 100, true},
	} {
		q := DefaultQuotas()
		c.change(&q)
		if err := q.fit(c.file, c.events); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := newFixture(t)
	cfg := w.cfg
	cfg.EvidenceLimit = DefaultQuotas().Field.EvidenceBytes.Burst + 1
	if _, err := New(cfg); err == nil {
		t.Error("a file larger than the quota is promised")
	}
}

// A request that was answered while the disk does not is still in memory: it counts against its token.
func TestWhatTheLedgerStillHoldsCountsAgainstItsToken(t *testing.T) {
	w := newFixture(t, func(c *Config) {
		c.Quotas = DefaultQuotas()
		c.Quotas.Office.QueueBytes = leastInQueue
	})
	one := w.subject("s-1")
	w.faults.err = ledger.ErrOutcomeUnknown
	w.want(w.post(office, one), 503, "outcome-unknown")
	w.faults.err = nil
	w.want(w.post(office, one), 429, law.OverShare)
	w.faults.held[0]()
	w.want(w.post(office, one), 201, "")
	w.want(w.post(office, w.subject("s-2")), 201, "")
	w.faults.err = ledger.ErrDisk
	w.want(w.post(office, w.subject("s-3")), 503, law.DiskFailure)
	w.want(w.post(office, w.subject("s-3")), 503, law.DiskFailure)
}

func TestAccountsAtRestAreDroppedAndOthersKept(t *testing.T) {
	s := accounts{all: map[string]*account{}}
	busy, spent, queued := s.of("busy", 0), s.of("spent", 0), s.of("queued", 0)
	busy.requests.Add(1)
	queued.queued.Add(1)
	spent.events.spend(0, 5, Allowance{10, 1})
	for i := range maxAccounts + 10 {
		s.of(fmt.Sprint(i), time.Second)
	}
	if len(s.all) > maxAccounts || s.of("busy", 0) != busy || s.of("spent", 0) != spent || s.of("queued", 0) != queued {
		t.Errorf("%d accounts", len(s.all))
	}
}
