package api

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Everything that callers could take from each other has a size, and of it a most that one
// token may hold ([Quota]). What a token asks for beyond that waits in a line of its own; the
// lines take turns. A part of everything is the office's reserve, which nobody else can take:
// whatever phones do, the office reads and appends.
//
//	pool      slots that are held for a while: expensive reads, streams, downloads, bodies
//	bucket    amounts that are spent: events appended, bytes of evidence
//	account   a token's counters that have no line: requests in progress, bytes in the queue
//
// An append touches a token's account alone: a read lock and atomic counters.

// shareKey names who shares: the token. What comes without one shares the empty name.
func shareKey(c *call) string {
	if c.claims.Token == 0 {
		return ""
	}
	return strconv.FormatUint(c.claims.Token, 10)
}

// class is a kind of callers that have the same quota.
type class string

const (
	classOffice class = "office" // has the reserve
	classField  class = "field"
	classImport class = "import"
	classPublic class = "public" // without a token: all of them share one quota
)

func classOf(r event.Role) class {
	switch r {
	case "":
		return classPublic
	case event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleAdmin:
		return classOffice
	case event.RoleImporter:
		return classImport
	}
	return classField
}

// caller is who shares, as every pool sees it.
type caller struct {
	key    string
	office bool // may take the reserve
	quota  *Quota
	*account
}

// pool is a resource of some slots. It is fair: a freed slot goes to the caller whose turn it
// is among those that may have it, first come first served among one caller's requests.
type pool struct {
	name     string // in refusals
	size     int
	reserve  int              // of size: for the office alone
	each     func(*Quota) int // the most that one caller holds
	patience time.Duration    // how long a request waits; 0: not at all
	code     law.Code         // of the refusal when others hold the slots

	mu      sync.Mutex
	used    int                 // mu
	common  int                 // mu; of used: not the office's
	holders map[string]*holding // mu; callers that hold or wait
	turns   []*holding          // mu; callers that wait, the next one first
}

// holding is what one caller has of a pool.
type holding struct {
	caller
	held    int             // pool.mu
	waiting []chan struct{} // pool.mu; closed when its slot is there
}

// slot is one unit of a pool, or nil. One goroutine owns it.
type slot struct {
	p *pool
	h *holding
}

// reserveOf is the office's part of size: a quarter.
func reserveOf(size int) int { return size / 4 }

func newPool(name string, size int, patience time.Duration, code law.Code, each func(*Quota) int) *pool {
	return &pool{name: name, size: size, reserve: reserveOf(size), each: each, patience: patience, code: code, holders: map[string]*holding{}}
}

// take waits for a slot as long as the pool is patient, behind at most quota.Line others of
// the same caller.
func (p *pool) take(ctx context.Context, w *caller) (*slot, error) {
	return p.acquire(ctx, w, p.patience)
}

// stay waits for a slot until ctx ends: for who holds a slot of another pool meanwhile, so
// that few can wait here.
func (p *pool) stay(ctx context.Context, w *caller) (*slot, error) { return p.acquire(ctx, w, -1) }

func (p *pool) acquire(ctx context.Context, w *caller, patience time.Duration) (*slot, error) {
	p.mu.Lock()
	h := p.holders[w.key]
	if h == nil {
		h = &holding{caller: *w}
		p.holders[w.key] = h
	}
	switch {
	case len(h.waiting) == 0 && p.may(h):
		p.grant(h)
		p.mu.Unlock()
		return &slot{p, h}, nil
	case patience == 0 || patience > 0 && len(h.waiting) >= w.quota.Line:
		defer p.mu.Unlock()
		return nil, p.refuse(h)
	}
	turn := make(chan struct{})
	if h.waiting = append(h.waiting, turn); len(h.waiting) == 1 {
		p.turns = append(p.turns, h)
	}
	p.mu.Unlock()
	var late <-chan time.Time
	if patience > 0 {
		t := time.NewTimer(patience)
		defer t.Stop()
		late = t.C
	}
	select {
	case <-turn:
		return &slot{p, h}, nil
	case <-late:
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.Index(h.waiting, turn)
	if i < 0 { // it came at the same moment
		return &slot{p, h}, nil
	}
	if h.waiting = slices.Delete(h.waiting, i, i+1); len(h.waiting) == 0 {
		p.turns = slices.DeleteFunc(p.turns, func(o *holding) bool { return o == h })
	}
	if err := ctx.Err(); err != nil {
		p.forget(h)
		return nil, err
	}
	return nil, p.refuse(h)
}

// may reports whether h may have a slot now. mu is held.
func (p *pool) may(h *holding) bool {
	return p.used < p.size && h.held < p.each(h.quota) && (h.office || p.common < p.size-p.reserve)
}

// grant gives h a slot. mu is held.
func (p *pool) grant(h *holding) {
	h.held++
	p.used++
	if !h.office {
		p.common++
	}
}

// refuse says who holds what h was not given: itself, or others. mu is held.
func (p *pool) refuse(h *holding) error {
	each := p.each(h.quota)
	defer p.forget(h)
	if h.held >= each {
		return overShare(p.name, h.held, each, len(h.waiting))
	}
	return fail(p.code, law.Str("what", p.name), law.Int("most", p.size))
}

// forget drops a caller that neither holds nor waits. mu is held.
func (p *pool) forget(h *holding) {
	if h.held == 0 && len(h.waiting) == 0 {
		delete(p.holders, h.key)
	}
}

// free gives the slot back. Repeating it does nothing.
func (s *slot) free() {
	if s == nil || s.p == nil {
		return
	}
	p, h := s.p, s.h
	s.p = nil
	p.mu.Lock()
	defer p.mu.Unlock()
	h.held--
	p.used--
	if !h.office {
		p.common--
	}
	for i := 0; i < len(p.turns) && p.used < p.size; {
		next := p.turns[i]
		if !p.may(next) {
			i++
			continue
		}
		p.grant(next)
		close(next.waiting[0])
		next.waiting = next.waiting[1:]
		if p.turns = slices.Delete(p.turns, i, i+1); len(next.waiting) > 0 {
			p.turns = append(p.turns, next)
		}
	}
	p.forget(h)
}

// inUse is the number of slots taken.
func (p *pool) inUse() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used
}

