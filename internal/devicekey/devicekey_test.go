package devicekey_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"filippo.io/edwards25519"

	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/devicekey"
)

const origin = "ankang.gov.cn/anjian/3f9c21d7"

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func devices(t testing.TB) map[string]*devicekey.Signer {
	t.Helper()
	seed := sha256.Sum256([]byte(t.Name()))
	ed, err := devicekey.NewSigner(origin, seed[:])
	if err != nil {
		t.Fatal(err)
	}
	p256, err := devicekey.NewP256Signer(origin)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*devicekey.Signer{person.Ed25519: ed, person.P256: p256}
}

// One vector: made with WebCrypto, verified with OpenSSL; RFC 8032 test key 1.
func TestTheVectorOfADeviceSignatureHolds(t *testing.T) {
	const (
		e = `{"specversion":"1.0","id":"0198f3c2-7a10-7000-8000-000000000001",` +
			`"source":"urn:anjian:key:BuP9j9opu2CrWVV95h7bCuzbIxE0vjDnW0Vfjht5L6k","type":"anjian.subject-status-recorded.v1",` +
			`"subject":"subject/s","time":"2026-12-02T09:30:00+08:00","ledger":"ankang.gov.cn/anjian/3f9c21d7","keyseq":17,` +
			`"keyprev":"TI7_kWtTfvsWYTxfBiUnW0Ko-l4d1OE4kOwZdgGWsDM","data":{"production":"normal"}}`
		signature = "W7FvqH9F5SLWhk9TfXGGNU86jV9410QTVEajyYlde1rqPUZ1haq7sTEpT1bOXqlhmQdPp-c41-g-JrSf-2lsBg"
		seed      = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
	)
	if len(e) != 375 {
		t.Fatalf("%d bytes", len(e))
	}
	pae := devicekey.AppendPAE(nil, []byte(e))
	if sum := sha256.Sum256(pae); len(pae) != 426 ||
		hex.EncodeToString(sum[:]) != "a03793f2aa05ca84f79b2cb860434441d6620a3236c1d0dc6d95205d125fdec5" {
		t.Errorf("the encoding has %d bytes, SHA-256 %x", len(pae), sum)
	}
	d, err := devicekey.NewSigner(origin, unhex(t, seed))
	if err != nil || d.Key.ID != "BuP9j9opu2CrWVV95h7bCuzbIxE0vjDnW0Vfjht5L6k" {
		t.Fatal(d.Key.ID, err)
	}
	sig, err := d.Seal([]byte(e))
	if err != nil || base64.RawURLEncoding.EncodeToString(sig) != signature || !d.Key.Verify([]byte(e), sig) {
		t.Errorf("%x, %v", sig, err)
	}
}

func TestASignatureHoldsForExactlyItsBytesAndItsKey(t *testing.T) {
	msg := []byte(`{"specversion":"1.0","id":"…"}`)
	others := devices(t)
	for suite, d := range devices(t) {
		sig, err := d.Seal(msg)
		if err != nil || !d.Key.Verify(msg, sig) {
			t.Fatalf("%s: a good signature is refused, %v", suite, err)
		}
		if d.Key.Verify(append(bytes.Clone(msg), ' '), sig) {
			t.Errorf("%s: holds for other bytes", suite)
		}
		for i := range sig {
			bad := bytes.Clone(sig)
			if bad[i] ^= 4; d.Key.Verify(msg, bad) {
				t.Errorf("%s: holds with byte %d changed", suite, i)
			}
		}
		for other, o := range others {
			if other != suite && o.Key.Verify(msg, sig) {
				t.Errorf("%s: holds under another %s key", suite, other)
			}
		}
		for name, s := range map[string][]byte{"none": nil, "short": sig[:63], "long": append(bytes.Clone(sig), 0), "zero": make([]byte, 64)} {
			if d.Key.Verify(msg, s) {
				t.Errorf("%s: a signature holds that is %s", suite, name)
			}
		}
	}
	if unmade := new(devicekey.Key); unmade.Verify(msg, make([]byte, 64)) {
		t.Error("a key that New did not make verifies")
	}
}

// A signature over the bare event, as before DSSE's encoding, is one for another purpose.
func TestTheBareBytesAreNotWhatIsSigned(t *testing.T) {
	seed := sha256.Sum256([]byte("bare"))
	d, err := devicekey.NewSigner(origin, seed[:])
	if err != nil {
		t.Fatal(err)
	}
	msg := []byte(`{}`)
	if d.Key.Verify(msg, ed25519.Sign(ed25519.NewKeyFromSeed(seed[:]), msg)) {
		t.Error("a signature without the encoding's domain holds")
	}
}

// The encodings of small order are those that C2SP/CCTV lists (ed25519/README.md): eight points,
// six of them also in ways that are not canonical.
var smallOrder = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

