package ledger_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
)

// nowhere is a store that keeps nothing.
type nowhere struct{ store.Store }

func (nowhere) Append(context.Context, *block.Block) error { return nil }

// BenchmarkSequencer measures what one event costs the ledger beside its store: alone from as many
// goroutines as write at a busy hour, and in batches of a visit's size from a few.
func BenchmarkSequencer(b *testing.B) {
	b.Run("alone", func(b *testing.B) { benchmarkSequencer(b, 64, 1) })
	b.Run("batches", func(b *testing.B) { benchmarkSequencer(b, 8, 50) })
}

func benchmarkSequencer(b *testing.B, writers, batch int) {
	w := newFixture(b)
	w.config = func(c *ledger.Config) { c.Store = nowhere{w.memory} }
	w.open()
	defer w.close()
	const people = 1000
	for n := range people {
		w.must(registered(b, fmt.Sprintf("p%d", n)))
	}
	requests := make([]ledger.Request, b.N/batch+1)
	for i := range requests {
		for n := range batch {
			requests[i].Items = append(requests[i].Items, trained(b, fmt.Sprintf("p%d", (i*batch+n)%people), nil))
		}
		requests[i].Actor = office
	}
	b.ReportAllocs()
	b.ResetTimer()
	var wg sync.WaitGroup
	for g := range writers {
		wg.Go(func() {
			for i := g; i < len(requests); i += writers {
				if _, err := w.Ledger.Append(context.Background(), requests[i]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
