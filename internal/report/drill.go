package report

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Opened is one of the things behind a number.
type Opened struct {
	Entry  int64 // its index
	Value  any   // what it adds to the number; of a median and the like its value
	Detail []any
}

// ErrPaired means that a number is made of two others, which open each by itself.
var ErrPaired = errors.New("the number is made of two others")

// Pair are the two columns of which a share, ratio or change is made.
func (c *Column) Pair() (a, b string, ok bool) { return c.pair[0], c.pair[1], c.paired() }

// MostThings is how many things may be behind a number.
const MostThings = 1_000_000

// of are the things of a row: with its key inside the query, so that indexes serve it, and a condition that stands outside of it, because
// bands are no field of the query. key is that of the row; nil: of the total.
func (x *Execution) of(key []any) (from, where string, p map[string]any) {
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
	return x.things(inner...), strings.Join(outer, " AND "), p
}

// Open returns what is behind a number, from the skipped on and no more than most: a count has as many, a sum its addends, a distinct one
// entry for each, a median its ordered values, least and greatest the one.
func (x *Execution) Open(key []any, c *Column, skip, most int) (out []Opened, err error) {
	if c.paired() {
		return nil, ErrPaired
	}
	entry, value := cmp.Or(c.Entry, "ix"), "1"
	if c.Kind != Count {
		value = c.of
	}
	tail := " ORDER BY " + entry
	switch c.Kind {
	case Distinct:
		entry, tail = "min("+entry+")", " GROUP BY "+c.of+" ORDER BY 1, 2"
	case Median:
		tail = " ORDER BY " + c.of + ", " + entry
	case Min:
		tail, most = " ORDER BY "+c.of, min(most, 1-min(skip, 1))
	case Max:
		tail, most = " ORDER BY "+c.of+" DESC", min(most, 1-min(skip, 1))
	}
	query := "SELECT " + entry + ", " + value
	for _, f := range x.Detail {
		query += ", " + f.Name
	}
	from, where, p := x.of(key)
	query += fmt.Sprintf(" FROM (%s) WHERE %s AND %s%s LIMIT %d OFFSET %d", from, x.where(c), where, tail, most, skip)
	err = x.read(query, p, func(values []any) error {
		o := Opened{Value: values[1], Detail: values[2:]}
		o.Entry, _ = values[0].(int64)
		out = append(out, o)
		return nil
	})
	return out, err
}

// Number is one number by itself; not a median.
func (x *Execution) Number(key []any, c *Column) (v any, err error) {
	from, where, p := x.of(key)
	err = x.read("SELECT "+x.aggregate(c)+" FROM ("+from+") WHERE "+where, p, func(values []any) error {
		v = values[0]
		return nil
	})
	return v, err
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
