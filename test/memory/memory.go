// Package memory keeps blocks in memory: for tests, and as the plainest reading of the
// contract of package store. Nothing survives the process.
package memory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
)

// DefaultMaxBlock is the most bytes one block may have unless the caller says otherwise.
const DefaultMaxBlock = 4 << 20

var errClosed = errors.New("memory: the store is closed")

// Store implements store.Store. Every method may run beside the others.
type Store struct {
	maxBlock int

	mu     sync.RWMutex
	blocks [][]byte // block n at n-1
	closed bool
	newer  chan struct{} // closed and replaced by each change; closed for good by Close

	clocks map[*clock]struct{} // of those who tell the time
}

// clock is read by who asks for the time.
type clock struct{ read func() (time.Time, bool) }

var (
	_ store.Store   = (*Store)(nil)
	_ store.Watcher = (*Store)(nil)
	_ store.Clocks  = (*Store)(nil)
)

// New makes an empty store for blocks of at most maxBlock bytes; 0 is [DefaultMaxBlock].
func New(maxBlock int) *Store {
	if maxBlock == 0 {
		maxBlock = DefaultMaxBlock
	}
	return &Store{maxBlock: maxBlock, newer: make(chan struct{}), clocks: map[*clock]struct{}{}}
}

// Append implements store.Store. Its outcome is never unknown.
func (s *Store) Append(ctx context.Context, b *block.Block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	head := uint64(len(s.blocks))
	switch err := ctx.Err(); {
	case s.closed:
		return fmt.Errorf("%w: %w", store.ErrNotStored, errClosed)
	case b.Number >= 1 && b.Number <= head && bytes.Equal(s.blocks[b.Number-1], b.Bytes):
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", store.ErrNotStored, err)
	case b.Number >= 1 && b.Number <= head:
		return fmt.Errorf("%w: %d", store.ErrConflict, b.Number)
	case b.Number != head+1:
		return fmt.Errorf("%w: the last block is %d, so %d cannot follow", store.ErrNotStored, head, b.Number)
	case len(b.Bytes) > s.maxBlock:
		return fmt.Errorf("%w: block %d has %d bytes, at most %d", store.ErrNotStored, b.Number, len(b.Bytes), s.maxBlock)
	}
	s.blocks = append(s.blocks, bytes.Clone(b.Bytes))
	close(s.newer)
	s.newer = make(chan struct{})
	return nil
}

// Head implements store.Store.
func (s *Store) Head(ctx context.Context) (uint64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return 0, errClosed
	}
	return uint64(len(s.blocks)), ctx.Err()
}

// Read implements store.Store.
func (s *Store) Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	for number := max(from, 1); number <= to; number++ {
		raw, err := s.get(ctx, number)
		if err != nil {
			return err
		}
		if err := fn(number, raw); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) get(ctx context.Context, number uint64) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case s.closed:
		return nil, errClosed
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case number > uint64(len(s.blocks)):
		return nil, &store.DamageError{Block: number, Reason: fmt.Sprintf("the last block is %d", len(s.blocks))}
	}
	return bytes.Clone(s.blocks[number-1]), nil
}

// Watch implements store.Watcher.
func (s *Store) Watch(ctx context.Context, after uint64) (<-chan uint64, error) {
	heads := make(chan uint64)
	go func() {
		defer close(heads)
		for {
			s.mu.RLock()
			head, newer, closed := uint64(len(s.blocks)), s.newer, s.closed
			s.mu.RUnlock()
			var out chan uint64 // nil, which never receives, when there is nothing to tell
			if head > after {
				out = heads
			}
			if closed {
				return
			}
			select {
			case out <- head:
				after = head
			case <-newer:
			case <-ctx.Done():
				return
			}
		}
	}()
	return heads, nil
}

// AskTime implements store.Clocks.
func (s *Store) AskTime(ctx context.Context) (told []time.Time, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	for c := range s.clocks {
		if now, sure := c.read(); sure {
			told = append(told, now)
		}
	}
	return told, ctx.Err()
}

// TellTime implements store.Clocks.
func (s *Store) TellTime(ctx context.Context, read func() (now time.Time, sure bool)) error {
	c := &clock{read}
	s.mu.Lock()
	s.clocks[c] = struct{}{}
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clocks, c)
	return nil
}

// MaxBlock implements store.Store.
func (s *Store) MaxBlock() int { return s.maxBlock }

// Close implements store.Store. The blocks are gone.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed, s.blocks = true, nil
		close(s.newer)
	}
	return nil
}
