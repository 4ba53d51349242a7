// Package cluster keeps the ledger's blocks in NATS JetStream on servers of somebody else, one or a
// cluster: one message of one stream is one block, its sequence is the block's number, its bytes
// are the block's bytes. What is promised, and how, is said of [Store].
//
//	cluster.go   configuration, opening, connections
//	settings.go  the stream: how it is made, and what of its settings could lose blocks
//	append.go    one block behind its fence, until the outcome is certain
//	read.go      blocks by number, from the leader
//	probe.go     would a block be taken?
//	call.go      requests that several servers may have to be asked for
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Defaults and limits of [Config].
const (
	DefaultReplicas = 3
	// DefaultPrefix begins every subject on which a ledger publishes.
	DefaultPrefix = "anjian"
	// DefaultTimeout lasts for two votes: servers stand for election 4 to 9 s after the last word of
	// a leader (nats-server, raft.go), and again as long after a vote that two of them split.
	DefaultTimeout = 20 * time.Second
	// LeastMaxBlock is what a ledger needs for one block, in bytes: servers whose
	// max_payload leaves less are refused.
	LeastMaxBlock = 256 << 10
	// originKey is the stream's metadata that names its ledger.
	originKey = "anjian-origin"
)

// Config is how to use the servers of an external NATS cluster. URLs and Ledger are
// required. At most one way to sign in is named: Credentials, NKeySeed, User or Token.
type Config struct {
	URLs     []string      // nats:// or tls://, one or several servers of one cluster
	Ledger   string        // origin of the ledger whose blocks the stream keeps
	Stream   string        // name of the stream; empty is StreamName(Ledger)
	Prefix   string        // of the subjects: PREFIX.block.STREAM, PREFIX.head.STREAM, PREFIX.clock.STREAM; empty is DefaultPrefix
	Create   bool          // the ledger is new: make the stream when there is none
	Look     bool          // make nothing, although Create is set: without a stream, jetstream.ErrMissing
	Replicas int           // 0 is DefaultReplicas; 1 is for trials: one disk is all there is
	MaxBlock int           // most bytes of a block; 0 is jetstream.DefaultMaxBlock; the servers' max_payload bounds it
	Timeout  time.Duration // longest wait for an answer, elections included; 0 is DefaultTimeout
	Name     string        // of the connection, as servers show it; empty is "anjian"
	Logger   *slog.Logger  // nil discards

	Credentials    string // file with a user's JWT and seed
	NKeySeed       string // file with an nkey seed
	User, Password string
	Token          string

	CA, Cert, Key string // PEM files; empty: the system's roots, no client certificate
}

// Origin is the ledger that the stream is for. It is [Config.Ledger], unless that was to be
// a new one and an empty stream of its name was there.
func (c *Store) Origin() string { return c.cfg.Ledger }

// StreamName is the stream of a ledger unless its administrator chooses another one. It is made
// of the chosen name in the origin, so that a second ledger of that name finds the first one's.
// Two origins may share a stream name; the stream's metadata tells them apart.
func StreamName(origin string) string {
	return "ANJIAN_BLOCKS_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '_'
	}, translog.OriginName(origin))
}

// ValidPrefix reports whether subjects may begin with prefix and a dot.
func ValidPrefix(prefix string) bool {
	for word := range strings.SplitSeq(prefix, ".") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
			return false
		}
	}
	return true
}

