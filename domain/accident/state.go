package accident

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// State is one accident as the rules need it.
type State struct {
	Subjects []string // where it happened; may be empty
	County   string
	Sectors  []string // of its subjects when it was reported
	Harm     Harm     // as last stated
	Grade    string   // "" until graded
	Year     int      // of occurrence, Beijing time; the statistical year is stated apart (R12)
	Happened time.Time
	Kind     string // as reported: free text
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Stale reports whether a grade was stated that the harm known by now no longer gives.
func (s *State) Stale() bool { return s.Grade != "" && s.Grade != s.Harm.grade() }

func (h Harm) grade() string {
	return codes.AccidentGrade(h.Deaths, h.SeriousInjuries, h.DirectLoss.Amount)
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	switch d := e.Data.(type) {
	case *Reported:
		s.Subjects, s.County, s.Harm = d.Subjects, codes.CountyOf(d.Region), d.Harm
		s.Sectors = e.About.Sectors
		s.Happened, s.Kind = d.Happened, d.Kind
		s.Year = d.Happened.In(beijing).Year()
	case *CasualtiesUpdated:
		s.Harm = d.Harm
	case *Graded:
		s.Grade = d.Grade
	}
}
