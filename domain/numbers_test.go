package domain

import (
	"fmt"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Contradictions and slips of the pen, which must not be taken in silence. They are facts that
// somebody stated, so they are stored, and flagged.

var statute = []event.Citation{{Law: "安全生产法", Version: "2014-12-01", Article: "99"}}

func found(id string) *inspection.FindingRecorded {
	return &inspection.FindingRecorded{Finding: id, Description: "安全出口上锁 " + id, Level: "general", Punishable: true, Clauses: statute}
}

func fined(id string, findings ...string) *casefile.PenaltyDecided {
	return &casefile.PenaltyDecided{Penalty: id, Findings: findings, Kind: "fine", Fine: &event.Money{Currency: "CNY", Amount: 50_000},
		LegalBasis: statute, Final: true}
}

func exempted(findings ...string) *casefile.NoPenaltyDecided {
	return &casefile.NoPenaltyDecided{Findings: findings, Reason: "违法行为轻微并及时改正", LegalBasis: statute}
}

// visitFixture is a campaignFixture with a visit i under way.
func visitFixture(t testing.TB) *fixture {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	return w
}

func TestR41TheSameFindingFinedAgainIsFlaggedEachTime(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", found("f"), inspector)
	w.accepts("inspection/i", found("g"), inspector)
	w.accepts("inspection/i", fined("p", "f"), inspector)
	for n := range 50 {
		w.flags([]string{"fined-again"}, "inspection/i", fined(fmt.Sprintf("p%d", n), "g", "f"), inspector)
	}
}

func TestR41AFindingBothPunishedAndExemptedIsFlagged(t *testing.T) {
	w := visitFixture(t)
	for _, id := range []string{"f", "g", "h"} {
		w.accepts("inspection/i", found(id), inspector)
	}
	w.accepts("inspection/i", fined("p", "f"), inspector)
	w.accepts("inspection/i", exempted("f"), inspector) // it does not count yet
	w.flags([]string{"punished-and-exempted"}, "inspection/i", yes(w.last("inspection/i")), clerk)
	w.accepts("inspection/i", exempted("g"), inspector)
	asked := w.last("inspection/i")
	w.accepts("inspection/i", fined("q", "g"), inspector) // the other decision does not count yet
	w.flags([]string{"punished-and-exempted"}, "inspection/i", yes(asked), clerk)
	w.accepts("inspection/i", exempted("h"), inspector)
	w.accepts("inspection/i", yes(w.last("inspection/i")), clerk)
	w.flags([]string{"punished-and-exempted"}, "inspection/i", fined("r", "h"), inspector)

	copied := &inspection.Started{Subject: "firm", Sector: "INDTRADE", Unknown: event.Unknown{"team", "inspectors", "visit_type"}}
	for _, d := range []event.Data{copied, found("f"), fined("p", "f")} {
		w.accepts("inspection/source.x", d, imported)
	}
	w.flags([]string{"punished-and-exempted"}, "inspection/source.x", exempted("f"), imported) // an import's counts at once
}

func TestR27AnItemAnsweredAgainIsFlagged(t *testing.T) {
	w := visitFixture(t)
	answer := &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}
	w.accepts("inspection/i", answer, inspector)
	w.flags([]string{"answered-again"}, "inspection/i", &inspection.CheckAnswered{Item: "E-1", Answer: "no"}, inspector)
	w.accepts("inspection/i", &inspection.CheckAnswered{Item: "E-2", Answer: "yes"}, inspector)
}

