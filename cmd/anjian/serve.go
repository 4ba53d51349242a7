package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/simulate"
)

type serveOptions struct {
	dir, listen, origin, logLevel string
	sample, check                 bool
	scrubEvery, grace             time.Duration
	maxBlock                      int
	engine                        engine
	feed                          bool
	feedKeep                      time.Duration
}

func newServe() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the ledger and its HTTP API / 启动账本服务",
		Long: `Runs the ledger in one process: embedded NATS JetStream (no port), journal, views, HTTP API.
The first start makes the data directory and the keys; back up keys/ apart from the data.
Ready when GET /readyz answers 200. SIGTERM or Ctrl-C stops it: what waits is committed first.

With --nats or --kurrentdb the blocks are kept by servers of yours, and several nodes may run
on one ledger, each with a data directory of its own and the same keys/checkpoint.key.

With --check nothing is started: everything that would keep the node from working is printed
with its remedy; exit code 0: nothing, 1: something.`,
		Example: `  anjian serve --sample
  anjian serve --data /var/lib/anjian --listen 127.0.0.1:8440 --origin anjian.ankang.gov.cn/2026
  anjian serve --config /etc/anjian/anjian.toml --check`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.check {
				return checkNode(cmd, &o)
			}
			return tuned(func(int) error { return serve(cmd.Context(), cmd.OutOrStdout(), o) })
		},
	}
	o.addTo(cmd.Flags())
	return cmd
}

func (o *serveOptions) addTo(f *pflag.FlagSet) {
	f.StringVar(&o.dir, "data", "data", "data directory of the ledger")
	f.StringVar(&o.listen, "listen", "127.0.0.1:8440", "address of the HTTP API; put a TLS proxy before it")
	f.StringVar(&o.origin, "origin", "", "name of a new ledger on its checkpoints, e.g. anjian.example.gov.cn/ankang (default: a random one)")
	f.BoolVar(&o.sample, "sample", false, "load a synthetic Ankang campaign into an empty ledger")
	f.BoolVar(&o.check, "check", false, "print what is wrong with the configuration and start nothing")
	f.DurationVar(&o.scrubEvery, "scrub-every", time.Hour, "pause between two background comparisons of both copies")
	f.DurationVar(&o.grace, "grace", 30*time.Second, "how long to wait for requests and commits when stopping")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	f.IntVar(&o.maxBlock, "max-block", ledger.DefaultMaxBlockBytes, "most bytes of entries in a block; what is to move to a KurrentDB with default settings needs 500000")
	f.BoolVar(&o.feed, "feed", false, "publish every entry on anjian.feed.all.> for who sees everything, and what each unit may see on anjian.feed.unit.<id>.>; needs --nats")
	f.DurationVar(&o.feedKeep, "feed-keep", 30*24*time.Hour, "how long the feed keeps an entry; 0: for good")
	o.engine.addTo(f)
}

// node is the node's configuration.
func (o *serveOptions) node(log *slog.Logger) (node.Config, error) {
	c := node.Config{Dir: node.Dir(o.dir), Origin: o.origin, Logger: log, ScrubEvery: o.scrubEvery, MaxBlockBytes: o.maxBlock}
	if o.maxBlock < leastMaxBlock {
		return c, fmt.Errorf("--max-block: at least %d bytes", leastMaxBlock)
	}
	if o.feed && len(o.engine.nats) == 0 {
		return c, errors.New("--feed needs --nats: the feed is a stream in that cluster")
	}
	if o.feed {
		c.Feed = &feed.Config{Age: o.feedKeep}
	}
	var err error
	c.Store, err = o.engine.config(log)
	return c, err
}

func (o *serveOptions) level() (level slog.Level, err error) {
	if err = level.UnmarshalText([]byte(o.logLevel)); err != nil {
		err = fmt.Errorf("--log-level: %w", err)
	}
	return level, err
}

// leastMaxBlock leaves room for an event of the largest size with its consequences.
const leastMaxBlock = 256 << 10

