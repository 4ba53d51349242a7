package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// sectors is a table of sectors.
func sectors(list ...string) *codetable.Published {
	d := &codetable.Published{Table: codetable.Sectors}
	for _, code := range list {
		d.Sectors = append(d.Sectors, codetable.Sector{Code: code, Name: code})
	}
	return d
}

// checklists is the whole of the speech's checklists, and items of the city.
func checklists(more ...string) *codetable.Published {
	d := &codetable.Published{Table: codetable.Checklists}
	ids := []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6", "M-1", "M-2", "M-3", "M-4", "M-5", "M-6", "H-1", "H-2", "H-3", "H-4",
		"T-1", "T-2", "T-3", "T-4", "T-5", "T-6", "C-1", "C-2", "C-3", "C-4", "C-5"}
	for _, venue := range codes.List("venue-type") {
		ids = append(ids, "F-1."+venue, "F-2."+venue)
	}
	for _, id := range append(ids, more...) {
		d.Items = append(d.Items, codetable.Item{ID: id, Text: "是否到位", Section: "system", Bad: "no", Kinds: []string{}})
	}
	return d
}

// R29: what the city's list does not have is refused, with the list and its version; a list says what counts from its entry on.
func TestR29ASectorThatTheCitysListDoesNotHaveIsRefused(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/before", started(), in("c"), inspector)
	w.accepts("table/sectors", sectors("TRAFFIC", "FIRE"))
	version := w.n - 1
	mine := firm()
	mine.Sectors = []string{"MINE"}
	r := w.refuses("R29", "unknown-code", "subject/s2", mine)
	if got := r.Values.Get("version").Any(); got != int64(version) || r.Values.Get("list").Any() != "sectors" {
		t.Errorf("%v", r.Values)
	}
	w.refuses("R29", "unknown-code", "subject/s2", mine, imported)
	w.refuses("R29", "unknown-code", "team/t1", &team.ScopeAssigned{Sectors: []string{"MINE"}, Counties: []string{}})
	w.refuses("R29", "unknown-code", "inspection/i", started(), in("c"), inspector)
	d := started()
	w.refuses("R29", "unknown-code", "inspection/i", &inspection.Reserved{Subject: d.Subject, Team: d.Team, Sector: d.Sector,
		VisitType: "tip"}, in("c"), inspector)
	w.accepts("table/sectors", sectors("TRAFFIC", "FIRE", "MINE", d.Sector))
	w.accepts("subject/s2", mine)
	w.accepts("inspection/i", started(), in("c"), inspector)
}

// R27: a visit is gone through by the checklists in force at its beginning; later ones do not move it.
func TestR27AVisitIsJudgedByTheChecklistsOfItsBeginning(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("table/checklists", checklists("X-1"))
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("table/checklists", checklists("X-2"))
	answer := func(item string) *inspection.CheckAnswered {
		return &inspection.CheckAnswered{Item: item, Answer: "yes"}
	}
	w.accepts("inspection/i", answer("X-1"), inspector)
	w.refuses("R27", "unknown-code", "inspection/i", answer("X-2"), inspector)
	w.refuses("R27", "unknown-code", "inspection/i", &inspection.SectionCompleted{Section: "system",
		Skipped: []inspection.Skipped{{Item: "X-2", Reason: "停电"}}}, inspector)
	w.accepts("inspection/j", started(), in("c"), inspector, at(noon.Add(time.Minute)))
	w.accepts("inspection/j", answer("X-2"), inspector, at(noon.Add(time.Minute)))
}

// R07: the category of a finding is one of the published ones, those of an import are foreign.
func TestR07ACategoryThatTheListDoesNotHaveIsRefused(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("table/finding-categories", &codetable.Published{Table: codetable.Categories,
		Categories: []codetable.Category{{Code: "investment", Name: "不愿落实安全生产投入"}}})
	w.accepts("inspection/i", started(), in("c"), inspector)
	f := found("f1")
	f.Category = "other"
	w.refuses("R07", "unknown-code", "inspection/i", f, inspector)
	f.Category = "investment"
	f.Investment = &inspection.Investment{Required: event.Money{Currency: "CNY", Amount: 100}, Actual: event.Money{Currency: "CNY"},
		Ground: "预算"}
	w.accepts("inspection/i", f, inspector)
}

