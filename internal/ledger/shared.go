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
	// activeFor is how long after another node's block this one leaves room for the next.
	activeFor = time.Second
	// longestYield bounds the room that is left after one block.
	longestYield = 50 * time.Millisecond
)

// shared is the sequencer's part for a store that other nodes write to. Its fields belong to the
// sequencer's goroutine.
type shared struct {
	s         *sequencer
	pending   []*pending      // refusals on a state that may be old
	asking    []*pending      // those for whom the store is being asked; nil when it is not
	answer    chan headAnswer // capacity 1: at most one question is open
	stopped   bool            // a block could not be taken over: nothing is, until the next start
	lastOther time.Time       // when a block of another node was last taken over
	yieldTill time.Time       // no block before: it is the others' turn
}

// headAnswer is the store's answer about its head.
type headAnswer struct {
	head uint64
	err  error
}

func newShared(s *sequencer) *shared { return &shared{s: s, answer: make(chan headAnswer, 1)} }

// noteStoreHead notes that the store has block number, for the sequencer to take over.
func (l *Ledger) noteStoreHead(number uint64) {
	for {
		have := l.storeHas.Load()
		if number <= have {
			return
		}
		if l.storeHas.CompareAndSwap(have, number) {
			break
		}
	}
	l.wakeSequencer()
}

// wakeSequencer makes the sequencer look at what the other nodes have written.
func (l *Ledger) wakeSequencer() {
	select {
	case l.wake <- struct{}{}:
	default: // it is woken already
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
	l.noteStoreHead(head)
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
				l.noteStoreHead(head)
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
		switch head, err := l.storeHead(ctx); {
		case err == nil:
			l.noteStoreHead(head)
		case damaged(err): // what the store had is gone: nobody must append before it is looked into
			l.stop("store", err)
			return
		default: // the next poll tells; appends have their own words for it
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
			return
		}
	}
}

// look implements [peers]. What fills is judged again on top of what was taken over.
func (o *shared) look() {
	select {
	case a := <-o.answer:
		o.answered(a)
	default:
	}
	s := o.s
	if o.stopped || s.inflight != nil || s.l.storeHas.Load() <= s.l.Head().Block {
		return
	}
	again := s.unfill()
	o.catchUp()
	s.resume(again)
}

// overtaken implements [peers].
func (o *shared) overtaken() {
	o.s.l.noteStoreHead(o.s.l.Head().Block + 1) // at least the block that has the number
	o.catchUp()
}

func (o *shared) catchUp() {
	err := o.s.l.catchUp(o.s.fold)
	o.lastOther, o.stopped = time.Now(), err != nil
}

// refuse implements [peers].
func (o *shared) refuse(p *pending, err error) {
	s := o.s
	// A block in flight may have been stored before p came, unless its number is beyond the
	// head that the store had after p came.
	newest := p.headSince != nil && *p.headSince <= s.l.Head().Block
	p.refusal = err
	switch {
	case s.filling != nil:
		s.filling.waiters = append(s.filling.waiters, p)
	case newest && s.inflight != nil:
		s.inflight.waiters = append(s.inflight.waiters, p)
	case newest:
		s.l.answer(p, outcome{err: err})
	case o.stopped:
		s.l.answer(p, outcome{err: errors.Join(ErrReadOnly, s.l.health.stopped())})
	default:
		o.pending = append(o.pending, p)
	}
}

// ask implements [peers]: it asks the store for its head on behalf of the pending refusals.
func (o *shared) ask() {
	if len(o.pending) == 0 || o.asking != nil {
		return
	}
	o.asking, o.pending = o.pending, nil
	l := o.s.l
	go func() {
		head, err := l.storeHead(l.life)
		o.answer <- headAnswer{head, err}
		l.wakeSequencer()
	}()
}

// answered has the store's answer: the requests for whom it was asked are judged again.
func (o *shared) answered(a headAnswer) {
	asking, s := o.asking, o.s
	o.asking = nil
	if a.err != nil {
		if damaged(a.err) {
			s.l.stop("store", a.err)
		}
		for _, p := range asking { // whatever would be true of them, nothing of them is stored
			s.l.answer(p, outcome{err: fmt.Errorf("%w: it cannot be judged: %w", ErrNoSpace, a.err)})
		}
		return
	}
	s.l.noteStoreHead(a.head)
	for _, p := range asking {
		p.headSince = &a.head
	}
	s.backlog = append(asking, s.backlog...)
}

// busy implements [peers].
func (o *shared) busy() bool { return len(o.pending) > 0 || o.asking != nil }

// durable implements [peers]. It leaves the others the time to write a block after one of this
// node's: they hear of it, take it over and judge again, while this node could go on at once,
// for ever. While nobody else writes, it leaves none.
func (o *shared) durable(b *batch) {
	now := time.Now()
	if now.Sub(o.lastOther) >= activeFor {
		return
	}
	took := min(now.Sub(b.sealed), longestYield)
	pause := took/2 + rand.N(took+1)
	o.yieldTill = now.Add(pause)
	time.AfterFunc(pause, o.s.l.wakeSequencer)
}

// yields implements [peers].
func (o *shared) yields() bool { return time.Now().Before(o.yieldTill) }
