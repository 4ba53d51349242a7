package law

import "github.com/anjian-ledger/anjian/domain/codes"

// Term writes a value that stands in no code table in words; one that has none stands as it is.
func (l Language) Term(code string) string { return l.word("term", code) }

// word writes a coded value in words: those of a code table, or [terms]. A value that the table does
// not have stands as it is: plans may name recipients of their own, and imports any code.
func (l Language) word(table, code string) string {
	if table == "term" {
		if t, ok := terms[code]; ok {
			return l.pick(t.english, t.chinese)
		}
		return code
	}
	if t := codes.TableOf(table); t != nil {
		if c, ok := t.Of(code); ok {
			return l.pick(c.English, c.Chinese)
		}
	}
	return code
}

// terms are the words of sentences that depend on the case and stand in no code table: what is
// wrong, what was wanted, what ran out.
var terms = map[string]struct{ english, chinese string }{
	"start":       {"start", "开始"},
	"arrival":     {"arrival", "到达"},
	"site-record": {"site record", "核查记录"},

	"sealing-json":       {"want a JSON object of these members and no others", "应为只含这些成员的 JSON 对象"},
	"tip-json":           {"want a JSON object of these members and no others", "应为只含这些成员的 JSON 对象"},
	"tip-members":        {"want an id that is a UUID, and a content of some UTF-8", "应有 UUID 编号和 UTF-8 的举报内容"},
	"tip-event":          {"want an unsigned tip-received in the stream tip/ and its id", "应为未签名的 tip-received，流为 tip/ 加事件编号"},
	"tip-files":          {"want the files that the event names, in base64, and no others", "应附事件所写的文件（base64），不附其他"},
	"evaluation-members": {"want an id that is a UUID, the code of the notice and the four answers", "应有 UUID 编号、告示上的评价码和四项评价"},
	"evaluation-event": {"want an unsigned conduct-evaluated in the stream evaluation/ and the hash of its code",
		"应为未签名的 conduct-evaluated，流为 evaluation/ 加评价码的哈希"},
	"sealing-event":  {"want the id of the event", "应写明事件编号"},
	"sealing-type":   {"want a type of GET /v1/types", "应为 GET /v1/types 所列的类型"},
	"sealing-member": {"the type has no sealed member of that name", "该类型没有此名的密封成员"},
	"sealing-text":   {"want 1 to 65,423 bytes of UTF-8", "应为 1 至 65423 字节的 UTF-8 文字"},
	"sealing-to": {"want a key of GET /v1/sealing-keys that is not destroyed and of these roles only",
		"应为 GET /v1/sealing-keys 中未销毁且只属于可拆封角色的密钥"},
	"opens-not":    {"the file was not sealed for this event and member, or was changed", "文件不是为该事件和成员密封的，或已改动"},
	"opens-other":  {"the text is not the one that the event commits to", "文字与事件承诺的不符"},
	"master-none":  {"it was given no master key", "未提供主密钥"},
	"master-other": {"its master key is not the one that wrapped this key", "主密钥不是加密该密钥的那一个"},
	"master-lost":  {"the file of this key is missing", "该密钥的文件缺失"},

	"of-another":      {"is not this author's", "不属于该作者"},
	"revoked":         {"is revoked", "已撤销"},
	"ended":           {"ended", "已到期"},
	"justification":   {"the justification", "重复检查的说明"},
	"correction":      {"the correction", "更正"},
	"withdrawal":      {"the withdrawal", "撤回"},
	"no-penalty":      {"the decision not to punish", "不予处罚决定"},
	"expensive-reads": {"expensive reads", "复杂查询"},
	"counted-reports": {"reports being counted", "正在统计的报表"},
	"live-streams":    {"live streams", "实时流"},
	"downloads":       {"downloads", "下载"},
	"exports":         {"exports of registers", "登记簿导出"},
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
	"date-or-time": {"RFC 3339 such as 2019-12-02T09:30:00%2B08:00, or a date YYYY-MM-DD",
		"RFC 3339 时间（如 2019-12-02T09:30:00%2B08:00）或日期 YYYY-MM-DD"},
	"given-once":  {"it once only", "只写一次"},
	"event-type":  {"a type of GET /v1/types", "GET /v1/types 所列的类型"},
	"stream-name": {"kind/id of a stream, or a kind", "流的 种类/编号，或一个种类"},
	"list-cursor": {"the cursor (next) of the page before, with all other parameters as they were",
		"上一页的游标（next），其他参数不变"},
	"found-newest":   {"nothing beside q: what is found comes as it was written, the newest first", "不与 q 同用：查到的按写入次序，最新的在前"},
	"sorted-by-time": {"a sort by time: since and until bound it", "按时间排序：since 和 until 限定所排的时间"},
	"date":           {"a date YYYY-MM-DD", "日期 YYYY-MM-DD"},
	"number":         {"a whole number", "整数"},
	"report-row":     {"the key of a row, as the report has it", "报表中行的键"},
	"report-rows":    {"names of a report's dimensions with commas between them", "以逗号分隔的报表维度名"},
	"report-bands":   {"ascending whole numbers with commas, as many as", "升序整数，以逗号分隔，个数同"},
	"page-cursor":    {"the cursor of the page before, or the id of a message", "上一页的游标，或消息的编号"},
	"not-above-new":  {"a number not larger than new", "不大于 new 的整数"},
	"sha256-hex":     {"64 hexadecimal digits", "64 位十六进制数"},
	"one-event-only": {"the header is for a single event; send many as lines, each with its signature", "该请求头只用于单个事件；多个事件按行发送，各带签名"},
	"base64url":      {"it is not 64 bytes in base64url without padding", "不是 64 字节的 base64url（不带填充）"},
	"not-of-these": {"it is not that of the named key over these bytes; what it covers, GET /docs/verify says",
		"不是所写密钥对这些字节的签名；签名范围见 GET /docs/verify"},
	"position-or-time": {"a position, RFC 3339 such as 2019-12-02T09:30:00%2B08:00, or a date YYYY-MM-DD",
		"位置、RFC 3339 时间（如 2019-12-02T09:30:00%2B08:00）或日期 YYYY-MM-DD"},
	"not-empty":         {"a value; leave the parameter out to ask for everything", "非空的值；不加限制时请省去该参数"},
	"percent-encoded":   {"UTF-8 in percent-encoding", "百分号编码的 UTF-8"},
	"one-of-these":      {"one of these", "下列之一"},
	"known-campaign":    {"the id of a campaign of this ledger", "本账本中某一专项行动的编号"},
	"stream-id":         {"an id: 1 to 64 of A-Z a-z 0-9 . _ -", "编号：1 至 64 个 A-Z a-z 0-9 . _ -"},
	"plus-is-space":     {"in a query + means a space: write it as %2B", "查询串中的 + 表示空格，应写作 %2B"},
	"not-above-to":      {"a bound not above the other one", "不大于另一端的界限"},
	"key-not-base64url": {"the key is not base64url without padding", "密钥不是 base64url（不带填充）"},
	"key-of-no-suite":   {"the suite is neither ecdsa-p256-sha256 nor ed25519", "算法既不是 ecdsa-p256-sha256 也不是 ed25519"},
	"key-no-spki": {"the key is no SubjectPublicKeyInfo (DER) of its suite, as exportKey(\"spki\") of WebCrypto gives it",
		"密钥不是该算法的 SubjectPublicKeyInfo（DER），即 WebCrypto exportKey(\"spki\") 的结果"},
	"key-no-point":      {"the key is no point of the curve in canonical encoding", "密钥不是曲线上规范编码的点"},
	"key-neutral-point": {"the key is the neutral point: one signature would fit every event", "密钥是零点：一个签名可用于所有事件"},
	"key-small-order":   {"the key's point is not of prime order", "密钥的点不是素数阶"},
	"json-null":         {"null", "空值 null"},
	"json-boolean":      {"true or false", "布尔值"},
	"json-string":       {"a string", "字符串"},
	"json-number":       {"a number", "数"},
	"json-object":       {"an object", "对象"},
	"json-array":        {"a list", "列表"},
	"json-nothing":      {"nothing", "空"},
	"noncharacter":      {"noncharacter", "非字符"},
	"persons":           {"persons", "人"},
	"visits":            {"visits", "次检查"},
	"documents":         {"documents", "份材料"},
	"bytes":             {"bytes", "字节"},
	"entries":           {"entries", "条目"},
	"days":              {"days", "天"},
	"hours":             {"hours", "小时"},
	"minutes":           {"minutes", "分钟"},
	"seconds":           {"seconds", "秒"},
	"degrees":           {"degrees", "度"},
	"metres":            {"metres", "米"},
}
