package law

// Term writes a coded value in words; one that the table does not have stands as it is.
func (l Language) Term(code string) string { return l.term(code) }

// term writes a coded value in words; one that the table does not have stands as it is.
func (l Language) term(code string) string {
	t, ok := terms[code]
	if !ok {
		return code
	}
	return l.pick(t.english, t.chinese)
}

// terms are the coded values that sentences name, and the words of sentences that depend on the
// case, by code.
var terms = map[string]struct{ english, chinese string }{
	"inspector":             {"an inspector", "检查人员"},
	"team-leader":           {"a team leader", "组长"},
	"supervision-office":    {"the supervision office", "督查办公室"},
	"discipline-commission": {"the discipline commission", "纪检监察机关"},
	"city-government":       {"the city government", "市政府"},
	"county-government":     {"a county government", "县区政府"},
	"department":            {"a department", "部门"},
	"importer":              {"an importer", "导入方"},
	"auditor":               {"an auditor", "审计人员"},
	"admin":                 {"an administrator", "管理员"},
	"ledger":                {"the ledger", "账本"},

	"enterprise":       {"enterprise", "企业"},
	"site":             {"site", "工地"},
	"venue":            {"venue", "场所"},
	"road-section":     {"road section", "路段"},
	"government-unit":  {"government unit", "政府单位"},
	"unlicensed-place": {"unlicensed place", "无证场所"},
	"high-risk":        {"high-risk", "高危"},

	"subject":          {"the subject", "检查对象"},
	"local-government": {"the local government", "属地政府"},
	"city-department":  {"the city department", "市级主管部门"},
	"safety-office":    {"the safety office", "安委办"},

	"production": {"production", "生产环节"},
	"management": {"management", "管理环节"},
	"system":     {"system", "制度环节"},

	"initial":     {"initial", "初查"},
	"verify":      {"verification", "复查"},
	"team-review": {"team review", "督查组核查"},
	"tip":         {"tip", "举报核查"},
	"accident":    {"accident", "事故检查"},

	"correct-on-spot": {"to correct on the spot", "当场纠正"},
	"rectify-by-date": {"to rectify by a date", "限期整改"},
	"rectify-at-once": {"to rectify at once", "立即整改"},
	"withdraw-people": {"to withdraw people", "撤出人员"},
	"stop":            {"to stop work", "停产停业"},
	"stop-using":      {"to stop using", "停止使用"},
	"seal":            {"to seal", "查封"},
	"seize":           {"to seize", "扣押"},

	"warning":           {"warning", "警告"},
	"criticism":         {"public criticism", "通报批评"},
	"fine":              {"fine", "罚款"},
	"confiscate-gains":  {"confiscation of gains", "没收违法所得"},
	"confiscate-goods":  {"confiscation of goods", "没收非法财物"},
	"suspend-permit":    {"suspension of a permit", "暂扣许可证件"},
	"lower-grade":       {"lower qualification", "降低资质等级"},
	"revoke-permit":     {"revocation of a permit", "吊销许可证件"},
	"restrict-business": {"restricted business", "限制开展生产经营活动"},
	"stop-production":   {"stop of production", "责令停产停业"},
	"close":             {"closing", "责令关闭"},
	"bar-from-trade":    {"bar from trade", "限制从业"},
	"detention":         {"detention", "行政拘留"},

	"ordinary":         {"ordinary", "一般事故"},
	"larger":           {"larger", "较大事故"},
	"major":            {"major", "重大事故"},
	"especially-major": {"especially major", "特别重大事故"},

	"normal":    {"in normal production", "正常生产"},
	"partial":   {"in partial production", "部分停产"},
	"suspended": {"suspended", "停产"},

	"day":   {"day", "日"},
	"month": {"month", "月"},
	"year":  {"year", "年"},

	"start":       {"start", "开始"},
	"arrival":     {"arrival", "到达"},
	"site-record": {"site record", "核查记录"},

	"of-another":      {"is not this author's", "不属于该作者"},
	"revoked":         {"is revoked", "已撤销"},
	"ended":           {"ended", "已到期"},
	"justification":   {"the justification", "重复检查的说明"},
	"correction":      {"the correction", "更正"},
	"pardon":          {"the decision not to punish", "不予处罚决定"},
	"expensive-reads": {"expensive reads", "复杂查询"},
	"live-streams":    {"live streams", "实时流"},
	"downloads":       {"downloads", "下载"},
	"large-bodies":    {"large bodies", "大请求体"},
	"refused-bodies":  {"refused bodies", "被拒请求体"},
	"requests":        {"requests in progress", "进行中的请求"},
	"waiting-bytes":   {"bytes of appends that wait", "待处理追加的字节数"},
	"events":          {"events", "事件"},
	"upload-bytes":    {"bytes of files", "文件字节数"},
	"batch-revision": {"If-Match is for single events; in a batch, use the attribute expectedrevision",
		"If-Match 只用于单个事件；批次用属性 expectedrevision"},
	"two-revisions":   {"the header and the attribute expectedrevision differ", "请求头与属性 expectedrevision 不一致"},
	"empty-batch":     {"the batch is empty", "批次为空"},
	"malformed-query": {"the query is malformed", "查询串格式错误"},
	"whole-number":    {"a whole number", "整数"},
	"date-or-time": {"RFC 3339 such as 2019-12-02T09:30:00+08:00, or a date YYYY-MM-DD",
		"RFC 3339 时间（如 2019-12-02T09:30:00+08:00）或日期 YYYY-MM-DD"},
	"given-once":        {"it once only", "只写一次"},
	"event-type":        {"a type of GET /v1/types", "GET /v1/types 所列的类型"},
	"stream-name":       {"kind/id of a stream, or a kind", "流的 种类/编号，或一个种类"},
	"page-cursor":       {"the cursor of the page before, or the id of a message", "上一页的游标，或消息的编号"},
	"not-above-new":     {"a number not larger than new", "不大于 new 的整数"},
	"sha256-hex":        {"64 hexadecimal digits", "64 位十六进制数"},
	"key-not-base64url": {"the key is not base64url without padding", "密钥不是 base64url（不带填充）"},
	"key-of-no-suite":   {"the suite is neither ecdsa-p256-sha256 nor ed25519", "算法既不是 ecdsa-p256-sha256 也不是 ed25519"},
	"key-no-spki": {"the key is no SubjectPublicKeyInfo (DER) of its suite, as exportKey(\"spki\") of WebCrypto gives it",
		"密钥不是该算法的 SubjectPublicKeyInfo（DER），即 WebCrypto exportKey(\"spki\") 的结果"},
	"key-no-point":      {"the key is no point of the curve in canonical encoding", "密钥不是曲线上规范编码的点"},
	"key-neutral-point": {"the key is the neutral point: one signature would fit every event", "密钥是零点：一个签名可用于所有事件"},
	"key-small-order":   {"the key's point is not of prime order", "密钥的点不是素数阶"},

	"json-null":    {"null", "空值 null"},
	"json-boolean": {"true or false", "布尔值"},
	"json-string":  {"a string", "字符串"},
	"json-number":  {"a number", "数"},
	"json-object":  {"an object", "对象"},
	"json-array":   {"a list", "列表"},
	"json-nothing": {"nothing", "空"},

	"control character":                      {"control character", "控制字符"},
	"invisible or directional character":     {"invisible or directional character", "不可见或方向控制字符"},
	"line separator or directional override": {"line separator or directional override", "行分隔或方向覆盖字符"},
	"noncharacter":                           {"noncharacter", "非字符"},
	"byte order mark":                        {"byte order mark", "字节顺序标记"},
	"annotation character":                   {"annotation character", "注释控制字符"},
	"tag character":                          {"tag character", "标签字符"},

	"minor units of a currency (fen, cents)": {"minor units of a currency (fen, cents)", "货币最小单位（分）"},
	"persons":                                {"persons", "人"},
	"visits":                                 {"visits", "次检查"},
	"bytes":                                  {"bytes", "字节"},
	"entries":                                {"entries", "条目"},
	"calendar years":                         {"calendar years", "公历年"},
	"days":                                   {"days", "天"},
	"hours":                                  {"hours", "小时"},
	"minutes":                                {"minutes", "分钟"},
	"seconds":                                {"seconds", "秒"},
	"sets of rules":                          {"sets of rules", "号规则"},
	"of the unit that the value's name ends with": {"of the unit that the value's name ends with", "（单位见值的名称）"},
	"numbers of users":                            {"numbers of users", "号用户"},
	"numbers of processes":                        {"numbers of processes", "号进程"},
	"degrees":                                     {"degrees", "度"},
	"metres":                                      {"metres", "米"},

	"one-event-only": {"the header is for a single event; send many as lines, each with its signature", "该请求头只用于单个事件；多个事件按行发送，各带签名"},
	"base64url":      {"it is not 64 bytes in base64url without padding", "不是 64 字节的 base64url（不带填充）"},
	"not-of-these": {"it is not that of the named key over these bytes; what it covers, GET /docs/verify says",
		"不是所写密钥对这些字节的签名；签名范围见 GET /docs/verify"},
}