// serve runs until ctx ends.
func serve(ctx context.Context, out io.Writer, o serveOptions) error {
	level, err := o.level()
	if err != nil {
		return err
	}
	log := newLogger(os.Stderr, level)
	dir := node.Dir(o.dir)
	fresh := !dir.Exists()
	if fresh && o.origin == "" {
		o.origin = "anjian.local/" + strings.ToLower(rand.Text()[:12])
	}
	cfg, err := o.node(log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	front := &starting{}
	server := api.NewServer(front, log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	cfg.Progress = front.progress
	n, err := node.Open(ctx, cfg)
	if err != nil {
		return err
	}
	closeNode := func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.grace)
		defer cancel()
		return n.Close(ctx)
	}
	sample, err := loadSample(ctx, n, o.sample, log)
	if err != nil {
		return errors.Join(err, closeNode())
	}
	h, err := api.New(api.Config{
		Ledger: n.Ledger, Projector: n.Projector, Evidence: n.Evidence, Tokens: n.Tokens, Keyring: n.Keyring,
		AccessLog: n.AccessLog, Catalogue: n.Catalogue, Logger: log,
	})
	if err != nil {
		return errors.Join(err, closeNode())
	}
	front.ready(h)
	if err := greet(out, n, listener.Addr().String(), fresh || o.sample, sample); err != nil {
		return errors.Join(err, closeNode())
	}
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("stopping", "grace", o.grace)
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.grace)
	defer cancel()
	h.Stop()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, server.Shutdown(stop), closeNode())
}

// starting answers while the ledger is being replayed, then hands over to the API.
type starting struct {
	done, total atomic.Uint64
	handler     atomic.Pointer[api.Handler]
}

func (s *starting) progress(done, total uint64) { s.done.Store(done); s.total.Store(total) }
func (s *starting) ready(h *api.Handler)        { s.handler.Store(h) }

func (s *starting) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := s.handler.Load(); h != nil {
		h.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", "1")
	w.WriteHeader(http.StatusServiceUnavailable)
	fmt.Fprintf(w, `{"type":"about:blank","title":"Starting / 正在启动","status":503,"code":"starting","detail":"replaying block %d of %d"}`+"\n", s.done.Load(), s.total.Load())
}

// greet prints where the server is and, for a new ledger, a token for each role, in one
// write: who waits for the address has the tokens too.
func greet(out io.Writer, n *node.Node, addr string, tokens bool, sample sampleActors) error {
	w := &strings.Builder{}
	fmt.Fprintf(w, "anjian 安鉴 listens on http://%s\n", addr)
	fmt.Fprintf(w, "  ledger  %s, %d entries\n  key     %s\n  API     http://%s/docs\n", n.Ledger.Origin(), n.Ledger.Head().Size, n.Ledger.VerifierKey(), addr)
	if !tokens {
		_, err := io.WriteString(out, w.String())
		return err
	}
	fmt.Fprintln(w, "sign-in tokens, valid for 31 days; more with: anjian token --role ROLE")
	for _, role := range event.Roles {
		c := identity.Claims{Role: role}
		switch role {
		case event.RoleInspector, event.RoleTeamLeader:
			if sample.team == "" {
				fmt.Fprintf(w, "  %-22s needs a person and a team: anjian token --role %[1]s --person ID --team ID\n", role)
				continue
			}
			c.Team, c.Person = sample.team, sample.inspector
			if role == event.RoleTeamLeader {
				c.Person = sample.leader
			}
		case event.RoleCountyGovernment:
			c.County = "610902" // 汉滨区
		case event.RoleDepartment:
			c.County, c.Unit = "610902", simulate.HanbinEmergency
		}
		t, err := n.Issue(c, 31*24*time.Hour)
		if err != nil {
			return fmt.Errorf("token for %s: %w", role, err)
		}
		fmt.Fprintf(w, "  %-22s %s\n", role, t.Reveal())
	}
	_, err := io.WriteString(out, w.String())
	return err
}
