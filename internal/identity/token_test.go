package identity_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/identity"
)

var start = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)

// clock is a hand-moved clock.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var inspector = identity.Claims{Person: "p-017", Role: event.RoleInspector, Team: "team-3"}

func loadKey(t *testing.T, dir string) *identity.TokenKey {
	t.Helper()
	k, err := identity.LoadTokenKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func issue(t *testing.T, k *identity.TokenKey, c identity.Claims, ttl time.Duration) (string, identity.Claims) {
	t.Helper()
	token, c, err := k.Issue(c, start, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return token.Reveal(), c
}

func TestAnIssuedTokenSaysWhoItsBearerIs(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	server := identity.NewVerifier(loadKey(t, dir).Public(), dir, clk.now)
	// Another process, after the server has started.
	token, want := issue(t, loadKey(t, dir), inspector, time.Hour)
	for range 2 { // parsed, then from the cache
		got, err := server.Verify(token)
		if err != nil || got != want {
			t.Fatalf("%+v, %v; want %+v", got, err, want)
		}
	}
	actor := event.Actor{Person: "p-017", Role: event.RoleInspector, Team: "team-3"}
	if want.Actor() != actor {
		t.Errorf("actor %+v", want.Actor())
	}
}

func TestATokenEndsWithItsTime(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	k := loadKey(t, dir)
	v := identity.NewVerifier(k.Public(), dir, clk.now)
	token, _ := issue(t, k, inspector, time.Hour)
	clk.add(time.Hour - time.Second)
	if _, err := v.Verify(token); err != nil {
		t.Fatalf("in its last second: %v", err)
	}
	clk.add(time.Second)
	for range 2 {
		if _, err := v.Verify(token); !errors.Is(err, identity.ErrExpiredToken) {
			t.Fatalf("after its time: %v", err)
		}
	}
}

func TestARevokedTokenIsRefusedWithinASecond(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	k := loadKey(t, dir)
	v := identity.NewVerifier(k.Public(), dir, clk.now)
	token, c := issue(t, k, inspector, time.Hour)
	other, _ := issue(t, k, inspector, time.Hour)
	if _, err := v.Verify(token); err != nil {
		t.Fatal(err)
	}
	if err := identity.Revoke(dir, c.ID); err != nil {
		t.Fatal(err)
	}
	clk.add(time.Second)
	if _, err := v.Verify(token); !errors.Is(err, identity.ErrRevokedToken) {
		t.Errorf("revoked: %v", err)
	}
	if _, err := v.Verify(other); err != nil {
		t.Errorf("another token: %v", err)
	}
}

func TestARevocationListThatCannotBeReadStopsEveryToken(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	k := loadKey(t, dir)
	v := identity.NewVerifier(k.Public(), dir, clk.now)
	token, _ := issue(t, k, inspector, time.Hour)
	if err := os.Mkdir(filepath.Join(dir, identity.RevocationFile), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := v.Verify(token); err == nil {
			t.Fatal("accepted")
		}
	}
}

func TestOnlyTokensOfThisKeyAndAlgorithmAreAccepted(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	k := loadKey(t, dir)
	v := identity.NewVerifier(k.Public(), dir, clk.now)
	good, _ := issue(t, k, inspector, time.Hour)
	head, rest, _ := strings.Cut(good, ".")
	payload, sig, _ := strings.Cut(rest, ".")
	foreign, _ := issue(t, loadKey(t, t.TempDir()), inspector, time.Hour)
	claims := jwt.MapClaims{"sub": "p-017", "role": "inspector", "team": "team-3", "jti": "x", "iat": start.Unix(), "exp": start.Add(time.Hour).Unix()}
	none, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	hmac, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(k.Public()))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := base64.RawURLEncoding.DecodeString(payload)
	raised := base64.RawURLEncoding.EncodeToString(bytes.Replace(raw, []byte("inspector"), []byte("admin"), 1))
	for name, token := range map[string]string{
		"empty":               "",
		"no token":            "a.b.c",
		"another key":         foreign,
		"algorithm none":      none,
		"HMAC of public key":  hmac,
		"role raised":         head + "." + raised + "." + sig,
		"signature cut":       good[:len(good)-2],
		"trailing characters": good + "A",
		"huge":                good + strings.Repeat("A", 5000),
	} {
		if _, err := v.Verify(token); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%s: %v", name, err)
		} else if token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("%s: the error quotes the token", name)
		}
	}
}

