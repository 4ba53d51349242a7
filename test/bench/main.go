// Command bench measures the ledger beside what its disk and its hashing allow, in one run,
// so that ratios hold on machines whose speed drifts:
//
//	go run ./test/bench
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/node"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	err := newCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func newCommand() *cobra.Command {
	o := Options{Log: os.Stderr}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure the ledger beside the limits of this disk",
		Long: `Measures durable appends with receipts (strict parsing, rules, two synced copies, proof) at
several numbers of writers, beside a raw group-commit file and the same file with Merkle
tree and signature, in turn, on the same disk, in the same run; then replay, verify, proofs,
memory, and the HTTP API. Ratios count; absolute figures are this machine's of this moment.`,
		Args:         cobra.NoArgs,
		SilenceUsage: true, SilenceErrors: true,
	}
	f := cmd.Flags()
	f.StringVar(&o.Dir, "dir", ".", "directory on the disk to measure; a temporary directory is made in it")
	f.IntSliceVar(&o.Writers, "writers", []int{1, 64, 512}, "numbers of concurrent writers")
	f.DurationVar(&o.Time, "time", 9*time.Second, "time of each measurement")
	f.BoolVar(&o.HTTP, "http", true, "measure over HTTP too")
	f.IntVar(&o.Connections, "connections", 256, "clients that post at once over HTTP")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if len(o.Writers) == 0 {
			return fmt.Errorf("--writers: at least one number")
		}
		var r Report
		err := node.Tuned(func(ballast func() int) (err error) {
			o.Ballast = ballast
			r, err = Run(cmd.Context(), o)
			return err
		})
		if err != nil {
			return err
		}
		if !asJSON {
			return r.Print(cmd.OutOrStdout())
		}
		if err := json.MarshalWrite(cmd.OutOrStdout(), r); err != nil {
			return err
		}
		_, err = fmt.Fprintln(cmd.OutOrStdout())
		return err
	}
	return cmd
}
