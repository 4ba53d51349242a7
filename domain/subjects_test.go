package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// Subjects change, merge and end; sites work in holidays; conflicts have exceptions.

var (
	county = by(event.Actor{Person: "gao", Role: event.RoleCountyGovernment, County: "610902"})
	bureau = by(event.Actor{Person: "sun", Role: event.RoleDepartment, Unit: "emergency-610902"})
)

// december is noon of a day of December 2019.
func december(n int) option { return at(noon.AddDate(0, 0, n-4)) }

// R34: a visit is asked for what the class of the day asks on which it begins, whatever is stated of other days.
func TestR34TheClassOfTheDayOnWhichAVisitBeginsCounts(t *testing.T) {
	for _, c := range []struct {
		name     string
		from, to string
		asked    bool
	}{
		{"before it", "2019-12-05", "", false},
		{"on its day", "2019-12-04", "", true},
		{"for that day alone", "2019-12-04", "2019-12-04", true},
		{"over by then", "2019-12-01", "2019-12-03", false},
	} {
		w := campaignFixture(t)
		w.accepts("subject/firm", &subject.Updated{From: c.from, Class: &subject.Class{Classes: []string{"important-place"}, To: c.to,
			Basis: "重要场所名单"}})
		w.accepts("inspection/i", started(), in("c"), inspector)
		w.accepts("inspection/i", evident("f"), inspector)
		w.complete("i")
		if !c.asked {
			w.accepts("inspection/i", &inspection.FixedOnSite{Finding: "f", Photo: &picture}, inspector)
			w.accepts("inspection/i", signedBy("ma", "li"), inspector)
			continue
		}
		says(t, w.refuses("R34", "site-record-needs-items", "inspection/i", signedBy("ma", "li"), inspector), "H-1")
	}
}

func TestR34WhatIsStatedLastOfADayHolds(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("subject/firm", &subject.Updated{From: "2019-12-01", Class: &subject.Class{Classes: []string{"key-firm"}, Basis: "名单"}})
	w.accepts("subject/firm", &subject.Updated{From: "2019-12-10", Class: &subject.Class{Classes: []string{}, Basis: "调出名单"}})
	for n, want := range map[int]int{1: 1, 9: 1, 10: 0} {
		if got := len(w.subjects.state("firm").Risks(noon.AddDate(0, 0, n-4))); got != want {
			t.Errorf("on %d December %d classes, want %d", n, got, want)
		}
	}
}

// R29: the sectors of today are those that a visit is compared with, and what the subject is about.
func TestR29ASubjectBelongsToOtherSectorsFromAnUpdateOn(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R29", "unknown-code", "subject/firm", &subject.Updated{From: "2019-12-01", Sectors: []string{"NONE"}})
	w.accepts("subject/firm", &subject.Updated{From: "2019-12-01", Sectors: []string{"MINE"}})
	if a := w.last("subject/firm").About; !slices.Equal(a.Sectors, []string{"MINE"}) {
		t.Errorf("it is about %v", a.Sectors)
	}
	w.flags([]string{"sector-not-of-subject"}, "inspection/i", started(), in("c"), inspector)
	// A visit of before is compared with what it was before, whenever it is told.
	w = campaignFixture(t)
	w.accepts("subject/firm", &subject.Updated{From: "2019-12-05", Sectors: []string{"MINE"}})
	w.accepts("inspection/i", started(), in("c"), inspector, late(30*time.Hour))
	w.flags([]string{"sector-not-of-subject"}, "inspection/j", startedAs("verify"), in("c"), inspector, december(5))
}

// R54: an update of the credit code is judged as a registration of it.
func TestR54AnUpdatedCodeIsRightOrExplained(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R54", "uscc-check-failed", "subject/firm", &subject.Updated{From: "2019-12-01", USCC: "91350203M0001QAY9B"})
	w.flags([]string{"uscc-check-failed"}, "subject/firm", &subject.Updated{From: "2019-12-01", USCC: "91350203M0001QAY9B", Reason: "照抄"})
	w.accepts("subject/firm", &subject.Updated{From: "2019-12-02", Name: "合成企业（改名）"})
	if got := w.subjects.state("firm").USCC; got != "91350203M0001QAY9B" {
		t.Errorf("an update of the name changes the code to %q", got)
	}
}