// R29: parts are one table, in force with the last of them, and never when torn.
func TestR29ATableInPartsIsInForceWhenItIsWhole(t *testing.T) {
	w := campaignFixture(t)
	part := func(i, n int, list ...string) *codetable.Published {
		d := sectors(list...)
		d.Part = &codetable.Part{Number: i, Of: n}
		return d
	}
	w.refuses("R29", "table-torn", "table/sectors", part(2, 2, "MINE"))
	w.accepts("table/sectors", part(1, 3, "TRAFFIC"))
	if w.edition(codetable.Sectors) != nil {
		t.Error("the first of three parts is in force")
	}
	w.refuses("R29", "table-torn", "table/sectors", part(3, 3, "MINE"))
	w.refuses("R29", "table-torn", "table/sectors", part(2, 4, "MINE"))
	w.refuses("R29", "row-in-two-parts", "table/sectors", part(2, 3, "TRAFFIC"))
	w.accepts("table/sectors", part(2, 3, "FIRE"))
	w.accepts("table/sectors", part(3, 3, "MINE"))
	ed := w.edition(codetable.Sectors)
	if ed == nil || ed.Version != w.n-1 || len(ed.Sectors) != 3 || !ed.Has("TRAFFIC") || !ed.Has("MINE") || ed.Part != nil {
		t.Errorf("%+v", ed)
	}
	// One that broke off is dropped by the next.
	w.accepts("table/sectors", part(1, 2, "EDU"))
	w.accepts("table/sectors", sectors("TRAFFIC"))
	w.refuses("R29", "table-torn", "table/sectors", part(2, 2, "MINE"))
	if ed := w.edition(codetable.Sectors); len(ed.Sectors) != 1 {
		t.Errorf("%+v", ed.Sectors)
	}
}

// R75: a map that leaves a sector without department is refused; with a map in force, a subject without department in it is flagged.
func TestR75TheMapOfResponsibilitiesAnswersForEverySector(t *testing.T) {
	w := unitFixture(t)
	w.accepts("table/sectors", sectors("INDTRADE", "MINE", "FIRE"))
	row := func(sector, county, unit string) codetable.Responsibility {
		return codetable.Responsibility{Sector: sector, County: county, Department: unit}
	}
	mapOf := func(rows ...codetable.Responsibility) *codetable.Published {
		return &codetable.Published{Table: codetable.Responsibilities, Responsibilities: rows}
	}
	industry, fire := row("INDTRADE", "", "emergency-city"), row("FIRE", "", "fire-city")
	r := w.refuses("R75", "sector-without-department", "table/responsibility-map", mapOf(industry, fire))
	if got, _ := r.Values.Get("sectors").Any().([]string); len(got) != 1 || got[0] != "MINE" {
		t.Errorf("%v", r.Values)
	}
	w.refuses("R75", "unknown-code", "table/responsibility-map", mapOf(industry, fire, row("MINE", "", "nobody")))
	w.refuses("R29", "unknown-code", "table/responsibility-map", mapOf(industry, fire, row("EDU", "", "fire-city")))
	named := fire
	named.Committee = "fire-committee"
	w.refuses("R76", "unknown-code", "table/responsibility-map", mapOf(industry, named))
	w.refuses("R76", "unknown-code", "table/committees", &codetable.Published{Table: codetable.Committees, Committees: []codetable.Committee{
		{ID: "fire-committee", Name: "消防安全专业委员会", Sectors: []string{"FIRE"}, Lead: "nobody"}}})
	w.accepts("table/committees", &codetable.Published{Table: codetable.Committees, Committees: []codetable.Committee{
		{ID: "fire-committee", Name: "消防安全专业委员会", Sectors: []string{"FIRE"}, Lead: "fire-city"}}})
	w.accepts("table/responsibility-map", mapOf(industry, named, row("MINE", "610902", "emergency-610902")))
	d := firm()
	d.Region, d.Sectors = "610921", []string{"MINE"}
	w.flags([]string{"no-competent-department"}, "subject/m", d)
	d = firm()
	d.Region, d.Sectors = "610972", []string{"MINE"} // a zone of that county
	w.accepts("subject/z", d)
}

