package report

import (
	"cmp"
	"slices"
	"strings"
)

// tally counts the things by the dimensions, for rows and total, and keeps those of which more is asked than how many they are; all of
// them, where what changed is told of each. Those of an answer are kept so that its numbers open at once, as far as that can be.
func (x *Execution) tally() (err error) {
	var conditions, kept []string
	all := x.whole
	for _, c := range x.Columns {
		switch {
		case c.Kind == Count:
			conditions = append(conditions, x.where(c))
		case !c.paired():
			kept = append(kept, "("+x.condition(c)+")")
			all = all || c.Where == ""
		}
	}
	if x.Hidden {
		kept = append(kept, "hidden")
	}
	keep := cmp.Or(strings.Join(kept, " OR "), "0")
	if x.whole {
		keep = "1"
	}
	x.tallied, err = x.conn.Count(x.things(x.SQL, x.used()), x.by, conditions, keep, all || x.q.Keep, x.p, MostRows)
	if x.from = counted; len(x.tallied) > MostRows {
		return ErrTooMany
	}
	return err
}

// counted adds what was tallied to the groups of some dimensions; without dimensions it is the total.
func (x *Execution) counted(dims []string, out map[string]*group) error {
	place := slices.Index(dims, "county")
	areas := map[any][]any{}
	if place >= 0 && len(x.tallied) > 0 {
		err := x.read("SELECT member, area FROM temp.area_members", nil, func(row []any) error {
			areas[row[0]] = append(areas[row[0]], row[1])
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, t := range x.tallied {
		key := slices.Clone(t.Key[:len(dims)])
		if place < 0 {
			x.add(out, key, t.Counts)
			continue
		}
		of := areas[key[place]]
		if len(of) == 0 {
			of = []any{nil}
		}
		for _, area := range of {
			key = slices.Clone(key)
			key[place] = area
			x.add(out, key, t.Counts)
		}
	}
	return nil
}

// add adds counts to the group of a key.
func (x *Execution) add(out map[string]*group, key []any, counts []int64) {
	name := keyOf(key)
	g := out[name]
	if g == nil {
		g = &group{key, map[string]any{}}
		out[name] = g
	}
	i := 0
	for _, c := range x.Columns {
		if c.Kind == Count {
			n, _ := g.values[c.Name].(int64)
			g.values[c.Name] = n + counts[i]
			i++
		}
	}
}

// aggregates adds what is more than a count, and counts that were not tallied, to the groups of so many dimensions.
func (x *Execution) aggregates(lead, from, tail string, dims int, out map[string]*group) error {
	var columns []*Column
	for _, c := range x.Columns {
		if !c.paired() && c.Kind != Median && (c.Kind != Count || x.tallied == nil) {
			columns = append(columns, c)
		}
	}
	list, where := []string{"count(*)"}, ""
	switch {
	case x.tallied == nil:
	case len(columns) == 0:
		return nil
	default:
		where = " WHERE " + x.any(columns)
	}
	for _, c := range columns {
		list = append(list, x.aggregate(c))
	}
	return x.read("SELECT "+lead+strings.Join(list, ", ")+" FROM "+from+where+tail, nil, func(values []any) error {
		key := values[:dims]
		g := out[keyOf(key)]
		if g == nil {
			if len(out) >= MostRows {
				return ErrTooMany
			}
			g = &group{key, map[string]any{}}
			out[keyOf(key)] = g
		}
		for i, c := range columns {
			g.values[c.Name] = values[dims+1+i]
		}
		return nil
	})
}
