package engines

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// CopiesConfig says where both copies of a ledger are.
type CopiesConfig struct {
	Dir    datadir.Dir
	Engine Engine // nil: embedded, in Dir, for this node alone
	Wish   datadir.Wish
	Logger *slog.Logger
	// Wrap lets tests put faults between the ledger and its store; may be nil.
	Wrap func(store.Store) store.Store
}

// Stand decides whether Dir holds a ledger, or may begin one. Nothing is changed.
func (c *CopiesConfig) Stand() (datadir.Standing, error) {
	w := c.Wish
	if c.Engine == nil {
		if err := keptElsewhere(c.Dir); err != nil {
			return datadir.Standing{}, err
		}
	}
	w.External, w.HasStore = c.Engine != nil, HasStore(c.Dir)
	return c.Dir.Stand(w)
}

// Copies is what a ledger is kept in, with its key.
type Copies struct {
	Key      *translog.Key
	Journal  *journal.Journal // may be damaged: what it can deliver is read
	Store    store.Store      // nil when it could not be opened; then StoreErr says why
	StoreErr error
	Shared   bool    // other nodes write to the store as well
	Opened   *Opened // the engine outside of the directory; nil when there is none, or when it could not be opened

	dir     datadir.Dir
	look    bool // nothing is made or changed
	closers []func() error
}

var (
	// ErrLedgerElsewhere means that a new node found a ledger in the engine, whose key it lacks.
	ErrLedgerElsewhere = errors.New("the store holds a ledger already")
	// ErrNoLedger means that there is no ledger, and none was to be made.
	ErrNoLedger = errors.New("there is no ledger")
)

// OpenCopies locks the directory and opens both copies of its ledger, or makes those of a new one.
//
// An engine outside the data directory that cannot be reached is an error, so that the node's
// supervisor starts it again. One that is damaged or wrong is not: what the journal has can be
// read.
func OpenCopies(ctx context.Context, cfg CopiesConfig) (c *Copies, err error) {
	if _, err := cfg.Stand(); err != nil { // before anything is made; what counts is decided under the lock
		return nil, err
	}
	c = &Copies{Shared: cfg.Engine != nil, dir: cfg.Dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
			c = nil
		}
	}()
	unlock, err := cfg.Dir.Lock()
	if err != nil {
		return c, err
	}
	c.closers = append(c.closers, unlock)
	st, err := cfg.Stand()
	if err != nil {
		return c, err
	}
	switch {
	case cfg.Wish.ReadOnly:
		err = c.openForReading(ctx, &cfg, st)
	case c.Shared:
		err = c.openShared(ctx, &cfg, st)
	default:
		err = c.openOwn(ctx, &cfg, st)
	}
	if err != nil {
		return c, err
	}
	if c.Store != nil && cfg.Wrap != nil {
		c.Store = cfg.Wrap(c.Store)
	}
	if err := c.mayBegin(ctx, &cfg, &st); err != nil || c.Store == nil || c.look {
		return c, err
	}
	m := embeddedMemo
	if c.Shared {
		m = cfg.Engine.memo()
	}
	if err := remember(cfg.Dir, m); err != nil && cfg.Logger != nil { // on a full disk what can be read is read
		cfg.Logger.Warn("the data directory cannot note where its blocks are", "error", err)
	}
	return c, nil
}

// Close releases everything.
func (c *Copies) Close() error {
	var errs []error
	for i := len(c.closers) - 1; i >= 0; i-- {
		errs = append(errs, c.closers[i]())
	}
	c.closers = nil
	return errors.Join(errs...)
}

func (c *Copies) openJournal() (err error) {
	c.Journal, err = journal.Open(c.dir.Journal(), journal.Options{})
	if c.Journal == nil {
		return err
	}
	c.closers = append(c.closers, c.Journal.Close)
	return nil // what is damaged it says itself
}

// openOwn opens the copies of a directory that has both.
func (c *Copies) openOwn(ctx context.Context, cfg *CopiesConfig, st datadir.Standing) (err error) {
	if st.Fresh() {
		if err := cfg.Dir.Announce(); err != nil {
			return err
		}
	}
	if c.Key, err = cfg.Dir.Begin(st); err != nil {
		return err
	}
	if err := c.openJournal(); err != nil {
		return err
	}
	s, err := embedded.Open(ctx, cfg.embedded(c.Journal))
	if err != nil {
		c.StoreErr = err
		return ctx.Err()
	}
	c.closers = append(c.closers, s.Close)
	c.Store = s
	return cfg.Dir.Begun()
}

// openShared opens the journal and an engine outside of the directory.
func (c *Copies) openShared(ctx context.Context, cfg *CopiesConfig, st datadir.Standing) (err error) {
	if err := c.openJournal(); err != nil {
		return err
	}
	if err := c.openEngine(ctx, cfg, &st); err != nil {
		return err
	}
	if st.Fresh() {
		if err := cfg.Dir.Announce(); err != nil {
			return err
		}
	}
	// The key comes last: a directory that meets another ledger's store begins none.
	c.Key, err = cfg.Dir.Begin(st)
	return err
}

// openEngine opens the engine. When the journal has blocks, the store must have some; what is wrong
// with it then is in StoreErr.
func (c *Copies) openEngine(ctx context.Context, cfg *CopiesConfig, st *datadir.Standing) error {
	written := c.Journal.Head() > 0
	err := c.connect(ctx, cfg, st, written)
	if FaultOf(err) != None && written {
		c.StoreErr = err
		return nil
	}
	return err
}

