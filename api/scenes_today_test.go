package api

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/projections"
)

// The law since 2025, over HTTP: what is flagged under a plan that asks for it, and that nothing is said of what is done right, and
// nothing at all under the plan of 2019.

// today has the plan ask for some of today's law, and publishes units and checklists.
func (s *scene) today(change func(*campaign.Policy)) {
	s.Helper()
	if change != nil {
		p := plan("2026")
		change(&p.Policy)
		s.given("campaign/c", p)
	}
	s.given("table/units", units(table.Unit{ID: "safety-office-city", Name: "市安委办", Sectors: []string{}, Enforces: "coordinating"},
		table.Unit{ID: "emergency-610902", Name: "汉滨区应急管理局", County: "610902", Sectors: []string{}, Enforces: "authority"},
		table.Unit{ID: "emergency-610921", Name: "汉阴县应急管理局", County: "610921", Sectors: []string{}}))
	item := func(id, inspects string, to string) table.Item {
		return table.Item{ID: id, Text: "内容", Section: "management", Bad: "no", Kinds: []string{"enterprise"}, Inspects: inspects,
			Standard: &table.Standard{Name: "GB/T 33000-2016", From: "2017-04-01", To: to}}
	}
	s.given("table/checklists", &table.Published{Table: table.Checklists, Items: []table.Item{item("E-1", "主体责任检查", ""), item("E-2", "", ""),
		item("E-3", "安全投入检查", "2019-12-03")}})
}

// silent appends an event and wants none of these codes.
func (s *scene) silent(codes []law.Code, stream string, d event.Data, opts ...option) {
	s.Helper()
	raw, a := s.event(stream, d, opts...)
	for _, code := range saidBy(s, s.want(s.post(a.by, raw), 201, "")) {
		if slices.Contains(codes, code) {
			s.Errorf("%s %T is answered %s", stream, d, code)
		}
	}
}

func outside(authority, filed string) *inspection.Started {
	return begun(func(d *inspection.Started) {
		d.VisitType, d.EnforcingAuthority, d.Purpose = "verify", authority, &inspection.Purpose{OutsideFiled: filed}
	})
}

func noticeOf(told *inspection.Told) *inspection.NoticePosted {
	return &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2",
		Photo: event.Evidence{SHA256: hash64, Size: 9, MediaType: "image/jpeg"}, Told: told}
}

var wholeNotice = &inspection.Told{Basis: "安全生产法第六十五条", Cause: "年度检查计划", VisitOfYear: new(1), Prohibitions: "不得接受宴请", Recusal: true,
	Refusal: true, Complaint: "12345"}

func itemYes(item string) *inspection.CheckAnswered {
	return &inspection.CheckAnswered{Item: item, Section: "management", Answer: "yes"}
}

func TestTheLawOfTodayIsAnswered(t *testing.T) {
	s := newScene(t)
	s.today(func(p *campaign.Policy) {
		p.ItemBasis, p.FullNotice, p.OwnArea, p.ArrivalCodeHours = true, true, true, new(24)
	})
	area := []law.Code{inspection.OutsideOwnArea, inspection.OutsideAreaNotFiled}
	s.says("outside-own-area outside-area-not-filed", "inspection/a", outside("emergency-610921", ""), in("c"))
	s.says("outside-own-area", "inspection/b", outside("emergency-610921", "汉滨区司法局"), in("c"))
	s.silent(area[1:], "inspection/d", outside("emergency-610921", "汉滨区司法局"), in("c"))
	s.silent(area, "inspection/e", outside("emergency-610902", ""), in("c"))

	s.onSpot()
	basis := []law.Code{inspection.ItemWithoutBasis, inspection.StandardNotInForce}
	s.says("item-without-basis", "inspection/i", itemYes("E-2"))
	s.says("standard-not-in-force", "inspection/i", itemYes("E-3"))
	s.silent(basis, "inspection/i", itemYes("E-1"))
	s.says("notice-incomplete", "inspection/i", noticeOf(nil))
	s.silent([]law.Code{inspection.NoticeIncomplete}, "inspection/i", noticeOf(wholeNotice))

	s.later(30 * time.Hour)
	s.says("late-arrival-code", "inspection/i", &inspection.CodeRecorded{Manner: "made-up", Reason: "现场无信号"}, hour(25))
	s.given("inspection/k", outside("emergency-610902", ""), in("c"), hour(26))
	s.given("inspection/k", &inspection.Arrived{}, hour(26))
	late := []law.Code{inspection.LateArrivalCode}
	s.silent(late, "inspection/k", &inspection.CodeRecorded{Manner: "made-up", Reason: "现场无信号"}, hour(26))
}

