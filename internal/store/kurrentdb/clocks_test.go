package kurrentdb_test

import (
	"context"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
)

var oneDay = time.Date(2019, 12, 2, 4, 0, 0, 0, time.UTC)

// asksTime wants an answer, in time or only after the node has been waited for.
func asksTime(t *testing.T, s *kurrentdb.Store, want int, waits bool) {
	t.Helper()
	begin := time.Now()
	told, err := s.AskTime(t.Context())
	if took := time.Since(begin); err != nil || len(told) != want || (took > 2*time.Second) != waits {
		t.Errorf("told %v, %v after %v; want %d answers", told, err, took, want)
	}
}

// A node that was killed, or hangs, is waited for once. One that only hung says again that it is there.
func TestWhoDoesNotTellTheTimeIsWaitedForOnce(t *testing.T) {
	t.Parallel()
	d := serve(t, "tcp", double.Options{})
	s, killed := open(t, kurrentdb.Config{URL: d.URL()}), open(t, kurrentdb.Config{URL: d.URL()})
	defer shut(t, s)
	ended := make(chan error, 1)
	tell := func(of *kurrentdb.Store, read func() (time.Time, bool)) { ended <- of.TellTime(t.Context(), read) }
	go tell(killed, func() (time.Time, bool) { return oneDay, true })
	waitForWords(t, d, 1)
	shut(t, killed)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	asksTime(t, s, 0, true)
	asksTime(t, s, 0, false)

	hangs := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		ended <- s.TellTime(ctx, func() (time.Time, bool) { <-hangs; return oneDay, true })
	}()
	waitForWords(t, d, 5)
	asksTime(t, s, 0, true)
	close(hangs)
	waitForWords(t, d, 9) // its late answer, and that it is there
	asksTime(t, s, 1, false)
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	asksTime(t, s, 0, false)
}

// waitForWords waits until so many events are in the stream of the clocks.
func waitForWords(t *testing.T, d *double.Server, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); len(d.Events(stream+"-clocks")) < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("there are %d words, want %d", len(d.Events(stream+"-clocks")), n)
		}
	}
}

// A server that lets nobody write there keeps no node from starting; one that is away does.
func TestWhoMayNotAskStartsAlone(t *testing.T) {
	t.Parallel()
	s, d := onDouble(t)
	d.Deny(true)
	asksTime(t, s, 0, false)
	d.Deny(false)
	d.Tombstone(stream + "-clocks")
	asksTime(t, s, 0, false)
	d.Stop()
	if _, err := s.AskTime(t.Context()); err == nil {
		t.Error("who is asked is away")
	}
}
