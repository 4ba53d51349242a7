package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// Common are the parameters that every report may have, with their types: a report has those for whose field its query gives one, or
// that its query names. What it has not is refused, never ignored.
var Common = map[string]string{"campaign": "id", "county": "text", "sector": "text", "team": "id", "year": "number", "from": "date",
	"to": "date"}

// fieldOf is the field that a common parameter bounds.
func fieldOf(parameter string) string {
	switch parameter {
	case "year", "from", "to":
		return "date"
	}
	return parameter
}

// Takes reports whether a report can be asked by a parameter.
func (r *Report) Takes(parameter string) bool {
	switch parameter {
	case "now":
		return true
	case "base_from", "base_to":
		return r.Base
	}
	if Common[parameter] == "" {
		_, own := r.Parameters[parameter]
		return own
	}
	if len(r.parts) > 0 {
		return !slices.ContainsFunc(r.parts, func(part *Report) bool { return !part.Takes(parameter) })
	}
	names := []string{parameter}
	if fieldOf(parameter) == "date" {
		names = []string{"from", "to"}
	}
	return slices.Contains(r.fields, fieldOf(parameter)) || slices.ContainsFunc(names, func(n string) bool { return r.binds[n] })
}

// Wrong is a parameter that cannot be what it is.
type Wrong struct {
	Parameter string
	Wanted    string   // term of package law
	Allowed   []string // where there is a list
	Unknown   bool     // the report has no such parameter
}

func (w *Wrong) Error() string {
	if w.Unknown {
		return fmt.Sprintf("the report has no parameter %s", w.Parameter)
	}
	return strings.TrimSpace(fmt.Sprintf("%s: want %s %s", w.Parameter, w.Wanted, strings.Join(w.Allowed, ", ")))
}

// Question is what is asked of a report.
type Question struct {
	Rows    string            // a grouping, as the file has it; "": the first
	Given   map[string]string // parameters, as texts
	Figures bool              // the asker sees figures, and things without entries and persons
	Keep    bool              // what is counted is set aside after the answer, so that its numbers open at once
}

// Execution is one report that one asker asks as of one position, over a connection that is open.
type Execution struct {
	*Report
	conn  *reportdb.Conn
	q     Question
	by    []string
	p     map[string]any     // what is bound
	bands map[string][]int64 // by parameter
	parts []*Execution
	own   int64  // team of the asker, to which rows of every team are cut; 0: none
	from  string // where the things stand, once they are counted
	whole bool   // all of them stay there, and not only those of which more is asked than how many they are

	tallied  []*reportdb.Tallied // what was counted of them, by the values of the dimensions; nil: nothing yet
	distinct []*Column           // those whose values were told apart with it
}

// Names are the texts in which the report may name registers, for [reportdb.Question].
func (r *Report) Names() string {
	names := r.SQL
	for _, part := range r.parts {
		names += " " + part.Names()
	}
	for _, d := range r.Dimensions {
		if every, ok := d.Every.(string); ok {
			names += " " + every
		}
	}
	return names
}

// On asks the report over a connection. team is that of an asker who sees only his own, "" of others. The error is a
// *[Wrong], or the database's.
func (r *Report) On(conn *reportdb.Conn, team string, q Question) (*Execution, error) {
	x := &Execution{Report: r, conn: conn, q: q, p: map[string]any{}, bands: map[string][]int64{}}
	i := slices.IndexFunc(r.Rows, func(rows string) bool { return spaceless(rows) == spaceless(q.Rows) })
	if q.Rows == "" && len(r.groups) > 0 {
		i = 0
	}
	if len(r.parts) > 0 && q.Rows == "" {
		return x, x.compose(team)
	}
	if i < 0 {
		return nil, &Wrong{Parameter: "rows", Wanted: "one-of-these", Allowed: r.RowNames()}
	}
	x.by = r.groups[i]
	if team != "" {
		n, known, err := conn.NameOf(team)
		if err != nil {
			return nil, err
		}
		if x.own = n; !known {
			x.own = -1
		}
	}
	if err := x.bind(); err != nil {
		return nil, err
	}
	return x, nil
}

func spaceless(s string) string { return strings.ReplaceAll(s, " ", "") }

// RowNames are the groupings as they are asked for.
func (r *Report) RowNames() []string {
	names := make([]string, len(r.Rows))
	for i := range r.Rows {
		names[i] = spaceless(r.Rows[i])
	}
	return names
}

