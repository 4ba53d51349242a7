// Package repair makes the copies of a ledger whole again, and makes new ones: it repairs a data
// directory from whatever is good in either copy, and copies a ledger between any two places. It
// believes none of them: every block must continue the ledger and lead to the root that its
// signed checkpoint states (package chain).
//
//	repair.go    which copy has which block, and the damaged one made anew
//	external.go  the same where the blocks are kept outside of the data directory
//	salvage.go   whole blocks behind a break in a journal
//	blocks.go    blocks from one place to another
//	copy.go      a ledger from one place to another: blocks, evidence, keys, the note of the move
//	finish.go    what a data directory needs beside its blocks
package repair

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/chain"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Config says what to repair. Only Dir is required.
type Config struct {
	Dir      datadir.Dir
	Engine   engines.Engine // keeps the blocks; nil: embedded, in Dir
	Logger   *slog.Logger
	Progress func(done uint64) // blocks

	Time         clock.Sources // of the ledger's clock; zero: the machine
	ConfirmClock bool          // a person at the machine vouches for its clock
}

func (c *Config) copies() engines.CopiesConfig {
	return engines.CopiesConfig{Dir: c.Dir, Engine: c.Engine, Logger: c.Logger}
}

func (c *Config) setDefaults() {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Time.Read == nil {
		c.Time = clock.System()
	}
	if c.Progress == nil {
		c.Progress = func(uint64) {}
	}
}

// withLedger calls f with the ledger of c.Dir, open without views, and closes it. What was
// restored is recorded first.
func (c *Config) withLedger(ctx context.Context, restored []oversight.CopyRestored, f func(*ledger.Ledger) error) error {
	copies, err := engines.OpenCopies(ctx, c.copies())
	if err != nil {
		return err
	}
	l, err := ledger.Open(ctx, ledger.Config{
		Key: copies.Key, Journal: copies.Journal, Store: copies.Store, StoreErr: copies.StoreErr, Shared: copies.Shared,
		TilesDir: c.Dir.Tiles(), Catalogue: domain.Catalogue(), Logger: c.Logger, ScrubEvery: -1, Restored: restored,
		Time: c.Time, ConfirmClock: c.ConfirmClock, Progress: func(done, _ uint64) { c.Progress(done) },
	})
	if err == nil {
		err = errors.Join(f(l), l.Close(context.WithoutCancel(ctx)))
	}
	return errors.Join(err, copies.Close())
}

// Report says what was found and done.
type Report struct {
	Blocks     uint64   `json:"blocks"`      // blocks of the whole ledger
	Entries    uint64   `json:"entries"`     // and its entries
	BadJournal []uint64 `json:"bad_journal"` // blocks that the journal could not deliver
	BadStore   []uint64 `json:"bad_store"`   // blocks that the store could not deliver
	StoreFiles []string `json:"store_files"` // what is wrong with the store's files beside, or behind, its blocks
	Lost       []uint64 `json:"lost"`        // the first block that neither copy could deliver: nothing was changed
	Forked     []uint64 `json:"forked"`      // the first block of which both copies have a good but different one: likewise
	KeptAside  []string `json:"kept_aside"`  // what was damaged, kept for investigation
	Done       []string `json:"done"`        // what was done, in order
	WayOut     string   `json:"way_out"`     // the command that goes on where repair does not write; empty: none is needed
}

var (
	// ErrBeyondRepair means that neither copy has some block. Nothing was changed.
	ErrBeyondRepair = errors.New("neither copy has these blocks; restore them from an archived journal segment")
	// ErrFork means that the copies have different blocks of one number, both signed and both
	// continuing the ledger. Which one was acknowledged, no program can know. Nothing was changed.
	ErrFork = errors.New("store and journal have different signed blocks; find out which one was acknowledged and move the other copy away")
)

