package ledger

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// pending is one request on its way. Fields without a note belong to the goroutine that
// holds the pending: the caller until it is queued, then the sequencer, then the caller.
type pending struct {
	req      Request
	prints   []uint64 // fingerprints of the items and their author
	bytes    int
	receipts []Receipt
	state    atomic.Int32  // waiting, taken or abandoned: decides who answers
	out      outcome       // the answer; the caller's once done is closed
	done     chan struct{} // closed by who answers
	sweep    *sweeping     // it asks what is overdue, and has no items; nil: it does not
	one      single        // memory of prints and receipts, for one item

	// On a shared store:
	refusal   error   // the answer, once the block it waits for is durable
	headSince *uint64 // the store's head at some time since it came; nil when nobody asked
}

type single struct {
	print   [1]uint64
	receipt [1]Receipt
}

func newPending(req Request) *pending {
	p := &pending{req: req, done: make(chan struct{})}
	if n := len(req.Items); n > 1 {
		p.prints, p.receipts = make([]uint64, n), make([]Receipt, 0, n)
	} else {
		p.prints, p.receipts = p.one.print[:n], p.one.receipt[:0]
	}
	return p
}

const (
	waiting   int32 = iota
	taken           // the sequencer judges it: the caller must wait or accept not knowing
	abandoned       // the caller left before it was judged: it is nowhere
)

type outcome struct {
	err        error
	view       *translog.View
	checkpoint []byte
}

// known is what the ledger remembers of an event id: where it stands and the fingerprint
// of its bytes under this process's secret seed, so that nobody can prepare a collision.
type known struct {
	index      uint32
	print1, p2 uint32
}

func (k known) print() uint64 { return uint64(k.print1)<<32 | uint64(k.p2) }

func newKnown(index, print uint64) known {
	return known{uint32(index), uint32(print >> 32), uint32(print)}
}

// MaxEntries is the most entries one ledger may have: positions are kept in 32 bits. A
// city's campaign is 440 thousand; beyond a province ledgers are federated (pillar 10).
const MaxEntries = 1<<32 - 1

// batch is a block being filled or in flight.
type batch struct {
	lines   []byte
	ends    []int
	leaves  []tlog.Hash
	events  []*event.Event // never empty outside of judge
	waiters []*pending
	first   uint64
	last    clock.Stamp // of the last entry
	full    bool        // a request that should have fitted did not: seal it
	sealed  time.Time   // when it was put in flight
}

func (b *batch) size() uint64 { return b.first + uint64(len(b.ends)) }

// cut takes back a line that is not an entry.
func (b *batch) cut() {
	end := 0
	if n := len(b.ends); n > 0 {
		end = b.ends[n-1]
	}
	b.lines = b.lines[:end]
}

// recorded is when the last entry was recorded.
func (b *batch) recorded() time.Time { return b.events[len(b.events)-1].Recorded }

// sequencer owns the head: nobody else reads or writes its fields while it runs.
//
// The domain state has one layer for the block in flight and one for the block that fills,
// in this order, and one for the request being judged; ids has the events of all of them.
type sequencer struct {
	l         *Ledger
	state     *domain.State
	ids       map[uuid.UUID]known
	next      uint64          // index of the next entry, behind everything in flight and filling
	last      clock.Stamp     // of the last entry, likewise
	filling   *batch          // nil when empty
	inflight  *batch          // nil when none
	backlog   []*pending      // read from the queue but not judged
	arrived   [burst]*pending // memory of the backlog
	now       clock.Stamp     // when the backlog was last looked at
	stamped   bool            // now holds
	judged    int             // requests since the last block was sealed
	usual     usual
	unsettled bool   // the worklist is not up to date with what is durable
	spare     *batch // an empty one, of which nobody else has anything any more
	peers     peers
}

// usual is the size of the last full-grown block, from which the next one's memory is sized.
type usual struct{ bytes, entries int }

// burst is how many requests are read from the queue at once: of a crowd, each would cost a look at all there is to do.
const burst = 32

// run judges requests and keeps one block in flight until queue is closed and all is done.
func (s *sequencer) run(queue <-chan *pending) {
	for {
		s.peers.look()
		s.judgeBacklog()
		if s.inflight == nil && s.filling != nil && s.readyToSeal(queue) {
			s.seal()
			continue // the next one fills meanwhile
		}
		s.settle()
		s.peers.ask()
		if queue == nil && !s.busy() { // what was judged last may have been answered at once
			return
		}
		in := queue
		if len(s.backlog) > 0 {
			in = nil
		}
		select {
		case p, ok := <-in:
			if !ok {
				queue = nil
				continue
			}
			s.read(p, queue)
		case c := <-s.l.committed:
			s.finish(c)
		case ask := <-s.l.questions:
			ask(s.state)
		case <-s.l.wake: // there is something to look at; never when it is alone
		case <-s.leisure():
		}
	}
}

