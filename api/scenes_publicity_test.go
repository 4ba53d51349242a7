package api

import (
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// proposed returns the stream of the only proposal for the blacklist, and what names it.
func (s *scene) proposed() (stream string, ref event.Ref) {
	s.Helper()
	a := s.do("zhou", "GET", "/v1/events?stream="+url.QueryEscape("blacklist"), "")
	m := regexp.MustCompile(`"stream":"(blacklist/[^"]+)"`).FindSubmatch(a.body)
	id := regexp.MustCompile(`"event":\{"specversion":"1.0","id":"([^"]+)"[^}]*"type":"anjian.blacklist-proposed.v1"`).FindSubmatch(a.body)
	if m == nil || id == nil {
		s.Fatalf("no proposal: %s", a.body)
	}
	return string(m[1]), event.Ref{Event: string(id[1]), SHA256: hash64}
}

func TestTheBlacklistIsAnswered(t *testing.T) {
	s := newScene(t)
	graded := func(grade string) *accident.Graded {
		return &accident.Graded{Grade: grade, StatisticalYear: 2019, DecidedBy: "市政府"}
	}
	s.given("accident/a", reported(func(d *accident.Reported) { d.Harm = harmed(3) }))
	s.given("accident/a", graded("larger"))
	stream, ref := s.proposed()
	entered := &blacklist.Entered{List: "policy", DecisionNo: "1", DecidedBy: "应急局", From: "2019-12-14", Until: "2019-12-31"}
	s.says("not-begun", "blacklist/none", entered, as("zhou"))
	s.says("other-bytes", stream, &oversight.ApprovalRefused{Event: ref.Event, SHA256: ref.SHA256, Reason: "不同意"}, as("zhou"))
	s.says("blacklist-out-of-order", stream, entered, as("zhou"))
	s.given(stream, &blacklist.Notified{Authority: "应急局", DocumentNo: "1", Reasons: "发生较大事故"}, as("zhou"))
	legal := *entered
	legal.List = "legal"
	s.says("blacklist-not-of-the-law", stream, &legal, as("zhou"))
	s.says("blacklist-entered-early", stream, entered, as("zhou"))
	s.given("accident/a", &accident.CasualtiesUpdated{Harm: harmed(1), Reason: "核实"})
	s.says("ground-changed", "accident/a", graded("ordinary"))
	s.later(24 * time.Hour)
	s.says("blacklist-removed-early", stream, &blacklist.Removed{Ground: "expired", DecidedBy: "应急局", Reason: "x"}, as("zheng"),
		when(noon.Add(24*time.Hour)))

	// In its time the entry comes after the days to object, the removal after its end.
	s = newScene(t)
	s.given("accident/a", reported(func(d *accident.Reported) { d.Harm = harmed(3) }))
	s.given("accident/a", graded("larger"))
	stream, _ = s.proposed()
	s.quiet(stream, &blacklist.Notified{Authority: "应急局", DocumentNo: "1", Reasons: "发生较大事故"}, as("zhou"))
	s.later(10 * 24 * time.Hour)
	s.quiet(stream, entered, as("zhou"), when(noon.AddDate(0, 0, 10)))
	s.later(30 * 24 * time.Hour)
	s.quiet(stream, &blacklist.Removed{Ground: "expired", DecidedBy: "应急局", Reason: "期满"}, as("zheng"), when(noon.AddDate(0, 0, 40)))
}

func TestExposureAndPublicityAreAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	f := s.given("inspection/i", discovered("f", func(d *inspection.FindingRecorded) { d.Level = "major" }))
	proposed := func(change func(*exposure.Proposed)) *exposure.Proposed {
		d := &exposure.Proposed{Ground: "major-hazard", Inspection: f.Stream.ID, Findings: []string{"f"}, Outlet: "安康日报", Content: "重大隐患",
			Redacted: true, LegalReview: exposure.LegalReview{By: "法制科", On: "2019-12-04", Opinion: "同意"}}
		change(d)
		return d
	}
	same := func(*exposure.Proposed) {}
	s.says("exposure-needs-record", "exposure/e", proposed(same), as("zhou"))
	s.given("inspection/i", discovered("g"))
	s.given("inspection/i", ordered("o", "rectify-by-date", "2019-12-20"))
	s.complete()
	s.given("inspection/i", fined("p", "f"))
	s.given("inspection/i", fined("q", "g"))
	s.given("inspection/i", signedBy("ma", "li"))
	s.says("exposure-needs-hazard", "exposure/e", proposed(func(d *exposure.Proposed) { d.Findings = []string{"g"} }), as("zhou"))
	s.says("exposure-needs-redaction", "exposure/e", proposed(func(d *exposure.Proposed) { d.Redacted = false }), as("zhou"))
	asked := s.given("exposure/e", proposed(same), as("zhou"))
	paper := &publicity.Published{Outlet: "安康日报", Title: "重大隐患曝光", PublishedOn: "2019-12-05", Exposure: "e"}
	s.says("exposure-not-approved", "publicity/p", paper, as("zhou"))
	s.says("no-second-person", "exposure/e", yes(asked), as("zhou"))
	s.given("exposure/e", yes(asked), as("zheng"))
	s.given("publicity/p", paper, as("zhou"))
	back := &publicity.Withdrawn{Reason: "处罚决定已变更"}
	s.given("publicity/p", back, as("zhou"))
	s.says("publication-already-withdrawn", "publicity/p", back, as("zhou"))
}
