package law

// Findings, orders and penalties.
const (
	FindingExists       Code = "finding-exists"
	LevelRequired       Code = "level-required"
	ClauseRequired      Code = "clause-required"
	ViolatedAfterFound  Code = "violated-after-found"
	FindingAfterRecord  Code = "finding-after-record"
	UnknownFinding      Code = "unknown-finding"
	FixWithoutPhoto     Code = "fix-without-photo"
	LateRectification   Code = "late-rectification"
	OrderExists         Code = "order-exists"
	StopWithoutGround   Code = "stop-without-ground"
	DueRequired         Code = "due-required"
	DueBeforeIssued     Code = "due-before-issued"
	DueFarOff           Code = "due-far-off"
	PenaltyExists       Code = "penalty-exists"
	LegalBasisRequired  Code = "legal-basis-required"
	FineWithoutDecision Code = "fine-without-decision"
	FinedAgain          Code = "fined-again"
	KindBeyondAuthority Code = "kind-beyond-authority"
	FineWithoutAmount   Code = "fine-without-amount"
	FineBeyondAuthority Code = "fine-beyond-authority"
	PunishedAndExempted Code = "punished-and-exempted"
)

var findingsCodes = []Text{
	{FindingExists, Refuses, []Rule{R19},
		"隐患编号已使用", "The finding was recorded before",
		"隐患 {finding} 已记录过", "finding {finding} was recorded before",
		"换用编号，或追加 fact-corrected", "choose another id, or append fact-corrected"},
	{LevelRequired, Refuses, []Rule{R19},
		"缺少隐患等级", "The level is missing",
		"只有导入的记录可以不写隐患 {finding} 的等级", "only imports may leave the level of finding {finding} unknown",
		"定为一般（general）或重大（major）", "grade the finding general or major"},
	{ClauseRequired, Refuses, []Rule{R19},
		"重大隐患缺少判定条款", "A major finding needs its clause",
		"隐患 {finding} 为重大隐患，只有导入的记录可以不写条款", "finding {finding} is major, and only imports may leave the clause unknown",
		"在 clauses 中写明判定为重大的标准和条款", "name the standard and clause that make it major in clauses"},
	{ViolatedAfterFound, Flags, []Rule{R19},
		"违法日期晚于发现日期", "Violated after it was found",
		"隐患 {finding} 于 {found_on} 发现，违法日期写为 {violated_on}",
		"finding {finding} was found on {found_on} and violated on {violated_on}",
		"核对日期并更正（fact-corrected）", "check the dates and correct them (fact-corrected)"},
	{FindingAfterRecord, Flags, []Rule{R42},
		"核查记录作成后才有的隐患", "The site record was made before the finding",
		"隐患 {finding} 不在此前作成的核查记录内", "finding {finding} is not in the site record, which was made before",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{UnknownFinding, Refuses, []Rule{R19, R41, R63, R77, Pillar17},
		"没有这条隐患", "There is no such finding",
		"本次检查没有隐患 {findings}", "this inspection has no finding {findings}",
		"先记录隐患（finding-recorded），或写本次检查的隐患", "record the finding first (finding-recorded), or name one of this inspection"},
	{FixWithoutPhoto, Flags, []Rule{R20},
		"整改没有照片", "The repair has no photo",
		"没有照片表明隐患 {finding} 已整改", "no photo shows that finding {finding} was put right",
		"补充照片（evidence-attached）", "attach a photo (evidence-attached)"},
	{LateRectification, Flags, []Rule{R20},
		"整改逾期", "The rectification was late",
		"隐患 {finding} 于 {occurred_at} 整改；措施 {order} 的期限为 {due_at}",
		"finding {finding} was put right at {occurred_at}; order {order} was due by {due_at}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{OrderExists, Refuses, []Rule{R20},
		"措施编号已使用", "The order was issued before",
		"措施 {order} 已下达过", "order {order} was issued before",
		"换用编号", "choose another id"},
	{StopWithoutGround, Refuses, []Rule{R46},
		"停产、查封等没有依据", "A stop without ground",
		"措施 {order}（{kind:order-kind}）有法律依据 {grounds} 条、隐患 {finding_count} 条",
		"order {order} ({kind:order-kind}) has {grounds} legal grounds and {finding_count} findings",
		"写明法律依据和要求停止的隐患", "name the legal basis and the hazards that demand the stop"},
	{DueRequired, Refuses, []Rule{R20},
		"缺少整改期限", "The date is missing",
		"措施 {order} 须限期完成，只有导入的记录可以不写期限", "order {order} is to be met by a date, and only imports may leave it unknown",
		"在 due 中写明期限", "state the date in due"},
	{DueBeforeIssued, Flags, []Rule{R20},
		"期限早于下达日期", "Due before it was issued",
		"措施 {order} 于 {issued_on} 下达，期限为 {due_on}", "order {order} was issued on {issued_on} and is due on {due_on}",
		"核对日期并说明", "check the dates, and explain it"},
	{DueFarOff, Flags, []Rule{R20},
		"期限过远", "Due a long time after it was issued",
		"措施 {order} 于 {issued_on} 下达，期限为 {due_on}，超过 {most_days}",
		"order {order} was issued on {issued_on} and is due on {due_on}, more than {most_days} later",
		"核对日期并说明", "check the dates, and explain it"},
	{PenaltyExists, Refuses, []Rule{R41},
		"处罚编号已使用", "The penalty was decided before",
		"处罚 {penalty} 已决定过", "penalty {penalty} was decided before",
		"换用编号", "choose another id"},
	{LegalBasisRequired, Refuses, []Rule{R41},
		"处罚缺少法律依据", "The legal basis is missing",
		"处罚 {penalty} 没有法律依据，只有导入的记录可以不写", "penalty {penalty} has no legal basis, and only imports may leave it unknown",
		"在 legal_basis 中写明法律和条款", "name the law and article in legal_basis"},
	{FineWithoutDecision, Flags, []Rule{R41},
		"有罚款而无终局决定", "A fine without a final decision",
		"处罚 {penalty} 写有罚款 {fine_minor}（{currency}），但不是终局决定",
		"penalty {penalty} states a fine of {fine_minor} ({currency}) but no final decision",
		"作出终局决定，或说明原因", "decide it finally, or explain it"},
	{FinedAgain, Flags, []Rule{R41},
		"同一违法行为重复罚款", "One act was fined twice",
		"处罚 {penalty} 对此前已罚款的隐患再次罚款：{findings}；同一违法行为只罚款一次（行政处罚法第二十九条）",
		"penalty {penalty} fines findings that were fined before: {findings}; one act is fined once (Administrative Penalty " +
			"Law, Art. 29)",
		"核对处罚，并说明原因", "check the penalties, and explain it"},
	{KindBeyondAuthority, Flags, []Rule{R41},
		"处罚种类超出权限", "The kind of penalty is beyond its author's authority",
		"处罚 {penalty} 为{kind:penalty-kind}，{role:role}无权决定",
		"penalty {penalty} is a {kind:penalty-kind}, which the role {role:role} may not decide",
		"由有权机关决定，或说明原因", "let the competent authority decide, or explain it"},
	{FineWithoutAmount, Flags, []Rule{R41},
		"罚款没有数额", "A fine without amount",
		"处罚 {penalty} 为罚款，没有写明数额", "penalty {penalty} is a fine whose amount its author does not know",
		"写明数额，或说明原因", "state the amount, or explain it"},
	{FineBeyondAuthority, Flags, []Rule{R41},
		"罚款超出当场处罚的限额", "The fine is beyond its author's authority",
		"处罚 {penalty} 为罚款 {fine_minor}（{currency}），{role:role}当场处罚至多 {most_fen}",
		"penalty {penalty} is a fine of {fine_minor} ({currency}); the role {role:role} may decide up to {most_fen} on the spot",
		"由有权机关决定，或说明原因", "let the competent authority decide, or explain it"},
	{PunishedAndExempted, Flags, []Rule{R41},
		"既处罚又不予处罚", "Punished, and decided not to punish",
		"隐患 {findings} 既有处罚，又有不予处罚的决定", "there is a penalty and a decision not to punish for findings {findings}",
		"核对两项决定，并说明原因", "check both decisions, and explain it"},
}

// Corrections and approvals.
const (
	UnknownFact            Code = "unknown-fact"
	NotYours               Code = "not-yours"
	StaleVersion           Code = "stale-version"
	ContentOfAnotherType   Code = "content-of-another-type"
	NameIsKept             Code = "name-is-kept"
	WithdrawnAlready       Code = "withdrawn-already"
	LaterFactsRest         Code = "later-facts-rest"
	StreamWithdrawn        Code = "stream-withdrawn"
	AnswerFirst            Code = "answer-first"
	NeverWithdrawn         Code = "never-withdrawn"
	AnotherCorrectionWaits Code = "another-correction-waits"
	MilderCorrection       Code = "milder-correction"
	CorrectedAfterClosing  Code = "corrected-after-closing"
	ClosedOpen             Code = "closed-open"
	NothingWaits           Code = "nothing-waits"
	PersonRequired         Code = "person-required"
	NoSecondPerson         Code = "no-second-person"
	OtherBytes             Code = "other-bytes"
	OfficeApproves         Code = "office-approves"
	NothingToExtend        Code = "nothing-to-extend"
	GroundChanged          Code = "ground-changed"
	NotTheLeader           Code = "not-the-leader"
	UnknownDeviation       Code = "unknown-deviation"
)

var correctionsCodes = []Text{
	{UnknownFact, Refuses, []Rule{Pillar17},
		"没有可更正的事实", "There is no such fact to correct",
		"事件 {event} 不是本流中可更正的事实",
		"event {event} is no fact of this stream that can be corrected",
		"写明本流中首次记录该事实的事件；答复、更正和账本自身的条目不能更正",
		"name the event of this stream that recorded the fact; answers, corrections and the ledger's own entries are not corrected"},
	{NotYours, Refuses, []Rule{Pillar17},
		"不是本方记录的事实", "The fact is of another side",
		"事件 {event} 由他方记录；由原作者或其所在单位更正，导入的事实只由其来源更正",
		"event {event} is of another side; its author or his unit corrects it, an imported fact its source alone",
		"由记录该事实的一方更正", "let the side that stated the fact correct it"},
	{StaleVersion, Refuses, []Rule{Pillar17},
		"不是最新版本", "Not the newest version",
		"事件 {event} 的最新版本来自事件 {newest}，不是 {replaces}",
		"the fact of event {event} has the version of event {newest}, not of {replaces}",
		"重新查看，写明给出最新版本的事件", "read the fact again, and name the event that gave its newest version"},
	{ContentOfAnotherType, Refuses, []Rule{Pillar17},
		"更正内容的类型不符", "The correction has the content of another type",
		"事件 {event} 的类型是 {type}，更正给出的是另一类型的内容", "event {event} is of type {type}, the correction gives the content of another",
		"按该类型给出全部新内容；没有对应成员的类型只能撤回后重新录入",
		"give the whole new content of that type; a type without a member is withdrawn and entered anew"},
	{NameIsKept, Refuses, []Rule{Pillar17},
		"更正换成了另一件事", "The correction is about something else",
		"对事件 {event} 的更正改变了 {members}，这些成员说明事实是关于什么的",
		"the correction of event {event} changes {members}, which say what the fact is about",
		"保留这些成员；写错的撤回后重新录入", "keep these members; withdraw what was wrong and enter it anew"},
	{WithdrawnAlready, Refuses, []Rule{Pillar17},
		"已撤回", "It is withdrawn already",
		"事件 {event} 已由 {withdrawal} 撤回", "event {event} was withdrawn by {withdrawal}",
		"不必再撤回；恢复用 fact-corrected", "there is nothing to withdraw; a fact-corrected restores it"},
	{LaterFactsRest, Refuses, []Rule{Pillar17},
		"后来的事实以其为依据", "Later facts rest on it",
		"事件 {event} 不再成立时，同一流中的事件 {later}（{type}）不可能发生",
		"without event {event} as it is, event {later} ({type}) of the same stream could not have happened",
		"先更正或撤回后来的事实", "correct or withdraw the later fact first"},
	{StreamWithdrawn, Refuses, []Rule{Pillar17},
		"整个流已撤回", "The stream is withdrawn",
		"{stream} 的第一个事实已撤回，不再接受 {type}", "the first fact of {stream} is withdrawn; it takes no {type}",
		"先恢复第一个事实，或另立新流", "restore the first fact, or begin another stream"},
	{NeverWithdrawn, Refuses, []Rule{Pillar17},
		"不能撤回", "It is never withdrawn",
		"事件 {event}（{type}）是登记，其他记录以其为依据，不能撤回",
		"event {event} ({type}) is an entry of a register on which others rest; it is never withdrawn",
		"更正其内容（fact-corrected）；不再适用的另行记录", "correct what it says (fact-corrected), or state what has changed"},
	{AnswerFirst, Refuses, []Rule{Pillar17},
		"尚待批准", "It waits for approval itself",
		"事件 {event} 本身待批准，还不是可更正的事实", "event {event} waits for approval itself and does not count yet",
		"先批准或不予批准；不予批准后另行录入", "let it be approved or refused first; what was refused is entered anew"},
	{AnotherCorrectionWaits, Refuses, []Rule{Pillar17},
		"另有更正待批准", "Another correction waits",
		"{person} 对事件 {event} 的更正 {correction} 待批准",
		"correction {correction} of event {event}, by {person}, waits for approval",
		"先批准或不予批准在等的那一项", "let the waiting correction be approved or refused first"},
	{MilderCorrection, Flags, []Rule{R41},
		"更正后变轻", "A correction makes it milder",
		"隐患 {finding} 变轻、不再应受处罚或被撤回：{reason}", "finding {finding} becomes milder, unpunishable or withdrawn: {reason}",
		"说明原因；批准人据此判断", "explain it; the person who approves decides by that"},
	{CorrectedAfterClosing, Flags, []Rule{R20},
		"办结后更正", "Corrected after the closing",
		"{type} 在办结后更正：{reason}", "the {type} was corrected after the closing: {reason}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{ClosedOpen, Flags, []Rule{R20},
		"办结后仍有未了事项", "Closed, and something is open",
		"已办结，更正后又有未了事项：{obligations}", "it is closed, and after a correction this is owed again: {obligations}",
		"补办未了事项，或撤回办结（fact-withdrawn）后重新办结", "meet what is owed, or withdraw the closing (fact-withdrawn) and close it again"},
	{NothingWaits, Refuses, []Rule{Pillar17},
		"没有待批准的事项", "Nothing waits for approval",
		"{stream} 的事件 {event} 不待批准", "event {event} of {stream} does not wait for approval",
		"写明本流中一个待批准的事件，且只答复一次", "name an event of this stream that waits for approval, once"},
	{PersonRequired, Refuses, []Rule{Pillar7, Pillar17},
		"令牌未写明人员", "The token names no person",
		"{type} 是个人行为，令牌须写明人员", "{type} is a person's act, and the token names none",
		"使用写明人员的令牌", "use a token that names a person"},
	{NoSecondPerson, Refuses, []Rule{Pillar17},
		"须由第二人答复", "A second person has to answer",
		"{person} 在 {stream} 写入过，不能在其中答复", "{person} wrote in {stream} and cannot approve in it",
		"由未在本流写入的人答复", "let somebody answer who wrote nothing in this stream"},
	{OtherBytes, Refuses, []Rule{Pillar17},
		"所指事件的内容不同", "The event has other bytes",
		"事件 {event} 的字节不是 {sha256}", "event {event} has other bytes than {sha256}",
		"重新读取该事件，写明其确切字节的 SHA-256", "read the event again and state the SHA-256 of its exact bytes"},
	{GroundChanged, Flags, []Rule{R20, R41, R44, R46, R58, R63, R66, R71},
		"依据已变化", "What it rests on has changed",
		"所依据的事实已变化或不再成立（{event}）", "a fact that it rests on was changed, or does not count any more ({event})",
		"说明原因（deviation-explained），或作出新的决定", "explain it (deviation-explained), or decide anew"},
	{NothingToExtend, Refuses, []Rule{R20, Pillar12},
		"没有可延期的义务", "There is nothing to extend",
		"事件 {event} 没有可延期的 {obligation}", "event {event} opened no {obligation} whose date can be moved",
		"写明本流中一项有期限、可延期的义务", "name an obligation of this stream that has a date which can be moved"},
	{OfficeApproves, Refuses, []Rule{R18, R61},
		"须由市安委办答复", "The office has to answer",
		"剔除由市安委办答复，不由{role:role}答复", "an exclusion is answered by the supervision office, not by the role {role:role}",
		"由市安委办人员答复", "let a person of the supervision office answer"},
	{NotTheLeader, Refuses, []Rule{R51, Pillar17},
		"不是组长", "Not the team's leader",
		"督查组 {team}[（组长 {leader}）][：{person} 不是组长]", "team {team}[, led by {leader}][: {person} does not lead it]",
		"由现任组长办理；批准也可由市安委办人员答复；交接时 from 写现任组长",
		"let the team's present leader do it; an approval may also come from the office, and a handover names the present " +
			"leader in from"},
	{UnknownDeviation, Refuses, []Rule{R08},
		"没有这项标记", "There is no such flag",
		"{stream} 没有标记 {deviation}", "stream {stream} has no deviation {deviation}",
		"写明本流中一条 deviation-flagged 的编号", "name the id of a deviation-flagged entry of this stream"},
}

// Site record, copies and closing.
const (
	AlreadyRecorded           Code = "already-recorded"
	SiteRecordNeedsEvidence   Code = "site-record-needs-evidence"
	SiteRecordNeedsClause     Code = "site-record-needs-clause"
	SiteRecordNeedsItems      Code = "site-record-needs-items"
	SiteRecordNeedsSections   Code = "site-record-needs-sections"
	SiteRecordNeedsNotice     Code = "site-record-needs-notice"
	SiteRecordNeedsInspectors Code = "site-record-needs-inspectors"
	CertificateUnregistered   Code = "certificate-unregistered"
	LateRecord                Code = "late-record"
	IdenticalFindings         Code = "identical-findings"
	NoPhoto                   Code = "no-photo"
	RecordNotSigned           Code = "record-not-signed"
	UnknownRecipient          Code = "unknown-recipient"
	WrongDocument             Code = "wrong-document"
	LateCopy                  Code = "late-copy"
	OwnInspection             Code = "own-inspection"
	ReviewNeedsRecord         Code = "review-needs-record"
	ClosingNeedsEvidence      Code = "closing-needs-evidence"
	ClosingNeedsClause        Code = "closing-needs-clause"
	ClosingNeedsDisposition   Code = "closing-needs-disposition"
	ClosingNeedsRecord        Code = "closing-needs-record"
	ClosingNeedsCopies        Code = "closing-needs-copies"
	ClosingNeedsReview        Code = "closing-needs-review"
	ClosingNeedsPenalty       Code = "closing-needs-penalty"
	ClosingNeedsApproval      Code = "closing-needs-approval"
	InspectOnly               Code = "inspect-only"
	EnforceNoPenalty          Code = "enforce-no-penalty"
	LateReview                Code = "late-review"
	LateClosing               Code = "late-closing"
)

var recordCodes = []Text{
	{AlreadyRecorded, Refuses, []Rule{R42},
		"核查记录已作成", "The site record was made before",
		"", "",
		"记录有误的，追加 fact-corrected", "append fact-corrected where the record is wrong"},
	{SiteRecordNeedsEvidence, Gates, []Rule{R19},
		"签字前须有证据", "The site record needs evidence",
		"没有证据的隐患：{findings}", "findings without evidence: {findings}",
		"附上证据（evidence-attached）", "attach evidence (evidence-attached)"},
	{SiteRecordNeedsClause, Gates, []Rule{R19},
		"签字前须有条款", "The site record needs clauses",
		"没有条款的隐患：{findings}", "findings without a clause: {findings}",
		"写明条款（fact-corrected，经第二人批准）", "name the clause (fact-corrected, approved by a second person)"},
	{SiteRecordNeedsItems, Gates, []Rule{R27, R32, R33, R34},
		"签字前须答完必查项", "The site record needs answers",
		"未作答的{profile:profile}检查项：{items}", "{profile:profile} items not answered: {items}",
		"逐项作答（check-answered）；不适用的写明理由", "answer the items (check-answered); what does not apply is answered so, with the reason"},
	{SiteRecordNeedsSections, Gates, []Rule{R35},
		"签字前须完成各环节", "The site record needs all sections",
		"未完成的环节：{sections:section}", "sections not completed: {sections:section}",
		"完成各环节（section-completed）", "complete the sections (section-completed)"},
	{SiteRecordNeedsNotice, Gates, []Rule{R72},
		"签字前须张贴告示", "The site record needs the public notice",
		"没有张贴告示", "no notice posted",
		"张贴告示并拍照（notice-posted）", "post the notice and photograph it (notice-posted)"},
	{SiteRecordNeedsInspectors, Gates, []Rule{R42},
		"签字的检查人员不足", "The site record needs its inspectors",
		"应有 {least} 名检查人员签字，有效 {valid} 名[；不是本次检查人员：{outsiders}][；证件与登记不符：{mismatched}（登记为 {registered}）]",
		"{valid} of {least} signing inspectors[; no inspector of this visit: {outsiders}][; another certificate than the " +
			"register has: {mismatched} ({registered})]",
		"由本次检查的人员签字，证件号与登记一致", "let the inspectors of the visit sign, each with the registered certificate"},
	{CertificateUnregistered, Flags, []Rule{R42},
		"证件未登记", "The certificate is not in the register",
		"{person} 的证件 {certificate} 未登记", "certificate {certificate} of {person} is not in the register",
		"登记证件（person-registered），或说明原因", "register the certificate, or explain it"},
	{LateRecord, Flags, []Rule{R42},
		"核查记录逾期", "The site record was late",
		"开始后 {after_minutes} 才作成；应在 {due_hours} 内，即 {due_at} 前",
		"the site record was made {after_minutes} after the start; it is due within {due_hours}, by {due_at}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{IdenticalFindings, Flags, []Rule{R08},
		"隐患描述雷同", "A finding of the same text",
		"隐患 {finding} 的描述与更早一条完全相同", "finding {finding} has the same text as an earlier one",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{NoPhoto, Flags, []Rule{R08},
		"没有照片", "No photo",
		"有隐患 {finding_count} 条，没有照片", "the visit has {finding_count} findings and no photo",
		"补充照片（evidence-attached），或说明原因", "attach photos (evidence-attached), or explain it"},
	{RecordNotSigned, Refuses, []Rule{R43},
		"核查记录尚未作成", "There is no site record yet",
		"", "",
		"先追加 site-record-signed 或 signature-refused", "append site-record-signed or signature-refused first"},
	{UnknownRecipient, Flags, []Rule{R43},
		"不是规定的送达对象", "Not one of the recipients",
		"{recipient:recipient}不在规定的送达对象之内：{recipients:recipient}", "{recipient:recipient} is none of the recipients: {recipients:recipient}",
		"说明原因；仍须送达规定的对象", "explain it; the recipients of the plan still need their copies"},
	{WrongDocument, Flags, []Rule{R43},
		"送达的不是核查记录", "Not the site record",
		"{recipient:recipient}收到文书 {sha256}，不是核查记录", "{recipient:recipient} received document {sha256}, which is not the site record",
		"送达核查记录（copy-delivered）", "deliver the site record (copy-delivered)"},
	{LateCopy, Flags, []Rule{R43},
		"送达逾期", "The copy was late",
		"{recipient:recipient}在核查记录作成后 {after_minutes} 才收到；应在 {due_days} 内，即 {due_at} 前",
		"{recipient:recipient} received its copy {after_minutes} after the record; it is due within {due_days}, by {due_at}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{OwnInspection, Refuses, []Rule{R51},
		"不得审核自己参与的检查", "A leader does not review his own visit",
		"{person} 参与了本次检查", "{person} took part in this visit",
		"换由其他组长审核（leader-changed）", "hand the team to another leader for the review (leader-changed)"},
	{ReviewNeedsRecord, Gates, []Rule{R51},
		"审核前须有核查记录", "The review needs the site record",
		"", "",
		"先追加 site-record-signed 或 signature-refused", "append site-record-signed or signature-refused first"},
	{LateReview, Flags, []Rule{R51},
		"组长审核逾期", "The leader's review was late",
		"记录入账后 {after_minutes} 才审核；应在 {due_days} 内，即 {due_at} 前",
		"reviewed {after_minutes} after the record was known; due within {due_days}, by {due_at}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{LateClosing, Flags, []Rule{R57},
		"办结逾期", "The closing was late",
		"记录入账后 {after_minutes} 才办结；应在 {due_days} 内，即 {due_at} 前",
		"closed {after_minutes} after the record was known; due within {due_days}, by {due_at}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{ClosingNeedsEvidence, Gates, []Rule{R19},
		"办结前须有证据", "The closing needs evidence",
		"没有证据的隐患：{findings}", "findings without evidence: {findings}",
		"附上证据（evidence-attached）", "attach evidence (evidence-attached)"},
	{ClosingNeedsClause, Gates, []Rule{R19},
		"办结前须有条款", "The closing needs clauses",
		"没有条款的隐患：{findings}", "findings without a clause: {findings}",
		"写明条款（fact-corrected，经第二人批准）", "name the clause (fact-corrected, approved by a second person)"},
	{ClosingNeedsDisposition, Gates, []Rule{R20},
		"办结前每条隐患须有处置", "The closing needs a disposition of each finding",
		"没有处置的隐患：{findings}", "findings without disposition: {findings}",
		"处置每条隐患（finding-fixed-on-site、order-issued、penalty-decided 或 no-penalty-decided）",
		"dispose of each finding (finding-fixed-on-site, order-issued, penalty-decided or no-penalty-decided)"},
	{ClosingNeedsRecord, Gates, []Rule{R42},
		"办结前须有核查记录", "The closing needs the site record",
		"没有核查记录", "no site record",
		"追加 site-record-signed 或 signature-refused", "append site-record-signed or signature-refused"},
	{ClosingNeedsCopies, Gates, []Rule{R43},
		"办结前须送达各份记录", "The closing needs the copies",
		"尚未送达：{recipients:recipient}", "copies not delivered to: {recipients:recipient}",
		"送达核查记录（copy-delivered）", "deliver the site record (copy-delivered)"},
	{ClosingNeedsReview, Gates, []Rule{R51},
		"办结前须组长审核", "The closing needs the leader's review",
		"组长没有审核", "no review by the leader",
		"由组长审核（leader-reviewed）", "let the team's leader review the visit (leader-reviewed)"},
	{ClosingNeedsPenalty, Gates, []Rule{R41, R56},
		"办结前应处罚的须有决定", "The closing needs a decision on each penalty",
		"[应处罚而没有决定的隐患：{findings}][应处罚而只有措施或整改的隐患（不能代替处罚）：{ordered_only}]",
		"[punishable findings without a decision: {findings}][punishable findings with an order or a repair only, which does " +
			"not replace the penalty: {ordered_only}]",
		"作出处罚决定（penalty-decided，终局），或说明不予处罚的理由（no-penalty-decided）",
		"decide the penalty (penalty-decided, final) or why there is none (no-penalty-decided)"},
	{ClosingNeedsApproval, Gates, []Rule{R20, R31, R41, Pillar17},
		"办结前待批准的须有答复", "The closing needs an answer to what waits",
		"[隐患 {finding} 的]{what:term}（事件 {event}）待批准", "{what:term}[ of finding {finding}], event {event}, waits for approval",
		"由第二人答复（approval-given、approval-refused）", "let a second person answer it (approval-given, approval-refused)"},
	{InspectOnly, Flags, []Rule{R57},
		"只检查不执法", "Findings, and no enforcement",
		"有隐患 {finding_count} 条，没有措施、终局处罚或不予处罚的决定",
		"the visit has {finding_count} findings and no order, final penalty or decision not to punish",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{EnforceNoPenalty, Flags, []Rule{R57},
		"只执法不处罚", "Orders, and no penalty",
		"有措施 {order_count} 项，没有终局处罚，也没有不予处罚的决定", "the visit has {order_count} orders, no final penalty and no decision not to punish",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
}
