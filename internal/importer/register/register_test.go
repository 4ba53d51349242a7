package register_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/importer/register"
	"github.com/anjian-ledger/anjian/internal/importer/sheet"
)

var update = flag.Bool("update", false, "write the golden files anew")

// ledger keeps what it is sent, and lists subjects of others. What the rules say is tested with the real one, in package test.
type ledger struct {
	mu      sync.Mutex
	events  []json.RawMessage
	others  string // lines of GET /v1/subjects
	refuses string // a text; an event that has it is refused
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch r.URL.Path {
	case "/v1/subjects":
		fmt.Fprintf(w, `{"subjects":[%s],"known":%d}`, l.others, len(l.events)+strings.Count(l.others, "{"))
		return
	case "/v1/me/entries":
		var entries []string
		for i, e := range l.events {
			var said struct{ Subject string }
			_ = json.Unmarshal(e, &said)
			entries = append(entries, fmt.Sprintf(`{"index":%d,"stream":%q,"event":%s}`, i, said.Subject, e))
		}
		fmt.Fprintf(w, `{"entries":[%s],"more":false}`, strings.Join(entries, ","))
		return
	}
	var events []json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&events); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var answers, faults []string
	for i, e := range events {
		if l.refuses != "" && bytes.Contains(e, []byte(l.refuses)) {
			faults = append(faults, fmt.Sprintf(`{"item":%d,"code":"uscc-malformed","status":422,"detail":"no"}`, i))
		}
		answers = append(answers, `{"id":"x"}`)
	}
	if faults != nil {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `{"code":"uscc-malformed","faults":[%s]}`, strings.Join(faults, ","))
		return
	}
	if r.URL.Path == "/v1/events" {
		l.events = append(l.events, events...)
	}
	fmt.Fprintf(w, `{"receipts":[%s],"events":[%[1]s]}`, strings.Join(answers, ","))
}

// imported imports a file and returns the rejects, one line of "row|column|code" each.
func imported(t testing.TB, l *ledger, c register.Config) (register.Summary, string, error) {
	t.Helper()
	srv := httptest.NewServer(l)
	defer srv.Close()
	var err error
	if c.Client, err = client.New(client.Config{URL: srv.URL, Patience: -1}); err != nil {
		t.Fatal(err)
	}
	var rejects bytes.Buffer
	c.Source, c.Day, c.Rejects = "register", time.Date(2026, 11, 26, 0, 0, 0, 0, event.Beijing), &rejects
	sum, err := register.Run(context.Background(), c)
	rows, cerr := csv.NewReader(&rejects).ReadAll()
	if cerr != nil {
		t.Fatal(cerr)
	}
	var b strings.Builder
	for _, r := range rows[1:] {
		fmt.Fprintf(&b, "%s|%s|%s\n", r[0], r[1], r[3])
		for _, said := range r[4:] {
			if said == "" || strings.Contains(said, "{}") {
				t.Errorf("a reject without reason or remedy: %q", r)
			}
		}
	}
	return sum, b.String(), err
}

func written(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTheMappingIsFrozen: what each row gives, byte for byte; ids are permanent.
func TestTheMappingIsFrozen(t *testing.T) {
	l := &ledger{}
	sum, rejects, err := imported(t, l, register.Config{File: "testdata/register.csv", Apply: true})
	if err != nil || rejects != "" || sum.New != 6 {
		t.Fatalf("%+v %q %v", sum, rejects, err)
	}
	var got bytes.Buffer
	for _, e := range l.events {
		got.Write(append(e, '\n'))
	}
	const golden = "testdata/register.ndjson"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%v; got\n%s", err, got.Bytes())
	}
}

const head = "企业名称,统一社会信用代码,行业领域,县区,规模\n"

// code is a credit code that is right.
func code(n int) string { return codes.SyntheticUSCC("610902", n) }

