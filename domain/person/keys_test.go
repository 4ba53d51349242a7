package person_test

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/person"
)

func TestPillar1KeysAreWellFormed(t *testing.T) {
	enc := base64.RawURLEncoding.EncodeToString
	private, err := ecdh.P256().NewPrivateKey(append(make([]byte, 31), 1)) // the base point, FIPS 186-4 D.1.2.3
	if err != nil {
		t.Fatal(err)
	}
	point := private.PublicKey().Bytes()
	ed := person.SPKI(person.Ed25519, make([]byte, 32))
	for _, c := range []struct {
		name, suite, key string
		ok               bool
	}{
		{"ed25519", person.Ed25519, ed, true},
		{"p256", person.P256, person.SPKI(person.P256, point), true},
		{"p256 compressed", person.P256, person.SPKI(person.P256, append([]byte{2}, point[1:33]...)), false},
		{"p256 of another form", person.P256, person.SPKI(person.P256, append([]byte{6}, point[1:]...)), false},
		{"ed25519 too long", person.Ed25519, person.SPKI(person.Ed25519, make([]byte, 33)), false},
		{"suites mixed up", person.P256, ed, false},
		{"raw", person.Ed25519, enc(make([]byte, 32)), false},
		{"padded", person.Ed25519, ed + "==", false},
		{"not canonical base64", person.Ed25519, ed[:len(ed)-1] + "B", false},
		{"standard alphabet", person.Ed25519, strings.Repeat("+", 58) + "A", false},
		{"unknown suite", "rsa", ed, false},
	} {
		id, raw, err := person.ParseKey(c.suite, c.key)
		if (err == nil) != c.ok {
			t.Errorf("%s: id %q, error %v", c.name, id, err)
		}
		if !c.ok {
			continue
		}
		der, _ := base64.RawURLEncoding.DecodeString(c.key)
		if sum := sha256.Sum256(der); id != enc(sum[:]) || len(id) != 43 || person.SPKI(c.suite, raw) != c.key {
			t.Errorf("%s: id %s", c.name, id)
		}
	}
}
