package verify

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// candidate is one copy's bytes of a block and what a worker found in them alone.
type candidate struct {
	where    string
	number   uint64
	raw      []byte
	block    *block.Block // nil when it does not parse
	head     translog.Checkpoint
	leaves   []tlog.Hash
	facts    []fact
	unread   []unread
	newer    string // why the whole block cannot be read: it is of a later form
	problems []Problem
}

// unread is an entry whose meaning cannot be told: newer than this program, or malformed.
type unread struct {
	index  uint64
	newer  bool
	reason string
}

// fact is what the folder needs to know of an entry.
type fact struct {
	event     *event.Event // nil when the entry did not parse; its Bytes alias the block's
	newer     bool         // it did not because its form is newer
	signature []byte
	recorded  int64 // microseconds

	correction *correction // nil when it is no clock-corrected
}

var candidates = sync.Pool{New: func() any { return new(candidate) }}

func newCandidate(where string, number uint64, raw []byte) *candidate {
	c := candidates.Get().(*candidate)
	c.where, c.number = where, number
	c.raw = append(c.raw[:0], raw...)
	return c
}

// release gives the buffers back; nothing may refer to them any more.
func (c *candidate) release() {
	*c = candidate{raw: c.raw, leaves: c.leaves[:0], facts: c.facts[:0]}
	candidates.Put(c)
}

func (c *candidate) problem(index int64, format string, args ...any) {
	c.problems = append(c.problems, Problem{c.where, c.number, index, fmt.Sprintf(format, args...)})
}

// analyse checks all that the block's own bytes tell.
func (c *candidate) analyse(number uint64, opts *Options) {
	b, err := block.Parse(c.raw)
	if errors.Is(err, block.ErrNewer) {
		c.newer = err.Error()
		return
	}
	if err != nil {
		c.problem(-1, "%v", err)
		return
	}
	if b.Number != number {
		c.problem(int64(b.First), "the block says that it is number %d", b.Number)
		return
	}
	c.block = b
	c.head, err = translog.OpenCheckpoint(b.Checkpoint, opts.Verifier)
	switch {
	case err != nil:
		c.problem(int64(b.First), "%v", err)
	case c.head.Unknown != 0:
		c.problem(int64(b.First), "the block's checkpoint has a signature that is not the ledger's")
	case c.head.Size != b.Size:
		c.problem(int64(b.First), "the checkpoint is over %d entries, the block ends at %d", c.head.Size, b.Size)
	}
	c.leaves, c.facts = slices.Grow(c.leaves, len(b.Entries)), slices.Grow(c.facts, len(b.Entries))
	var e entry.Entry
	for i, line := range b.Entries {
		c.leaves = append(c.leaves, translog.LeafHash(line))
		c.facts = append(c.facts, c.fact(b.First+uint64(i), line, &e, opts.catalogue))
	}
	if last := c.facts[len(c.facts)-1]; last.event != nil && last.recorded != b.Recorded.UnixMicro() {
		c.problem(int64(b.Size-1), "the block's recorded time is not that of its last entry")
	}
}

// fact reads one entry into e, which has what it shares with the one before.
func (c *candidate) fact(index uint64, line []byte, e *entry.Entry, cat *event.Catalogue) fact {
	err := e.Read(line)
	switch {
	case errors.Is(err, entry.ErrNewer) && e.Index == index:
		c.unread = append(c.unread, unread{index, true, err.Error()})
		return fact{newer: true}
	case err != nil:
		c.problem(int64(index), "%v", err)
		return fact{}
	case e.Index != index:
		c.problem(int64(index), "the entry says that its index is %d", e.Index)
	}
	ev := e.Decode(cat)
	if d, ok := ev.Data.(*event.Unreadable); ok && d.Wrong {
		c.problem(int64(index), "an unknown event of keys, tokens or the clock: %s", d.Reason)
	} else if ok {
		c.unread = append(c.unread, unread{index, d.Newer, d.Reason})
	}
	f := fact{event: ev, signature: e.Signature, recorded: e.Recorded.UnixMicro()}
	if f.correction, err = correctionOf(ev); err != nil {
		c.problem(int64(index), "%v", err)
	}
	return f
}
