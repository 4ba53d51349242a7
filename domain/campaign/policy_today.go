package campaign

// TodayPolicy returns the parameters that a plan of today starts from: those of [DefaultPolicy], on top of them all that the law
// since 2025 asks for (N01 to N16), and what the speech asks for and the plan of 2019 left out (R08, R16, R19, R42, R43, R72). Each number
// is a proposal: provinces differ.
func TodayPolicy() Policy {
	p := DefaultPolicy()
	p.StatePurpose = true
	p.ListedAuthority = true
	p.ItemBasis = true
	p.VisitApprovalHours = new(48)
	p.ArrivalCodeHours = new(24)
	p.VisitCaps = []VisitCap{{Risk: "high-risk-industry", Most: 4}, {Most: 2}}
	p.CapExemptions = []string{"verify", "team-review", "tip", "accident", "case", "special", "triggered"}
	p.FullNotice = true
	p.OwnArea = true
	p.RefusalDays = new(5)
	p.ResultDays = new(7)
	p.NoQuotas = true
	p.SupervisionDays = new(15)
	p.ClueDays = new(15)
	p.ClueTransferDays = new(5)

	p.RequireBriefing = true
	p.ConfirmHours = new(24)
	p.EvidenceHours = new(72)
	p.ServeCorrections = true
	p.ReceiptDays = new(7)
	p.ExplainDays = new(7)
	p.ConfirmDays = new(7)
	return p
}
