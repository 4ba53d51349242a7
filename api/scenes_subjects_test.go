package api

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/projector"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// quiet wants an event to be taken without a flag.
func (s *scene) quiet(stream string, d event.Data, opts ...option) {
	s.Helper()
	if said := saidBy(s, s.says("", stream, d, opts...)); said != nil {
		s.Errorf("%s %T: %v", stream, d, said)
	}
}

func TestEndsOfSubjectsAreAnswered(t *testing.T) {
	s := newScene(t)
	s.given("subject/heir", enterprise())
	end := &subject.Ended{How: "merged", On: "2019-12-04", Successor: "heir"}
	s.says("unknown-subject", "subject/firm", &subject.Ended{How: "merged", On: "2019-12-04", Successor: "nobody"})
	s.says("successor-not-possible", "subject/firm", &subject.Ended{How: "merged", On: "2019-12-04", Successor: "firm"})
	s.quiet("inspection/before", begun(), in("c"), hour(-24))
	s.given("inspection/before", &inspection.Arrived{}, hour(-24))
	s.given("inspection/before", discovered("f"), hour(-24))
	s.quiet("subject/firm", end)
	s.says("subject-ended-already", "subject/firm", end)
	s.says("visit-after-end", "inspection/i", begun(func(d *inspection.Started) { d.VisitType = "verify" }), in("c"))
	s.quiet("inspection/j", begun(func(d *inspection.Started) { d.Subject, d.VisitType = "heir", "verify" }), in("c"))
	v := decode[projections.SubjectView](s.fixture, s.get(desk, "/v1/subjects/heir"))
	if len(v.Merged) != 1 || v.InspectionsTotal != 1 || v.Inspections[0].Subject+v.Inspections[1].Subject+
		v.Inspections[2].Subject != "firmfirm" ||
		v.Assured.FindingsOpen != 1 {
		t.Errorf("the successor has %v, %d visits: %+v, %+v", v.Merged, v.InspectionsTotal, v.Inspections, v.Assured)
	}
	of := decode[projections.SubjectView](s.fixture, s.get(desk, "/v1/subjects/firm"))
	if of.Ended == nil || of.Ended.Successor != "heir" {
		t.Errorf("the end is not shown: %+v", of.Ended)
	}
}

