package campaign

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one campaign as the rules need it. The zero value is a campaign of which nothing
// is known yet.
type State struct {
	Plans   []Plan // that were published, oldest first; append-only
	Start   time.Time
	End     time.Time // planned end; zero until started
	EndedAt time.Time // when it was declared ended; zero until then
	Parent  string
	Links   []Linked         // the basis that was named apart from the start; append-only
	Targets []CoverageTarget // oldest first; append-only
	// NoLarger is the year in which no accident is to be larger or worse (R15), 0 when nobody said so.
	NoLarger int
	Reports  []Report // that came after the end; append-only
	// Teams are those that were formed before the end, which their own streams say; append-only.
	Teams          []string
	started, ended obligation.Fact // zero until it has
}

// Report is one that was handed in: of a team, or of the campaign as a whole.
type Report struct {
	Team string // "": of the campaign
	At   time.Time
}

// Plan is one version of the work plan, with every number the rules use.
type Plan struct {
	Version string
	Policy  *Policy // never changed once it is set, so clones share it
	Index   uint64  // of the entry that published it
	From    int64   // since when it is in force, seconds since 1970
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.Plans, c.Links = slices.Clip(c.Plans), slices.Clip(c.Links)
	c.Targets, c.Reports, c.Teams = slices.Clip(c.Targets), slices.Clip(c.Reports), slices.Clip(c.Teams)
	return &c
}

// Carry keeps, when a fact was corrected, what no correction changes: plans, targets and the year without larger accidents, of which a
// further statement is made; and the teams, which their own streams say.
func (s *State) Carry(old *State) {
	s.Plans, s.Targets, s.NoLarger, s.Teams = old.Plans, old.Targets, old.NoLarger, old.Teams
}

// unplanned is what judges outside campaigns and before a plan is published. It has no version.
var unplanned = func() *Plan {
	p := DefaultPolicy()
	return &Plan{Policy: &p}
}()

// Newest returns the plan that was published last. A campaign of which nothing is known is nil.
func (s *State) Newest() *Plan {
	if s == nil || len(s.Plans) == 0 {
		return unplanned
	}
	return &s.Plans[len(s.Plans)-1]
}

// PlanNamed returns the plan of a version; one that is not known states what nobody planned.
func (s *State) PlanNamed(version string) *Plan {
	if s != nil {
		for i := range s.Plans {
			if p := &s.Plans[i]; p.Version == version {
				return p
			}
		}
	}
	return unplanned
}

// PlanOf returns the plan that judges a whole stream by its first entry, that entry's index and when it
// happened in seconds since 1970: the newest one that was recorded before it and was in force then. Later plans move nothing,
// so that nobody is measured by what he could not know (R01, pillar 12).
func (s *State) PlanOf(first uint64, happened int64) *Plan {
	if s == nil {
		return unplanned
	}
	for i := range slices.Backward(s.Plans) {
		if p := &s.Plans[i]; p.Index < first && p.From <= happened {
			return p
		}
	}
	return unplanned
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

// Overlaps reports whether the periods of two started campaigns share a moment, as something finds them that is recorded at an index and
// happened at a time: of an early end it knows when that was recorded before it, or came before it and was told later.
func (s *State) Overlaps(o *State, index uint64, at time.Time) bool {
	if !s.Started() || !o.Started() {
		return false
	}
	return s.Start.Before(o.endAs(index, at)) && o.Start.Before(s.endAs(index, at))
}

// endAs is the end of the period as something finds it that is recorded at an index and happened at a time.
func (s *State) endAs(index uint64, at time.Time) time.Time {
	if s.ended.Index < index || !s.EndedAt.After(at) {
		_, end := s.Period()
		return end
	}
	return s.End
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	stream.Fold(s, e)
}

func (d *PlanPublished) Fold(s *State, e *event.Event) {
	policy := d.Policy
	s.Plans = append(s.Plans, Plan{d.Version, &policy, e.Index, e.Happened().Unix()})
}

func (d *Started) Fold(s *State, e *event.Event) {
	s.Start, s.End, s.Parent, s.started = d.Start, d.End, d.Parent, obligation.FactOf(e)
}

func (d *Ended) Fold(s *State, e *event.Event) { s.EndedAt, s.ended = e.Occurred, obligation.FactOf(e) }