func TestR18ASubjectEndsOnceAndInAnother(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("subject/heir", firm())
	end := func(how, on, into string) *subject.Ended { return &subject.Ended{How: how, On: on, Successor: into} }
	w.refuses("R18", "unknown-subject", "subject/firm", end("merged", "2019-12-05", "nobody"))
	w.refuses("R18", "successor-not-possible", "subject/firm", end("merged", "2019-12-05", "firm"))
	w.accepts("subject/firm", end("merged", "2019-12-05", "heir"))
	w.refuses("R18", "subject-ended-already", "subject/firm", end("dissolved", "2019-12-06", ""))
	w.refuses("R18", "successor-not-possible", "subject/heir", end("merged", "2019-12-06", "firm"))
	// A visit after it is a fact, and flagged; one before it is nothing special.
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.flags([]string{"visit-after-end"}, "inspection/j", startedAs("verify"), in("c"), inspector, december(5))
	if w.coverage("firm") != 1 {
		t.Error("an end takes a subject out of what is to be inspected")
	}
}

func startedAs(visitType string) *inspection.Started {
	d := started()
	d.VisitType = visitType
	return d
}

// apart has firm, which was visited on the fourth, and heir.
func apart(t testing.TB, visits ...string) *fixture {
	w := campaignFixture(t)
	w.accepts("subject/heir", firm())
	for _, id := range visits {
		w.visitTo(id, "firm", 4)
	}
	return w
}

// visitTo begins an initial visit, with its arrival, and returns the flags of both.
func (w *fixture) visitTo(id, to string, on int) []string {
	w.Helper()
	d := started()
	d.Subject = to
	flags := w.given("inspection/"+id, d, in("c"), inspector, december(on))
	return append(flags, w.given("inspection/"+id, &inspection.Arrived{}, inspector, december(on))...)
}

var merger = &subject.Ended{How: "merged", On: "2019-12-06", Successor: "heir"}

// R31: once one subject, a further initial visit is a second one, to whichever of the names; what was before stays two subjects.
func TestR31AfterAMergerTheVisitsOfBothAreThoseOfOneSubject(t *testing.T) {
	w := apart(t, "a")
	w.visitTo("b", "heir", 5)
	w.accepts("subject/firm", merger, december(6))
	if said := w.told(duplicateStream(visit("t1", "b"), visit("t1", "a"))); said != nil {
		t.Errorf("of visits to two subjects it is said %v", said)
	}
	if got := w.visitTo("c", "heir", 7); !slices.Equal(got, []string{"duplicate-inspection", "duplicate-inspection"}) {
		t.Errorf("of a visit after the merger it is said %v", got) // beside a and b
	}
	if got := w.visitTo("d", "firm", 8); len(got) != 4 || got[0] != "visit-after-end" {
		t.Errorf("of a visit to the old name it is said %v", got) // beside a, b and c
	}
	reserved := &inspection.Reserved{Subject: "heir", Team: "t1", Sector: "INDTRADE", VisitType: "initial"}
	w.refuses("R31", "already-reserved", "inspection/e", reserved, in("c"), inspector, december(9))
}

// R31, pillar 13: a merger that is told late says the same as one that is told in time, and a withdrawn one takes it back.
func TestR31AMergerThatIsToldLateComparesTheVisitsSince(t *testing.T) {
	w := apart(t, "a")
	if got := w.visitTo("b", "heir", 7); got != nil {
		t.Errorf("of a visit to another subject it is said %v", got)
	}
	w.changes([]string{"duplicate-inspection"}, nil, "subject/firm", merger, december(8))
	e := w.last("subject/firm")
	w.accepts("subject/firm", withdrawn(e, e), clerk)
	w.changes(nil, []string{"duplicate-inspection"}, "subject/firm", yes(w.last("subject/firm")), chief)
	if end := w.subjects.state("firm").End(); end != nil || len(w.subjects.parts("heir")) != 1 {
		t.Errorf("after a withdrawal: %v, %v", end, w.subjects.parts("heir"))
	}
}

