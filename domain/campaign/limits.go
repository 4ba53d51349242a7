package campaign

import "github.com/anjian-ledger/anjian/domain/obligation"

// Limit returns how long the plan gives for a kind of obligation; the zero value where it states nothing (R01).
func (p *Policy) Limit(kind string) obligation.Limit {
	switch kind {
	case "record":
		return obligation.Limit{N: p.RecordDueHours, Unit: obligation.Hours}
	case "second-inspector":
		return obligation.InHours(p.ConfirmHours)
	case "evidence":
		return obligation.InHours(p.EvidenceHours)
	case "arrival-code":
		return obligation.InHours(p.ArrivalCodeHours)
	case "visit-approval":
		return obligation.InHours(p.VisitApprovalHours)
	case "acknowledgement":
		return obligation.InDays(p.ReceiptDays)
	case "explanation":
		return obligation.InDays(p.ExplainDays)
	case "confirmation":
		return obligation.InDays(p.ConfirmDays)
	case "copies":
		return obligation.InDays(&p.CopiesDueDays)
	case "leader-review":
		return obligation.InDays(p.LeaderReviewDays)
	case "approval":
		return obligation.InDays(p.ApprovalDays)
	case "closing":
		return obligation.InDays(p.ClosingDays)
	case "filing", "after-failure":
		return obligation.InDays(p.FileDays)
	case "closure":
		return obligation.InDays(p.ClosureDays)
	case "withdrawal":
		return obligation.InDays(p.WithdrawalDays)
	case "blacklist-notice":
		return obligation.InDays(p.BlacklistNoticeDays)
	case "blacklist-objection":
		return obligation.InDays(p.BlacklistObjectionDays)
	case "blacklist-decision":
		return obligation.InDays(p.BlacklistDecideDays)
	case "tip-accept":
		return obligation.InDays(p.TipAcceptDays)
	case "tip-investigate":
		return obligation.InDays(p.TipInvestigateDays)
	case "tip-answer":
		return obligation.InDays(p.TipAnswerDays)
	case "transfer":
		return obligation.InDays(p.TransferDays)
	case "team-report":
		return obligation.InDays(p.TeamReportDays)
	case "city-report":
		return obligation.InDays(p.CityReportDays)
	case "accountability":
		return obligation.InDays(p.AccountabilityDays)
	case "team-review-order":
		return obligation.InDays(p.ReviewOrderDays)
	case "team-review":
		return obligation.InDays(p.ReviewDays)
	case "inquiry":
		return obligation.InDays(p.InquiryDays)
	case "deduction":
		return obligation.InDays(p.DeductionDays)
	case "refusal-examination":
		return obligation.InDays(p.RefusalDays)
	case "result-notice":
		return obligation.InDays(p.ResultDays)
	case "supervision-answer":
		return obligation.InDays(p.SupervisionDays)
	case "clue":
		return obligation.InDays(p.ClueDays)
	case "clue-transfer":
		return obligation.InDays(p.ClueTransferDays)
	case "inquiry-outcome":
		return obligation.InDays(p.OutcomeDays)
	}
	return obligation.Limit{}
}

// HolidayWorkVisits returns how many visits are owed to a site that works through a holiday (R26).
func (p *Policy) HolidayWorkVisits() int {
	if p.HolidayVisits == nil {
		return 0
	}
	return *p.HolidayVisits
}
