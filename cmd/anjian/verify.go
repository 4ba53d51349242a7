package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store/jetstream/msgfile"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/internal/verify"
)

func newVerify() *cobra.Command {
	var asJSON bool
	var vkey string
	var e engine
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Recompute the whole ledger from bytes / 从字节重新核验整个账本",
		Long: `Reads journal, store and tiles from bytes, without starting the server, and recomputes
everything: order, revisions, every hash, every signed root, both copies against each other,
every tile, the signature of every event that a device signed, and whether its key counted
there. Names the first bad index of each problem, and each device key among whose events one is
missing, double, out of order or in doubt (compromised). It changes nothing and may run while a server is running.

Exit code 0: all is well; 1: the ledger is not what it says; 4: some entries are newer than this
program; 3: some events are malformed, which no release ever accepted. Of the last two, bytes,
hashes and signed roots were verified, and their meaning was not.

The key comes from keys/checkpoint.pub. Who does not trust the server's disk passes the key
that was published when the ledger began: --key "origin+hash+base64".

Blocks that are kept outside of the data directory are read from there: give the --nats or
--kurrentdb flags that serve has.`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	e.addTo(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, `print {"entries":…,"root":…,"ok":…,"problems":[…],"signed":…,"disputed":…}`)
	cmd.Flags().StringVar(&vkey, "key", "", "verifier key to trust instead of the one in the data directory")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d, err := existing(*dir)
		if err != nil {
			return err
		}
		report, err := verifyDir(cmd.Context(), d, vkey, &e)
		if err != nil {
			return err
		}
		if asJSON {
			err = json.MarshalWrite(cmd.OutOrStdout(), report, jsontext.AllowInvalidUTF8(true)) // a problem may quote damaged bytes
			fmt.Fprintln(cmd.OutOrStdout())
		} else {
			printReport(cmd, report)
		}
		if code := report.Exit(); err == nil && code != verify.ExitOK {
			err = exitCode(code)
		}
		return err
	}
	return cmd
}

func verifyDir(ctx context.Context, d node.Dir, vkey string, e *engine) (verify.Report, error) {
	verifier, err := d.Verifier()
	if vkey != "" {
		verifier, err = node.ParseVerifier(vkey)
	}
	if err != nil {
		return verify.Report{}, fmt.Errorf("the key to verify with: %w", err)
	}
	if e.external() {
		return verifyExternal(ctx, d, verifier, e)
	}
	through, err := liveEnd(d)
	if err != nil {
		return verify.Report{}, err
	}
	// After a kill one copy may have one block more, which nobody was told of: the next
	// start completes the other.
	_, err = os.Stat(msgfile.CleanPath(d.Store()))
	killed := through == 0 && errors.Is(err, fs.ErrNotExist)
	bar := newProgress(-1, "verify")
	defer func() { _ = bar.Close() }()
	sources := verify.Sources{
		Journal: func(fn func(uint64, []byte) error) error {
			torn, err := journal.Walk(ctx, d.Journal(), fn)
			if err == nil && torn != nil && through == 0 && !killed {
				err = fmt.Errorf("%d bytes of an unfinished block at the end of %s", torn.Bytes, torn.Segment)
			}
			return err
		},
		Store: func(fn func(uint64, []byte) error) error { return scanStore(d, fn) },
		Tiles: translog.Dir(d.Tiles()),
	}
	report, err := verify.Run(ctx, sources, verify.Options{
		Verifier: verifier, Through: through, InFlight: killed,
		Progress: func(entries, _ uint64) { _ = bar.Set64(int64(entries)) },
	})
	if err == nil && through == 0 {
		addSeals(&report, d)
		err = addDerived(&report, d)
	}
	return report, err
}

// addSeals and addDerived add damage in the files that stand beside the blocks and were made
// from them: nothing is lost with them, but they are not what was written. After an unclean
// stop the engine's own index is out of date and is not looked at.
func addSeals(report *verify.Report, d node.Dir) {
	for _, damage := range msgfile.CheckSeals(d.Store()) {
		addProblem(report, "store", damage.String())
	}
}

func addDerived(report *verify.Report, d node.Dir) error {
	derived, err := journal.CheckDerived(d.Journal())
	for _, bad := range derived {
		addProblem(report, "journal", bad.File+": "+bad.Reason)
	}
	return err
}

func addProblem(report *verify.Report, where, what string) {
	report.OK = false
	report.Problems = append(report.Problems, verify.Problem{Where: where, Index: -1, What: what})
}

// liveEnd returns the last block that both copies have while a server may be appending to
// them, and 0, which is no bound, when none is.
func liveEnd(d node.Dir) (uint64, error) {
	if !d.Live() {
		return 0, nil
	}
	store, err := msgfile.ScanNewest(d.Store())
	if err != nil {
		return 0, err
	}
	j, err := journal.OpenReader(d.Journal())
	if err != nil {
		return 0, err
	}
	return min(store.Last, j.Head()), j.Close()
}

// scanStore reads the engine's files and reports damage that no block shows.
func scanStore(d node.Dir, fn func(uint64, []byte) error) error {
	report, err := msgfile.Scan(d.Store(), fn)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the store is missing: %w", err)
	}
	if err != nil || report.OK() {
		return err
	}
	return errors.New(report.Damage[0].String())
}

// printUnread names what could not be told, and the keys whose events are not all there.
func printUnread(w io.Writer, r verify.Report) {
	for _, list := range []struct {
		what  string
		count uint64
		first []verify.Unread
	}{{"newer than this program / 较新版本", r.NewerCount, r.Newer}, {"malformed / 格式错误", r.MalformedCount, r.Malformed}} {
		if list.count > 0 {
			fmt.Fprintf(w, "%s: %d\n", list.what, list.count)
		}
		for _, u := range list.first {
			fmt.Fprintf(w, "  entry %d: %s\n", u.Index, u.Reason)
		}
	}
	for _, k := range r.Keys {
		fmt.Fprintf(w, "key %s of %s / 签名链: missing %v, double %v, broken %v\n", k.Key, k.Person, k.Missing, k.Double, k.Broken)
		if k.Count > 0 {
			fmt.Fprintf(w, "  in doubt since %s / 存疑的条目: %d, %v\n", k.Since.Format(time.RFC3339), k.Count, k.InDoubt)
		}
	}
}

func printReport(cmd *cobra.Command, r verify.Report) {
	w := cmd.OutOrStdout()
	if r.OK {
		fmt.Fprintf(w, "ok: %d entries, root %s\n核验通过: %[1]d 条记录\n", r.Entries, r.Root)
		fmt.Fprintf(w, "device signatures that hold / 有效设备签名: %d\n", r.Signed)
		if r.Disputed > 0 {
			fmt.Fprintf(w, "entries whose recorded time is disputed (clock-corrected) / 记录时间存疑的条目: %d\n", r.Disputed)
		}
		printUnread(w, r)
		return
	}
	fmt.Fprintf(w, "NOT OK: %d entries verified, root %s\n核验未通过\n", r.Entries, r.Root)
	for _, p := range r.Problems {
		fmt.Fprintf(w, "  %s, block %d, entry %d: %s\n", p.Where, p.Block, p.Index, p.What)
	}
	printUnread(w, r)
	fmt.Fprintf(os.Stderr, "stop the server and run: anjian repair --data DIR\n")
}
