package law

// Form of an event.
const (
	MalformedJSON                Code = "malformed-json"
	InvalidAttribute             Code = "invalid-attribute"
	UnknownType                  Code = "unknown-type"
	InvalidData                  Code = "invalid-data"
	EventTooLarge                Code = "event-too-large"
	InvalidSignature             Code = "invalid-signature"
	SignatureNeedsStructuredMode Code = "signature-needs-structured-mode"
)

var formCodes = []Text{
	{MalformedJSON, Answers, []Rule{Schema},
		"JSON 格式错误", "Malformed JSON",
		"", "",
		"按 RFC 8259 和 I-JSON（RFC 7493）发送一个 JSON 对象", "send one JSON object as RFC 8259 and I-JSON (RFC 7493) demand"},
	{InvalidAttribute, Answers, []Rule{Schema},
		"事件属性无效", "Invalid CloudEvents attribute",
		"", "",
		"按 EVENTS.md 改正该属性", "correct the attribute; EVENTS.md describes each"},
	{UnknownType, Answers, []Rule{Schema},
		"未知事件类型", "Unknown event type",
		"", "",
		"GET /v1/types 列出事件类型目录", "GET /v1/types lists the catalogue"},
	{InvalidData, Answers, []Rule{Schema},
		"事件数据无效", "Invalid data",
		"", "",
		"GET /v1/types 有各类事件的模式", "GET /v1/types has the schema of each type"},
	{EventTooLarge, Answers, []Rule{Schema},
		"事件过大", "The event is too large",
		"", "",
		"照片和扫描件请作为证据上传；限额见 GET /v1/limits", "send photos and scans as evidence; GET /v1/limits tells the limits"},
	{InvalidSignature, Answers, []Rule{Pillar1},
		"签名无效", "Invalid signature",
		"{fault:term}[：{key}]", "{fault:term}[: {key}]",
		"对事件确切字节的预认证编码签名（GET /docs/verify），发送 64 字节的 base64url，不带填充",
		"sign the pre-authentication encoding of the exact bytes of the event (GET /docs/verify) and send 64 bytes in " +
			"base64url without padding"},
	{SignatureNeedsStructuredMode, Answers, []Rule{Pillar1},
		"签名须用结构化模式", "Signatures need structured mode",
		"二进制模式下事件由账本拼成，设备没有可签名的字节",
		"in binary mode the ledger assembles the event, so there are no bytes that the device could have signed",
		"用 application/cloudevents+json 发送", "send application/cloudevents+json"},
}

// Requests.
const (
	BadRequest              Code = "bad-request"
	UnsupportedPrecondition Code = "unsupported-precondition"
	UnknownParameter        Code = "unknown-parameter"
	InvalidParameter        Code = "invalid-parameter"
	ParameterNotOfReport    Code = "parameter-not-of-report"
	ReportTooLarge          Code = "report-too-large"
	BeyondHead              Code = "beyond-head"
	UnreadableBody          Code = "unreadable-body"
	HashMismatch            Code = "hash-mismatch"
	Unauthenticated         Code = "unauthenticated"
	Forbidden               Code = "forbidden"
	NotFound                Code = "not-found"
	MethodNotAllowed        Code = "method-not-allowed"
	NotAcceptable           Code = "not-acceptable"
	TooSlow                 Code = "too-slow"
	ScopeChanged            Code = "scope-changed"
	BodyTooLarge            Code = "body-too-large"
	FileTooLarge            Code = "file-too-large"
	BatchSize               Code = "batch-size"
	UnsupportedMediaType    Code = "unsupported-media-type"
	RangeNotSatisfiable     Code = "range-not-satisfiable"
)

