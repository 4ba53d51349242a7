package node

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/store/jetstream/msgfile"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// RepairReport says what was found and done.
type RepairReport struct {
	Blocks     uint64   `json:"blocks"`      // blocks of the whole ledger
	Entries    uint64   `json:"entries"`     // and its entries
	BadJournal []uint64 `json:"bad_journal"` // blocks that the journal could not deliver
	BadStore   []uint64 `json:"bad_store"`   // blocks that the store could not deliver
	Lost       []uint64 `json:"lost"`        // blocks that neither copy could deliver: nothing was changed
	KeptAside  []string `json:"kept_aside"`  // what was damaged, kept for investigation
	Done       []string `json:"done"`        // what was done, in order
}

// ErrBeyondRepair means that neither copy has some block. Nothing was changed.
var ErrBeyondRepair = errors.New("neither copy has these blocks; restore them from an archived journal segment")

// Repair makes both copies whole from whatever is good in either, and the tiles from them.
// No server may be running on d. A block is good when it continues the ones before it,
// leads to the root its checkpoint states, and the checkpoint's signature verifies. What
// was damaged is kept aside. What was done is recorded in the ledger as copy-restored.
func Repair(ctx context.Context, cfg Config) (RepairReport, error) {
	d := cfg.Dir
	unlock, err := d.Lock()
	if err != nil {
		return RepairReport{}, err
	}
	r := &repair{cfg: cfg, dir: d}
	err = r.run(ctx)
	if err = errors.Join(err, unlock()); err != nil {
		return r.report, err
	}
	n, err := open(ctx, cfg, r.restored)
	if err != nil {
		return r.report, err
	}
	h := n.Ledger.Health()
	if h.ReadOnly {
		err = fmt.Errorf("still damaged after repair: %v", h.Reasons)
	}
	return r.report, errors.Join(err, n.Close(ctx))
}

type repair struct {
	cfg      Config
	dir      Dir
	verifier note.Verifier
	report   RepairReport
	restored []oversight.CopyRestored
}

func (r *repair) run(ctx context.Context) error {
	key, err := r.dir.key("")
	if err != nil {
		return err
	}
	r.verifier = key.Verifier()
	if err := r.survey(ctx); err != nil {
		return err
	}
	if len(r.report.Lost) > 0 {
		return fmt.Errorf("%w: %v", ErrBeyondRepair, r.report.Lost)
	}
	if len(r.report.BadStore) > 0 {
		if err := r.rebuildStore(ctx); err != nil {
			return err
		}
	}
	if len(r.report.BadJournal) > 0 {
		if err := r.rewriteJournal(ctx); err != nil {
			return err
		}
	}
	return r.remakeTiles()
}

// candidates yields for each block number what the journal and the store have, until
// neither has more. nil is what a copy cannot deliver.
func (r *repair) candidates(ctx context.Context, storeDir string) iter.Seq2[uint64, [2][]byte] {
	return func(yield func(uint64, [2][]byte) bool) {
		j, err := journal.OpenReader(r.dir.Journal())
		if err != nil {
			j = nil
		} else {
			defer j.Close()
		}
		next, stop := iter.Pull2(scanStore(storeDir))
		defer stop()
		seq, payload, more := next()
		for n := uint64(1); ctx.Err() == nil; n++ {
			var c [2][]byte
			for more && seq < n {
				seq, payload, more = next()
			}
			if more && seq == n {
				c[1] = payload
			}
			inJournal := j != nil && n <= j.Head()
			if inJournal {
				c[0], _ = j.ReadBlock(n) // an error: the journal cannot deliver it
			}
			if !more && !inJournal || !yield(n, c) {
				return
			}
		}
	}
}

func scanStore(dir string) iter.Seq2[uint64, []byte] {
	return func(yield func(uint64, []byte) bool) {
		stopped := errors.New("stopped")
		_, _ = msgfile.Scan(dir, func(seq uint64, payload []byte) error { // damage: those blocks are not yielded
			if !yield(seq, payload) {
				return stopped
			}
			return nil
		})
	}
}

// chain judges blocks in order, like the ledger does at its start.
type chain struct {
	verifier note.Verifier
	tree     *translog.Tree
	number   uint64
}

// next returns the candidate's block if it continues the chain, else nil.
func (c *chain) next(raw []byte) *block.Block {
	b, err := block.Parse(raw)
	if err != nil || b.Number != c.number+1 || b.First != c.tree.Size() {
		return nil
	}
	for i, line := range b.Entries {
		if en, err := entry.Parse(line); err != nil || en.Index != b.First+uint64(i) {
			return nil
		}
	}
	stated, err := translog.OpenCheckpoint(b.Checkpoint, c.verifier)
	if err != nil || stated.Size != b.Size {
		return nil
	}
	c.tree.AppendEntries(b.Entries)
	if root, err := c.tree.Root(); err != nil || root != stated.Root {
		_ = c.tree.Truncate(b.First) // nothing is published: cannot fail
		return nil
	}
	c.number = b.Number
	return b
}

