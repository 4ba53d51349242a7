package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// A workbook is read by its parts: the list of sheets, their relationships, the number formats (they tell dates from numbers), the
// table of texts, and then one sheet, token by token. Libraries that read workbooks build the whole sheet in memory before they
// can say which cells are merged or computed; here both is known row by row.

// parts are the files of a workbook.
type parts struct {
	files map[string]*zip.File
}

// workbook opens the sheet that the options name.
func workbook(f *os.File, size int64, o Options) (*Reader, error) {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, &Fault{Code: Damaged, Err: err}
	}
	p := parts{files: map[string]*zip.File{}}
	unpacked := uint64(0)
	for _, file := range z.File {
		// Reading a part fails where it has more bytes than it states, so what is stated is what can be unpacked.
		if unpacked += min(file.UncompressedSize64, MaxUnpacked+1); unpacked > MaxUnpacked {
			return nil, &Fault{Code: TooLarge}
		}
		p.files[strings.TrimPrefix(file.Name, "/")] = file
	}
	book, err := p.book()
	if err != nil {
		return nil, err
	}
	sheet, skipped, err := p.choose(book, o.Sheet)
	if err != nil {
		return nil, err
	}
	texts, err := p.texts(book.texts)
	if err != nil {
		return nil, err
	}
	dates, err := p.dates(book.styles)
	if err != nil {
		return nil, err
	}
	s := &grid{texts: texts, dates: dates, epoch1904: book.epoch1904}
	if s.merged, err = p.merges(sheet.part); err != nil {
		return nil, err
	}
	c, err := p.open(sheet.part)
	if err != nil {
		return nil, err
	}
	s.x = tokens(c)
	return &Reader{next: s.next, Skipped: skipped, Size: int64(p.files[sheet.part].UncompressedSize64), read: func() int64 {
		return s.x.InputOffset()
	}}, nil
}

// open opens a part. Its reader fails when a text or a tag does not end.
func (p *parts) open(name string) (io.ReadCloser, error) {
	f := p.files[name]
	if f == nil {
		return nil, &Fault{Code: Damaged, Detail: name}
	}
	r, err := f.Open()
	if err != nil {
		return nil, &Fault{Code: Damaged, Detail: name, Err: err}
	}
	return struct {
		io.Reader
		io.Closer
	}{&broken{r: r}, r}, nil
}

// maxToken bounds what the XML decoder keeps at once, in bytes.
const maxToken = 1 << 20

var errLongToken = errors.New("a text or tag of more than 1 MiB")

// broken is a reader that ends where maxToken bytes come without a tag.
type broken struct {
	r io.Reader
	n int
}

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p[:min(len(p), maxToken/4)])
	if i := bytes.LastIndexByte(p[:n], '<'); i >= 0 {
		b.n = n - i
	} else {
		b.n += n
	}
	if b.n > maxToken {
		return 0, errLongToken
	}
	return n, err
}

func tokens(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	return d
}

