package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/anjian-ledger/anjian/domain/codes"
)

// each are the things one by one.
func (x *Execution) each() (out []Row, err error) {
	query := "SELECT ix"
	for _, f := range x.Detail {
		query += ", " + f.Name
	}
	query += " FROM temp.thing"
	if in := x.inside("from", "to"); x.Base && in != "" && slices.Contains(x.fields, "date") {
		query += " WHERE " + in
	}
	err = x.read(query+" ORDER BY "+cmp.Or(x.Order, "ix"), nil, func(values []any) error {
		if len(out) >= MostRows {
			return ErrTooMany
		}
		out = append(out, Row{values[:1], values[1:]})
		return nil
	})
	return out, err
}

// rows are the groups, and those of which nothing is counted.
func (x *Execution) rows() ([]Row, error) {
	found, err := x.table(x.by)
	if err != nil {
		return nil, err
	}
	passes, err := x.passes("county")
	if err != nil {
		return nil, err
	}
	place := slices.Index(x.by, "county")
	var out []Row
	for key, g := range found {
		row := Row{g.key, x.finish(g.values)}
		// A zone that is asked for by itself is not all of its county; and there is what only the total counts.
		if place >= 0 && !passes(g.key[place]) || slices.Contains(g.key, nil) && x.empty(row.Values) {
			delete(found, key)
			continue
		}
		out = append(out, row)
	}
	zero, order, err := x.zeros(found)
	if err != nil {
		return nil, err
	}
	if out = append(out, zero...); len(out) > MostRows {
		return nil, ErrTooMany
	}
	slices.SortFunc(out, func(a, b Row) int {
		for i := range a.Key {
			if c := compare(a.Key[i], b.Key[i], order[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return out, nil
}

// empty reports whether a row has nothing in what it shows.
func (x *Execution) empty(values []any) bool {
	for i, c := range x.Columns {
		if c.Only != "total" && values[i] != nil && float(values[i]) != 0 {
			return false
		}
		if _, text := values[i].(string); text && c.Only != "total" {
			return false
		}
	}
	return true
}

// zeros are rows of every value that a dimension has to have, in which nothing is counted, and the order of those values.
func (x *Execution) zeros(found map[string]*group) (out []Row, order [][]any, err error) {
	order = make([][]any, len(x.by))
	combinations, some := [][]any{nil}, false
	for i, name := range x.by {
		values, has, err := x.every(x.dimension(name))
		if err != nil {
			return nil, nil, err
		}
		some = some || has
		if order[i] = values; !has {
			values = []any{x.only(name)}
		}
		var next [][]any
		for _, c := range combinations {
			for _, v := range values {
				next = append(next, append(slices.Clip(c), v))
			}
		}
		if combinations = next; len(combinations) > MostRows {
			return nil, nil, ErrTooMany
		}
	}
	if !some {
		return nil, order, nil
	}
	fixed := func(key []any) string {
		var of []any
		for i := range key {
			if order[i] != nil {
				of = append(of, key[i])
			}
		}
		return keyOf(of)
	}
	present := map[string]bool{}
	for _, g := range found {
		present[fixed(g.key)] = true
	}
	for _, c := range combinations {
		if !present[fixed(c)] {
			out = append(out, Row{c, x.finish(nil)})
		}
	}
	return out, order, nil
}

// passes tells which values of a dimension are asked for: a parameter of everybody's may bound it. In a row of nothing the answer says that
// there was nothing, which it does not say of what was not asked.
func (x *Execution) passes(name string) (func(any) bool, error) {
	want := x.p[name]
	switch name {
	case "county":
		if want == nil {
			break
		}
		members := map[any]bool{}
		err := x.read("SELECT member FROM temp.area_members WHERE area = :county", nil, func(row []any) error {
			members[row[0]] = true
			return nil
		})
		return func(v any) bool { return members[v] }, err
	case "campaign", "sector", "team", "year":
		if want != nil {
			return func(v any) bool { return fmt.Sprint(v) == fmt.Sprint(want) }, nil
		}
	}
	return func(any) bool { return true }, nil
}

// only is the one value of a dimension that is asked for; nil: any.
func (x *Execution) only(name string) any {
	switch name {
	case "campaign", "sector", "team":
		return x.p[name]
	}
	return nil
}

// every returns the values that a dimension has to have, within the scope of the asker and what is asked.
func (x *Execution) every(d *Dimension) (values []any, has bool, err error) {
	passes, err := x.passes(d.Name)
	if err != nil {
		return nil, false, err
	}
	query := ""
	switch every := d.Every.(type) {
	case []any:
		return slices.DeleteFunc(slices.Clone(every), func(v any) bool { return !passes(v) }), true, nil
	case string:
		query = map[string]string{"areas": "SELECT DISTINCT area FROM temp.area_members ORDER BY area",
			"sectors": "SELECT code FROM temp.sectors ORDER BY code", "teams": "SELECT id FROM temp.teams ORDER BY id"}[every]
	default:
		return nil, false, nil
	}
	err = x.read(query, nil, func(row []any) error {
		if d.Every == "teams" && x.own != 0 && row[0] != x.own || d.Every == "areas" && !x.inForce(row[0]) || !passes(row[0]) {
			return nil
		}
		values = append(values, row[0])
		return nil
	})
	return values, true, err
}

// inForce reports whether a county or zone is one in the year of the answer: others have a row only where something is counted.
func (x *Execution) inForce(code any) bool {
	text, _ := code.(string)
	area, ok := codes.County(text)
	year, err := strconv.Atoi(x.today()[:min(4, len(x.today()))])
	return !ok || err != nil || area.In(year)
}

// compare orders values of a dimension: those of a list as it has them, numbers before texts, nothing last.
func compare(a, b any, list []any) int {
	place := func(v any) int {
		if v == nil {
			return math.MaxInt
		}
		if i := slices.Index(list, v); i >= 0 {
			return i
		}
		return len(list)
	}
	if c := cmp.Compare(place(a), place(b)); c != 0 {
		return c
	}
	s, isText := a.(string)
	t, isText2 := b.(string)
	if isText && isText2 {
		return strings.Compare(s, t)
	}
	if isText != isText2 {
		return map[bool]int{true: 1, false: -1}[isText]
	}
	return cmp.Compare(float(a), float(b))
}

// sentences are the notes with the figures of the total.
func (x *Execution) sentences(total []any) []Words {
	figures := map[string]any{}
	for i, c := range x.Columns {
		figures[c.Name] = total[i]
	}
	out := make([]Words, len(x.Notes))
	for i, n := range x.Notes {
		out[i] = Words{fill(n.ZH, figures), fill(n.EN, figures)}
	}
	return out
}