// R65: a duty is of a unit that there is.
func TestR65ADutyIsOfAKnownUnit(t *testing.T) {
	w := unitFixture(t)
	duty := codetable.Duty{ID: "d1", List: "duty", Unit: "nobody", Text: "监督检查"}
	w.refuses("R65", "unknown-code", "table/duty-lists", &codetable.Published{Table: codetable.Duties, Duties: []codetable.Duty{duty}})
	duty.Unit = "fire-city"
	w.accepts("table/duty-lists", &codetable.Published{Table: codetable.Duties, Duties: []codetable.Duty{duty}})
}

// R41, R42: no table is laxer than the confirmed text of the law that it cites, and no plan than the table in force at its date.
func TestR42TheLimitsOfTheLawBoundThePlan(t *testing.T) {
	w := campaignFixture(t)
	limits := func(rows ...codes.LawLimit) *codetable.Published {
		return &codetable.Published{Table: codetable.Limits, Limits: rows}
	}
	officers := codes.LawLimit{Matter: codes.Officers, Law: "行政处罚法", Version: "2021-01-22", Article: "42", Number: 1, Unit: "persons",
		From: "2021-07-15", Confirmed: true}
	w.refuses("R41", "limit-below-the-law", "table/law-limits", limits(officers))
	decision := codes.LawLimit{Matter: "decision", Law: "行政处罚法", Version: "2021-01-22", Article: "60", Number: 91, Unit: "days",
		From: "2021-07-15", Confirmed: true}
	w.refuses("R41", "limit-below-the-law", "table/law-limits", limits(decision))
	decision.Number = 60 // stricter
	officers.Version, officers.Number, officers.From = "2019", 3, "2019-01-01"
	w.accepts("table/law-limits", limits(officers, decision))
	p := &campaign.PlanPublished{Title: "方案", Version: "2", Policy: campaign.DefaultPolicy()}
	r := w.refuses("R42", "plan-below-the-law", "campaign/c", p)
	if r.Values.Get("least").Any() != int64(3) {
		t.Errorf("%v", r.Values)
	}
	p.Policy.MinInspectors = 3
	w.accepts("campaign/c", p)
}

// R41: a limit follows the text in force at the date of the fact, of the table that was known when the visit began.
func TestR41TheFineOnTheSpotFollowsTheTableOfTheVisitsBeginning(t *testing.T) {
	row := codes.LawLimit{Matter: codes.OnTheSpotUnit, Law: "行政处罚法", Version: "2017-09-01", Article: "33", Number: 400_00, Unit: "fen",
		From: "2018-01-01"}
	table := &codetable.Published{Table: codetable.Limits, Limits: []codes.LawLimit{row}}
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", found("f1"), inspector)
	w.accepts("table/law-limits", table)
	w.accepts("inspection/i", fined("p", "f1"), inspector)
	w = campaignFixture(t)
	w.accepts("table/law-limits", table)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", found("f1"), inspector)
	w.flags([]string{"fine-beyond-authority"}, "inspection/i", fined("p", "f1"), inspector)
}

// R10: the days for changed casualties are those of the table.
func TestR10TheDaysForChangedCasualtiesAreOfTheTable(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("table/law-limits", &codetable.Published{Table: codetable.Limits, Limits: []codes.LawLimit{{Matter: codes.Casualties,
		Law: "条例", Version: "2019", Article: "13", Number: 5, Unit: "days", From: "2019-01-01"}}})
	w.accepts("accident/a", reported(1))
	w.flags([]string{"late-casualties"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(2)}, at(noon.AddDate(0, 0, 6)))
}

