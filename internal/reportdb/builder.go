package reportdb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/projections/tables"
)

const (
	chunk     = 1024     // entries that are read at once
	full      = 20_000   // operations of a transaction
	perhaps   = 2        // chunks that wait to be folded
	hotCache  = 32 << 10 // KiB of pages that the writer keeps while it builds
	calmCache = 4 << 10  // and while it follows
	hotPages  = 8 << 10  // pages of the log of writes that are copied into the file at once while it builds; most of them are written again
	calmPages = 1000     // and while it follows
	walLimit  = 64 << 20 // bytes to which the log of writes is cut
	patience  = 5000     // milliseconds for who locks the file
	retryEach = time.Second
	retryMost = time.Minute // what goes wrong again and again is not to cost a processor
	// reserve is what the disk must have free: with less nothing is built, so that appends have it.
	reserve = 256 << 20
)

// Config is what a builder needs of its ledger. All but Logger and Space are required.
type Config struct {
	Dir    string // made when it is not there
	Origin string
	Size   func() uint64 // how many entries are committed
	// Committed returns a channel that is closed once more than so many are.
	Committed func(after uint64) <-chan struct{}
	// Range calls fn with the entries from an index until before another, in order; Read with those at the indexes, which ascend. Events
	// are in the newest version of their type.
	Range  func(ctx context.Context, from, to uint64, fn func(*event.Event) error) error
	Read   func(ctx context.Context, indexes []uint64, fn func(*event.Event) error) error
	RootAt func(size uint64) (string, error)
	Logger *slog.Logger                          // nil discards
	Space  func() (free, size uint64, err error) // of the disk, in bytes; nil: it is not watched
	Keep   int                                   // things that the fold keeps in memory; 0: as many as are usual
	// CheckEvery is the pause between two checks, see [Builder.Check]; 0: none is made.
	CheckEvery time.Duration
}

// Status says how far the database is.
type Status struct {
	Position uint64 // entries that it reflects
	Size     uint64 // entries that the ledger has
	Err      error  // why nothing is built at the moment; nil when all is well
	Rebuilt  int    // how often a file was deleted since the start
	WAL      int64  // bytes of the log of writes
	Asked    int    // questions that are open
	Checking bool   // a second database is being built
	Checked  Check  // the last check that came to its end
}

// Lag is the number of entries that the database is behind the ledger.
func (s Status) Lag() uint64 { return s.Size - min(s.Position, s.Size) }

// Builder keeps the database of one node.
type Builder struct {
	cfg  Config
	path string

	mu       sync.Mutex
	position uint64
	ready    bool // the file is this ledger's
	err      error
	rebuilt  int
	moved    chan struct{}
	stop     context.CancelCauseFunc // ends what is being built; nil: nothing is
	spare    string                  // a better file that is to take its place; "": none
	checking bool
	checked  Check

	check  sync.Mutex    // held by who checks
	wanted chan struct{} // a check
	places chan struct{} // one for each question that is open
	aside  []*aside      // connections that were set aside, the one that was used last behind; under mu

	many  map[[sha256.Size]byte]bool // queries, with their parameters, that gave more things than may be kept; under mu
	ended bool                       // nothing is set aside any more; under mu
	once  bool                       // it is built to an end, and nothing is waited for
}

// New prepares a builder; [Builder.Run] builds.
func New(cfg Config) *Builder {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Builder{cfg: cfg, path: filepath.Join(cfg.Dir, file), moved: make(chan struct{}), wanted: make(chan struct{}, 1),
		places: make(chan struct{}, AtOnce)}
}

// Status may be called by any goroutine.
func (b *Builder) Status() Status {
	size := b.cfg.Size()
	b.mu.Lock()
	defer b.mu.Unlock()
	s := Status{Position: b.position, Size: max(size, b.position), Err: b.err, Rebuilt: b.rebuilt, Asked: len(b.places),
		Checking: b.checking, Checked: b.checked}
	if info, err := os.Stat(b.path + "-wal"); err == nil {
		s.WAL = info.Size()
	}
	return s
}

// WaitFor returns when the first position entries are in the database, or with the error of ctx.
func (b *Builder) WaitFor(ctx context.Context, position uint64) error {
	return b.await(ctx, func() bool { return b.ready && b.position >= position })
}

