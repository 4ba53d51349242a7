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
		"行动 {campaign} 的事件写的是行动 {named}", "an event of campaign {campaign} names campaign {named}",
		"campaign 留空，或写本流的行动", "leave campaign empty or name the stream's own campaign"},
	{UnknownCampaign, Refuses, []Rule{R01, R13},
		"没有这项行动", "There is no such campaign",
		"行动 {campaign} 没有方案", "campaign {campaign} has no plan",
		"先追加 campaign-plan-published；不属于行动的事件不写 campaign",
		"append campaign-plan-published first; an event that belongs to no campaign leaves it out"},
	{PlanBelowTheLaw, Refuses, []Rule{R42},
		"方案低于法定要求", "The plan asks for less than the law",
		"方案要求 {stated} 名检查人员；法定至少 {least} 名（行政处罚法第四十二条）",
		"the plan asks for {stated} inspectors; the law asks for {least} (Administrative Penalty Law, Art. 42)",
		"min_inspectors 写 {least} 或更多", "state min_inspectors of {least} or more"},
	{PlanVersionPublished, Refuses, []Rule{R01},
		"该版方案已发布", "This version of the plan was published",
		"方案的版本 {version} 已发布", "version {version} of the plan is already published",
		"修改后的方案另编版本", "give the changed plan a new version"},
	{PlanDropsCopies, Flags, []Rule{R43},
		"方案减少了送达对象", "The plan drops recipients",
		"方案减少了送达对象：{recipients:recipient}", "the plan drops recipients of the site record: {recipients:recipient}",
		"补上送达对象，或说明原因", "add the recipients, or explain it"},
	{PlanDropsSections, Flags, []Rule{R35},
		"方案减少了环节", "The plan drops sections",
		"方案减少了环节：{sections:section}", "the plan drops sections: {sections:section}",
		"补上环节，或说明原因", "add the sections, or explain it"},
	{PlanDropsItems, Flags, []Rule{R32, R33, R34},
		"方案减少了必查项", "The plan drops items",
		"方案减少了{profile:profile}检查项：{items}", "the plan drops {profile:profile} items: {items}",
		"补上检查项，或说明原因", "add the items, or explain it"},
	{CampaignAlreadyStarted, Refuses, []Rule{R48},
		"行动已启动", "The campaign has started",
		"行动的期间为{start_at}至{end_at}", "the campaign started for {start_at} to {end_at}",
		"无须再做；新的期间另立行动", "nothing is left to do; a new period is a new campaign"},
	{CampaignBelowItself, Refuses, []Rule{R03},
		"行动不得隶属于自身", "The campaign would be below itself",
		"行动 {campaign} 将隶属于自身", "campaign {campaign} would be its own parent",
		"写明不属于本行动的上级行动", "name a parent that is not part of this campaign"},
	{CampaignPeriodImplausible, Flags, []Rule{R48},
		"行动期间不合常理", "The period looks like a slip of the pen",
		"{stated_on} 所写的期间为{start_at}至{end_at}", "on {stated_on} the period was stated as {start_at} to {end_at}",
		"核对起止日期，并说明原因", "check the dates, and explain it"},
	{CampaignNotStarted, Refuses, []Rule{R48},
		"行动尚未启动", "The campaign has not started",
		"行动 {campaign} 尚未启动", "campaign {campaign} has not started",
		"先追加 campaign-started", "append campaign-started first"},
	{CampaignEnded, Refuses, []Rule{R48},
		"行动已结束", "The campaign has ended",
		"行动已于{ended_at}结束", "the campaign ended at {ended_at}",
		"无须再做；新的行动另发方案", "nothing is left to do; publish a plan for a new campaign"},
	{CampaignEndedBeforeStart, Refuses, []Rule{R48},
		"结束早于启动", "The end lies before the start",
		"结束时间{end_at}早于启动时间{start_at}", "the end {end_at} lies before the start {start_at}",
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
		"督查组 {team} 已成立，名称为 {name}", "team {team} is already formed as {name}",
		"无须再做；另一督查组换用编号", "nothing is left to do; another team needs another id"},
	{UnknownTeam, Refuses, []Rule{R17, R61, R63},
		"没有这个督查组", "There is no such team",
		"督查组 {team} 尚未成立", "team {team} is not formed",
		"先追加 team-formed", "form the team first (team-formed)"},
	{KindRequired, Refuses, []Rule{R17},
		"缺少督查组类型", "The kind of team is missing",
		"只有导入的记录可以不写督查组类型", "only imports may leave the kind of a team unknown",
		"写明综合（comprehensive）或专业（specialist）", "state kind comprehensive or specialist"},
	{TeamIDTooLong, Refuses, []Rule{R17},
		"督查组编号过长", "The team's id is too long",
		"督查组的检查以 {team}.<uuid> 命名，督查组编号至多 {most} 个字符",
		"the team's visits are named {team}.<uuid>, so its id has at most {most} characters",
		"编号至多 {most} 个字符", "choose an id of at most {most} characters"},
	{TeamHasLeader, Refuses, []Rule{R51},
		"督查组已有组长", "The team has a leader",
		"现任组长是 {leader}，督查组只有一名组长", "the team is led by {leader}, and a team has exactly one leader",
		"追加 leader-changed 并写明交接", "append leader-changed with a handover"},
	{TeamHasNoLeader, Refuses, []Rule{R51},
		"督查组没有组长", "The team has no leader",
		"", "",
		"追加 leader-appointed", "append leader-appointed"},
	{SameLeader, Refuses, []Rule{R51},
		"已是现任组长", "The person leads the team already",
		"{person} 已是组长", "{person} already leads the team",
		"在 to 中写明下一任组长", "name the next leader in to"},
	{AlreadyAMember, Refuses, []Rule{R17},
		"已是成员", "The person is a member already",
		"{person} 已是成员", "{person} is already a member",
		"无须再做", "nothing is left to do"},
	{NotAMember, Refuses, []Rule{R61},
		"不是成员", "The person is no member",
		"{person} 不是督查组的成员", "{person} is no member of the team",
		"写明现有成员", "name a present member"},
	{SecondedToAnotherTeam, Flags, []Rule{R61},
		"已抽调到其他督查组", "Seconded to another team",
		"{person} 已抽调到督查组 {seconded_to}，又加入督查组 {team}",
		"{person} is seconded to team {seconded_to} and joins team {team}",
		"结束原抽调（secondment-ended），或说明原因", "end the other secondment (secondment-ended), or explain it"},
	{MemberOfTwoTeams, Flags, []Rule{R61},
		"同时属于两个督查组", "A member of two teams",
		"{person} 同期还属于督查组 {other_team}", "{person} belongs to team {other_team} in an overlapping period",
		"退出原督查组（member-left），或说明原因", "let the person leave the other team (member-left), or explain it"},
	{RulesNotAcknowledged, Refuses | Flags, []Rule{R02},
		"纪律要求未确认", "The discipline rules are not acknowledged",
		"尚未确认纪律要求[（版本 {version}）]：{persons}", "the discipline rules[, version {version},] are not acknowledged by: {persons}",
		"由各人追加 discipline-rules-acknowledged", "append discipline-rules-acknowledged for each of them"},
	{TeamAlreadyActive, Refuses, []Rule{R02},
		"督查组已启用", "The team is active already",
		"", "",
		"无须再做", "nothing is left to do"},
	{TeamNeedsLeader, Gates, []Rule{R02},
		"启用前须有组长", "An active team needs a leader",
		"", "",
		"追加 leader-appointed", "append leader-appointed"},
	{TeamNeedsMembers, Gates, []Rule{R02},
		"启用前须有成员", "An active team needs members",
		"", "",
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
	DetachedFromUnit           Code = "detached-from-unit"
	SecondmentEndedBeforeStart Code = "secondment-ended-before-start"
	OtherRulesText             Code = "other-rules-text"
	AlreadyInOffice            Code = "already-in-office"
	NotInOffice                Code = "not-in-office"
	LeftBeforeAppointed        Code = "left-before-appointed"
)

