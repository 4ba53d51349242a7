package verify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
)

// job is one block number on its way from the merger over a worker to the folder.
type job struct {
	number     uint64
	candidates []*candidate // one, or two when the copies differ; none when only problems
	problems   []Problem
	ready      chan struct{} // closed by the worker
}

// copyReader reads one copy ahead of the merger.
type copyReader struct {
	where string
	ch    chan *candidate
	err   error // valid once ch is closed
	head  *candidate
	ended bool // its end has been dealt with
}

func (r *copyReader) advance() { r.head = <-r.ch }

// errThrough ends the reading of a copy at Options.Through.
var errThrough = errors.New("read far enough")

// merger pairs the blocks of the copies by number.
type merger struct {
	ctx    context.Context
	copies []*copyReader
	opts   Options
	wg     sync.WaitGroup
}

func newMerger(ctx context.Context, s Sources, opts Options) *merger {
	m := &merger{ctx: ctx, opts: opts}
	if s.Journal != nil {
		m.read("journal", s.Journal)
	}
	if s.Store != nil {
		m.read("store", s.Store)
	}
	return m
}

func (m *merger) read(where string, blocks Blocks) {
	r := &copyReader{where: where, ch: make(chan *candidate, 4)}
	m.copies = append(m.copies, r)
	m.wg.Go(func() {
		defer close(r.ch)
		last := uint64(0)
		r.err = blocks(func(number uint64, raw []byte) error {
			if number <= last {
				return fmt.Errorf("block %d stands after block %d", number, last)
			}
			last = number
			if m.opts.Through != 0 && number > m.opts.Through {
				return errThrough
			}
			select {
			case r.ch <- newCandidate(where, number, raw):
				return nil
			case <-m.ctx.Done():
				return m.ctx.Err()
			}
		})
		if errors.Is(r.err, errThrough) {
			r.err = nil
		}
	})
}

func (m *merger) wait() { m.wg.Wait() }

// run emits a job for each block number that any copy has, in order, until emit is false.
func (m *merger) run(emit func(*job) bool) {
	for _, r := range m.copies {
		r.advance()
	}
	for m.ctx.Err() == nil {
		j := &job{ready: make(chan struct{})}
		for _, r := range m.copies {
			if r.head != nil && (j.number == 0 || r.head.number < j.number) {
				j.number = r.head.number
			}
		}
		more := j.number != 0
		if !m.take(j) || !emit(j) || !more {
			return
		}
	}
}

// take moves the blocks of number j.number into j and says what is amiss. It is false when
// the block is one in flight, after which nothing comes.
func (m *merger) take(j *job) bool {
	var absent []*copyReader
	for _, r := range m.copies {
		if r.head != nil && r.head.number == j.number {
			j.candidates = append(j.candidates, r.head)
			r.advance()
			continue
		}
		absent = append(absent, r)
	}
	if m.opts.InFlight && len(absent) == 1 && len(j.candidates) == 1 && m.allEnded() {
		return false
	}
	for _, r := range absent {
		m.explain(r, j)
	}
	if len(j.candidates) == 2 && bytes.Equal(j.candidates[0].raw, j.candidates[1].raw) {
		j.candidates[1].release()
		j.candidates = j.candidates[:1]
		j.candidates[0].where = "journal and store"
	}
	return true
}

// allEnded reports whether every copy has ended in good order, with none of them cut
// short before.
func (m *merger) allEnded() bool {
	for _, r := range m.copies {
		if r.head != nil || r.err != nil || r.ended {
			return false
		}
	}
	return true
}

// explain adds to j why copy r does not have block j.number; the end of a copy only once.
func (m *merger) explain(r *copyReader, j *job) {
	p := Problem{Where: r.where, Block: j.number, Index: -1}
	switch {
	case r.head != nil:
		p.What = "the block is missing in this copy"
	case r.ended:
		return
	case r.err != nil:
		p.What = "cannot be read further: " + r.err.Error()
	case j.number != 0:
		p.What = "this copy ends before the block, which the other has"
	default:
		return
	}
	r.ended = r.head == nil
	j.problems = append(j.problems, p)
}