// await returns once done says so, which is asked under mu, or with the error of ctx.
func (b *Builder) await(ctx context.Context, done func() bool) error {
	for {
		b.mu.Lock()
		is, moved := done(), b.moved
		b.mu.Unlock()
		if is {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *Builder) note(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
	close(b.moved)
	b.moved = make(chan struct{})
}

func (b *Builder) reached(position uint64) {
	b.note(func() { b.position, b.ready, b.err = position, true, nil })
}

func (b *Builder) failed(err error) { b.note(func() { b.err = err }) }

// Run builds until ctx ends. Whatever goes wrong, it tries again.
func (b *Builder) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	defer b.close()
	if err := remove(b.beside()); err != nil {
		b.cfg.Logger.Warn("the report database of an interrupted check cannot be deleted", "error", err)
	}
	running.Go(func() { b.checks(ctx) })
	for wait := retryEach; ctx.Err() == nil; wait = min(2*wait, retryMost) {
		before := b.Status().Position
		err := b.swap()
		if err == nil {
			err = b.stoppable(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, errReplaced):
			wait = retryEach / 2
			continue
		case b.Status().Position > before:
			wait = retryEach
		}
		b.failed(err)
		b.cfg.Logger.Warn("the report database is not being built", "error", err)
		if damaged(err) {
			if err := b.discard(); err != nil {
				b.cfg.Logger.Error("the report database cannot be deleted", "error", err)
			}
		}
		pause(ctx, wait)
	}
}

// stoppable builds until ctx ends or [Builder.interrupt] is called, whose reason it returns.
func (b *Builder) stoppable(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	b.note(func() { b.stop = cancel })
	defer b.note(func() { b.stop = nil })
	err := b.build(ctx)
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// interrupt ends what is being built, for a reason.
func (b *Builder) interrupt(why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stop != nil {
		b.stop(why)
	}
}

// discard deletes the file, so that it is built anew.
func (b *Builder) discard() error {
	b.note(func() { b.ready, b.position, b.rebuilt = false, 0, b.rebuilt+1 })
	b.forget(func(*aside) bool { return true })
	return remove(b.path)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// damaged reports whether an error is one of the file, which is then built anew; others pass by, such as a full disk.
func damaged(err error) bool {
	if errors.Is(err, errForeign) || errors.Is(err, errGone) {
		return true
	}
	return broken(err) || is(err, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_RANGE)
}

// broken reports whether an error is one of the file, whoever reads it.
func broken(err error) bool { return is(err, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) }

func is(err error, codes ...int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&0xff)
}

// build opens the file, makes it when it is not there, and follows the ledger, in the background.
func (b *Builder) build(ctx context.Context) error {
	ended := make(chan error)
	go func() {
		background()
		ended <- b.extend(ctx)
	}()
	return <-ended
}

// extend is build by whoever calls it.
func (b *Builder) extend(ctx context.Context) error {
	if err := os.MkdirAll(b.cfg.Dir, 0o700); err != nil {
		return err
	}
	if err := b.room(); err != nil {
		return err
	}
	_, err := os.Stat(b.path)
	fresh := errors.Is(err, os.ErrNotExist)
	if fresh {
		if err := remove(b.path); err != nil { // what is left beside a file that somebody has deleted
			return err
		}
		f, err := os.OpenFile(b.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // SQLite would let others read it
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	db, err := open(b.path, url.Values{"_pragma": {"journal_mode(WAL)", "synchronous(NORMAL)", fmt.Sprintf("busy_timeout(%d)", patience),
		fmt.Sprintf("journal_size_limit(%d)", walLimit), fmt.Sprintf("cache_size(-%d)", hotCache),
		fmt.Sprintf("wal_autocheckpoint(%d)", hotPages)}, "_txlock": {"immediate"}})
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // what it has committed stays
	var since uint64
	if fresh {
		err = create(ctx, db, b.cfg.Origin)
	} else {
		since, err = examine(ctx, db, b.cfg.Origin, b.cfg.RootAt, b.cfg.Size())
	}
	if err != nil {
		return err
	}
	past, err := recall(ctx, db, b.path, since)
	if err != nil {
		return err
	}
	defer past.close()
	w, err := newWriter(ctx, db, b, since)
	if err != nil {
		return err
	}
	defer w.close()
	b.note(func() { b.position, b.ready = since, true })
	return b.follow(ctx, w, since, past)
}

// room refuses to build on a disk that is nearly full, after it has given up what was set aside.
func (b *Builder) room() error {
	if b.cfg.Space == nil {
		return nil
	}
	free, _, err := b.cfg.Space()
	if err == nil && free < reserve {
		b.forget(func(*aside) bool { return true })
		return fmt.Errorf("the disk is nearly full: %d MiB are free, and nothing is built with less than %d MiB", free>>20, uint64(reserve)>>20)
	}
	return nil
}

// follow folds the entries that the past does not know and writes those from since on. Reading, folding and writing run beside each
// other, and give way to appends.
func (b *Builder) follow(ctx context.Context, w *writer, since uint64, past *past) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	defer running.Wait()
	read, batches, used := make(chan []*event.Event, perhaps), make(chan *tables.Batch), make(chan *tables.Batch, 2)
	for range 2 {
		used <- new(tables.Batch)
	}
	running.Go(func() {
		background()
		cancel(b.read(ctx, past.from, read))
	})
	running.Go(func() {
		background()
		cancel(b.fold(ctx, since, past, read, batches, used))
	})
	for {
		select {
		case batch := <-batches:
			if err := w.write(ctx, batch); err != nil {
				cancel(err)
				return err
			}
			batch.Reset()
			used <- batch
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// read sends the entries from an index on, in chunks, and then each as it is committed.
func (b *Builder) read(ctx context.Context, from uint64, out chan<- []*event.Event) error {
	for {
		to := min(b.cfg.Size(), from+chunk)
		if to == from {
			select {
			case <-b.cfg.Committed(from):
				continue
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		events := make([]*event.Event, 0, to-from)
		err := b.cfg.Range(ctx, from, to, func(e *event.Event) error {
			events = append(events, e)
			return nil
		})
		if err != nil {
			return err
		}
		select {
		case out <- events:
			from = to
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fold sends what entries change, in batches: large ones while there are more entries, and else at once.
func (b *Builder) fold(ctx context.Context, since uint64, past *past, in <-chan []*event.Event, out chan<- *tables.Batch,
	used <-chan *tables.Batch) error {
	f := tables.New(since, func(indexes []uint32) ([]*event.Event, error) { return b.again(ctx, indexes) })
	f.Keep = cmp.Or(b.cfg.Keep, tables.Bulk(b.cfg.Size()))
	batch := <-used
	f.Begin(batch)
	if past.from > 0 {
		if err := f.Resume(&past.Past); err != nil {
			return err
		}
	}
	for {
		var events []*event.Event
		select {
		case events = <-in:
		case <-ctx.Done():
			return ctx.Err()
		}
		for _, e := range events {
			if err := f.Apply(e); err != nil {
				return err
			}
		}
		if batch.Next < since || len(batch.Ops) < full && len(in) > 0 {
			continue
		}
		if batch.Next == b.cfg.Size() {
			f.Calm()
		}
		select {
		case out <- batch:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case batch = <-used:
			f.Begin(batch)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// again reads entries once more, of a stream of which something was corrected.
func (b *Builder) again(ctx context.Context, indexes []uint32) ([]*event.Event, error) {
	wide := make([]uint64, len(indexes))
	for i, index := range indexes {
		wide[i] = uint64(index)
	}
	events := make([]*event.Event, 0, len(indexes))
	err := b.cfg.Read(ctx, wide, func(e *event.Event) error {
		events = append(events, e)
		return nil
	})
	return events, err
}

// each calls fn with each row of an answer, and closes it.
func each(rows *sql.Rows, err error) func(fn func(*sql.Rows) error) error {
	return func(fn func(*sql.Rows) error) error {
		if err != nil {
			return err
		}
		for err == nil && rows.Next() {
			err = fn(rows)
		}
		return errors.Join(err, rows.Err(), rows.Close())
	}
}

// column returns the only column of an answer.
func column[T any](rows *sql.Rows, err error) (all []T, _ error) {
	err = each(rows, err)(func(rows *sql.Rows) error {
		var v T
		err := rows.Scan(&v)
		all = append(all, v)
		return err
	})
	return all, err
}

// selectScopes asks for all rows of scopes, which scopes reads.
const selectScopes = "SELECT id, kind, name, county, sectors, team, authority FROM main.scopes ORDER BY id"

// scopes calls fn with each row of scopes.
func scopes(rows *sql.Rows, err error, fn func(*tables.Scope)) error {
	return each(rows, err)(func(rows *sql.Rows) error {
		var s tables.Scope
		err := rows.Scan(&s.ID, &s.Kind, &s.Name, &s.County, &s.Sectors, &s.Team, &s.Authority)
		fn(&s)
		return err
	})
}

// exec runs statements that have no parameters.
func exec(ctx context.Context, db *sql.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
