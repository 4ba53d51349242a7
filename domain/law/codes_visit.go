package law

// Reservation, start and attempt.
const (
	AlreadyBegun                Code = "already-begun"
	AlreadyReserved             Code = "already-reserved"
	PlannedInThePast            Code = "planned-in-the-past"
	AlreadyReleased             Code = "already-released"
	BriefedAfterArrival         Code = "briefed-after-arrival"
	AlreadyStarted              Code = "already-started"
	AlreadyAttempted            Code = "already-attempted"
	AlreadyArrived              Code = "already-arrived"
	AnotherVisit                Code = "another-visit"
	InspectorsRequired          Code = "inspectors-required"
	VisitTypeRequired           Code = "visit-type-required"
	TeamRequired                Code = "team-required"
	OutsideCampaign             Code = "outside-campaign"
	StartAfterRelease           Code = "start-after-release"
	StartDiffersFromReservation Code = "start-differs-from-reservation"
	TeamNotActive               Code = "team-not-active"
	CountyOutsideTeamScope      Code = "county-outside-team-scope"
	SectorOutsideTeamScope      Code = "sector-outside-team-scope"
	SectorNotOfSubject          Code = "sector-not-of-subject"
	TooFewInspectors            Code = "too-few-inspectors"
	UntrainedInspector          Code = "untrained-inspector"
	InspectorNotInTeam          Code = "inspector-not-in-team"
	ConflictOfInterest          Code = "conflict-of-interest"
	AlreadyAnInspector          Code = "already-an-inspector"
	DuplicateInspection         Code = "duplicate-inspection"
	NotADuplicate               Code = "not-a-duplicate"
)

