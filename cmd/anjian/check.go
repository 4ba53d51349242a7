package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// checkup collects what serve --check finds. It changes nothing on disk and no server: what
// serve would make is not made.
type checkup struct {
	o        *serveOptions
	dir      node.Dir
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
	c.settings(configure(cmd))
	c.dir = node.Dir(o.dir)
	c.live = c.dir.Live()
	if c.live {
		c.warning("stop it first to check everything", "a server runs on %s: its address and the store in it are not checked", c.dir)
	}
	c.directory()
	c.secrets()
	c.identity()
	c.address()
	c.copies(cmd.Context())
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
	for _, path := range []string{dir, c.dir.Store(), c.dir.Journal(), c.dir.Tiles(), c.dir.Keys(), c.dir.Evidence(), c.dir.Access()} {
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
	secrets := []string{c.o.engine.creds, c.o.engine.nkey, c.o.engine.passwordFile, c.o.engine.key}
	for _, path := range secrets {
		if path == "" {
			continue
		}
		if _, err := os.ReadFile(path); err != nil {
			c.problem("name a file that the user that runs anjian may read", "%v", err)
		}
	}
	secrets = append(secrets, filepath.Join(c.dir.Keys(), "checkpoint.key"))
	for _, path := range secrets {
		if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
			c.problem("chmod 600 "+path, "%s has mode %v: others may read a secret", path, info.Mode().Perm())
		}
	}
}

// identity checks the ledger's name and key.
func (c *checkup) identity() {
	path := filepath.Join(c.dir.Keys(), "checkpoint.key")
	key, err := translog.LoadKey(path)
	public, pubErr := c.dir.VerifierKey()
	switch {
	case err == nil:
		c.origin = key.Origin()
		if c.o.origin != "" && c.o.origin != c.origin && c.o.origin != translog.OriginName(c.origin) {
			c.problem("leave origin out, or name the data directory of that ledger", "--origin is %q, the key in %s is of %q", c.o.origin, c.dir, c.origin)
		}
		if pubErr == nil && public != key.VerifierKey() {
			c.problem("put back the file that does not belong there from its backup", "keys/checkpoint.pub is not the public half of keys/checkpoint.key in %s", c.dir)
		}
	case !errors.Is(err, fs.ErrNotExist):
		c.problem("put it back from its backup, with mode 0600", "%v", err)
	case pubErr == nil || c.dir.Exists() && hasJournal(c.dir):
		c.problem("put it back from its backup, or bring it over from another node", "%s is missing, and the ledger is there", path)
	case c.o.origin != "":
		if _, err := translog.NewKey(c.o.origin); err != nil {
			c.problem("use a name like anjian.example.gov.cn/2026, without spaces and plus signs", "--origin %q: %v", c.o.origin, err)
		}
	default:
		c.warning("set origin: it names the ledger for good", "a new ledger would be called anjian.local")
	}
}

func hasJournal(d node.Dir) bool {
	segments, err := filepath.Glob(filepath.Join(d.Journal(), "*.ndjson"))
	return err == nil && len(segments) > 0
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
		c.warning("listen on 127.0.0.1 and put a proxy with TLS before it", "the API listens on %s without TLS: tokens can be read on the way", c.o.listen)
	}
}
