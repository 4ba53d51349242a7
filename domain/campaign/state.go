package campaign

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
)

// State is one campaign as the rules need it. The zero value is a campaign of which nothing
// is known yet.
type State struct {
	// Policy is that of the latest plan, nil until one is published. It is never changed once
	// set, so clones share it.
	Policy   *Policy
	Versions []string // of the plans published, oldest first; append-only
	Start    time.Time
	End      time.Time // planned end; zero until started
	EndedAt  time.Time // when it was declared ended; zero until then
	Parent   string
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.Versions = c.Versions[:len(c.Versions):len(c.Versions)]
	return &c
}

// Started reports whether the campaign has its period.
func (s *State) Started() bool { return !s.Start.IsZero() }

// Period returns the period in force: a campaign that was ended early ends then.
func (s *State) Period() (start, end time.Time) {
	if !s.EndedAt.IsZero() && s.EndedAt.Before(s.End) {
		return s.Start, s.EndedAt
	}
	return s.Start, s.End
}

// Overlaps reports whether the periods of two started campaigns share a moment.
func (s *State) Overlaps(o *State) bool {
	if !s.Started() || !o.Started() {
		return false
	}
	aStart, aEnd := s.Period()
	bStart, bEnd := o.Period()
	return aStart.Before(bEnd) && bStart.Before(aEnd)
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	if d, ok := e.Data.(fact); ok {
		d.fold(s, e)
	}
}

func (d *PlanPublished) fold(s *State, _ *event.Event) {
	policy := d.Policy
	s.Policy = &policy
	s.Versions = append(s.Versions, d.Version)
}

func (d *Started) fold(s *State, _ *event.Event) { s.Start, s.End, s.Parent = d.Start, d.End, d.Parent }

func (d *Ended) fold(s *State, e *event.Event) { s.EndedAt = e.Occurred }
