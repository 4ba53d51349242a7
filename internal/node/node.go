// Package node puts one ledger together: both copies, the ledger over them, the views, evidence,
// keys and tokens, the feed. It wires and does nothing else.
package node

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/anjian-ledger/anjian/api"
	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/core"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/sealing"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Config says how to open a node. Only Dir is required, and Origin for a new ledger.
type Config struct {
	Dir datadir.Dir
	// Origin is the chosen name of a new ledger, e.g. anjian.example.gov.cn/ankang; its origin gets
	// eight random digits behind it.
	Origin    string
	NewOrigin func(name string) string // makes the origin of a new ledger; translog.NewOrigin when nil
	Logger    *slog.Logger
	New       bool // see [datadir.Wish]
	MustExist bool // likewise
	// ReadOnly serves what is there: nothing is appended, signed, stored or published, and store and
	// journal of a directory of its own stay as they are. Tiles are made again where they are wrong, and
	// the access log goes on.
	ReadOnly bool
	// EntriesOnly, which is ReadOnly, also leaves out rules, views, tokens and keys: see [ledger.Config].
	EntriesOnly bool

	ScrubEvery time.Duration // pause between two scrub passes; 0: the ledger's default; negative: no scrub
	SweepEvery time.Duration // pause between two sweeps of what is overdue; likewise
	Progress   func(done, total uint64)

	Engine engines.Engine // keeps the blocks; nil: embedded, in Dir
	Feed   *feed.Config   // with an engine that feeds: publish committed entries; Source, Conn and Logger are filled in

	// Reports has the report database be built in Dir; read-only it is not.
	Reports bool
	// CheckReportsEvery is the pause between two comparisons of it with one that is built anew; 0: none is made unasked.
	CheckReportsEvery time.Duration

	// Sealing unwraps sealing keys; nil: nothing that is sealed can be opened here, and no key be made.
	Sealing sealing.Wrapper

	API api.Config // limits of the API; what it stands on is filled in

	// Time is what the ledger's clock reads; zero: the machine. Tests set it.
	Time clock.Sources
	// ConfirmClock says that a person at the machine vouches for its clock at this start.
	ConfirmClock bool
	// WrapStore lets tests put faults between the ledger and its store.
	WrapStore func(store.Store) store.Store
}

func (c *Config) copies() engines.CopiesConfig {
	return engines.CopiesConfig{
		Dir: c.Dir, Engine: c.Engine, Logger: c.Logger, Wrap: c.WrapStore,
		Wish: datadir.Wish{Origin: c.Origin, NewOrigin: c.NewOrigin, New: c.New, MustExist: c.MustExist, ReadOnly: c.ReadOnly},
	}
}

// Node is an open ledger with everything around it.
type Node struct {
	*core.Core // nil until the ledger is open

	Dir       datadir.Dir
	Evidence  *evidence.Watched // without what was erased
	Keeper    *sealing.Keeper
	AccessLog *identity.AccessLog
	Reports   *reportdb.Builder // nil when none is built

	cfg      Config
	copies   *engines.Copies
	handler  *api.Handler        // nil unless Handler was called
	admin    *adminsocket.Server // nil unless ServeAdmin was called
	feed     *feed.Publisher     // nil when nothing is published
	units    *feed.Units         // likewise
	eraser   *sealing.Eraser     // nil until the evidence is open
	stopFeed func()
	stopDB   func() // the report database
	stop     func() // the eraser
}

// ErrNoLedger means that there is no ledger, and none was to be made.
var ErrNoLedger = engines.ErrNoLedger

// Open opens the ledger in cfg.Dir, making a new one in an empty directory. A damaged copy
// does not keep it from opening: see [ledger.Ledger.Health].
func Open(ctx context.Context, cfg Config) (n *Node, err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	cfg.ReadOnly = cfg.ReadOnly || cfg.EntriesOnly
	n = &Node{Dir: cfg.Dir, cfg: cfg}
	if err := cfg.feeds(); err != nil {
		return n, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close(ctx))
		}
	}()
	if cfg.ReadOnly && cfg.Engine == nil {
		cfg.ScrubEvery = -1 // nobody writes to these files; verify reads them, and faster
	}
	if n.copies, err = engines.OpenCopies(ctx, cfg.copies()); err != nil {
		return n, err
	}
	if n.Core, err = core.Open(ctx, ledger.Config{
		Key: n.copies.Key, Journal: n.copies.Journal, Store: n.copies.Store, StoreErr: n.copies.StoreErr, Shared: n.copies.Shared,
		ReadOnly: cfg.ReadOnly, EntriesOnly: cfg.EntriesOnly, TilesDir: cfg.Dir.Tiles(),
		Logger: cfg.Logger, ScrubEvery: cfg.ScrubEvery, SweepEvery: cfg.SweepEvery,
		Progress: cfg.Progress,
		Time:     cfg.Time, ConfirmClock: cfg.ConfirmClock,
	}); err != nil {
		return n, err
	}
	if n.copies.Shared && n.Ledger.Head().Size > 0 && !cfg.ReadOnly {
		if err := cfg.Dir.Begun(); err != nil {
			return n, err
		}
	}
	files, err := n.copies.Evidence(ctx, cfg.Logger)
	if err != nil {
		return n, err
	}
	if cfg.ReadOnly {
		files = evidence.ReadOnly(files)
	}
	n.openSealing(ctx, files)
	n.AccessLog, err = identity.OpenAccessLog(n.Dir.Access(), identity.AccessLogOptions{Now: n.Ledger.Now, Keepable: n.Ledger.Keepable})
	if err != nil {
		return n, err
	}
	n.startReports(&cfg)
	return n, n.startFeed(&cfg)
}

// Handler is the node's HTTP API, made at the first call. Its owner calls its Stop before the
// server's Shutdown.
func (n *Node) Handler() (*api.Handler, error) {
	if n.handler != nil {
		return n.handler, nil
	}
	c := n.cfg.API
	c.Ledger, c.Projector, c.Tokens, c.Keyring, c.Catalogue = n.Ledger, n.Projector, n.Tokens, n.Keyring, n.Catalogue
	c.Evidence, c.AccessLog, c.Logger = n.Evidence, n.AccessLog, n.cfg.Logger
	c.Sealing, c.Keeper = n.Sealing, n.Keeper
	c.Now, c.Ready, c.Metrics = n.Now, n.Ready, n.WriteMetrics
	var err error
	if n.Reports != nil {
		if c.Reports = n.Reports; c.ReportsOf == nil {
			if c.ReportsOf, err = report.Load(context.Background(), ""); err != nil {
				return nil, err
			}
		}
	}
	n.handler, err = api.New(c)
	return n.handler, err
}

// Close commits what waits and releases everything; ctx bounds the wait.
func (n *Node) Close(ctx context.Context) error {
	var errs []error
	if n.stopFeed != nil {
		n.stopFeed()
		n.stopFeed = nil
	}
	if n.stopDB != nil {
		n.stopDB()
		n.stopDB = nil
	}
	if n.admin != nil {
		errs = append(errs, n.admin.Close(ctx))
		n.admin = nil
	}
	if n.handler != nil {
		n.handler.Stop()
	}
	if n.stop != nil {
		n.stop()
		n.stop = nil
	}
	if n.Core != nil {
		errs = append(errs, n.Core.Close(ctx))
	}
	if n.AccessLog != nil {
		errs = append(errs, n.AccessLog.Close())
	}
	if n.copies != nil {
		errs = append(errs, n.copies.Close())
		n.copies = nil
	}
	return errors.Join(errs...)
}
