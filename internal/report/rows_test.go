package report_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/report"
)

// Rows of the speech that show a figure and do nothing else, each in its report.

var (
	chief = event.Actor{Role: event.RoleSupervisionOffice}
	dawn  = time.Date(2019, 12, 2, 9, 0, 0, 0, event.Beijing)
)

// story is a ledger of firms and visits in Hanbin, which is written a day at a time.
type story struct {
	events []*event.Event
	at     time.Time
}

func (s *story) says(typ string, kind event.Kind, id, firm string, d event.Data) *event.Event {
	n := len(s.events)
	e := &event.Event{Index: uint64(n), ID: event.OwnID("row", fmt.Sprint(n), ""), Type: domain.Catalogue().Newest(typ),
		Stream: event.Stream{Kind: kind, ID: id}, Recorded: s.at, Occurred: s.at, Assurance: event.Token, Actor: chief, Data: d,
		About: event.About{Campaign: "c", Subject: firm, Team: "t", County: "610902", Sectors: []string{"INDTRADE"}}}
	s.events = append(s.events, e)
	return e
}

func (s *story) firm(id, ownership, size string) {
	s.says("subject-registered", event.Subject, id, id, &subject.Registered{Kind: "enterprise", Name: id, Region: "610902",
		Sectors: []string{"INDTRADE"}, Ownership: ownership, Size: size, Discovery: "register"})
}

// visit begins a visit, n days after the first of them, and then has these facts.
func (s *story) visit(id, firm, visitType string, day int, purpose *inspection.Purpose, facts ...event.Data) {
	s.at = dawn.AddDate(0, 0, day)
	s.says("inspection-started", event.Inspection, id, firm, &inspection.Started{Subject: firm, Team: "t", Sector: "INDTRADE",
		VisitType: visitType, Inspectors: []string{"a", "b"}, EnforcingAuthority: "bureau", Purpose: purpose})
	for _, d := range facts {
		s.at = s.at.Add(time.Minute)
		switch d.(type) {
		case *inspection.Arrived:
			s.says("inspector-arrived", event.Inspection, id, firm, d)
		case *inspection.Attempted:
			s.says("inspection-attempted", event.Inspection, id, firm, d)
		case *inspection.DuplicateJustified:
			s.says("duplicate-justified", event.Inspection, id, firm, d)
		case *inspection.FindingRecorded:
			s.says("finding-recorded", event.Inspection, id, firm, d)
		}
	}
}

var (
	comes = &inspection.Arrived{}
	tries = &inspection.Attempted{Reason: "大门紧锁"}
)

func wants(t *testing.T, what string, got map[string]any, want map[string]any) {
	t.Helper()
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s: %s is %v, want %v", what, name, got[name], n)
		}
	}
}

// R04, R31: visits are counted per subject over all campaigns; neither an attempt, nor a check off-site, nor guidance burdens it; a second
// initial visit of a campaign is a duplicate, justified or not.
func TestR04EachSubjectsVisitsAreCountedOverAllCampaigns(t *testing.T) {
	s := story{at: dawn}
	s.firm("much", "private", "small")
	s.firm("little", "private", "small")
	s.visit("v1", "much", "initial", 1, nil, comes)
	s.visit("v2", "much", "initial", 2, nil, comes, &inspection.DuplicateJustified{Reason: "群众举报"})
	s.visit("v3", "much", "verify", 3, nil, comes)
	s.visit("v4", "much", "initial", 4, nil, comes)
	s.events[len(s.events)-1].About.Campaign, s.events[len(s.events)-2].About.Campaign = "next", "next"
	s.visit("tried", "much", "verify", 5, nil, tries)
	s.visit("both", "much", "verify", 6, nil, tries, comes)
	s.visit("letter", "much", "verify", 7, &inspection.Purpose{Kind: "daily", OffSite: true}, comes)
	s.visit("help", "much", "verify", 8, &inspection.Purpose{Kind: "guidance"}, comes)
	s.visit("w1", "little", "initial", 9, nil, comes)
	b := database(t, s.events)
	rows, total := answered(t, b, "9", chief, report.Question{Rows: "subject"})
	wants(t, "all", total, map[string]any{"visits": int64(6), "subjects": int64(2), "duplicates": int64(1), "justified": int64(1),
		"burden": 3.0})
	slices.SortFunc(rows, func(a, b map[string]any) int { return cmp.Compare(b["visits"].(int64), a["visits"].(int64)) })
	if len(rows) != 2 {
		t.Fatalf("%v", rows)
	}
	wants(t, "much", rows[0], map[string]any{"visits": int64(5), "duplicates": int64(1)})
	wants(t, "little", rows[1], map[string]any{"visits": int64(1), "duplicates": int64(0)})
	_, one := answered(t, b, "9", chief, report.Question{Rows: "subject", Given: map[string]string{"campaign": "next"}})
	wants(t, "one campaign", one, map[string]any{"visits": int64(1), "duplicates": int64(0)})
}

// R05, R30: days without a visit are told by county and sector, from the next one on, or up to now, and an attempt ends none; every county
// has its row.
func TestR05DaysWithoutAVisitAreToldByCountyAndSector(t *testing.T) {
	s := story{at: dawn}
	s.firm("f", "private", "small")
	s.visit("v1", "f", "initial", 0, nil, comes)
	s.visit("v2", "f", "verify", 6, nil, comes) // six days later
	s.visit("tried", "f", "verify", 9, nil, tries)
	s.visit("v3", "f", "verify", 13, nil, comes) // seven days after the second
	b := database(t, s.events)
	now := map[string]string{"now": dawn.AddDate(0, 0, 16).Format(time.DateOnly)}
	rows, total := answered(t, b, "L10", chief, report.Question{Rows: "county", Given: now})
	wants(t, "all", total, map[string]any{"visits": int64(3), "gaps": int64(1), "longest": int64(7)})
	if len(rows) < 10 {
		t.Errorf("%d counties have a row", len(rows))
	}
	now["now"] = dawn.AddDate(0, 0, 33).Format(time.DateOnly)
	_, total = answered(t, b, "L10", chief, report.Question{Rows: "county", Given: now})
	wants(t, "later", total, map[string]any{"gaps": int64(2), "longest": int64(20)})
	now["gap_days"] = "6"
	_, total = answered(t, b, "L10", chief, report.Question{Rows: "county", Given: now})
	wants(t, "of six days", total, map[string]any{"gaps": int64(3)})
}

