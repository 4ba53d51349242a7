package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/store"
)

// RunClocks checks a store that is a store.Clocks. open returns two stores on the same blocks, which may be one and the same;
// RunClocks closes both.
func RunClocks(t *testing.T, open func(t *testing.T) (a, b store.Store)) {
	tells := func(t *testing.T, s store.Store, now time.Time, sure bool) (stop func()) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- s.(store.Clocks).TellTime(ctx, func() (time.Time, bool) { return now, sure }) }()
		return func() {
			cancel()
			mustBe(t, <-ended, nil)
		}
	}
	ask := func(t *testing.T, s store.Store) []time.Time {
		t.Helper()
		told, err := s.(store.Clocks).AskTime(t.Context())
		mustBe(t, err, nil)
		return told
	}
	noon := time.Date(2019, 12, 2, 12, 0, 0, 123456000, time.UTC)
	t.Run("who is alone is not kept waiting", func(t *testing.T) {
		a, b := open(t)
		defer closeBoth(t, a, b)
		begin := time.Now()
		if told := ask(t, a); len(told) > 0 || time.Since(begin) > time.Second {
			t.Errorf("told %v after %v", told, time.Since(begin))
		}
	})
	t.Run("who relies on a clock tells the time, the others do not, and nobody after the end", func(t *testing.T) {
		a, b := open(t)
		defer closeBoth(t, a, b)
		stops := []func(){tells(t, b, noon, true), tells(t, b, noon.Add(time.Hour), false)}
		for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
			told := ask(t, a)
			if len(told) == 1 && told[0].Equal(noon) {
				break
			}
			if len(told) > 0 || time.Now().After(deadline) {
				t.Fatalf("told %v, want %v", told, noon)
			}
		}
		for _, stop := range stops {
			stop()
		}
		for deadline := time.Now().Add(patience); len(ask(t, a)) > 0; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the time is told after the end")
			}
		}
	})
	t.Run("one who is unsure and alone keeps nobody from starting", func(t *testing.T) {
		a, b := open(t)
		defer closeBoth(t, a, b)
		defer tells(t, b, noon, false)()
		begin := time.Now()
		for range 3 {
			if told := ask(t, a); len(told) > 0 {
				t.Errorf("told %v", told)
			}
		}
		if time.Since(begin) > patience {
			t.Errorf("three questions took %v", time.Since(begin))
		}
	})
	t.Run("a closed store says that it could not ask", func(t *testing.T) {
		a, b := open(t)
		closeBoth(t, a, b)
		if _, err := a.(store.Clocks).AskTime(t.Context()); err == nil {
			t.Error("it could")
		}
	})
}
