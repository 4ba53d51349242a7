package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/internal/report"
	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// whole are the words for the line of totals.
var whole = []string{"total", "合计"}

// namesOf are what --open may call a row: what its groups are called, joined by strokes, then their codes, and its key; where each row is
// one thing its entry stands for the groups.
func namesOf(d *report.Document, row *report.DocumentRow) []string {
	var words, codes []string
	for _, by := range d.By {
		words, codes = append(words, row.Labels[by.Name]), append(codes, fmt.Sprint(row.Group[by.Name]))
	}
	if len(d.By) == 0 && row.Entry != nil {
		words = []string{strconv.FormatInt(*row.Entry, 10)}
	}
	return []string{strings.Join(words, "/"), strings.Join(codes, "/"), row.Row}
}

// named finds the row and column of an answer that --open names.
func (o *reportOptions) named(r *report.Report, d *report.Document) (key []any, column *report.Column, err error) {
	comma := strings.LastIndexByte(o.open, ',')
	row, name := o.open[:max(comma, 0)], o.open[comma+1:]
	if column = r.Column(name); column == nil || comma < 0 {
		var names []string
		for _, c := range r.Columns {
			names = append(names, c.Name)
		}
		return nil, nil, fmt.Errorf("--open %s: want ROW,COLUMN; report %s has these columns / 应为“行,列”；报表 %[2]s 有下列各列：%[3]s",
			o.open, r.ID, strings.Join(names, ", "))
	}
	if slices.Contains(whole, row) {
		return nil, column, nil
	}
	var found, rows []string
	for i := range d.Rows {
		names := namesOf(d, &d.Rows[i])
		if rows = append(rows, names[0]); slices.Contains(names, row) {
			found = append(found, d.Rows[i].Row)
		}
	}
	if len(found) == 1 {
		_, key, err = r.Row(found[0])
		return key, column, err
	}
	const most = 40
	more := ""
	if len(rows) > most {
		more = fmt.Sprintf(" … (%d)", len(rows))
	}
	return nil, nil, fmt.Errorf("--open %s: %d rows are called %q; choose the grouping by --rows, and take one of these, total, or a key of "+
		"--format json / 名为 %[3]q 的行有 %[2]d 个；请以 --rows 选分组，并用下列之一、合计或 --format json 中的行键：%[4]s%[5]s",
		o.open, len(found), row, strings.Join(rows[:min(len(rows), most)], ", "), more)
}

// entries writes what is behind the number of an answer that --open names.
func (o *reportOptions) entries(w io.Writer, x *report.Execution, d *report.Document, conn *reportdb.Conn) error {
	l := o.speaks()
	key, column, err := o.named(x.Report, d)
	if err != nil {
		return err
	}
	out := struct {
		Position int64          `json:"position"`
		Recorded string         `json:"recorded"` // Beijing time
		Report   string         `json:"report"`
		Open     string         `json:"open"`
		Things   []report.Thing `json:"things,omitempty"`
		Pair     map[string]any `json:"pair,omitempty"` // of a share, ratio or change
	}{Position: conn.Position() + 1, Recorded: conn.Now(), Report: x.ID, Open: o.open}
	if a, b, paired := column.Pair(); paired {
		values, err := x.Numbers(key, x.Column(a), x.Column(b))
		if err != nil {
			return err
		}
		out.Pair = map[string]any{a: values[0], b: values[1]}
		return o.form(w, d, &report.Table{Header: []string{a, b}, Rows: [][]any{values}}, conn, out)
	}
	opened, err := x.Open(key, column, report.Start, report.MostThings+1)
	if err != nil {
		return err
	}
	if len(opened) > report.MostThings {
		return fmt.Errorf("--open %s: more than %d things; ask for less by --given or another row / 超过 %[2]d 项，请以 --given 或其他行缩小范围",
			o.open, report.MostThings)
	}
	if out.Things, err = x.Things(column, opened, l); err != nil {
		return err
	}
	return o.form(w, d, x.TableOf(out.Things, l), conn, out)
}