func TestWorkInHolidaysIsAnswered(t *testing.T) {
	s := newScene(t)
	for _, id := range []string{"gao", "gu", "sun", "qian"} {
		s.given("person/"+id, newPerson(id))
	}
	s.issue("gao", token.Issued{Role: event.RoleCountyGovernment, County: "610902", Unit: "u", Person: "gao"})
	s.issue("gu", token.Issued{Role: event.RoleCountyGovernment, County: "610902", Unit: "u", Person: "gu"})
	s.issue("sun", token.Issued{Role: event.RoleDepartment, Unit: "housing", Person: "sun"})
	s.issue("qian", token.Issued{Role: event.RoleDepartment, Unit: "trade", Person: "qian"})
	s.given("table/units", units(table.Unit{ID: "housing", Name: "住建局", Sectors: []string{"INDTRADE"}},
		table.Unit{ID: "trade", Name: "工信局", Sectors: []string{"INDTRADE"}}))
	s.given("table/holidays", &table.Published{Table: table.Holidays, Document: "通知", Calendar: &table.Year{Year: 2019, Worked: []string{},
		Holidays: []table.Holiday{{Name: "假日", From: "2019-12-04", To: "2019-12-04"}, {Name: "节日", From: "2019-12-10", To: "2019-12-12"}}}})
	site := enterprise()
	site.Kind, site.Departments = "site", []string{"housing"}
	s.given("subject/site", site)
	filed := func(holiday, from, to string) *subject.HolidayWorkFiled {
		return &subject.HolidayWorkFiled{Holiday: holiday, From: from, To: to, Plan: "每日一查", Paper: picture}
	}
	s.says("holiday-work-of-sites-only", "subject/firm", filed("节日", "2019-12-10", "2019-12-12"), as("zhou"))
	s.says("unknown-code", "subject/site", filed("春节", "2019-12-10", "2019-12-12"), as("zhou"))
	s.says("holiday-work-filed-late", "subject/site", filed("假日", "2019-12-04", "2019-12-04"), as("zhou"))
	s.given("subject/early", site)
	s.without("holiday-work-filed-late", "subject/early", filed("假日", "2019-12-04", "2019-12-04"), as("zhou"), hour(-24))
	s.says("holiday-work-filed-already", "subject/site", filed("假日", "2019-12-04", "2019-12-04"), as("zhou"))
	s.says("holiday-work-without-approval", "subject/site", &subject.StatusRecorded{Production: "normal"})
	s.quiet("subject/site", filed("节日", "2019-12-10", "2019-12-10"), as("zhou"))
	asked := s.given("subject/site", filed("节日", "2019-12-11", "2019-12-11"), as("zhou"))
	s.says("not-a-deciding-body", "subject/site", yes(asked), as("qian"))
	s.quiet("subject/site", yes(asked), as("gao"))
	s.says("body-answered-already", "subject/site", yes(asked), as("gu"))
	s.quiet("subject/site", yes(asked), as("sun"))
	s.later(7 * 24 * 3600e9)
	s.quiet("subject/site", &subject.StatusRecorded{Production: "normal"}, hour(7*24))
	v := decode[projections.SubjectView](s.fixture, s.get(desk, "/v1/subjects/site"))
	if n := len(v.HolidayWork); n != 3 || !v.HolidayWork[2].Approved || v.HolidayWork[1].Approved {
		t.Errorf("the view has %+v", v.HolidayWork)
	}
	if owed := decode[Worklist](s.fixture, s.get(desk, "/v1/obligations?kind=holiday-visit")); owed.Open != 1 {
		t.Errorf("a visit is owed: %+v", owed)
	}
}

func TestConflictsAreAnswered(t *testing.T) {
	s := newScene(t)
	key := s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission).ID
	s.given("table/units", units(table.Unit{ID: "home", Name: "应急局", Sectors: []string{"INDTRADE"}}))
	s.given("person/ma", &person.Seconded{HomeUnit: "home", Team: "t1", From: begin, To: end})
	s.says("conflict-of-interest", "inspection/i", begun(), in("c"))
	ask := &person.ConflictDeclared{Unit: "home", Subject: "firm", From: "2019-12-01", To: "2019-12-31", Reason: sealedFor(key)}
	nobody := *ask
	nobody.Subject = "nobody"
	s.says("unknown-subject", "person/ma", &nobody, as("ma"))
	s.says("person-required", "person/ma", ask, as("bare office"))
	s.quiet("person/ma", ask, as("ma"))
	asked := s.given("person/ma", ask, as("zhou"))
	s.says("office-approves", "person/ma", yes(asked), as("ma leads"))
	s.says("no-second-person", "person/ma", yes(asked), as("zhou"))
	s.given("person/ma", yes(asked), as("zheng"))
	s.says("nothing-waits", "person/ma", yes(asked), as("zheng"))
	s.quiet("inspection/j", begun(func(d *inspection.Started) { d.VisitType = "verify" }), in("c"))
	v := decode[projections.InspectionView](s.fixture, s.get("ma", "/v1/inspections/"+eventtest.Visit("t1", "i")))
	for _, d := range v.Deviations {
		if d.Code == "conflict-of-interest" && d.Lapsed == nil {
			t.Errorf("what the exception answers stands: %+v", d)
		}
	}
}

