package law

import "strings"

// Fault names what is wrong with the form of one member of an event. It is data, as a [Code] is: what
// was found and what may be stands beside it in [Values], and a sentence is made when somebody reads.
type Fault string

// FaultText is what a fault says: templates, as those of codes.
type FaultText struct {
	Fault         Fault
	Says, Chinese string
}

// Says writes the fault in a language. One that is not of the set is written as it is.
func (f Fault) Says(l Language, v Values) string {
	if t := faultTexts[f]; t != nil {
		return l.render(l.pick(t.Says, t.Chinese), v)
	}
	return string(f)
}

// Known reports whether f is of the set.
func (f Fault) Known() bool { return faultTexts[f] != nil }

// Faults returns the set, in the order of the documents. The caller must not change it.
func Faults() []FaultText { return faults }

var faultTexts = indexFaults()

func indexFaults() map[Fault]*FaultText {
	all := map[Fault]*FaultText{}
	for i := range faults {
		all[faults[i].Fault] = &faults[i]
	}
	return all
}

// mostQuoted is how many bytes of what was sent a fault quotes.
const mostQuoted = 60

// Quote is what was sent, or the beginning of it, also when it is empty.
func Quote(name, s string) Value {
	if len(s) > mostQuoted {
		s = strings.ToValidUTF8(s[:mostQuoted], "") + "…"
	}
	return Uncut(name, s)
}

