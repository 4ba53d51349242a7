package ledger

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Health is what the ledger says of itself.
type Health struct {
	Ready    bool              `json:"ready"`     // takes appends
	ReadOnly bool              `json:"read_only"` // a copy is damaged: appends are stopped until repair
	Reasons  map[string]string `json:"reasons"`   // by copy: why appends are stopped or wait
	Size     uint64            `json:"size"`
	Waiting  int64             `json:"waiting"` // requests in the queue
	Scrub    ScrubState        `json:"scrub"`
}

// ScrubState tells of the background comparison of both copies.
type ScrubState struct {
	Passes   uint64    `json:"passes"` // complete passes since the start
	Block    uint64    `json:"block"`  // reached in the running pass
	LastPass time.Time `json:"last_pass,omitzero"`
}

// condition is the ledger's state of health. All fields belong to mu.
type condition struct {
	mu      sync.Mutex
	stops   map[string]string // damage: appends refused until repair
	waits   map[string]string // an engine does not answer: appends wait
	scrub   ScrubState
	closing bool
}

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

func (c *condition) waiting(what string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waits == nil {
		c.waits = map[string]string{}
	}
	c.waits[what] = err.Error()
}

func (c *condition) clear(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waits, what)
}

// stopped returns why appends are refused.
func (c *condition) stopped() (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return "the ledger is closing", true
	}
	if len(c.stops) == 0 {
		return "", false
	}
	var all []string
	for _, what := range slices.Sorted(maps.Keys(c.stops)) {
		all = append(all, what+": "+c.stops[what])
	}
	return strings.Join(all, "; "), true
}

// Health reports the ledger's condition.
func (l *Ledger) Health() Health {
	c := &l.health
	c.mu.Lock()
	defer c.mu.Unlock()
	h := Health{ReadOnly: len(c.stops) > 0, Reasons: map[string]string{}, Size: l.Head().Size, Waiting: l.queued.Load(), Scrub: c.scrub}
	maps.Copy(h.Reasons, c.waits)
	maps.Copy(h.Reasons, c.stops)
	h.Ready = len(h.Reasons) == 0 && !c.closing
	return h
}

// stop stops appends for good: a copy is not what it must be. Reads go on.
func (l *Ledger) stop(what string, err error) {
	l.health.stop(what, err.Error())
	l.cfg.Logger.Error("appends are stopped; run repair", "copy", what, "reason", err)
}

func (l *Ledger) stopped() (string, bool) { return l.health.stopped() }
