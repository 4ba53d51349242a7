package identity_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/identity"
)

var start = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)

// clock is a time that tests set.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// registry is one with a clock and the entries that a test gives it.
type registry struct {
	*identity.Registry
	clock clock
	index uint64
}

func newRegistry() *registry {
	r := &registry{clock: clock{t: start}, index: 1}
	r.Registry = identity.NewRegistry(r.clock.now)
	return r
}

// issue folds the issue of a token and returns its position.
func (r *registry) issue(t identity.Token, d token.Issued) *event.Event {
	d.SHA256, d.Expires = t.SHA256(), start.Add(time.Hour)
	id := uuid.New()
	e := &event.Event{ID: id, Stream: event.Stream{Kind: event.Tokens, ID: id.String()}, Index: r.index, Recorded: r.clock.now(), Data: &d}
	r.index++
	r.Apply([]*event.Event{e})
	return e
}

func (r *registry) revoke(issue *event.Event) {
	r.Apply([]*event.Event{{ID: uuid.New(), Stream: issue.Stream, Index: r.index, Data: &token.Revoked{Token: issue.Index, Reason: "lost"}}})
	r.index++
}

func TestATokenIsWhatItsIssueSaysUntilItEndsOrIsRevoked(t *testing.T) {
	r := newRegistry()
	a, b := identity.NewToken(), identity.NewToken()
	if _, err := r.Verify(t.Context(), a.Reveal()); !errors.Is(err, identity.ErrInvalidToken) {
		t.Errorf("before its issue: %v", err)
	}
	first := r.issue(a, token.Issued{Role: event.RoleInspector, Person: "p-1", Team: "t-1"})
	second := r.issue(b, token.Issued{Role: event.RoleDepartment, County: "610902", Unit: "u-1"})
	c, err := r.Verify(t.Context(), a.Reveal())
	if want := (event.Actor{Person: "p-1", Role: event.RoleInspector, Team: "t-1", Token: first.Index}); err != nil || c.Actor() != want ||
		c.Event != first.ID {
		t.Errorf("%+v %v", c, err)
	}
	r.revoke(first)
	if _, err := r.Verify(t.Context(), a.Reveal()); !errors.Is(err, identity.ErrRevokedToken) ||
		!errors.Is(r.Check(first.Index), identity.ErrRevokedToken) {
		t.Errorf("revoked: %v", err)
	}
	if c.Revoked {
		t.Error("claims that were handed out have changed")
	}
	if _, err := r.Verify(t.Context(), b.Reveal()); err != nil {
		t.Errorf("another's revocation: %v", err)
	}
	r.clock.add(time.Hour)
	if _, err := r.Verify(t.Context(), b.Reveal()); !errors.Is(err, identity.ErrExpiredToken) ||
		!errors.Is(r.Check(second.Index), identity.ErrExpiredToken) {
		t.Errorf("ended: %v", err)
	}
	if all := r.All(); len(all) != 2 || !all[0].Revoked || all[1].Revoked || all[1].Unit != "u-1" {
		t.Errorf("%+v", all)
	}
}

func TestWhatIsNoTokenIsNone(t *testing.T) {
	r := newRegistry()
	good := identity.NewToken()
	issue := r.issue(good, token.Issued{Role: event.RoleAdmin})
	text := good.Reveal()
	last := text[len(text)-1:]
	for _, other := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" { // unused bits of the last digit
		if string(other) != last {
			if _, err := r.Verify(t.Context(), text[:len(text)-1]+string(other)); !errors.Is(err, identity.ErrInvalidToken) {
				t.Fatalf("%c: %v", other, err)
			}
		}
	}
	for _, bad := range []string{"", "anj1.", text[:len(text)-1], text + "A", text + "=", " " + text, strings.ToUpper(text),
		"anj2." + text[5:], text[5:], good.SHA256(),
		fmt.Sprint(issue.Index), strings.Repeat("x", 1<<20)} {
		if _, err := r.Verify(t.Context(), bad); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%.60q: %v", bad, err)
		}
	}
}

