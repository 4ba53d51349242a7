package ledger

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// foldQueue is how many blocks may wait for the folds with their events in memory.
const foldQueue = 64

// folding hands committed events to [Config.Folds], in order, from one goroutine. It never makes
// the sequencer wait: when the folds are so slow that the queue is full, a block is left out of
// it, and read back from the copies when its turn comes, as at a start.
type folding struct {
	queue   chan committedEvents
	next    uint64        // block to fold next; of the folding goroutine
	done    atomic.Uint64 // last block that was folded
	leftOut atomic.Uint64 // newest block that is not in the queue
	failed  atomic.Pointer[error]
}

type committedEvents struct {
	block  uint64
	events []*event.Event
}

// offer hands a block to the folds; the sequencer calls it.
func (f *folding) offer(number uint64, events []*event.Event) {
	c := committedEvents{number, events}
	select {
	case f.queue <- c:
		return
	default:
	}
	f.leftOut.Store(number)
	select { // whoever takes the last block out of a full queue looks at leftOut afterwards
	case f.queue <- c:
	default:
	}
}

// foldAll runs until the queue is closed.
func (l *Ledger) foldAll() {
	f := &l.folding
	for c := range f.queue {
		if c.block < f.next { // it was read back
			continue
		}
		if c.block > f.next && !l.readBack(c.block-1) {
			continue // it is closing
		}
		l.fold(c.block, c.events)
		if last := f.leftOut.Load(); len(f.queue) == 0 && last >= f.next {
			l.readBack(last)
		}
	}
}

func (l *Ledger) fold(number uint64, events []*event.Event) {
	for _, fold := range l.cfg.Folds {
		fold(events)
	}
	l.folding.next = number + 1
	l.folding.done.Store(number)
}

// readBack folds the blocks up to last from the copies. While neither copy delivers one, it tries
// again, and health says so; it returns false when the ledger is closed before it could.
func (l *Ledger) readBack(last uint64) bool {
	f := &l.folding
	for {
		err := l.decodeAll(l.life, l.readGenuine, f.next, last, func(d *decoded) error {
			l.fold(d.block.Number, d.events)
			return nil
		})
		if err == nil {
			f.failed.Store(nil)
			return true
		}
		if f.failed.Swap(&err) == nil {
			l.cfg.Logger.Error("the views wait for blocks that cannot be read", "block", f.next, "error", err)
		}
		select {
		case <-l.background.Done():
			return false
		case <-time.After(time.Second):
		}
	}
}

// readGenuine is a [reader] of what either copy has and the tree confirms.
func (l *Ledger) readGenuine(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	for n := from; n <= to; n++ {
		b, err := l.readBlock(ctx, n)
		if err == nil {
			err = fn(n, b.Bytes)
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// state says how many entries the folds are behind blocks that had no place in the queue, 0 while
// they keep up, and why they cannot go on; nil when they can.
func (f *folding) state(l *Ledger) (behind uint64, err error) {
	if p := f.failed.Load(); p != nil {
		err = *p
	}
	if done := f.done.Load(); f.leftOut.Load() > done {
		behind = l.Head().Size - l.blocks.first(done+1)
	}
	return behind, err
}