func TestEachBadRowIsRejectedWithItsReason(t *testing.T) {
	wrong := code(1)[:17] + map[bool]string{true: "1", false: "0"}[code(1)[17] == '0']
	for name, c := range map[string]struct{ rows, want string }{
		"good":                     {"甲," + code(1) + ",矿山,汉滨区,大型\n", ""},
		"no name":                  {"," + code(1) + ",矿山,汉滨区,大型\n", "2|企业名称|required\n"},
		"no county and sector":     {"甲," + code(1) + ",,,\n", "2|县区|required\n2|行业领域|required\n"},
		"a number of Excel":        {"甲,9.16109E+17,矿山,汉滨区,\n", "2|统一社会信用代码|digits-lost\n"},
		"full-width letters":       {"甲,９．１６Ｅ＋１７,矿山,汉滨区,\n", "2|统一社会信用代码|digits-lost\n"},
		"a code that is too short": {"甲,123,矿山,汉滨区,\n", "2|统一社会信用代码|uscc-malformed\n"},
		"a wrong check character":  {"甲," + wrong + ",矿山,汉滨区,\n", "2|统一社会信用代码|uscc-check-failed\n"},
		"a code in small letters":  {"甲," + strings.ToLower(code(1)) + ",矿山,汉滨区,\n", ""},
		"an unknown sector":        {"甲,,采矿业,汉滨区,\n", "2|行业领域|no-such-word\n"},
		"a county elsewhere":       {"甲,,矿山,雁塔区,\n", "2|县区|no-such-region\n"},
		"an unknown size":          {"甲,,矿山,汉滨区,巨型\n", "2|规模|no-such-word\n"},
		"a formula":                {"=A1,,矿山,汉滨区,\n", "2|企业名称|formula\n"},
		"a name that is too long":  {strings.Repeat("甲", 201) + ",,矿山,汉滨区,\n", "2|企业名称|invalid\n"},
		"too many fields":          {"甲,,矿山,汉滨区,大型,东路,1\n", "2||too-wide\n"},
		"bad quotes":               {"\"甲,,矿山,汉滨区,\n", "2||bad-quotes\n"},
		"twice by code": {"甲," + code(1) + ",矿山,汉滨区,\n乙," + code(1) + ",矿山,汉滨区,\n",
			"3||same-in-file\n"},
		"twice by name": {"甲,,矿山,汉滨区,\n（甲）,,矿山,汉滨区,\n甲,,工贸,汉滨区,\n甲,,矿山,汉阴县,\n", "4||same-in-file\n"},
		"twice, one has no code": {"甲," + code(1) + ",矿山,汉滨区,\n甲,,矿山,汉滨区,\n乙,,矿山,汉滨区,\n乙," + code(2) + ",矿山,汉滨区,\n",
			"3||same-in-file\n5||same-in-file\n"},
		"one name, two codes": {"甲," + code(1) + ",矿山,汉滨区,\n甲," + code(2) + ",矿山,汉滨区,\n", ""},
	} {
		l := &ledger{}
		sum, rejects, err := imported(t, l, register.Config{File: written(t, "f.csv", head+c.rows)})
		if err != nil || rejects != c.want {
			t.Errorf("%s: %v\n got %q\nwant %q", name, err, rejects, c.want)
		}
		if sum.Rows != sum.New+sum.Changed+sum.Equal+sum.Elsewhere+sum.Rejected || l.events != nil {
			t.Errorf("%s: %+v does not add up, or a dry run has written %d events", name, sum, len(l.events))
		}
	}
}

func TestAFileThatIsNoRegisterIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"no header":   {"甲,乙\n1,2\n", register.NoHeader},
		"empty":       {"", register.NoHeader},
		"no county":   {"企业名称,行业领域\n甲,矿山\n", register.NoColumn},
		"twice":       {"企业名称,单位名称,行业,县区\n甲,乙,矿山,汉滨区\n", register.ColumnTwice},
		"no rows":     {head, register.NoRows},
		"not a table": {"\x00\x01\x02\x00", sheet.Binary},
		"old":         {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", sheet.OldWorkbook},
		"GB18030":     {"\xc6\xf3\xd2\xb5\xc3\xfb\xb3\xc6\n", sheet.WrongEncoding},
	} {
		_, _, err := imported(t, &ledger{}, register.Config{File: written(t, "f.csv", c.content)})
		f, ok := errors.AsType[*register.FileFault](err)
		if !ok || f.Code != c.want || !strings.Contains(f.Error(), " / ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheSameFileAgainAddsNothing, nor on another day; a changed row is corrected once, and so is the next change.
func TestTheSameFileAgainAddsNothing(t *testing.T) {
	l := &ledger{}
	first := head + "甲," + code(1) + ",矿山,汉滨区,大型\n乙,,工贸;消防,汉阴县,\n丙," + code(3) + ",矿山,汉滨区,\n"
	for _, step := range []struct {
		file string
		want register.Summary
	}{
		{first, register.Summary{Rows: 3, New: 3}},
		{first, register.Summary{Rows: 3, Equal: 3}},
		{strings.Replace(first, "大型", "中型", 1), register.Summary{Rows: 3, Changed: 1, Equal: 2}},
		{strings.Replace(first, "大型", "中型", 1), register.Summary{Rows: 3, Equal: 3}},
		{first, register.Summary{Rows: 3, Changed: 1, Equal: 2}},
		{strings.Replace(first, "乙,,", "乙,"+code(2)+",", 1), register.Summary{Rows: 3, Changed: 1, Equal: 2}}, // it has a code now
		{first, register.Summary{Rows: 3, Equal: 3}},                                                          // an empty cell says nothing
		{strings.Replace(first, "汉滨区", "白河县", 1), register.Summary{Rows: 3, Equal: 2, Rejected: 1}},
		{strings.Replace(first, "矿山", "工贸", 1), register.Summary{Rows: 3, Equal: 2, Rejected: 1}},
		{strings.Replace(first, "工贸;消防", "消防、工贸", 1), register.Summary{Rows: 3, Changed: 1, Equal: 2}},
	} {
		before := len(l.events)
		step.want.Applied = true
		sum, rejects, err := imported(t, l, register.Config{File: written(t, "f.csv", step.file), Apply: true})
		sum.Unread, sum.Sheets = nil, nil
		if err != nil || fmt.Sprint(sum) != fmt.Sprint(step.want) || len(l.events)-before != sum.New+sum.Changed {
			t.Errorf("got %+v %v %q, %d events; want %+v", sum, err, rejects, len(l.events)-before, step.want)
		}
	}
	ids := map[string]bool{}
	for _, e := range l.events {
		var said struct{ ID string }
		if err := json.Unmarshal(e, &said); err != nil || ids[said.ID] {
			t.Errorf("%v, or twice: %s", err, e)
		}
		ids[said.ID] = true
	}
}

func TestSubjectsOfOthersAreLeftAsTheyAre(t *testing.T) {
	l := &ledger{others: `{"subject":"a","name":"甲","uscc":"` + code(1) +
		`","county":"610902"},{"subject":"b","name":"乙","county":"610902"},` +
		`{"subject":"c","name":"丙","county":"610902"},{"subject":"d","name":"丙","county":"610902"}`}
	sum, rejects, err := imported(t, l, register.Config{Apply: true, File: written(t, "f.csv", head+"甲,"+code(1)+",矿山,汉滨区,\n"+
		"乙,"+code(2)+",矿山,汉滨区,\n丙,,矿山,汉滨区,\n丁,,矿山,汉滨区,\n")})
	if want := "3|企业名称|differs-elsewhere\n4|企业名称|ambiguous\n"; err != nil || rejects != want || sum.Elsewhere != 1 || sum.New != 1 {
		t.Errorf("%+v %v %q", sum, err, rejects)
	}
}

func TestWhatTheLedgerRefusesIsOneReject(t *testing.T) {
	for _, apply := range []bool{true, false} {
		l := &ledger{refuses: "乙"}
		sum, rejects, err := imported(t, l, register.Config{Apply: apply, File: written(t, "f.csv", head+"甲,,矿山,汉滨区,\n乙,,矿山,汉滨区,\n"+
			"丙,,矿山,汉滨区,\n")})
		if err != nil || rejects != "3||refused\n" || sum.New != 2 || sum.Rejected != 1 || apply && len(l.events) != 2 {
			t.Errorf("%+v %v %q", sum, err, rejects)
		}
	}
}

func TestAMappingFileExplainsOtherHeaders(t *testing.T) {
	m, err := register.ReadMapping(written(t, "m.toml", `[columns]
"单位全称" = "name"
"排污许可证" = "other_ids.排污许可证"
"联系人" = "source"
[values.sectors]
"采矿业" = "MINE"
[defaults]
region = "610902"
size = "small"
`))
	if err != nil {
		t.Fatal(err)
	}
	l := &ledger{}
	sum, rejects, err := imported(t, l, register.Config{Mapping: m, Apply: true, File: written(t, "f.csv",
		"单位全称,行业,排污许可证,联系人\n甲,采矿业,A-1,王五\n")})
	if err != nil || rejects != "" || sum.New != 1 {
		t.Fatalf("%+v %v %q", sum, err, rejects)
	}
	for _, want := range []string{`"name":"甲"`, `"sectors":["MINE"]`, `"排污许可证":"A-1"`, `"联系人":"王五"`, `"region":"610902"`, `"size":"small"`} {
		if !bytes.Contains(l.events[0], []byte(want)) {
			t.Errorf("%s is not in %s", want, l.events[0])
		}
	}
	for file, want := range map[string]string{
		"[columns]\n\"x\" = \"naem\"\n":                "naem",
		"[colums]\n":                                   "colums",
		"[columns\n":                                   ":1:",
		"[values.sectors]\n\"x\" = \"NOPE!\"\n":        "NOPE!",
		"[values.name]\n\"x\" = \"y\"\n":               "name",
		"[defaults]\nregion = \"999999\"\n":            "999999",
		"[defaults]\nname = \"x\"\n":                   "name",
		"[columns]\n\"x\" = \"other_ids.\"\n":          "other_ids.",
		"[values.size]\n\"x\" = \"gigantic\"\n":        "gigantic",
		"[columns]\n\"x\" = 1\n":                       ":2:",
		"[defaults]\nrisk_classes = \"high-riks\"\n\n": "high-riks",
	} {
		if _, err := register.ReadMapping(written(t, "m.toml", file)); !errors.Is(err, register.ErrMapping) ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", file, err)
		}
	}
}

// TestAWorkbookOfAnOffice: a merged title, notes, dates, a code as number, merged cells, a formula, and a hidden sheet.
func TestAWorkbookOfAnOffice(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	_, err := f.NewSheet("旧")
	rows := [][]any{{"安康市企业名录"}, {"企业名称", "信用代码", "行业", "县区", "成立日期"},
		{"甲", code(1), "矿山", "汉滨区", time.Date(2020, 5, 1, 0, 0, 0, 0, time.UTC)}, {"乙", 916109027000000123, "矿山", "汉滨区"},
		{"丙", "", "工贸", "汉阴县"}, {"丁", "", "工贸", "汉阴县"}, {"戊", "", "工贸", "汉阴县"}}
	for i, row := range rows {
		err = errors.Join(err, f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	err = errors.Join(err, f.SetCellValue("旧", "A1", "企业名称"), f.SetSheetVisible("旧", false), f.MergeCell("Sheet1", "A1", "E1"),
		f.MergeCell("Sheet1", "D5", "D6"), f.SetCellFormula("Sheet1", "A7", "A6&\"戊\""))
	path := filepath.Join(t.TempDir(), "f.xlsx")
	if err = errors.Join(err, f.SaveAs(path)); err != nil {
		t.Fatal(err)
	}
	l := &ledger{}
	sum, rejects, err := imported(t, l, register.Config{File: path, Apply: true})
	want := "4|信用代码|digits-lost\n6|县区|merged\n7|企业名称|formula\n"
	if err != nil || rejects != want || sum.New != 2 || fmt.Sprint(sum.Sheets) != "[旧]" ||
		!bytes.Contains(l.events[0], []byte(`"成立日期":"2020-05-01"`)) {
		t.Errorf("%+v %v %q %s", sum, err, rejects, l.events)
	}
}

// FuzzRegister: each row of any text is counted once, and what is sent is sent once.
func FuzzRegister(f *testing.F) {
	f.Add("甲," + code(1) + ",矿山,汉滨区,大型\n")
	f.Add("甲,9.16E+17,矿山,汉滨区,\n\"\n,,,,,\n")
	f.Fuzz(func(t *testing.T, rows string) {
		l := &ledger{}
		c := register.Config{File: written(t, "f.csv", head+rows), Apply: true}
		first, _, err := imported(t, l, c)
		if err != nil {
			return // of the file as a whole
		}
		if first.Rows != first.New+first.Rejected || len(l.events) != first.New {
			t.Fatalf("%+v, %d events", first, len(l.events))
		}
		again, _, err := imported(t, l, c)
		if err != nil || again.Equal != first.New || again.New+again.Changed > 0 {
			t.Fatalf("%+v, then %+v, %v", first, again, err)
		}
	})
}
