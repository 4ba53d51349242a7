package eventtest

import (
	"crypto/ecdh"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
)

// SealingKey returns the id and the publication of a sealing key for roles, always the same for the same roles. Its secret half is kept
// by nobody.
func SealingKey(tb testing.TB, roles ...event.Role) (id string, d *sealingkey.Published) {
	tb.Helper()
	seed := sha256.Sum256(fmt.Append(nil, roles))
	half, err := ecdh.P256().NewPrivateKey(seed[:])
	if err != nil {
		tb.Fatal(err)
	}
	d = &sealingkey.Published{PublicKey: person.SPKI(person.P256, half.PublicKey().Bytes()), Roles: roles}
	if id, _, err = person.ParseKey(person.P256, d.PublicKey); err != nil {
		tb.Fatal(err)
	}
	return id, d
}