var personCodes = []Text{
	{PersonAlreadyRegistered, Refuses, []Rule{R59},
		"人员已登记", "The person is registered already",
		"{person} 已登记", "{person} is already registered",
		"无须再做", "nothing is left to do"},
	{UnknownPerson, Refuses, []Rule{R17, R51, R53, R59, R60},
		"人员未登记", "There is no such person",
		"{field} 中的人员未登记：{persons}", "{field} names persons who are not registered: {persons}",
		"先登记人员（person-registered）", "register the person first (person-registered)"},
	{UnknownUnit, Flags, []Rule{R61},
		"单位不在单位表中", "The unit is not in the table of units",
		"单位 {unit} 不在单位表中", "unit {unit} is not in the table of units",
		"补入单位表（code-table-published），或说明原因", "publish the unit in the table (code-table-published), or explain it"},
	{NotYourself, Refuses, []Rule{R02, Pillar1},
		"须由本人办理", "Only the person may do this",
		"[令牌属于 {author}，]不能代 {person} 办理", "[the token is of {author}, and ]nobody else speaks for {person}",
		"使用本人的令牌；仅确认纪律要求和撤销密钥可由市安委办代办",
		"use the person's own token; only an acknowledgement and a revocation may also come from the supervision office"},
	{AlreadySeconded, Refuses, []Rule{R61},
		"同期已被抽调", "The person is seconded already",
		"已抽调到督查组 {team}，自{from_at}至{to_at}", "the person is seconded to team {team} from {from_at} to {to_at}",
		"先追加 secondment-ended，或选不重叠的期间", "append secondment-ended first, or choose a period that does not overlap"},
	{DetachedFromUnit, Refuses | Answers, []Rule{R61},
		"抽调期间与原单位脱钩", "Whoever is seconded is detached from the home unit",
		"{person} 自{from_at}至{to_at}抽调到督查组 {team}，其间不得使用原单位 {unit} 的令牌",
		"{person} is seconded to team {team} from {from_at} to {to_at}, and a token of the home unit {unit} is refused meanwhile",
		"使用督查组的令牌；提前返回的先追加 secondment-ended",
		"use a token of the team; who returns earlier first needs secondment-ended"},
	{NotSeconded, Refuses, []Rule{R61},
		"没有未结束的抽调", "There is no open secondment",
		"没有到督查组 {team} 的未结束抽调", "the person has no open secondment to team {team}",
		"写明有未结束抽调的督查组", "name the team of an open secondment"},
	{SecondmentEndedBeforeStart, Refuses, []Rule{R61},
		"抽调结束早于开始", "The secondment ends before its start",
		"抽调始于{start_at}，结束写为{end_at}", "the secondment starts {start_at}, its end is stated as {end_at}",
		"写明开始之后的结束时间", "state when it ended, not before its start"},
	{OtherRulesText, Refuses, []Rule{R02},
		"不是所发布的纪律要求", "Not the text that was published",
		"版本 {version} 的纪律要求全文的哈希是 {sha256}", "the text of version {version} of the discipline rules has the hash {sha256}",
		"阅读所发布的全文，写明其哈希", "read the published text, and state its hash"},
	{AlreadyInOffice, Refuses, []Rule{R65},
		"同期已任该职", "The person holds the post already",
		"自 {from_on} [至 {to_on} ]已任 {unit} 的{post}", "the person is {post} of {unit} from {from_on}[ to {to_on}]",
		"先追加 official-left，或写不重叠的期间", "append official-left first, or state a period that does not overlap"},
	{NotInOffice, Refuses, []Rule{R65},
		"没有该任职", "There is no such appointment",
		"没有在 {unit} 任{post}的未结束记录", "the person holds no post {post} of {unit} that has not ended",
		"写明所任的职务和单位", "name the post and unit of an appointment"},
	{LeftBeforeAppointed, Refuses, []Rule{R65},
		"离任早于任职", "Left before the appointment",
		"任职始于 {from_on}，离任写为 {last_on}", "the appointment begins on {from_on}, the last day is stated as {last_on}",
		"写明任职之后的离任日期", "state a last day that is not before the first"},
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
	UnknownCode              Code = "unknown-code"
	TableTorn                Code = "table-torn"
	RowInTwoParts            Code = "row-in-two-parts"
	LimitBelowTheLaw         Code = "limit-below-the-law"
	SectorWithoutDepartment  Code = "sector-without-department"
	ChecklistDropsItems      Code = "checklist-drops-items"
	RulesVersionPublished    Code = "rules-version-published"
	CalendarContradicts      Code = "calendar-contradicts"
)