// R09, N11: rates of penalties are told by team, county, department, ownership, size and violation, with their number and interval; neither
// a penalty that is not final, nor one that was annulled, nor a decision not to punish counts.
func TestR09RatesOfPenaltiesAreComparedWithTheirInterval(t *testing.T) {
	s := story{at: dawn}
	s.firm("state", "state-owned", "large")
	s.firm("private", "private", "small")
	finding := func(id, violation string, punishable bool) *inspection.FindingRecorded {
		return &inspection.FindingRecorded{Finding: id, Description: id, Level: "general", Category: "other", Violation: violation,
			Punishable: punishable}
	}
	s.visit("v1", "state", "initial", 1, nil, comes, finding("f1", "other", true), finding("f2", "other", true), finding("f3", "other", false))
	s.visit("v2", "private", "initial", 2, nil, comes, finding("g1", "other", true), finding("g2", "other", true))
	fine := func(visit, firm, penalty, finding string, final bool) {
		s.says("penalty-decided", casefile.Name, "t."+penalty, firm, &casefile.PenaltyDecided{Inspection: visit, Penalty: penalty, Kind: "fine",
			Final: final, Findings: []string{finding}, Fine: &event.Money{Currency: "CNY", Amount: 1000_00}})
	}
	fine("v1", "state", "p1", "f1", false)
	fine("v2", "private", "p2", "g1", true)
	fine("v2", "private", "p3", "g2", true)
	s.says("decision-changed", casefile.Name, "t.p3", "private", &casefile.DecisionChanged{Penalty: "p3", Change: "annulled", By: "court"})
	b := database(t, s.events)
	for _, by := range []string{"team", "county", "authority", "category", "violation"} {
		_, total := answered(t, b, "L11", chief, report.Question{Rows: by})
		wants(t, by, total, map[string]any{"punishable": int64(4), "penalised": int64(1), "rate": 0.25})
		low, _ := total["rate_low"].(float64)
		if high, _ := total["rate_high"].(float64); low <= 0 || low >= 0.25 || high <= 0.25 || high >= 1 {
			t.Errorf("by %s: the rate lies between %g and %g", by, low, high)
		}
	}
	for by, of := range map[string][2]string{"ownership": {"state-owned", "private"}, "size": {"large", "small"}} {
		rows, _ := answered(t, b, "L11", chief, report.Question{Rows: by})
		for _, r := range rows {
			switch r["by "+by] {
			case of[0]:
				wants(t, of[0], r, map[string]any{"punishable": int64(2), "penalised": int64(0)})
			case of[1]:
				wants(t, of[1], r, map[string]any{"punishable": int64(2), "penalised": int64(1), "median_fine": 1000_00.0})
			default:
				t.Errorf("by %s: %v", by, r)
			}
		}
	}
	all, err := ours()
	if err != nil {
		t.Fatal(err)
	}
	county := event.Actor{Role: event.RoleCountyGovernment, County: "610902", Unit: "u"}
	if report.Find(all, "L11").For(county.Role) {
		t.Error("a county compares others")
	}
}

// R28, R18, R30: who stopped production stays in the denominator; a visit that found nobody has tried and not inspected; who came all
// the same has; who is excluded by a second person's yes is out, and every county has its row.
func TestR28NoStatusTakesASubjectOutOfTheCoverage(t *testing.T) {
	s := story{at: dawn}
	for _, id := range []string{"stopped", "half", "tried", "came", "out", "asked"} {
		s.firm(id, "private", "small")
	}
	for id, production := range map[string]string{"stopped": "suspended", "half": "partial"} {
		s.says("subject-status-recorded", event.Subject, id, id, &subject.StatusRecorded{Production: production, Since: "2019-11-01"})
	}
	for _, id := range []string{"out", "asked"} {
		e := s.says("subject-excluded", event.Subject, id, id, &subject.Excluded{Reason: "注销"})
		if ref := e.Ident().Ref(); id == "out" {
			s.says("approval-given", event.Subject, id, id, &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256})
		}
	}
	s.visit("v1", "tried", "initial", 1, nil, tries)
	s.visit("v2", "came", "initial", 2, nil, tries, comes)
	s.visit("v3", "half", "initial", 3, nil, comes)
	b := database(t, s.events)
	rows, total := answered(t, b, "1", chief, report.Question{Rows: "county, sector, production"})
	wants(t, "all", total, map[string]any{"registered": int64(6), "excluded": int64(1), "in_scope": int64(5), "attempted": int64(1),
		"inspected": int64(2), "uninspected": int64(3)})
	for _, r := range rows {
		switch r["by production"] {
		case "suspended":
			wants(t, "suspended", r, map[string]any{"in_scope": int64(1), "inspected": int64(0)})
		case "partial":
			wants(t, "partial", r, map[string]any{"in_scope": int64(1), "inspected": int64(1)})
		}
	}
	counties, _ := answered(t, b, "1", chief, report.Question{Rows: "county"})
	if len(counties) < 10 {
		t.Errorf("%d counties have a row", len(counties))
	}
}
