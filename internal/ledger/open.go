package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/program"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Config is what a ledger is made of. Fields without a default are required.
type Config struct {
	Store     store.Store      // nil when it could not be opened; then StoreErr says why; or ReadOnly and there is none
	StoreErr  error            // stops appends; reads go on from the journal
	Journal   *journal.Journal // may be damaged: what it can deliver is read
	TilesDir  string
	Key       *translog.Key // on a shared store the same for all nodes
	Catalogue *event.Catalogue

	// Shared says that other nodes write to the store as well, with the same key and each
	// with a journal of its own; see shared.go.
	Shared bool

	// ReadOnly takes no append, completes no copy and signs nothing: Key may be without its secret
	// half. On a shared store the journal goes on following what others write.
	ReadOnly bool

	// EntriesOnly, with ReadOnly, checks roots and copies and reads entries, proofs and times. Neither rules nor folds see an entry, which
	// take most of the memory and half of the time: nothing is known of what is owed.
	EntriesOnly bool

	// Folds see every committed event, in order, from one goroutine. However slow they are, appends
	// go on: see fold.go.
	Folds []func([]*event.Event)

	// Restored is what was repaired before the ledger was opened; it is recorded first.
	Restored []oversight.CopyRestored

	// Rules is the number of the set of rules that this program judges by: domain.RulesVersion,
	// which is the default, but in tests of an older and a newer program.
	Rules   int
	Program string // its name and version, which stand beside the number; program.Name

	Logger *slog.Logger
	Time   clock.Sources // of the ledger's clock; clock.System
	// ConfirmClock says that a person at the machine vouches for its clock at this start.
	ConfirmClock bool

	MaxQueue        int           // requests that may wait; 8192
	MaxQueueBytes   int64         // and their bytes; 64 MiB
	MaxBlockEntries int           // 4096
	MaxBlockBytes   int           // at most MaxBlockBytes, which is the default, and what the store takes
	ScrubEvery      time.Duration // pause between two scrub passes; 1 h; negative: no scrub
	SweepEvery      time.Duration // pause between two sweeps; 1 min; negative: none
	Progress        func(done, total uint64)
}

func (c *Config) setDefaults() {
	if c.EntriesOnly {
		c.ReadOnly, c.Folds = true, nil
	}
	c.Rules = cmp.Or(c.Rules, domain.RulesVersion)
	c.Program = cmp.Or(c.Program, program.Name())
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Time.Read == nil {
		c.Time = clock.System()
	}
	if c.MaxQueue == 0 {
		c.MaxQueue = 8192
	}
	if c.MaxQueueBytes == 0 {
		c.MaxQueueBytes = 64 << 20
	}
	if c.MaxBlockEntries == 0 {
		c.MaxBlockEntries = 4096
	}
	if c.MaxBlockBytes == 0 || c.MaxBlockBytes > MaxBlockBytes {
		c.MaxBlockBytes = MaxBlockBytes
	}
	if c.Store != nil {
		c.MaxBlockBytes = min(c.MaxBlockBytes, c.Store.MaxBlock())
	}
	if c.ScrubEvery == 0 {
		c.ScrubEvery = time.Hour
	}
	if c.SweepEvery == 0 {
		c.SweepEvery = time.Minute
	}
	if c.Progress == nil {
		c.Progress = func(uint64, uint64) {}
	}
}

// Ledger is an open ledger. All methods are safe for concurrent use.
type Ledger struct {
	cfg   Config
	clock *clock.Clock
	tree  *translog.Tree
	seed  maphash.Seed

	commits commits // how long they took

	queue       chan *pending
	queued      atomic.Int64
	queuedBytes atomic.Int64
	storeHas    atomic.Uint64 // newest block that the store is known to have; of a shared store only
	wake        chan struct{} // wakes the sequencer to look at what others have written; nil unless shared
	closing     sync.RWMutex  // held to send on queue, and to close it
	closed      bool          // closing
	toCommit    chan *batch
	committed   chan committed
	folding     folding
	owed        worklist
	questions   chan func(*domain.State) // for the sequencer, between two requests

	current atomic.Pointer[headState]
	blocks  blockTable
	health  condition
	silence silence // of the store

	life           context.Context // ends when Close gives up on an engine that does not answer
	endLife        context.CancelCauseFunc
	background     context.Context // of scrub, the watches, and notes that wait for the clock
	stopBackground context.CancelFunc
	workers        sync.WaitGroup // scrub, watch and folds
	stages         sync.WaitGroup // sequencer and committer
}

// headState is a head and the signal that a newer one exists.
type headState struct {
	Head
	newer chan struct{}
}