// always is ready.
var always = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// leisure is ready when there is something to do while nobody asks for anything.
func (s *sequencer) leisure() <-chan struct{} {
	if s.unsettled {
		return always
	}
	return nil
}

// read takes the first request of the queue and those that are there behind it. Nothing is in the backlog.
func (s *sequencer) read(first *pending, queue <-chan *pending) {
	s.backlog = append(s.arrived[:0], first)
	for len(s.backlog) < burst {
		select {
		case p, ok := <-queue:
			if !ok { // run sees it again
				return
			}
			s.backlog = append(s.backlog, p)
		default:
			return
		}
	}
}

// judgeBacklog judges what fits, until the block in flight is to be ended. All of it was there before the one time that it gets.
func (s *sequencer) judgeBacklog() {
	s.stamped = false
	for len(s.backlog) > 0 && s.fits(s.backlog[0]) && len(s.l.committed) == 0 {
		p := s.backlog[0]
		s.backlog[0], s.backlog = nil, s.backlog[1:]
		s.judge(p)
	}
}

// busy reports whether any request has no answer yet.
func (s *sequencer) busy() bool {
	return len(s.backlog) > 0 || s.filling != nil || s.inflight != nil || s.peers.busy()
}

// seal puts the filling block in flight.
func (s *sequencer) seal() {
	s.inflight, s.filling, s.judged = s.filling, nil, 0
	s.inflight.sealed = time.Now()
	s.l.toCommit <- s.inflight
}

// readyToSeal reports whether the filling block waits for nobody: no request is there that could
// join it. A stream of requests that add nothing does not keep it waiting.
func (s *sequencer) readyToSeal(queue <-chan *pending) bool {
	return !s.peers.yields() && (len(s.backlog) > 0 || len(queue) == 0 || s.judged >= s.l.cfg.MaxBlockEntries)
}

// fits reports whether p is to join the filling block. What turns out to be longer than reckoned with goes into the next one.
func (s *sequencer) fits(p *pending) bool {
	b, cfg := s.filling, &s.l.cfg
	n := p.size()
	return b == nil || !b.full && len(b.lines)+p.bytes-n*(EntryOverhead-usualOverhead) <= cfg.roomForLines() &&
		len(b.ends)+n <= cfg.MaxBlockEntries
}

// judge answers p at once when it is refused or already present; otherwise p joins a block
// and is answered when that is durable. p may have been judged before, on top of a block
// that was lost.
func (s *sequencer) judge(p *pending) {
	if !p.state.CompareAndSwap(waiting, taken) && p.state.Load() == abandoned {
		s.l.forget(p)
		return
	}
	s.judged++
	p.receipts, p.refusal = p.receipts[:0], nil
	opened := s.filling == nil
	if opened {
		s.filling = s.newBatch()
	}
	s.state.Begin()
	before, last := len(s.filling.ends), s.last
	err := s.appendAll(p)
	if err == nil && len(s.filling.lines) > s.l.cfg.roomForLines() {
		if !opened { // its consequences were more than reckoned with: it gets a block of its own
			s.rewind(before, last)
			s.filling.full = true
			s.backlog = append([]*pending{p}, s.backlog...)
			return
		}
		// With what the rules add it does not fit into a block: two requests do.
		err = &TooLargeError{Events: len(p.req.Items), Bytes: len(s.filling.lines),
			MostEvents: s.l.cfg.limits().BatchEvents, MostBytes: s.l.cfg.roomForLines()}
	}
	if err == nil && p.req.DryRun {
		err = errDryRun // it is answered like a refusal: nothing of it stays
	}
	if err == nil && len(s.filling.ends) > before {
		if !opened {
			s.state.Merge()
		}
		s.filling.waiters = append(s.filling.waiters, p)
		return
	}
	s.rewind(before, last)
	if opened {
		s.spare, s.filling = s.filling, nil
	}
	if err != nil {
		s.peers.refuse(p, err)
		return
	}
	s.waitForPresent(p)
}

