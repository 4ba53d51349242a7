package profile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/anjian-ledger/anjian/domain/codes"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// R27: every item of the speech's checklists, with its text; R29, R75: every sector, each with a department.
func TestR27TheProfileOfAnkangIsWhole(t *testing.T) {
	p, err := BuiltIn("ankang")
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string]*codetable.Published{}
	for _, f := range p.Files {
		if f.Table != nil {
			tables[f.Table.Table] = f.Table
		}
		if len(f.Bodies()) != 1 {
			t.Errorf("%s comes in %d parts", f.Name, len(f.Bodies()))
		}
	}
	for _, name := range codes.List("code-table") {
		if tables[name] == nil {
			t.Errorf("it has no table %s", name)
		}
	}
	items := map[string]string{}
	for _, i := range tables[codetable.Checklists].Items {
		items[i.ID] = i.Text
	}
	for id, text := range map[string]string{"E-2": "安全管理制度是否健全", "M-6": "相关处罚是否到位", "H-4": "车间有无生产记录", "C-2": "有无违规操作行为",
		"F-1.nursing-home": "养老院消防措施是否落实", "T-3": "重要路段隐患整治是否完成"} {
		if items[id] != text {
			t.Errorf("%s is %q", id, items[id])
		}
	}
	if n := len(tables[codetable.Sectors].Sectors); n != len(codes.List("sector")) || len(items) != 43 {
		t.Errorf("%d sectors, %d items", n, len(items))
	}
	for _, f := range p.Files {
		if f.Table != nil && f.Table.Document == "" {
			t.Errorf("%s does not say where it is from", f.Name)
		}
	}
	if _, err := BuiltIn("atlantis"); err == nil || !strings.Contains(err.Error(), "ankang") {
		t.Error(err)
	}
}

// R29: a table that is larger than one event comes in parts, which the rules take as one.
func TestR29ALargeTableComesInParts(t *testing.T) {
	var rows []string
	for i := range 900 {
		rows = append(rows, fmt.Sprintf(`{"id":"u-%d","name":"%s","sectors":["MINE"]}`, i, strings.Repeat("局", 60)))
	}
	file := func(rows []string) fstest.MapFS {
		return fstest.MapFS{"units.json": {Data: []byte("{\"table\":\"units\",\"units\":[\n" + strings.Join(rows, ",\n") + "\n]}")}}
	}
	p, err := Read(file(rows), "city")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, b := range p.Files[0].Bodies() {
		n += b.Data.(*codetable.Published).Rows()
	}
	if parts := len(p.Files[0].Bodies()); parts < 4 || n != 900 {
		t.Errorf("%d parts with %d units", parts, n)
	}
	// A fault in a later part stands on its line of the file.
	rows[700] = rows[3]
	rows[899] = `{"id":"","name":"局","sectors":[]}`
	wants(t, file(rows), "city/units.json:901: ")
	rows[899] = `{"id":"z","name":"局","sectors":[]}`
	wants(t, file(rows), "city/units.json:702: ")
}

// wants wants faults whose texts begin so, in both languages.
func wants(t *testing.T, dir fstest.MapFS, want ...string) {
	t.Helper()
	_, err := Read(dir, "city")
	var got []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			var f *Fault
			if !errors.As(e, &f) || f.English == "" || f.Chinese == "" {
				t.Errorf("no fault: %v", e)
			}
			got = append(got, e.Error())
		}
	} else {
		t.Fatalf("%v", err)
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("faults\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestEachFaultIsToldWithFileAndLine(t *testing.T) {
	one := func(text string) fstest.MapFS { return fstest.MapFS{"a.json": {Data: []byte(text)}} }
	wants(t, one("{\n \"table\": \"units\",\n \"units\": [}"), "city/a.json:3: ")
	wants(t, one("{\n \"table\": \"units\",\n \"unit\": []}"), "city/a.json:3: ")
	wants(t, one("{\n \"table\": \"units\",\n \"units\": 5}"), "city/a.json:3: ")
	wants(t, one("{\n \"table\": \"parks\"}"), "city/a.json:2: ")
	wants(t, one("{\n \"table\": \"units\",\n \"part\": {\"number\": 1, \"of\": 1}}"), "city/a.json:3: ")
	wants(t, one("{\n \"table\": \"units\",\n \"units\": [\n  {\"id\": \"u\", \"name\": \"n\", \"sectors\": []},\n"+
		"  {\"id\": \"v\", \"name\": \"n\", \"county\": \"999999\", \"sectors\": []}]}"), "city/a.json:5: ")
	wants(t, one("{\n \"table\": \"units\",\n \"units\": [\n  {\"id\": \"u\", \"name\": \"n\", \"sectors\": [\"NONE\"]}]}"), "city/a.json:4: ")
	wants(t, one("{\n \"table\": \"holidays\",\n \"document\": \"d\",\n \"calendar\": {\"year\": 2019, \"holidays\": [\n"+
		"  {\"name\": \"n\", \"from\": \"2019-05-01\", \"to\": \"2019-05-04\"}],\n  \"worked\": [\"2019-05-04\"]}}"), "city/a.json:6: ")
	wants(t, one("{\n \"table\": \"law-limits\",\n \"limits\": [\n  {\"matter\": \"decision\", \"law\": \"行政处罚法\", \"version\": "+
		"\"2021-01-22\", \"article\": \"60\", \"number\": 91, \"unit\": \"days\", \"from\": \"2021-07-15\", \"confirmed\": true}]}"),
		"city/a.json:4: ")
	wants(t, fstest.MapFS{
		"b.json": {Data: []byte("{\"table\":\"sectors\",\"sectors\":[{\"code\":\"MINE\",\"name\":\"矿山\"},{\"code\":\"EDU\",\"name\":\"教育\"}]}")},
		"c.json": {Data: []byte("{\"table\":\"responsibility-map\",\n\"responsibilities\":[\n{\"sector\":\"MINE\",\"department\":\"u\"}]}")},
		"d.json": {Data: []byte("{\"version\":\"1\",\n\"document\":\"\",\n\"in_force_from\":\"2019-11-31\"}")},
	}, "city/d.json:2: ", "city/d.json:3: ")
	wants(t, fstest.MapFS{
		"b.json": {Data: []byte("{\"table\":\"sectors\",\"sectors\":[{\"code\":\"MINE\",\"name\":\"矿山\"},{\"code\":\"EDU\",\"name\":\"教育\"}]}")},
		"c.json": {Data: []byte("{\"table\":\"responsibility-map\",\n\"responsibilities\":[\n{\"sector\":\"MINE\",\"department\":\"u\"}]}")},
	}, "city/c.json:1: ")
	if _, err := Read(fstest.MapFS{}, "city"); err == nil {
		t.Error("an empty directory is a profile")
	}
}
