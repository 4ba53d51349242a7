package report

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// Opened is one of the things behind a number.
type Opened struct {
	Entry  int64 // its index; -1: it has none
	Value  any   // what it adds to the number; of a median and the like its value
	Detail []any
}

// ErrPaired means that a number is made of two others, which open each by itself.
var ErrPaired = errors.New("the number is made of two others")

// Pair are the two columns of which a share, ratio or change is made.
func (c *Column) Pair() (a, b string, ok bool) { return c.pair[0], c.pair[1], c.paired() }

// MostThings is how many things may be behind a number.
const MostThings = 1_000_000

// of are the things of a row that some columns count, and others: with its key inside the query, so that indexes serve it, and a condition
// that stands outside of it, because bands are no field of the query. key is that of the row; nil: of the total.
func (x *Execution) of(key []any, columns ...*Column) (from, where string, p map[string]any) {
	outer, inner, p := []string{"1"}, []string{}, map[string]any{}
	for i, v := range key {
		d := x.by[i]
		name := "key_" + strconv.Itoa(i)
		p[name] = v
		switch {
		case d == each:
			inner = append(inner, "ix = :"+name)
		case d == "county" && v != nil:
			inner = append(inner, "county IN (SELECT member FROM temp.area_members WHERE area = :"+name+")")
		case d == "county":
			inner = append(inner, "(county IS NULL OR county NOT IN (SELECT member FROM temp.area_members))")
		case x.dimension(d).Bands != "":
			outer = append(outer, d+" IS :"+name)
		default:
			inner = append(inner, d+" IS :"+name)
		}
	}
	where = strings.Join(outer, " AND ")
	if x.conn.Away() { // they stand there, bounded by the same parameters
		return counted, strings.Join(append(inner, where), " AND "), p
	}
	return x.things(x.within(columns), nil, inner...), where, p
}

// counted is where the things stand, once they are counted.
const counted = "temp.thing"

// same is what was asked, apart from the grouping and the number: what was counted for one serves the other.
type same struct {
	report *Report
	given  string
}

func (q *Question) same(r *Report) same {
	given, _ := json.Marshal(q.Given) // texts, in the order of their names
	return same{r, string(given)}
}

// Done ends the question. What was counted so that its numbers open is set aside for [Report.Again]; else the connection is closed.
func (x *Execution) Done() error {
	if x.q.Keep && x.from == counted || x.conn.Away() {
		return x.conn.SetAside(x.q.same(x.Report))
	}
	return x.conn.Close()
}

