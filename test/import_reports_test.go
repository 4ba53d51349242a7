package test

import (
	"fmt"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/test/needs"
)

// ownReports has reports of our own, in the form in which a city writes them (README, "Write a report of your own").
const ownReports = "testdata/reports"

// yearOf is a subject, as its source calls it, in a year.
type yearOf struct{ subject, year string }

// befell is what a subject had in a year. Fines are in minor units; final are those of convictions and assessments.
type befell struct{ visits, findings, penalties, fines, final int64 }

func (b befell) plus(o befell) befell {
	return befell{b.visits + o.visits, b.findings + o.findings, b.penalties + o.penalties, b.fines + o.fines, b.final + o.final}
}

// byAwk counts files by awk alone, which knows nothing of Go's CSV reader, nor of what imported them.
func byAwk(t *testing.T, format string, files ...string) map[yearOf]befell {
	t.Helper()
	needs.Program(t, "awk")
	out, err := exec.Command("./import_totals.sh", append([]string{"--by-year", format}, files...)...).Output()
	must(t, err)
	all := map[yearOf]befell{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		var n [5]int64
		for i := range n {
			n[i], err = strconv.ParseInt(f[2+i], 10, 64)
			must(t, err)
		}
		all[yearOf{f[0], f[1]}] = befell{n[0], n[1], n[2], n[3], n[4]}
	}
	return all
}

// kept are the lines of subjects that were imported.
func kept(all map[yearOf]befell, keep func(subject string) bool) map[yearOf]befell {
	out := map[yearOf]befell{}
	for key, b := range all {
		if keep(key.subject) {
			out[key] = b
		}
	}
	return out
}

// figures is the part of a report's answer that is compared.
type figures struct {
	Rows []struct {
		Row     string
		Group   map[string]string
		Figures map[string]float64
	}
	Total map[string]float64
}

// report asks for a report of the ledger as it is now.
func (s *server) report(office *client, id, query string) (f figures) {
	s.t.Helper()
	office.get(fmt.Sprintf("/v1/reports/%s?wait_for=%d&%s", id, s.logInfo().Position, query), &f)
	return f
}

// wantReports wants the reports of an imported source to say of each subject and year, and of each year, what awk counts in its files;
// called is what the source calls the subject of an id of the ledger.
func wantReports(t *testing.T, s *server, office *client, called func(id string) string, want map[yearOf]befell) {
	t.Helper()
	years, whole, most := map[string]befell{}, befell{}, yearOf{}
	for key, b := range want {
		years[key.year], whole = years[key.year].plus(b), whole.plus(b)
		if b.findings > want[most].findings {
			most = key
		}
	}
	var row string
	all := s.report(office, "records", "rows=subject,year")
	for _, r := range all.Rows {
		key := yearOf{called(r.Group["subject"]), r.Group["year"]}
		if got, b := befellOf(r.Figures), want[key]; got != (befell{b.visits, b.findings, b.penalties, b.fines, 0}) {
			t.Errorf("%v: the report says %+v, awk %+v", key, got, b)
		}
		if key == most {
			row = r.Row
		}
	}
	if len(all.Rows) != len(want) || len(want) == 0 {
		t.Errorf("the report has %d subjects with years, awk %d", len(all.Rows), len(want))
	}
	if got := befellOf(all.Total); got != (befell{whole.visits, whole.findings, whole.penalties, whole.fines, 0}) {
		t.Errorf("in all the report says %+v, awk %+v", got, whole)
	}
	if n := thingsBehind(office, "/v1/reports/records/entries?rows=subject,year&column=findings&row="+row); n != want[most].findings {
		t.Errorf("%d entries are behind the findings of %v, awk counts %d", n, most, want[most].findings)
	}
	wantOurs(t, s, office, called, want, years)
}

// numberAfter is how Toronto and Chicago are called: by the number behind the source, e.g. toronto-9000116.
func numberAfter(source string) func(id string) string {
	return func(id string) string { return strings.TrimPrefix(id, source+"-") }
}

func befellOf(f map[string]float64) befell {
	return befell{visits: int64(f["visits"]), findings: int64(f["findings"]), penalties: int64(f["penalties"]), fines: int64(f["fines"])}
}

// thingsBehind counts the things that a number opens into, page after page.
func thingsBehind(office *client, path string) (n int64) {
	var page struct {
		Things []struct{ Entry uint64 }
		Next   string
	}
	for cursor := ""; ; cursor = "&cursor=" + url.QueryEscape(page.Next) {
		page.Things, page.Next = nil, ""
		office.get(path+"&limit=100"+cursor, &page)
		if n += int64(len(page.Things)); page.Next == "" {
			return n
		}
	}
}

// wantOurs compares reports of the program: 3 counts findings, 9 the visits of each subject, 22 the penalties of each month.
func wantOurs(t *testing.T, s *server, office *client, called func(string) string, want map[yearOf]befell, years map[string]befell) {
	t.Helper()
	byYear := map[string]befell{}
	for _, r := range s.report(office, "22", "rows=month").Rows {
		year, _, _ := strings.Cut(r.Group["month"], "-")
		byYear[year] = byYear[year].plus(befell{visits: int64(r.Figures["visits"]), final: int64(r.Figures["fines"])})
	}
	for year, b := range years {
		if got := byYear[year]; got.visits != b.visits || got.final != b.final {
			t.Errorf("%s: report 22 says %d visits and %d of fines, awk %d and %d", year, got.visits, got.final, b.visits, b.final)
		}
		if got := s.report(office, "3", "rows=county&year="+year).Total["found"]; int64(got) != b.findings {
			t.Errorf("%s: report 3 says %v findings, awk %d", year, got, b.findings)
		}
		visited := int64(0)
		for _, r := range s.report(office, "9", "rows=subject&year="+year).Rows {
			subject, n := called(r.Group["subject"]), int64(r.Figures["visits"])
			if b := want[yearOf{subject, year}]; n != b.visits {
				t.Errorf("%s %s: report 9 says %d visits, awk %d", subject, year, n, b.visits)
			}
			visited += n
		}
		if visited != b.visits {
			t.Errorf("%s: report 9 says %d visits, awk %d", year, visited, b.visits)
		}
	}
}
