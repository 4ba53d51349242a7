package ledger

import (
	"sync/atomic"
	"time"
)

// CommitBounds are the upper bounds by which commits are counted; the last count has no bound.
var CommitBounds = [...]time.Duration{
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, time.Second, 5 * time.Second,
}

// Commits counts blocks by the time from sealing one until both copies had it.
type Commits struct {
	Blocks [len(CommitBounds) + 1]uint64
	Took   time.Duration // all together
}

// commits is what [Commits] is read from. The committer alone adds.
type commits struct {
	blocks [len(CommitBounds) + 1]atomic.Uint64
	took   atomic.Int64
}

func (c *commits) add(took time.Duration) {
	i := 0
	for i < len(CommitBounds) && took > CommitBounds[i] {
		i++
	}
	c.blocks[i].Add(1)
	c.took.Add(int64(took))
}

// Commits tells how long commits took since the start.
func (l *Ledger) Commits() (c Commits) {
	for i := range c.Blocks {
		c.Blocks[i] = l.commits.blocks[i].Load()
	}
	c.Took = time.Duration(l.commits.took.Load())
	return c
}
