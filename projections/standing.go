package projections

import (
	"cmp"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// How a subject stands, derived from the facts that count and never set by hand: whether it is assured (R50), what the visits took
// of its time (R40), what it was to invest in safety (R07), and its work in holidays (R26).

// Assured says whether a subject is an assured one (放心企业, R50), and on what grounds: it was inspected, each finding is put right,
// nothing is overdue, and no flag is open.
type Assured struct {
	Assured      bool  `json:"assured"`
	Inspected    int64 `json:"inspected"`     // visits that count
	FindingsOpen int64 `json:"findings_open"` // not put right
	Overdue      int64 `json:"overdue"`       // obligations that were escalated and stand, of visits that are not closed
	FlagsOpen    int64 `json:"flags_open"`    // flags that stand, without an explanation that was accepted
}

// Burden is what visits took of a subject, as the inspectors declared it (R40).
type Burden struct {
	Declared   int64 `json:"declared"` // visits whose declaration says so
	Documents  int64 `json:"documents_requested"`
	StaffHours int64 `json:"staff_hours"`
}

// AuthorityCount is how many inspections of the subject were made in an authority's name, in a calendar year: one that several make
// together counts once for the subject, and here once for each of them (N05, N13).
type AuthorityCount struct {
	Authority   string `json:"authority"`
	Year        int    `json:"year"`
	Inspections int64  `json:"inspections"`
}

// inTheNameOf adds inspections in the name of authorities.
func (v *SubjectView) inTheNameOf(authorities []string, year int, inspections int64) {
	for _, id := range authorities {
		i := slices.IndexFunc(v.ByAuthority, func(c AuthorityCount) bool { return c.Authority == id && c.Year == year })
		if i < 0 {
			i = len(v.ByAuthority)
			v.ByAuthority = append(v.ByAuthority, AuthorityCount{Authority: id, Year: year})
		}
		v.ByAuthority[i].Inspections += inspections
	}
}

// InvestmentSum is what was to be invested in safety in one currency, by findings and answers of visits (R07).
type InvestmentSum struct {
	Currency string  `json:"currency"`
	Required Integer `json:"required"` // in minor units
	Actual   Integer `json:"actual"`
	Gap      Integer `json:"gap"` // of each statement where less was made than required
}

// SubjectEnd is what became of a subject.
type SubjectEnd struct {
	Act
	subject.Ended
}

// RiskClass is a class of risk as somebody stated it (R34); what was stated last holds for its days.
type RiskClass struct {
	Classes []string `json:"classes"`
	From    string   `json:"from"` // empty: since it was registered
	To      string   `json:"to"`
	Basis   string   `json:"basis"`
}

// HolidayWork is work in a holiday as filed, with the answers of both bodies (R26).
type HolidayWork struct {
	Event string `json:"event"` // id of the filing, which both bodies answer
	Act
	subject.HolidayWorkFiled
	Answers  []BodyAnswer `json:"answers"`
	Approved bool         `json:"approved"` // by both
}

// BodyAnswer is the answer of one body to work in a holiday.
type BodyAnswer struct {
	Act
	Approved bool `json:"approved"`
}

// taken is what one visit took, and what was to be invested by its facts.
type taken struct {
	burden Burden
	wanted []wanted
}

// wanted are amounts in one currency, in two parts: see AddAmount.
type wanted struct {
	currency              string
	required, actual, gap [2]int64
}

// fact adds what a fact of the visit says.
func (t *taken) fact(d event.Data) {
	switch d := d.(type) {
	case *inspection.ConductDeclared:
		if d.Documents == nil && d.StaffHours == nil {
			return
		}
		t.burden.Declared = 1
		if d.Documents != nil {
			t.burden.Documents += int64(*d.Documents)
		}
		if d.StaffHours != nil {
			t.burden.StaffHours += int64(*d.StaffHours)
		}
	case *inspection.FindingRecorded:
		t.invested(d.Investment)
	case *inspection.CheckAnswered:
		t.invested(d.Investment)
	}
}

func (t *taken) invested(d *inspection.Investment) {
	if d != nil {
		t.want(wanted{d.Required.Currency, parts(d.Required.Amount), parts(d.Actual.Amount), parts(d.Gap())})
	}
}

func parts(amount int64) [2]int64 { return [2]int64{amount >> lowBits, amount & (1<<lowBits - 1)} }

func (t *taken) want(w wanted) {
	i := slices.IndexFunc(t.wanted, func(o wanted) bool { return o.currency == w.currency })
	if i < 0 {
		t.wanted = append(t.wanted, w)
		return
	}
	o := &t.wanted[i]
	for p := range 2 {
		o.required[p] += w.required[p]
		o.actual[p] += w.actual[p]
		o.gap[p] += w.gap[p]
	}
}

// add adds what another visit took.
func (t *taken) add(o *taken) {
	t.burden.Declared += o.burden.Declared
	t.burden.Documents += o.burden.Documents
	t.burden.StaffHours += o.burden.StaffHours
	for _, w := range o.wanted {
		t.want(w)
	}
}

// sums returns the amounts by currency.
func (t *taken) sums() []InvestmentSum {
	out := make([]InvestmentSum, len(t.wanted))
	for i, w := range t.wanted {
		out[i] = InvestmentSum{w.currency, NewInteger(w.required[0], w.required[1]), NewInteger(w.actual[0], w.actual[1]),
			NewInteger(w.gap[0], w.gap[1])}
	}
	slices.SortFunc(out, func(a, b InvestmentSum) int { return cmp.Compare(a.Currency, b.Currency) })
	return out
}

// statements are what the ledger says of a subject and of its visits, by the ids of its entries.
type statements struct {
	flags     map[string]bool   // that stand; true: an explanation was accepted
	explained map[string]string // explanation that has no answer → its flag
	overdue   map[string]string // deadlines that passed, and stand → the visit, "" of none
}

func (s *statements) apply(e *event.Event, visit string) {
	if s.flags == nil {
		s.flags, s.overdue, s.explained = map[string]bool{}, map[string]string{}, map[string]string{}
	}
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		s.flags[e.ID.String()] = false
	case *oversight.DeadlinePassed:
		s.overdue[e.ID.String()] = visit
	case *oversight.StatementLapsed:
		delete(s.flags, d.Statement)
		delete(s.overdue, d.Statement)
	case *oversight.DeviationExplained:
		if _, stands := s.flags[d.Deviation]; stands {
			s.explained[e.ID.String()] = d.Deviation
		}
	case *oversight.ApprovalGiven:
		if of, explains := s.explained[d.Event]; explains {
			delete(s.explained, d.Event)
			if _, stands := s.flags[of]; stands {
				s.flags[of] = true
			}
		}
	}
}

// assured derives it from what is counted; closed reports whether a visit is closed.
func (s *statements) assured(inspected, open int64, closed func(visit string) bool) Assured {
	a := Assured{Inspected: inspected, FindingsOpen: open}
	for _, accepted := range s.flags {
		if !accepted {
			a.FlagsOpen++
		}
	}
	for _, visit := range s.overdue {
		if !closed(visit) {
			a.Overdue++
		}
	}
	a.Assured = inspected > 0 && open == 0 && a.Overdue == 0 && a.FlagsOpen == 0
	return a
}

// answered takes over the answer of a body to work in a holiday.
func (w *HolidayWork) answered(e *event.Event, yes bool) {
	w.Answers = append(slices.Clip(w.Answers), BodyAnswer{actOf(e), yes})
	w.Approved = len(w.Answers) == 2 && w.Answers[0].Approved && w.Answers[1].Approved
}
