package order

import "github.com/anjian-ledger/anjian/domain/law"

// The codes of orders.
const (
	OrderName                 law.Code = "order-name"
	OrderNotInForce           law.Code = "order-not-in-force"
	FindingsNotOfOrder        law.Code = "findings-not-of-order"
	LiftedUnverified          law.Code = "lifted-unverified"
	VerifiedByReporter        law.Code = "verified-by-reporter"
	AlternativesNotConsidered law.Code = "alternatives-not-considered"
	ClosureWithoutGround      law.Code = "closure-without-ground"
	ClosureWaits              law.Code = "closure-waits"
	GovernmentCloses          law.Code = "government-closes"
	ExtensionWithoutEffect    law.Code = "extension-without-effect"
	SealBeyondLaw             law.Code = "seal-beyond-law"
)

var (
	_ = law.Declare(law.OfOrder, law.Text{Code: OrderName, Acts: law.Refuses, Rules: []law.Rule{law.Pillar14},
		TitleZH: "措施流名称不符", Title: "The order is not named after its team or unit",
		SaysZH: "{stream} 应为 order/{owner}.<UUID>", Says: "{stream} should be order/{owner}.<UUID>",
		RemedyZH: "以督查组编号（部门或导入的以单位编号）和新的 UUID 命名",
		Remedy:   "name it after the team (of a department or an import the unit) and a new UUID"})
	_ = law.Declare(law.OfFindings, law.Text{Code: OrderNotInForce, Acts: law.Refuses, Rules: []law.Rule{law.R20},
		TitleZH: "没有有效的措施", Title: "No order is in force",
		SaysZH: "{stream} 没有下达措施，或措施已解除", Says: "nothing was ordered in {stream}, or it was lifted",
		RemedyZH: "在措施自己的流中追加；已解除的另行下达", Remedy: "append it to the stream of an order that is in force; else issue another order"})
	_ = law.Declare(law.OfFindings, law.Text{Code: FindingsNotOfOrder, Acts: law.Refuses, Rules: []law.Rule{law.R20},
		TitleZH: "不是该措施的隐患", Title: "Findings of another order",
		SaysZH: "该流的隐患为 {ordered}，不含 {findings}", Says: "the stream is about {ordered}, not about {findings}",
		RemedyZH: "只写该措施的隐患", Remedy: "name findings that the order names"})
	_ = law.Declare(law.OfFindings, law.Text{Code: AlternativesNotConsidered, Acts: law.Flags, Rules: []law.Rule{law.R46},
		TitleZH: "未说明替代措施", Title: "Nothing milder was considered",
		SaysZH:   "措施 {order}（{kind:order-kind}）没有说明考虑过哪些较轻的措施",
		Says:     "order {order} ({kind:order-kind}) does not say what milder was considered",
		RemedyZH: "在 alternatives 中写明为何较轻的措施不足；已下达的说明原因",
		Remedy:   "state in alternatives why nothing milder does; explain an order that was issued"})
	_ = law.Declare(law.OfFindings, law.Text{Code: LiftedUnverified, Acts: law.Flags, Rules: []law.Rule{law.R46},
		TitleZH: "未经复查即解除", Title: "Lifted without a re-check",
		SaysZH: "以下隐患没有复查合格：{findings}", Says: "no re-check found these put right: {findings}",
		RemedyZH: "先复查（rectification-verified）再解除；说明原因", Remedy: "verify first, then lift; explain it"})
	_ = law.Declare(law.OfFindings, law.Text{Code: VerifiedByReporter, Acts: law.Flags, Rules: []law.Rule{law.R20},
		TitleZH: "报告人自行复查", Title: "Who reported it also verified it",
		SaysZH: "{person} 报告了整改，又作了复查", Says: "{person} reported the rectification and verified it",
		RemedyZH: "由另一人复查；说明原因", Remedy: "let another person verify it; explain it"})
	_ = law.Declare(law.OfFindings, law.Text{Code: ClosureWithoutGround, Acts: law.Refuses, Rules: []law.Rule{law.R46},
		TitleZH: "关闭没有依据", Title: "A closing without ground",
		SaysZH: "提请关闭有法律依据 {grounds} 条、隐患 {finding_count} 条", Says: "the proposal has {grounds} legal grounds and {finding_count} findings",
		RemedyZH: "写明法律依据和隐患", Remedy: "name the legal basis and the findings"})
	_ = law.Declare(law.OfFindings, law.Text{Code: ClosureWaits, Acts: law.Refuses, Rules: []law.Rule{law.R46},
		TitleZH: "关闭提请尚未答复", Title: "A proposal to close waits",
		SaysZH: "提请 {event} 尚未答复或已批准", Says: "proposal {event} was not answered yet, or was approved",
		RemedyZH: "等待人民政府答复", Remedy: "wait for the government's answer"})
	_ = law.Declare(law.OfFindings, law.Text{Code: GovernmentCloses, Acts: law.Refuses, Rules: []law.Rule{law.R46},
		TitleZH: "关闭由人民政府决定", Title: "A government decides to close",
		SaysZH:   "提请关闭由县级以上人民政府答复，不由 {role:role} 答复",
		Says:     "a closing is answered by a government from the county up, not by the role {role:role}",
		RemedyZH: "由县区或市政府人员答复", Remedy: "let a person of the county or city government answer"})
	_ = law.Declare(law.OfFindings, law.Text{Code: ExtensionWithoutEffect, Acts: law.Flags, Rules: []law.Rule{law.R20},
		TitleZH: "延期不起作用", Title: "The extension moves nothing",
		SaysZH:   "措施 {order} 期限为 {due_at}；延期于 {occurred_at} 提出，延至 {until_on}",
		Says:     "order {order} is due {due_at}; the extension of {occurred_at} is until {until_on}",
		RemedyZH: "延期须在原期限之前提出，且晚于原期限；说明原因", Remedy: "an extension is made before the date that it moves, and is later than that; explain it"})
	_ = law.Declare(law.OfOrder, law.Text{Code: SealBeyondLaw, Acts: law.Flags, Rules: []law.Rule{law.R46},
		TitleZH: "查封、扣押超过法定期限", Title: "A seal or seizure is to last longer than the law lets it",
		SaysZH:   "措施 {order} 至 {until_on}，法定最长至 {most_on}（行政强制法第二十五条）",
		Says:     "order {order} is to last until {until_on}, and may until {most_on} (行政强制法 Art. 25)",
		RemedyZH: "在法定期限内作出处理决定或解除；说明原因", Remedy: "decide or lift it within the time of the law; explain it"})
)
