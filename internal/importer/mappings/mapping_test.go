package mappings

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"flag"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/importer"
	"github.com/anjian-ledger/anjian/test/needs"
)

const (
	fixtures    = "../../../test/testdata/"
	mshaFile    = fixtures + "msha_upper_big_branch_violations.csv"
	torontoFile = fixtures + "toronto_dinesafe_fined_establishments.csv"
)

var chicagoFiles = []string{fixtures + "chicago_sample_items.csv", fixtures + "chicago_sample_inspections.csv"}

var update = flag.Bool("update", false, "rewrite the golden files")

// sources are the mappings with their files.
var sources = []source{{MSHA, []string{mshaFile}}, {Toronto, []string{torontoFile}}, {Chicago, chicagoFiles}}

type source struct {
	importer.Mapping
	files []string
}

// mapped reads files and returns their events in order, with the counts and the report.
func mapped(t *testing.T, m importer.Mapping, files ...string) ([]importer.Item, importer.Summary, string) {
	t.Helper()
	var text strings.Builder
	d, sum, err := importer.Read(m, files, &text)
	if err != nil {
		t.Fatal(err)
	}
	n, err := d.Check()
	if err != nil {
		t.Fatal(err)
	}
	all := d.First
	for _, s := range d.Subjects {
		all = append(all, s()...)
	}
	if len(all) != n {
		t.Fatalf("check counted %d events, the walk gave %d", n, len(all))
	}
	return all, sum, text.String()
}

// facts counts events by type, and penalties' amounts by currency.
func facts(all []importer.Item) (counts map[string]int, fines map[string]int64) {
	counts, fines = map[string]int{}, map[string]int64{}
	for _, it := range all {
		counts[it.Event.Type.Name]++
		switch d := it.Event.Data.(type) {
		case *inspection.FindingRecorded:
			counts["level "+cmp.Or(d.Level, "unknown")]++
		case *casefile.PenaltyDecided:
			if !d.Final {
				counts["not final"]++
			}
			if d.Fine != nil {
				fines[d.Fine.Currency] += d.Fine.Amount
			}
		}
	}
	return counts, fines
}

// rowsOf reads a CSV file with the standard library, for counts by another route.
func rowsOf(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, rec := range records[1:] {
		m := map[string]string{}
		for i, c := range records[0] {
			m[c] = rec[i]
		}
		out = append(out, m)
	}
	return out
}

// hundredths sums decimal amounts as rationals and returns the sum in minor units.
func hundredths(t *testing.T, rows []map[string]string, column string) int64 {
	t.Helper()
	sum := new(big.Rat)
	for _, r := range rows {
		if r[column] == "" {
			continue
		}
		v, ok := new(big.Rat).SetString(r[column])
		if !ok {
			t.Fatalf("%q is no number", r[column])
		}
		sum.Add(sum, v)
	}
	sum.Mul(sum, big.NewRat(100, 1))
	if !sum.IsInt() {
		t.Fatalf("the sum %v is not whole", sum)
	}
	return sum.Num().Int64()
}

func distinct(rows []map[string]string, columns ...string) int {
	set := map[string]bool{}
	for _, r := range rows {
		key := ""
		for _, c := range columns {
			key += r[c] + "\x00"
		}
		set[key] = true
	}
	return len(set)
}

func count(rows []map[string]string, is func(map[string]string) bool) int {
	n := 0
	for _, r := range rows {
		if is(r) {
			n++
		}
	}
	return n
}

func expect(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, the file says %d", what, got, want)
	}
}

// A reader who has the event alone can make its id, and that of its visit, as EVENTS.md says.
func TestTheIDOfAnImportedEventFollowsFromWhatItSays(t *testing.T) {
	namespace := uuid.MustParse("6f1d3c52-2f0b-5c8e-9c57-0a4a1e5f7d31")
	v5 := func(parts ...string) string {
		return uuid.NewSHA1(namespace, []byte(strings.Join(parts, "\n"))).String()
	}
	for _, s := range sources {
		all, _, _ := mapped(t, s.Mapping, s.files...)
		seen := map[string]bool{}
		for _, it := range all {
			raw, err := entry.Author(it.Event)
			if err != nil {
				t.Fatal(err)
			}
			var e struct{ ID, Source, Type, Subject, OriginID string }
			if err := json.Unmarshal(raw, &e); err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(strings.TrimPrefix(e.Type, "anjian."), ".v1")
			if want := v5(e.Source, name, e.Subject, e.OriginID); e.ID != want || seen[e.ID] || e.OriginID == "" {
				t.Fatalf("%s: id %s, want %s, seen %v: %s", it.Row, e.ID, want, seen[e.ID], raw)
			}
			seen[e.ID] = true
			if want := "inspection/" + s.Format + "." + v5(e.Source, "inspection", e.OriginID); name == "inspection-started" && e.Subject != want {
				t.Fatalf("%s: visit %s, want %s", it.Row, e.Subject, want)
			}
		}
	}
}