// R02: who acknowledged rules that a newer version replaced has not acknowledged those in force.
func TestR02AcknowledgedAreTheRulesInForce(t *testing.T) {
	w := campaignFixture(t)
	rules := func(version, from string) *codetable.DisciplineRules {
		return &codetable.DisciplineRules{Version: version, Document: "廉洁自律 " + version, From: from}
	}
	acknowledged := func(version string) *person.RulesAcknowledged {
		r, _ := w.codeTables.state(codetable.Discipline).RulesOf(version)
		return &person.RulesAcknowledged{Version: version, DocumentHash: r.SHA256}
	}
	w.refuses("R02", "unknown-code", "person/ma", &person.RulesAcknowledged{Version: "1", DocumentHash: strings.Repeat("a", 64)})
	w.refuses("R02", "wrong-table", "table/units", rules("1", "2019-11-01"))
	w.accepts("table/discipline-rules", rules("1", "2019-11-01"))
	w.refuses("R02", "rules-version-published", "table/discipline-rules", rules("1", "2019-11-02"))
	w.refuses("R02", "unknown-code", "person/ma", &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)})
	w.refuses("R02", "other-rules-text", "person/ma", &person.RulesAcknowledged{Version: "1", DocumentHash: strings.Repeat("a", 64)})
	for _, id := range []string{"bai", "hu"} {
		w.accepts("person/"+id, newPerson(id))
		w.accepts("person/"+id, acknowledged("1"))
	}
	w.accepts("table/discipline-rules", rules("2", "2019-12-05")) // the day after
	tomorrow := at(noon.AddDate(0, 0, 1))
	form := func(id string) {
		w.accepts("team/"+id, &team.Formed{Name: id, Kind: "comprehensive"}, in("c"))
		w.given("team/"+id, &team.LeaderAppointed{Person: "bai"})
		w.given("team/"+id, &team.MemberJoined{Person: "hu"})
	}
	form("today")
	form("tomorrow")
	w.accepts("team/today", &team.Activated{})
	r := w.refuses("R02", "rules-not-acknowledged", "team/tomorrow", &team.Activated{}, tomorrow)
	if r.Values.Get("version").Any() != "2" {
		t.Errorf("%v", r.Values)
	}
	w.flags([]string{"member-of-two-teams", "rules-not-acknowledged"}, "team/t1", &team.MemberJoined{Person: "hu"}, tomorrow, in("c"))
	w.accepts("person/bai", acknowledged("2"), tomorrow)
	w.accepts("person/hu", acknowledged("2"), tomorrow)
	w.accepts("team/tomorrow", &team.Activated{}, tomorrow)
}

// R65: one post is held once at a time, and left by who held it.
func TestR65WhoHeldWhichPostWhen(t *testing.T) {
	w := unitFixture(t)
	post := &person.OfficialAppointed{Post: "局长", Unit: "emergency-610902", County: "610902", Sectors: []string{"INDTRADE"},
		From: "2019-03-01"}
	w.refuses("R59", "unknown-person", "person/nobody", post)
	w.refuses("R65", "not-in-office", "person/ma", &person.OfficialLeft{Post: "局长", Unit: "emergency-610902", Last: "2019-10-31"})
	w.accepts("person/ma", post)
	w.refuses("R65", "already-in-office", "person/ma", post)
	w.refuses("R65", "left-before-appointed", "person/ma", &person.OfficialLeft{Post: "局长", Unit: "emergency-610902", Last: "2019-02-28"})
	held := func(day string) int {
		at, err := time.ParseInLocation(time.DateOnly, day, event.Beijing)
		if err != nil {
			t.Fatal(err)
		}
		return len(w.persons.state("ma").OfficesAt(at))
	}
	if held("2019-02-28") != 0 || held("2019-03-01") != 1 || held("2030-01-01") != 1 {
		t.Error("the office is not held since its first day")
	}
	w.accepts("person/ma", &person.OfficialLeft{Post: "局长", Unit: "emergency-610902", Last: "2019-10-31"})
	w.refuses("R65", "not-in-office", "person/ma", &person.OfficialLeft{Post: "局长", Unit: "emergency-610902", Last: "2019-10-31"})
	if held("2019-10-31") != 1 || held("2019-11-01") != 0 {
		t.Error("the office is not held to its last day")
	}
	again := *post
	again.From, again.Unit = "2019-11-01", "unknown"
	w.flags([]string{"unknown-unit"}, "person/ma", &again)
	back := post
	back.From = "2019-10-31"
	w.refuses("R65", "already-in-office", "person/ma", back)
	if field.Check(&person.OfficialAppointed{Post: "p", Unit: "u", Sectors: []string{}, From: "2019-03-02", To: "2019-03-01"}) == nil {
		t.Error("a post ends before it begins")
	}
}

