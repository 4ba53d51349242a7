package person

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// The suites of device keys (pillar 1). sm2-sm3 is a reserved name.
const (
	P256    = "ecdsa-p256-sha256" // signatures r ‖ s of 64 bytes, as WebCrypto makes them
	Ed25519 = "ed25519"           // RFC 8032
)

// How the DER of a SubjectPublicKeyInfo begins; the raw key follows.
var (
	prefixP256    = unhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") // RFC 5480; 65 bytes, uncompressed point
	prefixEd25519 = unhex("302a300506032b6570032100")                             // RFC 8410; 32 bytes
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// KeyFault says why a public key is none: a coded value that package law has words for.
type KeyFault string

// What may be wrong with a public key.
const (
	KeyNotBase64URL KeyFault = "key-not-base64url"
	KeyOfNoSuite    KeyFault = "key-of-no-suite"
	KeyNoSPKI       KeyFault = "key-no-spki"
	KeyNoPoint      KeyFault = "key-no-point"      // not on the curve, or not in canonical encoding
	KeyNeutral      KeyFault = "key-neutral-point" // one signature would fit every event
	KeySmallOrder   KeyFault = "key-small-order"   // the point is not of prime order
)

func (f KeyFault) Error() string { return "public_key: " + law.InEnglish.Term(string(f)) }

// FaultOf returns the KeyFault of an error of [ParseKey] or of package devicekey.
func FaultOf(err error) KeyFault {
	f, _ := errors.AsType[KeyFault](err)
	return f
}

// ParseKey reads the public key of a suite: the canonical DER of its SubjectPublicKeyInfo in
// base64url without padding. id is the SHA-256 of that DER in base64url, 43 characters; raw is
// the key itself. Whether the point is sound, package devicekey says.
func ParseKey(suite, publicKey string) (id string, raw []byte, err error) {
	der, err := base64.RawURLEncoding.Strict().DecodeString(publicKey)
	if err != nil {
		return "", nil, KeyNotBase64URL
	}
	prefix, size := prefixP256, 65
	switch suite {
	case P256:
	case Ed25519:
		prefix, size = prefixEd25519, 32
	default:
		return "", nil, KeyOfNoSuite
	}
	raw, ok := bytes.CutPrefix(der, prefix)
	if !ok || len(raw) != size || suite == P256 && raw[0] != 4 {
		return "", nil, KeyNoSPKI
	}
	sum := sha256.Sum256(der)
	return base64.RawURLEncoding.EncodeToString(sum[:]), raw, nil
}

// SPKI writes a raw public key in the form that [ParseKey] reads.
func SPKI(suite string, raw []byte) string {
	prefix := prefixP256
	if suite == Ed25519 {
		prefix = prefixEd25519
	}
	return base64.RawURLEncoding.EncodeToString(append(bytes.Clone(prefix), raw...))
}

// KeyRegistered binds a device's public key to the person. The event is signed by the key that
// it registers, with keyseq 0: who registers a key has it. The key's id is the SHA-256 of the DER that
// public_key writes, in base64url likewise.
type KeyRegistered struct {
	Suite     string `json:"suite" is:"code(key-suite)" zh:"签名算法" doc:"kind of the key"`
	PublicKey string `json:"public_key" is:"text(200)" zh:"公钥" doc:"SubjectPublicKeyInfo in DER, base64url without padding"`
	Device    string `json:"device,omitempty" is:"text(200)" zh:"设备" doc:"on which the key lies"`
}

// KeyConfirmed is another person's yes to a registration, which it names by id and hash:
// nobody confirms a number whose content may still be chosen.
type KeyConfirmed struct {
	Event  string `json:"event" is:"id" zh:"登记事件" doc:"id of the key-registered"`
	SHA256 string `json:"sha256" is:"sha256" zh:"登记事件哈希" doc:"of that event's exact bytes"`
}

// KeyRevoked ends the use of a key; what it signed before stays signed.
type KeyRevoked struct {
	Key              string    `json:"key" is:"id" zh:"密钥编号" doc:"id of the key"`
	Reason           string    `json:"reason" is:"code(key-revocation)" zh:"原因" doc:"why it no longer counts"`
	CompromisedSince time.Time `json:"compromised_since,omitzero" is:"time(9999)" zh:"存疑起始时间" doc:"what it signed since is in doubt"`
}

// KeyFacts is what the ledger knows of a device key at a position. It is a value.
type KeyFacts struct {
	Owner     string     // person; empty when the key was never registered
	By        event.Role // role under which it was registered
	Event     string     // id of the registration
	Hash      [32]byte   // SHA-256 of the registration's bytes
	Confirmed bool
	Revoked   bool
}

// Counts reports whether what the key signs here is assured as signed.
func (k *KeyFacts) Counts() bool { return k.Confirmed && !k.Revoked }

// Judge: the person's own token, signed by the key itself, which nobody registered before.
func (d *KeyRegistered) Judge(j *judgement) *event.Refusal {
	e := j.Event
	id, _, err := ParseKey(d.Suite, d.PublicKey)
	if err != nil {
		return event.Refuse(law.Pillar1, law.MalformedKey, law.Str("fault", FaultOf(err)))
	}
	if e.Actor.Person != e.Stream.ID {
		return event.Refuse(law.Pillar1, law.NotYourself, law.Str("author", e.Actor.Person), law.Str("person", e.Stream.ID))
	}
	if !e.Signed || e.Link.Key != id || e.Link.Seq != 0 {
		return event.Refuse(law.Pillar1, law.KeyNotPossessed, law.Str("key", id))
	}
	switch k := j.Scene.Key(id); {
	case k.Owner == "":
		return nil
	case k.Owner != e.Stream.ID:
		return event.Refuse(law.Pillar1, law.KeyBoundToAnother, law.Str("key", id))
	case k.Revoked:
		return event.Refuse(law.Pillar1, law.KeyWasRevoked, law.Str("key", id))
	default:
		return event.Refuse(law.Pillar1, law.KeyAlreadyRegistered, law.Str("key", id))
	}
}

// Judge: by another person of another role, over exactly the bytes that were registered.
func (d *KeyConfirmed) Judge(j *judgement) *event.Refusal {
	e := j.Event
	id, k := j.Scene.Registration(d.Event)
	switch {
	case k.Owner != e.Stream.ID:
		return event.Refuse(law.Pillar1, law.UnknownRegistration, law.Str("person", e.Stream.ID), law.Str("event", d.Event))
	case e.Actor.Person == "" || e.Actor.Person == k.Owner || e.Actor.Role == k.By:
		return event.Refuse(law.Pillar1, law.NotASecondPerson, law.Str("person", e.Actor.Person), law.Str("role", e.Actor.Role),
			law.Str("owner", k.Owner), law.Str("owner_role", k.By))
	case d.SHA256 != hex.EncodeToString(k.Hash[:]):
		return event.Refuse(law.Pillar1, law.OtherContent, law.Str("event", d.Event))
	case k.Revoked:
		return event.Refuse(law.Pillar1, law.KeyWasRevoked, law.Str("key", id))
	case k.Confirmed:
		return event.Refuse(law.Pillar1, law.KeyAlreadyConfirmed, law.Str("key", id))
	}
	return nil
}

// Judge: a key of this person, once, by the person or the office.
func (d *KeyRevoked) Judge(j *judgement) *event.Refusal {
	e := j.Event
	switch k := j.Scene.Key(d.Key); {
	case k.Owner != e.Stream.ID:
		return event.Refuse(law.Pillar1, law.UnknownKey, law.Str("person", e.Stream.ID), law.Str("key", d.Key))
	case e.Actor.Person != e.Stream.ID && e.Actor.Role != event.RoleSupervisionOffice && e.Actor.Role != event.RoleAdmin:
		return event.Refuse(law.Pillar1, law.NotYourself, law.Str("author", e.Actor.Person), law.Str("person", e.Stream.ID))
	case k.Revoked:
		return event.Refuse(law.Pillar1, law.KeyWasRevoked, law.Str("key", d.Key))
	}
	return nil
}
