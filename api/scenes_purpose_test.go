package api

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/inspection"
)

func TestThePurposeOfAVisitIsAnswered(t *testing.T) {
	s := newScene(t)
	today := plan("2")
	today.Policy.StatePurpose = true
	s.given("campaign/c", today)
	verify := func(p *inspection.Purpose) *inspection.Started {
		return begun(func(d *inspection.Started) { d.VisitType, d.Purpose = "verify", p })
	}
	s.says("purpose-not-stated", "inspection/i", verify(nil), in("c"))
	s.says("purpose-not-stated", "inspection/k", verify(&inspection.Purpose{Kind: "case", Cause: "triggered"}), in("c"))
	s.says("special-plan-incomplete", "inspection/j", verify(&inspection.Purpose{Kind: "special", Cause: "planned"}), in("c"))
	for id, p := range map[string]*inspection.Purpose{
		"l": {Kind: "case", Cause: "triggered", Reason: "群众举报"},
		"m": {Kind: "special", Cause: "planned", PlanNo: "安政办〔2026〕3号", PlanApprovedBy: "市政府", PlanFiledWith: "市司法局",
			PlanPublishedOn: "2019-11-20"},
	} {
		raw, a := s.event("inspection/"+id, verify(p), in("c"))
		for _, code := range saidBy(s, s.post(a.by, raw)) {
			if code == inspection.PurposeNotStated || code == inspection.SpecialPlanIncomplete {
				s.Errorf("%s is flagged %s although it says all", id, code)
			}
		}
	}
}
