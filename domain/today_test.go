package domain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// The law since 2025. Each rule is asked for by a parameter of the plan; the plan of 2019, which has none of them, says nothing.

// todayFixture is a [campaignFixture] whose plan has some parameters of today's law, and whose tables of units and checklists are
// those of a city that publishes what that law wants published.
func todayFixture(t *testing.T, change func(*campaign.Policy)) *fixture {
	w := campaignFixture(t)
	w.accepts("person/head", newPerson("head"))
	if change != nil {
		p := plan("2026")
		change(&p.Policy)
		w.accepts("campaign/c", p)
	}
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "emergency-city", Name: "市应急管理局", Sectors: []string{}, Enforces: "authority"},
		{ID: "safety-office-city", Name: "市安委办", Sectors: []string{}, Enforces: "coordinating"},
		{ID: "emergency-610902", Name: "汉滨区应急管理局", County: "610902", Sectors: []string{"INDTRADE"}, Enforces: "authority"},
		{ID: "emergency-610921", Name: "汉阴县应急管理局", County: "610921", Sectors: []string{"INDTRADE"}},
	}})
	w.given("table/checklists", &codetable.Published{Table: codetable.Checklists, Items: []codetable.Item{
		item("E-1", "安全生产主体责任检查", "GB/T 33000-2016", ""), item("E-2", "安全管理制度检查", "", ""),
		item("E-3", "安全投入检查", "旧标准", "2019-12-03"), item("E-4", "", "", ""), item("E-5", "", "GB 6441", ""), item("E-6", "教育培训检查", "AQ 3013", ""),
	}})
	return w
}

func item(id, inspects, standard, to string) codetable.Item {
	i := codetable.Item{ID: id, Text: "内容", Section: "management", Bad: "no", Kinds: []string{"enterprise"}, Profile: "enterprise",
		Inspects: inspects}
	if standard != "" {
		i.Standard = &codetable.Standard{Name: standard, From: "2016-01-01", To: to}
	}
	return i
}

func checked(item string) *inspection.CheckAnswered {
	return &inspection.CheckAnswered{Item: item, Answer: "yes"}
}

// begins begins visit i, with somebody on the spot.
func (w *fixture) begins(d *inspection.Started) {
	w.Helper()
	w.accepts("inspection/i", d, in("c"), inspector)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
}

func TestN02EachItemHasItsPublishedItemAndTheStandardOfTheDay(t *testing.T) {
	w := todayFixture(t, func(p *campaign.Policy) { p.ItemBasis = true })
	w.begins(started())
	w.accepts("inspection/i", checked("E-1"), inspector)
	w.flags([]string{"item-without-basis"}, "inspection/i", checked("E-2"), inspector)
	w.flags([]string{"standard-not-in-force"}, "inspection/i", checked("E-3"), inspector)
	w.flags([]string{"item-without-basis"}, "inspection/i", checked("E-4"), inspector)
	w.flags([]string{"item-without-basis"}, "inspection/i", checked("E-5"), inspector)
	// A list that is published while a visit goes on does not judge it.
	w.given("table/checklists", &codetable.Published{Table: codetable.Checklists,
		Items: []codetable.Item{item("E-1", "", "", ""), item("E-2", "", "", ""),
			item("E-3", "", "", ""), item("E-4", "", "", ""), item("E-5", "", "", ""), item("E-6", "", "", "")}})
	w.accepts("inspection/i", checked("E-6"), inspector)

	w = todayFixture(t, nil)
	w.begins(started())
	w.accepts("inspection/i", checked("E-4"), inspector)
}

// N02: without any published list no item has a basis.
func TestN02WithoutAListNoItemHasABasis(t *testing.T) {
	w := campaignFixture(t)
	p := plan("2026")
	p.Policy.ItemBasis = true
	w.accepts("campaign/c", p)
	w.begins(started())
	w.flags([]string{"item-without-basis"}, "inspection/i", checked("E-1"), inspector)
}

