// Package embedded keeps the ledger's blocks in NATS JetStream, whose server runs in this process
// without a port: one message of one stream is one block, its sequence is the block's number, its
// bytes are the block's bytes.
//
//	embedded.go, server.go   the server: start, stop, restart
//	stream.go, read.go       its stream on a connection: append with fence, read
//	check.go                 what is checked before the server may touch its files
//	files.go                 the store without the server, for reading
//	msgfile/                 the server's files
//
// Durability: SyncAlways. The server acknowledges a message after fsync of its file. It
// never compacts, deletes or compresses.
//
// Fence: Nats-Expected-Last-Sequence = number-1, Nats-Msg-Id = the block's id. A refused
// fence is resolved by reading the block and comparing its bytes.
//
// Damage: a server started after an unclean stop cuts its files off at the first damaged
// record, silently. Therefore Close seals a clean stop in DIR/clean; without an intact
// seal [Open] reads and checks every record before it starts the server, and
// refuses with a [*DamagedFilesError]. After a clean stop the engine's index and newest
// file are checked; damage in an older file leaves all other blocks readable and is
// reported by Read, or by msgfile.Scan, which the ledger's scrub runs.
//
// A full disk: after a failed write the server stores nothing more until it is restarted,
// and does not answer. Append refuses before the disk is full, and restarts the server
// when it got stuck all the same.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

// Limits and defaults of [Config].
const (
	DefaultReserve = 32 << 20
	DefaultTimeout = 10 * time.Second
	// restartPause is the least time between two restarts of a stuck engine.
	restartPause = time.Second
)

// Config is how to open an embedded store. Only Dir is required.
type Config struct {
	Dir       string // the store's own directory
	MustExist bool   // a ledger existed: never make a new, empty stream
	// MayCut reports whether the last record, of this block, may be cut off although it has its
	// full size, with pages that never reached the disk: the journal has the block, or ends just
	// before it. nil: never.
	MayCut   func(block uint64) bool
	MaxBlock int           // bytes of one block; 0 is jetstream.DefaultMaxBlock
	MaxStore int64         // bytes of all of JetStream's files; 0 is what the disk has
	Reserve  int64         // bytes of disk that an append must leave free; 0 is DefaultReserve, negative is no check
	Timeout  time.Duration // of one request to the server; 0 is DefaultTimeout
	Logger   *slog.Logger  // nil discards
}

func (c *Config) complete() error {
	if c.MaxBlock == 0 {
		c.MaxBlock = jetstream.DefaultMaxBlock
	}
	if c.MaxStore == 0 {
		c.MaxStore = 1 << 62
	}
	if c.Reserve == 0 {
		c.Reserve = DefaultReserve
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	switch {
	case c.Dir == "":
		return errors.New("jetstream: no directory")
	case c.MaxBlock < 0 || c.MaxBlock > jetstream.LargestMaxBlock:
		return fmt.Errorf("jetstream: blocks of %d bytes, at most %d", c.MaxBlock, jetstream.LargestMaxBlock)
	}
	return nil
}

// Store is the embedded store. It implements store.Store.
type Store struct {
	cfg    Config
	unlock func() error                            // nil after Close; guarded by mu
	stuck  atomic.Bool                             // the engine stores nothing more until it is restarted
	cancel atomic.Pointer[context.CancelCauseFunc] // ends the append in flight when the engine gets stuck

	// The goroutine that appends owns these.
	unresolved bool // an append's outcome is unknown and none after it was certain
	restarted  time.Time
	failed     error // why the last restart failed

	mu     sync.RWMutex // held shared during a request, exclusively while the engine changes
	engine *engine      // nil when a restart failed, and after Close
}

var _ store.Store = (*Store)(nil)

// Open opens or makes the store in cfg.Dir and starts its server. ctx bounds the
// start, which after an unclean stop reads the whole store. Errors: [jetstream.ErrMissing],
// [*DamagedFilesError] (the files are untouched), or that the directory cannot be used.
func Open(ctx context.Context, cfg Config) (s *Store, err error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(cfg.Dir); cfg.MustExist && errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", jetstream.ErrMissing, cfg.Dir)
	}
	if err := durable.MkdirAll(cfg.Dir, durable.DirMode); err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	unlock, err := lockDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	s = &Store{cfg: cfg, unlock: unlock}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, unlock())
	}
	s.cfg.MustExist = true // for restarts
	return s, nil
}

