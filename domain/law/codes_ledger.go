package law

// Streams, authors and order.
const (
	WrongStream       Code = "wrong-stream"
	LedgerStream      Code = "ledger-stream"
	DateRequired      Code = "date-required"
	IDTaken           Code = "id-taken"
	NameNotYours      Code = "name-not-yours"
	VisitName         Code = "visit-name"
	NotYourScope      Code = "not-your-scope"
	NotYourCounty     Code = "not-your-county"
	NotYourSector     Code = "not-your-sector"
	ClockSkew         Code = "clock-skew"
	LateSync          Code = "late-sync"
	EmptyRequest      Code = "empty-request"
	IDReserved        Code = "id-reserved"
	IDVersion         Code = "id-version"
	OriginIDRequired  Code = "originid-required"
	RevisionNotKnown  Code = "revision-not-known"
	IDReused          Code = "id-reused"
	WrongRevision     Code = "wrong-revision"
	WrongLedger       Code = "wrong-ledger"
	EntryTooLarge     Code = "entry-too-large"
	EntryNotEncodable Code = "entry-not-encodable"
	UnknownPosition   Code = "unknown-position"
	NotBegun          Code = "not-begun"
)

var orderCodes = []Text{
	{WrongStream, Refuses, []Rule{Pillar2, Pillar7},
		"事件与流不符", "The event does not belong to this stream",
		"{type} 属于 {wanted}，不属于 {stream}", "{type} belongs to {wanted}, not to {stream}",
		"追加到 {wanted}", "append it to {wanted}"},
	{LedgerStream, Refuses, []Rule{Pillar6},
		"账本自用的流", "Only the ledger writes to this stream",
		"只有账本自身写入 {stream}", "only the ledger itself writes to {stream}",
		"换用其他种类的流", "use a stream of another kind"},
	{DateRequired, Refuses, []Rule{Pillar7},
		"缺少日期", "The day is missing",
		"timeprecision {precision} 只用于他人早先所作的记录",
		"timeprecision {precision} is for records that others wrote long ago; the author of a new event knows the day",
		"写明日期：timeprecision 为 day，或完整时间", "state the date: timeprecision day, or a full time"},
	{IDTaken, Refuses, []Rule{Pillar14},
		"编号已被占用", "The id is taken",
		"编号 {stream} 已被占用", "the id of {stream} is taken",
		"换用编号", "use another id"},
	{NameNotYours, Refuses, []Rule{Pillar14},
		"编号不归本人使用", "The name is not yours to give",
		"{stream} 不以本督查组、本单位（限制查阅的以本人）的编号和点开头",
		"{stream} does not begin with your team or unit, or in a restricted kind with you, and a dot",
		"以 {owner}. 开头命名", "name it {owner}. and something new"},
	{VisitName, Refuses, []Rule{Pillar14},
		"检查编号的形式不符", "The name of a visit has another form",
		"检查的编号由督查组（导入的由令牌的单位）编号、点和小写 UUID 组成；所写的是 {stream}",
		"the id of a visit is that of its team, of an imported one that of the token's unit, a dot, and a UUID in lower " +
			"case; this one is {stream}",
		"命名为 inspection/{owner}.<uuid>", "name it inspection/{owner}.<uuid>"},
	{NotYourScope, Refuses, []Rule{R17},
		"不在本组分工内", "Outside the team's scope",
		"[县区 {county:county}、]行业 {sectors:sector} 不在督查组 {team} 分工内",
		"[county {county:county} and ]sectors {sectors:sector} are not assigned to team {team}",
		"由市安委办登记，或由分工在此的督查组登记", "let the office register it, or a team that is assigned there"},
	{NotYourCounty, Refuses, []Rule{R77},
		"不在本县区", "Another county's",
		"[事件属于县区 {county:county}][；令牌属于县区 {token_county:county}]",
		"[the event is of county {county:county}][; the token is of county {token_county:county}]",
		"由该县区的机关追加", "let the authority of that county append it"},
	{NotYourSector, Refuses, []Rule{R77},
		"不在本行业", "Another sector's",
		"事故没有写明检查对象，单位[ {unit} ]只负责本行业", "the accident names no subject, and the unit[ {unit}] answers for its sectors only",
		"写明本行业的对象，或由县区报告", "name a subject of your sectors, or let the county report it"},
	{ClockSkew, Flags, []Rule{Pillar7},
		"设备时钟超前", "The device's clock runs ahead",
		"作者的时钟为{occurred_at}，比记录时间早了 {ahead_seconds}；通常至多 {most_seconds}",
		"by its author's clock the event occurred at {occurred_at}, {ahead_seconds} after it was recorded; at most {most_seconds} are usual",
		"校准设备时钟，并说明原因", "set the device's clock, and explain it"},
	{LateSync, Flags, []Rule{R13},
		"同步过晚", "Synchronised late",
		"发生于{occurred_at}，{late_minutes} 后才记录；通常至多 {most_hours}",
		"the event occurred at {occurred_at} and was recorded {late_minutes} later; at most {most_hours} are usual",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{EmptyRequest, Refuses, []Rule{Pillar1},
		"请求中没有事件", "The request has no event",
		"", "",
		"至少发送一个事件", "send at least one event"},
	{IDReserved, Refuses, []Rule{Pillar1},
		"编号版本为账本专用", "UUIDs of version 8 are the ledger's own",
		"", "",
		"生成第 4 或第 7 版 UUID", "make a UUID of version 4 or 7"},
	{OriginIDRequired, Refuses, []Rule{Pillar1},
		"缺少来源编号", "The source's own id is missing",
		"编号 {event} 是第 5 版 UUID，事件没有写明由哪条记录生成",
		"id {event} is of version 5, and the event does not say which record it is made of",
		"在 originid 中写明来源对该记录的编号，或换用第 4、7 版 UUID",
		"state as originid what the source calls the record, or make a UUID of version 4 or 7"},
	{RevisionNotKnown, Refuses, []Rule{Pillar14},
		"无从知晓的版本号", "The revision of this stream is not for its author to know",
		"确认不能取决于 {stream} 的版本号，其作者无权查看其中的事件",
		"a confirmation cannot depend on the revision of {stream}, whose events its author may not see",
		"不带 expectedrevision、If-Match、If-None-Match 发送", "send the event without expectedrevision, If-Match or If-None-Match"},
	{IDVersion, Refuses, []Rule{Pillar1},
		"编号版本不可用", "The id's version is not taken",
		"编号 {event} 是第 {version} 版 UUID", "id {event} is of version {version}",
		"生成第 4 或第 7 版 UUID（RFC 9562）；导入可用第 5 版", "make a UUID of version 4 or 7 (RFC 9562); importers may use 5"},
	{IDReused, Answers, []Rule{Pillar1},
		"事件编号已用于其他内容", "The event id was used for other bytes",
		"事件编号 {event} 已用于字节不同的事件", "event id {event} was already used for an event with other bytes",
		"[如为重发：它是条目 {entry}；]如为重发，请发送与之前相同的字节；新的事实用新的编号",
		"[if you are resending: it is entry {entry}; ]send the same bytes as before if you are resending; a new fact has an " +
			"id of its own"},
	{WrongRevision, Answers, []Rule{Pillar2},
		"事件流版本已变化", "The stream has moved on",
		"流 {stream} 的版本是 {revision}，所写的是 {expected}",
		"stream {stream} has revision {revision}, the request expects {expected}",
		"读取该流，重新判断，并发送新的版本号", "read the stream, decide again, and send the new revision"},
	{WrongLedger, Refuses, []Rule{Pillar1},
		"事件属于另一个账本", "The event is for another ledger",
		"事件属于账本 {meant}，本账本是 {origin}", "the event is for ledger {meant}, this ledger is {origin}",
		"发送到它所写的账本，或为本账本重写：GET /v1/log 给出账本标识",
		"send it to the ledger that it was written for, or write it anew for this one: GET /v1/log tells the origin"},
	{EntryTooLarge, Refuses, []Rule{Pillar1},
		"记录过大", "The entry is too large",
		"记录有 {size} 字节，至多 {most}", "the entry has {size} bytes; at most {most} are allowed",
		"缩短事件；照片和扫描件作为证据上传", "shorten the event; send photos and scans as evidence"},
	{EntryNotEncodable, Refuses, []Rule{Pillar1},
		"内容无法编入记录", "The value cannot be written into an entry",
		"", "",
		"改正事件；服务器日志写明原因", "correct the event; the log of the server says why"},
	{UnknownPosition, Refuses, []Rule{Pillar7},
		"没有这个位置", "There is no such position",
		"此前没有条目 {position}", "there is no entry {position} before this one",
		"写明第一条记录时间有误的条目", "name the first entry whose recorded time is wrong"},
	{NotBegun, Refuses, []Rule{Pillar2},
		"没有这个流", "There is no such stream",
		"{stream} 还没有条目", "{stream} has no entry yet",
		"先追加 {types}", "append {types} first"},
}

// Keys and signatures.
const (
	Unsigned             Code = "unsigned"
	SignatureMissing     Code = "signature-missing"
	SourceNamesNoKey     Code = "source-names-no-key"
	KeyUnknown           Code = "key-unknown"
	KeyNotYours          Code = "key-not-yours"
	KeyRevoked           Code = "key-revoked"
	KeyNotConfirmed      Code = "key-not-confirmed"
	MalformedKey         Code = "malformed-key"
	KeyNotPossessed      Code = "key-not-possessed"
	KeyBoundToAnother    Code = "key-bound-to-another"
	KeyWasRevoked        Code = "key-was-revoked"
	KeyAlreadyRegistered Code = "key-already-registered"
	UnknownRegistration  Code = "unknown-registration"
	NotASecondPerson     Code = "not-a-second-person"
	OtherContent         Code = "other-content"
	KeyAlreadyConfirmed  Code = "key-already-confirmed"
	UnknownKey           Code = "unknown-key"
)

var keysCodes = []Text{
	{Unsigned, Flags, []Rule{Pillar1},
		"有密钥而未签名", "Not signed, though the person has a key",
		"", "",
		"用已确认的密钥签名，或说明原因", "sign with the confirmed key, or explain it"},
	{SignatureMissing, Refuses, []Rule{Pillar1},
		"缺少签名", "The signature is missing",
		"事件的 source 写明由密钥 {key} 签名", "the event's source says that key {key} signed it",
		"随事件发送签名：可能是代理丢弃了请求头", "send the signature with the event: a proxy may have dropped its header"},
	{SourceNamesNoKey, Refuses, []Rule{Pillar1},
		"有签名而未写明密钥", "There is a signature, and no key is named",
		"", "",
		"source 写 urn:anjian:key: 加密钥编号，并写 ledger、keyseq、keyprev，对这些字节签名",
		"write source as urn:anjian:key: and the key's id, with ledger, keyseq and keyprev, and sign those bytes"},
	{KeyUnknown, Refuses, []Rule{Pillar1},
		"密钥未登记", "The key is not registered",
		"密钥 {key} 未登记", "key {key} is not registered",
		"先登记密钥（key-registered），或用已登记的密钥签名", "register the key first (key-registered), or sign with one that is registered"},
	{KeyNotYours, Refuses, []Rule{Pillar1},
		"不是本人的密钥", "The key is somebody else's",
		"密钥 {key} 不属于[ {person}，即]令牌的人员", "key {key} is none of the token's person[, {person}]",
		"使用密钥所属人员的令牌", "use the token of the person whose key it is"},
	{KeyRevoked, Flags, []Rule{Pillar1},
		"密钥已撤销", "The key was revoked",
		"由密钥 {key} 签名，送达前该密钥已撤销", "the event was signed by key {key}, which was revoked before the event arrived",
		"换用新密钥签名", "sign with a new key"},
	{KeyNotConfirmed, Flags, []Rule{Pillar1},
		"密钥未确认", "The key is not confirmed",
		"由密钥 {key} 签名，该密钥尚无人确认", "the event was signed by key {key}, which nobody has confirmed yet",
		"由其他角色的第二人确认（key-confirmed）", "let a second person of another role confirm it (key-confirmed)"},
	{MalformedKey, Refuses, []Rule{Pillar1},
		"密钥格式错误", "The key is malformed",
		"{fault:term}", "{fault:term}",
		"发送 exportKey(\"spki\") 的结果，base64url 编码，不带填充",
		"send what exportKey(\"spki\") gives, in base64url without padding, of a key made by a generator"},
	{KeyNotPossessed, Refuses, []Rule{Pillar1},
		"未证明持有密钥", "Possession of the key is not shown",
		"登记须表明作者持有密钥 {key}", "a registration must show that its author has the key {key}",
		"用所登记的密钥签署登记事件：source 为 urn:anjian:key:{key}，keyseq 为 0",
		"sign the registration with the key that it registers: source urn:anjian:key:{key}, keyseq 0"},
	{KeyBoundToAnother, Refuses, []Rule{Pillar1},
		"密钥已属他人", "The key is bound to another person",
		"密钥 {key} 已属他人", "key {key} is bound to another person",
		"在设备上生成新密钥", "make a new key on the device"},
	{KeyWasRevoked, Refuses, []Rule{Pillar1},
		"密钥已被撤销", "The key was revoked before",
		"密钥 {key} 已被撤销", "key {key} was revoked",
		"需要时在设备上生成新密钥", "make a new key on the device where one is needed"},
	{KeyAlreadyRegistered, Refuses, []Rule{Pillar1},
		"密钥已登记", "The key is registered already",
		"密钥 {key} 已登记", "key {key} is already registered",
		"无须再做", "nothing is left to do"},
	{UnknownRegistration, Refuses, []Rule{Pillar1},
		"没有这项登记", "There is no such registration",
		"{person} 没有登记 {event}", "{person} has no registration {event}",
		"写明该人员一条 key-registered 的编号", "name the id of a key-registered of this person"},
	{NotASecondPerson, Refuses, []Rule{Pillar1},
		"须由第二人确认", "A second person has to confirm",
		"[{person}，]{role:role}不能确认 {owner}（{owner_role:role}）登记的密钥",
		"[{person} as ]{role:role} cannot confirm what {owner} registered as {owner_role:role}",
		"由其他角色的另一人确认，令牌须写明人员", "let another person of another role confirm it, with a token that names that person"},
	{OtherContent, Refuses, []Rule{Pillar1},
		"登记的内容不同", "The registration has other bytes",
		"登记 {event} 的字节有另一个 SHA-256", "the bytes of registration {event} have another SHA-256",
		"读取该登记，确认其字节的 SHA-256", "read the registration and confirm the SHA-256 of its bytes"},
	{KeyAlreadyConfirmed, Refuses, []Rule{Pillar1},
		"密钥已确认", "The key is confirmed already",
		"密钥 {key} 已确认", "key {key} is confirmed",
		"无须再做", "nothing is left to do"},
	{UnknownKey, Refuses, []Rule{Pillar1},
		"没有这个密钥", "There is no such key",
		"{person} 没有密钥 {key}", "{person} has no key {key}",
		"写明该人员已登记的密钥编号", "name the id of one of the person's registered keys"},
}

// Tokens.
const (
	AskedByRequired     Code = "asked-by-required"
	AskedByNotYours     Code = "asked-by-not-yours"
	TokenAlreadyIssued  Code = "token-already-issued"
	TokenStream         Code = "token-stream"
	TokenHashUsed       Code = "token-hash-used"
	TokenExpired        Code = "token-expired"
	UnitIDTooLong       Code = "unit-id-too-long"
	UnknownCounty       Code = "unknown-county"
	UnknownToken        Code = "unknown-token"
	TokenAlreadyRevoked Code = "token-already-revoked"
	TokenNotValid       Code = "token-not-valid"
	RoleMayNotAppend    Code = "role-may-not-append"
)

var tokensCodes = []Text{
	{AskedByRequired, Refuses, []Rule{Pillar1},
		"未写明谁提出", "It is not said who asked",
		"账本是为本机上的某个进程签发和撤销的", "the ledger issues and revokes for somebody at its machine",
		"写明提出请求的进程", "say which process asked"},
	{AskedByNotYours, Refuses, []Rule{Pillar1},
		"asked_by 由账本填写", "Only the ledger says who asked",
		"", "",
		"不写 asked_by", "leave asked_by out"},
	{TokenAlreadyIssued, Refuses, []Rule{Pillar1},
		"该流已签发令牌", "The stream has an issue",
		"{stream} 已签发令牌", "{stream} has an issue",
		"另起新流：token/ 加事件编号", "begin a new stream: token/ and the id of the event"},
	{TokenStream, Refuses, []Rule{Pillar1},
		"令牌的流不符", "The issue begins another stream",
		"签发令牌的事件开始以其自身编号命名的流，而不是 {stream}", "the issue of a token begins the stream of its own id, not {stream}",
		"使用流 token/{event}", "use the stream token/{event}"},
	{TokenHashUsed, Refuses, []Rule{Pillar1},
		"令牌已签发过", "The token was issued before",
		"", "",
		"生成新令牌", "make a new token"},
	{UnitIDTooLong, Refuses, []Rule{Pillar14},
		"单位编号过长", "The unit's id is too long to name visits",
		"导入的检查以 {unit}.<uuid> 命名，单位编号至多 {most} 个字符",
		"the visits it imports are named {unit}.<uuid>, so its id has at most {most} characters",
		"编号至多 {most} 个字符", "choose an id of at most {most} characters"},
	{TokenExpired, Refuses, []Rule{Pillar1},
		"令牌签发前已到期", "The token would have ended before",
		"到期时间{expires_at}在签发之前", "expires: the token would have ended at {expires_at}, before it is issued",
		"选更晚的到期时间", "choose a later time"},
	{UnknownCounty, Refuses, []Rule{R77},
		"没有这个县区", "There is no such county",
		"没有县区 {county:county}", "{county:county} is no county",
		"写明县区或功能区的代码", "name a county or functional zone by its code"},
	{UnknownToken, Refuses, []Rule{Pillar1},
		"没有这个令牌", "There is no such token",
		"{stream} 没有在条目 {token} 签发的令牌", "{stream} has no token issued at {token}",
		"写明 token-issued 条目的位置及其流", "name the position of the token-issued entry, and its stream"},
	{TokenAlreadyRevoked, Refuses, []Rule{Pillar1},
		"令牌已撤销", "The token is revoked already",
		"在条目 {token} 签发的令牌已撤销", "the token issued at {token} is revoked",
		"无须再做", "nothing is left to do"},
	{TokenNotValid, Refuses, []Rule{Pillar1},
		"令牌在此处无效", "The token does not count here",
		"在条目 {token} 签发的令牌{why:term}[：{ended_at}]", "the token issued at {token} {why:term}[ at {ended_at}]",
		"向管理员申请令牌（anjian token）", "ask the administrator for a token (anjian token)"},
	{RoleMayNotAppend, Refuses, []Rule{Roles},
		"该角色不得追加此类事件", "The role may not append this type",
		"{role:role}不得追加 {type}", "{role:role} may not append {type}",
		"GET /v1/types 列出各类事件可由谁追加", "GET /v1/types lists who may append each type"},
}
