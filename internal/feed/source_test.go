package feed_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// fakeLedger is a ledger of entries in memory with a real tree.
type fakeLedger struct {
	mu      sync.Mutex
	entries [][]byte
	hashes  []tlog.Hash
	newer   chan struct{}
}

var _ feed.Source = (*fakeLedger)(nil)

// started is when entry 0 of a fakeLedger was recorded; entry i was i seconds later.
var started = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)

func newFakeLedger(tb testing.TB, n int) *fakeLedger {
	l := &fakeLedger{newer: make(chan struct{})}
	l.add(tb, n)
	return l
}

// add commits n more entries, about two counties and none in turn.
func (l *fakeLedger) add(tb testing.TB, n int) {
	tb.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		i := uint64(len(l.entries))
		recorded := started.Add(time.Duration(i) * time.Second)
		e := &entry.Entry{
			Index: i, Recorded: recorded, Stream: event.Stream{Kind: event.Inspection, ID: "x"}, Revision: i,
			Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived,
			About: event.About{County: []string{"610902", "610921", ""}[i%3]},
			Event: fmt.Appendf(nil, `{"specversion":"1.0","id":"%s","type":"anjian.finding-recorded.v1","data":{"n":%d}}`,
				uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i)), i),
		}
		raw := entry.Append(nil, e)
		hashes, err := tlog.StoredHashes(int64(i), raw, tlog.HashReaderFunc(l.read))
		if err != nil {
			tb.Fatal(err)
		}
		l.entries, l.hashes = append(l.entries, raw), append(l.hashes, hashes...)
	}
	close(l.newer)
	l.newer = make(chan struct{})
}

func (l *fakeLedger) read(indexes []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, i := range indexes {
		out = append(out, l.hashes[i])
	}
	return out, nil
}

func (l *fakeLedger) Origin() string { return "anjian.example/feed" }

func (l *fakeLedger) Head() ledger.Head {
	l.mu.Lock()
	defer l.mu.Unlock()
	return ledger.Head{Size: uint64(len(l.entries))}
}

func (l *fakeLedger) Committed(after uint64) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if uint64(len(l.entries)) > after {
		c := make(chan struct{})
		close(c)
		return c
	}
	return l.newer
}

func (l *fakeLedger) Entries(ctx context.Context, from, to uint64, fn func(uint64, []byte) error) error {
	for i := from; i < to; i++ {
		l.mu.Lock()
		raw := l.entries[i]
		l.mu.Unlock()
		if err := fn(i, raw); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (l *fakeLedger) RootAt(size uint64) ([32]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return tlog.TreeHash(int64(size), tlog.HashReaderFunc(l.read))
}

// PositionAt counts wall-clock hours: every entry but the last ten is older than any age.
func (l *fakeLedger) PositionAt(_ context.Context, _ time.Time) (uint64, error) {
	return l.Head().Size - min(l.Head().Size, 10), nil
}
