// Package feed republishes committed entries on NATS, for durable consumers: the whole ledger
// for who sees everything (feed.go, publish.go), and for each unit of the table of units what it
// may see, in its own order (units.go).
//
// # The whole feed
//
// It has hidden visits and restricted kinds too, so a filter by county is no scope: it is for who
// sees everything. Entry i is one message of the stream ANJIAN_FEED:
//
//	subject  anjian.feed.all.<county>.<stream kind>.<event type>
//	         e.g. anjian.feed.all.610902.inspection.finding-recorded; county is "none" when the
//	         entry is about no county; the type has neither "anjian." nor version
//	payload  the entry's bytes, which are the Merkle leaf
//	headers  Nats-Msg-Id    <origin>/<i>: the same entry never has another id
//	         Anjian-Ledger  origin of the ledger
//	         Anjian-Index   i
//	         Anjian-Size    i+1
//	         Anjian-Root    root of the tree of that size, in base64: who folds the payloads
//	                        (RFC 6962) gets the same one for each message
//
// The sequence of its message in the stream is i+1, always. So the order of the stream is
// the order of the ledger, a gap shows in the numbers, and there cannot be two messages for
// one entry.
//
// # How that is kept
//
// Each publication carries the sequence that it expects before itself
// (Nats-Expected-Last-Sequence = i), and the stream's own last sequence is the only note of
// how far the feed has come. A publisher that crashed, timed out or met another publisher
// reads that number and goes on behind it. When there is a backlog, many entries go in one
// atomic batch, which costs one fsync.
//
// The feed is derived: when its stream is gone, the publisher makes it again, beginning with
// the oldest entry that the configured age would still keep, under its old sequence.
package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/ledger"
)

// Names of the feed.
const (
	DefaultStream = "ANJIAN_FEED"
	DefaultPrefix = "anjian" // of the subjects: PREFIX.feed.all.> and PREFIX.feed.unit.>

	HeaderLedger = "Anjian-Ledger"
	HeaderIndex  = "Anjian-Index"
	HeaderSize   = "Anjian-Size"
	HeaderRoot   = "Anjian-Root"

	originKey = "anjian-origin" // metadata of the stream
)

const (
	requestTimeout = 10 * time.Second
	standby        = time.Second            // who met another publisher steps back that long, more or less
	retryPause     = 500 * time.Millisecond // after an error
	checkPause     = 5 * time.Second        // on a quiet ledger: is the stream still there?
)

// ErrForeign means that the stream holds something else than this ledger's entries. The
// publisher stops: an administrator must look.
var ErrForeign = errors.New("feed: the stream is not this ledger's feed")

// errBehind means that another publisher was faster.
var errBehind = errors.New("feed: another publisher was faster")

// Source is the ledger as the feed needs it. *ledger.Ledger is one.
type Source interface {
	Origin() string
	Head() ledger.Head
	Committed(after uint64) <-chan struct{}
	Entries(ctx context.Context, from, to uint64, fn func(index uint64, raw []byte) error) error
	RootAt(size uint64) ([32]byte, error)
	PositionAt(ctx context.Context, t time.Time) (uint64, error)
}

var _ Source = (*ledger.Ledger)(nil)

// Config is what a publisher needs. Source and Conn are required.
type Config struct {
	Source   Source
	Conn     *nats.Conn       // to the servers of the feed's stream; the publisher does not close it
	Stream   string           // empty is DefaultStream
	Units    string           // stream of the feed of units; empty is UnitsStream
	Prefix   string           // empty is DefaultPrefix
	Age      time.Duration    // how long the stream keeps an entry; 0: for good
	Replicas int              // 0 is 1
	Logger   *slog.Logger     // nil discards
	Now      func() time.Time // by which entries are older than Age; time.Now when nil
}

// Status says how far the feed is.
type Status struct {
	Published uint64 // entries that the stream has, by whomever published
	Size      uint64 // entries that the ledger has
	Err       error  // why nothing is published at the moment; nil when all is well
}

// Lag is the number of entries that the feed is behind the ledger.
func (s Status) Lag() uint64 { return s.Size - min(s.Published, s.Size) }

// Publisher keeps one feed. Several may run for one ledger, on several nodes: one publishes
// and the others follow behind it.
type Publisher struct {
	cfg Config
	js  natsjs.JetStream

	mu        sync.Mutex
	published uint64
	err       error
}

