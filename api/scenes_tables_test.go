package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/projections"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

func sectorTable(list ...string) *table.Published {
	d := &table.Published{Table: table.Sectors}
	for _, code := range list {
		d.Sectors = append(d.Sectors, table.Sector{Code: code, Name: "行业 " + code})
	}
	return d
}

func TestTablesAreAnswered(t *testing.T) {
	s := newScene(t)
	part := sectorTable("MINE")
	part.Part = &table.Part{Number: 1, Of: 2}
	s.says("table-torn", "table/sectors", part)
	part.Part.Number = 2
	s.says("table-torn", "table/sectors", part)
	s.given("table/sectors", sectorTable("MINE", "KITCHENS"))
	s.says("unknown-code", "subject/x", enterprise())
	city := enterprise()
	city.Sectors = []string{"KITCHENS"} // which the program does not know
	s.given("subject/x", city)
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE"}}))
	s.says("sector-without-department", "table/responsibility-map", &table.Published{Table: table.Responsibilities,
		Responsibilities: []table.Responsibility{{Sector: "MINE", Department: "mines"}}})
	s.says("limit-below-the-law", "table/law-limits", &table.Published{Table: table.Limits, Limits: []codes.LawLimit{{Matter: "decision",
		Law: "行政处罚法", Version: "2021-01-22", Article: "60", Number: 91, Unit: "days", From: "2021-07-15", Confirmed: true}}})
	s.without("sector-without-department", "table/responsibility-map", &table.Published{Table: table.Responsibilities,
		Responsibilities: []table.Responsibility{{Sector: "MINE", Department: "mines"}, {Sector: "KITCHENS", Department: "mines"}}})
	s.without("limit-below-the-law", "table/law-limits", &table.Published{Table: table.Limits, Limits: []codes.LawLimit{{Matter: "decision",
		Law: "行政处罚法", Version: "2021-01-22", Article: "60", Number: 90, Unit: "days", From: "2021-07-15", Confirmed: true}}})
	s.says("checklist-drops-items", "table/checklists", &table.Published{Table: table.Checklists, Items: []table.Item{{ID: "E-1",
		Text: "企业主体责任是否落实", Section: "management", Bad: "no", Kinds: []string{"enterprise"}}}})
	s.says("unknown-code", "campaign/c", plan("2"))
	day := func(year int, holiday, worked string) *table.Published {
		return &table.Published{Table: table.Holidays, Document: "通知", Calendar: &table.Year{Year: year,
			Holidays: []table.Holiday{{Name: "元旦", From: holiday, To: holiday}}, Worked: []string{worked}}}
	}
	s.given("table/holidays", day(2018, "2019-01-01", "2018-12-29"))
	s.says("calendar-contradicts", "table/holidays", day(2019, "2018-12-29", "2019-01-05"))
	s.without("calendar-contradicts", "table/holidays", day(2019, "2019-01-02", "2019-01-05"))
	rules := &table.DisciplineRules{Version: "1", Document: "廉洁自律", From: "2019-11-01"}
	s.given("table/discipline-rules", rules)
	s.says("rules-version-published", "table/discipline-rules", rules)
	s.says("other-rules-text", "person/ma", &person.RulesAcknowledged{Version: "1", DocumentHash: hash64}, as("ma"))
	post := &person.OfficialAppointed{Post: "局长", Unit: "mines", Sectors: []string{"MINE"}, From: "2019-03-01"}
	left := &person.OfficialLeft{Post: "局长", Unit: "mines", Last: "2019-02-28"}
	s.says("not-in-office", "person/ma", left)
	s.given("person/ma", post)
	s.says("already-in-office", "person/ma", post)
	s.says("left-before-appointed", "person/ma", left)
	s.quiet("person/ma", &person.OfficialLeft{Post: "局长", Unit: "mines", Last: "2019-06-30"})
}

// R29: of a batch that is refused, nothing is stored, and no part of a table is in force.
func TestR29ATableInPartsIsOneBatch(t *testing.T) {
	s := newScene(t)
	batch := func(parts ...*table.Published) string {
		events := make([]string, len(parts))
		for i, d := range parts {
			d.Part = &table.Part{Number: i + 1, Of: len(parts)}
			events[i], _ = s.event("table/sectors", d)
		}
		return "[" + strings.Join(events, ",") + "]"
	}
	send := func(body string, status int, code string) answer {
		a := s.do(desk, "POST", "/v1/events", body, "Content-Type", mediaBatch)
		if a.StatusCode != status || code != "" && !strings.Contains(string(a.body), `"`+code+`"`) {
			t.Errorf("%d %s, want %d %s", a.StatusCode, a.body, status, code)
		}
		heard(a)
		return a
	}
	send(batch(sectorTable("MINE", "EDU"), sectorTable("EDU")), 422, "row-in-two-parts")
	torn := sectorTable("MINE")
	torn.Part = &table.Part{Number: 1, Of: 2}
	one, _ := s.event("table/sectors", torn)
	other, _ := s.event("team/t5", &team.Formed{Name: "n", Kind: "specialist"})
	send("["+one+","+other+"]", 422, "table-torn")
	if v := decode[projections.TableView](s.fixture, s.get(desk, "/v1/tables/sectors")); !v.BuiltIn || v.Version != 0 || v.Rows < 20 {
		t.Errorf("%+v", v.TableLine)
	}
	whole := batch(sectorTable("MINE", "EDU"), sectorTable("FIRE"))
	send(whole, 201, "")
	v := decode[projections.TableView](s.fixture, s.get(desk, "/v1/tables/sectors"))
	if v.BuiltIn || v.Version != v.Position-1 || v.Published.IsZero() || len(v.Editions) != 1 || len(v.Editions[0].Content.Sectors) != 3 {
		t.Errorf("%+v", v)
	}
	if again := send(whole, 200, ""); !strings.Contains(string(again.body), `"already_present":true`) {
		t.Errorf("%s", again.body)
	}
}

