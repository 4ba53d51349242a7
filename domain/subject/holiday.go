package subject

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// R26, 期间不放假的工地，要向当地政府和主管部门备案审批，加强监管: work in a holiday is filed, and waits for the yes of two bodies.

// HolidayWorkFiled says that a site means to work through a holiday. It waits for the yes of the county government and of the
// department, before the holiday begins.
type HolidayWorkFiled struct {
	Holiday string         `json:"holiday" is:"text(40)" zh:"节日" doc:"as the calendar of the year names it"`
	From    string         `json:"from" is:"date" zh:"开始日期" doc:"first day of work in the holiday"`
	To      string         `json:"to" is:"date" zh:"结束日期" doc:"last day of work in the holiday"`
	Plan    string         `json:"plan" is:"lines(4000)" zh:"监管方案" doc:"how the work is supervised on these days"`
	Paper   event.Evidence `json:"paper" zh:"备案材料" doc:"scan of what the site filed"`
}

// Together says what Validate checks.
func (*HolidayWorkFiled) Together() string { return "to is not before from" }

// Validate checks what members say together.
func (d *HolidayWorkFiled) Validate() error {
	var k event.Checker
	k.That(d.From <= d.To, "to", law.FaultNotBeforeFrom)
	return k.Err()
}

// What is refused and flagged of work in holidays.
const (
	HolidayWorkOfSitesOnly     law.Code = "holiday-work-of-sites-only"
	HolidayWorkFiledAlready    law.Code = "holiday-work-filed-already"
	HolidayWorkFiledLate       law.Code = "holiday-work-filed-late"
	NotADecidingBody           law.Code = "not-a-deciding-body"
	BodyAnsweredAlready        law.Code = "body-answered-already"
	HolidayWorkWithoutApproval law.Code = "holiday-work-without-approval"
)

var (
	_ = law.Declare(law.OfSubjects, law.Text{Code: HolidayWorkOfSitesOnly, Acts: law.Refuses, Rules: []law.Rule{law.R26},
		TitleZH: "仅工地备案节日施工", Title: "Only sites file work in a holiday",
		SaysZH: "检查对象 {subject} 不是工地", Says: "subject {subject} is no construction site",
		RemedyZH: "写明工地；其他对象无须备案", Remedy: "name a site; others file nothing"})
	_ = law.Declare(law.OfSubjects, law.Text{Code: HolidayWorkFiledAlready, Acts: law.Refuses, Rules: []law.Rule{law.R26},
		TitleZH: "节日施工已备案", Title: "Work on these days is filed already",
		SaysZH: "自 {from_on} 至 {to_on} 的备案尚未被否决：{event}", Says: "{event} files work from {from_on} to {to_on}, and was not refused",
		RemedyZH: "无须再做；被否决后可另行备案", Remedy: "nothing is left to do; after a refusal another filing may follow"})
	_ = law.Declare(law.OfSubjects, law.Text{Code: HolidayWorkFiledLate, Acts: law.Flags, Rules: []law.Rule{law.R26},
		TitleZH: "节日施工备案迟于开工", Title: "Work in a holiday was filed late",
		SaysZH: "{filed_on} 备案，而施工始于 {from_on}", Says: "filed on {filed_on}, and the work begins on {from_on}",
		RemedyZH: "说明原因；节前备案并取得两方批准", Remedy: "explain it; file before the holiday, and have both bodies approve"})
	_ = law.Declare(law.OfSubjects, law.Text{Code: NotADecidingBody, Acts: law.Refuses, Rules: []law.Rule{law.R26},
		TitleZH: "不是审批节日施工的单位", Title: "This body does not decide about work in a holiday",
		SaysZH:   "由当地县区政府和主管部门审批，令牌的角色是{role:role}[，单位 {unit}]",
		Says:     "the county government and the competent department decide, the token is of {role:role}[, unit {unit}]",
		RemedyZH: "由县区政府、主管部门各自答复", Remedy: "the county government and the department each answer"})
	_ = law.Declare(law.OfSubjects, law.Text{Code: BodyAnsweredAlready, Acts: law.Refuses, Rules: []law.Rule{law.R26},
		TitleZH: "该单位已答复", Title: "This body has answered already",
		SaysZH: "{role:role}已对 {event} 作出答复", Says: "{role:role} has answered {event}",
		RemedyZH: "无须再做；须两个不同单位的答复", Remedy: "nothing is left to do; the answers of two bodies are asked for"})
	_ = law.Declare(law.OfSubjects, law.Text{Code: HolidayWorkWithoutApproval, Acts: law.Flags, Rules: []law.Rule{law.R26},
		TitleZH: "节日施工未经两方批准", Title: "Work in a holiday that not both bodies approved",
		SaysZH:   "{seen_on} 在{holiday}假期内，工地 {subject} 未同时取得县区政府和主管部门批准",
		Says:     "{seen_on} lies in the holiday {holiday}, and site {subject} has not the approval of both county government and department",
		RemedyZH: "记录隐患并补办备案审批", Remedy: "record a finding, and have the work filed and approved"})
)

