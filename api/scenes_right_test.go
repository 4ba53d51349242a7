package api

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
)

// TestTheRightWayIsSilent: over HTTP, twelve codes that were drawn by lot are said of what is wrong, and nothing is said of the same
// done right, in one visit from its plan to its closing.
func TestTheRightWayIsSilent(t *testing.T) {
	s := newScene(t)
	s.says("campaign-mismatch", "campaign/c", plan("2"), in("d"))
	s.quiet("campaign/c", plan("2"), in("c"))

	s.says("not-your-team", atVisit, begun(), in("c"), as("li t2"))
	s.says("sector-not-of-subject", "inspection/sec", begun(func(d *inspection.Started) { d.VisitType, d.Sector = "verify", "MINE" }), in("c"))
	s.quiet(atVisit, begun(), in("c"), as("li"))
	s.quiet(atVisit, &inspection.Arrived{})
	s.quiet(atVisit, discovered("f"))
	s.quiet(atVisit, discovered("g"))
	s.quiet(atVisit, discovered("m", func(d *inspection.FindingRecorded) { d.Level = "major" }))
	s.quiet(atVisit, &order.Issued{Order: "o", Kind: "stop", Findings: []string{"m"}, LegalBasis: statute,
		Alternatives: "限期整改不足以消除"})
	s.says("fix-without-photo", atVisit, &inspection.FixedOnSite{Finding: "f"})
	s.quiet(atVisit, &inspection.FixedOnSite{Finding: "g", Photo: &picture})
	s.quiet(atVisit, fined("p", "f"))
	s.says("fined-again", atVisit, fined("again", "f"))
	s.quiet(atVisit, fined("q", "m"))

	s.says("review-needs-record", atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"))
	s.says("site-record-needs-sections", atVisit, signedBy("ma", "li"))
	s.complete()
	s.later(24 * time.Hour)
	s.quiet(atVisit, signedBy("ma", "li"), hour(24))
	s.quiet(atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"), hour(24))

	exposes := func(id string) *exposure.Proposed {
		return &exposure.Proposed{Ground: "major-hazard", Inspection: s.visit(), Findings: []string{id}, Outlet: "安康日报", Content: "重大隐患",
			Redacted: true, LegalReview: exposure.LegalReview{By: "法制科", On: "2019-12-04", Opinion: "同意"}}
	}
	s.says("exposure-needs-hazard", "exposure/e", exposes("f"), as("zhou"), hour(24))
	asked := s.given("exposure/e", exposes("m"), as("zhou"), hour(24))
	s.says("no-second-person", "exposure/e", yes(asked), as("zhou"), hour(24))
	s.quiet("exposure/e", yes(asked), as("zheng"), hour(24))

	s.quiet(atVisit, &inspection.Departed{}, hour(4))
	for _, recipient := range inspection.Recipients {
		s.quiet(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: recipient, Receiver: "r", Method: "in-person"},
			hour(24))
	}
	s.says("closing-needs-penalty", atVisit, &inspection.Closed{}, hour(24)) // g was put right, and not punished
	s.quiet(atVisit, fined("r", "g"), hour(24))
	s.silent([]law.Code{"closing-needs-penalty"}, atVisit, &inspection.Closed{}, hour(24))
}

// TestALateRecordIsSaidAndOneInTimeIsNot: the record of a visit is due within a day of its start.
func TestALateRecordIsSaidAndOneInTimeIsNot(t *testing.T) {
	for hours, late := range map[float64]bool{24: false, 24.1: true} {
		s := newScene(t)
		s.onSpot()
		s.complete()
		s.later(time.Duration(hours * float64(time.Hour)))
		if late {
			s.says("late-record", atVisit, signedBy("ma", "li"), hour(hours))
		} else {
			s.quiet(atVisit, signedBy("ma", "li"), hour(hours))
		}
	}
}

// visit is the id of visit i.
func (s *scene) visit() string {
	_, a := s.event(atVisit, &inspection.Arrived{})
	return a.Stream.ID
}
