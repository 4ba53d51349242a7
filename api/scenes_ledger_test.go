package api

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/devicekey"
)

// device is a phone whose key is made of one byte.
func (s *scene) device(b byte) *devicekey.Signer {
	s.Helper()
	seed := [32]byte{b}
	d, err := devicekey.NewSigner("anjian.test/api/0a1b2c3d", seed[:])
	s.must(err)
	return d
}

func confirmation(of *act) *person.KeyConfirmed {
	r := of.ref()
	return &person.KeyConfirmed{Event: r.Event, SHA256: r.SHA256}
}

func TestKeysAreAnswered(t *testing.T) {
	s := newScene(t)
	ack := &person.RulesAcknowledged{DocumentHash: hash64}
	phone := s.device(1)
	mine, lost := phone.Registration("phone"), &person.KeyRevoked{Key: phone.Key.ID, Reason: "lost"}
	s.says("unknown-key", "person/ma", lost, as("ma"))
	s.says("key-unknown", "person/ma", ack, as("ma"), by(s.device(1)))
	s.says("key-not-possessed", "person/ma", mine, as("ma"))
	s.says("not-yourself", "person/li", mine, as("ma"), by(s.device(1)))
	short := *mine
	short.PublicKey = short.PublicKey[:40]
	s.says("malformed-key", "person/ma", &short, as("ma"))
	registered := s.given("person/ma", mine, as("ma"), by(phone))
	again := s.device(1)
	s.says("key-already-registered", "person/ma", mine, as("ma"), by(again))
	s.says("key-bound-to-another", "person/li", mine, as("li"), by(s.device(1)))
	s.says("key-not-yours", "person/li", ack, as("li"), by(phone))
	s.says("not-a-second-person", "person/ma", confirmation(registered), as("bare office"))
	s.says("unknown-registration", "person/li", confirmation(registered), as("zhou"))
	forged := confirmation(registered)
	forged.SHA256 = hash64
	s.says("other-content", "person/ma", forged, as("zhou"))
	s.given("person/ma", confirmation(registered), as("zhou"))
	s.says("key-already-confirmed", "person/ma", confirmation(registered), as("zhou"))
	s.given("person/ma", lost, as("ma"))
	s.says("key-was-revoked", "person/ma", lost, as("ma"))
}

func TestTokensAreAnswered(t *testing.T) {
	s := newScene(t)
	own := func(a *act) { a.Stream.ID, a.by = a.ID.String(), "admin" }
	issued := func(change func(*token.Issued)) *token.Issued {
		d := &token.Issued{SHA256: strings.Repeat("A", 43), Role: event.RoleInspector, Person: "ma", Team: "t1", Expires: end}
		change(d)
		return d
	}
	s.given("person/bare", &person.Registered{Name: "无证", Unit: "u", Roles: []event.Role{event.RoleInspector}})
	for code, change := range map[string]func(*token.Issued){
		"unknown-person":              func(d *token.Issued) { d.Person = "nobody" },
		"unknown-team":                func(d *token.Issued) { d.Team = "nowhere" },
		"unknown-subject":             func(d *token.Issued) { d.Subject = "nowhere" },
		"unknown-county":              func(d *token.Issued) { d.County = "999999" },
		"token-expired":               func(d *token.Issued) { d.Expires = noon },
		"unit-id-too-long":            func(d *token.Issued) { d.Role, d.Unit = event.RoleImporter, strings.Repeat("u", event.MaxVisitOwner+1) },
		"officer-without-certificate": func(d *token.Issued) { d.Role, d.Person, d.Team, d.Unit = event.RoleOfficer, "bare", "", "u" },
		"asked-by-not-yours":          func(d *token.Issued) { d.AskedBy = &token.Process{} },
	} {
		s.says(code, "token/x", issued(change), own)
	}
	s.without("officer-without-certificate", "token/x", issued(func(d *token.Issued) {
		d.Role, d.Person, d.Team, d.Unit, d.SHA256 = event.RoleOfficer, "ma", "", "u", strings.Repeat("C", 42)+"A"
	}), own)
	s.says("token-stream", "token/x", issued(func(*token.Issued) {}), as("admin"))
	made := s.given("token/x", issued(func(*token.Issued) {}), own)
	s.says("token-hash-used", "token/x", issued(func(*token.Issued) {}), own)
	s.says("token-already-issued", made.Stream.String(), issued(func(d *token.Issued) { d.SHA256 = strings.Repeat("B", 42) + "A" }),
		as("admin"))
	s.says("unknown-token", made.Stream.String(), &token.Revoked{Token: 7, Reason: "r"}, as("admin"))
	position := s.size() - 1
	s.given(made.Stream.String(), &token.Revoked{Token: position, Reason: "r"}, as("admin"))
	s.says("token-already-revoked", made.Stream.String(), &token.Revoked{Token: position, Reason: "r"}, as("admin"))
}

