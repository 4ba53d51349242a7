package report_test

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// list asks, as the office, about a list.
func (s *stopwatch) list(b *reportdb.Builder, a *reportdb.Asked, asOf *uint64, fn func(c *reportdb.Conn) error) error {
	who := event.Actor{Role: event.RoleSupervisionOffice}
	q := reportdb.Question{Actor: who, Scope: visibility.ScopeOf(who, &visibility.Fold{}), AsOf: asOf, For: time.Minute}
	if err := a.Question(&q); err != nil {
		return err
	}
	c, err := b.Ask(s.Context(), q)
	if err != nil {
		return err
	}
	return errors.Join(fn(c), c.Close())
}

// narrowed are questions about a list: whole, by each filter with a value that a thing of its first page has, each state, and two searches.
func (s *stopwatch) narrowed(b *reportdb.Builder, l *tables.List) (all []reportdb.Asked) {
	all = []reportdb.Asked{{List: l}}
	must(s.T, s.list(b, &all[0], nil, func(c *reportdb.Conn) error {
		page, err := c.List(reportdb.Asked{List: l, Limit: 200})
		for i := range l.Filters {
			f := &l.Filters[i]
			at := slices.IndexFunc(page.Columns, func(x tables.Column) bool { return x.Name == f.Column })
			for _, row := range page.Rows {
				value, none := row.Values[at], row.Values[at] == nil
				if f.Column == "sectors" {
					value = page.Sectors[0].Code
				}
				if !none {
					all = append(all, reportdb.Asked{List: l, Filters: map[string]string{f.Name: fmt.Sprint(value)}})
					break
				}
			}
		}
		return err
	}))
	for _, state := range l.States {
		all = append(all, reportdb.Asked{List: l, State: state.Word})
	}
	if l.Searched {
		all = append(all, reportdb.Asked{List: l, Text: "安"}, reportdb.Asked{List: l, Text: "有限公司"})
	}
	return all
}

func named(a *reportdb.Asked) string {
	text := a.List.Name
	for name := range a.Filters {
		text += " by " + name
	}
	if a.Sort != "" {
		text += " sorted by " + a.Sort
	}
	return text + map[bool]string{true: " that are "}[a.State != ""] + a.State + map[bool]string{true: " with "}[a.Text != ""] + a.Text
}

// TestChangesFigures measures a first page of what changed in every list, with its total, between random pairs of positions, whole and
// narrowed: near, 1,000 entries lie between; far, half of the ledger. With -city; -short asks one pair of each.
func TestChangesFigures(t *testing.T) {
	if *city == "" {
		t.Skip("needs -city")
	}
	b, size := cityReports(t)
	s := &stopwatch{t, map[string][]figure{}}
	for _, l := range tables.Lists {
		for _, a := range s.narrowed(b, l) {
			kind := map[bool]string{true: ", narrowed"}[len(a.Filters) > 0 || a.State != "" || a.Text != ""]
			a.Limit, a.Count = 50, -1
			for range map[bool]int{true: 1, false: 4}[testing.Short()] {
				for far, apart := range map[string]uint64{"near": min(1000, size/2), "far": size / 2} {
					from := rand.Uint64N(size - apart)
					s.measure(far+kind, fmt.Sprintf("%s from %d", named(&a), from), func() error {
						return s.list(b, &a, &from, func(c *reportdb.Conn) error {
							_, err := c.ListChanges(a, new(from+apart))
							return err
						})
					})
				}
			}
		}
	}
	t.Logf("%d entries", size)
	s.print("near", "near, narrowed", "far", "far, narrowed")
}

// TestPageFigures measures pages of every list without a total, by each filter, state, sort and search, now and as of a random position,
// one far behind the first, and replays: with -city.
func TestPageFigures(t *testing.T) {
	if *city == "" {
		t.Skip("needs -city")
	}
	b, size := cityReports(t)
	s := &stopwatch{t, map[string][]figure{}}
	past := rand.Uint64N(size)
	var visit, subject string
	for _, l := range tables.Lists {
		narrowed := s.narrowed(b, l)
		for _, sort := range l.Sorts {
			narrowed = append(narrowed, reportdb.Asked{List: l, Sort: sort, Upward: true})
		}
		for kind, asOf := range map[string]*uint64{"page": nil, "page of the past": &past} {
			for _, a := range narrowed {
				a.Limit = 50
				read := func(c *reportdb.Conn) error {
					page, err := c.List(a)
					a.Cursor = page.Next
					if l.Name == "inspections" && len(page.Rows) > 0 {
						visit, subject = cellOf(&page, "id"), cmp.Or(cellOf(&page, "subject"), subject)
					}
					return err
				}
				s.measure(kind, named(&a), func() error { return s.list(b, &a, asOf, read) })
				if len(a.Filters) > 0 || a.Sort != "" || a.Cursor == "" {
					continue
				}
				a.Limit, a.Cursor = 10_000, ""
				must(t, s.list(b, &a, asOf, read))
				a.Limit = 50
				s.measure(kind, named(&a)+", behind 10,000", func() error { return s.list(b, &a, asOf, read) })
			}
		}
	}
	for name, q := range map[string]reportdb.Sought{"stream": {Stream: visit, Kind: string(event.Inspection)}, "subject": {Subject: subject},
		"type": {Type: "finding-recorded"}, "subject and type": {Subject: subject, Type: "finding-recorded"}, "kind": {Kind: "order"},
		"kind and county": {Kind: string(event.Inspection), Area: "610902"}} {
		for _, from := range []uint64{0, size / 2} {
			s.measure("replay", fmt.Sprintf("by %s from %d", name, from), func() error {
				return s.list(b, &reportdb.Asked{List: tables.Lists[0]}, nil, func(c *reportdb.Conn) error {
					_, _, err := c.Places(q, reportdb.Place{Since: from}, size, 500)
					return err
				})
			})
		}
	}
	t.Logf("%d entries; the past is as of %d", size, past)
	s.print("page", "page of the past", "replay")
}

// cellOf is what the first row of a page has in a column.
func cellOf(page *reportdb.Listed, column string) string {
	for i := range page.Columns {
		if text, ok := page.Rows[0].Values[i].(string); ok && page.Columns[i].Name == column {
			return text
		}
	}
	return ""
}