// each calls do for every beginning of an element of a part. A part that is not there has none.
func (p *parts) each(name string, do func(*xml.Decoder, xml.StartElement) error) error {
	if p.files[name] == nil {
		return nil
	}
	r, err := p.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	d := tokens(r)
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			if begin, ok := t.(xml.StartElement); ok {
				err = do(d, begin)
			}
		}
		if fault, known := errors.AsType[*Fault](err); known {
			return fault
		}
		if err != nil {
			return &Fault{Code: Damaged, Detail: name, Err: err}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// book is what the workbook says of itself.
type book struct {
	sheets        []sheetOf
	epoch1904     bool
	texts, styles string // names of parts
}

type sheetOf struct {
	name, id, part string
	hidden         bool
}

const (
	partBook = "xl/workbook.xml"
	maxSheet = 1000
)

// book reads the list of sheets.
func (p *parts) book() (*book, error) {
	if p.files[partBook] == nil {
		return nil, &Fault{Code: NotWorkbook}
	}
	b := &book{}
	err := p.each(partBook, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			v := attr(e, "date1904")
			b.epoch1904 = v == "1" || v == "true"
		case "sheet":
			if len(b.sheets) == maxSheet {
				return &Fault{Code: TooLarge}
			}
			state := attr(e, "state")
			b.sheets = append(b.sheets, sheetOf{name: attr(e, "name"), id: attr(e, "id"), hidden: state != "" && state != "visible"})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = p.each("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, e xml.StartElement) error {
		target := attr(e, "Target")
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		if !strings.HasPrefix(target, "/") {
			target = path.Join("xl", target)
		}
		target = strings.TrimPrefix(target, "/")
		switch kind := path.Base(attr(e, "Type")); kind {
		case "sharedStrings":
			b.texts = target
		case "styles":
			b.styles = target
		case "worksheet":
			for i := range b.sheets {
				if b.sheets[i].id == attr(e, "Id") {
					b.sheets[i].part = target
				}
			}
		}
		return nil
	})
	b.sheets = slices.DeleteFunc(b.sheets, func(s sheetOf) bool { return s.part == "" }) // a chart
	return b, err
}

// choose returns the sheet that is to be read, and the names of the others.
func (p *parts) choose(b *book, wanted string) (chosen sheetOf, skipped []string, err error) {
	var all, open []string
	for _, s := range b.sheets {
		all = append(all, s.name)
		filled := false
		if !s.hidden && wanted == "" {
			if filled, err = p.filled(s.part); err != nil {
				return chosen, nil, err
			}
		}
		if s.name == wanted && wanted != "" || filled {
			chosen, open = s, append(open, s.name)
		}
	}
	switch {
	case len(open) == 0:
		return chosen, nil, &Fault{Code: NoSheet, Detail: strings.Join(all, ", ")}
	case len(open) > 1:
		return chosen, nil, &Fault{Code: SeveralSheets, Detail: strings.Join(open, ", ")}
	}
	return chosen, slices.DeleteFunc(all, func(n string) bool { return n == chosen.name }), nil
}

// errFound ends a search.
var errFound = errors.New("found")

// filled reports whether a sheet has a value.
func (p *parts) filled(part string) (bool, error) {
	err := p.each(part, func(_ *xml.Decoder, e xml.StartElement) error {
		if n := e.Name.Local; n == "v" || n == "is" || n == "f" {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

// texts reads the table of texts.
func (p *parts) texts(part string) ([]string, error) {
	var all []string
	size := 0
	err := p.each(part, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := text(d, "si")
		if size += len(s) + 16; size > MaxTexts {
			return &Fault{Code: TooLarge}
		}
		all = append(all, s)
		return err
	})
	return all, err
}

// text reads the text within an element whose beginning has been read: its runs, without what says how they are pronounced.
func text(d *xml.Decoder, element string) (string, error) {
	var s strings.Builder
	in, spoken := false, false
	for {
		t, err := d.RawToken()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			in, spoken = t.Name.Local == "t", spoken || t.Name.Local == "rPh"
		case xml.CharData:
			if in && !spoken && s.Len() <= MaxCell {
				s.Write(t)
			}
		case xml.EndElement:
			if in = false; t.Name.Local == "rPh" {
				spoken = false
			}
			if t.Name.Local == element {
				return s.String(), nil
			}
		}
	}
}

// dates tells which cell formats show a number as a date.
func (p *parts) dates(part string) ([]bool, error) {
	custom := map[string]bool{}
	var formats []bool
	within := false
	err := p.each(part, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attr(e, "numFmtId")] = showsDate(attr(e, "formatCode"))
		case "cellXfs":
			within = true
		case "cellStyles", "dxfs":
			within = false
		case "xf":
			if id := attr(e, "numFmtId"); within {
				formats = append(formats, builtinDate(id) || custom[id])
			}
		}
		return nil
	})
	return formats, err
}

// builtinDate: the formats of ECMA-376 part 1, 18.8.30 that show a date, with those of Chinese editions.
func builtinDate(id string) bool {
	n := 0
	for _, c := range id {
		if c < '0' || c > '9' || n > 1000 {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 54 || n >= 57 && n <= 58
}

// showsDate reports whether a format has a year or day outside of quotes and brackets.
func showsDate(format string) bool {
	quoted, bracket := false, false
	for i, c := range format {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted || i > 0 && format[i-1] == '\\':
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket && strings.ContainsRune("yYdD", c):
			return true
		}
	}
	return false
}
