package projections

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// ListLimit bounds the lists of a subject's view; the totals beside them are exact.
const ListLimit = 200

// SubjectView is a subject: what it is, who visited it, what is still open.
type SubjectView struct {
	Head
	Subject           string            `json:"subject"`
	Registered        bool              `json:"registered"`
	Name              string            `json:"name"`
	Kind              string            `json:"kind"`
	USCC              string            `json:"uscc"`
	USCCReason        string            `json:"uscc_reason,omitempty"`
	OtherIDs          map[string]string `json:"other_ids"` // by scheme
	Region            string            `json:"region"`
	County            string            `json:"county"`
	Address           string            `json:"address"`
	Place             *event.Place      `json:"place,omitempty"`
	Sectors           []string          `json:"sectors"`
	Industry          string            `json:"industry"`
	RiskClasses       []string          `json:"risk_classes"` // as stated last
	Classes           []RiskClass       `json:"classes"`      // as stated, oldest first
	Ownership         string            `json:"ownership"`
	Size              string            `json:"size"`
	VenueType         string            `json:"venue_type"`
	Departments       []string          `json:"departments"`
	Discovery         string            `json:"discovery"`
	Production        string            `json:"production"` // normal, partial, suspended; empty when never recorded
	ProductionSince   string            `json:"production_since"`
	Excluded          *Exclusion        `json:"excluded,omitempty"`
	Ended             *SubjectEnd       `json:"ended,omitempty"`
	Merged            []string          `json:"merged"` // subjects that became part of it: their visits count here
	HolidayWork       []HolidayWork     `json:"holiday_work"`
	Assured           Assured           `json:"assured"`
	Burden            Burden            `json:"burden"`
	ByAuthority       []AuthorityCount  `json:"by_authority"` // the inspections, by who made them and year
	Investment        []InvestmentSum   `json:"investment"`
	Figures                             // of all visits to the subject
	Inspections       []InspectionLine  `json:"inspections"` // latest start first, at most ListLimit
	InspectionsTotal  int               `json:"inspections_total"`
	InspectionsHidden int               `json:"inspections_hidden"` // not disclosed yet (R39): listed for office and own team, counted nowhere
	OpenFindings      []OpenFinding     `json:"open_findings"`      // not put right on the spot; oldest first, at most ListLimit
	Penalties         []PenaltyLine     `json:"penalties"`          // as they stand, latest decision first, at most ListLimit
	PenaltiesTotal    int               `json:"penalties_total"`    // of these, with what was annulled
	Accidents         []AccidentLine    `json:"accidents"`          // in the order in which they became known
}

// Exclusion says why the subject is outside the coverage denominator, or is asked to be (R18).
type Exclusion struct {
	Act
	Standing Standing `json:"standing"`
	subject.Excluded
}

// InspectionLine is one visit in a list.
type InspectionLine struct {
	Inspection   string    `json:"inspection"`
	Subject      string    `json:"subject,omitempty"` // another one, that became part of the subject of the view
	Index        uint64    `json:"index"`             // of its first entry
	Occurred     time.Time `json:"occurred"`          // when it started; of its first entry while it has not
	Status       string    `json:"status"`            // as in InspectionView
	Campaign     string    `json:"campaign"`
	Team         string    `json:"team"`
	Sector       string    `json:"sector"`
	VisitType    string    `json:"visit_type"`
	Authorities  []string  `json:"authorities,omitempty"` // in whose name, the one that leads first (N13)
	Result       string    `json:"result,omitempty"`
	Counts       Counts    `json:"counts"`
	Fines        []Sum     `json:"fines"`
	FinesUnknown int64     `json:"fines_unknown"`
	Hidden       bool      `json:"hidden,omitzero"` // not disclosed yet (R39)
}

// OpenFinding is a finding in a list, as corrected.
type OpenFinding struct {
	Inspection  string    `json:"inspection"`
	Finding     string    `json:"finding"`
	Index       uint64    `json:"index"`
	Occurred    time.Time `json:"occurred"`
	Level       string    `json:"level"`
	Description string    `json:"description"`
	Location    string    `json:"location"`
	Due         string    `json:"due,omitempty"` // of the latest order that names a date
}

// AccidentLine is one accident in a list.
type AccidentLine struct {
	Accident string        `json:"accident"`
	Happened time.Time     `json:"happened"`
	Kind     string        `json:"kind"`
	Grade    string        `json:"grade"` // empty until graded
	Harm     accident.Harm `json:"harm"`
}