func TestN06TheCodeIsScannedOnArrivalOrMadeUpInTime(t *testing.T) {
	scanned := &inspection.CodeRecorded{Manner: "scanned", Code: "QY-610902-1"}
	madeUp := &inspection.CodeRecorded{Manner: "made-up", Reason: "现场无信号"}
	hours := func(n int) option { return at(noon.Add(time.Duration(n) * time.Hour)) }
	begun := func() *fixture {
		w := todayFixture(t, func(p *campaign.Policy) { p.ArrivalCodeHours = new(24) })
		w.begins(started())
		return w
	}
	for _, d := range []*inspection.CodeRecorded{scanned, madeUp} {
		w := begun()
		w.accepts("inspection/i", d, inspector, hours(24))
		w = begun()
		w.flags([]string{"late-arrival-code"}, "inspection/i", d, inspector, hours(25))
		// It turns out to have been in time.
		w.changes(nil, []string{"late-arrival-code"}, "inspection/i", scanned, inspector, hours(1), late(30*time.Hour))
	}
	w := begun()
	w.complete("i")
	w.deliver("i")
	w.accepts("inspection/i", &inspection.Closed{}, inspector, hours(2)) // which does not end what is owed
	k, passed := keep(w), noon.Add((24+72)*time.Hour)
	if got := names(k.sweep(passed.Add(time.Second))); !slices.Contains(got, "arrival-code ") {
		t.Errorf("behind the closing nobody is late: %v", got)
	}
	n := len(w.log)
	w.given("inspection/i", scanned, inspector, late(120*time.Hour)) // it was in time, and told of later
	if got := names(w.log[n:]); !slices.Contains(got, "lapsed ") {
		t.Errorf("who was in time stays late: %v", got)
	}

	k, passed = keep(begun()), noon.Add((24+72)*time.Hour) // with what people in the field have to synchronise
	if got := names(k.sweep(passed)); slices.Contains(got, "arrival-code ") {
		t.Errorf("too early: %v", got)
	}
	if got := names(k.sweep(passed.Add(time.Second))); !slices.Contains(got, "arrival-code ") {
		t.Errorf("nobody is late: %v", got)
	}

	w = todayFixture(t, nil)
	w.begins(started())
	w.complete("i")
	w.deliver("i")
	w.accepts("inspection/i", &inspection.Closed{}, inspector, hours(2))
}

func TestN07TheNoticeSaysWhyHowOftenAndWhichRights(t *testing.T) {
	notice := func(told *inspection.Told) *inspection.NoticePosted {
		return &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture, Told: told}
	}
	full := func(p *campaign.Policy) { p.FullNotice = true }
	w := todayFixture(t, full)
	w.begins(started())
	w.accepts("inspection/i", notice(&inspection.Told{Basis: "安全生产法第六十五条", Cause: "年度检查计划", VisitOfYear: new(1), Prohibitions: "不得接受宴请",
		Recusal: true, Refusal: true, Complaint: "12345"}), inspector)
	w.flags([]string{"notice-incomplete"}, "inspection/i", notice(nil), inspector)
	w.flags([]string{"notice-incomplete"}, "inspection/i", notice(&inspection.Told{Basis: "安全生产法第六十五条", Cause: "年度检查计划",
		VisitOfYear: new(1), Prohibitions: "不得接受宴请", Recusal: true, Complaint: "12345"}), inspector)
	if d, ok := w.log[len(w.log)-1].Data.(*oversight.DeviationFlagged); !ok || fmt.Sprint(d.Values.Get("members").Any()) != "[refusal]" {
		t.Errorf("it says %+v", w.log[len(w.log)-1].Data)
	}
	w = todayFixture(t, nil)
	w.begins(started())
	w.accepts("inspection/i", notice(nil), inspector)
}

