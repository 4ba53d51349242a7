package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/internal/worklist"
)

// changedOwed is such a page of the worklist.
type changedOwed = changedPage[*worklist.OpenObligation]

func (w *fixture) changedOwed(token string, from, to uint64, query string) changedOwed {
	w.Helper()
	target := fmt.Sprintf("/v1/obligations/changes?from=%d&to=%d%s", from, to, query)
	return decode[changedOwed](w, w.want(w.get(token, target), 200, ""))
}

// owedAt is the worklist as of a position, each obligation by what it is known by.
func (w *fixture) owedAt(token string, size uint64, query string) map[string]worklist.OpenObligation {
	w.Helper()
	out := map[string]worklist.OpenObligation{}
	for _, o := range w.worklist(token, fmt.Sprintf("?as_of=%d&limit=500%s", size, query)).Items {
		out[owedKey(&o)] = o
	}
	return out
}

func owedKey(o *worklist.OpenObligation) string {
	return strings.Join([]string{o.Stream, o.Kind, o.Event, o.Item}, " ")
}

// What changed in the worklist between any two positions, page by page, done to the worklist as of the first, gives that as of the second:
// for who sees everything, the own team, and who must not know.
func TestWhatChangedInTheWorklistLeadsFromOneToTheOther(t *testing.T) {
	w := newFixture(t)
	sizes := []uint64{w.size()}
	w.visit()
	for _, e := range []string{
		w.author("team/t-1", "member-joined", &team.MemberJoined{Person: "p-team-leader"}),
		w.author("team/t-1", "leader-appointed", &team.LeaderAppointed{Person: "p-team-leader"}),
	} {
		w.want(w.post(office, e), 201, "")
	}
	sizes = append(sizes, w.size())
	started := w.author("inspection/"+visit1, "inspection-started", &inspection.Started{Subject: "s-1", Team: "t-1", Sector: "MINE",
		VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})
	w.want(w.post("inspector", started), 201, "")
	sizes = append(sizes, w.size())
	arrived := w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{})
	w.want(w.post("inspector", arrived), 201, "")
	sizes = append(sizes, w.size())
	ref := func(body string) event.Ref {
		var e struct{ ID string }
		w.must(json.Unmarshal([]byte(body), &e))
		return event.Ref{Event: e.ID, SHA256: hexOf([]byte(body))}
	}
	withdrawn := w.author("inspection/"+visit1, "fact-withdrawn", &correction.FactWithdrawn{Fact: ref(arrived), Replaces: ref(arrived),
		Reason: "误录"})
	w.want(w.post("inspector", withdrawn), 201, "")
	sizes = append(sizes, w.size())
	w.want(w.post("team-leader", w.author("inspection/"+visit1, "approval-given", &oversight.ApprovalGiven{Event: ref(withdrawn).Event,
		SHA256: ref(withdrawn).SHA256})), 201, "")
	sizes = append(sizes, w.size())
	sides := map[string]int{}
	for _, token := range []string{office, "inspector", "department"} {
		for _, query := range []string{"", "&kind=record&county=610902", "&due_before=2100-01-01&stream=inspection"} {
			for i, from := range sizes {
				for _, to := range sizes[i:] {
					list := w.owedAt(token, from, query)
					total, n, cursor := -1, 0, ""
					for {
						page := w.changedOwed(token, from, to, query+"&limit=2"+cursor)
						if page.Total != nil {
							total = page.Total.Came + page.Total.Went + page.Total.Changed
						}
						for _, x := range page.Items {
							n++
							sides[x.Side]++
							if len(x.By) == 0 {
								t.Errorf("%s: %+v is done by nothing", token, x)
							}
							if x.Before != nil {
								delete(list, owedKey(x.Before))
							}
							if x.After != nil {
								list[owedKey(x.After)] = *x.After
							}
						}
						if cursor = "&cursor=" + page.Next; page.Next == "" {
							break
						}
					}
					if want := w.owedAt(token, to, query); !reflect.DeepEqual(list, want) || n != total {
						t.Errorf("%s%s between %d and %d, %d of %d: %+v\nwant %+v", token, query, from, to, n, total, list, want)
					}
				}
			}
		}
	}
	if t.Log(sides); sides["came"] == 0 || sides["went"] == 0 || sides["changed"] == 0 {
		t.Error("too little has changed")
	}
}

// A hidden visit shows nothing to who must not know of it, and is marked and logged for its own team; between a position and itself
// nothing changed.
func TestChangesOfTheWorklistShowWhatTheAskerMaySee(t *testing.T) {
	w := newFixture(t)
	empty := w.size()
	w.visit()
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-started", &inspection.Started{Subject: "s-1", Team: "t-1",
		Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	before := len(w.access.objects())
	got := w.changedOwed("inspector", empty, w.size(), "")
	if len(got.Items) == 0 || got.Total.Came != len(got.Items) || got.Total.Hidden != len(got.Items) || !got.Items[0].After.Hidden {
		t.Errorf("the own team: %+v %+v", got, got.Total)
	}
	if logged := w.access.objects()[before:]; len(logged) != 1 || !strings.HasSuffix(logged[0], "inspection/"+visit1) {
		t.Errorf("reading is logged as %q", logged)
	}
	department := string(event.RoleDepartment)
	if got := w.changedOwed(department, empty, w.size(), ""); len(got.Items)+got.Total.Came+got.Total.Hidden != 0 {
		t.Errorf("a department is told of what is hidden: %+v %+v", got, got.Total)
	}
	if got := w.changedOwed("inspector", w.size(), w.size(), ""); len(got.Items)+got.Total.Came+got.Total.Went+got.Total.Changed != 0 {
		t.Errorf("between a position and itself: %+v", got)
	}
	for query, code := range map[string]law.Code{"": law.InvalidParameter, "from=2&to=1": law.InvalidParameter, "from=99999": law.BeyondHead,
		"from=1&cursor=AAAA": law.InvalidParameter, "from=1&as_of=1": law.UnknownParameter, "from=1&owner=me": law.InvalidParameter,
		"from=soon": law.InvalidParameter} {
		w.want(w.get(office, "/v1/obligations/changes?"+query), 400, code)
	}
	w.party("s-7")
	w.want(w.get("inspected-party", "/v1/obligations/changes?from=1"), 403, law.Forbidden)
}