// Open replays the ledger, compares both copies, completes a copy that is merely short, and
// starts. When a copy is damaged the ledger opens read-only and [Ledger.Health] says why;
// when a copy cannot be completed at the moment, appends wait until it is. Open fails only
// when nothing can be read. What was completed is recorded as copy-restored.
func Open(ctx context.Context, cfg Config) (*Ledger, error) {
	cfg.setDefaults()
	if origin := cfg.Key.Origin(); !event.ValidOrigin(origin) {
		return nil, fmt.Errorf("ledger: the key's origin %q is not a name, a slash and eight hexadecimal digits: it was made by a development "+
			"version", origin)
	}
	l := newLedger(cfg)
	l.life, l.endLife = context.WithCancelCause(context.WithoutCancel(ctx))
	s := &sequencer{l: l, state: domain.New(), ids: map[uuid.UUID]known{}}
	if !cfg.EntriesOnly {
		s.ids = make(map[uuid.UUID]known, cfg.Journal.Entries())
	}
	s.state.Root = l.rootAt
	restored, short, err := l.recover(ctx, s)
	if err != nil {
		return nil, err
	}
	notes := append(cfg.Restored, restored...)
	if l.health.readOnly = cfg.ReadOnly; cfg.ReadOnly { // nothing runs yet that could ask
		notes = nil
	}
	if l.clock.Start(l.Head().Recorded); cfg.ConfirmClock {
		l.ConfirmClock("who starts it")
	} else if l.clocks() != nil {
		l.clock.Ask()
		l.askTime(ctx)
	}
	s.resume(nil)
	for s.settle(); s.unsettled; {
		s.settle()
	}
	l.folding.next = l.Head().Block + 1
	l.folding.done.Store(l.Head().Block)
	if s.peers = (alone{s}); cfg.Shared {
		s.peers = newShared(s)
		l.wake = make(chan struct{}, 1)
	}
	l.background, l.stopBackground = context.WithCancel(l.life)
	l.stages.Go(func() {
		if short != nil && l.until(short.name, func() error { return short.complete(l.life) }) == nil {
			notes = append(notes, short.restored()...)
			l.workers.Go(func() { // the notes are requests too
				l.noteAll(notes)
				l.scrubForever(l.background)
			})
		}
		s.run(l.queue)
		close(l.toCommit)
	})
	l.stages.Go(l.commitAll)
	l.workers.Go(func() { l.sweepForever(l.background) })
	l.workers.Go(l.foldAll)
	if cfg.Shared && cfg.Store != nil {
		l.workers.Go(func() { l.watchStore(l.background) })
	}
	if short == nil {
		l.begin(l.life)
		if l.clock.Unconfirmed() { // they wait for somebody to confirm it
			l.workers.Go(func() { l.noteAll(notes) })
		} else {
			l.noteAll(notes)
		}
		l.workers.Go(func() { l.scrubForever(l.background) })
	}
	l.workers.Go(func() { l.watchClock(l.background) })
	l.workers.Go(func() { l.tellTime(l.background) })
	return l, nil
}

func newLedger(cfg Config) *Ledger {
	l := &Ledger{
		cfg: cfg, clock: clock.New(cfg.Time), seed: maphash.MakeSeed(),
		queue:    make(chan *pending, cfg.MaxQueue),
		toCommit: make(chan *batch, 1), committed: make(chan committed, 1),
		silence:   silence{log: cfg.Logger},
		folding:   folding{queue: make(chan committedEvents, foldQueue)},
		owed:      newWorklist(),
		questions: make(chan func(*domain.State)),
	}
	l.current.Store(&headState{newer: make(chan struct{})})
	return l
}

// Close takes no more appends, commits those that wait, and stops. When ctx ends first, it
// gives up on an engine that does not answer: those requests end with ErrOutcomeUnknown.
// It closes neither store nor journal.
func (l *Ledger) Close(ctx context.Context) error {
	l.closing.Lock()
	already := l.closed
	l.closed = true
	if !already {
		l.health.close()
		close(l.queue)
	}
	l.closing.Unlock()
	if already {
		return nil
	}
	stop := context.AfterFunc(ctx, func() { l.endLife(ErrReadOnly) })
	l.stages.Wait()
	stop()
	l.stopBackground()
	close(l.folding.queue)
	l.workers.Wait()
	l.endLife(ErrReadOnly)
	return errors.Join(l.tree.Flush(), l.tree.Close())
}

// advance makes a committed block the head and hands its events to the folds.
func (l *Ledger) advance(b *block.Block, v *translog.View, events []*event.Event) {
	l.moveHead(b, v.Root(), events)
	l.folding.offer(b.Number, events)
}

func (l *Ledger) moveHead(b *block.Block, root [32]byte, events []*event.Event) {
	l.blocks.add(b.Size, events)
	old := l.current.Swap(&headState{
		Head:  Head{Block: b.Number, Size: b.Size, Root: root, Recorded: b.Recorded, Checkpoint: b.Checkpoint},
		newer: make(chan struct{}),
	})
	close(old.newer)
}
