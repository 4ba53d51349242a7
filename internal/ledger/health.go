package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Health is what the ledger says of itself.
type Health struct {
	Ready    bool              `json:"ready"`     // takes appends
	ReadOnly bool              `json:"read_only"` // a copy is damaged: appends are stopped until repair
	Reasons  map[string]string `json:"reasons"`   // by part: why appends are stopped or wait
	Warnings map[string]string `json:"warnings"`  // by part: what is red though appends are taken
	Size     uint64            `json:"size"`
	Waiting  int64             `json:"waiting"` // requests in the queue
	Scrub    ScrubState        `json:"scrub"`
	// StoreSilent is how long the store has left the block in flight unanswered; 0: none is.
	StoreSilent time.Duration `json:"store_silent_ns"`
	// Malformed counts entries whose event no release ever accepted, and names the first. They
	// stop nothing.
	Malformed      uint64 `json:"malformed"`
	FirstMalformed uint64 `json:"first_malformed"`
}

// ScrubState tells of the background comparison of both copies.
type ScrubState struct {
	Passes   uint64    `json:"passes"` // complete passes since the start
	Block    uint64    `json:"block"`  // reached in the running pass
	LastPass time.Time `json:"last_pass,omitzero"`
}

// condition is the ledger's state of health. All fields belong to mu.
type condition struct {
	mu       sync.Mutex
	stops    map[string]string // damage: appends refused until repair
	waits    map[string]wait   // an engine does not answer: appends wait
	refused  wait              // the store's last "not stored": zero after a block that it took
	scrub    ScrubState
	scrubErr error // why the last pass could not read everything
	closing  bool
	readOnly bool // the node was started for reading; set before anything runs

	malformed, firstMalformed uint64
	newer                     *NewerError // why stops has "program"
}

// refusalCounts is how long a refusal by the store keeps the ledger from calling itself
// ready. It ends by itself, so that whoever routes by readiness tries again. A refusal that will not
// pass stops appends instead: one of them is tried again after that time.
const refusalCounts = 10 * time.Second

type wait struct {
	since time.Time
	err   error // nil: none
}

// notStored tells a disk that fails from one that is full and from an engine that is silent.
func notStored(err error) error {
	if errors.Is(err, store.ErrRefused) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if durable.Failing(err) {
		return fmt.Errorf("%w: %w", ErrDisk, err)
	}
	return fmt.Errorf("%w: %w", ErrNoSpace, err)
}

// patience is how long an engine may keep the block in flight waiting before new appends
// are turned away at once instead of running into their deadlines.
const patience = time.Second

func (c *condition) stop(what, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stops == nil {
		c.stops = map[string]string{}
	}
	if c.stops[what] == "" { // the first reason is the cause, later ones its consequences
		c.stops[what] = reason
	}
}

// stopNewer stops for an entry that this program cannot go on from.
func (c *condition) stopNewer(e *NewerError, reason string) {
	c.stop("program", fmt.Sprintf("%v (%s)", e, reason))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newer = cmp.Or(c.newer, e)
}

func (c *condition) waiting(what string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waits == nil {
		c.waits = map[string]wait{}
	}
	w, ok := c.waits[what]
	if !ok {
		w.since = time.Now()
	}
	w.err = err
	c.waits[what] = w
}

func (c *condition) clear(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waits, what)
}

// answered notes the store's answer to a block.
func (c *condition) answered(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused = wait{}
	if errors.Is(err, store.ErrNotStored) {
		c.refused = wait{time.Now(), err}
	}
}

func (c *condition) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closing = true
}

// scrubbed notes how far the scrub got, and whether that was the end of a pass.
func (c *condition) scrubbed(n uint64, pass bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scrub.Block = n
	if pass {
		c.scrub.Passes++
		c.scrub.LastPass = time.Now().UTC()
	}
}

// scrubEnded notes why a pass could not read everything; nil: it could.
func (c *condition) scrubEnded(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scrubErr = err
}

// stopped returns an [ErrReadOnly] that says why appends are stopped; nil when they are not.
func (c *condition) stopped() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.stops) == 0 {
		return nil
	}
	var all []string
	for _, what := range slices.Sorted(maps.Keys(c.stops)) {
		all = append(all, what+": "+c.stops[what])
	}
	if c.newer != nil {
		return fmt.Errorf("%w: %w (%s)", ErrReadOnly, c.newer, strings.Join(all, "; "))
	}
	return fmt.Errorf("%w: %s", ErrReadOnly, strings.Join(all, "; "))
}

