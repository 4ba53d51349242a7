package api

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
)

// Whoever may read a file is found without reading an entry, however many name it.
func TestAFileThatManyEntriesNameCostsNoReads(t *testing.T) {
	w := newFixture(t)
	w.visit()
	body := "a picture"
	sum := sha256.Sum256([]byte(body))
	file := event.Evidence{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(body)), MediaType: "image/jpeg"}
	path := "/v1/evidence/" + file.SHA256
	w.want(w.do("inspector", "PUT", path, body), 201, "")
	w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-started", &inspection.Started{
		Subject: "s-1", Team: "t-1", Sector: "MINE", VisitType: "initial", Inspectors: []string{"p-inspector", "p-2"}})), 201, "")
	attach := func() {
		t.Helper()
		w.want(w.post("inspector", w.author("inspection/"+visit1, "inspection-attempted",
			&inspection.Attempted{Reason: "locked", Evidence: []event.Evidence{file}})), 201, "")
	}
	acknowledge := func(role string) {
		t.Helper()
		w.want(w.post(role, w.author("person/p-"+role, "discipline-rules-acknowledged", &person.RulesAcknowledged{DocumentHash: file.SHA256})),
			201, "")
	}
	want := func(token string, status int) {
		t.Helper()
		w.faults.reads.Store(0)
		if a := w.get(token, path); a.StatusCode != status || w.faults.reads.Load() != 0 {
			t.Errorf("%s: %d %s, %d entries read", token, a.StatusCode, a.body, w.faults.reads.Load())
		}
	}
	acknowledge("inspector")
	acknowledge("team-leader")
	want("county-government", 404)
	want("other-team", 404)
	want("team-leader", 404) // who has not joined the team
	want(office, 200)
	attach() // which discloses the visit
	acknowledge("inspector")
	attach()
	want("county-government", 200)
	want("other-county", 404)
}
