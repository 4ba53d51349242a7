// Package devicekey is the signature keys of inspectors' devices: Ed25519 or P-256, registered
// in the ledger by key-registered, whose signatures attest an event's exact bytes. It needs
// the standard library only, so that a verifier can use what the server uses.
package devicekey

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
)

// Alg is a signature algorithm that WebCrypto has on every phone.
type Alg string

// The algorithms.
const (
	Ed25519 Alg = "ed25519" // RFC 8032; public key 32 bytes
	P256    Alg = "p256"    // ECDSA with SHA-256; public key 65 bytes, an uncompressed point (SEC 1 §2.3.3)
)

// SignatureSize is the size of a signature of either algorithm in bytes; that of P-256 is
// r and s, 32 bytes each (IEEE P1363), as WebCrypto makes it.
const SignatureSize = 64

// Key is a device's public key. It is made by [New] only and not changed afterwards.
type Key struct {
	ID     string
	Person string // id of the person's stream
	Alg    Alg
	Public []byte

	point *ecdsa.PublicKey // parsed once, for P-256
}

// ID names a public key: the first 16 bytes of its SHA-256, in lower-case hexadecimal.
func ID(public []byte) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:16])
}

// New checks a public key: its length and, for P-256, that the point is on the curve.
func New(person string, alg Alg, public []byte) (Key, error) {
	k := Key{ID: ID(public), Person: person, Alg: alg, Public: public}
	switch alg {
	case Ed25519:
		if len(public) != ed25519.PublicKeySize {
			return Key{}, fmt.Errorf("an ed25519 public key has %d bytes, not %d", ed25519.PublicKeySize, len(public))
		}
	case P256:
		point, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
		if err != nil {
			return Key{}, fmt.Errorf("a p256 public key is a 65-byte uncompressed point of the curve: %w", err)
		}
		k.point = point
	default:
		return Key{}, fmt.Errorf("algorithm %q is not one of %s, %s", alg, Ed25519, P256)
	}
	return k, nil
}

// Parse is New for a public key in base64url without padding.
func Parse(person string, alg Alg, public string) (Key, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(public)
	if err != nil {
		return Key{}, fmt.Errorf("the public key is not base64url without padding: %w", err)
	}
	return New(person, alg, b)
}

// ParseSignature decodes a signature in base64url without padding.
func ParseSignature(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != SignatureSize {
		return nil, fmt.Errorf("a signature is %d bytes in base64url without padding", SignatureSize)
	}
	return b, nil
}

// Verify reports whether sig is k's signature over exactly msg.
func (k *Key) Verify(msg, sig []byte) bool {
	if len(sig) != SignatureSize {
		return false
	}
	switch k.Alg {
	case Ed25519:
		return len(k.Public) == ed25519.PublicKeySize && ed25519.Verify(k.Public, msg, sig)
	case P256:
		if k.point == nil {
			return false
		}
		digest := sha256.Sum256(msg)
		return ecdsa.Verify(k.point, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	return false
}
