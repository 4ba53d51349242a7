package test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"flag"
	"hash/crc32"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/test/needs"
)

// summary is the last line of anjian import.
type summary struct {
	Rows           int `json:"rows"`
	Appended       int `json:"appended"`
	AlreadyPresent int `json:"already_present"`
	Unmapped       int `json:"unmapped"`
	Withdrawn      int `json:"withdrawn"`
}

// importFiles runs anjian import against s.
func importFiles(t *testing.T, s *server, format string, files ...string) (sum summary) {
	t.Helper()
	if s.importers[format] == nil {
		if s.importers == nil {
			s.importers = map[string]*client{}
		}
		s.importers[format] = s.as("importer", "--unit", format)
	}
	token := s.importers[format].token
	out := strings.TrimSpace(mustRun(t, append([]string{"import", "--format", format, "--server", s.url, "--token", token, "--report",
		os.DevNull}, files...)...))
	last := out[strings.LastIndexByte(out, '\n')+1:]
	if err := json.Unmarshal([]byte(last), &sum); err != nil {
		t.Fatalf("the last line is %q: %v", last, err)
	}
	return sum
}

// table reads a CSV file by column name: the other route to the same figures.
func table(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	all := records(t, path)
	for _, record := range all[1:] {
		rows = append(rows, named(all[0], record))
	}
	return rows
}

func records(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		r, err = gzip.NewReader(f)
		must(t, err)
	}
	all, err := csv.NewReader(r).ReadAll()
	must(t, err)
	return all
}

func named(columns, record []string) map[string]string {
	row := map[string]string{}
	for i, name := range columns {
		row[name] = record[i]
	}
	return row
}

// part is a file of the rows of another that are kept.
func part(t *testing.T, path string, keep func(row map[string]string) bool) string {
	t.Helper()
	all := records(t, path)
	kept := all[:1:1]
	for _, record := range all[1:] {
		if keep(named(all[0], record)) {
			kept = append(kept, record)
		}
	}
	var b bytes.Buffer
	must(t, csv.NewWriter(&b).WriteAll(kept))
	out := filepath.Join(t.TempDir(), strings.TrimSuffix(filepath.Base(path), ".gz"))
	must(t, os.WriteFile(out, b.Bytes(), 0o600))
	return out
}

// cents is an amount of money in minor units, exactly.
func cents(t *testing.T, s string) int64 {
	t.Helper()
	if s == "" {
		return 0
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || !r.Mul(r, big.NewRat(100, 1)).IsInt() {
		t.Fatalf("%q is no amount", s)
	}
	return r.Num().Int64()
}

func distinct(rows []map[string]string, columns ...string) int64 {
	seen := map[string]bool{}
	for _, r := range rows {
		key := ""
		for _, c := range columns {
			key += r[c] + "\x00"
		}
		seen[key] = true
	}
	return int64(len(seen))
}

func where(rows []map[string]string, holds func(map[string]string) bool) []map[string]string {
	return slices.DeleteFunc(slices.Clone(rows), func(r map[string]string) bool { return !holds(r) })
}

func wantView(t *testing.T, what string, got, want view) {
	t.Helper()
	if got.Counts != want.Counts || !slices.Equal(got.Fines, want.Fines) {
		t.Errorf("%s: %+v %v, want %+v %v", what, got.Counts, got.Fines, want.Counts, want.Fines)
	}
}

const msha = "testdata/msha_upper_big_branch_violations.csv"

func TestMSHAImportsToOneMineAndASecondRunAddsNothing(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "--no-report-database=false", "--reports", ownReports)
	office := s.as("supervision-office")
	rows := table(t, msha)
	first := importFiles(t, s, "msha", msha)
	if first.Rows != 4415 || first.Unmapped != 0 || first.AlreadyPresent != 0 || first.Appended == 0 {
		t.Errorf("first run: %+v", first)
	}
	before := s.logInfo()
	if again := importFiles(t, s, "msha", msha); again.Appended != 0 || again.AlreadyPresent != first.Appended || s.logInfo() != before {
		t.Errorf("second run: %+v after %+v, log %+v, was %+v", again, first, s.logInfo(), before)
	}
	var list struct{ Items []struct{ ID string } }
	if office.get("/v1/subjects?q=upper", &list); len(list.Items) != 1 {
		t.Fatalf("subjects: %+v", list)
	}
	path := "/v1/subjects/" + list.Items[0].ID
	var all view
	office.get(path, &all)
	wantView(t, "the mine", all, mshaView(t, rows))
	if all.Counts.Findings != 4415 || len(all.Fines) != 1 || all.Fines[0] != (money{"USD", 1517214110}) {
		t.Errorf("the mine has %+v %v", all.Counts, all.Fines)
	}
	until := where(rows, func(r map[string]string) bool { return r["iss_dt"] <= "2010-04-04" })
	begun := where(rows, func(r map[string]string) bool { return r["inspection_begin_dt"] <= "2010-04-04" })
	var then view
	office.get(path+"?occurred_until=2010-04-04", &then)
	want := mshaView(t, until)
	want.Counts.Inspections = distinct(begun, "inspection_begin_dt")
	wantView(t, "until 2010-04-04", then, want)
	noneLater(t, office, path+"?occurred_until=2010-04-04")
	wantView(t, "the whole again", func() (v view) { office.get(path+"?occurred_until=2013-12-31", &v); return v }(), all)
	wantReports(t, s, office, func(string) string { return "Upper Big Branch Mine-South" }, byAwk(t, "msha", msha))
}