var holidayWorkFiled = stream.Then((*HolidayWorkFiled).Judge, event.Type{Name: "holiday-work-filed", Version: 1, Chinese: "节日施工备案",
	Kept: event.KeptAsStated,
	Doc: "A site means to work through a holiday. It is approved by two bodies, the county government and the competent department, " +
		"each with a person of its own.",
	Rules: []law.Rule{law.R26, law.Pillar17}, Append: field})

// Judge: of a site, once, and before the holiday.
func (d *HolidayWorkFiled) Judge(j *judgement) *event.Refusal {
	st, e := j.State, j.Event
	if r := oversight.FirstPerson(e); r != nil {
		return r
	}
	if st.Kind != Site {
		return event.Refuse(law.R26, HolidayWorkOfSitesOnly, law.Str("subject", e.Stream.ID))
	}
	from, to := obligation.DayOn(d.From), obligation.DayOn(d.To)
	for i := range st.filed() {
		if w := &st.works[i]; from <= w.to && w.from <= to && !w.refused() {
			return event.Refuse(law.R26, HolidayWorkFiledAlready, law.Str("event", w.filing.Event.String()), law.Str("from_on", w.from.String()),
				law.Str("to_on", w.to.String()))
		}
	}
	if j.Scene.Policy != nil && d.From <= e.Day() {
		j.Flag(event.Flagged(law.R26, HolidayWorkFiledLate, law.Str("filed_on", e.Day()), law.Str("from_on", d.From)))
	}
	return nil
}

// Site is the kind of subject that works in holidays only with approval.
const Site = "site"

// body is one of the two that decide.
type body uint8

const (
	localGovernment body = iota
	department
	bodies
)

// bodyNames are the items of what they owe.
var bodyNames = [bodies]string{string(event.RoleCountyGovernment), string(event.RoleDepartment)}

// work is what a site files for a holiday, with what became of it. It does not change: it is replaced.
type work struct {
	filing   obligation.Fact
	campaign string
	from, to obligation.Day
	answers  [bodies]*given
	visits   []visit // within these days, by when they came
}

// given is the answer of one body.
type given struct {
	obligation.Fact
	yes    bool
	person string
}

// visit is one to the site.
type visit struct {
	id string
	at time.Time
}

func (s *State) filed() []work {
	if s.rare == nil {
		return nil
	}
	return s.works
}

func (w *work) refused() bool {
	return slices.ContainsFunc(w.answers[:], func(g *given) bool { return g != nil && !g.yes })
}

// approved returns the later yes of the two; nil: not both said it.
func (w *work) approved() *obligation.Fact {
	a, b := w.answers[localGovernment], w.answers[department]
	switch {
	case a == nil || b == nil || !a.yes || !b.yes:
		return nil
	case a.Index > b.Index:
		return &a.Fact
	}
	return &b.Fact
}

// MayWork reports whether both bodies approved that the site works on the day of an instant (R26): by what was recorded before the entry
// at an index, or was said before that instant and is told later.
func (s *State) MayWork(at time.Time, index uint64) bool {
	day := obligation.DayOf(at)
	counts := func(g *given) bool { return g.Index < index || g.Occurred.Before(at) }
	return slices.ContainsFunc(s.filed(), func(w work) bool {
		return w.from <= day && day <= w.to && w.approved() != nil && counts(w.answers[localGovernment]) && counts(w.answers[department])
	})
}

