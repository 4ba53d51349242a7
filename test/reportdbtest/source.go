// Package reportdbtest has ledgers in memory of which tests build report databases.
package reportdbtest

import (
	"context"
	"fmt"
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// Source is a ledger in memory, of which so many entries are committed. The index of an event is its place.
type Source struct {
	Events []*event.Event

	mu   sync.Mutex
	size uint64
	more chan struct{}
}

// Of is a ledger of these events, of which so many are committed.
func Of(events []*event.Event, size int) *Source {
	return &Source{Events: events, size: uint64(size), more: make(chan struct{})}
}

// Commit has so many entries be committed.
func (s *Source) Commit(size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size = uint64(size)
	close(s.more)
	s.more = make(chan struct{})
}

func (s *Source) committed(after uint64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size > after {
		done := make(chan struct{})
		close(done)
		return done
	}
	return s.more
}

func (s *Source) count() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size
}

// Config is that of a report database of the ledger, in a directory.
func (s *Source) Config(dir string) reportdb.Config {
	return reportdb.Config{
		Dir: dir, Origin: "test.invalid/0a1b2c3d", Size: s.count, Committed: s.committed,
		Range: func(_ context.Context, from, to uint64, fn func(*event.Event) error) error {
			for _, e := range s.Events[from:to] {
				if err := fn(e); err != nil {
					return err
				}
			}
			return nil
		},
		Read: func(_ context.Context, indexes []uint64, fn func(*event.Event) error) error {
			for _, i := range indexes {
				if err := fn(s.Events[i]); err != nil {
					return err
				}
			}
			return nil
		},
		RootAt: func(size uint64) (string, error) { return fmt.Sprint("root ", size), nil },
	}
}
