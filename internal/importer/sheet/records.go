package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// Limits of a logical record. A quote that is never closed would otherwise swallow the rest
// of the file.
const (
	maxRecordLines = 20
	maxRecordBytes = 64 << 10
	maxLineBytes   = 1 << 20
)

var errLongLine = errors.New("a line of more than 1 MiB")

// Records reads separated values (RFC 4180), record by record, in bounded memory.
type Records struct {
	r     *bufio.Reader
	comma rune
	next  []string // given back, first at the end
	line  int      // number of the line last given
}

// NewRecords reads fields that are separated by comma.
func NewRecords(r io.Reader, comma rune) *Records {
	return &Records{r: bufio.NewReaderSize(r, 1<<16), comma: comma}
}

func (l *Records) read() (string, error) {
	l.line++
	if n := len(l.next); n > 0 {
		s := l.next[n-1]
		l.next = l.next[:n-1]
		return s, nil
	}
	var long []byte
	for {
		part, err := l.r.ReadSlice('\n')
		whole := !errors.Is(err, bufio.ErrBufferFull)
		switch {
		case len(long) == 0 && whole && (err == nil || len(part) > 0 && errors.Is(err, io.EOF)):
			return trimLine(string(part)), nil
		case len(long) <= maxLineBytes:
			long = append(long, part...)
		}
		if !whole {
			continue
		}
		switch {
		case err != nil && (len(long) == 0 || !errors.Is(err, io.EOF)):
			return "", err
		case len(long) > maxLineBytes:
			return "", &csv.ParseError{Err: errLongLine}
		}
		return trimLine(string(long)), nil
	}
}

func trimLine(s string) string { return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r") }

func (l *Records) unread(lines []string) {
	for _, s := range slices.Backward(lines) {
		l.next = append(l.next, s)
	}
	l.line -= len(lines)
}

// Next reads one logical record: a line, or several while a quoted field is open; line is the number of its first, from 1. A
// record that has not the form is a *csv.ParseError and costs its first line only. At the end the error is [io.EOF].
func (l *Records) Next() (line int, fields []string, err error) {
	s, err := l.read()
	line = l.line
	if err != nil {
		return line, nil, err
	}
	if strings.IndexByte(s, '"') < 0 {
		return line, strings.Split(s, string(l.comma)), nil
	}
	quotes, size := strings.Count(s, `"`), len(s)
	parts := []string{s}
	for quotes%2 == 1 && len(parts) < maxRecordLines && size < maxRecordBytes {
		more, err := l.read()
		if err != nil {
			l.line--
			break
		}
		quotes += strings.Count(more, `"`)
		size += len(more)
		parts = append(parts, more)
	}
	whole := strings.Join(parts, "\n")
	if fields, err = l.parse(whole); err != nil && strings.Contains(whole, `="`) {
		// What exports write to keep digits as text, ="0123", has not the form, but can be read in one way only.
		whole = strings.ReplaceAll(string(l.comma)+whole, string(l.comma)+`="`, string(l.comma)+`"`)[1:]
		if kept, lax := l.parse(whole); lax == nil {
			fields, err = kept, nil
		}
	}
	if err != nil {
		l.unread(parts[1:])
		var bad *csv.ParseError
		if !errors.As(err, &bad) {
			err = &csv.ParseError{Err: err}
		}
	}
	return line, fields, err
}

// parse reads the one record of a text.
func (l *Records) parse(text string) ([]string, error) {
	c := csv.NewReader(strings.NewReader(text))
	c.Comma = l.comma
	fields, err := c.Read()
	if err == nil {
		if _, more := c.Read(); !errors.Is(more, io.EOF) {
			err = &csv.ParseError{Err: csv.ErrQuote}
		}
	}
	return fields, err
}