func TestR10R19R20R28R31R48DatesThatCannotBeMeantAreFlagged(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", found("f"), inspector)
	order := func(id, due string) *order.Issued {
		return &order.Issued{Order: id, Kind: "rectify-by-date", Findings: []string{"f"}, Due: due, LegalBasis: statute}
	}
	w.accepts("inspection/i", order("o1", "2019-12-04"), inspector) // noon is on the fourth
	w.flags([]string{"due-before-issued"}, "inspection/i", order("o2", "2019-12-03"), inspector)
	w.flags([]string{"due-before-issued"}, "inspection/i", order("o3", "1990-01-01"), inspector)
	w.flags([]string{"due-far-off"}, "inspection/i", order("o4", "2022-12-20"), inspector)
	late := found("g")
	late.ViolatedOn = "2019-12-05"
	w.flags([]string{"violated-after-found"}, "inspection/i", late, inspector)
	punctual := found("h")
	punctual.ViolatedOn = "2019-12-04"
	w.accepts("inspection/i", punctual, inspector)
	h := w.last("inspection/i")
	w.accepts("inspection/i", corrected(h, h, elsewhere), inspector)
	earlier := corrected(h, w.last("inspection/i"), func(*inspection.FindingRecorded) {})
	earlier.Occurred = noon.AddDate(0, 0, -1) // found on the third, says its correction
	w.accepts("inspection/i", earlier, inspector)
	w.flags([]string{"clock-order", "violated-after-found"}, "inspection/i", yes(w.last("inspection/i")), leader)
	month := func(e *event.Event) {
		imported(e)
		e.Occurred, e.Precision = event.Month.Floor(e.Occurred), event.Month
	}
	w.accepts("inspection/source.x", &inspection.Started{Subject: "firm", Sector: "INDTRADE",
		Unknown: event.Unknown{"team", "inspectors", "visit_type"}}, month)
	w.accepts("inspection/source.x", punctual, month) // found some day of December
	late.ViolatedOn = "2020-01-01"
	w.flags([]string{"violated-after-found"}, "inspection/source.x", late, month)
	w.flags([]string{"planned-in-the-past"}, "inspection/j", &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "FIRE",
		VisitType: "initial", PlannedOn: "2019-12-01"}, in("c"), inspector)
	w.flags([]string{"status-in-the-future"}, "subject/firm", &subject.StatusRecorded{Production: "suspended", Since: "2020-12-05"})
	d := reported(1)
	d.Happened = noon.AddDate(-3, 0, 0)
	w.flags([]string{"happened-long-ago"}, "accident/a", d)
	w.accepts("campaign/d", plan("1"))
	w.flags([]string{"campaign-period-implausible"}, "campaign/d",
		&campaign.Started{Start: begin.AddDate(3, 0, 0), End: end.AddDate(3, 0, 0)})
}

func TestTheDayOfAFactIsThatInBeijing(t *testing.T) {
	e := event.Event{Occurred: time.Date(2019, 12, 3, 16, 0, 0, 0, time.UTC)}
	if e.Day() != "2019-12-04" || e.DayAfter(30) != "2020-01-03" {
		t.Error(e.Day(), e.DayAfter(30))
	}
}

