// Package importer turns public inspection records that others wrote into events and
// appends them through the ledger's own HTTP API, like any other author.
//
// # What an import is
//
// Reading, then mapping, then sending. Reading (table.go) lists every bad row by file and
// line and goes on. Mapping (msha.go, toronto.go, chicago.go) is pure: the same rows give
// the same events, byte for byte, with ids that depend on the record's own identity only
// ([author]). Sending (send.go, package client) is therefore safe to repeat: a second run of the
// same file, or the rest of an interrupted one, finds what is there already and appends
// nothing twice. There is no import state beside the ledger.
//
// # What is never done
//
// Nothing is invented. A fact the source does not state stays unknown: no inspector, no
// county, no description, no approver. Terms of the source are kept as their authors wrote
// them in the events' source maps, whatever they were mapped to. All dates are days
// (timeprecision=day, at midnight in Beijing). A decision has the date of its row even where the
// real decision came later, because the sources have no other date.
//
// # The mappings in short
//
//	           msha                   toronto                      chicago
//	subject    mine_name              Establishment ID             License
//	inspection mine and begin date    Inspection ID                Inspection_ID
//	team       unknown                unknown                      sanitarian; blank is none
//	finding    row                    row with an infraction       item_no, count times
//	level      unknown                C major, M S general, NA unknown    unknown
//	penalty    assessment > 0         fine > 0, or "Fined"         none in the source
//
// The doc comments of the mapping functions state the decisions and their reasons.
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

// Format names a source's form.
type Format string

// The formats.
const (
	MSHA    Format = "msha"
	Toronto Format = "toronto"
	Chicago Format = "chicago"
)

// Formats lists the formats in the order the documentation gives them.
var Formats = []Format{MSHA, Toronto, Chicago}

// Config says what to import and where to.
type Config struct {
	Format    Format
	Files     []string // CSV, or CSV compressed with gzip (.gz), in any order
	Client    *client.Client
	BatchSize int            // events in one append, 1 … MaxBatch; 0 is MaxBatch
	DryRun    bool           // ask the ledger what it would say of the first batch of each subject, and append nothing
	Progress  func(Progress) // called from several goroutines, one at a time; may be nil
	Report    io.Writer      // what could not be mapped, and why, in plain lines; may be nil
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
}

// Run imports. Bad rows are listed and skipped; the error is about the run as a whole: a file
// that cannot be read or lacks a column, a server that refuses or cannot be reached. What
// was acknowledged before an error stays appended and is in the summary.
func Run(ctx context.Context, c Config) (Summary, error) {
	rep := newReport(c.Report)
	data, err := load(c.Format, c.Files, rep)
	if err != nil {
		return rep.summary(), err
	}
	total, err := data.check()
	if err != nil {
		return rep.summary(), err
	}
	if err := rep.finish(); err != nil {
		return rep.summary(), err
	}
	s := &sender{client: c.Client, batch: c.BatchSize, progress: c.Progress, sum: rep.summary(), total: total}
	if s.batch <= 0 || s.batch > MaxBatch {
		s.batch = MaxBatch
	}
	if c.DryRun {
		err = foretell(ctx, s, data, rep)
	} else {
		err = s.send(ctx, data)
	}
	return s.sum, err
}

// load reads the files and prepares the mapping.
func load(f Format, files []string, rep *report) (*dataset, error) {
	if len(files) == 0 {
		return nil, errors.New("import: no file was named")
	}
	a, err := newAuthor(f)
	if err != nil {
		return nil, err
	}
	var kinds []kind
	var mapping func(*author, [][]*table, *report) *dataset
	switch f {
	case MSHA:
		kinds, mapping = []kind{mshaKind}, mapMSHA
	case Toronto:
		kinds, mapping = []kind{torontoKind}, mapToronto
	case Chicago:
		kinds, mapping = []kind{chicagoInspections, chicagoItems}, mapChicago
	default:
		return nil, fmt.Errorf("import: unknown format %q, want one of %v", f, Formats)
	}
	tables := make([][]*table, len(kinds))
	for _, file := range files {
		t, err := readFile(file, kinds, rep)
		if err != nil {
			return nil, err
		}
		tables[t.kind] = append(tables[t.kind], t)
	}
	for i, k := range kinds {
		if len(tables[i]) == 0 {
			return nil, fmt.Errorf("import: none of the files has the columns of %s: %v", k.name, k.required)
		}
	}
	return mapping(a, tables, rep), nil
}
