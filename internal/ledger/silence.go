package ledger

import (
	"log/slog"
	"sync"
	"time"
)

// silence measures how long the store leaves the block in flight without a certain answer: an
// election, a server that is being restarted, a disk that stalls. One that lasts is logged once,
// and once more when it ends.
type silence struct {
	log *slog.Logger

	mu    sync.Mutex
	since time.Time   // when the block in flight was given to the store; zero: it has answered
	said  bool        // that it does not answer
	timer *time.Timer // that says so; nil before the first block
}

// begin notes that the store is asked.
func (s *silence) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = time.Now()
	if s.timer == nil {
		s.timer = time.AfterFunc(patience, s.say)
		return
	}
	s.timer.Reset(patience)
}

// say is the timer's: it may come when the block is done, and another one is in flight.
func (s *silence) say() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() || s.said || time.Since(s.since) < patience {
		return
	}
	s.said = true
	s.log.Warn("the store does not answer; appends wait", "since", s.since)
}

// end notes that it has answered, or that nobody waits any more.
func (s *silence) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.timer.Stop()
	if s.said {
		s.log.Warn("the store has answered; appends go on", "after", time.Since(s.since).Round(time.Millisecond).String())
	}
	s.since, s.said = time.Time{}, false
}

// lasts is how long the store has not answered now; 0 when it is not being asked.
func (s *silence) lasts() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() {
		return 0
	}
	return time.Since(s.since)
}