var requestCodes = []Text{
	{BadRequest, Answers, nil,
		"请求无法理解", "The request cannot be understood",
		"{fault:term}", "{fault:term}",
		"见 /docs", "see /docs"},
	{UnsupportedPrecondition, Answers, nil,
		"前提条件不受支持", "The precondition is not supported",
		"[If-Match 为 {if_match} ][If-None-Match 为 {if_none_match}]", "[If-Match {if_match} ][If-None-Match {if_none_match}]",
		"发送 If-Match: \"<该事件之前的流版本>\"，新流发送 If-None-Match: *",
		"send If-Match: \"<revision of the stream before this event>\", or If-None-Match: * for a new stream"},
	{UnknownParameter, Answers, nil,
		"未知的查询参数", "Unknown query parameter",
		"没有参数 {parameter}[；可用：{allowed}]", "there is no parameter {parameter}[; there are {allowed}]",
		"本路径的参数见 /docs", "see /docs for the parameters of this route"},
	{InvalidParameter, Answers, nil,
		"参数无效", "Invalid parameter",
		"{parameter}：应为{wanted:term}[，{least} 至 {most}][：{allowed}]",
		"{parameter}: want {wanted:term}[ from {least} to {most}][: {allowed}]",
		"[{because:term}；]本路径的参数见 /docs", "[{because:term}; ]see /docs for the parameters of this route"},
	{ParameterNotOfReport, Answers, []Rule{Pillar15},
		"该报表不能按此参数查询", "The report cannot be asked by this",
		"报表 {report} 没有参数 {parameter}[；可用：{allowed}]", "the report {report} has no parameter {parameter}[; there are {allowed}]",
		"去掉该参数，或改用有该参数的报表：GET /v1/reports 列出各报表的参数；不适用的参数不会被忽略，以免数字被误解",
		"leave it out, or ask a report that has it: GET /v1/reports lists the parameters of each; none is ignored, because the figures would " +
			"be misread"},
	{ReportTooLarge, Answers, []Rule{Pillar15},
		"查询过大", "The question takes too much",
		"超出一次查询的时间、行数或磁盘空间", "it takes more time, rows or disk than one question may have",
		"缩小范围：按 county、sector、from、to 或 rows 分次查询", "ask for less at once: by county, sector, from and to, or by other rows"},
	{BeyondHead, Answers, nil,
		"超出账本末尾", "Beyond the end of the ledger",
		"[所问位置为 {position}，][账本至 {head}]", "[position {position} is asked][, the ledger is at {head}]",
		"查询当前位置以内的位置", "ask for a position up to the current one"},
	{UnreadableBody, Answers, nil,
		"请求体无法读取", "The body could not be read",
		"请求体提前结束", "the body ended early",
		"重新发送请求", "send the request again"},
	{HashMismatch, Answers, nil,
		"内容与 SHA-256 不符", "The bytes do not have this SHA-256",
		"", "",
		"对所发送的确切字节计算 SHA-256", "compute the SHA-256 of exactly the bytes you send"},
	{Unauthenticated, Answers, []Rule{Pillar1},
		"需要有效令牌", "A valid token is needed",
		"", "",
		"发送 Authorization: Bearer 和现在有效的令牌", "send Authorization: Bearer with a token that is valid now"},
	{Forbidden, Answers, []Rule{Roles},
		"该角色无此权限", "The role may not do this",
		"[{role:role}的令牌]不得调用 {operation}", "[a token with role {role:role} ]may not call {operation}",
		"由有权的角色办理；/docs 列出各路径的角色", "let a role do it that may; /docs lists the roles of each route"},
	{NotFound, Answers, nil,
		"未找到", "Not found",
		"[没有 {name}]", "[there is no {name}]",
		"核对地址和编号；无权查看的也答未找到", "check path and id; what you may not see is not found either"},
	{MethodNotAllowed, Answers, nil,
		"方法不允许", "Method not allowed",
		"{method} {path}；允许的方法：{allowed}", "{method} {path}; allowed: {allowed}",
		"见 /docs", "see /docs"},
	{NotAcceptable, Answers, nil,
		"无可接受的格式", "No acceptable form",
		"Accept 为 {accept}", "Accept {accept}",
		"可接受：{allowed}", "accept one of {allowed}"},
	{TooSlow, Answers, nil,
		"请求体传输停顿", "The body came too slowly",
		"收到 {received} 字节后，{within_seconds} 内到达的不足 {least} 字节",
		"after {received} bytes less than {least} came in {within_seconds}",
		"未存储任何内容；请在网络较好处重新发送，或分小批发送：GET /v1/limits 给出最低速度",
		"nothing was stored; send it again, where the network is better, or in smaller parts: GET /v1/limits tells how slow it " +
			"may be"},
	{ScopeChanged, Answers, []Rule{Pillar14},
		"令牌的查阅范围已变化", "What the token may see has changed",
		"", "",
		"不带游标和 Last-Event-ID，重新开始读取", "begin reading anew, without cursor or Last-Event-ID"},
	{BodyTooLarge, Answers, nil,
		"内容过大", "Too large",
		"[{events} 个事件，][{size} 字节；]至多 [{most_events} 个事件、]{most_bytes} 字节",
		"[{events} events, ][{size} bytes; ]at most [{most_events} events and ]{most_bytes} bytes",
		"请减少或缩小事件；照片和扫描件送 /v1/evidence；限额见 GET /v1/limits",
		"send fewer or smaller events; photos and scans go to /v1/evidence. GET /v1/limits tells the limits"},
	{FileTooLarge, Answers, nil,
		"文件过大", "The file is too large",
		"[文件有 {size} 字节，]至多 {most_bytes} 字节", "[the file has {size} bytes, ]at most {most_bytes} bytes",
		"请缩小图片，或分段上传；限额见 GET /v1/limits", "send a smaller picture, or a recording in parts; GET /v1/limits tells the limits"},
	{BatchSize, Answers, nil,
		"批次事件过多", "Too many events in one batch",
		"批次事件超过 {most_events} 个", "the batch has more than {most_events} events",
		"请分批发送；限额见 GET /v1/limits", "send it in parts; GET /v1/limits tells the limits"},
	{UnsupportedMediaType, Answers, nil,
		"不支持的媒体类型", "Unsupported media type",
		"[Content-Type 为 {content_type}][Content-Encoding 为 {content_encoding}：请原样发送字节]",
		"[Content-Type {content_type}][Content-Encoding {content_encoding}: send the bytes as they are]",
		"发送 application/cloudevents+json、application/cloudevents-batch+json，或带 ce- 请求头的 application/json",
		"send application/cloudevents+json, application/cloudevents-batch+json, or application/json with ce- headers"},
	{RangeNotSatisfiable, Answers, nil,
		"所请求的字节范围不存在", "The file has no such range",
		"文件有 {size} 字节", "the file has {size} bytes",
		"请求文件之内的范围，或不带 Range", "ask for a range within the file, or without Range"},
}

