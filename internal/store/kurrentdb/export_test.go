package kurrentdb

import "time"

// LookedLongAgo makes the next head look at the first event.
func (s *Store) LookedLongAgo() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looked = time.Time{}
}
