package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/transfer"
)

// copyOptions are the flags of copy.
type copyOptions struct {
	from, to, vkey, note string
	withKeys, evidence   bool
	engine               engine
	confirmClock         *bool
}

func newCopy() *cobra.Command {
	var o copyOptions
	cmd := &cobra.Command{
		Use:   "copy --from URI --to URI",
		Short: "Move or mirror a ledger to another engine / 迁移或镜像账本",
		Long: `Copies every block, byte for byte, between any two of

  embedded:DIR              a data directory: its store, and as a target its journal too
  journal:DIR               the journal of a data directory; as a source beside a running server
  nats://HOST[,HOST…]       the block stream on NATS servers; tls:// too
  kurrentdb://… (esdb://…)  the block stream in KurrentDB

and proves at every block that its entries lead to its signed root. What the target has
already is compared byte for byte, so that a copy can be stopped and run again, and a second
run proves that both are the same. Where they differ nothing is written: a ledger is never
forked. Other data directories than a journal that is read must have no server running.

Photos and scans go with the blocks between data directories and NATS, in either direction
(--evidence=false: not): each is read, compared with its hash, and stored. KurrentDB and a
journal keep none.

The last line on standard output is {"blocks":…,"entries":…,"root":…,"present":…,"copied":…},
with "evidence":{"present":…,"copied":…} where there was any.

With --note REASON the source, which must be a data directory with its key, first appends
ledger-moved and is then copied: the move is on record in both, and both are the same bytes.
Appended to the copy alone it would make another ledger of it.

The signing key is a secret and stays where it is unless --with-keys is given. The access log
is this machine's own: bring DIR/access over as files.`,
		Example: `  anjian copy --from embedded:/var/lib/anjian --to nats://n1:4222,n2:4222,n3:4222 --nats-creds anjian.creds --note "three machines"
  anjian copy --from journal:/var/lib/anjian --to journal:/mnt/archive`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	o.confirmClock = confirmFlag(cmd)
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "where the ledger is")
	f.StringVar(&o.to, "to", "", "where it is to be")
	f.StringVar(&o.vkey, "key", "", "verifier key to trust (default: checkpoint.pub of a data directory that is named)")
	f.StringVar(&o.note, "note", "", "reason of the move, recorded in the ledger before it is copied")
	f.BoolVar(&o.evidence, "evidence", true, "copy photos and scans as well, where both sides keep them")
	f.BoolVar(&o.withKeys, "with-keys", false, "copy the secret keys to a new data directory as well")
	o.engine.addSignIn(f)
	return cmd
}

// run copies and prints the report.
func (o *copyOptions) run(ctx context.Context, out io.Writer) error {
	from, err := parsePlace(o.from)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	to, err := parsePlace(o.to)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if err := o.engine.check(); err != nil {
		return err
	}
	if o.withKeys && !(from.local() && to.local()) {
		return errors.New("--with-keys: both sides must be data directories")
	}
	vkey, err := o.verifierKey(from, to)
	if err != nil {
		return err
	}
	verifier, err := node.ParseVerifier(vkey)
	if err != nil {
		return fmt.Errorf("the key to verify with: %w", err)
	}
	if o.note != "" {
		if err := o.record(ctx, from, to, verifier); err != nil {
			return fmt.Errorf("--note: %w", err)
		}
	}
	report, err := o.copy(ctx, from, to, verifier)
	if e := json.MarshalWrite(out, report); e != nil {
		return errors.Join(err, e)
	}
	fmt.Fprintln(out)
	if err == nil && to.local() {
		err = o.settle(ctx, from, to, vkey)
	}
	if e := report.Evidence; err == nil && e != nil && len(e.Damaged) > 0 {
		err = fmt.Errorf("%d pieces of evidence are damaged in the source and were left out, first %s: restore them and run again", len(e.Damaged), e.Damaged[0])
	}
	return err
}

// copyReport is what copy prints.
type copyReport struct {
	transfer.Report
	Evidence *evidence.Copied `json:"evidence,omitempty"` // nil when there was none to copy
}

