package projections

import (
	"cmp"
	"slices"
	"strings"
)

// Counts are the five figures every view has; their names are a contract with scripts.
type Counts struct {
	Inspections   int64 `json:"inspections"`
	Checks        int64 `json:"checks"`
	Findings      int64 `json:"findings"`
	MajorFindings int64 `json:"major_findings"`
	Penalties     int64 `json:"penalties"`
}

// Add applies a change that is one of the five.
func (c *Counts) Add(ch Change) {
	switch ch.Class {
	case Inspections:
		c.Inspections += ch.N
	case Checks:
		c.Checks += ch.N
	case Findings:
		c.Findings += ch.N
	case MajorFindings:
		c.MajorFindings += ch.N
	case Penalties:
		c.Penalties += ch.N
	}
}

// Plus returns the sum of two.
func (c Counts) Plus(o Counts) Counts {
	return Counts{
		c.Inspections + o.Inspections, c.Checks + o.Checks, c.Findings + o.Findings,
		c.MajorFindings + o.MajorFindings, c.Penalties + o.Penalties,
	}
}

// Counts reads the five figures from a tally.
func (t Tally) Counts() Counts {
	return Counts{
		Inspections: t.Value(Inspections), Checks: t.Value(Checks), Findings: t.Value(Findings),
		MajorFindings: t.Value(MajorFindings), Penalties: t.Value(Penalties),
	}
}

// Labelled is a count under a code.
type Labelled struct {
	Code  string `json:"code"`
	Count int64  `json:"count"`
}

// Figures are the figures of visits. Lists are sorted by code and leave zeros out.
type Figures struct {
	Selection
	Counts              Counts     `json:"counts"`
	Fines               []Sum      `json:"fines"`
	FinesUnknown        int64      `json:"fines_unknown"` // penalties of kind fine whose amount is not known
	FinesPaid           []Sum      `json:"fines_paid"`    // payments, in the year of the payment
	FinesRefunded       []Sum      `json:"fines_refunded"`
	FinesUnpaid         []Sum      `json:"fines_unpaid"` // what is outstanding
	Attempted           int64      `json:"attempted"`
	OffSiteChecks       int64      `json:"off_site_checks"`      // no entry on the premises (N14); no inspection
	GuidanceVisits      int64      `json:"guidance_inspections"` // guidance and courtesy (N15); no inspection
	EntriesRefused      int64      `json:"entries_refused"`      // visits that the firm refused because papers were missing (N08)
	ClosedInspections   int64      `json:"closed_inspections"`
	UnsignedRecords     int64      `json:"unsigned_records"`
	SignaturesRefused   int64      `json:"signatures_refused"`
	FindingsOpen        int64      `json:"findings_open"`
	FindingsFixed       int64      `json:"findings_fixed"`
	FindingsUndisposed  int64      `json:"findings_undisposed"`
	OrdersByKind        []Labelled `json:"orders_by_kind"`
	PenaltiesByKind     []Labelled `json:"penalties_by_kind"`
	PenaltiesNotFinal   int64      `json:"penalties_not_final"`
	PenaltiesUnpaid     int64      `json:"penalties_unpaid"`   // final fines of which something is outstanding
	PenaltiesRevised    int64      `json:"penalties_revised"`  // that stand, with another content than they were decided with
	PenaltiesAnnulled   int64      `json:"penalties_annulled"` // that no other figure has any more
	NoPenalties         int64      `json:"no_penalties"`
	Duplicates          int64      `json:"duplicates"`
	Deviations          []Labelled `json:"deviations"`
	DeviationsExplained int64      `json:"deviations_explained"`
	FlagsOpen           int64      `json:"flags_open"`  // that stand, without an explanation that was accepted
	Overdue             int64      `json:"overdue"`     // obligations that were escalated and stand, of visits that are not closed
	AtPost              int64      `json:"at_post"`     // checks and findings that name a post (R36)
	AtFacility          int64      `json:"at_facility"` // those that name a facility or equipment
	Rates               []Rate     `json:"rates"`       // hints (N11)
}

// duplicateInspection is the deviation code of R31.
const duplicateInspection = "duplicate-inspection"

