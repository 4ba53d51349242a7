package kurrentdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// The form is permanent: other departments' projections are written against it.
func TestABlockIsTypedEventsAndOneClosingEvent(t *testing.T) {
	s, d := onDouble(t)
	b := storetest.Next(nil, "one", "two")
	storetest.MustAppend(t, s, b)
	events := d.Events(stream)
	if len(events) != 3 {
		t.Fatalf("%d events, want 3", len(events))
	}
	for i, e := range events[:2] {
		meta := fmt.Sprintf(`{"$correlationId":"ledger-test","index":%d,"revision":%d,"role":"ledger","assurance":"derived"}`, i, i)
		id := uuid.NewSHA1(uuid.Nil, fmt.Append(nil, uint64(i)))
		if e.Type != "anjian.tested.v1" || e.ContentType != "application/json" || e.ID != id || string(e.Metadata) != meta ||
			!bytes.Equal(e.Data, b.Entries[i]) {
			t.Errorf("event %d is %+v\nmetadata %s\nwant     %s", i, e, e.Metadata, meta)
		}
	}
	if e := events[2]; e.Type != "anjian-block" || e.ContentType != "application/json" || e.ID != b.ID || len(e.Metadata) != 0 ||
		!bytes.Equal(e.Data, b.Closing()) {
		t.Errorf("the closing event is %+v", e)
	}
}

func TestDamageIsFoundAndNamed(t *testing.T) {
	foreign := double.Event{ID: uuid.New(), Type: "someone-else", ContentType: "application/json", Data: []byte(`{}`)}
	replace := func(old, new string) func(*double.Event) {
		return func(e *double.Event) { e.Data = bytes.Replace(e.Data, []byte(old), []byte(new), 1) }
	}
	cases := []struct {
		name  string
		harm  func(d *double.Server)
		block uint64 // damaged: those before it can be read
	}{
		{"a foreign event at the end", func(d *double.Server) { d.Put(stream, foreign) }, 11},
		{"a system event at the end", func(d *double.Server) {
			d.Put(stream, double.Event{Type: "$settings", ContentType: "application/json", Data: []byte(`{}`)})
		}, 11},
		{"many foreign events at the end", func(d *double.Server) {
			for range 50 {
				d.Put(stream, foreign)
			}
		}, 11},
		{"a copy of the ledger's own event at the end", func(d *double.Server) { d.Put(stream, d.Events(stream)[4]) }, 11},
		{"a copy of the closing event at the end", func(d *double.Server) { d.Put(stream, d.Events(stream)[29]) }, 11},
		{"a foreign event in the middle", func(d *double.Server) { d.Rewrite(stream, 12, func(e *double.Event) { *e = foreign }) }, 5},
		{"another content type", func(d *double.Server) {
			d.Rewrite(stream, 12, func(e *double.Event) { e.ContentType = "application/octet-stream" })
		}, 5},
		{"another event type", func(d *double.Server) { d.Rewrite(stream, 12, func(e *double.Event) { e.Type = "anjian.other.v1" }) }, 5},
		{"another event id", func(d *double.Server) { d.Rewrite(stream, 12, func(e *double.Event) { e.ID = uuid.New() }) }, 5},
		{"another index", func(d *double.Server) { d.Rewrite(stream, 12, replace(`"index":8`, `"index":9`)) }, 5},
		{"a line feed", func(d *double.Server) { d.Rewrite(stream, 12, replace(`{"text"`, "{\n\"text\"")) }, 5},
		{"cut data", func(d *double.Server) {
			d.Rewrite(stream, 12, func(e *double.Event) { e.Data = e.Data[:len(e.Data)-1] })
		}, 5},
		{"a closing event of another number", func(d *double.Server) { d.Rewrite(stream, 14, replace(`"block":5`, `"block":6`)) }, 5},
		{"a closing event of another time", func(d *double.Server) { d.Rewrite(stream, 14, replace(`"recorded":"2019`, `"recorded":"2018`)) }, 5},
		{"a closing event with another id", func(d *double.Server) { d.Rewrite(stream, 14, func(e *double.Event) { e.ID = uuid.New() }) }, 5},
		{"an entry in place of the closing event", func(d *double.Server) {
			copied := d.Events(stream)[13]
			d.Rewrite(stream, 14, func(e *double.Event) { *e = copied })
		}, 5},
		{"a scavenged entry", func(d *double.Server) { d.Scavenge(stream, 12) }, 5},
		{"a scavenged closing event", func(d *double.Server) { d.Scavenge(stream, 14) }, 5},
		{"a truncated beginning", func(d *double.Server) { d.Truncate(stream, 2) }, 1},
		{"a lost end", func(d *double.Server) { d.Lose(stream, 27) }, 10},
		{"an end lost within a block", func(d *double.Server) { d.Lose(stream, 28) }, 10},
		{"a deleted stream", func(d *double.Server) { d.Truncate(stream, 99) }, 1},
		{"a tombstone", func(d *double.Server) { d.Tombstone(stream) }, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, d := onDouble(t)
			blocks := tens()
			storetest.MustAppend(t, s, blocks...)
			c.harm(d)
			next := uint64(1)
			err := s.Read(t.Context(), 1, 11, func(n uint64, raw []byte) error {
				if n != next || !bytes.Equal(raw, blocks[n-1].Bytes) {
					t.Errorf("read delivers block %d, want %d as it was", n, next)
				}
				next++
				return nil
			})
			var damage *store.DamageError
			if !errors.As(err, &damage) || damage.Block != c.block || next != c.block {
				t.Errorf("read delivers %d blocks and %v, want damage of block %d", next-1, err, c.block)
			}
		})
	}
}

