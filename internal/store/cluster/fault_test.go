package cluster_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/test/natstest"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// history is what two writers were told and what two readers saw, while servers fail.
type history struct {
	mu    sync.Mutex
	acked map[uint64]*block.Block
	head  uint64 // highest number acknowledged
	slow  time.Duration
}

func (h *history) ack(b *block.Block, took time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if other := h.acked[b.Number]; other != nil && other.ID != b.ID {
		return fmt.Errorf("block %d was acknowledged twice, with different bytes", b.Number)
	}
	h.acked[b.Number] = b
	h.head, h.slow = max(h.head, b.Number), max(h.slow, took)
	return nil
}

func (h *history) newest() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.head
}

// write appends until stop is closed. An unknown outcome is resolved by the same block.
func (h *history) write(t *testing.T, s store.Store, text string, stop <-chan struct{}) {
	last := lastBlock(t, s)
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		default:
		}
		next := storetest.Next(last, fmt.Sprintf("%s, %d", text, i))
		start := time.Now()
		err := s.Append(t.Context(), next)
		for err != nil && t.Context().Err() == nil && !errors.Is(err, store.ErrConflict) {
			if time.Since(start) > 3*time.Minute {
				t.Errorf("block %d is not decided after %v: %v", next.Number, time.Since(start), err)
				return
			}
			err = s.Append(t.Context(), next)
		}
		if d := time.Since(start); d > time.Second {
			t.Logf("%s: append of block %d took %v: %v", text, next.Number, d, err)
		}
		if err == nil {
			if err := h.ack(next, time.Since(start)); err != nil {
				t.Error(err)
				return
			}
			last = next
			continue
		}
		if err := s.Read(t.Context(), next.Number, next.Number, func(_ uint64, raw []byte) (err error) {
			last, err = block.Parse(raw)
			return err
		}); err != nil {
			t.Errorf("read after a conflict: %v", err)
			return
		}
	}
}

func lastBlock(t testing.TB, s store.Store) (last *block.Block) {
	head, err := s.Head(t.Context())
	if err == nil && head > 0 {
		err = s.Read(t.Context(), head, head, func(_ uint64, raw []byte) (err error) {
			last, err = block.Parse(raw)
			return err
		})
	}
	if err != nil {
		t.Errorf("last block: %v", err)
	}
	return last
}

// look asks for heads until stop is closed: none may miss a block acknowledged before.
func (h *history) look(t *testing.T, s store.Store, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case <-time.After(20 * time.Millisecond):
		}
		before := h.newest()
		head, err := s.Head(t.Context())
		if err != nil {
			t.Logf("head: %v", err)
		}
		if err == nil && head < before { // an error is no answer
			t.Errorf("head is %d, block %d had been acknowledged", head, before)
		}
	}
}

// testFaults lets two nodes write to one stream while servers fail.
func testFaults(t *testing.T, c *natstest.Cluster) {
	cfg := config(t, c)
	a, b := openCluster(t, cfg), openCluster(t, cfg)
	defer shut(t, a)
	defer shut(t, b)
	h := &history{acked: map[uint64]*block.Block{}}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { h.write(t, a, "a", stop) })
	wg.Go(func() { h.write(t, b, "b", stop) })
	wg.Go(func() { h.look(t, a, stop) })
	wg.Go(func() { h.look(t, b, stop) })

	for round := range *soak {
		killLeader(t, c, a, h)
		progress(t, c, h, "after a kill")
		freezeFollower(t, c, a, h)
		slowServer(t, c, a, h)
		partitionLeader(t, c, a, h, 20*time.Second)
		t.Logf("round %d: %d blocks, slowest append %v", round+1, h.newest(), h.slow)
	}
	progress(t, c, h, "at the end")
	close(stop)
	wg.Wait()
	h.verify(t, a)
	h.verify(t, b)
	t.Logf("%d blocks acknowledged, slowest append %v", len(h.acked), h.slow)
}

// verify reads everything: each acknowledged block is there as it was, and nothing else.
func (h *history) verify(t *testing.T, s store.Store) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil || head != uint64(len(h.acked)) {
		t.Errorf("%d blocks were acknowledged, head is %d, %v", len(h.acked), head, err)
	}
	var prev *block.Block
	err = s.Read(t.Context(), 1, head, func(n uint64, raw []byte) error {
		got, err := block.Parse(raw)
		switch {
		case err != nil:
			return err
		case h.acked[n] == nil || h.acked[n].ID != got.ID:
			return fmt.Errorf("block %d is not the one that was acknowledged", n)
		case prev != nil && got.First != prev.Size:
			return fmt.Errorf("block %d does not follow", n)
		}
		prev = got
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// progress waits until ten more blocks are acknowledged.
func progress(t *testing.T, c *natstest.Cluster, h *history, when string) {
	t.Helper()
	from := h.newest()
	natstest.Eventually(t, time.Minute, "blocks are stored "+when+fmt.Sprint(from), func() bool { return h.newest() >= from+10 })
}

func killLeader(t *testing.T, c *natstest.Cluster, s *cluster.Store, h *history) {
	leader := c.WaitLeader(s.Stream())
	c.Kill(leader)
	progress(t, c, h, "with a server killed")
	c.Restart(leader)
	c.WaitReady()
}

func freezeFollower(t *testing.T, c *natstest.Cluster, s *cluster.Store, h *history) {
	follower := (c.WaitLeader(s.Stream()) + 1) % 3
	c.Freeze(follower)
	progress(t, c, h, "with a follower stopped")
	time.Sleep(3 * time.Second)
	c.Heal(follower)
	progress(t, c, h, "with the follower back")
}

func slowServer(t *testing.T, c *natstest.Cluster, s *cluster.Store, h *history) {
	leader := c.WaitLeader(s.Stream())
	c.Slow(leader, 20*time.Millisecond)
	progress(t, c, h, "with a slow leader")
	c.Slow(leader, 0)
}

// partitionLeader cuts the leader off from the others, not from its clients, which it goes
// on answering for a while as if it still led.
func partitionLeader(t *testing.T, c *natstest.Cluster, s *cluster.Store, h *history, atLeast time.Duration) {
	progress(t, c, h, "before a partition")
	leader := c.WaitLeader(s.Stream())
	start := time.Now()
	c.Partition(leader)
	progress(t, c, h, "with the leader cut off")
	time.Sleep(atLeast - time.Since(start))
	c.Heal(leader)
	progress(t, c, h, "with the partition healed")
}
