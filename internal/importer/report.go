package importer

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// report writes what could not be mapped and why: bad rows as they are met, everything that
// concerns many rows once, at the end.
type report struct {
	w     io.Writer
	err   error // the first error of w
	rows  int
	bad   int
	notes map[string]int
}

func newReport(w io.Writer) *report {
	if w == nil {
		w = io.Discard
	}
	return &report{w: w, notes: map[string]int{}}
}

func (r *report) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(r.w, format, args...); err != nil && r.err == nil {
		r.err = fmt.Errorf("import: write the report: %w", err)
	}
}

// skip lists a row that gives no event.
func (r *report) skip(at row, format string, args ...any) {
	r.bad++
	r.printf("%s: %s\n", at, fmt.Sprintf(format, args...))
}

// note counts rows that were mapped, but with something to say about them.
func (r *report) note(format string, args ...any) { r.notes[fmt.Sprintf(format, args...)]++ }

// columns tells which columns of a file have no place in any event.
func (r *report) columns(file string, names []string) {
	if len(names) > 0 {
		r.printf("%s: columns not mapped: %s\n", file, strings.Join(names, ", "))
	}
}

// finish writes the notes, the most frequent first.
func (r *report) finish() error {
	order := slices.SortedFunc(maps.Keys(r.notes), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.notes[b], r.notes[a]), cmp.Compare(a, b))
	})
	for _, n := range order {
		r.printf("%d rows: %s\n", r.notes[n], n)
	}
	return r.err
}

func (r *report) summary() Summary { return Summary{Rows: r.rows, Unmapped: r.bad} }