// State of the server.
const (
	Busy             Code = "busy"
	TooManyReads     Code = "too-many-reads"
	OverShare        Code = "over-share"
	OverQuota        Code = "over-quota"
	Internal         Code = "internal"
	ReadOnly         Code = "read-only"
	ReadOnlyStart    Code = "read-only-start"
	StoreRefuses     Code = "store-refuses"
	NoSpace          Code = "no-space"
	ClockUnconfirmed Code = "clock-unconfirmed"
	DiskFailure      Code = "disk-failure"
	Full             Code = "full"
	OutcomeUnknown   Code = "outcome-unknown"
	ViewsBehind      Code = "views-behind"
	PositionNotHere  Code = "position-not-here"
	ReportsBehind    Code = "reports-behind"
	NoReports        Code = "no-reports"
	Cancelled        Code = "cancelled"
	Starting         Code = "starting"
)

var stateCodes = []Text{
	{Busy, Answers, nil,
		"待处理追加过多", "Too many appends are waiting",
		"[{what:term}：{most} 个已占满][此类调用方的队列 {most_bytes} 字节已占满]",
		"[{what:term}: all {most} are taken][the queue's {most_bytes} bytes for callers of this kind are taken]",
		"稍后重发同一请求", "send the same request again after a moment"},
	{TooManyReads, Answers, nil,
		"并发查询过多", "Too many expensive reads at once",
		"{what:term}：{most} 个已占满", "{what:term}: all {most} are taken",
		"稍后再试", "try again after a moment"},
	{OverShare, Answers, nil,
		"本令牌的并发份额已用完", "The token's share is in use",
		"{what:term}：本令牌占用 {held}，至多同时 {most}[，另有 {waiting} 个等待]",
		"{what:term}: this token holds {held} of the {most} it may have at once[, and {waiting} more wait]",
		"请等待已有请求结束；份额见 GET /v1/limits", "wait until some of its requests have ended; GET /v1/limits tells the shares"},
	{OverQuota, Answers, nil,
		"本令牌的配额已用完", "The token's quota is spent",
		"{what:term}：本令牌可一次使用 {burst}，每秒补充 {per_second}",
		"{what:term}: this token may spend {burst} at once and {per_second} a second",
		"未存储任何内容；请在 Retry-After 秒后重发；配额见 GET /v1/limits",
		"nothing was stored; send the same request again after the seconds of Retry-After; GET /v1/limits tells the quotas"},
	{Internal, Answers, nil,
		"内部错误", "Internal error",
		"", "",
		"把请求编号告知运维人员", "report the request id to the operator"},
	{ReadOnly, Answers, []Rule{Pillar6},
		"账本只读", "Appends are stopped",
		"[条目 {entry} 由更新的版本写入：请运行写入它的版本][；账本的规则编号为 {adopted}，本程序为 {rules}]", "[entry {entry} is newer than this program: run " +
			"the release that wrote it][; the ledger is judged by the rules of number {adopted}, this program has {rules}]",
		"未存储任何内容；原因见 GET /readyz", "GET /readyz says why; nothing was stored"},
	{ReadOnlyStart, Answers, []Rule{Pillar4},
		"本节点以只读方式启动", "This node was started for reading",
		"", "",
		"未存储任何内容；请发往接受追加的节点", "nothing was stored; send it to the node that takes appends"},
	{StoreRefuses, Answers, []Rule{Pillar3},
		"存储引擎拒绝写入", "The store refuses the block",
		"", "",
		"未存储任何内容，请保留事件；重发无效，须由管理员按 GET /readyz 所述原因处理",
		"nothing was stored, keep the event; sending again does not help before the administrator has dealt with what GET /readyz names"},
	{NoSpace, Answers, nil,
		"存储空间不足", "No space to store the append",
		"", "",
		"未存储任何内容；稍后重发同一请求", "nothing was stored; send the same request again later"},
	{ClockUnconfirmed, Answers, []Rule{Pillar7},
		"服务器时钟未经确认", "The server's clock is not confirmed",
		"", "",
		"未存储任何内容，请保留事件稍后重发；管理员核对服务器时间后运行 anjian clock --confirm",
		"nothing was stored, keep the event and send it again later; at the server: check its clock, then run anjian clock " +
			"--confirm"},
	{DiskFailure, Answers, []Rule{Pillar6},
		"磁盘故障", "The disk fails",
		"", "",
		"未存储任何内容；检查磁盘后重发同一请求", "nothing was stored; have the disk checked, then send the same request again"},
	{Full, Answers, []Rule{Pillar10},
		"账本已满", "The ledger is full",
		"", "",
		"未存储任何内容；在新账本中继续", "continue in a new ledger; nothing was stored"},
	{OutcomeUnknown, Answers, []Rule{Pillar4},
		"结果未知", "The outcome is not known yet",
		"", "",
		"重发相同的字节：事件编号保证安全", "send the same bytes again: the id makes it safe"},
	{ViewsBehind, Answers, nil,
		"视图尚未更新", "The views have not caught up",
		"", "",
		"稍后再试", "try again after a moment"},
	{PositionNotHere, Answers, nil,
		"本节点尚未达到该位置", "This node has not reached the position",
		"请求位置 {position}，本节点至 {head}", "wait_for: position {position}, this node is at {head}",
		"稍后再试，或询问给出该位置的节点", "try again after a moment, or ask the node that gave the position"},
	{ReportsBehind, Answers, []Rule{Pillar15},
		"报表数据库尚未更新", "The report database has not caught up",
		"[需要位置 {position}，][报表数据库至 {head}]", "[position {position} is needed][, the report database is at {head}]",
		"稍后再试：它正在由账本条目生成，GET /readyz 说明进度", "try again after a moment: it is being made of the ledger's entries, and GET /readyz tells how far " +
			"it is"},
	{NoReports, Answers, []Rule{Pillar15},
		"本节点没有报表数据库", "This node keeps no report database",
		"", "",
		"询问有报表数据库的节点，或由管理员启用它", "ask a node that keeps one, or have the administrator switch it on"},
	{Cancelled, Answers, nil,
		"请求已取消", "The request was cancelled",
		"", "",
		"重新发送", "send it again"},
	{Starting, Answers, nil,
		"正在启动", "Starting",
		"已重放 {block} 块，共 {blocks} 块", "block {block} of {blocks} has been replayed",
		"待 GET /readyz 答 200 后再发", "send it again when GET /readyz answers 200"},
}
