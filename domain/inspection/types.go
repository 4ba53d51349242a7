package inspection

import "github.com/anjian-ledger/anjian/domain/event"

var (
	field  = []event.Role{event.RoleInspector, event.RoleTeamLeader}
	leader = []event.Role{event.RoleTeamLeader}
	plan   = []event.Role{event.RoleInspector, event.RoleTeamLeader, event.RoleSupervisionOffice}
	office = []event.Role{event.RoleSupervisionOffice}
)

// Types declares the events of this package, in the order of a visit.
var Types = []*event.Type{
	{Name: "assignment-reserved", Version: 1, Kind: event.Inspection, Chinese: "检查任务预约", Doc: "A team claimed a subject for a visit.", Rules: []string{"R17", "R18", "R31", "R39"}, Append: plan, New: func() event.Data { return new(Reserved) }},
	{Name: "assignment-released", Version: 1, Kind: event.Inspection, Chinese: "检查任务释放", Doc: "A reservation was given back.", Rules: []string{"R31"}, Append: plan, New: func() event.Data { return new(Released) }},
	{Name: "pre-inspection-briefed", Version: 1, Kind: event.Inspection, Chinese: "行前情况掌握", Doc: "What the inspectors had seen of the subject before they went.", Rules: []string{"R16"}, Append: field, New: func() event.Data { return new(Briefed) }},
	{Name: "inspection-started", Version: 1, Kind: event.Inspection, Chinese: "检查开始", Doc: "The visit began.", Rules: []string{"R01", "R13", "R17", "R18", "R31", "R42", "R61"}, Append: field, Import: true, New: func() event.Data { return new(Started) }},
	{Name: "inspection-attempted", Version: 1, Kind: event.Inspection, Chinese: "检查未果", Doc: "The subject could not be inspected; counts as attempted.", Rules: []string{"R28"}, Append: field, New: func() event.Data { return new(Attempted) }},
	{Name: "inspector-arrived", Version: 1, Kind: event.Inspection, Chinese: "到达现场", Doc: "An inspector is on the spot.", Rules: []string{"R28", "R37", "R39"}, Append: field, New: func() event.Data { return new(Arrived) }},
	{Name: "inspector-joined", Version: 1, Kind: event.Inspection, Chinese: "检查人员加入", Doc: "One more inspector takes part than the start names.", Rules: []string{"R01", "R17", "R42", "R61"}, Append: field, New: func() event.Data { return new(Joined) }},
	{Name: "certificates-shown", Version: 1, Kind: event.Inspection, Chinese: "出示证件", Doc: "Enforcement certificates were shown.", Rules: []string{"R42"}, Append: field, New: func() event.Data { return new(CertificatesShown) }},
	{Name: "notice-posted", Version: 1, Kind: event.Inspection, Chinese: "张贴告示", Doc: "The public notice hangs at the subject.", Rules: []string{"R72"}, Append: field, New: func() event.Data { return new(NoticePosted) }},
	{Name: "conduct-declared", Version: 1, Kind: event.Inspection, Chinese: "作风承诺", Doc: "No advance notice, no briefing, no company, no reception: or which of them happened.", Rules: []string{"R38", "R49"}, Append: field, New: func() event.Data { return new(ConductDeclared) }},
	{Name: "check-answered", Version: 1, Kind: event.Inspection, Chinese: "检查项作答", Doc: "One item of the checklist was answered.", Rules: []string{"R21", "R22", "R23", "R24", "R25", "R27", "R32", "R33", "R34"}, Append: field, Import: true, New: func() event.Data { return new(CheckAnswered) }},
	{Name: "section-completed", Version: 1, Kind: event.Inspection, Chinese: "环节完成", Doc: "One of the three sections was gone through.", Rules: []string{"R35", "R37"}, Append: field, New: func() event.Data { return new(SectionCompleted) }},
	{Name: "finding-recorded", Version: 1, Kind: event.Inspection, Chinese: "隐患记录", Doc: "A hazard or violation was found.", Rules: []string{"R07", "R19", "R42", "R47", "R54"}, Append: field, Import: true, New: func() event.Data { return new(FindingRecorded) }},
	{Name: "fact-corrected", Version: 1, Kind: event.Inspection, Chinese: "事实更正",
		Doc:   "A fact was entered wrongly; its whole new content. The original stays. It counts once a second person approved it.",
		Rules: []string{"R19", "R20", "R41", "pillar 17"}, Append: field, Import: true, New: func() event.Data { return new(FactCorrected) }},
	{Name: "evidence-attached", Version: 1, Kind: event.Inspection, Chinese: "证据附加", Doc: "Evidence was added to the visit or to a finding.", Rules: []string{"R19"}, Append: field, New: func() event.Data { return new(EvidenceAttached) }},
	{Name: "finding-fixed-on-site", Version: 1, Kind: event.Inspection, Chinese: "现场整改", Doc: "A finding was put right during the visit.", Rules: []string{"R20", "R56"}, Append: field, Import: true, New: func() event.Data { return new(FixedOnSite) }},
	{Name: "order-issued", Version: 1, Kind: event.Inspection, Chinese: "责令措施", Doc: "A measure was ordered; it is not a penalty.", Rules: []string{"R20", "R46", "R47", "R56"}, Append: field, Import: true, New: func() event.Data { return new(OrderIssued) }},
	{Name: "penalty-decided", Version: 1, Kind: event.Inspection, Chinese: "行政处罚决定", Doc: "Findings were punished.", Rules: []string{"R41", "R55", "R56"}, Append: plan, Import: true, New: func() event.Data { return new(PenaltyDecided) }},
	{Name: "no-penalty-decided", Version: 1, Kind: event.Inspection, Chinese: "不予处罚决定", Doc: "Punishable findings are lawfully not punished, with reason; it counts once a second person approved it.", Rules: []string{"R41"}, Append: plan, Import: true, New: func() event.Data { return new(NoPenaltyDecided) }},
	{Name: "site-record-signed", Version: 1, Kind: event.Inspection, Chinese: "现场检查记录签字", Doc: "The site record was signed by at least two inspectors and the subject.", Rules: []string{"R08", "R19", "R27", "R32", "R33", "R34", "R35", "R42", "R47", "R72"}, Append: field, New: func() event.Data { return new(RecordSigned) }},
	{Name: "signature-refused", Version: 1, Kind: event.Inspection, Chinese: "拒绝签字", Doc: "The subject would not sign; witnessed.", Rules: []string{"R08", "R19", "R27", "R32", "R33", "R34", "R35", "R42", "R47", "R72"}, Append: field, New: func() event.Data { return new(SignatureRefused) }},
	{Name: "copy-delivered", Version: 1, Kind: event.Inspection, Chinese: "文书送达", Doc: "One copy of the site record reached one recipient.", Rules: []string{"R43"}, Append: plan, New: func() event.Data { return new(CopyDelivered) }},
	{Name: "service-provided", Version: 1, Kind: event.Inspection, Chinese: "帮扶服务", Doc: "The subject was given advice or help.", Rules: []string{"R45"}, Append: field, New: func() event.Data { return new(ServiceProvided) }},
	{Name: "inspector-departed", Version: 1, Kind: event.Inspection, Chinese: "离开现场", Doc: "The inspectors left.", Rules: []string{"R37", "R47"}, Append: field, New: func() event.Data { return new(Departed) }},
	{Name: "inspection-result-recorded", Version: 1, Kind: event.Inspection, Chinese: "检查结论", Doc: "The overall result a source states.", Append: field, Import: true, New: func() event.Data { return new(ResultRecorded) }},
	{Name: "duplicate-justified", Version: 1, Kind: event.Inspection, Chinese: "重复检查说明", Doc: "Why a second visit was needed; a second person approves it.", Rules: []string{"R31"}, Append: append(leader, office...), New: func() event.Data { return new(DuplicateJustified) }},
	{Name: "leader-reviewed", Version: 1, Kind: event.Inspection, Chinese: "组长审核", Doc: "The team leader reviewed the visit.", Rules: []string{"R51"}, Append: leader, New: func() event.Data { return new(LeaderReviewed) }},
	{Name: "inspection-closed", Version: 1, Kind: event.Inspection, Chinese: "检查办结", Doc: "Every obligation of the visit is met.", Rules: []string{"R19", "R20", "R37", "R38", "R41", "R42", "R43", "R47", "R51", "R56", "R57"}, Append: field, New: func() event.Data { return new(Closed) }},
}
