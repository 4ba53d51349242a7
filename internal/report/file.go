// Package report makes reports of files. A report is one .sql file: a TOML header in the leading comment and one SELECT, which gives one
// row for each thing that is counted. Groupings, zero rows, totals, shares, medians, drill-down to the entries, the position and
// the scope, JSON, CSV and XLSX come from the header and from here, the same for our files and for those of a city.
//
//	file.go    reads the files
//	parse.go   reads the header of one
//	check.go   prepares it at the start, for each role, grouping and column
//	fault.go   tells what is wrong with it
//	answer.go  computes its rows and totals as of a position, for one asker
//	drill.go   opens a number into its entries
//	write.go   writes an answer as CSV or XLSX
//
// A file is text of whoever runs the server; given texts of an asker never become SQL: they are bound.
package report

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
)

//go:embed files/*.sql
var embedded embed.FS

// Words is a text in both languages.
type Words struct {
	ZH string `toml:"zh" json:"zh"`
	EN string `toml:"en" json:"en"`
}

// Report is one file as it was read.
type Report struct {
	header
	ID   string // number and part
	File string
	SQL  string

	ours    bool // it is in the program
	text    string
	line    int // of the query
	tokens  []token
	union   union
	with    string // stands before the queries of its arms
	queries []armQuery
	faults  []*Fault
	groups  [][]string
	binds   map[string]bool // parameters that the query names
	fields  []string        // of the query, when it is checked
	parts   []*Report
}

// header is what stands in the leading comment.
type header struct {
	Number     string               `toml:"report"`
	Part       string               `toml:"part"` // of a number that is made of several files: a letter
	Title      Words                `toml:"title"`
	Question   Words                `toml:"question"`
	Rules      []string             `toml:"rules"`
	Law        Words                `toml:"law"`
	Roles      []event.Role         `toml:"roles"`
	Date       Words                `toml:"date"` // which date the period bounds
	Rows       []string             `toml:"rows"` // groupings: dimensions with commas, or each
	Dimensions []*Dimension         `toml:"dimensions"`
	Columns    []*Column            `toml:"columns"`
	Detail     []*Field             `toml:"detail"`
	Order      string               `toml:"order"` // of the rows of each
	Base       bool                 `toml:"base"`  // a second period is compared
	Hidden     bool                 `toml:"hidden"`
	Several    bool                 `toml:"several"` // one entry may have made several things
	Notes      []Words              `toml:"notes"`
	Parts      []string             `toml:"parts"`
	Text       []Words              `toml:"text"`
	Parameters map[string]Parameter `toml:"parameters"`
}

// Dimension is something by which rows are grouped: a field of the query, or bands over a number.
type Dimension struct {
	Name  string `toml:"name"`
	Words        // title
	Every any    `toml:"every"` // areas, teams, sectors or a list: those have a row also when nothing is counted
	Of    string `toml:"of"`
	Bands string `toml:"bands"` // parameter
	Kind  string `toml:"kind"`  // id, or nothing: text
	Codes string `toml:"codes"` // list of package codes that has the labels
}

// Column is a figure.
type Column struct {
	Name     string `toml:"name"`
	Words           // title
	Kind     Kind   `toml:"kind"`
	OfWhat   any    `toml:"of"` // an expression, or two columns
	Where    string `toml:"where"`
	Entry    string `toml:"entry"` // field with the entry behind it; ix
	Unit     string `toml:"unit"`
	Only     string `toml:"only"` // total
	Bands    string `toml:"bands"`
	Period   string `toml:"period"` // base
	Interval bool   `toml:"interval"`

	of   string
	pair [2]string
	band int // of Bands, when the column is one of a distribution
}

// Kind is how a column is made of the things.
type Kind string

// The kinds of columns.
const (
	Count, Sum, Distinct      Kind = "count", "sum", "distinct"
	Median, Min, Max          Kind = "median", "min", "max"
	Share, Ratio, Change      Kind = "share", "ratio", "change"
	Distribution              Kind = "distribution"
	intervalLow, intervalHigh Kind = "low", "high"
)

// Adds reports whether the rows of a column add up to its total.
func (c *Column) Adds() bool { return c.Kind == Count || c.Kind == Sum }

// paired reports whether a column is made of two others.
func (c *Column) paired() bool {
	return c.Kind == Share || c.Kind == Ratio || c.Kind == Change || c.Kind == intervalLow || c.Kind == intervalHigh
}

// Field is one of what is shown of a single thing.
type Field struct {
	Name   string `toml:"name"`
	Words         // title
	Kind   string `toml:"kind"` // text, date, number, money, flag, entry, id
	Codes  string `toml:"codes"`
	Entry  string `toml:"entry"`
	Person bool   `toml:"person"` // it tells a person: not for who sees figures only
}

// Parameter is one that a report has of its own.
type Parameter struct {
	Words          // title
	Type  string   `toml:"type"` // bands, number, text, date, id, position
	Value any      `toml:"default"`
	From  []string `toml:"choices"`
}

// Read reads our reports, and those of a directory; "": ours alone. Its error joins every fault. No report of the directory has the number
// of one of ours.
func Read(dir string) ([]*Report, error) {
	all, err := read(dir)
	return all, errors.Join(err, faultsOf(all...))
}

func read(dir string) ([]*Report, error) {
	ours, err := readAll(embedded, "files", "")
	if dir == "" || err != nil {
		return ours, err
	}
	own, err := readAll(os.DirFS(dir), ".", dir)
	for i, r := range own {
		switch {
		case r.ID == "":
		case Find(ours, r.ID) != nil:
			r.tell("report", Words{"编号 %[1]s 是内置报表的编号：自己的报表请用其他编号，如 my-%[1]s",
				"%[1]s is the number of a report that is built in: a report of your own has another one, such as my-%[1]s"}, r.ID)
		case Find(own[:i], r.ID) != nil:
			r.tell("report", Words{"编号 %s 已由 %s 使用", "the number %s is that of %s already"}, r.ID, Find(own, r.ID).File)
		}
	}
	return append(ours, own...), err
}

func readAll(files fs.FS, within, dir string) (all []*Report, err error) {
	if dir != "" {
		if _, err := os.ReadDir(dir); err != nil { // of which Glob says nothing
			return nil, fmt.Errorf("reports of your own / 自己的报表: %w", err)
		}
	}
	names, err := fs.Glob(files, within+"/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		r := parse(filepath.Join(dir, filepath.Base(name)), string(text))
		r.ours = dir == ""
		all = append(all, r)
	}
	return all, nil
}

// Own are the reports of a list that are not in the program.
func Own(all []*Report) []*Report {
	return slices.DeleteFunc(slices.Clone(all), func(r *Report) bool { return r.ours })
}

// Groups are the permitted groupings; the first is the default. {"each"}: one row for each thing.
func (r *Report) Groups() [][]string { return r.groups }

// For reports whether a role may ask for the report.
func (r *Report) For(role event.Role) bool { return slices.Contains(r.Roles, role) }

func (r *Report) dimension(name string) *Dimension {
	for _, d := range r.Dimensions {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Column returns the column of a name; nil: there is none.
func (r *Report) Column(name string) *Column {
	for _, c := range r.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}
