package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/assessment"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/duty"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

var (
	industry = by(event.Actor{Role: event.RoleDepartment, Unit: "industry", Person: "i", County: "610902"})
	mines    = by(event.Actor{Role: event.RoleDepartment, Unit: "mines", Person: "m"})
	reviewer = by(event.Actor{Role: event.RoleSupervisionOffice, Person: "reviewer"})
)

// assessed is a campaign with units, lists of duties, a map of responsibilities and rules of deduction. lists is the version of the
// duties.
func assessed(t testing.TB) (w *fixture, lists uint64) {
	w = campaignFixture(t)
	w.given("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "industry", Name: "工贸局", County: "610902", Sectors: []string{"INDTRADE"}}, {ID: "mines", Name: "矿山局"},
		{ID: "schools", Name: "教育局"}}})
	w.given("table/duty-lists", &codetable.Published{Table: codetable.Duties, Duties: []codetable.Duty{
		{ID: "Z-1", List: "duty", Unit: "industry", Text: "检查"}, {ID: "Z-2", List: "duty", Unit: "mines", Text: "检查"}}})
	lists = w.n - 1
	var all []codetable.Responsibility
	for _, sector := range codes.List("sector") {
		all = append(all, codetable.Responsibility{Sector: sector, Department: "schools"})
	}
	all = append(all, codetable.Responsibility{Sector: "INDTRADE", County: "610902", Department: "industry"})
	w.given("table/responsibility-map", &codetable.Published{Table: codetable.Responsibilities, Responsibilities: all})
	w.given("table/deduction-rules", &codetable.Published{Table: codetable.Deductions, Deductions: []codetable.Deduction{
		{ID: "D-1", Text: "较大以上事故", Points: 10, Grades: []string{"larger", "major", "especially-major"}},
		{ID: "D-2", Text: "一般事故", Points: 2.5, Grades: []string{"ordinary"}}, {ID: "D-3", Text: "其他", Points: 1}}})
	return w, lists
}

// R65: a unit keeps the files of its own officials, by the lists that were published, and somebody else reviews them.
func TestR65AUnitKeepsItsOwnDutyFiles(t *testing.T) {
	w, lists := assessed(t)
	done := &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-03", Account: "检查企业三家"}
	w.accepts("duty/industry.liu", done, industry)
	w.accepts("duty/industry.liu", done, industry)
	w.accepts("duty/industry", done) // the office for who has no token
	for _, stream := range []string{"duty/mines.liu", "duty/mines", "duty/industrial"} {
		w.refuses("R65", "not-your-unit", stream, done, industry)
	}
	w.refuses("R65", "unknown-code", "duty/nobody.liu", done)
	other, none, mine := *done, *done, *done
	other.Version, none.Item, mine.Item = new(lists+1), "Z-9", "Z-2"
	w.refuses("R65", "unknown-list-version", "duty/industry.liu", &other, industry)
	w.refuses("R65", "unknown-code", "duty/industry.liu", &none, industry)
	w.refuses("R65", "duty-of-another-unit", "duty/industry.liu", &mine, industry)

	seen := &duty.Reviewed{Version: &lists, From: "2019-12-01", To: "2019-12-31", Missing: []string{"Z-1"}}
	w.refuses("Roles", "role-may-not-append", "duty/industry.liu", seen, industry)
	w.refuses("pillar 17", "no-second-person", "duty/industry", seen)
	w.accepts("duty/industry", seen, reviewer)
	w.accepts("duty/industry.chen", seen, reviewer) // in whose file there is nothing
	mine2 := *seen
	mine2.Missing = []string{"Z-1", "Z-2"}
	w.refuses("R65", "duty-of-another-unit", "duty/industry.liu", &mine2, reviewer)
}

