// Package clock gives each entry its recorded time, and says whether that time can be trusted.
//
// A person, a script or a broken battery can set a machine's clock to any year, and the ledger
// cannot change a recorded time later. So the clock is compared with the expected time: the
// recorded time of the newest entry plus the monotonic time since then.
//
//   - A clock within [Tolerance] of the expected time is used.
//   - Otherwise the expected time is used and the clock is red. The clock is used again when it comes
//     back, when the kernel has called it synchronised for [SyncFor] and it is at most [Ahead]
//     ahead, or when a person confirms it.
//   - At a start the time of the stop is not known: a clock from [Tolerance] before the newest
//     entry to [Ahead] after it is used without confirmation. Outside, the clock is unconfirmed
//     and no entry gets a time.
//   - A node that shares its store asks the others at its start, before that: a clock that is more than
//     [Tolerance] off one that is relied on is red from the beginning, and their time is taken. Until they
//     could be asked no entry gets a time; where nobody answers, the start is that of a node alone.
//   - An entry of another node that is more than [Tolerance] off the expected time makes the
//     clock red; nothing is corrected, since two nodes would step back in turn.
//   - A clock that lies before the newest entry, and is right, cannot be taken: recorded time
//     does not go back. The clock stays red until a person appends clock-corrected, which needs a
//     clock that a person or the kernel has confirmed.
//
// While the clock is red or unconfirmed no event is flagged as late and no file is deleted.
//
// The rules are those of pillar 7 (DESIGN.md: Recorded time). The package has no goroutine and reads no clock of its own: everything
// comes from [Sources].
package clock

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// The limits of what is taken without a question (pillar 7).
const (
	Tolerance = 2 * time.Minute
	Ahead     = 10 * 24 * time.Hour
	SyncFor   = 5 * time.Minute
)

// ErrUnconfirmed means that no entry gets a time until a person confirms the machine's clock.
var ErrUnconfirmed = errors.New("the machine's clock is not confirmed")

// Sources are what a clock reads. All are called under the clock's lock.
type Sources struct {
	// Read returns the machine's clock and, of the same moment, the time that has passed since
	// some start. The latter never goes back, is not set by anybody, and counts suspend.
	Read func() (wall time.Time, since time.Duration)
	// Synchronised reports whether the kernel says that a time service keeps the machine's clock.
	Synchronised func() bool
}

// line is a clock that was right at one moment and is carried on by monotonic time.
type line struct {
	time time.Time
	at   time.Duration
}

func (l line) to(since time.Duration) time.Time { return l.time.Add(since - l.at) }

// State is how far a clock is relied on.
type State string

// The states of a clock.
const (
	OK          State = "ok"
	Red         State = "red"
	Unconfirmed State = "unconfirmed"
)

// Status is what a clock says of itself.
type Status struct {
	State     State     `json:"state"`
	Reason    string    `json:"reason,omitempty"`    // why it is not ok, and what to do
	Wall      time.Time `json:"wall"`                // the machine's clock, UTC
	Expected  time.Time `json:"expected"`            // newest entry's recorded time and the monotonic time since, UTC
	Off       float64   `json:"off_seconds"`         // of the machine's clock from the expected time
	Taken     time.Time `json:"taken"`               // the one of the two that counts
	Confirmed bool      `json:"confirmed,omitempty"` // red, but a person or the kernel says that the machine's clock is right
}

// Clock is the state machine. All methods are safe for concurrent use.
type Clock struct {
	src     Sources
	running atomic.Bool // started, or without entries, for who must not wait

	mu        sync.Mutex
	started   bool          // a time has been taken since the start
	asking    bool          // the other nodes are to be asked before that
	empty     bool          // there is no entry: nothing to hold the machine's clock against
	newest    line          // the expected time
	current   time.Duration // the latest moment at which this node is known to have had every entry
	peerFault string        // an entry of another node that is off; empty when none is
	confirmed *line         // the machine's clock, when it was confirmed and could not be taken
	held      *line         // the machine's clock, since when the kernel calls it synchronised
}

// New makes a clock for a ledger without entries; Start tells it of the newest one.
func New(src Sources) *Clock { return &Clock{src: src, empty: true} }

// Start begins with the recorded time of the newest entry, once; the zero time says that there
// is none.
func (c *Clock) Start(newest time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, since := c.src.Read()
	c.empty, c.newest, c.current = newest.IsZero(), line{newest, since}, since
}

// Ask says that there may be other nodes, who are to be asked: until [Clock.Told], or until a person confirms the clock, no
// entry gets a time.
func (c *Clock) Ask() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asking = true
}