// refusedForGood reports whether the store's last word was a refusal that will not pass. c.mu is held.
func (c *condition) refusedForGood() bool { return errors.Is(c.refused.err, store.ErrRefused) }

// refusing returns why a new append is refused before it is looked at.
func (c *condition) refusing() error {
	if c.readOnly {
		return ErrReadOnlyStart
	}
	if err := c.stopped(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refusedForGood() && time.Since(c.refused.since) < refusalCounts {
		return notStored(c.refused.err)
	}
	for what, w := range c.waits {
		if time.Since(w.since) > patience {
			return notStored(fmt.Errorf("%s: %w", what, w.err))
		}
	}
	return nil
}

// Health reports the ledger's condition.
func (l *Ledger) Health() Health {
	c := &l.health
	c.mu.Lock()
	defer c.mu.Unlock()
	h := Health{StoreSilent: l.silence.lasts(), ReadOnly: len(c.stops) > 0, Reasons: map[string]string{}, Warnings: map[string]string{}, Size: l.Head().Size, Waiting: l.queued.Load(), Scrub: c.scrub,
		Malformed: c.malformed, FirstMalformed: c.firstMalformed}
	if c.refused.err != nil && (c.refusedForGood() || time.Since(c.refused.since) < refusalCounts) {
		h.Reasons["store"] = c.refused.err.Error()
	}
	for what, w := range c.waits {
		h.Reasons[what] = w.err.Error()
	}
	maps.Copy(h.Reasons, c.stops)
	if err := l.cfg.Journal.Health(); err != nil && h.Reasons["journal"] == "" {
		h.Warnings["journal"] = err.Error()
	}
	if err := l.tree.WriteErr(); err != nil && h.Reasons["tiles"] == "" {
		h.Warnings["tiles"] = err.Error()
	}
	if c.scrubErr != nil {
		h.Warnings["scrub"] = c.scrubErr.Error()
	}
	switch s := l.clock.Status(); s.State {
	case clock.Unconfirmed:
		if c.readOnly { // no append waits for it
			h.Warnings["clock"] = s.Reason
			break
		}
		h.Reasons["clock"] = s.Reason
	case clock.Red:
		h.Warnings["clock"] = s.Reason
	case clock.OK:
	}
	switch behind, err := l.folding.state(l); {
	case err != nil:
		h.Reasons["views"] = err.Error()
	case behind > 0:
		h.Warnings["views"] = fmt.Sprintf("they are %d entries behind the ledger", behind)
	}
	if c.readOnly {
		h.Warnings["read-only"] = "the node was started for reading: it takes no appends"
	}
	h.Ready = len(h.Reasons) == 0 && !c.closing
	return h
}

// cannotTell notes an entry that this program cannot read. Beside one that a later release
// wrote it must not append: it does not know what that entry changed.
func (l *Ledger) cannotTell(index uint64, u *event.Unreadable) {
	switch {
	case u.Newer:
		l.health.stopNewer(&NewerError{Index: index}, u.Reason)
		return
	case u.Wrong:
		l.health.stop("entries", fmt.Sprintf("entry %d is wrong: an unknown event of keys, tokens or the clock (%s)", index, u.Reason))
		return
	}
	l.health.mu.Lock()
	defer l.health.mu.Unlock()
	if l.health.malformed++; l.health.malformed == 1 {
		l.health.firstMalformed = index
		l.cfg.Logger.Warn("an entry is malformed and counts for nothing; anjian verify lists all", "index", index, "reason", u.Reason)
	}
}

// adopted notes the set of rules that another program, or a later release, adopted: by a set
// that this one does not have it must not judge.
func (l *Ledger) adopted(index uint64, rules int) {
	if rules > l.cfg.Rules {
		l.health.stopNewer(&NewerError{index, rules, l.cfg.Rules}, "rules-adopted")
	}
}

// stop stops appends for good: a copy is not what it must be. Reads go on.
func (l *Ledger) stop(what string, err error) {
	l.health.stop(what, err.Error())
	l.cfg.Logger.Error("appends are stopped; run repair", "copy", what, "reason", err)
}
