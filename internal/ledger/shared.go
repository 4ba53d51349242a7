package ledger

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/anjian-ledger/anjian/internal/store"
)

// Several nodes on one store ([Config.Shared])
//
// The store's fence makes one order out of what all nodes write: of two blocks with one
// number it takes one, and the node whose block it refuses takes over the other's and judges
// its requests again on top. So an append that was recorded was judged on the newest state,
// whatever this node had known.
//
// A refusal stores nothing, so no fence confirms it. It is told only when it was judged on a
// state that was the newest at some time after the request came:
//
//   - on top of a block that fills: it is told when that block is committed, since then
//     nobody else had written in between;
//   - otherwise the store is asked for its head, what is missing is taken over, and the
//     request is judged again.
//
// "Already present" needs none of this: what is recorded stays recorded.
//
// The store comes first and the journal after it, so that the journal never has a block that
// the store may not have: it is a prefix of the store, and anything else is a fork.

const (
	// pollEvery is how often a store that tells nothing is asked for its head, and the pause
	// before a watch that ended is begun again.
	pollEvery = time.Second
	// company is how long after another node's block this one leaves room for the next.
	company = time.Second
	// longestRest bounds the room that is left after one block.
	longestRest = 50 * time.Millisecond
)

// others is the sequencer's part for a store that other nodes write to.
type others struct {
	doubted  []*pending    // refused on a state that may be old
	asked    []*pending    // those for whom the store is being asked; nil when it is not
	answer   chan sighting // capacity 1: at most one question is open
	deaf     bool          // a block could not be taken over: nothing is, until the next start
	heard    time.Time     // when a block of another node was last taken over
	sealed   time.Time     // when the block in flight was sealed
	restTill time.Time     // no block before: it is the others' turn
}

// sighting is the store's answer about its head.
type sighting struct {
	head uint64
	err  error
}

// sight notes that the store has block number, for the sequencer to take over.
func (l *Ledger) sight(number uint64) {
	for {
		have := l.sighted.Load()
		if number <= have {
			return
		}
		if l.sighted.CompareAndSwap(have, number) {
			break
		}
	}
	select {
	case l.poke <- struct{}{}:
	default: // it is told already
	}
}

// Refresh returns when this node has every block that the store had when Refresh was
// called, whichever node wrote it. Without it reads of a node may be behind what another
// node has acknowledged. On a ledger that is alone on its store it returns at once.
//
// Errors: that of ctx, that the store cannot be asked, or [ErrReadOnly] when this node no
// longer follows the store.
func (l *Ledger) Refresh(ctx context.Context) error {
	if !l.cfg.Shared {
		return nil
	}
	if l.cfg.Store == nil {
		return l.health.stopped()
	}
	head, err := l.storeHead(ctx)
	if err != nil {
		return fmt.Errorf("ledger: refresh: %w", err)
	}
	l.sight(head)
	for {
		h := l.current.Load()
		if h.Block >= head {
			return nil
		}
		if err := l.health.stopped(); err != nil {
			return err
		}
		select {
		case <-h.newer:
		case <-time.After(pollEvery): // it may have stopped following meanwhile
		case <-l.life.Done():
			return ErrReadOnly
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// watchStore hears of other nodes' blocks until ctx ends.
func (l *Ledger) watchStore(ctx context.Context) {
	for ctx.Err() == nil {
		w, ok := l.cfg.Store.(store.Watcher)
		if !ok {
			l.pollStore(ctx)
			return
		}
		heads, err := w.Watch(ctx, l.Head().Block)
		if err != nil {
			l.cfg.Logger.Warn("the store cannot be watched", "error", err)
		} else {
			for head := range heads {
				l.sight(head)
			}
		}
		select { // the store may not be reachable; in between, fences and refusals ask it
		case <-time.After(pollEvery):
		case <-ctx.Done():
		}
	}
}

func (l *Ledger) pollStore(ctx context.Context) {
	for {
		if head, err := l.storeHead(ctx); err == nil {
			l.sight(head) // an error: the next poll tells; appends have their own words for it
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return
		}
	}
}

// follow takes over what others have written, when nothing is in flight. What fills is
// judged again on top.
func (s *sequencer) follow() {
	o := s.others
	if o == nil || o.deaf || s.inflight != nil || s.l.sighted.Load() <= s.l.Head().Block {
		return
	}
	again := s.unfill()
	s.readBehind()
	s.resume(again)
}

// refuse answers p with a refusal, once it is sure that the state it was judged on was the
// newest at some time since p came.
func (s *sequencer) refuse(p *pending, err error) {
	o := s.others
	if o == nil {
		s.l.answer(p, outcome{err: err})
		return
	}
	// A block in flight may have been stored before p came, unless its number is beyond the
	// head that the store had after p came.
	known := p.sighted != nil && *p.sighted <= s.l.Head().Block
	p.refusal = err
	switch {
	case s.filling != nil:
		s.filling.waiters = append(s.filling.waiters, p)
	case known && s.inflight != nil:
		s.inflight.waiters = append(s.inflight.waiters, p)
	case known:
		s.l.answer(p, outcome{err: err})
	case o.deaf:
		s.l.answer(p, outcome{err: errors.Join(ErrReadOnly, s.l.health.stopped())})
	default:
		o.doubted = append(o.doubted, p)
	}
}

// ask asks the store for its head on behalf of the doubted requests.
func (s *sequencer) ask() {
	o := s.others
	if o == nil || len(o.doubted) == 0 || o.asked != nil {
		return
	}
	o.asked, o.doubted = o.doubted, nil
	go func() {
		head, err := s.l.storeHead(s.l.life)
		o.answer <- sighting{head, err}
	}()
}

// told has the store's answer: who was asked for is judged again.
func (s *sequencer) told(a sighting) {
	asked := s.others.asked
	s.others.asked = nil
	if a.err != nil {
		if damaged(a.err) {
			s.l.stop("store", a.err)
		}
		for _, p := range asked { // whatever would be true of them, nothing of them is stored
			s.l.answer(p, outcome{err: fmt.Errorf("%w: it cannot be judged: %w", ErrNoSpace, a.err)})
		}
		return
	}
	s.l.sight(a.head)
	for _, p := range asked {
		p.sighted = &a.head
	}
	s.backlog = append(asked, s.backlog...)
}

// rest leaves the others the time to write a block after one of this node's: they hear of
// it, take it over and judge again, while this node could go on at once, for ever. Alone,
// it never rests.
func (s *sequencer) rest() {
	o := s.others
	if now := time.Now(); now.Sub(o.heard) < company {
		took := min(now.Sub(o.sealed), longestRest)
		o.restTill = now.Add(took/2 + rand.N(took+1))
	}
}

// rested returns a channel that tells when a block that waits for the others' sake may go;
// nil when none waits.
func (s *sequencer) rested() <-chan time.Time {
	if s.others == nil || s.inflight != nil || s.filling == nil {
		return nil
	}
	return time.After(time.Until(s.others.restTill))
}