func TestNumbersAndCodesAreCheckedAgainstTheirLists(t *testing.T) {
	firmIn := func(region string) event.Data { d := firm(); d.Region = region; return d }
	fineOf := func(currency string, amount int64) event.Data {
		d := fined("p", "f")
		d.Inspection = "i"
		d.Fine = &event.Money{Currency: currency, Amount: amount}
		return d
	}
	bad := reported(1)
	bad.Harm.SeriousInjuries = new(int64(2)) // of no injured
	registered := func(discovery string, unknown ...string) event.Data {
		return &subject.Registered{Kind: "enterprise", Name: "n", Sectors: []string{"FIRE"}, Discovery: discovery, Unknown: unknown}
	}
	arrivedAt := func(datum string) event.Data {
		return &inspection.Arrived{Place: &event.Place{Lat: 32, Lon: 109, Datum: datum}}
	}
	updated := func(h accident.Harm, unknown ...string) event.Data {
		return &accident.CasualtiesUpdated{Reason: "r", Harm: h, Unknown: unknown}
	}
	for what, c := range map[string]struct {
		d  event.Data
		ok bool
	}{
		"CNY": {fineOf("CNY", 1), true}, "TWD": {fineOf("TWD", 0), true}, "NTD": {fineOf("NTD", 1), false},
		"XXX": {fineOf("XXX", 1), false}, "cny": {fineOf("cny", 1), false}, "CNY USD": {fineOf("CNY USD", 1), false},
		" US": {fineOf(" US", 1), false}, "-1": {fineOf("CNY", -1), false}, "2^53": {fineOf("CNY", 1<<53), false},
		"the most":  {fineOf("CNY", event.Amounts.Max), true},
		"610902107": {firmIn("610902107"), true}, "610902107001": {firmIn("610902107001"), true}, "610900": {firmIn("610900"), true},
		"000000": {firmIn("000000"), false}, "999999": {firmIn("999999"), false}, "110101": {firmIn("110101"), false},
		"61090":                               {firmIn("61090"), false},
		"more seriously injured than injured": {bad, false},
		"region unknown in a register":        {registered("register", "region"), false},
		"region unknown in an import":         {registered("import", "region"), true},
		"region left out":                     {registered("import"), false},
		"no datum":                            {arrivedAt(""), false},
		"CGCS2000":                            {arrivedAt("CGCS2000"), true},
		"BD-09":                               {arrivedAt("BD-09"), false},
		"nothing is known": {updated(accident.Harm{}, "harm.deaths", "harm.serious_injuries", "harm.injured",
			"harm.direct_loss"), true},
		"a loss that is not named":  {updated(accident.Harm{}, "harm.deaths", "harm.serious_injuries", "harm.injured"), false},
		"deaths stated and unknown": {updated(harm(1), "harm.deaths"), false},
		"a million and one":         {updated(harm(1_000_001)), false},
	} {
		if err := field.Check(c.d); (err == nil) != c.ok {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What only an import may leave unknown is refused of inspectors, with the rule that wants it.
func TestOnlyImportsMayLeaveUnknownWhatARuleWants(t *testing.T) {
	ungraded := &inspection.FindingRecorded{Finding: "u", Description: "x", Unknown: event.Unknown{"level"}}
	unnamed := &inspection.FindingRecorded{Finding: "c", Description: "x", Level: "major", Unknown: event.Unknown{"clauses"}}
	undated := &order.Issued{Inspection: "i", Order: "o", Kind: "rectify-by-date", Findings: []string{"f"}, Unknown: event.Unknown{"due"}}
	unfounded := &casefile.PenaltyDecided{Inspection: "i", Penalty: "p", Findings: []string{"f"}, Kind: "warning", Final: true,
		Unknown: event.Unknown{"legal_basis"}}
	nobody := &inspection.Started{Subject: "firm", Sector: "INDTRADE", Unknown: event.Unknown{"team", "inspectors", "visit_type"}}
	kindless := &team.Formed{Name: "n", Unknown: event.Unknown{"kind"}}
	for _, d := range []event.Data{ungraded, unnamed, undated, unfounded, nobody, kindless} {
		if err := field.Check(d); err != nil {
			t.Errorf("%T: %v", d, err)
		}
	}
	w := visitFixture(t)
	w.accepts("inspection/i", found("f"), inspector)
	w.refuses("R19", "level-required", "inspection/i", ungraded, inspector)
	w.refuses("R19", "clause-required", "inspection/i", unnamed, inspector)
	w.refuses("R20", "due-required", "inspection/i", undated, inspector)
	w.refuses("R41", "legal-basis-required", "inspection/i", unfounded, inspector)
	w.refuses("R17", "team-required", "inspection/j", nobody, by(event.Actor{Person: "ma", Role: event.RoleInspector}))
	w.refuses("R17", "kind-required", "team/t7", kindless)
	w.accepts("team/t7", kindless, imported)
	w.accepts("inspection/source.x", nobody, imported)
	w.accepts("inspection/source.x", found("f"), imported)
	for _, d := range []event.Data{ungraded, unnamed, undated, unfounded} {
		w.accepts("inspection/source.x", d, imported)
	}
}
