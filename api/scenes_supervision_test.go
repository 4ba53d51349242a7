package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/clue"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/supervision"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/projections"
)

// justiceScene has a plan of today, two authorities of Hanbin, and tokens of the supervision body, of a firm, and of another one.
func justiceScene(t *testing.T, p campaign.Policy) *scene {
	s := newScene(t)
	today := plan("2")
	today.Policy = p
	s.given("campaign/c", today)
	s.given("table/units", units(table.Unit{ID: "industry", Name: "工信局", County: "610902", Sectors: []string{"INDTRADE"}},
		table.Unit{ID: "mines", Name: "矿山局", County: "610902", Sectors: []string{"INDTRADE"}}))
	s.given("subject/other", enterprise())
	for word, d := range map[string]token.Issued{
		"justice":  {Role: event.RoleEnforcementSupervisor, Person: "zheng"},
		"hanyin":   {Role: event.RoleEnforcementSupervisor, Person: "zheng", County: "610921"},
		"industry": {Role: event.RoleDepartment, Unit: "industry", Person: "zhou"},
		"firm":     {Role: event.RoleInspectedParty, Subject: "firm"}, "other firm": {Role: event.RoleInspectedParty, Subject: "other"},
	} {
		s.issue(word, d)
	}
	return s
}

func purposeful(d *inspection.Started) {
	d.Purpose = &inspection.Purpose{Kind: "daily", Cause: "planned"}
}

// sees wants that these, of some who ask, are shown a stream, and the others are not.
func (s *scene) sees(stream string, who ...string) {
	s.Helper()
	shown := map[string]bool{}
	for _, word := range who {
		shown[word] = true
	}
	for _, word := range []string{"justice", "hanyin", "industry", "mines", "firm", "other firm", "ma", "wang", desk, commission} {
		if is := strings.Contains(string(s.get(word, "/v1/events?limit=1000").body), stream); is != shown[word] {
			s.Errorf("%s is shown %s: %v", word, stream, is)
		}
	}
}

// owed is how much of a kind somebody finds on the list of what is open.
func (s *scene) owed(who, kind string) int {
	s.Helper()
	return decode[Worklist](s.fixture, s.want(s.get(who, "/v1/obligations?wait_for=1&kind="+kind), 200, "")).Open
}

// TestN12TheSupervisionBodyIsAnswered: it reads visits once they are disclosed, and no figures; its opinion is seen by the authority that
// is asked and by the city; each code of it, and the road on which none is said.
func TestN12TheSupervisionBodyIsAnswered(t *testing.T) {
	s := justiceScene(t, campaign.TodayPolicy())
	begins := s.given(atVisit, begun(purposeful), in("c"))
	visit, view := begins.Stream.ID, "/v1/inspections/"+begins.Stream.ID
	opinion := &supervision.Issued{Form: "opinion", Inspection: visit, Faults: []string{"no-notice"}, Demand: "补正", Document: "司监〔2026〕1号"}
	s.want(s.get("justice", view), 404, "not-found")
	s.says("no-visit-to-supervise", "supervision/industry.1", opinion, as("justice"))
	s.given(atVisit, &inspection.Arrived{})
	s.want(s.get("justice", view), 200, "")
	s.want(s.get("hanyin", view), 404, "not-found")
	for _, target := range []string{"/v1/subjects", "/v1/counties", "/v1/city", "/v1/teams"} {
		s.want(s.get("justice", target), 403, "forbidden")
	}
	s.says("no-visit-to-supervise", "supervision/industry.1", opinion, as("hanyin"))
	s.says("role-may-not-append", "supervision/industry.1", opinion, as("industry"))
	s.says("supervised-unit-unknown", "supervision/nobody.1", opinion, as("justice"))
	early := *opinion
	early.Due = "2019-12-01"
	s.says("supervision-due-before", "supervision/industry.1", &early, as("justice"))
	s.given("supervision/industry.1", opinion, as("justice"))
	s.sees("supervision/industry.1", "justice", "industry", desk, commission)
	for who, n := range map[string]int{"justice": 1, "industry": 1, desk: 1, "mines": 0, "hanyin": 0, "wang": 0} {
		if got := s.owed(who, "supervision-answer"); got != n {
			t.Errorf("%s finds %d answers that are owed", who, got)
		}
	}
	answer := &supervision.Answered{Outcome: "corrected", Answer: "已补正"}
	s.says("not-begun", "supervision/industry.1", answer, as("mines"))
	s.says("not-the-supervised", "supervision/industry.1", answer, as("zhou"))
	s.given("supervision/industry.1", answer, as("industry"))
	s.says("supervision-already-answered", "supervision/industry.1", answer, as("industry"))
	if got := s.owed("justice", "supervision-answer"); got != 0 {
		t.Errorf("%d answers are owed", got)
	}
}

