package api

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

func TestCampaignsAreAnswered(t *testing.T) {
	s := newScene(t)
	s.says("unknown-campaign", "campaign/x", &campaign.Started{Start: begin, End: end})
	s.says("unknown-campaign", "subject/firm", &subject.StatusRecorded{Production: "normal"}, in("x"))
	s.says("plan-version-published", "campaign/c", plan("1"))
	s.says("campaign-mismatch", "campaign/c", plan("2"), in("d"))
	below := plan("2")
	below.Policy.MinInspectors = 1
	s.says("plan-below-the-law", "campaign/c", below)
	less := plan("2")
	less.Policy.Copies, less.Policy.RequiredSections = less.Policy.Copies[1:], nil
	less.Policy.RequiredItems = maps.Clone(less.Policy.RequiredItems)
	less.Policy.RequiredItems["enterprise"] = []string{"E-1"}
	s.given("campaign/a", plan("1"))
	s.says("campaign-not-started", "campaign/a", &campaign.Ended{})
	s.says("campaign-below-itself", "campaign/a", &campaign.Started{Start: begin, End: end, Parent: "a"})
	s.says("campaign-period-implausible", "campaign/a", &campaign.Started{Start: begin.AddDate(30, 0, 0), End: end.AddDate(30, 0, 0)})
	s.says("campaign-already-started", "campaign/c", &campaign.Started{Start: begin, End: end})
	s.says("plan-drops-copies plan-drops-sections plan-drops-items", "campaign/c", less)
	sections, items := plan("3"), plan("4")
	sections.Policy.Copies, sections.Policy.RequiredItems = less.Policy.Copies, less.Policy.RequiredItems
	items.Policy.Copies, items.Policy.RequiredSections = less.Policy.Copies, less.Policy.RequiredSections
	s.without("plan-drops-sections", "campaign/c", sections)
	s.without("plan-drops-items", "campaign/c", items)
	s.says("campaign-ended-before-start", "campaign/c", &campaign.Ended{}, when(begin.Add(-time.Second)))
	s.given("campaign/c", &campaign.Ended{})
	s.says("campaign-ended", "campaign/c", &campaign.Ended{})
	s.says("date-required", "campaign/a", plan("9"), func(a *act) { a.Precision = event.Month })
}

func TestTargetsAndReportsAreAnswered(t *testing.T) {
	s := newScene(t)
	link := &campaign.Linked{Level: "provincial", Document: "百日集中整治行动方案"}
	s.given("campaign/c", link)
	s.says("link-stands", "campaign/c", link)
	s.given("campaign/c", &campaign.CoverageTargetSet{Version: "1", Percent: 100})
	s.says("target-version-set", "campaign/c", &campaign.CoverageTargetSet{Version: "1", Percent: 100, Reason: "r"})
	s.says("target-needs-reason", "campaign/c", &campaign.CoverageTargetSet{Version: "2", Percent: 100})
	head := decode[campaign.Replayable](s.fixture, s.get(desk, "/v1/city"))
	report := &campaign.TeamReportSubmitted{Team: "t1", Of: head, Figures: map[string]int64{"inspections": 0}, Narrative: "n"}
	s.given("campaign/c", report, as("wang"))
	s.given("campaign/a", plan("1"))
	s.says("team-of-another-campaign", "campaign/a", report, as("wang"))
	report.Of.Position--
	s.says("root-not-of-position", "campaign/c", report, as("wang"))
	s.says("root-not-of-position", "campaign/c", &campaign.ReportPublished{Of: report.Of, Figures: report.Figures, Narrative: "n"})
	report.Of.Position = 1 << 40
	s.says("root-not-of-position", "campaign/c", report, as("wang"))
	s.given("campaign/c", &campaign.ReportPublished{Of: head, Figures: report.Figures, Narrative: "n"})
}

