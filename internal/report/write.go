package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/law"
)

// Table is an answer as rows of cells: what CSV and XLSX have.
type Table struct {
	Header []string
	Rows   [][]any
	Total  []any // none where each row is one thing

	share map[int]bool // columns that are shown in per cent
}

// Table writes the answer in a language.
func (d *Document) Table(l law.Language) *Table {
	t := &Table{}
	if len(d.Text) > 0 {
		t.Header = []string{pick(l, d.Title)}
		for _, text := range d.Text {
			t.Rows = append(t.Rows, []any{pick(l, text)})
		}
		return t
	}
	if len(d.By) == 0 {
		t.Header = []string{pick(l, Words{"条目", "entry"})}
		for _, f := range d.Detail {
			t.Header = append(t.Header, pick(l, f.Words))
		}
		for i := range d.Rows {
			row := &d.Rows[i]
			line := []any{nil}
			if row.Entry != nil {
				line[0] = *row.Entry
			}
			t.Rows = append(t.Rows, append(line, row.values...))
		}
		return t
	}
	for _, by := range d.By {
		t.Header, t.Total = append(t.Header, pick(l, by.Words)), append(t.Total, nil)
	}
	t.Total[0] = pick(l, Words{"合计", "total"})
	for _, c := range d.Columns {
		t.figure(titleOf(&c, l), d.Total[c.Name], c.Kind)
	}
	for i := range d.Rows {
		line := append([]any{}, d.Rows[i].key...)
		for k, v := range d.Rows[i].values {
			if d.Columns[k].Only == "total" {
				v = nil
			}
			line = append(line, v)
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// TableOf writes what is behind a number in a language: a line for each thing, with its entry, what it adds and its details.
func (x *Execution) TableOf(things []Thing, l law.Language) *Table {
	t := &Table{Header: []string{pick(l, Words{"条目", "entry"}), pick(l, Words{"数值", "value"})}}
	for _, i := range x.Shown() {
		t.Header = append(t.Header, pick(l, x.Detail[i].Words))
	}
	for i := range things {
		line := []any{nil, things[i].Value}
		if things[i].Entry != nil {
			line[0] = *things[i].Entry
		}
		t.Rows = append(t.Rows, append(line, things[i].values...))
	}
	return t
}

// figure adds a column with a figure.
func (t *Table) figure(title string, total any, kind Kind) {
	switch kind {
	case Share, Change, intervalLow, intervalHigh:
		if t.share == nil {
			t.share = map[int]bool{}
		}
		t.share[len(t.Header)] = true
	}
	t.Header, t.Total = append(t.Header, title), append(t.Total, total)
}

func titleOf(c *ColumnInfo, l law.Language) string {
	title := pick(l, c.Words)
	if c.Unit == "" {
		return title
	}
	if words, ok := units[c.Unit]; ok {
		return title + pick(l, Words{"（" + words.ZH + "）", ", " + words.EN})
	}
	return title + pick(l, Words{"（" + c.Unit + "）", ", " + c.Unit})
}

// units are the words of units.
var units = map[string]Words{"days": {"天", "days"}, "hours": {"小时", "hours"}, "minutes": {"分钟", "minutes"}, "fen": {"分", "fen"},
	"money": {"分", "fen"}}

// CSV is the bare table (RFC 4180), in UTF-8 with the mark by which spreadsheets know it. Numbers are numbers; text that a spreadsheet
// would compute stays text, by an apostrophe before it.
func (t *Table) CSV() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := t.Rows
	if t.Total != nil {
		rows = append(rows[:len(rows):len(rows)], t.Total)
	}
	header := make([]any, len(t.Header))
	for i, h := range t.Header {
		header[i] = h
	}
	for _, row := range append([][]any{header}, rows...) {
		line := make([]string, len(row))
		for i, v := range row {
			line[i] = cell(v)
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	}
	return fmt.Sprint(v)
}
