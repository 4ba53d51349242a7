package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// recovery rebuilds the ledger's memory from its copies. It believes neither: every block
// must continue the one before it and lead to the root that its checkpoint states, and the
// last checkpoint's signature, which covers all of it, must verify.
type recovery struct {
	l    *Ledger
	s    *sequencer
	tree *translog.Tree // fold over what was accepted, independent of the tile files

	journalHead, storeHead uint64
	last                   *block.Block
	bad                    map[uint64]bool // blocks the journal could not deliver
	restored               []oversight.CopyRestored
}

// recover replays the ledger into s and the folds, completes a copy that is merely short,
// opens the tree, and stops appends where something is damaged.
func (l *Ledger) recover(ctx context.Context, s *sequencer) ([]oversight.CopyRestored, error) {
	r := &recovery{l: l, s: s, tree: translog.NewFold(), journalHead: l.cfg.Journal.Head(), bad: map[uint64]bool{}}
	if err := l.cfg.Journal.Health(); err != nil {
		l.stop("journal", err)
	}
	if l.cfg.Store == nil {
		l.stop("store", l.cfg.StoreErr)
	} else if head, err := l.cfg.Store.Head(ctx); err != nil {
		l.stop("store", err)
	} else {
		r.storeHead = head
	}
	if err := r.replay(ctx); err != nil {
		return nil, err
	}
	if r.last != nil {
		if _, err := translog.OpenCheckpoint(r.last.Checkpoint, l.cfg.Key.Verifier()); err != nil {
			l.stop("journal", fmt.Errorf("the last checkpoint: %w", err))
		}
	}
	if err := r.completeStore(ctx); err != nil {
		l.stop("store", err)
	}
	return r.restored, r.openTree(ctx)
}

// replay folds the journal's blocks, taking from the store what the journal lacks.
func (r *recovery) replay(ctx context.Context) error {
	l := r.l
	for next := uint64(1); next <= max(r.journalHead, r.storeHead); next = l.Head().Block + 1 {
		var journalErr error
		if next <= r.journalHead && !r.bad[next] {
			journalErr = l.decodeAll(ctx, l.cfg.Journal.Read, next, r.journalHead, r.accept)
			if err := ctx.Err(); err != nil {
				return err
			}
			if journalErr == nil {
				continue
			}
			// One bad block does not make the others bad: take it from the store and go on.
			next = l.Head().Block + 1
			r.bad[next] = true
			l.stop("journal", journalErr)
		}
		if err := r.fromStore(ctx, next); err != nil {
			if next <= r.storeHead {
				l.stop("store", err)
			}
			l.cfg.Logger.Error("neither copy can deliver this block; the ledger ends before it", "block", next, "journal", journalErr, "store", err)
			return ctx.Err()
		}
	}
	return nil
}

// fromStore folds what the journal does not have: one block where it is damaged, all the
// rest where it is short. A short journal that is whole is completed.
func (r *recovery) fromStore(ctx context.Context, next uint64) error {
	l := r.l
	if next > r.storeHead {
		return fmt.Errorf("the store ends at block %d", r.storeHead)
	}
	if next <= r.journalHead {
		return l.decodeAll(ctx, l.cfg.Store.Read, next, next, r.accept)
	}
	_, stopped := l.stopped()
	err := l.decodeAll(ctx, l.cfg.Store.Read, next, r.storeHead, func(d *decoded) error {
		if err := r.accept(d); err != nil || stopped {
			return err
		}
		return l.cfg.Journal.Append(d.block)
	})
	if err == nil && !stopped {
		r.restored = append(r.restored, oversight.CopyRestored{Copy: "journal", From: "store", First: next, Last: r.storeHead, Reason: "the journal ended before the store"})
	}
	if stopped {
		for n := next; n <= l.Head().Block; n++ {
			r.bad[n] = true
		}
	}
	return err
}

// accept folds one block if it continues the ledger and leads to the root it states.
func (r *recovery) accept(d *decoded) error {
	l, b := r.l, d.block
	head := l.Head()
	if b.Number != head.Block+1 || b.First != head.Size {
		return &store.DamageError{Block: b.Number, Reason: fmt.Sprintf("it begins at entry %d, the ledger had %d", b.First, head.Size)}
	}
	root, err := r.extend(d)
	if err != nil {
		return err
	}
	for i, e := range d.events {
		r.s.state.Apply(e)
		r.s.ids[e.ID] = newKnown(e.Index, d.prints[i])
	}
	for _, fold := range l.cfg.Folds {
		fold(d.events)
	}
	l.moveHead(b, root)
	r.last = b
	l.cfg.Progress(b.Number, max(r.journalHead, r.storeHead))
	return nil
}

// extend appends the block's leaves to the fold and compares the root; a block that does
// not fit leaves the fold as it was.
func (r *recovery) extend(d *decoded) (tlog.Hash, error) {
	says, err := stated(d.block.Checkpoint)
	if err != nil {
		return tlog.Hash{}, &store.DamageError{Block: d.block.Number, Reason: err.Error()}
	}
	r.tree.Append(d.leaves)
	root, err := r.tree.Root()
	if err == nil && (says.Size != d.block.Size || says.Root != root) {
		err = &store.DamageError{Block: d.block.Number, Reason: "its entries do not lead to the root its checkpoint states"}
	}
	if err != nil {
		return root, errors.Join(err, r.tree.Truncate(d.block.First))
	}
	return root, nil
}

