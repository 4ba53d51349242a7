package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/report"
)

type serveOptions struct {
	dir, listen, origin, logLevel string
	sample, check, fresh, exists  bool
	readOnly, noReports           bool
	scrubEvery, grace, checkEvery time.Duration
	engines                       *engines.Settings
	feed                          bool
	feedStream, feedUnits         string
	feedKeep                      time.Duration
	reportsDir                    string
	proxies                       []string
	master                        string
}

func newServe() *cobra.Command {
	o := serveOptions{engines: engines.NewSettings()}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the ledger and its HTTP API / 启动账本服务",
		Long: `Runs the ledger in one process: embedded NATS JetStream (no port), journal, views, HTTP API.
The first start makes the data directory and the keys; back up keys/ apart from the data.
With --must-exist, as a service should have it, a directory that holds no ledger is refused,
because a volume that is not mounted looks like one; begin the ledger once with --new. A
directory with a key and nothing else is refused too: --new begins a second history there.
Ready when GET /readyz answers 200. SIGTERM or Ctrl-C stops it: what waits is committed first.

With --nats or --kurrentdb the blocks are kept by servers of yours, and several nodes may run
on one ledger, each with a data directory of its own and the same keys/checkpoint.key.

With --read-only the node serves what is there and takes no appends: nothing is signed, and
store and journal stay as they are. So a copy can be started for a drill, or an archive be read,
without a second history; the secret key is not needed.

With --check nothing is started and nothing changed: the data are read as a start would read
them, and everything that would keep the node from working is printed with its remedy; exit
code 0: nothing, 1: something.`,
		Example: `  anjian serve --sample
  anjian serve --data /var/lib/anjian --listen 127.0.0.1:8440 --origin anjian.ankang.gov.cn/2026
  anjian serve --config /etc/anjian/anjian.toml --check`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.check {
				return checkNode(cmd, &o)
			}
			return node.Tuned(func(func() int) error { return serve(cmd.Context(), cmd.OutOrStdout(), o) })
		},
	}
	o.addTo(cmd.Flags())
	return cmd
}

func (o *serveOptions) addTo(f *pflag.FlagSet) {
	f.StringVar(&o.dir, "data", "data", "data directory of the ledger")
	f.StringVar(&o.listen, "listen", "127.0.0.1:8440", "address of the HTTP API; put a TLS proxy before it")
	f.StringSliceVar(&o.proxies, "trusted-proxies", nil,
		"addresses or CIDR blocks of the proxies before it, whose X-Forwarded-For or Forwarded names the client")
	f.StringVar(&o.origin, "origin", "", "chosen name of a new ledger, e.g. anjian.example.gov.cn/ankang; its origin gets eight random "+
		"digits behind it (default: anjian.local)")
	f.BoolVar(&o.sample, "sample", false, "load a synthetic Ankang campaign into an empty ledger")
	f.BoolVar(&o.exists, "must-exist", false, "refuse to begin a new ledger: what is there may be an empty mount point")
	f.BoolVar(&o.fresh, "new", false, "begin a ledger, in spite of --must-exist or with a key that was left alone; refused where one is")
	f.BoolVar(&o.readOnly, "read-only", false, "serve reads of the ledger that is there; take no appends and sign nothing")
	f.BoolVar(&o.noReports, "no-report-database", false, "do not build the report database, which reports, lists and queries of your own "+
		"(SCHEMA.md) are answered from: some 100 MB of memory less, and 280 bytes of disk an entry")
	f.DurationVar(&o.checkEvery, "check-reports-every", 24*time.Hour, "pause between two comparisons of the report database with one that "+
		"is built anew beside it; 0: none but by anjian report-database --rebuild")
	f.StringVar(&o.reportsDir, "reports", "", "directory with reports of your own, one .sql file each; see the README")
	f.BoolVar(&o.check, "check", false, "print what is wrong with the configuration and start nothing")
	f.DurationVar(&o.scrubEvery, "scrub-every", time.Hour, "pause between two background comparisons of both copies")
	f.DurationVar(&o.grace, "grace", 30*time.Second, "how long to wait for requests and commits when stopping")
	f.StringVar(&o.logLevel, "log-level", "info", "debug, info, warn or error")
	f.BoolVar(&o.feed, "feed", false, "publish every entry on anjian.feed.all.> for who sees everything, and what each unit may see on "+
		"anjian.feed.unit.<id>.>; needs --nats")
	f.StringVar(&o.feedStream, "feed-stream", feed.DefaultStream, "name of the stream of the whole feed")
	f.StringVar(&o.feedUnits, "feed-units-stream", feed.UnitsStream, "name of the stream of the feed of units")
	f.DurationVar(&o.feedKeep, "feed-keep", 30*24*time.Hour, "how long the feed keeps an entry; 0: for good")
	masterFlag(f, &o.master)
	addEngines(f, o.engines, true)
}

