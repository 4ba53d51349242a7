package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/repair"
)

// copyOptions are the flags of copy.
type copyOptions struct {
	from, to, vkey, note string
	withKeys, evidence   bool
	engines              *engines.Settings
	confirmClock         *bool
}

func newCopy() *cobra.Command {
	o := copyOptions{engines: engines.NewSettings()}
	cmd := &cobra.Command{
		Use:   "copy --from URI --to URI",
		Short: "Move or mirror a ledger to another engine / 迁移或镜像账本",
		Long: `Copies every block, byte for byte, between any two of

  embedded:DIR              a data directory: its store, and as a target its journal too
  journal:DIR               the journal of a data directory, or an archive of one, which verify takes;
                            as a source beside a running server
  nats://HOST[,HOST…]       the block stream on NATS servers; tls:// too
  kurrentdb://… (esdb://…)  the block stream in KurrentDB

and proves at every block that its entries lead to its signed root. What the target has
already is compared byte for byte, so that a copy can be stopped and run again, and a second
run proves that both are the same. Where they differ nothing is written: a ledger is never
forked. Other data directories than a journal that is read must have no server running.

Photos and scans go with the blocks between data directories, archives and NATS, in either
direction (--evidence=false: not): each is read, compared with its hash, and stored. KurrentDB
keeps none.

The last line on standard output is {"blocks":…,"entries":…,"root":…,"present":…,"copied":…},
with "evidence":{"present":…,"copied":…} where there was any, and first "error" when the copy is not
complete: then the exit code is 1.

With --note REASON the source, which must be a data directory with its key, first appends
ledger-moved and is then copied: the move is on record in both, and both are the same bytes.
Appended to the copy alone it would make another ledger of it. A directory whose ledger moved to
NATS or KurrentDB remembers that (DIR/engine): nothing goes on in what is left there.

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
	addEngines(f, o.engines, false)
	return cmd
}

// run copies and prints the report.
func (o *copyOptions) run(ctx context.Context, out io.Writer) error {
	from, err := o.engines.Place(o.from)
	if err != nil {
		return fmt.Errorf("--from: %w", err)
	}
	to, err := o.engines.Place(o.to)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if err := o.engines.Check(); err != nil {
		return err
	}
	if o.withKeys && !(from.Local() && to.Local()) {
		return errors.New("--with-keys: both sides must be data directories")
	}
	vkey, err := o.verifierKey(from, to)
	if err != nil {
		return err
	}
	verifier, err := datadir.ParseVerifier(vkey)
	if err != nil {
		return fmt.Errorf("the key to verify with: %w", err)
	}
	var bar bars
	defer bar.done()
	c := repair.Copy{From: from, To: to, Verifier: verifier, Evidence: o.evidence, ConfirmClock: *o.confirmClock,
		Logger: newLogger(os.Stderr, slog.LevelWarn), Progress: bar.show}
	if o.note != "" {
		if err := c.Note(ctx, o.note); err != nil {
			return fmt.Errorf("--note: %w", err)
		}
	}
	report, err := c.Run(ctx)
	bar.done()
	if err == nil && to.Local() {
		err = o.finish(ctx, &c, vkey)
	}
	if err == nil && o.note != "" {
		err = from.MovedTo(to, c.Logger)
	}
	if e := report.Evidence; err == nil && e != nil && len(e.Damaged) > 0 {
		err = fmt.Errorf("%d pieces of evidence are damaged in the source and were left out, first %s: restore them and run again", len(e.Damaged), e.Damaged[0])
	}
	if err != nil {
		report.Error = err.Error()
	}
	if e := json.MarshalWrite(out, report, jsontext.AllowInvalidUTF8(true)); e != nil { // an error may quote damaged bytes
		return errors.Join(err, e)
	}
	fmt.Fprintln(out)
	return err
}

// finish makes the target a data directory of this ledger that can be verified, and says
// what it lacks to be served.
func (o *copyOptions) finish(ctx context.Context, c *repair.Copy, vkey string) error {
	if err := c.Finish(ctx, vkey, o.withKeys); err != nil {
		return err
	}
	if c.To.Whole() && !c.To.Dir.HasKey() {
		fmt.Fprintf(os.Stderr, `anjian: %s can be verified, and served with --read-only. To go on there, bring
keys/checkpoint.key over by hand, a secret: it signs for the ledger. Never let two places append with it.
`, c.To.Dir)
	}
	return nil
}

// verifierKey is the key by which blocks are believed.
func (o *copyOptions) verifierKey(places ...engines.Place) (string, error) {
	if o.vkey != "" {
		return o.vkey, nil
	}
	for _, p := range places {
		if !p.Local() {
			continue
		}
		if vkey, err := p.Dir.VerifierKey(); err == nil {
			return vkey, nil
		}
	}
	return "", errors.New("no key to verify with: give --key, the line of keys/checkpoint.pub where the ledger began")
}

// bars shows the progress of one part after another.
type bars struct {
	what string
	bar  *progressbar.ProgressBar // nil: none yet
}

func (b *bars) show(what string, done, total uint64) {
	if b.bar == nil || b.what != what {
		b.done()
		b.what, b.bar = what, newProgress(-1, what)
	}
	if total > 0 {
		b.bar.ChangeMax64(int64(total))
	}
	_ = b.bar.Set64(int64(done))
}

func (b *bars) done() {
	if b.bar != nil {
		_ = b.bar.Close()
		b.bar = nil
	}
}
