package inspection

import "github.com/anjian-ledger/anjian/domain/law"

// Why a visit is made, by the law since 2025: N04, its kind and its cause, and of a special one the plan; N14, N15, what is no
// inspection on the premises is counted apart.

// Purpose is of what kind a visit is and why it is made (国办发〔2024〕54号).
type Purpose struct {
	Kind            string `json:"kind,omitempty" is:"code(visit-kind)" zh:"检查类别" doc:"daily, of a case, special, guidance (N04)"`
	Cause           string `json:"cause,omitempty" is:"code(visit-cause)" zh:"检查启动方式" doc:"planned or triggered (N04)"`
	Random          bool   `json:"random,omitzero" zh:"是否双随机抽取" doc:"subject and inspectors were drawn at random (双随机); left out: no"`
	Reason          string `json:"reason,omitempty" is:"lines(2000)" zh:"触发事由" doc:"what triggered it: a tip, an accident, a hand-over …"`
	PlanNo          string `json:"plan_no,omitempty" is:"text(100)" zh:"专项检查方案文号" doc:"of the plan of a special inspection"`
	PlanApprovedBy  string `json:"plan_approved_by,omitempty" is:"text(200)" zh:"方案批准机关" doc:"who approved that plan"`
	PlanFiledWith   string `json:"plan_filed_with,omitempty" is:"text(200)" zh:"方案备案机关" doc:"with whom it is filed"`
	PlanPublishedOn string `json:"plan_published_on,omitempty" is:"date" zh:"方案公布日期" doc:"when it was made public"`
	Urgent          string `json:"urgent,omitempty" is:"lines(1000)" zh:"紧急事由" doc:"why nobody could approve the visit before (N03)"`
	OutsideFiled    string `json:"outside_filed_with,omitempty" is:"text(200)" zh:"异地检查备案" doc:"where a check outside the area is filed (N16)"`
	OffSite         bool   `json:"off_site,omitzero" zh:"是否非现场检查" doc:"nobody enters the premises (N14)"`
}

// The codes of the purpose of a visit.
const (
	PurposeNotStated      law.Code = "purpose-not-stated"
	SpecialPlanIncomplete law.Code = "special-plan-incomplete"
)

var (
	_ = law.Declare(law.OfPlanning, law.Text{Code: PurposeNotStated, Acts: law.Flags, Rules: []law.Rule{law.N04},
		TitleZH: "未写明检查类别或事由", Title: "Kind or cause of the visit is not stated",
		SaysZH: "检查开始未写明 {members}", Says: "the start of the visit does not state {members}",
		RemedyZH: "更正检查开始事件，补写检查类别和启动方式", Remedy: "correct the start of the visit, with its kind and cause"})
	_ = law.Declare(law.OfPlanning, law.Text{Code: SpecialPlanIncomplete, Acts: law.Flags, Rules: []law.Rule{law.N04},
		TitleZH: "专项检查方案不完备", Title: "The plan of the special inspection is incomplete",
		SaysZH: "专项检查未写明 {members}：方案应经批准、备案并公布", Says: "the special inspection does not state {members}: its plan is to be " +
			"approved, filed and published",
		RemedyZH: "更正检查开始事件，补写方案情况", Remedy: "correct the start of the visit, with what is known of the plan"})
)

// purpose flags a visit that does not say why it is made, where the plan asks for that (N04).
func (j *judgement) purpose(p *Purpose) {
	if !j.sc.Policy.StatePurpose {
		return
	}
	if p == nil {
		p = new(Purpose)
	}
	why := "-"
	if p.Cause == "triggered" {
		why = p.Reason
	}
	if missing := unstated("kind", p.Kind, "cause", p.Cause, "reason", why); missing != nil {
		j.flag(law.N04, PurposeNotStated, law.List("members", missing))
	}
	if p.Kind != "special" {
		return
	}
	if missing := unstated("plan_no", p.PlanNo, "plan_approved_by", p.PlanApprovedBy, "plan_filed_with", p.PlanFiledWith,
		"plan_published_on", p.PlanPublishedOn); missing != nil {
		j.flag(law.N04, SpecialPlanIncomplete, law.List("members", missing))
	}
}

// unstated returns the names of those members that are empty, of names and values in turn.
func unstated(members ...string) (names []string) {
	for i := 0; i < len(members); i += 2 {
		if members[i+1] == "" {
			names = append(names, members[i])
		}
	}
	return names
}