// masterFlag is where the keys are by which sealing keys are wrapped.
func masterFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "sealing-master", "", "file of the master key, by which the sealing keys are wrapped, the same on every node "+
		"(default: DIR/keys/"+masterName+" where that is)")
}

// node is the node's configuration.
func (o *serveOptions) node(log *slog.Logger) (node.Config, error) {
	c := node.Config{
		Dir: datadir.Dir(o.dir), Origin: o.origin, Logger: log, ScrubEvery: o.scrubEvery, New: o.fresh, MustExist: o.exists, ReadOnly: o.readOnly,
		Reports: !o.noReports, CheckReportsEvery: o.checkEvery,
	}
	if o.noReports && o.reportsDir != "" {
		return c, errors.New("--reports needs the report database: leave out --no-report-database")
	}
	if o.readOnly && (o.fresh || o.sample) {
		return c, errors.New("--read-only excludes --new and --sample: it appends nothing")
	}
	if c.Origin == "" && !c.Dir.Exists() {
		c.Origin = "anjian.local"
	}
	var err error
	if c.API.Proxies, err = api.ParseProxies(o.proxies); err != nil {
		return c, fmt.Errorf("--trusted-proxies: %w", err)
	}
	if c.Sealing, err = masterOf(c.Dir, o.master); err != nil {
		return c, err
	}
	if c.Engine, err = o.engines.Engine(log); err != nil {
		return c, err
	}
	if o.feed && (c.Engine == nil || !c.Engine.Feeds()) {
		return c, errors.New("--feed needs --nats: the feed is a stream in that cluster")
	}
	if o.feed {
		c.Feed = &feed.Config{Stream: o.feedStream, Units: o.feedUnits, Age: o.feedKeep}
	}
	return c, nil
}

// reports are those that the API has; none without a report database.
func (o *serveOptions) reports(ctx context.Context) ([]*report.Report, error) {
	if o.noReports {
		return nil, nil
	}
	return report.Load(ctx, o.reportsDir)
}

func (o *serveOptions) level() (level slog.Level, err error) {
	if err = level.UnmarshalText([]byte(o.logLevel)); err != nil {
		err = fmt.Errorf("--log-level: %w", err)
	}
	return level, err
}

// serve runs until ctx ends.
func serve(ctx context.Context, out io.Writer, o serveOptions) error {
	level, err := o.level()
	if err != nil {
		return err
	}
	log := newLogger(os.Stderr, level)
	dir := datadir.Dir(o.dir)
	fresh := !dir.Exists()
	if note, err := o.engines.Recall(dir); err != nil {
		return err
	} else if note != "" {
		log.Warn(note)
	}
	cfg, err := o.node(log)
	if err != nil {
		return err
	}
	if cfg.API.ReportsOf, err = o.reports(ctx); err != nil { // before anything is made
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	front := &api.Front{}
	server := api.NewServer(front, log)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	cfg.Progress = front.Progress
	n, sample, h, err := o.open(ctx, cfg, log)
	if err != nil {
		return err
	}
	front.Open(h)
	if err = greet(ctx, out, n, listener.Addr().String(), o.sample || fresh && terminal(out), sample); err == nil {
		select {
		case err = <-failed:
		case <-ctx.Done():
			log.Info("stopping", "grace", o.grace)
		}
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.grace)
	defer cancel()
	h.Stop()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, server.Shutdown(stop), o.close(ctx, n))
}

