package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/clock"
)

func newClock() *cobra.Command {
	var confirm bool
	cmd := &cobra.Command{
		Use:   "clock [--confirm]",
		Short: "Show whether the server relies on the machine's clock, or confirm it / 核对并确认服务器时钟",
		Long: `Asks the server that runs on the data directory about its clock, over a socket in that
directory. No token is needed: only root and the server's own user can open the socket.

The server uses the clock while it differs by less than two minutes from the expected time (the
time of the newest entry plus the time since then). When the clock jumps, entries get the
expected time, no event is flagged as late and no file is deleted, until the kernel reports a
synchronised clock for five minutes, the clock comes back, or somebody confirms it. When the
clock at a start is more than ten days after the newest entry, or before it, appends wait until
somebody confirms it.

Check the clock and set it first; then run this command with --confirm. A clock that is right
but before the newest entry stays red until a person appends clock-corrected.

Exit code 0: the server uses the clock; 1: it does not, or no server runs.`,
		Example: `  anjian clock --data /var/lib/anjian
  date && anjian clock --data /var/lib/anjian --confirm`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	cmd.Flags().BoolVar(&confirm, "confirm", false, "the machine's clock is right")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d, err := existing(*dir)
		if err != nil {
			return err
		}
		method, route := "GET", "/clock"
		if confirm {
			method, route = "POST", "/clock/confirm"
		}
		var s clock.Status
		if err := adminsocket.Call(cmd.Context(), string(d), method, route, nil, &s); err != nil {
			if errors.Is(err, adminsocket.ErrNoServer) {
				err = fmt.Errorf("%w; start it with: anjian serve --data %s", err, d)
			}
			return err
		}
		return printClock(cmd.OutOrStdout(), s)
	}
	return cmd
}

// confirmFlag adds --confirm-clock, for commands that append without a server to be asked.
func confirmFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("confirm-clock", false, "this machine's clock is right, though it is far from the newest entry")
}

func printClock(w io.Writer, s clock.Status) error {
	const layout = "2006-01-02 15:04:05 -07:00"
	fmt.Fprintf(w, "clock     %s\nmachine   %s\nexpected  %s\ntaken     %s\n", s.State,
		s.Wall.Local().Format(layout), s.Expected.Local().Format(layout), s.Taken.Local().Format(layout))
	if s.State == clock.OK {
		return nil
	}
	fmt.Fprintf(w, "off by    %s\n%s\n", time.Duration(s.Off*float64(time.Second)).Round(time.Second), s.Reason)
	return errNotOK
}
