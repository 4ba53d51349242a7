package node

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/disclosure"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

// Config says how to open a node. Only Dir is required, and Origin for a new ledger.
type Config struct {
	Dir    Dir
	Origin string // name of the ledger on its checkpoints, e.g. anjian.example.gov.cn/ankang
	Logger *slog.Logger
	// New begins a ledger although MustExist is set, or a second history where a key is left
	// alone. Where a ledger is, it is refused: nobody leaves it set.
	New bool
	// MustExist refuses to begin a ledger in a directory that has none.
	MustExist  bool
	ScrubEvery time.Duration // pause between two scrub passes; 0: the ledger's default; negative: no scrub
	Progress   func(done, total uint64)
	// MaxBlockBytes is the most bytes of entries in one block; 0: the ledger's default.
	MaxBlockBytes int

	Store          StoreConfig  // the engine that keeps the blocks
	EvidenceBucket string       // with NATS: the object store for evidence; empty is its default
	Feed           *feed.Config // with NATS: publish committed entries; Source, Conn and Logger are filled in

	// WrapStore lets tests put faults between the ledger and its store.
	WrapStore func(store.Store) store.Store
}

// Node is an open ledger with everything around it.
type Node struct {
	Dir        Dir
	Ledger     *ledger.Ledger
	Projector  *projector.Projector
	Disclosure *disclosure.Fold // which visits are still hidden (R39)
	Evidence   evidence.Store
	Tokens     *identity.Verifier
	Keyring    *devicekey.Ring
	AccessLog  *identity.AccessLog
	Catalogue  *event.Catalogue

	tokenKey *identity.TokenKey
	cluster  *jetstream.Cluster // nil unless the blocks are there
	feed     *feed.Publisher    // nil when nothing is published
	stopFeed func()
	closers  []func() error // run in reverse
}

// Open opens the ledger in cfg.Dir, making a new one in an empty directory. A damaged copy
// does not keep it from opening: see [ledger.Ledger.Health].
func Open(ctx context.Context, cfg Config) (*Node, error) { return open(ctx, cfg, nil) }

func open(ctx context.Context, cfg Config, restored []oversight.CopyRestored) (n *Node, err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	n = &Node{Dir: cfg.Dir, Keyring: &devicekey.Ring{}, Disclosure: &disclosure.Fold{}, Catalogue: domain.Catalogue()}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close(ctx))
		}
	}()
	if _, err := cfg.stand(); err != nil { // before anything is made; what counts is decided under the lock
		return n, err
	}
	unlock, err := cfg.Dir.Lock()
	if err != nil {
		return n, err
	}
	n.closers = append(n.closers, unlock)
	lc, err := n.copies(ctx, cfg)
	if err != nil {
		return n, err
	}
	n.Projector = projector.New(projector.Config{Read: n.read, RootAt: n.rootAt, RecordedAt: n.recordedAt})
	lc.Catalogue, lc.Logger, lc.ScrubEvery, lc.Progress, lc.Restored = n.Catalogue, cfg.Logger, cfg.ScrubEvery, cfg.Progress, restored
	lc.MaxBlockBytes = cfg.MaxBlockBytes
	lc.Folds = []func([]*event.Event){n.Disclosure.Apply, n.foldKeys, n.Projector.Apply} // who waits for the views finds the others done
	if n.Ledger, err = ledger.Open(ctx, lc); err != nil {
		return n, err
	}
	if err := n.around(ctx, &cfg); err != nil {
		return n, err
	}
	return n, n.startFeed(&cfg)
}

// around opens what stands beside the ledger.
func (n *Node) around(ctx context.Context, cfg *Config) (err error) {
	if err := n.openEvidence(ctx, cfg); err != nil {
		return err
	}
	if n.tokenKey, err = identity.LoadTokenKey(n.Dir.Keys()); err != nil {
		return err
	}
	n.Tokens = identity.NewVerifier(n.tokenKey.Public(), n.Dir.Keys(), time.Now)
	if n.AccessLog, err = identity.OpenAccessLog(n.Dir.Access(), identity.AccessLogOptions{}); err != nil {
		return err
	}
	n.closers = append(n.closers, n.AccessLog.Close)
	return nil
}

// Close commits what waits and releases everything; ctx bounds the wait.
func (n *Node) Close(ctx context.Context) error {
	var errs []error
	if n.stopFeed != nil {
		n.stopFeed()
		n.stopFeed = nil
	}
	if n.Ledger != nil {
		errs = append(errs, n.Ledger.Close(ctx))
	}
	for i := len(n.closers) - 1; i >= 0; i-- {
		errs = append(errs, n.closers[i]())
	}
	n.closers = nil
	return errors.Join(errs...)
}

// Issue makes a bearer token.
func (n *Node) Issue(c identity.Claims, ttl time.Duration) (identity.Token, error) {
	t, _, err := n.tokenKey.Issue(c, time.Now(), ttl)
	return t, err
}

// IssueToken makes a bearer token for the ledger in d, whether a server runs on it or not.
func IssueToken(d Dir, c identity.Claims, ttl time.Duration) (identity.Token, error) {
	if err := os.MkdirAll(d.Keys(), 0o700); err != nil {
		return identity.Token{}, err
	}
	k, err := identity.LoadTokenKey(d.Keys())
	if err != nil {
		return identity.Token{}, err
	}
	t, _, err := k.Issue(c, time.Now(), ttl)
	return t, err
}

// foldKeys keeps the keyring.
func (n *Node) foldKeys(events []*event.Event) {
	for _, e := range events {
		switch d := e.Data.(type) {
		case *person.KeyRegistered:
			// What cannot be parsed was not accepted as a key when it was judged.
			if k, err := devicekey.Parse(e.Stream.ID, devicekey.Alg(d.Algorithm), d.PublicKey); err == nil {
				n.Keyring.Add(k, e.Recorded)
			}
		case *person.KeyRevoked:
			n.Keyring.Revoke(d.Key, e.Recorded)
		}
	}
}

// read delivers the entries at ascending indexes to the projector.
func (n *Node) read(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error {
	for _, i := range indexes {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw, err := n.Ledger.Entry(ctx, i)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		e, err := entry.Decode(raw, n.Catalogue)
		if err != nil {
			return err
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) rootAt(size uint64) (string, error) {
	root, err := n.Ledger.RootAt(size)
	return base64.StdEncoding.EncodeToString(root[:]), err
}

func (n *Node) recordedAt(size uint64) (time.Time, error) { return n.Ledger.RecordedAt(size) }
