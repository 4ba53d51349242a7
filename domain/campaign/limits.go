package campaign

import "github.com/anjian-ledger/anjian/domain/obligation"

// Limit returns how long the plan gives for a kind of obligation; the zero value where it states nothing (R01).
func (p *Policy) Limit(kind string) obligation.Limit {
	switch kind {
	case "record":
		return obligation.Limit{N: p.RecordDueHours, Unit: obligation.Hours}
	case "copies":
		return obligation.InDays(&p.CopiesDueDays)
	case "leader-review":
		return obligation.InDays(p.LeaderReviewDays)
	case "closing":
		return obligation.InDays(p.ClosingDays)
	case "withdrawal":
		return obligation.InDays(p.WithdrawalDays)
	case "blacklist-notice":
		return obligation.InDays(p.BlacklistNoticeDays)
	case "blacklist-objection":
		return obligation.InDays(p.BlacklistObjectionDays)
	case "blacklist-decision":
		return obligation.InDays(p.BlacklistDecideDays)
	}
	return obligation.Limit{}
}
