package inspection

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// The start: R13, within the period of the campaign; R17, 按照人员分组，对所负责的领域开展: by a team within its scope;
// R01, by inspectors who were trained; R42, at least two; R61, none of whom supervises the subject otherwise.

// VisitTypes are the reasons for a visit; only "initial" is bound by R31.
var VisitTypes = codes.List("visit-type")

// Started begins the visit.
type Started struct {
	Subject            string        `json:"subject" is:"id" correct:"never" zh:"检查对象" doc:"who is visited"`
	Team               string        `json:"team,omitempty" is:"id" unknown:"imported" correct:"never" zh:"督查组" doc:"who visits"`
	Sector             string        `json:"sector" is:"code(sector)" zh:"行业领域" doc:"that is inspected"`
	VisitType          string        `json:"visit_type,omitempty" is:"code(visit-type)" unknown:"imported" zh:"检查性质" doc:"why they come"`
	Inspectors         []string      `json:"inspectors,omitempty" is:"id" many:"0…50" unknown:"imported" zh:"检查人员" doc:"ids of the persons"`
	Assistants         []string      `json:"assistants,omitempty" is:"text(100)" many:"0…20" zh:"辅助人员" doc:"without certificate (N01)"`
	EnforcingAuthority string        `json:"enforcing_authority,omitempty" is:"id" zh:"执法主体" doc:"id of the unit in whose name they act"`
	Jointly            []string      `json:"joint_authorities,omitempty" is:"id" many:"0…10 distinct" zh:"联合检查主体" doc:"that inspect too (N13)"`
	Purpose            *Purpose      `json:"purpose,omitempty" zh:"检查类别与事由" doc:"of what kind the visit is, and why it is made (N04)"`
	Instead            string        `json:"instead,omitempty" is:"id" correct:"never" zh:"所替代的检查" doc:"visit that this one replaces"`
	Source             event.Source  `json:"source,omitempty"`
	Unknown            event.Unknown `json:"unknown,omitempty"`
}

var inspectionStarted = declare[Started](40, opening, hidden, event.Type{Name: "inspection-started", Version: 1, Chinese: "检查开始",
	Doc: "The visit began.",
	Rules: []law.Rule{law.R01, law.R13, law.R17, law.R18, law.R29, law.R31, law.R42, law.R61, law.N01, law.N03, law.N04, law.N05, law.N13,
		law.N14, law.N15, law.N16, law.Pillar17},
	Append: field, Import: true})

// judge: the beginning of a visit. Except for identity and order all is flagged: the
// inspectors are there.
func (d *Started) judge(j *judgement) *event.Refusal {
	switch {
	case j.st.is(started):
		return event.Refuse(inTurn, law.AlreadyStarted)
	case j.st.is(attempted):
		return event.Refuse(inTurn, law.AlreadyAttempted)
	}
	if r := j.subjectAndTeam(d.Team); r != nil {
		return r
	}
	if j.imported {
		return nil
	}
	if st := j.st; st.is(reserved) && (d.Subject != st.subject || d.Team != st.team) {
		return event.Refuse(law.R31, law.AnotherVisit, law.Str("reserved_subject", st.subject), law.Str("reserved_team", st.team),
			law.Str("subject", d.Subject), law.Str("team", d.Team))
	}
	if len(d.Inspectors) == 0 {
		return event.Refuse(law.R42, law.InspectorsRequired)
	}
	if d.VisitType == "" {
		return event.Refuse(law.R31, law.VisitTypeRequired)
	}
	if r := j.known("inspectors", d.Inspectors...); r != nil {
		return r
	}
	if d.Instead != "" && (d.Instead == j.e.Stream.ID || j.sc.Visit(d.Instead) == nil) {
		return event.Refuse(law.Pillar17, law.UnknownVisit, law.Str("inspection", d.Instead))
	}
	if end := j.sc.Subject().End; end != nil && j.e.Occurred.Unix() >= end.At {
		j.flag(law.R18, VisitAfterEnd, law.Str("subject", d.Subject), law.Str("ended_on", end.On), law.Str("successor", end.Successor))
	}
	j.inPeriod()
	j.reservation(d)
	j.scope(d)
	j.inspectors(d)
	j.purpose(d.Purpose)
	j.published(d)
	j.area(d)
	return nil
}