// start inspects the files, starts the engine on them and compares. The caller holds mu
// or is alone.
func (s *Store) start(ctx context.Context) error {
	dir := s.cfg.Dir
	found, err := inspect(dir, s.cfg.MayCut)
	if err != nil {
		return err
	}
	if !found.exists && s.cfg.MustExist {
		return fmt.Errorf("%w: %s", jetstream.ErrMissing, dir)
	}
	if found.leftover {
		s.cfg.Logger.Warn("block store: the making of the stream was interrupted before the first block; it is made anew")
		if err := durable.RemoveAll(msgfile.StreamDir(dir)); err != nil {
			return fmt.Errorf("jetstream: %w", err)
		}
	}
	if found.torn != nil {
		s.cfg.Logger.Warn("block store: the engine will cut off an incomplete record", "record", found.torn.String())
		if err := durable.RemoveAll(msgfile.IndexPath(dir)); err != nil { // it may know the record, and be believed
			return fmt.Errorf("jetstream: %w", err)
		}
	}
	if err := os.Remove(cleanPath(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("jetstream: %w", err)
	}
	if err := durable.SyncDir(dir); err != nil {
		return fmt.Errorf("jetstream: %w", err)
	}
	e, err := startEngine(ctx, &s.cfg, s.onStuck)
	if err != nil {
		return err
	}
	if err := s.admit(ctx, e, found); err != nil {
		e.stop()
		return err
	}
	s.stuck.Store(false)
	s.engine = e
	return nil
}

// admit makes or checks the stream of a started engine.
func (s *Store) admit(ctx context.Context, e *engine, found inspection) error {
	if !found.exists {
		if err := e.stream.create(ctx); err != nil {
			return err
		}
	}
	lost := func(reason string) error {
		return damaged(s.cfg.Dir, &msgfile.Report{Last: found.head}, msgfile.Damage{File: msgfile.StreamDir(s.cfg.Dir), Reason: reason})
	}
	var damage *store.DamageError
	switch err := e.stream.check(ctx); {
	case errors.Is(err, jetstream.ErrNoStream):
		return lost("the engine does not recognise the stream")
	case errors.As(err, &damage):
		return lost(damage.Reason)
	case err != nil:
		return err
	}
	head, err := e.stream.head(ctx)
	switch {
	case err != nil:
		return err
	case head != found.head:
		return lost(fmt.Sprintf("the engine recovered %d blocks of %d", head, found.head))
	}
	if !found.exists {
		if err := syncAbove(s.cfg.Dir, filepath.Join(msgfile.StreamDir(s.cfg.Dir), "msgs")); err != nil {
			return err
		}
	}
	return msgfile.WriteManifest(s.cfg.Dir) // from here on the stream is never made again
}

// syncAbove makes the names from dir down to path durable: the engine syncs its files, and of
// the directories only those that it puts files into.
func syncAbove(dir, path string) error {
	for dir, path = filepath.Clean(dir), filepath.Clean(path); ; path = filepath.Dir(path) {
		if err := durable.SyncDir(path); err != nil || path == dir {
			return err
		}
	}
}

// onStuck is called by the server's log.
func (s *Store) onStuck() {
	s.stuck.Store(true)
	if cancel := s.cancel.Load(); cancel != nil {
		(*cancel)(errStuck)
	}
}

// MaxBlock implements store.Store.
func (s *Store) MaxBlock() int { return s.cfg.MaxBlock }

// Append implements store.Store. While an earlier outcome is unknown it never claims that
// a block is not stored unless the engine itself said so.
func (s *Store) Append(ctx context.Context, b *block.Block) error {
	if len(b.Bytes) > s.cfg.MaxBlock {
		return jetstream.NotStored("block %d has %d bytes, at most %d", b.Number, len(b.Bytes), s.cfg.MaxBlock)
	}
	if s.cfg.Reserve >= 0 {
		if err := checkSpace(s.cfg.Dir, int64(len(b.Bytes))+s.cfg.Reserve); err != nil {
			return s.refuse(ctx, b, err)
		}
	}
	if s.stuck.Load() {
		if err := s.restart(ctx); err != nil {
			return fmt.Errorf("jetstream: block %d: %w", b.Number, err)
		}
	}
	e, release, err := s.use()
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.cancel.Store(&cancel)
	err = e.stream.append(ctx, b)
	s.cancel.Store(nil)
	if errors.Is(err, errStuck) || errors.Is(context.Cause(ctx), errStuck) {
		s.stuck.Store(true)
	}
	certain := err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotStored)
	s.unresolved = !certain
	return err
}