// R44: what goes wrong at the successor has those reviewed who had been at what merged into it, told in time or late.
func TestR44AnAccidentAtTheSuccessorReviewsTheVisitsToWhatMerged(t *testing.T) {
	accident := reported(3)
	accident.Subjects, accident.Happened = []string{"heir"}, noon.AddDate(0, 0, 3)
	w := apart(t, "a")
	w.accepts("subject/firm", merger, december(6))
	w.wantOpened([]string{visit("t1", "a")}, "accident/x", accident, december(8))
	w = apart(t, "a")
	w.wantOpened(nil, "accident/x", accident, december(8))
	w.wantOpened([]string{visit("t1", "a")}, "subject/firm", merger, december(9))
	e := w.last("subject/firm")
	w.accepts("subject/firm", withdrawn(e, e), clerk, december(9))
	w.wantOpened([]string{"-" + visit("t1", "a")}, "subject/firm", yes(w.last("subject/firm")), chief, december(9))
	w = apart(t, "a") // named under both names, it is reviewed once
	w.accepts("subject/firm", merger, december(6))
	both := *accident
	both.Subjects = []string{"heir", "firm"}
	w.wantOpened([]string{visit("t1", "a")}, "accident/x", &both, december(8))
	e = w.last("subject/firm")
	w.accepts("subject/firm", withdrawn(e, e), clerk, december(9))
	w.wantOpened(nil, "subject/firm", yes(w.last("subject/firm")), chief, december(9)) // firm is named itself
	// Before the merger they were two.
	w = apart(t, "a")
	w.accepts("subject/firm", merger, december(6))
	early := *accident
	early.Happened = noon.AddDate(0, 0, 1)
	w.wantOpened(nil, "accident/x", &early, december(8))
}

// R58: 反复出现问题 at one subject is asked of all that it consists of.
func TestR58TheClausesOfWhatMergedCountForTheSuccessor(t *testing.T) {
	w := apart(t, "a")
	cite := func(id string, on int) []string {
		f := evident("f")
		f.Clauses = []event.Citation{{Law: "安全生产法", Article: "三十五"}}
		return w.given("inspection/"+id, f, inspector, december(on))
	}
	cite("a", 4)
	w.visitTo("b", "heir", 5)
	cite("b", 5)
	w.accepts("subject/firm", merger, december(6))
	w.proposed()
	w.visitTo("c", "heir", 7)
	cite("c", 7)
	if stream := w.proposed("repeat"); w.blacklists.state(w.stream(stream).ID).Subject != "heir" {
		t.Error("another subject is proposed")
	}
	w = apart(t, "a")
	cite("a", 4)
	w.accepts("subject/firm", merger, december(6))
	w.visitTo("d", "heir", 7)
	cite("d", 7)
	if stream := w.proposed("repeat"); w.blacklists.state(w.stream(stream).ID).Subject != "heir" {
		t.Error("what merged is not asked")
	}
}

// seesWork has an inspector see work in the holiday at that site, which nobody approved.
func (w *fixture) seesWork(on func(*event.Event)) {
	w.Helper()
	d := started()
	d.Subject = "site"
	w.accepts("inspection/i", d, inspector, on)
	w.flags(codesOf("holiday-work-without-approval"), "inspection/i", &inspection.CheckAnswered{Item: "C-4", Answer: "no"}, inspector, on)
}

// holidayFixture has a site in Hanbin, its units, and the New Year of 2020.
func holidayFixture(t testing.TB) *fixture {
	w := unitFixture(t)
	site := firm()
	site.Kind, site.Sectors, site.Departments = "site", []string{"FIRE", "INDTRADE"}, []string{"emergency-610902"}
	w.accepts("subject/site", site)
	w.accepts("table/holidays", holidays(2020, []string{}, "2020-01-01", "2020-01-01"))
	return w
}

var filing = &subject.HolidayWorkFiled{Holiday: "假日", From: "2020-01-01", To: "2020-01-01", Plan: "每日一查", Paper: picture}

