package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/node"
)

func newReplay() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay",
		Short: "Fold everything from the start and say how fast / 从头重放全部事件",
		Long: `Reads the ledger from its first entry, decodes every event, checks every root, and folds the
rules' state and all views, exactly as the server does at its start. Prints entries, seconds
and entries per second. The server must not be running on the directory.`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	e := engines.NewSettings()
	addEngines(cmd.Flags(), e, true)
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
		bar := newProgress(-1, "replay")
		began := time.Now()
		n, err := node.Open(cmd.Context(), node.Config{
			Dir: d, Engine: engine, Logger: log, ScrubEvery: -1,
			Progress: func(done, total uint64) { bar.ChangeMax64(int64(total)); _ = bar.Set64(int64(done)) },
		})
		_ = bar.Close()
		if err != nil {
			return err
		}
		took := time.Since(began)
		entries := n.Ledger.Head().Size
		fmt.Fprintf(cmd.OutOrStdout(), "entries %d\nseconds %.3f\nentries/s %.0f\n", entries, took.Seconds(), float64(entries)/took.Seconds())
		return n.Close(context.WithoutCancel(cmd.Context()))
	}
	return cmd
}
