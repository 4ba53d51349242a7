package codes

import (
	"fmt"
	"slices"
)

// Code is one code of a table, with its names: sentences, documents and forms have no others.
type Code struct{ Code, Chinese, English string }

// Table is a list of codes that a member of an event may have.
type Table struct {
	Name    string // as the declaration of a member names it: visit-type
	Chinese string
	Codes   []Code
	// Open says that the city publishes its own list: here are the codes that count until it does, and the form of
	// an event asks only for something that may be one, see [Table.Allows].
	Open  bool
	index map[string]int
}

// NewTable makes a table. A code that is listed twice is a fault of the program: it does not start.
func NewTable(name, chinese string, list ...Code) *Table {
	t := &Table{Name: name, Chinese: chinese, Codes: list, index: make(map[string]int, len(list))}
	for i, c := range list {
		if _, twice := t.index[c.Code]; twice {
			panic(fmt.Sprintf("codes: table %q lists %q twice", name, c.Code))
		}
		t.index[c.Code] = i
	}
	return t
}

// byName has the tables of a list. Two of one name are a fault of the program: the second would never be asked.
func byName(list []*Table) map[string]*Table {
	m := make(map[string]*Table, len(list))
	for _, t := range list {
		if m[t.Name] != nil {
			panic(fmt.Sprintf("codes: there are two tables %q", t.Name))
		}
		m[t.Name] = t
	}
	return m
}

// Has reports whether code is in the table.
func (t *Table) Has(code string) bool {
	_, ok := t.index[code]
	return ok
}

// Place returns the place of a code in the list.
func (t *Table) Place(code string) (i int, ok bool) {
	i, ok = t.index[code]
	return i, ok
}

// Allows reports whether the form of an event allows a text as a code: one of the table, where the city publishes its own
// list one of at most 20 capitals, digits and hyphens that begins with a capital.
func (t *Table) Allows(text string) bool {
	if has := t.Has(text); has || !t.Open {
		return has
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '-'):
		default:
			return false
		}
	}
	return text != "" && len(text) <= maxOpen
}

// OpenForm is the form of a code of an open table, as a regular expression.
const (
	OpenForm = "[A-Z][A-Z0-9-]{0,19}"
	maxOpen  = 20
)

func open(t *Table) *Table {
	t.Open = true
	return t
}

// Of returns the row of a code.
func (t *Table) Of(code string) (c Code, ok bool) {
	if i, ok := t.index[code]; ok {
		return t.Codes[i], true
	}
	return Code{}, false
}

// List returns the codes in their order.
func (t *Table) List() []string {
	list := make([]string, len(t.Codes))
	for i, c := range t.Codes {
		list[i] = c.Code
	}
	return list
}

// TableOf returns the table of that name, or nil.
func TableOf(name string) *Table { return tablesByName[name] }

var tablesByName = byName(tables)

// Tables returns all tables. The caller must not change them.
func Tables() []*Table { return tables }

// List returns the codes of the table of that name, which must be one.
func List(name string) []string {
	t := TableOf(name)
	if t == nil {
		panic(fmt.Sprintf("codes: there is no table %q", name))
	}
	return t.List()
}