func TestR26WorkInAHolidayIsFiledAndApprovedByBothBodies(t *testing.T) {
	w := holidayFixture(t)
	w.refuses("pillar 17", "person-required", "subject/site", filing, by(event.Actor{Role: event.RoleSupervisionOffice}))
	w.refuses("R26", "holiday-work-of-sites-only", "subject/firm", filing, clerk)
	other := *filing
	other.Holiday = "春节"
	says(t, w.refuses("R26", "unknown-code", "subject/site", &other, clerk), "holidays", "春节")
	w.accepts("subject/site", filing, clerk)
	w.refuses("R26", "holiday-work-filed-already", "subject/site", filing, clerk)
	asked := w.last("subject/site")
	for _, body := range []string{"county-government", "department"} {
		w.owesItem("subject/site", "holiday-approval", body, obligation.Open, "2019-12-31")
	}
	w.refuses("R26", "not-a-deciding-body", "subject/site", yes(asked), chief)
	w.refuses("R26", "not-a-deciding-body", "subject/site", yes(asked), by(event.Actor{Person: "he", Role: event.RoleDepartment,
		Unit: "fire-city"})) // which may see it, and is not competent
	w.refuses("pillar 17", "no-second-person", "subject/site", yes(asked), by(event.Actor{Person: "zhou",
		Role: event.RoleCountyGovernment, County: "610902"}))
	w.refuses("R18", "unknown-subject", "subject/site", yes(asked), by(event.Actor{Person: "gao", Role: event.RoleCountyGovernment,
		County: "610921"}))
	wrong := yes(asked)
	wrong.SHA256 = strings.Repeat("0", 64)
	w.refuses("pillar 17", "other-bytes", "subject/site", wrong, county)
	w.accepts("subject/site", yes(asked), county)
	w.refuses("R26", "body-answered-already", "subject/site", yes(asked), by(event.Actor{Person: "gu", Role: event.RoleCountyGovernment,
		County: "610902"}))
	w.refuses("pillar 17", "no-second-person", "subject/site", yes(asked), by(event.Actor{Person: "gao", Role: event.RoleDepartment,
		Unit: "emergency-610902"}))
	if w.subjects.state("site").MayWork(newYear, w.n) {
		t.Error("one yes is enough")
	}
	w.accepts("subject/site", yes(asked), bureau)
	if !w.subjects.state("site").MayWork(newYear, w.n) {
		t.Error("two are not")
	}
	for _, body := range []string{"county-government", "department"} {
		w.owesItem("subject/site", "holiday-approval", body, obligation.Met, "2019-12-31")
	}
	w.owesItem("subject/site", "holiday-visit", "1", obligation.Open, "2020-01-01")
}

var newYear = time.Date(2020, 1, 1, 2, 0, 0, 0, time.UTC)

func (w *fixture) owesItem(stream, kind, item string, want obligation.State, due string) {
	w.Helper()
	s := w.stream(stream)
	all := w.owing(s).owed(s.ID, vantage{})
	for i := range all.list {
		if o := &all.list[i]; o.Kind.Name == kind && o.Item == item {
			if got := obligation.Date(o.Due); o.State() != want || got != due {
				w.Errorf("%s %s is %s until %s, want %s until %s", kind, item, o.State(), got, want, due)
			}
			return
		}
	}
	w.Errorf("%s %s is not owed", kind, item)
}

func TestR26AfterANoWorkIsFiledAnew(t *testing.T) {
	w := holidayFixture(t)
	w.accepts("subject/site", filing, clerk)
	asked := w.last("subject/site")
	w.accepts("subject/site", yes(asked), county)
	w.accepts("subject/site", no(asked), bureau)
	w.accepts("subject/site", filing, clerk)
	if again := w.last("subject/site"); again == asked {
		t.Error("the second filing is the first")
	}
	w.flags([]string{"holiday-work-filed-late"}, "subject/site", &subject.HolidayWorkFiled{Holiday: "x", From: "2019-12-01", To: "2019-12-09",
		Plan: "p", Paper: picture}, clerk)
}

