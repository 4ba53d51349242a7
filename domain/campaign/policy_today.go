package campaign

// TodayPolicy returns the parameters that a plan of today starts from: those of [DefaultPolicy], and on top of them all that the law
// since 2025 asks for (N01 to N16). Each number is a proposal: provinces differ.
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
	return p
}
