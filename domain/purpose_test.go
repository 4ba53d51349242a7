package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/inspection"
)

// N04: a visit says of what kind it is and why it is made, where the plan asks for that; a plan of 2019 does not.
func TestN04AVisitStatesKindAndCause(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/old", started(), in("c"), inspector)
	w = campaignFixture(t)
	today := plan("2026")
	today.Policy.StatePurpose = true
	w.accepts("campaign/c", today)
	w.flags([]string{"purpose-not-stated"}, "inspection/i", started(), in("c"), inspector)
	w = campaignFixture(t)
	w.accepts("campaign/c", today)
	said := started()
	said.Purpose = &inspection.Purpose{Kind: "special", Cause: "planned", PlanNo: "3", PlanApprovedBy: "市政府", PlanPublishedOn: "2019-11-20"}
	w.flags([]string{"special-plan-incomplete"}, "inspection/i", said, in("c"), inspector)
	w = campaignFixture(t)
	w.accepts("campaign/c", today)
	said.Purpose.PlanFiledWith = "市司法局"
	w.accepts("inspection/i", said, in("c"), inspector)
}
