package repair

import (
	"context"
	"errors"
	"iter"

	"github.com/anjian-ledger/anjian/internal/store"
)

// ErrNotOurs means that an engine outside the data directory lacks or has spoilt a block that
// the journal has. Nothing is written to it: bring it back with its own means, or copy the
// ledger from the journal to a new one.
var ErrNotOurs = errors.New("the external store is damaged, and repair does not write to it")

// scanExternal yields the engine's blocks in order, without those that it cannot deliver.
func (r *repair) scanExternal(ctx context.Context) iter.Seq2[uint64, []byte] {
	return func(yield func(uint64, []byte) bool) {
		stopped := errors.New("stopped")
		head, err := r.external.Head(ctx)
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
