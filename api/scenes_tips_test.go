package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// tipScene has units, a committee, and a key for tips.
func tipScene(t *testing.T) (s *scene, received func(subject string) *tip.Received) {
	s = newScene(t)
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE"}}))
	s.given("table/committees", &table.Published{Table: table.Committees, Committees: []table.Committee{
		{ID: "mine-committee", Name: "矿山专委会", Sectors: []string{"MINE"}, Lead: "mines"}}})
	s.issue("mine committee", token.Issued{Role: event.RoleCommittee, Unit: "mine-committee"})
	s.issue("mayor", token.Issued{Role: event.RoleCityGovernment, Person: "zheng"})
	key := s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission)
	return s, func(subject string) *tip.Received {
		return &tip.Received{Channel: "hotline", Violation: "other", Subject: subject,
			Content: event.Sealed{SHA256: hash64, Size: 200, To: key.ID, Commit: hash64}}
	}
}

// R73: each code of a tip, and the road on which none is said.
func TestTipsAreAnswered(t *testing.T) {
	s, received := tipScene(t)
	investigated, told := &tip.Investigated{Result: "substantiated", Account: "属实"}, &tip.Answered{Manner: "telephone", Summary: "已告知"}
	s.says("not-begun", "tip/a", &tip.Accepted{})
	s.given("tip/a", received("firm"), in("c"))
	s.says("tip-not-accepted", "tip/a", investigated)
	s.says("tip-not-investigated", "tip/a", told)
	s.given("tip/a", &tip.Accepted{})
	s.says("tip-already-accepted", "tip/a", &tip.Accepted{})
	elsewhere := *investigated
	elsewhere.Inspection = "t1.0198f3c2-7a10-7000-8000-0000000000f1"
	s.says("tip-unknown-visit", "tip/a", &elsewhere)
	s.given("tip/a", investigated)
	s.given("tip/a", told)
	s.says("tip-already-answered", "tip/a", told)
}

// R77: each code of a transfer, and the road on which none is said.
func TestTransfersAreAnswered(t *testing.T) {
	s, received := tipScene(t)
	s.given("tip/a", received("firm"), in("c"))
	given := &transfer.Transferred{Matter: "tip", Tip: "a", Ground: "investigate", Task: "核查"}
	unknown := &transfer.Transferred{Matter: "tip", Tip: "b", Ground: "investigate", Task: "核查"}
	past := &transfer.Transferred{Matter: "tip", Tip: "a", Ground: "investigate", Task: "核查", Due: "2019-01-01"}
	s.says("unknown-tip", "transfer/office.mines.1", unknown)
	s.says("transfer-stream", "transfer/mines.office.1", given)
	s.says("unknown-receiver", "transfer/office.nobody.1", given)
	s.says("transfer-due-before", "transfer/office.mines.1", past)
	s.says("matter-not-yours", "transfer/mines.office.1", given, as("mines"))
	s.given("transfer/office.mines.1", given)
	s.says("not-begun", "transfer/office.mines.1", &transfer.Accepted{}, as("hanbin"))
	s.says("not-the-receiver", "transfer/office.mines.1", &transfer.Accepted{}, as(commission))
	s.says("paper-required", "transfer/office.mines.1", &transfer.Accepted{})
	s.given("transfer/office.mines.1", &transfer.Accepted{}, as("mines"))
	s.says("transfer-already-accepted", "transfer/office.mines.1", &transfer.Accepted{}, as("mines"))
	handled := &transfer.Answered{Outcome: "handled", Result: "partly", Answer: "已查处"}
	s.says("transfer-result", "transfer/office.mines.1", &transfer.Answered{Outcome: "handled", Answer: "已查处"}, as("mines"))
	s.given("transfer/office.mines.1", handled, as("mines"))
	s.says("transfer-already-answered", "transfer/office.mines.1", handled, as("mines"))
	s.given("tip/a", &tip.Answered{Manner: "telephone", Summary: "已告知"}) // by the receiver's answer it is investigated

	order := &transfer.Transferred{Matter: "instruction", Ground: "instruction", Task: "限期整治", Due: "2019-12-20"}
	s.given("transfer/city.mine-committee.1", order, as("mayor"))
	s.given("transfer/city.mine-committee.1", &transfer.Answered{Outcome: "handled", Answer: "已整治"}, as("mine committee"))
}

// R73, R77, pillar 14: over HTTP, who is no end of a transfer reads nothing of it, and nobody but office and commission of a tip.
func TestR73TipsAndTransfersAreReadByWhoseTheyAre(t *testing.T) {
	s, received := tipScene(t)
	s.given("tip/a", received("firm"), in("c"))
	s.given("transfer/office.mines.1", &transfer.Transferred{Matter: "tip", Tip: "a", Ground: "investigate", Task: "核查"})
	for _, c := range []struct {
		who                   string
		tips, transfers, open int
	}{{office, 1, 1, 1}, {commission, 1, 1, 1}, {"mines", 0, 1, 1}, {"hanbin", 0, 0, 0}, {"mine committee", 0, 0, 0}, {"wang", 0, 0, 0}} {
		for kind, want := range map[string]int{"tip": c.tips, "transfer": c.transfers} {
			a := s.want(s.do(c.who, "GET", "/v1/events?stream="+kind, ""), 200, "")
			if got := len(decode[struct{ Entries []any }](s.fixture, a).Entries); got != want {
				t.Errorf("%s reads %d entries of %ss, want %d: %s", c.who, got, kind, want, a.body)
			}
		}
		a := s.want(s.do(c.who, "GET", "/v1/obligations?kind=transfer&wait_for=1", ""), 200, "")
		if got := decode[struct{ Open int }](s.fixture, a).Open; got != c.open {
			t.Errorf("%s sees %d open transfers: %s", c.who, got, a.body)
		}
	}
}