// WorksIn is the flag of work that is seen at a site in a holiday which not both bodies approved, by an entry at an index; ok is false
// where there is nothing to say.
func (s *State) WorksIn(id, holiday string, at time.Time, index uint64) (flag event.Deviation, ok bool) {
	if s.Kind != Site || holiday == "" || s.MayWork(at, index) {
		return flag, false
	}
	flag = event.Flagged(law.R26, HolidayWorkWithoutApproval, law.Str("seen_on", obligation.Date(at)), law.Str("holiday", holiday),
		law.Str("subject", id))
	return flag, true
}

// worksInHoliday flags a site that produces in a holiday without approval (R26).
func worksInHoliday(j *judgement, d *StatusRecorded) {
	e := j.Event
	if j.Scene.Policy == nil || d.Production == "suspended" {
		return
	}
	if f, ok := j.State.WorksIn(e.Stream.ID, j.Scene.Holiday(e.Occurred), e.Occurred, math.MaxUint64); ok {
		j.Flag(f)
	}
}

// bodyOf tells as which of the two bodies somebody answers.
func bodyOf(j *judgement) (b body, ok bool) {
	switch a := &j.Event.Actor; a.Role {
	case event.RoleCountyGovernment: // of another county nobody comes so far
		return localGovernment, true
	case event.RoleDepartment:
		return department, j.Scene.Supervises(j.Event.Stream.ID, a.Unit)
	}
	return 0, false
}

// decides judges the answer of one body to work in a holiday: each answers once, by a person who neither filed it nor answered
// for the other (R26, pillar 17).
func decides(j *judgement, w *work) *event.Refusal {
	e := j.Event
	b, ok := bodyOf(j)
	switch {
	case !ok:
		return event.Refuse(law.R26, NotADecidingBody, law.Str("role", e.Actor.Role), law.Str("unit", e.Actor.Unit))
	case w.answers[b] != nil:
		return event.Refuse(law.R26, BodyAnsweredAlready, law.Str("role", e.Actor.Role), law.Str("event", w.filing.Event.String()))
	}
	people := j.State.people
	for _, g := range w.answers {
		if g != nil {
			people = append(slices.Clip(people), g.person)
		}
	}
	return oversight.SecondPerson(e, people)
}

// workOf returns the place of what is filed with an event, -1 when nothing is.
func (s *State) workOf(filing uuid.UUID) int {
	return slices.IndexFunc(s.filed(), func(w work) bool { return w.filing.Event == filing })
}

func (d *HolidayWorkFiled) Fold(s *State, e *event.Event) {
	r := s.edit()
	r.works = append(slices.Clip(r.works), work{filing: obligation.FactOf(e), campaign: strings.Clone(e.Campaign),
		from: obligation.DayOn(d.From), to: obligation.DayOn(d.To)})
}

// answered folds the answer of a body.
func (s *State) answered(e *event.Event, filing uuid.UUID, yes bool) {
	i := s.workOf(filing)
	if i < 0 {
		return
	}
	b := department
	if e.Actor.Role == event.RoleCountyGovernment {
		b = localGovernment
	}
	r := s.edit()
	r.works = slices.Clone(r.works)
	r.works[i].answers[b] = &given{obligation.FactOf(e), yes, strings.Clone(e.Actor.Person)}
}

// Visited notes that somebody came to the site on a visit at an instant, or did not after all (nil).
func (s *State) Visited(id string, at *time.Time) {
	for i := range s.filed() {
		w := &s.works[i]
		if k := slices.IndexFunc(w.visits, func(v visit) bool { return v.id == id }); k >= 0 {
			r := s.edit()
			r.works = slices.Clone(r.works)
			r.works[i].visits = slices.Delete(slices.Clone(w.visits), k, k+1)
		}
		if at != nil {
			s.visited(w.filing.Event, visit{id, *at})
		}
	}
}

// visited adds a visit to those of one filing, if it lies within its days.
func (s *State) visited(filing uuid.UUID, v visit) {
	i := s.workOf(filing)
	if i < 0 {
		return
	}
	if day := obligation.DayOf(v.at); day < s.works[i].from || s.works[i].to < day {
		return
	}
	r := s.edit()
	r.works = slices.Clone(r.works)
	w := &r.works[i]
	w.visits = append(slices.Clip(w.visits), v)
	slices.SortFunc(w.visits, func(a, b visit) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
}

// Watches reports whether a visit may meet what is owed at the subject.
func (s *State) Watches() bool { return len(s.filed()) > 0 }
