package importer

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
)

const mshaHeader = "mine_name,current_assessment_amt,iss_dt,inspection_begin_dt,violation_occur_dt\n"

func mshaOf(t testing.TB, text string) (*dataset, *report, string) {
	t.Helper()
	var out strings.Builder
	rep := newReport(&out)
	tab, err := readTable("f.csv", strings.NewReader(text), []kind{mshaKind}, rep)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAuthor(MSHA)
	if err != nil {
		t.Fatal(err)
	}
	return mapMSHA(a, [][]*table{{tab}}, rep), rep, out.String()
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
			d, rep, text := mshaOf(t, mshaHeader+good+c.row+good+"\n"+good)
			if rep.rows != 4 || rep.bad != 1 || !strings.Contains(text, c.said) {
				t.Errorf("%d rows, %d bad, report:\n%s", rep.rows, rep.bad, text)
			}
			if len(d.subjects) != 1 {
				t.Fatalf("%d subjects", len(d.subjects))
			}
			if counts, _ := facts(d.subjects[0]()); counts["finding-recorded"] != 3 {
				t.Errorf("%d of 3 good rows were mapped", counts["finding-recorded"])
			}
		})
	}
}

func TestAQuotedFieldMaySpanLines(t *testing.T) {
	d, rep, _ := mshaOf(t, mshaHeader+"\"Pit\nof \"\"two\"\" lines\",1,1995-09-20,1995-07-03,1995-09-20\nPit,x,,,\n")
	if rep.rows != 2 || rep.bad != 1 || len(d.subjects) != 1 {
		t.Errorf("%d rows, %d bad, %d subjects", rep.rows, rep.bad, len(d.subjects))
	}
}

func TestAnAssessmentOfZeroIsAFindingWithoutPenalty(t *testing.T) {
	d, _, _ := mshaOf(t, mshaHeader+"Pit,0.00,1995-09-20,1995-07-03,1995-09-20\nPit,,1995-09-20,1995-07-03,1995-09-20\n")
	if counts, _ := facts(d.subjects[0]()); counts["finding-recorded"] != 2 || counts["penalty-decided"] != 0 {
		t.Errorf("got %v", counts)
	}
}

func TestAFileWithoutARequiredColumnIsRefusedByName(t *testing.T) {
	_, err := readTable("f.csv", strings.NewReader("mine_name,iss_dt\n"), []kind{mshaKind}, newReport(nil))
	if err == nil || !strings.Contains(err.Error(), "current_assessment_amt") {
		t.Errorf("got %v", err)
	}
	if _, err := load(Chicago, chicagoFiles[:1], newReport(nil)); err == nil || !strings.Contains(err.Error(), "Chicago food inspections") {
		t.Errorf("items alone: %v", err)
	}
}

func TestChicagoItemsThatBelongNowhereAreListed(t *testing.T) {
	var out strings.Builder
	rep := newReport(&out)
	visits, err := readFile(chicagoFiles[1], []kind{chicagoInspections}, rep)
	if err != nil {
		t.Fatal(err)
	}
	items, err := readTable("i.csv", strings.NewReader("Inspection_ID,item_no,count\n900001,32,1\n900001,32,1\n5,1,1\n900001,3,many\n900002,,1\n"), []kind{chicagoItems}, rep)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newAuthor(Chicago)
	if err != nil {
		t.Fatal(err)
	}
	mapChicago(a, [][]*table{{visits}, {items}}, rep)
	for _, said := range []string{"i.csv:3: item 32 of inspection 900001 stood", `i.csv:4: no inspection "5"`, `i.csv:5: count: "many"`, `i.csv:6: item_no`} {
		if !strings.Contains(out.String(), said) {
			t.Errorf("the report does not say %q:\n%s", said, out.String())
		}
	}
	if rep.bad != 4 {
		t.Errorf("%d bad rows", rep.bad)
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

func FuzzReadTable(f *testing.F) {
	f.Add(mshaHeader + "Pit,50.00,1995-09-20,1995-07-03,1995-09-20\n")
	f.Add(mshaHeader + "\"Pit\n\",50.00,1995-09-20,1995-07-03,1995-09-20\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		rep := newReport(nil)
		tab, err := readTable("f.csv", strings.NewReader(text), []kind{mshaKind}, rep)
		if err != nil {
			return
		}
		if len(tab.rows)+rep.bad != rep.rows {
			t.Fatalf("%d rows: %d kept and %d listed", rep.rows, len(tab.rows), rep.bad)
		}
		a, err := newAuthor(MSHA)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mapMSHA(a, [][]*table{{tab}}, rep).check(); err != nil {
			t.Fatal(err)
		}
	})
}
