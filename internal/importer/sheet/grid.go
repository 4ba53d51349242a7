package sheet

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// span is a merged range: rows and columns, from 1, both ends included.
type span struct{ top, left, bottom, right int }

// maxMerges bounds the merged ranges of a sheet.
const maxMerges = 100_000

// merges reads the merged ranges of a sheet. They stand behind its rows; only their tags are looked at.
func (p *parts) merges(part string) ([]span, error) {
	r, err := p.open(part)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	const mark = `mergeCell `
	var all []span
	buf, keep := make([]byte, 256<<10), 0
	for {
		n, err := io.ReadFull(r, buf[keep:])
		part, last := buf[:keep+n], err != nil
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, &Fault{Code: Damaged, Err: err}
		}
		for {
			i := bytes.Index(part, []byte(mark))
			if i < 0 || !last && len(part)-i < 256 {
				break
			}
			part = part[i+len(mark):]
			tag, _, _ := bytes.Cut(part[:min(len(part), 240)], []byte{'>'})
			if s, ok := spanOf(string(tag)); ok {
				all = append(all, s)
			}
			if len(all) > maxMerges {
				return nil, &Fault{Code: TooLarge}
			}
		}
		if last {
			break
		}
		tail := part
		if len(tail) > 256 {
			tail = tail[len(tail)-256:]
		}
		keep = copy(buf, tail)
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.top, b.top) })
	return all, nil
}

// spanOf reads a range such as ref="A1:B2".
func spanOf(tag string) (s span, ok bool) {
	_, ref, _ := strings.Cut(tag, `ref="`)
	ref, _, _ = strings.Cut(ref, `"`)
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return s, false
	}
	s.top, s.left = place(from)
	s.bottom, s.right = place(to)
	return s, s.top > 0 && s.left > 0 && s.top <= s.bottom && s.left <= s.right
}

// maxRow is the last row that a sheet can have.
const maxRow = 1 << 20

// place reads the name of a cell such as AB12: its row and column, from 1; 0 where it names none.
func place(ref string) (row, column int) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		if column = column*26 + int(ref[i]-'A') + 1; column > 1<<14 {
			return 0, 0
		}
	}
	row, err := strconv.Atoi(ref[i:])
	if err != nil || row < 1 || row > maxRow {
		return 0, column
	}
	return row, column
}

// grid reads the rows of a sheet.
type grid struct {
	x         *xml.Decoder
	texts     []string
	dates     []bool // by cell format
	epoch1904 bool
	merged    []span // that have not begun yet
	open      []span // that the row may be in
	row       int    // number of the row last read
}

func (g *grid) next() (Row, error) {
	for {
		t, err := g.x.RawToken()
		if errors.Is(err, io.EOF) {
			return Row{}, io.EOF
		}
		if err != nil {
			return Row{}, &Fault{Code: Damaged, Err: err}
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "row" {
				continue
			}
			row, err := g.readRow(t)
			if err != nil {
				return Row{}, &Fault{Code: Damaged, Detail: "row " + strconv.Itoa(row.Number), Err: err}
			}
			if row.Fault != "" || slices.ContainsFunc(row.Cells, says) {
				return row, nil
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				return Row{}, io.EOF
			}
		}
	}
}

// says reports whether a row with the cell is one that is to be answered.
func says(c Cell) bool { return strings.TrimSpace(c.Text) != "" || c.Note != "" && c.Note != Merged }

var errOrder = errors.New("rows are not in order")