// mshaView counts from the rows what the ledger must count.
func mshaView(t *testing.T, rows []map[string]string) (v view) {
	t.Helper()
	fines := money{Currency: "USD"}
	for _, r := range rows {
		if c := cents(t, r["current_assessment_amt"]); c > 0 {
			v.Counts.Penalties++
			fines.Amount += c
		}
	}
	v.Counts.Findings, v.Counts.Inspections = int64(len(rows)), distinct(rows, "mine_name", "inspection_begin_dt")
	v.Fines = []money{fines}
	return v
}

// noneLater wants no fact of the accident's day or later in an answer.
func noneLater(t *testing.T, c *client, path string) {
	t.Helper()
	var v struct {
		Inspections []struct{ Occurred string }
		Open        []struct{ Occurred string } `json:"open_findings"`
	}
	c.get(path, &v)
	if len(v.Inspections) == 0 || len(v.Open) == 0 {
		t.Errorf("%s lists nothing", path)
	}
	for _, line := range slices.Concat(v.Inspections, v.Open) {
		if line.Occurred >= "2010-04-05" {
			t.Errorf("%s lists a fact of %s", path, line.Occurred)
		}
	}
}

const toronto = "testdata/toronto_dinesafe_fined_establishments.csv"

func TestTorontoImportsWithTheTotalsOfTheFile(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir(), "--no-report-database=false", "--reports", ownReports)
	office := s.as("supervision-office")
	rows := table(t, toronto)
	sum := importFiles(t, s, "toronto", toronto)
	if sum.Rows != len(rows) || sum.Unmapped != 0 {
		t.Errorf("%+v for %d rows", sum, len(rows))
	}
	infractions := where(rows, func(r map[string]string) bool { return r["Infraction Details"] != "" })
	var want view
	fines, notFinal := money{Currency: "CAD"}, int64(0)
	for _, r := range infractions {
		c := cents(t, r["Amount Fined"])
		if fines.Amount += c; c > 0 || strings.HasPrefix(r["Outcome"], "Conviction - Fined") {
			want.Counts.Penalties++
		}
		if c > 0 && !strings.HasPrefix(r["Outcome"], "Conviction") {
			notFinal++
		}
		if strings.HasPrefix(r["Severity"], "C") {
			want.Counts.MajorFindings++
		}
	}
	want.Counts.Findings, want.Counts.Inspections = int64(len(infractions)), distinct(rows, "Inspection ID")
	want.Fines = []money{fines}
	var city struct {
		view
		NotFinal int64 `json:"penalties_not_final"`
	}
	office.get("/v1/city", &city)
	wantView(t, "all establishments", city.view, want)
	if city.NotFinal != notFinal || notFinal == 0 {
		t.Errorf("%d contradictory fines are flagged, the file has %d", city.NotFinal, notFinal)
	}
	known(t, office, distinct(rows, "Establishment ID"))
	wantReports(t, s, office, numberAfter("toronto"), byAwk(t, "toronto", toronto))
	if again := importFiles(t, s, "toronto", toronto); again.Appended != 0 || again.AlreadyPresent != sum.Appended {
		t.Errorf("second run: %+v after %+v", again, sum)
	}
}

