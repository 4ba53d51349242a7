package test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/test/clocktest"
)

// ledgerOf makes a ledger of one entry on a machine whose clock is off, and a token of the office.
func ledgerOf(t *testing.T, off time.Duration) (dir, text string) {
	t.Helper()
	dir = t.TempDir()
	n, err := node.Open(t.Context(), node.Config{Dir: datadir.Dir(dir), Origin: "anjian.test/clock", ScrubEvery: -1,
		Time: clocktest.New(time.Now().Add(off)).Sources()})
	must(t, err)
	_, desk, err := n.Issue(t.Context(), token.Issued{Role: event.RoleSupervisionOffice}, 1000*24*time.Hour)
	must(t, err)
	add := func(kind event.Kind, id, name string, data event.Data) {
		e := &event.Event{ID: uuid.New(), Type: n.Catalogue.Newest(name), Stream: event.Stream{Kind: kind, ID: id},
			Source: "urn:test", Occurred: time.Now(), ExpectedRevision: event.AnyRevision, Data: data}
		raw, err := entry.Author(e)
		must(t, err)
		parsed, err := entry.ParseEvent(raw, n.Catalogue)
		must(t, err)
		_, err = n.Ledger.Append(t.Context(), ledger.Request{Actor: desk, Items: []ledger.Item{{Bytes: raw, Event: parsed}}})
		must(t, err)
	}
	add(event.Subject, "s-0", "subject-registered", &subject.Registered{Kind: "enterprise", Name: "安康矿业", Region: "610902",
		Sectors: []string{"MINE"}, Discovery: "register"})
	add(event.Person, "p-1", "person-registered", &person.Registered{Name: "王某", Unit: "safety-office-city",
		Roles: []event.Role{event.RoleSupervisionOffice}})
	tok, _, err := n.Issue(t.Context(), token.Issued{Role: event.RoleSupervisionOffice, Person: "p-1"}, 1000*24*time.Hour)
	must(t, err)
	must(t, n.Close(context.Background()))
	return dir, tok.Reveal()
}

// parts are the red parts of a server.
func (s *server) parts() (ready bool, parts []string) {
	s.t.Helper()
	_, body := s.client("").do("GET", "/readyz", nil)
	var r struct {
		Ready bool     `json:"ready"`
		Parts []string `json:"parts"`
	}
	must(s.t, json.Unmarshal(body, &r))
	return r.Ready, r.Parts
}

// wantClock runs anjian clock and wants a state and exit code.
func wantClock(t *testing.T, dir, state string, code int, flags ...string) {
	t.Helper()
	out, errs, got := command(t, append([]string{"clock", "--data", dir}, flags...)...)
	if got != code || !strings.HasPrefix(out, "clock     "+state+"\n") {
		t.Fatalf("anjian clock %v: exit %d\n%s%s", flags, got, out, errs)
	}
}

// A server that was off for a weekend starts without a question; after eleven days a person is
// asked, and reads work meanwhile.
func TestAServerAsksAPersonAfterElevenDays(t *testing.T) {
	t.Parallel()
	weekend, token := ledgerOf(t, -3*24*time.Hour)
	s := start(t, weekend)
	s.client(token).append(enterprise("s-1"))
	wantClock(t, weekend, "ok", 0)
	s.stop()

	dir, token := ledgerOf(t, -11*24*time.Hour)
	s = launch(t, dir)
	office := s.client(token)
	f := enterprise("s-1").json()
	office.refused(503, "clock-unconfirmed", oneEvent, f)
	if ready, parts := s.parts(); ready || !slices.Equal(parts, []string{"clock"}) {
		t.Errorf("ready %v, parts %v", ready, parts)
	}
	if status, _ := office.do("GET", "/v1/subjects/s-0", nil); status != 200 {
		t.Errorf("reading: %d", status)
	}
	wantClock(t, dir, "unconfirmed", 1)
	wantClock(t, dir, "ok", 0, "--confirm")
	office.post(201, oneEvent, f)
	if ready, parts := s.parts(); !ready || len(parts) > 0 {
		t.Errorf("ready %v, parts %v", ready, parts)
	}
	s.stop()
	if !strings.Contains(s.log.String(), "the machine's clock was confirmed") || !strings.Contains(s.log.String(), "uid") {
		t.Errorf("who confirmed the clock is not in the log:\n%s", s.log)
	}
	if out, _, code := command(t, "clock", "--data", dir, "--confirm"); code != 1 || out != "" {
		t.Errorf("without a server: exit %d, %s", code, out)
	}
	if v := verifyDir(t, dir); !v.OK {
		t.Errorf("%+v", v)
	}
}

// The clock was a year ahead while the ledger ran. A person says that it is right now, and
// another one from where on the ledger's time was wrong.
func TestAPersonCorrectsAYear(t *testing.T) {
	t.Parallel()
	dir, token := ledgerOf(t, 365*24*time.Hour)
	s := launch(t, dir)
	office := s.client(token)
	office.refused(503, "clock-unconfirmed", oneEvent, enterprise("s-1").json())
	wantClock(t, dir, "red", 1, "--confirm")
	if r := office.append(enterprise("s-1")); len(r.Deviations) > 0 {
		t.Errorf("flagged while the clock is red: %+v", r.Deviations)
	}
	if ready, parts := s.parts(); !ready || !slices.Equal(parts, []string{"clock"}) {
		t.Errorf("ready %v, parts %v", ready, parts)
	}
	correction := fact{Type: "clock-corrected", Subject: "ledger/clock", Data: map[string]any{"from": 0, "reason": "the battery was empty"}}
	var got struct {
		Receipts []struct {
			Disputed struct{ From, To uint64 }
		}
	}
	status, body := office.with("Content-Type", oneEvent).do("POST", "/v1/events", correction.json())
	if err := json.Unmarshal(body, &got); status != 201 || err != nil || got.Receipts[0].Disputed.From != 0 ||
		got.Receipts[0].Disputed.To == 0 {
		t.Fatalf("%d %s %v", status, body, err)
	}
	wantClock(t, dir, "ok", 0)
	s.as("supervision-office", "--person", "p-1").append(enterprise("s-2"))
	s.stop()
	disputed := fmt.Sprintf("\nentries whose recorded time is disputed (clock-corrected) / 记录时间存疑的条目: %d\n", got.Receipts[0].Disputed.To)
	if out := mustRun(t, "verify", "--data", dir); !strings.Contains(out, disputed) {
		t.Errorf("verify prints\n%s", out)
	}
	s = start(t, dir)
	s.as("supervision-office", "--person", "p-1").append(enterprise("s-3"))
	s.stop()
}
