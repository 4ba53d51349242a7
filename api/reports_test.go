package api

import (
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// ownReport is one as a city may write it.
const ownReport = `/*
report = "own"
title = {zh = "条目", en = "Entries"}
roles = ["supervision-office"]
date = {zh = "发生日期", en = "occurred"}
rows = ["kind", "each"]
dimensions = [{name = "kind", zh = "流类别", en = "kind of stream"}]
columns = [{name = "n", zh = "数", en = "entries", kind = "count"},
  {name = "persons", zh = "有人员的", en = "with a person", kind = "count", where = "person IS NOT NULL"},
  {name = "share", zh = "占比", en = "share with a person", kind = "share", of = ["persons", "n"], interval = true}]
detail = [{name = "type", zh = "类型", en = "type", kind = "text"}, {name = "person", zh = "人员", en = "person", kind = "id", person = true}]
[parameters]
least = {type = "number", default = 0, zh = "最小", en = "least index"}
sort = {type = "text", default = "a", choices = ["a", "b"], zh = "排序", en = "order"}
*/
SELECT ix, substr(occurred, 1, 10) AS date, kind, type, person FROM entries WHERE ix >= :least AND :sort IN ('a', 'b')
`

// withReports gives the API a report database, with our reports and own ones.
func withReports(t *testing.T, own ...string) func(*fixture, *Config) {
	return func(w *fixture, c *Config) {
		dir := t.TempDir()
		for i, text := range own {
			w.must(os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".sql")), []byte(text), 0o600))
		}
		all, err := report.Load(t.Context(), dir)
		w.must(err)
		source := w.core.ReportSource()
		source.Dir = t.TempDir()
		b := reportdb.New(source)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { b.Run(ctx); close(done) }()
		t.Cleanup(func() { cancel(); <-done })
		c.Reports, c.ReportsOf = b, all
	}
}

// A report is asked as of now and of a position, by rows, in three forms; its numbers open into what adds up to them.
func TestReportsAreAsked(t *testing.T) {
	w := newFixtureWith(t, withReports(t, ownReport))
	w.visit()
	w.arrive()
	list := decode[ReportList](w, w.want(w.get(office, "/v1/reports"), 200, ""))
	if len(list.Reports) < 6 {
		t.Fatalf("%d reports", len(list.Reports))
	}
	a := decode[ReportAnswer](w, w.want(w.get(office, "/v1/reports/own"), 200, ""))
	n := fmt.Sprint(a.Total["n"])
	if n == "0" || a.Position != w.size() {
		t.Errorf("%v entries of %d, position %d", n, w.size(), a.Position)
	}
	past := decode[ReportAnswer](w, w.want(w.get(office, fmt.Sprintf("/v1/reports/own?as_of=%d", w.opening)), 200, ""))
	if past.Total["n"] != a.Total["n"].(float64)-float64(w.added()) || past.Position != w.opening {
		t.Errorf("as of %d there are %v entries of %s", w.opening, past.Total["n"], n)
	}
	for _, row := range a.Rows {
		opened := 0
		for cursor := ""; ; {
			page := decode[ReportEntries](w, w.want(w.get(office, a.Entries+"&limit=3&column=n&row="+row.Row+cursor), 200, ""))
			opened += len(page.Things)
			for _, thing := range page.Things {
				w.want(w.get(office, fmt.Sprint("/v1/entries/", *thing.Entry)), 200, "")
			}
			if cursor = "&cursor=" + page.Next; page.Next == "" {
				break
			}
		}
		if float64(opened) != row.Figures["n"] {
			t.Errorf("%v: %v opens into %d", row.Group, row.Figures["n"], opened)
		}
	}
	pair := decode[ReportEntries](w, w.want(w.get(office, a.Entries+"&column=share"), 200, "")).Pair
	if len(pair) != 2 || pair[0].Value != a.Total["persons"] || pair[1].Value != a.Total["n"] {
		t.Errorf("the share opens into %v", pair)
	}
	page := w.want(w.get(office, a.Entries+"&column=n&limit=2&format=csv"), 200, "")
	first := decode[ReportEntries](w, w.want(w.get(office, a.Entries+"&column=n&limit=2"), 200, ""))
	cells, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(page.body), "\ufeff"))).ReadAll()
	w.must(err)
	if len(cells) != 3 || cells[0][2] != "type" || cells[1][0] != fmt.Sprint(*first.Things[0].Entry) || cells[1][1] != "1" ||
		page.Header.Get(headerNext) == "" {
		t.Errorf("%v, next %q", cells, page.Header.Get(headerNext))
	}
	if none := w.want(w.get(office, a.Entries+"&column=n&year=2001"), 200, ""); !strings.Contains(string(none.body), `"things":[]`) {
		t.Errorf("nothing opens into %s", none.body)
	}
	table := w.want(w.get(office, "/v1/reports/own?format=csv", "Accept-Language", "zh"), 200, "")
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(table.body), "\ufeff"))).ReadAll()
	w.must(err)
	if last := lines[len(lines)-1]; last[0] != "合计" || last[1] != n || table.Header.Get(headerReportPosition) != fmt.Sprint(w.size()) {
		t.Errorf("%v %v", last, table.Header)
	}
	book := w.want(w.get(office, "/v1/reports/own", "Accept", mediaXLSX), 200, "")
	f, err := excelize.OpenReader(strings.NewReader(string(book.body)))
	w.must(err)
	rows, err := f.GetRows("report")
	w.must(err)
	if last := rows[len(rows)-1]; last[0] != "total" || last[1] != n {
		t.Errorf("%v", last)
	}
	w.must(f.Close())
}

