package api

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
)

// issued is a token-issued event of an admin, in the stream of its own id.
func (w *fixture) issued(d *token.Issued) (id uuid.UUID, body string) {
	w.Helper()
	id = uuid.Must(uuid.NewV7())
	raw, err := entry.Author(&event.Event{ID: id, Type: w.cat.Newest("token-issued"),
		Stream: event.Stream{Kind: event.Tokens, ID: id.String()},
		Source: "urn:test", Occurred: time.Now(), ExpectedRevision: event.AnyRevision, Data: d})
	w.must(err)
	return id, string(raw)
}

const admin = string(event.RoleAdmin)

// A token is made by who issues it and sent as its hash; its bearer is what the issue says, from
// the acknowledged issue to the acknowledged revocation.
func TestAnAdminIssuesAndRevokesATokenOverHTTP(t *testing.T) {
	w := newFixture(t)
	secret := identity.NewToken()
	d := &token.Issued{SHA256: secret.SHA256(), Role: event.RoleInspector, Person: "p-9", Team: "t-9",
		Expires: time.Now().Add(time.Hour).UTC().Truncate(time.Second)}
	w.want(w.get(secret.Reveal(), "/v1/me"), 401, law.Unauthenticated)
	id, body := w.issued(d)
	w.want(w.post(office, body), 403, law.RoleMayNotAppend)
	index := decode[Receipts](w, w.want(w.post(admin, body), 201, "")).Receipts[0].Index

	me := decode[Me](w, w.want(w.get(secret.Reveal(), "/v1/me"), 200, ""))
	if me.Token != index || me.Role != d.Role || me.Person != "p-9" || me.Team != "t-9" || me.County != "" || !me.Expires.Equal(d.Expires) ||
		me.Issued.IsZero() {
		t.Errorf("%+v", me)
	}
	w.want(w.post(secret.Reveal(), w.author("subject/t-9.s-1", "subject-registered", firm())), 201, "")
	raw := string(w.want(w.get(office, fmt.Sprint("/v1/entries/", w.size()-1)), 200, "").body)
	if !strings.Contains(raw, fmt.Sprintf(`"actor":{"person":"p-9","role":"inspector","team":"t-9","token":%d}`, index)) {
		t.Error(raw)
	}

	revoke := w.author("token/"+id.String(), "token-revoked", &token.Revoked{Token: index, Reason: "lost"})
	w.want(w.post(secret.Reveal(), revoke), 403, law.RoleMayNotAppend)
	w.want(w.post(admin, revoke), 201, "")
	w.want(w.get(secret.Reveal(), "/v1/me"), 401, law.Unauthenticated)
	w.want(w.post(secret.Reveal(), w.subject("t-9.s-2")), 401, law.Unauthenticated)
}

func TestAnIssueIsRefusedLikeAnyEvent(t *testing.T) {
	w := newFixture(t)
	good := token.Issued{Role: event.RoleInspector, Person: "p-9", Team: "t-9", Expires: time.Now().Add(time.Hour)}
	for code, edit := range map[law.Code]func(*token.Issued){
		"unknown-person":     func(d *token.Issued) { d.Person = "stranger" },
		"unknown-team":       func(d *token.Issued) { d.Team = "t-0" },
		"token-expired":      func(d *token.Issued) { d.Expires = time.Now() },
		"asked-by-not-yours": func(d *token.Issued) { d.AskedBy = &token.Process{UID: 0, User: "root"} },
		"invalid-data":       func(d *token.Issued) { d.Role = event.RoleLedger },
	} {
		d := good
		d.SHA256 = identity.NewToken().SHA256()
		edit(&d)
		_, body := w.issued(&d)
		w.want(w.post(admin, body), 422, code)
	}
	if w.added() != 0 {
		t.Errorf("%d entries", w.added())
	}
}