// A row that was changed in a newer file is amended: figures are those of the newer file, and importing it again adds nothing.
func TestAnAmendedRowIsFollowed(t *testing.T) {
	t.Parallel()
	s := start(t, t.TempDir())
	office := s.as("supervision-office")
	importFiles(t, s, "toronto", toronto)
	whole, err := os.ReadFile(toronto)
	must(t, err)
	const fined = "Conviction - Fined,60\n"
	text := strings.Replace(string(whole), fined, "Conviction - Fined,61.50\n", 1)
	text = strings.Replace(text, fined, "Charges Withdrawn,\n", 1)
	text = strings.Replace(text, fined, "Pending,\n", 1)
	newer := filepath.Join(t.TempDir(), "newer.csv")
	must(t, os.WriteFile(newer, []byte(text), 0o600))
	first := importFiles(t, s, "toronto", newer)
	// Three findings and a fine were stated otherwise, two fines no more, and one is lawfully none.
	if first.Appended != 7 {
		t.Errorf("%+v", first)
	}
	rows, want := table(t, newer), view{}
	for _, r := range rows {
		if c := cents(t, r["Amount Fined"]); c > 0 || strings.HasPrefix(r["Outcome"], "Conviction - Fined") {
			want.Counts.Penalties++
		}
	}
	var city view
	if office.get("/v1/city", &city); city.Counts.Penalties != want.Counts.Penalties || len(city.Fines) != 1 ||
		city.Fines[0].Amount != totalOf(t, rows, "Amount Fined") {
		t.Errorf("%d penalties and %v, the newer file has %d and %d", city.Counts.Penalties, city.Fines, want.Counts.Penalties,
			totalOf(t, rows, "Amount Fined"))
	}
	if again := importFiles(t, s, "toronto", newer); again.Appended != 0 {
		t.Errorf("the newer file again: %+v", again)
	}
}

// totalOf adds the amounts of a column.
func totalOf(t *testing.T, rows []map[string]string, column string) (sum int64) {
	t.Helper()
	for _, r := range rows {
		sum += cents(t, r[column])
	}
	return sum
}

// known wants this number of subjects in the register.
func known(t *testing.T, office *client, want int64) {
	t.Helper()
	var page struct{ Total int64 }
	if office.get("/v1/subjects?limit=1&total=exact", &page); page.Total != want {
		t.Errorf("%d subjects, the file has %d", page.Total, want)
	}
}

var chicago = flag.Int("chicago", 12, "TestChicagoImports… imports one license of so many; 1: the whole files")

func TestChicagoImportsWithTheTotalsOfTheFiles(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("ANJIAN_TEST_DATA")
	if dir == "" {
		dir = "../../shared/data"
	}
	inspections, items := filepath.Join(dir, "chicago_food_inspections.csv.gz"), filepath.Join(dir, "chicago_food_inspection_items.csv.gz")
	if _, err := os.Stat(inspections); err != nil {
		needs.Missing(t, needs.Records, "the Chicago files may not be copied into this repository: ANJIAN_TEST_DATA is their directory")
	}
	imported := func(license string) bool {
		return crc32.ChecksumIEEE([]byte(license))%uint32(*chicago) == 0 //nolint:gosec // a small number
	}
	counted := kept(byAwk(t, "chicago", inspections, items), imported)
	visits := map[string]bool{}
	inspections = part(t, inspections, func(row map[string]string) bool {
		kept := imported(row["License"])
		visits[row["Inspection_ID"]] = visits[row["Inspection_ID"]] || kept
		return kept
	})
	items = part(t, items, func(row map[string]string) bool { return visits[row["Inspection_ID"]] })
	s := start(t, t.TempDir(), "--no-report-database=false", "--reports", ownReports)
	office := s.as("supervision-office")
	rows, checks := table(t, inspections), table(t, items)
	if len(rows)**chicago < 20_000 || len(checks)**chicago < 80_000 {
		t.Errorf("only %d inspections with %d items are left of the files", len(rows), len(checks))
	}
	sum := importFiles(t, s, "chicago", inspections, items)
	if sum.Rows != len(rows)+len(checks) || sum.Unmapped != 0 {
		t.Errorf("%+v for %d and %d rows", sum, len(rows), len(checks))
	}
	var want view
	want.Counts.Inspections, want.Counts.Checks, want.Fines = int64(len(rows)), int64(len(checks)), []money{}
	for _, r := range checks {
		want.Counts.Findings += cents(t, r["count"]) / 100
	}
	var city view
	office.get("/v1/city", &city)
	want.Counts.MajorFindings = city.Counts.MajorFindings // the file has no such column
	wantView(t, "the city", city, want)
	known(t, office, distinct(rows, "License"))
	var teams struct{ Teams []struct{ Team, Name string } }
	office.get("/v1/teams?limit=100", &teams)
	named := where(rows, func(r map[string]string) bool { return r["sanitarian"] != "" })
	if int64(len(teams.Teams)) != distinct(named, "sanitarian") {
		t.Errorf("teams: %+v", teams)
	}
	for _, team := range teams.Teams {
		var v view
		office.get("/v1/teams/"+team.Team, &v)
		own := where(rows, func(r map[string]string) bool {
			return r["sanitarian"] != "" && strings.Contains(strings.ToLower(team.Name+" "+team.Team), strings.ToLower(r["sanitarian"]))
		})
		if v.Counts.Inspections != int64(len(own)) {
			t.Errorf("team %s has %d inspections, the file %d", team.Team, v.Counts.Inspections, len(own))
		}
	}
	wantReports(t, s, office, numberAfter("chicago"), counted)
}