var planCodes = []Text{
	{AlreadyBegun, Refuses, []Rule{Pillar2},
		"检查已预约或开始", "The visit was reserved or started before",
		"", "",
		"换用新的检查编号", "use a new inspection id"},
	{AlreadyReserved, Refuses, []Rule{R31},
		"首次检查已被预约", "The initial visit is reserved already",
		"检查 {inspection} 已占有对象 {subject}、行业 {sector:sector} 的首次检查",
		"inspection {inspection} already holds the initial visit of subject {subject}, sector {sector:sector}",
		"另选对象或行业，或改为首次检查以外的检查类型", "choose another subject or sector, or a visit type other than initial"},
	{PlannedInThePast, Flags, []Rule{R31},
		"预约的日期已过", "Reserved for a day that is past",
		"{reserved_on} 预约，计划日期为 {planned_on}", "the visit was reserved on {reserved_on} for {planned_on}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{AlreadyReleased, Refuses, []Rule{Pillar2},
		"预约已释放", "The reservation was released before",
		"", "",
		"无须再做", "nothing is left to do"},
	{BriefedAfterArrival, Flags, []Rule{R16},
		"到达之后才掌握情况", "The briefing came after the arrival",
		"{briefed_at}掌握情况，{arrived_at}到达", "the team was briefed at {briefed_at} and arrived at {arrived_at}",
		"说明原因（deviation-explained）；下次先掌握情况再到场", "explain it (deviation-explained); next time, brief before the visit"},
	{AlreadyStarted, Refuses, []Rule{Pillar2},
		"检查已经开始", "The visit began before",
		"", "",
		"完成本次检查；另一次检查换用新的检查编号", "finish this visit; another one needs a new inspection id"},
	{AlreadyAttempted, Refuses, []Rule{Pillar2, R28},
		"检查已记为未果", "The visit ended as an attempt",
		"", "",
		"下次检查换用新的检查编号", "use a new inspection id for the next try"},
	{AlreadyArrived, Refuses, []Rule{R28},
		"已有人到达，不属未果", "Somebody arrived, so this is no attempt",
		"", "",
		"按实际情况记录本次检查", "record the visit as it went"},
	{AnotherVisit, Refuses, []Rule{R31},
		"与所预约的检查不是同一次", "This is another visit than the reserved one",
		"预约的是对象 {reserved_subject}、督查组 {reserved_team}，开始时写的是对象 {subject}、督查组 {team}；检查的对象和督查组不能改变",
		"the reservation was for subject {reserved_subject} and team {reserved_team}, the start names subject {subject} and team " +
			"{team}; what a visit is about never changes",
		"换用新的检查编号，并释放未使用的预约", "use a new inspection id for this visit, and release the reservation that was not used"},
	{InspectorsRequired, Refuses, []Rule{R42},
		"缺少检查人员", "The inspectors are missing",
		"只有导入的记录可以不写检查人员", "only imports may leave the inspectors unknown",
		"写明检查人员", "name the inspectors"},
	{VisitTypeRequired, Refuses, []Rule{R31},
		"缺少检查类型", "The visit type is missing",
		"只有导入的记录可以不写检查类型", "only imports may leave the visit type unknown",
		"写明检查类型", "say why the visit is made"},
	{TeamRequired, Refuses, []Rule{R17},
		"缺少督查组", "The team is missing",
		"只有导入的记录可以不写督查组", "only imports may leave the team unknown",
		"写明实施检查的督查组", "name the team that inspects"},
	{OutsideCampaign, Flags, []Rule{R13},
		"在行动期间之外", "Outside the period of the campaign",
		"发生于{occurred_at}，不在行动 {campaign} 的期间内[：自{start_at}至{end_at}][，迟到的记录可延后 {grace_hours}]",
		"the event occurred at {occurred_at}, outside campaign {campaign}[, which runs from {start_at} to {end_at}][, with " +
			"{grace_hours} for late facts]",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{StartAfterRelease, Flags, []Rule{R31},
		"预约释放后开始", "Started after the reservation was released",
		"", "",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{StartDiffersFromReservation, Flags, []Rule{R31},
		"与预约内容不同", "Started otherwise than reserved",
		"[行业为 {sector:sector}（预约为 {reserved_sector:sector}） ][检查类型为 {visit_type:visit-type}（预约为 {reserved_visit_type:visit-type}） ][行动为 " +
			"{campaign}][（预约为 {reserved_campaign}）]",
		"[sector {sector:sector} ({reserved_sector:sector} reserved) ][visit type {visit_type:visit-type} " +
			"({reserved_visit_type:visit-type} reserved) ][campaign {campaign}][ ({reserved_campaign} reserved)]",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{TeamNotActive, Flags, []Rule{R17},
		"督查组尚未启用", "The team has not been activated",
		"督查组 {team} 尚未启用", "team {team} has not been activated",
		"由市安委办启用督查组（team-activated），并说明原因", "let the office activate the team (team-activated), and explain it"},
	{CountyOutsideTeamScope, Flags, []Rule{R17},
		"县区不在督查组分工内", "The county is outside the team's scope",
		"对象所在县区 {county:county} 不在督查组 {team} 分工的 {counties} 内",
		"county {county:county} of the subject is not among {counties} of team {team}",
		"说明原因，或由市安委办调整分工（team-scope-assigned）", "explain it, or let the office assign the county (team-scope-assigned)"},
	{SectorOutsideTeamScope, Flags, []Rule{R17},
		"行业不在督查组分工内", "The sector is outside the team's scope",
		"行业 {sector:sector} 不在督查组 {team} 分工的 {sectors:sector} 内", "sector {sector:sector} is not among {sectors:sector} of team {team}",
		"说明原因，或由市安委办调整分工（team-scope-assigned）", "explain it, or let the office assign the sector (team-scope-assigned)"},
	{SectorNotOfSubject, Flags, []Rule{R17},
		"行业不属于该检查对象", "The sector is none of the subject's",
		"行业 {sector:sector} 不在对象 {subject} 的行业 {sectors:sector} 内", "sector {sector:sector} is not among {sectors:sector} of subject {subject}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{TooFewInspectors, Flags, []Rule{R42},
		"检查人员不足", "Too few inspectors",
		"检查人员 {inspectors} 名，至少应有 {least} 名", "the visit has {inspectors} inspectors; it needs at least {least}",
		"补充检查人员（inspector-joined），或说明原因", "let another inspector join (inspector-joined), or explain it"},
	{UntrainedInspector, Flags, []Rule{R01},
		"检查人员未受训", "An inspector without training",
		"检查人员 {person} 截至 {until_on} 没有培训记录", "inspector {person} has no recorded training up to {until_on}",
		"补录此前的培训（inspector-trained），或说明原因", "record the earlier training (inspector-trained), or explain it"},
	{InspectorNotInTeam, Flags, []Rule{R17},
		"检查人员不在督查组内", "An inspector is no member of the team",
		"检查人员 {person} 不是督查组 {team} 的成员", "inspector {person} is no member of team {team}",
		"说明原因，或办理入组（member-joined）", "explain it, or let the person join the team (member-joined)"},
	{ConflictOfInterest, Flags, []Rule{R61},
		"检查本单位监管的对象", "An inspector's own unit supervises the subject",
		"检查人员 {person} 的单位 {unit} 监管该对象", "inspector {person} is of unit {unit}, which supervises the subject",
		"更换检查人员，或说明原因", "send another inspector, or explain it"},
	{AlreadyAnInspector, Refuses, []Rule{R42},
		"已是本次检查的人员", "The person is an inspector of this visit already",
		"{person} 已是本次检查的人员", "{person} is an inspector of this visit already",
		"无须再做", "nothing is left to do"},
	{DuplicateInspection, Flags, []Rule{R31},
		"重复检查", "Two initial visits of one subject and sector",
		"对象 {subject}、行业 {sector:sector} 的检查 {inspection} 始于{began_at}；检查 {first_inspection} 此前始于{first_began_at}",
		"inspection {inspection} of subject {subject}, sector {sector:sector}, began at {began_at}; inspection {first_inspection} " +
			"had begun at {first_began_at}",
		"说明必要性并经他人批准（duplicate-justified）", "say why it was needed and have that approved (duplicate-justified)"},
	{NotADuplicate, Refuses, []Rule{R31},
		"未被标记为重复检查", "The visit was not flagged as a duplicate",
		"", "",
		"无须再做", "nothing is left to do"},
}

// The course of a visit.
const (
	NotStarted           Code = "not-started"
	InspectionClosed     Code = "inspection-closed"
	LateAfterClosing     Code = "late-after-closing"
	WrongCampaign        Code = "wrong-campaign"
	NotYourTeam          Code = "not-your-team"
	NotAParticipant      Code = "not-a-participant"
	TimeOfDayRequired    Code = "time-of-day-required"
	ClockOrder           Code = "clock-order"
	VisitTooShort        Code = "visit-too-short"
	NotArrived           Code = "not-arrived"
	SectionsSkipped      Code = "sections-skipped"
	ItemsSkipped         Code = "items-skipped"
	AnsweredAgain        Code = "answered-again"
	AdvanceNotice        Code = "advance-notice"
	BriefingHeard        Code = "briefing-heard"
	Accompanied          Code = "accompanied"
	Reception            Code = "reception"
	NoBriefing           Code = "no-briefing"
	NoArrival            Code = "no-arrival"
	NoDeparture          Code = "no-departure"
	NoConductDeclaration Code = "no-conduct-declaration"
	MajorWithoutStop     Code = "major-without-stop"
	PartySaysOtherwise   Code = "party-says-otherwise"
)

var courseCodes = []Text{
	{NotStarted, Refuses, []Rule{Pillar2},
		"检查尚未开始", "The visit has not begun",
		"{type} 须在检查开始之后", "{type} comes before the visit began",
		"先追加 inspection-started", "append inspection-started first"},
	{InspectionClosed, Refuses, []Rule{Pillar2},
		"检查已办结", "The visit is closed",
		"检查已于{closed_at}办结，不能再追加 {type}", "{type} cannot follow the closing of {closed_at}",
		"在该对象的新检查中记录", "record it in a new inspection of the subject"},
	{LateAfterClosing, Flags, []Rule{R20},
		"办结后才记录的事实", "Recorded after the closing",
		"{type} 发生于{occurred_at}，早于{closed_at}的办结，办结后才记录",
		"{type} occurred at {occurred_at}, before the closing at {closed_at}, and was recorded after it",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{WrongCampaign, Refuses, []Rule{R13},
		"行动与检查不符", "Another campaign than the visit's",
		"事件写的行动是 {campaign}[，检查属于行动 {visit_campaign}]",
		"the event names campaign {campaign}[, the visit belongs to campaign {visit_campaign}]",
		"写明本次检查所属的行动，或不写", "name the campaign of the visit, or none"},
	{NotYourTeam, Refuses, []Rule{R17},
		"不是本组的检查", "Another team's",
		"[属于督查组 {team}，]令牌属于督查组 {token_team}", "[it is of team {team}, ]the token is of team {token_team}",
		"由实施检查的督查组成员追加", "let a member of that team append it"},
	{NotAParticipant, Flags, []Rule{R17, R42},
		"作者不是参与人员", "The author does not take part",
		"{person} 追加了 {type}[，但不在督查组 {team} 内][，但不是检查人员（{inspectors}）]",
		"{person} wrote {type}[ and is not in team {team}][ and is not among the inspectors of the visit: {inspectors}]",
		"说明原因，或补录加入（inspector-joined、member-joined）",
		"explain it, or record that the person joined (inspector-joined, member-joined)"},
	{TimeOfDayRequired, Refuses, []Rule{Pillar7},
		"缺少具体时刻", "The time of day is missing",
		"{type} 是检查现场的事实，应知道时刻；timeprecision {precision} 只用于他人所作的记录和只注明日期的文书",
		"{type} is a fact of the visit, whose time of day is known; timeprecision {precision} is for records that others " +
			"wrote and for dated documents",
		"写明时刻，不要写 timeprecision", "state the time of day, and leave timeprecision out"},
	{ClockOrder, Flags, []Rule{Pillar7},
		"时间先后矛盾", "The times contradict the order of things",
		"{type} 的时间是{occurred_at}，早于{earlier_at}的{earlier:term}：两个时钟中有一个不准",
		"{type} occurred at {occurred_at}, before the {earlier:term} at {earlier_at}: one of the two clocks was wrong",
		"核对设备时钟，并说明原因", "check the device's clock, and explain it"},
	{VisitTooShort, Flags, []Rule{R37},
		"停留时间过短", "The stay was too short",
		"停留 {stay_minutes}；{kind:subject-kind}至少 {least_minutes}",
		"the visit took {stay_minutes}; for this kind of subject ({kind:subject-kind}) it takes at least {least_minutes}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{NotArrived, Refuses, []Rule{R37},
		"无人到达", "Nobody arrived",
		"", "",
		"先追加 inspector-arrived", "append inspector-arrived first"},
	{SectionsSkipped, Flags, []Rule{R37},
		"离开时有环节未完成", "Sections were not completed on departure",
		"离开时未完成：{sections:section}", "these sections were not completed when the inspectors left: {sections:section}",
		"完成各环节（section-completed），或说明原因", "complete the sections (section-completed), or explain it"},
	{ItemsSkipped, Flags, []Rule{R37},
		"有检查项被跳过", "Items were skipped",
		"{section:section}跳过 {skipped} 项：{items}", "in section {section:section} {skipped} items were skipped: {items}",
		"补答检查项（check-answered），或说明原因", "answer the items (check-answered), or explain it"},
	{AnsweredAgain, Flags, []Rule{R27},
		"检查项重复作答", "The item was answered before",
		"检查项 {item} 已作答过", "item {item} was answered before",
		"说明哪一次作答为准", "explain which answer holds"},
	{AdvanceNotice, Flags, []Rule{R38},
		"事先通知", "The subject knew in advance",
		"检查对象事先知道检查", "the subject knew of the visit in advance",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{BriefingHeard, Flags, []Rule{R38},
		"听取汇报", "A briefing was heard",
		"检查人员听取了对象或官员的汇报", "the inspectors heard a briefing by the subject or officials",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{Accompanied, Flags, []Rule{R38},
		"有人陪同", "The inspectors were accompanied",
		"{persons} 人陪同：{names}", "{persons} people accompanied the inspectors: {names}",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{Reception, Flags, []Rule{R38},
		"接受接待", "A reception was held",
		"", "",
		"说明原因（deviation-explained）", "explain it (deviation-explained)"},
	{NoBriefing, Flags, []Rule{R16},
		"检查前没有掌握情况", "Nobody was briefed before the visit",
		"没有行前掌握情况的记录", "no briefing on the subject and its open findings is recorded",
		"补录行前掌握情况（pre-inspection-briefed），或说明原因", "record the briefing (pre-inspection-briefed), or explain it"},
	{NoArrival, Flags, []Rule{R37},
		"没有到达记录", "No arrival is recorded",
		"没有到达记录，无从得知检查用时", "no arrival is recorded: how long the visit took cannot be known",
		"补录到达（inspector-arrived），或说明原因", "record the arrival (inspector-arrived), or explain it"},
	{NoDeparture, Flags, []Rule{R37},
		"没有离开记录", "No departure is recorded",
		"没有离开记录，无从得知检查用时", "no departure is recorded: how long the visit took cannot be known",
		"补录离开（inspector-departed），或说明原因", "record the departure (inspector-departed), or explain it"},
	{NoConductDeclaration, Flags, []Rule{R38},
		"没有作风声明", "Conduct was not declared",
		"没有人声明通知、汇报、陪同和接待情况", "nobody declared notice, briefing, company and reception",
		"补作声明（conduct-declared），或说明原因", "declare it (conduct-declared), or explain it"},
	{MajorWithoutStop, Flags, []Rule{R47},
		"重大隐患未停产撤人", "A major finding without a stop",
		"重大隐患 {finding} 没有{measures:order-kind}中的任何措施", "the major finding {finding} has none of these measures: {measures:order-kind}",
		"下达停产、撤人等措施（order-issued），或说明原因", "order a stop or withdrawal (order-issued), or explain it"},
	{PartySaysOtherwise, Flags, []Rule{R38},
		"被检查单位反映作风问题", "The inspected party says that the inspectors did not come as they should",
		"检查 {inspection} 的被检查单位反映：{conduct:conduct}", "the party of visit {inspection} says: {conduct:conduct}",
		"由市纪委监委核实", "the commission looks into it"},
}
