// Package campaign is the inspection campaign: its plan, its policy and its dates.
package campaign

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// PlanPublished puts a version of the work plan in force, with every number the rules use.
type PlanPublished struct {
	Title        string `json:"title" is:"text(200)" zh:"标题" doc:"of the work plan"`
	Version      string `json:"version" is:"text(40)" zh:"版本" doc:"of the work plan"`
	DocumentHash string `json:"document_sha256,omitempty" is:"sha256" zh:"文书哈希" doc:"of the plan as a document"`
	Policy       Policy `json:"policy" zh:"政策参数" doc:"every number and list that the rules use"`
	// Quotas are stated so that they can be seen: no rule counts by them.
	Quotas []Quota `json:"quotas,omitempty" many:"0…50" zh:"下达的指标" doc:"numbers of visits, findings or fines that somebody is to reach (N11)"`
}

// Started opens the campaign for its period.
type Started struct {
	Start  time.Time `json:"start" is:"time" zh:"开始时间" doc:"beginning of the period"`
	End    time.Time `json:"end" is:"time" zh:"结束时间" doc:"end of the period, after its beginning"`
	Parent string    `json:"parent,omitempty" is:"id" zh:"上级行动" doc:"campaign that this one belongs to"`
	Basis  []string  `json:"basis,omitempty" is:"text(300)" many:"0…50" zh:"依据文件" doc:"documents it rests on"`
}

// Together says what Validate checks.
func (*Started) Together() string {
	return "end is after start"
}

// Validate checks what members say together.
func (d *Started) Validate() error {
	var k event.Checker
	k.That(d.End.After(d.Start), "end", law.FaultAfterStart)
	return k.Err()
}

// Ended closes the campaign; facts that come later are late syncs.
type Ended struct {
	Note string `json:"note,omitempty" is:"lines(2000)" zh:"备注" doc:"anything else"`
}

var office = []event.Role{event.RoleSupervisionOffice}

// Kind declares campaigns and their events.
var Kind = stream.With(stream.Kind{
	Name: event.Campaign, Chinese: "专项行动", Doc: "an inspection campaign: its plan, its policy and its dates",
	Access:      stream.Open(stream.Everybody),
	Obligations: []*obligation.Kind{&owedEnd, &owedTeamReport, &owedCityReport},
},
	stream.Then((*PlanPublished).Judge, event.Type{Name: "campaign-plan-published", Version: 1, Chinese: "督查检查工作方案发布",
		Kept:  event.KeptAsStated,
		Doc:   "A version of the plan and its policy parameters are in force.",
		Rules: []law.Rule{law.R01, law.R27, law.R32, law.R33, law.R34, law.R35, law.R42, law.R43, law.R48, law.N11}, Append: office}),
	stream.Then((*Started).Judge, event.Type{Name: "campaign-started", Version: 1, Chinese: "专项行动启动", Kept: event.KeptInPlace,
		Doc:   "The campaign began, for a stated period.",
		Rules: []law.Rule{law.R03, law.R13, law.R48}, Append: office}),
	stream.Then((*Ended).Judge, event.Type{Name: "campaign-ended", Version: 1, Chinese: "专项行动结束", Doc: "The campaign ended.",
		Rules: []law.Rule{law.R48}, Append: office}),
	linked, coverageTargetSet, baselineSet, targetMissed, teamReportSubmitted, reportPublished,
)
