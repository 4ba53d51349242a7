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
	"time"

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

// opened asks, as office or another, about a list, for as many questions as a test has.
func opened(t *testing.T, b *reportdb.Builder, l *vt.Ledger, who string, asOf *uint64, list *tables.List) *reportdb.Conn {
	t.Helper()
	actor := vt.Readers[who]
	q := reportdb.Question{Actor: actor, Scope: l.Views.ScopeAt(actor).Scope, AsOf: asOf, For: time.Minute}
	mustDo(t, (&reportdb.Asked{List: list}).Question(&q))
	c, err := b.Ask(t.Context(), q)
	mustDo(t, err)
	return c
}

// eachReader calls fn for the lists and who may see them, in the present and the past.
func eachReader(t *testing.T, b *reportdb.Builder, l *vt.Ledger, past uint64, fn func(list *tables.List, c *reportdb.Conn, who string)) {
	for _, list := range tables.Lists {
		for _, who := range []string{"office", "cA", "T1"} {
			for _, asOf := range []*uint64{nil, &past} {
				if list.Of.MaySee(vt.Readers[who].Role) {
					c := opened(t, b, l, who, asOf, list)
					fn(list, c, fmt.Sprintf("%s, past %t", who, asOf != nil))
					mustDo(t, c.Close())
				}
			}
		}
	}
}

// No page of a list scans a register or sorts it: each is walked by an index in the order that is asked for, in the
// present and the past, by who sees everything and who does not.
func TestListsReadByIndexes(t *testing.T) {
	l := random(7, 300)
	b := ofAnySize(t, l)
	n, late := 0, 0
	eachReader(t, b, l, uint64(len(l.Events)/2), func(list *tables.List, c *reportdb.Conn, who string) {
		for _, a := range asks(list, some) {
			page, count, err := c.Plan(a)
			mustDo(t, err)
			for _, step := range slices.Concat(page, count) {
				bad := strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "VIRTUAL TABLE") && !strings.Contains(step, "_scopes")
				if bad || strings.Contains(step, "AUTOMATIC") {
					t.Errorf("%s, %s: %s", name(&a), who, strings.Join(slices.Concat(page, count), " | "))
				}
			}
			if strings.Contains(strings.Join(page, "|"), "ORDER BY") {
				t.Errorf("%s, %s: sorted: %s", name(&a), who, strings.Join(page, " | "))
			}
			if a.State != "" && a.State == list.Late && slices.Contains(list.Dated, a.Sort) {
				if late++; !strings.Contains(strings.Join(count, "|"), "<?") {
					t.Errorf("%s, %s: what is not due yet is walked: %s", name(&a), who, strings.Join(count, " | "))
				}
			}
			n++
		}
	})
	if t.Log(n, "plans"); late == 0 {
		t.Error("no list was asked for what is late")
	}
}

// ofAnySize is the report database of a ledger, of which SQLite does not know that it is small.
func ofAnySize(t *testing.T, l *vt.Ledger) *reportdb.Builder {
	t.Helper()
	config := sourceOf(l.Events, len(l.Events)).Config(t.TempDir())
	b, _ := running(t, config)
	built(t, b, len(l.Events))
	withoutStatistics(t, config.Dir)
	return b
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
	found := map[string]int{}
	for seed := range max(1, uint64(*ledgers)/3) {
		l := random(32+seed, 160)
		b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
		built(t, b, len(l.Events))
		eachReader(t, b, l, uint64(len(l.Events)*2/3), func(list *tables.List, c *reportdb.Conn, who string) {
			all := allOf(t, c, list)
			for _, a := range asks(list, all.value) {
				found[list.Name] += compareList(t, c, all, who, a)
			}
		})
	}
	t.Log(found)
	for _, name := range []string{"inspections", "findings", "subjects", "flags", "people"} {
		if found[name] == 0 {
			t.Errorf("no %s were listed", name)
		}
	}
}

// contents is what a register has, for who asks: each thing with its columns as texts, and which states it is in.
type contents struct {
	columns []tables.Column
	things  []thing
}

type thing struct {
	line   string
	texts  map[string]string
	states map[string]bool
}

// value is one that a filter may be asked for, of which there are things where possible.
func (e *contents) value(f *tables.Filter) string {
	for _, x := range slices.Backward(e.things) {
		if v := x.texts[f.Column]; v != "" && f.Column != "sectors" {
			return v
		}
	}
	return some(f)
}

