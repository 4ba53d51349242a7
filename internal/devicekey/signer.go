package devicekey

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// Signer is a device in Go: a private key, the ledger that it writes to, and the place of its
// next event in its chain. The sample, the benchmark, the tests and systems that sign use it.
// One goroutine uses it at a time.
type Signer struct {
	Key Key

	public string // as key-registered has it
	sign   func(msg []byte) ([]byte, error)
	ledger string
	seq    uint32
	prev   string
}

// NewSigner makes a device with an Ed25519 key for the ledger with an origin. The same seed, of
// [ed25519.SeedSize] bytes, makes the same key.
func NewSigner(origin string, seed []byte) (*Signer, error) {
	private := ed25519.NewKeyFromSeed(seed)
	return newSigner(origin, person.Ed25519, private.Public().(ed25519.PublicKey), func(msg []byte) ([]byte, error) {
		return ed25519.Sign(private, msg), nil
	})
}

// NewP256Signer makes a device with a random P-256 key, as phones have it.
func NewP256Signer(origin string) (*Signer, error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	point, err := private.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	return newSigner(origin, person.P256, point, func(msg []byte) ([]byte, error) {
		digest := sha256.Sum256(msg)
		r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
		if err != nil {
			return nil, err
		}
		sig := make([]byte, SignatureSize)
		r.FillBytes(sig[:32])
		s.FillBytes(sig[32:])
		return sig, nil
	})
}

func newSigner(origin, suite string, raw []byte, sign func([]byte) ([]byte, error)) (*Signer, error) {
	public := person.SPKI(suite, raw)
	k, err := New(suite, public)
	if err != nil {
		return nil, err
	}
	return &Signer{Key: k, public: public, sign: sign, ledger: origin}, nil
}

// Registration is the body that registers the key; it is the first event that the key signs.
func (s *Signer) Registration(device string) *person.KeyRegistered {
	return &person.KeyRegistered{Suite: s.Key.Suite, PublicKey: s.public, Device: device}
}

// Sign writes e as the next event of this device and signs it. e gets its source and its link.
func (s *Signer) Sign(e *event.Event) (raw, signature []byte, err error) {
	if raw, err = entry.Author(s.Mark(e)); err != nil {
		return nil, nil, err
	}
	signature, err = s.Seal(raw)
	return raw, signature, err
}

// Mark gives e the source and the link of this device's next event, and returns it.
func (s *Signer) Mark(e *event.Event) *event.Event {
	e.Source, e.Link = entry.KeySource(s.Key.ID), s.Next()
	return e
}

// Next is the link that this device's next event has.
func (s *Signer) Next() event.Link {
	return event.Link{Key: s.Key.ID, Ledger: s.ledger, Seq: s.seq, Prev: s.prev}
}

// Seal signs the exact bytes of an event that was written with the link of [Signer.Next].
func (s *Signer) Seal(raw []byte) (signature []byte, err error) {
	if signature, err = s.sign(pae(raw)); err != nil {
		return nil, fmt.Errorf("devicekey: signing: %w", err)
	}
	sum := sha256.Sum256(raw)
	s.seq, s.prev = s.seq+1, base64.RawURLEncoding.EncodeToString(sum[:])
	return signature, nil
}
