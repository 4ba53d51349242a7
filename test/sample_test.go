package test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/test/eventtest"
)

// TestTheSampleContainsToday: the campaign of the sample goes on, so that the visit which a newcomer records today is accepted, and
// nothing is said against its day. What is sealed in it opens, and what was erased is gone.
func TestTheSampleContainsToday(t *testing.T) {
	t.Parallel()
	s := start(t, filepath.Join(t.TempDir(), "ledger"), "--sample", "--no-report-database=false")
	office, inspector := s.as("supervision-office"), s.client(printed(s.banner.String(), "inspector"))
	var me struct{ Person, Team string }
	inspector.get("/v1/me", &me)
	var found struct{ Items []struct{ ID string } }
	office.get("/v1/subjects?q=模拟&limit=1", &found)
	campaign, _, _ := strings.Cut(me.Person, "-p")
	visit := fact{ID: newID(), Type: "inspection-started", Subject: "inspection/" + eventtest.Visit(me.Team, "newcomer"), Campaign: campaign,
		Time: time.Now(), Data: form{"subject": found.Items[0].ID, "team": me.Team, "sector": "FIRE", "visit_type": "verify",
			"inspectors": []string{me.Person}}}
	status, answer := inspector.with("Content-Type", oneEvent).do("POST", "/v1/events", visit.json())
	if status != 201 || strings.Contains(string(answer), "outside-campaign") || strings.Contains(string(answer), "late-sync") {
		t.Errorf("a visit of today: %d %.600s", status, answer)
	}

	commission := s.client(printed(s.banner.String(), "discipline-commission"))
	opened := map[string]int{}
	for _, e := range sealedOf(t, commission) {
		status, answer := commission.do("GET", fmt.Sprintf("/v1/entries/%d/sealed/%s/open", e.index, e.member), nil)
		if opened[fmt.Sprintf("%s %d", e.member, status)]++; status == 200 && !strings.Contains(string(answer), "模拟") {
			t.Errorf("entry %d, %s: %s", e.index, e.member, answer)
		}
	}
	if opened["reporter 410"] != 1 || opened["content 200"] != 4 || opened["facts 200"] < 2 || opened["decision 200"] != 2 {
		t.Errorf("sealed texts: %v", opened)
	}
}

// sealedOne is a sealed text of an entry.
type sealedOne struct {
	index  uint64
	member string
}

// sealedOf are those that somebody is shown in tips and matters of the commission.
func sealedOf(t *testing.T, who *client) (all []sealedOne) {
	t.Helper()
	for _, kind := range []string{"tip", "interference", "inquiry", "review"} {
		var page struct {
			Entries []struct {
				Index uint64
				Event struct{ Data map[string]json.RawMessage }
			}
		}
		who.get("/v1/events?limit=1000&stream="+kind, &page)
		for _, e := range page.Entries {
			for member, raw := range e.Event.Data {
				if strings.Contains(string(raw), `"commit":`) {
					all = append(all, sealedOne{e.Index, member})
				}
			}
		}
	}
	return all
}
