package person

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// The signature algorithms of device keys.
const (
	Ed25519 = "ed25519"
	P256    = "p256"
)

// KeyID returns the id under which entries and key-revoked name a public key: the first 16
// bytes of the SHA-256 of the decoded key, in lower-case hexadecimal. The key must be
// canonical unpadded base64url of 32 bytes (ed25519), or of a 65-byte uncompressed point on
// the curve (p256).
func KeyID(algorithm, publicKey string) (string, error) {
	raw, err := decodeKey(algorithm, publicKey)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:16]), nil
}

// decodeKey returns the bytes of a public key in the form [KeyID] describes.
func decodeKey(algorithm, publicKey string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(publicKey)
	if err != nil {
		return nil, fmt.Errorf("public key: want unpadded base64url: %w", err)
	}
	switch algorithm {
	case Ed25519:
		if len(raw) != 32 {
			return nil, fmt.Errorf("public key: an ed25519 key has 32 bytes, this has %d", len(raw))
		}
	case P256:
		if len(raw) != 65 {
			return nil, fmt.Errorf("public key: a p256 key is an uncompressed point of 65 bytes, this has %d", len(raw))
		}
		if _, err := ecdh.P256().NewPublicKey(raw); err != nil {
			return nil, fmt.Errorf("public key: no point on P-256: %w", err)
		}
	default:
		return nil, fmt.Errorf("public key: algorithm %q is neither ed25519 nor p256", algorithm)
	}
	return raw, nil
}
