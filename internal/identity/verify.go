package identity

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var (
	// ErrInvalidToken means that the token was not signed by this ledger or says what no
	// token may say.
	ErrInvalidToken = errors.New("identity: the token is not valid")
	// ErrExpiredToken means that its time is over.
	ErrExpiredToken = errors.New("identity: the token has expired")
	// ErrRevokedToken means that it is in the revocation list.
	ErrRevokedToken = errors.New("identity: the token is revoked")
)

const (
	maxTokenBytes = 4096
	maxCached     = 4096
	clockLeeway   = time.Minute // another machine may have issued it
)

// Verifier verifies tokens. It may be used by many goroutines at once.
type Verifier struct {
	public  ed25519.PublicKey
	parser  *jwt.Parser
	now     func() time.Time
	revoked *revocations

	mu    sync.RWMutex
	cache map[[sha256.Size]byte]Claims // mu; by hash of the token, never the token
}

// NewVerifier returns a verifier of the tokens of one key. dir is the key directory with
// the revocation list; now is the clock.
func NewVerifier(public ed25519.PublicKey, dir string, now func() time.Time) *Verifier {
	return &Verifier{
		public: public,
		now:    now,
		// Expiry is checked on every use, below: the parser would check it only once.
		parser:  jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithoutClaimsValidation(), jwt.WithStrictDecoding()),
		revoked: &revocations{path: revocationPath(dir), now: now},
		cache:   map[[sha256.Size]byte]Claims{},
	}
}

// Verify returns what a token says once its signature, its times and the revocation list
// allow it. Errors are ErrInvalidToken, ErrExpiredToken and ErrRevokedToken; any other
// means that the revocation list cannot be read, and no token is accepted until it can.
func (v *Verifier) Verify(token string) (Claims, error) {
	if len(token) > maxTokenBytes {
		return Claims{}, ErrInvalidToken
	}
	key := sha256.Sum256([]byte(token))
	v.mu.RLock()
	c, ok := v.cache[key]
	v.mu.RUnlock()
	if !ok {
		var err error
		if c, err = v.parse(token); err != nil {
			return Claims{}, err
		}
	}
	now := v.now()
	if !now.Before(c.Expires) {
		v.forget(key)
		return Claims{}, ErrExpiredToken
	}
	if now.Add(clockLeeway).Before(c.IssuedAt) {
		return Claims{}, ErrInvalidToken
	}
	revoked, err := v.revoked.has(c.ID)
	if err != nil {
		return Claims{}, err
	}
	if revoked {
		return Claims{}, ErrRevokedToken
	}
	if !ok {
		v.remember(key, c)
	}
	return c, nil
}

func (v *Verifier) parse(token string) (Claims, error) {
	var w wire
	_, err := v.parser.ParseWithClaims(token, &w, func(*jwt.Token) (any, error) { return v.public, nil })
	if err != nil || w.IssuedAt == nil || w.ExpiresAt == nil || w.ID == "" {
		return Claims{}, ErrInvalidToken
	}
	c := w.claims()
	if c.Validate() != nil {
		return Claims{}, ErrInvalidToken
	}
	return c, nil
}

// remember keeps verified claims; when the cache is full, any other gives way.
func (v *Verifier) remember(key [sha256.Size]byte, c Claims) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.cache) >= maxCached {
		for other := range v.cache {
			delete(v.cache, other)
			break
		}
	}
	v.cache[key] = c
}

func (v *Verifier) forget(key [sha256.Size]byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.cache, key)
}