// Again asks the report as [Report.On] does, over what was counted and set aside for an answer that the same asker had to the same
// question, as of the position that he names; nil: nothing was, or it lacks what tells the rows apart. It only opens numbers.
func (r *Report) Again(ctx context.Context, from Shelf, asker *reportdb.Question, team string, q Question) (*Execution, *reportdb.Conn,
	error,
) {
	var fields []string
	for _, by := range r.groups {
		if spaceless(strings.Join(by, ",")) == spaceless(q.Rows) && by[0] != each {
			fields = by
		}
	}
	conn, err := from.Aside(ctx, asker, q.same(r), fields...)
	if conn == nil {
		return nil, nil, err
	}
	x, err := r.On(conn, team, q)
	if err != nil {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return x, conn, nil
}

// Shelf is where connections are set aside; *reportdb.Builder is.
type Shelf interface {
	Aside(ctx context.Context, q *reportdb.Question, of any, fields ...string) (*reportdb.Conn, error)
}

// Mark is where a page of things ends: what the last one was ordered by, and how many that are ordered alike there were until then. The
// next page begins there, and skips those.
type Mark struct {
	By    any   `json:"by,omitempty"` // value, where that orders them: number or text
	Entry int64 `json:"entry"`        // -1: none
	Same  int   `json:"same"`
}

// Start is where the first page begins.
var Start = Mark{By: math.Inf(-1), Entry: -1}

// alike reports whether two marks are of one place in the order.
func (m *Mark) alike(o *Mark) bool { return m.Entry == o.Entry && compare(m.By, o.By, nil) == 0 }

// blind is the mark that has of others only how many things lie before it. Who sees figures only is given such a one, and what another says
// of entries and values is not looked at: by a mark of his own making he would find out between which two a thing lies.
func (m Mark) blind(further int) Mark {
	return Mark{By: Start.By, Entry: Start.Entry, Same: m.Same + further}
}

// After is the mark behind things that were opened from a mark on.
func (x *Execution) After(m Mark, c *Column, opened []Opened) Mark {
	if x.q.Figures {
		return m.blind(len(opened))
	}
	for i := range opened {
		o := &opened[i]
		next := Mark{By: Start.By, Entry: o.Entry}
		if c.Kind == Median || c.Kind == Distinct {
			next.By = o.Value
		}
		if next.alike(&m) {
			next.Same = m.Same
		}
		next.Same++
		m = next
	}
	return m
}

// Open returns what is behind a number, from a mark on and no more than most: a count has as many, a sum its addends, a distinct one
// entry for each, a median its ordered values, least and greatest the one. However far the mark is, what is kept meanwhile is one page.
func (x *Execution) Open(key []any, c *Column, m Mark, most int) (out []Opened, err error) {
	if c.paired() {
		return nil, ErrPaired
	}
	if x.q.Figures {
		m = m.blind(0)
	}
	entry, value := cmp.Or(c.Entry, "ix"), "1"
	if c.Kind != Count {
		value = c.of
	}
	from, where, p := x.of(key, c)
	p["mark_by"], p["mark_entry"] = m.By, m.Entry
	where = x.where(c) + " AND " + where
	shown := ""
	for _, f := range x.Detail {
		shown += ", " + f.Name
	}
	tail := " AND coalesce(" + entry + ", -1) >= :mark_entry ORDER BY " + entry + ", 2"
	switch c.Kind {
	case Distinct:
		entry = "min(" + entry + ")"
		tail = fmt.Sprintf(" GROUP BY %s HAVING (coalesce(%s, -1), %[1]s) >= (:mark_entry, :mark_by) ORDER BY 1, 2", c.of, entry)
	case Median:
		tail = fmt.Sprintf(" AND (%s, coalesce(%s, -1)) >= (:mark_by, :mark_entry) ORDER BY %[1]s, %[2]s", c.of, entry)
	case Min:
		tail, most = " ORDER BY "+c.of+", "+entry, min(most, 1)
	case Max:
		tail, most = " ORDER BY "+c.of+" DESC, "+entry, min(most, 1)
	}
	query := fmt.Sprintf("SELECT coalesce(%s, -1), %s%s FROM (%s) WHERE %s%s", entry, value, shown, from, where, tail)
	return x.page(query, shown, p, most, m.Same)
}

// page reads some of the things of a query, which orders them. What is ordered alike is ordered by what is shown of it, so that pages
// follow each other wherever the things stand. That SQLite orders only where a page begins or ends among such things: where it does not
// order by what is shown, it looks that up for the things of the page alone.
func (x *Execution) page(query, shown string, p map[string]any, most, skip int) ([]Opened, error) {
	before := min(skip, 1)
	out, err := x.opened(query, p, before+most+1, skip-before)
	if err != nil {
		return nil, err
	}
	alike := func(i, k int) bool {
		return i >= 0 && k < len(out) && out[i].Entry == out[k].Entry && inOrder(out[i].Value, out[k].Value) == 0
	}
	if alike(before-1, before) || alike(before+most-1, before+most) {
		return x.opened(query+shown, p, most, skip)
	}
	for i, end := 0, 0; i < len(out); i = end {
		for end = i + 1; alike(i, end); end++ {
		}
		slices.SortStableFunc(out[i:end], func(a, b Opened) int { return slices.CompareFunc(a.Detail, b.Detail, inOrder) })
	}
	return out[min(before, len(out)):min(before+most, len(out))], nil
}

// inOrder compares two values as SQLite orders them: nothing, numbers, texts, bytes.
func inOrder(a, b any) int {
	kind := func(v any) int {
		switch v.(type) {
		case nil:
			return 0
		case string:
			return 2
		case []byte:
			return 3
		}
		return 1
	}
	if c := cmp.Compare(kind(a), kind(b)); c != 0 {
		return c
	}
	switch a := a.(type) {
	case nil:
		return 0
	case string:
		return strings.Compare(a, b.(string))
	case []byte:
		return bytes.Compare(a, b.([]byte))
	case int64:
		if b, whole := b.(int64); whole {
			return cmp.Compare(a, b)
		}
	}
	return cmp.Compare(float(a), float(b))
}

// opened are so many things of a query, behind some.
func (x *Execution) opened(query string, p map[string]any, most, skip int) (out []Opened, err error) {
	err = x.read(fmt.Sprintf("%s LIMIT %d OFFSET %d", query, most, skip), p, func(values []any) error {
		o := Opened{Value: values[1], Detail: values[2:]}
		o.Entry, _ = values[0].(int64)
		out = append(out, o)
		return nil
	})
	return out, err
}

// Numbers are numbers of one row by themselves, in one pass; of no median.
func (x *Execution) Numbers(key []any, columns ...*Column) (out []any, err error) {
	from, where, p := x.of(key, columns...)
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = x.aggregate(c)
	}
	query := "SELECT " + strings.Join(list, ", ") + " FROM (" + from + ") WHERE " + where + " AND " + x.any(columns)
	err = x.read(query, p, func(values []any) error {
		out = values
		return nil
	})
	return out, err
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

// fill puts figures into a sentence.
func fill(text string, figures map[string]any) string {
	return braces.ReplaceAllStringFunc(text, func(name string) string {
		switch v := figures[strings.Trim(name, "{}")].(type) {
		case nil:
			return "—"
		case float64:
			return strconv.FormatFloat(v, 'g', 3, 64)
		default:
			return fmt.Sprint(v)
		}
	})
}

// Shown are the details that the asker is shown, by their places.
func (x *Execution) Shown() (places []int) {
	for i, f := range x.Detail {
		if !x.q.Figures || !f.Person && f.Kind != "entry" {
			places = append(places, i)
		}
	}
	return slices.Clip(places)
}