func TestAnUnsoundKeyIsRefused(t *testing.T) {
	unsound := map[string]string{
		// C2SP/CCTV, ed25519 vectors 4 to 7: prime order plus small order.
		"10eb7c3acfb2bed3e0d6ab89bf5a3d6afddd1176ce4812e38d9fd485058fdb1f": "mixed order",
		strings.Repeat("ff", 32):        "no point",
		"02" + strings.Repeat("00", 31): "y of no point",
	}
	for _, s := range smallOrder {
		unsound[s] = "small order"
	}
	good, err := edwards25519.NewGeneratorPoint(), error(nil)
	for _, s := range smallOrder[:1] { // and every mixed point that we can make of the generator
		for i := range 8 {
			torsion, e := new(edwards25519.Point).SetBytes(unhex(t, smallOrder[8]))
			if err = e; err != nil {
				t.Fatal(s, err)
			}
			p := edwards25519.NewGeneratorPoint()
			for range i {
				p.Add(p, torsion)
			}
			if i > 0 {
				unsound[hex.EncodeToString(p.Bytes())] = "generator plus torsion"
			}
		}
	}
	for s, what := range unsound {
		if _, err := devicekey.New(person.Ed25519, person.SPKI(person.Ed25519, unhex(t, s))); err == nil {
			t.Errorf("%s is accepted as a key: %s", s, what)
		}
	}
	if _, err := devicekey.New(person.Ed25519, person.SPKI(person.Ed25519, good.Bytes())); err != nil {
		t.Errorf("the generator is a sound key: %v", err)
	}
}

// Of a sound key A = [a]B whoever has a can make S = k·a fit R = the neutral point, and most
// libraries accept it. R of small order is refused, so that all agree.
func TestASignatureWithSmallOrderRNeverHolds(t *testing.T) {
	one, err := edwards25519.NewScalar().SetCanonicalBytes(append([]byte{7}, make([]byte, 31)...))
	if err != nil {
		t.Fatal(err)
	}
	public := new(edwards25519.Point).ScalarBaseMult(one).Bytes()
	key, err := devicekey.New(person.Ed25519, person.SPKI(person.Ed25519, public))
	if err != nil {
		t.Fatal(err)
	}
	event := []byte(`{"specversion":"1.0"}`)
	msg := devicekey.AppendPAE(nil, event)
	accepted := 0
	for _, s := range smallOrder {
		r := unhex(t, s)
		h := sha512.New()
		h.Write(r)
		h.Write(public)
		h.Write(msg)
		k, err := edwards25519.NewScalar().SetUniformBytes(h.Sum(nil))
		if err != nil {
			t.Fatal(err)
		}
		sig := append(bytes.Clone(r), edwards25519.NewScalar().Multiply(k, one).Bytes()...)
		if ed25519.Verify(public, msg, sig) {
			accepted++
		}
		if key.Verify(event, sig) {
			t.Errorf("R = %s holds", s)
		}
	}
	if accepted == 0 {
		t.Error("crypto/ed25519 refuses them all: the test proves nothing")
	}
}

func TestWhatIsNoPublicKeyIsRefused(t *testing.T) {
	enc := base64.RawURLEncoding.EncodeToString
	p256, err := base64.RawURLEncoding.DecodeString(devices(t)[person.P256].Registration("").PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	off := bytes.Clone(p256)
	off[len(off)-1] ^= 1
	compressed := append(bytes.Clone(p256[:26]), p256[26:59]...)
	compressed[26] = 2
	for name, c := range map[string]struct{ suite, key string }{
		"a point off the curve":    {person.P256, enc(off)},
		"a compressed point":       {person.P256, enc(compressed)},
		"a key of the other suite": {person.Ed25519, enc(p256)},
		"a raw key":                {person.P256, enc(p256[26:])},
		"bytes behind":             {person.P256, enc(append(bytes.Clone(p256), 0))},
		"an unknown suite":         {"sm2-sm3", enc(p256)},
		"a suite left unnamed":     {"", enc(p256)},
		"padding":                  {person.P256, base64.URLEncoding.EncodeToString(p256)},
		"another alphabet":         {person.P256, strings.Repeat("+", 122)},
		"an old name of the suite": {"p256", enc(p256)},
		"an ed25519 key too short": {person.Ed25519, person.SPKI(person.Ed25519, make([]byte, 31))},
	} {
		if _, err := devicekey.New(c.suite, c.key); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for _, text := range []string{"", "a+b/", "YQ==", strings.Repeat("A", 85) + "B"} {
		if _, err := devicekey.ParseSignature(text); err == nil {
			t.Errorf("%q is accepted as a signature", text)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	msg := make([]byte, 1024)
	for suite, d := range devices(b) {
		b.Run(suite, func(b *testing.B) {
			sig, err := d.Seal(msg)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if !d.Key.Verify(msg, sig) {
					b.Fatal("refused")
				}
			}
		})
	}
}
