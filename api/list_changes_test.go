package api

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// changedPage is a page of what changed in a list as a client reads it.
type changedPage[Row any] struct {
	From, To struct{ Position uint64 }
	Total    *struct{ Came, Went, Changed, Hidden int }
	Items    []struct {
		Side          string
		Entry         int64
		By            []int64
		Columns       []string
		Before, After Row
	}
	Next string
}

func (w *fixture) changedList(token, target string, args ...any) changedPage[map[string]any] {
	w.Helper()
	return decode[changedPage[map[string]any]](w, w.want(w.get(token, fmt.Sprintf(target, args...)), 200, ""))
}

// What is hidden came for the own team, marked and logged; for a department it comes with its disclosure, and for the own team it
// changes then.
func TestListChangesShowWhatTheAskerMaySee(t *testing.T) {
	w := newFixture(t)
	empty := w.size()
	w.visit()
	hidden := w.size()
	department := string(event.RoleDepartment)
	before := len(w.access.objects())
	got := w.changedList("inspector", "/v1/inspections/changes?from=%d", empty)
	if len(got.Items) != 1 || got.Items[0].Side != "came" || got.Items[0].After["hidden"] != true || got.Items[0].Before != nil ||
		got.Items[0].After["id"] != visit1 || got.Total.Came != 1 || got.Total.Hidden != 1 || len(got.Items[0].By) == 0 {
		t.Errorf("the own team: %+v %+v", got, got.Total)
	}
	if logged := w.access.objects()[before:]; len(logged) != 1 || !strings.HasSuffix(logged[0], "inspection/"+visit1) {
		t.Errorf("reading is logged as %q", logged)
	}
	if got := w.changedList(department, "/v1/inspections/changes?from=%d", empty); len(got.Items) != 0 || got.Total.Came != 0 {
		t.Errorf("a department sees what is hidden: %+v", got)
	}
	w.arrive()
	got = w.changedList(department, "/v1/inspections/changes?from=%d&state=started", hidden)
	if len(got.Items) != 1 || got.Items[0].Side != "came" || got.Items[0].After["hidden"] != nil || got.From.Position != hidden ||
		got.To.Position != w.size() || got.Total.Hidden != 0 {
		t.Errorf("after disclosure: %+v", got)
	}
	for _, ix := range got.Items[0].By {
		if uint64(ix) < hidden {
			t.Errorf("entry %d disclosed it, behind position %d", ix, hidden)
		}
	}
	got = w.changedList("inspector", "/v1/inspections/changes?from=%d", hidden)
	if len(got.Items) != 1 || got.Items[0].Side != "changed" || !slices.Contains(got.Items[0].Columns, "hidden") ||
		got.Items[0].Before["hidden"] != true || got.Items[0].After["hidden"] != nil {
		t.Errorf("of the own team it changes: %+v", got)
	}
	for target, n := range map[string]int{"state=reserved": 1, "state=closed": 0, "county=610921": 0, "sector=FIRE": 0, "subject=s-1": 1} {
		if got := w.changedList("inspector", "/v1/inspections/changes?from=%d&%s", hidden, target); len(got.Items) != n {
			t.Errorf("%s: %+v", target, got)
		}
	}
	if got := w.changedList("inspector", "/v1/inspections/changes?from=%d&state=reserved", hidden); got.Items[0].Side != "went" {
		t.Errorf("what no longer fulfils a state went: %+v", got)
	}
}

// Every list tells its changes to who may read it, in pages, and refuses what it is not asked.
func TestListChangesOfEveryList(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	for _, l := range tables.Lists {
		if l.Own {
			continue
		}
		path := "/v1/" + l.Name + "/changes"
		got := w.changedList(office, "%s?from=0", path)
		paged, cursor := 0, ""
		for {
			page := w.changedList(office, "%s?from=0&limit=1%s", path, cursor)
			paged += len(page.Items)
			if cursor = "&cursor=" + page.Next; page.Next == "" {
				break
			}
		}
		if n := got.Total.Came + got.Total.Went + got.Total.Changed; n != paged || len(got.Items) != paged {
			t.Errorf("%s: %d of %d on pages", l.Name, paged, n)
		}
		for query, code := range map[string]law.Code{"": law.InvalidParameter, "from=2&to=1": law.InvalidParameter, "from=99999": law.BeyondHead,
			"from=1&cursor=AAAA": law.InvalidParameter, "from=1&as_of=1": law.UnknownParameter, "from=1&state=none": law.InvalidParameter,
			"from=soon": law.InvalidParameter, "from=1&sort=entry": law.UnknownParameter} {
			w.want(w.get(office, path+"?"+query), 400, code)
		}
		if needsList(l) == identity.ReadTips {
			w.want(w.get("inspector", path+"?from=0"), 403, law.Forbidden)
		}
	}
}