// stated returns what a checkpoint says without believing it: the root is compared with the
// entries, and the last signature covers them all.
func stated(checkpoint []byte) (translog.Checkpoint, error) {
	text, _, ok := strings.Cut(string(checkpoint), "\n\n")
	if !ok {
		return translog.Checkpoint{}, errors.New("its checkpoint is not a signed note")
	}
	return translog.ParseCheckpoint(text + "\n")
}

// completeStore gives the store the blocks it lacks, after comparing the newest block that
// both copies have.
func (r *recovery) completeStore(ctx context.Context) error {
	l := r.l
	both := min(r.journalHead, r.storeHead)
	if both > 0 && !r.bad[both] {
		fromJournal, err := l.cfg.Journal.ReadBlock(both)
		if err != nil {
			return nil // the journal is damaged there, which was noted
		}
		err = l.cfg.Store.Read(ctx, both, both, func(_ uint64, raw []byte) error {
			if !bytes.Equal(raw, fromJournal) {
				return fmt.Errorf("fork: store and journal differ at block %d; nothing is changed until repair", both)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if _, stopped := l.stopped(); stopped || r.storeHead >= l.Head().Block {
		return nil
	}
	first := r.storeHead + 1
	err := l.cfg.Journal.Read(ctx, first, l.Head().Block, func(_ uint64, raw []byte) error {
		b, err := block.Parse(raw)
		if err != nil {
			return err
		}
		return l.cfg.Store.Append(ctx, b)
	})
	if err != nil {
		return fmt.Errorf("completing the store from the journal: %w", err)
	}
	r.restored = append(r.restored, oversight.CopyRestored{Copy: "store", From: "journal", First: first, Last: l.Head().Block, Reason: "the store ended before the journal"})
	return nil
}

// openTree opens the tile files against the root that the entries gave. A signed checkpoint
// beyond both copies means that both lost their end: that is never mended silently.
func (r *recovery) openTree(ctx context.Context) error {
	l, head := r.l, r.l.Head()
	tree, report, err := translog.Open(l.cfg.TilesDir, head.Size, r.root(head), l.leavesFrom(ctx, func(n uint64) bool { return r.bad[n] }))
	if err != nil {
		return err
	}
	l.tree = tree
	if report.Checkpoint != nil {
		found, err := translog.OpenCheckpoint(report.Checkpoint, l.cfg.Key.Verifier())
		switch {
		case err != nil:
			r.restored = append(r.restored, oversight.CopyRestored{Copy: "tiles", From: "journal", Reason: "the checkpoint file was damaged: " + err.Error()})
		case found.Size > head.Size:
			l.stop("checkpoint", fmt.Errorf("a checkpoint over %d entries was signed, but both copies end at %d: restore the missing blocks from a backup", found.Size, head.Size))
		}
	}
	if head.Size == 0 {
		return nil
	}
	return tree.Publish(head.Size, head.Checkpoint)
}

func (r *recovery) root(h Head) tlog.Hash {
	if h.Size == 0 {
		root, _ := translog.New().Root()
		return root
	}
	return h.Root
}

// readBehind folds the blocks that another writer committed while ours was overtaken. It
// runs in the sequencer while the committer is idle.
func (l *Ledger) readBehind(ctx context.Context, apply func(*decoded)) error {
	head, err := l.cfg.Store.Head(ctx)
	if err != nil {
		return err
	}
	return l.decodeAll(ctx, l.cfg.Store.Read, l.Head().Block+1, head, func(d *decoded) error {
		have := l.Head()
		if d.block.Number != have.Block+1 || d.block.First != have.Size {
			return &store.DamageError{Block: d.block.Number, Reason: "it does not continue the ledger"}
		}
		l.tree.Append(d.leaves)
		v, err := l.tree.At(d.block.Size)
		if err != nil {
			return err
		}
		stated, err := translog.OpenCheckpoint(d.block.Checkpoint, l.cfg.Key.Verifier())
		if err != nil || stated.Size != d.block.Size || stated.Root != v.Root() {
			return errors.Join(err, l.tree.Truncate(d.block.First), &store.DamageError{Block: d.block.Number, Reason: "its checkpoint does not fit"})
		}
		if err := l.cfg.Journal.Append(d.block); err != nil {
			return err
		}
		if err := l.tree.Publish(d.block.Size, d.block.Checkpoint); err != nil {
			return err
		}
		apply(d)
		l.advance(d.block, v, d.events)
		return nil
	})
}

// note records what the ledger did to one of its own copies.
func (l *Ledger) note(d *oversight.CopyRestored) {
	l.cfg.Logger.Warn("a copy was completed from the other", "copy", d.Copy, "from", d.From, "first", d.First, "last", d.Last, "reason", d.Reason)
	ctx, cancel := context.WithTimeout(l.life, 10*time.Second)
	defer cancel()
	e := l.newDerived(event.Consequence{Name: "copy-restored", Stream: event.Stream{Kind: event.Ledger, ID: "copies"}, Data: d}, l.cfg.Now())
	e.ID = l.cfg.NewID()
	raw, err := entry.Author(e)
	if err == nil {
		_, err = l.Append(ctx, Request{Actor: e.Actor, Items: []Item{{Bytes: raw, Event: e}}})
	}
	if err != nil {
		l.cfg.Logger.Error("the restoration of a copy could not be recorded", "error", err)
	}
}

// newDerived returns an event of the ledger's own, without id and place.
func (l *Ledger) newDerived(c event.Consequence, now time.Time) *event.Event {
	return &event.Event{
		Type: l.cfg.Catalogue.Newest(c.Name), Stream: c.Stream, Source: "urn:anjian:ledger", Occurred: now.UTC(),
		ExpectedRevision: -1, Data: c.Data, Recorded: now.UTC(),
		Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived,
	}
}
