package reportdb_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/campaigntest"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// thingOf tells a thing of a list: by the entry that opened it, and what tells several of one apart.
func thingOf(l *tables.List, columns []tables.Column, row *reportdb.Row) string {
	key := fmt.Sprint(row.Values[0])
	for i := range columns {
		if slices.Contains(l.Apart, columns[i].Name) {
			key += fmt.Sprint(" ", row.Values[i])
		}
	}
	return key
}

// listAt is a list as of where a connection is.
func listAt(t *testing.T, c *reportdb.Conn, a reportdb.Asked) map[string]string {
	t.Helper()
	a.Limit, a.Count = 10_000, 0
	page, err := c.List(a)
	mustDo(t, err)
	out := map[string]string{}
	for i := range page.Rows {
		row := &page.Rows[i]
		key := thingOf(a.List, page.Columns, row)
		if _, twice := out[key]; twice {
			t.Errorf("%s: two things %s", name(&a), key)
		}
		out[key] = fmt.Sprint(row.Values, row.Hidden)
	}
	return out
}

// What changed in a list between two positions, done to the list as of the first, gives the list as of the second: with any filter and
// state, for who sees what is hidden and who does not.
func TestListChangesLeadFromOneToTheOther(t *testing.T) {
	t.Parallel()
	found := map[string]int{}
	for seed := range max(2, uint64(*ledgers)/3) {
		l := random(32+seed, 160)
		b, _ := running(t, sourceOf(l.Events, len(l.Events)).Config(t.TempDir()))
		built(t, b, len(l.Events))
		rng := rand.New(rand.NewPCG(seed, 9))
		for _, list := range tables.Lists {
			from := uint64(len(l.Events)/3 + rng.IntN(len(l.Events)/3))
			to := from + 1 + uint64(rng.IntN(len(l.Events)-int(from)-1))
			for _, who := range []string{"office", "cA", "T1"} {
				if !list.Of.MaySee(vt.Readers[who].Role) {
					continue
				}
				first, second := opened(t, b, l, who, &from, list), opened(t, b, l, who, &to, list)
				for _, a := range asks(list, some) {
					if a.Upward || rng.IntN(2) == 0 {
						continue
					}
					before, after := listAt(t, first, a), listAt(t, second, a)
					a.Limit = 3
					c := opened(t, b, l, who, &from, list)
					leads(t, c, a, from, to, before, after, found)
					mustDo(t, c.Close())
				}
				mustDo(t, first.Close())
				mustDo(t, second.Close())
				c := opened(t, b, l, who, &to, list)
				same, err := c.ListChanges(reportdb.Asked{List: list, Limit: 5, Count: -1}, &to)
				mustDo(t, err)
				if len(same.Changes)+same.Came+same.Went+same.Changed > 0 {
					t.Errorf("%s, %s: %d changes between a position and itself", list.Name, who, len(same.Changes))
				}
				mustDo(t, c.Close())
			}
		}
	}
	t.Log(found)
	for _, what := range []string{"came", "went", "changed", "disclosed", "by"} {
		if found[what] == 0 {
			t.Errorf("nothing was %s", what)
		}
	}
}

// Of a whole campaign, in which deadlines pass and one register says what becomes of another's things, the same is true of every state of
// every list.
func TestListChangesOfACampaign(t *testing.T) {
	t.Parallel()
	events := campaigntest.Entries(t, simulate.Config{Seed: 1})
	b, _ := running(t, sourceOf(events, len(events)).Config(t.TempDir()))
	built(t, b, len(events))
	who, rng, found := event.Actor{Role: event.RoleSupervisionOffice}, rand.New(rand.NewPCG(3, 3)), map[string]int{}
	at := func(list *tables.List, index uint64) *reportdb.Conn {
		q := reportdb.Question{Actor: who, Scope: visibility.ScopeOf(who, &visibility.Fold{}), AsOf: &index, For: time.Minute}
		mustDo(t, (&reportdb.Asked{List: list}).Question(&q))
		c, err := b.Ask(t.Context(), q)
		mustDo(t, err)
		return c
	}
	for _, list := range tables.Lists {
		for _, s := range append([]tables.State{{}}, list.States...) {
			from := uint64(rng.IntN(len(events) - 600))
			to := from + 200 + uint64(rng.IntN(400))
			a := reportdb.Asked{List: list, State: s.Word, Limit: 500}
			first, second, c := at(list, from), at(list, to), at(list, from)
			leads(t, c, a, from, to, listAt(t, first, a), listAt(t, second, a), found)
			for _, c := range []*reportdb.Conn{first, second, c} {
				mustDo(t, c.Close())
			}
		}
	}
	t.Log(found)
	if found["by nothing"] == 0 || found["went"] == 0 {
		t.Errorf("time changed nothing: %v", found)
	}
}