// readRow reads one row, whose beginning has been read.
func (g *grid) readRow(begin xml.StartElement) (Row, error) {
	number := g.row + 1
	if r := attr(begin, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n <= g.row || n > maxRow {
			return Row{Number: number}, errOrder
		}
		number = n
	}
	g.row = number
	row, column := Row{Number: number}, 0
	for {
		t, err := g.x.RawToken()
		if err != nil {
			return row, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column++
			if ref := attr(t, "r"); ref != "" {
				if _, column = place(ref); column == 0 {
					return row, errOrder
				}
			}
			c, err := g.cell(t)
			switch {
			case err != nil:
				return row, err
			case c == Cell{}:
			case column > MaxColumns:
				row.Fault = TooWide
			default:
				for len(row.Cells) < column {
					row.Cells = append(row.Cells, Cell{})
				}
				row.Cells[column-1] = c
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				if row.Fault != "" {
					row.Cells = nil
				}
				g.mark(&row)
				return row, nil
			}
		}
	}
}

// mark notes the cells of a row that are part of a merged one.
func (g *grid) mark(row *Row) {
	g.open = slices.DeleteFunc(g.open, func(s span) bool { return s.bottom < row.Number })
	for len(g.merged) > 0 && g.merged[0].top <= row.Number {
		g.open, g.merged = append(g.open, g.merged[0]), g.merged[1:]
	}
	if len(row.Cells) == 0 {
		return
	}
	for _, s := range g.open {
		for column := s.left; column <= min(s.right, MaxColumns) && s.bottom >= row.Number; column++ {
			if column == s.left && row.Number == s.top {
				continue
			}
			for len(row.Cells) < column {
				row.Cells = append(row.Cells, Cell{})
			}
			row.Cells[column-1] = Cell{Note: Merged}
		}
	}
}

// cell reads one cell, whose beginning has been read.
func (g *grid) cell(begin xml.StartElement) (c Cell, err error) {
	kind, style := attr(begin, "t"), attr(begin, "s")
	var value strings.Builder
	in := ""
	for {
		t, err := g.x.RawToken()
		if err != nil {
			return c, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch in = t.Name.Local; in {
			case "f":
				c.Note = Formula
			case "is":
				s, err := text(g.x, "is")
				if err != nil {
					return c, err
				}
				value.WriteString(s)
			}
		case xml.CharData:
			if in == "v" && value.Len() <= MaxCell {
				value.Write(t)
			}
		case xml.EndElement:
			if in = ""; t.Name.Local == "c" {
				return g.shown(c, kind, style, value.String())
			}
		}
	}
}

var errText = errors.New("a cell names a text that is not there")

// shown is the text of a cell with a value.
func (g *grid) shown(c Cell, kind, style, value string) (Cell, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(g.texts) {
			return c, errText
		}
		c.Text = g.texts[i]
	case "e":
		return Cell{Text: value, Note: Failed}, nil
	case "b":
		c.Text = map[string]string{"1": "TRUE"}[value]
		if c.Text == "" {
			c.Text = "FALSE"
		}
	case "str", "inlineStr", "d":
		c.Text = value
	default:
		if value != "" {
			c = g.number(c, style, value)
		}
	}
	if len(c.Text) > MaxCell {
		return Cell{Note: TooLong}, nil
	}
	return c, nil
}

// mostDigits is how many decimal digits a number of a workbook has for sure.
const mostDigits = 1e15

// number is a number as a text: a date by its format, or its digits.
func (g *grid) number(c Cell, style, value string) Cell {
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return Cell{Text: value, Note: Failed}
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(g.dates) && g.dates[i] {
		if day, ok := g.day(f); ok {
			c.Text = day
			return c
		}
	}
	c.Text = strconv.FormatFloat(f, 'f', -1, 64)
	if math.Abs(f) >= mostDigits && c.Note == "" {
		c.Note = Rounded
	}
	return c
}

// day is the day of a serial number. Day 60 of the system of 1900 is the 29th of February of that year, which never was.
func (g *grid) day(serial float64) (string, bool) {
	if serial < 1 || serial > 2_958_465 { // 9999-12-31
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case g.epoch1904:
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case serial < 60:
		epoch = epoch.AddDate(0, 0, 1)
	case serial < 61:
		return "", false
	}
	return epoch.AddDate(0, 0, int(serial)).Format(time.DateOnly), true
}
