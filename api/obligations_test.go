package api

import (
	"slices"
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
		"?as_of=3": law.UnknownParameter} {
		w.want(w.get(office, "/v1/obligations"+query), 400, code)
	}
}
