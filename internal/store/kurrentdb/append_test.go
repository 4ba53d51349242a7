package kurrentdb_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// mustBeUnknown checks an outcome that promises nothing.
func mustBeUnknown(t *testing.T, err error) {
	t.Helper()
	if err == nil || errors.Is(err, store.ErrNotStored) || errors.Is(err, store.ErrConflict) {
		t.Errorf("the append gives %v, want an unknown outcome", err)
	}
}

// After every fault, appending the same block again must lead to one stored block.
func TestEveryAppendFaultIsResolvedByAppendingAgain(t *testing.T) {
	cases := []struct {
		name   string
		fault  double.AppendFault
		stored uint64 // head after the faulty append
	}{
		{"refused revision though the block is next", double.WrongRevision, 1},
		{"unavailable before commit", double.LoseAndFail, 1},
		{"unavailable after commit", double.StoreAndFail, 2},
		{"deadline before commit", double.LoseAndHang, 1},
		{"deadline after commit", double.StoreAndHang, 2},
		{"deadline, arrives later", double.StoreLate, 1},
		{"timeout within the server after commit", double.StoreAndAbort, 2},
		{"acknowledged at another revision", double.WrongAck, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, d := onDouble(t)
			blocks := storetest.Chain(3, c.name)
			d.Next(double.Pass, c.fault)
			storetest.MustAppend(t, s, blocks[0])
			mustBeUnknown(t, s.Append(t.Context(), blocks[1]))
			storetest.WantHead(t, s, c.stored)
			storetest.MustAppend(t, s, blocks[1])
			d.Settle()
			storetest.MustAppend(t, s, blocks[2])
			storetest.WantBlocks(t, s, blocks)
			if n := len(d.Events(stream)); n != 6 || d.Pending() != 0 {
				t.Errorf("%d events are stored, want 6; %d faults pending", n, d.Pending())
			}
		})
	}
}

func TestALateBlockThatLostTheRaceIsAConflict(t *testing.T) {
	t.Parallel()
	s, d := onDouble(t)
	rival := open(t, kurrentdb.Config{URL: d.URL()})
	defer shut(t, rival)
	d.Next(double.StoreLate)
	mine, yours := storetest.Next(nil, "mine"), storetest.Next(nil, "yours")
	mustBeUnknown(t, s.Append(t.Context(), mine))
	storetest.MustAppend(t, rival, yours)
	d.Settle()
	if err := s.Append(t.Context(), mine); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the append again gives %v, want a conflict", err)
	}
	storetest.WantBlocks(t, s, []*block.Block{yours})
}

// A refusal says that this attempt is not stored. While an earlier one may still arrive that
// does not settle the matter.
func TestNothingIsCertainlyNotStoredWhileAnEarlierAttemptIsUnresolved(t *testing.T) {
	t.Parallel()
	s, d := onDouble(t)
	b := storetest.Next(nil, "late")
	d.Next(double.StoreLate)
	for _, denied := range []bool{false, true} {
		d.Deny(denied)
		mustBeUnknown(t, s.Append(t.Context(), b))
	}
	d.Deny(false)
	d.Stop()
	mustBeUnknown(t, s.Append(t.Context(), b))
	if err := d.Restart(); err != nil {
		t.Fatal(err)
	}
	d.Settle()
	storetest.MustAppend(t, s, b)
	next := storetest.Next(b, "denied")
	d.Deny(true)
	if err := s.Append(t.Context(), next); !errors.Is(err, store.ErrNotStored) {
		t.Errorf("a refusal when all is resolved gives %v, want not stored", err)
	}
	storetest.WantHead(t, s, 1)
	d.Deny(false)
	storetest.MustAppend(t, s, next)
}