// refuse answers an append for which the disk has no room, without a write. The block may
// have been stored earlier, which still makes the answer nil.
func (s *Store) refuse(ctx context.Context, b *block.Block, reason error) error {
	if s.unresolved || s.stuck.Load() {
		return fmt.Errorf("jetstream: block %d: an earlier attempt is unresolved, and %w", b.Number, reason)
	}
	e, release, err := s.use()
	if err != nil {
		return err
	}
	defer release()
	head, err := e.stream.head(ctx)
	switch {
	case err != nil:
		return errors.Join(reason, err)
	case head >= b.Number:
		return e.stream.compare(ctx, b)
	}
	return jetstream.NotStored("%w", reason)
}

// use returns the engine for one request.
func (s *Store) use() (e *engine, release func(), err error) {
	s.mu.RLock()
	if s.engine == nil {
		s.mu.RUnlock()
		return nil, nil, errors.New("jetstream: the engine is not running")
	}
	return s.engine, s.mu.RUnlock, nil
}

// restart stops a stuck engine and starts another one on the same files. Nothing of an
// earlier append is in flight afterwards.
func (s *Store) restart(ctx context.Context) (err error) {
	if wait := restartPause - time.Since(s.restarted); wait > 0 {
		err := fmt.Errorf("the engine is stuck, next restart in %v", wait.Round(time.Millisecond))
		if s.failed != nil {
			err = fmt.Errorf("%w; the last one: %w", err, s.failed)
		}
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlock == nil {
		return errors.New("the store is closed")
	}
	s.cfg.Logger.Warn("block store: restarting the engine after a failed write")
	defer func() { s.restarted, s.failed = time.Now(), err }()
	if s.engine != nil {
		s.engine.stop()
		s.engine = nil
	}
	rewritten := msgfile.RewriteNewest(s.cfg.Dir)
	if err := s.start(ctx); err != nil {
		return fmt.Errorf("restart: %w", errors.Join(err, rewritten))
	}
	if rewritten != nil { // reads go on, but what they show may not be on the disk
		s.stuck.Store(true)
		return rewritten
	}
	s.cfg.Logger.Info("block store: the engine runs again")
	return nil
}

// Head implements store.Store.
func (s *Store) Head(ctx context.Context) (uint64, error) {
	e, release, err := s.use()
	if err != nil {
		return 0, err
	}
	defer release()
	return e.stream.head(ctx)
}

// Read implements store.Store. The engine is not held while fn runs.
func (s *Store) Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	return jetstream.ReadAll(ctx, from, to, func(ctx context.Context, number, n uint64) ([][]byte, error) {
		e, release, err := s.use()
		if err != nil {
			return nil, err
		}
		defer release()
		return e.stream.fetch(ctx, number, n)
	}, s.Head, fn)
}

// Connect makes a connection inside the process for others, such as the feed and the
// evidence store. It outlives restarts of the engine when it may reconnect.
func (s *Store) Connect(options ...nats.Option) (*nats.Conn, error) {
	nc, err := nats.Connect("", append([]nats.Option{nats.InProcessServer(provider{s})}, options...)...)
	if err != nil {
		return nil, fmt.Errorf("jetstream: connect in process: %w", err)
	}
	return nc, nil
}

// provider dials whichever engine runs now.
type provider struct{ s *Store }

// InProcessConn implements nats.InProcessConnProvider.
func (p provider) InProcessConn() (net.Conn, error) {
	e, release, err := p.s.use()
	if err != nil {
		return nil, err
	}
	defer release()
	return e.srv.InProcessConn()
}

// Close stops the server and seals the clean stop.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlock == nil {
		return nil
	}
	err := s.stopAndSeal()
	err = errors.Join(err, s.unlock())
	s.unlock = nil
	return err
}

// stopAndSeal seals nothing when the engine's last state is unknown: the next open checks
// every record then.
func (s *Store) stopAndSeal() error {
	if s.engine == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.Timeout)
	defer cancel()
	head, headErr := s.engine.stream.head(ctx)
	s.engine.stop()
	s.engine = nil
	if headErr != nil || s.stuck.Load() {
		return nil
	}
	seal, err := msgfile.NewCleanSeal(s.cfg.Dir, head)
	if err != nil {
		return err
	}
	return seal.Write(cleanPath(filepath.Clean(s.cfg.Dir)))
}
