package identity

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
)

// TokenKeyFile is the name of the signing key in the key directory: PKCS #8 in PEM.
const TokenKeyFile = "token.key"

const pemType = "PRIVATE KEY"

// Token is a bearer token. Every way of printing it says "[token]" instead.
type Token struct{ text string }

// Reveal returns the token itself, for the one place that hands it to its bearer.
func (t Token) Reveal() string { return t.text }

// Format prints no token under any verb.
func (Token) Format(s fmt.State, _ rune) { fmt.Fprint(s, "[token]") }

// LogValue logs no token.
func (Token) LogValue() slog.Value { return slog.StringValue("[token]") }

// wire is the payload of a token.
type wire struct {
	jwt.RegisteredClaims            // sub, jti, iat, exp
	Role                 event.Role `json:"role"`
	Team                 string     `json:"team,omitempty"`
	County               string     `json:"county,omitempty"`
	Unit                 string     `json:"unit,omitempty"`
}

func (w wire) claims() Claims {
	return Claims{
		ID: w.ID, Person: w.Subject, Role: w.Role, Team: w.Team, County: w.County, Unit: w.Unit,
		IssuedAt: w.IssuedAt.UTC(), Expires: w.ExpiresAt.UTC(),
	}
}

// TokenKey signs tokens. It prints as "[token key]".
type TokenKey struct{ private ed25519.PrivateKey }

// Format prints no key under any verb.
func (*TokenKey) Format(s fmt.State, _ rune) { fmt.Fprint(s, "[token key]") }

// LogValue logs no key.
func (*TokenKey) LogValue() slog.Value { return slog.StringValue("[token key]") }

// LoadTokenKey reads the key in dir, making one at the first run. It refuses a key file
// that others than its owner can read.
func LoadTokenKey(dir string) (*TokenKey, error) {
	path := filepath.Join(dir, TokenKeyFile)
	k, err := readTokenKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	err = createSecret(path, pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return readTokenKey(path) // another process may have been first
}

func readTokenKey(path string) (*TokenKey, error) {
	if err := checkMode(path); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(b)
	if block == nil || block.Type != pemType || len(rest) > 0 {
		return nil, fmt.Errorf("identity: %s is not one PEM block %s", path, pemType)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("identity: %s holds no Ed25519 key", path)
	}
	return &TokenKey{private}, nil
}

// Issue signs a token that is valid from now for ttl. ID, IssuedAt and Expires of c are set
// by Issue and returned. A server that is running accepts it at once.
func (k *TokenKey) Issue(c Claims, now time.Time, ttl time.Duration) (Token, Claims, error) {
	if err := c.Validate(); err != nil {
		return Token{}, c, err
	}
	if ttl < time.Second {
		return Token{}, c, fmt.Errorf("ttl: %v, at least a second", ttl)
	}
	c.ID = uuid.NewString()
	c.IssuedAt = now.UTC().Truncate(time.Second)
	c.Expires = c.IssuedAt.Add(ttl).Truncate(time.Second)
	w := wire{
		RegisteredClaims: jwt.RegisteredClaims{
			ID: c.ID, Subject: c.Person, IssuedAt: jwt.NewNumericDate(c.IssuedAt), ExpiresAt: jwt.NewNumericDate(c.Expires),
		},
		Role: c.Role, Team: c.Team, County: c.County, Unit: c.Unit,
	}
	text, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, w).SignedString(k.private)
	if err != nil {
		return Token{}, c, fmt.Errorf("identity: signing a token: %w", err)
	}
	return Token{text}, c, nil
}

// Public returns the key that verifies this key's tokens.
func (k *TokenKey) Public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }
