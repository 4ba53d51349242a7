package law

// Elsewhere says of a code that no answer over HTTP bears why not, and where it is said instead; of
// every other code it says nothing. A test holds this against what is answered.
func (c Code) Elsewhere() (english, chinese string) {
	e := elsewhere[c]
	return e.english, e.chinese
}

var elsewhere = map[Code]struct{ english, chinese string }{
	EmptyRequest: {"an empty batch is answered 200; it is said to a caller within the process only",
		"空批次答复 200；只对进程内的调用方说明"},
	EntryNotEncodable: {"what the grammar of events takes an entry can hold; a guard against a defect",
		"事件格式接受的内容都能编入记录；仅防程序缺陷"},
	EntryTooLarge: {"an event within its limit leaves room for its entry; a guard against a defect",
		"限额内的事件都能编入记录；仅防程序缺陷"},
	TokenNotValid: {"answered as unauthenticated (401), whatever is wrong with the token; the log says which",
		"一律答复 unauthenticated（401），不说明令牌的具体问题；日志写明"},
	TeamRequired: {"a start is appended by a team's own members, who are told not-your-team first",
		"开始检查由本组人员追加，先答复 not-your-team"},
	NotAnImportedVisit: {"an importer may not know of such a visit and is told not-started",
		"导入方无权知道这类检查，答复 not-started"},
	KeyBoundToAnother: {"a registration is signed by the key itself, so key-not-yours is told first",
		"登记由该密钥自己签名，先答复 key-not-yours"},
	AskedByRequired: {"only the ledger's own issues and revocations say who asked; anjian token fills it in",
		"只有账本自己的签发和撤销写明申请人；由 anjian token 填写"},
	Cancelled: {"the client that cancelled does not hear it; the access log has it",
		"取消请求的客户端收不到答复；访问日志写明"},
}
