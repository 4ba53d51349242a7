package campaign

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// N11: nobody is given a number of visits, findings or fines to reach, by the law since 2025. What a campaign is to cover (R18) is no
// quota: whom it leaves out is named, and nobody is measured by how often.

// Quota is a number that a plan gives somebody to reach.
type Quota struct {
	Of     string `json:"of" is:"code(quota)" zh:"指标" doc:"what is counted"`
	Whom   string `json:"whom,omitempty" is:"text(200)" zh:"下达对象" doc:"who is to reach it; left out: everybody"`
	Number int64  `json:"number" is:"amount" zh:"数量" doc:"of visits or findings, or of fines in CNY fen"`
	Period string `json:"period,omitempty" is:"text(100)" zh:"期间" doc:"in which"`
}

// PlanSetsQuotas is the flag of a plan with quotas.
const PlanSetsQuotas law.Code = "plan-sets-quotas"

var _ = law.Declare(law.OfCampaigns, law.Text{Code: PlanSetsQuotas, Acts: law.Flags, Rules: []law.Rule{law.N11},
	TitleZH: "方案下达了指标", Title: "The plan sets quotas",
	SaysZH: "方案下达了 {quotas:quota} 的指标", Says: "the plan sets quotas of {quotas:quota}",
	RemedyZH: "另发不含指标的方案版本", Remedy: "publish a version of the plan without them"})

// quotas flags a plan that gives numbers to reach (N11).
func quotas(d *PlanPublished) (flags []event.Deviation) {
	if !d.Policy.NoQuotas || len(d.Quotas) == 0 {
		return nil
	}
	var of []string
	for _, q := range d.Quotas {
		of = append(of, q.Of)
	}
	f := event.Flagged(law.N11, PlanSetsQuotas, law.List("quotas", of))
	f.Plan = d.Version
	return []event.Deviation{f}
}
