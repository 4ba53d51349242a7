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
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/transfer"
)

// copyOptions are the flags of copy.
type copyOptions struct {
	from, to, vkey, note string
	withKeys             bool
	engine               engine
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

The last line on standard output is {"blocks":…,"entries":…,"root":…,"present":…,"copied":…}.

With --note REASON the source, which must be a data directory with its key, first appends
ledger-moved and is then copied: the move is on record in both, and both are the same bytes.
Appended to the copy alone it would make another ledger of it.

The signing key is a secret and stays where it is unless --with-keys is given; evidence,
access logs and tokens are not blocks: bring DIR/evidence and DIR/access over as files.`,
		Example: `  anjian copy --from embedded:/var/lib/anjian --to nats://n1:4222,n2:4222,n3:4222 --nats-creds anjian.creds --note "three machines"
  anjian copy --from journal:/var/lib/anjian --to journal:/mnt/archive`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "where the ledger is")
	f.StringVar(&o.to, "to", "", "where it is to be")
	f.StringVar(&o.vkey, "key", "", "verifier key to trust (default: checkpoint.pub of a data directory that is named)")
	f.StringVar(&o.note, "note", "", "reason of the move, recorded in the ledger before it is copied")
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
	if err != nil || !to.local() {
		return err
	}
	return o.settle(ctx, from, to, vkey)
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
func (o *copyOptions) copy(ctx context.Context, from, to place, verifier note.Verifier) (r transfer.Report, err error) {
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
	r, err = blocks(ctx, "copy", source.source, target.target, verifier)
	if err != nil || to.scheme != "embedded" {
		return r, err
	}
	j, err := journal.Open(to.dir.Journal(), journal.Options{})
	if err != nil {
		return r, err
	}
	_, err = blocks(ctx, "journal", target.source, transfer.ToJournal(j), verifier)
	return r, errors.Join(err, j.Close())
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
	n, err := node.Open(ctx, node.Config{Dir: from.dir, Logger: newLogger(os.Stderr, slog.LevelWarn), ScrubEvery: -1})
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