func TestN16ACheckOutsideTheOwnAreaIsFlaggedAndFiled(t *testing.T) {
	of := func(authority string, p *inspection.Purpose) *inspection.Started {
		d := started()
		d.EnforcingAuthority, d.Purpose = authority, p
		return d
	}
	own := func(p *campaign.Policy) { p.OwnArea = true }
	for _, authority := range []string{"emergency-610902", "emergency-city", "unlisted", ""} {
		todayFixture(t, own).begins(of(authority, nil))
	}
	w := todayFixture(t, own)
	w.flags([]string{"outside-own-area", "outside-area-not-filed"}, "inspection/i", of("emergency-610921", nil), in("c"), inspector)
	w = todayFixture(t, own)
	w.flags([]string{"outside-own-area"}, "inspection/i", of("emergency-610921", &inspection.Purpose{OutsideFiled: "汉滨区司法局"}), in("c"),
		inspector)
	todayFixture(t, nil).begins(of("emergency-610921", nil))
}

func TestN01AuthorityCertificatesAndAssistantsArePublishedOrNamedBefore(t *testing.T) {
	listed := func(p *campaign.Policy) { p.ListedAuthority = true }
	of := func(authority string, assistants ...string) *inspection.Started {
		d := started()
		d.EnforcingAuthority, d.Assistants = authority, assistants
		return d
	}
	todayFixture(t, listed).begins(of("emergency-610902"))
	for authority, code := range map[string]string{"": "authority-not-listed", "unknown": "authority-not-listed",
		"emergency-610921": "authority-not-listed", "safety-office-city": "coordinating-body-inspects"} {
		todayFixture(t, listed).flags([]string{code}, "inspection/i", of(authority), in("c"), inspector)
	}

	// Of the two who inspect one has no certificate, or one that has run out; a third makes up for it.
	for _, until := range []string{"", "2019-12-03", "2019-12-04"} {
		w := todayFixture(t, listed)
		he := newPerson("he")
		if he.Until = until; until == "" {
			he.Certificate = ""
		}
		w.accepts("person/he", he)
		w.accepts("person/he", &person.Trained{Topic: "督查检查", Date: "2019-11-28"})
		w.accepts("person/he", &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)})
		w.accepts("team/t1", &team.MemberJoined{Person: "he"})
		d := of("emergency-city")
		if d.Inspectors = []string{"ma", "he"}; until < "2019-12-04" {
			w.flags([]string{"too-few-certificates"}, "inspection/i", d, in("c"), inspector)
			d.VisitType, d.Inspectors = "verify", []string{"ma", "he", "li"}
			w.accepts("inspection/j", d, in("c"), inspector)
			continue
		}
		w.accepts("inspection/i", d, in("c"), inspector)
	}

	w := todayFixture(t, listed)
	w.accepts("inspection/i", &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial",
		Assistants: []string{"田某"}}, in("c"), inspector)
	w.flags([]string{"assistant-not-named"}, "inspection/i", of("emergency-city", "田某", "高某"), in("c"), inspector)

	todayFixture(t, nil).begins(of("safety-office-city", "高某"))
}

