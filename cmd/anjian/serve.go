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

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/node"
)

type serveOptions struct {
	dir, listen, origin, logLevel string
	sample                        bool
	scrubEvery, grace             time.Duration
}

func newServe() *cobra.Command {
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the ledger and its HTTP API / 启动账本服务",
		Long: `Runs the ledger in one process: embedded NATS JetStream (no port), journal, views, HTTP API.
The first start makes the data directory and the keys; back up keys/ apart from the data.
Ready when GET /readyz answers 200. SIGTERM or Ctrl-C stops it: what waits is committed first.`,
		Example: "  anjian serve --sample\n  anjian serve --data /var/lib/anjian --listen 127.0.0.1:8440 --origin anjian.ankang.gov.cn/2026",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withBallast(func(int) error { return serve(cmd.Context(), cmd.OutOrStdout(), o) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.dir, "data", "data", "data directory of the ledger")
	f.StringVar(&o.listen, "listen", "127.0.0.1:8440", "address of the HTTP API; put a TLS proxy before it")
	f.StringVar(&o.origin, "origin", "", "name of a new ledger on its checkpoints, e.g. anjian.example.gov.cn/ankang (default: a random one)")
	f.BoolVar(&o.sample, "sample", false, "load a synthetic Ankang campaign into an empty ledger")
	f.DurationVar(&o.scrubEvery, "scrub-every", time.Hour, "pause between two background comparisons of both copies")
	f.DurationVar(&o.grace, "grace", 30*time.Second, "how long to wait for requests and commits when stopping")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	return cmd
}

// serve runs until ctx ends.
func serve(ctx context.Context, out io.Writer, o serveOptions) error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(o.logLevel)); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	log := newLogger(os.Stderr, level)
	dir := node.Dir(o.dir)
	fresh := !dir.Exists()
	if fresh && o.origin == "" {
		o.origin = "anjian.local/" + strings.ToLower(rand.Text()[:12])
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

	n, err := node.Open(ctx, node.Config{Dir: dir, Origin: o.origin, Logger: log, ScrubEvery: o.scrubEvery, Progress: front.progress})
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
		AccessLog: n.AccessLog, Disclosure: n.Disclosure, Catalogue: n.Catalogue, Parent: codes.Parent, Logger: log,
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
	if e := server.Shutdown(stop); e != nil {
		err = errors.Join(err, e)
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, closeNode())
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

// greet prints where the server is and, for a new ledger, a token for each role.
func greet(w io.Writer, n *node.Node, addr string, tokens bool, sample sampleActors) error {
	fmt.Fprintf(w, "anjian 安鉴 listens on http://%s\n", addr)
	fmt.Fprintf(w, "  ledger  %s, %d entries\n  key     %s\n  API     http://%s/docs\n", n.Ledger.Origin(), n.Ledger.Head().Size, n.Ledger.VerifierKey(), addr)
	if !tokens {
		return nil
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
			c.County, c.Unit = "610902", "汉滨区应急管理局"
		}
		t, err := n.Issue(c, 31*24*time.Hour)
		if err != nil {
			return fmt.Errorf("token for %s: %w", role, err)
		}
		fmt.Fprintf(w, "  %-22s %s\n", role, t.Reveal())
	}
	return nil
}
