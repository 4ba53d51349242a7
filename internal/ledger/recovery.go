package ledger

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
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
	bad                    map[uint64]bool              // blocks the journal could not deliver
	unpublishable          bool                         // the newest checkpoint is not to be published
	signed                 *translog.Checkpoint         // of the checkpoint file; nil when it has no good one
	signedHolds            bool                         // the accepted blocks lead to it
	signedErr              error                        // what is wrong with the checkpoint file
	sums                   map[uint64][sha256.Size]byte // of the accepted blocks that one copy lacks
	restored               []oversight.CopyRestored
}

// recover replays the ledger into s and the folds, completes a copy that is merely short,
// opens the tree, and stops appends where something is damaged. It returns what is to be
// recorded, and the copy that could not be completed yet; nil when none is short.
func (l *Ledger) recover(ctx context.Context, s *sequencer) ([]oversight.CopyRestored, *shortCopy, error) {
	r := newRecovery(l, s)
	if err := r.look(ctx); err != nil {
		return nil, nil, err
	}
	short := r.complete(ctx)
	err := r.openTree(ctx)
	return r.restored, short, err
}

func newRecovery(l *Ledger, s *sequencer) *recovery {
	return &recovery{
		l: l, s: s, tree: translog.NewFold(), journalHead: l.cfg.Journal.Head(),
		bad: map[uint64]bool{}, sums: map[uint64][sha256.Size]byte{},
	}
}

// look replays the copies and compares them with each other and with the checkpoint file. It
// changes nothing on the disk, and stops appends where something is damaged.
func (r *recovery) look(ctx context.Context) error {
	l := r.l
	if text, err := translog.Dir(l.cfg.TilesDir).Checkpoint(); err == nil {
		c, err := translog.OpenCheckpoint(text, l.cfg.Key.Verifier())
		if r.signedErr = err; err == nil {
			r.signed, r.signedHolds = &c, c.Size == 0
		}
	}
	if d := l.cfg.Journal.Opened().Damage; len(d) > 0 {
		l.stop("journal", d[0])
	}
	if l.cfg.Store == nil {
		if l.cfg.StoreErr != nil || !l.cfg.ReadOnly { // an archive has a journal only
			l.stop("store", l.cfg.StoreErr)
		}
	} else if head, err := l.cfg.Store.Head(ctx); err != nil {
		if l.unreachable(err) {
			return err
		}
		l.stop("store", err)
	} else {
		r.storeHead = head
	}
	if err := r.replay(ctx); err != nil {
		return err
	}
	if r.last != nil {
		if _, err := translog.OpenCheckpoint(r.last.Checkpoint, l.cfg.Key.Verifier()); err != nil {
			r.unpublishable = true
			l.stop("checkpoint", fmt.Errorf("that of block %d: %w%s", r.last.Number, err, l.keyHint()))
		}
	}
	if err := r.compareNewest(ctx); l.unreachable(err) {
		return err
	} else if err != nil {
		l.stop("store", err)
	}
	if err := r.disputed(); err != nil {
		l.stop("checkpoint", err)
	}
	if end := l.Head().Block; l.cfg.Shared && r.storeHead < end && l.health.stopped() == nil {
		l.stop("store", &ShortStoreError{Store: r.storeHead, Journal: end})
	}
	return ctx.Err()
}

// ShortStoreError says that a shared store is a prefix of this node's journal: it has lost its
// end, or an old backup of it was put back. A start does not complete it, because another node's
// journal may have more: then a block on top of this one's would fork the ledger.
type ShortStoreError struct{ Store, Journal uint64 } // their last blocks

func (e *ShortStoreError) Error() string {
	return fmt.Sprintf("the shared store is short: it ends with block %d, and this node's journal has block %d, which was stored before "+
		"(an old backup was put back, or the store has lost its end); nothing is changed. Stop every node: on the one whose journal has "+
		"the most blocks, anjian repair names the command that completes the store", e.Store, e.Journal)
}

// disputed tells how the copies fail to lead to what the checkpoint file says was signed: both
// lost their end, or were replaced. That is never repaired silently, and the file, which is
// evidence too, stays as it is.
func (r *recovery) disputed() error {
	size := r.l.Head().Size
	switch {
	case r.signed == nil || r.signedHolds:
		return nil
	case r.signed.Size > size:
		return fmt.Errorf("a checkpoint over %d entries was signed, but both copies end at %d: restore the missing blocks from a backup",
			r.signed.Size, size)
	}
	return fmt.Errorf("over %d entries another root was signed than these entries have", r.signed.Size)
}

// unreachable reports whether an error of a shared store says only that its servers did not
// answer: the ledger is not opened then, and the next start may find them.
func (l *Ledger) unreachable(err error) bool {
	return err != nil && l.cfg.Shared && !damaged(err)
}