// tables are all tables but those of package event, which has the currencies. The codes
// are local (I) unless a source stands beside them.
var tables = []*Table{
	NewTable("role", "角色", roles...),
	open(NewTable("sector", "行业领域", named(sectorTable, func(s Sector) Code { return Code{s.Code, s.Chinese, s.English} })...)),
	NewTable("county", "县区（含功能区）", named(counties, area)...),
	NewTable("area", "市、县区", append([]Code{{City, "安康市", "Ankang City"}}, named(counties, area)...)...),
	NewTable("accident-kind", "事故类型", accidentKinds...), // GB 6441-1986 and traffic
	NewTable("accident-grade", "事故等级", grades...),
	// Who passes an accident on (State Council Order 493 Arts 9, 11).
	NewTable("report-level", "报告层级", Code{"unit", "事故单位", "unit"}, Code{"county", "县级", "county"}, Code{"city", "市级", "city"},
		Code{"province", "省级", "province"}),
	NewTable("accident-result", "事故处理结果", Code{"responsible-punished", "已追究责任", "those responsible were punished"},
		Code{"transferred", "移送司法机关", "handed to the judiciary"}, Code{"no-responsibility", "非责任事故", "nobody is responsible"},
		Code{"not-work-safety", "不属于生产安全事故", "not a work-safety accident"}),
	NewTable("evaluation-outcome", "评估结论", Code{"done", "已落实", "done"}, Code{"partly", "部分落实", "partly done"},
		Code{"not-done", "未落实", "not done"}),
	// What has a subject proposed for the blacklist (R58): 发生较大事故, 反复出现问题, 违法违规严重, 多次整治不到位.
	NewTable("blacklist-trigger", "黑名单情形", Code{"accident-larger", "发生较大及以上事故", "a larger accident or worse"},
		Code{"repeat", "反复出现问题", "the same clause again"}, Code{"serious", "违法违规严重", "grave violation"},
		Code{"failed-rectification", "多次整治不到位", "rectification failed again"}),
	// The two grounds to expose somebody (R71): 违反安全生产法律法规的行为, 存在重大隐患没有认真治理的行为.
	NewTable("exposure-ground", "曝光情形", Code{"violation", "违反安全生产法律法规", "a violation of safety law"},
		Code{"major-hazard", "存在重大隐患没有认真治理", "a major hazard that is not seriously dealt with"}),
	NewTable("blacklist-list", "名单性质", Code{"legal", "安全生产严重失信主体名单", "list of the law"},
		Code{"policy", "政策性“黑名单”", "list of the campaign's policy"}),
	NewTable("blacklist-end", "移出情形", Code{"expired", "期满", "the time is over"}, Code{"on-request", "申请提前移出", "early, on request"},
		Code{"mistaken", "纠错", "it was mistaken"}),
	NewTable("blacklist-state", "名单状态", Code{"proposed", "已提出", "proposed"}, Code{"lapsed", "情形不再成立", "without ground"},
		Code{"refused", "不予列入", "refused"}, Code{"notified", "已告知", "notified"}, Code{"entered", "已列入", "entered"},
		Code{"removed", "已移出", "removed"}),
	NewTable("basis-level", "依据层级", Code{"central", "中央", "central"}, Code{"provincial", "省级", "provincial"},
		Code{"city", "市级", "city"}), // R03: 「中省」 is the first two
	NewTable("team-kind", "督查组类别", Code{"comprehensive", "综合督查组", "comprehensive"}, Code{"specialist", "专业督查组", "specialist"}),
	NewTable("subject-kind", "检查对象类别", Code{"enterprise", "企业", "enterprise"}, Code{"site", "工地", "construction site"},
		Code{"venue", "场所", "venue"}, Code{"road-section", "路段", "road section"},
		Code{"government-unit", "党政机关单位", "government unit"}, Code{"unlicensed-place", "无证场所", "unlicensed place"}),
	// For what more is asked of a subject (R34): 高危行业、重点企业、重要场所.
	NewTable("risk-class", "风险分类", Code{"high-risk-industry", "高危行业", "high-risk industry"}, Code{"key-firm", "重点企业", "key firm"},
		Code{"important-place", "重要场所", "important place"}),
	NewTable("ownership", "所有制", Code{"state", "国有", "state-owned"}, Code{"collective", "集体", "collective"},
		Code{"private", "私营", "private"}, Code{"foreign", "外商和港澳台投资", "foreign, Hong Kong, Macao or Taiwan"},
		Code{"individual", "个体工商户", "individual business"}, Code{"mixed", "混合所有制", "mixed"}, Code{"other", "其他", "another"}), // R09
	// 统计上大中小微型企业划分办法(2017).
	NewTable("subject-size", "规模", Code{"large", "大型", "large"}, Code{"medium", "中型", "medium"}, Code{"small", "小型", "small"},
		Code{"micro", "微型", "micro"}),
	NewTable("subject-end", "终止情形", Code{"merged", "合并", "merged into another"}, Code{"moved", "迁移", "moved"},
		Code{"dissolved", "解散", "dissolved"}),
	// The groups of required items (R32, R33, R34).
	NewTable("profile", "检查项类别", Code{"enterprise", "企业", "enterprise"}, Code{"government-unit", "党政机关单位", "government unit"},
		Code{"high-risk", "高危行业", "high-risk"}),
	// The eight kinds of place the speech names for fire inspections (R23).
	NewTable("venue-type", "消防重点场所", Code{"mall", "商场市场", "mall"},
		Code{"combined-premises", "“多合一”场所", "combined living, working and storing"},
		Code{"crowded-place", "人员密集场所", "crowded place"}, Code{"labour-intensive", "劳动密集型企业", "labour-intensive firm"},
		Code{"public-entertainment", "公共娱乐场所", "public entertainment"}, Code{"high-rise", "高层建筑", "high-rise building"},
		Code{"nursing-home", "养老院", "nursing home"}, Code{"hospital", "医院", "hospital"}),
	NewTable("discovery", "发现途径", Code{"register", "名录", "register"}, Code{"field", "现场发现", "found in the field"},
		Code{"import", "导入", "import"}),
	NewTable("production", "生产状态", Code{"normal", "正常生产", "in normal production"}, Code{"partial", "半停产", "in partial production"},
		Code{"suspended", "停产", "suspended"}),
	// Only an initial visit is bound by R31.
	NewTable("visit-type", "检查性质", Code{"initial", "首次检查", "initial"}, Code{"verify", "整改复查", "re-check"},
		Code{"team-review", "督查组复查", "team review"}, Code{"tip", "举报核查", "tip"}, Code{"accident", "事故检查", "accident"}),
	// 国办发〔2024〕54号: 日常检查、个案检查、专项检查; services are no inspection.
	NewTable("visit-kind", "检查类别", Code{"daily", "日常检查", "daily"}, Code{"case", "个案检查", "of a case"},
		Code{"special", "专项检查", "special"}, Code{"guidance", "指导服务、走访", "guidance or courtesy"}),
	NewTable("visit-cause", "检查启动方式", Code{"planned", "按计划", "planned"}, Code{"triggered", "事件触发", "triggered"}),
	// 行政执法监督条例: 监督意见书、监督决定书.
	NewTable("supervision-form", "监督文书", Code{"opinion", "监督意见书", "opinion"}, Code{"decision", "监督决定书", "decision"}),
	NewTable("quota", "指标", Code{"visits", "检查次数", "visits"}, Code{"findings", "发现隐患数", "findings"}, Code{"fines", "罚没数额", "fines"}),
	NewTable("supervision-outcome", "监督答复", Code{"corrected", "已纠正", "put right"}, Code{"explained", "已说明", "explained"},
		Code{"objected", "有异议", "objected to"}),
	NewTable("enforcement-fault", "执法问题", enforcementFaults...),
	NewTable("clue-outcome", "线索核查结论", Code{"unfounded", "不属实", "unfounded"}, Code{"founded", "属实", "founded"},
		Code{"misconduct", "涉嫌违纪违法", "suspected misconduct"}),
	// What a plan may leave out of the caps on visits: types of visits, kinds of them, and their causes.
	NewTable("cap-exemption", "不受频次上限情形", Code{"verify", "整改复查", "re-check"}, Code{"team-review", "督查组复查", "team review"},
		Code{"tip", "举报核查", "tip"}, Code{"accident", "事故检查", "accident"}, Code{"case", "个案检查", "of a case"},
		Code{"special", "专项检查", "special"}, Code{"triggered", "事件触发", "triggered"}),
	// 国办发〔2024〕54号: who may inspect; 议事协调机构 may not.
	NewTable("enforcement", "执法主体类别", Code{"authority", "行政机关", "an administrative authority"},
		Code{"authorized", "法律法规授权的组织", "an organisation that a law authorises"},
		Code{"delegated", "受委托的组织", "an organisation to which an authority delegates"},
		Code{"coordinating", "议事协调机构", "a coordinating body"}),
	// 扫码入企.
	NewTable("arrival-code", "入企码方式", Code{"scanned", "扫企业码", "the subject's code was scanned"},
		Code{"shown", "亮检查码", "the inspectors' code was shown"}, Code{"made-up", "事后补录", "made up later"}),
	NewTable("section", "检查环节", Code{"production", "生产环节", "production"}, Code{"management", "管理环节", "management"},
		Code{"system", "制度环节", "system"}), // R35
	NewTable("answer", "检查结果", Code{"yes", "符合", "yes"}, Code{"no", "不符合", "no"}, Code{"not-applicable", "不适用", "not applicable"}),
	NewTable("level", "隐患级别", Code{"general", "一般事故隐患", "general"}, Code{"major", "重大事故隐患", "major"}), // Order 16 of 2007, Art. 3
	NewTable("four-measure", "四项措施", Code{"shut", "关停", "shut"}, Code{"expose", "曝光", "expose"}, Code{"punish", "处罚", "punish"},
		Code{"prosecute", "追究法律责任", "prosecute"}), // R55
	NewTable("violation", "违法行为类别", Code{"main-duty", "主体责任不落实", "the unit fails its main duty"},
		Code{"three-violations", "三违", "orders, work or discipline against the rules"}, Code{"unlicensed", "无证经营", "no licence"},
		Code{"risky-operation", "冒险作业", "risky operation"}, Code{"other", "其他", "other"}), // R54
	// Measures, which are not penalties (安全生产法 Arts 65, 70).
	NewTable("order-kind", "责令措施", Code{"correct-on-spot", "当场纠正", "correct on the spot"},
		Code{"rectify-by-date", "限期整改", "rectify by a date"}, Code{"rectify-at-once", "立即整改", "rectify at once"},
		Code{"withdraw-people", "撤出人员", "withdraw people"}, Code{"stop", "停产停业", "stop work"},
		Code{"stop-using", "停止使用", "stop using"}, Code{"seal", "查封", "seal"}, Code{"seize", "扣押", "seize"},
		Code{"cut-supply", "停止供电供应民用爆炸物品", "cut power or the supply of explosives"}, // 安全生产法 Art. 70
		Code{"register-evidence", "证据先行登记保存", "register evidence in advance"}),      // 行政处罚法 2021 Art. 56
	NewTable("lift-ground", "解除情形", Code{"rectified", "隐患已消除", "the hazard is put right"},
		Code{"decided", "已作出处理决定", "a decision was made on it"}, Code{"expired", "期满", "its time is over"},
		Code{"mistaken", "措施有误", "it was mistaken"}),
	// The two grounds of R47: 不落实安全生产投入, 存在重大安全隐患.
	NewTable("closure-ground", "关闭情形", Code{"investment", "不落实安全生产投入", "no investment in safety"},
		Code{"major-hazard", "存在重大安全隐患", "a major hazard"}, Code{"both", "两者兼有", "both"},
		Code{"defied", "拒不执行停产停业措施", "a stop was defied"}, Code{"other", "法律规定的其他情形", "another that the law names"}),
	// 从严从重 (R47), and what of a visit the ledger knows that is a reason for it (安全生产违法行为行政处罚办法 Art. 55).
	NewTable("aggravation", "从重情形", Code{"both-grounds", "不落实安全生产投入又存在重大安全隐患", "no investment in safety, and a major hazard"},
		Code{"not-corrected", "逾期未改正", "a re-check found it as it was"}, Code{"defied", "拒不执行措施", "a measure was defied"},
		Code{Repeated, "一年内因同一违法行为再次受处罚", "the same violation was punished within a year before"},
		Code{EspeciallyGrave, "事故情节特别严重、影响特别恶劣", "an accident that is especially grave"},
		Code{"other", "法律规定的其他从重情形", "another that the law names"}),
	// Why a case is reviewed besides what kind and amount of its penalty say (行政处罚法 2021 Art. 58).
	NewTable("legal-review-ground", "法制审核情形", Code{"public-interest", "涉及重大公共利益", "of great public interest"},
		Code{"grave-rights", "直接关系当事人或第三人重大权益", "of grave rights of the party or another"},
		Code{"complex", "案件情况疑难复杂、涉及多个法律关系", "difficult, or of several legal relations"},
		Code{"other", "法律、法规规定的其他情形", "another that the law names"}),
	NewTable("order-scope", "措施范围", Code{"full", "全部", "all of it"}, Code{"part", "局部", "a part"}),
	// 行政处罚法 2021 Art. 9.
	NewTable("penalty-kind", "行政处罚种类", Code{"warning", "警告", "warning"}, Code{"criticism", "通报批评", "circulated criticism"},
		Code{"fine", "罚款", "fine"}, Code{"confiscate-gains", "没收违法所得", "confiscation of gains"},
		Code{"confiscate-goods", "没收非法财物", "confiscation of goods"}, Code{"suspend-permit", "暂扣许可证件", "suspension of a permit"},
		Code{"lower-grade", "降低资质等级", "lower qualification grade"}, Code{"revoke-permit", "吊销许可证件", "revocation of a permit"},
		Code{"restrict-business", "限制开展生产经营活动", "restriction of business"}, Code{"stop-production", "责令停产停业", "stop of production"},
		Code{"close", "责令关闭", "closure"}, Code{"bar-from-trade", "限制从业", "bar from the trade"},
		Code{"detention", "行政拘留", "detention"}, Code{"other", "其他", "other"}),
	// The steps of a case between its filing and its end (行政处罚法 Arts 57, 58, 63, 64).
	NewTable("case-step", "办案环节", Code{"inquiry", "调查询问", "inquiry"}, Code{"statement", "陈述申辩", "statement of the party"},
		Code{"hearing-requested", "要求听证", "request for a hearing"}, Code{"hearing-notified", "听证通知", "notice of a hearing"},
		Code{"hearing-held", "举行听证", "hearing"}, Code{"legal-review", "法制审核", "legal review"},
		Code{"collective-discussion", "集体讨论", "collective discussion"}, Code{"decision-served", "送达决定", "service of the decision"}),
	NewTable("case-part", "参加身份", Code{"investigator", "调查人员", "investigator"}, Code{"chair", "听证主持人", "chair of the hearing"},
		Code{"clerk", "记录人", "clerk"}, Code{"reviewer", "法制审核人员", "reviewer"}, Code{"member", "集体讨论人员", "member of the discussion"},
		Code{"party", "当事人", "party"}, Code{"agent", "代理人", "agent of the party"}, Code{"witness", "证人", "witness"}),
	NewTable("case-outcome", "环节结果", Code{"accepted", "通过、采纳", "passed, accepted"}, Code{"partly", "部分采纳", "accepted in part"},
		Code{"rejected", "不通过、不采纳", "not passed, not accepted"}),
	NewTable("case-end", "结案情形", Code{"executed", "执行完毕", "carried out"}, Code{"no-penalty", "不予处罚", "not punished"},
		Code{"transferred", "移送", "handed over"}, Code{"annulled", "决定被撤销", "the decision was annulled"},
		Code{"ended", "终结执行", "enforcement ended"}),
	NewTable("payment", "收付", Code{"paid", "缴纳", "paid"}, Code{"refunded", "退还", "refunded"}),
	NewTable("decision-change", "决定变更", Code{"revised", "变更", "revised"}, Code{"annulled", "撤销", "annulled"}),
	NewTable("decision-changer", "变更机关", Code{"review", "行政复议", "administrative review"}, Code{"court", "人民法院", "court"},
		Code{"own-correction", "自行纠正", "the authority itself"}),
	NewTable("delivery", "送达方式", Code{"in-person", "直接送达", "in person"}, Code{"post", "邮寄送达", "by post"},
		Code{"electronic", "电子送达", "electronic"}),
	// R20: 现场督办, and 挂牌督办.
	NewTable("supervision", "督办方式", Code{"on-site", "现场督办", "on the spot"}, Code{"listed", "挂牌督办", "listed"}),
	NewTable("result", "检查结论", Code{"pass", "合格", "pass"}, Code{"conditional", "有条件合格", "conditional pass"}, Code{"fail", "不合格", "fail"}),
	// The recipients of the site record that the speech names (R43); a plan may name others.
	NewTable("recipient", "送达对象", Code{"subject", "检查对象", "the subject"}, Code{"local-government", "当地政府", "the local government"},
		Code{"city-department", "市级主管部门", "the city department"}, Code{"safety-office", "市安委办", "the supervision office"}),
	NewTable("duplicate-key", "重复检查口径", Code{"subject-sector", "检查对象和行业领域", "subject and sector"},
		Code{"subject", "检查对象", "subject"}), // R31
	// WGS-84 and CGCS2000 are what receivers state; maps in China have GCJ-02, hundreds of metres beside them.
	NewTable("datum", "坐标系", Code{"WGS-84", "世界大地坐标系", "World Geodetic System"},
		Code{"CGCS2000", "国家大地坐标系", "China Geodetic Coordinate System"}, Code{"GCJ-02", "国测局坐标系", "coordinates of maps in China"}),
	NewTable("key-suite", "签名算法", Code{"ecdsa-p256-sha256", "P-256", "P-256"}, Code{"ed25519", "Ed25519", "Ed25519"}),
	NewTable("key-revocation", "密钥撤销原因", Code{"lost", "遗失", "lost"}, Code{"stolen", "被盗", "stolen"},
		Code{"replaced", "更换设备", "another device"}, Code{"left", "离岗", "left the post"}, Code{"suspected", "疑似泄露", "suspected leak"}),
	NewTable("tip-channel", "举报渠道", Code{"hotline", "电话热线", "hotline"}, Code{"letter", "来信", "letter"}, Code{"visit", "来访", "visit in person"},
		Code{"online", "网络", "online"}, Code{"media", "媒体", "media"}, Code{"transferred", "移交", "handed over by another authority"},
		Code{"other", "其他", "another way"}),
	NewTable("tip-result", "举报核查结论", Code{"substantiated", "属实", "it is so"}, Code{"partly", "部分属实", "it is so in part"},
		Code{"unsubstantiated", "不属实", "it is not so"}, Code{"not-to-verify", "无法查实", "it cannot be verified"}),
	NewTable("tip-answer", "举报答复方式", Code{"telephone", "电话", "by telephone"}, Code{"written", "书面", "in writing"},
		Code{"in-person", "当面", "in person"}, Code{"published", "公开发布", "published"}, Code{"nobody", "匿名无法答复", "nobody to tell"}),
	NewTable("transfer-matter", "移交事项", Code{"tip", "群众举报", "a tip"}, Code{"finding", "隐患", "a finding"},
		Code{"case", "案件", "a case"}, Code{"instruction", "市政府批示", "an instruction of the city government"}),
	NewTable("transfer-ground", "移交理由", Code{"competence", "属其职责", "it is the receiver's to do"},
		Code{"crime", "涉嫌犯罪", "a crime is suspected"}, Code{"discipline", "涉嫌违纪", "a breach of discipline is suspected"},
		Code{"investigate", "交办核查", "to investigate"}, Code{"instruction", "批示", "by instruction"}),
	NewTable("transfer-outcome", "移交办理结果", Code{"handled", "已办结", "it was done"}, Code{"returned", "退回", "it is returned"}),
	NewTable("erasure-ground", "删除理由", // Personal Information Protection Law, Article 47
		Code{"purpose-achieved", "处理目的已实现", "the purpose is achieved or no longer needed"},
		Code{"retention-ended", "保存期限届满", "the term of keeping is over"},
		Code{"consent-withdrawn", "个人撤回同意", "the person withdrew consent"}, Code{"unlawful", "违法或违约处理", "it was kept against law or agreement"},
		Code{"key-exposed", "密钥泄露", "the key may be known to others"}, Code{"other-law", "其他法定情形", "another ground by law"}),
	NewTable("code-table", "代码表", codeTables...),
	NewTable("law-matter", "法定限值事项", slices.Concat(matters, accidentFines)...),
	NewTable("limit-unit", "限值单位", limitUnits...),
	NewTable("conduct", "作风", Code{"advance-notice", "提前通知", "notice in advance"}, Code{"briefing", "听取汇报", "a briefing"},
		Code{"company", "陪同", "company"}, Code{"reception", "接待", "a reception"}), // R38
	NewTable("assessment-use", "考核结果运用", Code{"ranking", "年度考核等次", "the rank of the year's assessment"},
		Code{"award", "评先评优", "awards"}, Code{"veto", "一票否决", "a veto on awards"}, Code{"talk", "约谈", "a talk"},
		Code{"criticism", "通报批评", "public criticism"}, Code{"post", "干部任用", "appointments to posts"},
		Code{"other", "其他", "another"}), // R67
	NewTable("duty-list", "权责清单", Code{"power", "权力清单", "list of powers"}, Code{"duty", "责任清单", "list of duties"}), // R65
	NewTable("document-kind", "文书种类", Code{"site-record", "现场核查记录", "site record"}, Code{"order", "责令措施文书", "order"},
		Code{"decision", "行政处罚决定书", "decision"}), // R42
	NewTable("review-problem", "倒查起因", Code{"failed-recheck", "复查不合格", "a failed re-check"},
		Code{"accident", "生产安全事故", "accident"}, Code{"major-hazard", "后续发现的重大隐患", "major hazard found later"},
		Code{"tip", "查实的举报", "substantiated tip"}), // R44, R66
	NewTable("review-ground", "责任事由", Code{"coarse-carelessness", "工作粗心大意", "coarse carelessness"},
		Code{"insufficient-penalty", "处罚不到位", "insufficient penalty"}, Code{"duty-neglected", "履职不力", "neglected duty"}), // R44, R66
	NewTable("duty-breach", "履职不到位", Code{"missed-hazard", "应查未查", "a hazard was missed"},
		Code{"insufficient-penalty", "处罚不到位", "a penalty was left out or too mild"}, Code{"formality", "走过场", "a formality only"},
		Code{"favour", "送人情", "a favour"}, Code{"false-record", "弄虚作假", "a false record"}, Code{"leak", "泄露检查信息", "a leak"},
		Code{"discipline", "违反工作纪律", "against the rules of discipline"}, Code{"other", "其他", "another"}), // R53
	NewTable("bad-consequence", "不良后果", Code{"accident", "发生事故", "an accident"}, Code{"hazard-left", "隐患未消除", "a hazard was left"},
		Code{"loss", "财产损失", "a loss"}, Code{"social-impact", "社会影响", "social impact"}, Code{"other", "其他", "another"}), // R53
	NewTable("inquiry-result", "处理结论", Code{"unfounded", "不成立", "unfounded"}, Code{"talk", "谈话提醒", "a talk"},
		Code{"criticism", "通报批评", "public criticism"},
		Code{"discipline", "党纪政务处分", "a disciplinary measure"}, Code{"transferred", "移送司法", "handed over to justice"}), // R53
	NewTable("pressure", "压力来源", Code{"leader", "领导干部", "a leading official"}, Code{"party", "被检查单位", "the inspected party"},
		Code{"colleague", "同事", "a colleague"}, Code{"relative", "亲友", "a relative or friend"}, Code{"intermediary", "中间人", "an intermediary"},
		Code{"other", "其他", "another"}), // R49
	NewTable("copy", "账本副本", Code{"store", "存储", "store"}, Code{"journal", "日志", "journal"}, Code{"tiles", "哈希分块", "tiles"}),
	NewTable("copy-source", "恢复来源", Code{"store", "存储", "store"}, Code{"journal", "日志", "journal"}),
}

