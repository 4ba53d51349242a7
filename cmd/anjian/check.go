package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// checkup collects what serve --check finds. It changes nothing on disk and no server: what
// serve would make is not made.
type checkup struct {
	o        *serveOptions
	dir      datadir.Dir
	origin   string // of the ledger that is there; empty when there is none yet
	live     bool   // a server runs on the directory
	problems int
	out      io.Writer
}

// problem prints what keeps the node from working, and what to do about it.
func (c *checkup) problem(remedy, format string, args ...any) {
	c.problems++
	c.print("problem", remedy, fmt.Sprintf(format, args...))
}

// warning prints what does not keep the node from working today.
func (c *checkup) warning(remedy, format string, args ...any) {
	c.print("warning", remedy, fmt.Sprintf(format, args...))
}

func (c *checkup) print(kind, remedy, what string) {
	fmt.Fprintf(c.out, "%s: %s\n  → %s\n", kind, strings.ReplaceAll(what, "\n", "; "), remedy)
}

// checkNode is serve --check.
func checkNode(cmd *cobra.Command, o *serveOptions) error {
	c := &checkup{o: o, out: cmd.OutOrStdout()}
	err := configure(cmd)
	c.dir = datadir.Dir(o.dir)
	note, recalled := o.engines.Recall(c.dir)
	c.settings(errors.Join(err, recalled))
	if note != "" {
		c.warning("nothing to do, unless that is not what you meant: a start goes on like this, and remembers it", "%s", note)
	}
	c.live = c.dir.Live()
	if c.live {
		c.warning("stop it first to check everything", "a server runs on %s: its address and the store in it are not checked", c.dir)
	}
	if key, err := translog.LoadKey(c.dir.CheckpointKey()); err == nil {
		c.origin = key.Origin()
	}
	c.reports(cmd.Context())
	c.directory()
	c.secrets()
	c.stand(cmd.Context(), c.engine(cmd.Context()))
	c.address()
	c.machine()
	if c.problems > 0 {
		fmt.Fprintf(c.out, "NOT OK: %d problems\n检查未通过\n", c.problems)
		return errNotOK
	}
	fmt.Fprintln(c.out, "ok: nothing found that would keep the node from working\n检查通过")
	return nil
}

// settings tells of flags, environment and file.
func (c *checkup) settings(err error) {
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			c.problem("correct it; all settings: anjian serve --help", "%s", strings.TrimSpace(line))
		}
	}
	if _, err := c.o.level(); err != nil {
		c.problem("use debug, info, warn or error", "%v", err)
	}
	if _, err := c.o.node(slog.New(slog.DiscardHandler)); err != nil {
		c.problem("correct the flags", "%v", err)
	}
}

// reports tells every fault of reports of one's own.
func (c *checkup) reports(ctx context.Context) {
	all, err := c.o.reports(ctx)
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			c.problem("correct the file, and try it: anjian report --reports "+c.o.reportsDir, "%s", strings.TrimSpace(line))
		}
	} else if c.o.reportsDir != "" && !c.o.noReports && len(report.Own(all)) == 0 {
		c.warning("put reports into it, one .sql file each", "%s has no file *.sql", c.o.reportsDir)
	}
}

// directory checks that everything below the data directory can be written.
func (c *checkup) directory() {
	dir := string(c.dir)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		abs, err := filepath.Abs(dir)
		for ; err == nil && abs != filepath.Dir(abs); abs = filepath.Dir(abs) {
			if _, e := os.Stat(abs); e == nil {
				break
			}
		}
		if err = errors.Join(err, writable(abs)); err != nil {
			c.problem("make "+dir+" and give it to the user that runs anjian", "%s cannot be made: %v", dir, err)
		}
		return
	}
	loose, err := c.dir.Loose()
	if err != nil {
		c.problem("give it to the user that runs anjian", "%v", err)
	}
	for _, path := range loose {
		if info, err := os.Stat(path); err == nil && !mayChmod(info) {
			c.problem("give it to the user that runs anjian, and chmod 700 it", "others may read %s, and its mode cannot be changed", path)
			continue
		}
		c.warning("nothing to do: the next start closes it (chmod 700)", "others may read %s", path)
	}
	for _, path := range []string{dir, c.dir.Store(), c.dir.Journal(), c.dir.Tiles(), c.dir.Keys(), c.dir.Evidence(), c.dir.Access(),
		c.dir.Reports()} {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			c.problem("give it to the user that runs anjian", "%v", err)
		case !info.IsDir():
			c.problem("move it away", "%s is no directory", path)
		case writable(path) != nil:
			c.problem("give it to the user that runs anjian: chown -R", "%s cannot be written: %v", path, writable(path))
		}
	}
}

