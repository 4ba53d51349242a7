package law

// Campaign.
const (
	CampaignMismatch          Code = "campaign-mismatch"
	UnknownCampaign           Code = "unknown-campaign"
	PlanBelowTheLaw           Code = "plan-below-the-law"
	PlanVersionPublished      Code = "plan-version-published"
	PlanDropsCopies           Code = "plan-drops-copies"
	PlanDropsSections         Code = "plan-drops-sections"
	PlanDropsItems            Code = "plan-drops-items"
	CampaignAlreadyStarted    Code = "campaign-already-started"
	CampaignBelowItself       Code = "campaign-below-itself"
	CampaignPeriodImplausible Code = "campaign-period-implausible"
	CampaignNotStarted        Code = "campaign-not-started"
	CampaignEnded             Code = "campaign-ended"
	CampaignEndedBeforeStart  Code = "campaign-ended-before-start"
)

var campaignCodes = []Text{
	{CampaignMismatch, Refuses, []Rule{R01},
		"行动与流不符", "Another campaign than the stream's",
		"campaign 留空，或写本流的行动", "leave campaign empty or name the stream's own campaign"},
	{UnknownCampaign, Refuses, []Rule{R01, R13},
		"没有这项行动", "There is no such campaign",
		"先追加 campaign-plan-published；不属于行动的事件不写 campaign",
		"append campaign-plan-published first; an event that belongs to no campaign leaves it out"},
	{PlanBelowTheLaw, Refuses, []Rule{R42},
		"方案低于法定要求", "The plan asks for less than the law",
		"min_inspectors 不少于法定人数", "state min_inspectors of the legal number or more"},
	{PlanVersionPublished, Refuses, []Rule{R01},
		"该版方案已发布", "This version of the plan was published",
		"修改后的方案另编版本", "give the changed plan a new version"},
	{PlanDropsCopies, Flags, []Rule{R43},
		"方案减少了送达对象", "The plan drops recipients",
		"补上送达对象，或说明原因", "add the recipients, or explain it"},
	{PlanDropsSections, Flags, []Rule{R35},
		"方案减少了环节", "The plan drops sections",
		"补上环节，或说明原因", "add the sections, or explain it"},
	{PlanDropsItems, Flags, []Rule{R32, R33, R34},
		"方案减少了必查项", "The plan drops items",
		"补上检查项，或说明原因", "add the items, or explain it"},
	{CampaignAlreadyStarted, Refuses, []Rule{R48},
		"行动已启动", "The campaign has started",
		"无须再做；新的期间另立行动", "nothing is left to do; a new period is a new campaign"},
	{CampaignBelowItself, Refuses, []Rule{R03},
		"行动不得隶属于自身", "The campaign would be below itself",
		"写明不属于本行动的上级行动", "name a parent that is not part of this campaign"},
	{CampaignPeriodImplausible, Flags, []Rule{R48},
		"行动期间不合常理", "The period looks like a slip of the pen",
		"核对起止日期，并说明原因", "check the dates, and explain it"},
	{CampaignNotStarted, Refuses, []Rule{R48},
		"行动尚未启动", "The campaign has not started",
		"先追加 campaign-started", "append campaign-started first"},
	{CampaignEnded, Refuses, []Rule{R48},
		"行动已结束", "The campaign has ended",
		"无须再做；新的行动另发方案", "nothing is left to do; publish a plan for a new campaign"},
	{CampaignEndedBeforeStart, Refuses, []Rule{R48},
		"结束早于启动", "The end lies before the start",
		"写明启动之后的结束时间", "state when it ended, not before its start"},
}

// Team.
const (
	TeamAlreadyFormed     Code = "team-already-formed"
	UnknownTeam           Code = "unknown-team"
	KindRequired          Code = "kind-required"
	TeamIDTooLong         Code = "team-id-too-long"
	TeamHasLeader         Code = "team-has-leader"
	TeamHasNoLeader       Code = "team-has-no-leader"
	SameLeader            Code = "same-leader"
	AlreadyAMember        Code = "already-a-member"
	NotAMember            Code = "not-a-member"
	SecondedToAnotherTeam Code = "seconded-to-another-team"
	MemberOfTwoTeams      Code = "member-of-two-teams"
	RulesNotAcknowledged  Code = "rules-not-acknowledged"
	TeamAlreadyActive     Code = "team-already-active"
	TeamNeedsLeader       Code = "team-needs-leader"
	TeamNeedsMembers      Code = "team-needs-members"
)

