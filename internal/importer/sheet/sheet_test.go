package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/anjian-ledger/anjian/internal/importer/sheet"
)

// written writes a file and returns its name.
func written(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// told is what a file reads as: one line for each row, cells with their notes between bars, and the code of the fault that ends it.
func told(path string, o sheet.Options) string {
	r, err := sheet.Open(path, o)
	if err != nil {
		return faultOf(err)
	}
	defer r.Close()
	var b strings.Builder
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return b.String()
		}
		if err != nil {
			return b.String() + faultOf(err)
		}
		fmt.Fprintf(&b, "%d%s", row.Number, row.Fault)
		for _, c := range row.Cells {
			fmt.Fprintf(&b, "|%s", c.Text)
			if c.Note != "" {
				fmt.Fprintf(&b, "<%s>", c.Note)
			}
		}
		b.WriteString("\n")
	}
}

func faultOf(err error) string {
	if f, ok := errors.AsType[*sheet.Fault](err); ok {
		return "!" + f.Code
	}
	return "!?" + err.Error()
}

func utf16of(s string, order binary.AppendByteOrder, bom bool) (b []byte) {
	if bom {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

func gb(t *testing.T, s string) []byte {
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryHostileTextFileHasItsAnswer(t *testing.T) {
	const table = "名称,县区\n甲,汉滨区\n"
	const reads = "1|名称|县区\n2|甲|汉滨区\n"
	for name, c := range map[string]struct {
		content []byte
		o       sheet.Options
		want    string
	}{
		"UTF-8":                     {[]byte(table), sheet.Options{}, reads},
		"UTF-8 with mark":           {[]byte("\ufeff" + table), sheet.Options{}, reads},
		"carriage returns":          {[]byte(strings.ReplaceAll(table, "\n", "\r\n")), sheet.Options{}, reads},
		"UTF-16 little with mark":   {utf16of(table, binary.LittleEndian, true), sheet.Options{}, reads},
		"UTF-16 big with mark":      {utf16of(table, binary.BigEndian, true), sheet.Options{}, reads},
		"UTF-16 little":             {utf16of(table, binary.LittleEndian, false), sheet.Options{}, reads},
		"UTF-16 by option":          {utf16of(table, binary.BigEndian, false), sheet.Options{Encoding: "utf-16"}, reads},
		"Unicode text of Excel":     {utf16of(strings.ReplaceAll(table, ",", "\t"), binary.LittleEndian, true), sheet.Options{}, reads},
		"GB18030 by option":         {gb(t, table), sheet.Options{Encoding: "gb18030"}, reads},
		"GB18030 four bytes":        {gb(t, "名称\n㐂𠮷\n"), sheet.Options{Encoding: "gb18030"}, "1|名称\n2|㐂𠮷\n"},
		"GB18030 unasked":           {gb(t, table), sheet.Options{}, "!wrong-encoding"},
		"UTF-8 as GB18030":          {[]byte(table), sheet.Options{Encoding: "gb18030"}, "!wrong-encoding"},
		"UTF-8 mark as GB18030":     {[]byte("\ufeff" + table), sheet.Options{Encoding: "gb18030"}, "!wrong-encoding"},
		"UTF-8 as UTF-16":           {[]byte(table), sheet.Options{Encoding: "utf-16"}, "!wrong-encoding"},
		"no such encoding":          {[]byte(table), sheet.Options{Encoding: "big5"}, "!no-such-encoder"},
		"one bad row":               {[]byte("名称\n甲\n\xff\xfe乙\n丙\n"), sheet.Options{}, "1|名称\n2|甲\n3bad-text\n4|丙\n"},
		"bad bytes in GB18030":      {append(gb(t, "名称\n甲\n"), "\xff\xff\n丙"...), sheet.Options{Encoding: "gb18030"}, ""},
		"NUL bytes":                 {[]byte("a,b\n\x00\x00\x00\x00\n"), sheet.Options{}, "!binary"},
		"empty":                     {nil, sheet.Options{}, ""},
		"blank lines":               {[]byte("\n\n,,,\n名称\n  \n甲\n"), sheet.Options{}, "4|名称\n6|甲\n"},
		"quotes and line feeds":     {[]byte("名称,地址\n\"甲\"\"乙\",\"一\n二\"\n丙,\n"), sheet.Options{}, "1|名称|地址\n2|甲\"乙|一\n二\n4|丙\n"},
		"a quote that never closes": {[]byte("名称\n\"甲\n乙\n"), sheet.Options{}, "1|名称\n2bad-quotes\n3|乙\n"},
		"digits kept as text":       {[]byte("码\n=\"0123\"\n"), sheet.Options{}, "1|码\n2|0123\n"},
		"digits saved again":        {[]byte("码\n\"=\"\"0123\"\"\"\n"), sheet.Options{}, "1|码\n2|0123\n"},
		"a formula":                 {[]byte("码\n=HYPERLINK(1)\n"), sheet.Options{}, "1|码\n2|=HYPERLINK(1)<formula>\n"},
		"1,000 columns":             {[]byte("名称\n" + strings.Repeat("x,", 999) + "x\n甲\n"), sheet.Options{}, "1|名称\n2too-wide\n3|甲\n"},
		"1,000 empty columns":       {[]byte("名称" + strings.Repeat(",", 999) + "\n甲\n"), sheet.Options{}, "1|名称\n2|甲\n"},
		"a line of 3 MiB":           {[]byte("名称\n" + strings.Repeat("x", 3<<20) + "\n甲\n"), sheet.Options{}, "1|名称\n2line-too-big\n3|甲\n"},
		"a cell of 40 KiB":          {[]byte("名称\n" + strings.Repeat("x", 40<<10) + "\n"), sheet.Options{}, "1|名称\n2|<too-long>\n"},
		"an old workbook":           {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1xxxx"), sheet.Options{}, "!old-workbook"},
		"a broken archive":          {[]byte("PK\x03\x04xxxx"), sheet.Options{}, "!damaged"},
	} {
		got := told(written(t, "f.csv", c.content), c.o)
		if name == "bad bytes in GB18030" {
			if !strings.Contains(got, "3bad-text") {
				t.Errorf("%s: %q", name, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

// Parts of a small workbook.
const (
	bookXML = `<workbook xmlns:r="r"><workbookPr/><sheets><sheet name="名录" sheetId="1" r:id="r1"/></sheets></workbook>`
	relsXML = `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="x/worksheet" Target="/xl/worksheets/sheet2.xml"/>` +
		`<Relationship Id="rs" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rt" Type="x/styles" ` +
		`Target="styles.xml"/></Relationships>`
	stylesXML = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m"/><numFmt numFmtId="165" ` +
		`formatCode="[Red]0&quot;day&quot;"/>` +
		`</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/>` +
		`<xf numFmtId="165"/></cellXfs></styleSheet>`
)

// bookOf makes a workbook of rows; parts replace or add others.
func bookOf(t testing.TB, rows string, parts map[string]string) []byte {
	t.Helper()
	all := map[string]string{"xl/workbook.xml": bookXML, "xl/_rels/workbook.xml.rels": relsXML, "xl/styles.xml": stylesXML,
		"xl/sharedStrings.xml": `<sst><si><t>甲</t></si><si><r><t>乙</t></r><r><t xml:space="preserve"> ` +
			`丙</t></r><rPh><t>yi</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + rows + "</sheetData></worksheet>"}
	for name, content := range parts {
		all[name] = content
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range all {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const twoSheets = `<workbook xmlns:r="r"><sheets><sheet name="隐" state="hidden" r:id="r1"/><sheet name="名录" r:id="r2"/></sheets></workbook>`

func TestEveryHostileWorkbookHasItsAnswer(t *testing.T) {
	sheetOf := func(rows string) string { return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>" }
	row := func(cells string) string { return `<row r="1">` + cells + `</row>` }
	for name, c := range map[string]struct {
		rows  string
		parts map[string]string
		o     sheet.Options
		want  string
	}{
		"texts": {row(`<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="D1" t="inlineStr"><is><t>丁</t></is></c>`),
			nil, sheet.Options{}, "1|甲|乙 丙||丁\n"},
		"no references": {`<row><c><v>1</v></c><c><v>2.50</v></c></row><row><c><v>3</v></c></row>`, nil, sheet.Options{},
			"1|1|2.5\n2|3\n"},
		"a code as number": {row(`<c r="A1"><v>9.1610902000000006E+17</v></c><c r="B1"><v>610902000123456</v></c>`), nil, sheet.Options{},
			"1|916109020000000000<rounded>|610902000123456\n"},
		"dates": {row(`<c s="1"><v>45292</v></c><c s="2"><v>45292.75</v></c><c s="3"><v>45292</v></c><c ` +
			`s="0"><v>45292</v></c><c s="1"><v>59</v></c><c s="1"><v>-3</v></c>`), nil, sheet.Options{},
			"1|2024-01-01|2024-01-01|45292|45292|1900-02-28|-3\n"},
		"dates of 1904": {row(`<c s="1"><v>1</v></c>`),
			map[string]string{"xl/workbook.xml": strings.Replace(bookXML, "<workbookPr/>", `<workbookPr date1904="1"/>`, 1)}, sheet.Options{},
			"1|1904-01-02\n"},
		"formulas": {row(`<c><f>A2+1</f><v>7</v></c><c t="str"><f>X()</f><v>甲</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c>`),
			nil, sheet.Options{}, "1|7<formula>|甲<formula>|#N/A<failed>|TRUE\n"},
		"merged down": {`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>`,
			map[string]string{"xl/worksheets/sheet1.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c ` +
				`r="B2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c></row></sheetData><mergeCells count="1"><mergeCell ` +
				`ref="A1:A2"/></mergeCells></worksheet>`}, sheet.Options{}, "1|甲\n2|<merged>|1\n3|2\n"},
		"hidden sheet": {row(`<c><v>1</v></c>`),
			map[string]string{"xl/workbook.xml": twoSheets, "xl/worksheets/sheet2.xml": sheetOf(row(`<c><v>2</v></c>`))}, sheet.Options{}, "1|2\n"},
		"hidden sheet by name": {row(`<c><v>1</v></c>`), map[string]string{"xl/workbook.xml": twoSheets, "xl/worksheets/sheet2.xml": sheetOf("")},
			sheet.Options{Sheet: "隐"}, "1|1\n"},
		"only hidden": {row(`<c><v>1</v></c>`), map[string]string{"xl/workbook.xml": twoSheets, "xl/worksheets/sheet2.xml": sheetOf("")},
			sheet.Options{}, "!no-sheet"},
		"several sheets": {row(`<c><v>1</v></c>`), map[string]string{"xl/workbook.xml": strings.ReplaceAll(twoSheets, ` state="hidden"`, ""),
			"xl/worksheets/sheet2.xml": sheetOf(row(`<c><v>2</v></c>`))}, sheet.Options{}, "!several-sheets"},
		"no such sheet": {row(`<c><v>1</v></c>`), nil, sheet.Options{Sheet: "x"}, "!no-sheet"},
		"no workbook":   {"", map[string]string{"xl/workbook.xml": ""}, sheet.Options{}, "!no-sheet"},
		"sheet is not XML": {"", map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><v/><sheetData><row><c"}, sheet.Options{},
			"!damaged"},
		"text that is not there": {row(`<c t="s"><v>99</v></c>`), nil, sheet.Options{}, "!damaged"},
		"rows backwards":         {`<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>`, nil, sheet.Options{}, "2|1\n!damaged"},
		"the last column": {`<row r="1"><c r="XFD1"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`, nil, sheet.Options{},
			"1too-wide\n2|1\n"},
		"beyond the last": {`<row r="1"><c r="ZZZZ1"><v>1</v></c></row>`, nil, sheet.Options{}, "!damaged"},
		"an entity of a DTD": {"", map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a ` +
			`"b">]><worksheet><v/><sheetData><row><c t="str"><v>&a;</v></c></row></sheetData></worksheet>`}, sheet.Options{}, "!damaged"},
		"a text without end": {row(`<c t="str"><v>` + strings.Repeat("x", 2<<20) + `</v></c>`), nil, sheet.Options{}, "!damaged"},
		"a long text":        {row(`<c t="str"><v>` + strings.Repeat("x", 40<<10) + `</v></c>`), nil, sheet.Options{}, "1|<too-long>\n"},
		"no number":          {row(`<c><v>abc</v></c><c><v>1e999</v></c>`), nil, sheet.Options{}, "1|abc<failed>|1e999<failed>\n"},
		"a target outside": {"", map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" ` +
			`TargetMode="External" Target="http://x/"/></Relationships>`},
			sheet.Options{}, "!no-sheet"},
	} {
		if got := told(written(t, "f.xlsx", bookOf(t, c.rows, c.parts)), c.o); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", name, got[:min(len(got), 300)], c.want)
		}
	}
}

// TestAnArchiveThatUnpacksBeyondItsLimitIsRefused: one of 1 GiB in 1 MB, and one that states less than it has.
func TestAnArchiveThatUnpacksBeyondItsLimitIsRefused(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, _ := z.Create(name)
		zeros := make([]byte, 1<<20)
		for range 300 {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	bomb := b.Bytes()
	if got := told(written(t, "bomb.xlsx", bomb), sheet.Options{}); got != "!too-large" {
		t.Errorf("a bomb: %q", got)
	}
	for size := bomb; ; { // in the directory of the archive, each part has 1,000 bytes
		i := bytes.Index(size, []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		binary.LittleEndian.PutUint32(size[i+24:], 1000)
		size = size[i+4:]
	}
	if got := told(written(t, "liar.xlsx", bomb), sheet.Options{}); got != "!damaged" {
		t.Errorf("a bomb that says it is none: %q", got)
	}
}

// TestAMillionEmptyRowsCostNoMemory reads them, and the one row behind them.
func TestAMillionEmptyRowsCostNoMemory(t *testing.T) {
	var rows strings.Builder
	for i := range 1_000_000 {
		fmt.Fprintf(&rows, `<row r="%d"/>`, i+1)
	}
	rows.WriteString(`<row r="1000001"><c r="A1000001"><v>1</v></c></row>`)
	path := written(t, "f.xlsx", bookOf(t, rows.String(), nil))
	rows.Reset()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if got := told(path, sheet.Options{}); got != "1000001|1\n" {
		t.Errorf("%q", got)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("%d bytes are kept", grown)
	}
}

// TestAWorkbookReadsAsItsLibraryReadsIt compares with excelize, which wrote it.
func TestAWorkbookReadsAsItsLibraryReadsIt(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for i := range 200 {
		for c, v := range []any{"企业" + strings.Repeat("名", i%5), i, float64(i) / 4, fmt.Sprintf("a&b <%d>\n\"x\"", i), nil, i%2 == 0} {
			if i%7 == c { // gaps
				continue
			}
			cell, _ := excelize.CoordinatesToCellName(c+1, i*2+1)
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "f.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	for i, row := range rows {
		if len(row) > 0 {
			fmt.Fprintf(&want, "%d|%s\n", i+1, strings.Join(row, "|"))
		}
	}
	if got := told(path, sheet.Options{}); got != want.String() {
		t.Errorf("got\n%.600s\nwant\n%.600s", got, want.String())
	}
}

// FuzzRead: whatever a file is, reading ends with rows or a fault.
func FuzzRead(f *testing.F) {
	f.Add([]byte("名称,县区\n\"甲\n"), "")
	f.Add([]byte("\xff\xfea\x00,\x00"), "utf-16")
	f.Add([]byte("\x81\x30\x81\x30"), "gb18030")
	f.Add(bookOf(f, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, nil), "")
	f.Fuzz(func(t *testing.T, content []byte, encoding string) {
		if got := told(written(t, "f", content), sheet.Options{Encoding: encoding}); strings.Contains(got, "!?") {
			t.Fatalf("%q", got)
		}
	})
}

// FuzzSheet: whatever the rows of a workbook are.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)
	f.Add(`<row><c><f/><v>1e300</v></c></row><mergeCell ref="A1:XFD1048576"/>`)
	f.Fuzz(func(t *testing.T, rows string) {
		if got := told(written(t, "f", bookOf(t, rows, nil)), sheet.Options{}); strings.Contains(got, "!?") {
			t.Fatalf("%q", got)
		}
	})
}