func (c *Copies) connect(ctx context.Context, cfg *CopiesConfig, st *datadir.Standing, written bool) error {
	o, err := cfg.Engine.Open(ctx, Opening{Origin: st.Origin, Create: st.Fresh(), Look: c.look, MustExist: written})
	if c.look && st.Fresh() && FaultOf(err) == Missing {
		return nil // a start would make it
	}
	if st.Fresh() && FaultOf(err) == Unfit {
		err = fmt.Errorf("%w, or was made for another: copy keys/checkpoint.key from one of its nodes to %s, "+
			"or choose another --origin: %w", ErrLedgerElsewhere, cfg.Dir.CheckpointKey(), err)
	}
	if err != nil {
		return err
	}
	c.closers = append(c.closers, o.Close)
	if !cfg.Wish.ReadOnly {
		if err := o.Probe(ctx); err != nil {
			return err
		}
	}
	st.Origin = o.Origin // which an interrupted first start may have chosen
	if st.Fresh() {
		head, err := o.Store.Head(ctx)
		if err == nil && head > 0 {
			err = fmt.Errorf("%w of %d blocks: copy keys/checkpoint.key from one of its nodes to %s",
				ErrLedgerElsewhere, head, cfg.Dir.CheckpointKey())
		}
		if err != nil {
			return err
		}
	}
	c.Store, c.Opened = o.Store, o
	return nil
}

// mayBegin returns an error when a ledger would begin here in an engine outside of the directory, and
// none was to be made: a second history under a key that was left alone, or any. Of a directory of
// its own [datadir.Dir.Stand] has decided that.
func (c *Copies) mayBegin(ctx context.Context, cfg *CopiesConfig, st *datadir.Standing) error {
	alone := !st.Fresh() && !cfg.Dir.Beginning()
	if !c.Shared || cfg.Wish.New || !alone && !cfg.Wish.MustExist || c.Journal.Head() > 0 || c.Store == nil {
		return nil
	}
	head, err := c.Store.Head(ctx)
	switch {
	case err == nil && head > 0:
		return nil
	case err == nil && cfg.Wish.MustExist:
		err = ErrNoLedger
	case err == nil:
		return cfg.Dir.KeyAlone(st.Origin)
	}
	return fmt.Errorf("%s: %w", cfg.Dir, err)
}

// Evidence opens the evidence: with the blocks where an engine outside of the directory keeps it,
// so that every node has it; otherwise in the data directory. It is nil where there is none yet
// and the copies were opened to be looked at.
func (c *Copies) Evidence(ctx context.Context, log *slog.Logger) (evidence.Store, error) {
	switch {
	case c.Opened == nil:
	case c.Opened.Evidence != nil:
		return c.Opened.Evidence(ctx, "evidence", !c.look) // a ledger that was moved there has none yet, so any node may make it
	default:
		log.Warn("evidence is kept in this node's data directory only: put it on storage that all nodes share", "dir", c.dir.Evidence())
	}
	if c.look {
		return evidence.ReadFiles(c.dir.Evidence())
	}
	return evidence.OpenFiles(c.dir.Evidence(), evidence.Options{})
}

// openForReading opens copies that get no block of this node's: those of a directory of its own as
// they are, and of an engine outside of it the journal too, which follows what others write there.
func (c *Copies) openForReading(ctx context.Context, cfg *CopiesConfig, st datadir.Standing) error {
	c.look, c.Key = true, st.Key
	if !c.Shared {
		return c.readOwn(cfg)
	}
	if err := c.openJournal(); err != nil {
		return err
	}
	return c.openEngine(ctx, cfg, &st)
}

func (c *Copies) readOwn(cfg *CopiesConfig) error {
	if err := c.readJournal(); err != nil {
		return err
	}
	if cfg.Wish.ReadOnly && IsArchive(cfg.Dir) {
		return nil // there is no other copy
	}
	s, err := embedded.OpenFiles(cfg.embedded(c.Journal))
	if c.StoreErr = err; err == nil {
		c.Store = s
	}
	return nil
}

func (c *Copies) readJournal() (err error) {
	c.Journal, err = journal.OpenReadOnly(c.dir.Journal())
	if c.Journal == nil {
		return err
	}
	c.closers = append(c.closers, c.Journal.Reader.Close)
	return nil // what is damaged it says itself
}

// ReadCopies opens the copies as a start would read them, and changes nothing, neither in the
// directory nor in an engine outside of it. st is what [CopiesConfig.Stand] said; the errors are
// those of [OpenCopies]. Key is nil when a ledger would begin.
func ReadCopies(ctx context.Context, cfg CopiesConfig, st datadir.Standing) (c *Copies, err error) {
	c = &Copies{Key: st.Key, Shared: cfg.Engine != nil, dir: cfg.Dir, look: true}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Close())
			c = nil
		}
	}()
	if !c.Shared {
		return c, c.readOwn(&cfg)
	}
	if err = c.readJournal(); err == nil {
		err = c.openEngine(ctx, &cfg, &st)
	}
	if err == nil {
		err = c.mayBegin(ctx, &cfg, &st)
	}
	return c, err
}

// embedded is how the store in the data directory is opened.
func (c *CopiesConfig) embedded(j *journal.Journal) embedded.Config {
	may := func(number uint64) bool { return mayCut(j.Reader, number) }
	return embedded.Config{Dir: c.Dir.Store(), MustExist: j.Head() > 0, MayCut: may, Logger: c.Logger}
}