// TestN10ComplaintsAndRatingsAreAnswered: what the firm says of a visit the supervision body is shown, and nobody of those who inspected.
func TestN10ComplaintsAndRatingsAreAnswered(t *testing.T) {
	s := justiceScene(t, campaign.TodayPolicy())
	s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission, event.RoleEnforcementSupervisor)
	begins := s.given(atVisit, begun(purposeful), in("c"))
	complaint := &clue.Received{Inspection: begins.Stream.ID, Faults: []string{"conduct"}}
	s.says("no-visit-to-supervise", "clue/firm.a", complaint, as("firm"))
	s.given(atVisit, &inspection.Arrived{})
	s.says("no-visit-to-supervise", "clue/other.a", complaint, as("other firm"))
	s.says("role-may-not-append", "clue/firm.a", complaint, as("wang"))
	s.given("clue/firm.a", complaint, as("firm"))
	s.sees("clue/firm.a", "justice", commission)
	for _, who := range []string{"industry", "wang", "ma", desk, "hanyin"} {
		if got := s.owed(who, "clue"); got != 0 {
			t.Errorf("%s finds %d clues", who, got)
		}
	}
	if got := s.owed("justice", "clue"); got != 1 {
		t.Errorf("the supervision body finds %d clues", got)
	}
	s.says("clue-needs-supervision", "clue/firm.a", &clue.Examined{Outcome: "founded"}, as("justice"))
	s.says("clue-needs-supervision", "clue/firm.a", &clue.Examined{Outcome: "founded", Supervision: "industry.1"}, as("justice"))
	s.says("no-misconduct-to-transfer", "clue/firm.a", &clue.Transferred{To: "纪委监委"}, as("justice"))
	s.given("supervision/industry.1", &supervision.Issued{Form: "decision", Inspection: begins.Stream.ID, Faults: []string{"conduct"},
		Demand: "处理", Document: "司监〔2026〕2号", Due: "2019-12-20"}, as("justice"))
	s.given("clue/firm.a", &clue.Examined{Outcome: "founded", Supervision: "industry.1"}, as("justice"))
	s.says("clue-examined-already", "clue/firm.a", &clue.Examined{Outcome: "unfounded"}, as("justice"))
	s.given("clue/b", complaint, as("justice"))
	s.given("clue/b", &clue.Examined{Outcome: "misconduct"}, as("justice"))
	s.given("clue/b", &clue.Transferred{To: "纪委监委"}, as("justice"))

	s.given(atVisit, noticeWith(oneCode))
	rating := evaluationOf(tipID, oneCode, true)
	rating.Content = "收了两条烟"
	s.want(s.evaluates(rating), 201, "")
	s.sees("evaluation/", "justice", desk, commission)
	var at uint64
	for at = s.size() - 1; !strings.Contains(string(s.get("justice", fmt.Sprintf("/v1/entries/%d", at)).body), "conduct-evaluated"); at-- {
		continue
	}
	open := fmt.Sprintf("/v1/entries/%d/sealed/content/open", at)
	if a := s.want(s.get("justice", open), 200, ""); !strings.Contains(string(a.body), "两条烟") {
		t.Errorf("the supervision body reads %s", a.body)
	}
	s.want(s.get("industry", open), 404, "not-found")
}