// VisitAfterEnd is the flag of a visit to a subject that is no more: it happened, and counts for the successor.
const VisitAfterEnd law.Code = "visit-after-end"

var _ = law.Declare(law.OfPlanning, law.Text{Code: VisitAfterEnd, Acts: law.Flags, Rules: []law.Rule{law.R18},
	TitleZH: "检查已终止的对象", Title: "The subject had ended before",
	SaysZH:   "检查对象 {subject} 自{ended_on}起已终止[，由 {successor} 承继]",
	Says:     "subject {subject} has ended on {ended_on}[, its successor is {successor}]",
	RemedyZH: "说明原因；检查其承继对象", Remedy: "explain it; visit the successor"})

// inPeriod flags a start outside the period of its campaign (R13): the one it names, or else the
// one it was reserved for. The visit happened, and is not refused.
func (j *judgement) inPeriod() {
	campaign := cmp.Or(j.e.Campaign, j.st.campaign)
	if campaign != "" && (j.sc.CampaignEnd.IsZero() || j.outside(0)) {
		j.flag(law.R13, law.OutsideCampaign, law.Str("campaign", campaign), law.At("occurred_at", j.e.Occurred),
			law.At("start_at", j.sc.CampaignStart), law.At("end_at", j.sc.CampaignEnd))
	}
}

// reservation flags a start that is not what was reserved, or no longer reserved.
func (j *judgement) reservation(d *Started) {
	st := j.st
	if !st.is(reserved) {
		return
	}
	if st.is(released) {
		j.flag(law.R31, law.StartAfterRelease)
	}
	was, is := []string{st.sector, st.visitType, st.campaign}, []string{d.Sector, d.VisitType, cmp.Or(j.e.Campaign, st.campaign)}
	if slices.Equal(was, is) {
		return
	}
	for i := range was {
		if was[i] == is[i] { // not told
			was[i], is[i] = "", ""
		}
	}
	j.flag(law.R31, law.StartDiffersFromReservation, law.Str("reserved_sector", was[0]), law.Str("sector", is[0]),
		law.Str("reserved_visit_type", was[1]), law.Str("visit_type", is[1]), law.Str("reserved_campaign", was[2]), law.Str("campaign", is[2]))
}

// scope flags a visit outside what the team was formed for (R17).
func (j *judgement) scope(d *Started) {
	t, s := j.team(), j.sc.Subject()
	if !t.Active {
		j.flag(law.R17, law.TeamNotActive, law.Str("team", d.Team))
	}
	within := func(county string) bool { return codes.Covers(county, s.County) }
	if len(t.Counties) > 0 && s.County != "" && !slices.ContainsFunc(t.Counties, within) {
		j.flag(law.R17, law.CountyOutsideTeamScope, law.Str("county", s.County), law.List("counties", t.Counties), law.Str("team", d.Team))
	}
	if len(t.Sectors) > 0 && !slices.Contains(t.Sectors, d.Sector) {
		j.flag(law.R17, law.SectorOutsideTeamScope, law.Str("sector", d.Sector), law.List("sectors", t.Sectors), law.Str("team", d.Team))
	}
	if !slices.Contains(s.Sectors, d.Sector) {
		j.flag(law.R17, law.SectorNotOfSubject, law.Str("sector", d.Sector), law.List("sectors", s.Sectors), law.Str("subject", d.Subject))
	}
}

