package report

import (
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

// Open returns what is behind a number, most of it from the skipped on: a count has as many, a sum its addends, a distinct one entry for
// each, a median its ordered values, least and greatest the one. key is that of the row; nil: the total. The key stands inside the
// query, so that indexes serve it, and the column's condition outside.
func (x *Execution) Open(key []any, c *Column, skip, most int) (out []Opened, err error) {
	if c.paired() {
		return nil, ErrPaired
	}
	where, inner, p := []string{x.where(c)}, []string{}, map[string]any{}
	for i, v := range key {
		d := x.by[i]
		name := "key_" + strconv.Itoa(i)
		p[name] = v
		switch {
		case d == each:
			if v != nil {
				inner = append(inner, "ix = :"+name)
			}
		case d == "county" && v != nil:
			inner = append(inner, "county IN (SELECT member FROM temp.area_members WHERE area = :"+name+")")
		case d == "county":
			inner = append(inner, "(county IS NULL OR county NOT IN (SELECT member FROM temp.area_members))")
		case x.dimension(d).Bands != "":
			where = append(where, d+" IS :"+name)
		default:
			inner = append(inner, d+" IS :"+name)
		}
	}
	entry, value := "ix", "1"
	if c.Entry != "" {
		entry = c.Entry
	}
	if c.Kind != Count {
		value = c.of
	}
	tail := " ORDER BY " + entry
	switch c.Kind {
	case Distinct:
		entry, tail = "min("+entry+")", " GROUP BY "+c.of+" ORDER BY 1"
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
	query += fmt.Sprintf(" FROM (%s) WHERE %s%s LIMIT %d OFFSET %d", x.things(inner...), strings.Join(where, " AND "), tail, most, skip)
	err = x.read(query, p, func(values []any) error {
		o := Opened{Value: values[1], Detail: values[2:]}
		o.Entry, _ = values[0].(int64)
		out = append(out, o)
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