// TestN08ALawfulRefusalIsAnswered: it goes to the supervision body, which examines it.
func TestN08ALawfulRefusalIsAnswered(t *testing.T) {
	s := justiceScene(t, campaign.TodayPolicy())
	s.given(atVisit, begun(purposeful), in("c"))
	refused := s.given(atVisit, &inspection.EntryRefused{Faults: []string{"no-certificates"}, By: "张三"})
	examined := &inspection.RefusalExamined{Refusal: refused.ID.String(), Lawful: true, Opinion: "有理"}
	s.says("not-started", atVisit, examined, as("justice")) // of which it does not know yet
	s.given(atVisit, &inspection.Attempted{Reason: "证件不齐，企业拒绝检查"})
	if got := s.owed("justice", "refusal-examination"); got != 1 {
		t.Errorf("the supervision body finds %d refusals", got)
	}
	if f := decode[projections.CityView](s.fixture, s.want(s.get(desk, "/v1/city?wait_for=1"), 200, "")); f.EntriesRefused != 1 {
		t.Errorf("%d visits were refused", f.EntriesRefused)
	}
	s.given(atVisit, examined, as("justice"))
	s.says("no-refusal-to-examine", atVisit, examined, as("justice"))
	s.says("role-may-not-append", atVisit, examined, as("wang"))
	if got := s.owed("justice", "refusal-examination"); got != 0 {
		t.Errorf("%d refusals are to be examined", got)
	}
}

// TestN09TheResultIsAnswered: what the firm is told is told by now, and owed from the record on.
func TestN09TheResultIsAnswered(t *testing.T) {
	s := justiceScene(t, campaign.TodayPolicy())
	s.given(atVisit, begun(purposeful), in("c"))
	s.given(atVisit, &inspection.Arrived{})
	s.complete()
	s.given(atVisit, signedBy("ma", "li"))
	if got := s.owed(desk, "result-notice"); got != 1 {
		t.Errorf("%d results are owed", got)
	}
	told := func(on string) *inspection.ResultTold {
		return &inspection.ResultTold{Result: "未发现问题", On: on, To: "张三", Method: "in-person"}
	}
	s.says("told-in-the-future", atVisit, told("2019-12-30"))
	s.given(atVisit, told("2019-12-04"))
	rates := decode[projections.CityView](s.fixture, s.want(s.get(desk, "/v1/city?wait_for=1"), 200, "")).Rates
	if len(rates) != 2 || rates[1].Rate != "findings-per-inspection" || rates[1].N != 1 || rates[1].High <= rates[1].Low { // N11
		t.Errorf("%+v", rates)
	}
	if got := s.owed(desk, "result-notice"); got != 0 {
		t.Errorf("%d results are owed", got)
	}
}

// TestN11QuotasAreAnswered: a plan that sets them is flagged, and one without is not.
func TestN11QuotasAreAnswered(t *testing.T) {
	s := justiceScene(t, campaign.TodayPolicy())
	quotas := plan("3")
	quotas.Policy, quotas.Quotas = campaign.TodayPolicy(), []campaign.Quota{{Of: "fines", Number: 100_000_00}, {Of: "visits", Number: 30}}
	s.says("plan-sets-quotas", "campaign/c", quotas)
	for _, then := range []*campaign.PlanPublished{
		{Title: "x", Version: "4", Policy: campaign.TodayPolicy()},
		{Title: "x", Version: "5", Policy: campaign.DefaultPolicy(), Quotas: quotas.Quotas},
	} {
		raw, a := s.event("campaign/c", then)
		if said := saidBy(s, s.want(s.post(a.by, raw), 201, "")); len(said) > 0 {
			t.Errorf("version %s is answered %v", then.Version, said)
		}
	}
}