// Every request with a bad token gets one answer.
func TestABadTokenIsToldNothing(t *testing.T) {
	w := newFixture(t)
	w.revoke("auditor")
	ended := identity.NewToken()
	_, err := w.ledger.Issue(t.Context(), &token.Issued{SHA256: ended.SHA256(), Role: event.RoleAdmin,
		Expires: time.Now().Add(50 * time.Millisecond), AskedBy: identity.Self()})
	w.must(err)
	time.Sleep(60 * time.Millisecond)
	want := ""
	for _, word := range []string{"auditor", "nonsense", identity.NewToken().Reveal(), ended.Reveal(), ended.SHA256()} {
		a := w.want(w.get(word, "/v1/me"), 401, law.Unauthenticated)
		body, _, _ := strings.Cut(string(a.body), `"instance"`)
		if want == "" {
			want = body
		}
		if body != want {
			t.Errorf("%s, want %s", body, want)
		}
	}
}

func seesTokens(r event.Role) bool {
	return r == event.RoleAdmin || r == event.RoleAuditor || r == event.RoleDisciplineCommission
}

// Who was given which token is for admin, auditor and commission.
func TestIssuesAreHiddenFromOtherRoles(t *testing.T) {
	w := newFixture(t)
	w.party("s-own")
	for _, role := range event.Roles {
		word := string(role)
		if !identity.Can(role, identity.ReadEvents) {
			continue
		}
		body := string(w.want(w.get(word, "/v1/events?limit=1000"), 200, "").body)
		if got, want := strings.Contains(body, "token-issued"), seesTokens(role); got != want {
			t.Errorf("%s: sees issues is %v", role, got)
		}
		status := 404
		if seesTokens(role) {
			status = 200
		}
		if a := w.get(word, "/v1/entries/2"); a.StatusCode != status {
			t.Errorf("%s: the office's issue is %d, want %d", role, a.StatusCode, status)
		}
	}
}

// A token that the API had verified when it was revoked does not append any more.
func TestAnAppendOnItsWayWhenItsTokenIsRevokedIsUnauthenticated(t *testing.T) {
	w := newFixture(t)
	body := w.subject("s-1")
	stale := w.tokens.known[office]
	w.must(w.ledger.Revoke(t.Context(), event.Stream{Kind: event.Tokens, ID: stale.Event.String()},
		&token.Revoked{Token: stale.Token, Reason: "lost", AskedBy: identity.Self()}))
	w.cfg.Tokens = blind{w.tokens}
	w.want(w.post(office, body), 401, law.Unauthenticated)
}

// A download ends when its token does: the next part is not sent.
func TestADownloadEndsWithItsToken(t *testing.T) {
	w := newFixture(t)
	for i := range 900 { // more than one part of 256 KiB
		w.want(w.post(office, w.subject(fmt.Sprint("s-", i))), 201, "")
	}
	r := httptest.NewRequest("GET", "/v1/events", nil)
	r.Header.Set("Authorization", "Bearer discipline-commission")
	r.Header.Set("Accept", mediaNDJSON)
	rec := &revoking{ResponseRecorder: httptest.NewRecorder(), then: func() { w.revoke("discipline-commission") }}
	func() {
		defer func() {
			if recover() != http.ErrAbortHandler {
				t.Error("the answer was not cut off")
			}
		}()
		w.ServeHTTP(rec, r)
	}()
	if n := strings.Count(rec.Body.String(), "\n"); n == 0 || n >= 900 {
		t.Errorf("%d lines were sent", n)
	}
}

// revoking does something when the first part has gone out.
type revoking struct {
	*httptest.ResponseRecorder
	then func()
}

func (r *revoking) Write(b []byte) (int, error) {
	if r.then != nil {
		r.then()
		r.then = nil
	}
	return r.ResponseRecorder.Write(b)
}

// blind has not heard of any revocation.
type blind struct{ *tokenTable }

func (b blind) Verify(_ context.Context, word string) (identity.Claims, error) {
	return b.known[word], nil
}

func firm() *subject.Registered {
	return &subject.Registered{Kind: "enterprise", Name: "安康某某矿业", Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"}
}
