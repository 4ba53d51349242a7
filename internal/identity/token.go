package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"strings"
)

// prefix begins every token, so that scanners for leaked secrets can find one.
const prefix = "anj1."

// tokenBytes is how much of a token is random.
const tokenBytes = 32

// Token is a bearer token: "anj1." and 256 random bits in base64url without padding. Every way
// of printing it says "[token]" instead.
type Token struct{ text string }

// NewToken makes a token. It gives no right before its issue is recorded.
func NewToken() Token {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // never fails
	return Token{prefix + base64.RawURLEncoding.EncodeToString(b[:])}
}

// ParseToken reads the text of a token. The error is [ErrInvalidToken].
func ParseToken(text string) (Token, error) {
	random, ok := strings.CutPrefix(text, prefix)
	if !ok || len(random) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return Token{}, ErrInvalidToken
	}
	var b [tokenBytes + 1]byte // Decode writes whole groups
	if n, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(random)); err != nil || n != tokenBytes {
		return Token{}, ErrInvalidToken
	}
	return Token{text}, nil
}

// Reveal returns the token itself, for the one place that hands it to its bearer.
func (t Token) Reveal() string { return t.text }

// SHA256 is the hash by which the ledger knows the token, as token-issued has it.
func (t Token) SHA256() string {
	sum := sha256.Sum256([]byte(t.text))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Format prints no token under any verb.
func (Token) Format(s fmt.State, _ rune) { fmt.Fprint(s, "[token]") }

// LogValue logs no token.
func (Token) LogValue() slog.Value { return slog.StringValue("[token]") }
