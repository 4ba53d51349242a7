// Package accident is a work-safety accident: its report, its casualties, its grade.
package accident

import (
	"slices"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// Grades are the four grades of State Council Order 493 Art. 3, mildest first.
var Grades = codes.List("accident-grade")

// Harm is what the grade is computed from, and with Injured what the four indicators count (R14).
// Of each number the source may say that it does not know it, in unknown of the body.
type Harm struct {
	Deaths *int64 `json:"deaths,omitzero" is:"people" unknown:"required" zh:"死亡人数" doc:"people who died"`

	SeriousInjuries *int64 `json:"serious_injuries,omitzero" is:"people" unknown:"required" zh:"重伤人数" doc:"acute poisoning included"`

	Injured *int64 `json:"injured,omitzero" is:"people" unknown:"required" zh:"受伤人数" doc:"the seriously injured among them"`

	DirectLoss *event.Money `json:"direct_loss,omitzero" unknown:"required" zh:"直接经济损失" doc:"direct economic loss"`
}

// Together says what Validate checks.
func (*Harm) Together() string {
	return "injured is not less than serious_injuries"
}

// Validate checks what members say together.
func (h *Harm) Validate() error {
	var k event.Checker
	if h.Injured != nil && h.SeriousInjuries != nil {
		k.That(*h.Injured >= *h.SeriousInjuries, "injured", law.FaultInjured,
			law.Int("count", *h.Injured), law.Int("seriously", *h.SeriousInjuries))
	}
	return k.Err()
}

// Reported states that an accident happened.
type Reported struct {
	Subjects []string      `json:"subjects" is:"id" many:"0…50" correct:"never" zh:"事故单位" doc:"ids of the subjects where it happened"`
	Region   string        `json:"region" is:"region" correct:"never" zh:"事故地区" doc:"where it happened"`
	Happened time.Time     `json:"happened" is:"time" zh:"发生时间" doc:"when it happened"`
	Kind     string        `json:"kind" is:"code(accident-kind)" zh:"事故类型" doc:"kind of accident, GB 6441-1986 or traffic"`
	Summary  string        `json:"summary" is:"lines(4000)" zh:"事故经过" doc:"what happened"`
	Harm     Harm          `json:"harm" zh:"损害" doc:"what is known of the harm"`
	Reports  []Report      `json:"reports,omitempty" many:"0…4" zh:"逐级上报" doc:"who passed it on, and when, as far as that is known"`
	Unknown  event.Unknown `json:"unknown,omitempty"`
}

// Report is how one level passed an accident on: the unit within one hour, each government within two (Order 493 Arts 9, 11).
type Report struct {
	Level    string    `json:"level" is:"code(report-level)" zh:"报告层级" doc:"who passed it on"`
	Learned  time.Time `json:"learned" is:"time" zh:"接报时间" doc:"when that level knew of it"`
	Reported time.Time `json:"reported" is:"time" zh:"上报时间" doc:"when it passed it on"`
}

// CasualtiesUpdated replaces the harm known so far.
type CasualtiesUpdated struct {
	Harm    Harm          `json:"harm" zh:"损害" doc:"replaces the harm known so far"`
	Reason  string        `json:"reason" is:"lines(1000)" zh:"补报原因" doc:"why it changed"`
	Unknown event.Unknown `json:"unknown,omitempty"`
}

// Graded states the grade; it must equal the worst threshold met (R10).
type Graded struct {
	Grade           string `json:"grade" is:"code(accident-grade)" zh:"事故等级" doc:"the worst threshold that was met (R10)"`
	StatisticalYear int    `json:"statistical_year" is:"year" zh:"统计年度" doc:"may differ from the year of occurrence (R12)"`
	ConclusionYear  int    `json:"conclusion_year,omitzero" is:"year" zh:"结案年度" doc:"of the investigation, once it is known (R12)"`
	CountingRule    string `json:"counting_rule,omitempty" is:"text(500)" zh:"统计口径" doc:"by which it is counted"`
	DecidedBy       string `json:"decided_by" is:"text(200)" zh:"定级单位" doc:"who decided"`
}

// governments open, answer and evaluate investigations.
var governments = slices.Clip([]event.Role{event.RoleCityGovernment, event.RoleCountyGovernment})

var reporters = slices.Clip([]event.Role{event.RoleSupervisionOffice, event.RoleCountyGovernment, event.RoleDepartment})

// Kind declares accidents and their events.
var Kind = stream.With(stream.Kind{
	Name: event.Accident, Chinese: "事故", Doc: "a work-safety accident",
	Access: stream.Open(stream.Cell),
	Lapses: func(code law.Code) bool {
		return slices.Contains([]law.Code{law.GradeStale, law.HappenedLongAgo, law.LateCasualties, law.CountedInAnotherYear,
			AccidentReportedLate}, code)
	},
	Problems: problems,
	Waits:    true, Answers: append(governments, event.RoleSupervisionOffice), Extends: true,
	Obligations: owedKinds,
},
	stream.First((*Reported).Judge, event.Type{Name: "accident-reported", Version: 1, Chinese: "事故报告",
		Doc:   "An accident happened.",
		Rules: []law.Rule{law.R10, law.R44}, Append: reporters}),
	stream.Then((*CasualtiesUpdated).Judge, event.Type{Name: "accident-casualties-updated", Version: 1, Chinese: "伤亡情况补报",
		Doc:   "The harm known so far was replaced.",
		Rules: []law.Rule{law.R10}, Append: reporters}),
	stream.Then((*Graded).Judge, event.Type{Name: "accident-graded", Version: 1, Chinese: "事故定级",
		Doc:    "The grade under State Council Order 493 Art. 3.",
		Rules:  []law.Rule{law.R10, law.R12},
		Append: []event.Role{event.RoleSupervisionOffice, event.RoleCityGovernment}}),
	stream.Then((*InvestigationOpened).Judge, event.Type{Name: "investigation-opened", Version: 1, Chinese: "事故调查启动",
		Doc:   "A government opened the investigation into an accident.",
		Rules: []law.Rule{law.R11}, Append: append(reporters, event.RoleCityGovernment)}),
	stream.Then((*InvestigationReported).Judge, event.Type{Name: "investigation-reported", Version: 1, Chinese: "事故调查报告",
		Doc:   "The investigation handed in its report.",
		Rules: []law.Rule{law.R11}, Append: append(reporters, event.RoleCityGovernment)}),
	stream.Then((*InvestigationReplied).Judge, event.Type{Name: "investigation-replied", Version: 1, Chinese: "事故调查报告批复",
		Doc:   "The government answered the report of the investigation; the year of that is the year of conclusion.",
		Rules: []law.Rule{law.R11, law.R12}, Append: append(governments, event.RoleSupervisionOffice)}),
	stream.Then((*ResultRecorded).Judge, event.Type{Name: "accident-result-recorded", Version: 1, Chinese: "事故结果",
		Doc:   "An accident has its result: every accident must have one (R68).",
		Rules: []law.Rule{law.R68}, Append: append(governments, event.RoleSupervisionOffice)}),
	stream.Then((*RectificationEvaluated).Judge, event.Type{Name: "rectification-evaluated", Version: 1, Chinese: "整改措施落实评估",
		Doc:   "It was evaluated whether what the investigation asked for was done (安全生产法 Art. 86).",
		Rules: []law.Rule{law.R11}, Append: append(governments, event.RoleSupervisionOffice)}),
	stream.Then((*SocialImpactFound).Judge, event.Type{Name: "social-impact-found", Version: 1, Chinese: "社会影响认定",
		Doc:    "Somebody entitled found how the public was affected by an accident; a grave impact calls officials to account (R66).",
		Rules:  []law.Rule{law.R66},
		Append: append(governments, event.RoleSupervisionOffice, event.RoleDisciplineCommission)}),
)