// Parameter returns what is bound to a parameter; nil: nothing.
func (x *Execution) Parameter(name string) any { return x.p[name] }

// bind reads the parameters: given texts are bound, and never become SQL.
func (x *Execution) bind() error {
	for name := range x.q.Given {
		if !x.Takes(name) {
			return &Wrong{Parameter: name, Unknown: true}
		}
	}
	if now := x.q.Given["now"]; now != "" {
		day, err := x.value("now", &Parameter{Type: "date"}, now)
		if err != nil {
			return err
		}
		x.p["now"] = day
	}
	for name, kind := range Common {
		if err := x.set(name, &Parameter{Type: kind}); err != nil {
			return err
		}
	}
	for name := range x.Parameters {
		p := x.Parameters[name]
		if err := x.set(name, &p); err != nil {
			return err
		}
	}
	return x.period()
}

// set binds a parameter: what is given, or its default.
func (x *Execution) set(name string, p *Parameter) error {
	x.p[name] = nil
	text, given := x.q.Given[name]
	if !given {
		switch p.Value {
		case nil:
			return nil
		case "today":
			x.p[name] = x.today()
			return nil
		case "latest":
			x.p[name] = tables.End
			return nil
		}
		text = fmt.Sprint(p.Value)
	}
	v, err := x.value(name, p, text)
	x.p[name] = v
	return err
}

func (x *Execution) now() string {
	if now, ok := x.p["now"].(string); ok {
		return now
	}
	return x.conn.Now()
}

func (x *Execution) today() string { return x.now()[:min(10, len(x.now()))] }

// value reads the text of a parameter.
func (x *Execution) value(name string, p *Parameter, text string) (any, error) {
	wrong := func(wanted string, allowed ...string) (any, error) {
		return nil, &Wrong{Parameter: name, Wanted: wanted, Allowed: allowed}
	}
	switch p.Type {
	case "number", "position":
		n, err := strconv.ParseInt(text, 10, 53)
		if err != nil {
			return wrong("number")
		}
		if p.Type == "position" {
			n-- // the index of the last entry before it
		}
		return n, nil
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return wrong("date")
		}
		return text, nil
	case "bands":
		bands, err := bandsOf(text)
		usual, _ := bandsOf(fmt.Sprint(x.Parameters[name].Value))
		if err != nil || len(bands) != len(usual) {
			return wrong("report-bands", fmt.Sprint(x.Parameters[name].Value))
		}
		x.bands[name] = bands
		return text, nil
	case "id":
		n, known, err := x.conn.NameOf(text)
		if !known && err == nil {
			n = -1
		}
		return n, err
	}
	if len(p.From) > 0 && !slices.Contains(p.From, text) {
		return wrong("one-of-these", p.From...)
	}
	return text, nil
}

// period makes from and to of year, to the day after the last, and the base period a year earlier.
func (x *Execution) period() error {
	p := x.p
	if x.Base && p["year"] == nil && p["from"] == nil {
		if year, err := strconv.ParseInt(x.today()[:min(4, len(x.today()))], 10, 64); err == nil {
			p["year"] = year
		}
	}
	if to, ok := p["to"].(string); ok {
		p["to"] = after(to)
	}
	if year, ok := p["year"].(int64); ok {
		p["from"], p["to"] = fmt.Sprintf("%04d-01-01", year), fmt.Sprintf("%04d-01-01", year+1)
	}
	if !x.Base {
		return nil
	}
	for _, name := range []string{"base_from", "base_to"} {
		if err := x.set(name, &Parameter{Type: "date"}); err != nil {
			return err
		}
	}
	if to, ok := p["base_to"].(string); ok {
		p["base_to"] = after(to)
	}
	from, ok := p["from"].(string)
	switch {
	case p["base_from"] != nil:
	case ok:
		p["base_from"] = earlier(from)
	default:
		p["base_from"] = "9999"
	}
	if to, ok := p["to"].(string); ok && p["base_to"] == nil {
		p["base_to"] = earlier(to)
	}
	if p["base_to"] == nil {
		p["base_to"] = "9999"
	}
	return nil
}

// after is the day after a day.
func after(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

// earlier is the same day of the year before; as a bound it need not be a day of the calendar.
func earlier(day string) string {
	year, err := strconv.Atoi(day[:4])
	if err != nil {
		return day
	}
	return fmt.Sprintf("%04d%s", year-1, day[4:])
}
