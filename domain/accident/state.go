package accident

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// State is one accident as the rules need it.
type State struct {
	Subjects []string // where it happened; may be empty
	First    string   // of them, that the stream is about for good
	County   string
	Sectors  []string // of its subjects when it was reported
	Harm     Harm     // as last stated
	Grade    string   // "" until graded
	Year     int      // of occurrence, Beijing time; the statistical year is stated apart (R12)
	Counted  int      // the statistical year; 0 until graded
	Happened time.Time
	Kind     string    // code
	Grave    bool      // its impact on the public was found to be grave (R66)
	graded   uuid.UUID // the event that gave the grade

	Campaign string
	report   obligation.Fact
	updated  time.Time // when casualties were first updated; zero: never
	steps    [steps]obligation.Fact
	longer   []extension // append-only but for answers, which copy
	people   []string    // who wrote in the stream: they approve nothing here; append-only
}

// Opened returns the position of the report, and when it occurred in seconds since 1970: the plan and the law of
// then count for what is owed.
func (s *State) Opened() (index uint64, happened int64) {
	return s.report.Index, s.report.Occurred.Unix()
}

// Report returns the event that reported it.
func (s *State) Report() uuid.UUID { return s.report.Event }

// GradedBy returns the event that gave the grade; the zero id: none.
func (s *State) GradedBy() uuid.UUID { return s.graded }

func (s *State) has(is step) bool { return s.steps[is].Event != uuid.Nil }

func (s *State) take(is step, e *event.Event) {
	if !s.has(is) {
		s.steps[is] = obligation.FactOf(e)
	}
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State {
	c := *s
	c.longer, c.people = slices.Clip(c.longer), slices.Clip(c.people)
	return &c
}

// Stale reports whether a grade was stated that the harm known by now no longer gives.
func (s *State) Stale() bool { return s.Grade != "" && !s.Harm.allows(s.Grade) }

// LastGrade is the grade by the harm as last stated: the stated one while the harm allows it, else the one that the harm gives; "" while
// numbers are unknown and leave it open.
func (s *State) LastGrade() string {
	switch h := &s.Harm; {
	case s.Grade != "" && !s.Stale():
		return s.Grade
	case h.Deaths != nil && h.SeriousInjuries != nil && h.DirectLoss != nil:
		return h.grade()
	}
	return ""
}

// problems: an accident at a subject has the visits before it reviewed (R44), and one of grade major or worse, as stated or by
// its harm, or with a grave social impact, those who answered for the county and sectors (R66).
func problems(st any) []stream.Problem {
	s, ok := st.(*State)
	if !ok || s == nil {
		return nil
	}
	least := slices.Index(Grades, "major")
	worst := max(slices.Index(Grades, s.Grade), slices.Index(Grades, s.Harm.grade()))
	return []stream.Problem{{What: "accident", Subjects: s.Subjects, At: s.Happened, Officials: s.Grave || worst >= least,
		County: s.County, Sectors: s.Sectors}}
}

// grade is the worst threshold that a known number meets.
func (h Harm) grade() string {
	return codes.AccidentGrade(int(known(h.Deaths)), int(known(h.SeriousInjuries)), h.loss())
}

// allows reports whether a grade can be right: it is the one that the numbers give, or, while
// one of the three is unknown, that or a worse one.
func (h Harm) allows(grade string) bool {
	if h.Deaths != nil && h.SeriousInjuries != nil && h.DirectLoss != nil {
		return grade == h.grade()
	}
	return slices.Index(Grades, grade) >= slices.Index(Grades, h.grade())
}

// known is the number, or 0 when it is unknown: for comparing with a threshold only.
func known(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

func (h Harm) loss() int64 {
	if h.DirectLoss == nil {
		return 0
	}
	return h.DirectLoss.Amount
}

// Carry keeps what the stream is about when its facts were corrected.
func (s *State) Carry(old *State) {
	s.County, s.Sectors, s.First, s.Campaign, s.people = old.County, old.Sectors, old.First, old.Campaign, old.people
}

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	switch d := e.Data.(type) {
	case *oversight.TermExtended:
		s.longer = append(s.longer, extension{ID: e.ID, of: d.Ref(), until: d.Day(), occurred: e.Happened(),
			recorded: e.Recorded, index: e.Index})
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		s.answered(e)
		return
	}
	stream.Fold(s, e)
	if e.Assurance != event.Derived {
		s.people = oversight.Took(s.people, e.Actor.Person)
	}
}

func (d *Reported) Fold(s *State, e *event.Event) {
	s.Campaign, s.report = e.About.Campaign, obligation.FactOf(e)
	s.Subjects, s.County, s.Harm = d.Subjects, codes.CountyOf(d.Region), d.Harm
	if len(d.Subjects) > 0 {
		s.First = d.Subjects[0]
	}
	s.Sectors = e.About.Sectors
	s.Happened, s.Kind = d.Happened, d.Kind
	s.Year = d.Happened.In(event.Beijing).Year()
}

func (d *CasualtiesUpdated) Fold(s *State, e *event.Event) {
	s.Harm = d.Harm
	if at := e.Happened(); s.updated.IsZero() || at.Before(s.updated) {
		s.updated = at
	}
}

func (d *Graded) Fold(s *State, e *event.Event) {
	s.Grade, s.Counted, s.graded = d.Grade, d.StatisticalYear, e.ID
}
