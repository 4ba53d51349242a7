package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/sealing"
)

const (
	commission = "discipline-commission"
	noKey      = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" // the id of none
)

// key publishes a sealing key.
func (s *scene) key(roles ...event.Role) sealing.Key {
	s.Helper()
	k, err := s.core.PublishSealingKey(context.Background(), s.keeper, roles, "", identity.Self())
	s.must(err)
	return k
}

// seal has the server seal a text, and wants a status and code.
func (s *scene) seal(status int, code string, in map[string]string) (said event.Sealed) {
	s.Helper()
	body, err := json.Marshal(in)
	s.must(err)
	a := s.want(s.do(office, "POST", "/v1/sealed", string(body), "Content-Type", mediaJSON), status, law.Code(code))
	if heard(a); code != "" {
		return said
	}
	got := decode[SealedByServer](s.fixture, a)
	if got.Notice == "" {
		s.Error("nobody says that the server has seen the text")
	}
	return got.Sealed
}

// wants a code in an answer, which then counts as answered.
func (s *scene) wants(a answer, code string) {
	s.Helper()
	if heard(a); a.StatusCode < 400 {
		s.Fatalf("%d %s, want %s", a.StatusCode, a.body, code)
	}
	if p := decode[Problem](s.fixture, a); string(p.Code) != code {
		s.Errorf("%s, want %s: %s", p.Code, code, a.body)
	}
}

// opened asks for a sealed text.
func (s *scene) opened(who string, a answer, member string) answer {
	s.Helper()
	index := decode[Receipts](s.fixture, a).Receipts[0].Index
	return s.get(who, fmt.Sprintf("/v1/entries/%d/sealed/%s/open", index, member))
}

func called(id string) option { return func(a *act) { a.ID = uuid.MustParse(id) } }

func TestSealedTextsAreAnswered(t *testing.T) {
	s := newScene(t)
	id, other := uuid.NewString(), uuid.NewString()
	ask := func(change ...string) map[string]string {
		in := map[string]string{"event": id, "type": "anjian.tip-received.v1", "member": "content", "text": "secret words"}
		for i := 0; i < len(change); i += 2 {
			in[change[i]] = change[i+1]
		}
		return in
	}
	s.seal(409, "no-sealing-key", ask())
	both, alone := s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission), s.key(event.RoleDisciplineCommission)
	for _, wrong := range []map[string]string{
		ask("event", "x"), ask("event", uuid.Nil.String()), ask("type", "anjian.tip-received.v9"), ask("member", "channel"), ask("text", ""),
		ask("more", "x"), ask("to", "x"), ask("member", "reporter", "to", both.ID), ask("text", strings.Repeat("a", sealing.MaxText+1)),
	} {
		s.seal(422, "invalid-sealing", wrong)
	}
	content, reporter := s.seal(201, "", ask()), s.seal(201, "", ask("member", "reporter"))
	if content.To != both.ID || reporter.To != alone.ID {
		t.Errorf("sealed for %s and %s", content.To, reporter.To)
	}
	tipOf := func(content event.Sealed) *tip.Received {
		return &tip.Received{Channel: "letter", Violation: "other", Content: content}
	}
	strange := content
	strange.To = noKey
	s.says("unknown-sealing-key", "tip/a", tipOf(strange))
	wide := tipOf(content)
	wide.Reporter = &content
	s.says("sealed-for-others", "tip/a", wide)
	whole := tipOf(content)
	whole.Reporter = &reporter
	received := s.says("", "tip/a", whole, called(id))

	s.want(s.opened(office, received, "content"), 200, "")
	s.wants(s.opened(office, received, "reporter"), "sealed-not-for-you")
	s.wants(s.opened(office, received, "channel"), "not-found")
	if a := s.want(s.opened(commission, received, "reporter"), 200, ""); a.Header.Get("Etag") != "" ||
		!bytes.Contains(a.body, []byte("secret words")) {
		t.Errorf("%v %s", a.Header, a.body)
	}
	s.wants(s.opened(office, s.says("", "tip/b", tipOf(content), called(other)), "content"), "sealed-not-opened")
	lost := content
	lost.SHA256 = strings.Repeat("1", 64)
	s.wants(s.opened(office, s.says("", "tip/c", tipOf(lost)), "content"), "sealed-not-arrived")
	masters := s.keeper.Master
	s.keeper.Master = nil
	s.wants(s.opened(office, received, "content"), "no-master-key")
	s.keeper.Master = masters

	erase := func(sum string) *files.Erased { return &files.Erased{SHA256: sum, Ground: "purpose-achieved"} }
	s.says("not-sealed", "evidence/"+hash64, erase(hash64))
	s.says("not-sealed", "evidence/"+reporter.SHA256, erase(reporter.SHA256)) // not the office's
	s.says("evidence-stream", "evidence/"+hash64, erase(content.SHA256))
	s.want(s.get(office, "/v1/evidence/"+content.SHA256), 200, "")
	s.given("evidence/"+content.SHA256, erase(content.SHA256))
	s.says("evidence-already-erased", "evidence/"+content.SHA256, erase(content.SHA256))
	s.wants(s.opened(office, received, "content"), "sealed-gone")
	s.wants(s.get(office, "/v1/evidence/"+content.SHA256), "file-erased")
	s.wants(s.do(office, "PUT", "/v1/evidence/"+content.SHA256, "x"), "file-erased")

	gone := &sealingkey.Destroyed{Ground: "key-exposed"}
	s.says("not-begun", "sealing-key/"+noKey, gone)
	s.says("not-your-sealing-key", "sealing-key/"+alone.ID, gone)
	s.given("sealing-key/"+alone.ID, gone, as(commission))
	s.says("sealing-key-destroyed", "sealing-key/"+alone.ID, gone, as(commission))
	s.says("sealing-key-destroyed", "tip/d", &tip.Received{Channel: "letter", Violation: "other", Content: event.Sealed{
		SHA256: hash64, Size: 200, To: alone.ID, Commit: hash64}})
	s.wants(s.opened(commission, received, "reporter"), "sealed-gone")
	s.seal(409, "no-sealing-key", ask("member", "reporter"))
	keys := decode[SealingKeys](s.fixture, s.want(s.get("", "/v1/sealing-keys"), 200, "")).Keys
	if len(keys) != 2 || keys[0].Destroyed != nil || keys[1].Destroyed == nil {
		t.Errorf("%+v", keys)
	}
}

// TestWhatMustNotBeReadIsNotOpened: without the access log, and by who does not see the entry, nothing is opened.
func TestWhatMustNotBeReadIsNotOpened(t *testing.T) {
	s := newScene(t)
	s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission)
	s.party("s-own")
	id := uuid.NewString()
	content := s.seal(201, "", map[string]string{"event": id, "type": "anjian.tip-received.v1", "member": "content", "text": "secret words"})
	received := s.says("", "tip/a", &tip.Received{Channel: "letter", Violation: "other", Content: content}, called(id))
	for _, role := range roleNames() {
		a := s.opened(role, received, "content")
		if may := role == office || role == commission; may != bytes.Contains(a.body, []byte("secret words")) {
			t.Errorf("%s: %d %s", role, a.StatusCode, a.body)
		}
	}
	s.access.err = identity.ErrAccessLog
	if a := s.opened(office, received, "content"); a.StatusCode < 500 || bytes.Contains(a.body, []byte("secret words")) {
		t.Errorf("without the access log: %d %s", a.StatusCode, a.body)
	}
}
