package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// The reservation: R31, 同一行业、同一企业不重复检查: a subject is visited for the first time once in a sector;
// R39, 直奔基层、直插现场: until somebody arrives nobody but the team and the office knows; R16, 带着问题查，做到心中有数:
// who goes has seen what is open there.

// Reserved claims a subject for a team before the visit (R31). Hidden from county and
// enterprise roles until arrival (R39).
type Reserved struct {
	Subject            string   `json:"subject" is:"id" correct:"never" zh:"检查对象" doc:"the subject that is claimed"`
	Team               string   `json:"team" is:"id" correct:"never" zh:"督查组" doc:"who will go"`
	Sector             string   `json:"sector" is:"code(sector)" zh:"行业领域" doc:"that is inspected"`
	VisitType          string   `json:"visit_type" is:"code(visit-type)" zh:"检查性质" doc:"reason of the visit"`
	Assistants         []string `json:"assistants,omitempty" is:"text(100)" many:"0…20" zh:"辅助人员" doc:"without certificate (N01)"`
	EnforcingAuthority string   `json:"enforcing_authority,omitempty" is:"id" zh:"执法主体" doc:"in whose name they will inspect (N05)"`
	PlannedOn          string   `json:"planned_on,omitempty" is:"date" zh:"计划日期" doc:"day of the visit"`
}

var assignmentReserved = declare[Reserved](10, opening, hidden, event.Type{Name: "assignment-reserved", Version: 1, Chinese: "检查任务预约",
	Doc:   "A team claimed a subject for a visit.",
	Rules: []law.Rule{law.R17, law.R18, law.R29, law.R31, law.R39, law.N01, law.N05}, Append: plan})

// judge: a reservation claims a subject (R31): this is a plan, not yet a fact of the field, so a second
// claim is refused, to who may see the first: else both stand (R39 is stronger than R31).
func (d *Reserved) judge(j *judgement) *event.Refusal {
	if j.st.is(reserved | started) {
		return event.Refuse(inTurn, law.AlreadyBegun)
	}
	if r := j.subjectAndTeam(d.Team); r != nil {
		return r
	}
	if j.sc.HeldBy != "" && d.VisitType == "initial" {
		return event.Refuse(law.R31, law.AlreadyReserved,
			law.Str("inspection", j.sc.HeldBy), law.Str("subject", d.Subject), law.Str("sector", d.Sector))
	}
	if d.PlannedOn != "" && d.PlannedOn < j.e.Day() {
		j.flag(law.R31, law.PlannedInThePast, law.Str("reserved_on", j.e.Day()), law.Str("planned_on", d.PlannedOn))
	}
	j.capReached(d)
	return nil
}

// subjectAndTeam refuses a visit whose subject or team the ledger does not know, or that is of
// another team than the token's.
func (j *judgement) subjectAndTeam(team string) *event.Refusal {
	if !j.sc.Subject().Known {
		return event.Refuse(law.R18, law.UnknownSubject, law.Str("subject", j.e.About.Subject))
	}
	if team == "" && !j.imported {
		return event.Refuse(law.R17, law.TeamRequired)
	}
	if team != "" && !j.sc.Team.Known {
		return event.Refuse(law.R17, law.UnknownTeam, law.Str("team", team))
	}
	return stream.OtherTeam(j.e, team)
}

func (d *Reserved) fold(s *State, e *event.Event) {
	s.identify(e, d.Subject, d.Team, d.Sector, d.VisitType)
	if w := s.edit(); w != nil && len(d.Assistants) > 0 {
		w.assistants = d.Assistants
	}
}

// Released gives a reservation back.
type Released struct {
	Reason string `json:"reason" is:"lines(1000)" zh:"原因" doc:"why the reservation is given back"`
}

var assignmentReleased = declare[Released](20, approach, hidden, event.Type{Name: "assignment-released", Version: 1, Chinese: "检查任务释放",
	Doc:   "A reservation was given back.",
	Rules: []law.Rule{law.R31}, Append: plan})

// judge: a release gives a reservation back, as long as nobody has gone.
func (d *Released) judge(j *judgement) *event.Refusal {
	switch {
	case j.st.is(started | attempted):
		return event.Refuse(inTurn, law.AlreadyStarted)
	case j.st.is(released):
		return event.Refuse(inTurn, law.AlreadyReleased)
	}
	return nil
}

func (d *Released) fold(*State, *event.Event) {}

// Briefed says what the inspectors had seen of the subject before they went (R16).
type Briefed struct {
	Position     uint64   `json:"position" is:"position" zh:"账本位置" doc:"size of the ledger that they read"`
	OpenFindings []string `json:"open_findings,omitempty" is:"text(200)" many:"0…500" zh:"未整改隐患" doc:"the open findings that they saw"`
	Checklist    string   `json:"checklist,omitempty" is:"text(100)" zh:"检查表" doc:"the checklist that they took"`
}

var preInspectionBriefed = declare[Briefed](30, approach, hidden, event.Type{Name: "pre-inspection-briefed", Version: 1, Chinese: "行前情况掌握",
	Doc:   "What the inspectors had seen of the subject before they went.",
	Rules: []law.Rule{law.R16}, Append: field})

// judge refuses what nobody can have read, and flags a briefing that came too late to guide the visit (R16).
func (d *Briefed) judge(j *judgement) *event.Refusal {
	if d.Position > j.e.Index {
		return event.Refuse(law.R16, law.EntryNotRecordedYet, law.Int("entry", d.Position), law.Int("size", j.e.Index))
	}
	if at := j.st.open().arrivedAt; at != nil && j.e.Occurred.After(*at) && !j.imported {
		j.flag(law.R16, law.BriefedAfterArrival, law.At("briefed_at", j.e.Occurred), law.At("arrived_at", *at))
	}
	return nil
}

func (d *Briefed) fold(*State, *event.Event) {}

// 带着问题查 (R16): where the plan wants it, who went without a briefing is told when the visit is closed, and not before: a device may have
// it still. One after the arrival is told by itself.
var _ = stands(standing{place: 75, rule: law.R16, code: law.NoBriefing, since: closed, begin: closes,
	reads: []string{preInspectionBriefed.Name, inspectorArrived.Name}, says: func(s *State, say *speech) {
		say.ofClosing(say.Policy.RequireBriefing && s.is(arrived) && !s.is(happened(preInspectionBriefed)))
	}})
