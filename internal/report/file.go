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
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/anjian-ledger/anjian/domain/codes"
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
	fields []string // of the query, when it is checked
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
		return &Fault{r.File, before + row, strings.TrimPrefix(bad.Error(), "toml: ")}
	case err != nil:
		return &Fault{r.File, before + 1, strings.TrimPrefix(err.Error(), "toml: ")}
	}
	return nil
}

// fault is one at the first line that has a word.
func (r *Report) fault(word, format string, args ...any) *Fault {
	return &Fault{r.File, r.lineOf(word), fmt.Sprintf(format, args...)}
}

func (r *Report) lineOf(word string) int {
	is := regexp.MustCompile(`\b` + regexp.QuoteMeta(word) + `\b`)
	for i, line := range strings.Split(r.text, "\n") {
		if is.MatchString(line) {
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

// examine finds what is wrong with a header without a database, and makes ready what is read of it.
func (r *Report) examine() error {
	switch {
	case r.Number == "" || !regexp.MustCompile(`^[A-Za-z0-9-]+$`).MatchString(r.ID):
		return r.fault("report", "report = \"…\": letters and digits are the number of a report")
	case r.Title.ZH == "" || r.Title.EN == "":
		return r.fault("title", "the title needs zh and en")
	case len(r.Roles) == 0:
		return r.fault("roles", "roles = […] says who may ask")
	case len(r.Parts) > 0:
		return nil
	case r.SQL == "":
		return r.fault("report", "there is no query behind the header")
	}
	for _, role := range r.Roles {
		if !slices.Contains(event.Roles, role) {
			return r.fault(string(role), "there is no role %q", role)
		}
	}
	for _, examine := range []func() error{r.examineParameters, r.examineDimensions, r.examineColumns, r.examineDetail, r.examineRows} {
		if err := examine(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) examineParameters() error {
	for name, p := range r.Parameters {
		switch {
		case !nameIs.MatchString(name):
			return r.fault(name, "%q is no name: a to z, digits and _", name)
		case Common[name] != "" || slices.Contains([]string{"rows", "format", "as_of", "now", "wait_for", "cursor", "limit", "row", "column"},
			name):
			return r.fault(name, "the parameter %q is everybody's", name)
		case p.ZH == "" || p.EN == "":
			return r.fault(name, "the parameter %q needs zh and en", name)
		case p.Type == "bands":
			if _, err := bandsOf(fmt.Sprint(p.Value)); err != nil {
				return r.fault(name, "the parameter %q: %v", name, err)
			}
		case !slices.Contains([]string{"number", "text", "date", "id", "position"}, p.Type):
			return r.fault(name, "the parameter %q: there is no type %q", name, p.Type)
		}
	}
	return nil
}

func (r *Report) examineDimensions() error {
	for _, d := range r.Dimensions {
		switch {
		case !nameIs.MatchString(d.Name):
			return r.fault(d.Name, "%q is no name: a to z, digits and _", d.Name)
		case d.ZH == "" || d.EN == "":
			return r.fault(d.Name, "the dimension %q needs zh and en", d.Name)
		case d.Bands != "" && r.Parameters[d.Bands].Type != "bands":
			return r.fault(d.Name, "the dimension %q: %q is no parameter of type bands", d.Name, d.Bands)
		case d.Bands != "" && d.Of == "":
			return r.fault(d.Name, "the dimension %q: bands of what?", d.Name)
		case d.Codes != "" && codes.TableOf(d.Codes) == nil:
			return r.fault(d.Name, "there is no list of codes %q", d.Codes)
		}
		switch every := d.Every.(type) {
		case nil:
		case string:
			if !slices.Contains([]string{"areas", "teams", "sectors"}, every) {
				return r.fault(d.Name, "every = %q: there are areas, teams, sectors, or a list", every)
			}
			if every == "teams" {
				d.Kind = "id"
			}
		case []any:
		default:
			return r.fault(d.Name, "every is areas, teams, sectors, or a list")
		}
	}
	return nil
}

func (r *Report) examineDetail() error {
	for _, f := range r.Detail {
		switch {
		case !nameIs.MatchString(f.Name):
			return r.fault(f.Name, "%q is no name: a to z, digits and _", f.Name)
		case f.ZH == "" || f.EN == "":
			return r.fault(f.Name, "the detail %q needs zh and en", f.Name)
		case !slices.Contains([]string{"text", "date", "number", "money", "flag", "entry", "id"}, f.Kind):
			return r.fault(f.Name, "the detail %q: there is no kind %q", f.Name, f.Kind)
		case f.Codes != "" && codes.TableOf(f.Codes) == nil:
			return r.fault(f.Name, "there is no list of codes %q", f.Codes)
		}
	}
	return nil
}

func (r *Report) examineRows() error {
	if len(r.Rows) == 0 {
		r.Rows = []string{each}
	}
	for _, rows := range r.Rows {
		var dims []string
		for part := range strings.SplitSeq(rows, ",") {
			dims = append(dims, strings.TrimSpace(part))
		}
		r.groups = append(r.groups, dims)
		if rows == each {
			if len(r.Detail) == 0 {
				return r.fault("rows", "rows one by one need a detail")
			}
			continue
		}
		for _, d := range dims {
			if r.dimension(d) == nil {
				return r.fault("rows", "rows by %q, which is no dimension", d)
			}
		}
	}
	return nil
}

// each is the grouping that has one row for each thing.
const each = "each"

func (r *Report) examineColumns() error {
	var all []*Column
	for _, c := range r.Columns {
		if !nameIs.MatchString(c.Name) {
			return r.fault(c.Name, "%q is no name: a to z, digits and _", c.Name)
		}
		if c.ZH == "" || c.EN == "" {
			return r.fault(c.Name, "the column %q needs zh and en", c.Name)
		}
		if err := r.examineColumn(c); err != nil {
			return err
		}
		expanded, err := r.expand(c)
		if err != nil {
			return err
		}
		all = append(all, expanded...)
	}
	if len(all) == 0 {
		return r.fault("report", "a report has columns")
	}
	r.Columns = all
	for i, c := range all {
		if slices.ContainsFunc(all[:i], func(o *Column) bool { return o.Name == c.Name }) {
			return r.fault(c.Name, "two columns are named %q", c.Name)
		}
		if !c.paired() {
			continue
		}
		for _, of := range c.pair {
			if o := r.Column(of); o == nil || o.paired() {
				return r.fault(c.Name, "the column %q is of %q, which is no column that is counted", c.Name, of)
			}
		}
	}
	return nil
}

func (r *Report) examineColumn(c *Column) error {
	switch of := c.OfWhat.(type) {
	case nil:
	case string:
		c.of = of
	case []any:
		if len(of) == 2 {
			c.pair[0], _ = of[0].(string)
			c.pair[1], _ = of[1].(string)
		}
	}
	switch c.Kind {
	case Share, Ratio, Change:
		if c.pair[1] == "" {
			return r.fault(c.Name, "the column %q needs of = [\"a\", \"b\"], two columns", c.Name)
		}
	case Count:
	case Sum, Distinct, Median, Min, Max, Distribution:
		if c.of == "" {
			return r.fault(c.Name, "the column %q needs of = \"…\": a field, or what is computed from fields", c.Name)
		}
	default:
		return r.fault(c.Name, "the column %q: there is no kind %q", c.Name, c.Kind)
	}
	if c.Kind == Distribution && r.Parameters[c.Bands].Type != "bands" {
		return r.fault(c.Name, "the column %q: %q is no parameter of type bands", c.Name, c.Bands)
	}
	return nil
}

// expand makes a distribution several counts, one for each band, and gives a share its interval.
func (r *Report) expand(c *Column) ([]*Column, error) {
	switch {
	case c.Interval:
		low, high := *c, *c
		low.Name, low.Kind, low.ZH, low.EN = c.Name+"_low", intervalLow, c.ZH+"下限", c.EN+", lower bound"
		high.Name, high.Kind, high.ZH, high.EN = c.Name+"_high", intervalHigh, c.ZH+"上限", c.EN+", upper bound"
		return []*Column{c, &low, &high}, nil
	case c.Kind != Distribution:
		return []*Column{c}, nil
	}
	bands, err := bandsOf(fmt.Sprint(r.Parameters[c.Bands].Value))
	if err != nil {
		return nil, r.fault(c.Name, "%v", err)
	}
	var all []*Column
	for i := range len(bands) + 1 {
		one := *c
		one.Kind, one.band, one.Name = Count, i, c.Name+"_"+strconv.Itoa(i)
		one.ZH, one.EN = c.ZH+labelOf(bands, i), c.EN+" "+labelOf(bands, i)
		all = append(all, &one)
	}
	return all, nil
}

// bandsOf reads the bounds between bands: ascending whole numbers with commas.
func bandsOf(text string) (bands []int64, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 32)
		if err != nil || len(bands) > 0 && n <= bands[len(bands)-1] || len(bands) == 20 {
			return nil, fmt.Errorf("bands are 1 to 20 ascending whole numbers with commas, not %q", text)
		}
		bands = append(bands, n)
	}
	return bands, nil
}

func labelOf(bands []int64, i int) string {
	switch i {
	case 0:
		return fmt.Sprintf("<%d", bands[0])
	case len(bands):
		return fmt.Sprintf("≥%d", bands[i-1])
	}
	return fmt.Sprintf("%d–%d", bands[i-1], bands[i]-1)
}

// bandSQL is the band of an expression: its number or its label. Bands are numbers, so that no given text becomes SQL.
func bandSQL(of string, bands []int64, number bool) string {
	word := func(i int) string {
		if number {
			return strconv.Itoa(i)
		}
		return "'" + labelOf(bands, i) + "'"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CASE WHEN (%s) IS NULL THEN NULL", of)
	for i, n := range bands {
		fmt.Fprintf(&b, " WHEN (%s) < %d THEN %s", of, n, word(i))
	}
	fmt.Fprintf(&b, " ELSE %s END", word(len(bands)))
	return b.String()
}
