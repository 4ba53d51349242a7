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
		"换用编号，或追加 fact-corrected", "choose another id, or append fact-corrected"},
	{LevelRequired, Refuses, []Rule{R19},
		"缺少隐患等级", "The level is missing",
		"定为一般（general）或重大（major）", "grade the finding general or major"},
	{ClauseRequired, Refuses, []Rule{R19},
		"重大隐患缺少判定条款", "A major finding needs its clause",
		"在 clauses 中写明判定为重大的标准和条款", "name the standard and clause that make it major in clauses"},
	{ViolatedAfterFound, Flags, []Rule{R19},
		"违法日期晚于发现日期", "Violated after it was found",
		"核对日期并更正（fact-corrected）", "check the dates and correct them (fact-corrected)"},
	{FindingAfterRecord, Flags, []Rule{R42},
		"核查记录作成后才有的隐患", "The site record was made before the finding",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{UnknownFinding, Refuses, []Rule{R19},
		"没有这条隐患", "There is no such finding",
		"先记录隐患（finding-recorded），或写本次检查的隐患", "record the finding first (finding-recorded), or name one of this inspection"},
	{FixWithoutPhoto, Flags, []Rule{R20},
		"整改没有照片", "The repair has no photo",
		"补充照片（evidence-attached）", "attach a photo (evidence-attached)"},
	{OrderExists, Refuses, []Rule{R20},
		"措施编号已使用", "The order was issued before",
		"换用编号", "choose another id"},
	{StopWithoutGround, Refuses, []Rule{R46},
		"停产、查封等没有依据", "A stop without ground",
		"写明法律依据和要求停止的隐患", "name the legal basis and the hazards that demand the stop"},
	{DueRequired, Refuses, []Rule{R20},
		"缺少整改期限", "The date is missing",
		"在 due 中写明期限", "state the date in due"},
	{DueBeforeIssued, Flags, []Rule{R20},
		"期限早于下达日期", "Due before it was issued",
		"核对日期并说明", "check the dates, and explain it"},
	{DueFarOff, Flags, []Rule{R20},
		"期限过远", "Due a long time after it was issued",
		"核对日期并说明", "check the dates, and explain it"},
	{PenaltyExists, Refuses, []Rule{R41},
		"处罚编号已使用", "The penalty was decided before",
		"换用编号", "choose another id"},
	{LegalBasisRequired, Refuses, []Rule{R41},
		"处罚缺少法律依据", "The legal basis is missing",
		"在 legal_basis 中写明法律和条款", "name the law and article in legal_basis"},
	{FineWithoutDecision, Flags, []Rule{R41},
		"有罚款而无终局决定", "A fine without a final decision",
		"作出终局决定，或说明原因", "decide it finally, or explain it"},
	{FinedAgain, Flags, []Rule{R41},
		"同一违法行为重复罚款", "One act was fined twice",
		"核对处罚，并说明原因", "check the penalties, and explain it"},
	{KindBeyondAuthority, Flags, []Rule{R41},
		"处罚种类超出权限", "The kind of penalty is beyond its author's authority",
		"由有权机关决定，或说明原因", "let the competent authority decide, or explain it"},
	{FineWithoutAmount, Flags, []Rule{R41},
		"罚款没有数额", "A fine without amount",
		"写明数额，或说明原因", "state the amount, or explain it"},
	{FineBeyondAuthority, Flags, []Rule{R41},
		"罚款超出当场处罚的限额", "The fine is beyond its author's authority",
		"由有权机关决定，或说明原因", "let the competent authority decide, or explain it"},
	{PunishedAndExempted, Flags, []Rule{R41},
		"既处罚又不予处罚", "Punished, and decided not to punish",
		"核对两项决定，并说明原因", "check both decisions, and explain it"},
}

// Corrections and approvals.
const (
	UnknownFact            Code = "unknown-fact"
	NotYours               Code = "not-yours"
	StaleVersion           Code = "stale-version"
	AnotherFinding         Code = "another-finding"
	AnotherCorrectionWaits Code = "another-correction-waits"
	MilderCorrection       Code = "milder-correction"
	CorrectedAfterClosing  Code = "corrected-after-closing"
	NothingWaits           Code = "nothing-waits"
	PersonRequired         Code = "person-required"
	NoSecondPerson         Code = "no-second-person"
	OtherBytes             Code = "other-bytes"
	OfficeApproves         Code = "office-approves"
	NotTheLeader           Code = "not-the-leader"
	UnknownDeviation       Code = "unknown-deviation"
)