var teamCodes = []Text{
	{TeamAlreadyFormed, Refuses, []Rule{R17},
		"督查组已成立", "The team is formed already",
		"无须再做；另一督查组换用编号", "nothing is left to do; another team needs another id"},
	{UnknownTeam, Refuses, []Rule{R17, R61},
		"没有这个督查组", "There is no such team",
		"先追加 team-formed", "form the team first (team-formed)"},
	{KindRequired, Refuses, []Rule{R17},
		"缺少督查组类型", "The kind of team is missing",
		"写明综合（comprehensive）或专业（specialist）", "state kind comprehensive or specialist"},
	{TeamIDTooLong, Refuses, []Rule{R17},
		"督查组编号过长", "The team's id is too long",
		"缩短编号", "choose a shorter id"},
	{TeamHasLeader, Refuses, []Rule{R51},
		"督查组已有组长", "The team has a leader",
		"追加 leader-changed 并写明交接", "append leader-changed with a handover"},
	{TeamHasNoLeader, Refuses, []Rule{R51},
		"督查组没有组长", "The team has no leader",
		"追加 leader-appointed", "append leader-appointed"},
	{SameLeader, Refuses, []Rule{R51},
		"已是现任组长", "The person leads the team already",
		"在 to 中写明下一任组长", "name the next leader in to"},
	{AlreadyAMember, Refuses, []Rule{R17},
		"已是成员", "The person is a member already",
		"无须再做", "nothing is left to do"},
	{NotAMember, Refuses, []Rule{R61},
		"不是成员", "The person is no member",
		"写明现有成员", "name a present member"},
	{SecondedToAnotherTeam, Flags, []Rule{R61},
		"已抽调到其他督查组", "Seconded to another team",
		"结束原抽调（secondment-ended），或说明原因", "end the other secondment (secondment-ended), or explain it"},
	{MemberOfTwoTeams, Flags, []Rule{R61},
		"同时属于两个督查组", "A member of two teams",
		"退出原督查组（member-left），或说明原因", "let the person leave the other team (member-left), or explain it"},
	{RulesNotAcknowledged, Refuses | Flags, []Rule{R02},
		"纪律要求未确认", "The discipline rules are not acknowledged",
		"由各人追加 discipline-rules-acknowledged", "append discipline-rules-acknowledged for each of them"},
	{TeamAlreadyActive, Refuses, []Rule{R02},
		"督查组已启用", "The team is active already",
		"无须再做", "nothing is left to do"},
	{TeamNeedsLeader, Gates, []Rule{R02},
		"启用前须有组长", "An active team needs a leader",
		"追加 leader-appointed", "append leader-appointed"},
	{TeamNeedsMembers, Gates, []Rule{R02},
		"启用前须有成员", "An active team needs members",
		"追加 member-joined", "append member-joined"},
}

// Person.
const (
	PersonAlreadyRegistered    Code = "person-already-registered"
	UnknownPerson              Code = "unknown-person"
	UnknownUnit                Code = "unknown-unit"
	NotYourself                Code = "not-yourself"
	AlreadySeconded            Code = "already-seconded"
	NotSeconded                Code = "not-seconded"
	SecondmentEndedBeforeStart Code = "secondment-ended-before-start"
)

var personCodes = []Text{
	{PersonAlreadyRegistered, Refuses, []Rule{R59},
		"人员已登记", "The person is registered already",
		"无须再做", "nothing is left to do"},
	{UnknownPerson, Refuses, []Rule{R17, R51, R59},
		"人员未登记", "There is no such person",
		"先登记人员（person-registered）", "register the person first (person-registered)"},
	{UnknownUnit, Flags, []Rule{R61},
		"单位不在单位表中", "The unit is not in the table of units",
		"补入单位表（code-table-published），或说明原因", "publish the unit in the table (code-table-published), or explain it"},
	{NotYourself, Refuses, []Rule{R02, Pillar1},
		"须由本人办理", "Only the person may do this",
		"使用本人的令牌；仅确认纪律要求和撤销密钥可由督查办公室代办",
		"use the person's own token; only an acknowledgement and a revocation may also come from the supervision office"},
	{AlreadySeconded, Refuses, []Rule{R61},
		"同期已被抽调", "The person is seconded already",
		"先追加 secondment-ended，或选不重叠的期间", "append secondment-ended first, or choose a period that does not overlap"},
	{NotSeconded, Refuses, []Rule{R61},
		"没有未结束的抽调", "There is no open secondment",
		"写明有未结束抽调的督查组", "name the team of an open secondment"},
	{SecondmentEndedBeforeStart, Refuses, []Rule{R61},
		"抽调结束早于开始", "The secondment ends before its start",
		"写明开始之后的结束时间", "state when it ended, not before its start"},
}

// Subject and tables.
const (
	SubjectAlreadyRegistered Code = "subject-already-registered"
	UnknownSubject           Code = "unknown-subject"
	StatusInTheFuture        Code = "status-in-the-future"
	NotAnImport              Code = "not-an-import"
	UnknownDepartment        Code = "unknown-department"
	NoCompetentDepartment    Code = "no-competent-department"
	USCCCheckFailed          Code = "uscc-check-failed"
	USCCMalformed            Code = "uscc-malformed"
	USCCShared               Code = "uscc-shared"
	SubjectAlreadyExcluded   Code = "subject-already-excluded"
	ExclusionWaits           Code = "exclusion-waits"
	WrongTable               Code = "wrong-table"
)

