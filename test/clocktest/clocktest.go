// Package clocktest is a machine for tests, whose clock can be set.
package clocktest

import (
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/internal/clock"
)

// Machine is a clock, the monotonic time beside it, and what the kernel says of them. Each look
// at it takes a microsecond. Its methods are safe for concurrent use.
type Machine struct {
	mu     sync.Mutex
	wall   time.Time
	since  time.Duration
	synced bool
}

// New makes a machine whose clock is right, and which no time service keeps.
func New(now time.Time) *Machine { return &Machine{wall: now, since: time.Hour} }

// Sources returns the machine's sources.
func (m *Machine) Sources() clock.Sources {
	return clock.Sources{
		Read: func() (time.Time, time.Duration) {
			m.Pass(time.Microsecond)
			m.mu.Lock()
			defer m.mu.Unlock()
			return m.wall, m.since
		},
		Synchronised: func() bool {
			m.mu.Lock()
			defer m.mu.Unlock()
			return m.synced
		},
	}
}

// Now returns what the machine's clock shows.
func (m *Machine) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.wall
}

// Pass lets time pass.
func (m *Machine) Pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wall, m.since = m.wall.Add(d), m.since+d
}

// Set sets the clock by d, as a person or a time service does; no time passes.
func (m *Machine) Set(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wall = m.wall.Add(d)
}

// Synchronise sets what the kernel says of the clock.
func (m *Machine) Synchronise(yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.synced = yes
}
