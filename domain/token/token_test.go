package token_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/token"
)

var (
	now   = time.Date(2026, 12, 2, 9, 30, 0, 0, time.UTC)
	hash  = strings.Repeat("A", 43)
	asker = &token.Process{UID: 1000, User: "anjian", PID: 7}
	admin = event.Actor{Role: event.RoleAdmin, Token: 1}
	own   = event.Actor{Role: event.RoleLedger}
)

func scene() *token.Scene {
	is := func(want string) func(string) bool { return func(s string) bool { return s == want } }
	return &token.Scene{PersonKnown: is("p1"), TeamKnown: is("t1"), SubjectKnown: is("s1"), CountyKnown: is("610902"), Certified: is("certified"), Used: is("used")}
}

func issued(edit func(*token.Issued)) *token.Issued {
	d := &token.Issued{SHA256: hash, Role: event.RoleInspector, Person: "p1", Team: "t1", Expires: now.Add(time.Hour)}
	if edit != nil {
		edit(d)
	}
	return d
}

// in is an event of its own stream, recorded now at index 9.
func in(actor event.Actor, d event.Data) *event.Event {
	id := uuid.New()
	return &event.Event{ID: id, Stream: event.Stream{Kind: event.Tokens, ID: id.String()}, Data: d, Actor: actor, Recorded: now, Index: 9}
}

func codeOf(err error) law.Code {
	var r *event.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func TestATokenIsIssuedOnceAndToWhomTheLedgerKnows(t *testing.T) {
	for code, edit := range map[law.Code]func(*token.Issued){
		"":                            func(*token.Issued) {},
		"unknown-person":              func(d *token.Issued) { d.Person = "stranger" },
		"unknown-team":                func(d *token.Issued) { d.Team = "t9" },
		"unknown-subject":             func(d *token.Issued) { d.Subject = "s9" },
		"unknown-county":              func(d *token.Issued) { d.County = "999999" },
		"token-hash-used":             func(d *token.Issued) { d.SHA256 = "used" },
		"token-expired":               func(d *token.Issued) { d.Expires = now },
		"unit-id-too-long":            func(d *token.Issued) { d.Role, d.Unit = event.RoleImporter, strings.Repeat("u", event.MaxVisitOwner+1) },
		"officer-without-certificate": func(d *token.Issued) { d.Role, d.Team, d.Unit = event.RoleOfficer, "", "u" },
		"asked-by-not-yours":          func(d *token.Issued) { d.AskedBy = asker },
	} {
		if got := codeOf(token.Decide(nil, scene(), in(admin, issued(edit)))); got != code {
			t.Errorf("%q: %q", code, got)
		}
	}
	if got := codeOf(token.Decide(nil, scene(), in(own, issued(nil)))); got != "asked-by-required" {
		t.Errorf("the ledger's own issue without who asked: %q", got)
	}
	if err := token.Decide(nil, scene(), in(own, issued(func(d *token.Issued) { d.AskedBy = asker }))); err != nil {
		t.Error(err)
	}
	if got := codeOf(token.Decide(token.NewState(), scene(), in(admin, issued(nil)))); got != "token-already-issued" {
		t.Errorf("a second issue in one stream: %q", got)
	}
	elsewhere := in(admin, issued(nil))
	elsewhere.Stream.ID = "mine"
	if got := codeOf(token.Decide(nil, scene(), elsewhere)); got != "token-stream" {
		t.Errorf("a stream of another name: %q", got)
	}
}

func TestATokenCountsForItsBearerUntilItEndsOrIsRevoked(t *testing.T) {
	st := token.NewState()
	e := in(admin, issued(nil))
	st.Apply(e)
	bearer := event.Actor{Person: "p1", Role: event.RoleInspector, Team: "t1", Token: 9}
	if err := st.Counts(&bearer, now); err != nil {
		t.Error(err)
	}
	if codeOf(st.Counts(&bearer, now.Add(time.Hour))) != law.TokenNotValid {
		t.Error("it counts after its end")
	}
	for what, edit := range map[string]func(*event.Actor){
		"role": func(a *event.Actor) { a.Role = event.RoleAdmin }, "person": func(a *event.Actor) { a.Person = "p2" },
		"team": func(a *event.Actor) { a.Team = "" }, "county": func(a *event.Actor) { a.County = "610902" },
		"unit": func(a *event.Actor) { a.Unit = "u" }, "position": func(a *event.Actor) { a.Token = 8 },
	} {
		other := bearer
		if edit(&other); codeOf(st.Counts(&other, now)) != law.TokenNotValid {
			t.Errorf("it counts for another %s", what)
		}
	}
	var none *token.State
	if codeOf(none.Counts(&bearer, now)) != law.TokenNotValid {
		t.Error("a token that was never issued counts")
	}
	revoked := in(admin, &token.Revoked{Token: 8, Reason: "lost"})
	if codeOf(token.Decide(st, scene(), revoked)) != "unknown-token" {
		t.Error("the position of another token is taken")
	}
	revoked.Data = &token.Revoked{Token: 9, Reason: "lost"}
	if err := token.Decide(st, scene(), revoked); err != nil {
		t.Error(err)
	}
	st.Apply(revoked)
	if codeOf(st.Counts(&bearer, now)) != law.TokenNotValid || codeOf(token.Decide(st, scene(), revoked)) != "token-already-revoked" {
		t.Error("it counts although it is revoked")
	}
}

func TestWhatATokenMustSay(t *testing.T) {
	for want, edit := range map[string]func(*token.Issued){
		"sha256:":                         func(d *token.Issued) { d.SHA256 = strings.Repeat("0", 64) },
		"role:":                           func(d *token.Issued) { d.Role = event.RoleLedger },
		"unit: required for role officer": func(d *token.Issued) { d.Role = event.RoleOfficer },
		"subject: required":               func(d *token.Issued) { d.Role = event.RoleInspectedParty },
		"person: required":                func(d *token.Issued) { d.Person = "" },
		"team: required":                  func(d *token.Issued) { d.Role, d.Team = event.RoleTeamLeader, "" },
		"county: required":                func(d *token.Issued) { d.Role = event.RoleCountyGovernment },
		"unit: required":                  func(d *token.Issued) { d.Role = event.RoleImporter },
		"unit: \"市安委办\"":                  func(d *token.Issued) { d.Unit = "市安委办" },
		"expires: required":               func(d *token.Issued) { d.Expires = time.Time{} },
		"basis.issuer":                    func(d *token.Issued) { d.Basis = &token.Basis{Subject: "s"} },
	} {
		if err := field.Check(issued(edit)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := field.Check(issued(func(d *token.Issued) { d.SHA256 = hash[:20] + "\n" + hash[20:] })); err == nil {
		t.Error("a hash has a second spelling, with a line feed")
	}
	if err := field.Check(issued(nil)); err != nil {
		t.Error(err)
	}
	if err := field.Check(&token.Revoked{Token: 0, Reason: ""}); err == nil || !strings.Contains(err.Error(), "token:") ||
		!strings.Contains(err.Error(), "reason:") {
		t.Error(err)
	}
}

// Roles: an inspected party's entries name its subject as the organisation that it speaks for, and no other unit.
func TestAnInspectedPartySpeaksForItsSubject(t *testing.T) {
	d := &token.Issued{Role: event.RoleInspectedParty, Subject: "s1", Unit: "other", County: "610902"}
	if got, want := d.Actor(5), (event.Actor{Role: event.RoleInspectedParty, Unit: "s1", Token: 5}); got != want {
		t.Errorf("%+v", got)
	}
}
