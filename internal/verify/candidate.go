package verify

import (
	"fmt"
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
	problems []Problem
}

// fact is what the folder needs to know of an entry.
type fact struct {
	ok       bool // the entry parsed
	stream   event.Stream
	revision uint64
	recorded int64 // microseconds
	id       [16]byte
	signed   *signed    // nil when no device signed it
	change   *keyChange // nil when it does not register or revoke a device key
	event    *event.Event
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
	for i, line := range b.Entries {
		c.leaves = append(c.leaves, translog.LeafHash(line))
		c.facts = append(c.facts, c.fact(b.First+uint64(i), line, opts))
	}
	if last := c.facts[len(c.facts)-1]; last.ok && last.recorded != b.Recorded.UnixMicro() {
		c.problem(int64(b.Size-1), "the block's recorded time is not that of its last entry")
	}
}

func (c *candidate) fact(index uint64, line []byte, opts *Options) fact {
	e, err := entry.Parse(line)
	if err != nil {
		c.problem(int64(index), "%v", err)
		return fact{}
	}
	if e.Index != index {
		c.problem(int64(index), "the entry says that its index is %d", e.Index)
	}
	f := fact{ok: true, stream: e.Stream, revision: e.Revision, recorded: e.Recorded.UnixMicro()}
	head, err := entry.Peek(e.Event)
	if f.id = head.ID; err != nil {
		c.problem(int64(index), "%v", err)
		f.ok = false
	}
	f.event = &event.Event{Index: index, Recorded: e.Recorded, Stream: e.Stream, Actor: e.Actor, Assurance: e.Assurance}
	if e.Stream.Kind == event.Tokens || e.Stream.Kind == event.Ledger {
		f.event = e.Decode(opts.catalogue)
		if d, ok := f.event.Data.(*event.Unreadable); ok {
			c.problem(int64(index), "%s", d.Reason)
		}
	}
	if e.Stream.Kind == event.Person {
		if f.change, err = keyChangeOf(&e); err != nil {
			c.problem(int64(index), "%v", err)
		}
	}
	return f
}
