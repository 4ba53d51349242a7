package subject

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// State is one subject as the rules need it. A ledger holds hundreds of thousands of them, so
// codes are kept as the one string of their code list.
type State struct {
	Kind    string
	USCC    string
	County  string
	Sectors []string // sorted, unique
	// Departments are the competent ones: those given, or the typical leads of the sectors
	// (R75); for imported records only those given.
	Departments []string
	Production  string // "" until recorded
	HighRisk    bool
	Excluded    bool // from the coverage denominator; the subject stays in the register (R18)
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Apply folds one recorded event. No event takes a subject out of the register (R28).
func (s *State) Apply(e *event.Event) {
	switch d := e.Data.(type) {
	case *Registered:
		s.Kind, s.USCC, s.HighRisk = listed(Kinds, d.Kind), d.USCC, d.HighRisk
		s.County = codes.CountyOf(d.Region)
		if c, ok := codes.County(s.County); ok {
			s.County = c.Code
		}
		s.Sectors = make([]string, len(d.Sectors))
		for i, code := range d.Sectors {
			s.Sectors[i] = code
			if sector, ok := codes.SectorOf(code); ok {
				s.Sectors[i] = sector.Code
			}
		}
		slices.Sort(s.Sectors)
		s.Sectors = slices.Compact(s.Sectors)
		s.Departments = d.Departments
		if len(d.Departments) == 0 && d.Discovery != "import" {
			s.Departments = codes.LeadDepartments(d.Sectors...)
		}
	case *Identified:
		s.USCC = d.USCC
	case *StatusRecorded:
		s.Production = listed(productions, d.Production)
	case *Excluded:
		s.Excluded = true
	}
}

var productions = []string{"normal", "partial", "suspended"}

// listed returns the list's own string for a code, so that the decoded one can be freed.
func listed(list []string, code string) string {
	if i := slices.Index(list, code); i >= 0 {
		return list[i]
	}
	return code
}