func TestMSHAGivesOneMineWithEveryCitationAndCent(t *testing.T) {
	all, sum, text := mapped(t, MSHA, mshaFile)
	rows := rowsOf(t, mshaFile)
	counts, fines := facts(all)
	expect(t, "rows", sum.Rows, len(rows))
	expect(t, "bad rows", sum.Unmapped, 0)
	expect(t, "subjects", counts["subject-registered"], 1)
	expect(t, "inspections", counts["inspection-started"], distinct(rows, "mine_name", "inspection_begin_dt"))
	expect(t, "findings", counts["finding-recorded"], 4415)
	expect(t, "penalties", counts["penalty-decided"], len(rows))
	expect(t, "findings of unknown level", counts["level unknown"], len(rows))
	if fines["USD"] != 1_517_214_110 || fines["USD"] != hundredths(t, rows, "current_assessment_amt") {
		t.Errorf("fines: %d cents", fines["USD"])
	}
	if !strings.Contains(text, "columns not mapped: fiscal_yr, fiscal_qtr, iss_year\n") {
		t.Errorf("the report does not name the columns left out:\n%s", text)
	}
	late := 0
	for _, it := range all {
		if it.Event.Type.Name == "finding-recorded" && it.Event.Occurred.In(event.Beijing).Format("2006-01-02") > "2010-04-04" {
			late++
		}
	}
	expect(t, "citations from 2010-04-05 on", late, count(rows, func(r map[string]string) bool { return r["iss_dt"] > "2010-04-04" }))
}

func TestTorontoTotalsMatchTheFile(t *testing.T) {
	all, sum, text := mapped(t, Toronto, torontoFile)
	rows := rowsOf(t, torontoFile)
	counts, fines := facts(all)
	is := func(column string, values ...string) func(map[string]string) bool {
		return func(r map[string]string) bool {
			return strings.Contains("|"+strings.Join(values, "|")+"|", "|"+r[column]+"|")
		}
	}
	expect(t, "rows", sum.Rows, len(rows))
	expect(t, "bad rows", sum.Unmapped, 0)
	expect(t, "subjects", counts["subject-registered"], distinct(rows, "Establishment ID"))
	expect(t, "inspections", counts["inspection-started"], distinct(rows, "Inspection ID"))
	expect(t, "findings", counts["finding-recorded"], count(rows, func(r map[string]string) bool { return r["Infraction Details"] != "" }))
	expect(t, "major", counts["level major"], count(rows, is("Severity", "C - Crucial")))
	expect(t, "general", counts["level general"], count(rows, is("Severity", "S - Significant", "M - Minor")))
	expect(t, "fixed on site", counts["finding-fixed-on-site"], count(rows, is("Action", "Corrected During Inspection")))
	expect(t, "orders", counts["order-issued"], count(rows,
		is("Action", "Notice to Comply", "Closure Order", "Summons and Health Hazard Order")))
	fined := func(r map[string]string) bool { return r["Amount Fined"] != "" && r["Amount Fined"] != "0" }
	expect(t, "penalties", counts["penalty-decided"], count(rows, func(r map[string]string) bool {
		return fined(r) || strings.HasPrefix(r["Outcome"], "Conviction - Fined")
	}))
	expect(t, "fines without a conviction", counts["not final"], count(rows, func(r map[string]string) bool {
		return fined(r) && !strings.HasPrefix(r["Outcome"], "Conviction")
	}))
	expect(t, "no penalties", counts["no-penalty-decided"], count(rows, func(r map[string]string) bool {
		return !fined(r) && (strings.HasPrefix(r["Outcome"], "Charges") || strings.HasSuffix(r["Outcome"], "Suspended Sentence"))
	}))
	if want := hundredths(t, rows, "Amount Fined"); fines["CAD"] != want {
		t.Errorf("fines: %d cents, the file says %d", fines["CAD"], want)
	}
	for _, said := range []string{`3 rows: Action "Order" has no counterpart`, `2 rows: a fine beside the Outcome "Pending"`,
		`1 rows: a fine beside the Outcome "Charges Withdrawn"`} {
		if !strings.Contains(text, said) {
			t.Errorf("the report does not say: %s\n%s", said, text)
		}
	}
}

func TestChicagoTotalsMatchTheFiles(t *testing.T) {
	for name, files := range map[string][]string{
		"sample": {chicagoFiles[1], chicagoFiles[0]},
		"real": {filepath.Join(os.Getenv("ANJIAN_TEST_DATA"), "chicago_food_inspections.csv.gz"),
			filepath.Join(os.Getenv("ANJIAN_TEST_DATA"), "chicago_food_inspection_items.csv.gz")},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(files[0]); err != nil {
				needs.Missing(t, needs.Records, "set ANJIAN_TEST_DATA to the directory of the real Chicago files")
			}
			all, sum, _ := mapped(t, Chicago, files...)
			visits, checks := rowsOf(t, files[0]), rowsOf(t, files[1])
			counts, _ := facts(all)
			expect(t, "rows", sum.Rows, len(visits)+len(checks))
			expect(t, "bad rows", sum.Unmapped, 0)
			expect(t, "subjects", counts["subject-registered"], distinct(visits, "License"))
			expect(t, "inspections", counts["inspection-started"], len(visits))
			expect(t, "results", counts["inspection-result-recorded"], len(visits))
			expect(t, "checks", counts["check-answered"], len(checks))
			expect(t, "findings", counts["finding-recorded"], int(hundredths(t, checks, "count")/100))
			named := map[string]int{}
			for _, r := range visits {
				if r["sanitarian"] != "" {
					named["chicago-"+r["sanitarian"]]++
				}
			}
			expect(t, "teams", counts["team-formed"], len(named))
			for _, it := range all {
				switch d := it.Event.Data.(type) {
				case *inspection.Started:
					if d.Team != "" {
						named[d.Team]--
					}
				case *team.Formed:
					if d.Kind != "" || !d.Unknown.Has("kind") {
						t.Errorf("the kind of team %s was invented", d.Name)
					}
				}
			}
			for id, left := range named {
				expect(t, "inspections of "+id+" too few by", left, 0)
			}
		})
	}
}

