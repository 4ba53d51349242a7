package reportdb_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/codes"

	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/projections/tables"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// asks are all questions that can be asked of a list with one filter or state, or a text, or two filters that lead.
func asks(l *tables.List, value func(*tables.Filter) string) (all []reportdb.Asked) {
	for _, by := range l.Sorts {
		for _, upward := range []bool{false, true} {
			base := reportdb.Asked{List: l, Sort: by, Upward: upward, Limit: 5, Count: 1000}
			all = append(all, base)
			if upward {
				continue
			}
			for i := range l.Filters {
				f := &l.Filters[i]
				a := base
				a.Filters = map[string]string{f.Name: value(f)}
				all = append(all, a)
				for k := range l.Filters[:min(i, 1)] {
					b := base
					b.Filters = map[string]string{f.Name: value(f), l.Filters[k].Name: value(&l.Filters[k])}
					all = append(all, b)
				}
			}
			for _, s := range l.States {
				a := base
				a.State = s.Word
				all = append(all, a)
			}
			if by != "ix" {
				a := base
				a.From, a.To = "2026-01-01", "2026-12-31"
				all = append(all, a)
			}
		}
	}
	if l.Searched {
		all = append(all, reportdb.Asked{List: l, Text: "安", Limit: 5, Count: 1000}, reportdb.Asked{List: l, Text: "安康 矿业", Limit: 5, Count: 1000,
			Filters: map[string]string{l.Filters[0].Name: value(&l.Filters[0])}})
	}
	return all
}

// some is a value of a filter, of which there may be things.
func some(f *tables.Filter) string {
	switch f.Column {
	case "area":
		return "610902"
	case "sectors":
		return "MINE"
	}
	return "s1"
}

func name(a *reportdb.Asked) string {
	return fmt.Sprintf("%s %v %s%s by %s %t", a.List.Name, a.Filters, a.State, a.Text, a.Sort, a.Upward)
}

// opened asks, as office or another, as a list does.
func opened(t *testing.T, b *reportdb.Builder, l *vt.Ledger, who string, asOf *uint64, a *reportdb.Asked) *reportdb.Conn {
	t.Helper()
	actor := vt.Readers[who]
	q := reportdb.Question{Actor: actor, Scope: l.Views.ScopeAt(actor).Scope, AsOf: asOf}
	mustDo(t, a.Question(&q))
	c, err := b.Ask(t.Context(), q)
	mustDo(t, err)
	return c
}

// No page of a list scans a register or sorts it: each is walked by an index in the order that is asked for, in the
// present and the past, by who sees everything and who does not.
func TestListsReadByIndexes(t *testing.T) {
	l := random(7, 300)
	config := sourceOf(l.Events, len(l.Events)).config(t.TempDir())
	b, _ := running(t, config)
	built(t, b, len(l.Events))
	withoutStatistics(t, config.Dir)
	past := uint64(len(l.Events) / 2)
	n := 0
	for _, list := range tables.Lists {
		for _, a := range asks(list, some) {
			for _, who := range []string{"office", "cA", "T1"} {
				for _, asOf := range []*uint64{nil, &past} {
					actor := vt.Readers[who]
					if !list.Of.MaySee(actor.Role) {
						continue
					}
					c := opened(t, b, l, who, asOf, &a)
					page, count, err := c.Plan(a)
					mustDo(t, err)
					for _, step := range slices.Concat(page, count) {
						bad := strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "VIRTUAL TABLE") && !strings.Contains(step, "_scopes")
						if bad || strings.Contains(step, "AUTOMATIC") {
							t.Errorf("%s, %s, past %t: %s", name(&a), who, asOf != nil, strings.Join(slices.Concat(page, count), " | "))
						}
					}
					if strings.Contains(strings.Join(page, "|"), "ORDER BY") {
						t.Errorf("%s, %s, past %t: sorted: %s", name(&a), who, asOf != nil, strings.Join(page, " | "))
					}
					n++
					mustDo(t, c.Close())
				}
			}
		}
	}
	t.Log(n, "plans")
}

// withoutStatistics has SQLite choose as in a database of any size: of a small one it knows that scanning costs nothing.
func withoutStatistics(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "reports.db"))
	mustDo(t, err)
	_, err = db.Exec("DELETE FROM sqlite_stat1")
	mustDo(t, err)
	mustDo(t, db.Close())
}

// A list has what a question without index, filter and page has: each thing once, in order, of who asks, as of when; and its totals say how
// many there are.
func TestListsHaveWhatTheyAreAskedFor(t *testing.T) {
	for seed := range uint64(*ledgers) {
		l := random(30+seed, 120)
		b, _ := running(t, sourceOf(l.Events, len(l.Events)).config(t.TempDir()))
		built(t, b, len(l.Events))
		past, found := uint64(len(l.Events)*2/3), map[string]int{}
		for _, list := range tables.Lists {
			for _, who := range []string{"office", "cA", "T1"} {
				if !list.Of.MaySee(vt.Readers[who].Role) {
					continue
				}
				for _, asOf := range []*uint64{nil, &past} {
					for _, a := range asks(list, valueIn(t, b, l, who, list)) {
						found[list.Name] += compareList(t, b, l, who, asOf, a)
					}
				}
			}
		}
		t.Log(found)
		for _, list := range tables.Lists {
			if found[list.Name] == 0 && list.Name != "accidents" && list.Name != "tips" {
				t.Errorf("no %s were listed", list.Name)
			}
		}
	}
}

