// Package importer turns public inspection records that others wrote into events and
// appends them through the ledger's own HTTP API, like any other author.
//
// # What an import is
//
// Reading, then mapping, then sending. Reading (table.go) lists every bad row by file and
// line and goes on. A [Mapping] is pure: the same rows give the same events, byte for byte,
// with ids that depend on the record's own identity only ([Author]). Sending (send.go, package client) is therefore
// safe to repeat: a second run of the same file, or the rest of an interrupted one, finds what is there already and appends
// nothing twice. A row that was changed in a newer file is amended (amend.go), and what the whole of a source has no more is
// withdrawn, when somebody says that a file is the whole (whole.go). There is no import state beside the ledger.
//
// # What is never done
//
// Nothing is invented. A fact the source does not state stays unknown: no inspector, no
// county, no description, no approver. Terms of the source are kept as their authors wrote
// them in the events' source maps, whatever they were mapped to. All dates are days
// (timeprecision=day, at midnight in Beijing). A decision has the date of its row even where the
// real decision came later, because the sources have no other date.
//
// What the columns of a source mean is said by a [Mapping]; package mappings has those that there are.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/internal/ledger"
)

// Limits of one append: what GET /v1/limits says of a ledger on whatever engine.
const (
	MaxBatch      = ledger.MaxBatchEvents // events
	MaxBatchBytes = ledger.MaxBatchBytes  // bytes of the request body
)

// Mapping turns the records of one source into events. It is pure: the same rows give the same
// events, in the same order.
type Mapping struct {
	// Format is what the source is called on the command line. It is the unit of the importer's
	// token and part of all ids, so it is permanent.
	Format string
	Kinds  []Kind // of files; one file of each must be given
	Map    func(a *Author, tables [][]*Table, rep *Report) *Dataset
}

// Config says what to import and where to.
type Config struct {
	Mapping   Mapping
	Files     []string // CSV, or CSV compressed with gzip (.gz), in any order
	Client    *client.Client
	BatchSize int // events in one append, 1 … MaxBatch; 0 is MaxBatch
	// Whole says that the files are all that the source has: what they have no more is withdrawn, in a dry run counted. Confirm is the
	// number that a dry run counted; where much has vanished nothing is imported without it (whole.go).
	Whole    bool
	Confirm  int
	DryRun   bool           // ask the ledger what it would say of the first batch of each subject, and append nothing
	Progress func(Progress) // called from several goroutines, one at a time; may be nil
	Report   io.Writer      // what could not be mapped, and why, in plain lines; may be nil
}

// Progress is how far an import is: Done of Total events were acknowledged.
type Progress struct{ Done, Total int }

// Summary counts an import. Its JSON form is the last line that the import command prints.
type Summary struct {
	Rows           int `json:"rows"`            // data rows in the files
	Appended       int `json:"appended"`        // events that this run appended
	AlreadyPresent int `json:"already_present"` // events that the ledger had already
	Unmapped       int `json:"unmapped"`        // rows that gave no event; each is listed in the report
	// Flagged counts the deviations that the ledger saw in appended events; its own
	// deviation-flagged entries are not in Appended.
	Flagged int `json:"-"`
	// Of a dry run: Appended would be; Refused would not, each in the report with the reason; of
	// Unjudged nothing can be said: they build on refused ones, or come behind a subject's first batch.
	Refused  int `json:"refused,omitzero"`
	Unjudged int `json:"unjudged,omitzero"`
	// Amended of a dry run: events that the ledger has otherwise; a run corrects them, or finds that it has.
	Amended int `json:"amended,omitzero"`
	// Withdrawn are facts of records that the whole of the source has no more: withdrawn by this run, or in a dry run to be.
	Withdrawn int `json:"withdrawn,omitzero"`
}

// Run imports. Bad rows are listed and skipped; the error is about the run as a whole: a file
// that cannot be read or lacks a column, a server that refuses or cannot be reached. What
// was acknowledged before an error stays appended and is in the summary.
func Run(ctx context.Context, c Config) (Summary, error) {
	data, sum, err := Read(c.Mapping, c.Files, c.Report)
	if err != nil {
		return sum, err
	}
	total, err := data.Check()
	if err != nil {
		return sum, err
	}
	author, err := NewAuthor(c.Mapping.Format)
	if err != nil {
		return sum, err
	}
	s := &sender{client: c.Client, author: author, batch: c.BatchSize, progress: c.Progress, sum: sum, total: total}
	report := newReport(c.Report)
	if s.batch <= 0 || s.batch > MaxBatch {
		s.batch = MaxBatch
	}
	if c.Whole {
		if err := s.guard(ctx, data, &c, report); err != nil {
			return s.sum, err
		}
	}
	if c.DryRun {
		return s.sum, foretell(ctx, s, data, report)
	}
	if err = s.send(ctx, data); err == nil && c.Whole {
		err = s.withdrawVanished(ctx, data, report)
	}
	return s.sum, err
}

// Read reads the files and maps them, and sends nothing. Bad rows go to the report, which may be
// nil; the summary counts rows. The error is about a file as a whole, or the report's.
func Read(m Mapping, files []string, report io.Writer) (*Dataset, Summary, error) {
	rep := newReport(report)
	data, err := load(m, files, rep)
	if err == nil {
		err = rep.finish()
	}
	return data, rep.summary(), err
}

// load reads the files and prepares the mapping.
func load(m Mapping, files []string, rep *Report) (*Dataset, error) {
	if len(files) == 0 {
		return nil, errors.New("import: no file was named")
	}
	a, err := NewAuthor(m.Format)
	if err != nil {
		return nil, err
	}
	tables := make([][]*Table, len(m.Kinds))
	for _, file := range files {
		t, err := readFile(file, m.Kinds, rep)
		if err != nil {
			return nil, err
		}
		tables[t.kind] = append(tables[t.kind], t)
	}
	for i, k := range m.Kinds {
		if len(tables[i]) == 0 {
			return nil, fmt.Errorf("import: none of the files has the columns of %s: %v", k.Name, k.Required)
		}
	}
	return m.Map(a, tables, rep), nil
}
