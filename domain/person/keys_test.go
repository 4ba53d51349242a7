package person_test

import (
	"crypto/ecdh"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/person"
)

// base is the base point of P-256 (FIPS 186-4 D.1.2.3), uncompressed.
func base(t *testing.T) []byte {
	t.Helper()
	k, err := ecdh.P256().NewPrivateKey(append(make([]byte, 31), 1))
	if err != nil {
		t.Fatal(err)
	}
	return k.PublicKey().Bytes()
}

func TestPillar1KeysAreWellFormed(t *testing.T) {
	enc := base64.RawURLEncoding.EncodeToString
	point := base(t)
	off := append([]byte(nil), point...)
	off[64] ^= 1
	for _, c := range []struct {
		name, algorithm, key string
		ok                   bool
	}{
		{"ed25519", person.Ed25519, enc(make([]byte, 32)), true},
		{"p256", person.P256, enc(point), true},
		{"p256 off the curve", person.P256, enc(off), false},
		{"p256 compressed", person.P256, enc(append([]byte{2}, point[1:33]...)), false},
		{"ed25519 too long", person.Ed25519, enc(make([]byte, 33)), false},
		{"algorithms mixed up", person.P256, enc(make([]byte, 32)), false},
		{"padded", person.Ed25519, base64.URLEncoding.EncodeToString(make([]byte, 32)), false},
		{"not canonical", person.Ed25519, strings.Repeat("A", 42) + "B", false},
		{"standard alphabet", person.Ed25519, strings.Repeat("+", 42) + "A", false},
		{"unknown algorithm", "rsa", enc(make([]byte, 32)), false},
	} {
		id, err := person.KeyID(c.algorithm, c.key)
		if (err == nil) != c.ok || c.ok && len(id) != 32 {
			t.Errorf("%s: id %q, error %v", c.name, id, err)
		}
	}
}