// fencesEachOther appends through two stores on one empty stream.
func fencesEachOther(t *testing.T, a, b store.Store) {
	blocks := storetest.Chain(5, "ours")
	storetest.MustAppend(t, a, blocks[:3]...)
	for _, n := range []int{2, 1} {
		if err := b.Append(t.Context(), storetest.Next(blocks[n-1], "other")); !errors.Is(err, store.ErrConflict) {
			t.Errorf("another block %d gives %v, want a conflict", n+1, err)
		}
	}
	storetest.MustAppend(t, b, blocks[3])
	if err := a.Append(t.Context(), storetest.Next(blocks[2], "rival")); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a rival of the other's block gives %v, want a conflict", err)
	}
	storetest.MustAppend(t, a, blocks[3], blocks[4], blocks[3])
	storetest.WantBlocks(t, b, blocks)
}

func TestTwoAdaptersFenceEachOther(t *testing.T) {
	s, d := onDouble(t)
	other := open(t, kurrentdb.Config{URL: d.URL()})
	defer shut(t, other)
	fencesEachOther(t, s, other)
}

// The revision that a block expects is arithmetic on its own claims: a block that claims
// another tree size could meet the right revision by chance.
func TestABlockThatDoesNotFollowIsNotStoredThoughItsFenceFits(t *testing.T) {
	s, _ := onDouble(t)
	first := storetest.Next(nil, "a", "b") // closes at revision 2
	storetest.MustAppend(t, s, first)
	stray := storetest.Next(&block.Block{Number: 2, Size: 1}, "c") // expects 1+3-2 = 2
	if err := s.Append(t.Context(), stray); !errors.Is(err, store.ErrNotStored) {
		t.Errorf("append gives %v, want not stored", err)
	}
	storetest.WantBlocks(t, s, []*block.Block{first})
}

// KurrentDB cuts the client off while it sends, and the client sees no more than EOF. What is
// sent is far more than cap and gRPC's window (64 KiB) together: else the client may be done
// sending when the refusal comes, and sees its reason.
func TestAnAppendAboveAServersLowerCapIsNotStoredAndTheStoreGoesOn(t *testing.T) {
	d := serve(t, "tcp", double.Options{MaxAppend: 20 << 10})
	s := open(t, kurrentdb.Config{URL: d.URL(), Timeout: time.Second})
	defer shut(t, s)
	big := storetest.Next(nil, many(400, strings.Repeat("x", 900))...)
	if err := s.Append(t.Context(), big); !errors.Is(err, io.EOF) || !errors.Is(err, store.ErrNotStored) || !errors.Is(err, store.ErrRefused) {
		t.Errorf("append gives %v, want EOF, not stored, refused", err)
	}
	storetest.WantHead(t, s, 0)
	small := storetest.Next(nil, "small")
	storetest.MustAppend(t, s, small)
	storetest.WantBlocks(t, s, []*block.Block{small})
}

func TestTheLargestBlockOfTheSmallestEntriesFitsTheServersCap(t *testing.T) {
	s, _ := onDouble(t)
	line := len(storetest.Next(nil, "", "").Bytes) - len(storetest.Next(nil, "").Bytes)
	n := s.MaxBlock() / (line + 8)
	b := storetest.Next(nil, many(n, "")...)
	if len(b.Bytes) > s.MaxBlock() || len(b.Bytes) < s.MaxBlock()*9/10 {
		t.Fatalf("%d entries have %d bytes of %d", n, len(b.Bytes), s.MaxBlock())
	}
	storetest.MustAppend(t, s, b)
	storetest.WantBlocks(t, s, []*block.Block{b})
}

func TestARaisedCapTakesTheBlocksOfAnEmbeddedStore(t *testing.T) {
	d := serve(t, "tcp", double.Options{MaxAppend: kurrentdb.LargestMaxAppend})
	s := open(t, kurrentdb.Config{URL: d.URL(), MaxAppend: kurrentdb.LargestMaxAppend})
	defer shut(t, s)
	b := storetest.Sized(nil, 4<<20)
	storetest.MustAppend(t, s, b)
	storetest.WantBlocks(t, s, []*block.Block{b})
}

func many(n int, text string) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = text
	}
	return texts
}

