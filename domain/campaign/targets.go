package campaign

import (
	"fmt"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// What a campaign is to reach: R18, 全覆盖, 不留盲区、不留死角; R14, “四项指标”明显下降; R15, 全市不再发生一起较大安全事故.

// CoverageTargetSet says which part of the register is to be inspected. What it is measured by is frozen: the subjects that
// stand in the register at this entry, and are not excluded. Who enters or leaves the register afterwards moves
// no figure of this version.
type CoverageTargetSet struct {
	Version  string   `json:"version" is:"text(40)" zh:"版本" doc:"of the target, once in its campaign"`
	Percent  float64  `json:"percent" is:"number(0…100 percent)" zh:"目标覆盖率" doc:"of those subjects, to be inspected"`
	Counties []string `json:"counties,omitempty" is:"code(county)" many:"0…50" zh:"县区" doc:"that count; left out: all"`
	Sectors  []string `json:"sectors,omitempty" is:"code(sector)" many:"0…50" zh:"行业领域" doc:"that count; left out: all"`
	Reason   string   `json:"reason,omitempty" is:"lines(1000)" zh:"变更原因" doc:"why it changes; required of every version but the first"`
}

// CoverageTarget is a version of the target: the denominator is the register at its position.
type CoverageTarget struct {
	Version string
	Index   uint64
}

// BaselineSet states the figures of the four indicators with which those of a period are compared: they are to fall.
type BaselineSet struct {
	Period Period     `json:"period" zh:"考核期" doc:"whose figures are to fall"`
	Base   Period     `json:"base" zh:"基期" doc:"of these figures"`
	Rows   []Baseline `json:"rows" many:"1…400" zh:"基期指标" doc:"each county and sector once"`
	Source string     `json:"source" is:"text(300)" zh:"数据来源" doc:"from which the figures are taken"`
	// NoLarger is the target of R15, which is no decrease but nought.
	NoLarger int `json:"no_larger_in,omitzero" is:"year" zh:"不发生较大事故的年度" doc:"statistical year in which no accident is to be larger or worse"`
}

// Period is a run of days, From and To included.
type Period struct {
	From string `json:"from" is:"date" zh:"起" doc:"first day"`
	To   string `json:"to" is:"date" zh:"止" doc:"last day"`
}

// Together says what Validate checks.
func (*Period) Together() string { return "to is not before from" }

// Validate checks what members say together.
func (p *Period) Validate() error {
	var k event.Checker
	k.That(p.From <= p.To, "to", law.FaultNotBeforeFrom)
	return k.Err()
}

// Baseline is what happened in a county and sector in the period that is compared with.
type Baseline struct {
	County    string      `json:"county" is:"code(area)" zh:"地区" doc:"the county or zone, or the whole city"`
	Sector    string      `json:"sector,omitempty" is:"code(sector)" zh:"行业领域" doc:"left out: all"`
	Accidents int64       `json:"accidents" is:"accidents" zh:"事故起数" doc:"accidents"`
	Deaths    int64       `json:"deaths" is:"people" zh:"死亡人数" doc:"people who died"`
	Injured   int64       `json:"injured" is:"people" zh:"受伤人数" doc:"all injured"`
	Loss      event.Money `json:"direct_loss" zh:"直接经济损失" doc:"direct economic loss"`
}

// Together says what Validate checks.
func (*BaselineSet) Together() string {
	return "each county and sector once"
}

// Validate checks what members say together.
func (d *BaselineSet) Validate() error {
	var k event.Checker
	seen := map[string]bool{}
	for i := range d.Rows {
		row := d.Rows[i].County + " " + d.Rows[i].Sector
		k.That(!seen[row], fmt.Sprintf("rows.%d", i), law.FaultListedTwice, law.Quote("value", row))
		seen[row] = true
	}
	return k.Err()
}

// TargetMissed is the ledger's word: an accident was graded larger or worse, in the year in which there was to be
// none. It lapses when the accident is graded otherwise, or another year is stated.
type TargetMissed struct {
	Accident string `json:"accident" is:"id" zh:"事故" doc:"id of the accident"`
	Grade    string `json:"grade" is:"code(accident-grade)" zh:"事故等级" doc:"of the accident"`
	Year     int    `json:"statistical_year" is:"year" zh:"统计年度" doc:"in which it counts"`
}

// TargetVersionSet and TargetNeedsReason are the refusals of a target.
const (
	TargetVersionSet  law.Code = "target-version-set"
	TargetNeedsReason law.Code = "target-needs-reason"
)

var _ = law.Declare(law.OfCampaigns, law.Text{Code: TargetVersionSet, Acts: law.Refuses, Rules: []law.Rule{law.R18},
	TitleZH: "该版覆盖目标已设定", Title: "This version of the target was set",
	SaysZH: "覆盖目标的版本 {version} 已设定", Says: "version {version} of the coverage target was set already",
	RemedyZH: "修改后的目标另编版本", Remedy: "give the changed target a new version"})

var _ = law.Declare(law.OfCampaigns, law.Text{Code: TargetNeedsReason, Acts: law.Refuses, Rules: []law.Rule{law.R18},
	TitleZH: "变更覆盖目标须说明原因", Title: "A changed target needs a reason",
	SaysZH: "覆盖目标的版本 {version} 已冻结分母", Says: "version {version} of the coverage target froze its denominator",
	RemedyZH: "在 reason 中说明为何变更", Remedy: "state in reason why it changes"})

var (
	coverageTargetSet = stream.Then((*CoverageTargetSet).Judge, event.Type{Name: "coverage-target-set", Version: 1, Chinese: "覆盖目标设定",
		Kept:  event.KeptAsStated,
		Doc:   "Which part of the register is to be inspected; the denominator is frozen at this entry.",
		Rules: []law.Rule{law.R18, law.R29}, Append: targets})
	baselineSet = stream.Then((*BaselineSet).Judge, event.Type{Name: "indicator-baseline-set", Version: 1, Chinese: "指标基数设定",
		Kept:  event.KeptAsStated,
		Doc:   "The figures of the four indicators that are to fall, by county and sector, and the year without a larger accident.",
		Rules: []law.Rule{law.R14, law.R15, law.R29}, Append: targets})
	targetMissed = stream.Then((*TargetMissed).Judge, event.Type{Name: "target-missed", Version: 1, Chinese: "目标未达成",
		Doc:   "The ledger saw an accident graded larger or worse in the year in which there was to be none.",
		Rules: []law.Rule{law.R15}, Append: []event.Role{event.RoleLedger}})
)

var targets = []event.Role{event.RoleSupervisionOffice, event.RoleCityGovernment}

// Judge: each version once, and none without its reason (R18).
func (d *CoverageTargetSet) Judge(j *judgement) *event.Refusal {
	all := j.State.Targets
	switch {
	case slices.ContainsFunc(all, func(t CoverageTarget) bool { return t.Version == d.Version }):
		return event.Refuse(law.R18, TargetVersionSet, law.Str("version", d.Version))
	case len(all) > 0 && d.Reason == "":
		return event.Refuse(law.R18, TargetNeedsReason, law.Str("version", all[len(all)-1].Version))
	}
	return nil
}

// Judge: figures are the city's word; a further statement replaces them (R14).
func (d *BaselineSet) Judge(*judgement) *event.Refusal { return nil }

// Judge: the ledger alone says so, and knows why.
func (d *TargetMissed) Judge(*judgement) *event.Refusal { return nil }

func (d *CoverageTargetSet) Fold(s *State, e *event.Event) {
	s.Targets = append(s.Targets, CoverageTarget{d.Version, e.Index})
}

func (d *BaselineSet) Fold(s *State, _ *event.Event) { s.NoLarger = d.NoLarger }

func (d *TargetMissed) Fold(*State, *event.Event) {}