// R65: an edition that was replaced is still the one by which an earlier duty was done.
func TestR65ADutyIsOfTheEditionOfItsTime(t *testing.T) {
	w, lists := assessed(t)
	w.given("table/duty-lists", &codetable.Published{Table: codetable.Duties, Duties: []codetable.Duty{
		{ID: "Z-7", List: "power", Unit: "industry", Text: "处罚"}}})
	newer := w.n - 1
	w.accepts("duty/industry", &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-03", Account: "x"}, industry)
	w.accepts("duty/industry", &duty.Performed{Item: "Z-7", On: "2019-12-03", Account: "x"}, industry)
	w.refuses("R65", "unknown-code", "duty/industry", &duty.Performed{Item: "Z-1", On: "2019-12-03", Account: "x"}, industry)
	bare := campaignFixture(t)
	bare.refuses("R65", "unknown-code", "duty/industry", &duty.Performed{Item: "Z-1", On: "2019-12-03", Account: "x"}, industry)
	w.accepts("duty/industry", &duty.Performed{Item: "Z-7", Version: &newer, On: "2019-12-03", Account: "x"}, industry)
	w.refuses("R65", "unknown-code", "duty/industry", &duty.Performed{Item: "Z-1", Version: &newer, On: "2019-12-03", Account: "x"}, industry)
}

// R65, R69, pillar 14: the city and the own unit see a duty file and an assessment, and nobody else does, wherever and whatever.
func TestR65TheCityAndTheOwnUnitSeeWhatIsOfAUnit(t *testing.T) {
	w, _ := assessed(t)
	about := event.About{County: "610902", Sectors: []string{"MINE", "INDTRADE"}, Team: "t1"}
	for _, c := range []struct {
		who  event.Actor
		sees string // the units
	}{
		{event.Actor{Role: event.RoleSupervisionOffice}, "industry mines"}, {event.Actor{Role: event.RoleDisciplineCommission}, "industry mines"},
		{event.Actor{Role: event.RoleCityGovernment}, "industry mines"}, {event.Actor{Role: event.RoleLedger}, "industry mines"},
		{event.Actor{Role: event.RoleDepartment, Unit: "industry"}, "industry"},
		{event.Actor{Role: event.RoleDepartment, Unit: "mines"}, "mines"},
		{event.Actor{Role: event.RoleDepartment}, ""}, {event.Actor{Role: event.RoleDepartment, Unit: "industry.liu"}, ""},
		{event.Actor{Role: event.RoleCountyGovernment, County: "610902"}, ""},
		{event.Actor{Role: event.RoleCountyGovernment, County: "610902", Unit: "mines"}, "mines"},
		{event.Actor{Role: event.RoleCommittee, Unit: "industry"}, ""}, {event.Actor{Role: event.RoleImporter, Unit: "industry"}, ""},
		{event.Actor{Role: event.RoleInspector, Team: "t1", Person: "ma", Unit: "industry"}, ""}, {event.Actor{Role: event.RolePublic}, ""},
		{event.Actor{Role: event.RoleAuditor}, ""},
	} {
		scope := visibility.ScopeOf(c.who, roll{w.State})
		for _, unit := range []string{"industry", "mines", "industrial"} {
			for _, of := range []event.Stream{{Kind: duty.Name, ID: unit}, {Kind: duty.Name, ID: unit + ".liu"},
				{Kind: assessment.Name, ID: unit + ".2019"}} {
				want := slices.Contains(strings.Fields(c.sees), unit) || unit == "industrial" && c.sees == "industry mines"
				if got := scope.Sees(of, &about); got != want {
					t.Errorf("%+v sees %s: %t", c.who, of, got)
				}
			}
		}
	}
}

func points(p float64, rule string, source uint64) *assessment.Recorded {
	return &assessment.Recorded{Points: &p, Rule: rule, Source: &source}
}

// R67, R69: a deduction names its rule and what it is for; what a result is used for needs neither.
func TestR69ADeductionNamesItsRuleAndItsSource(t *testing.T) {
	w, lists := assessed(t)
	const at = "assessment/industry.2019"
	w.refuses("R69", "deduction-needs-source", at, &assessment.Recorded{Points: new(1.0)})
	w.refuses("R69", "deduction-needs-source", at, &assessment.Recorded{Points: new(1.0), Rule: "D-3"})
	w.refuses("R69", "deduction-needs-source", at, &assessment.Recorded{Source: new(uint64(1)), Applied: "ranking"})
	w.refuses("R69", "deduction-needs-source", at, &assessment.Recorded{Points: new(1.0), Source: new(uint64(1))})
	w.refuses("R69", "deduction-needs-source", at, &assessment.Recorded{Rule: "D-3", Source: new(uint64(1)), Applied: "ranking"})
	w.refuses("R69", "deduction-needs-source", at, &assessment.Recorded{Rule: "D-3", Applied: "ranking"})
	w.refuses("R67", "assessment-says-nothing", at, &assessment.Recorded{})
	w.refuses("R69", "unknown-code", at, points(1, "D-9", lists))
	w.refuses("R69", "entry-not-recorded-yet", at, points(1, "D-3", w.n))
	for _, stream := range []string{"assessment/industry", "assessment/nobody.2019", "assessment/industry.19", "assessment/industry.2019.1"} {
		w.refuses("R67", "assessment-stream", stream, points(1, "D-3", lists))
	}
	w.accepts(at, points(1, "D-3", lists))
	w.refuses("R69", "deducted-already", at, points(1, "D-3", lists))
	w.flags([]string{"points-differ"}, at, points(0.5, "D-3", lists-1))
	w.accepts(at, &assessment.Recorded{Applied: "ranking"})
	w.refuses("Roles", "role-may-not-append", at, points(1, "D-3", 1), industry)
}

// standing are what the ledger says and has not taken back, of a kind of streams, as "stream item".
func (w *fixture) standing(kind event.Kind) (out []string) {
	for stream, said := range w.deviations.base {
		for _, o := range said.Standing() {
			if stream.Kind == kind {
				out = append(out, stream.ID+" "+o.Item)
			}
		}
	}
	slices.Sort(out)
	return out
}

// R69: an accident calls for the deduction of its grade, by the department that answers; graded otherwise, for another one.
func TestR69AnAccidentCallsForADeduction(t *testing.T) {
	k := keep(only(assessed(t)))
	says := func(want ...string) {
		t.Helper()
		if got := k.standing(assessment.Name); !slices.Equal(got, want) {
			t.Errorf("due are %q, want %q", got, want)
		}
	}
	k.given("accident/a", reported(1), in("c"))
	report := k.n - 1
	says()
	if got := k.given("accident/a", graded("ordinary")); !slices.Contains(got, "deduction-due") {
		t.Errorf("it flags %v", got)
	}
	says("industry.2019 D-2")
	k.given("accident/a", graded("ordinary"))
	says("industry.2019 D-2")
	k.given("accident/a", &accident.CasualtiesUpdated{Harm: harm(3), Reason: "续报"})
	k.given("accident/a", graded("larger"))
	says("industry.2019 D-1")

	day := func(n int) time.Time { return obligation.DayOf(noon).End().AddDate(0, 0, n) }
	if got := k.owedIn("assessment/industry.2019"); !slices.Equal(got, []string{"deduction open"}) {
		t.Errorf("owed are %q", got)
	}
	passed := func(n int) bool { return slices.Contains(names(k.sweep(day(n))), "deduction ") }
	if passed(30) || !passed(32) {
		t.Error("it passes too early, or not at all")
	}
	k.given("assessment/industry.2019", points(10, "D-1", report+1), at(day(32))) // for something else
	k.flags(nil, "assessment/industry.2019", points(10, "D-1", report), at(day(33)))
	if got := k.owedIn("assessment/industry.2019"); !slices.Equal(got, []string{"deduction late"}) {
		t.Errorf("owed are %q", got)
	}
	if passed(99) {
		t.Error("it passes twice")
	}
}

// R69, pillar 12: rules and map are those that were known when the accident was reported; without them nothing is owed.
func TestR69LaterRulesDeductNothing(t *testing.T) {
	w := campaignFixture(t)
	w.given("accident/a", reported(1), in("c"))
	later, _ := assessed(t)
	for _, e := range later.log {
		if e.Stream.Kind == event.Table {
			w.given(e.Stream.String(), e.Data)
		}
	}
	w.given("accident/a", graded("ordinary"))
	if got := w.standing(assessment.Name); got != nil {
		t.Errorf("due are %q", got)
	}
	w.given("accident/b", reported(1), in("c"))
	w.given("accident/b", graded("ordinary"))
	if got := w.standing(assessment.Name); !slices.Equal(got, []string{"industry.2019 D-2"}) {
		t.Errorf("due are %q", got)
	}
}

// R69: what people deducted before the ledger called for it is not owed again.
func TestR69WhoDeductedFirstOwesNothing(t *testing.T) {
	k := keep(only(assessed(t)))
	k.given("accident/a", reported(1), in("c"))
	k.given("assessment/industry.2019", points(2.5, "D-2", k.n-1))
	k.given("accident/a", graded("ordinary"))
	if got := k.owedIn("assessment/industry.2019"); !slices.Equal(got, []string{"deduction met"}) {
		t.Errorf("owed are %q", got)
	}
}

func only[A, B any](a A, _ B) A { return a }

// Random duties, deductions and grades: no panic, a refused append changes nothing, and what is due is what the newest grades call for.
func TestR69RandomAssessments(t *testing.T) {
	rules := map[string]string{"ordinary": "D-2", "larger": "D-1", "major": "D-1"}
	rapid.Check(t, func(rt *rapid.T) {
		w, lists := assessed(t)
		t := rt
		grade := map[string]string{}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			id := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "accident")
			unit := rapid.SampledFrom([]string{"industry", "mines", "nobody"}).Draw(t, "unit")
			var e *event.Event
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				e = w.event("accident/"+id, reported(1), in("c"))
			case 1:
				g := rapid.SampledFrom([]string{"ordinary", "larger", "major"}).Draw(t, "grade")
				harmed := &accident.CasualtiesUpdated{Harm: harm(map[string]int64{"ordinary": 1, "larger": 3, "major": 10}[g]), Reason: "r"}
				if _, err := w.record(w.event("accident/"+id, harmed)); err != nil {
					continue
				}
				e = w.event("accident/"+id, graded(g))
			case 2:
				e = w.event("assessment/"+unit+".2019", points(2.5, rapid.SampledFrom([]string{"D-1", "D-2", "D-9"}).Draw(t, "rule"),
					rapid.Uint64Range(0, w.n+2).Draw(t, "source")))
			case 3:
				e = w.event("duty/"+unit, &duty.Performed{Item: "Z-1", Version: &lists, On: "2019-12-03", Account: "x"},
					rapid.SampledFrom([]option{industry, mines, reviewer}).Draw(t, "who"))
			case 4:
				e = w.event("duty/"+unit, &duty.Reviewed{Version: &lists, From: "2019-12-01", To: "2019-12-02"}, reviewer)
			}
			before, owed := w.n, len(w.Owed(w.stream("assessment/industry.2019")).Open)
			_, err := w.record(e)
			if err != nil && (w.n != before || len(w.Owed(w.stream("assessment/industry.2019")).Open) != owed) {
				t.Fatalf("refused as %v, and something changed", err)
			}
			if err == nil && e.Type.Name == "accident-graded" {
				grade[e.Stream.ID] = rules[e.Data.(*accident.Graded).Grade]
			}
			var want []string
			for _, rule := range grade {
				want = append(want, "industry.2019 "+rule)
			}
			slices.Sort(want)
			if got := w.standing(assessment.Name); !slices.Equal(got, want) {
				t.Fatalf("due are %q, want %q", got, want)
			}
		}
	})
}
