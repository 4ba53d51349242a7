package api

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// ownPage is a page of somebody's own entries.
type ownPage struct {
	Entries []struct {
		Index  uint64
		Stream string
		Actor  struct{ Person string }
	}
	Cursor string
	More   bool
}

// mine reads all pages of a token's own entries.
func (w *fixture) mine(token string, limit int) (all ownPage) {
	w.Helper()
	for cursor, pages := "0", 0; pages < 1000; pages++ {
		page := decode[ownPage](w, w.want(w.get(token, fmt.Sprintf("/v1/me/entries?limit=%d&cursor=%s", limit, cursor)), 200, ""))
		all.Entries = append(all.Entries, page.Entries...)
		if cursor = page.Cursor; !page.More {
			return all
		}
	}
	w.Fatal("the pages have no end")
	return all
}

// TestEverybodyReadsHisOwn: what he appended, his person's stream and his token's issue, whatever his
// role, and nothing else.
func TestEverybodyReadsHisOwn(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	imported := func() string {
		id := uuid.NewSHA1(uuid.NameSpaceURL, []byte("x")).String()
		return strings.Replace(w.author("subject/s-8", "subject-registered", &subject.Registered{Kind: "enterprise", Name: "某", Region: "610902",
			Sectors: []string{"MINE"}, Discovery: "import"}),
			`"specversion":"1.0"`, `"specversion":"1.0","originid":"`+id+`"`, 1)
	}()
	w.want(w.post("importer", imported), 201, "")
	w.want(w.post("admin", w.author("person/p-8", "person-registered",
		&person.Registered{Name: "李某", Unit: "u-1", Roles: []event.Role{event.RoleInspector}})), 201, "")
	w.party("s-own")
	for _, role := range event.Roles {
		word := string(role)
		claims := w.tokens.known[word]
		for _, limit := range []int{1, 1000} {
			issue, registration, wrote := false, false, false
			for _, e := range w.mine(word, limit).Entries {
				issue = issue || e.Index == claims.Token
				registration = registration || e.Stream == "person/"+claims.Person
				wrote = wrote || e.Actor.Person == claims.Person
				if e.Index != claims.Token && e.Stream != "person/"+claims.Person && e.Actor.Person != claims.Person {
					t.Errorf("%s reads %+v", role, e)
				}
				w.want(w.get(word, fmt.Sprintf("/v1/entries/%d", e.Index)), 200, "")
				w.want(w.get(word, fmt.Sprintf("/v1/entries/%d/receipt", e.Index)), 200, "")
			}
			if !issue || !registration || !wrote && (role == event.RoleImporter || role == event.RoleAdmin || role == event.RoleInspector) {
				t.Errorf("%s, %d a page: issue %v, registration %v, wrote %v", role, limit, issue, registration, wrote)
			}
		}
	}
	// Another's certificate stays what it was: not for him.
	other := w.mine("other-team", 1000)
	for _, e := range other.Entries {
		if e.Stream == "person/p-inspector" {
			t.Errorf("%+v", e)
		}
	}
	w.want(w.get("", "/v1/me/entries"), 401, law.Unauthenticated)
	w.want(w.get("inspector", "/v1/me/entries?cursor=x"), 400, law.InvalidParameter)
}

// TestThePlanInForceIsReadByWhoMustObeyIt: every role, and the newest one.
func TestThePlanInForceIsReadByWhoMustObeyIt(t *testing.T) {
	w := newFixture(t)
	w.party("s-own")
	w.want(w.get("inspector", "/v1/campaigns/c-1/plan"), 404, law.NotFound)
	for _, version := range []string{"1", "2"} {
		policy := campaign.DefaultPolicy()
		w.want(w.post(desk, w.author("campaign/c-1", "campaign-plan-published",
			&campaign.PlanPublished{Title: "百日攻坚", Version: version, Policy: policy})), 201, "")
		for _, role := range event.Roles {
			got := decode[struct {
				Event struct {
					Data struct {
						Version string
						Policy  map[string]any
					}
				}
			}](w, w.want(w.get(string(role), "/v1/campaigns/c-1/plan"), 200, ""))
			if d := got.Event.Data; d.Version != version || len(d.Policy) < 5 {
				t.Errorf("%s reads %+v", role, d)
			}
		}
	}
}

// TestAnAuditorReadsWhatHeAudits: who was given which token, and what the ledger did to itself.
func TestAnAuditorReadsWhatHeAudits(t *testing.T) {
	w := newFixture(t)
	body := string(w.want(w.get("auditor", "/v1/events?limit=1000"), 200, "").body)
	for _, name := range []string{"anjian.ledger-created.v1", "anjian.token-issued.v1"} {
		if !strings.Contains(body, name) {
			t.Errorf("the auditor does not see %s", name)
		}
	}
	if strings.Contains(body, "anjian.person-registered.v1") {
		t.Error("the auditor sees persons")
	}
}