// survey finds out, changing nothing, which copy has which block.
func (r *repair) survey(ctx context.Context) error {
	c := &chain{verifier: r.verifier, tree: translog.NewFold()}
	for n, raw := range r.candidates(ctx, r.dir.Store()) {
		var good []byte
		for _, candidate := range raw {
			if good == nil && candidate != nil && c.next(candidate) != nil {
				good = candidate
			}
		}
		if good == nil {
			r.report.Lost = append(r.report.Lost, n)
			break // nothing behind it can be judged
		}
		if string(raw[0]) != string(good) {
			r.report.BadJournal = append(r.report.BadJournal, n)
		}
		if string(raw[1]) != string(good) {
			r.report.BadStore = append(r.report.BadStore, n)
		}
		r.progress(n)
	}
	r.report.Blocks, r.report.Entries = c.number, c.tree.Size()
	scan, err := msgfile.Scan(r.dir.Store(), nil)
	if len(r.report.BadStore) == 0 && (err == nil && !scan.OK() || errors.Is(err, fs.ErrNotExist) && r.report.Blocks > 0) {
		// Every block is there, but the engine's own files are not as they should be.
		r.report.BadStore = append(r.report.BadStore, r.report.Blocks)
	}
	return ctx.Err()
}

func (r *repair) progress(n uint64) {
	if r.cfg.Progress != nil {
		r.cfg.Progress(n, 0)
	}
}

// rebuildStore makes a new store from the good blocks of both copies.
func (r *repair) rebuildStore(ctx context.Context) (err error) {
	old := r.dir.Store()
	if _, err := os.Stat(old); err == nil {
		if old, err = jetstream.SetAside(r.dir.Store()); err != nil {
			return err
		}
		r.report.KeptAside = append(r.report.KeptAside, old)
	}
	s, err := jetstream.OpenEmbedded(ctx, jetstream.Config{Dir: r.dir.Store(), Logger: r.cfg.Logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c := &chain{verifier: r.verifier, tree: translog.NewFold()}
	for n, raw := range r.candidates(ctx, old) {
		var good *block.Block
		for _, candidate := range raw {
			if good == nil && candidate != nil {
				good = c.next(candidate)
			}
		}
		if good == nil {
			return fmt.Errorf("block %d was good a moment ago and is not now", n)
		}
		if err := s.Append(ctx, good); err != nil {
			return err
		}
		r.progress(n)
	}
	r.did("store", "journal", r.report.BadStore)
	return ctx.Err()
}

// rewriteJournal replaces the damaged segments by the store's bytes.
func (r *repair) rewriteJournal(ctx context.Context) (err error) {
	s, err := jetstream.OpenEmbedded(ctx, jetstream.Config{Dir: r.dir.Store(), MustExist: true, Logger: r.cfg.Logger})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	j, err := journal.Open(r.dir.Journal(), journal.Options{})
	if j == nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	source := func(number uint64) (raw []byte, err error) {
		err = s.Read(ctx, number, number, func(_ uint64, b []byte) error { raw = b; return nil })
		return raw, err
	}
	done := uint64(0)
	for _, bad := range r.report.BadJournal {
		if bad <= done {
			continue
		}
		first, last := j.SegmentOf(bad)
		if last == 0 {
			last = r.report.Blocks
		}
		if err := j.Rewrite(ctx, first, last, source); err != nil {
			return err
		}
		done = last
	}
	r.did("journal", "store", r.report.BadJournal)
	return nil
}

func (r *repair) did(target, from string, blocks []uint64) {
	reason := fmt.Sprintf("repair: %d of %d blocks were damaged or missing", len(blocks), r.report.Blocks)
	r.report.Done = append(r.report.Done, target+" rebuilt from "+from)
	r.restored = append(r.restored, oversight.CopyRestored{Copy: target, From: from, First: blocks[0], Last: blocks[len(blocks)-1], Reason: reason})
}

// remakeTiles sets the tiles aside when they are damaged; the next start makes them again.
func (r *repair) remakeTiles() error {
	if len(r.report.BadJournal)+len(r.report.BadStore) == 0 {
		return nil
	}
	aside := r.dir.Tiles() + ".damaged-" + time.Now().UTC().Format("20060102T150405.000000000Z")
	err := os.Rename(r.dir.Tiles(), aside)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	r.report.KeptAside = append(r.report.KeptAside, aside)
	r.report.Done = append(r.report.Done, "tiles made again")
	return nil
}