// SubjectFold folds the entries about one subject.
type SubjectFold struct {
	view      SubjectView
	counting  counting
	hidden    counting // of visits that are not disclosed
	visits    map[string]*visitLine
	cases     map[string]*caseLine // of no visit
	joined    kinds.Visits
	accidents map[string]int    // index in view.Accidents
	stories   map[string]*story // of the accidents
	own       story             // of the subject itself
	named     map[string]bool   // accidents whose report has named the subject
	said      statements
}

type visitLine struct {
	InspectionLine
	rank      int
	counters  Counters
	tally     Tally
	findings  []lineFinding
	penalties penaltyLines
	took      taken
	story     story
}

type lineFinding struct {
	OpenFinding
	fixed bool
}

// NewSubjectFold begins the fold for the subject with this id, and the figures and visits of a selection.
func NewSubjectFold(id string, of Selection) *SubjectFold {
	return &SubjectFold{
		counting: counting{of: of}, hidden: counting{of: of},
		view: SubjectView{
			Subject: id, OtherIDs: map[string]string{}, Sectors: []string{}, Departments: []string{}, Accidents: []AccidentLine{},
			RiskClasses: []string{}, Classes: []RiskClass{}, Merged: []string{}, HolidayWork: []HolidayWork{},
		},
		visits: map[string]*visitLine{}, cases: map[string]*caseLine{}, accidents: map[string]int{}, stories: map[string]*story{},
		own: story{bound: true}, named: map[string]bool{},
	}
}

// Absorb says that another subject became part of this one: its visits count here. It comes before the entries.
func (f *SubjectFold) Absorb(id string) { f.view.Merged = append(f.view.Merged, id) }

// Merged returns what was absorbed. The caller must not change it.
func (f *SubjectFold) Merged() []string { return f.view.Merged }

// Successor is the subject that this one became part of, "" while there is none.
func (f *SubjectFold) Successor() string {
	if f.view.Ended == nil {
		return ""
	}
	return f.view.Ended.Successor
}

// Concerns reports whether an entry belongs to the subject, given those applied before: it
// is about the subject, or of an accident whose report has named the subject.
func (f *SubjectFold) Concerns(e *event.Event) bool {
	switch id := SubjectOf(e); {
	case id == f.view.Subject:
		return true
	case e.Stream.Kind != event.Subject && e.Stream.Kind != event.Accident && slices.Contains(f.view.Merged, id):
		return true
	}
	if e.Stream.Kind != event.Accident {
		return false
	}
	d, report := e.Data.(*accident.Reported)
	return f.named[e.Stream.ID] || report && slices.Contains(d.Subjects, f.view.Subject)
}

// Apply applies an entry that concerns the subject and is seen.
func (f *SubjectFold) Apply(e *event.Event) {
	f.counting.apply(e)
	visit, ofVisit := f.joined.Of(e)
	f.said.apply(e, visit)
	switch e.Stream.Kind {
	case event.Subject:
		f.register(e)
	case event.Accident:
		f.accident(e)
	default:
		switch {
		case ofVisit:
			f.visit(visit, e, f.counting.changes)
		case e.Stream.Kind == casefile.Name:
			l := f.cases[e.Stream.ID]
			if l == nil {
				l = &caseLine{story: story{bound: true}}
				f.cases[e.Stream.ID] = l
			}
			l.apply(e)
		}
	}
}

// ApplyHidden applies an entry of a visit that is not disclosed: it is listed, and its
// figures stay in its line.
func (f *SubjectFold) ApplyHidden(e *event.Event) {
	f.hidden.apply(e)
	if id, is := f.joined.Of(e); is {
		f.visit(id, e, f.hidden.changes).Hidden = true
	}
}

func (f *SubjectFold) visit(id string, e *event.Event, changes Changes) *visitLine {
	l := f.visits[id]
	if l == nil {
		l = &visitLine{InspectionLine: InspectionLine{Inspection: id, Index: e.Index, Occurred: e.Occurred}}
		f.visits[id] = l
	}
	if id := SubjectOf(e); id != f.view.Subject {
		l.Subject = id
	}
	for _, ch := range changes.List {
		l.tally.Add(l.counters.ID(ch.Counter), ch.N)
	}
	l.apply(e)
	return l
}

func (f *SubjectFold) register(e *event.Event) {
	known := f.own.facts.Len()
	switch {
	case f.own.apply(e):
		v := &f.view
		v.Production, v.ProductionSince, v.USCC, v.USCCReason = "", "", "", ""
		v.Excluded, v.Ended, v.HolidayWork = nil, nil, []HolidayWork{}
		for _, fact := range f.own.counting() {
			f.registered(fact)
		}
	case f.own.facts.Len() > known:
		f.registered(e)
	}
}