var subjectCodes = []Text{
	{SubjectAlreadyRegistered, Refuses, []Rule{R18},
		"检查对象已登记", "The subject is registered already",
		"检查对象 {subject} 已登记", "subject {subject} is already in the register",
		"无须再做；另一对象换用编号", "nothing is left to do; another subject needs another id"},
	{UnknownSubject, Refuses, []Rule{R10, R14, R18, R41, R61, R73, R77},
		"检查对象未登记", "There is no such subject",
		"检查对象 {subject} 未登记", "subject {subject} is not in the register",
		"先登记检查对象（subject-registered）；不在名册的，discovery 写 field",
		"register the subject first (subject-registered); discovery is field if it was in no register"},
	{StatusInTheFuture, Flags, []Rule{R28},
		"状态起始日期在未来", "The status begins in the future",
		"{recorded_on} 记录为自 {since_on} 起{production:production}",
		"on {recorded_on} the subject was recorded as {production:production} since {since_on}",
		"核对日期，并说明原因", "check the date, and explain it"},
	{NotAnImport, Refuses, []Rule{R06},
		"不是导入记录", "Not an imported record",
		"discovery 的 import 只用于导入的记录", "discovery import is for imported records, and this event is not one",
		"discovery 写 register 或 field", "state discovery register or field"},
	{UnknownDepartment, Flags, []Rule{R75},
		"部门不在单位表中", "The department is not in the table of units",
		"不在单位表中：{units}", "these units are not in the table of units: {units}",
		"补入单位表（code-table-published），或说明原因", "publish the unit in the table (code-table-published), or explain it"},
	{NoCompetentDepartment, Flags, []Rule{R75},
		"没有主管部门", "No competent department",
		"单位表中没有主管地区 {region}、行业 {sectors:sector} 的单位，对象也没有写明",
		"the table of units has no department for region {region} and sectors {sectors:sector}, and the subject names none",
		"由市安委办在单位表中明确（code-table-published）", "let the office name one in the table of units (code-table-published)"},
	{USCCCheckFailed, Refuses | Flags, []Rule{R54},
		"统一社会信用代码校验不符", "The credit code fails its check",
		"代码 {uscc} 校验不符[：第 {place} 位应为 {expected}][；所述理由：{reason}]",
		"credit code {uscc} fails its check[: position {place} must be {expected}][; reason given: {reason}]",
		"更正代码，或在 uscc_reason（subject-identified 为 reason）中说明理由",
		"correct the code, or state in uscc_reason (subject-identified: reason) why it is entered as it is"},
	{USCCMalformed, Refuses, []Rule{R54},
		"统一社会信用代码格式不符", "The credit code has a wrong form",
		"代码 {uscc} 不是 18 位、不含 I、O、Z、S、V 的数字和大写字母，或第 3 至 8 位不是数字",
		"credit code {uscc} is not of 18 digits and capitals without I, O, Z, S and V, or has no digits at 3 to 8",
		"更正代码，或在 uscc_reason（subject-identified 为 reason）中说明理由",
		"correct the code, or state in uscc_reason (subject-identified: reason) why it is entered as it is"},
	{USCCShared, Flags, []Rule{R18},
		"统一社会信用代码重复", "Another subject has the credit code",
		"另一检查对象也使用代码 {uscc}", "another subject has the credit code {uscc} too",
		"核对是否同一对象，并说明原因", "check whether both are one subject, and explain it"},
	{SubjectAlreadyExcluded, Refuses, []Rule{R18},
		"检查对象已剔除", "The subject is excluded already",
		"检查对象 {subject} 已从覆盖范围剔除", "subject {subject} is already excluded from coverage",
		"无须再做", "nothing is left to do"},
	{ExclusionWaits, Refuses, []Rule{R18},
		"剔除待批准", "The exclusion waits for approval",
		"检查对象 {subject} 的剔除（事件 {event}）待批准", "exclusion {event} of subject {subject} waits for approval",
		"先批准或不予批准（approval-given、approval-refused）", "have it approved or refused (approval-given, approval-refused)"},
	{WrongTable, Refuses, []Rule{R02, R75},
		"代码表与流不符", "The table does not belong to the stream",
		"代码表 {table} 不属于 {stream}", "table {table} does not belong to the stream {stream}",
		"追加到流 table/{table}", "append it to the stream table/{table}"},
	{UnknownCode, Refuses, []Rule{R02, R07, R21, R27, R29, R65, R75, R76},
		"代码不在表中", "The code is not in the list",
		"{field} 的 {code} 不在表 {list:code-table}（{list}[，版本 {version}]）中",
		"{field}: {code} is not in the list {list}[, version {version}]",
		"从 GET /v1/tables/{list} 中选用代码，或由市安委办发布新版", "use a code of GET /v1/tables/{list}, or let the office publish a new version"},
	{TableTorn, Refuses, []Rule{R29},
		"代码表不完整", "The table is torn",
		"代码表 {table} 的第 {part} 部分（共 {parts} 部分）与之前的 {have} 部分不相接，或之后没有下一部分",
		"part {part} of {parts} of table {table} does not follow the {have} before it, or none follows it",
		"所有部分依次放在一个批次中，文件来源相同", "send all parts in order in one batch, with the same document"},
	{RowInTwoParts, Refuses, []Rule{R29},
		"两部分相互矛盾", "Two parts contradict each other",
		"代码表 {table} 第 {part} 部分的 {code}（{field}）与之前的部分重复或重叠",
		"{code} ({field}) of part {part} of table {table} repeats or overlaps a row of an earlier part",
		"每行只写在一个部分中", "state each row in one part only"},
	{LimitBelowTheLaw, Refuses, []Rule{R41},
		"限值低于法律规定", "The limit is below the law",
		"{field}：{matter:law-matter}写为 {stated} {counted_in:limit-unit}，{law}第 {article} 条为 {bound}",
		"{field}: {matter:law-matter} is stated as {stated} {counted_in:limit-unit}; {law}, article {article}, says {bound}",
		"按法律写明；法律已修改的，写新文本的版本", "state what the law says; if it has changed, state the version of the new text"},
	{SectorWithoutDepartment, Refuses, []Rule{R75},
		"行业没有主管部门", "A sector has no department",
		"监管责任分工没有为这些行业写明主管部门：{sectors:sector}", "the map of responsibilities names no department for: {sectors:sector}",
		"为每个行业写明主管部门", "name a department for each sector"},
	{ChecklistDropsItems, Flags, []Rule{R21, R22, R23, R24, R25, R26, R27, R32, R33, R34},
		"检查表缺少讲话所列的项目", "The checklists drop items of the speech",
		"检查表没有：{items}", "the checklists leave out: {items}",
		"补入（code-table-published），或说明原因", "add them (code-table-published), or explain it"},
	{CalendarContradicts, Refuses, []Rule{R26},
		"与另一年的节假日矛盾", "It contradicts another year's calendar",
		"{field}：{year} 年的节假日（版本 {version}）对这些日期的规定相反：{days}",
		"{field}: the calendar of {year}, version {version}, says the contrary of: {days}",
		"核对通知；先更正另一年的，或在两处写得一致", "check the notices; put the other year right first, or state the same in both"},
	{RulesVersionPublished, Refuses, []Rule{R02},
		"该版本的纪律要求已发布", "The version is published already",
		"纪律要求版本 {version} 已发布", "version {version} of the discipline rules is already published",
		"新的内容用新的版本", "give the new text a new version"},
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
		"事故 {accident} 已报告", "accident {accident} is already reported",
		"变化的内容追加 accident-casualties-updated", "append accident-casualties-updated for what changed"},
	{UnknownAccident, Refuses, []Rule{R10, R41},
		"没有这起事故", "There is no such accident",
		"事故 {accident} 尚未报告", "accident {accident} is not reported",
		"先追加 accident-reported", "append accident-reported first"},
	{ReportedBeforeItHappened, Refuses, []Rule{R10},
		"发生时间晚于报告时间", "Reported before it happened",
		"发生于{happened_at}，晚于{reported_at}的报告", "the accident happened at {happened_at}, after the report of {reported_at}",
		"核对 happened 或事件时间", "correct happened, or the event's time"},
	{HappenedLongAgo, Flags, []Rule{R10},
		"事故发生已久", "It happened long ago",
		"发生于{happened_at}，{reported_at}才报告：超过一年",
		"the accident happened at {happened_at} and was reported at {reported_at}, more than a year later",
		"核对日期，并说明原因", "check the date, and explain it"},
	{LateCasualties, Flags, []Rule{R10},
		"逾期补报伤亡", "Casualties were stated late",
		"事故发生 {after_days} 后才补报更重的伤亡损失；应在 {within_days} 内（国务院令第493号第十三条）",
		"more harm was reported {after_days} after the accident; it is added to the accident within {within_days} (State " +
			"Council Order 493, Art. 13)",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{GradeStale, Flags, []Rule{R10},
		"等级与伤亡损失不再相符", "The grade no longer fits the harm",
		"定为{grade:accident-grade}；按死亡 {deaths}、重伤 {serious_injuries}、直接损失 {loss_fen} 应为{harm_grade:accident-grade}，须重新定级",
		"the accident is graded {grade:accident-grade}; with {deaths} deaths, {serious_injuries} serious injuries " +
			"and a direct loss of {loss_fen} the grade is {harm_grade:accident-grade} until graded again",
		"重新定级（accident-graded）", "grade it again (accident-graded)"},
	{WrongGrade, Refuses, []Rule{R10},
		"等级与伤亡损失不符", "The grade does not fit the harm",
		"所写等级为{grade:accident-grade}；按死亡 {deaths}、重伤 {serious_injuries}、直接损失 {loss_fen} 应为{harm_grade:accident-grade}（国务院令第493号第三条）",
		"grade {grade:accident-grade} is stated; {deaths} deaths, {serious_injuries} serious injuries and a direct loss of {loss_fen} give " +
			"{harm_grade:accident-grade} (State Council Order 493, Art. 3)",
		"写{harm_grade:accident-grade}（{harm_grade}），或先追加 accident-casualties-updated",
		"state grade {harm_grade}, or append accident-casualties-updated first"},
	{CountedInAnotherYear, Flags, []Rule{R12},
		"计入其他年份", "Counted in another year",
		"发生在 {year} 年，计入 {counted} 年，没有写明计数规则", "the accident happened in {year}, is counted in {counted}, and no counting rule is stated",
		"写明计数规则，或说明原因", "state the counting rule, or explain it"},
	{LossNotInCNY, Refuses, []Rule{R10},
		"直接损失不是人民币", "The loss is not in CNY",
		"直接损失的币种是 {currency}，定级按人民币", "the direct loss is in {currency}; the grades need CNY",
		"direct_loss 用人民币分", "state direct_loss in CNY fen"},
}
