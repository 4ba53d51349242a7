package report

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// MostRows is how many rows an answer may have.
const MostRows = 100_000

// ErrTooMany means that an answer has too many rows.
var ErrTooMany = errors.New("the answer has too many rows")

// Answer is what a report says.
type Answer struct {
	By      []string // the dimensions; each: one row for each thing
	Columns []*Column
	Rows    []Row
	Total   []any
	Hidden  *int64 // things that are hidden from others, of a list that shows them
	Notes   []Words
	Text    []Words      // of a report of sentences, which has nothing else
	Figures []PartFigure // of these
}

// Row is one row: of a group of things, or of one thing.
type Row struct {
	Key    []any // values of the dimensions; of each: the entry
	Values []any // of the columns; of each: of the details
}

// Each reports whether each row is one thing.
func (a *Answer) Each() bool { return len(a.By) > 0 && a.By[0] == each }

// things is a query of the report, bounded by the parameters, with its bands as fields. Unary plus: a field has no affinity,
// here and where a number is opened; else '2019' <> 2019 is true in one and false in the other. further are conditions on the query's own
// fields, so that indexes serve them. used tells which fields are asked for; nil: all.
func (x *Execution) things(query string, used func(field string) bool, further ...string) string {
	where := further
	has := func(field string) bool { return slices.Contains(x.fields, field) }
	if has("date") {
		if in := x.inside("from", "to"); x.Base {
			where = append(where, "("+cmp.Or(in, "1")+" OR "+cmp.Or(x.inside("base_from", "base_to"), "1")+")")
		} else if in != "" {
			where = append(where, in)
		}
	}
	for _, name := range []string{"campaign", "sector", "team"} {
		if x.p[name] != nil && has(name) {
			where = append(where, name+" = :"+name)
		}
	}
	if x.p["county"] != nil && has("county") {
		where = append(where, "county IN (SELECT member FROM temp.area_members WHERE area = :county)")
	}
	fields := make([]string, 0, len(x.fields)+2)
	for _, f := range x.fields {
		if used == nil || used(f) {
			fields = append(fields, "+"+f+" AS "+f)
		}
	}
	for _, d := range x.Dimensions {
		if d.Bands != "" && (used == nil || used(d.Name)) {
			fields = append(fields, bandSQL(d.Of, x.bands[d.Bands], true)+" AS "+d.Name)
		}
	}
	query = "SELECT " + strings.Join(fields, ", ") + " FROM (" + query + "\n)"
	if len(where) > 0 {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	return query
}

// inside is the condition that a date lies between two parameters; "": neither is given.
func (x *Execution) inside(from, to string) string {
	var both []string
	if x.p[from] != nil {
		both = append(both, "date >= :"+from)
	}
	if x.p[to] != nil {
		both = append(both, "date < :"+to)
	}
	if len(both) == 0 {
		return ""
	}
	return "(" + strings.Join(both, " AND ") + ")"
}

// where is which things a column counts: those by which the number opens.
func (x *Execution) where(c *Column) string {
	if c.Kind == Sum {
		return x.condition(c) + " AND (" + c.of + ") <> 0"
	}
	return x.condition(c)
}

// condition is what the file says of the things of a column.
func (x *Execution) condition(c *Column) string {
	var all []string
	if c.Where != "" {
		all = append(all, "("+c.Where+")")
	}
	if c.Bands != "" {
		all = append(all, fmt.Sprintf("%s = %d", bandSQL(c.of, x.bands[c.Bands], true), c.band))
	}
	if x.Base && slices.Contains(x.fields, "date") {
		in := x.inside("from", "to")
		if c.Period == "base" {
			in = x.inside("base_from", "base_to")
		}
		if in != "" {
			all = append(all, in)
		}
	}
	if x.Hidden {
		all = append(all, "hidden = 0")
	}
	switch c.Kind {
	case Distinct, Median, Min, Max:
		all = append(all, "("+c.of+") IS NOT NULL")
	}
	if len(all) == 0 {
		return "1"
	}
	return strings.Join(all, " AND ")
}

// any is the condition of the things of any of some columns: others are not looked for.
func (x *Execution) any(columns []*Column) string {
	var all []string
	for _, c := range columns {
		if !c.paired() {
			all = append(all, "("+x.condition(c)+")")
		}
	}
	return "(" + strings.Join(all, " OR ") + ")"
}

func (x *Execution) aggregate(c *Column) string {
	filter := " FILTER (WHERE " + x.where(c) + ")"
	switch c.Kind {
	case Sum:
		// What nobody records, of things that there are, is not 0 but unknown.
		all := " FILTER (WHERE " + x.condition(c) + ")"
		return "CASE WHEN count(*)" + all + " > 0 AND count(" + c.of + ")" + all + " = 0 THEN NULL ELSE coalesce(sum(" + c.of + ")" + filter +
			", 0) END"
	case Distinct:
		return "count(DISTINCT " + c.of + ")" + filter
	case Min, Max:
		return string(c.Kind) + "(" + c.of + ")" + filter
	}
	return "count(*)" + filter
}

var words = regexp.MustCompile(`\w+`)

// used tells which fields rows and totals are made of, and what is shown of each thing, if the numbers are to open from the same table: the
// fewer it has, the sooner it is written and read.
func (x *Execution) used() func(field string) bool {
	named := map[string]bool{"ix": true, "hidden": x.Hidden, "date": x.Base}
	texts := []string{x.Order}
	for _, c := range x.Columns {
		texts = append(texts, c.Where, c.of, c.Entry)
	}
	texts = append(texts, x.by...)
	if x.q.Keep || slices.Contains(x.by, each) {
		for _, f := range x.Detail {
			texts = append(texts, f.Name)
		}
	}
	for _, text := range texts {
		for _, word := range words.FindAllString(text, -1) {
			named[strings.ToLower(word)] = true
		}
	}
	return func(field string) bool { return named[field] }
}

// count runs the query once into a temporary table, of which every number is made.
func (x *Execution) count() error {
	if x.from != "" {
		return nil
	}
	_, _, err := x.conn.Things(x.things(x.SQL, x.used()), x.p)
	if err == nil {
		x.from = counted
	}
	return err
}

// read calls fn with each row of a query of ours over the things.
func (x *Execution) read(query string, further map[string]any, fn func(values []any) error) error {
	p := x.p
	if len(further) > 0 {
		p = map[string]any{}
		for _, from := range []map[string]any{x.p, further} {
			for name, v := range from {
				p[name] = v
			}
		}
	}
	rows, err := x.conn.Query(query, p)
	if err != nil {
		return err
	}
	columns, err := rows.Columns()
	for err == nil && rows.Next() {
		values, to := make([]any, len(columns)), make([]any, len(columns))
		for i := range to {
			to[i] = &values[i]
		}
		if err = rows.Scan(to...); err == nil {
			err = fn(values)
		}
	}
	return errors.Join(err, rows.Err(), rows.Close())
}

// group is the figures of one key, by column.
type group struct {
	key    []any
	values map[string]any
	sets   []reportdb.Set // of the distinct values that were tallied
}

// table computes the figures of one grouping from the things; without dimensions it is the total. A zone's things count in the row of the
// zone and in that of its county.
func (x *Execution) table(dims []string) (map[string]*group, error) {
	keys, from := make([]string, len(dims)), x.from
	for i, d := range dims {
		keys[i] = d
		if d == "county" {
			keys[i] = "county_area"
			from = "(SELECT m.area AS county_area, t.* FROM " + x.from + " t LEFT JOIN temp.area_members m ON m.member = t.county)"
		}
	}
	lead, tail := "", ""
	if len(keys) > 0 {
		lead, tail = strings.Join(keys, ", ")+", ", " GROUP BY "+strings.Join(keys, ", ")
	}
	out := map[string]*group{}
	err := x.counted(dims, out)
	if err == nil {
		err = x.aggregates(lead, from, tail, len(dims), out)
	}
	for _, c := range x.Columns {
		if err == nil && c.Kind == Median {
			err = x.median(c, lead, tail, from, len(dims), out)
		}
	}
	return out, err
}

// median is the middle value, or the mean of the two.
func (x *Execution) median(c *Column, lead, tail, from string, dims int, out map[string]*group) error {
	over := ""
	if dims > 0 {
		over = "PARTITION BY " + strings.TrimSuffix(lead, ", ")
	}
	inner := fmt.Sprintf("SELECT %s%s AS v, row_number() OVER (%s ORDER BY %[2]s) AS r, count(*) OVER (%[3]s) AS c FROM %s WHERE %s", lead,
		c.of,
		over, from, x.where(c))
	return x.read("SELECT "+lead+"avg(v) FROM ("+inner+") WHERE r IN ((c + 1) / 2, (c + 2) / 2)"+tail, nil, func(values []any) error {
		if g := out[keyOf(values[:dims])]; g != nil {
			g.values[c.Name] = values[dims]
		}
		return nil
	})
}

func keyOf(key []any) string { return fmt.Sprintf("%#v", key) }

// finish makes shares, ratios and changes, and what nothing was counted of: a share of nothing is none, and not zero.
func (x *Execution) finish(counted map[string]any) []any {
	out := make([]any, len(x.Columns))
	for i, c := range x.Columns {
		v, has := counted[c.Name]
		if c.paired() {
			a, b := float(counted[c.pair[0]]), float(counted[c.pair[1]])
			out[i] = quotient(c.Kind, a, b)
			continue
		}
		if !has && (c.Adds() || c.Kind == Distinct) {
			v = int64(0)
		}
		out[i] = v
	}
	return out
}

// quotient is rounded to six decimals: further ones say nothing of so many things.
func quotient(kind Kind, a, b float64) any {
	if b == 0 {
		return nil
	}
	q := a / b
	switch kind {
	case Change:
		q = (a - b) / b
	case intervalLow:
		q, _ = wilson(a, b)
	case intervalHigh:
		_, q = wilson(a, b)
	}
	return math.Round(q*1e6) / 1e6
}

// wilson is the 95 % interval of a share of a among n (Wilson 1927): a small n must not look like a finding.
func wilson(a, n float64) (low, high float64) {
	const z = 1.96
	mid, half := a/n+z*z/2/n, z*math.Sqrt(max(0, (a/n*(1-a/n)+z*z/4/n)/n))
	return (mid - half) / (1 + z*z/n), (mid + half) / (1 + z*z/n)
}

func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

// Answer computes rows and totals. Totals are made of the things, and never of the rows.
func (x *Execution) Answer() (*Answer, error) {
	if len(x.parts) > 0 {
		return x.said()
	}
	a := &Answer{By: x.by, Columns: x.Columns}
	count := x.tally
	if a.Each() {
		count = x.count
	}
	if err := count(); err != nil {
		return nil, err
	}
	total, err := x.total()
	if err != nil {
		return nil, err
	}
	a.Total = total
	if x.Hidden {
		a.Hidden = new(int64)
		err := x.read("SELECT count(*) FROM temp.thing WHERE hidden", nil, func(v []any) error { *a.Hidden, _ = v[0].(int64); return nil })
		if err != nil {
			return nil, err
		}
	}
	if a.Each() {
		a.Rows, err = x.each()
	} else {
		a.Rows, err = x.rows()
	}
	a.Notes = x.sentences(a.Total)
	return a, err
}

// total are the figures of all things.
func (x *Execution) total() ([]any, error) {
	one, err := x.table(nil)
	var counted map[string]any
	for _, g := range one {
		counted = g.values
	}
	return x.finish(counted), err
}

// Twice tells of a report that is not ours how many of its things have the entry of another thing, and one such
// entry: a join that gives a thing twice looks so. Who says that several things come of one entry is told nothing.
func (x *Execution) Twice() (n, of, entry int64, err error) {
	if x.ours || x.Several || len(x.parts) > 0 {
		return 0, 0, 0, nil
	}
	things := "(" + x.things(x.SQL, func(field string) bool { return field == "ix" }) + ")"
	err = x.read("SELECT coalesce(sum(n - 1), 0), coalesce(sum(n), 0), min(ix) FILTER (WHERE n > 1) FROM (SELECT ix, count(*) AS n FROM "+
		things+" WHERE ix IS NOT NULL GROUP BY ix)", nil, func(v []any) error {
		n, _ = v[0].(int64)
		of, _ = v[1].(int64)
		entry, _ = v[2].(int64)
		return nil
	})
	return n, of, entry, err
}
