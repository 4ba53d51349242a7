package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Recorded time (pillar 7)
//
// Package clock decides which time an entry gets; the ledger adds that recorded time does not
// go back: recorded(i) ≥ recorded(i−1). The one exception is clock-corrected {from}, a person's
// act: recorded(i) ≥ recorded(from−1). Entries from … i−1 are then disputed. They stay where
// they are, and "as of t" is as of the last entry whose recorded time is ≤ t, without a special
// case.

// ErrClockUnconfirmed means that the machine's clock is too far from the newest entry to be believed
// without a person's word ([Ledger.ConfirmClock]). Nothing was stored.
var ErrClockUnconfirmed = errors.New("ledger: the machine's clock is not confirmed; nothing was stored; check it, then run: anjian clock " +
	"--confirm")

const (
	clockEvery = time.Second
	// currentEvery is how often a node of a shared store asks for the store's head though it is
	// told of new blocks: so that it knows how old an entry that it reads can be.
	currentEvery = 20 * time.Second
)

// Now returns the time that counts, UTC: the machine's clock, or the expected time while that
// is not relied on. Tokens expire by it.
func (l *Ledger) Now() time.Time { return l.clock.Now() }

// Clock returns what the ledger's clock says of itself.
func (l *Ledger) Clock() clock.Status { return l.clock.Status() }

// Keepable returns the latest time before which something may be deleted for its age; ok is
// false while the clock is not relied on: then nothing may be deleted. It is by the machine's
// clock and by the newest entry, whichever is earlier.
func (l *Ledger) Keepable() (now time.Time, ok bool) {
	if !l.clock.Sure() {
		return time.Time{}, false
	}
	now, head := l.clock.Now(), l.Head()
	if head.Size == 0 {
		return time.Time{}, false
	}
	if head.Recorded.Before(now) {
		now = head.Recorded
	}
	return now, true
}

// ConfirmClock is the word of a person at the machine that its clock is right. by is who it
// is, for the log.
func (l *Ledger) ConfirmClock(by string) clock.Status {
	before := l.clock.Status()
	after := l.clock.Confirm()
	l.cfg.Logger.Warn("the machine's clock was confirmed", "by", by, "wall", after.Wall, "expected", before.Expected, "before", before.State,
		"after", after.State)
	return after
}

// watchClock lets the clock look at itself until ctx ends, and logs what it finds.
func (l *Ledger) watchClock(ctx context.Context) {
	was, asked := clock.OK, time.Time{}
	for {
		l.clock.Tick()
		if l.clock.Asking() {
			l.askTime(ctx)
		}
		if s := l.clock.Status(); s.State != was {
			was = s.State
			if was == clock.OK {
				l.cfg.Logger.Info("the clock is relied on again", "wall", s.Wall)
			} else {
				l.cfg.Logger.Error("the clock is not relied on", "state", s.State, "reason", s.Reason, "wall", s.Wall, "expected", s.Expected)
			}
		}
		if l.cfg.Shared && l.cfg.Store != nil && time.Since(asked) > currentEvery {
			asked = time.Now()
			if head, err := l.storeHead(ctx); err == nil { // else it is not known how old an entry can be
				l.noteStoreHead(head)
			}
		}
		select {
		case <-time.After(clockEvery):
		case <-ctx.Done():
			return
		}
	}
}

// clocks are the other nodes' of a shared store, if it can ask for them.
func (l *Ledger) clocks() store.Clocks {
	if !l.cfg.Shared {
		return nil
	}
	c, _ := l.cfg.Store.(store.Clocks)
	return c
}

// askTime asks the other nodes for the time, at the start: an entry that is called late by a clock of another day stays
// so until somebody finds it. A store that cannot be reached is asked again; nothing can be appended there meanwhile.
func (l *Ledger) askTime(ctx context.Context) {
	told, err := l.clocks().AskTime(ctx)
	if err != nil {
		if ctx.Err() == nil {
			l.cfg.Logger.Warn("the other nodes cannot be asked for the time", "error", err)
		}
		return
	}
	l.clock.Told(told)
}