func TestNothingIsInvented(t *testing.T) {
	for _, s := range sources {
		all, _, _ := mapped(t, s.Mapping, s.files...)
		for _, it := range all {
			if it.Event.Precision != event.Day || it.Event.Occurred.In(event.Beijing).Hour() != 0 {
				t.Fatalf("%s: %s has a time of day", it.Row, it.Event.Type)
			}
			b, err := entry.Author(it.Event)
			if err != nil {
				t.Fatal(err)
			}
			for _, member := range []string{`"region":`, `"found_by":["`, `"inspectors":["`, `"approver":`, `"decided_by":`, `"evidence":`,
				`"campaign":`} {
				if bytes.Contains(b, []byte(member)) {
					t.Fatalf("%s: %s states %s, which the source does not", it.Row, it.Event.Type, member)
				}
			}
		}
	}
}

func TestGoldenRows(t *testing.T) {
	for _, s := range sources {
		all, _, _ := mapped(t, s.Mapping, s.files...)
		var got bytes.Buffer
		for _, it := range all[:min(len(all), 12)] {
			b, err := entry.Author(it.Event)
			if err != nil {
				t.Fatal(err)
			}
			got.Write(append(b, '\n'))
		}
		golden := filepath.Join("testdata", s.Format+".ndjson")
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: imported bytes changed, so importing again would conflict:\n%s", s.Format, got.Bytes())
		}
	}
}

func TestEveryEventIsAcceptedByTheStrictParser(t *testing.T) {
	types := domain.Catalogue()
	for _, s := range sources {
		all, _, _ := mapped(t, s.Mapping, s.files...)
		seen := map[string]bool{}
		for _, it := range all {
			b, err := entry.Author(it.Event)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := entry.ParseEvent(b, types); err != nil {
				t.Fatalf("%s: %v", it.Row, err)
			}
			if !it.Event.Type.MayAppend(event.RoleImporter) {
				t.Fatalf("an importer may not append %s", it.Event.Type)
			}
			if id := it.Event.ID.String(); seen[id] {
				t.Fatalf("%s: id %s stands twice", it.Row, id)
			} else {
				seen[id] = true
			}
		}
	}
}

// TestRowsKeepTheirIdentity: the file's name, the order of its rows, the quoting and the
// line ends change no event, and identical rows stay distinct.
func TestRowsKeepTheirIdentity(t *testing.T) {
	header := "mine_name,current_assessment_amt,iss_dt,inspection_begin_dt,violation_occur_dt\n"
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		row := rapid.SampledFrom([]string{
			"Pit A,50.00,1995-09-20,1995-07-03,1995-09-20", "Pit A,60,1995-09-20,1995-07-03,1995-09-20",
			"Pit B,50.00,1995-09-20,1995-07-03,1995-09-19", "Pit A,0.00,1995-09-21,1995-09-21,1995-09-21",
		})
		rows := rapid.SliceOfN(row, 1, 30).Draw(rt, "rows")
		bytesOf := func(name, text string) map[string]string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				rt.Fatal(err)
			}
			all, _, _ := mapped(t, MSHA, path)
			out := map[string]string{}
			for _, it := range all {
				b, err := entry.Author(it.Event)
				if err != nil {
					rt.Fatal(err)
				}
				out[it.Event.ID.String()] = string(b)
			}
			return out
		}
		one := bytesOf("one.csv", header+strings.Join(rows, "\n"))
		moved := rapid.Permutation(rows).Draw(rt, "moved")
		for i, r := range moved {
			moved[i] = `"` + strings.ReplaceAll(r, ",", `","`) + `"`
		}
		two := bytesOf("two.csv", "\ufeff"+strings.ReplaceAll(header, "\n", "\r\n")+strings.Join(moved, "\r\n")+"\r\n")
		findings := 0
		for id, b := range one {
			if two[id] != b {
				rt.Fatalf("%s\nbecame\n%s", b, two[id])
			}
			if strings.Contains(b, "finding-recorded") {
				findings++
			}
		}
		if len(two) != len(one) || findings != len(rows) {
			rt.Fatalf("%d and %d events, %d findings of %d rows", len(one), len(two), findings, len(rows))
		}
	})
}
