package api

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
)

// worklistOf reads a worklist.
func (w *fixture) worklist(token, query string) Worklist {
	w.Helper()
	return decode[Worklist](w, w.want(w.get(token, "/v1/obligations"+query), 200, ""))
}

func (p *Worklist) kinds() (all []string) {
	for _, o := range p.Items {
		all = append(all, o.Kind)
	}
	return all
}

// Pillar 12: what is open is listed by due time, and what holds up signing and closing of one visit; pillar 14: who may not
// know of the visit is told nothing of it, and reading it is logged (R39).
func TestWhatIsOwedIsListedForWhoMayKnowOfIt(t *testing.T) {
	w := newFixture(t)
	w.visit()
	office, department := string(event.RoleSupervisionOffice), string(event.RoleDepartment)
	if got := w.worklist(office, ""); got.Open != 0 || got.Position != w.size() || got.Root == "" || got.Now.IsZero() {
		t.Errorf("%+v", got)
	}
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	logged := len(w.access.objects())
	got := w.worklist("inspector", "")
	if len(got.Items) != 1 {
		t.Fatalf("%+v", got)
	}
	o := got.Items[0]
	if o.Stream != "inspection/"+visit1 || o.Kind != "record" || o.Owner != "inspectors" || o.Rule != "R42" || o.Team != "t-1" ||
		o.County != "610902" || o.Subject != "s-1" || !o.Hidden || o.Overdue || o.Escalated || !slices.Equal(o.HoldsUp, []string{"closing"}) ||
		o.Due == nil || time.Until(*o.Due) > 24*time.Hour {
		t.Errorf("%+v", o)
	}
	if n := len(w.access.objects()); n != logged+1 {
		t.Errorf("%d readings are logged", n-logged)
	}
	if hidden := w.worklist(department, ""); hidden.Open != 0 || len(hidden.Items) != 0 {
		t.Errorf("who may not know of the visit is told %+v", hidden)
	}
	if hidden := w.worklist(department, "?stream=inspection/"+visit1); hidden.Open != 0 {
		t.Errorf("who may not know of the visit is told %+v", hidden)
	}
	whole := w.worklist("inspector", "?stream=inspection/"+visit1)
	signing := 0
	for _, o := range whole.Items {
		if slices.Contains(o.HoldsUp, "signing") {
			signing++
		}
	}
	if !slices.Contains(whole.kinds(), "notice") || signing < 10 || whole.Items[0].Kind != "record" {
		t.Errorf("%d hold up signing: %v", signing, whole.kinds())
	}
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{})), 201, "")
	if seen := w.worklist(department, ""); seen.Open != 1 || seen.Items[0].Hidden {
		t.Errorf("of a disclosed visit the department is told %+v", seen)
	}
	for query, open := range map[string]int{"?owner=inspectors": 1, "?owner=team-leader": 0, "?team=t-1": 1, "?team=t-2": 0,
		"?county=610902": 1,
		"?county=610921": 0, "?kind=record": 1, "?kind=copies": 0, "?stream=inspection": 1, "?stream=accident": 0,
		"?due_before=2000-01-01": 0, "?due_before=2100-01-01": 1, "?now=2100-01-01&limit=1": 1} {
		if got := w.worklist(office, query); got.Open != open || strings.Contains(query, "now=") != (got.Overdue == 1) {
			t.Errorf("%s: %+v", query, got)
		}
	}
	for query, code := range map[string]law.Code{"?owner=me": law.InvalidParameter, "?kind=x": law.InvalidParameter,
		"?now=noon": law.InvalidParameter, "?cursor=AAAA": law.InvalidParameter, "?stream=x/y": law.InvalidParameter,
		"?as_of=99999": law.BeyondHead, "?as_of=soon": law.InvalidParameter, "?as_of=9&cursor=AAAA": law.InvalidParameter} {
		w.want(w.get(office, "/v1/obligations"+query), 400, code)
	}
}

// What was open as of a position is what the worklist said then, to the minute: for who sees everything, the own team,
// and who must not know.
func TestWhatWasOwedIsAsItWasSaidThen(t *testing.T) {
	w := newFixture(t)
	w.visit()
	type asked struct{ token, query string }
	var then []struct {
		asked
		Worklist
		size uint64
	}
	ask := func() {
		for _, token := range []string{"supervision-office", "inspector", "department", "other-county"} {
			for _, query := range []string{"?limit=3", "?stream=inspection&limit=500", "?owner=inspectors", "?county=610921",
				"?kind=record&team=t-1",
				"?due_before=2100-01-01", "?now=2100-01-01"} {
				then = append(then, struct {
					asked
					Worklist
					size uint64
				}{asked{token, query}, w.worklist(token, query), w.size()})
			}
		}
	}
	ask()
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	ask()
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{})), 201, "")
	ask()
	open := 0
	for _, was := range then {
		got := w.worklist(was.token, was.query+"&as_of="+strconv.FormatUint(was.size, 10))
		if got.Open != was.Open || got.Overdue != was.Overdue || len(got.Items) != len(was.Items) || got.Position != was.size {
			t.Errorf("%v as of %d: %+v, said then %+v", was.asked, was.size, got, was.Worklist)
			continue
		}
		open += got.Open
		for i := range got.Items {
			a, b := got.Items[i], was.Items[i]
			if a.Due != nil {
				*a.Due, *b.Due = a.Due.Truncate(time.Minute), b.Due.Truncate(time.Minute)
			}
			if !reflect.DeepEqual(a, b) {
				t.Errorf("%v as of %d: %+v, said then %+v", was.asked, was.size, a, b)
			}
		}
	}
	if open == 0 {
		t.Error("nothing was open")
	}
	w.party("s-7")
	w.want(w.get("inspected-party", "/v1/obligations?as_of=9"), 403, law.Forbidden)
}