// replay folds the journal's blocks, and the store's where the journal has none that fits.
func (r *recovery) replay(ctx context.Context) error {
	l := r.l
	end := max(r.journalHead, r.storeHead)
	l.cfg.Progress(0, end)
	for next := uint64(1); next <= end; next = l.Head().Block + 1 {
		var journalErr error
		if next <= r.journalHead && !r.bad[next] {
			journalErr = r.fromJournal(ctx, next)
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
			if l.unreachable(err) {
				return err
			}
			if next <= r.storeHead {
				l.stop("store", err)
			}
			l.cfg.Logger.Error("neither copy can deliver this block; the ledger ends before it", "block", next, "journal", journalErr, "store", err)
			return ctx.Err()
		}
	}
	return nil
}

// fromJournal folds the journal's blocks, from next on. Nobody keeps the bytes of an event, which are read over when it was folded.
func (r *recovery) fromJournal(ctx context.Context, next uint64) error {
	var done atomic.Uint64
	read := func(ctx context.Context, from, to uint64, fn func(uint64, []byte) error) error {
		return r.l.cfg.Journal.ReadOnce(ctx, from, to, done.Load, fn)
	}
	return r.l.decodeAll(ctx, read, next, r.journalHead, func(d *decoded) error {
		if err := r.accept(d); err != nil {
			return err
		}
		for _, e := range d.events {
			e.Bytes = nil
		}
		d.block.Bytes, d.block.Entries = nil, nil
		done.Store(d.block.Number)
		return nil
	})
}

// fromStore folds one block where the journal is damaged, all the rest where it is short.
func (r *recovery) fromStore(ctx context.Context, next uint64) error {
	if next > r.storeHead {
		return fmt.Errorf("the store ends at block %d", r.storeHead)
	}
	last := next
	if next > r.journalHead {
		last = r.storeHead
	}
	err := r.l.decodeAll(ctx, r.l.cfg.Store.Read, next, last, r.accept)
	if err == nil && r.l.Head().Block < last {
		err = &store.DamageError{Block: r.l.Head().Block + 1, Reason: "the store passed over it"}
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
	if b.Number > min(r.journalHead, r.storeHead) && l.health.stopped() == nil { // else nothing is completed
		r.sums[b.Number] = sha256.Sum256(b.Bytes)
	}
	if b.First == 0 {
		if err := l.beginsWith(d.events[0]); err != nil {
			l.stop("ledger", err)
		}
	}
	r.s.fold(d)
	for _, fold := range l.cfg.Folds {
		fold(d.events)
	}
	l.moveHead(b, root, d.events)
	r.last = b
	if r.signed != nil && r.signed.Size == b.Size {
		r.signedHolds = r.signed.Root == root
	}
	l.cfg.Progress(b.Number, max(r.journalHead, r.storeHead))
	return nil
}

// beginsWith checks that entry 0 is the creation of the ledger that the key signs for.
func (l *Ledger) beginsWith(first *event.Event) error {
	switch d, ok := first.Data.(*oversight.LedgerCreated); {
	case !ok:
		return errors.New("entry 0 is not ledger-created: it was made by a development version")
	case d.Origin != l.cfg.Key.Origin():
		return fmt.Errorf("the ledger is %s, the key signs for %s", d.Origin, l.cfg.Key.Origin())
	}
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

// compareNewest compares the newest block that both copies have: one before it that differs
// would have led to another root.
func (r *recovery) compareNewest(ctx context.Context) error {
	both := min(r.journalHead, r.storeHead, r.l.Head().Block+1)
	if both == 0 || r.bad[both] {
		return nil
	}
	fromJournal, err := r.l.cfg.Journal.ReadBlock(both)
	if err != nil {
		r.l.stop("journal", err)
		return nil
	}
	return r.l.cfg.Store.Read(ctx, both, both, func(_ uint64, raw []byte) error {
		if !bytes.Equal(raw, fromJournal) {
			return unreadable{fmt.Errorf("fork: store and journal differ at block %d; nothing is changed until repair", both)}
		}
		return nil
	})
}

// complete gives a copy that is short the blocks it lacks, unless something is damaged. What
// only keeps it from doing so for a while, such as a full disk, does not stop the ledger: it
// returns the copy, which the sequencer completes before it judges a request.
func (r *recovery) complete(ctx context.Context) *shortCopy {
	l, end := r.l, r.l.Head().Block
	if l.health.stopped() != nil || l.cfg.ReadOnly && !l.cfg.Shared {
		return nil
	}
	c := shortCopy{l: l, last: end, sums: r.sums}
	switch {
	case r.journalHead < end:
		c.name, c.from, c.first = "journal", "store", r.journalHead+1
	case r.storeHead < end:
		c.name, c.from, c.first = "store", "journal", r.storeHead+1
	default:
		return nil
	}
	switch err := c.complete(ctx); {
	case err == nil:
		r.restored = append(r.restored, c.restored()...)
	case damaged(err):
		l.stop(c.name, err)
	default:
		l.health.waiting(c.name, err)
		return &c
	}
	return nil
}

// shortCopy is a copy that ends before the other.
type shortCopy struct {
	l           *Ledger
	name, from  string
	first, last uint64 // blocks that it lacks at the start
	sums        map[uint64][sha256.Size]byte
}

// complete copies what is still missing. It can be tried again. The blocks are read a second
// time, so each is held against the one that was checked.
func (c *shortCopy) complete(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("completing it from the %s: %w", c.from, err)
		}
	}()
	store, journal := c.l.cfg.Store, c.l.cfg.Journal
	head, from, add := journal.Head(), store.Read, journal.Append
	if c.name == "store" {
		if head, err = store.Head(ctx); err != nil {
			return err
		}
		from, add = journal.Read, func(b *block.Block) error { return store.Append(ctx, b) }
	}
	err = from(ctx, head+1, c.last, func(number uint64, raw []byte) error {
		if sha256.Sum256(raw) != c.sums[number] {
			return unreadable{fmt.Errorf("block %d is not what it was a moment ago", number)}
		}
		b, err := block.Parse(raw)
		if err != nil {
			return unreadable{err}
		}
		head = number
		return add(b)
	})
	if err == nil && head < c.last {
		err = fmt.Errorf("no block after %d is delivered", head)
	}
	return err
}

