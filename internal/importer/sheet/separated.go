package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// peeked is how much of a file is looked at to tell its encoding, in bytes.
const peeked = 64 << 10

// The encodings.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	UTF16   = "utf-16"
)

// Encodings are those that Options may name.
var Encodings = []string{UTF8, GB18030, UTF16}

// counted counts the bytes that are read.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// Separated reads separated values; by tabs where the first line has more of them than commas (what Excel calls Unicode text).
func Separated(r io.Reader, o Options) (*Reader, error) {
	c := &counted{r: r}
	b := bufio.NewReaderSize(c, peeked)
	head, err := b.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	decoder, bom, err := encodingOf(head, o.Encoding)
	if err != nil {
		return nil, err
	}
	_, _ = b.Discard(bom)
	var text io.Reader = b
	if decoder != nil {
		text = decoder.NewDecoder().Reader(b)
	}
	t := bufio.NewReaderSize(text, peeked)
	first, err := t.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	first, _, _ = bytes.Cut(first, []byte{'\n'})
	comma := ','
	if bytes.Count(first, []byte{'\t'}) > bytes.Count(first, []byte{','}) {
		comma = '\t'
	}
	s := &separated{records: NewRecords(t, comma), decoded: decoder != nil}
	return &Reader{next: s.next, close: func() error { return nil }, read: func() int64 { return c.n }}, nil
}

// encodingOf tells how a file is to be decoded, nil: it is UTF-8; and how long its byte order mark is.
func encodingOf(head []byte, wanted string) (encoding.Encoding, int, error) {
	marked, bom := "", 0
	var as encoding.Encoding
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		marked, bom = UTF8, 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		marked, bom, as = UTF16, 2, little
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		marked, bom, as = UTF16, 2, big
	case wanted == UTF16 || wanted == "" && bytes.IndexByte(head, 0) >= 0:
		// Without a mark: the half of an ASCII character (a comma, a line feed) that is 0 tells the order.
		even, odd := nuls(head)
		switch {
		case odd > even:
			marked, as = UTF16, little
		case even > odd:
			marked, as = UTF16, big
		case wanted == UTF16:
			return nil, 0, &Fault{Code: WrongEncoding, Detail: UTF16}
		}
	}
	switch {
	case wanted != "" && !slices.Contains(Encodings, wanted):
		return nil, 0, &Fault{Code: UnknownEncoder, Detail: wanted}
	case marked != "" && wanted != "" && marked != wanted:
		return nil, 0, &Fault{Code: WrongEncoding, Detail: wanted}
	case marked == UTF16:
		return as, bom, nil
	case bytes.IndexByte(head, 0) >= 0:
		return nil, 0, &Fault{Code: Binary}
	case wanted == GB18030 && !ascii(head) && valid(head): // GB18030 that is valid UTF-8 throughout does not occur in a table
		return nil, 0, &Fault{Code: WrongEncoding, Detail: GB18030}
	case wanted == GB18030:
		return simplifiedchinese.GB18030, 0, nil
	}
	// One row with bytes that are no text is a fault of the row; a header that has them is one of the file.
	first, _, _ := bytes.Cut(head[bom:], []byte{'\n'})
	if !valid(first) || !ascii(head) && !mostly(head) {
		return nil, 0, &Fault{Code: WrongEncoding, Detail: UTF8}
	}
	return nil, bom, nil
}

func nuls(b []byte) (even, odd int) {
	for i, c := range b {
		switch {
		case c != 0:
		case i&1 == 0:
			even++
		default:
			odd++
		}
	}
	return even, odd
}

func ascii(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// valid reports whether b is UTF-8, but for a character that is cut off at its end.
func valid(b []byte) bool {
	for n := 0; n < utf8.UTFMax && n <= len(b); n++ {
		if utf8.Valid(b[:len(b)-n]) {
			return true
		}
	}
	return false
}

// mostly reports whether most lines of b are UTF-8.
func mostly(b []byte) bool {
	good, bad := 0, 0
	for line := range bytes.Lines(b) {
		if valid(line) {
			good++
		} else {
			bad++
		}
	}
	return good > bad
}

// separated reads the rows of separated values.
type separated struct {
	records *Records
	decoded bool // bytes that are no text have become U+FFFD
}

func (s *separated) next() (Row, error) {
	for {
		line, fields, err := s.records.Next()
		row := Row{Number: line}
		var bad *csv.ParseError
		switch {
		case errors.As(err, &bad) && errors.Is(bad.Err, errLongLine):
			row.Fault = LineTooBig
		case errors.As(err, &bad):
			row.Fault = BadQuotes
		case err != nil:
			return row, err
		case !slices.ContainsFunc(fields, func(f string) bool { return strings.TrimSpace(f) != "" }):
			continue
		case slices.ContainsFunc(fields, s.bad):
			row.Fault = BadText
		default:
			row.Cells, row.Fault = cellsOf(fields)
		}
		return row, nil
	}
}

func (s *separated) bad(field string) bool {
	return !utf8.ValidString(field) || strings.IndexByte(field, 0) >= 0 || s.decoded && strings.ContainsRune(field, utf8.RuneError)
}

// cellsOf makes cells of the fields of a record.
func cellsOf(fields []string) ([]Cell, string) {
	for len(fields) > 0 && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1]
	}
	if len(fields) > MaxColumns {
		return nil, TooWide
	}
	cells := make([]Cell, len(fields))
	for i, f := range fields {
		cells[i] = written(f)
	}
	return cells, ""
}

// written is a field as a program would show it: ="0123" is how an export keeps digits as text, another = begins a formula.
func written(f string) Cell {
	if s := strings.TrimSpace(f); strings.HasPrefix(s, "=") {
		if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) && strings.Count(inner, `"`) == 1 {
			return Cell{Text: strings.TrimSuffix(inner, `"`)}
		}
		return Cell{Text: f, Note: Formula}
	}
	if len(f) > MaxCell {
		return Cell{Note: TooLong}
	}
	return Cell{Text: f}
}
