package devicekey_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/devicekey"
)

var start = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)

// device signs as a phone's WebCrypto does.
type device struct {
	key  devicekey.Key
	sign func(msg []byte) []byte
}

func devices(t testing.TB) map[devicekey.Alg]device {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	edwards, err := devicekey.New("p-017", devicekey.Ed25519, public)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := curve.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	nist, err := devicekey.New("p-017", devicekey.P256, point)
	if err != nil {
		t.Fatal(err)
	}
	return map[devicekey.Alg]device{
		devicekey.Ed25519: {edwards, func(msg []byte) []byte { return ed25519.Sign(private, msg) }},
		devicekey.P256: {nist, func(msg []byte) []byte {
			digest := sha256.Sum256(msg)
			r, s, err := ecdsa.Sign(rand.Reader, curve, digest[:])
			if err != nil {
				t.Fatal(err)
			}
			return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		}},
	}
}

func TestADeviceSignatureHoldsForExactlyItsBytes(t *testing.T) {
	msg := []byte(`{"specversion":"1.0","id":"…"}`)
	for alg, d := range devices(t) {
		sig := d.sign(msg)
		if !d.key.Verify(msg, sig) {
			t.Fatalf("%s: a good signature is refused", alg)
		}
		if d.key.Verify(append(msg, ' '), sig) {
			t.Errorf("%s: holds for other bytes", alg)
		}
		for i := range sig {
			bad := append([]byte(nil), sig...)
			if bad[i] ^= 4; d.key.Verify(msg, bad) {
				t.Errorf("%s: holds with byte %d changed", alg, i)
			}
		}
		for other, o := range devices(t) {
			if o.key.Verify(msg, sig) {
				t.Errorf("%s: holds under another %s key", alg, other)
			}
		}
		for name, s := range map[string][]byte{"none": nil, "short": sig[:63], "long": append(sig, 0), "zero": make([]byte, 64)} {
			if d.key.Verify(msg, s) {
				t.Errorf("%s: a signature holds that is %s", alg, name)
			}
		}
	}
	if unmade := (devicekey.Key{Alg: devicekey.P256}); unmade.Verify(msg, make([]byte, 64)) {
		t.Error("a key that New did not make verifies")
	}
}

// RFC 8032 §7.1 test 2 and RFC 6979 A.2.5 (P-256, SHA-256, "sample").
func TestPublishedSignaturesHold(t *testing.T) {
	for _, c := range []struct {
		alg              devicekey.Alg
		public, msg, sig string
	}{
		{
			devicekey.Ed25519, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
			"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
		},
		{
			devicekey.P256,
			"0460FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB67903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
			"73616d706c65",
			"EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
		},
	} {
		k, err := devicekey.Parse("p", c.alg, base64.RawURLEncoding.EncodeToString(unhex(t, c.public)))
		if err != nil {
			t.Fatal(err)
		}
		sig, err := devicekey.ParseSignature(base64.RawURLEncoding.EncodeToString(unhex(t, c.sig)))
		if err != nil || !k.Verify(unhex(t, c.msg), sig) {
			t.Errorf("%s: refused, %v", c.alg, err)
		}
	}
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsNoPublicKeyIsRefused(t *testing.T) {
	good := devices(t)[devicekey.P256].key.Public
	off := append([]byte(nil), good...)
	off[64] ^= 1
	for name, c := range map[string]struct {
		alg    devicekey.Alg
		public []byte
	}{
		"a point off the curve":     {devicekey.P256, off},
		"the point at infinity":     {devicekey.P256, []byte{0}},
		"a point without its y":     {devicekey.P256, good[:33]},
		"a p256 key as ed25519":     {devicekey.Ed25519, good},
		"an unknown algorithm":      {"rsa", good},
		"an ed25519 key too short":  {devicekey.Ed25519, make([]byte, 31)},
		"an algorithm left unnamed": {"", good},
	} {
		if _, err := devicekey.New("p", c.alg, c.public); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for _, text := range []string{"a+b/", "YQ==", "YR"} { // other alphabet, padding, loose last bits
		if _, err := devicekey.Parse("p", devicekey.Ed25519, text); err == nil {
			t.Errorf("%q is accepted", text)
		}
		if _, err := devicekey.ParseSignature(text); err == nil {
			t.Errorf("%q is accepted as a signature", text)
		}
	}
}

func TestTheKeyIDIsTheFirstHalfOfTheHash(t *testing.T) {
	sum := sha256.Sum256([]byte("abc"))
	if got := devicekey.ID([]byte("abc")); got != fmt.Sprintf("%x", sum[:16]) {
		t.Errorf("%s", got)
	}
}

func TestAKeyCountsFromItsRegistrationToItsRevocation(t *testing.T) {
	var ring devicekey.Ring
	k := devices(t)[devicekey.Ed25519].key
	if !ring.Add(k, start) {
		t.Fatal("not added")
	}
	stolen := k
	stolen.Person = "p-666"
	if ring.Add(stolen, start.Add(time.Hour)) {
		t.Error("a known key changes its person")
	}
	ring.Revoke(k.ID, start.Add(3*time.Hour))
	ring.Revoke(k.ID, start.Add(2*time.Hour))
	ring.Revoke(k.ID, start.Add(9*time.Hour))
	got, ok := ring.Lookup(k.ID)
	if !ok || got.Person != "p-017" {
		t.Fatalf("%+v %v", got, ok)
	}
	for at, want := range map[time.Duration]bool{-1: false, 0: true, time.Hour: true, 2*time.Hour - 1: true, 2 * time.Hour: false, 5 * time.Hour: false} {
		if got.ValidAt(start.Add(at)) != want {
			t.Errorf("valid at %v: %v", at, !want)
		}
	}
	if ring.Revoke("unknown", start) {
		t.Error("an unknown key is revoked")
	}
	if own := ring.OfPerson("p-017"); len(own) != 1 || own[0].ID != k.ID {
		t.Errorf("keys of the person: %v", own)
	}
}

func TestTheKeyringIsReadWhileTheFoldWrites(t *testing.T) {
	var ring devicekey.Ring
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 500 {
				k := devicekey.Key{ID: fmt.Sprint(w, i), Person: "p"}
				ring.Add(k, start)
				ring.Revoke(k.ID, start)
				if got, ok := ring.Lookup(k.ID); !ok || got.Revoked != start {
					t.Errorf("%+v %v", got, ok)
				}
			}
		})
	}
	wg.Wait()
	if n := len(ring.OfPerson("p")); n != 2000 {
		t.Errorf("%d keys", n)
	}
}

func BenchmarkVerify(b *testing.B) {
	msg := make([]byte, 1024)
	for alg, d := range devices(b) {
		b.Run(string(alg), func(b *testing.B) {
			sig := d.sign(msg)
			for b.Loop() {
				if !d.key.Verify(msg, sig) {
					b.Fatal("refused")
				}
			}
		})
	}
}