func TestAnAppendToATombstonedStreamIsNotStored(t *testing.T) {
	s, d := onDouble(t)
	first := storetest.Next(nil, "first")
	storetest.MustAppend(t, s, first)
	d.Tombstone(stream)
	err := s.Append(t.Context(), storetest.Next(first, "second"))
	if !errors.Is(err, store.ErrNotStored) || !errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), "tombstone") {
		t.Errorf("append gives %v, want refused for good", err)
	}
}

// TestARefusalThatWillNotPassIsFoundOutBeforehand, in plain words, and nothing is stored to find out.
func TestARefusalThatWillNotPassIsFoundOutBeforehand(t *testing.T) {
	for name, c := range map[string]struct {
		options double.Options
		spoil   func(*double.Server)
		says    string // empty: no refusal
	}{
		"a server as it comes": {double.Options{}, func(*double.Server) {}, ""},
		"a lower cap":          {double.Options{MaxAppend: 64 << 10}, func(*double.Server) {}, "MaxAppendSize is below 1048576 bytes"},
		"no access":            {double.Options{}, func(d *double.Server) { d.Deny(true) }, "append to stream"},
		"a tombstone":          {double.Options{}, func(d *double.Server) { d.Tombstone(stream) }, "for good"},
		"no answer":            {double.Options{}, func(d *double.Server) { d.Stop() }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := serve(t, "tcp", c.options)
			s := open(t, kurrentdb.Config{URL: d.URL(), Timeout: 500 * time.Millisecond})
			defer shut(t, s)
			storetest.MustAppend(t, s, storetest.Next(nil, "first"))
			before := len(d.Events(stream))
			c.spoil(d)
			err := s.Probe(t.Context())
			if (err == nil) != (c.says == "") || err != nil && (!errors.Is(err, store.ErrRefused) || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("probe gives %v, want %q", err, c.says)
			}
			if err != nil && strings.Contains(err.Error(), "ErrorCode") {
				t.Errorf("the driver's words: %v", err)
			}
			if len(d.Events(stream)) != before {
				t.Error("the probe was stored")
			}
		})
	}
	if err := double.New(double.Options{MaxAppend: 16 << 20}).Start("tcp", "127.0.0.1:0"); err == nil {
		t.Error("the double starts with a cap that the server does not take")
	}
}

func TestAServerRestartCostsLatencyOrACleanRefusal(t *testing.T) {
	t.Parallel()
	s, d := onDouble(t)
	blocks := storetest.Chain(6, "restart")
	storetest.MustAppend(t, s, blocks[0])
	for i := 1; i < 5; i++ {
		d.Stop()
		if i%2 == 1 { // long enough for the client to die for good
			if err := s.Append(t.Context(), blocks[i]); err == nil {
				t.Error("an append without a server succeeds")
			}
			if err := s.Append(t.Context(), blocks[i]); err == nil {
				t.Error("an append without a server succeeds")
			}
			if _, err := s.Head(t.Context()); err == nil {
				t.Error("a head without a server succeeds")
			}
		}
		if err := d.Restart(); err != nil {
			t.Fatal(err)
		}
		if err := s.Append(t.Context(), blocks[i]); err != nil { // the first may meet the dead connection
			storetest.MustAppend(t, s, blocks[i])
		}
	}
	storetest.WantBlocks(t, s, blocks[:5])
}