func TestAmountsOfInvestmentAreAnswered(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	f := discovered("f1")
	f.Category = "investment"
	s.says("investment-not-stated", "inspection/i", f)
	f = discovered("f2")
	f.Category, f.Investment = "investment", &inspection.Investment{Required: event.Money{Currency: "CNY", Amount: 900},
		Actual: event.Money{Currency: "CNY", Amount: 300}, Ground: "预算"}
	s.quiet("inspection/i", f)
	v := decode[projections.SubjectView](s.fixture, s.get(desk, "/v1/subjects/firm"))
	if len(v.Investment) != 1 || v.Investment[0].Gap.String() != "600" {
		t.Errorf("the view has %+v", v.Investment)
	}
	if v.Assured.Assured || v.Assured.FindingsOpen != 2 || v.Assured.FlagsOpen != 1 {
		t.Errorf("assured: %+v", v.Assured)
	}
}

// R40: what visits took of a subject is added up, over those that say so.
func TestR40DocumentsAndStaffHoursAreTheBurdenOfTheSubject(t *testing.T) {
	s := newScene(t)
	burden := func() projections.Burden {
		return decode[projections.SubjectView](s.fixture, s.get(desk, "/v1/subjects/firm")).Burden
	}
	s.onSpot()
	s.given("inspection/i", &inspection.ConductDeclared{Accompanied: []string{}})
	if got := burden(); got != (projections.Burden{}) {
		t.Errorf("nothing was said of documents and hours, and the view has %+v", got)
	}
	s.given("inspection/i", &inspection.ConductDeclared{Accompanied: []string{}, Documents: new(4), StaffHours: new(2)})
	if got := burden(); got != (projections.Burden{Declared: 1, Documents: 4, StaffHours: 2}) {
		t.Errorf("4 documents and 2 hours, and the view has %+v", got)
	}
}

// R36: of each check and finding it is kept at which post and at which equipment of the subject it was made; two of one visit may
// differ in nothing else.
func TestR36ChecksAndFindingsNamePostAndEquipment(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	press, boiler := discovered("f1"), discovered("f2")
	press.Post, press.Facility, boiler.Post, boiler.Facility = "冲压工", "3 号冲床", "司炉工", "1 号锅炉"
	s.given("inspection/i", press)
	s.given("inspection/i", boiler)
	s.given("inspection/i", &inspection.CheckAnswered{Item: "E-1", Section: "production", Answer: "yes", Post: "电工", Facility: "配电柜"})
	a := s.want(s.get("ma", "/v1/events?limit=1000&stream="+url.QueryEscape("inspection/"+eventtest.Visit("t1", "i"))), 200, "")
	var got []string
	for _, e := range decode[struct {
		Entries []struct {
			Event struct {
				Data struct{ Post, Facility string }
			}
		}
	}](s.fixture, a).Entries {
		if d := e.Event.Data; d.Post != "" {
			got = append(got, d.Post+" "+d.Facility)
		}
	}
	if want := []string{"冲压工 3 号冲床", "司炉工 1 号锅炉", "电工 配电柜"}; !slices.Equal(got, want) {
		t.Errorf("the entries name %q, want %q", got, want)
	}
	for _, role := range []string{desk, "hanbin"} {
		c := decode[projections.CountyView](s.fixture, s.want(s.get(role, "/v1/counties/610902"), 200, "")).Coverage4
		three := projections.Share{Part: 3, Of: 3}
		if c.Posts != three || c.Facilities != three || c.Findings != (projections.Share{Of: 2}) || c.Enterprises.Part != 1 ||
			c.Sectors.Part != 1 {
			t.Errorf("%s reads the four ratios as %+v", role, c)
		}
	}
	sectors := decode[projector.AssuredList](s.fixture, s.want(s.get(desk, "/v1/assured"), 200, ""))
	if i := slices.IndexFunc(sectors.Sectors, func(a projector.AssuredSector) bool { return a.Inspected > 0 }); i < 0 ||
		sectors.Sectors[i].Assured {
		t.Errorf("R50, with two findings open: %+v", sectors)
	}
	s.want(s.get("ma", "/v1/assured"), 403, law.Forbidden)
	long := discovered("f3")
	long.Facility = strings.Repeat("长", 201)
	s.says(string(law.InvalidData), "inspection/i", long)
}