// A signature of our key under claims that Issue would refuse must not help either.
func TestClaimsAreCheckedWhenVerifyingToo(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	k := loadKey(t, dir)
	v := identity.NewVerifier(k.Public(), dir, clk.now)
	base := func() jwt.MapClaims {
		return jwt.MapClaims{"sub": "p-017", "role": "inspector", "team": "team-3", "jti": "x", "iat": start.Unix(), "exp": start.Add(time.Hour).Unix()}
	}
	if _, err := v.Verify(signRaw(t, dir, base())); err != nil {
		t.Fatalf("the base is refused: %v", err)
	}
	for name, value := range map[string]any{"role": "ledger", "exp": nil, "iat": start.Add(time.Hour).Unix(), "jti": nil, "team": nil, "sub": "../x"} {
		c := base()
		if c[name] = value; value == nil {
			delete(c, name)
		}
		if _, err := v.Verify(signRaw(t, dir, c)); !errors.Is(err, identity.ErrInvalidToken) {
			t.Errorf("%s = %v: %v", name, value, err)
		}
	}
}

func signRaw(t *testing.T, dir string, c jwt.MapClaims) string {
	t.Helper()
	pem, err := os.ReadFile(filepath.Join(dir, identity.TokenKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	key, err := jwt.ParseEdPrivateKeyFromPEM(pem)
	if err != nil {
		t.Fatal(err)
	}
	s, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c).SignedString(key.(ed25519.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestIssueRefusesClaimsThatBoundNothing(t *testing.T) {
	k := loadKey(t, t.TempDir())
	for name, c := range map[string]identity.Claims{
		"no role":                 {Person: "p"},
		"the ledger's own role":   {Role: event.RoleLedger},
		"inspector without team":  {Role: event.RoleInspector, Person: "p"},
		"leader without person":   {Role: event.RoleTeamLeader, Team: "t"},
		"county without a county": {Role: event.RoleCountyGovernment},
		"a person that is no id":  {Role: event.RoleAdmin, Person: "a b"},
		"a unit with a quote":     {Role: event.RoleDepartment, Unit: `a"b`},
	} {
		if _, _, err := k.Issue(c, start, time.Hour); err == nil {
			t.Errorf("%s: issued", name)
		}
	}
	if _, _, err := k.Issue(inspector, start, 0); err == nil {
		t.Error("a token without a life was issued")
	}
}

func TestTheCacheIsBoundedAndForgetsNothingThatMatters(t *testing.T) {
	dir, clk := t.TempDir(), &clock{t: start}
	k := loadKey(t, dir)
	v := identity.NewVerifier(k.Public(), dir, clk.now)
	first, _ := issue(t, k, inspector, time.Hour)
	for range 4200 {
		token, _ := issue(t, k, inspector, time.Hour)
		if _, err := v.Verify(token); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Verify(first); err != nil {
		t.Fatal(err)
	}
	if n := v.Cached(); n > 4096 {
		t.Fatalf("%d tokens are cached", n)
	}
}

func TestTheKeyIsMadeOnceAndKeptSecret(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	var wg sync.WaitGroup
	publics := make([]string, 8)
	for i := range publics {
		wg.Go(func() {
			if k, err := identity.LoadTokenKey(dir); err == nil {
				publics[i] = string(k.Public())
			}
		})
	}
	wg.Wait()
	for _, p := range publics {
		if p == "" || p != publics[0] {
			t.Fatal("processes that start at once disagree about the key")
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	path := filepath.Join(dir, identity.TokenKeyFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	os.Chmod(path, 0o640)
	if _, err := identity.LoadTokenKey(dir); !errors.Is(err, identity.ErrLaxMode) {
		t.Errorf("readable by the group: %v", err)
	}
}

func TestTokensAndKeysAreNeverPrinted(t *testing.T) {
	k := loadKey(t, t.TempDir())
	token, _, err := k.Issue(inspector, start, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb, token, k)
		fmt.Fprintf(&out, verb, struct{ T identity.Token }{token})
	}
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", token, "key", k)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", token, "key", k)
	if err := json.NewEncoder(&out).Encode([]any{token, k}); err != nil {
		t.Fatal(err)
	}
	secret := token.Reveal()
	for _, part := range append(strings.Split(secret, "."), fmt.Sprintf("%x", secret)) {
		if strings.Contains(out.String(), part) {
			t.Fatalf("printed: %s", out.String())
		}
	}
}

func BenchmarkVerifyTokenCached(b *testing.B) {
	dir := b.TempDir()
	k, err := identity.LoadTokenKey(dir)
	if err != nil {
		b.Fatal(err)
	}
	v := identity.NewVerifier(k.Public(), dir, time.Now)
	token, _, err := k.Issue(inspector, time.Now(), time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.Verify(token.Reveal()); err != nil {
			b.Fatal(err)
		}
	}
}
