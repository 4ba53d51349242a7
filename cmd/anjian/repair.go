package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/repair"
)

func newRepair() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "repair",
		Short: "Make both copies whole from what is good in either / 用完好的副本修复损坏的副本",
		Long: `Compares store and journal block by block against the signed checkpoints, says which blocks
are damaged in which copy, and rebuilds the damaged copy from the other. The damaged files are
kept for investigation, and the ledger records the repair as copy-restored.

When neither copy has a good version of some block, nothing is changed and the exit code is 1:
restore that journal segment from your archive and run repair again.

Stop the server first.`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	e := engines.NewSettings()
	addEngines(cmd.Flags(), e, true)
	confirmed := confirmFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d, err := existing(*dir)
		if err != nil {
			return err
		}
		log := newLogger(os.Stderr, slog.LevelWarn)
		engine, err := engineOf(d, e, log)
		if err != nil {
			return err
		}
		bar := newProgress(-1, "repair")
		report, err := repair.Run(cmd.Context(), repair.Config{
			Dir: d, Engine: engine, Logger: log, ConfirmClock: *confirmed,
			Progress: func(done uint64) { _ = bar.Set64(int64(done)) },
		})
		_ = bar.Close()
		if e := json.MarshalWrite(cmd.OutOrStdout(), report, jsontext.Multiline(true), jsontext.AllowInvalidUTF8(true)); e != nil {
			return e
		}
		fmt.Fprintln(cmd.OutOrStdout())
		return err
	}
	return cmd
}
