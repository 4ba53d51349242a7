package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/verify"
)

func newVerify() *cobra.Command {
	var asJSON, withEvidence bool
	var vkey string
	e := engines.NewSettings()
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Recompute the whole ledger from bytes / 从字节重新核验整个账本",
		Long: `Reads journal, store and tiles from bytes, without starting the server, and recomputes
everything: order, revisions, every hash, every signed root, both copies against each other,
every tile, the signature of every event that a device signed, and whether its key was valid
there. It prints the first bad index of each problem, and each device key that has an event
missing, double, out of order or in doubt (key compromised). It changes nothing and may run beside a server.

Exit code 0: all is well; 1: something is wrong; 4: some entries were written by a newer program;
3: some events are malformed: no release ever accepted them. For 4 and 3 the bytes, hashes and
signed roots were verified, and the meaning of these events was not.

With --evidence it also reads every file that the entries name: photos, scans, sealed texts and the
files of sealing keys. A file that came and is gone is missing, and wrong, unless an entry erased
it: then that entry is named, and the file must be gone. One that an event names and that has not come
yet is told and not wrong. Beside a running server an erasure of this very moment may look
unfinished: run it again.

The key comes from keys/checkpoint.pub. If you do not trust the server's disk, give the key that
was published when the ledger began: --key "origin+hash+base64".

Blocks that are kept outside of the data directory are read from there, as DIR/engine remembers
it, or as the --nats or --kurrentdb flags say that serve has. An archive that copy made has the
journal alone, and needs neither tiles nor a secret key: all of it is verified, but that nothing
is missing at its end only a checkpoint or receipt that somebody kept can tell. With --key the
files of a journal are enough.`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	addEngines(cmd.Flags(), e, true)
	cmd.Flags().BoolVar(&asJSON, "json", false, `print {"entries":…,"root":…,"ok":…,"problems":[…],"signed":…,"disputed":…}`)
	cmd.Flags().BoolVar(&withEvidence, "evidence", false, "read every file of evidence as well, and tell erased from missing")
	cmd.Flags().StringVar(&vkey, "key", "", "verifier key to trust instead of the one in the data directory")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d, err := existing(*dir)
		if err != nil && (vkey == "" || !d.HasJournal()) {
			return err
		}
		var files *verify.Files
		if withEvidence {
			files = &verify.Files{Each: projector.EachFile}
		}
		report, err := verifyDir(cmd.Context(), d, vkey, e, files)
		if err != nil {
			return err
		}
		if asJSON {
			err = json.MarshalWrite(cmd.OutOrStdout(), report, jsontext.AllowInvalidUTF8(true)) // a problem may quote damaged bytes
			fmt.Fprintln(cmd.OutOrStdout())
		} else {
			printReport(cmd, report, d)
		}
		if code := report.Exit(); err == nil && code != verify.ExitOK {
			err = exitCode(code)
		}
		return err
	}
	return cmd
}

func verifyDir(ctx context.Context, d datadir.Dir, vkey string, e *engines.Settings, files *verify.Files) (verify.Report, error) {
	verifier, err := d.Verifier()
	if vkey != "" {
		verifier, err = datadir.ParseVerifier(vkey)
	}
	if err != nil {
		return verify.Report{}, fmt.Errorf("the key to verify with: %w", err)
	}
	engine, err := engineOf(d, e, newLogger(os.Stderr, slog.LevelWarn))
	if err != nil {
		return verify.Report{}, err
	}
	bar := newProgress(-1, "verify")
	defer func() { _ = bar.Close() }()
	return engines.Verify(ctx, d, engine, verifier, files, func(entries uint64) { _ = bar.Set64(int64(entries)) })
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

// printFiles says what became of the evidence; nil: it was not read.
func printFiles(w io.Writer, r *verify.FilesReport) {
	if r == nil {
		return
	}
	fmt.Fprintf(w, "evidence / 证据: %d whole, %d erased, %d not here yet\n", r.Present, len(r.Erased), r.AwaitedCount)
	for _, e := range r.Erased {
		what := "file / 文件"
		if e.Key {
			what = "secret half of a sealing key / 密封私钥"
		}
		fmt.Fprintf(w, "  erased by entry %d / 已删除: %s %s\n", e.Entry, what, e.SHA256)
	}
	for _, name := range r.Awaited {
		fmt.Fprintf(w, "  not here yet / 尚未收到: %s\n", name)
	}
}

func printReport(cmd *cobra.Command, r verify.Report, d datadir.Dir) {
	w := cmd.OutOrStdout()
	archive := engines.IsArchive(d)
	if archive {
		fmt.Fprintln(w, "an archive: the journal alone was read / 归档：仅核验日志文件")
	}
	if r.OK {
		fmt.Fprintf(w, "ok: %d entries, root %s\n核验通过: %[1]d 条记录\n", r.Entries, r.Root)
		fmt.Fprintf(w, "device signatures that hold / 有效设备签名: %d\n", r.Signed)
		if r.Disputed > 0 {
			fmt.Fprintf(w, "entries whose recorded time is disputed (clock-corrected) / 记录时间存疑的条目: %d\n", r.Disputed)
		}
		printUnread(w, r)
		printFiles(w, r.Evidence)
		return
	}
	fmt.Fprintf(w, "NOT OK: %d entries verified, root %s\n核验未通过\n", r.Entries, r.Root)
	for _, p := range r.Problems {
		entry := ""
		if p.Index >= 0 { // else the block as a whole
			entry = fmt.Sprintf(", entry %d", p.Index)
		}
		fmt.Fprintf(w, "  %s, block %d%s: %s\n", p.Where, p.Block, entry, p.What)
	}
	printUnread(w, r)
	printFiles(w, r.Evidence)
	if archive {
		fmt.Fprintln(os.Stderr, "put the segment that is named back from another copy, or remove it and copy again")
		return
	}
	fmt.Fprintf(os.Stderr, "stop the server and run: anjian repair --data %s\n", d)
}
