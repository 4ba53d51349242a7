package embedded

import (
	"context"
	"errors"
	"fmt"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

// Files is an embedded store whose engine is not started: what its files hold, for reading. It
// implements store.Store, and takes no blocks.
type Files struct {
	dir  string
	head uint64
}

var _ store.Store = (*Files)(nil)

// OpenFiles opens the files in cfg.Dir under the conditions under which [Open] starts
// the engine, and with its errors; nothing is changed. A store that Open would make is
// empty.
func OpenFiles(cfg Config) (*Files, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	found, err := inspect(cfg.Dir, cfg.MayCut)
	if err == nil && !found.exists && cfg.MustExist {
		err = fmt.Errorf("%w: %s", jetstream.ErrMissing, cfg.Dir)
	}
	if err != nil {
		return nil, err
	}
	return &Files{cfg.Dir, found.head}, nil
}

// Head implements store.Store.
func (f *Files) Head(context.Context) (uint64, error) { return f.head, nil }

// Read implements store.Store. It reads the files from that on in which the first block is, and from the first on where a damaged one
// says so of itself.
func (f *Files) Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	if from > to {
		return nil
	}
	next, err := from, error(nil)
	for _, begin := range [...]uint64{from, 1} {
		if next, err = f.readFrom(ctx, begin, from, to, fn); err != nil || next > from {
			break
		}
	}
	if err == nil && next <= to {
		err = &store.DamageError{Block: next, Reason: "the files do not have it"}
	}
	return err
}

// readFrom is Read in the files from that of block begin on; next is the block behind the last one that fn was called with.
func (f *Files) readFrom(ctx context.Context, begin, from, to uint64, fn func(uint64, []byte) error) (next uint64, err error) {
	enough := errors.New("enough")
	next = from
	err = msgfile.ScanFrom(f.dir, begin, func(number uint64, raw []byte) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case number < next:
			return nil
		case number > next || number > to:
			return enough
		}
		if err := fn(number, raw); err != nil {
			return err
		}
		if next++; next > to {
			return enough
		}
		return nil
	})
	if errors.Is(err, enough) {
		err = nil
	}
	return next, err
}

// Append implements store.Store.
func (f *Files) Append(_ context.Context, b *block.Block) error {
	return jetstream.NotStored("block %d: the files are open for reading", b.Number)
}

// MaxBlock implements store.Store.
func (f *Files) MaxBlock() int { return jetstream.DefaultMaxBlock }

// Close implements store.Store.
func (f *Files) Close() error { return nil }