// codeTables are the tables that the city publishes.
var codeTables = []Code{
	{"units", "单位", "units"}, {"sectors", "行业领域", "sectors"}, {"finding-categories", "隐患类别", "categories of findings"},
	{"law-limits", "法定限值", "limits of the law"}, {"deduction-rules", "考核扣分规则", "rules of deduction"},
	{"checklists", "检查表", "checklists"}, {"duty-lists", "权力清单和责任清单", "lists of powers and duties"},
	{"holidays", "节假日及调休", "holidays and exchanged working days"}, {"responsibility-map", "监管责任分工", "who answers for what"},
	{"committees", "专业委员会", "committees"},
}

// enforcementFaults are what may be wrong with how an authority inspects (国办发〔2024〕54号).
var enforcementFaults = []Code{
	{"no-authority", "无检查主体资格", "not an enforcing authority"}, {"no-certificates", "未出示证件或不足两人", "no certificates, or fewer than two"},
	{"not-approved", "未经批准", "without approval"}, {"no-cause", "无检查事由", "without cause"},
	{"no-notice", "未出示检查通知书", "without notice"}, {"no-code", "未亮码检查", "without code"},
	{"over-cap", "超过频次上限", "more often than allowed"}, {"outside-area", "异地检查", "outside the own area"},
	{"beyond-items", "超出检查事项", "beyond the published items"}, {"result-not-told", "未告知结果", "result not told"},
	{"quota", "下达检查、罚款指标", "quota of visits or fines"}, {"penalty", "处罚不当", "improper penalty"},
	{"conduct", "吃拿卡要等作风问题", "improper conduct"}, {"other", "其他", "other"},
}

