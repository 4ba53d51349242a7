package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
)

// newRoot builds the command tree. Every flag can also be set by environment variable, and
// what describes a node by a file: see [configure].
func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "anjian",
		Short: "安鉴: an audit ledger for safety-inspection records / 安全检查记录的审计账本",
		Long: `Anjian keeps every check, finding and penalty of an inspection campaign as an immutable,
signed, provable event, and builds the views per team, enterprise, county and city from them.

安鉴把专项督查中的每一次检查、每一条隐患、每一项处罚记为不可更改、可以证明的事件，
并由此生成督查组、企业、县区和全市的视图。

  anjian serve --sample          start with a synthetic campaign and look around
  anjian verify --data ./data    prove that nothing was changed

Every flag can be set by environment, --scrub-every by ANJIAN_SCRUB_EVERY, and those of serve
in a TOML file that --config (ANJIAN_CONFIG) names. The command line wins over the
environment, the environment over the file. A variable that is empty is not set.`,
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if checking, err := cmd.Flags().GetBool("check"); err == nil && checking {
				return nil // serve --check reports what configure says with everything else
			}
			return configure(cmd)
		},
	}
	root.Version = "of the build" // what it says is the template
	root.SetVersionTemplate(version())
	root.PersistentFlags().String("config", "", "TOML file whose keys are flags of serve")
	root.AddCommand(newServe(), newToken(), newSealingKey(), newClock(), newReportDatabase(), newSetup(), newImport(), newImportRegister(),
		newExport(), newReport(), newAccessLog(), newVerify(), newRepair(), newCopy(), newReplay(), newSimulate())
	return root
}

// dataFlag adds --data.
func dataFlag(cmd *cobra.Command) *string {
	return cmd.Flags().String("data", "data", "data directory of the ledger")
}

// existing returns the data directory, or an error that says how to make one.
func existing(dir string) (datadir.Dir, error) {
	d := datadir.Dir(dir)
	if !d.Exists() {
		return d, fmt.Errorf("%s holds no ledger; start one with: anjian serve --data %s", dir, dir)
	}
	return d, nil
}

// engineOf is the engine of a data directory: the one that the flags choose, or else the one that
// the directory remembers. Standard error tells of the second, and when the two differ.
func engineOf(d datadir.Dir, s *engines.Settings, log *slog.Logger) (engines.Engine, error) {
	note, err := s.Recall(d)
	if err != nil {
		return nil, err
	}
	if note != "" {
		fmt.Fprintln(os.Stderr, "anjian:", note)
	}
	return s.Engine(log)
}

// newLogger logs to w: text for a person at a terminal, JSON for a collector.
func newLogger(w *os.File, level slog.Level) *slog.Logger {
	opts := &slog.HandlerOptions{Level: level}
	if term.IsTerminal(int(w.Fd())) {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}

// newProgress shows a bar on the terminal, and nothing where there is none. total -1 is
// unknown.
func newProgress(total int64, what string) *progressbar.ProgressBar {
	w := io.Writer(os.Stderr)
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		w = io.Discard
	}
	return progressbar.NewOptions64(total, progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(200*time.Millisecond),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
}
