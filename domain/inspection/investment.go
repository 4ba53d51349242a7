package inspection

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// R07, 一些企业不愿落实安全生产投入: how much was to be invested in safety, and how much was.

// Investment is what was to be invested in safety, and what was (安全生产法 Art. 23, 93).
type Investment struct {
	Required event.Money `json:"required" zh:"应投入金额" doc:"that the ground requires"`
	Actual   event.Money `json:"actual" zh:"实际投入金额" doc:"that was made"`
	Ground   string      `json:"ground" is:"text(500)" zh:"依据" doc:"law, plan or measure that requires it"`
}

const investmentTogether = "the two amounts of investment are in one currency"

func (d *Investment) check(k *event.Checker) {
	k.That(d == nil || d.Required.Currency == d.Actual.Currency, "investment.actual.currency", law.FaultOneCurrency)
}

// Gap is how much less was invested than required, in minor units; 0: nothing is wanting.
func (d *Investment) Gap() int64 { return max(0, d.Required.Amount-d.Actual.Amount) }

// ofInvestment is the category of findings that states amounts: 不愿落实安全生产投入.
const ofInvestment = "investment"

// InvestmentNotStated is the flag of such a finding without amounts.
const InvestmentNotStated law.Code = "investment-not-stated"

var _ = law.Declare(law.OfFindings, law.Text{Code: InvestmentNotStated, Acts: law.Flags, Rules: []law.Rule{law.R07},
	TitleZH: "安全投入隐患未写明金额", Title: "Investment is wanting, and the amounts are not stated",
	SaysZH:   "隐患 {finding} 属安全投入类，未写明应投入和实际投入金额",
	Says:     "finding {finding} is of category investment, and states neither what was required nor what was made",
	RemedyZH: "更正该隐患，在 investment 中写明金额和依据", Remedy: "correct the finding: state amounts and ground in investment"})