func TestNumbersAreAnswered(t *testing.T) {
	s := newScene(t)
	block := numbering.BlockIssued{Team: "t1", Authority: "u", Document: numbering.Order, Year: 2019, Series: "责改", First: 1, Last: 9}
	s.given("document/b", &block)
	s.says("numbers-taken", "document/c", &block)
	spoilt := func(n int64) *numbering.NumberVoided { return &numbering.NumberVoided{Number: n, Reason: "污损"} }
	s.says("number-of-no-block", "document/b", spoilt(10), as("ma"))
	s.given("document/b", spoilt(9), as("ma"))
	s.says("number-void-already", "document/b", spoilt(9), as("ma"))
	s.onSpot()
	s.given("inspection/i", &inspection.FindingRecorded{Finding: "f1", Description: "d", Location: "l", Level: "general",
		FoundBy: []string{"ma"}})
	order := func(number string) *order.Issued {
		return &order.Issued{Order: "o" + number, Kind: "rectify-at-once", Findings: []string{"f1"}, DocumentNo: "责改" + number}
	}
	if said := saidBy(s, s.says("", "inspection/i", order("1"))); said != nil {
		t.Errorf("a number of the block: %v", said)
	}
	s.says("number-borne", "document/b", spoilt(1), as("ma"))
	again := order("1")
	again.Order = "o1b"
	s.says("number-twice", "inspection/i", again)
	s.says("number-is-void", "inspection/i", order("9"))
	s.says("number-outside-block", "inspection/i", order("10"))
}

func TestTeamsAreAnswered(t *testing.T) {
	s := newScene(t)
	s.says("unknown-team", "team/x", &team.MemberJoined{Person: "ma"})
	s.says("team-already-formed", "team/t1", &team.Formed{Name: "n", Kind: "specialist"})
	s.says("team-id-too-long", "team/"+strings.Repeat("t", 28), &team.Formed{Name: "n", Kind: "specialist"})
	s.says("kind-required", "team/t9", &team.Formed{Name: "n", Unknown: event.Unknown{"kind"}})
	s.says("already-a-member", "team/t1", &team.MemberJoined{Person: "ma"})
	s.says("not-a-member", "team/t1", &team.MemberLeft{Person: "wang"})
	s.says("team-has-leader", "team/t1", &team.LeaderAppointed{Person: "ma"})
	s.says("not-the-leader", "team/t1", &team.LeaderChanged{From: "ma", To: "li", Handover: "h"})
	s.says("same-leader", "team/t1", &team.LeaderChanged{From: "wang", To: "wang", Handover: "h"})
	s.says("team-has-no-leader", "team/t2", &team.LeaderChanged{From: "wang", To: "li", Handover: "h"})
	s.says("team-needs-leader", "team/t2", &team.Activated{})
	s.says("member-of-two-teams", "team/t2", &team.LeaderAppointed{Person: "ma"})
	s.says("team-needs-members", "team/t2", &team.Activated{})
	s.given("person/he", newPerson("he"))
	s.given("team/t2", &team.MemberJoined{Person: "he"})
	s.says("rules-not-acknowledged", "team/t2", &team.Activated{})
	s.says("team-already-active", "team/t1", &team.Activated{})
	s.says("unknown-team", "person/ma", &person.Seconded{HomeUnit: "u", Team: "t9", From: begin, To: end})
	s.says("not-seconded", "person/ma", &person.SecondmentEnded{Team: "t1"})
	s.given("person/ma", &person.Seconded{HomeUnit: "u", Team: "t1", From: begin, To: end})
	s.says("already-seconded", "person/ma", &person.Seconded{HomeUnit: "u", Team: "t2", From: begin, To: end})
	s.given("person/ma", &person.Seconded{HomeUnit: "u", Team: "t2", From: end, To: end.AddDate(0, 1, 0)})
	s.says("secondment-ended-before-start", "person/ma", &person.SecondmentEnded{Team: "t2"})
	s.given("person/he", &person.Seconded{HomeUnit: "u", Team: "t2", From: begin, To: end})
	s.says("seconded-to-another-team", "team/t1", &team.MemberJoined{Person: "he"})
	s.says("person-already-registered", "person/ma", newPerson("ma"))
	s.says("unknown-person", "person/x", &person.Trained{Topic: "t", Date: "2019-11-28"})
	s.says("not-yourself", "person/li", &person.RulesAcknowledged{DocumentHash: hash64}, as("ma"))
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE"}}))
	s.says("unknown-unit", "person/new", newPerson("new"))
	s.says("wrong-table", "table/other", units())
	s.without("not-a-member", "team/t2", &team.MemberLeft{Person: "he"})
	s.without("not-seconded secondment-ended-before-start", "person/ma", &person.SecondmentEnded{Team: "t1"})
	s.without("team-already-formed team-id-too-long kind-required", "team/t8", &team.Formed{Name: "n", Kind: "specialist"})
	s.says("role-may-not-append", "team/t1", &team.Activated{}, as("source"))
	s.quiet("team/t1", &team.LeaderChanged{From: "wang", To: "li", Handover: "h"})
}

