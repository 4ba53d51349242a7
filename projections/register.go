package projections

import (
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// Enrolment is what coverage has to remember of one subject. The zero value is a subject
// that is not registered. A subject counts in the county it was registered in.
type Enrolment struct {
	County                          string
	sectors                         []string
	production                      string
	registered, excluded, inspected bool
	asked                           uuid.UUID // the exclusion that waits for approval
}

// Apply brings the enrolment up to date with an entry about the subject, and reports
// whether it may have changed.
func (s *Enrolment) Apply(e *event.Event) bool {
	switch d := e.Data.(type) {
	case *subject.Registered:
		s.registered = true
		s.County = strings.Clone(countyOf(e, d.Region))
		s.sectors = nil // not reused: a copy of the enrolment may share it
		for _, sector := range d.Sectors {
			s.sectors = append(s.sectors, strings.Clone(sector))
		}
	case *subject.StatusRecorded:
		s.production = strings.Clone(d.Production)
	case *subject.Excluded:
		s.asked = e.ID
		return false
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		ref, yes, _ := oversight.Answer(e.Data)
		if s.asked == uuid.Nil || ref.ID() != s.asked {
			return false
		}
		s.excluded, s.asked = yes, uuid.Nil
	case *inspection.Started:
		if s.inspected {
			return false
		}
		s.inspected = true
	default:
		return false
	}
	return true
}

// Contribution adds to out what the subject adds to the figures of its county, sign times.
func (s *Enrolment) Contribution(sign int64, out *Changes) {
	switch {
	case !s.registered:
		return
	case s.excluded:
		out.Add(SubjectsExcluded, sign)
		return
	}
	production := s.production
	if production == "" {
		production = "unknown"
	}
	out.Add(SubjectsRegistered, sign)
	for _, sector := range s.sectors {
		out.AddLabel(CoverageRegistered, sector, production, sign)
	}
	if !s.inspected {
		return
	}
	out.Add(SubjectsInspected, sign)
	for _, sector := range s.sectors {
		out.AddLabel(CoverageInspected, sector, production, sign)
	}
}

// Mishap is what counting has to remember of one accident. The zero value is an accident
// that is not reported. An accident counts in the county its report names.
type Mishap struct {
	County   string
	grade    string
	harm     accident.Harm
	reported bool
}

// Apply brings the accident up to date with an entry of its stream, and reports whether it
// may have changed.
func (m *Mishap) Apply(e *event.Event) bool {
	switch d := e.Data.(type) {
	case *accident.Reported:
		m.reported, m.harm = true, d.Harm
		m.County = strings.Clone(countyOf(e, d.Region))
	case *accident.CasualtiesUpdated:
		m.harm = d.Harm
	case *accident.Graded:
		m.grade = strings.Clone(d.Grade)
	default:
		return false
	}
	return true
}

// Contribution adds to out what the accident adds to the figures of its county, sign times.
func (m *Mishap) Contribution(sign int64, out *Changes) {
	if !m.reported {
		return
	}
	grade := m.grade
	if grade == "" {
		grade = "ungraded"
	}
	out.Add(Accidents, sign)
	out.AddLabel(AccidentGrades, grade, "", sign)
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