// Run makes both copies whole from whatever is good in either. No server may be running
// on the directory. A block is good when it continues the ones before it, leads to the root
// its checkpoint states, and the checkpoint's signature verifies. Nothing is changed unless
// every block is there, up to the newest signed checkpoint. What was damaged is kept aside;
// what was done is recorded in the ledger as copy-restored. Then the ledger is opened, which
// completes what is merely short, and everything is read once more; tiles are made again
// where they are wrong.
//
// An engine outside the data directory is read and never written: only journal and tiles are
// made whole from it. Damage there is [ErrNotOurs], an end that is missing there [ErrShort], and
// Report.WayOut the command that goes on.
//
// What is done must be recorded, which takes a clock that is relied on: [ledger.ErrClockUnconfirmed]
// says that nothing was changed, unless cfg.ConfirmClock.
//
// Run can be interrupted and run again.
func Run(ctx context.Context, cfg Config) (Report, error) {
	cfg.setDefaults()
	unlock, err := cfg.Dir.Lock()
	if err != nil {
		return Report{}, err
	}
	r := &repair{cfg: cfg, dir: cfg.Dir}
	err = r.run(ctx)
	if err = errors.Join(err, unlock()); err != nil {
		return r.report, err
	}
	return r.report, cfg.withLedger(ctx, r.restored, func(l *ledger.Ledger) error {
		err := l.Scrub(ctx)
		if h := l.Health(); h.ReadOnly {
			err = errors.Join(err, fmt.Errorf("still damaged after repair: %v", h.Reasons))
		}
		return err
	})
}

type repair struct {
	cfg      Config
	dir      datadir.Dir
	verifier note.Verifier
	report   Report
	restored []oversight.CopyRestored
	external store.Source // nil: the embedded one, whose files are read
	// storeHead is the last block of the external one.
	storeHead uint64
	newest    time.Time // of the newest good block: when it was recorded
	silent    error     // why the external one did not deliver all it has; says nothing about blocks
}

func (r *repair) run(ctx context.Context) error {
	copies := r.cfg.copies()
	st, err := copies.Stand()
	if err != nil {
		return err
	}
	key, err := r.dir.Begin(st) // there is one: a ledger without a name does not begin
	if err != nil {
		return err
	}
	r.verifier = key.Verifier()
	if r.cfg.Engine != nil {
		closeExternal, err := r.openExternal(ctx, st.Origin)
		if err != nil {
			return err
		}
		defer func() { _ = closeExternal() }() // nothing was written
	}
	if err := r.survey(ctx); err != nil {
		return err
	}
	if r.external != nil {
		if err := r.verdict(); err != nil {
			return err
		}
	}
	if err := r.clock(); err != nil {
		return err
	}
	if len(r.report.BadStore)+len(r.report.StoreFiles) > 0 {
		if err := r.rebuildStore(ctx); err != nil {
			return err
		}
	}
	if len(r.report.BadJournal) > 0 {
		if err := r.rewriteJournal(ctx); err != nil {
			return err
		}
	}
	return r.dropDerived()
}

// clock refuses a repair that could not be recorded.
func (r *repair) clock() error {
	c := clock.New(r.cfg.Time)
	if c.Start(r.newest); r.cfg.ConfirmClock || !c.Unconfirmed() {
		return nil
	}
	return fmt.Errorf("%w: %s", ledger.ErrClockUnconfirmed, c.Status().Reason)
}

// dropDerived removes indexes and sums of the journal that do not fit its segments, which are
// right by now. Opening the journal makes them again.
func (r *repair) dropDerived() error {
	derived, err := journal.CheckDerived(r.dir.Journal())
	for _, bad := range derived {
		err = errors.Join(err, bad.Remove())
		r.report.Done = append(r.report.Done, "journal "+bad.File+" made again")
	}
	return err
}

// candidate is what may be one block.
type candidate struct {
	journal, store []byte // nil: the copy cannot deliver it
	salvaged       []byte // from behind a break in the journal, where that is damaged
}

// candidates yields what there is of each block, until there is nothing more.
func (r *repair) candidates(ctx context.Context) iter.Seq2[uint64, candidate] {
	return func(yield func(uint64, candidate) bool) {
		j, damage := journal.OpenReader(r.dir.Journal())
		if j != nil {
			defer func() { _ = j.Close() }()
		}
		var saved salvage
		if damage != nil {
			saved, _ = salvageJournal(r.dir.Journal()) // what cannot be read is not there
		}
		blocks := engines.ScanStore(r.dir)
		if r.external != nil {
			blocks = r.scanExternal(ctx)
		}
		next, stop := iter.Pull2(blocks)
		defer stop()
		seq, payload, more := next()
		last := saved.last()
		for n := uint64(1); ctx.Err() == nil; n++ {
			var c candidate
			for more && seq < n {
				seq, payload, more = next()
			}
			if more && seq == n {
				c.store = payload
			}
			inJournal := j != nil && n <= j.Head()
			if inJournal {
				c.journal, _ = j.ReadBlock(n) // an error: the journal cannot deliver it
			}
			c.salvaged = saved.read(n)
			if !more && !inJournal && n > last || !yield(n, c) {
				return
			}
		}
	}
}