// Members of bodies.
const (
	FaultRequired       Fault = "required"
	FaultUnstated       Fault = "unstated"
	FaultVisible        Fault = "nothing-visible"
	FaultAbsent         Fault = "absent"
	FaultNull           Fault = "null"
	FaultMinusZero      Fault = "minus-zero"
	FaultNoMember       Fault = "no-such-member"
	FaultWantObject     Fault = "want-object"
	FaultWantList       Fault = "want-list"
	FaultWantBoolean    Fault = "want-boolean"
	FaultWantInteger    Fault = "want-integer"
	FaultWantNumber     Fault = "want-number"
	FaultWantString     Fault = "want-string"
	FaultWantTime       Fault = "want-time"
	FaultWantOther      Fault = "want-other"
	FaultRange          Fault = "out-of-range"
	FaultYear           Fault = "year-out-of-range"
	FaultTooFew         Fault = "too-few-elements"
	FaultTooMany        Fault = "too-many-elements"
	FaultTwice          Fault = "stands-twice"
	FaultTooLong        Fault = "too-long"
	FaultNotUTF8        Fault = "not-utf8"
	FaultNoText         Fault = "no-text"
	FaultOneLine        Fault = "one-line"
	FaultNotID          Fault = "not-an-id"
	FaultNotUUID        Fault = "not-a-uuid"
	FaultNotSHA256      Fault = "not-a-sha256"
	FaultNotHash        Fault = "not-a-hash"
	FaultNotCode        Fault = "not-a-code"
	FaultNotRegion      Fault = "not-a-region"
	FaultNotDate        Fault = "not-a-date"
	FaultNotOrigin      Fault = "not-an-origin"
	FaultNotName        Fault = "not-a-value-name"
	FaultBoth           Fault = "stated-and-unknown"
	FaultNotTime        Fault = "not-a-time"
	FaultNotCalendar    Fault = "not-in-calendar"
	FaultNotPrecision   Fault = "not-a-precision"
	FaultStreamForm     Fault = "not-a-stream"
	FaultStreamKind     Fault = "not-a-stream-kind"
	FaultStreamID       Fault = "not-a-stream-id"
	FaultAfterStart     Fault = "not-after-start"
	FaultAfterFrom      Fault = "not-after-from"
	FaultFineOnly       Fault = "fines-only"
	FaultOneContent     Fault = "one-content"
	FaultReason         Fault = "reason-needed"
	FaultRegionKnown    Fault = "region-is-known"
	FaultForRole        Fault = "required-for-role"
	FaultInjured        Fault = "injured-counts-all"
	FaultListedTwice    Fault = "listed-twice"
	FaultOtherTable     Fault = "of-another-table"
	FaultForTable       Fault = "required-for-table"
	FaultForMatter      Fault = "required-for-matter"
	FaultForManner      Fault = "required-for-manner"
	FaultPart           Fault = "not-a-part"
	FaultYearIsWhole    Fault = "year-is-whole"
	FaultNotBeforeFrom  Fault = "before-from"
	FaultOverlap        Fault = "overlaps"
	FaultBelowFirst     Fault = "below-first"
	FaultNothingChanges Fault = "nothing-changes"
	FaultNoSuccessor    Fault = "no-successor"
	FaultOneCurrency    Fault = "one-currency"
	FaultSubjectOrScope Fault = "subject-or-scope"
	FaultOtherYear      Fault = "of-another-year"
	FaultLongHoliday    Fault = "holiday-too-long"
	FaultWorkedHoliday  Fault = "worked-on-a-holiday"
	FaultWorkedWeekday  Fault = "worked-weekday"
	FaultGroundsOfFault Fault = "grounds-of-fault"
	FaultFindsOfProblem Fault = "findings-of-problem"
	FaultVisitOrSubject Fault = "visit-or-subject"
	FaultOfVisit        Fault = "findings-of-visit"
	FaultSpecVersion    Fault = "not-specversion-1"
	FaultSource         Fault = "not-a-source"
	FaultContentType    Fault = "not-json-data"
	FaultURI            Fault = "not-a-uri"
	FaultBase64Data     Fault = "base64-data"
	FaultBytes          Fault = "wrong-length"
	FaultRevision       Fault = "not-a-revision"
	FaultKeySeq         Fault = "not-a-keyseq"
	FaultInteger32      Fault = "not-32-bits"
	FaultAttributeName  Fault = "not-an-attribute-name"
	FaultAttributeValue Fault = "not-an-attribute-value"
	FaultWrongKind      Fault = "another-stream-kind"
	FaultSignedSource   Fault = "signed-needs-key-source"
	FaultNotKeyID       Fault = "not-a-key-id"
	FaultSignedLedger   Fault = "signed-needs-ledger"
	FaultSignedSeq      Fault = "signed-needs-keyseq"
	FaultKeyPrev        Fault = "keyprev-and-keyseq"
	FaultNoType         Fault = "not-in-catalogue"
	FaultSize           Fault = "too-many-bytes"
	FaultOneObject      Fault = "not-one-object"
	FaultRawBreak       Fault = "raw-line-break"
	FaultBehind         Fault = "bytes-behind"
	FaultJSON           Fault = "not-json"
	FaultJSONEnds       Fault = "json-ends-early"
	FaultJSONTwice      Fault = "name-twice"
	FaultJSONUTF8       Fault = "json-not-utf8"
	FaultNotArray       Fault = "not-an-array"
	FaultSignedLine     Fault = "not-a-signed-line"
	FaultBinaryBody     Fault = "not-one-json-value"
	FaultHeaderTwice    Fault = "header-twice"
	FaultNotBinary      Fault = "not-in-binary-mode"
	FaultHeaderUTF8     Fault = "header-not-utf8"
)

