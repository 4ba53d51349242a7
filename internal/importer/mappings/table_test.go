package mappings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/importer"
)

const mshaHeader = "mine_name,current_assessment_amt,iss_dt,inspection_begin_dt,violation_occur_dt\n"

// written makes a file of the test's own and returns its path.
func written(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mshaOf(t testing.TB, text string) (*importer.Dataset, importer.Summary, string) {
	t.Helper()
	var out strings.Builder
	d, sum, err := importer.Read(MSHA, []string{written(t, "f.csv", text)}, &out)
	if err != nil {
		t.Fatal(err)
	}
	return d, sum, out.String()
}

func TestBadRowsAreListedWithTheirLineAndDoNotStopTheRest(t *testing.T) {
	good := "Pit,50.00,1995-09-20,1995-07-03,1995-09-20\n"
	for name, c := range map[string]struct{ row, said string }{
		"too few columns":     {"Pit,50.00,1995-09-20\n", "f.csv:3: 3 columns, the header has 5"},
		"no date":             {"Pit,50.00,20/09/1995,1995-07-03,1995-09-20\n", `f.csv:3: iss_dt: "20/09/1995" is no date`},
		"impossible date":     {"Pit,50.00,1995-02-30,1995-07-03,1995-09-20\n", `f.csv:3: iss_dt: "1995-02-30"`},
		"no amount":           {"Pit,$50,1995-09-20,1995-07-03,1995-09-20\n", `f.csv:3: current_assessment_amt: "$50" is no amount`},
		"tenths of a cent":    {"Pit,50.001,1995-09-20,1995-07-03,1995-09-20\n", `"50.001" is no amount`},
		"negative":            {"Pit,-5,1995-09-20,1995-07-03,1995-09-20\n", `"-5" is no amount`},
		"overflow":            {"Pit,99999999999999999999,1995-09-20,1995-07-03,1995-09-20\n", "is too large"},
		"no mine":             {",50.00,1995-09-20,1995-07-03,1995-09-20\n", "f.csv:3: mine_name: missing"},
		"a quote inside":      {"Pi\"t\",50.00,1995-09-20,1995-07-03,1995-09-20\n", "f.csv:3: bare"},
		"a quote left open":   {"\"Pit,50.00,1995-09-20,1995-07-03,1995-09-20\n", "f.csv:3: "},
		"a control character": {"P\u202et,50.00,1995-09-20,1995-07-03,1995-09-20\n", "mine_name: U+202E at character 2"},
		"not UTF-8":           {"P\xfct,50.00,1995-09-20,1995-07-03,1995-09-20\n", "f.csv:3: not UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			d, sum, text := mshaOf(t, mshaHeader+good+c.row+good+"\n"+good)
			if sum.Rows != 4 || sum.Unmapped != 1 || !strings.Contains(text, c.said) {
				t.Errorf("%d rows, %d bad, report:\n%s", sum.Rows, sum.Unmapped, text)
			}
			if len(d.Subjects) != 1 {
				t.Fatalf("%d subjects", len(d.Subjects))
			}
			if counts, _ := facts(d.Subjects[0]()); counts["finding-recorded"] != 3 {
				t.Errorf("%d of 3 good rows were mapped", counts["finding-recorded"])
			}
		})
	}
}

func TestAQuotedFieldMaySpanLines(t *testing.T) {
	d, sum, _ := mshaOf(t, mshaHeader+"\"Pit\nof \"\"two\"\" lines\",1,1995-09-20,1995-07-03,1995-09-20\nPit,x,,,\n")
	if sum.Rows != 2 || sum.Unmapped != 1 || len(d.Subjects) != 1 {
		t.Errorf("%d rows, %d bad, %d subjects", sum.Rows, sum.Unmapped, len(d.Subjects))
	}
}

func TestAnAssessmentOfZeroIsAFindingWithoutPenalty(t *testing.T) {
	d, _, _ := mshaOf(t, mshaHeader+"Pit,0.00,1995-09-20,1995-07-03,1995-09-20\nPit,,1995-09-20,1995-07-03,1995-09-20\n")
	if counts, _ := facts(d.Subjects[0]()); counts["finding-recorded"] != 2 || counts["penalty-decided"] != 0 {
		t.Errorf("got %v", counts)
	}
}

func TestAFileWithoutARequiredColumnIsRefusedByName(t *testing.T) {
	_, _, err := importer.Read(MSHA, []string{written(t, "f.csv", "mine_name,iss_dt\n")}, nil)
	if err == nil || !strings.Contains(err.Error(), "current_assessment_amt") {
		t.Errorf("got %v", err)
	}
	if _, _, err := importer.Read(Chicago, chicagoFiles[:1], nil); err == nil || !strings.Contains(err.Error(), "Chicago food inspections") {
		t.Errorf("items alone: %v", err)
	}
}

func TestChicagoItemsThatBelongNowhereAreListed(t *testing.T) {
	var out strings.Builder
	items := written(t, "i.csv", "Inspection_ID,item_no,count\n900001,32,1\n900001,32,1\n5,1,1\n900001,3,many\n900002,,1\n")
	_, sum, err := importer.Read(Chicago, []string{chicagoFiles[1], items}, &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{"i.csv:3: item 32 of inspection 900001 stood", `i.csv:4: no inspection "5"`, `i.csv:5: count: "many"`,
		`i.csv:6: item_no`} {
		if !strings.Contains(out.String(), said) {
			t.Errorf("the report does not say %q:\n%s", said, out.String())
		}
	}
	if sum.Unmapped != 4 {
		t.Errorf("%d bad rows", sum.Unmapped)
	}
}

func TestAmountsAreExact(t *testing.T) {
	for s, want := range map[string]int64{
		"0": 0, "50.00": 5000, "62.5": 6250, "0.29": 29, "1234567.89": 123456789, "10000000000000.00": event.Amounts.Max,
	} {
		if got, stated, err := parseMinor("a", s); got != want || !stated || err != nil {
			t.Errorf("%q: %d %v %v", s, got, stated, err)
		}
	}
	for _, s := range []string{".5", "5.", "1,000", "1e3", "+1", "٣", "10000000000000.01", "92233720368547758.08"} {
		if got, _, err := parseMinor("a", s); err == nil {
			t.Errorf("%q: accepted as %d", s, got)
		}
	}
}
