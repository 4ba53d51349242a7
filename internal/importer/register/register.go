// Package register imports a register of enterprises (企业名录): a table with one subject in each row.
//
// # What an import is
//
// Each row is read once (package sheet), becomes the content of a subject-registered, is compared with
// what the ledger has, and is one of these:
//
//   - new: no subject has its credit code, nor, where one of the two has none, its name and county;
//   - equal: the own source said the same before, so nothing is sent;
//   - changed: the own source said otherwise, and corrects that (fact-corrected), as a source alone may;
//   - elsewhere: somebody else registered it, with the same name, county and code; it is left as it is;
//   - rejected: with row, column, reason and remedy.
//
// Ids of events depend on what they say alone (importer.Author), so that an import that was stopped goes on, and the same file
// again adds nothing. What the file does not have is not withdrawn: no event takes a subject out of the register (R28).
//
// # Memory
//
// A file is never in memory: of each row 40 bytes are kept, to find it twice, and of each subject of the ledger about half a kilobyte.
package register

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/internal/importer"
	"github.com/anjian-ledger/anjian/internal/importer/sheet"
)

// MaxRows is the most rows with text of one file.
const MaxRows = 1_000_000

// headerRows is among how many rows with text the header is looked for: titles stand above it.
const headerRows = 20

// Config says what to import and where to.
type Config struct {
	File     string
	Options  sheet.Options
	Mapping  Mapping
	Source   string // the unit of the importer's token; part of all ids
	Day      time.Time
	Client   *client.Client
	Apply    bool      // append; else ask the ledger what it would say, and append nothing
	Rejects  io.Writer // gets separated values, one row for each fault
	Progress func(Progress)
}

// Progress is how far an import is. Of Reading the ledger there is no total.
type Progress struct {
	Reading     bool // what the ledger has; else the file
	Done, Total int64
}

// Summary counts the rows of a file by what they are. Its JSON form is what the command prints.
type Summary struct {
	Rows      int      `json:"rows"`
	New       int      `json:"new"`
	Changed   int      `json:"changed"`
	Equal     int      `json:"equal"`
	Elsewhere int      `json:"elsewhere"`
	Rejected  int      `json:"rejected"`
	Applied   bool     `json:"applied"`           // false: nothing was appended
	Unread    []string `json:"unread,omitempty"`  // headers of columns that are not read
	Sheets    []string `json:"skipped,omitempty"` // other sheets of the workbook
}

// run is one import.
type run struct {
	Config
	sum     Summary
	author  *importer.Author
	ledger  *ledger
	reader  reader
	rejects *rejectsFile
	seen    map[[16]byte]int // rows by hash of credit code, or of place
	send    *sender
}

// Run imports. The error is about the run: a file that cannot be read, a server that cannot be reached, rejects that cannot be
// written. What was appended before is in the summary, and running it again adds the rest.
func Run(ctx context.Context, c Config) (Summary, error) {
	r := &run{Config: c, seen: map[[16]byte]int{}, rejects: newRejects(c.Rejects)}
	r.sum.Applied = c.Apply
	err := r.run(ctx)
	return r.sum, errors.Join(err, r.rejects.finish())
}

func (r *run) run(ctx context.Context) (err error) {
	file, err := sheet.Open(r.File, r.Options)
	if err != nil {
		return fileError(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	r.sum.Sheets = file.Skipped
	r.reader = reader{Mapping: r.Mapping, year: r.Day.Year()}
	if err := r.header(file); err != nil {
		return err
	}
	if r.author, err = importer.NewAuthor(r.Source); err != nil {
		return err
	}
	r.ledger, err = readLedger(ctx, r.Client, r.author, func(n int) { r.tell(Progress{Reading: true, Done: int64(n)}) })
	if err != nil {
		return err
	}
	r.send = newSender(ctx, r.Client, r.Apply)
	err = r.rows(file)
	sent := r.send.finish(r)
	if err == nil || errors.Is(err, errStopped) {
		err = sent
	}
	if err == nil && r.sum.Rows == 0 {
		err = &FileFault{Code: NoRows}
	}
	return err
}

func (r *run) tell(p Progress) {
	if r.Progress != nil {
		r.Progress(p)
	}
}

// fileError says in both languages what is wrong with a file.
func fileError(err error) error {
	if f, ok := errors.AsType[*sheet.Fault](err); ok {
		return fmt.Errorf("%w (%w)", &FileFault{f.Code, f.Detail}, err)
	}
	return fmt.Errorf("import-register: %w", err)
}

// header finds the header.
func (r *run) header(file *sheet.Reader) error {
	for range headerRows {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fileError(err)
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = c.Text
		}
		columns, unread, ok := r.Mapping.layout(cells)
		if !ok {
			continue
		}
		if both, is := twice(columns); is {
			return &FileFault{ColumnTwice, both}
		}
		r.reader.columns, r.sum.Unread = columns, unread
		for target, name := range map[string]string{toSectors: "行业领域", toRegion: "县区"} {
			if r.reader.column(target).header == "" && r.Mapping.Defaults[target] == "" {
				return &FileFault{NoColumn, name}
			}
		}
		return nil
	}
	return &FileFault{Code: NoHeader}
}

// rows reads the rows behind the header.
func (r *run) rows(file *sheet.Reader) error {
	for {
		row, err := file.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fileError(err)
		}
		if r.sum.Rows++; r.sum.Rows > MaxRows {
			return &FileFault{TooManyRows, strconv.Itoa(MaxRows)}
		}
		if r.sum.Rows&255 == 0 {
			r.tell(Progress{Done: file.Read(), Total: file.Size})
		}
		d, rejects := r.reader.read(row)
		if d == nil {
			r.refuse(rejects...)
			continue
		}
		if err := r.decide(row.Number, d); err != nil {
			return err
		}
	}
}