// tell posts a tip without a token.
func (s *scene) tell(in PublicTip) answer {
	s.Helper()
	body, err := json.Marshal(in)
	s.must(err)
	return s.do("", "POST", "/v1/tips", string(body), "Content-Type", mediaJSON)
}

const tipID = "0198f3c2-7a10-7000-8000-00000000aa01"

// R73: who has no token reports; the office reads what, the commission who, and the ledger has neither.
func TestR73WhoHasNoTokenReports(t *testing.T) {
	s, _ := tipScene(t)
	in := PublicTip{ID: tipID, Violation: "other", Content: "三号井偷换传感器 CLEAR-A", Reporter: "王某 CLEAR-B"}
	s.wants(s.tell(in), "no-sealing-key") // for the commission alone, who reports
	s.key(event.RoleDisciplineCommission)
	got := decode[TipReceived](s.fixture, s.want(s.tell(in), 201, ""))
	if got.Tip != tipID || got.Notice == "" {
		t.Errorf("%+v", got)
	}
	again := in
	again.Content = "另一件"
	s.want(s.tell(again), 201, "") // the same id is the same tip: what was sent first stands

	a := s.want(s.do(office, "GET", "/v1/events?stream=tip", ""), 200, "")
	page := decode[struct {
		Entries []struct {
			Index     uint64
			Stream    string
			Assurance event.Assurance
			Actor     event.Actor
		}
	}](s.fixture, a)
	if bytes.Contains(a.body, []byte("CLEAR")) || len(page.Entries) != 1 {
		t.Fatalf("%s", a.body)
	}
	e := page.Entries[0]
	if e.Stream != "tip/"+tipID || e.Assurance != event.Open || e.Actor != (event.Actor{Role: event.RolePublic}) {
		t.Errorf("%+v", e)
	}
	opens := func(who, member, text string) {
		t.Helper()
		got := s.do(who, "GET", fmt.Sprintf("/v1/entries/%d/sealed/%s/open", e.Index, member), "")
		if has := got.StatusCode == 200 && bytes.Contains(got.body, []byte(text)); has != (text != "") {
			t.Errorf("%s opens %s: %s", who, member, got.body)
		}
	}
	opens(office, "content", "CLEAR-A")
	opens(office, "reporter", "")
	opens(commission, "reporter", "CLEAR-B")
	s.given("tip/"+tipID, &tip.Accepted{}) // and it is the office's to go on
}

// R73: a tip without token is small, of its own kind, and tells nothing; all without a token share a quota.
func TestR73TheRoadWithoutATokenIsBounded(t *testing.T) {
	s, received := tipScene(t)
	s.wants(s.tell(PublicTip{ID: tipID, Violation: "other"}), "invalid-tip")
	s.wants(s.tell(PublicTip{ID: "1", Violation: "other", Content: "x"}), "invalid-tip")
	s.wants(s.tell(PublicTip{ID: tipID, Violation: "no such", Content: "x"}), "invalid-data")
	s.wants(s.tell(PublicTip{ID: "00000000-0000-8000-8000-000000000001", Violation: "other", Content: "x"}), "id-reserved")
	s.wants(s.do("", "POST", "/v1/tips", `{"id":"`+tipID+`","place":"x"}`, "Content-Type", mediaJSON), "invalid-tip")
	s.want(s.do("", "POST", "/v1/tips", strings.Repeat(" ", maxTip+1), "Content-Type", mediaJSON), 413, law.BodyTooLarge)
	s.want(s.do("", "POST", "/v1/events", "{}", "Content-Type", mediaEvent), 401, law.Unauthenticated)

	file := []byte("a file that a device has sealed, of some length, so that it may be one: 65 + 32 + 16 bytes and more, and so on and on")
	device := func(d *tip.Received, more ...string) PublicTip {
		sum := sha256.Sum256(file)
		d.Content.SHA256, d.Content.Size = hex.EncodeToString(sum[:]), int64(len(file))
		id := uuid.Must(uuid.NewV7())
		raw, _ := s.event("tip/"+id.String(), d, func(a *act) { a.ID = id })
		return PublicTip{Event: jsontext.Value(raw), Files: append(more, base64.StdEncoding.EncodeToString(file))}
	}
	for _, subject := range []string{"firm", "nobody"} { // registered or not, the answer is the same
		s.wants(s.tell(device(received(subject))), "tip-names-subject")
	}
	s.wants(s.tell(device(received(""), "eA==")), "invalid-tip")
	s.want(s.tell(device(received(""))), 201, "")
	raw, _ := s.event("subject/x", enterprise())
	s.wants(s.tell(PublicTip{Event: jsontext.Value(raw)}), "invalid-tip")

	for range DefaultQuotas().Public.Events.Burst / tipCost {
		if a := s.tell(PublicTip{}); a.StatusCode == 429 {
			heard(a)
			s.want(s.do(office, "GET", "/v1/events?stream=tip", ""), 200, "") // nobody else is held up
			return
		}
	}
	t.Error("it has no bound")
}