// Asking reports whether the other nodes have still to be asked.
func (c *Clock) Asking() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asking
}

// Told tells what the clocks of the other nodes show now that rely on them; none where nobody does. A clock that is
// off any of them is red, and that one's time is the expected one; where it would not be taken without a person's word
// either, it stays unconfirmed.
func (c *Clock) Told(others []time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.asking {
		return
	}
	c.asking = false
	wall, since := c.src.Read()
	off := time.Duration(0)
	for _, t := range others {
		if d := wall.Sub(t); d.Abs() > off.Abs() {
			off = d
		}
	}
	if off.Abs() <= Tolerance || !c.empty && outside(wall.Sub(c.newest.to(since))) {
		return
	}
	c.empty, c.started, c.newest = false, true, line{wall.Add(-off), since}
}

// outside reports whether a clock that is so far from the newest entry is not taken at a start.
func outside(off time.Duration) bool { return off < -Tolerance || off > Ahead }

// moment is one look at the sources.
type moment struct {
	wall  time.Time
	since time.Duration
	off   time.Duration // of wall from the expected time
	state State
}

// look decides by the rules of the package; c.mu is held.
func (c *Clock) look() moment {
	wall, since := c.src.Read()
	m := moment{wall: wall, since: since, state: OK}
	if !c.empty {
		m.off = wall.Sub(c.newest.to(since))
	}
	switch {
	case c.asking:
		m.state = Unconfirmed
	case c.empty:
	case !c.started && outside(m.off):
		m.state = Unconfirmed
	case !c.started:
		c.take(&m)
	case m.off < -Tolerance || m.off > Tolerance || c.peerFault != "":
		m.state = Red
	default:
		c.confirmed, c.held = nil, nil
	}
	return m
}

// take makes the machine's clock the expected time.
func (c *Clock) take(m *moment) {
	c.started, c.asking, c.peerFault, c.confirmed, c.held = true, false, "", nil, nil
	c.newest, m.off, m.state = line{m.wall, m.since}, 0, OK
}

// taken is the time that counts at a moment.
func (c *Clock) taken(m moment) time.Time {
	if m.state == OK {
		return m.wall
	}
	return c.newest.to(m.since)
}

// Stamp is a time for an entry.
type Stamp struct {
	Time time.Time // UTC, microseconds
	Sure bool      // the clock is not red: what is late by it may be called late

	at        time.Duration
	corrected bool
}

// At returns the stamp of an entry that is recorded at t at the same moment as s.
func (s Stamp) At(t time.Time) Stamp { s.Time = t; return s }

// Corrected reports whether s is from [Clock.TakeCorrected].
func (s Stamp) Corrected() bool { return s.corrected }

// WithoutCorrection is s as the stamp of an entry after a correction that the clock has been told of.
func (s Stamp) WithoutCorrection() Stamp { s.corrected = false; return s }

// Unconfirmed reports whether entries get no time. It costs nothing once they did.
func (c *Clock) Unconfirmed() bool {
	if c.running.Load() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.look().state == Unconfirmed
}

// Take returns the time for an entry, or [ErrUnconfirmed].
func (c *Clock) Take() (Stamp, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.look()
	if m.state == Unconfirmed {
		return Stamp{}, ErrUnconfirmed
	}
	c.running.Store(true)
	return Stamp{Time: c.taken(m).UTC().Truncate(time.Microsecond), Sure: m.state == OK, at: m.since}, nil
}

// TakeCorrected returns the time for a clock-corrected, which may lie before the newest entry:
// the machine's clock. [ErrUnconfirmed] says that nobody has confirmed it.
func (c *Clock) TakeCorrected() (Stamp, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.look()
	if m.state == Unconfirmed || m.state == Red && !c.stillConfirmed(m) {
		return Stamp{}, ErrUnconfirmed
	}
	return Stamp{Time: m.wall.UTC().Truncate(time.Microsecond), Sure: true, at: m.since, corrected: true}, nil
}

// stillConfirmed reports whether the machine's clock is still the one that was confirmed.
func (c *Clock) stillConfirmed(m moment) bool { return c.confirmed != nil && follows(*c.confirmed, m) }

// follows reports whether the machine's clock has not been set since l.
func follows(l line, m moment) bool {
	d := m.wall.Sub(l.to(m.since))
	return d >= -Tolerance && d <= Tolerance
}

// Recorded tells of an own entry with the stamp that is now the newest of the ledger.
func (c *Clock) Recorded(s Stamp) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.empty, c.started, c.newest, c.current = false, true, line{s.Time, s.at}, max(c.current, s.at)
	if s.corrected {
		c.peerFault = ""
	}
}

