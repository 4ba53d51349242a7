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
	ReviewFoundProblem: {"it stands in a stream of the commission, and is no answer to a reviewer, who may not know of it",
		"只写入市纪委监委的流；复查人员无权知晓，不作为答复"},
	PartySaysOtherwise: {"it stands beside the evaluation, which office and commission read, and is no answer to the party, who said it",
		"写在评价旁，由市安委办和市纪委监委查阅；不作为对被检查单位的答复"},
	TokenNotValid: {"answered as unauthenticated (401), whatever is wrong with the token; the log says which",
		"一律答复 unauthenticated（401），不说明令牌的具体问题；日志写明"},
	AskedByRequired: {"only the ledger's own issues and revocations say who asked; anjian token fills it in",
		"只有账本自己的签发和撤销写明申请人；由 anjian token 填写"},
}