var faults = []FaultText{
	{FaultRequired, "required", "必填"},
	{FaultUnstated, "required; if it is not known, leave it out and name it in unknown", "必填；不知道的，省略该项并列入 unknown"},
	{FaultVisible, "required, with at least one visible character", "必填，至少有一个可见字符"},
	{FaultAbsent, "required: absence is never a statement", "必填：省略不表示任何内容"},
	{FaultNull, "null is written nowhere: leave the member out", "不得写 null：请省略该项"},
	{FaultMinusZero, "-0 is no number of an event: write 0", "事件中不写 -0：请写 0"},
	{FaultNoMember, "there is no such member", "没有此项"},
	{FaultWantObject, "want an object", "应为对象"},
	{FaultWantList, "want a list", "应为列表"},
	{FaultWantBoolean, "want true or false", "应为 true 或 false"},
	{FaultWantInteger, "want an integer without fraction and exponent, {least}…{most}[ {unit:term}]",
		"应为不带小数和指数的整数，{least}…{most}[ {unit:term}]"},
	{FaultWantNumber, "want a number, {least}…{most}[ {unit:term}]", "应为数，{least}…{most}[ {unit:term}]"},
	{FaultWantString, "want a string[, not {found:term}]", "应为字符串[，不是{found:term}]"},
	{FaultWantTime, "want a time, not {found:term}", "应为时间，不是{found:term}"},
	{FaultWantOther, "want another value", "应为其他值"},
	{FaultRange, "{value} is not within {least}…{most}[ {unit:term}]", "{value} 不在 {least}…{most}[ {unit:term}]之内"},
	{FaultYear, "year {value} is not within {least}…{most}", "年份 {value} 不在 {least}…{most} 之内"},
	{FaultTooFew, "required, {least}…{most} elements", "必填，{least}…{most} 个元素"},
	{FaultTooMany, "{count} elements, at most {most}", "有 {count} 个元素，至多 {most} 个"},
	{FaultTwice, `"{value}" stands twice`, `"{value}" 出现两次`},
	{FaultTooLong, "{count} characters, at most {most}", "有 {count} 个字符，至多 {most} 个"},
	{FaultNotUTF8, "character {place} is not UTF-8", "第 {place} 个字符不是 UTF-8"},
	{FaultNoText, "{character} at character {place} is no text: {what:term}", "第 {place} 个字符 {character} 不是文字：{what:term}"},
	{FaultOneLine, "{character} at character {place}: line feed and tabulator may stand in text of several lines only",
		"第 {place} 个字符 {character}：换行和制表符只能用于多行文字"},
	{FaultNotID, `"{value}" is no id: 1 to {most} characters of A-Z a-z 0-9 . _ - that do not begin with a dot`,
		`"{value}" 不是编号：1 至 {most} 个字符，限 A-Z a-z 0-9 . _ -，不以点开头`},
	{FaultNotUUID, `"{value}" is no id of an event, a UUID in canonical lower-case form`, `"{value}" 不是事件编号：应为小写标准形式的 UUID`},
	{FaultNotSHA256, "want 64 lower-case hexadecimal digits of a SHA-256", "应为 SHA-256 的 64 位小写十六进制数"},
	{FaultNotHash, "want a SHA-256 in base64url without padding, 43 characters", "应为 base64url（不带填充）的 SHA-256，43 个字符"},
	{FaultNotCode, `"{value}" is [not one of {codes}][no code of {table} ({table_zh}), such as {example}]`,
		`"{value}" [不是 {codes} 之一][不是{table_zh}（{table}）的代码，例如 {example}]`},
	{FaultNotRegion, `"{value}" is no region of this city: 6, 9 or 12 digits, of a county or zone of the list`,
		`"{value}" 不是本市的区划代码：6、9 或 12 位数字，属于代码表中的县区或园区`},
	{FaultNotDate, `"{value}" is no date YYYY-MM-DD from {least} to {most}`, `"{value}" 不是 {least} 至 {most} 年的日期 YYYY-MM-DD`},
	{FaultNotOrigin, `"{value}" is no origin: a name, a slash and eight hexadecimal digits, at most {most} bytes`,
		`"{value}" 不是账本标识：名称、斜杠和 8 位十六进制数，至多 {most} 字节`},
	{FaultNotName, "no name of a value: 1 to {most} of a-z 0-9 _", "不是值的名称：1 至 {most} 个字符，限 a-z 0-9 _"},
	{FaultBoth, "{member} is stated; a member is stated or named in unknown", "{member} 已写明；一项或者写明，或者列入 unknown"},
	{FaultNotTime, `"{value}", want RFC 3339 such as 2019-12-02T09:30:00+08:00`, `"{value}"，应为 RFC 3339 时间，如 2019-12-02T09:30:00+08:00`},
	{FaultNotCalendar, `"{value}" is no time of the calendar`, `"{value}" 不是日历上的时间`},
	{FaultNotPrecision, `"{value}", want day, month or year, or nothing for an exact time`, `"{value}"，应为 day、month 或 year；确切时间不写`},
	{FaultStreamForm, `"{value}", want kind/id`, `"{value}"，应为 种类/编号`},
	{FaultStreamKind, `"{value}" is no kind of stream`, `"{value}" 不是流的种类`},
	{FaultStreamID, `"{value}": the id must be 1 to {most} characters of A-Z a-z 0-9 . _ - and not begin with a dot`,
		`"{value}"：编号应为 1 至 {most} 个字符，限 A-Z a-z 0-9 . _ -，不以点开头`},
	{FaultAfterStart, "must be after start", "应在 start 之后"},
	{FaultAfterFrom, "must be after from", "应在 from 之后"},
	{FaultOneContent, "{count} members have a content; give the one of the fact's type", "有 {count} 个成员给出内容；只写该事实类型的一个"},
	{FaultFineOnly, "belongs to kind fine only", "只用于种类 fine（罚款）"},
	{FaultReason, "required for answer not-applicable", "回答 not-applicable（不适用）时必填"},
	{FaultRegionKnown, "only the region of an imported subject may be unknown", "只有导入的检查对象可以不知道区划"},
	{FaultForRole, "required for role {role}", "角色{role:term}必填"},
	{FaultInjured, "{count}, and {seriously} of them seriously; injured counts all", "{count} 人，其中重伤 {seriously} 人；受伤人数包括全部伤者"},
	{FaultListedTwice, `"{value}" is listed twice`, `"{value}" 列出两次`},
	{FaultOtherTable, "belongs to the table {table}", "属于代码表 {table}"},
	{FaultForTable, "required for the table {table}", "代码表 {table} 必填"},
	{FaultForMatter, "required for the matter {matter}", "事项 {matter} 必填"},
	{FaultForManner, "required for the manner {manner}", "督办方式 {manner} 必填"},
	{FaultPart, "part {part} of {parts}: at most that many", "第 {part} 部分，共 {parts} 部分：不得超过"},
	{FaultYearIsWhole, "a year comes whole", "一年的节假日不分部分"},
	{FaultNotBeforeFrom, "must not be before from", "不得早于 from"},
	{FaultNothingChanges, "nothing is stated that changes", "没有写明任何变更"},
	{FaultNoSuccessor, "what is dissolved has no successor", "解散的对象没有承继对象"},
	{FaultOneCurrency, "must be the currency of required", "币种须与 required 相同"},
	{FaultSubjectOrScope, "a subject, a county or sectors, at least one of them", "检查对象、县区、行业领域至少写明一项"},
	{FaultBelowFirst, "must not be below first", "不得小于 first"},
	{FaultOverlap, `overlaps "{value}"`, `与 "{value}" 重叠`},
	{FaultOtherYear, "does not lie in {year} or at its New Year", "不在 {year} 年内，也不在该年元旦前后"},
	{FaultLongHoliday, "more than {most} days off: check the dates", "连续放假超过 {most} 天：请核对日期"},
	{FaultWorkedHoliday, `is a day off as well ({value})`, `同时列为放假日（{value}）`},
	{FaultWorkedWeekday, "is worked anyway: only a Saturday or Sunday is exchanged", "本来就上班：调休的只是星期六或星期日"},
	{FaultGroundsOfFault, "must be named where there is fault, and only there", "有责任时必填，无责任时不填"},
	{FaultFindsOfProblem, "must be named where there is a problem, and only there", "发现问题时必填，未发现时不填"},
	{FaultVisitOrSubject, "name a visit, or a subject", "写检查或当事人"},
	{FaultOfVisit, "required with a visit, and only there", "写检查时必填，否则不填"},
	{FaultSpecVersion, `"{value}", want "1.0"`, `"{value}"，应为 "1.0"`},
	{FaultSource, "required, a URI-reference (RFC 3986) of at most {most} bytes, what is not ASCII percent-encoded",
		"必填，URI-reference（RFC 3986），至多 {most} 字节，非 ASCII 字符用百分号编码"},
	{FaultContentType, `"{value}", want application/json`, `"{value}"，应为 application/json`},
	{FaultURI, `"{value}" is no absolute URI`, `"{value}" 不是绝对 URI`},
	{FaultBase64Data, "send data as JSON, files as evidence", "数据用 JSON 发送，文件作为证据上传"},
	{FaultBytes, "want 1 to {most} bytes of text", "应为 1 至 {most} 字节的文字"},
	{FaultRevision, "{value} is no revision: -1 for a new stream, or 0 and more", "{value} 不是版本：新流为 -1，否则为 0 或更大"},
	{FaultKeySeq, "{value}: want 0, 1, 2 … per key", "{value}：每个密钥依次为 0、1、2……"},
	{FaultInteger32, "{value} is no whole number of 32 bits", "{value} 不是 32 位整数"},
	{FaultAttributeName, "extension attributes have 1 to 20 characters a-z 0-9, at most {most} of them",
		"扩展属性名为 1 至 20 个字符，限 a-z 0-9，至多 {most} 个"},
	{FaultAttributeValue, "CloudEvents attributes are strings, booleans or integers", "CloudEvents 属性为字符串、布尔值或整数"},
	{FaultWrongKind, "{type} belongs to a stream {kind}/…, not {stream}", "{type} 属于流 {kind}/…，不是 {stream}"},
	{FaultSignedSource, "an event with keyseq or keyprev is a signed one: its source is urn:anjian:key: and the key's id",
		"带 keyseq 或 keyprev 的是签名事件：其 source 为 urn:anjian:key: 加密钥编号"},
	{FaultNotKeyID, `"{value}" is no key id: 43 characters in base64url`, `"{value}" 不是密钥编号：base64url，43 个字符`},
	{FaultSignedLedger, "required in a signed event: the origin that GET /v1/log tells", "签名事件必填：GET /v1/log 给出的账本标识"},
	{FaultSignedSeq, "required in a signed event: 0, 1, 2 … per key", "签名事件必填：每个密钥依次为 0、1、2……"},
	{FaultKeyPrev, "the hash of the event that this key signed before, and nothing at keyseq 0", "该密钥签名的上一个事件的哈希；keyseq 为 0 时不写"},
	{FaultNoType, `"{value}" is not in the catalogue; see GET /v1/types or EVENTS.md`, `目录中没有 "{value}"；见 GET /v1/types 或 EVENTS.md`},
	{FaultSize, "the event has {count} bytes, at most {most}; send photos and scans as evidence", "事件有 {count} 字节，至多 {most}；照片和扫描件作为证据上传"},
	{FaultOneObject, "want one JSON object in the CloudEvents 1.0 format, with nothing before or behind it",
		"应为一个 CloudEvents 1.0 格式的 JSON 对象，前后无其他内容"},
	{FaultRawBreak, "the event must be one line, without a raw line feed or carriage return", "事件应为一行，不含换行符和回车符"},
	{FaultBehind, "bytes after the end", "结尾之后还有内容"},
	{FaultJSON, "no JSON at byte {place}", "第 {place} 字节处不是 JSON"},
	{FaultJSONEnds, "the JSON ends early", "JSON 提前结束"},
	{FaultJSONTwice, "the name stands twice in one object", "同一对象中名称出现两次"},
	{FaultJSONUTF8, "not UTF-8 at byte {place}", "第 {place} 字节处不是 UTF-8"},
	{FaultNotArray, "want a JSON array of CloudEvents", "应为 CloudEvents 的 JSON 数组"},
	{FaultSignedLine, `line {line}: want {line_form} with these two members so and no blank outside the event`,
		`第 {line} 行：应为 {line_form}，只有这两项，事件之外无空白`},
	{FaultBinaryBody, "the body is not one JSON value", "请求体不是一个 JSON 值"},
	{FaultHeaderTwice, "given more than once", "给出多次"},
	{FaultNotBinary, "it is not an attribute of binary mode", "二进制模式没有此属性"},
	{FaultHeaderUTF8, "invalid UTF-8", "不是 UTF-8"},
}
