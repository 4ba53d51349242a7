package law

// Tips and transfers.
const (
	TipNamesSubject         Code = "tip-names-subject"
	TipAlreadyAccepted      Code = "tip-already-accepted"
	TipNotAccepted          Code = "tip-not-accepted"
	TipUnknownVisit         Code = "tip-unknown-visit"
	TipNotInvestigated      Code = "tip-not-investigated"
	TipAlreadyAnswered      Code = "tip-already-answered"
	UnknownTip              Code = "unknown-tip"
	TransferStream          Code = "transfer-stream"
	UnknownReceiver         Code = "unknown-receiver"
	MatterNotYours          Code = "matter-not-yours"
	TransferDueBefore       Code = "transfer-due-before"
	TransferAlreadyAccepted Code = "transfer-already-accepted"
	TransferAlreadyAnswered Code = "transfer-already-answered"
	TransferResult          Code = "transfer-result"
	NotTheReceiver          Code = "not-the-receiver"
	PaperRequired           Code = "paper-required"
)

var tipCodes = []Text{
	{TipNamesSubject, Refuses, []Rule{R73},
		"无令牌的举报不写检查对象编号", "A tip without a token names no subject by its id",
		"", "",
		"在举报内容中写明单位；由市安委办核对", "say in the content where it is; the office finds out which subject that is"},
	{TipAlreadyAccepted, Refuses, []Rule{R73},
		"举报已受理", "The tip is accepted already",
		"{stream} 已受理", "{stream} was accepted",
		"无须再做；记录核查情况（tip-investigated）", "nothing is left to do; record the investigation (tip-investigated)"},
	{TipNotAccepted, Refuses, []Rule{R73},
		"举报尚未受理", "The tip is not accepted",
		"{stream} 尚未受理", "{stream} was not accepted",
		"先受理（tip-accepted）", "accept it first (tip-accepted)"},
	{TipUnknownVisit, Refuses, []Rule{R73},
		"没有这次检查", "There is no such visit",
		"没有检查 {inspection}", "there is no inspection {inspection}",
		"写明为此进行的检查，或留空", "name the visit that was made for it, or none"},
	{TipNotInvestigated, Gates, []Rule{R73},
		"举报尚未核查", "The tip is not investigated",
		"{stream} 尚未核查", "{stream} was not investigated",
		"先记录核查情况（tip-investigated），或等待被移交单位答复", "record the investigation first (tip-investigated), or wait for the answer of who got it"},
	{TipAlreadyAnswered, Refuses, []Rule{R73},
		"举报已答复", "The tip is answered already",
		"{stream} 已答复", "{stream} was answered",
		"无须再做；新的情况另行登记", "nothing is left to do; what is new is a tip of its own"},
	{UnknownTip, Refuses, []Rule{R73},
		"没有这件举报", "There is no such tip",
		"没有举报 {tip}", "there is no tip {tip}",
		"写明已登记的举报", "name a tip that was received"},
	{TransferStream, Refuses, []Rule{R77},
		"移交的流与移交方不符", "The stream is not one that the giver may begin",
		"{stream} 不以 {end} 开头", "{stream} does not begin with {end}",
		"流写作 transfer/移交方.接收方.名称，移交方为本令牌的单位、县区或督查组，各部分不含点号",
		"name the stream transfer/FROM.TO.NAME, where FROM is the unit, county or team of the token; the ends have no dot"},
	{UnknownReceiver, Refuses, []Rule{R77},
		"没有这个接收方", "There is no such receiver",
		"单位表、委员会表和县区中没有 {receiver}，或移交方与接收方相同",
		"{receiver} is in no table of units or committees and is no county, or is the giver",
		"写明单位表、委员会表中的单位或县区代码", "name a unit or a committee of the tables, or the code of a county"},
	{MatterNotYours, Refuses, []Rule{R77},
		"此事项不由本角色移交", "The role does not hand over such a matter",
		"角色{role:role}不移交{matter:transfer-matter}", "role {role:role} does not hand over {matter:transfer-matter}",
		"举报由市安委办移交，批示由市政府移交，隐患由检查组和主管单位移交",
		"the office hands over tips, the city government its instructions, teams and authorities findings"},
	{TransferDueBefore, Refuses, []Rule{R77},
		"期限早于移交日期", "Due before it was handed over",
		"于 {handed_over_on} 移交，期限为 {due_on}", "handed over on {handed_over_on}, due on {due_on}",
		"写明移交之后的期限", "state a date that is not past"},
	{TransferAlreadyAccepted, Refuses, []Rule{R77},
		"移交已接收", "The transfer is accepted already",
		"{stream} 已接收", "{stream} was accepted",
		"无须再做；办结后答复（transfer-answered）", "nothing is left to do; answer it when it is done (transfer-answered)"},
	{TransferAlreadyAnswered, Refuses, []Rule{R77},
		"移交已答复", "The transfer is answered already",
		"{stream} 已答复", "{stream} was answered",
		"无须再做；再次移交另立流", "nothing is left to do; hand it over again in a stream of its own"},
	{TransferResult, Refuses, []Rule{R73},
		"核查结论与事项不符", "A result where there is none, or none where there must be one",
		"办理结果为{outcome:transfer-outcome}", "the outcome is {outcome:transfer-outcome}",
		"已办结的举报写明核查结论；其他事项和退回的不写", "state the result of a tip that was done, and of nothing else"},
	{NotTheReceiver, Refuses, []Rule{R77},
		"不是接收方", "It was handed over to somebody else",
		"接收方为 {receiver}", "the receiver is {receiver}",
		"由接收方答复，或由市安委办附书面材料代录", "let the receiver answer, or the office with what he wrote"},
	{PaperRequired, Refuses, []Rule{R77},
		"代录须附书面材料", "Who enters it for the receiver adds what he wrote",
		"接收方为 {receiver}", "the receiver is {receiver}",
		"附接收方书面材料的扫描件（paper）", "add the scan of what the receiver wrote (paper)"},
}
