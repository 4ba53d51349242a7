package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/node"
)

// reportsInfo is what a server says of its report database over the admin socket.
type reportsInfo struct {
	Position uint64   `json:"position"` // entries
	Size     uint64   `json:"size"`     // of the ledger
	Fault    string   `json:"fault,omitempty"`
	Rebuilt  int      `json:"rebuilt"`
	Checking bool     `json:"checking"`
	Checked  *checked `json:"checked,omitempty"` // the last check
}

type checked struct {
	At       time.Time `json:"at"`
	Seconds  float64   `json:"seconds"`
	Position uint64    `json:"position"`
	Differ   []string  `json:"differ,omitempty"`
	Fault    string    `json:"fault,omitempty"`
}

func newReportDatabase() *cobra.Command {
	var rebuild bool
	cmd := &cobra.Command{
		Use:   "report-database [--rebuild]",
		Short: "Show how far the report database is, or build it anew and compare / 查看、重建并核对报表数据库",
		Long: `Asks the server that runs on the data directory about its report database (DIR/reports), over a
socket in that directory. No token is needed: only root and the server's own user can open the
socket.

With --rebuild the server builds a second database beside the first from all entries, compares
each table of both as of one position, and puts the second in the place of the first where they
differ. Questions and appends go on meanwhile; the disk needs room for a second file. The server
does the same by itself each day (--check-reports-every). The command waits for the end.

The database is made of the entries: with no server running, DIR/reports can be deleted.

Exit code 0: it is built, and the same as one that is built anew, as far as is known; 1: it is
not, or was not, or no server runs.`,
		Example: `  anjian report-database --data /var/lib/anjian
  anjian report-database --data /var/lib/anjian --rebuild`,
		Args: cobra.NoArgs,
	}
	dir := dataFlag(cmd)
	cmd.Flags().BoolVar(&rebuild, "rebuild", false, "build a second one and compare")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d, err := existing(*dir)
		if err != nil {
			return err
		}
		s, err := askReports(cmd.Context(), string(d), rebuild)
		if errors.Is(err, adminsocket.ErrNoServer) {
			err = fmt.Errorf("%w; start it with: anjian serve --data %s", err, d)
		}
		if err != nil {
			return err
		}
		return printReports(cmd.OutOrStdout(), &s)
	}
	return cmd
}

// askReports asks the server of a data directory, and with rebuild waits until it has compared.
func askReports(ctx context.Context, dir string, rebuild bool) (s reportsInfo, err error) {
	get := func() error { return adminsocket.Call(ctx, dir, "GET", "/report-database", nil, &s) }
	if err := get(); err != nil || !rebuild {
		return s, err
	}
	before := s.Checked
	err = adminsocket.Call(ctx, dir, "POST", "/report-database/check", nil, &s)
	for err == nil && (s.Checking || s.Checked == nil || before != nil && s.Checked.At.Equal(before.At)) {
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return s, ctx.Err()
		}
		s = reportsInfo{}
		err = get()
	}
	return s, err
}

func printReports(w io.Writer, s *reportsInfo) error {
	fmt.Fprintf(w, "entries   %d of %d\nreplaced  %d times since the start\n", s.Position, s.Size, s.Rebuilt)
	var err error
	if s.Fault != "" {
		fmt.Fprintf(w, "fault     %s\n", s.Fault)
		err = errNotOK
	}
	c := s.Checked
	switch {
	case s.Checking:
		fmt.Fprintln(w, "compared  now: a second database is being built")
	case c == nil:
		fmt.Fprintln(w, "compared  not since the start")
	case c.Fault != "":
		fmt.Fprintf(w, "compared  not at %s: %s\n", c.At.Local().Format(time.DateTime), c.Fault)
		err = errNotOK
	case len(c.Differ) > 0:
		fmt.Fprintf(w, "compared  at %s after %d entries: replaced, because of differences in %s\n", c.At.Local().Format(time.DateTime),
			c.Position, strings.Join(c.Differ, ", "))
		err = errNotOK
	default:
		fmt.Fprintf(w, "compared  at %s after %d entries, in %.1f s: the same\n", c.At.Local().Format(time.DateTime), c.Position, c.Seconds)
	}
	return err
}

// answerReports answers over the admin socket.
func answerReports(w http.ResponseWriter, n *node.Node) {
	if n.Reports == nil {
		adminsocket.Answer(w, http.StatusUnprocessableEntity, nil, errors.New("the server builds no report database (--no-report-database)"))
		return
	}
	s := n.Reports.Status()
	out := reportsInfo{Position: s.Position, Size: s.Size, Rebuilt: s.Rebuilt, Checking: s.Checking}
	if s.Err != nil {
		out.Fault = s.Err.Error()
	}
	if c := s.Checked; !c.At.IsZero() {
		out.Checked = &checked{At: c.At, Seconds: c.Took.Seconds(), Position: c.Position, Differ: c.Differ}
		if c.Err != nil {
			out.Checked.Fault = c.Err.Error()
		}
	}
	adminsocket.Answer(w, http.StatusOK, out, nil)
}
