package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
)

// TestADryRunSaysWhatAnAppendWould, and stores nothing.
func TestADryRunSaysWhatAnAppendWould(t *testing.T) {
	w := newFixture(t)
	w.visit()
	w.arrive()
	dry := func(token, body, media string, headers ...string) answer {
		return w.do(token, "POST", "/v1/events/dry-run", body, append([]string{"Content-Type", media}, headers...)...)
	}
	answered := func(answer string) string {
		return w.author("inspection/"+visit1, "check-answered", &inspection.CheckAnswered{Section: "production", Item: "E-1", Answer: answer})
	}
	first := answered("yes")
	w.want(w.post("inspector", first), 201, "")
	size := w.size()

	again := answered("no")
	batch := "[" + first + "," + again + "," + again + "]"
	a := w.want(dry("inspector", batch, mediaBatch), 200, "")
	told := decode[Foretold](w, a)
	if !told.DryRun || told.Position != size || len(told.Events) != 3 || w.size() != size {
		t.Fatalf("%s, %d entries, had %d", a.body, w.size(), size)
	}
	e := told.Events
	if !e[0].AlreadyPresent || e[0].Entry == nil || *e[0].Entry != size-1 || e[1].AlreadyPresent || e[1].Entry != nil ||
		len(e[1].Deviations) != 1 || e[1].Deviations[0].Code != "answered-again" || e[1].Revision != e[0].Revision+1 ||
		!e[2].AlreadyPresent || e[2].Entry != nil || e[2].Revision != e[1].Revision || e[2].Stream != "inspection/"+visit1 {
		t.Errorf("%s", a.body)
	}
	// The append then is what was foretold: no id was taken.
	got := decode[Receipts](w, w.want(w.do("inspector", "POST", "/v1/events", batch, "Content-Type", mediaBatch), 201, "")).Receipts
	for i, r := range got {
		if r.ID != e[i].ID || r.Revision != e[i].Revision || r.AlreadyPresent != e[i].AlreadyPresent || len(r.Deviations) != len(e[i].Deviations) {
			t.Errorf("foretold %+v, became %+v", e[i], r)
		}
	}

	// Faults are the same, word for word but for the request's id.
	size = w.size()
	for name, c := range map[string]struct{ token, body, media string }{
		"rule":       {"inspector", w.author("inspection/"+visit1, "inspection-closed", &inspection.Closed{}), mediaEvent},
		"form":       {"inspector", strings.Replace(answered("no"), "E-1", "", 1), mediaEvent},
		"batch":      {"inspector", "[" + strings.Replace(answered("no"), "E-1", "", 1) + "," + w.subject("s-9") + "]", mediaBatch},
		"id":         {"inspector", strings.Replace(first, `"yes"`, `"no"`, 1), mediaEvent},
		"visibility": {"other-team", w.author("inspection/"+visit1, "inspector-arrived", &inspection.Arrived{}), mediaEvent},
		"role":       {string(event.RoleAuditor), first, mediaEvent},
		"nobody":     {"nobody", first, mediaEvent},
		"media":      {"inspector", first, "text/plain"},
	} {
		want := decode[map[string]json.RawMessage](w, w.do(c.token, "POST", "/v1/events", c.body, "Content-Type", c.media))
		got := decode[map[string]json.RawMessage](w, dry(c.token, c.body, c.media))
		for _, member := range []string{"status", "code", "detail", "faults", "open", "remedy", "unjudged"} {
			if string(got[member]) != strings.ReplaceAll(string(want[member]), "POST /v1/events", "POST /v1/events/dry-run") {
				t.Errorf("%s, %s: %s, want %s", name, member, got[member], want[member])
			}
		}
		if want["code"] == nil {
			t.Errorf("%s was not refused", name)
		}
	}
	w.want(dry("inspector", answered("no"), mediaEvent, "If-None-Match", "*"), 409, law.WrongRevision)
	if told := decode[Foretold](w, w.want(dry("inspector", "[]", mediaBatch), 200, "")); told.Position != size || len(told.Events) != 0 || w.size() != size {
		t.Errorf("%+v, %d entries, had %d", told, w.size(), size)
	}
	// In the reader's language.
	told = decode[Foretold](w, w.want(dry("inspector", answered("yes"), mediaEvent, "Accept-Language", "zh"), 200, ""))
	if d := told.Events[0].Deviations; len(d) == 0 || !han(d[0].Title) || !han(d[0].Detail) {
		t.Errorf("%+v", told)
	}
}
