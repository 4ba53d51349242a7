package domain

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// The law since 2025. Each rule is asked for by a parameter of the plan; the plan of 2019, which has none of them, says nothing.

// todayFixture is a [campaignFixture] whose plan has some parameters of today's law, and whose tables of units and checklists are
// those of a city that publishes what that law wants published.
func todayFixture(t *testing.T, change func(*campaign.Policy)) *fixture {
	w := campaignFixture(t)
	if change != nil {
		p := plan("2026")
		change(&p.Policy)
		w.accepts("campaign/c", p)
	}
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "emergency-city", Name: "市应急管理局", Sectors: []string{}},
		{ID: "emergency-610902", Name: "汉滨区应急管理局", County: "610902", Sectors: []string{"INDTRADE"}},
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
	w.flags([]string{"no-arrival-code"}, "inspection/i", &inspection.Closed{}, inspector, hours(2))
	w.changes([]string{"late-after-closing"}, []string{"no-arrival-code"}, "inspection/i", scanned, inspector, late(5*time.Hour))

	k, passed := keep(begun()), noon.Add((24+72)*time.Hour) // with what people in the field have to synchronise
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
