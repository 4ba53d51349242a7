package reportdb

import (
	"context"
	"errors"
	"path/filepath"
)

// errReached ends building once the end is reached.
var errReached = errors.New("the report database is up to date")

// Update brings the database to the end that the ledger has now, and returns: for a data directory at rest. The caller holds the
// directory's lock. A file that is damaged is built anew; whatever else goes wrong is its error. Questions may be asked then.
func (b *Builder) Update(ctx context.Context) error {
	b.once = true
	size := b.cfg.Size()
	err := b.until(ctx, size)
	if damaged(err) {
		if err := b.discard(); err != nil {
			return err
		}
		err = b.until(ctx, size)
	}
	return err
}

// until builds until the database has so many entries.
func (b *Builder) until(ctx context.Context, size uint64) error {
	ctx, cancel := context.WithCancelCause(ctx)
	waited := make(chan struct{})
	go func() {
		defer close(waited)
		if b.WaitFor(ctx, size) == nil {
			cancel(errReached)
		}
	}()
	err := b.build(ctx)
	cancel(err)
	<-waited
	if cause := context.Cause(ctx); !errors.Is(cause, errReached) {
		return cause
	}
	return nil
}

// Beside returns the database in dir as it is, for questions beside the server that builds it: its position is the server's.
func Beside(ctx context.Context, dir string) (*Builder, error) {
	b := New(Config{Dir: dir, Size: func() uint64 { return 0 }})
	db, err := open(filepath.Join(dir, file), reading)
	if err != nil {
		return nil, err
	}
	defer db.Close() //nolint:errcheck // it has only read
	if err := db.QueryRowContext(ctx, "SELECT next_ix FROM position").Scan(&b.position); err != nil {
		return nil, errors.Join(ErrNotBuilt, err)
	}
	b.ready = true
	return b, nil
}
