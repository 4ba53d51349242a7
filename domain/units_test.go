package domain

import (
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// unitFixture is a campaignFixture whose city has a table of units.
func unitFixture(t testing.TB) *fixture {
	w := campaignFixture(t)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "emergency-city", Name: "安康市应急管理局", Sectors: []string{}},
		{ID: "emergency-610902", Name: "汉滨区应急管理局", County: "610902", Sectors: []string{"INDTRADE", "MINE"}},
		{ID: "emergency-610921", Name: "汉阴县应急管理局", County: "610921", Sectors: []string{"INDTRADE", "MINE"}},
		{ID: "fire-city", Name: "安康市消防救援支队", Sectors: []string{"FIRE"}},
	}})
	return w
}

// D4: the subject names no department, and the person is lent by the one that supervises it.
func TestR61TheUnitThatSupervisesTheSubjectIsFoundInTheTable(t *testing.T) {
	w := unitFixture(t)
	w.accepts("person/ma", &person.Seconded{HomeUnit: "emergency-610902", Team: "t1", From: begin, To: end})
	w.flags([]string{"conflict-of-interest"}, "inspection/i", started(), in("c"), inspector)
	// Another county's office of the same kind supervises other subjects.
	w = unitFixture(t)
	w.accepts("person/ma", &person.Seconded{HomeUnit: "emergency-610921", Team: "t1", From: begin, To: end})
	w.accepts("inspection/i", started(), in("c"), inspector)
	// A zone on the land of the county is the county's (R30).
	w = unitFixture(t)
	zone := firm()
	zone.Region = "610972"
	w.accepts("subject/zone", zone)
	w.accepts("person/ma", &person.Seconded{HomeUnit: "emergency-610902", Team: "t1", From: begin, To: end})
	d := started()
	d.Subject = "zone"
	w.flags([]string{"conflict-of-interest"}, "inspection/i", d, in("c"), inspector)
}

func TestR61TheOwnUnitCountsWithoutASecondmentToo(t *testing.T) {
	w := unitFixture(t)
	d := newPerson("he")
	d.Unit = "fire-city"
	w.accepts("person/he", d)
	w.accepts("person/he", &person.Trained{Topic: "督查检查", Date: "2019-11-28"})
	hotel := firm()
	hotel.Sectors = []string{"FIRE"}
	w.accepts("subject/hotel", hotel)
	visit := &inspection.Started{Subject: "hotel", Team: "t1", Sector: "FIRE", VisitType: "initial", Inspectors: []string{"ma", "li"}}
	w.accepts("inspection/i", visit, in("c"), inspector)
	w.flags([]string{"inspector-not-in-team", "conflict-of-interest"}, "inspection/i", &inspection.Joined{Person: "he", Reason: "支援"},
		inspector)
	// What the registration names stands before the table.
	given := firm()
	given.Sectors, given.Departments = []string{"FIRE"}, []string{"emergency-city"}
	w.accepts("subject/given", given)
	visit = &inspection.Started{Subject: "given", Team: "t1", Sector: "FIRE", VisitType: "initial", Inspectors: []string{"ma", "li"}}
	w.flags([]string{"conflict-of-interest", "conflict-of-interest"}, "inspection/j", visit, in("c"), inspector)
}

func TestR61UnitsThatTheTableDoesNotHaveAreFlagged(t *testing.T) {
	d := newPerson("he")
	d.Unit = "汉滨区应急管理局"
	if field.Check(d) == nil {
		t.Error("a unit is a name")
	}
	d.Unit = "no-such-unit"
	newFixture(t).accepts("person/he", d)
	w := unitFixture(t)
	w.flags([]string{"unknown-unit"}, "person/he", d)
	w.flags([]string{"unknown-unit"}, "person/ma", &person.Seconded{HomeUnit: "x", Team: "t1", From: begin, To: end})
}

func TestR75ASubjectThatNobodySupervisesIsFlagged(t *testing.T) {
	w := newFixture(t)
	w.accepts("subject/a", firm()) // there is no table yet
	w = unitFixture(t)
	w.accepts("subject/a", firm())
	if got := w.competent(w.subjects.state("a")); !slices.Equal(got, []string{"emergency-610902"}) {
		t.Errorf("competent: %v", got)
	}
	school := firm()
	school.Sectors = []string{"EDU"}
	w.flags([]string{"no-competent-department"}, "subject/school", school)
	w.accepts("subject/imported", func() event.Data { d := *school; d.Discovery = "import"; return &d }(), imported)
	school.Departments = []string{"education-city"}
	w.flags([]string{"unknown-department"}, "subject/other", school)
	school.Departments = []string{"emergency-city"}
	w.accepts("subject/third", school)
}