// tellTime tells other nodes the time, while this one relies on its clock, until ctx ends.
func (l *Ledger) tellTime(ctx context.Context) {
	others := l.clocks()
	if others == nil || l.cfg.ReadOnly { // which has no say in what is recorded
		return
	}
	for ctx.Err() == nil {
		if err := others.TellTime(ctx, l.clock.Tell); err != nil {
			l.cfg.Logger.Warn("other nodes cannot ask for the time", "error", err)
		}
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
		}
	}
}

// storeHead asks a shared store for the number of its newest block, and notes when this node
// had all of them.
func (l *Ledger) storeHead(ctx context.Context) (uint64, error) {
	since := l.clock.Since()
	head, err := l.cfg.Store.Head(ctx)
	if err == nil && head <= l.Head().Block {
		l.clock.Current(since)
	}
	return head, err
}

// stamp returns the time for the items of a request: one for all that were read from the queue together. Behind a
// correction that is not durable yet, the clock still expects the time that was wrong.
func (s *sequencer) stamp() (clock.Stamp, error) {
	take := s.l.clock.Take
	if s.last.Corrected() {
		take, s.stamped = s.l.clock.TakeCorrected, false
	}
	if !s.stamped {
		var err error
		if s.now, err = take(); err != nil {
			return s.now, ErrClockUnconfirmed
		}
		s.stamped = true
	}
	now := s.now
	if now.Time.Before(s.last.Time) {
		now = now.At(s.last.Time) // recorded time does not go back
	}
	return now, nil
}

// correctedStamp returns the time for a clock-corrected: the machine's clock, which somebody
// must have vouched for, but not before the last entry that is not disputed.
func (s *sequencer) correctedStamp(d *oversight.ClockCorrected) (clock.Stamp, error) {
	head := s.l.Head()
	if *d.From >= head.Size {
		return clock.Stamp{}, event.Refuse(law.Pillar7, law.UnknownPosition, law.Int("position", *d.From))
	}
	now, err := s.l.clock.TakeCorrected()
	if err != nil {
		return now, ErrClockUnconfirmed
	}
	floor, err := s.l.RecordedAt(*d.From)
	if err != nil {
		return now, fmt.Errorf("%w: entry %d: %w", ErrReadOnly, *d.From, err)
	}
	if now.Time.Before(floor) {
		now = now.At(floor)
	}
	return now, nil
}

// Disputed is what a clock-corrected calls in question.
type Disputed struct {
	From, To  uint64   // entries [From, To)
	Deadlines []uint64 // those of them that are a deadline-passed, which may have been said too early
}

// deadlinePassed is the event type that says that something is late.
const deadlinePassed = "anjian.deadline-passed."

// addDisputed completes the receipts of corrections.
func (l *Ledger) addDisputed(ctx context.Context, p *pending) error {
	for i := range p.receipts {
		r := &p.receipts[i]
		d, ok := p.req.Items[i].Event.Data.(*oversight.ClockCorrected)
		if !ok || r.AlreadyPresent {
			continue
		}
		r.Disputed = &Disputed{From: *d.From, To: r.Index}
		err := l.Entries(ctx, *d.From, r.Index, func(index uint64, raw []byte) error {
			en, err := entry.Parse(raw)
			if err != nil {
				return nil //nolint:nilerr // it is no deadline-passed, whatever it is
			}
			if isType(en.Event, deadlinePassed) {
				r.Disputed.Deadlines = append(r.Disputed.Deadlines, index)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%w (disputed entries from %d: %w)", ErrOutcomeUnknown, *d.From, err)
		}
	}
	return nil
}

// isType reports whether the type of an event begins so.
func isType(ev []byte, prefix string) bool {
	h, err := entry.Peek(ev)
	return err == nil && len(h.Type) >= len(prefix) && h.Type[:len(prefix)] == prefix
}

// corrected reports whether any of the events is a clock-corrected.
func corrected(events []*event.Event) bool {
	for _, e := range events {
		if _, ok := e.Data.(*oversight.ClockCorrected); ok {
			return true
		}
	}
	return false
}