func TestWhoInspectsByTheLawOfTodayIsAnswered(t *testing.T) {
	s := newScene(t)
	s.today(func(p *campaign.Policy) { p.ListedAuthority = true })
	of := func(authority string, change ...func(*inspection.Started)) *inspection.Started {
		d := begun(change...)
		d.VisitType, d.EnforcingAuthority = "verify", authority
		return d
	}
	alone := func(d *inspection.Started) { d.Inspectors = []string{"ma", "he"} }
	helped := func(d *inspection.Started) { d.Assistants = []string{"田某"} }
	s.given("person/he", &person.Registered{Name: "何某", Unit: "u", Certificate: "cert-he", Until: "2019-12-01",
		Roles: []event.Role{event.RoleInspector}})
	s.says("authority-not-listed", "inspection/a", of("emergency-610921"), in("c"))
	s.says("coordinating-body-inspects", "inspection/b", of("safety-office-city"), in("c"))
	s.says("too-few-certificates", "inspection/d", of("emergency-610902", alone), in("c"))
	s.says("assistant-not-named", "inspection/e", of("emergency-610902", helped), in("c"))
	s.given("inspection/f", &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify",
		Assistants: []string{"田某"}}, in("c"))
	s.silent(law.CodesOf(law.N01), "inspection/f", of("emergency-610902", helped), in("c"))
}

// N03: who approves has a token of his own.
func TestTheApprovalOfAVisitIsAnswered(t *testing.T) {
	s := newScene(t)
	s.today(func(p *campaign.Policy) { p.VisitApprovalHours = new(48) })
	s.given("person/head", newPerson("head"))
	verify := func(p *inspection.Purpose) *inspection.Started {
		return begun(func(d *inspection.Started) { d.VisitType, d.Purpose = "verify", p })
	}
	reserved := &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify"}
	approved := &inspection.Approved{ApprovedBy: "head"}
	s.given("inspection/a", reserved, in("c"))
	s.says("approved-by-an-author", "inspection/a", &inspection.Approved{ApprovedBy: "ma"}, as("zhou"))
	s.silent(law.CodesOf(law.N03), "inspection/a", approved, as("zhou"), hour(-0.1))
	s.silent(law.CodesOf(law.N03), "inspection/a", verify(nil), in("c"))
	s.says("inspection-not-approved", "inspection/d", verify(nil), in("c"))
	s.silent(law.CodesOf(law.N03), "inspection/e", verify(&inspection.Purpose{Urgent: "群众反映正在冒险作业"}), in("c"))
	s.later(60 * time.Hour)
	s.says("late-inspection-approval", "inspection/e", approved, as("zhou"), hour(49))
}

// N07: the notice of the second visit of a year says that it is the first, over HTTP.
func TestTheNumberOnTheNoticeIsAnswered(t *testing.T) {
	s := newScene(t)
	s.today(func(p *campaign.Policy) { p.FullNotice = true })
	for i, id := range []string{"inspection/a", "inspection/b"} {
		tip := begun(func(d *inspection.Started) { d.VisitType, d.EnforcingAuthority = "tip", "emergency-610902" })
		s.given(id, tip, in("c"), hour(float64(i)))
		s.given(id, &inspection.Arrived{}, hour(float64(i)))
	}
	s.silent(law.CodesOf(law.N07), "inspection/a", noticeOf(wholeNotice))
	s.says("notice-count-too-low", "inspection/b", noticeOf(wholeNotice))
	second := *wholeNotice
	second.VisitOfYear = new(2)
	s.silent(law.CodesOf(law.N07), "inspection/b", noticeOf(&second))
}

// N05, N13: the cap of each authority of a combined visit, over HTTP.
func TestTheCapOfAYearIsAnswered(t *testing.T) {
	s := newScene(t)
	s.today(func(p *campaign.Policy) { p.VisitCaps = []campaign.VisitCap{{Most: 1}} })
	of := func(authority string, with ...string) *inspection.Started {
		return begun(func(d *inspection.Started) { d.VisitType, d.EnforcingAuthority, d.Jointly = "tip", authority, with })
	}
	reserved := &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "tip", EnforcingAuthority: "emergency-610921"}
	s.silent(law.CodesOf(law.N05), "inspection/r", reserved, in("c"))
	s.given("inspection/a", of("emergency-610902", "emergency-610921"), in("c"))
	s.silent(law.CodesOf(law.N05), "inspection/a", &inspection.Arrived{})
	s.says("cap-reached", "inspection/u", reserved, in("c"))
	s.given("inspection/b", of("emergency-610921"), in("c"))
	s.says("cap-exceeded", "inspection/b", &inspection.Arrived{})
	got := decode[projections.SubjectView](s.fixture, s.want(s.get(desk, "/v1/subjects/firm"), 200, ""))
	if got.Counts.Inspections != 2 || len(got.ByAuthority) != 2 || got.ByAuthority[1].Inspections != 2 {
		t.Errorf("%d inspections: %+v", got.Counts.Inspections, got.ByAuthority)
	}
}

func TestAPlanOf2019SaysNothingOfTheLawOfToday(t *testing.T) {
	s := newScene(t)
	s.today(nil)
	var all []law.Code
	for r := law.N01; r <= law.N16; r++ {
		all = append(all, law.CodesOf(r)...)
	}
	if len(all) < 8 {
		t.Fatalf("of N01 to N16 there are the codes %v", all)
	}
	s.silent(all, "inspection/i", begun(func(d *inspection.Started) { d.EnforcingAuthority = "emergency-610921" }), in("c"))
	s.silent(all, "inspection/i", &inspection.Arrived{})
	s.silent(all, "inspection/i", itemYes("E-2"))
	s.silent(all, "inspection/i", noticeOf(nil))
	s.silent(all, "inspection/i", &inspection.CodeRecorded{Manner: "made-up", Reason: "现场无信号"})
}