// Since returns the monotonic time, for [Clock.Current].
func (c *Clock) Since() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, since := c.src.Read()
	return since
}

// Current tells that at the moment since this node had every entry of the ledger.
func (c *Clock) Current(since time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current = max(c.current, since)
}

// Read tells of another node's entry that is now the newest of the ledger. It was recorded
// between [Clock.Current] and now: a node that was cut off for an hour reads entries that are
// an hour old, and no clock is off. corrected says that the entry is a clock-corrected, or that
// one is read with it: that is how recorded time goes back.
func (c *Clock) Read(recorded time.Time, corrected bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	since := c.look().since
	if c.empty || !c.started { // nothing was known of the time before it
		c.empty, c.newest = false, line{recorded, since}
		return
	}
	earliest, latest := c.newest.to(c.current), c.newest.to(since)
	switch {
	case corrected:
		c.peerFault = ""
	case recorded.After(latest.Add(Tolerance)):
		c.peerFault = fmt.Sprintf("another node recorded an entry at %s, when %s was expected", stamp(recorded), stamp(latest))
	case recorded.Before(earliest.Add(-Tolerance)):
		c.peerFault = fmt.Sprintf("another node recorded an entry at %s, when at least %s was expected", stamp(recorded), stamp(earliest))
	case !recorded.After(latest): // it is merely read late
		return
	default:
		c.newest = line{recorded, since}
		return
	}
	c.newest, c.held = line{recorded, since}, nil
}

// Confirm is a person's word that the machine's clock is right. A clock that lies before the
// newest entry is confirmed by it, and stays red until clock-corrected is appended.
func (c *Clock) Confirm() Status {
	c.mu.Lock()
	if m := c.look(); m.state != OK {
		c.confirm(&m)
	}
	c.mu.Unlock()
	return c.Status()
}

// confirm takes the machine's clock, or notes that it is right where it cannot be taken.
func (c *Clock) confirm(m *moment) {
	if m.off >= -Tolerance {
		c.take(m)
		return
	}
	c.started, c.asking, c.confirmed, c.held = true, false, &line{m.wall, m.since}, nil
}

// Tick is to be called every few seconds: a red clock is watched for the kernel's word.
func (c *Clock) Tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.look()
	if m.state != Red || c.stillConfirmed(m) {
		return
	}
	switch {
	case !c.src.Synchronised():
		c.held = nil
	case c.held == nil || !follows(*c.held, m):
		c.held = &line{m.wall, m.since}
	case m.since-c.held.at >= SyncFor && m.off <= Ahead:
		c.confirm(&m)
	}
}

// Now returns the time that counts, UTC: for what expires.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken(c.look()).UTC()
}

// Sure reports whether the clock is neither red nor unconfirmed.
func (c *Clock) Sure() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.look().state == OK
}

// Tell returns what the machine's clock shows, and whether it is relied on: for another node that starts.
func (c *Clock) Tell() (now time.Time, sure bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.look()
	return m.wall, m.state == OK
}

// Status returns what the clock says of itself now.
func (c *Clock) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.look()
	s := Status{State: m.state, Wall: m.wall.UTC(), Taken: c.taken(m).UTC(), Off: m.off.Seconds(), Confirmed: m.state == Red &&
		c.stillConfirmed(m)}
	s.Expected = m.wall.Add(-m.off).UTC()
	const confirm = "set it right, then run: anjian clock --confirm"
	switch {
	case m.state == OK:
	case c.asking:
		s.Reason = "the other nodes could not be asked for the time yet: no append is taken; wait until the store answers, or, if the clock " +
			"is right, run: anjian clock --confirm"
	case m.state == Unconfirmed:
		s.Reason = fmt.Sprintf("the newest entry was recorded at %s, the machine's clock says %s: no append is taken; %s", stamp(c.newest.time),
			stamp(m.wall), confirm)
	case s.Confirmed:
		s.Reason = fmt.Sprintf("the machine's clock (%s) is right, but lies before the expected time (%s), "+
			"which is taken: append clock-corrected", stamp(m.wall), stamp(s.Expected))
	case c.peerFault != "":
		s.Reason = fmt.Sprintf("%s; the machine's clock says %s, the expected time (%s) is taken; find the node whose clock is wrong, %s",
			c.peerFault, stamp(m.wall), stamp(s.Expected), confirm)
	default:
		s.Reason = fmt.Sprintf("the machine's clock says %s, the expected time (%s) is taken; %s", stamp(m.wall), stamp(s.Expected), confirm)
	}
	return s
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