// registered applies a fact of the subject that counts.
func (f *SubjectFold) registered(e *event.Event) {
	v := &f.view
	switch d := e.Data.(type) {
	case *subject.Registered:
		v.Registered = true
		v.Name, v.Kind, v.Region, v.Address, v.Place = d.Name, d.Kind, d.Region, d.Address, d.Place
		v.County = countyOf(e, d.Region)
		v.Industry, v.VenueType, v.Discovery, v.Ownership, v.Size = d.Industry, d.VenueType, d.Discovery, d.Ownership, d.Size
		v.RiskClasses, v.Classes = list(d.RiskClasses), []RiskClass{}
		if len(d.RiskClasses) > 0 {
			v.Classes = []RiskClass{{Classes: d.RiskClasses}}
		}
		v.Sectors, v.Departments = list(d.Sectors), list(d.Departments)
		if d.USCC != "" {
			v.USCC, v.USCCReason = d.USCC, d.USCCReason
		}
		v.OtherIDs = map[string]string{}
		maps.Copy(v.OtherIDs, d.OtherIDs)
	case *subject.Updated:
		f.updated(d)
	case *subject.Ended:
		v.Ended = &SubjectEnd{actOf(e), *d}
	case *subject.HolidayWorkFiled:
		w := HolidayWork{Event: e.ID.String(), Act: actOf(e), HolidayWorkFiled: *d, Answers: []BodyAnswer{}}
		v.HolidayWork = append(slices.Clip(v.HolidayWork), w)
	case *subject.StatusRecorded:
		v.Production, v.ProductionSince = d.Production, d.Since
	case *subject.Excluded:
		v.Excluded = &Exclusion{actOf(e), standing(e, true), *d}
	case *subject.Readmitted:
		v.Excluded = nil
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		ref, yes, _ := oversight.Answer(d)
		for i := range v.HolidayWork {
			if v.HolidayWork[i].Event == ref.Event {
				v.HolidayWork = slices.Clone(v.HolidayWork) // a view may share it
				v.HolidayWork[i].answered(e, yes)
				return
			}
		}
		if v.Excluded != nil {
			x := *v.Excluded // likewise
			x.Standing.answered(e)
			v.Excluded = &x
		}
	}
}

// updated takes over what is otherwise.
func (f *SubjectFold) updated(d *subject.Updated) {
	v := &f.view
	v.Name, v.Address = cmp.Or(d.Name, v.Name), cmp.Or(d.Address, v.Address)
	v.Ownership, v.Size = cmp.Or(d.Ownership, v.Ownership), cmp.Or(d.Size, v.Size)
	if d.USCC != "" {
		v.USCC, v.USCCReason = d.USCC, d.Reason
	}
	if d.OtherIDs != nil {
		v.OtherIDs = maps.Clone(v.OtherIDs)
		maps.Copy(v.OtherIDs, d.OtherIDs)
	}
	if d.Place != nil {
		v.Place = d.Place
	}
	if len(d.Sectors) > 0 {
		v.Sectors = d.Sectors
	}
	if d.Class != nil {
		v.RiskClasses = list(d.Class.Classes)
		v.Classes = append(slices.Clip(v.Classes), RiskClass{list(d.Class.Classes), d.From, d.Class.To, d.Class.Basis})
	}
}

func (f *SubjectFold) accident(e *event.Event) {
	i, known := f.accidents[e.Stream.ID]
	if !known {
		i = len(f.view.Accidents)
		f.accidents[e.Stream.ID] = i
		f.view.Accidents = append(f.view.Accidents, AccidentLine{Accident: e.Stream.ID})
		f.stories[e.Stream.ID] = &story{bound: true}
	}
	l, s := &f.view.Accidents[i], f.stories[e.Stream.ID]
	facts := s.facts.Len()
	switch {
	case s.apply(e):
		*l = AccidentLine{Accident: l.Accident}
		for _, fact := range s.counting() {
			f.accidentFact(fact, l)
		}
	case s.facts.Len() > facts:
		f.accidentFact(e, l)
	}
}

// accidentFact applies a fact of an accident that counts.
func (f *SubjectFold) accidentFact(e *event.Event, l *AccidentLine) {
	switch d := e.Data.(type) {
	case *accident.Reported:
		if slices.Contains(d.Subjects, f.view.Subject) {
			f.named[e.Stream.ID] = true
		}
		l.Happened, l.Kind, l.Harm = d.Happened, d.Kind, d.Harm
	case *accident.CasualtiesUpdated:
		l.Harm = d.Harm
	case *accident.Graded:
		l.Grade = d.Grade
	}
}

func (l *visitLine) apply(e *event.Event) {
	l.Team = cmp.Or(e.About.Team, l.Team)
	l.Campaign = cmp.Or(e.About.Campaign, l.Campaign)
	known := l.story.facts.Len()
	switch {
	case l.story.apply(e):
		l.Status, l.rank, l.Result, l.findings, l.took, l.penalties = "", 0, "", nil, taken{}, penaltyLines{}
		for _, fact := range l.story.counting() {
			l.fact(fact)
		}
	case l.story.facts.Len() > known:
		l.fact(e)
	}
}

