package campaign

import "slices"

// Policy holds every number and list that the campaign's rules use. It is recorded with
// the plan and read from there; the code has no such constant elsewhere.
type Policy struct {
	DuplicateKey string `json:"duplicate_key" is:"code(duplicate-key)" zh:"重复检查口径" doc:"what an initial visit may visit once (R31)"`

	MinInspectors int `json:"min_inspectors" is:"officers" zh:"最少检查人数" doc:"on a site record (行政处罚法 Art. 42, R42)"`

	MinVisitMinutes map[string]int `json:"min_visit_minutes" key:"id or empty" is:"minutes" many:"0…50" zh:"最短停留" doc:"by kind (R37)"`

	RecordDueHours int `json:"record_due_hours" is:"hours" zh:"记录时限" doc:"from the start to the signed or refused site record (R42)"`

	ConfirmHours *int `json:"confirm_hours,omitempty" is:"hours" zh:"第二人确认时限" doc:"by a second inspector; left out: none is owed (R42)"`

	EvidenceHours *int `json:"evidence_due_hours,omitempty" is:"hours" zh:"证据文件时限" doc:"of its bytes; left out: none are owed (R19, R72)"`

	RequireBriefing bool `json:"require_briefing,omitzero" zh:"检查前须掌握情况" doc:"a visit without a briefing is flagged; left out: no (R16)"`

	Copies []string `json:"copies" is:"id" many:"1…20" zh:"送达对象" doc:"recipients of the site record (R43)"`

	CopiesDueDays int `json:"copies_due_days" is:"days" zh:"送达时限" doc:"from signing to the delivery of all copies (R43)"`

	ServeCorrections bool `json:"serve_corrections,omitzero" zh:"更正后重新送达" doc:"an approved correction of the signed record, like it (R43)"`

	ReceiptDays *int `json:"receipt_days,omitempty" is:"days" zh:"回执时限" doc:"of a recipient, from the delivery; left out: no limit (R43)"`

	ExplainDays *int `json:"explain_days,omitempty" is:"days" zh:"标记说明时限" doc:"of a flag, from its being known; left out: none is owed (R08)"`

	ConfirmDays *int `json:"confirm_days,omitempty" is:"days" zh:"说明采纳时限" doc:"for the answer to an explanation; left out: none is owed (R08)"`

	LeaderReviewDays *int `json:"leader_review_days,omitempty" is:"days" zh:"组长审核时限" doc:"from the record on; left out: no limit (R51)"`

	ApprovalDays *int `json:"approval_days,omitempty" is:"days" zh:"批准时限" doc:"for a second person's answer; left out: no limit (R18, R41)"`

	ClosingDays *int `json:"closing_days,omitempty" is:"days" zh:"办结时限" doc:"from the record on; left out: none is owed (R41, R57)"`

	FileDays *int `json:"file_days,omitempty" is:"days" zh:"立案或决定时限" doc:"of a punishable finding, from the record; left out: no limit (R41)"`

	ClosureDays *int `json:"closure_days,omitempty" is:"days" zh:"关闭答复时限" doc:"of a government, from the proposal; left out: no limit (R46)"`

	TipAcceptDays *int `json:"tip_accept_days,omitempty" is:"days" zh:"举报受理时限" doc:"of the office; left out: no limit (R73)"`

	TipInvestigateDays *int `json:"tip_investigate_days,omitempty" is:"days" zh:"举报核查时限" doc:"from the acceptance; left out: no limit (R73)"`

	TipAnswerDays *int `json:"tip_answer_days,omitempty" is:"days" zh:"举报答复时限" doc:"from the investigation; left out: no limit (R73)"`

	TransferDays *int `json:"transfer_days,omitempty" is:"days" zh:"移交答复时限" doc:"of who receives a matter; left out: no limit (R55, R77)"`

	TeamReportDays *int `json:"team_report_days,omitempty" is:"days" zh:"督查组汇报时限" doc:"of each team, from the end; left out: no limit (R62)"`

	CityReportDays *int `json:"city_report_days,omitempty" is:"days" zh:"总结报告时限" doc:"from the end; left out: no limit (R62)"`

	AccountabilityDays *int `json:"accountability_days,omitempty" is:"days" zh:"责任追究时限" doc:"of a review; left out: no limit (R44, R66)"`

	ReviewOrderDays *int `json:"review_order_days,omitempty" is:"days" zh:"派员复查时限" doc:"from the flag of a team on; left out: no limit (R63)"`

	ReviewDays *int `json:"review_days,omitempty" is:"days" zh:"复查时限" doc:"of the review of a team; left out: no limit (R63)"`

	InquiryDays *int `json:"inquiry_days,omitempty" is:"days" zh:"立案时限" doc:"from a problem that a review found; left out: no limit (R64)"`

	DeductionDays *int `json:"deduction_days,omitempty" is:"days" zh:"扣分时限" doc:"from what calls for a deduction; left out: no limit (R69)"`

	OutcomeDays *int `json:"outcome_days,omitempty" is:"days" zh:"彻查时限" doc:"of an inquiry; left out: no limit (R53)"`

	RequiredItems map[string][]string `json:"required_items" key:"id" is:"id" many:"0…50" each:"0…500" zh:"必查项" doc:"by profile (R27, R32)"`

	RequiredSections []string `json:"required_sections" is:"id" many:"0…20" zh:"必查环节" doc:"sections completed before signing (R35)"`

	MaxSkewSeconds int `json:"max_skew_seconds" is:"seconds" zh:"设备时钟允许超前" doc:"of a device's clock before the ledger's (pillar 7)"`

	LateSyncHours int `json:"late_sync_hours" is:"hours" zh:"补传时限" doc:"for a record to arrive, also after the end (R13)"`

	BlacklistNoticeDays *int `json:"blacklist_notice_days,omitempty" is:"days" zh:"拟列入告知时限" doc:"from the proposal on (R58)"`

	BlacklistObjectionDays *int `json:"blacklist_objection_days,omitempty" is:"days" zh:"陈述申辩期限" doc:"from the notice on (R58)"`

	BlacklistDecideDays *int `json:"blacklist_decide_days,omitempty" is:"days" zh:"列入决定时限" doc:"from the end of the objection's time on (R58)"`

	BlacklistRepeatMonths *int `json:"blacklist_repeat_months,omitempty" is:"months" zh:"反复出现问题的期间" doc:"one clause twice; absent: none (R58)"`

	HolidayVisits *int `json:"holiday_inspections,omitempty" is:"few" zh:"节日施工检查次数" doc:"of a site that works then; left out: none (R26)"`

	StatePurpose bool `json:"state_purpose,omitzero" zh:"须写明检查类别和事由" doc:"each visit states kind and cause; left out: no (N04)"`

	ListedAuthority bool `json:"listed_authority,omitzero" zh:"执法主体和人员须公布" doc:"authority, certificates, assistants; left out: no (N01)"`

	ItemBasis bool `json:"item_basis,omitzero" zh:"检查项须有公布的事项和标准" doc:"each has item and standard; left out: no (N02)"`

	VisitApprovalHours *int `json:"inspection_approval_hours,omitempty" is:"hours" zh:"审批补办时限" doc:"of urgent ones; left out: none (N03)"`

	VisitCaps []VisitCap `json:"inspection_caps,omitempty" many:"0…50" zh:"检查频次上限" doc:"the first that applies counts; none: no cap (N05)"`

	CapExemptions []string `json:"cap_exemptions,omitempty" is:"code(cap-exemption)" many:"0…7 distinct" zh:"上限除外" doc:"under no cap (N05)"`

	ArrivalCodeHours *int `json:"arrival_code_hours,omitempty" is:"hours" zh:"入企扫码补录时限" doc:"from the arrival; left out: none is owed (N06)"`

	FullNotice bool `json:"full_notice,omitzero" zh:"告示须写明依据、次数和权利" doc:"the notice says what the law wants; left out: no (N07)"`

	OwnArea bool `json:"own_area,omitzero" zh:"异地检查须备案" doc:"an authority stays in its area, or files it; left out: no (N16)"`

	WithdrawalDays *int `json:"withdrawal_days,omitempty" is:"days" zh:"撤回发布时限" doc:"where the law sets none; left out: no limit (R71)"`

	ZeroFindingDays int `json:"zero_finding_days" is:"days" zh:"零发现天数" doc:"of a team without findings (R63)"`

	ZeroFindingInspections int `json:"zero_finding_inspections" is:"visits" zh:"零发现检查数" doc:"of a team without findings (R63)"`

	RefusalDays *int `json:"refusal_days,omitempty" is:"days" zh:"依法拒绝检查核查时限" doc:"of the supervision body; left out: none is owed (N08)"`

	ResultDays *int `json:"result_days,omitempty" is:"days" zh:"结果告知时限" doc:"to the firm, from the site record; left out: none is owed (N09)"`

	NoQuotas bool `json:"no_quotas,omitzero" zh:"不得下达指标" doc:"a plan with quotas is flagged; left out: no (N11)"`

	SupervisionDays *int `json:"supervision_days,omitempty" is:"days" zh:"执法监督答复时限" doc:"of an authority; left out: no limit (N12)"`

	ClueDays *int `json:"clue_days,omitempty" is:"days" zh:"监督线索核查时限" doc:"of the supervision body; left out: no limit (N12)"`

	ClueTransferDays *int `json:"clue_transfer_days,omitempty" is:"days" zh:"违纪线索移送时限" doc:"of the supervision body; left out: no limit (N12)"`
}