// R26, R27: tables are read with all their texts, by whoever has a token, as they were at a position.
func TestR26TablesAreReadAsTheyWere(t *testing.T) {
	s := newScene(t)
	year := func(y int, name string) *table.Published {
		day := fmt.Sprintf("%d-05-01", y)
		return &table.Published{Table: table.Holidays, Document: "国务院办公厅通知",
			Calendar: &table.Year{Year: y, Holidays: []table.Holiday{{Name: name, From: day, To: day}}, Worked: []string{}}}
	}
	s.given("table/holidays", year(2019, "五一"))
	s.given("table/holidays", year(2020, "劳动节"))
	before := decode[projections.TableList](s.fixture, s.get(desk, "/v1/tables"))
	s.given("table/holidays", year(2019, "国际劳动节"))
	for _, c := range []struct {
		query string
		want  []string
	}{{"", []string{"劳动节", "国际劳动节"}}, {fmt.Sprintf("?as_of=%d", before.Position), []string{"五一", "劳动节"}}, {"?as_of=0", nil}} {
		v := decode[projections.TableView](s.fixture, s.get("ma", "/v1/tables/holidays"+c.query))
		var names []string
		for _, ed := range v.Editions {
			names = append(names, ed.Content.Calendar.Holidays[0].Name)
		}
		if !slices.Equal(names, c.want) {
			t.Errorf("%s: %v", c.query, names)
		}
	}
	i := slices.IndexFunc(before.Tables, func(l projections.TableLine) bool { return l.Table == "holidays" })
	if l := before.Tables[i]; l.Rows != 2 || l.Version != before.Position-1 || l.NameZH != "节假日及调休" || len(before.Tables) != 11 {
		t.Errorf("%+v of %d", l, len(before.Tables))
	}
	s.want(s.get(desk, "/v1/tables/nonsense"), 404, "not-found")
	s.want(s.get("", "/v1/tables"), 401, "unauthenticated")
	text := "一、不接受吃请。\n二、不收受礼品。"
	s.given("table/discipline-rules", &table.DisciplineRules{Version: "1", Document: text, From: "2019-11-01"})
	v := decode[projections.TableView](s.fixture, s.get("ma", "/v1/tables/discipline-rules"))
	if len(v.Discipline) != 1 || v.Discipline[0].Content.Document != text || v.Discipline[0].SHA256 != hexOf([]byte(text)) {
		t.Errorf("%+v", v.Discipline)
	}
	s.given("person/ma", &person.RulesAcknowledged{Version: "1", DocumentHash: v.Discipline[0].SHA256}, as("ma"))
}

// R27: a visit's answers have the texts of the checklists of its beginning.
func TestR27AViewHasTheTextsOfTheChecklistsOfItsBeginning(t *testing.T) {
	s := newScene(t)
	lists := func(text string) *table.Published {
		return &table.Published{Table: table.Checklists, Items: []table.Item{{ID: "C-2", Text: text, Section: "production", Bad: "yes",
			Kinds: []string{"site"}}}}
	}
	s.given("table/checklists", lists("有无违规操作行为"))
	version := s.size() - 11 // behind it stand ten flags: it drops what the speech asks
	s.onSpot()
	s.given("table/checklists", lists("另一内容"))
	s.given("inspection/i", &inspection.CheckAnswered{Item: "C-2", Answer: "yes"})
	v := decode[projections.InspectionView](s.fixture, s.get(desk, "/v1/inspections/"+eventtest.Visit("t1", "i")))
	if c := v.Checks; len(c) != 1 || c[0].Text != "有无违规操作行为" || !c[0].Bad || v.ChecklistVersion != version {
		t.Errorf("version %d of %d, %+v", v.ChecklistVersion, version, c)
	}
}

// Pillar 12: until when something is owed, a visit's view says by the calendars of its position.
func TestPillar12AViewGoesByTheCalendarsOfItsPosition(t *testing.T) {
	s := newScene(t)
	s.given("inspection/i", begun(), in("c"))
	s.given("inspection/i", &inspection.Attempted{Reason: "停产"})
	review := func(query string) (due time.Time, at uint64) {
		v := decode[projections.InspectionView](s.fixture, s.get(desk, "/v1/inspections/"+eventtest.Visit("t1", "i")+query))
		i := slices.IndexFunc(v.Owed, func(o projections.Owed) bool { return o.Kind == "leader-review" })
		return v.Owed[i].Due, v.Position
	}
	before, at := review("")
	date := func(days int) string { return before.AddDate(0, 0, days).In(event.Beijing).Format(time.DateOnly) }
	s.given("table/holidays", &table.Published{Table: table.Holidays, Document: "通知", Calendar: &table.Year{Year: before.Year(),
		Holidays: []table.Holiday{{Name: "假日", From: date(0), To: date(1)}}, Worked: []string{}}})
	after, _ := review("")
	if then, _ := review(fmt.Sprintf("?as_of=%d", at)); !then.Equal(before) || after.Sub(before) < 48*time.Hour {
		t.Errorf("due %s, as it was %s, with the holidays %s", before, then, after)
	}
}
