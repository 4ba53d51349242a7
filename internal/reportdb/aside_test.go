package reportdb_test

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	vt "github.com/anjian-ledger/anjian/test/visibilitytest"
)

// What was counted serves its asker alone, as of the same position, once at a time; it reads nothing else, and goes with its file.
func TestWhatWasCountedServesItsAskerAgain(t *testing.T) {
	l := random(5, 240)
	config := sourceOf(l.Events, len(l.Events)).Config(t.TempDir())
	b, stop := running(t, config)
	built(t, b, len(l.Events))
	question := func(who event.Actor, last int) reportdb.Question {
		return reportdb.Question{Actor: who, Scope: l.Views.ScopeAt(who).Scope, AsOf: new(uint64(last))}
	}
	office, last := vt.Readers["office"], len(l.Events)-1
	aside := func(who event.Actor, last int, of any, fields ...string) *reportdb.Conn {
		t.Helper()
		q := question(who, last)
		c, err := b.Aside(t.Context(), &q, of, fields...)
		mustDo(t, err)
		return c
	}
	count := func(of any) int64 {
		t.Helper()
		c, err := b.Ask(t.Context(), question(office, last))
		mustDo(t, err)
		_, n, err := c.Things("SELECT ix, area, campaign FROM visits", nil)
		mustDo(t, err)
		mustDo(t, c.SetAside(of))
		return n
	}
	n := count("visits")
	otherToken := office
	otherToken.Token++
	for name, c := range map[string]*reportdb.Conn{
		"another office": aside(otherToken, last, "visits"), "a county": aside(vt.Readers["cA"], last, "visits"),
		"the position before": aside(office, last-1, "visits"), "another question": aside(office, last, "findings"),
		"a field that was not counted": aside(office, last, "visits", "ix", "team"),
	} {
		if c != nil {
			t.Errorf("%s is answered from what the office counted", name)
		}
	}
	for range 2 { // it is set aside again
		c := aside(office, last, "visits", "ix", "area")
		if c == nil || !c.Away() || aside(office, last, "visits") != nil {
			t.Fatal("what was counted is not there for one alone")
		}
		var again int64
		rows, err := c.Query("SELECT count(*), max(area) FROM temp.thing", nil)
		mustDo(t, err)
		for rows.Next() {
			var area any
			mustDo(t, rows.Scan(&again, &area))
		}
		mustDo(t, rows.Close())
		if again != n || n == 0 {
			t.Errorf("%d things were counted, and there are %d", n, again)
		}
		for _, query := range []string{"SELECT ix FROM visits", "SELECT id AS ix FROM main.names", "SELECT ix FROM main.visits"} {
			if rows, err := c.Query(query, nil); err == nil {
				t.Errorf("%s is answered after the transaction", query)
				mustDo(t, rows.Close())
			}
		}
		mustDo(t, c.SetAside("visits"))
	}
	for i := range 8 {
		count(i)
	}
	if aside(office, last, "visits") != nil {
		t.Error("there is no bound of what is set aside")
	}
	open := aside(office, last, 0)
	stop()
	mustDo(t, open.SetAside(0))
	if aside(office, last, 7) != nil || aside(office, last, 0) != nil {
		t.Error("what was set aside outlives the builder")
	}
}
