package ledger

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// Sweeps (pillars 12 and 13)
//
// Time alone makes an obligation overdue, and no event says so. So now and then each node asks its sequencer to say what
// is overdue. That is a request like any other: judged on top of the head, fenced, and judged again where another node
// was first. What is to be said is a function of the state and of the recorded time that the entry gets
// ([domain.State.Overdue]), so it is said once, however many nodes sweep, how often, and whichever of them is killed. A node
// whose clock is not relied on says nothing.

// What one request of a sweep does at most: appends wait for no more than that.
const (
	sweepMost  = 32 // entries that it adds, beside what they entail
	sweepTeams = 16 // teams whose windows it looks at
)

// sweeping is a request of a sweep. Its answer is the sequencer's until the request is answered.
type sweeping struct {
	team int // place of the first team whose windows are looked at

	said int
	more bool // there is more to be looked at, by the next request,
	next int  // which looks at teams from this one on
}

// size is how many entries p wants room for.
func (p *pending) size() int {
	if p.sweep != nil {
		return sweepMost
	}
	return len(p.req.Items)
}

// appendAll places what a request asks for.
func (s *sequencer) appendAll(p *pending) error {
	if p.sweep != nil {
		return s.appendOverdue(p.sweep)
	}
	return s.appendItems(p)
}

// appendOverdue places what the ledger is to say of what is overdue, up to [sweepMost] entries.
func (s *sequencer) appendOverdue(p *sweeping) error {
	*p = sweeping{team: p.team, next: p.team}
	now, err := s.stamp()
	if err != nil || !now.Sure {
		return err
	}
	if s.settle(); s.unsettled {
		p.more = true
		return nil
	}
	begin := s.next
	room := func() int { return sweepMost - int(s.next-begin) }
	for _, stream := range s.l.owed.list.Waiting(now.Time, sweepMost) {
		if room() <= 0 {
			break
		}
		if err := s.sayAll(p, s.state.Overdue(stream, now.Time, room()), now); err != nil {
			return err
		}
	}
	if p.said > 0 { // there may be more of it
		p.more = true
		return nil
	}
	late, rest := s.state.Late(sweepMost)
	if err := s.sayAll(p, late, now); err != nil {
		return err
	}
	if p.more = rest && (p.said > 0 || len(late) == 0); p.more {
		return nil
	}
	list, next := s.state.BlindFrom(p.team, sweepTeams, now.Time, sweepMost)
	err = s.sayAll(p, list, now)
	p.more, p.next = next > p.team || next == p.team && p.said > 0, next
	return err
}

// sayAll places what a sweep proposes; what the rules do not take is left out.
func (s *sequencer) sayAll(p *sweeping, list []event.Consequence, now clock.Stamp) error {
	for _, c := range list {
		switch err := s.say(c, now); {
		case err == nil:
			p.said++
		case errors.As(err, new(*event.Refusal)):
			s.l.cfg.Logger.Error("a sweep proposed what the rules do not take", "stream", c.Stream, "what", c.Name, "error", err)
		default:
			return err
		}
	}
	return nil
}

// say places what the ledger says by itself, with what that entails. After a refusal nothing is placed.
func (s *sequencer) say(c event.Consequence, now clock.Stamp) error {
	e := s.l.newDerived(c, now.Time)
	switch d := c.Data.(type) {
	case *oversight.DeadlinePassed:
		e.ID, e.Occurred, e.Causation = d.ID(s.l.Origin(), c.Stream), d.Due, d.Event
	case *oversight.StatementLapsed:
		e.ID = s.l.ownID(c.Name, d.Statement)
		e.Causation = d.Statement
	default: // the same may be said again after it lapsed
		e.ID = s.l.ownID(c.Name, c.Stream.String(), strconv.FormatInt(s.state.Revision(c.Stream)+1, 10))
	}
	if c.Because != uuid.Nil {
		e.Causation = c.Because.String()
	}
	if _, used := s.ids[e.ID]; used {
		return fmt.Errorf("entry %d: the id %s of the ledger's own is taken: the ledger is damaged", s.next, e.ID)
	}
	if err := s.state.Admit(e); err != nil {
		return err
	}
	follow, err := s.state.Judge(e)
	if err != nil {
		return err
	}
	if err := s.adopt(now); err != nil {
		return err
	}
	e.Index, e.Revision = s.next, uint64(s.state.Revision(e.Stream)+1)
	if e.Bytes, err = entry.Author(e); err != nil {
		return err
	}
	s.last, s.filling.last = now, now
	if err := s.place(e, nil, s.l.print(e, e.Bytes, &e.Actor)); err != nil {
		return err
	}
	for n, c := range follow {
		if err := s.derive(e, n, c); err != nil {
			return err
		}
	}
	return nil
}

// Sweep says what is overdue, in blocks of up to [sweepMost] entries, each durable before the next is asked for, and returns how
// many entries that took. Its errors are those of [Ledger.Append].
func (l *Ledger) Sweep(ctx context.Context) (said int, err error) {
	begin := time.Now()
	for team, more := 0, true; more; {
		if err := l.health.refusing(); err != nil {
			return said, err
		}
		if !l.clock.Sure() {
			return said, nil
		}
		p := newPending(Request{Actor: event.Actor{Role: event.RoleLedger}})
		p.bytes, p.sweep = sweepMost*EntryOverhead, &sweeping{team: team}
		if err := l.enqueue(p); err != nil {
			return said, err
		}
		if err := l.wait(ctx, p).err; err != nil {
			return said, err
		}
		said += p.sweep.said
		team, more = p.sweep.next, p.sweep.more
	}
	w := &l.owed
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sweep = SweepState{Passes: w.sweep.Passes + 1, Said: w.sweep.Said + uint64(said), Last: l.clock.Now(), Took: time.Since(begin)}
	return said, nil
}

// sweepForever sweeps until ctx ends.
func (l *Ledger) sweepForever(ctx context.Context) {
	if l.cfg.SweepEvery < 0 || l.cfg.ReadOnly {
		return
	}
	failed := false
	for {
		select {
		case <-time.After(l.cfg.SweepEvery):
		case <-ctx.Done():
			return
		}
		begin := time.Now()
		switch said, err := l.Sweep(ctx); {
		case err != nil:
			if !failed && !errors.Is(err, ErrBusy) && ctx.Err() == nil {
				l.cfg.Logger.Error("what is overdue could not be said", "error", err)
			}
			failed = true
		case said > 0:
			l.cfg.Logger.Info("deadlines passed", "entries", said, "took", time.Since(begin))
			failed = false
		default:
			failed = false
		}
	}
}
