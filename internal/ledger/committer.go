package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/journal"
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
	var c committer
	for b := range l.toCommit {
		began := time.Now()
		done := l.commit(&c, b)
		if done.err == nil {
			l.commits.add(time.Since(began))
		} else if err := l.tree.Truncate(b.first); err != nil { // nothing above the published size is anybody's yet, so it cannot
			l.stop("tiles", err)
		}
		l.committed <- done
	}
}

// committer is what one commit leaves for the next.
type committer struct {
	// careful: the store refused the last block, as it does on a full disk. The next one
	// goes to the journal only when the store has it, so that an outage does not fill the
	// journal's directory with blocks that were taken back.
	careful bool
}

// commit seals the batch and makes it durable in store and journal, in parallel; on a shared
// store one after the other, so that the journal never has what the store may not have.
//
// The order of a crash: before either copy has the block, it never was. When one copy has
// it, the next start finds the other one block short and completes it: the requests were
// not answered, and a resend is told where they stand. When both have it, it is recorded,
// answered or not.
func (l *Ledger) commit(cm *committer, b *batch) committed {
	if err := l.health.stopped(); err != nil || l.cfg.ReadOnly {
		return committed{err: cmp.Or(err, ErrReadOnlyStart)}
	}
	if l.life.Err() != nil { // an earlier block's outcome may be unknown: nothing goes on top
		return committed{err: fmt.Errorf("%w: it is closing", ErrReadOnly)}
	}
	l.tree.Append(b.leaves)
	view, err := l.tree.At(b.size())
	if err != nil {
		return committed{err: fmt.Errorf("%w: %w", ErrReadOnly, err)}
	}
	checkpoint, err := l.cfg.Key.Sign(b.size(), view.Root())
	if err != nil {
		return committed{err: fmt.Errorf("%w: %w", ErrReadOnly, err)}
	}
	h := block.Header{Number: l.Head().Block + 1, First: b.first, Recorded: b.recorded()}
	blk := block.Seal(h, b.lines, b.ends, checkpoint)
	c := l.store(cm, blk)
	if c.err != nil {
		return c
	}
	if err := l.tree.Publish(blk.Size, checkpoint); err != nil {
		l.stop("tiles", err)
	}
	c.block, c.view = blk, view
	return c
}

// store gives the block to both copies.
func (l *Ledger) store(cm *committer, b *block.Block) committed {
	l.silence.begin()
	if cm.careful || l.cfg.Shared {
		storeErr, journalErr := l.cfg.Store.Append(l.life, b), journal.ErrNotStored
		if storeErr == nil {
			journalErr = l.cfg.Journal.Append(b)
		}
		cm.careful = errors.Is(storeErr, store.ErrNotStored)
		l.health.answered(storeErr)
		return l.resolve(b, storeErr, journalErr)
	}
	// The disk is given the journal's copy before the engine is asked: a goroutine that was
	// started for it would stand behind the crowd that the last block woke.
	finish, journaled := l.cfg.Journal.Begin(b), make(chan error, 1)
	go func() { journaled <- finish() }()
	storeErr := l.cfg.Store.Append(l.life, b)
	if certain(storeErr) {
		l.silence.end() // the journal may take longer
	}
	journalErr := <-journaled
	cm.careful = errors.Is(storeErr, store.ErrNotStored)
	l.health.answered(storeErr)
	return l.resolve(b, storeErr, journalErr)
}

// resolve turns the two copies' answers into one truth. It returns only when the outcome is
// certain: both copies have the block, or neither will ever have it. While an engine does
// not answer, callers run into their deadlines and the queue pushes back.
//
// The outcome stays unknown when the ledger is closed before it is certain, or when a copy
// turns out to be damaged: then nothing more is committed before the next start, which
// completes the copy that is short.
func (l *Ledger) resolve(b *block.Block, storeErr, journalErr error) committed {
	storeErr, sure := l.resolveStore(b, storeErr)
	l.silence.end()
	switch {
	case !sure:
		return committed{err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, storeErr)}
	case storeErr != nil:
		if damaged(storeErr) { // it is not stored because the store is not what it was
			l.stop("store", storeErr)
		}
		if err := l.takeBack(b, storeErr, journalErr); err != nil {
			return committed{err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)}
		}
		return committed{err: notStored(storeErr), overtaken: errors.Is(storeErr, store.ErrConflict)}
	case journalErr != nil:
		if err := l.until("journal", func() error { return l.cfg.Journal.Append(b) }); err != nil {
			return committed{err: fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)}
		}
	}
	return committed{}
}

// resolveStore asks the store again until it says yes or no: appending the same block is
// idempotent. After one unknown answer only "stored" and "another block" are certain: what
// is refused now may still be on its way from before. sure is false when the ledger was
// closed before the store would say.
func (l *Ledger) resolveStore(b *block.Block, err error) (_ error, sure bool) {
	if certain(err) {
		return err, true
	}
	var conflict error
	unresolved := l.until("store", func() error {
		err := l.cfg.Store.Append(l.life, b)
		if errors.Is(err, store.ErrConflict) {
			conflict = err
			return nil
		}
		return err
	})
	if unresolved != nil {
		return unresolved, false
	}
	return conflict, true
}

// certain reports whether a store's answer to an append settles it.
func certain(err error) bool {
	return err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotStored)
}

// takeBack removes b from the journal. Unless the journal is certain that b is not there,
// its end is cut, on the disk: what is left of a failed write could come back at a start. Where another
// node's block has its place, the bytes are kept aside; of what the store refused nobody was told, and
// the disk may have no room for them.
func (l *Ledger) takeBack(b *block.Block, storeErr, journalErr error) error {
	if errors.Is(journalErr, journal.ErrNotStored) {
		return nil
	}
	return l.until("journal", func() error {
		if !errors.Is(storeErr, store.ErrConflict) {
			return l.cfg.Journal.Discard(b.Number - 1)
		}
		_, err := l.cfg.Journal.TruncateAfter(b.Number - 1)
		return err
	})
}

// until repeats try with growing pauses until it succeeds or the ledger is closed; in
// between, health tells why appends wait. A damaged copy is not waited for: it stops
// appends.
func (l *Ledger) until(what string, try func() error) error {
	defer l.health.clear(what)
	pause := 5 * time.Millisecond
	for {
		err := try()
		if err == nil {
			return nil
		}
		if damaged(err) {
			l.stop(what, err)
			return err
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

// damaged reports whether an error says that what is stored is not what it must be.
func damaged(err error) bool {
	var s *store.DamageError
	var j *journal.DamageError
	var u unreadable
	return errors.As(err, &s) || errors.As(err, &j) || errors.As(err, &u) || errors.Is(err, journal.ErrDamaged)
}
