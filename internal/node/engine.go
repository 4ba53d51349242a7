package node

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/evidence/objects"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
)

// StoreConfig chooses the engine that keeps the blocks. With neither field set it is
// embedded, in DIR/store, for this node alone. The others are servers of somebody else, on
// which several nodes may keep one ledger: each has a data directory of its own with the
// same keys/checkpoint.key, which the administrator copies from the first node.
//
// The ledger's name and whether a stream may be made are filled in here: only a node that
// makes the key makes a stream.
type StoreConfig struct {
	NATS      *jetstream.ClusterConfig
	KurrentDB *kurrentdb.Config
}

// external reports whether the blocks are kept outside the data directory.
func (c *StoreConfig) external() bool { return c.NATS != nil || c.KurrentDB != nil }

// ErrLedgerElsewhere means that a new node found a ledger in the engine, whose key it lacks.
var ErrLedgerElsewhere = errors.New("the store holds a ledger already")

// openEngine opens an engine outside the data directory. written says that the journal has
// blocks, so that the store must have some.
func (n *Node) openEngine(ctx context.Context, cfg *Config, st *standing, written bool) (s store.Store, err error) {
	switch c := cfg.Store; {
	case c.NATS != nil && c.KurrentDB != nil:
		return nil, errors.New("choose NATS or KurrentDB, not both")
	case c.NATS != nil:
		nc := *c.NATS
		nc.Ledger, nc.Create = st.origin, nc.Create || st.fresh()
		if n.cluster, err = jetstream.OpenCluster(ctx, nc); err != nil {
			if settings := new(jetstream.SettingsError); st.fresh() && errors.As(err, &settings) {
				err = fmt.Errorf("%w, or was made for another: copy keys/checkpoint.key from one of its nodes to %s, or choose another --origin: %w",
					ErrLedgerElsewhere, cfg.Dir.checkpointKey(), err)
			}
			return nil, err
		}
		s, st.origin = n.cluster, n.cluster.Origin() // which an interrupted first start may have chosen
	default:
		kc := *c.KurrentDB
		kc.MustExist = written
		k, err := kurrentdb.Open(ctx, kc)
		if err != nil {
			return nil, err
		}
		s = k
	}
	n.closers = append(n.closers, s.Close)
	if !st.fresh() {
		return s, nil
	}
	head, err := s.Head(ctx)
	if err == nil && head > 0 {
		err = fmt.Errorf("%w of %d blocks: copy keys/checkpoint.key from one of its nodes to %s", ErrLedgerElsewhere, head, cfg.Dir.checkpointKey())
	}
	return s, err
}

// spoilt reports whether an engine was reached and is not what it must be.
func spoilt(err error) bool {
	var damage *store.DamageError
	var settings *jetstream.SettingsError
	return errors.As(err, &damage) || errors.As(err, &settings) || errors.Is(err, jetstream.ErrMissing) || errors.Is(err, kurrentdb.ErrMissing)
}

// copies opens what the ledger is kept in.
//
// An engine outside the data directory that cannot be reached keeps the node from opening,
// so that its supervisor starts it again. One that is damaged or wrong does not: what the
// journal has can be read.
func (n *Node) copies(ctx context.Context, cfg Config) (lc ledger.Config, err error) {
	lc.TilesDir, lc.Shared = cfg.Dir.Tiles(), cfg.Store.external()
	st, err := cfg.stand()
	if err != nil {
		return lc, err
	}
	if !lc.Shared {
		if st.fresh() {
			if err := cfg.Dir.announce(); err != nil {
				return lc, err
			}
		}
		if lc.Key, err = cfg.Dir.begin(st); err != nil {
			return lc, err
		}
	}
	lc.Journal, err = journal.Open(cfg.Dir.Journal(), journal.Options{})
	if lc.Journal == nil {
		return lc, err
	}
	n.closers = append(n.closers, lc.Journal.Close)
	if !lc.Shared {
		s, err := jetstream.OpenEmbedded(ctx, cfg.embedded(lc.Journal))
		if err != nil {
			lc.StoreErr = err
			return lc, ctx.Err()
		}
		n.closers = append(n.closers, s.Close)
		lc.Store = s
		if err := cfg.Dir.begun(); err != nil {
			return lc, err
		}
	} else {
		if lc.Store, err = n.openEngine(ctx, &cfg, &st, lc.Journal.Head() > 0); spoilt(err) && lc.Journal.Head() > 0 {
			lc.Store, lc.StoreErr = nil, err
		} else if err != nil {
			return lc, err
		}
		// The key comes last: a directory that meets another ledger's store begins none.
		if lc.Key, err = cfg.Dir.begin(st); err != nil {
			return lc, err
		}
	}
	if lc.Store != nil && cfg.WrapStore != nil {
		lc.Store = cfg.WrapStore(lc.Store)
	}
	return lc, nil
}

// openEvidence opens the evidence store: in the NATS cluster where the blocks are there, so
// that every node has it; otherwise in the data directory.
func (n *Node) openEvidence(ctx context.Context, cfg *Config) (err error) {
	if n.cluster == nil {
		if cfg.Store.KurrentDB != nil {
			cfg.Logger.Warn("evidence is kept in this node's data directory only: put it on storage that all nodes share", "dir", cfg.Dir.Evidence())
		}
		n.Evidence, err = evidence.OpenFiles(cfg.Dir.Evidence(), evidence.Options{})
		return err
	}
	nc, err := n.connect("evidence")
	if err != nil {
		return err
	}
	// A ledger that was moved here has a stream and no bucket yet, so any node may make it.
	n.Evidence, err = objects.Open(ctx, objects.Config{
		Conn: nc, Ledger: n.Ledger.Origin(), Bucket: cfg.EvidenceBucket, Create: true, Replicas: n.cluster.Replicas(),
	})
	return err
}

// connect makes a connection of its own for one part of the node.
func (n *Node) connect(part string) (*jetstream.Conn, error) {
	nc, err := n.cluster.ConnectAs("anjian " + part)
	if err != nil {
		return nil, err
	}
	n.closers = append(n.closers, func() error { nc.Close(); return nil })
	return nc, nil
}

// startFeed publishes committed entries for other departments, if that is configured.
func (n *Node) startFeed(cfg *Config) error {
	switch {
	case cfg.Feed == nil:
		return nil
	case cfg.Store.NATS == nil:
		return errors.New("the feed needs a NATS cluster")
	case n.cluster == nil: // the node is open for reading only
		return nil
	}
	nc, err := n.connect("feed")
	if err != nil {
		return err
	}
	fc := *cfg.Feed
	fc.Source, fc.Conn, fc.Logger, fc.Now = n.Ledger, nc, cfg.Logger, n.Ledger.Now
	if fc.Replicas == 0 {
		fc.Replicas = n.cluster.Replicas()
	}
	if n.feed, err = feed.New(fc); err != nil {
		return err
	}
	n.units, err = feed.NewUnits(feed.UnitsConfig{
		Source: n.Ledger, Views: n.Projector, Conn: nc, Age: fc.Age, Replicas: fc.Replicas, Logger: cfg.Logger})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for name, run := range map[string]func(context.Context) error{"the feed": n.feed.Run, "the feed of units": n.units.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				cfg.Logger.Error(name+" has stopped", "error", err)
			}
		})
	}
	n.stopFeed = func() { cancel(); running.Wait() }
	return nil
}
