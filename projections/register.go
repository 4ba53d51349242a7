package projections

import (
	"cmp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// Registration is what coverage has to remember of one subject. The zero value is a subject
// that is not registered. A subject stands in one cell, that of its county and sectors; that it
// was inspected stands in the cell of those of its sectors in which it was.
type Registration struct {
	County     string
	Sectors    []string // sorted, unique
	Registered bool
	registered
	visited []visited
	facts   facts.Log
}

// registered is what the facts that count say of a subject's standing.
type registered struct {
	production string
	excluded   bool
	asked      uuid.UUID // the exclusion that waits for approval
}

// visited counts the inspections in one sector, of one campaign and year.
type visited struct {
	sector string
	in     Span
	n      int32
}

// Apply brings the registration up to date with an entry of the subject's stream, and reports
// whether it may have changed.
func (s *Registration) Apply(e *event.Event) bool {
	known := s.facts.Len()
	switch {
	case !StatesFact(e):
		return false
	case s.facts.TakeLean(e, nil):
		s.registered = registered{}
		s.Again(func(f *event.Event) { s.fact(f) })
		return true
	case s.facts.Len() > known:
		return s.fact(e)
	}
	return false
}

// Turns is how often what counts of the subject was corrected.
func (s *Registration) Turns() int { return s.facts.Turns() }

// Again calls fn for each fact of the subject that counts.
func (s *Registration) Again(fn func(*event.Event)) {
	for f := range s.facts.Counting() {
		f.About = event.About{County: s.County, Sectors: s.Sectors}
		fn(f.Event)
	}
}

func (s *Registration) fact(e *event.Event) bool {
	switch d := e.Data.(type) {
	case *subject.Registered:
		s.Registered = true
		s.County = strings.Clone(countyOf(e, d.Region))
		s.belongs(d.Sectors)
	case *subject.Updated:
		if len(d.Sectors) == 0 {
			return false
		}
		s.belongs(d.Sectors)
	case *subject.StatusRecorded:
		s.production = strings.Clone(d.Production)
	case *subject.Excluded:
		s.asked = e.ID
		return false
	case *subject.Readmitted:
		s.excluded = false
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		ref, yes, _ := oversight.Answer(e.Data)
		if s.asked == uuid.Nil || ref.ID() != s.asked {
			return false
		}
		s.excluded, s.asked = yes, uuid.Nil
	default:
		return false
	}
	return true
}

// belongs sets the sectors of the subject.
func (s *Registration) belongs(sectors []string) {
	s.Sectors = nil
	for _, sector := range sectors {
		s.Sectors = append(s.Sectors, sectorCode(sector))
	}
	slices.Sort(s.Sectors)
	s.Sectors = slices.Compact(s.Sectors)
}

// Inspects reports whether n more inspections of a campaign and year in each of some sectors change in which of them
// the subject was inspected then.
func (s *Registration) Inspects(sectors []string, in Span, n int64) bool {
	for _, sector := range sectors {
		have := int64(0)
		if i := s.visits(sector, in); i >= 0 {
			have = int64(s.visited[i].n)
		}
		if have > 0 != (have+n > 0) {
			return true
		}
	}
	return false
}

func (s *Registration) visits(sector string, in Span) int {
	return slices.IndexFunc(s.visited, func(v visited) bool { return v.in == in && v.sector == sector })
}

// Inspected adds n inspections of a campaign and year in each of some sectors.
func (s *Registration) Inspected(sectors []string, in Span, n int64) {
	for _, sector := range sectors {
		i := s.visits(sector, in)
		if i < 0 {
			i = len(s.visited)
			s.visited = append(s.visited, visited{sector: sectorCode(sector), in: in})
		}
		s.visited[i].n += int32(n)
	}
}

// Spans appends to spans those in which the subject was inspected, each once: every campaign, every year, both, and all.
func (s *Registration) Spans(spans []Span) []Span {
	for _, v := range s.visited {
		if v.n <= 0 {
			continue
		}
		for _, span := range v.in.spans() {
			if !slices.Contains(spans, span) {
				spans = append(spans, span)
			}
		}
	}
	return spans
}

// InspectedIn appends to in the sectors, of those that the subject has now, in which it was
// inspected in a span.
func (s *Registration) InspectedIn(in []string, span Span) []string {
	for _, sector := range s.Sectors {
		if slices.ContainsFunc(s.visited, func(v visited) bool { return v.sector == sector && v.n > 0 && v.in.within(span) }) {
			in = append(in, sector)
		}
	}
	return in
}

// Covered reports whether the subject is to be inspected: it is in the register and not excluded.
func (s *Registration) Covered() bool { return s.Registered && !s.excluded }

// CountRegistered adds to out what the subject adds to the figures of its cell, sign times.
func (s *Registration) CountRegistered(sign int64, out *Changes) {
	switch {
	case !s.Registered:
	case s.excluded:
		out.Add(SubjectsExcluded, sign)
	default:
		out.Add(SubjectsRegistered, sign)
		for _, sector := range s.Sectors {
			out.AddLabel(CoverageRegistered, sector, s.status(), sign)
		}
	}
}

// CountInspected adds to out what the subject adds to the figures of the cell in which it was
// inspected, sign times. in is not empty.
func (s *Registration) CountInspected(in []string, sign int64, out *Changes) {
	if !s.Registered || s.excluded {
		return
	}
	out.Add(SubjectsInspected, sign)
	for _, sector := range in {
		out.AddLabel(CoverageInspected, sector, s.status(), sign)
	}
}

func (s *Registration) status() string { return cmp.Or(s.production, "unknown") }

// sectorCode is the code list's own string, so that an entry's bytes can be freed.
func sectorCode(code string) string {
	if sector, ok := codes.SectorOf(code); ok {
		return sector.Code
	}
	return strings.Clone(code)
}

// AccidentCount is what counting has to remember of one accident. The zero value is an accident
// that is not reported. An accident counts in the cell that its first entry is about.
type AccidentCount struct {
	County   string
	Sectors  []string
	Campaign string
	accidentNow
	facts facts.Log
}

// accidentNow is what the facts that count say of an accident.
type accidentNow struct {
	grade    string
	harm     accident.Harm
	reported bool
	year     [bases]int
}

// Basis is which of its years an accident is counted in (R12).
type Basis uint8

// The bases of accidents.
const (
	Statistical Basis = iota // the year stated for statistics; until one is stated that of occurrence
	Occurrence
	Conclusion // of the investigation

	bases
)

// Year is the year of the accident on a basis, 0 while it has none.
func (m *AccidentCount) Year(b Basis) int {
	if b == Statistical {
		return cmp.Or(m.year[Statistical], m.year[Occurrence])
	}
	return m.year[b]
}

// Apply brings the accident up to date with an entry of its stream, and reports whether it
// may have changed.
func (m *AccidentCount) Apply(e *event.Event) bool {
	if !StatesFact(e) {
		return false
	}
	known := m.facts.Len()
	switch {
	case m.facts.TakeLean(e, nil):
		m.accidentNow = accidentNow{}
		for f := range m.facts.Counting() {
			m.fact(f.Event)
		}
		return true
	case m.facts.Len() > known:
		return m.fact(e)
	}
	return false
}

func (m *AccidentCount) fact(e *event.Event) bool {
	switch d := e.Data.(type) {
	case *accident.Reported:
		if m.County == "" && m.Sectors == nil { // by the first entry
			m.County, m.Campaign = strings.Clone(countyOf(e, d.Region)), strings.Clone(e.About.Campaign)
			for _, sector := range e.About.Sectors {
				m.Sectors = append(m.Sectors, sectorCode(sector))
			}
		}
		m.reported, m.harm, m.year[Occurrence] = true, d.Harm, event.YearOf(d.Happened)
	case *accident.CasualtiesUpdated:
		m.harm = d.Harm
	case *accident.Graded:
		m.grade, m.year[Statistical] = strings.Clone(d.Grade), d.StatisticalYear
		m.year[Conclusion] = cmp.Or(d.ConclusionYear, m.year[Conclusion])
	case *accident.InvestigationReplied:
		m.year[Conclusion] = d.ConclusionYear
		m.year[Statistical] = cmp.Or(d.StatisticalYear, m.year[Statistical])
	default:
		return false
	}
	return true
}

// Contribution adds to out what the accident adds to the figures of its cell, sign times.
func (m *AccidentCount) Contribution(sign int64, out *Changes) {
	if !m.reported {
		return
	}
	out.Add(Accidents, sign)
	out.AddLabel(AccidentGrades, cmp.Or(m.grade, "ungraded"), "", sign)
	people := func(n *int64, class, unknown Class) {
		if n == nil {
			out.Add(unknown, sign)
		} else {
			out.Add(class, sign**n)
		}
	}
	people(m.harm.Deaths, Deaths, DeathsUnknown)
	people(m.harm.SeriousInjuries, SeriousInjuries, SeriousInjuriesUnknown)
	people(m.harm.Injured, Injured, InjuredUnknown)
	if loss := m.harm.DirectLoss; loss != nil {
		out.AddAmount(DirectLoss, loss.Currency, loss.Amount, sign)
	} else {
		out.Add(DirectLossUnknown, sign)
	}
}

// countyOf is the county an entry is about, or else that of the region it names.
func countyOf(e *event.Event, region string) string {
	if e.About.County != "" {
		return e.About.County
	}
	return codes.CountyOf(region)
}
