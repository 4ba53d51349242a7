package api

import (
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/anjian-ledger/anjian/domain/law"
)

// What changed in a report between two positions is asked in three forms, and opens into the entries that did it.
func TestReportChangesAreAsked(t *testing.T) {
	w := newFixtureWith(t, withReports(t, ownReport))
	w.visit()
	w.arrive()
	path := fmt.Sprintf("/v1/reports/own/changes?from=%d&to=%d", w.opening, w.size())
	a := decode[ReportChanges](w, w.want(w.get(office, path), 200, ""))
	if n := a.Total["n"]; n.Came != float64(w.added()) || n.Went != 0.0 || a.From.Position != w.opening || a.To.Position != w.size() {
		t.Errorf("%v, from %d to %d", n, a.From.Position, a.To.Position)
	}
	came := 0.0
	for _, row := range a.Rows {
		came += row.Figures["n"].Came.(float64)
	}
	if came != float64(w.added()) || len(a.Rows) == 0 {
		t.Errorf("%d rows, %v came", len(a.Rows), came)
	}
	opened := 0
	for cursor := ""; ; {
		page := decode[ReportMoves](w, w.want(w.get(office, a.Entries+"&limit=3&column=n"+cursor), 200, ""))
		for _, thing := range page.Things {
			if opened++; len(thing.By) != 1 || uint64(thing.By[0]) < w.opening {
				t.Errorf("entry %d came by %v", *thing.Entry, thing.By)
			}
		}
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			break
		}
	}
	if opened != int(w.added()) {
		t.Errorf("%d things came of %d", opened, w.added())
	}
	page := w.want(w.get(office, a.Entries+"&limit=2&column=n&format=csv"), 200, "")
	cells, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(page.body), "\ufeff"))).ReadAll()
	w.must(err)
	first := decode[ReportMoves](w, w.want(w.get(office, a.Entries+"&limit=2&column=n"), 200, ""))
	if last := len(cells[0]) - 1; len(cells) != 3 || cells[0][last] != "by entries" || cells[1][0] != fmt.Sprint(*first.Things[0].Entry) ||
		cells[1][last] != fmt.Sprint(first.Things[0].By[0]) || page.Header.Get(headerReportPosition) != fmt.Sprint(w.size()) {
		t.Errorf("%v, as of %q", cells, page.Header.Get(headerReportPosition))
	}
	more := w.want(w.get(office, a.Entries+"&limit=2&column=n&format=csv&cursor="+page.Header.Get(headerNext)), 200, "")
	if lines := strings.Split(string(more.body), "\r\n"); len(lines) < 2 || strings.HasPrefix(lines[1], cells[2][0]+",") {
		t.Errorf("behind %v comes %v", cells[2], lines)
	}
	went := decode[ReportMoves](w, w.want(w.get(office, a.Entries+"&column=persons&side=went"), 200, ""))
	if len(went.Things) != 0 {
		t.Errorf("%v went", went.Things)
	}
	same := decode[ReportChanges](w, w.want(w.get(office, fmt.Sprintf("/v1/reports/own/changes?from=%d", w.size())), 200, ""))
	if len(same.Rows) != 0 {
		t.Errorf("between a position and itself there are %v", same.Rows)
	}
	table := w.want(w.get(office, path+"&format=csv", "Accept-Language", "zh"), 200, "")
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(table.body), "\ufeff"))).ReadAll()
	w.must(err)
	if last := lines[len(lines)-1]; last[0] != "合计" || lines[0][3] != "数 新增" || last[3] != fmt.Sprint(w.added()) {
		t.Errorf("%v", lines)
	}
	book := w.want(w.get(office, path, "Accept", mediaXLSX), 200, "")
	f, err := excelize.OpenReader(strings.NewReader(string(book.body)))
	w.must(err)
	rows, err := f.GetRows("report")
	w.must(err)
	if last := rows[len(rows)-1]; last[0] != "total" || last[3] != fmt.Sprint(w.added()) {
		t.Errorf("%v", last)
	}
	w.must(f.Close())
}