// tens are ten blocks of two entries: block n has revisions 3n-3 to 3n-1.
func tens() (blocks []*block.Block) {
	var prev *block.Block
	for range 10 {
		prev = storetest.Next(prev, "a", "b")
		blocks = append(blocks, prev)
	}
	return blocks
}

// Bytes that only the checkpoint's root covers are the caller's to verify.
func TestAChangedWordIsDeliveredAsStored(t *testing.T) {
	s, d := onDouble(t)
	b := storetest.Next(nil, "good")
	storetest.MustAppend(t, s, b)
	d.Rewrite(stream, 0, func(e *double.Event) { e.Data = bytes.Replace(e.Data, []byte("good"), []byte("evil"), 1) })
	want := strings.Replace(string(b.Bytes), "good", "evil", 1)
	err := s.Read(t.Context(), 1, 1, func(_ uint64, raw []byte) error {
		if string(raw) != want {
			t.Errorf("read delivers %s", raw)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHeadSaysSoWhenTheStreamDoesNotEndWithABlock(t *testing.T) {
	for name, harm := range map[string]func(d *double.Server){
		"foreign event": func(d *double.Server) { d.Put(stream, double.Event{Type: "x", ContentType: "application/json"}) },
		"lost end":      func(d *double.Server) { d.Lose(stream, 27) },
		"deleted":       func(d *double.Server) { d.Truncate(stream, 99) },
		"tombstone":     func(d *double.Server) { d.Tombstone(stream) },
	} {
		t.Run(name, func(t *testing.T) {
			s, d := onDouble(t)
			blocks := tens()
			storetest.MustAppend(t, s, blocks...)
			harm(d)
			var damage *store.DamageError
			if head, err := s.Head(t.Context()); !errors.As(err, &damage) {
				t.Errorf("head is %d, %v; want damage", head, err)
			}
			// KurrentDB itself takes an append that follows a deleted stream's last event.
			if err := s.Append(t.Context(), storetest.Next(blocks[9], "next")); err == nil && name != "deleted" {
				t.Error("an append to a damaged stream succeeds")
			}
		})
	}
}

func TestOpenRefusesAStreamThatIsNotALedgersOrIsGone(t *testing.T) {
	blocks := tens()
	for name, harm := range map[string]func(d *double.Server){
		"foreign event":       func(d *double.Server) { d.Put(stream, double.Event{Type: "x", ContentType: "application/json"}) },
		"truncated beginning": func(d *double.Server) { d.Truncate(stream, 2) },
		"tombstone":           func(d *double.Server) { d.Tombstone(stream) },
	} {
		s, d := onDouble(t)
		storetest.MustAppend(t, s, blocks...)
		harm(d)
		var damage *store.DamageError
		if _, err := kurrentdb.Open(t.Context(), kurrentdb.Config{URL: d.URL(), MustExist: true}); !errors.As(err, &damage) {
			t.Errorf("%s: open gives %v, want damage", name, err)
		}
	}
	_, d := onDouble(t)
	if _, err := kurrentdb.Open(t.Context(), kurrentdb.Config{URL: d.URL(), MustExist: true}); !errors.Is(err, kurrentdb.ErrMissing) {
		t.Errorf("open of no stream gives %v, want ErrMissing", err)
	}
}

func TestReadsAreCompleteWhateverTheServerDoes(t *testing.T) {
	cases := []struct {
		name  string
		fault double.ReadFault
		ok    bool // the adapter gets over it within the same read
	}{
		{"unavailable", double.FailRead, true},
		{"ended early", double.Cut, true},
		{"never ended", double.HangRead, false},
		{"unknown message", double.Strange, false},
		{"trailer without a name", double.BadTrailer, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, d := onDouble(t)
			blocks := tens()
			storetest.MustAppend(t, s, blocks...)
			d.NextRead(double.PassRead, c.fault) // the head, then the events
			seen := 0
			err := s.Read(t.Context(), 1, 10, func(uint64, []byte) error { seen++; return nil })
			if (err == nil) != c.ok || err == nil && seen != 10 {
				t.Errorf("read delivers %d blocks and %v", seen, err)
			}
			if d.Pending() != 0 {
				t.Error("the fault did not happen")
			}
			storetest.WantBlocks(t, s, blocks) // the next read works
		})
	}
}

func TestAReadCancelledInTheMiddleEnds(t *testing.T) {
	s, _ := onDouble(t)
	blocks := storetest.Chain(200, "cancelled")
	storetest.MustAppend(t, s, blocks...)
	for _, at := range []uint64{1, 30, 60, 100} {
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Read(ctx, 1, 200, func(n uint64, _ []byte) error {
			if n == at {
				cancel()
			}
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a read of 200 blocks cancelled at block %d gives %v", at, err)
		}
	}
}

func TestAHeadWithoutAnAnswerIsAnErrorNotAnEmptyStore(t *testing.T) {
	t.Parallel()
	for _, fault := range []double.ReadFault{double.HangRead, double.Strange, double.BadTrailer} {
		s, d := onDouble(t)
		storetest.MustAppend(t, s, storetest.Next(nil, "there"))
		d.NextRead(fault)
		if head, err := s.Head(t.Context()); err == nil {
			t.Errorf("fault %d: head is %d without an error", fault, head)
		}
		storetest.WantHead(t, s, 1)
	}
}

// findsBlocks appends n blocks of 1 to 4 entries to s, which is empty, and reads some of
// them through stores that know nothing of the stream yet.
func findsBlocks(t *testing.T, s store.Store, again func() store.Store, n int) {
	var blocks []*block.Block
	var prev *block.Block
	for i := range n {
		prev = storetest.Next(prev, many(1+i%4, "far")...)
		blocks = append(blocks, prev)
	}
	storetest.MustAppend(t, s, blocks...)
	check := func(s store.Store, from, to int) {
		next := from
		err := s.Read(t.Context(), uint64(from), uint64(to), func(number uint64, raw []byte) error {
			if number != uint64(next) || !bytes.Equal(raw, blocks[next-1].Bytes) {
				t.Errorf("read %d..%d delivers another block for %d", from, to, next)
			}
			next++
			return nil
		})
		if err != nil || next != to+1 {
			t.Errorf("read %d..%d ends before %d: %v", from, to, next, err)
		}
	}
	for _, from := range []int{n / 3, 1, 2, n/2 + 1, 256, 257, n - 1, n} {
		fresh := again()
		check(fresh, from, min(from+3, n))
		shut(t, fresh)
	}
	warm := again()
	defer shut(t, warm)
	check(warm, n/2, n)
	for from := 1; from <= n; from += n / 37 {
		check(warm, from, from)
	}
}

func TestAnyBlockOfALongStreamIsFound(t *testing.T) {
	s, d := onDouble(t)
	findsBlocks(t, s, func() store.Store { return open(t, kurrentdb.Config{URL: d.URL(), Timeout: 5 * time.Second}) }, 1500)
}

// TestATruncationIsSeenByWhoeverPollsTheHead: not only by who reads the blocks again.
func TestATruncationIsSeenByWhoeverPollsTheHead(t *testing.T) {
	for name, spoil := range map[string]func(*double.Server){
		"truncated": func(d *double.Server) { d.Truncate(stream, 2) },
		"deleted":   func(d *double.Server) { d.Truncate(stream, 1<<30) },
	} {
		t.Run(name, func(t *testing.T) {
			s, d := onDouble(t)
			storetest.MustAppend(t, s, storetest.Chain(3, "polled")...)
			s.LookedLongAgo()
			storetest.WantHead(t, s, 3)
			spoil(d)
			s.LookedLongAgo()
			var damage *store.DamageError
			if _, err := s.Head(t.Context()); !errors.As(err, &damage) || !strings.Contains(err.Error(), "$maxCount") {
				t.Errorf("head gives %v", err)
			}
		})
	}
}