var correctionsCodes = []Text{
	{UnknownFact, Refuses, []Rule{R19},
		"没有可更正的事实", "There is no such fact to correct",
		"写明本次检查中记录该隐患的事件（finding-recorded）", "name the event that recorded the finding (finding-recorded) in this inspection"},
	{NotYours, Refuses, []Rule{Pillar17},
		"是他方来源的记录", "The record is of another source",
		"由记录的来源方更正", "let the source of the record correct it"},
	{StaleVersion, Refuses, []Rule{Pillar17},
		"不是最新版本", "Not the newest version",
		"重新查看，写明给出最新版本的事件", "read the finding again, and name the event that gave its newest version"},
	{AnotherFinding, Refuses, []Rule{Pillar17},
		"更正换成了另一条隐患", "The correction names another finding",
		"保留隐患编号；另一条隐患另行记录", "keep the finding's id; record another finding under another id"},
	{AnotherCorrectionWaits, Refuses, []Rule{Pillar17},
		"另有更正待批准", "Another correction waits",
		"先批准或不予批准在等的那一项", "have the one that waits approved or refused first"},
	{MilderCorrection, Flags, []Rule{R41},
		"更正后变轻", "A correction makes it milder",
		"说明原因；批准人据此判断", "explain it; whoever approves judges by that"},
	{CorrectedAfterClosing, Flags, []Rule{R20},
		"办结后更正", "Corrected after the closing",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{NothingWaits, Refuses, []Rule{Pillar17},
		"没有待批准的事项", "Nothing waits for approval",
		"写明本流中一个待批准的事件，且只答复一次", "name an event of this stream that waits for approval, once"},
	{PersonRequired, Refuses, []Rule{Pillar7, Pillar17},
		"令牌未写明人员", "The token names no person",
		"使用写明人员的令牌", "use a token that names a person"},
	{NoSecondPerson, Refuses, []Rule{Pillar17},
		"须由第二人答复", "A second person has to answer",
		"由未在本流写入的人答复", "let somebody answer who wrote nothing in this stream"},
	{OtherBytes, Refuses, []Rule{Pillar17},
		"所指事件的内容不同", "The event has other bytes",
		"重新读取该事件，写明其确切字节的 SHA-256", "read the event again and state the SHA-256 of its exact bytes"},
	{OfficeApproves, Refuses, []Rule{R18},
		"须由督查办公室答复", "The office has to answer",
		"由督查办公室人员答复", "let a person of the supervision office answer"},
	{NotTheLeader, Refuses, []Rule{R51, Pillar17},
		"不是组长", "Not the team's leader",
		"由现任组长办理；批准也可由督查办公室人员答复；交接时 from 写现任组长",
		"let the team's present leader do it; an approval may also come from the office, and a handover names the present " +
			"leader in from"},
	{UnknownDeviation, Refuses, []Rule{R08},
		"没有这项标记", "There is no such flag",
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
)

var recordCodes = []Text{
	{AlreadyRecorded, Refuses, []Rule{R42},
		"核查记录已作成", "The site record was made before",
		"记录有误的，追加 fact-corrected", "append fact-corrected where the record is wrong"},
	{SiteRecordNeedsEvidence, Gates, []Rule{R19},
		"签字前须有证据", "The site record needs evidence",
		"附上证据（evidence-attached）", "attach evidence (evidence-attached)"},
	{SiteRecordNeedsClause, Gates, []Rule{R19},
		"签字前须有条款", "The site record needs clauses",
		"写明条款（fact-corrected，经第二人批准）", "name the clause (fact-corrected, approved by a second person)"},
	{SiteRecordNeedsItems, Gates, []Rule{R27, R32, R33, R34},
		"签字前须答完必查项", "The site record needs answers",
		"逐项作答（check-answered）；不适用的写明理由", "answer the items (check-answered); what does not apply is answered so, with the reason"},
	{SiteRecordNeedsSections, Gates, []Rule{R35},
		"签字前须完成各环节", "The site record needs all sections",
		"完成各环节（section-completed）", "complete the sections (section-completed)"},
	{SiteRecordNeedsNotice, Gates, []Rule{R72},
		"签字前须张贴告示", "The site record needs the public notice",
		"张贴告示并拍照（notice-posted）", "post the notice and photograph it (notice-posted)"},
	{SiteRecordNeedsInspectors, Gates, []Rule{R42},
		"签字的检查人员不足", "The site record needs its inspectors",
		"由本次检查的人员签字，证件号与登记一致", "let the inspectors of the visit sign, each with the registered certificate"},
	{CertificateUnregistered, Flags, []Rule{R42},
		"证件未登记", "The certificate is not in the register",
		"登记证件（person-registered），或说明原因", "register the certificate, or explain it"},
	{LateRecord, Flags, []Rule{R42},
		"核查记录逾期", "The site record was late",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{IdenticalFindings, Flags, []Rule{R08},
		"隐患描述雷同", "Findings of the same text",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{NoPhoto, Flags, []Rule{R08},
		"没有照片", "No photo",
		"补充照片（evidence-attached），或说明原因", "attach photos (evidence-attached), or explain it"},
	{RecordNotSigned, Refuses, []Rule{R43},
		"核查记录尚未作成", "There is no site record yet",
		"先追加 site-record-signed 或 signature-refused", "append site-record-signed or signature-refused first"},
	{UnknownRecipient, Flags, []Rule{R43},
		"不是规定的送达对象", "Not one of the recipients",
		"说明原因；仍须送达规定的对象", "explain it; the recipients of the plan still need their copies"},
	{WrongDocument, Flags, []Rule{R43},
		"送达的不是核查记录", "Not the site record",
		"送达核查记录（copy-delivered）", "deliver the site record (copy-delivered)"},
	{LateCopy, Flags, []Rule{R43},
		"送达逾期", "The copy was late",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{OwnInspection, Refuses, []Rule{R51},
		"不得审核自己参与的检查", "A leader does not review his own visit",
		"换由其他组长审核（leader-changed）", "hand the team to another leader for the review (leader-changed)"},
	{ReviewNeedsRecord, Gates, []Rule{R51},
		"审核前须有核查记录", "The review needs the site record",
		"先追加 site-record-signed 或 signature-refused", "append site-record-signed or signature-refused first"},
	{ClosingNeedsEvidence, Gates, []Rule{R19},
		"办结前须有证据", "The closing needs evidence",
		"附上证据（evidence-attached）", "attach evidence (evidence-attached)"},
	{ClosingNeedsClause, Gates, []Rule{R19},
		"办结前须有条款", "The closing needs clauses",
		"写明条款（fact-corrected，经第二人批准）", "name the clause (fact-corrected, approved by a second person)"},
	{ClosingNeedsDisposition, Gates, []Rule{R20},
		"办结前每条隐患须有处置", "The closing needs a disposition of each finding",
		"处置每条隐患（finding-fixed-on-site、order-issued、penalty-decided 或 no-penalty-decided）",
		"dispose of each finding (finding-fixed-on-site, order-issued, penalty-decided or no-penalty-decided)"},
	{ClosingNeedsRecord, Gates, []Rule{R42},
		"办结前须有核查记录", "The closing needs the site record",
		"追加 site-record-signed 或 signature-refused", "append site-record-signed or signature-refused"},
	{ClosingNeedsCopies, Gates, []Rule{R43},
		"办结前须送达各份记录", "The closing needs the copies",
		"送达核查记录（copy-delivered）", "deliver the site record (copy-delivered)"},
	{ClosingNeedsReview, Gates, []Rule{R51},
		"办结前须组长审核", "The closing needs the leader's review",
		"由组长审核（leader-reviewed）", "let the team's leader review the visit (leader-reviewed)"},
	{ClosingNeedsPenalty, Gates, []Rule{R41, R56},
		"办结前应处罚的须有决定", "The closing needs a decision on each penalty",
		"作出处罚决定（penalty-decided，终局），或说明不予处罚的理由（no-penalty-decided）",
		"decide the penalty (penalty-decided, final) or why there is none (no-penalty-decided)"},
	{ClosingNeedsApproval, Gates, []Rule{R31, R41, Pillar17},
		"办结前待批准的须有答复", "The closing needs an answer to what waits",
		"由第二人答复（approval-given、approval-refused）", "let a second person answer it (approval-given, approval-refused)"},
	{InspectOnly, Flags, []Rule{R57},
		"只检查不执法", "Findings, and no enforcement",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{EnforceNoPenalty, Flags, []Rule{R57},
		"只执法不处罚", "Orders, and no penalty",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
}