// secrets checks that nobody else can read what must not be read.
func (c *checkup) secrets() {
	var secrets []string
	for _, set := range c.o.engines.List() {
		if path, ok := set.Value.(*string); ok && set.Secret && *path != "" {
			secrets = append(secrets, *path)
		}
	}
	for _, path := range secrets {
		if _, err := os.ReadFile(path); err != nil {
			c.problem("name a file that the user that runs anjian may read", "%v", err)
		}
	}
	secrets = append(secrets, c.dir.CheckpointKey())
	for _, path := range secrets {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			c.problem("chmod 600 "+path, "%s has mode %v: others may read a secret", path, info.Mode().Perm())
		}
	}
}

// stand checks, by the steps of a start, what the directory is to the node, and reads the copies
// as a start would; when the engine outside of it gave no answer (or a wrong one), the directory alone.
func (c *checkup) stand(ctx context.Context, answers bool) {
	cfg, err := c.o.node(slog.New(slog.DiscardHandler))
	if err != nil && cfg.Dir == "" {
		return // told already
	}
	if c.o.origin == "" && !c.dir.Exists() {
		c.warning("set origin: it names the ledger for good", "a new ledger would get a random name")
	}
	if !c.o.engines.External() && c.storeElsewhere() || c.live {
		return
	}
	var x node.Examination
	if answers {
		x, err = node.Examine(ctx, cfg)
	} else {
		err = node.Stand(cfg)
	}
	var refused *datadir.RefusedError
	switch {
	case errors.As(err, &refused):
		c.problem(refused.Remedy+"\n    "+refused.ReasonZH+"\n  → "+refused.RemedyZH, "%s", refused.Reason)
	case err != nil && cfg.Engine != nil:
		c.problem("correct what it names: the start would end with the same words", "%v", err)
	case err != nil:
		c.problem("put back from its backup what cannot be read", "%v", err)
	case x.Short != "" && !c.o.readOnly:
		c.warning("nothing to do: the next start completes it from the other copy and records that", "the %s is the shorter copy", x.Short)
	}
	if x.Torn != "" && len(x.Stops) == 0 && !c.o.readOnly {
		c.warning("nothing to do: it was acknowledged to nobody; the next start cuts it off and keeps it aside", "%s", x.Torn)
	}
	if x.FeedErr != nil {
		c.problem("give the feed names of its own, see docs/feed.md", "%v", x.FeedErr)
	}
	for _, what := range slices.Sorted(maps.Keys(x.Stops)) {
		c.problem("run: anjian repair", "the %s: %s", what, x.Stops[what])
	}
}

// storeElsewhere reports, as a problem, that the journal has blocks and no store is there.
func (c *checkup) storeElsewhere() bool {
	if _, err := os.Stat(c.dir.Store()); !errors.Is(err, fs.ErrNotExist) || !c.dir.HasJournal() || !c.dir.HasKey() {
		return false
	}
	c.problem("give "+engines.Choices()+" when the blocks are kept there; otherwise run: anjian repair", "%s has a journal and no store",
		c.dir)
	return true
}

// address checks that the API can listen.
func (c *checkup) address() {
	if c.live {
		return
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", c.o.listen)
	if err != nil {
		c.problem("choose another --listen, or stop what listens there", "%v", err)
		return
	}
	_ = l.Close() // it was only tried
	if host, _, err := net.SplitHostPort(c.o.listen); err == nil && !net.ParseIP(host).IsLoopback() && host != "localhost" {
		c.warning("listen on 127.0.0.1 and put a proxy with TLS before it", "the API listens on %s without TLS: tokens can be read on the way",
			c.o.listen)
	}
}

// mayChmod reports whether this user may change the mode of a file.
func mayChmod(info os.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && (os.Geteuid() == 0 || st.Uid == uint32(os.Geteuid()))
}
