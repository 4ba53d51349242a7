// Package report makes reports of files. A report is one .sql file: a TOML header in the leading comment and one SELECT, which gives one
// row for each thing that is counted. Groupings, zero rows, totals, shares, medians, drill-down to the entries, the position and
// the scope, JSON, CSV and XLSX come from the header and from here, the same for our files and for those of a city.
//
//	file.go    reads a file
//	check.go   prepares it at the start, for each role, grouping and column
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
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

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

	ours   bool // it is in the program
	text   string
	line   int // of the query
	groups [][]string
	binds  map[string]bool // parameters that the query names
	fields []string        // of the query, when it is checked
	parts  []*Report
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

// Fault is what is wrong with a file.
type Fault struct {
	File string
	Line int
	What string
}

func (f *Fault) Error() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What) }

// Read reads our reports, and those of a directory; "": ours alone. Its error joins every fault. A report of the directory stands in
// for ours of the same number.
func Read(dir string) ([]*Report, error) {
	all, err := readAll(embedded, "files", "")
	if dir == "" || err != nil {
		return all, err
	}
	own, err := readAll(os.DirFS(dir), ".", dir)
	for _, r := range own {
		if slices.ContainsFunc(own, func(o *Report) bool { return o != r && o.ID == r.ID }) {
			err = errors.Join(err, r.fault("report", "two files have the number %q", r.ID))
		}
		all = slices.DeleteFunc(all, func(o *Report) bool { return o.ID == r.ID })
	}
	return append(all, own...), err
}

func readAll(files fs.FS, within, dir string) (all []*Report, _ error) {
	names, err := fs.Glob(files, within+"/*.sql")
	if err != nil {
		return nil, err
	}
	if dir != "" {
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("reports: %w", err)
		}
	}
	var errs []error
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		r, err := Parse(filepath.Join(dir, filepath.Base(name)), string(text))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r.ours = dir == ""
		all = append(all, r)
	}
	return all, errors.Join(errs...)
}

var (
	leading = regexp.MustCompile(`(?s)^\s*/\*(.*?)\*/`)
	remarks = regexp.MustCompile(`^(?:\s|--[^\n]*(?:\n|$))*`)
	bound   = regexp.MustCompile(`:(\w+)`)
	nameIs  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// Parse reads one file.
func Parse(file, text string) (*Report, error) {
	r := &Report{File: file, text: strings.ReplaceAll(text, "\r\n", "\n")}
	r.text = strings.TrimPrefix(r.text, "\ufeff")
	at := leading.FindStringSubmatchIndex(r.text)
	if at == nil {
		return nil, &Fault{file, 1, "a report begins with its header, in /* */"}
	}
	before := strings.Count(r.text[:at[2]], "\n")
	if err := r.decode(r.text[at[2]:at[3]], before); err != nil {
		return nil, err
	}
	query := remarks.ReplaceAllString(r.text[at[1]:], "")
	r.line = 1 + strings.Count(r.text[:len(r.text)-len(query)], "\n")
	r.SQL = strings.TrimRight(query, "; \n\t")
	r.binds = map[string]bool{}
	for _, m := range bound.FindAllStringSubmatch(r.SQL, -1) {
		r.binds[m[1]] = true
	}
	r.ID = r.Number + r.Part
	if err := r.examine(); err != nil {
		return nil, err
	}
	return r, nil
}

// decode reads the header strictly: a word that there is not is a fault.
func (r *Report) decode(text string, before int) error {
	err := toml.NewDecoder(strings.NewReader(text)).DisallowUnknownFields().Decode(&r.header)
	var unknown *toml.StrictMissingError
	var bad *toml.DecodeError
	switch {
	case errors.As(err, &unknown):
		e := &unknown.Errors[0]
		row, _ := e.Position()
		return &Fault{r.File, before + row, fmt.Sprintf("the header has no word %q", strings.Join(e.Key(), "."))}
	case errors.As(err, &bad):
		row, _ := bad.Position()
		what := strings.TrimPrefix(bad.Error(), "toml: ")
		if m := misfit.FindStringSubmatch(what); m != nil {
			what = fmt.Sprintf("%s: this is a %s of TOML, where %s is wanted", strings.ToLower(m[2]), strings.ToLower(m[1]), wanted(m[3]))
		}
		return &Fault{r.File, before + row, what}
	case err != nil:
		return &Fault{r.File, before + 1, strings.TrimPrefix(err.Error(), "toml: ")}
	}
	return nil
}

// misfit is what TOML says of a value that is of another kind than the header's word.
var misfit = regexp.MustCompile(`^cannot decode TOML (.+) into struct field report\.(?:\w+)\.(\w+) of type (.+)$`)

// wanted says in TOML what a type of this package is.
func wanted(of string) string {
	switch {
	case of == "[]string" || strings.HasSuffix(of, ".Role"):
		return `a list of texts, ["…", "…"],`
	case strings.HasPrefix(of, "[]"):
		return "a list of tables, [{…}, {…}],"
	case of == "bool":
		return "true or false"
	case strings.HasSuffix(of, "Words"):
		return `{zh = "…", en = "…"}`
	}
	return `a text, "…",`
}

// fault is one where a name is declared, or else at the first line that has the word.
func (r *Report) fault(word, format string, args ...any) *Fault {
	return &Fault{r.File, r.lineOf(word), fmt.Sprintf(format, args...)}
}

func (r *Report) lineOf(word string) int {
	lines, name := strings.Split(r.text, "\n"), regexp.QuoteMeta(word)
	for _, pattern := range []string{`\bname\s*=\s*"` + name + `"`, `^\s*` + name + `\s*=`, `\b` + name + `\b`} {
		is := regexp.MustCompile(pattern)
		if i := slices.IndexFunc(lines, is.MatchString); i >= 0 {
			return i + 1
		}
	}
	return 1
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