// R21 to R34: what published checklists leave out of the speech's own items is flagged, and a plan asks for what there is.
func TestR27ThePlanAsksForItemsOfTheChecklists(t *testing.T) {
	w := campaignFixture(t)
	short := checklists()
	short.Items = slices.DeleteFunc(short.Items, func(i codetable.Item) bool { return i.ID == "E-2" || i.ID == "F-2.mall" })
	w.flags([]string{"checklist-drops-items", "checklist-drops-items"}, "table/checklists", short)
	r := w.refuses("R27", "unknown-code", "campaign/c", plan("2"))
	if r.Values.Get("code").Any() != "E-2" {
		t.Errorf("%v", r.Values)
	}
	w.accepts("table/checklists", checklists())
	w.accepts("campaign/c", plan("2"))
}

// R69: points are deducted by published rules, each known by an id that stands once.
func TestR69TheRulesOfDeductionStandOnce(t *testing.T) {
	w := campaignFixture(t)
	rule := codetable.Deduction{ID: "d-1", Points: 5}
	rules := func(list ...codetable.Deduction) *codetable.Published {
		return &codetable.Published{Table: codetable.Deductions, Deductions: list}
	}
	w.accepts("table/deduction-rules", rules(rule))
	if field.Check(rules(rule, rule)) == nil {
		t.Error("a rule stands twice")
	}
}

// R21 and R22 (traffic), R23 and R24 (fire), R25 (sites): each item that the speech names is missed by itself, under its rule, and
// a table that has them all drops none.
func TestR22R23R24R25EveryItemOfTheSpeechIsMissed(t *testing.T) {
	for rule, ids := range map[law.Rule][]string{law.R21: {"T-1", "T-6"}, law.R22: {"T-3", "T-4"}, law.R23: {"F-1.mall", "F-1.hospital"},
		law.R24: {"F-2.mall"}, law.R25: {"C-1", "C-2", "C-3"}} {
		for _, id := range ids {
			w := campaignFixture(t)
			short := checklists()
			if i := slices.IndexFunc(short.Items, func(i codetable.Item) bool { return i.ID == id }); i < 0 {
				t.Fatalf("there is no item %s", id)
			} else {
				short.Items = slices.Delete(short.Items, i, i+1)
			}
			w.flags([]string{"checklist-drops-items"}, "table/checklists", short)
			flag := w.log[len(w.log)-1].Data.(*oversight.DeviationFlagged)
			if got := flag.Values.Get("items").Any(); flag.Rule != rule.String() || !slices.Equal(got.([]string), []string{id}) {
				t.Errorf("%s is dropped: %s says %v", id, flag.Rule, got)
			}
		}
	}
}

// holidays is a year with one holiday.
func holidays(year int, worked []string, from, to string) *codetable.Published {
	return &codetable.Published{Table: codetable.Holidays, Document: "国务院办公厅通知",
		Calendar: &codetable.Year{Year: year, Holidays: []codetable.Holiday{{Name: "假日", From: from, To: to}}, Worked: worked}}
}

