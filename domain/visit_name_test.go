package domain

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Pillar 1: a visit is named after its team, an imported one after the unit of the importer's
// token, with a dot and a UUID in its one spelling; every other name is refused, taken or not.
func TestTheNameOfAVisitIsItsTeamADotAndAUUID(t *testing.T) {
	const id = "0198f3c2-7a10-7000-8000-0000000000ad"
	w := campaignFixture(t)
	w.accepts("team/t1.a", &team.Formed{Name: "一组甲", Kind: "specialist"})
	ofTeam := started()
	copied := &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", Source: event.Source{"id": "1"},
		Unknown: event.Unknown{"inspectors"}}
	reserved := &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify"}
	other := &inspection.Reserved{Subject: "firm", Team: "t1.a", Sector: "INDTRADE", VisitType: "verify"}
	for _, c := range []struct {
		what, name string
		data       event.Data
		by         option
		remedy     string
	}{
		{"of another team", "t2." + id, ofTeam, inspector, "inspection/t1.<uuid>"},
		{"of a team whose id begins alike", "t1.a." + id, ofTeam, inspector, "inspection/t1.<uuid>"},
		{"of a team whose id the other's begins with", "t1." + id, other, clerk, "inspection/t1.a.<uuid>"},
		{"of no team", "." + id, ofTeam, inspector, "inspection/t1.<uuid>"},
		{"a UUID alone", id, ofTeam, inspector, "inspection/t1.<uuid>"},
		{"no UUID", "t1.i000123", ofTeam, inspector, "inspection/t1.<uuid>"},
		{"a word of the length of a UUID", "t1." + strings.Repeat("a", 36), ofTeam, inspector, "inspection/t1.<uuid>"},
		{"no UUID, reserved by the office", "t1.i000123", reserved, clerk, "inspection/t1.<uuid>"},
		{"upper case", "t1." + strings.ToUpper(id), ofTeam, inspector, "inspection/t1.<uuid>"},
		{"one letter in upper case", "t1." + id[:35] + "D", ofTeam, inspector, "inspection/t1.<uuid>"},
		{"braces", "t1.{" + id + "}", ofTeam, inspector, "inspection/t1.<uuid>"},
		{"a URN", "t1.urn:uuid:" + id, ofTeam, inspector, "inspection/t1.<uuid>"},
		{"no hyphens", "t1." + strings.ReplaceAll(id, "-", ""), ofTeam, inspector, "inspection/t1.<uuid>"},
		{"the nil UUID", "t1.00000000-0000-0000-0000-000000000000", ofTeam, inspector, "inspection/t1.<uuid>"},
		{"no dot", "t1-" + id, ofTeam, inspector, "inspection/t1.<uuid>"},
		{"more behind it", "t1." + id + "a", ofTeam, inspector, "inspection/t1.<uuid>"},
		{"an import named after the team", "t1." + id, copied, imported, "inspection/source.<uuid>"},
		{"an import of another unit", "elsewhere." + id, copied, imported, "inspection/source.<uuid>"},
		{"an import with the source's own number", "source.900001", copied, imported, "inspection/source.<uuid>"},
		{"what does not begin a visit", "t1.i000123", &inspection.Arrived{}, inspector, "inspection/t1.<uuid>"},
		{"an explanation", "i000123", &oversight.DeviationExplained{Deviation: id, Explanation: "x"}, leader, "inspection/t1.<uuid>"},
		{"by who has no team", "i000123", &inspection.DuplicateJustified{Reason: "x"}, clerk, "inspection/<team>.<uuid>"},
	} {
		named := func(e *event.Event) { e.Stream.ID = c.name }
		says(t, w.refuses("pillar 14", "visit-name", "inspection/i", c.data, c.by, named), "inspection/"+c.name, "name it "+c.remedy)
		if t.Failed() {
			t.Fatal(c.what)
		}
	}
	w.accepts("inspection/t1."+id, ofTeam, in("c"), inspector)
	w.given("inspection/t1.a."+id, other, clerk)
	w.given("inspection/source."+id, copied, imported)
	r := w.refuses("R17", "not-your-team", "inspection/t1.a."+id[:35]+"0", other, inspector)
	says(t, r, "t1.a")
}

// The longest id of a team or unit leaves room for its visits' names.
func TestTheLongestTeamHasNamesForItsVisits(t *testing.T) {
	longest := strings.Repeat("t", event.MaxVisitOwner)
	name := visit(longest, "i")
	if owner, ok := event.ParseVisitID(name); owner != longest || !ok || !event.ValidID(name) || event.ValidID("t"+name) {
		t.Errorf("%q: %q %v", name, owner, ok)
	}
}

// The name is read in each append.
func TestReadingTheNameOfAVisitAllocatesNothing(t *testing.T) {
	e := newFixture(t).event("inspection/i", started(), inspector)
	if n := testing.AllocsPerRun(100, func() {
		if err := new(inspections).allow(e); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