// line is the good blocks so far.
type line struct{ *chain.Chain }

// next returns the good block of c and makes it the end of the chain; nil when there is
// none. forked is true when both copies have a good one, but not the same.
func (ch *line) next(c candidate) (good *block.Block, forked bool) {
	a, b := ch.fits(c.journal), (*block.Block)(nil)
	if a == nil || !bytes.Equal(c.journal, c.store) {
		b = ch.fits(c.store)
	}
	switch {
	case a != nil && b != nil:
		return nil, true
	case a != nil:
		good = a
	case b != nil:
		good = b
	default:
		good = ch.fits(c.salvaged)
	}
	if good != nil && ch.Accept(good) != nil {
		return nil, false
	}
	return good, false
}

// fits returns the block if it continues the chain, which stays as it is; else nil.
func (ch *line) fits(raw []byte) *block.Block {
	b, err := ch.Fits(raw)
	if err != nil {
		return nil
	}
	return b
}

func isNewer(raw []byte) bool {
	_, err := block.Parse(raw)
	return errors.Is(err, block.ErrNewer)
}

// survey finds out, changing nothing, which copy has which block, and fails unless every
// block is there.
func (r *repair) survey(ctx context.Context) error {
	ch := &line{chain.New(r.verifier)}
	signed, _ := r.signed() // zero when there is no good checkpoint file
	for n, c := range r.candidates(ctx) {
		good, forked := ch.next(c)
		switch {
		case forked:
			r.report.Forked = append(r.report.Forked, n)
			return fmt.Errorf("%w: block %d", ErrFork, n)
		case good == nil && r.silent != nil:
			return r.silent
		case good == nil && (isNewer(c.journal) || isNewer(c.store)):
			return fmt.Errorf("block %d: %w; run the release that wrote it", n, block.ErrNewer)
		case good == nil: // nothing behind it can be judged
			r.report.Lost = append(r.report.Lost, n)
			return fmt.Errorf("%w: %d", ErrBeyondRepair, n)
		}
		if !bytes.Equal(c.journal, good.Bytes) {
			r.report.BadJournal = append(r.report.BadJournal, n)
		}
		if !bytes.Equal(c.store, good.Bytes) && r.silent == nil {
			r.report.BadStore = append(r.report.BadStore, n)
		}
		if good.Size == signed.Size && ch.Root() != signed.Root {
			return fmt.Errorf("%w: over %d entries another root was signed", ErrFork, signed.Size)
		}
		r.newest = good.Recorded
		r.cfg.Progress(n)
	}
	r.report.Blocks, r.report.Entries = ch.Blocks(), ch.Entries()
	if err := ctx.Err(); err != nil {
		return err
	}
	if signed.Size > r.report.Entries {
		r.report.Lost = append(r.report.Lost, r.report.Blocks+1)
		return fmt.Errorf("%w: %d entries were signed, there are %d", ErrBeyondRepair, signed.Size, r.report.Entries)
	}
	if r.external != nil {
		return nil
	}
	return r.surveyFiles()
}

// surveyFiles asks, when the store has every block, what would keep the engine from starting.
func (r *repair) surveyFiles() error {
	if len(r.report.BadStore) > 0 {
		return nil
	}
	damage, err := engines.InspectStore(r.dir)
	r.report.StoreFiles = damage
	return err
}

// signed returns what the checkpoint file proves to have been signed.
func (r *repair) signed() (translog.Checkpoint, error) {
	text, err := translog.Dir(r.dir.Tiles()).Checkpoint()
	if err != nil {
		return translog.Checkpoint{}, err
	}
	return translog.OpenCheckpoint(text, r.verifier)
}