// R26: a day of the New Year stands in the calendars of two years, and says the same in both.
func TestR26TheCalendarsOfTwoYearsDoNotContradictEachOther(t *testing.T) {
	w := newFixture(t)
	w.accepts("table/holidays", holidays(2018, []string{"2018-12-29"}, "2018-12-30", "2019-01-01"))
	r := w.refuses("R26", "calendar-contradicts", "table/holidays", holidays(2019, []string{"2018-12-30"}, "2019-01-01", "2019-01-01"))
	if days, _ := r.Values.Get("days").Any().([]string); len(days) != 1 || days[0] != "2018-12-30" {
		t.Errorf("%v", r.Values)
	}
	w.accepts("table/holidays", holidays(2019, []string{"2018-12-29"}, "2018-12-30", "2019-01-01"))
	w.accepts("table/holidays", holidays(2018, []string{"2018-12-29"}, "2018-12-30", "2019-01-01"))
}

// R26 and pillar 12, rule 12 of the model: of the calendar known when a duty was opened and all published since, the one that gives
// the latest due time counts; a late flag lapses with the next event that reads it.
func TestPillar12ACalendarGivesTimeAndTakesNone(t *testing.T) {
	due := func(w *fixture) time.Time {
		st := w.inspections.state(w.stream("inspection/i").ID)
		for _, o := range st.Obligations(inspection.Terms{Policy: w.policy("c"), Calendars: w.calendars()}, nil) {
			if o.Kind.Name == "leader-review" {
				return o.Due
			}
		}
		t.Fatal("no review is owed")
		return time.Time{}
	}
	day := func(date string) time.Time {
		d, err := obligation.ParseDay(date)
		if err != nil {
			t.Fatal(err)
		}
		return d.End()
	}
	visited := func(before ...*codetable.Published) *fixture {
		w := campaignFixture(t)
		for _, d := range before {
			w.accepts("table/holidays", d)
		}
		w.accepts("inspection/i", started(), in("c"), inspector)
		return w
	}
	record := func(w *fixture) *fixture {
		w.given("inspection/i", &inspection.Attempted{Reason: "停产"}, inspector)
		return w
	}
	// A review is due three days after Wednesday 2019-12-04, which is a Saturday, so Monday 9.
	if got := due(record(visited())); !got.Equal(day("2019-12-09")) {
		t.Errorf("without calendar: %s", got)
	}
	short := holidays(2019, []string{"2019-12-07"}, "2019-12-30", "2019-12-31")
	if got := due(record(visited(short))); !got.Equal(day("2019-12-07")) {
		t.Errorf("the Saturday is worked: %s", got)
	}
	long := holidays(2019, []string{}, "2019-12-09", "2019-12-10")
	// A calendar that was known before and replaced counts no more; one that came since does, where it gives more time.
	if got := due(record(visited(long, short))); !got.Equal(day("2019-12-07")) {
		t.Errorf("replaced before: %s", got)
	}
	w := record(visited(short))
	w.accepts("table/holidays", long)
	if got := due(w); !got.Equal(day("2019-12-11")) {
		t.Errorf("longer since: %s", got)
	}
	w.accepts("table/holidays", short)
	if got := due(w); !got.Equal(day("2019-12-11")) {
		t.Errorf("shorter again: %s", got)
	}
	// The duty is opened by the record: a calendar that came between start and record and was replaced then is not known.
	w = visited(long)
	w.accepts("table/holidays", short)
	if got := due(record(w)); !got.Equal(day("2019-12-07")) {
		t.Errorf("replaced between start and record: %s", got)
	}
	// Another year's calendar leaves this one's in force.
	w = visited(short)
	w.accepts("table/holidays", holidays(2020, []string{}, "2020-01-01", "2020-01-01"))
	if got := due(record(w)); !got.Equal(day("2019-12-07")) {
		t.Errorf("with the next year: %s", got)
	}
	if name, ok := w.codeTables.state(codetable.Holidays).HolidayAt(day("2020-01-01"), w.n); !ok || name != "假日" {
		t.Errorf("New Year is %q, %v", name, ok)
	}
}