// roles are those that a token can have.
var roles = []Code{
	{"inspector", "检查人员", "inspector"}, {"team-leader", "组长", "team leader"},
	{"officer", "执法人员", "enforcement officer"}, {"approver", "审批（法制审核）人员", "approver"},
	{"supervision-office", "市安委办", "supervision office"}, {"discipline-commission", "市纪委监委", "discipline commission"},
	{"city-government", "市政府", "city government"}, {"county-government", "县区政府", "county government"},
	{"department", "主管部门", "department"}, {"committee", "专业委员会", "committee"},
	{"inspected-party", "被检查单位", "inspected party"},
	{"enforcement-supervisor", "行政执法监督机构", "enforcement supervisor"}, {"importer", "数据导入方", "importer"},
	{"auditor", "审计人员", "auditor"}, {"admin", "系统管理员", "administrator"},
}

func area(a Area) Code { return Code{a.Code, a.Chinese, a.English} }

func named[T any](list []T, code func(T) Code) []Code {
	all := make([]Code, len(list))
	for i, v := range list {
		all[i] = code(v)
	}
	return all
}

// Missing returns the codes that are wanted and not there, each once, or nil.
func Missing(wanted, there []string) []string {
	var left []string
	for _, w := range wanted {
		if !slices.Contains(there, w) && !slices.Contains(left, w) {
			left = append(left, w)
		}
	}
	return left
}