// VisitCap is how many visits of one authority to one subject a year has at most (N05).
type VisitCap struct {
	Authority string `json:"authority,omitempty" is:"id" zh:"执法主体" doc:"id of the unit; left out: any"`
	Risk      string `json:"risk_class,omitempty" is:"code(risk-class)" zh:"风险分类" doc:"of the subject; left out: any, or none"`
	Most      int    `json:"most" is:"few" zh:"年度上限" doc:"visits in a calendar year"`
}

// Cap returns how many visits of an authority to a subject of some risk classes a year has at most; ok is false where the plan sets
// no cap.
func (p *Policy) Cap(authority string, risks []string) (most int, ok bool) {
	for i := range p.VisitCaps {
		if c := &p.VisitCaps[i]; (c.Authority == "" || c.Authority == authority) && (c.Risk == "" || slices.Contains(risks, c.Risk)) {
			return c.Most, true
		}
	}
	return 0, false
}

// DefaultPolicy returns the parameters that a plan starts from; each plan states its own (R01).
func DefaultPolicy() Policy {
	return Policy{
		DuplicateKey:    "subject-sector",
		MinInspectors:   2,
		MinVisitMinutes: map[string]int{"": 20, "unlicensed-place": 10, "road-section": 10},
		RecordDueHours:  24,
		Copies:          []string{"subject", "local-government", "city-department", "safety-office"},
		CopiesDueDays:   3,

		LeaderReviewDays: new(3),
		ApprovalDays:     new(3),
		ClosingDays:      new(15),
		FileDays:         new(7),
		ClosureDays:      new(10),
		TeamReportDays:   new(7),
		CityReportDays:   new(15),

		TipAcceptDays:      new(3),
		TipInvestigateDays: new(15),
		TipAnswerDays:      new(5),
		TransferDays:       new(10),
		AccountabilityDays: new(60),
		ReviewOrderDays:    new(3),
		ReviewDays:         new(10),
		InquiryDays:        new(5),
		OutcomeDays:        new(90),
		DeductionDays:      new(30),

		BlacklistNoticeDays:    new(5),
		BlacklistObjectionDays: new(5),
		BlacklistDecideDays:    new(15),
		BlacklistRepeatMonths:  new(12),
		WithdrawalDays:         new(3),
		HolidayVisits:          new(1),

		RequiredItems: map[string][]string{
			"enterprise":      {"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"},
			"government-unit": {"M-1", "M-2", "M-3", "M-4", "M-5", "M-6"},
			"high-risk":       {"H-1", "H-2", "H-3", "H-4"},
		},
		RequiredSections:       []string{"production", "management", "system"},
		MaxSkewSeconds:         300,
		LateSyncHours:          72,
		ZeroFindingDays:        7,
		ZeroFindingInspections: 10,
	}
}