func TestAnAppendWithoutAServerIsNotStored(t *testing.T) {
	t.Parallel()
	s, d := onDouble(t)
	first := storetest.Next(nil, "first")
	storetest.MustAppend(t, s, first)
	d.Stop()
	if _, err := s.Head(t.Context()); err == nil { // finds out that the connection is gone
		t.Fatal("a head without a server succeeds")
	}
	start := time.Now()
	if err := s.Append(t.Context(), storetest.Next(first, "second")); !errors.Is(err, store.ErrNotStored) {
		t.Errorf("append gives %v, want not stored", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v, the timeout is 0.5 s", took)
	}
}

func TestAnAppendWaitsForAServerThatComesBack(t *testing.T) {
	t.Parallel()
	d := serve(t, "tcp", double.Options{})
	s := open(t, kurrentdb.Config{URL: d.URL()})
	defer shut(t, s)
	blocks := storetest.Chain(2, "wait")
	storetest.MustAppend(t, s, blocks[0])
	d.Stop()
	restarted := make(chan error, 1)
	go func() {
		time.Sleep(200 * time.Millisecond)
		restarted <- d.Restart()
	}()
	if _, err := s.Head(t.Context()); err != nil {
		t.Errorf("a head during a restart gives %v", err)
	}
	storetest.MustAppend(t, s, blocks[1])
	storetest.WantBlocks(t, s, blocks)
	if err := <-restarted; err != nil {
		t.Error(err)
	}
}

// In the client itself all but one of them would wait for ever.
func TestManyCallsWithoutAServerAllEnd(t *testing.T) {
	t.Parallel()
	s, d := onDouble(t)
	storetest.MustAppend(t, s, storetest.Next(nil, "one"))
	d.Stop()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := s.Head(t.Context()); err == nil {
				t.Error("a head without a server succeeds")
			}
		})
	}
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(8 * time.Second):
		t.Fatal("calls without a server do not end")
	}
	if err := d.Restart(); err != nil {
		t.Fatal(err)
	}
	storetest.WantHead(t, s, 1)
}

func TestCloseEndsTheAppendInFlight(t *testing.T) {
	t.Parallel()
	d := serve(t, "tcp", double.Options{})
	s := open(t, kurrentdb.Config{URL: d.URL()})
	d.Next(double.LoseAndHang)
	result := make(chan error, 1)
	go func() { result <- s.Append(context.Background(), storetest.Next(nil, "hangs")) }()
	for d.Appends() == 0 {
		time.Sleep(time.Millisecond)
	}
	shut(t, s)
	select {
	case err := <-result:
		mustBeUnknown(t, err)
	case <-time.After(5 * time.Second):
		t.Fatal("the append in flight does not end")
	}
	if err := s.Append(t.Context(), storetest.Next(nil, "closed")); err == nil {
		t.Error("an append to a closed store succeeds")
	}
	shut(t, s)
}

// The client means to ask for the leader and does not: a follower would answer with an old
// head, and an acknowledged block would be missing from it.
func TestAFollowerSendsTheAdapterToTheLeader(t *testing.T) {
	leader, follower := serve(t, "tcp", double.Options{}), serve(t, "tcp", double.Options{})
	s := open(t, kurrentdb.Config{URL: leader.URL()})
	defer shut(t, s)
	blocks := storetest.Chain(4, "led")
	storetest.MustAppend(t, s, blocks[0], blocks[1])

	follower.Follow(leader)
	viaFollower := open(t, kurrentdb.Config{URL: follower.URL(), MustExist: true})
	defer shut(t, viaFollower)
	storetest.WantBlocks(t, viaFollower, blocks[:2])
	storetest.MustAppend(t, viaFollower, blocks[2])

	leader.Follow(follower) // an election
	follower.Follow(nil)
	for _, b := range blocks[:3] {
		for _, e := range leader.Events(stream)[2*b.First:][:2] {
			follower.Put(stream, e)
		}
	}
	storetest.MustAppend(t, viaFollower, blocks[3])
	storetest.WantBlocks(t, s, blocks)
	if n := leader.WithoutLeader() + follower.WithoutLeader(); n != 0 {
		t.Errorf("%d requests did not ask for the leader", n)
	}
}

func TestASlowServerIsWaitedFor(t *testing.T) {
	t.Parallel()
	d := serve(t, "tcp", double.Options{})
	s := open(t, kurrentdb.Config{URL: d.URL()})
	defer shut(t, s)
	d.Slow(50 * time.Millisecond)
	blocks := storetest.Chain(3, "slow")
	storetest.MustAppend(t, s, blocks...)
	storetest.WantBlocks(t, s, blocks)
}