var subjectCodes = []Text{
	{SubjectAlreadyRegistered, Refuses, []Rule{R18},
		"检查对象已登记", "The subject is registered already",
		"无须再做；另一对象换用编号", "nothing is left to do; another subject needs another id"},
	{UnknownSubject, Refuses, []Rule{R10, R14, R18},
		"检查对象未登记", "There is no such subject",
		"先登记检查对象（subject-registered）；不在名册的，discovery 写 field",
		"register the subject first (subject-registered); discovery is field if it was in no register"},
	{StatusInTheFuture, Flags, []Rule{R28},
		"状态起始日期在未来", "The status begins in the future",
		"核对日期，并说明原因", "check the date, and explain it"},
	{NotAnImport, Refuses, []Rule{R06},
		"不是导入记录", "Not an imported record",
		"discovery 写 register 或 field", "state discovery register or field"},
	{UnknownDepartment, Flags, []Rule{R75},
		"部门不在单位表中", "The department is not in the table of units",
		"补入单位表（code-table-published），或说明原因", "publish the unit in the table (code-table-published), or explain it"},
	{NoCompetentDepartment, Flags, []Rule{R75},
		"没有主管部门", "No competent department",
		"由督查办公室在单位表中明确（code-table-published）", "let the office name one in the table of units (code-table-published)"},
	{USCCCheckFailed, Refuses | Flags, []Rule{R54},
		"统一社会信用代码校验不符", "The credit code fails its check",
		"更正代码，或在 uscc_reason（subject-identified 为 reason）中说明理由",
		"correct the code, or state in uscc_reason (subject-identified: reason) why it is entered as it is"},
	{USCCMalformed, Refuses, []Rule{R54},
		"统一社会信用代码格式不符", "The credit code has a wrong form",
		"更正代码，或在 uscc_reason（subject-identified 为 reason）中说明理由",
		"correct the code, or state in uscc_reason (subject-identified: reason) why it is entered as it is"},
	{USCCShared, Flags, []Rule{R18},
		"统一社会信用代码重复", "Another subject has the credit code",
		"核对是否同一对象，并说明原因", "check whether both are one subject, and explain it"},
	{SubjectAlreadyExcluded, Refuses, []Rule{R18},
		"检查对象已剔除", "The subject is excluded already",
		"无须再做", "nothing is left to do"},
	{ExclusionWaits, Refuses, []Rule{R18},
		"剔除待批准", "The exclusion waits for approval",
		"先批准或不予批准（approval-given、approval-refused）", "have it approved or refused (approval-given, approval-refused)"},
	{WrongTable, Refuses, []Rule{R75},
		"代码表与流不符", "The table does not belong to the stream",
		"追加到流 table/ 加表名", "append it to the stream table/ and the table's name"},
}

// Accident.
const (
	AccidentAlreadyReported  Code = "accident-already-reported"
	UnknownAccident          Code = "unknown-accident"
	ReportedBeforeItHappened Code = "reported-before-it-happened"
	HappenedLongAgo          Code = "happened-long-ago"
	LateCasualties           Code = "late-casualties"
	GradeStale               Code = "grade-stale"
	WrongGrade               Code = "wrong-grade"
	CountedInAnotherYear     Code = "counted-in-another-year"
	LossNotInCNY             Code = "loss-not-in-cny"
)

var accidentCodes = []Text{
	{AccidentAlreadyReported, Refuses, []Rule{R10},
		"事故已报告", "The accident is reported already",
		"变化的内容追加 accident-casualties-updated", "append accident-casualties-updated for what changed"},
	{UnknownAccident, Refuses, []Rule{R10},
		"没有这起事故", "There is no such accident",
		"先追加 accident-reported", "append accident-reported first"},
	{ReportedBeforeItHappened, Refuses, []Rule{R10},
		"发生时间晚于报告时间", "Reported before it happened",
		"核对 happened 或事件时间", "correct happened, or the event's time"},
	{HappenedLongAgo, Flags, []Rule{R10},
		"事故发生已久", "It happened long ago",
		"核对日期，并说明原因", "check the date, and explain it"},
	{LateCasualties, Flags, []Rule{R10},
		"逾期补报伤亡", "Casualties were stated late",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{GradeStale, Flags, []Rule{R10},
		"等级与伤亡损失不再相符", "The grade no longer fits the harm",
		"重新定级（accident-graded）", "grade it again (accident-graded)"},
	{WrongGrade, Refuses, []Rule{R10},
		"等级与伤亡损失不符", "The grade does not fit the harm",
		"按伤亡损失定级，或先追加 accident-casualties-updated",
		"state the grade that the harm gives, or append accident-casualties-updated first"},
	{CountedInAnotherYear, Flags, []Rule{R12},
		"计入其他年份", "Counted in another year",
		"写明计数规则，或说明原因", "state the counting rule, or explain it"},
	{LossNotInCNY, Refuses, []Rule{R10},
		"直接损失不是人民币", "The loss is not in CNY",
		"direct_loss 用人民币分", "state direct_loss in CNY fen"},
}