// restored is what the ledger records of it: nothing on a shared store, where completing the
// journal is as ordinary as following the store.
func (c *shortCopy) restored() []oversight.CopyRestored {
	if c.l.cfg.Shared {
		c.l.cfg.Logger.Info("the journal was completed from the shared store", "first", c.first, "last", c.last)
		return nil
	}
	return []oversight.CopyRestored{{Copy: c.name, From: c.from, First: c.first, Last: c.last,
		Reason: fmt.Sprintf("the %s ended before the %s", c.name, c.from)}}
}

// openTree opens the tile files against the root that the entries gave, and replaces the
// checkpoint file unless that is disputed.
func (r *recovery) openTree(ctx context.Context) error {
	l, head := r.l, r.l.Head()
	tree, report, err := translog.Open(l.cfg.TilesDir, head.Size, r.root(head), l.leavesFrom(ctx, r.bad))
	if err != nil {
		return err
	}
	l.tree = tree
	if len(report.Missing) > 0 {
		l.cfg.Logger.Warn("tile files were made again", "count", len(report.Missing), "first", report.Missing[0])
	}
	if r.signedErr != nil {
		reason := "the checkpoint file was damaged: " + r.signedErr.Error()
		r.restored = append(r.restored, oversight.CopyRestored{Copy: "tiles", From: "journal", Reason: reason})
	}
	if head.Size == 0 || r.unpublishable || r.signed != nil && !r.signedHolds {
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

// catchUp folds the blocks that other writers have committed: into
// the state by apply, and into tree, journal and folds. It returns when there are none left,
// or with an error when appends are stopped or the ledger is closed. It runs in the sequencer
// while the committer is idle.
func (l *Ledger) catchUp(apply func(*decoded)) error {
	return l.until("store", func() (err error) {
		head := l.storeHas.Load()
		if head <= l.Head().Block {
			if head, err = l.cfg.Store.Head(l.life); err != nil {
				return err
			}
		}
		return l.decodeAll(l.life, l.cfg.Store.Read, l.Head().Block+1, head, func(d *decoded) error {
			return l.takeOver(d, apply)
		})
	})
}

// takeOver takes over one block of another writer. When it fails nothing has changed.
func (l *Ledger) takeOver(d *decoded, apply func(*decoded)) error {
	have, b := l.Head(), d.block
	if b.Number != have.Block+1 || b.First != have.Size {
		return &store.DamageError{Block: b.Number, Reason: "it does not continue the ledger"}
	}
	l.tree.Append(d.leaves)
	v, err := l.tree.At(b.Size)
	if err == nil {
		err = l.signs(b, v.Root())
	}
	if err == nil {
		err = l.cfg.Journal.Append(b)
	}
	if err != nil {
		return errors.Join(err, l.tree.Truncate(b.First))
	}
	if err := l.tree.Publish(b.Size, b.Checkpoint); err != nil {
		l.stop("tiles", err)
	}
	apply(d)
	l.clock.Read(b.Recorded, corrected(d.events))
	l.advance(b, v, d.events)
	return nil
}

// signs checks that the block's checkpoint is this ledger's and states this root.
func (l *Ledger) signs(b *block.Block, root tlog.Hash) error {
	c, err := translog.OpenCheckpoint(b.Checkpoint, l.cfg.Key.Verifier())
	if err == nil && (c.Size != b.Size || c.Root != root) {
		err = errors.New("it does not fit the entries")
	}
	if err != nil {
		return &store.DamageError{Block: b.Number, Reason: "its checkpoint: " + err.Error() + l.keyHint()}
	}
	return nil
}

// keyHint is added to what is said of a checkpoint that this node's key did not sign.
func (l *Ledger) keyHint() string {
	if !l.cfg.Shared {
		return ""
	}
	return "; all nodes on one store must share one keys/checkpoint.key: copy it from the first node"
}

// newDerived returns an event of the ledger's own, without id and place.
func (l *Ledger) newDerived(c event.Consequence, now time.Time) *event.Event {
	return &event.Event{
		Type: l.cfg.Catalogue.Newest(c.Name), Stream: c.Stream, Source: "urn:anjian:ledger", Occurred: now.UTC(),
		ExpectedRevision: event.AnyRevision, Data: c.Data, Recorded: now.UTC(),
		Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived,
	}
}
