package ledger

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// pending is one request on its way. Fields without a note belong to the goroutine that
// holds the pending: the caller until it is queued, then the sequencer.
type pending struct {
	req      Request
	prints   []uint64 // fingerprints of the items' bytes
	bytes    int
	receipts []Receipt
	state    atomic.Int32 // waiting, taken or abandoned: decides who answers
	done     chan outcome // capacity 1
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
	lines    []byte
	ends     []int
	leaves   []tlog.Hash
	events   []*event.Event
	ids      map[uuid.UUID]known
	waiters  []*pending
	first    uint64
	recorded time.Time
}

func (b *batch) size() uint64 { return b.first + uint64(len(b.ends)) }

// sequencer owns the head: nobody else reads or writes its fields while it runs.
type sequencer struct {
	l        *Ledger
	state    *domain.State
	ids      map[uuid.UUID]known // of committed entries
	seed     maphash.Seed
	next     uint64    // index of the next entry, behind everything in flight and filling
	recorded time.Time // of the last entry, likewise
	filling  *batch    // nil when empty
	inflight *batch    // nil when none
	backlog  []*pending // read from the queue but not judged: they do not fit into filling
}

// run judges requests and keeps one block in flight until queue is closed and all is done.
func (s *sequencer) run(queue <-chan *pending) {
	for queue != nil || len(s.backlog) > 0 || s.filling != nil || s.inflight != nil {
		for len(s.backlog) > 0 && s.fits(s.backlog[0]) {
			p := s.backlog[0]
			s.backlog = s.backlog[1:]
			s.judge(p)
		}
		if s.inflight == nil && s.filling != nil && (len(s.backlog) > 0 || len(queue) == 0) {
			s.inflight, s.filling = s.filling, nil
			s.l.toCommit <- s.inflight
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
			s.backlog = append(s.backlog, p)
		case c := <-s.l.committed:
			s.finish(c)
		}
	}
}

func (s *sequencer) fits(p *pending) bool {
	return s.filling == nil || len(s.filling.lines)+p.bytes <= s.l.cfg.MaxBlockBytes && len(s.filling.ends)+len(p.req.Items) <= s.l.cfg.MaxBlockEntries
}

// judge answers p at once when it is refused or already present; otherwise p joins a block
// and is answered when that is durable. p may have been judged before, on top of a block
// that was lost.
func (s *sequencer) judge(p *pending) {
	if !p.state.CompareAndSwap(waiting, taken) && p.state.Load() == abandoned {
		s.l.forget(p)
		return
	}
	p.receipts = p.receipts[:0]
	s.state.Begin()
	opened := s.filling == nil
	if opened {
		s.filling = &batch{first: s.next, ids: make(map[uuid.UUID]known)}
	}
	mark, recorded := s.mark(), s.recorded
	if err := s.appendItems(p); err != nil {
		s.state.Rollback()
		s.rewind(mark, recorded)
		if opened {
			s.filling = nil
		}
		s.l.answer(p, outcome{err: err})
		return
	}
	switch {
	case len(s.filling.ends) == mark.entries: // nothing new
		s.state.Rollback()
		if opened {
			s.filling = nil
		}
		s.waitForPresent(p)
	default:
		if !opened {
			s.state.Merge()
		}
		s.filling.waiters = append(s.filling.waiters, p)
	}
}

// waitForPresent answers a request whose events are all there already, once they are durable.
func (s *sequencer) waitForPresent(p *pending) {
	var newest uint64
	for _, r := range p.receipts {
		newest = max(newest, r.Index)
	}
	for _, b := range []*batch{s.filling, s.inflight} {
		if b != nil && newest >= b.first {
			b.waiters = append(b.waiters, p)
			return
		}
	}
	s.l.answer(p, s.l.durable())
}

type mark struct {
	lines, entries int
}

func (s *sequencer) mark() mark { return mark{len(s.filling.lines), len(s.filling.ends)} }

// rewind takes back what a refused request had put into the filling block.
func (s *sequencer) rewind(m mark, recorded time.Time) {
	b := s.filling
	for _, e := range b.events[m.entries:] {
		delete(b.ids, e.ID)
	}
	clear(b.events[m.entries:])
	b.lines, b.ends, b.leaves, b.events = b.lines[:m.lines], b.ends[:m.entries], b.leaves[:m.entries], b.events[:m.entries]
	s.next, s.recorded = b.size(), recorded
}

func (s *sequencer) appendItems(p *pending) error {
	now := s.l.cfg.Now().UTC().Truncate(time.Microsecond)
	if now.Before(s.recorded) {
		now = s.recorded // the ledger's clock never goes back
	}
	for i := range p.req.Items {
		it := &p.req.Items[i]
		if k, ok := s.lookup(it.Event.ID); ok {
			if k.print() != p.prints[i] {
				return &ConflictError{Code: "id-reused", EventID: it.Event.ID, Stream: it.Event.Stream}
			}
			p.receipts = append(p.receipts, Receipt{EventID: it.Event.ID, Index: uint64(k.index), AlreadyPresent: true})
			continue
		}
		if s.next+64 > MaxEntries {
			return ErrFull
		}
		e := it.Event
		e.Actor, e.Assurance = p.req.Actor, assurance(&p.req, it)
		e.Recorded, e.Index, e.About = now, s.next, event.About{}
		revision := s.state.Revision(e.Stream)
		if e.ExpectedRevision >= 0 && e.ExpectedRevision != revision {
			return &ConflictError{Code: "wrong-revision", EventID: e.ID, Stream: e.Stream, Have: revision, Want: e.ExpectedRevision}
		}
		consequences, err := s.state.Judge(e)
		if err != nil {
			return err
		}
		r := Receipt{EventID: e.ID, Index: e.Index, Stream: e.Stream, Recorded: now}
		if err := s.place(e, it.Bytes, it.Key, it.Signature); err != nil {
			return err
		}
		s.filling.ids[e.ID] = newKnown(e.Index, p.prints[i])
		r.Revision, r.LeafHash = e.Revision, s.filling.leaves[len(s.filling.leaves)-1]
		for n, c := range consequences {
			if d, ok := c.Data.(*oversight.DeviationFlagged); ok {
				r.Deviations = append(r.Deviations, event.Deviation{Code: d.Code, Rule: d.Rule, Detail: d.Detail})
			}
			if err := s.derive(e, n, c); err != nil {
				return err
			}
		}
		p.receipts = append(p.receipts, r)
	}
	return nil
}

