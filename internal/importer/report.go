package importer

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Report writes what could not be mapped and why: bad rows as they are met, everything that
// concerns many rows once, at the end.
type Report struct {
	w     io.Writer
	err   error // the first error of w
	rows  int
	bad   int
	notes map[string]int
}

func newReport(w io.Writer) *Report {
	if w == nil {
		w = io.Discard
	}
	return &Report{w: w, notes: map[string]int{}}
}

func (r *Report) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(r.w, format, args...); err != nil && r.err == nil {
		r.err = fmt.Errorf("import: write the report: %w", err)
	}
}

// Skip lists a row that gives no event.
func (r *Report) Skip(at Row, format string, args ...any) {
	r.bad++
	r.printf("%s: %s\n", at, fmt.Sprintf(format, args...))
}

// Note counts rows that were mapped, but with something to say about them.
func (r *Report) Note(format string, args ...any) { r.notes[fmt.Sprintf(format, args...)]++ }

// columns tells which columns of a file have no place in any event.
func (r *Report) columns(file string, names []string) {
	if len(names) > 0 {
		r.printf("%s: columns not mapped: %s\n", file, strings.Join(names, ", "))
	}
}

// finish writes the notes, the most frequent first.
func (r *Report) finish() error {
	order := slices.SortedFunc(maps.Keys(r.notes), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.notes[b], r.notes[a]), cmp.Compare(a, b))
	})
	for _, n := range order {
		r.printf("%d rows: %s\n", r.notes[n], n)
	}
	return r.err
}

func (r *Report) summary() Summary { return Summary{Rows: r.rows, Unmapped: r.bad} }