func (c *Config) complete() error {
	if c.Stream == "" {
		c.Stream = StreamName(c.Ledger)
	}
	if c.Prefix == "" {
		c.Prefix = DefaultPrefix
	}
	if c.Replicas == 0 {
		c.Replicas = DefaultReplicas
	}
	if c.MaxBlock == 0 {
		c.MaxBlock = jetstream.DefaultMaxBlock
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.Name == "" {
		c.Name = "anjian"
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	ways := 0
	for _, way := range []string{c.Credentials, c.NKeySeed, c.User, c.Token} {
		if way != "" {
			ways++
		}
	}
	switch {
	case len(c.URLs) == 0:
		return errors.New("jetstream: no server's URL")
	case c.Ledger == "":
		return errors.New("jetstream: no name of the ledger")
	case strings.ContainsAny(c.Stream, " \t\r\n.*>/\\"):
		return fmt.Errorf("jetstream: %q cannot be the name of a stream", c.Stream)
	case !ValidPrefix(c.Prefix):
		return fmt.Errorf("jetstream: %q cannot begin a subject: want words of letters, digits, - and _ with dots between them", c.Prefix)
	case !slices.Contains([]int{1, 3, 5}, c.Replicas):
		return fmt.Errorf("jetstream: %d replicas: want 3, or 5, or 1 for trials", c.Replicas)
	case c.MaxBlock < LeastMaxBlock || c.MaxBlock > jetstream.LargestMaxBlock:
		return fmt.Errorf("jetstream: blocks of %d bytes, want %d to %d", c.MaxBlock, LeastMaxBlock, jetstream.LargestMaxBlock)
	case ways > 1:
		return errors.New("jetstream: several ways to sign in: want one of credentials, nkey seed, user and token")
	case (c.Cert == "") != (c.Key == ""):
		return errors.New("jetstream: a client certificate and its key belong together")
	}
	return nil
}

// options are those of every connection made from c.
func (c *Config) options() ([]nats.Option, error) {
	o := []nats.Option{
		func(o *nats.Options) error { o.Servers = c.URLs; return nil },
		nats.Name(c.Name),
		nats.Timeout(min(c.Timeout, 5*time.Second)),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(100 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 100*time.Millisecond),
		nats.ReconnectBufSize(-1), // what cannot be sent now must not be sent later
		nats.PingInterval(2 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.IgnoreAuthErrorAbort(), // a server that is being reconfigured is no reason to give up
	}
	switch {
	case c.Credentials != "":
		o = append(o, nats.UserCredentials(c.Credentials))
	case c.NKeySeed != "":
		nkey, err := nats.NkeyOptionFromSeed(c.NKeySeed)
		if err != nil {
			return nil, fmt.Errorf("jetstream: nkey seed: %w", err)
		}
		o = append(o, nkey)
	case c.User != "":
		o = append(o, nats.UserInfo(c.User, c.Password))
	case c.Token != "":
		o = append(o, nats.Token(c.Token))
	}
	if c.CA != "" {
		o = append(o, nats.RootCAs(c.CA))
	}
	if c.Cert != "" {
		o = append(o, nats.ClientCert(c.Cert, c.Key))
	}
	return o, nil
}

// Store is a block store on JetStream servers of somebody else: usually three, with a
// replica of the stream on each. It implements store.Store and store.Watcher. Several
// ledger nodes may use one stream at the same time.
//
// Append. The block is published behind its fence (Nats-Expected-Last-Sequence) until a
// server answers, at most Timeout long: a lost leader costs an election, 4 to 10 s, and twice
// that when the votes are split. The leader acknowledges when a majority has the message in its
// log, synced where the servers run with sync_always. A server with which nothing goes on is
// left for another one. Sending again is safe: of all copies of a block the fence lets at most
// one in. Refusals of the fence (10071, 10164, "duplicate") are decided by reading the block of
// that number and comparing bytes. ErrNotStored is only said when no copy of the block can be
// underway.
//
// Head. JetStream has no linearizable read: STREAM.INFO is answered by the server that
// believes it leads, and one that is cut off believes so for up to 20 s. Therefore Head
// takes an answer only when the leader has heard from a majority (itself included) since
// Head was called, give or take freshness: followers that had elected another leader before
// would not have stood by it. One that comes back from being cut off hears from the others a
// moment before it steps down, so the same leader must still lead, without a break, 0.1 s
// later. While appends run that is all the time it takes; on a quiet stream Head waits for
// the next heartbeat, up to 2 s. What remains: a new leader that is elected and stores a
// block within freshness, or a follower's word that was held up on its way since before the
// leader was deposed, with nothing for 0.1 s after it that deposes it; then Head could miss
// blocks of the new leader. The fence does not depend on Head: an append after a missed block
// is a conflict, and is judged again.
//
// Read asks the leader for each block by number, several at a time; never a follower, and
// never "the next one", so that a hole is found and not skipped. Each answer is held to the
// number and id of the block. A replica that lost messages and becomes leader gives a
// *store.DamageError, and so does a stream that ends before a block known to be stored.
type Store struct {
	cfg      Config
	nc       *nats.Conn
	js       natsjs.JetStream
	subject  string // of the stream's messages
	notice   string // subject on which nodes tell each other about a new head
	clocks   string // subject on which they ask each other for the time
	maxBlock int
	warnings []string

	known  atomic.Uint64 // highest block that certainly is stored
	window atomic.Int64  // blocks to ask for at a time
	silent atomic.Int64  // since when nothing goes on, ns since 1970; 0 when something does

	// doubt has the number of each block that may be stored, now or later. The goroutine
	// that appends owns it.
	doubt map[uuid.UUID]uint64

	close  sync.Once
	closed chan struct{}
}

var (
	_ store.Store   = (*Store)(nil)
	_ store.Watcher = (*Store)(nil)
	_ store.Prober  = (*Store)(nil)
	_ store.Clocks  = (*Store)(nil)
)

// Open connects to the servers and opens the stream, or makes it when cfg.Create
// allows that. ctx bounds the opening. Errors: [jetstream.ErrMissing], [*SettingsError],
// [*store.DamageError] when the stream has holes, or that no server can be reached.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	c := &Store{
		cfg: cfg, subject: cfg.Prefix + ".block." + cfg.Stream, notice: cfg.Prefix + ".head." + cfg.Stream,
		clocks: cfg.Prefix + ".clock." + cfg.Stream,
		doubt:  map[uuid.UUID]uint64{}, closed: make(chan struct{}),
	}
	c.window.Store(firstWindow)
	var err error
	if c.nc, err = c.Connect(c.logConnection()...); err != nil {
		return nil, err
	}
	if err := c.open(ctx); err != nil {
		c.nc.Close()
		return nil, err
	}
	for _, w := range c.warnings {
		cfg.Logger.Warn("block store: " + w)
	}
	return c, nil
}

// open checks servers, stream and permissions.
func (c *Store) open(ctx context.Context) (err error) {
	if c.js, err = natsjs.New(c.nc); err != nil {
		return fmt.Errorf("jetstream: %w", err)
	}
	c.maxBlock = min(c.cfg.MaxBlock, int(c.nc.MaxPayload())-headerRoom)
	if c.maxBlock < LeastMaxBlock {
		return fmt.Errorf("jetstream: the servers' max_payload is %d bytes, want at least %d (better %d)",
			c.nc.MaxPayload(), LeastMaxBlock+headerRoom, jetstream.DefaultMaxBlock+headerRoom)
	}
	if err := c.admit(ctx); err != nil {
		return err
	}
	c.warnings = append(c.warnings, c.auditPermissions(ctx)...)
	return nil
}

// headerRoom is what of max_payload is left for a block's headers, in bytes.
const headerRoom = 4096

// Conn is a connection to NATS, under a name that does not make its holder a user of the
// client library.
type Conn = nats.Conn

// ConnectAs is [Store.Connect] under a name that the servers show.
func (c *Store) ConnectAs(name string) (*Conn, error) { return c.Connect(nats.Name(name)) }

// Connect makes another connection to the servers, signed in like the store's own, for
// the feed and the evidence store. It reconnects for ever.
func (c *Store) Connect(more ...nats.Option) (*nats.Conn, error) { return c.cfg.connect(more...) }

// Dial connects to the servers of cfg without opening a store there. The caller closes the connection.
func Dial(cfg Config) (*Conn, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	return cfg.connect()
}

func (c *Config) connect(more ...nats.Option) (*nats.Conn, error) {
	options, err := c.options()
	if err != nil {
		return nil, err
	}
	nc, err := nats.Connect("", append(options, more...)...)
	if err != nil {
		return nil, fmt.Errorf("jetstream: connect to %s: %w", strings.Join(c.URLs, ", "), err)
	}
	return nc, nil
}

// logConnection tells the log what becomes of the connection.
func (c *Store) logConnection() []nats.Option {
	log := c.cfg.Logger
	return []nats.Option{
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			log.Warn("block store: connection lost", "error", err)
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			log.Info("block store: connected again", "server", nc.ConnectedServerName())
		}),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrSlowConsumer) { // of [Store.Watch]: more notices came than are needed to look once
				return
			}
			log.Error("block store: the server objects", "error", err)
		}),
	}
}

// Warnings are what an administrator should change, found at the opening and logged then.
func (c *Store) Warnings() []string { return slices.Clone(c.warnings) }

// Stream is the name of the stream in use.
func (c *Store) Stream() string { return c.cfg.Stream }

// Replicas is the number of replicas of the stream.
func (c *Store) Replicas() int { return c.cfg.Replicas }

// MaxBlock implements store.Store.
func (c *Store) MaxBlock() int { return c.maxBlock }

// Close implements store.Store. The servers run on.
func (c *Store) Close() error {
	c.close.Do(func() {
		close(c.closed)
		c.nc.Close()
	})
	return nil
}

// learn notes that a block is stored.
func (c *Store) learn(number uint64) {
	for {
		known := c.known.Load()
		if number <= known || c.known.CompareAndSwap(known, number) {
			return
		}
	}
}