// R26: what is seen at a site in a holiday is flagged without the yes of both, by a status as by an answer of the checklist.
func TestR26WorkThatNotBothApprovedIsFlagged(t *testing.T) {
	normal := &subject.StatusRecorded{Production: "normal"}
	c4 := &inspection.CheckAnswered{Item: "C-4", Answer: "no"}
	w := holidayFixture(t)
	on := at(newYear)
	w.flags([]string{"holiday-work-without-approval"}, "subject/site", normal, on)
	w.accepts("subject/site", &subject.StatusRecorded{Production: "suspended"}, on)
	w.accepts("subject/site", normal) // no holiday
	w.accepts("subject/firm", normal, on)
	d := started()
	d.Subject = "site"
	w.accepts("inspection/i", d, inspector, on)
	w.flags([]string{"holiday-work-without-approval"}, "inspection/i", c4, inspector, on)
	w.accepts("inspection/i", &inspection.CheckAnswered{Item: "C-5", Answer: "yes"}, inspector, on)
	w.accepts("subject/site", filing, clerk)
	asked := w.last("subject/site")
	w.accepts("subject/site", yes(asked), county)
	w.accepts("subject/site", yes(asked), bureau)
	w.accepts("subject/site", normal, on)
	w.accepts("inspection/j", d, inspector, on)
	w.accepts("inspection/j", c4, inspector, on)
}

// R26, pillar 12: the visit of the department meets what is owed at the site, whether it is told in time or late.
func TestR26AVisitInTheHolidayMeetsWhatIsOwedAtTheSite(t *testing.T) {
	k := keep(holidayFixture(t))
	k.accepts("subject/site", filing, clerk)
	asked := k.last("subject/site")
	k.accepts("subject/site", yes(asked), county)
	k.sweeps(beijing(t, "2020-01-01 00:00"), "holiday-approval department")
	k.accepts("subject/site", yes(asked), bureau) // occurred in time: told late
	if d, ok := k.log[len(k.log)-1].Data.(*oversight.StatementLapsed); !ok {
		t.Errorf("what was escalated stands: %T", d)
	}
	arrive := func(id string, on time.Time, told time.Time) {
		d := started()
		d.Subject = "site"
		k.given("inspection/"+id, d, inspector, at(told), occurred(on))
		k.given("inspection/"+id, &inspection.Arrived{}, inspector, at(told), occurred(on))
	}
	before, after := beijing(t, "2019-12-31 09:00"), beijing(t, "2020-01-02 09:00")
	arrive("a", before, before)
	arrive("b", after, after)
	k.owesItem("subject/site", "holiday-visit", "1", obligation.Open, "2020-01-01")
	late := after.AddDate(0, 0, 5)
	said := names(k.sweep(late))
	if !slices.Equal(slices.DeleteFunc(said, func(s string) bool { return strings.HasPrefix(s, "record") }), []string{"holiday-visit 1"}) {
		t.Errorf("it says %q", said)
	}
	arrive("c", newYear, late)
	k.owesItem("subject/site", "holiday-visit", "1", obligation.Met, "2020-01-01")
	k.sweeps(late, "lapsed ")
	// Withdrawn, nobody came.
	gone := k.last("inspection/c")
	k.accepts("inspection/c", withdrawn(gone, gone), inspector, at(late))
	k.given("inspection/c", yes(k.last("inspection/c")), chief, at(late))
	k.owesItem("subject/site", "holiday-visit", "1", obligation.Open, "2020-01-01")
}

func occurred(at time.Time) option { return func(e *event.Event) { e.Occurred = at } }

// conflicting has ma, whose own unit supervises the firm, and keys to seal for.
func conflicting(t testing.TB) *fixture {
	w := unitFixture(t)
	w.sealing()
	w.accepts("person/ma", &person.Seconded{HomeUnit: "emergency-610902", Team: "t1", From: begin, To: end})
	return w
}

// conflict asks for an exception for ma.
func conflict(change func(*person.ConflictDeclared)) *person.ConflictDeclared {
	d := &person.ConflictDeclared{Unit: "emergency-610902", Subject: "firm", From: "2019-12-01", To: "2019-12-31",
		Reason: sealedFor(forBoth, "1")}
	change(d)
	return d
}