// valueIn returns for each filter of a list the value that one of its things has.
func valueIn(t *testing.T, b *reportdb.Builder, l *vt.Ledger, who string, list *tables.List) func(f *tables.Filter) string {
	a := reportdb.Asked{List: list, Limit: 7}
	c := opened(t, b, l, who, nil, &a)
	page, err := c.List(a)
	mustDo(t, err)
	mustDo(t, c.Close())
	return func(f *tables.Filter) string {
		at := slices.IndexFunc(page.Columns, func(x tables.Column) bool { return x.Name == f.Column })
		for _, row := range slices.Backward(page.Rows) {
			if v := row.Values[at]; v != nil && f.Column != "sectors" {
				return fmt.Sprint(v)
			}
		}
		return some(f)
	}
}

// compareList reads a list page by page, and all there is of its register at once.
func compareList(t *testing.T, b *reportdb.Builder, l *vt.Ledger, who string, asOf *uint64, a reportdb.Asked) int {
	t.Helper()
	a.Limit = 3
	var got []string
	total := -1
	for {
		c := opened(t, b, l, who, asOf, &a)
		page, err := c.List(a)
		mustDo(t, err)
		mustDo(t, c.Close())
		if page.Counted {
			total = page.Total + page.Hidden
		}
		for _, row := range page.Rows {
			got = append(got, fmt.Sprint(row.Values, row.Hidden))
		}
		if a.Cursor = page.Next; a.Cursor == "" {
			break
		}
		a.Count = 0
	}
	want := wanted(t, b, l, who, asOf, a)
	sorted := slices.Sorted(slices.Values(got))
	slices.Sort(want)
	if !slices.Equal(sorted, want) {
		t.Errorf("%s, %s, past %t:\n%s\nwant\n%s", name(&a), who, asOf != nil, strings.Join(sorted, "\n"), strings.Join(want, "\n"))
	}
	if total != len(want) {
		t.Errorf("%s, %s, past %t: the total is %d of %d", name(&a), who, asOf != nil, total, len(want))
	}
	return len(want)
}

// wanted are the rows of a register that a question means, by plain words of SQL and Go.
func wanted(t *testing.T, b *reportdb.Builder, l *vt.Ledger, who string, asOf *uint64, a reportdb.Asked) (out []string) {
	t.Helper()
	a.Cursor = ""
	c := opened(t, b, l, who, asOf, &a)
	defer c.Close()
	columns := a.Columns()
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].Name
	}
	state := "1"
	for _, s := range a.List.States {
		if s.Word == a.State {
			state = s.Where
		}
	}
	rows, err := c.Query("SELECT "+strings.Join(names, ", ")+", hidden FROM "+a.List.Of.Name+" v WHERE "+state, nil)
	mustDo(t, err)
	var all [][]any
	for rows.Next() {
		values, to := make([]any, len(columns)+1), make([]any, len(columns)+1)
		for i := range to {
			to[i] = &values[i]
		}
		mustDo(t, rows.Scan(to...))
		all = append(all, values)
	}
	mustDo(t, rows.Close())
	for _, values := range all {
		texts := map[string]string{}
		for i := range columns {
			if n, is := values[i].(int64); is && columns[i].Refers {
				ids, err := c.Names([]int64{n})
				mustDo(t, err)
				values[i] = ids[n]
			}
			if values[i] != nil {
				texts[columns[i].Name] = fmt.Sprint(values[i])
			}
		}
		if means(&a, texts) {
			out = append(out, fmt.Sprint(values[:len(columns)], values[len(columns)] == int64(1)))
		}
	}
	return out
}

// means reports whether a thing is meant.
func means(a *reportdb.Asked, texts map[string]string) bool {
	for i := range a.List.Filters {
		f := &a.List.Filters[i]
		value, asked := a.Filters[f.Name]
		switch {
		case !asked:
		case f.Column == "area":
			if texts["area"] == "" || !codes.Covers(value, texts["area"]) {
				return false
			}
		case f.Column == "sectors": // MINE is bit 0 of the list of the house
			n, err := strconv.Atoi(texts["sectors"])
			if err != nil || n&mineBit() == 0 {
				return false
			}
		case texts[f.Column] != value:
			return false
		}
	}
	for word := range strings.FieldsSeq(a.Text) {
		if !strings.Contains(texts["name"]+" "+texts["id"]+" "+texts["uscc"]+" "+texts["certificate"], word) {
			return false
		}
	}
	if a.Text != "" {
		return true
	}
	by := texts[cmp.Or(a.Sort, a.List.Sorts[0])]
	return by != "" && (a.From == "" || by >= a.From && by <= a.To+"~")
}

func mineBit() int {
	return 1 << slices.IndexFunc(codes.Sectors(), func(s codes.Sector) bool { return s.Code == "MINE" })
}
