package repair

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Copy makes one place have the ledger that another has. It can be stopped and run again.
type Copy struct {
	From, To     engines.Place
	Verifier     note.Verifier // key of the ledger's checkpoints
	Evidence     bool          // photos and scans too, where both sides keep them
	ConfirmClock bool          // a person at the machine vouches for its clock; for Note only
	Logger       *slog.Logger
	Progress     func(what string, done, total uint64) // what is copy, journal or evidence; total 0: unknown
}

// CopyReport says what a copy did.
type CopyReport struct {
	Error string `json:"error,omitempty"` // why the copy is not complete; empty: it is
	Copied
	Evidence *evidence.Copied `json:"evidence,omitempty"` // nil when there was none to copy
}

// Note appends ledger-moved to the source, unless the target is ahead of it: then the ledger goes
// on there, and an entry here would fork it. It comes before Run.
func (c *Copy) Note(ctx context.Context, reason string) error {
	if !c.From.Local() || !c.From.Dir.HasKey() {
		return fmt.Errorf("%s is not a data directory with its key", c.From.Public())
	}
	have, err := c.head(ctx, c.From, false)
	if err != nil {
		return err
	}
	there, err := c.head(ctx, c.To, true)
	switch {
	case err != nil:
		return err
	case there > have:
		return fmt.Errorf("%w: the target has %d blocks, the source only %d", ErrDiffer, there, have)
	}
	cfg := Config{Dir: c.From.Dir, Logger: c.Logger, ConfirmClock: c.ConfirmClock}
	cfg.setDefaults()
	return cfg.withLedger(ctx, nil, func(l *ledger.Ledger) error {
		_, err := l.RecordMove(ctx, &oversight.LedgerMoved{From: c.From.Public(), To: c.To.Public(), Reason: reason})
		return err
	})
}

// head is the number of the last block at p.
func (c *Copy) head(ctx context.Context, p engines.Place, target bool) (n uint64, err error) {
	o, err := p.Open(ctx, c.Verifier.Name(), target, c.Logger)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	return o.Source.Head(ctx)
}

// Run copies. A data directory gets both its copies.
func (c *Copy) Run(ctx context.Context) (r CopyReport, err error) {
	from, err := c.From.Open(ctx, c.Verifier.Name(), false, c.Logger)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := c.To.Open(ctx, c.Verifier.Name(), true, c.Logger)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := to.Probe(ctx); err != nil {
		return r, fmt.Errorf("%s: %w", c.To.Public(), err)
	}
	if c.To.Whole() {
		if err := c.fillJournal(ctx, c.To.Dir, from.Source, to.Source); err != nil {
			return r, err
		}
	}
	erased := sealing.NewRing()
	tell := erased.Reader(domain.Catalogue())
	if r.Copied, err = c.blocks(ctx, "copy", from.Source, to.Target, tell); err != nil {
		return r, err
	}
	if c.Evidence {
		r.Evidence, err = c.evidence(ctx, from, to, erased)
	}
	return r, err
}

// fillJournal gives a data directory its second copy, before the store gets a block: in the order
// of an append. After a power cut the store may then drop a record that its disk holds in part, as
// the journal has that block whole. Where only the store has blocks, the journal takes those
// first, so that a directory with another ledger is left with that ledger alone.
func (c *Copy) fillJournal(ctx context.Context, d datadir.Dir, from, has store.Source) error {
	j, err := journal.Open(d.Journal(), journal.Options{})
	if err != nil {
		return err
	}
	head, err := has.Head(ctx)
	if err == nil && head > j.Head() {
		_, err = c.blocks(ctx, "journal", has, engines.ToJournal(j), nil)
	}
	if err == nil {
		_, err = c.blocks(ctx, "journal", from, engines.ToJournal(j), nil)
	}
	return errors.Join(err, j.Close())
}

func (c *Copy) blocks(ctx context.Context, what string, from store.Source, to store.Target, entry func([]byte)) (Copied, error) {
	return CopyBlocks(ctx, from, to, Options{Verifier: c.Verifier, Entry: entry,
		Progress: func(done, total uint64) { c.Progress(what, done, total) }})
}

// evidence copies photos and scans; nil when one side keeps none, as KurrentDB, whose nodes share a
// directory, or there are none. What an entry has erased is left out, where the source has it in spite of that
// as an old backup may, and is removed from the target.
func (c *Copy) evidence(ctx context.Context, from, to *engines.Opened, erased *sealing.Ring) (*evidence.Copied, error) {
	source, err := openEvidence(ctx, from, false)
	if source == nil || err != nil {
		return nil, err
	}
	target, err := openEvidence(ctx, to, true)
	if target == nil || err != nil {
		return nil, err
	}
	for _, name := range erased.AllErased() {
		if err := target.Erase(ctx, name); err != nil {
			return nil, err
		}
	}
	n, err := evidence.Copy(ctx, evidence.Guard(source, erased.Gone), target, func(done int) { c.Progress("evidence", uint64(done), 0) })
	if err == nil && n.Present+n.Copied+len(n.Damaged) == 0 {
		return nil, nil
	}
	return &n, err
}

func openEvidence(ctx context.Context, o *engines.Opened, create bool) (evidence.Store, error) {
	if o.Evidence == nil {
		return nil, nil
	}
	return o.Evidence(ctx, "copy", create)
}