func TestR61AnApprovedExceptionAnswersAConflict(t *testing.T) {
	same := func(*person.ConflictDeclared) {}
	self := by(event.Actor{Person: "ma", Role: event.RoleInspector, Team: "t1"})
	w := conflicting(t)
	w.refuses("pillar 17", "person-required", "person/ma", conflict(same), by(event.Actor{Role: event.RoleSupervisionOffice}))
	w.refuses("R61", "unknown-subject", "person/ma", conflict(func(d *person.ConflictDeclared) { d.Subject = "nobody" }), self)
	w.flags([]string{"unknown-unit"}, "person/ma", conflict(func(d *person.ConflictDeclared) { d.Unit = "nobody" }), self)
	w.accepts("person/ma", conflict(same), self)
	asked := w.last("person/ma")
	w.flags([]string{"conflict-of-interest"}, "inspection/i", started(), in("c"), inspector) // asking is not enough
	w.refuses("pillar 17", "no-second-person", "person/ma", yes(asked), by(event.Actor{Person: "ma", Role: event.RoleSupervisionOffice}))
	w.refuses("R61", "office-approves", "person/ma", yes(asked), by(event.Actor{Person: "ma", Role: event.RoleTeamLeader, Team: "t1"}))
	wrong := yes(asked)
	wrong.SHA256 = strings.Repeat("0", 64)
	w.refuses("pillar 17", "other-bytes", "person/ma", wrong, chief)
	w.refuses("pillar 17", "nothing-waits", "person/li", yes(asked), chief)
	w.changes(nil, []string{"conflict-of-interest"}, "person/ma", yes(asked), chief) // what was said lapses
	w.refuses("pillar 17", "nothing-waits", "person/ma", yes(asked), chief)
	w.accepts("inspection/j", startedAs("verify"), in("c"), inspector) // and is not said
}

func TestR61AnExceptionHoldsForItsScopeUnitAndDays(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*person.ConflictDeclared)
		holds  bool
	}{
		"county and sector": {func(d *person.ConflictDeclared) { d.Subject, d.County, d.Sectors = "", "610902", []string{"INDTRADE"} }, true},
		"another sector":    {func(d *person.ConflictDeclared) { d.Subject, d.Sectors = "", []string{"MINE"} }, false},
		"another county":    {func(d *person.ConflictDeclared) { d.Subject, d.County = "", "610921" }, false},
		"another subject":   {func(d *person.ConflictDeclared) { d.Subject = "other" }, false},
		"another unit":      {func(d *person.ConflictDeclared) { d.Unit = "emergency-610921" }, false},
		"another day":       {func(d *person.ConflictDeclared) { d.From = "2019-12-05" }, false},
		"a day before":      {func(d *person.ConflictDeclared) { d.To = "2019-12-03" }, false},
		"its last day":      {func(d *person.ConflictDeclared) { d.From, d.To = "2019-12-04", "2019-12-04" }, true},
	} {
		w := conflicting(t)
		w.accepts("subject/other", firm())
		w.accepts("person/ma", conflict(c.change), clerk)
		asked := w.last("person/ma")
		w.refuses("pillar 17", "no-second-person", "person/ma", yes(asked), clerk)
		w.refuses("pillar 17", "no-second-person", "person/ma", yes(asked), by(event.Actor{Person: "ma", Role: event.RoleSupervisionOffice}))
		w.Begin()
		w.accepts("person/ma", no(asked), chief)
		w.flags([]string{"conflict-of-interest"}, "inspection/n", started(), in("c"), inspector) // refused, it answers nothing
		w.Rollback()
		w.accepts("person/ma", yes(asked), chief)
		got := w.given("inspection/i", started(), in("c"), inspector)
		if want := !c.holds; slices.Contains(got, "conflict-of-interest") != want {
			t.Errorf("%s: flags %v, want the conflict: %v", name, got, want)
		}
	}
}

// R07: what was required and what was made stands in the finding.
func TestR07AFindingOfInvestmentStatesItsAmounts(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector)
	f := found("f1")
	f.Category = "investment"
	w.flags([]string{"investment-not-stated"}, "inspection/i", f, inspector)
	f = found("f2")
	f.Category, f.Investment = "investment", &inspection.Investment{Required: event.Money{Currency: "CNY", Amount: 500},
		Actual: event.Money{Currency: "CNY", Amount: 100}, Ground: "提取和使用管理办法"}
	w.accepts("inspection/i", f, inspector)
	if gap := f.Investment.Gap(); gap != 400 {
		t.Errorf("the gap is %d", gap)
	}
}