func TestN03AVisitIsApprovedBeforeOrUrgentAndMadeUpInTime(t *testing.T) {
	approved := &inspection.Approved{ApprovedBy: "head", DocumentNo: "汉应急检审〔2026〕7号"}
	hours := func(n int) option { return at(noon.Add(time.Duration(n) * time.Hour)) }
	asks := func(p *campaign.Policy) { p.VisitApprovalHours = new(48) }
	reserved := &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial"}
	urgent := started()
	urgent.Purpose = &inspection.Purpose{Urgent: "群众反映正在冒险作业"}

	w := todayFixture(t, asks)
	w.accepts("inspection/i", reserved, in("c"), inspector, hours(-2))
	w.refuses("pillar 17", "no-second-person", "inspection/i", approved, by(event.Actor{Person: "ma", Role: event.RoleSupervisionOffice}),
		hours(-1))
	w.refuses("N03", "approved-by-an-author", "inspection/i", &inspection.Approved{ApprovedBy: "ma"}, chief, hours(-1))
	w.refuses("R17", "unknown-person", "inspection/i", &inspection.Approved{ApprovedBy: "nobody"}, chief, hours(-1))
	w.accepts("inspection/i", approved, chief, hours(-1))
	w.accepts("inspection/i", started(), in("c"), inspector)

	// Nobody approved it, and it is not urgent; then an approval of before is told of.
	w = todayFixture(t, asks)
	w.flags([]string{"inspection-not-approved"}, "inspection/i", started(), in("c"), inspector)
	w.changes(nil, []string{"inspection-not-approved"}, "inspection/i", approved, chief, hours(-1), late(3*time.Hour))
	w = todayFixture(t, asks)
	w.flags([]string{"inspection-not-approved"}, "inspection/i", started(), in("c"), inspector)
	w.changes(nil, nil, "inspection/i", approved, chief, hours(1)) // which was not before

	// An urgent one is made up, in time, late, never; the closing does not end that.
	w = todayFixture(t, asks)
	w.accepts("inspection/i", urgent, in("c"), inspector)
	w.accepts("inspection/i", approved, chief, hours(48))
	w = todayFixture(t, asks)
	w.accepts("inspection/i", urgent, in("c"), inspector)
	w.flags([]string{"late-inspection-approval"}, "inspection/i", approved, chief, hours(49))
	for _, close := range []bool{false, true} {
		w = todayFixture(t, asks)
		w.begins(urgent)
		if close {
			w.complete("i")
			w.deliver("i")
			w.accepts("inspection/i", &inspection.Closed{}, inspector, hours(2))
		}
		k := keep(w)
		if got := names(k.sweep(noon.Add(49 * time.Hour))); !slices.Contains(got, "visit-approval ") {
			t.Errorf("closed %v: nobody is late: %v", close, got)
		}
		w.flags([]string{"late-inspection-approval"}, "inspection/i", approved, chief, hours(50))
		n := len(w.log)
		w.given("inspection/i", approved, chief, hours(3), late(48*time.Hour))
		if got := names(w.log[n:]); !slices.Contains(got, "lapsed ") || !slices.Contains(got, "lapsed late-inspection-approval") {
			t.Errorf("who was in time stays late: %v", got)
		}
	}

	w = todayFixture(t, nil)
	w.accepts("inspection/i", started(), in("c"), inspector)
}

// capped begins a visit of an authority and its partners, and returns what the arrival is answered with.
func (w *fixture) capped(id string, on time.Time, d *inspection.Started) []string {
	w.Helper()
	d.VisitType = "tip"
	w.given("inspection/"+id, d, in("c"), inspector, at(on))
	return w.given("inspection/"+id, &inspection.Arrived{}, inspector, at(on))
}

func inTheNameOf(authority string, with ...string) *inspection.Started {
	d := started()
	d.EnforcingAuthority, d.Jointly = authority, with
	return d
}