// rebuildStore makes a new store from the good blocks of both copies, beside the old one,
// and puts it in its place when it is complete.
func (r *repair) rebuildStore(ctx context.Context) error {
	fresh := r.dir.Store() + ".rebuilding"
	if err := os.RemoveAll(fresh); err != nil { // of a repair that was interrupted
		return err
	}
	if err := r.fillStore(ctx, fresh); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	switch _, err := os.Stat(r.dir.Store()); {
	case err == nil:
		aside, err := engines.SetStoreAside(r.dir)
		if err != nil {
			return err
		}
		r.report.KeptAside = append(r.report.KeptAside, aside)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := durable.Rename(fresh, r.dir.Store()); err != nil {
		return err
	}
	if len(r.report.BadStore) == 0 {
		r.note("store", "journal", 0, 0, fmt.Sprintf("repair: every block was there, but: %.1000s", r.report.StoreFiles[0]))
	}
	r.did("store", "journal", r.report.BadStore)
	return nil
}

func (r *repair) fillStore(ctx context.Context, dir string) (err error) {
	s, err := engines.OpenStore(ctx, dir, false, r.cfg.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	ch := &line{chain.New(r.verifier)}
	for n, c := range r.candidates(ctx) {
		good, _ := ch.next(c)
		if good == nil {
			return fmt.Errorf("block %d was good a moment ago and is not now", n)
		}
		if err := s.Append(ctx, good); err != nil {
			return err
		}
		r.cfg.Progress(n)
	}
	return ctx.Err()
}

// rewriteJournal replaces the damaged segments by the store's bytes. What the journal lacks
// at its end is not added here: the ledger completes it when it is opened.
func (r *repair) rewriteJournal(ctx context.Context) (err error) {
	s := r.external
	if s == nil {
		e, err := engines.OpenStore(ctx, r.dir.Store(), true, r.cfg.Logger)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, e.Close()) }()
		s = e
	}
	j, err := journal.Open(r.dir.Journal(), journal.Options{})
	if j == nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	source := func(number uint64) (raw []byte, err error) {
		err = s.Read(ctx, number, number, func(_ uint64, b []byte) error { raw = b; return nil })
		return raw, err
	}
	var done []uint64
	upTo := uint64(0)
	for _, bad := range r.report.BadJournal {
		if bad <= upTo {
			done = append(done, bad)
			continue
		}
		if bad > j.Head() && len(j.Opened().Damage) == 0 {
			break // merely short
		}
		first, last := j.SegmentOf(bad)
		if last == 0 {
			if last, err = r.lastOfSegment(first, source); err != nil {
				return err
			}
		}
		if err := j.Rewrite(ctx, first, last, source); err != nil {
			return err
		}
		upTo, done = last, append(done, bad)
	}
	if len(done) > 0 {
		r.did("journal", "store", done)
	}
	return nil
}

// lastOfSegment returns the block that fills a segment which begins with first.
func (r *repair) lastOfSegment(first uint64, source func(uint64) ([]byte, error)) (uint64, error) {
	size, n := 0, first
	for ; ; n++ {
		raw, err := source(n)
		if err != nil {
			return 0, err
		}
		if size += len(raw); n == r.report.Blocks || size >= journal.DefaultSegmentSize {
			return n, nil
		}
	}
}

// mostSpans bounds what one repair records.
const mostSpans = 16

// did records which blocks of target were rebuilt: each run of them, so that no other block is
// called damaged for good; when there are very many runs, the last of them as one.
func (r *repair) did(target, from string, blocks []uint64) {
	reason := fmt.Sprintf("repair: %d of %d blocks were damaged or missing", len(blocks), r.report.Blocks)
	r.report.Done = append(r.report.Done, target+" rebuilt from "+from)
	for spans := 1; len(blocks) > 0; spans++ {
		n := 1
		for n < len(blocks) && (blocks[n] == blocks[n-1]+1 || spans == mostSpans) {
			n++
		}
		r.note(target, from, blocks[0], blocks[n-1], reason)
		blocks = blocks[n:]
	}
}

func (r *repair) note(target, from string, first, last uint64, reason string) {
	r.restored = append(r.restored, oversight.CopyRestored{Copy: target, From: from, First: first, Last: last, Reason: reason})
}