// What a report cannot be asked is refused, with what there is.
func TestReportsRefuseWhatTheyAreNotAsked(t *testing.T) {
	w := newFixtureWith(t, withReports(t, ownReport))
	for query, code := range map[string]law.Code{
		"county=610902": law.ParameterNotOfReport, "colour=red": law.UnknownParameter, "rows=county": law.InvalidParameter,
		"from=yesterday": law.InvalidParameter, "least=x": law.InvalidParameter, "sort=c": law.InvalidParameter, "year=": law.InvalidParameter,
		"as_of=999999": law.BeyondHead, "format=pdf": law.InvalidParameter,
	} {
		for _, language := range []string{"en", "zh"} {
			w.want(w.get(office, "/v1/reports/own?"+query, "Accept-Language", language), 400, code)
		}
	}
	for path, want := range map[string]struct {
		status int
		code   law.Code
	}{
		"/v1/reports/none": {404, law.NotFound}, "/v1/reports/own/entries": {400, law.InvalidParameter},
		"/v1/reports/own/entries?column=none":                                                      {400, law.InvalidParameter},
		"/v1/reports/own/entries?column=n&row=AAAA":                                                {400, law.InvalidParameter},
		"/v1/reports/own/entries?column=n&cursor=AAAA":                                             {400, law.InvalidParameter},
		cursorOf(w, "/v1/reports/own/entries?column=n", place{Position: w.size(), Scope: "other"}): {409, law.ScopeChanged},
	} {
		w.want(w.get(office, path), want.status, want.code)
	}
	w.want(w.get("admin", "/v1/reports/own"), 403, law.Forbidden)
	w.want(w.get(office, "/v1/reports/own", "Accept", "image/png"), 406, law.NotAcceptable)
	bare := newFixture(t, func(c *Config) { c.Reports = nil })
	bare.want(bare.get(office, "/v1/reports"), 503, law.NoReports)
	bare.want(bare.get(office, "/v1/reports/own"), 503, law.NoReports)
}

