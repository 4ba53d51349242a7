package projector

import (
	"context"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// Entries are the stored bytes of a ledger; *ledger.Ledger has them.
type Entries interface {
	Entry(ctx context.Context, index uint64) ([]byte, error)
	Entries(ctx context.Context, from, to uint64, fn func(index uint64, raw []byte) error) error
}

// Order is what a projector knows of who sees what since when; *Projector has it.
type Order interface {
	Held(at uint64) []uint32
	Since(s *visibility.Scope, stream event.Stream, about *event.About, index uint64) (uint64, bool)
}

// Walk calls fn with what may have become visible to a reader at the positions [from, to), in his
// order: at each position what its entry discloses, by index, then the entry itself. Whether it
// is his, and this its place, fn asks [Order.Since]. It returns the position that it reached:
// everything before it was given to fn.
func Walk(ctx context.Context, l Entries, o Order, s *visibility.Scope, from, to uint64,
	fn func(at Cursor, raw []byte) error) (reached uint64, err error) {
	reached = from
	if from >= to {
		return reached, nil
	}
	err = l.Entries(ctx, from, to, func(index uint64, raw []byte) error {
		if !s.Everything() {
			for _, held := range o.Held(index) {
				raw, err := l.Entry(ctx, uint64(held))
				if err != nil {
					return err
				}
				if err := fn(Cursor{Since: index, Index: uint64(held)}, raw); err != nil {
					return err
				}
			}
		}
		if err := fn(Cursor{Since: index, Index: index}, raw); err != nil {
			return err
		}
		reached = index + 1
		return nil
	})
	return reached, err
}
