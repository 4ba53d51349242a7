package codes

// What is said of obligations in both languages. No member of an event has these codes, so they are none of [Tables].

// Obligations are the kinds of obligations.
var Obligations = NewTable("obligation", "义务", []Code{
	{"approval", "第二人批准", "a second person's answer"}, {"explanation", "标记说明", "explanation of a flag"},
	{"confirmation", "说明采纳", "answer to an explanation"}, {"campaign-end", "行动结束", "end of the campaign"},
	{"team-report", "督查组汇报", "report of a team"}, {"city-report", "全市总结报告", "report of the city"},
	{"holiday-approval", "节日施工审批", "answer to work in a holiday"}, {"holiday-visit", "节日施工检查", "visit during a holiday"},
	{"visit-approval", "检查审批", "approval of a visit"}, {"named-evidence", "隐患证据", "evidence of a finding"},
	{"clause", "隐患依据条款", "clause of a finding"}, {"items", "必查项", "items of the checklist"}, {"sections", "必查环节", "sections"},
	{"notice", "张贴告示", "notice"}, {"disposition", "隐患处置", "disposition of a finding"}, {"filing", "立案或决定", "case or decision"},
	{"rectify", "隐患整改", "rectification"}, {"after-failure", "复查不合格后的下一步", "next step after a failure"},
	{"record", "现场核查记录", "site record"}, {"arrival-code", "入企扫码", "code on arrival"}, {"copies", "文书送达", "copies of the record"},
	{"acknowledgement", "送达回执", "acknowledgement of a copy"}, {"leader-review", "组长审核", "review by the leader"},
	{"closing", "检查办结", "closing of the visit"}, {"second-inspector", "第二名检查人员确认", "confirmation by a second inspector"},
	{"evidence", "证据文件", "bytes of evidence"}, {"refusal-examination", "拒绝检查核查", "examination of a refusal"},
	{"result-notice", "结果告知", "notice of the result"}, {"recheck", "复查", "re-check"}, {"resume", "恢复生产核查", "review before resumption"},
	{"stop-end", "停产停业到期处理", "end of a stop"}, {"seal", "查封扣押处理", "end of a seal or seizure"},
	{"registered-evidence", "先行登记保存处理", "end of advance registration"}, {"closure", "关闭决定", "answer to a closure"},
	{"decision", "作出决定", "decision of a case"}, {"hearing-request", "要求听证", "request for a hearing"},
	{"hearing-notice", "听证通知", "notice of a hearing"}, {"service", "决定书送达", "service of a decision"},
	{"publish", "决定公开", "publication of a decision"}, {"payment", "缴纳罚款", "payment of a fine"},
	{"enforcement", "申请强制执行", "request for enforcement"}, {"remedy", "复议、诉讼期限", "time for review and lawsuit"},
	{"limitation", "追责时效", "limitation"}, {"casualties", "伤亡变化补报", "later casualties"}, {"investigation", "事故调查", "inquiry into an accident"},
	{"reply", "调查报告批复", "reply to the inquiry"}, {"evaluation", "整改评估", "evaluation of rectification"},
	{"result", "事故结果", "result of an accident"}, {"tip-accept", "举报受理", "acceptance of a tip"},
	{"tip-investigate", "举报核查", "investigation of a tip"}, {"tip-answer", "举报答复", "answer to a tip"},
	{"transfer", "移交答复", "answer to a hand-over"}, {"accountability", "责任追究", "decision of a review"},
	{"blacklist-notice", "列入告知", "notice of the blacklist"}, {"blacklist-objection", "列入异议", "objection to the blacklist"},
	{"blacklist-decision", "列入决定", "decision on the blacklist"}, {"blacklist-expiry", "移出黑名单", "removal from the blacklist"},
	{"withdrawal", "撤回发布", "withdrawal of a publication"}, {"exposure-end", "曝光隐患解决", "end of an exposure"},
	{"deduction", "考核扣分", "deduction of points"}, {"team-review-order", "派员复查", "order to review a team"},
	{"team-review", "督查组复查", "review of a team"}, {"inquiry", "纪律调查立案", "disciplinary inquiry"},
	{"inquiry-outcome", "调查处理结论", "outcome of an inquiry"}, {"supervision-answer", "执法监督答复", "answer to the supervision body"},
	{"clue", "监督线索核查", "examination of a clue"}, {"clue-transfer", "违纪线索移送", "hand-over of a clue"},
}...)

// Debtors are who owes.
var Debtors = NewTable("debtor", "义务方", []Code{
	{"inspectors", "检查人员", "inspectors of the visit"}, {"team-leader", "督查组组长", "leader of the team"},
	{"inspected-party", "被检查单位", "inspected party"}, {"enforcing-authority", "执法主体", "enforcing authority"},
	{"approver", "批准人", "second person"}, {"supervision-office", "市安委办", "supervision office"},
	{"government", "人民政府", "government"}, {"discipline-commission", "市纪委监委", "discipline commission"},
	{"reviewers", "复查人员", "reviewers"}, {"receiver", "接收单位", "receiver"}, {"deciding-body", "审批单位", "deciding body"},
	{"department", "主管部门", "competent department"}, {"unit", "记录人所在单位", "unit of the author"},
	{"enforcement-supervisor", "行政执法监督机构", "supervision body of enforcement"}, {"nobody", "无人", "nobody"},
}...)

// StatedLimits are those that are neither a parameter of a plan nor a limit of the law alone, in words.
var StatedLimits = NewTable("stated-limit", "期限", []Code{
	{"the campaign's end", "行动结束日期", ""}, {"the day before the holiday", "节日前一日", ""}, {"the holiday's end", "节日结束", ""},
	{"the order's date", "责令文书所定日期", ""}, {"the entry's date", "列入决定所定日期", ""},
	{"law: seal, or the order's date before it", "法定查封扣押期限，或文书所定的更早日期", ""},
	{"law: hearing-notice, before the hearing", "听证前的法定通知期限", ""}, {"law: review, lawsuit", "法定复议、诉讼期限", ""},
	{"the end of its year, or of investigation and reply if later", "当年年底；调查、批复期限更晚的，以其为准", ""},
	{"transfer_days, for a tip tip_investigate_days, or the date set", "方案移交答复时限；举报为核查时限；另定日期的，以其为准", ""},
	{"law: withdrawal, else withdrawal_days", "法定撤回期限；法律未定的，方案撤回时限", ""},
	{"supervision_days, or the date set", "方案执法监督答复时限，或另定日期", ""},
}...)
