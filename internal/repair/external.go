package repair

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/store"
)

var (
	// ErrNotOurs means that an engine outside the data directory lacks or has spoilt a block that
	// the journal has. Nothing is written to it: its administrator brings it back, or the ledger is
	// copied from the journal to a new stream.
	ErrNotOurs = errors.New("the external store is damaged, and repair does not write to it")
	// ErrShort means that an engine outside the data directory is a prefix of the journal. Nothing
	// is written to it, because another node's journal may have more.
	ErrShort = errors.New("the external store is short")
)

// openExternal opens the engine. One that is damaged, or has no stream any more, is read as far as
// that goes, so that the report tells what the journal has.
func (r *repair) openExternal(ctx context.Context, origin string) (closer func() error, err error) {
	o, err := r.cfg.Engine.Open(ctx, engines.Opening{Origin: origin, MustExist: true})
	switch engines.FaultOf(err) {
	case engines.Damaged, engines.Missing:
		r.external = broken{err}
		return func() error { return nil }, nil
	case engines.None, engines.Unfit, engines.Refuses:
	}
	if err != nil {
		return nil, err
	}
	r.external = o.Source
	return o.Close, nil
}

// broken is an engine that could not be opened.
type broken struct{ err error }

func (b broken) Head(context.Context) (uint64, error) { return 0, b.err }
func (b broken) Read(context.Context, uint64, uint64, func(uint64, []byte) error) error {
	return b.err
}

// verdict says, after the survey, what is wrong with the engine, and the way out; nil: nothing.
func (r *repair) verdict() error {
	d, e := r.dir, r.cfg.Engine
	bad := uint64(len(r.report.BadStore))
	switch fault := engines.FaultOf(r.silent); {
	case fault == engines.Missing:
		r.report.WayOut = engines.CopyFrom(d, e)
		return fmt.Errorf("%w; is its name right? If it was deleted, a new stream gets the blocks of the longest journal: %s", r.silent,
			engines.CopyElsewhere(d, e))
	case fault == engines.Damaged:
		r.report.WayOut = engines.CopyElsewhere(d, e)
		return fmt.Errorf("%w: %w. To a new stream: stop every node, and on the one whose journal has the most blocks run: %s (then serve with "+
			"%s NAME)",
			ErrNotOurs, r.silent, r.report.WayOut, engines.StreamFlag(e))
	case r.silent != nil:
		return r.silent
	case bad == 0:
		return nil
	case r.report.BadStore[0] == r.storeHead+1 && r.storeHead+bad == r.report.Blocks:
		r.report.WayOut = engines.CopyFrom(d, e)
		return fmt.Errorf("%w: it ends with block %d, the journal with block %d, and nothing in it is wrong. Stop every node, and on the one "+
			"whose journal has the most blocks run: %s",
			ErrShort, r.storeHead, r.report.Blocks, r.report.WayOut)
	}
	r.report.WayOut = engines.CopyElsewhere(d, e)
	return fmt.Errorf("%w: block %d. If its administrator cannot bring it back: stop every node, and on the one whose journal has the most "+
		"blocks run: %s (then serve with %s NAME)",
		ErrNotOurs, r.report.BadStore[0], r.report.WayOut, engines.StreamFlag(e))
}

// scanExternal yields the engine's blocks in order, without those that it cannot deliver.
func (r *repair) scanExternal(ctx context.Context) iter.Seq2[uint64, []byte] {
	return func(yield func(uint64, []byte) bool) {
		stopped := errors.New("stopped")
		head, err := r.external.Head(ctx)
		r.storeHead = head
		for next := uint64(1); err == nil && next <= head; {
			err = r.external.Read(ctx, next, head, func(number uint64, raw []byte) error {
				next = number + 1
				if !yield(number, raw) {
					return stopped
				}
				return nil
			})
			var damage *store.DamageError
			if errors.As(err, &damage) {
				next, err = max(next, damage.Block)+1, nil
			}
		}
		if err != nil && !errors.Is(err, stopped) {
			r.silent = err
		}
	}
}
