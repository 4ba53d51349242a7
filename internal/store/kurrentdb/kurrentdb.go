// Package kurrentdb keeps the ledger's blocks in KurrentDB (formerly EventStoreDB) as its
// users expect facts to be kept there: one stream, one typed event per entry.
//
//	url.go      the connection string
//	conn.go     the client: kept alive, replaced when it dies, guarded against its panics
//	event.go    a block as events, and events held to what was written
//	append.go   append with its fence
//	probe.go    would an append be taken?
//	read.go     head and complete reads
//	index.go    where a block begins
//	clocks.go   which time other nodes have, in a stream beside it
//
// # Form
//
// A block is one AppendToStream: its entries, then its closing line, stored whole or not
// at all. An event is
//
//	type      of an entry: its CloudEvents type, such as anjian.finding-recorded.v1;
//	          of the closing line: anjian-block
//	id        of an entry: the CloudEvents id; of the closing line: the block's id
//	data      the exact bytes of the line without its line feed; application/json
//	metadata  of an entry: JSON for KurrentDB's own tools, see metadata; nothing else
//	          reads it. The closing line has none
//
// Since the stream holds nothing else, revisions are arithmetic: entry i in block b has
// revision i+b-1, and a block b of tree size s closes at revision s+b-1. So any event
// tells its block's number from its revision, and a block is found by bisection.
//
// # Fence
//
// The expected revision of block b is that of the closing event of b-1. A repeated append
// is recognised by KurrentDB from the event ids. It compares ids, not bytes: the closing
// event's id is a fingerprint over the checkpoint, whose root covers every entry, so equal
// ids mean equal blocks. A refused fence is resolved by reading the block and comparing.
//
// # Reading
//
// Every call asks for the leader by the header requires-leader, which the client means to
// send and does not: a follower would answer with an old head. Revisions, ids and types are
// checked against the bytes. An event of anybody else, a gap (scavenge, truncation, $maxCount)
// or a stream that became shorter is a *store.DamageError. This package never deletes,
// tombstones, scavenges, or touches stream metadata; docs/kurrentdb.md tells the
// administrator to deny it to everyone.
//
// # Limits
//
// KurrentDB refuses an append above its MaxAppendSize (data, metadata and type names in
// UTF-16) in the middle of the call; the client sees EOF and no reason. Therefore MaxBlock is
// less than half of Config.MaxAppend: metadata and type of an entry never have more bytes
// than the entry. An append that was cut off like that is not stored, since the server never
// saw its end; the head is read all the same before Append says so. Probe finds out beforehand,
// with an append of that size whose expected revision cannot be right.
//
// A server that sends an event without its creation date ends this process: the client
// calls log.Fatalf. KurrentDB always sends one.
//
// # Testing against a real server
//
// The tests use package double. With ANJIAN_KURRENTDB_URL set they run the contract suite
// against that server too, each test in a stream of its own that they leave behind. On a
// machine without Go or sources:
//
//	CGO_ENABLED=0 go test -c -o kurrentdb.test ./internal/store/kurrentdb
//	ANJIAN_KURRENTDB_URL='esdb://…' ./kurrentdb.test -test.v -test.run TestServer
package kurrentdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/internal/store"
)

// Limits and defaults of [Config].
const (
	DefaultStream  = "anjian-ledger"
	DefaultTimeout = 10 * time.Second
	// DefaultMaxAppend is the server's MaxAppendSize unless its administrator raised it.
	DefaultMaxAppend = 1 << 20
	// LargestMaxAppend is the most that the server can be configured for: it does not start with more.
	LargestMaxAppend = 16_767_216
	// leastMaxAppend leaves room for a block of one entry of the largest size.
	leastMaxAppend = 256 << 10
)

// ErrMissing is returned by [Open] when the stream must exist and does not.
var ErrMissing = errors.New("kurrentdb: the block stream is missing")

var errClosed = errors.New("kurrentdb: the store is closed")

// Config is how to open a store. Only URL is required.
type Config struct {
	// URL is a KurrentDB connection string: esdb:// or kurrentdb://, with +discover for DNS,
	// or kurrentdb+unix:///path for a local proxy. See docs/kurrentdb.md for its settings.
	URL string
	// Insecure allows credentials in the URL together with tls=false. The client then sends
	// none: only a server without authentication accepts that.
	Insecure  bool
	Stream    string        // DefaultStream when empty
	MustExist bool          // a ledger existed: never begin a new, empty stream
	MaxAppend int           // the server's MaxAppendSize in bytes; 0 is DefaultMaxAppend
	MaxBlock  int           // bytes of one block; 0 is the most that MaxAppend allows
	Timeout   time.Duration // of one request, reconnections included; 0 is DefaultTimeout
	Logger    *slog.Logger  // nil discards
}

func (c *Config) complete() error {
	if c.Stream == "" {
		c.Stream = DefaultStream
	}
	if c.MaxAppend == 0 {
		c.MaxAppend = DefaultMaxAppend
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxAppend < leastMaxAppend || c.MaxAppend > LargestMaxAppend {
		return fmt.Errorf("kurrentdb: appends of %d bytes, want %d to %d", c.MaxAppend, leastMaxAppend, LargestMaxAppend)
	}
	most := maxBlock(c.MaxAppend)
	if c.MaxBlock == 0 {
		c.MaxBlock = most
	}
	switch {
	case strings.HasPrefix(c.Stream, "$"):
		return fmt.Errorf("kurrentdb: stream %q: names with $ are the server's own", c.Stream)
	case c.MaxBlock < 0 || c.MaxBlock > most:
		return fmt.Errorf("kurrentdb: blocks of %d bytes, at most %d when an append may have %d", c.MaxBlock, most, c.MaxAppend)
	}
	return nil
}

// Store keeps blocks in one stream. It implements store.Store.
type Store struct {
	cfg  Config
	conn *connection

	unresolved bool // an append's outcome is unknown and none after it was certain; owned by the appending goroutine

	mu     sync.Mutex
	looked time.Time // when the first event was last looked at; guarded by mu
	tail   tail      // the last block known to be stored; never goes back; guarded by mu
	index  index     // guarded by mu
}

var (
	_ store.Store  = (*Store)(nil)
	_ store.Prober = (*Store)(nil)
	_ store.Clocks = (*Store)(nil)
)

// Open connects and looks at both ends of the stream. ctx and cfg.Timeout bound it. Errors:
// [ErrMissing], a *store.DamageError when the stream does not begin or end as a ledger's
// does, or that the URL is refused or the server cannot be reached.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	conf, err := configuration(&cfg)
	if err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, conn: newConnection(conf)}
	if err := s.inspect(ctx); err != nil {
		s.conn.close()
		return nil, err
	}
	return s, nil
}

// inspect reads the last and the first event.
func (s *Store) inspect(ctx context.Context) error {
	last, err := s.readTail(ctx)
	switch {
	case err != nil:
		return err
	case last.number == 0 && s.cfg.MustExist:
		return fmt.Errorf("%w: %s", ErrMissing, s.cfg.Stream)
	case last.number == 0:
		return nil
	}
	s.lookAgain(time.Now())
	return s.lookAtBeginning(ctx)
}

// MaxBlock implements store.Store.
func (s *Store) MaxBlock() int { return s.cfg.MaxBlock }

// Close ends the calls in flight and the connection. An append in flight has an unknown
// outcome.
func (s *Store) Close() error {
	s.conn.close()
	return nil
}