func assurance(r *Request, it *Item) event.Assurance {
	switch {
	case r.Actor.Role == event.RoleLedger:
		return event.Derived
	case it.Key != "":
		return event.Signed
	case r.Imported:
		return event.Imported
	}
	return event.Token
}

// lookup finds an event id among what is filling, in flight and committed.
func (s *sequencer) lookup(id uuid.UUID) (known, bool) {
	for _, b := range [...]*batch{s.filling, s.inflight} {
		if b != nil {
			if k, ok := b.ids[id]; ok {
				return k, true
			}
		}
	}
	k, ok := s.ids[id]
	return k, ok
}

// place gives e its revision, folds it into the state and encodes its entry into the
// filling block.
func (s *sequencer) place(e *event.Event, raw []byte, key string, sig []byte) error {
	e.Revision = uint64(s.state.Revision(e.Stream) + 1)
	en := entry.Entry{
		Index: e.Index, Recorded: e.Recorded, Stream: e.Stream, Revision: e.Revision, About: e.About,
		Actor: e.Actor, Assurance: e.Assurance, Key: key, Signature: sig, Event: raw,
	}
	if err := en.Check(); err != nil {
		return event.Refuse("pillar 1", "entry-not-encodable", "correct the value", "%v", err)
	}
	b := s.filling
	start := len(b.lines)
	b.lines = entry.Append(b.lines, &en)
	if n := len(b.lines) - start; n > entry.MaxSize {
		return event.Refuse("pillar 1", "entry-too-large", "shorten the event; send photos and scans as evidence", "the entry has %d bytes, at most %d", n, entry.MaxSize)
	}
	b.leaves = append(b.leaves, translog.LeafHash(b.lines[start:]))
	b.lines = append(b.lines, '\n')
	b.ends = append(b.ends, len(b.lines))
	b.events = append(b.events, e)
	b.recorded = e.Recorded
	s.recorded = e.Recorded
	s.next++
	s.state.Apply(e)
	return nil
}

// derivedNamespace makes the ids of consequences: same cause, same place, same id.
var derivedNamespace = uuid.MustParse("6f1c8a52-3b0e-4c59-9d63-0a5c2f7f4a10")

// derive appends the n-th consequence of cause, directly behind it.
func (s *sequencer) derive(cause *event.Event, n int, c event.Consequence) error {
	e := s.l.newDerived(c, cause.Recorded)
	e.ID = uuid.NewSHA1(derivedNamespace, append(cause.ID[:], byte(n)))
	e.Causation = cause.ID.String()
	e.Campaign, e.About = cause.Campaign, cause.About
	e.Index = s.next
	return s.author(e)
}

// author writes an event of the ledger's own and places it.
func (s *sequencer) author(e *event.Event) error {
	raw, err := entry.Author(e)
	if err != nil {
		return err
	}
	if err := s.place(e, raw, "", nil); err != nil {
		return err
	}
	s.filling.ids[e.ID] = newKnown(e.Index, maphash.Bytes(s.seed, raw))
	return nil
}

// finish ends the block in flight: durable, not stored, or overtaken by another writer.
func (s *sequencer) finish(c committed) {
	b := s.inflight
	s.inflight = nil
	if c.err == nil {
		s.state.CommitOldest()
		for id, k := range b.ids {
			s.ids[id] = k
		}
		s.l.advance(c.block, c.view, b.events)
		for _, p := range b.waiters {
			s.l.answer(p, outcome{view: c.view, checkpoint: c.block.Checkpoint})
		}
		return
	}
	// What was judged on top of the lost block is judged again.
	var again []*pending
	if s.filling != nil {
		again = s.filling.waiters
	}
	if c.overtaken {
		again = append(b.waiters, again...)
	} else {
		for _, p := range b.waiters {
			s.l.answer(p, outcome{err: c.err})
		}
	}
	s.filling = nil
	s.state.DropAll()
	if c.overtaken {
		if err := s.catchUp(); err != nil {
			s.l.stop("store", err)
		}
	}
	head := s.l.Head()
	s.next, s.recorded = head.Size, head.Recorded
	s.backlog = append(again, s.backlog...)
}

// catchUp reads and folds the blocks that another writer committed.
func (s *sequencer) catchUp() error {
	return s.l.readBehind(s.l.life, func(d *decoded) {
		for i, e := range d.events {
			s.state.Apply(e)
			s.ids[e.ID] = newKnown(e.Index, d.prints[i])
		}
	})
}