func TestTheLedgersOwnStreamsAreAnswered(t *testing.T) {
	s := newScene(t)
	from := uint64(3)
	beyond := uint64(1 << 40)
	s.says("wrong-stream", "ledger/elsewhere", &oversight.ClockCorrected{From: &from, Reason: "r"}, as("chief admin"))
	s.says("unknown-position", "ledger/clock", &oversight.ClockCorrected{From: &beyond, Reason: "r"}, as("chief admin"))
	s.says("person-required", "ledger/clock", &oversight.ClockCorrected{From: &from, Reason: "r"}, as("nameless admin"))
	s.says("ledger-stream", "ledger/moves", &oversight.DeviationExplained{Deviation: hash64[:8] + "-0000-4000-8000-000000000000",
		Explanation: "x"}, as("zhou"))
	s.later(time.Hour)
	s.without("unknown-position wrong-stream", "ledger/clock", &oversight.ClockCorrected{From: &from, Reason: "r"}, as("chief admin"))
}

// endsEarly is a body that ends before it is whole.
type endsEarly struct{ io.Reader }

func (b endsEarly) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestABodyThatEndsEarlyIsAnswered(t *testing.T) {
	w := newFixture(t)
	r := httptest.NewRequest("POST", "/v1/events", endsEarly{strings.NewReader("{")})
	r.ContentLength = 100
	r.Header.Set("Content-Type", mediaEvent)
	r.Header.Set("Authorization", "Bearer "+desk)
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	w.want(w.answers(rec.Result(), rec.Body.Bytes(), desk, "POST", "/v1/events", "{"), 400, law.UnreadableBody)
	w.want(w.post(desk, w.subject("s-1")), 201, "")
}

// TestACursorOfAnotherScopeIsAnswered: what the token may see has changed since.
func TestACursorOfAnotherScopeIsAnswered(t *testing.T) {
	s := newScene(t)
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"MINE"}}))
	page := decode[struct{ Cursor string }](s.fixture, s.want(s.get("mines", "/v1/events?limit=1"), 200, ""))
	s.given("table/units", units(table.Unit{ID: "mines", Name: "矿山局", Sectors: []string{"INDTRADE"}}))
	s.want(s.get("mines", "/v1/events?cursor="+page.Cursor), 409, law.ScopeChanged)
}

// TestANameThatIsTakenIsAnswered to who may know by whom; who may not hears what he hears of every name that is not his to give.
func TestANameThatIsTakenIsAnswered(t *testing.T) {
	s := newScene(t)
	elsewhere := reported(func(d *accident.Reported) { d.Region, d.Subjects = "610921", nil })
	s.given("accident/610902.a", reported(func(d *accident.Reported) { d.Region, d.Subjects = "610902", nil }))
	s.says("name-not-yours", "accident/610902.a", elsewhere, as("hanyin"))
	s.says("name-not-yours", "accident/610902.b", elsewhere, as("hanyin"))
	s.given("accident/610921.a", elsewhere, as("hanyin"))
	block := &numbering.BlockIssued{Team: "t1", Authority: "u", Document: numbering.Order, Year: 2019, Series: "责改", First: 1, Last: 9}
	s.given("document/b", block)
	s.says("id-taken", "document/b", block)
}
