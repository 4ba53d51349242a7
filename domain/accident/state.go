package accident

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
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
	graded   uuid.UUID // the event that gave the grade
	// Grave says that a grave social impact was found (R66).
	Grave bool
}

// NewState returns the state of a stream without events.
func NewState() *State { return &State{} }

// Clone returns a copy that may be folded further without changing s.
func (s *State) Clone() *State { c := *s; return &c }

// Stale reports whether a grade was stated that the harm known by now no longer gives.
func (s *State) Stale() bool { return s.Grade != "" && !s.Harm.allows(s.Grade) }

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
func (s *State) Carry(old *State) { s.County, s.Sectors, s.First = old.County, old.Sectors, old.First }

// Apply folds one recorded event.
func (s *State) Apply(e *event.Event) {
	stream.Fold(s, e)
}

func (d *Reported) Fold(s *State, e *event.Event) {
	s.Subjects, s.County, s.Harm = d.Subjects, codes.CountyOf(d.Region), d.Harm
	if len(d.Subjects) > 0 {
		s.First = d.Subjects[0]
	}
	s.Sectors = e.About.Sectors
	s.Happened, s.Kind = d.Happened, d.Kind
	s.Year = d.Happened.In(event.Beijing).Year()
}

func (d *CasualtiesUpdated) Fold(s *State, _ *event.Event) { s.Harm = d.Harm }

func (d *Graded) Fold(s *State, e *event.Event) {
	s.Grade, s.Counted, s.graded = d.Grade, d.StatisticalYear, e.ID
}