// bucket lets a burst through and then so many units a second (GCRA, ITU-T I.371). It is the
// time at which all of the burst is there again, in nanoseconds since the handler was made.
type bucket struct{ full atomic.Int64 }

// spend takes n units, or says how long to wait until they are there. A rate of 0 is no limit.
func (b *bucket) spend(now time.Duration, n int64, a Allowance) (wait time.Duration) {
	if a.PerSecond == 0 {
		return 0
	}
	cost, most := a.time(n), a.time(a.Burst)
	for {
		old := b.full.Load()
		next := max(old, int64(now)) + int64(cost)
		if over := time.Duration(next) - now - most; over > 0 {
			return over
		}
		if b.full.CompareAndSwap(old, next) {
			return 0
		}
	}
}

// refund gives n units back.
func (b *bucket) refund(n int64, a Allowance) {
	if a.PerSecond != 0 {
		b.full.Add(-int64(a.time(n)))
	}
}

// time is how long n units take to come.
func (a Allowance) time(n int64) time.Duration {
	return time.Duration(float64(n) / float64(a.PerSecond) * float64(time.Second))
}

// account is what one token has under way.
type account struct {
	requests         atomic.Int64 // in progress
	queued           atomic.Int64 // bytes of its appends in the ledger's queue
	events, evidence bucket
}

// accounts finds a token's account.
type accounts struct {
	mu  sync.RWMutex
	all map[string]*account // mu
}

// maxAccounts is when accounts that are at rest are dropped.
const maxAccounts = 8192

func (s *accounts) of(key string, now time.Duration) *account {
	s.mu.RLock()
	a := s.all[key]
	s.mu.RUnlock()
	if a != nil {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if a = s.all[key]; a != nil {
		return a
	}
	if len(s.all) >= maxAccounts {
		for k, a := range s.all { // a request that has just found its account counts in none
			if a.requests.Load() == 0 && a.queued.Load() == 0 && a.events.full.Load() <= int64(now) && a.evidence.full.Load() <= int64(now) {
				delete(s.all, k)
			}
		}
	}
	a = &account{}
	s.all[key] = a
	return a
}

// queueShare bounds what others than the office have in the ledger's queue.
type queueShare struct {
	most   int64
	common atomic.Int64 // bytes
}

// leastInQueue is what the smallest request counts: the ledger's queue has a number as well.
const leastInQueue = 8 << 10

// enter takes n bytes of the queue for w; leave gives them back.
func (q *queueShare) enter(w *caller, n int64) error {
	if have := w.queued.Add(n); have > w.quota.QueueBytes {
		w.queued.Add(-n)
		return overShare("waiting-bytes", int(have-n), int(w.quota.QueueBytes), 0)
	}
	if w.office {
		return nil
	}
	if q.common.Add(n) > q.most {
		q.leave(w, n)
		return fail(law.Busy, law.Int("most_bytes", q.most))
	}
	return nil
}

func (q *queueShare) leave(w *caller, n int64) {
	w.queued.Add(-n)
	if !w.office {
		q.common.Add(-n)
	}
}

// slow lets a refusal wait as long as its Retry-After says, so that who comes again at once
// costs no more than who listens. Beyond a thousand such answers at a time they go at once.
func (a *Handler) slow(c *call) {
	if a.slowed.Add(1) <= maxSlowed {
		t := time.NewTimer(a.cfg.Slowdown)
		defer t.Stop()
		select {
		case <-t.C:
		case <-c.r.Context().Done():
		case <-a.stopping:
		}
	}
	a.slowed.Add(-1)
}

const maxSlowed = 1000

// overShare says that the caller itself holds what it asks for.
func overShare(what string, held, most, waiting int) error {
	line := law.Value{Name: "waiting"} // where nobody waits, nothing is said
	if waiting > 0 {
		line = law.Int("waiting", waiting)
	}
	return fail(law.OverShare, law.Str("what", what), law.Int("held", held), law.Int("most", most), line)
}

// overQuota says when what was asked for is there.
func overQuota(what string, a Allowance, wait time.Duration) error {
	return &fault{code: law.OverQuota, retryAfter: int(wait/time.Second) + 1,
		values: law.Collect(law.Str("what", what), law.Int("burst", a.Burst), law.Int("per_second", a.PerSecond))}
}