// inspectors flags who should not have gone: each person apart, so that each can be answered.
func (j *judgement) inspectors(d *Started) {
	distinct, t := 0, j.team()
	for i, id := range d.Inspectors {
		if slices.Contains(d.Inspectors[:i], id) {
			continue
		}
		distinct++
		j.inspector(id, d.Team, &t)
	}
	if least := j.sc.Policy.MinInspectors; distinct < least {
		j.flag(law.R42, law.TooFewInspectors, law.Int("inspectors", distinct), law.Int("least", least))
	}
}

// team is the visiting team as what is judged finds it.
func (j *judgement) team() TeamFacts { return j.sc.TeamAs(j.e.Index, j.e.Occurred) }

// inspector flags one person who should not have gone.
func (j *judgement) inspector(id, team string, of *TeamFacts) {
	p := j.sc.Person(id, j.e.Occurred)
	if p.Trained == "" || p.Trained > j.e.Day() {
		j.flagItem(law.R01, law.UntrainedInspector, id, law.Str("person", id), law.Str("until_on", j.e.Day()))
	}
	if !of.Members[id] {
		j.flagItem(law.R17, law.InspectorNotInTeam, id, law.Str("person", id), law.Str("team", team))
	}
	if p.HomeUnit != "" && !p.Excepted && slices.Contains(j.sc.Subject().Departments, p.HomeUnit) {
		j.flagItem(law.R61, law.ConflictOfInterest, id, law.Str("person", id), law.Str("unit", p.HomeUnit))
	}
}

// fold takes what the field says over what was reserved.
func (d *Started) fold(s *State, e *event.Event) {
	o := s.editOrigin()
	o.began, o.cover = e.Occurred.Unix(), coverOf(d)
	d.approves(s)
	if e.Assurance == event.Imported {
		s.marks |= copied
		o.source = e.Actor.Unit
	} else {
		for _, p := range d.Inspectors {
			s.took(p)
		}
	}
	s.identify(e, d.Subject, d.Team, d.Sector, d.VisitType)
	if e.Assurance == event.Imported && len(d.Inspectors) == 0 {
		return // saves the work of the many visits that only ever hold imported facts
	}
	if w := s.edit(); w != nil {
		w.inspectors = d.Inspectors
		if w.begun = momentOf(e); e.Assurance == event.Imported {
			w.begun.Event = uuid.Nil
		}
	}
}

func (s *State) identify(e *event.Event, subject, team, sector, visitType string) {
	o := s.editOrigin()
	o.sector, o.visitType = sector, visitType
	if o.sectors == nil {
		o.subject, o.team, o.sectors = subject, team, codes.SectorSet(sector)
	}
	if e.Campaign != "" {
		o.campaign = e.Campaign
	}
}

// Joined says that one more inspector takes part in the visit than its start names: the
// second officer that the law asks for may come later (行政处罚法 Art. 42, R42).
type Joined struct {
	Person string `json:"person" is:"id" correct:"never" zh:"人员" doc:"who takes part as well"`
	Reason string `json:"reason" is:"lines(1000)" zh:"原因" doc:"why later than the start"`
}

var inspectorJoined = declare[Joined](70, onSite, hidden, event.Type{Name: "inspector-joined", Version: 1, Chinese: "检查人员加入",
	Doc:   "One more inspector takes part than the start names.",
	Rules: []law.Rule{law.R01, law.R17, law.R42, law.R61}, Append: field})

// judge: a joining names one more inspector of the visit (R42). Who joins may sign.
func (d *Joined) judge(j *judgement) *event.Refusal {
	if slices.Contains(j.st.open().inspectors, d.Person) {
		return event.Refuse(law.R42, law.AlreadyAnInspector, law.Str("person", d.Person))
	}
	if r := j.known("person", d.Person); r != nil {
		return r
	}
	t := j.team()
	j.inspector(d.Person, j.st.team, &t)
	return nil
}

func (d *Joined) fold(s *State, _ *event.Event) {
	s.took(d.Person)
	if w := s.edit(); w != nil {
		w.inspectors = append(slices.Clip(w.inspectors), d.Person) // the start's event has the others
	}
}