func TestN05VisitsOfAnAuthorityInAYearHaveACap(t *testing.T) {
	caps := func(exempt ...string) func(*campaign.Policy) {
		return func(p *campaign.Policy) {
			p.VisitCaps = []campaign.VisitCap{{Authority: "emergency-city", Most: 2}, {Risk: "key-firm", Most: 3}, {Most: 1}}
			p.CapExemptions = exempt
		}
	}
	exceeds := func(want string, got []string) {
		t.Helper()
		if fmt.Sprint(got) != want {
			t.Errorf("flags %v, want %s", got, want)
		}
	}
	const beyond = "[cap-exceeded]"
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	w := todayFixture(t, caps("verify"))
	reserved := func(authority, visitType string) *inspection.Reserved {
		return &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: visitType, EnforcingAuthority: authority}
	}
	w.accepts("inspection/r", reserved("emergency-610902", "tip"), in("c"), inspector)
	exceeds("[]", w.capped("a", day(0), inTheNameOf("emergency-610902")))
	exceeds(beyond, w.capped("b", day(1), inTheNameOf("emergency-610902")))
	if got := w.given("inspection/b", &inspection.Arrived{}, inspector, at(day(1))); got != nil {
		t.Errorf("a second inspector who arrives is answered %v", got)
	}
	w.flags([]string{"cap-reached"}, "inspection/s", reserved("emergency-610902", "tip"), in("c"), inspector, at(day(2)))
	w.accepts("inspection/u", reserved("emergency-610902", "verify"), in("c"), inspector, at(day(2)))
	w.accepts("inspection/v", reserved("", "tip"), in("c"), inspector, at(day(2)))
	next := reserved("emergency-610902", "tip")
	next.PlannedOn = "2020-01-02"
	w.accepts("inspection/w", next, in("c"), inspector, at(day(2)))

	// Another authority has a cap of its own; what is off-site, guidance or exempt is under none.
	exceeds("[]", w.capped("d", day(2), inTheNameOf("emergency-city")))
	exceeds("[]", w.capped("e", day(3), inTheNameOf("emergency-city")))
	exceeds(beyond, w.capped("f", day(4), inTheNameOf("emergency-city")))
	for id, p := range map[string]*inspection.Purpose{"g": {OffSite: true}, "h": {Kind: "guidance"}} {
		d := inTheNameOf("emergency-city")
		d.Purpose = p
		exceeds("[]", w.capped(id, day(5), d))
	}
	w = todayFixture(t, caps("case", "triggered"))
	exceeds("[]", w.capped("a", day(0), inTheNameOf("emergency-610902")))
	for id, p := range map[string]*inspection.Purpose{"b": {Kind: "case"}, "d": {Cause: "triggered", Reason: "举报"}} {
		d := inTheNameOf("emergency-610902")
		d.Purpose = p
		exceeds("[]", w.capped(id, day(1), d))
	}
	exceeds(beyond, w.capped("e", day(2), inTheNameOf("emergency-610902"))) // the exempt ones do not count, the first does

	// What nobody may know of yet is not counted, and a class of risk has its own number.
	w = todayFixture(t, caps())
	key := firm()
	key.RiskClasses = []string{"key-firm"}
	w.accepts("subject/key", key)
	of := func() *inspection.Started { d := inTheNameOf("emergency-610902"); d.Subject = "key"; return d }
	hidden := of()
	hidden.VisitType = "tip"
	w.accepts("inspection/x", hidden, in("c"), inspector)
	for i, id := range []string{"a", "b", "d"} {
		exceeds("[]", w.capped(id, day(i), of()))
	}
	exceeds(beyond, w.given("inspection/x", &inspection.Arrived{}, inspector, at(day(3))))

	w = todayFixture(t, nil)
	exceeds("[]", w.capped("a", day(0), inTheNameOf("emergency-610902")))
	exceeds("[]", w.capped("b", day(0), inTheNameOf("emergency-610902")))
}

// N13: a combined visit is one for each authority's cap.
func TestN13ACombinedVisitIsOneForEachAuthoritysCap(t *testing.T) {
	w := todayFixture(t, func(p *campaign.Policy) { p.VisitCaps = []campaign.VisitCap{{Most: 1}} })
	if got := w.capped("a", noon, inTheNameOf("emergency-city", "emergency-610902")); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := w.capped("b", noon, inTheNameOf("emergency-610902", "emergency-610902")); fmt.Sprint(got) != "[cap-exceeded]" {
		t.Errorf("%v", got)
	}
	if got := w.capped("d", noon, inTheNameOf("emergency-610921", "emergency-610902", "emergency-city")); fmt.Sprint(got) !=
		"[cap-exceeded cap-exceeded]" {
		t.Errorf("%v", got)
	}
}