// New prepares a publisher. Nothing is asked of the servers yet.
func New(cfg Config) (*Publisher, error) {
	if cfg.Stream == "" {
		cfg.Stream = DefaultStream
	}
	if cfg.Prefix == "" {
		cfg.Prefix = DefaultPrefix
	}
	if cfg.Replicas == 0 {
		cfg.Replicas = 1
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Age < 0 {
		return nil, fmt.Errorf("feed: age %v", cfg.Age)
	}
	js, err := natsjs.New(cfg.Conn)
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	return &Publisher{cfg: cfg, js: js}, nil
}

// Foreign returns [ErrForeign] when a stream of the feed's is there and another ledger's. It makes
// nothing. Only the names in c are used.
func (c *Config) Foreign(ctx context.Context, nc *nats.Conn, origin string) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	js, err := natsjs.New(nc)
	if err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	for _, name := range []string{cmp.Or(c.Stream, DefaultStream), cmp.Or(c.Units, UnitsStream)} {
		switch stream, err := js.Stream(ctx, name); {
		case errors.Is(err, natsjs.ErrStreamNotFound):
		case err != nil:
			return fmt.Errorf("feed: open stream %s: %w", name, err)
		default:
			if err := own(stream, origin); err != nil {
				return err
			}
		}
	}
	return nil
}

// own returns [ErrForeign] for a stream of another ledger.
func own(stream natsjs.Stream, origin string) error {
	c := stream.CachedInfo().Config
	if is := c.Metadata[originKey]; is != origin {
		return fmt.Errorf("%w: stream %s belongs to ledger %q", ErrForeign, c.Name, is)
	}
	return nil
}

// Status may be called by any goroutine.
func (p *Publisher) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Status{Published: p.published, Size: p.cfg.Source.Head().Size, Err: p.err}
}

func (p *Publisher) note(published uint64, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.published, p.err = published, err
}

// Run publishes until ctx ends, which it returns as nil, or until it finds [ErrForeign].
// Everything else, such as servers that cannot be reached, it tries again.
func (p *Publisher) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		err := p.follow(ctx)
		switch {
		case ctx.Err() != nil:
		case errors.Is(err, ErrForeign):
			p.note(p.Status().Published, err)
			return err
		case errors.Is(err, errBehind):
			sleep(ctx, standby/2+rand.N(standby))
		default:
			p.note(p.Status().Published, err)
			p.cfg.Logger.Warn("feed: publishing is interrupted", "error", err)
			sleep(ctx, retryPause)
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// follow takes up the feed where its stream ends and publishes until something fails.
func (p *Publisher) follow(ctx context.Context) error {
	next, err := p.takeUp(ctx)
	if err != nil {
		return err
	}
	for {
		p.note(next, nil)
		select {
		case <-p.cfg.Source.Committed(next):
		case <-time.After(checkPause):
			if next, err = p.takeUp(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
		if size := p.cfg.Source.Head().Size; size > next { // another node may be ahead of this one
			if next, err = p.publish(ctx, next, min(size, next+batchEntries)); err != nil {
				return err
			}
		}
	}
}

// takeUp returns the index of the first entry that the stream does not have yet.
func (p *Publisher) takeUp(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	stream, err := p.js.Stream(ctx, p.cfg.Stream)
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		stream, err = p.make(ctx)
	}
	if err != nil {
		return 0, fmt.Errorf("feed: open stream %s: %w", p.cfg.Stream, err)
	}
	info := stream.CachedInfo()
	if err := own(stream, p.cfg.Source.Origin()); err != nil {
		return 0, err
	}
	return info.State.LastSeq, p.compareLast(ctx, stream, info.State)
}

// make makes the stream so that the sequence of entry i is i+1, whichever is the first.
func (p *Publisher) make(ctx context.Context) (natsjs.Stream, error) {
	first := uint64(0)
	if p.cfg.Age > 0 {
		var err error
		if first, err = p.cfg.Source.PositionAt(ctx, p.cfg.Now().Add(-p.cfg.Age)); err != nil {
			return nil, err
		}
	}
	p.cfg.Logger.Info("feed: making the stream", "stream", p.cfg.Stream, "first", first)
	stream, err := p.js.CreateStream(ctx, natsjs.StreamConfig{
		Name:               p.cfg.Stream,
		Description:        "Anjian feed: every committed entry, in order; sequence = index + 1",
		Subjects:           []string{p.cfg.Prefix + ".feed.all.>"},
		Retention:          natsjs.LimitsPolicy,
		Discard:            natsjs.DiscardOld,
		MaxAge:             p.cfg.Age,
		Storage:            natsjs.FileStorage,
		Replicas:           p.cfg.Replicas,
		Duplicates:         window(p.cfg.Age),
		FirstSeq:           first + 1,
		DenyDelete:         true,
		DenyPurge:          true,
		AllowDirect:        true,
		AllowAtomicPublish: true,
		Metadata:           map[string]string{originKey: p.cfg.Source.Origin()},
	})
	if errors.Is(err, natsjs.ErrStreamNameAlreadyInUse) { // another publisher made it meanwhile
		return p.js.Stream(ctx, p.cfg.Stream)
	}
	return stream, err
}

// window is the server's deduplication window, which may not be longer than the age.
func window(age time.Duration) time.Duration {
	if age == 0 {
		return 2 * time.Minute
	}
	return min(age, 2*time.Minute)
}