// fact applies a fact that counts.
func (l *visitLine) fact(e *event.Event) {
	if status, rank := statusAfter(e.Data); rank > 0 && rank >= l.rank {
		l.Status, l.rank = status, rank
	}
	l.took.fact(e.Data)
	l.penalties.fact(e)
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		l.Sector, l.VisitType = d.Sector, d.VisitType
	case *inspection.Started:
		l.Sector, l.VisitType, l.Occurred, l.Authorities = d.Sector, d.VisitType, e.Occurred, d.Authorities()
	case *inspection.ResultRecorded:
		l.Result = d.Result
	case *inspection.FindingRecorded:
		l.findings = append(l.findings, lineFinding{OpenFinding: OpenFinding{
			Inspection: e.Stream.ID, Finding: d.Finding, Index: e.Index, Occurred: e.Occurred,
			Level: d.Level, Description: d.Description, Location: d.Location,
		}})
	case *inspection.FixedOnSite:
		if o := l.finding(d.Finding); o != nil {
			o.fixed = true
		}
	case *order.Verified:
		for _, id := range d.Findings {
			if o := l.finding(id); o != nil {
				o.fixed = true
			}
		}
	case *order.Failed:
		for _, id := range d.Findings {
			if o := l.finding(id); o != nil {
				o.fixed = false
			}
		}
	case *order.Issued:
		for _, id := range d.Findings {
			if o := l.finding(id); o != nil {
				o.Due = cmp.Or(d.Due, o.Due)
			}
		}
	}
}

// finding returns the latest record under id, or nil.
func (l *visitLine) finding(id string) *lineFinding {
	for i := range slices.Backward(l.findings) {
		if l.findings[i].Finding == id {
			return &l.findings[i]
		}
	}
	return nil
}

// View returns the subject as folded so far.
func (f *SubjectFold) View() SubjectView {
	v := f.view
	v.OtherIDs = maps.Clone(v.OtherIDs)
	v.Accidents = slices.DeleteFunc(slices.Clone(v.Accidents), func(l AccidentLine) bool { return f.stories[l.Accident].facts.Withdrawn() })
	v.Figures = f.counting.figures()
	v.Inspections, v.OpenFindings, v.ByAuthority = []InspectionLine{}, []OpenFinding{}, []AuthorityCount{}
	of := f.counting.of
	var took taken
	for _, l := range f.visits {
		for _, o := range l.findings {
			if !o.fixed && !l.Hidden && of.Selects(l.Campaign, event.YearOf(o.Occurred)) {
				v.OpenFindings = append(v.OpenFindings, o.OpenFinding)
			}
		}
		if !of.Selects(l.Campaign, event.YearOf(l.Occurred)) {
			continue
		}
		figures := l.tally.Figures(l.counters.Names())
		line := l.InspectionLine
		line.Counts, line.Fines, line.FinesUnknown = figures.Counts, figures.Fines, figures.FinesUnknown
		v.Inspections = append(v.Inspections, line)
		if l.Hidden {
			v.InspectionsHidden++
		} else {
			took.add(&l.took)
			if figures.Counts.Inspections > 0 {
				v.inTheNameOf(l.Authorities, event.YearOf(l.Occurred), figures.Counts.Inspections)
			}
		}
	}
	slices.SortFunc(v.Inspections, func(a, b InspectionLine) int {
		return cmp.Or(b.Occurred.Compare(a.Occurred), cmp.Compare(b.Index, a.Index))
	})
	slices.SortFunc(v.OpenFindings, func(a, b OpenFinding) int { return cmp.Compare(a.Index, b.Index) })
	slices.SortFunc(v.ByAuthority, func(a, b AuthorityCount) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), strings.Compare(a.Authority, b.Authority))
	})
	v.Penalties = f.penalties()
	v.PenaltiesTotal = len(v.Penalties)
	v.Penalties = v.Penalties[:min(ListLimit, len(v.Penalties))]
	v.Burden, v.Investment = took.burden, took.sums()
	v.Assured = f.said.assured(v.Counts.Inspections, int64(len(v.OpenFindings)), func(visit string) bool {
		l := f.visits[visit]
		return l != nil && l.Status == "closed"
	})
	v.InspectionsTotal = len(v.Inspections) - v.InspectionsHidden
	v.Inspections = v.Inspections[:min(ListLimit, len(v.Inspections))]
	v.OpenFindings = v.OpenFindings[:min(ListLimit, len(v.OpenFindings))]
	return v
}