// allOf reads a register by plain words of SQL.
func allOf(t *testing.T, c *reportdb.Conn, list *tables.List) *contents {
	t.Helper()
	e := &contents{columns: (&reportdb.Asked{List: list}).Columns()}
	var fields []string
	for i := range e.columns {
		fields = append(fields, e.columns[i].Name)
	}
	fields = append(fields, "hidden")
	for _, s := range list.States {
		fields = append(fields, "("+s.Where+")")
	}
	rows, err := c.Query("SELECT "+strings.Join(fields, ", ")+" FROM "+list.Of.Name+" v WHERE "+cmp.Or(list.Always, "1")+" AND "+
		cmp.Or(list.Where, "1"), nil)
	mustDo(t, err)
	for rows.Next() {
		values, to := make([]any, len(fields)), make([]any, len(fields))
		for i := range to {
			to[i] = &values[i]
		}
		mustDo(t, rows.Scan(to...))
		x := thing{texts: map[string]string{}, states: map[string]bool{}}
		for i := range e.columns {
			if values[i] != nil {
				x.texts[e.columns[i].Name] = fmt.Sprint(values[i])
			}
		}
		for i, s := range list.States {
			x.states[s.Word] = values[len(e.columns)+1+i] == int64(1)
		}
		x.line = fmt.Sprint(values[:len(e.columns)], values[len(e.columns)] == int64(1))
		e.things = append(e.things, x)
	}
	mustDo(t, rows.Close())
	e.name(t, c)
	return e
}

// name puts ids in the place of their numbers.
func (e *contents) name(t *testing.T, c *reportdb.Conn) {
	t.Helper()
	for n := range e.things {
		x := &e.things[n]
		parts := []string{}
		for i := range e.columns {
			column := e.columns[i].Name
			if number, err := strconv.ParseInt(x.texts[column], 10, 64); err == nil && e.columns[i].Refers {
				ids, err := c.Names([]int64{number})
				mustDo(t, err)
				x.texts[column] = ids[number]
			}
			parts = append(parts, cmp.Or(x.texts[column], "<nil>"))
		}
		x.line = "[" + strings.Join(parts, " ") + "] " + x.line[strings.LastIndex(x.line, " ")+1:]
	}
}

// compareList reads a list page by page, and compares it with all there is.
func compareList(t *testing.T, c *reportdb.Conn, all *contents, who string, a reportdb.Asked) int {
	t.Helper()
	var got, want []string
	total := -1
	for {
		page, err := c.List(a)
		mustDo(t, err)
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
	for _, x := range all.things {
		if means(&a, &x) {
			want = append(want, x.line)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s, %s:\n%s\nwant\n%s", name(&a), who, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if total != len(want) {
		t.Errorf("%s, %s: the total is %d of %d", name(&a), who, total, len(want))
	}
	return len(want)
}

// means reports whether a thing is meant.
func means(a *reportdb.Asked, x *thing) bool {
	texts := x.texts
	if a.State != "" && !x.states[a.State] {
		return false
	}
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
	return (by != "" || a.List.Undated && a.From == "") && (a.From == "" || by >= a.From && by <= a.To+"~")
}

func mineBit() int {
	return 1 << slices.IndexFunc(codes.Sectors(), func(s codes.Sector) bool { return s.Code == "MINE" })
}

// Entries of a stream, subject, person, type or kind are found by an index, in order, at their own places and where they were disclosed.
func TestReplaysReadByIndexes(t *testing.T) {
	l := random(7, 100)
	b := ofAnySize(t, l)
	actor := vt.Readers["office"]
	c, err := b.Ask(t.Context(), reportdb.Question{Actor: actor, Scope: l.Views.ScopeAt(actor).Scope, Names: "entries"})
	mustDo(t, err)
	defer c.Close()
	for _, q := range []reportdb.Sought{{Stream: "s1", Kind: "subject"}, {Person: "p1"}, {Subject: "s1"},
		{Subject: "s1", Type: "finding-recorded",
			Team: "T1"}, {Type: "finding-recorded", Campaign: "c"}, {Kind: "inspection", Area: vt.CountyA}} {
		steps, err := c.PlacesPlan(q)
		mustDo(t, err)
		if len(steps) == 0 {
			t.Errorf("%+v: nothing is asked", q)
		}
		for _, step := range steps {
			if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "B-TREE") || strings.Contains(step, "PRIMARY KEY") {
				t.Errorf("%+v: %s", q, step)
			}
		}
	}
}
