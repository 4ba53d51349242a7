// Package sealing encrypts texts that must be able to disappear: who reported a tip, what a discipline
// commission writes (pillar 8). Such a text never enters the ledger, not even encrypted. It is a file
// among the evidence, which the event names by its hash, as [event.Sealed]:
//
//	file      = enc ‖ ciphertext        HPKE base mode (RFC 9180), single shot, empty aad
//	suite     = DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM (0x0010, 0x0001, 0x0002)
//	info      = "anjian/sealed/v1" LF origin LF event id LF member
//	plaintext = 32 random bytes ‖ text in UTF-8
//	commit    = SHA-256(plaintext)
//
// enc has 65 bytes, the tag at the end 16. The event id is that of the event that states the text; a
// correction names the fact's, so that a text that did not change is carried over as it is. Hence a
// file that another event or member names does not open. The random bytes keep commit from telling
// what a short text is; who is shown the plaintext can check that it is what was signed.
//
// A [Ring] has the public halves, which entries state, and what was erased. The secret halves are kept by a
// [Keeper]: each in a file beside the evidence, wrapped by a master key.
package sealing

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
)

// MaxText is the longest text that is sealed, in bytes of UTF-8.
const MaxText = event.MaxSealed - overhead

const (
	saltSize  = 32
	enc, tag  = 65, 16
	overhead  = enc + saltSize + tag
	label     = "anjian/sealed/v1"
	keyLabel  = "anjian/sealing-key/v1"
	infoLines = "\n"
)

var (
	// ErrNotOpened means that a file was not sealed to this key for this event and member, or was changed.
	ErrNotOpened = errors.New("sealing: the file does not open with this key for this event and member")
	// ErrCommit means that what a file has is not what its event commits to.
	ErrCommit = errors.New("sealing: the text is not the one that the event commits to")
	// ErrNoText means that a text is empty, too long or no UTF-8.
	ErrNoText = fmt.Errorf("sealing: want a text of 1 to %d bytes of UTF-8", MaxText)
)

// Place is where a text belongs: it opens there and nowhere else.
type Place struct {
	Origin string // of the ledger
	Event  string // id of the event that states the text; in a correction of the fact
	Member string // of its body
}

// PlaceOf is where a text belongs that an event of a ledger names under a member. In a correction, content of the fact is a
// member that is named after its type: what is below it stands where it stood in the fact.
func PlaceOf(origin string, e *event.Event, member string) Place {
	p := Place{origin, e.ID.String(), member}
	if c, ok := e.Data.(event.Correction); ok {
		fact, _ := c.Corrects()
		p.Event = fact.Event
		_, p.Member, _ = strings.Cut(member, ".")
	}
	return p
}

func (p Place) info() []byte {
	return []byte(strings.Join([]string{label, p.Origin, p.Event, p.Member}, infoLines))
}

func suite() (hpke.KDF, hpke.AEAD) { return hpke.HKDFSHA256(), hpke.AES256GCM() }

// Public is the public half of a sealing key.
type Public struct {
	ID  string // SHA-256 of the SubjectPublicKeyInfo, base64url
	key hpke.PublicKey
}

// ParsePublic reads a public half: SubjectPublicKeyInfo of a point of P-256, in base64url, as entries have it.
func ParsePublic(spki string) (Public, error) {
	id, raw, err := person.ParseKey(person.P256, spki)
	if err != nil {
		return Public{}, err
	}
	key, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(raw)
	if err != nil {
		return Public{}, fmt.Errorf("sealing: %w", err)
	}
	return Public{id, key}, nil
}

// Seal encrypts a text for a place. It returns the file, and what the event says of it.
func (p Public) Seal(at Place, text string) (file []byte, said event.Sealed, err error) {
	if !event.SealedText(text) || len(text) > MaxText {
		return nil, said, ErrNoText
	}
	plain := make([]byte, saltSize, saltSize+len(text))
	_, _ = rand.Read(plain) // never fails
	plain = append(plain, text...)
	kdf, aead := suite()
	if file, err = hpke.Seal(p.key, kdf, aead, at.info(), plain); err != nil {
		return nil, said, fmt.Errorf("sealing: %w", err)
	}
	return file, event.Sealed{SHA256: sum(file), Size: int64(len(file)), To: p.ID, Commit: sum(plain)}, nil
}

// Secret is the secret half of a sealing key. It has no form in which it could be printed.
type Secret struct{ key hpke.PrivateKey }

// NewSecret makes a key.
func NewSecret() (Secret, error) {
	key, err := hpke.DHKEM(ecdh.P256()).GenerateKey()
	return Secret{key}, err
}

// SPKI is the public half, as entries have it.
func (s Secret) SPKI() string { return person.SPKI(person.P256, s.key.PublicKey().Bytes()) }

// Public is the public half.
func (s Secret) Public() Public {
	p, err := ParsePublic(s.SPKI())
	if err != nil {
		panic(err) // it was just written
	}
	return p
}

// Open decrypts a file for a place and compares it with what the event commits to. Errors are
// [ErrNotOpened], [ErrCommit] and [ErrNoText].
func (s Secret) Open(at Place, said *event.Sealed, file []byte) (text string, err error) {
	kdf, aead := suite()
	plain, err := hpke.Open(s.key, kdf, aead, at.info(), file)
	switch {
	case err != nil:
		return "", ErrNotOpened
	case sum(plain) != said.Commit || len(plain) < saltSize:
		return "", ErrCommit
	}
	if text = string(plain[saltSize:]); !event.SealedText(text) {
		return "", ErrNoText
	}
	return text, nil
}

// String keeps a secret out of whatever prints it.
func (Secret) String() string { return "secret" }

// GoString is [Secret.String].
func (Secret) GoString() string { return "secret" }

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
