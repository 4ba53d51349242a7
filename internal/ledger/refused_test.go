package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
)

// refusing is a store that refuses blocks with an error, once it has one.
type refusing struct {
	store.Store
	with  atomic.Pointer[error]
	asked atomic.Int64
}

func (r *refusing) Append(ctx context.Context, b *block.Block) error {
	r.asked.Add(1)
	if with := r.with.Load(); with != nil {
		return *with
	}
	return r.Store.Append(ctx, b)
}

// TestWhatARefusalMeans: one that may pass, one that will not, and one that is damage.
func TestWhatARefusalMeans(t *testing.T) {
	for name, c := range map[string]struct {
		cause       error
		is          error
		stops, asks bool // appends for good; the store at each append
	}{
		"no space":    {errors.New("full"), ledger.ErrNoSpace, false, true},
		"for good":    {&store.RefusedError{Says: "no access", Cause: errors.New("x")}, ledger.ErrRefused, false, false},
		"lost blocks": {&store.DamageError{Block: 2, Reason: "gone"}, nil, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFixture(t)
			r := &refusing{Store: w.store}
			w.config = func(cfg *ledger.Config) { cfg.Store = r }
			w.open()
			defer w.close()
			w.must(registered(t, "p"))
			err := fmt.Errorf("%w: %w", store.ErrNotStored, c.cause)
			r.with.Store(&err)
			before := r.asked.Load()
			for range 3 {
				if _, err := w.append(registered(t, "q")); err == nil || c.is != nil && !errors.Is(err, c.is) {
					t.Errorf("append gives %v", err)
				}
			}
			if asked := r.asked.Load() - before; (asked == 3) != c.asks {
				t.Errorf("the store was asked %d times", asked)
			}
			if h := w.Health(); h.Ready || h.ReadOnly != c.stops || h.Reasons["store"] == "" {
				t.Errorf("%+v", h)
			}
			r.with.Store(nil)
			if _, err := w.append(registered(t, "r")); (err == nil) != c.asks {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}
