package report

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// Stand is the state of the ledger that an answer reflects, and who asked.
type Stand struct {
	Position uint64
	Root     string
	Recorded time.Time
	Scope    string
	Asker    string // role
}

// XLSX is a workbook: the table under its title, position, time and scope, and a sheet of notes that says what each
// column is. Every text is stored as text, and no cell has a formula.
func (t *Table) XLSX(d *Document, s Stand, l law.Language) (_ []byte, err error) {
	f := excelize.NewFile()
	defer f.Close() //nolint:errcheck // its temporary files
	report, notes := pick(l, Words{"报表", "report"}), pick(l, Words{"说明", "notes"})
	if err := f.SetSheetName("Sheet1", report); err != nil {
		return nil, err
	}
	if _, err := f.NewSheet(notes); err != nil {
		return nil, err
	}
	look, err := looksOf(f)
	if err != nil {
		return nil, err
	}
	if err := t.sheet(f, report, d, &s, l, look); err != nil {
		return nil, err
	}
	if err := writeRows(f, notes, d.about(&s, l)); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = f.Write(&b)
	return b.Bytes(), err
}

// looks are the styles of cells.
type looks struct{ title, header, share int }

func looksOf(f *excelize.File) (out looks, err error) {
	percent := "0.0%"
	for _, s := range []struct {
		to    *int
		style *excelize.Style
	}{
		{&out.title, &excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}},
		{&out.header, &excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}}},
		{&out.share, &excelize.Style{CustomNumFmt: &percent}},
	} {
		if *s.to, err = f.NewStyle(s.style); err != nil {
			return out, err
		}
	}
	return out, nil
}

// sheet streams the table with what stands above it.
func (t *Table) sheet(f *excelize.File, name string, d *Document, s *Stand, l law.Language, look looks) error {
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, max(1, len(t.Header)), 16); err != nil {
		return err
	}
	lines := [][]any{{excelize.Cell{StyleID: look.title, Value: d.Title.in(l)}}}
	for _, about := range d.stand(s, l) {
		lines = append(lines, []any{about[0] + pick(l, Words{"：", ": "}) + about[1]})
	}
	header := make([]any, len(t.Header))
	for i, h := range t.Header {
		header[i] = excelize.Cell{StyleID: look.header, Value: h}
	}
	lines = append(lines, nil, header)
	at := 0
	write := func(line []any) error {
		at++
		return w.SetRow(fmt.Sprintf("A%d", at), line)
	}
	rows := t.Rows
	if t.Total != nil {
		rows = append(slices.Clip(rows), t.Total)
	}
	for _, line := range lines {
		if err := write(line); err != nil {
			return err
		}
	}
	for _, row := range rows {
		line := slices.Clone(row)
		for i, v := range line {
			if t.share[i] && v != nil {
				line[i] = excelize.Cell{StyleID: look.share, Value: v}
			}
		}
		if err := write(line); err != nil {
			return err
		}
	}
	return w.Flush()
}

func (w Words) in(l law.Language) string { return pick(l, w) }

// stand says what an answer reflects.
func (d *Document) stand(s *Stand, l law.Language) [][2]string {
	out := [][2]string{
		{pick(l, Words{"报表编号", "report"}), d.ID},
		{pick(l, Words{"账本位置", "position"}), fmt.Sprint(s.Position)},
		{pick(l, Words{"记录时间", "recorded"}), s.Recorded.In(event.Beijing).Format("2006-01-02 15:04:05 -07:00")},
		{pick(l, Words{"根哈希", "root"}), s.Root},
		{pick(l, Words{"查询角色和范围", "role and scope"}), s.Asker + " " + s.Scope},
	}
	asked := ""
	for _, name := range sorted(d.Parameters) {
		asked += fmt.Sprintf("%s=%v  ", name, d.Parameters[name])
	}
	return append(out, [2]string{pick(l, Words{"参数", "parameters"}), asked})
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// about are the rows of the sheet of notes.
func (d *Document) about(s *Stand, l law.Language) [][]any {
	out := [][]any{{d.Title.in(l)}}
	for _, about := range d.stand(s, l) {
		out = append(out, []any{about[0], about[1]})
	}
	if d.Date != nil {
		out = append(out, []any{pick(l, Words{"期间按", "year, from and to bound"}), d.Date.in(l)})
	}
	out = append(out, nil)
	for _, n := range d.Notes {
		out = append(out, []any{n.in(l)})
	}
	out = append(out,
		[]any{pick(l, Words{"合计按事项计算，不是各行之和：功能区同时计入所在县区。", "Totals are made of the things and not of the rows: a zone counts in its " +
			"county as well."})},
		[]any{pick(l, Words{"空格表示没有或未记录，不是 0。", "An empty cell means none, or not known, and not 0."})}, nil,
		[]any{pick(l, Words{"列", "column"}), pick(l, Words{"名称", "title"}), pick(l, Words{"算法", "kind"}), pick(l, Words{"可加", "adds up"})})
	for i := range d.Columns {
		c := &d.Columns[i]
		adds := pick(l, Words{"否", "no"})
		if c.Adds {
			adds = pick(l, Words{"是", "yes"})
		}
		out = append(out, []any{c.Name, titleOf(c, l), string(c.Kind), adds})
	}
	// Where each row is one thing, the totals stand here.
	out = append(out, nil, []any{pick(l, Words{"合计", "total"})})
	for i := range d.Columns {
		out = append(out, []any{d.Columns[i].Name, d.Total[d.Columns[i].Name]})
	}
	if d.Hidden != nil {
		out = append(out, []any{pick(l, Words{"对他人隐藏", "hidden from others"}), *d.Hidden})
	}
	return out
}

func writeRows(f *excelize.File, sheet string, rows [][]any) error {
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, 2, 36); err != nil {
		return err
	}
	for i, row := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return err
		}
	}
	return w.Flush()
}