func TestSubjectsAreAnswered(t *testing.T) {
	s := newScene(t)
	s.says("unknown-subject", "subject/x", &subject.StatusRecorded{Production: "normal"})
	s.says("status-in-the-future", "subject/firm", &subject.StatusRecorded{Production: "suspended", Since: "2020-01-01"})
	foreign := enterprise()
	foreign.Discovery = "import"
	s.says("not-an-import", "subject/other", foreign)
	coded := enterprise()
	coded.USCC = "91350203M0001QAY9B"
	s.says("uscc-check-failed", "subject/a", coded)
	s.says("uscc-malformed", "subject/firm", &subject.Updated{From: "2019-12-04", USCC: "12345"})
	s.without("uscc-malformed", "subject/firm", &subject.Updated{From: "2019-12-04", USCC: codes.SyntheticUSCC("610902", 8)})
	s.without("status-in-the-future", "subject/firm", &subject.StatusRecorded{Production: "suspended", Since: "2019-12-01"})
	coded.USCC = codes.SyntheticUSCC("610902", 7)
	s.given("subject/a", coded)
	s.says("uscc-shared", "subject/b", coded)
	s.says("subject-already-registered", "subject/a", coded)
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE"}}))
	named := enterprise()
	named.Departments = []string{"nobody"}
	s.says("unknown-department", "subject/d", named)
	s.says("no-competent-department", "subject/e", enterprise())
	asked := s.given("subject/firm", &subject.Excluded{Reason: "已拆除"}, as("zhou"))
	s.says("exclusion-waits", "subject/firm", &subject.Excluded{Reason: "已拆除"}, as("zhou"))
	s.says("no-second-person", "subject/firm", yes(asked), as("zhou"))
	s.says("office-approves", "subject/firm", yes(asked), as("wang"))
	s.says("person-required", "subject/firm", yes(asked), as("bare office"))
	other := yes(asked)
	other.SHA256 = hash64
	s.says("other-bytes", "subject/firm", other, as("zheng"))
	s.given("subject/firm", yes(asked), as("zheng"))
	s.says("nothing-waits", "subject/firm", yes(asked), as("zheng"))
	s.says("subject-already-excluded", "subject/firm", &subject.Excluded{Reason: "已拆除"}, as("zhou"))
	s.given("subject/firm", &subject.Readmitted{Reason: "恢复经营"}, as("zhou"))
	s.says("subject-not-excluded", "subject/firm", &subject.Readmitted{Reason: "恢复经营"}, as("zhou"))
	s.says("unknown-deviation", "subject/a", &oversight.DeviationExplained{Deviation: uuid.NewString(), Explanation: "x"})
	s.says("clock-skew", "subject/a", &subject.StatusRecorded{Production: "normal"}, hour(3), in("c"))
	s.says("late-sync", "subject/a", &subject.StatusRecorded{Production: "normal"}, hour(-100), in("c"))
	s.says("id-reserved", "subject/a", &subject.StatusRecorded{Production: "normal"}, named8)
	s.says("wrong-revision", "subject/a", &subject.StatusRecorded{Production: "normal"}, expecting(99))
}

// named8 gives an event an id of the version that is the ledger's own.
func named8(a *act) {
	id := uuid.New()
	id[6] = id[6]&0x0f | 0x80
	a.ID = id
}

func harmed(deaths int64) accident.Harm {
	return accident.Harm{Deaths: &deaths, SeriousInjuries: new(int64), Injured: new(int64), DirectLoss: &event.Money{Currency: "CNY"}}
}

