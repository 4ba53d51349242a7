package subject

import (
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one subject as the rules need it. A ledger holds hundreds of thousands of them, so
// codes are kept as the one string of their code list.
type State struct {
	Kind    string
	USCC    string
	County  string
	Sectors []string // sorted, unique
	// Departments are the ids of the competent units that the registration names (R75).
	Departments []string
	Production  string // "" until recorded
	Excluded    bool   // from the coverage denominator; the subject stays in the register (R18)

	people []string // who wrote in the stream: they approve nothing here; append-only

	*rare
}

// rare is what few subjects have. Clones share it: it is replaced, never changed.
type rare struct {
	classes []class    // of risk, in the order in which they were stated (R34)
	sectors []sectored // in the order in which they were stated; none: they never changed
	end     *End
	works   []work // in holidays, as filed (R26)
	out     *exclusion
}

// exclusion is the one that waits for approval, and of which campaign it is; the zero value: it has its answer.
type exclusion struct {
	obligation.Fact
	campaign string
}

// edit returns a copy for writing.
func (s *State) edit() *rare {
	r := new(rare)
	if s.rare != nil {
		*r = *s.rare
	}
	s.rare = r
	return r
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.people = slices.Clip(s.people)
	return &c
}

// Carry keeps what package domain says of visits when facts were corrected.
func (s *State) Carry(old *State) {
	for i := range old.filed() {
		w := &old.works[i]
		for _, v := range w.visits {
			s.visited(w.filing.Event, v)
		}
	}
}

// wrote remembers the author of an event; answers and imports do not count.
func (s *State) wrote(e *event.Event) {
	if _, _, answer := oversight.Answer(e.Data); answer || e.Assurance == event.Imported || e.Assurance == event.Derived {
		return
	}
	s.people = oversight.Took(s.people, e.Actor.Person)
}

// Apply folds one recorded event. No event takes a subject out of the register (R28).
func (s *State) Apply(e *event.Event) {
	s.wrote(e)
	if d, ok := e.Data.(stream.Folder[*State]); ok {
		d.Fold(s, e)
		return
	}
	ref, yes, ok := oversight.Answer(e.Data)
	switch {
	case !ok:
	case s.asks(ref.ID()):
		s.Excluded = yes
		s.edit().out = &exclusion{}
	default:
		s.answered(e, ref.ID(), yes)
	}
}

func (d *Registered) Fold(s *State, _ *event.Event) {
	s.Kind, s.USCC = listed(Kinds, d.Kind), d.USCC
	s.County = codes.CountyOf(d.Region)
	if c, ok := codes.County(s.County); ok {
		s.County = c.Code
	}
	s.belongs(d.Sectors)
	s.Departments = d.Departments
	if len(d.RiskClasses) > 0 {
		s.classed(class{list: risks(d.RiskClasses)})
	}
}

// belongs sets the sectors.
func (s *State) belongs(sectors []string) {
	s.Sectors = make([]string, len(sectors))
	for i, code := range sectors {
		s.Sectors[i] = code
		if sector, ok := codes.SectorOf(code); ok {
			s.Sectors[i] = sector.Code
		}
	}
	slices.Sort(s.Sectors)
	s.Sectors = slices.Compact(s.Sectors)
}

func (d *StatusRecorded) Fold(s *State, _ *event.Event) {
	s.Production = listed(productions, d.Production)
}

func (d *Excluded) Fold(s *State, e *event.Event) {
	s.edit().out = &exclusion{obligation.FactOf(e), strings.Clone(e.Campaign)}
}

var productions = []string{"normal", "partial", "suspended"}

// listed returns the list's own string for a code, so that the decoded one can be freed.
func listed(list []string, code string) string {
	if i := slices.Index(list, code); i >= 0 {
		return list[i]
	}
	return code
}
