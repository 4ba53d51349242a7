package sealing

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
)

// TestTheFormStays: a file that was sealed once opens for good. The secret half has the bytes 1 to 32.
func TestTheFormStays(t *testing.T) {
	raw := make([]byte, 32)
	for i := range raw {
		raw[i] = byte(i + 1)
	}
	key, err := hpke.DHKEM(ecdh.P256()).NewPrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	file, err := base64.RawURLEncoding.DecodeString("BE_bPvcuKtIVsJV7OLK32v0EfSRkEQ1ADNadSZx4BS3MdCE56bTDDunm" +
		"hF8pFjNFuRip5Hcff5DOc3F2wLPJrNUvx25H_oz7pWu5aMuOv76xlhAv0tPUFvAnkxVmJs2x4t6iO_dvAKgdpba34mAw9tRH2BN8vfs")
	if err != nil {
		t.Fatal(err)
	}
	said := event.Sealed{SHA256: "5e18f633ece4f6c622ad53fdd14565e2938b7eb712ff9e92fe3538253ddaebcf", Size: 119,
		To: "8dWUSbcnFl3nMr8oMzgSK5liimFZGP7cZ9h4__z0fac", Commit: "326c2edeb43f3ab2ed0cb0b3fdba2dbc53c1ef0f7f6498c26b51d74153d993c7"}
	s := Secret{key}
	at := Place{"anjian.example/1a2b3c4d", "0198f3c2-7a10-7000-8000-000000000001", "content"}
	if text, err := s.Open(at, &said, file); err != nil || text != "举报" || s.Public().ID != said.To || sum(file) != said.SHA256 {
		t.Errorf("%q, %v", text, err)
	}
}