func (s *sequencer) newBatch() *batch {
	b := s.spare
	if s.spare = nil; b == nil {
		b = &batch{}
	}
	if b.first = s.next; cap(b.lines) < s.usual.bytes {
		b.lines = make([]byte, 0, s.usual.bytes)
	}
	if b.events == nil {
		b.events = make([]*event.Event, 0, s.usual.entries)
	}
	return b
}

// reuse keeps the memory of a block that is durable, but its events, which the folds have. lines is what its entries were written into.
func (s *sequencer) reuse(b *batch, lines []byte) {
	clear(b.waiters)
	s.spare = &batch{lines: lines[:0], ends: b.ends[:0], leaves: b.leaves[:0], waiters: b.waiters[:0]}
}

// waitForPresent answers a request whose events are all there already, once they are durable.
func (s *sequencer) waitForPresent(p *pending) {
	var newest uint64
	for i := range p.receipts {
		newest = max(newest, p.receipts[i].Index)
	}
	for _, b := range [...]*batch{s.filling, s.inflight} {
		if b != nil && newest >= b.first {
			b.waiters = append(b.waiters, p)
			return
		}
	}
	s.l.answer(p, s.l.durable())
}

// rewind takes back what a request put on top of the filling block's first n entries.
func (s *sequencer) rewind(n int, last clock.Stamp) {
	s.state.Rollback()
	b := s.filling
	for _, e := range b.events[n:] {
		delete(s.ids, e.ID)
	}
	clear(b.events[n:])
	b.events, b.leaves, b.ends = b.events[:n], b.leaves[:n], b.ends[:n]
	b.cut()
	s.next, s.last, b.last = b.size(), last, last
}

// finish ends the block in flight: durable, not stored, or overtaken by another writer.
func (s *sequencer) finish(c committed) {
	b := s.inflight
	s.inflight = nil
	if c.err != nil {
		s.lose(b, c)
		return
	}
	if s.l.clock.Recorded(b.last); b.last.Corrected() {
		s.last = s.last.WithoutCorrection()
	}
	s.l.advance(c.block, c.view, b.events)
	s.peers.durable(b)
	for _, p := range b.waiters {
		s.l.answer(p, outcome{err: p.refusal, view: c.view, checkpoint: c.block.Checkpoint})
	}
	if len(b.waiters) == 1 && s.filling == nil && len(s.backlog) == 0 {
		runtime.Gosched() // a writer who is alone need not wait for what follows
	}
	s.state.CommitOldest()
	s.usual = usual{len(b.lines) + len(b.lines)/4, len(b.ends) + len(b.ends)/4}
	s.reuse(b, c.block.Bytes)
}

// lose forgets the lost block and what was judged on top of it; that, and what was merely
// overtaken, is judged again.
func (s *sequencer) lose(b *batch, c committed) {
	s.forgetIDs(b)
	again := s.unfill()
	if c.overtaken {
		again = append(b.waiters, again...)
		s.peers.overtaken()
	} else {
		var refused []*pending
		for _, p := range b.waiters {
			if p.refusal != nil { // on the ground of a block that is not there
				refused = append(refused, p)
				continue
			}
			s.l.answer(p, outcome{err: c.err})
		}
		again = append(refused, again...)
	}
	s.resume(again)
}

// unfill forgets all that is not durable, and returns the requests of the filling block.
func (s *sequencer) unfill() (again []*pending) {
	s.state.DropAll()
	if s.filling != nil {
		s.forgetIDs(s.filling)
		again, s.filling = s.filling.waiters, nil
	}
	return again
}

// resume goes on behind the head, with requests that are to be judged again.
func (s *sequencer) resume(again []*pending) {
	head := s.l.Head()
	s.next, s.last = head.Size, clock.Stamp{Time: head.Recorded}
	s.backlog = append(again, s.backlog...)
}

func (s *sequencer) forgetIDs(b *batch) {
	for _, e := range b.events {
		delete(s.ids, e.ID)
	}
}

// fold applies a block of another writer, or of the past.
func (s *sequencer) fold(d *decoded) {
	for i, e := range d.events {
		if !s.l.cfg.EntriesOnly {
			s.state.Apply(e)
		}
		switch d := e.Data.(type) {
		case *event.Unreadable:
			s.l.cannotTell(e.Index, d)
		case *oversight.RulesAdopted:
			s.l.adopted(e.Index, d.Set)
		}
		if e.ID != uuid.Nil && !s.l.cfg.EntriesOnly { // what is unreadable may have none
			s.ids[e.ID] = newKnown(e.Index, d.prints[i])
		}
	}
}