// open opens the node with what people and programs reach it by; when that fails, it is closed.
func (o *serveOptions) open(ctx context.Context, cfg node.Config, log *slog.Logger) (*node.Node, sampleActors, *api.Handler, error) {
	var sample sampleActors
	n, err := node.Open(ctx, cfg)
	if err != nil {
		return nil, sample, nil, err
	}
	if err := n.ServeAdmin(log, adminRoutes(n)); err != nil { // the ledger works without; its person at the machine has to know
		log.Warn("anjian token, clock and the like cannot reach this server", "error", err)
	}
	if sample, err = loadSample(ctx, n, o.sample, log); err != nil {
		return nil, sample, nil, errors.Join(err, o.close(ctx, n))
	}
	h, err := n.Handler()
	if err != nil {
		return nil, sample, nil, errors.Join(err, o.close(ctx, n))
	}
	return n, sample, h, nil
}

// close gives the node its grace, also when ctx has ended.
func (o *serveOptions) close(ctx context.Context, n *node.Node) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.grace)
	defer cancel()
	return n.Close(ctx)
}

// greet prints where the server is and, with --sample or for a new ledger at a terminal, a token
// for each role, in one write: who waits for the address has the tokens too.
func greet(ctx context.Context, out io.Writer, n *node.Node, addr string, tokens bool, sample sampleActors) error {
	w := &strings.Builder{}
	fmt.Fprintf(w, "anjian 安鉴 listens on http://%s\n", addr)
	fmt.Fprintf(w, "  ledger  %s, %d entries\n  key     %s\n  API     http://%s/docs\n", n.Ledger.Origin(), n.Ledger.Head().Size,
		n.Ledger.VerifierKey(), addr)
	if n.Ledger.ReadsOnly() {
		fmt.Fprintln(w, "  reading only: no appends are taken, no tokens issued / 只读：不接受追加，不签发令牌")
		_, err := io.WriteString(out, w.String())
		return err
	}
	if !tokens {
		fmt.Fprintf(w, "  tokens  anjian token --data %s --role ROLE\n", n.Dir)
		_, err := io.WriteString(out, w.String())
		return err
	}
	fmt.Fprintln(w, "sign-in tokens, valid for 31 days; more with: anjian token --role ROLE")
	for _, role := range event.Roles {
		d := token.Issued{Role: role}
		switch role {
		case event.RoleInspector, event.RoleTeamLeader:
			if sample.inspector == "" {
				fmt.Fprintf(w, "  %-22s needs a person and a team: anjian token --role %[1]s --person ID --team ID\n", role)
				continue
			}
			d.Team, d.Person = sample.team, sample.inspector
			if role == event.RoleTeamLeader {
				d.Person = sample.leader
			}
		case event.RoleOfficer, event.RoleApprover:
			if sample.officer == "" {
				fmt.Fprintf(w, "  %-22s needs a person and a unit: anjian token --role %[1]s --person ID --unit ID\n", role)
				continue
			}
			d.Person, d.Unit = sample.officer, sample.unit
			if role == event.RoleApprover {
				d.Person = sample.approver
			}
		case event.RoleInspectedParty:
			if sample.subject == "" {
				fmt.Fprintf(w, "  %-22s needs a subject: anjian token --role %[1]s --subject ID\n", role)
				continue
			}
			d.Subject = sample.subject
		case event.RoleCountyGovernment:
			d.County = "610902" // 汉滨区
		case event.RoleDepartment:
			d.County, d.Unit = "610902", "emergency-610902" // 汉滨区应急管理局
		case event.RoleCommittee:
			d.Unit = "traffic" // 道路交通安全专业委员会
		case event.RoleImporter:
			d.Unit = "import"
		}
		t, _, err := n.Issue(ctx, d, firstTokens)
		if err != nil { // it serves all the same: what can be read is read
			fmt.Fprintf(w, "  no token can be issued now: %v\n", err)
			break
		}
		fmt.Fprintf(w, "  %-22s %s\n", role, t.Reveal())
	}
	_, err := io.WriteString(out, w.String())
	return err
}

// terminal reports whether what is printed is read by a person and kept by nobody.
func terminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