// refuse counts one row as rejected.
func (r *run) refuse(why ...Reject) {
	r.sum.Rejected++
	for i := range why {
		r.rejects.write(&why[i])
	}
}

func hashed(s string) (h [16]byte) {
	sum := sha256.Sum256([]byte(s))
	copy(h[:], sum[:])
	return h
}

// twice returns the row that is the same subject as another one of the file: by credit code, or, where one of the two has none, by
// name and county.
func (r *run) twice(row int, d *subject.Registered) int {
	at := place(d.Name, d.Region)
	any, without := hashed("any\n"+at), hashed("without\n"+at)
	keys := [][16]byte{without}
	if d.USCC != "" {
		keys = append(keys, hashed("uscc\n"+d.USCC))
	} else {
		keys = append(keys, any)
	}
	for _, k := range keys {
		if other := r.seen[k]; other != 0 {
			return other
		}
	}
	r.seen[keys[1]], r.seen[any] = row, row
	if d.USCC == "" {
		r.seen[without] = row
	}
	return 0
}

// decide compares a subject with what the ledger has, and sends what is new or otherwise.
func (r *run) decide(row int, d *subject.Registered) error {
	reject := func(target string, cause Cause, detail said) error {
		r.refuse(Reject{Row: row, Column: r.reader.column(target).header, Cause: cause, Detail: detail})
		return nil
	}
	if other := r.twice(row, d); other != 0 {
		return reject("", Twice, same(strconv.Itoa(other)))
	}
	known, several := r.ledger.find(d)
	switch {
	case several != nil:
		return reject(toName, Ambiguous, same(fmt.Sprint(several)))
	case known == nil:
		return r.register(row, d)
	case known.row != 0:
		return reject("", Twice, same(strconv.Itoa(known.row)))
	}
	known.row = row
	if known.source == nil {
		if what := known.differs(d); what != (said{}) {
			return reject(toName, Differs, what)
		}
		r.sum.Elsewhere++
		return nil
	}
	if d.USCC == "" { // an empty cell does not say that there is none
		d.USCC, d.USCCReason = known.uscc, known.reason
	}
	return r.compare(row, d, known, reject)
}

// compare corrects what the own source said otherwise.
func (r *run) compare(row int, d *subject.Registered, known *record, reject func(string, Cause, said) error) error {
	hash := hashOf(d)
	switch {
	case known.withdrawn:
		return reject("", Withdrawn, said{})
	case hash == known.content:
		r.sum.Equal++
		return nil
	case d.Region != known.region:
		return reject(toRegion, Fixed, said{"县区或区划代码", "the region"})
	case joined(d.Sectors) != known.sectors:
		return reject(toSectors, Fixed, said{"行业领域", "the sectors"})
	}
	c := r.author.Event("fact-corrected", known.stream, known.at,
		correction.Of(known.fact, known.newest, "名录已更新 / the register has it otherwise", known.at, d), known.origin)
	c.ID = r.author.ID("fact-corrected", known.fact.Event, known.newest.Event, fmt.Sprintf("%x", hash))
	return r.send.add(r, item{row: row, event: c, changed: true})
}

// register registers a new subject.
func (r *run) register(row int, d *subject.Registered) error {
	id := nameOf(d)
	if _, taken := r.ledger.own[id]; taken { // its name or code was changed since
		r.refuse(Reject{Row: row, Cause: Ambiguous, Detail: same(id)})
		return nil
	}
	stream := event.Stream{Kind: event.Subject, ID: id}
	return r.send.add(r, item{row: row, event: r.author.Event("subject-registered", stream, r.Day, d, id)})
}

// Beside is where the rejects of a file go unless somebody says otherwise.
func Beside(file string) string { return filepath.Base(file) + ".rejects.csv" }

// Today is the day of a register that states none.
func Today(now time.Time) time.Time { return event.Day.Floor(now.In(event.Beijing)) }