// cursorOf is the path with a cursor of its own.
func cursorOf(w *fixture, path string, p place) string {
	u, err := url.Parse(path)
	w.must(err)
	p.Of = questionOf(u)
	return path + "&cursor=" + p.String()
}

// A cursor goes on with the question that it is of, and with no other: that would leave out things without a word.
func TestCursorsOfReportsAreOfOneQuestion(t *testing.T) {
	w := newFixtureWith(t, withReports(t, ownReport))
	w.visit()
	w.arrive()
	entries := "/v1/reports/own/entries?column=n&limit=1"
	first := decode[ReportEntries](w, w.want(w.get(office, entries), 200, ""))
	moves := "/v1/reports/own/changes/entries?from=1&column=n&limit=1"
	moved := decode[ReportMoves](w, w.want(w.get(office, moves), 200, ""))
	w.want(w.get(office, "/v1/reports/own/entries?limit=2&column=n&cursor="+first.Next), 200, "")
	w.want(w.get(office, moves+"&cursor="+moved.Next), 200, "")
	for _, path := range []string{
		"/v1/reports/own/entries?column=persons&cursor=" + first.Next, "/v1/reports/3/entries?column=found&cursor=" + first.Next,
		entries + "&least=1&cursor=" + first.Next, entries + "&cursor=" + moved.Next, moves + "&cursor=" + first.Next,
		moves + "&side=went&cursor=" + moved.Next, strings.Replace(moves, "from=1", "from=2", 1) + "&cursor=" + moved.Next,
	} {
		w.want(w.get(office, path), 400, law.InvalidParameter)
	}
}

// What cannot be asked of changes is refused: a report's period is since and until there.
func TestReportChangesRefuseWhatTheyAreNotAsked(t *testing.T) {
	w := newFixtureWith(t, withReports(t, ownReport))
	size := w.size()
	for query, code := range map[string]law.Code{
		"": law.InvalidParameter, "from=2&to=1": law.InvalidParameter, "from=999999": law.BeyondHead, "from=1&to=999999": law.BeyondHead,
		"from=1&as_of=2": law.UnknownParameter, "from=1&county=610902": law.ParameterNotOfReport, "from=1&since=soon": law.InvalidParameter,
		"from=soon": law.InvalidParameter, "from=1&rows=county": law.InvalidParameter, "from=1&format=pdf": law.InvalidParameter,
	} {
		for _, language := range []string{"en", "zh"} {
			w.want(w.get(office, "/v1/reports/own/changes?"+query, "Accept-Language", language), 400, code)
		}
	}
	for query, code := range map[string]law.Code{
		"from=1": law.InvalidParameter, "from=1&column=share": law.InvalidParameter, "from=1&column=n&row=AAAA": law.InvalidParameter,
		"from=1&column=n&side=both": law.InvalidParameter, "from=1&column=n&cursor=AAAA": law.InvalidParameter,
		"from=1&column=n&row=" + base64.RawURLEncoding.EncodeToString([]byte(`["kind","inspection"] `)): law.InvalidParameter,
	} {
		w.want(w.get(office, "/v1/reports/own/changes/entries?"+query), 400, code)
	}
	w.want(w.get(office, cursorOf(w, "/v1/reports/own/changes/entries?from=5&column=n", place{Position: 2, Scope: "x"})), 400,
		law.InvalidParameter)
	w.want(w.get(office, cursorOf(w, "/v1/reports/own/changes/entries?from=1&column=n", place{Position: size, Scope: "other"})), 409,
		law.ScopeChanged)
	w.want(w.get(office, "/v1/reports/none/changes?from=1"), 404, law.NotFound)
	w.want(w.get("admin", "/v1/reports/own/changes?from=1"), 403, law.Forbidden)
	w.want(w.get(office, "/v1/reports/own/changes?from=1&since=2020-01-01&until=2030-01-01"), 200, "")
	bare := newFixture(t, func(c *Config) { c.Reports = nil })
	bare.want(bare.get(office, "/v1/reports/3/changes?from=1"), 503, law.NoReports)
}