// Figures reads the figures of visits from a tally, with the names of its counters.
func (t Tally) Figures(names []Counter) Figures {
	f := Figures{
		Counts:              t.Counts(),
		Fines:               t.sums(names, Fines),
		FinesUnknown:        t.Value(FinesUnknown),
		FinesPaid:           t.sums(names, FinesPaid),
		FinesRefunded:       t.sums(names, FinesRefunded),
		FinesUnpaid:         t.sums(names, FinesUnpaid),
		Attempted:           t.Value(Attempted),
		OffSiteChecks:       t.Value(OffSite),
		GuidanceVisits:      t.Value(Guidance),
		EntriesRefused:      t.Value(EntriesRefused),
		ClosedInspections:   t.Value(Closed),
		UnsignedRecords:     t.Value(Unsigned),
		SignaturesRefused:   t.Value(SignaturesRefused),
		FindingsOpen:        t.Value(FindingsOpen),
		FindingsFixed:       t.Value(FindingsFixed),
		FindingsUndisposed:  t.Value(FindingsUndisposed),
		OrdersByKind:        t.labels(names, Orders),
		PenaltiesByKind:     t.labels(names, PenaltyKinds),
		PenaltiesNotFinal:   t.Value(PenaltiesNotFinal),
		PenaltiesUnpaid:     t.Value(PenaltiesUnpaid),
		PenaltiesRevised:    t.Value(PenaltiesRevised),
		PenaltiesAnnulled:   t.Value(PenaltiesAnnulled),
		NoPenalties:         t.Value(NoPenalties),
		Deviations:          t.labels(names, Deviations),
		DeviationsExplained: t.Value(DeviationsExplained),
		FlagsOpen:           t.Value(FlagsOpen),
		Overdue:             t.Value(Overdue),
		AtPost:              t.Value(AtPost),
		AtFacility:          t.Value(AtFacility),
	}
	for _, d := range f.Deviations {
		if d.Code == duplicateInspection {
			f.Duplicates = d.Count
		}
	}
	f.Rates = f.rates()
	return f
}

// Coverage is how much of the register was inspected, of one sector in one production
// status: normal, partial, suspended or unknown (R18, R28). A subject of several sectors
// stands in several lines, as inspected in those in which it was.
type Coverage struct {
	Sector     string `json:"sector"`
	Production string `json:"production"`
	Registered int64  `json:"registered"`
	Inspected  int64  `json:"inspected"`
}

// Area are the figures that only a county and the city have.
type Area struct {
	SubjectsRegistered int64 `json:"subjects_registered"`
	SubjectsInspected  int64 `json:"subjects_inspected"`
	SubjectsExcluded   int64 `json:"subjects_excluded"`
	// CoverageCampaign is the campaign that coverage and the inspected subjects are of: the one asked for, or else the one that was
	// started last. Before the first, they are of all visits.
	CoverageCampaign string     `json:"coverage_campaign,omitempty"`
	Coverage         []Coverage `json:"coverage"`
	Coverage4        Coverage4  `json:"coverage4"`
	// The accidents by their statistical year, and beside it the same ones by the year in which they occurred and by that in
	// which their investigation was concluded (R12).
	Indicators
	ByOccurrence Indicators `json:"by_occurrence"`
	ByConclusion Indicators `json:"by_conclusion"`
}

// Coverage4 are the four of which none is to be passed over (四个不放过, R36): how many of how many. How many posts and facilities there
// are, nobody records: instead, of the checks and findings those that name one.
type Coverage4 struct {
	Sectors     Share `json:"sectors" doc:"with a visit, of those with a subject in the register that is not excluded"`
	Enterprises Share `json:"enterprises" doc:"subjects with a visit, of those in the register that are not excluded"`
	Posts       Share `json:"posts" doc:"checks and findings that name a post, of all; how many posts there are is not recorded 未记录"`
	Facilities  Share `json:"facilities" doc:"checks and findings that name a facility or equipment, likewise 未记录"`
	Findings    Share `json:"findings" doc:"put right, ordered, finally punished or lawfully left unpunished, of all"`
}

// Share is a part of a whole.
type Share struct {
	Part int64 `json:"part"`
	Of   int64 `json:"of"`
}

// coverage4 reads it from the tally and the lines of coverage.
func (t Tally) coverage4(lines []Coverage) Coverage4 {
	said := t.Value(Checks) + t.Value(Findings)
	c := Coverage4{
		Enterprises: Share{t.Value(SubjectsInspected), t.Value(SubjectsRegistered)},
		Posts:       Share{t.Value(AtPost), said},
		Facilities:  Share{t.Value(AtFacility), said},
		Findings:    Share{t.Value(Findings) - t.Value(FindingsUndisposed), t.Value(Findings)},
	}
	for i := 0; i < len(lines); { // sorted by sector
		sector, registered, inspected := lines[i].Sector, int64(0), int64(0)
		for ; i < len(lines) && lines[i].Sector == sector; i++ {
			registered += lines[i].Registered
			inspected += lines[i].Inspected
		}
		if registered > 0 {
			c.Sectors.Of++
			c.Sectors.Part += min(inspected, 1)
		}
	}
	return c
}

