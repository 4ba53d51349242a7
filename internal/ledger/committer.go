package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// committed is the committer's word on the block it was given.
type committed struct {
	block     *block.Block
	view      *translog.View
	err       error // nil: durable in store and journal; else nothing is stored, now or later
	overtaken bool  // another writer's block has the number
}

// commitAll commits one batch after another until toCommit is closed.
func (l *Ledger) commitAll() {
	for b := range l.toCommit {
		c := l.commit(b)
		if c.err != nil {
			// Nothing above the published size is anybody's yet, so this cannot fail.
			if err := l.tree.Truncate(b.first); err != nil {
				l.stop("tiles", err)
			}
		}
		l.committed <- c
	}
}

// commit seals the batch and makes it durable in store and journal, in parallel.
//
// The order of a crash: before either copy has the block, it never was. When one copy has
// it, the next start finds the other one block short and completes it: the requests were
// not answered, and a resend is told where they stand. When both have it, it is recorded,
// answered or not.
func (l *Ledger) commit(b *batch) committed {
	if reason, stopped := l.stopped(); stopped {
		return committed{err: fmt.Errorf("%w: %s", ErrReadOnly, reason)}
	}
	l.tree.Append(b.leaves)
	view, err := l.tree.At(b.size())
	if err != nil {
		return committed{err: err}
	}
	checkpoint, err := l.cfg.Key.Sign(b.size(), view.Root())
	if err != nil {
		return committed{err: err}
	}
	h := block.Header{Number: l.Head().Block + 1, First: b.first, Recorded: b.recorded}
	blk := block.Seal(h, b.lines, b.ends, checkpoint)
	stored := make(chan error, 1)
	go func() { stored <- l.cfg.Store.Append(l.life, blk) }()
	journalErr := l.cfg.Journal.Append(blk)
	c := l.settle(blk, <-stored, journalErr)
	if c.err != nil {
		return c
	}
	if err := l.tree.Publish(blk.Size, checkpoint); err != nil {
		l.stop("tiles", err)
	}
	c.block, c.view = blk, view
	return c
}

// settle turns the two copies' answers into one truth. It returns only when the outcome is
// certain: both copies have the block, or neither will ever have it. While an engine does
// not answer, callers run into their deadlines and the queue pushes back.
func (l *Ledger) settle(b *block.Block, storeErr, journalErr error) committed {
	storeErr, sure := l.resolveStore(b, storeErr)
	switch {
	case !sure:
		return committed{err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, storeErr)}
	case storeErr != nil:
		if err := l.until("journal", func() error { return l.takeBack(b) }); err != nil {
			return committed{err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)}
		}
		overtaken := errors.Is(storeErr, store.ErrConflict)
		return committed{err: fmt.Errorf("%w: %w", ErrNoSpace, storeErr), overtaken: overtaken}
	case journalErr != nil:
		if err := l.until("journal", func() error { return l.cfg.Journal.Append(b) }); err != nil {
			return committed{err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)}
		}
	}
	return committed{}
}

// resolveStore asks the store again until it says yes or no: appending the same block is
// idempotent. After one unknown answer only "stored" and "another block" are certain; sure
// is false when the ledger was closed before the store would say.
func (l *Ledger) resolveStore(b *block.Block, err error) (_ error, sure bool) {
	if err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotStored) {
		return err, true
	}
	unresolved := l.until("store", func() error {
		err = l.cfg.Store.Append(l.life, b)
		if errors.Is(err, store.ErrConflict) {
			return nil
		}
		return err
	})
	if unresolved != nil {
		return unresolved, false
	}
	return err, true
}

// takeBack removes b from the journal if it got there.
func (l *Ledger) takeBack(b *block.Block) error {
	if l.cfg.Journal.Head() < b.Number {
		return nil
	}
	_, err := l.cfg.Journal.TruncateAfter(b.Number - 1)
	return err
}

// until repeats try with growing pauses until it succeeds or the ledger is closed; in
// between, health tells why appends wait.
func (l *Ledger) until(what string, try func() error) error {
	pause := 5 * time.Millisecond
	for {
		err := try()
		if err == nil {
			l.health.clear(what)
			return nil
		}
		l.health.waiting(what, err)
		select {
		case <-l.life.Done():
			return errors.Join(context.Cause(l.life), err)
		case <-time.After(pause):
		}
		pause = min(2*pause, time.Second)
	}
}