// verifierKey is the key by which blocks are believed.
func (o *copyOptions) verifierKey(places ...place) (string, error) {
	if o.vkey != "" {
		return o.vkey, nil
	}
	for _, p := range places {
		if !p.local() {
			continue
		}
		if vkey, err := p.dir.VerifierKey(); err == nil {
			return vkey, nil
		}
	}
	return "", errors.New("no key to verify with: give --key, the line of keys/checkpoint.pub where the ledger began")
}

func (o *copyOptions) opening(origin string, target bool) opening {
	return opening{engine: &o.engine, origin: origin, target: target, log: newLogger(os.Stderr, slog.LevelWarn)}
}

// copy makes the target have what the source has. A data directory gets both its copies.
func (o *copyOptions) copy(ctx context.Context, from, to place, verifier note.Verifier) (r copyReport, err error) {
	source, err := from.open(ctx, o.opening(verifier.Name(), false))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := to.open(ctx, o.opening(verifier.Name(), true))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if r.Report, err = blocks(ctx, "copy", source.source, target.target, verifier); err != nil {
		return r, err
	}
	if to.scheme == "embedded" {
		if err := fillJournal(ctx, to.dir, target.source, verifier); err != nil {
			return r, err
		}
	}
	if o.evidence {
		r.Evidence, err = copyEvidence(ctx, source, target, verifier.Name())
	}
	return r, err
}

// fillJournal gives a data directory its second copy.
func fillJournal(ctx context.Context, d node.Dir, from transfer.Source, verifier note.Verifier) error {
	j, err := journal.Open(d.Journal(), journal.Options{})
	if err != nil {
		return err
	}
	_, err = blocks(ctx, "journal", from, transfer.ToJournal(j), verifier)
	return errors.Join(err, j.Close())
}

// copyEvidence copies photos and scans; nil when one side keeps none, or there are none.
func copyEvidence(ctx context.Context, from, to *openPlace, origin string) (*evidence.Copied, error) {
	source, err := from.evidence(ctx, origin)
	if source == nil || err != nil {
		return nil, err
	}
	target, err := to.evidence(ctx, origin)
	if target == nil || err != nil {
		return nil, err
	}
	bar := newProgress(-1, "evidence")
	defer func() { _ = bar.Close() }()
	c, err := evidence.Copy(ctx, source, target, func(done int) { _ = bar.Set(done) })
	if err == nil && c.Present+c.Copied+len(c.Damaged) == 0 {
		return nil, nil
	}
	return &c, err
}

func blocks(ctx context.Context, what string, from transfer.Source, to transfer.Target, v note.Verifier) (transfer.Report, error) {
	bar := newProgress(-1, what)
	defer func() { _ = bar.Close() }()
	return transfer.Copy(ctx, from, to, transfer.Options{Verifier: v, Progress: func(done, total uint64) {
		bar.ChangeMax64(int64(total))
		_ = bar.Set64(int64(done))
	}})
}

// record appends ledger-moved to the source, unless the target is ahead of it: then the
// ledger goes on there, and an entry here would fork it.
func (o *copyOptions) record(ctx context.Context, from, to place, verifier note.Verifier) error {
	if !from.local() || !from.dir.HasKey() {
		return fmt.Errorf("%s is not a data directory with its key", from.public())
	}
	have, err := o.head(ctx, from, verifier, false)
	if err != nil {
		return err
	}
	there, err := o.head(ctx, to, verifier, true)
	switch {
	case err != nil:
		return err
	case there > have:
		return fmt.Errorf("%w: the target has %d blocks, the source only %d", transfer.ErrFork, there, have)
	}
	n, err := node.Open(ctx, node.Config{Dir: from.dir, Logger: newLogger(os.Stderr, slog.LevelWarn), ScrubEvery: -1, ConfirmClock: *o.confirmClock})
	if err != nil {
		return err
	}
	_, err = n.Ledger.RecordMove(ctx, &oversight.LedgerMoved{From: from.public(), To: to.public(), Reason: o.note})
	return errors.Join(err, n.Close(context.WithoutCancel(ctx)))
}

// head is the number of the last block at p.
func (o *copyOptions) head(ctx context.Context, p place, verifier note.Verifier, target bool) (n uint64, err error) {
	open, err := p.open(ctx, o.opening(verifier.Name(), target))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, open.Close()) }()
	return open.source.Head(ctx)
}
