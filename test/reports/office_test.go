package reports

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/test/needs"
)

// asTyped is a report of texts that a spreadsheet would compute or round, beside numbers, as what rows are grouped by and one by one.
const asTyped = `/*
report = "typed"
title = {zh = "=1+1", en = "=1+1"}
roles = ["supervision-office"]
rows = ["each", "formula, code"]
dimensions = [{name = "formula", zh = "公式", en = "@formula"}, {name = "code", zh = "代码", en = "code"}]
columns = [
  {name = "n", zh = "数量", en = "number", kind = "count"},
  {name = "debt", zh = "欠款", en = "-debt", kind = "sum", of = "debt"},
  {name = "half", zh = "一半", en = "half", kind = "max", of = "half"}]
detail = [
  {name = "formula", zh = "公式", en = "@formula", kind = "text"}, {name = "phone", zh = "电话", en = "phone", kind = "text"},
  {name = "minus", zh = "负", en = "minus", kind = "text"}, {name = "at", zh = "函数", en = "at", kind = "text"},
  {name = "code", zh = "代码", en = "code", kind = "text"}, {name = "power", zh = "幂", en = "power", kind = "text"},
  {name = "date", zh = "日期", en = "date", kind = "date"}, {name = "none", zh = "无", en = "none", kind = "text"},
  {name = "debt", zh = "欠款", en = "debt", kind = "money"}, {name = "half", zh = "一半", en = "half", kind = "number"}]
*/
SELECT ix, '=HYPERLINK("http://127.0.0.1/?"&A1,"x")' AS formula, '+8613900000000' AS phone, '-5' AS minus, '@SUM(A1:A9)' AS at,
       '091610900000000001' AS code, '9.16E+17' AS power, '2026-12-02' AS date, NULL AS none, -5 AS debt, 1.5 AS half
FROM entries WHERE ix < 3`

// officeCell is a cell as LibreOffice read it: text, or else a number or a truth.
type officeCell struct {
	value string
	text  bool
}

// officeTable reads CSV in which LibreOffice put all texts, and nothing else, between quotes.
func officeTable(file string) (rows [][]officeCell) {
	var row []officeCell
	for rest := file; rest != ""; {
		var c officeCell
		if c.text = rest[0] == '"'; c.text {
			var b strings.Builder
			for rest = rest[1:]; ; {
				part, after, _ := strings.Cut(rest, `"`)
				b.WriteString(part)
				if rest = after; !strings.HasPrefix(rest, `"`) {
					break
				}
				b.WriteByte('"')
				rest = rest[1:]
			}
			c.value = b.String()
		} else {
			end := strings.IndexAny(rest, ",\n")
			c.value, rest = rest[:end], rest[end:]
		}
		row = append(row, c)
		if rest[0] == '\n' {
			rows, row = append(rows, row), nil
		}
		rest = rest[1:]
	}
	return rows
}

// sameCell reports whether a cell is what the answer has: a text letter by letter, a number, which may be shown in per cent, a truth.
func sameCell(t *testing.T, want any, got officeCell) bool {
	t.Helper()
	switch want := want.(type) {
	case string:
		return got == officeCell{want, want != ""}
	case bool:
		return got == officeCell{strings.ToUpper(strconv.FormatBool(want)), false}
	}
	digits, percent := strings.CutSuffix(got.value, "%")
	if percent {
		n, err := strconv.ParseFloat(digits, 64)
		must(t, err)
		digits = strconv.FormatFloat(n/100, 'f', -1, 64)
	}
	return !got.text && sameNumber(want, digits)
}

// converted has LibreOffice write each sheet of the workbooks in a directory as CSV, and returns where.
func converted(t *testing.T, soffice, dir string) (out string) {
	t.Helper()
	books, err := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	// Commas, quotes, UTF-8, from line 1; texts quoted, and nothing else; numbers with all their digits; what a formula gives; every sheet.
	const filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1"
	out = t.TempDir()
	args := append([]string{"-env:UserInstallation=file://" + t.TempDir(), "--headless", "--convert-to", filter, "--outdir", out}, books...)
	if said, err := exec.CommandContext(ctx, soffice, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return out
}

// Every report's workbook says in LibreOffice what the answer says: texts are texts, none of them is computed, and numbers are numbers.
func TestReportsAreReadByLibreOffice(t *testing.T) {
	t.Parallel()
	soffice := needs.Program(t, "soffice")
	w := campaignWorld(t)
	own, dir := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(own, "typed.sql"), []byte(asTyped), 0o600))
	all, err := report.Load(t.Context(), own)
	must(t, err)
	documents := map[string]*report.Document{}
	for _, r := range all {
		for i, rows := range r.RowNames() {
			if i > 0 && *reportDraws == 1 && r.ID != "typed" {
				continue
			}
			x, conn := w.on(w.db, r, r.Roles[0], rows, nil)
			d := w.document(x)
			must(t, conn.Close())
			book, err := d.Table(law.InEnglish).XLSX(d, report.Stand{Position: uint64(len(w.events))}, law.InEnglish)
			must(t, err)
			name := fmt.Sprintf("%s-%d", r.ID, i)
			must(t, os.WriteFile(filepath.Join(dir, name+".xlsx"), book, 0o600))
			documents[name] = d
		}
	}
	out := converted(t, soffice, dir)
	cells := 0
	for name, d := range documents {
		text, err := os.ReadFile(filepath.Join(out, name+"-report.csv"))
		must(t, err)
		cells += sameInOffice(t, name, d.Table(law.InEnglish), officeTable(string(text)))
	}
	t.Logf("%d workbooks, %d cells", len(documents), cells)
	if cells < 1000 {
		t.Errorf("only %d cells were compared", cells)
	}
}

// sameInOffice compares a table, its header and its total with the last lines of a sheet, and returns how many cells it has.
func sameInOffice(t *testing.T, name string, table *report.Table, sheet [][]officeCell) (cells int) {
	t.Helper()
	header := make([]any, len(table.Header))
	for i, h := range table.Header {
		header[i] = h
	}
	want := append([][]any{header}, table.Rows...)
	if table.Total != nil {
		want = append(want, table.Total)
	}
	if len(sheet) < len(want) {
		t.Errorf("%s: LibreOffice reads %d lines, the table has %d", name, len(sheet), len(want))
		return 0
	}
	sheet = sheet[len(sheet)-len(want):]
	for i, row := range want {
		for k, v := range row {
			got := sheet[i][k]
			cells++
			if !sameCell(t, v, got) {
				t.Errorf("%s: line %d, %s is %q (text: %t), in the answer %v", name, i, table.Header[k], got.value, got.text, v)
			}
		}
	}
	return cells
}