// Indicators are the four (四项指标, R14): accidents, deaths, injured, direct loss. Of each of the last three also stands how
// many accidents do not state it.
type Indicators struct {
	Accidents              int64      `json:"accidents"`
	Deaths                 int64      `json:"deaths"`
	DeathsUnknown          int64      `json:"deaths_unknown"`
	Injured                int64      `json:"injured"`
	InjuredUnknown         int64      `json:"injured_unknown"`
	SeriousInjuries        int64      `json:"serious_injuries"` // of the injured
	SeriousInjuriesUnknown int64      `json:"serious_injuries_unknown"`
	DirectLoss             []Sum      `json:"direct_loss"`
	DirectLossUnknown      int64      `json:"direct_loss_unknown"`
	AccidentsByGrade       []Labelled `json:"accidents_by_grade"`
}

// Sums are what figures are read from.
type Sums struct {
	Of       Selection
	Coverage string // the campaign that coverage is of; "": of all
	Tally           // with the accidents by statistical year
	// The accidents alone, on the other bases.
	Occurrence, Conclusion Tally
}

// Merge adds the counters of o.
func (s *Sums) Merge(o *Sums) {
	s.Tally.Merge(o.Tally)
	s.Occurrence.Merge(o.Occurrence)
	s.Conclusion.Merge(o.Conclusion)
}

// Figures reads the figures of visits, with the names of their counters.
func (s *Sums) Figures(names []Counter) Figures {
	f := s.Tally.Figures(names)
	f.Selection = s.Of
	return f
}

// Area reads the figures of an area, with the names of their counters. Coverage has
// the lines of the sectors that shown reports.
func (s *Sums) Area(names []Counter, shown func(sector string) bool) Area {
	lines := s.coverage(names, shown)
	return Area{
		SubjectsRegistered: s.Value(SubjectsRegistered),
		SubjectsInspected:  s.Value(SubjectsInspected),
		SubjectsExcluded:   s.Value(SubjectsExcluded),
		CoverageCampaign:   s.Coverage,
		Coverage:           lines,
		Coverage4:          s.coverage4(lines),
		Indicators:         s.indicators(names),
		ByOccurrence:       s.Occurrence.indicators(names),
		ByConclusion:       s.Conclusion.indicators(names),
	}
}

func (t Tally) indicators(names []Counter) Indicators {
	return Indicators{
		Accidents:              t.Value(Accidents),
		Deaths:                 t.Value(Deaths),
		DeathsUnknown:          t.Value(DeathsUnknown),
		Injured:                t.Value(Injured),
		InjuredUnknown:         t.Value(InjuredUnknown),
		SeriousInjuries:        t.Value(SeriousInjuries),
		SeriousInjuriesUnknown: t.Value(SeriousInjuriesUnknown),
		DirectLossUnknown:      t.Value(DirectLossUnknown),
		DirectLoss:             t.sums(names, DirectLoss),
		AccidentsByGrade:       t.labels(names, AccidentGrades),
	}
}

func (t Tally) coverage(names []Counter, shown func(sector string) bool) []Coverage {
	lines := map[[2]string]*Coverage{}
	t.each(names, func(k Counter, n int64) {
		if k.Class != CoverageRegistered && k.Class != CoverageInspected || !shown(k.Label) {
			return
		}
		key := [2]string{k.Label, k.Sub}
		l := lines[key]
		if l == nil {
			l = &Coverage{Sector: k.Label, Production: k.Sub}
			lines[key] = l
		}
		if k.Class == CoverageRegistered {
			l.Registered = n
		} else {
			l.Inspected = n
		}
	})
	out := make([]Coverage, 0, len(lines))
	for _, l := range lines {
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b Coverage) int {
		return cmp.Or(strings.Compare(a.Sector, b.Sector), strings.Compare(a.Production, b.Production))
	})
	return out
}

func (t Tally) labels(names []Counter, class Class) []Labelled {
	out := []Labelled{}
	t.each(names, func(k Counter, n int64) {
		if k.Class == class {
			out = append(out, Labelled{k.Label, n})
		}
	})
	slices.SortFunc(out, func(a, b Labelled) int { return strings.Compare(a.Code, b.Code) })
	return out
}
