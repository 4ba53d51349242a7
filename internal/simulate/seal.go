package simulate

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
)

// Keys are the public halves of a ledger's sealing keys, as its entries have them: SubjectPublicKeyInfo, base64url.
type Keys struct {
	Office     string // that the supervision office and the discipline commission open with
	Commission string // that the commission alone opens with
}

// known reports whether texts can be sealed.
func (k Keys) known() bool { return k.Office != "" && k.Commission != "" }

// recipient is for whom a text is sealed.
type recipient struct {
	id  string
	key *ecdh.PublicKey
}

func parseRecipient(spki string) (r recipient, err error) {
	id, raw, err := person.ParseKey(person.P256, spki)
	if err != nil {
		return r, fmt.Errorf("simulate: a sealing key: %w", err)
	}
	r.id = id
	if r.key, err = ecdh.P256().NewPublicKey(raw); err != nil {
		err = fmt.Errorf("simulate: a sealing key: %w", err)
	}
	return r, err
}

// addSealed appends an event with a text that is sealed under a member for the office, or for the commission alone. The body gets what
// the event says of the text.
func (b *batch) addSealed(alone bool, name string, kind event.Kind, id string, at time.Time, member, text string,
	body func(event.Sealed) event.Data) *event.Event {
	eventID := b.c.id(at.Truncate(time.Second))
	said := b.seal(alone, eventID, member, text)
	return b.put(eventID, name, kind, id, at, body(said))
}

// seal keeps a text as a file of the request, sealed for a member of an event.
func (b *batch) seal(alone bool, eventID uuid.UUID, member, text string) event.Sealed {
	to := b.g.sealTo.office
	if alone {
		to = b.g.sealTo.commission
	}
	file, said := seal(to, fmt.Appendf(nil, "anjian simulated seal\n%016x", b.g.key), b.g.Origin, eventID.String(), member, text)
	b.files = append(b.files, file)
	return said
}

// seal encrypts a text as docs/sealed.md says. A device draws the salt and the key of the sender; here both follow from a seed, so
// that the same campaign has the same bytes. Package crypto/hpke offers no such way, for good reasons: texts that are sealed so are
// secret from nobody who knows the seed. These are made up.
func seal(to recipient, seed []byte, origin, eventID, member, text string) (file []byte, said event.Sealed) {
	info := fmt.Appendf(nil, "anjian/sealed/v1\n%s\n%s\n%s", origin, eventID, member)
	draw := func(what byte) []byte {
		h := sha256.Sum256(slices.Concat(seed, []byte{what}, info, []byte(to.id)))
		return h[:]
	}
	sender, err := ecdh.P256().NewPrivateKey(draw(0))
	for what := byte(1); err != nil; what++ { // once in four thousand million times a hash is no key
		sender, err = ecdh.P256().NewPrivateKey(draw(what))
	}
	shared, err := sender.ECDH(to.key)
	if err != nil {
		panic(err) // both are keys of P-256
	}
	plain := slices.Concat(draw(255), []byte(text))
	enc := sender.PublicKey().Bytes()
	file = slices.Concat(enc, schedule(shared, enc, to.key.Bytes(), info, plain))
	return file, event.Sealed{SHA256: hexSum(file), Size: int64(len(file)), To: to.id, Commit: hexSum(plain)}
}

// The suite of docs/sealed.md in the labels of RFC 9180: DHKEM(P-256, HKDF-SHA256), and with it HKDF-SHA256 and AES-256-GCM.
var kemSuite, hpkeSuite = []byte("KEM\x00\x10"), []byte("HPKE\x00\x10\x00\x01\x00\x02")

// schedule encrypts in base mode, single shot, with empty additional data (RFC 9180, sections 4.1, 5.1 and 6.1).
func schedule(dh, enc, recipient, info, plain []byte) []byte {
	extract := func(suite, salt []byte, label string, ikm []byte) []byte {
		return must(hkdf.Extract(sha256.New, slices.Concat([]byte("HPKE-v1"), suite, []byte(label), ikm), salt))
	}
	expand := func(suite, prk []byte, label string, info []byte, n int) []byte {
		return must(hkdf.Expand(sha256.New, prk, string(slices.Concat([]byte{0, byte(n)}, []byte("HPKE-v1"), suite, []byte(label), info)), n))
	}
	shared := expand(kemSuite, extract(kemSuite, nil, "eae_prk", dh), "shared_secret", slices.Concat(enc, recipient), sha256.Size)
	context := slices.Concat([]byte{0}, extract(hpkeSuite, nil, "psk_id_hash", nil), extract(hpkeSuite, nil, "info_hash", info))
	secret := extract(hpkeSuite, shared, "secret", nil)
	key := expand(hpkeSuite, secret, "key", context, 32)
	aead := must(cipher.NewGCM(must(aes.NewCipher(key))))
	return aead.Seal(nil, expand(hpkeSuite, secret, "base_nonce", context, aead.NonceSize()), plain, nil)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("simulate: %v", err)) // of lengths that are constants here
	}
	return v
}

func hexSum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}
