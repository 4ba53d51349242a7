// Package sheet reads tables that people keep: separated values (CSV, or with tabs) in the encodings in which office programs
// write them, and workbooks (.xlsx, ECMA-376). It reads row by row, in bounded memory, and says of a cell when its text is not what
// somebody wrote: a formula, a part of a merged cell, a number that has lost digits.
//
// # Limits
//
// A row has at most [MaxColumns] cells and a cell [MaxCell] bytes. A workbook is read without being unpacked to memory or
// disk: all parts together have at most [MaxUnpacked] bytes unpacked, its table of texts [MaxTexts]. What is beyond a limit is a
// [*Fault] of the file, or makes its row one that cannot be read; it is never cut short in silence.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The limits.
const (
	MaxColumns  = 256
	MaxCell     = 32 << 10  // bytes of the text of a cell
	MaxUnpacked = 200 << 20 // bytes of all parts of a workbook
	MaxTexts    = 100 << 20 // bytes of the texts of a workbook, which are kept
)

// Note says why the text of a cell is not what somebody wrote there.
type Note string

// The notes of cells.
const (
	Formula Note = "formula" // it is computed; the text is what the program computed last
	Merged  Note = "merged"  // part of a merged cell; the text is empty, the first cell of the range has it
	Rounded Note = "rounded" // a number of more than fifteen digits: the program has kept fifteen
	Failed  Note = "failed"  // a formula's error, such as #N/A
	TooLong Note = "too-long"
)

// Cell is one cell of a row. A date of a workbook has the form 2006-01-02.
type Cell struct {
	Text string
	Note Note // empty: the text is what somebody wrote
}

// Row is one row. Cells beyond the last one are empty.
type Row struct {
	Number int // of the row of the sheet or, in separated values, of its first line, from 1
	Cells  []Cell
	Fault  string // a code of [*Fault]; not empty: the row cannot be read, and has no cells
}

// Options say how a file is to be read.
type Options struct {
	Encoding string // of separated values: utf-8, gb18030, utf-16; empty: utf-8 or utf-16, as the file shows
	Sheet    string // of a workbook, by name; empty: the only one that is not hidden
}

// Fault is why a file, or a row of it, cannot be read. Code is one of the constants below.
type Fault struct {
	Code   string
	Detail string // a name or number, without a language; may be empty
	Err    error  // the cause, where there is one
}

func (f *Fault) Error() string {
	text := "sheet: " + f.Code
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	if f.Err != nil {
		text += ": " + f.Err.Error()
	}
	return text
}

func (f *Fault) Unwrap() error { return f.Err }

// The codes of faults, first those of files.
const (
	OldWorkbook    = "old-workbook"    // .xls, or a workbook with a password
	NotWorkbook    = "not-a-workbook"  // a ZIP archive without the parts of one
	Damaged        = "damaged"         // a part of the workbook cannot be read
	TooLarge       = "too-large"       // beyond MaxUnpacked or MaxTexts
	NoSheet        = "no-sheet"        // no sheet of that name, or none that is not hidden; Detail has the names
	SeveralSheets  = "several-sheets"  // more than one that is not hidden has rows; Detail has the names
	WrongEncoding  = "wrong-encoding"  // Detail is the encoding as which it was read
	UnknownEncoder = "no-such-encoder" // Options.Encoding is none of the list
	Binary         = "binary"          // NUL bytes: not a table

	BadQuotes  = "bad-quotes" // of a row: quotes that do not match
	BadText    = "bad-text"   // of a row: bytes that are no text in the file's encoding
	TooWide    = "too-wide"   // of a row: more than MaxColumns
	LineTooBig = "line-too-big"
)

// Reader reads the rows of one table.
type Reader struct {
	next    func() (Row, error)
	close   func() error
	Skipped []string // names of the sheets of a workbook that are not read
	Size    int64    // bytes that Read counts up to; 0: not known
	read    func() int64
}

// Next returns the next row that has a text, and at the end [io.EOF]. An error is about the file: reading is over then.
func (r *Reader) Next() (Row, error) { return r.next() }

// Read returns how many of Size bytes have been read.
func (r *Reader) Read() int64 { return r.read() }

// Close closes the file.
func (r *Reader) Close() error { return r.close() }

// magic is how files begin.
const (
	magicZIP = "PK\x03\x04"
	magicOLE = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
)

// Open opens a file. What it is, its first bytes say, not its name.
func Open(path string, o Options) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := read(f, o)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	r.close = f.Close
	return r, nil
}

func read(f *os.File, o Options) (*Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	head := make([]byte, 8)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	switch begin := string(head[:n]); {
	case strings.HasPrefix(begin, magicOLE):
		return nil, &Fault{Code: OldWorkbook}
	case strings.HasPrefix(begin, magicZIP):
		return workbook(f, info.Size(), o)
	}
	r, err := Separated(f, o)
	if err == nil {
		r.Size = info.Size()
	}
	return r, err
}