// leads reads the changes page by page and does them to the list as it was.
func leads(t *testing.T, c *reportdb.Conn, a reportdb.Asked, from, to uint64, before, after map[string]string, found map[string]int) {
	t.Helper()
	a.Count = -1
	total, n, least := -1, 0, int64(-1)
	for {
		page, err := c.ListChanges(a, &to)
		mustDo(t, err)
		if page.Counted {
			total = page.Came + page.Went + page.Changed
		}
		for _, x := range page.Changes {
			if n++; x.Entry < least || x.Entry == least && a.List.Apart == nil {
				t.Errorf("%s: entry %d follows %d", name(&a), x.Entry, least)
			}
			least = x.Entry
			does(t, &a, &x, thingOf(a.List, page.Columns, cmp.Or(x.Is, x.Was)), before, found)
			for _, ix := range x.By {
				if found["by"]++; ix <= int64(from) || ix > int64(to) {
					t.Errorf("%s: entry %d did it between %d and %d", name(&a), ix, from, to)
				}
			}
			if len(x.By) == 0 {
				found["by nothing"]++
			}
		}
		if a.Cursor = page.Next; a.Cursor == "" {
			break
		}
		a.Count = 0
		mustDo(t, c.Turn(&from))
	}
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("%s between %d and %d:\n%v\nwant\n%v", name(&a), from, to, before, after)
	}
	if n != total {
		t.Errorf("%s: the total is %d of %d", name(&a), total, n)
	}
}

// does one change to a list.
func does(t *testing.T, a *reportdb.Asked, x *reportdb.ListChange, key string, list map[string]string, found map[string]int) {
	t.Helper()
	was, is := list[key]
	if (x.Was != nil) != is || is && was != fmt.Sprint(x.Was.Values, x.Was.Hidden) {
		t.Errorf("%s: the thing %s was %v, and not %v", name(a), key, was, x.Was)
	}
	switch {
	case x.Is == nil:
		found["went"]++
		delete(list, key)
		return
	case x.Was == nil:
		found["came"]++
	default:
		found["changed"]++
		if len(x.Differ) == 0 {
			t.Errorf("%s: nothing differs of the thing %s", name(a), key)
		}
		if x.Was.Hidden && !x.Is.Hidden {
			found["disclosed"]++
		}
	}
	list[key] = fmt.Sprint(x.Is.Values, x.Is.Hidden)
}

// What changed in a list is found by indexes: no register is scanned for it, by whatever it is narrowed.
func TestListChangesReadByIndexes(t *testing.T) {
	l := random(7, 300)
	b := ofAnySize(t, l)
	found, to := map[string]int{}, uint64(len(l.Events)-1)
	eachReader(t, b, l, uint64(len(l.Events)/2), func(list *tables.List, c *reportdb.Conn, who string) {
		for _, a := range asks(list, some) {
			steps, err := c.ChangesPlan(a, to)
			mustDo(t, err)
			for _, step := range steps {
				bad := strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "VIRTUAL TABLE") && !strings.Contains(step, "_scopes") &&
					!strings.Contains(step, "(subquery-") // what was found by indexes
				if bad || strings.Contains(step, "AUTOMATIC") {
					t.Errorf("%s, %s: %s", name(&a), who, strings.Join(steps, " | "))
				}
				for _, index := range []string{"_ended", "_disclosed", "_dated_", "obligations_past_due", "VIRTUAL TABLE", "findings_1"} {
					if strings.Contains(step, index) {
						found[index]++
					}
				}
			}
		}
	})
	if t.Log(found); len(found) < 6 {
		t.Errorf("an index is not used: %v", found)
	}
}

// The entries that did it are found from the number of a version to the next, and by the indexes of visits: no register is scanned for
// them.
func TestDeedsReadByIndexes(t *testing.T) {
	l := random(7, 100)
	b := ofAnySize(t, l)
	actor := vt.Readers["office"]
	c, err := b.Ask(t.Context(), reportdb.Question{Actor: actor, Scope: l.Views.ScopeAt(actor).Scope})
	mustDo(t, err)
	defer c.Close()
	steps, err := c.DeedsPlan()
	mustDo(t, err)
	for _, step := range steps {
		if strings.HasPrefix(step, "SCAN") || strings.Contains(step, "AUTOMATIC") {
			t.Error(step)
		}
	}
	if len(steps) < len(tables.All) {
		t.Errorf("%d steps", len(steps))
	}
}