func reported(change ...func(*accident.Reported)) *accident.Reported {
	d := &accident.Reported{Subjects: []string{"firm"}, Region: "610902", Happened: noon.Add(-time.Hour), Kind: "machinery", Summary: "…",
		Harm: harmed(2)}
	for _, c := range change {
		c(d)
	}
	return d
}

func TestAccidentsAreAnswered(t *testing.T) {
	s := newScene(t)
	graded := func(grade string) *accident.Graded {
		return &accident.Graded{Grade: grade, StatisticalYear: 2019, DecidedBy: "市政府"}
	}
	s.says("unknown-accident", "accident/x", &accident.CasualtiesUpdated{Harm: harmed(1), Reason: "r"})
	s.says("reported-before-it-happened", "accident/a", reported(func(d *accident.Reported) { d.Happened = noon.Add(time.Minute) }))
	first := s.given("accident/a", reported()).ID.String()
	s.says("accident-already-reported", "accident/a", reported())
	s.says("wrong-grade", "accident/a", graded("major"))
	s.given("accident/a", graded("ordinary"))
	s.without("grade-stale", "accident/a", &accident.CasualtiesUpdated{Harm: harmed(2), Reason: "一人不治"})
	s.says("grade-stale", "accident/a", &accident.CasualtiesUpdated{Harm: harmed(3), Reason: "一人不治"})
	loss := harmed(3)
	loss.DirectLoss.Currency = "USD"
	s.says("loss-not-in-cny", "accident/a", &accident.CasualtiesUpdated{Harm: loss, Reason: "一人不治"})
	s.says("happened-long-ago", "accident/b", reported(func(d *accident.Reported) { d.Happened = noon.AddDate(-2, 0, 0) }))
	s.says("counted-in-another-year", "accident/b", graded("ordinary"))
	s.says("accident-reported-late", "accident/d", reported(func(d *accident.Reported) {
		d.Reports = []accident.Report{{Level: "unit", Learned: d.Happened, Reported: d.Happened.Add(90 * time.Minute)}}
		d.Happened = noon.Add(-2 * time.Hour)
		d.Reports[0].Learned = d.Happened
	}))
	s.says("accident-step-missing", "accident/a", &accident.InvestigationReplied{Government: "市政府", DocumentNo: "2", ConclusionYear: 2020})
	opened := &accident.InvestigationOpened{Government: "市政府"}
	s.given("accident/a", opened)
	s.says("accident-step-repeated", "accident/a", opened)
	s.says("not-your-county", "accident/610921.c", reported(), as("hanyin"))
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE"}}))
	s.says("not-your-sector", "accident/mines.c", reported(func(d *accident.Reported) { d.Subjects = nil }), as("mines"))
	longer := &oversight.TermExtended{Obligation: "investigation", Event: first, Until: "2020-03-01", Ground: "情况复杂"}
	s.says("nothing-to-extend", "subject/firm", longer, as("zhou"))
	s.says("extension-out-of-bounds", "accident/a", &oversight.TermExtended{Obligation: "investigation", Event: first, Until: "2020-07-01",
		Ground: "情况复杂"}, as("zhou"))
	asked := s.given("accident/a", longer, as("zhou"))
	s.says("government-answers", "accident/a", yes(asked), as("zheng"))
	s.given("accident/a", yes(asked), as("mayor"))
	s.later(40 * 24 * time.Hour)
	s.says("late-casualties", "accident/a", &accident.CasualtiesUpdated{Harm: harmed(9), Reason: "一人不治"}, when(noon.AddDate(0, 0, 40)))
	s.later(100 * 24 * time.Hour)
	s.says("extension-too-late", "accident/a", longer, as("zhou"), when(noon.AddDate(0, 0, 100)))
	s.given("accident/a", &accident.InvestigationReported{DocumentNo: "1", Responsibility: true, Causes: "违章作业"},
		when(noon.AddDate(0, 0, 100)))
	s.silent([]law.Code{accident.AccidentStepMissing}, "accident/a", &accident.InvestigationReplied{Government: "市政府", DocumentNo: "2",
		ConclusionYear: 2020}, when(noon.AddDate(0, 0, 101)))
}