// A question that takes too much, or one of a database that is behind, is refused.
func TestReportsThatCannotBeAnswered(t *testing.T) {
	heavy := strings.NewReplacer(`"own"`, `"heavy"`, "FROM entries",
		"FROM (SELECT a.* FROM entries a, entries b, entries c, entries d, entries e)").Replace(ownReport)
	w := newFixtureWith(t, func(w *fixture, c *Config) {
		withReports(t, heavy)(w, c)
		c.Reports = hastyReports{c.Reports, t}
	})
	for w.size() < 60 {
		w.want(w.post(office, w.subject(fmt.Sprint("s", w.size()))), 201, "")
	}
	w.want(w.get(office, "/v1/reports/heavy"), 422, law.ReportTooLarge)
	behind := newFixtureWith(t, func(_ *fixture, c *Config) {
		all, err := report.Load(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		c.Reports, c.ReportsOf = reportdb.New(reportdb.Config{Dir: t.TempDir(), Size: func() uint64 { return 0 }}), all
	})
	behind.want(behind.get(office, "/v1/reports/3"), 503, law.ReportsBehind)
}

// hastyReports give a question of a report a fiftieth of the time that it is to have: that ends the same, and sooner.
type hastyReports struct {
	Reports
	t *testing.T
}

func (h hastyReports) Ask(ctx context.Context, q reportdb.Question) (*reportdb.Conn, error) {
	if q.For != reportTime {
		h.t.Errorf("a report may take %v, want %v", q.For, reportTime)
	}
	q.For /= 50
	return h.Reports.Ask(ctx, q)
}

// Who sees figures only gets what is behind a number without entries and persons.
func TestGovernmentSeesNoEntriesBehindANumber(t *testing.T) {
	w := newFixtureWith(t, withReports(t, strings.Replace(ownReport, `"supervision-office"`, `"city-government", "supervision-office"`, 1)))
	w.visit()
	for role, whole := range map[event.Role]bool{event.RoleCityGovernment: false, event.RoleSupervisionOffice: true} {
		a := w.want(w.get(string(role), "/v1/reports/own/entries?column=persons"), 200, "")
		for _, word := range []string{`"entry":`, `"person":`} {
			if strings.Contains(string(a.body), word) != whole {
				t.Errorf("%s: %s in %.300s", role, word, a.body)
			}
		}
		b := w.want(w.get(string(role), "/v1/reports/own?rows=each"), 200, "")
		if strings.Contains(string(b.body), `"entry":`) != whole {
			t.Errorf("%s: %.300s", role, b.body)
		}
	}
}

// The cursors of who sees figures only tell how many things were before and nothing of any, and go on as those of others do. A mark of his
// own making is not looked at: by the first thing behind it he would find out where one lies.
func TestCursorsOfGovernmentTellNothing(t *testing.T) {
	own := strings.Replace(ownReport, `"supervision-office"`, `"city-government", "supervision-office"`, 1)
	own = strings.Replace(own, `  {name = "share"`, `  {name = "people", zh = "人员", en = "people", kind = "distinct", of = "person"},
  {name = "share"`, 1)
	w := newFixtureWith(t, withReports(t, own))
	w.visit()
	w.arrive()
	for _, column := range []string{"people", "persons"} {
		for _, path := range []string{"entries?limit=1&column=" + column, "changes/entries?from=1&limit=1&column=" + column} {
			path = "/v1/reports/own/" + path
			pages, first := 0, ""
			for cursor := ""; ; pages++ {
				a := w.want(w.get("city-government", path+cursor), 200, "")
				page := decode[ReportEntries](w, a)
				if len(page.Things) != 1 || pages > 1000 || strings.Contains(string(a.body), `"entry"`) || strings.Contains(string(a.body), `"by"`) {
					t.Fatalf("%s%s: %s", path, cursor, a.body)
				}
				if page.Next == "" {
					break
				}
				text, err := base64.RawURLEncoding.DecodeString(page.Next)
				w.must(err)
				if mark := fmt.Sprintf(`"mark":{"entry":-1,"same":%d}}`, pages+1); !strings.HasSuffix(string(text), mark) {
					t.Errorf("%s: the cursor says %s, want %s", path, text, mark)
				}
				cursor = "&cursor=" + page.Next
				if first == "" {
					first = page.Next
				}
			}
			whole := decode[ReportEntries](w, w.want(w.get(office, strings.Replace(path, "limit=1&", "", 1)), 200, ""))
			if pages < 1 || pages+1 != len(whole.Things) {
				t.Fatalf("%s: %d pages behind the first, %d things", path, pages, len(whole.Things))
			}
			text, err := base64.RawURLEncoding.DecodeString(first)
			w.must(err)
			forged := strings.Replace(string(text), `"entry":-1`, fmt.Sprintf(`"by":9e9,"entry":%d`, *whole.Things[len(whole.Things)-1].Entry), 1)
			honest := w.want(w.get("city-government", path+"&cursor="+first), 200, "")
			if a := w.want(w.get("city-government", path+"&cursor="+base64.RawURLEncoding.EncodeToString([]byte(forged))), 200,
				""); string(a.body) != string(honest.body) {
				t.Errorf("%s: a mark of his own says %s, want %s", path, a.body, honest.body)
			}
		}
	}
}

// Only so many reports are counted at a time. Lists and the numbers of an answer wait for none of them.
func TestReportsWaitForTheirTurnAndListsDoNot(t *testing.T) {
	w := newFixtureWith(t, withReports(t, ownReport))
	w.visit()
	answer := decode[ReportAnswer](w, w.want(w.get(office, "/v1/reports/own"), 200, ""))
	who := caller{key: "another", office: true, quota: &w.cfg.Quotas.Office, account: &account{}}
	var held []*slot
	for range w.counting.size {
		s, err := w.counting.take(t.Context(), &who)
		w.must(err)
		held = append(held, s)
	}
	w.counting.patience = 10 * time.Millisecond
	changes := fmt.Sprintf("changes?from=%d", w.opening)
	counted := []string{"/v1/reports/own", "/v1/reports/own?format=xlsx", "/v1/reports/own/" + changes, "/v1/inspections/" + changes,
		"/v1/reports/own/changes/entries?column=n&from=1"}
	for _, path := range counted {
		if a := w.want(w.get(office, path), 429, law.TooManyReads); a.Header.Get("Retry-After") == "" ||
			!strings.Contains(string(a.body), "reports being counted: all") {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	for _, path := range []string{"/v1/reports", answer.Entries + "&column=n", "/v1/inspections", "/v1/obligations"} {
		w.want(w.get(office, path), 200, "")
	}
	for _, s := range held {
		s.free()
	}
	for _, path := range counted {
		w.want(w.get(office, path), 200, "")
	}
	if n := w.counting.inUse(); n != 0 {
		t.Errorf("%d are being counted", n)
	}
}
