package api

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
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

// without appends an event that is done right: none of these codes is said of it.
func (s *scene) without(codes, stream string, d event.Data, opts ...option) {
	s.Helper()
	var list []law.Code
	for code := range strings.FieldsSeq(codes) {
		list = append(list, law.Code(code))
	}
	s.silent(list, stream, d, opts...)
}

// TestTheClosingSaysWhatIsMissing: the closing of a visit says which step was left out, or that it comes late; after the whole course it
// says none of that.
func TestTheClosingSaysWhatIsMissing(t *testing.T) {
	for missing, code := range map[string]string{
		"": "", "briefing": "no-briefing", "arrival departure": "no-arrival", "departure": "no-departure", "conduct": "no-conduct-declaration",
		"stop order": "", "evidence record": "closing-needs-evidence", "clauses record": "closing-needs-clause",
		"record": "closing-needs-record", "sections record": "closing-needs-record", "review": "closing-needs-review",
		"answer": "closing-needs-approval", "penalty": "enforce-no-penalty", "penalty stop order": "inspect-only",
		"penalty stop order fix": "closing-needs-disposition", "haste": "late-closing",
	} {
		t.Run(missing, func(t *testing.T) {
			s, at, late := newScene(t), hour(2), ""
			done := func(step string) bool { return !slices.Contains(strings.Fields(missing), step) }
			course(s, done)
			if !done("haste") {
				at, late = hour(40*24), "late-review"
				s.later(40 * 24 * time.Hour)
			}
			if done("record") && done("review") {
				s.says(late, atVisit, &inspection.LeaderReviewed{Opinion: "同意"}, as("wang"), at)
			}
			s.says(code, atVisit, &inspection.Closed{}, at)
		})
	}
}

// course takes visit i to the point before its leader's review, by the steps that are done.
func course(s *scene, done func(step string) bool) {
	briefed := plan("2")
	briefed.Policy.RequireBriefing = true
	s.given("campaign/c", briefed)
	s.given(atVisit, begun(), in("c"))
	if done("briefing") {
		s.given(atVisit, &inspection.Briefed{Position: s.size()}, hour(-0.05))
	}
	if done("arrival") {
		s.given(atVisit, &inspection.Arrived{})
	}
	if done("conduct") {
		s.given(atVisit, &inspection.ConductDeclared{})
	}
	if done("sections") {
		s.checked()
	}
	found := s.given(atVisit, discovered("f", func(d *inspection.FindingRecorded) {
		d.Level, d.Punishable = "major", done("penalty")
		if !done("evidence") {
			d.Evidence = nil
		}
		if !done("clauses") {
			d.Level, d.Clauses = "general", nil
		}
	}))
	if done("stop") {
		s.given(atVisit, &order.Issued{Order: "o", Kind: "stop", Findings: []string{"f"}, LegalBasis: statute, Alternatives: "限期整改不足以消除"})
	} else if done("order") {
		s.given(atVisit, ordered("o", "correct-on-spot", ""))
	}
	if done("penalty") {
		s.given(atVisit, fined("p", "f"))
	}
	if !done("stop") && done("fix") {
		s.given(atVisit, &inspection.FixedOnSite{Finding: "f", Photo: &picture})
	}
	if !done("answer") {
		s.given(atVisit, correctionOf(found, found, func(d *inspection.FindingRecorded) { d.Punishable = false }))
	}
	if done("departure") {
		var unfinished []string
		if !done("stop") {
			unfinished = append(unfinished, "major-without-stop")
		}
		if !done("sections") {
			unfinished = append(unfinished, "sections-skipped")
		}
		s.says(strings.Join(unfinished, " "), atVisit, &inspection.Departed{}, hour(1))
	}
	if !done("record") {
		return
	}
	s.given(atVisit, signedBy("ma", "li"), hour(1))
	for _, recipient := range inspection.Recipients {
		s.given(atVisit, &inspection.CopyDelivered{DocumentHash: picture.SHA256, Recipient: recipient, Receiver: "r", Method: "in-person"},
			hour(1))
	}
}

// visit is the id of visit i.
func (s *scene) visit() string {
	_, a := s.event(atVisit, &inspection.Arrived{})
	return a.Stream.ID
}