func TestATokenIsFoundByWhateverNamesIt(t *testing.T) {
	r := newRegistry()
	secret := identity.NewToken()
	issue := r.issue(secret, token.Issued{Role: event.RoleAuditor})
	for _, ref := range []string{secret.Reveal(), secret.SHA256(), identity.Reference(secret.Reveal()), fmt.Sprint(issue.Index),
		issue.ID.String()} {
		if c, err := r.Find(ref); err != nil || c.Token != issue.Index {
			t.Errorf("%s: %+v %v", ref, c, err)
		}
	}
	for _, ref := range []string{"nonsense", "", "0", "2", uuid.NewString(), identity.NewToken().Reveal(), identity.NewToken().SHA256()} {
		if c, err := r.Find(ref); err == nil || strings.Contains(err.Error(), "anj1.") {
			t.Errorf("%s: %+v %v", ref, c, err)
		}
	}
	if identity.Reference(secret.Reveal()) == secret.Reveal() {
		t.Error("a reference is the token itself")
	}
}

func TestNoTokenIsEverPrinted(t *testing.T) {
	secret := identity.NewToken()
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", secret)
	for _, s := range []string{fmt.Sprint(secret), fmt.Sprintf("%+v %#v %q %x", secret, secret, secret, secret), log.String()} {
		if strings.Contains(s, secret.Reveal()[5:]) || !strings.Contains(s, "[token]") {
			t.Error(s)
		}
	}
	if secret == identity.NewToken() {
		t.Error("two tokens are the same")
	}
}

// A token of another node makes this one read the store's head, at most once a second.
func TestAnUnknownTokenMakesTheNodeLookOnceASecond(t *testing.T) {
	r := newRegistry()
	secret, looks, head := identity.NewToken(), 0, uint64(0)
	var down error
	r.Follow(func() uint64 { return head }, func(context.Context) error {
		looks++
		if down == nil && looks == 1 {
			r.issue(secret, token.Issued{Role: event.RoleAdmin}) // as the fold does
			head = r.index
		}
		return down
	})
	if c, err := r.Verify(t.Context(), secret.Reveal()); err != nil || c.Role != event.RoleAdmin || looks != 1 {
		t.Fatalf("%+v %v after %d looks", c, err, looks)
	}
	for range 100 {
		if _, err := r.Verify(t.Context(), identity.NewToken().Reveal()); !errors.Is(err, identity.ErrInvalidToken) {
			t.Fatal(err)
		}
	}
	if looks != 1 {
		t.Errorf("%d looks within a second", looks)
	}
	time.Sleep(1100 * time.Millisecond)
	down = errors.New("the store does not answer")
	if _, err := r.Verify(t.Context(), identity.NewToken().Reveal()); !errors.Is(err, down) || errors.Is(err, identity.ErrInvalidToken) ||
		looks != 2 {
		t.Errorf("%v after %d looks", err, looks)
	}
	if _, err := r.Verify(t.Context(), secret.Reveal()); err != nil {
		t.Errorf("a known token needs the store: %v", err)
	}
}

// What this node has stored and not folded yet is waited for.
func TestATokenThatWasJustIssuedIsKnown(t *testing.T) {
	r := newRegistry()
	r.Follow(func() uint64 { return 2 }, nil)
	secret := identity.NewToken()
	go func() {
		time.Sleep(20 * time.Millisecond)
		r.issue(secret, token.Issued{Role: event.RoleAdmin})
	}()
	if _, err := r.Verify(t.Context(), secret.Reveal()); err != nil {
		t.Error(err)
	}
	r.Follow(func() uint64 { return 3 }, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := r.Verify(ctx, identity.NewToken().Reveal()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func BenchmarkVerify(b *testing.B) {
	r := newRegistry()
	secret := identity.NewToken()
	r.issue(secret, token.Issued{Role: event.RoleAdmin})
	text := secret.Reveal()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Verify(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
}
