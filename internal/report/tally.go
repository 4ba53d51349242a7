package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/internal/reportdb"
)

// tally counts the things, and tells their distinct values apart, by the dimensions, for rows and total, and keeps those of which more is
// asked; all of them, where what changed is told of each. Those of an answer are kept so that its numbers open at once, as far as that can
// be. Where there are too many distinct values, they are told of the things that are kept.
func (x *Execution) tally() (err error) {
	for _, c := range x.Columns {
		if c.Kind == Distinct {
			x.distinct = append(x.distinct, c)
		}
	}
	x.tallied, err = x.conn.Count(x.counting(), x.p)
	if errors.Is(err, reportdb.ErrManyValues) {
		x.distinct = nil
		x.tallied, err = x.conn.Count(x.counting(), x.p)
	}
	if x.from = counted; len(x.tallied) > MostRows {
		return ErrTooMany
	}
	return err
}

// counting is what is counted in the pass that runs the query: of each of its arms what its things can have.
func (x *Execution) counting() reportdb.Counting {
	of := reportdb.Counting{With: x.with, By: x.by, Whole: x.whole || x.q.Keep, Most: MostRows}
	used := x.used()
	for i := range x.queries {
		a := reportdb.Arm{Query: x.things(x.queries[i].text, used), Plain: x.queries[i].direct}
		var kept []string
		for _, c := range x.Columns {
			lacks := x.union.lacking(i, c)
			say := func(text string) string {
				if lacks {
					return ""
				}
				return text
			}
			switch {
			case c.Kind == Count:
				a.Conditions = append(a.Conditions, say(x.where(c)))
			case slices.Contains(x.distinct, c):
				a.Distinct = append(a.Distinct, say(fmt.Sprintf("CASE WHEN %s THEN %s END", x.where(c), c.of)))
			case !c.paired() && !lacks:
				kept = append(kept, "("+x.condition(c)+")")
			}
		}
		if x.Hidden {
			kept = append(kept, "hidden")
		}
		if a.Keep = strings.Join(kept, " OR "); x.whole {
			a.Keep = "1"
		}
		of.Arms = append(of.Arms, a)
	}
	return of
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
			x.add(out, key, t)
			continue
		}
		of := areas[key[place]]
		if len(of) == 0 {
			of = []any{nil}
		}
		for _, area := range of {
			key = slices.Clone(key)
			key[place] = area
			x.add(out, key, t)
		}
	}
	for _, g := range out {
		for i := range g.sets {
			g.values[x.distinct[i].Name] = g.sets[i].Len()
		}
	}
	return nil
}

// add adds what was tallied to the group of a key.
func (x *Execution) add(out map[string]*group, key []any, t *reportdb.Tallied) {
	name := keyOf(key)
	g := out[name]
	if g == nil {
		g = &group{key: key, values: map[string]any{}, sets: make([]reportdb.Set, len(t.Values))}
		out[name] = g
	}
	for i := range t.Values {
		g.sets[i].Union(&t.Values[i])
	}
	i := 0
	for _, c := range x.Columns {
		if c.Kind == Count {
			n, _ := g.values[c.Name].(int64)
			g.values[c.Name] = n + t.Counts[i]
			i++
		}
	}
}

// aggregates adds what was not tallied, medians apart, to the groups of so many dimensions.
func (x *Execution) aggregates(lead, from, tail string, dims int, out map[string]*group) error {
	var columns []*Column
	for _, c := range x.Columns {
		if !c.paired() && c.Kind != Median && (c.Kind != Count || x.tallied == nil) && !slices.Contains(x.distinct, c) {
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
			g = &group{key: key, values: map[string]any{}}
			out[keyOf(key)] = g
		}
		for i, c := range columns {
			g.values[c.Name] = values[dims+1+i]
		}
		return nil
	})
}
