package importer

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/importer/sheet"
)

// Kind is one kind of file of a format, recognised by its header.
type Kind struct {
	Name     string
	Required []string // columns without which nothing can be mapped
	Known    []string // further columns that are mapped or kept in source maps
}

// Table is one file as rows of as many fields as the header has columns.
type Table struct {
	file   string
	kind   int
	column map[string]int
	Rows   []Record
}

// Record is one row of a table.
type Record struct {
	At     Row
	column map[string]int
	fields []string
}

// Get returns the trimmed field of a column, "" when the file lacks the column.
func (r Record) Get(column string) string {
	i, ok := r.column[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

// Terms keeps the columns that have a value as a source map, or nil.
func (r Record) Terms(columns ...string) event.Source {
	var s event.Source
	for _, c := range columns {
		if v := r.Get(c); v != "" {
			if s == nil {
				s = event.Source{}
			}
			s[c] = v
		}
	}
	return s
}

// readFile reads one CSV file whole. The error is about the file; bad rows go to the report.
func readFile(path string, kinds []Kind, rep *Report) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("import: %s: %w", path, err)
		}
		r = z
	}
	return readTable(filepath.Base(path), r, kinds, rep)
}

func readTable(file string, r io.Reader, kinds []Kind, rep *Report) (*Table, error) {
	lines := sheet.NewRecords(r, ',')
	_, header, err := lines.Next()
	if err != nil {
		return nil, fmt.Errorf("import: %s: no header: %w", file, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	t, err := recognise(file, header, kinds)
	if err != nil {
		return nil, err
	}
	k := kinds[t.kind]
	rep.columns(file, slices.DeleteFunc(slices.Clone(header), func(c string) bool {
		return slices.Contains(k.Required, c) || slices.Contains(k.Known, c)
	}))
	for {
		line, fields, err := lines.Next()
		at := Row{file, line}
		var bad *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return t, nil
		case errors.As(err, &bad):
			rep.rows++
			rep.Skip(at, "%v", bad.Err)
			continue
		case err != nil:
			return nil, fmt.Errorf("import: %s: %w", at, err)
		case len(fields) == 1 && fields[0] == "":
			continue // a blank line is no row
		}
		rep.rows++
		switch {
		case len(fields) != len(header):
			rep.Skip(at, "%d columns, the header has %d", len(fields), len(header))
		case !slices.ContainsFunc(fields, func(s string) bool { return !utf8.ValidString(s) }):
			t.Rows = append(t.Rows, Record{at, t.column, fields})
		default:
			rep.Skip(at, "not UTF-8")
		}
	}
}

// recognise finds the kind whose required columns the header has.
func recognise(file string, header []string, kinds []Kind) (*Table, error) {
	t := &Table{file: file, column: map[string]int{}}
	for i, name := range header {
		if _, twice := t.column[name]; twice {
			return nil, fmt.Errorf("import: %s: column %q stands twice in the header", file, name)
		}
		t.column[name] = i
	}
	var missing []string
	for i, k := range kinds {
		missing = missing[:0]
		for _, c := range k.Required {
			if _, ok := t.column[c]; !ok {
				missing = append(missing, c)
			}
		}
		if len(missing) == 0 {
			t.kind = i
			return t, nil
		}
	}
	return nil, fmt.Errorf("import: %s: the header lacks %s", file, strings.Join(missing, ", "))
}
