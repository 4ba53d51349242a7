package ledger_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
)

// pausing is a store whose next append takes a while.
type pausing struct {
	store.Store
	pause atomic.Int64
}

func (p *pausing) Append(ctx context.Context, b *block.Block) error {
	time.Sleep(time.Duration(p.pause.Swap(0)))
	return p.Store.Append(ctx, b)
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestAStoreThatIsSilentForAWhileIsSaidOnce with its end and its length, and seen meanwhile.
func TestAStoreThatIsSilentForAWhileIsSaidOnce(t *testing.T) {
	w := newFixture(t)
	log, p := &lockedBuffer{}, &pausing{Store: w.store}
	w.config = func(c *ledger.Config) { c.Store, c.Logger = p, slog.New(slog.NewTextHandler(log, nil)) }
	w.open()
	defer w.close()
	w.must(registered(t, "quick"))
	if s := log.String(); strings.Contains(s, "the store") || w.Health().StoreSilent != 0 {
		t.Errorf("a store that answers: %s", s)
	}
	p.pause.Store(int64(1500 * time.Millisecond))
	done := make(chan struct{})
	go func() { defer close(done); w.must(registered(t, "slow")) }()
	deadline := time.Now().Add(1400 * time.Millisecond)
	for !strings.Contains(log.String(), "does not answer") && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	if h := w.Health(); h.StoreSilent < time.Second {
		t.Errorf("silent for %v", h.StoreSilent)
	}
	<-done
	w.must(registered(t, "quick-again"))
	s := log.String()
	if strings.Count(s, "the store does not answer") != 1 || strings.Count(s, "the store has answered") != 1 || !strings.Contains(s, "after=1.5") {
		t.Error(s)
	}
}
