// Package node puts one ledger together: both copies, the ledger over them, the views, evidence,
// keys and tokens, the feed. It wires and does nothing else.
package node

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/adminsocket"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/devicekey"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/feed"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Config says how to open a node. Only Dir is required, and Origin for a new ledger.
type Config struct {
	Dir       datadir.Dir
	Origin    string                   // chosen name of a new ledger, e.g. anjian.example.gov.cn/ankang; its origin gets eight random digits behind it
	NewOrigin func(name string) string // makes the origin of a new ledger; translog.NewOrigin when nil
	Logger    *slog.Logger
	New       bool // see [datadir.Wish]
	MustExist bool // likewise

	ScrubEvery time.Duration // pause between two scrub passes; 0: the ledger's default; negative: no scrub
	Progress   func(done, total uint64)

	Engine engines.Engine // keeps the blocks; nil: embedded, in Dir
	Feed   *feed.Config   // with an engine that feeds: publish committed entries; Source, Conn and Logger are filled in

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
		Wish: datadir.Wish{Origin: c.Origin, NewOrigin: c.NewOrigin, New: c.New, MustExist: c.MustExist},
	}
}

// Node is an open ledger with everything around it.
type Node struct {
	Dir       datadir.Dir
	Ledger    *ledger.Ledger
	Projector *projector.Projector
	Evidence  evidence.Store
	Tokens    *identity.Registry
	Keyring   *devicekey.Ring
	AccessLog *identity.AccessLog
	Catalogue *event.Catalogue

	copies   *engines.Copies
	admin    *adminsocket.Server // nil unless ServeAdmin was called
	feed     *feed.Publisher     // nil when nothing is published
	units    *feed.Units         // likewise
	stopFeed func()
}

// ErrNoLedger means that there is no ledger, and none was to be made.
var ErrNoLedger = engines.ErrNoLedger

// Open opens the ledger in cfg.Dir, making a new one in an empty directory. A damaged copy
// does not keep it from opening: see [ledger.Ledger.Health].
func Open(ctx context.Context, cfg Config) (n *Node, err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	n = &Node{Dir: cfg.Dir, Keyring: &devicekey.Ring{}, Catalogue: domain.Catalogue()}
	n.Tokens = identity.NewRegistry(func() time.Time { return n.Ledger.Now() }) // asked once the ledger is open
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close(ctx))
		}
	}()
	if n.copies, err = engines.OpenCopies(ctx, cfg.copies()); err != nil {
		return n, err
	}
	n.Projector = projector.New(projector.Config{Read: n.read, RootAt: n.rootAt, RecordedAt: n.recordedAt})
	if n.Ledger, err = ledger.Open(ctx, ledger.Config{
		Key: n.copies.Key, Journal: n.copies.Journal, Store: n.copies.Store, StoreErr: n.copies.StoreErr, Shared: n.copies.Shared,
		TilesDir: cfg.Dir.Tiles(), Catalogue: n.Catalogue, Logger: cfg.Logger, ScrubEvery: cfg.ScrubEvery, Progress: cfg.Progress,
		Time: cfg.Time, ConfirmClock: cfg.ConfirmClock,
		Folds: []func([]*event.Event){n.Tokens.Apply, n.Keyring.Apply, n.Projector.Apply}, // who waits for the views finds the others done
	}); err != nil {
		return n, err
	}
	var refresh func(context.Context) error
	if n.copies.Shared {
		refresh = n.Ledger.Refresh
	}
	n.Tokens.Follow(func() uint64 { return n.Ledger.Head().Size }, refresh)
	if n.Evidence, err = n.copies.Evidence(ctx, cfg.Logger); err != nil {
		return n, err
	}
	n.AccessLog, err = identity.OpenAccessLog(n.Dir.Access(), identity.AccessLogOptions{Now: n.Ledger.Now, Keepable: n.Ledger.Keepable})
	if err != nil {
		return n, err
	}
	return n, n.startFeed(&cfg)
}

// Close commits what waits and releases everything; ctx bounds the wait.
func (n *Node) Close(ctx context.Context) error {
	var errs []error
	if n.stopFeed != nil {
		n.stopFeed()
		n.stopFeed = nil
	}
	if n.admin != nil {
		errs = append(errs, n.admin.Close(ctx))
		n.admin = nil
	}
	if n.Ledger != nil {
		errs = append(errs, n.Ledger.Close(ctx))
	}
	if n.AccessLog != nil {
		errs = append(errs, n.AccessLog.Close())
		n.AccessLog = nil
	}
	if n.copies != nil {
		errs = append(errs, n.copies.Close())
		n.copies = nil
	}
	return errors.Join(errs...)
}

// Now is the time by which tokens end.
func (n *Node) Now() time.Time { return n.Ledger.Now() }

// Record appends token-issued as an entry of the ledger's own, and returns once this node accepts
// the token. Only its hash is known here.
func (n *Node) Record(ctx context.Context, d *token.Issued) (event.Actor, error) {
	a, err := n.Ledger.Issue(ctx, d)
	if err == nil {
		err = n.Tokens.WaitFor(ctx, a.Token+1)
	}
	return a, err
}

// Issue makes a token for this process to hand out, records its issue, and returns it with the
// actor under which its bearer appends. SHA256, AskedBy and Expires of d are filled in.
func (n *Node) Issue(ctx context.Context, d token.Issued, ttl time.Duration) (identity.Token, event.Actor, error) {
	t := identity.NewToken()
	d.SHA256, d.AskedBy, d.Expires = t.SHA256(), identity.Self(), n.Now().Add(ttl).UTC().Truncate(time.Second)
	a, err := n.Record(ctx, &d)
	return t, a, err
}

// Revoke records that a token no longer counts, and returns once this node refuses it.
func (n *Node) Revoke(ctx context.Context, c identity.Claims, reason string, by *token.Process) error {
	stream := event.Stream{Kind: event.Tokens, ID: c.Event.String()}
	if err := n.Ledger.Revoke(ctx, stream, &token.Revoked{Token: c.Token, Reason: reason, AskedBy: by}); err != nil {
		return err
	}
	return n.Tokens.WaitFor(ctx, n.Ledger.Head().Size)
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
