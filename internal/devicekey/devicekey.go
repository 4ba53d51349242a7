// Package devicekey has the signature keys of inspectors' devices and of systems that write events,
// and the bytes that they sign (pillar 1).
//
// # What is signed
//
// A key signs events and nothing else, by the pre-authentication encoding of DSSE 1.0.2:
//
//	signature = Sign(K, PAE(event's exact bytes))
//	PAE(E)    = "DSSEv1" SP len(T) SP T SP len(E) SP E
//	T         = application/vnd.anjian.event.v1+json
//
// lengths in decimal ASCII, SP one space. What binds stands inside E: source
// (urn:anjian:key: and the key's id), ledger, keyseq, keyprev.
//
// # Keys
//
// A key travels as the DER of its SubjectPublicKeyInfo (RFC 5480, RFC 8410) in base64url without
// padding; [Key.ID] is the SHA-256 of that DER in base64url, 43 characters. Only sound keys are
// taken: of P-256 a point of the curve, uncompressed; of Ed25519 a canonical encoding of a point
// of prime order, and a signature whose R is of small order never holds. So every library
// agrees about every signature (C2SP/CCTV, ed25519).
package devicekey

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strconv"

	"filippo.io/edwards25519"

	"github.com/anjian-ledger/anjian/domain/person"
)

// PayloadType is T of the pre-authentication encoding.
const PayloadType = "application/vnd.anjian.event.v1+json"

// SignatureSize is the size of a signature of either suite in bytes: of ECDSA r and s, 32
// bytes each, as WebCrypto makes it (IEEE P1363); of Ed25519 R and S (RFC 8032).
const SignatureSize = 64

// AppendPAE appends the bytes that a signature over an event covers.
func AppendPAE(dst, event []byte) []byte {
	dst = append(dst, "DSSEv1 "...)
	dst = strconv.AppendInt(dst, int64(len(PayloadType)), 10)
	dst = append(dst, " "+PayloadType+" "...)
	dst = strconv.AppendInt(dst, int64(len(event)), 10)
	dst = append(dst, ' ')
	return append(dst, event...)
}

// Key is a public key that has been found sound. It is made by [New] only and not changed afterwards.
type Key struct {
	ID    string // base64url of the SHA-256 of its SubjectPublicKeyInfo
	Suite string // [person.P256] or [person.Ed25519]

	ed ed25519.PublicKey // one of the two
	ec *ecdsa.PublicKey
}

// New checks the public key of a suite, in the form that key-registered has.
func New(suite, publicKey string) (Key, error) {
	id, raw, err := person.ParseKey(suite, publicKey)
	if err != nil {
		return Key{}, err
	}
	k := Key{ID: id, Suite: suite}
	if suite == person.Ed25519 {
		k.ed = bytes.Clone(raw)
		return k, sound(raw)
	}
	if k.ec, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw); err != nil {
		return Key{}, person.KeyNoPoint
	}
	return k, nil
}

// sound refuses an Ed25519 key that needs no secret or has several: not canonical, or not of
// prime order, which is [L-1]A = -A.
func sound(raw []byte) error {
	p, err := new(edwards25519.Point).SetBytes(raw)
	if err != nil || !bytes.Equal(p.Bytes(), raw) {
		return person.KeyNoPoint
	}
	if p.Equal(edwards25519.NewIdentityPoint()) == 1 {
		return person.KeyNeutral
	}
	minusOne := edwards25519.NewScalar().Negate(one())
	if new(edwards25519.Point).ScalarMult(minusOne, p).Equal(new(edwards25519.Point).Negate(p)) != 1 {
		return person.KeySmallOrder
	}
	return nil
}

func one() *edwards25519.Scalar {
	s, err := edwards25519.NewScalar().SetCanonicalBytes(append([]byte{1}, make([]byte, 31)...))
	if err != nil {
		panic("devicekey: one is a canonical scalar")
	}
	return s
}

// ParseSignature decodes a signature in base64url without padding.
func ParseSignature(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != SignatureSize {
		return nil, fmt.Errorf("a signature is %d bytes in base64url without padding (%d characters)", SignatureSize,
			base64.RawURLEncoding.EncodedLen(SignatureSize))
	}
	return b, nil
}

// Verify reports whether sig is k's signature over an event's exact bytes.
func (k *Key) Verify(event, sig []byte) bool {
	if len(sig) != SignatureSize {
		return false
	}
	return k.verify(pae(event), sig)
}

// pae returns the bytes that a signature over an event covers, in memory of their size.
func pae(event []byte) []byte {
	return AppendPAE(make([]byte, 0, len(PayloadType)+32+len(event)), event)
}

// verify checks a signature over msg as it is.
func (k *Key) verify(msg, sig []byte) bool {
	switch {
	case k.ed != nil:
		return !smallOrder(sig[:32]) && ed25519.Verify(k.ed, msg, sig)
	case k.ec != nil:
		digest := sha256.Sum256(msg)
		return ecdsa.Verify(k.ec, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	return false
}

// smallOrder reports whether R encodes one of the eight points whose order divides 8. Other
// encodings of them never verify: crypto/ed25519 compares R with a canonical one.
func smallOrder(r []byte) bool {
	for i := range torsion {
		if bytes.Equal(r, torsion[i][:]) {
			return true
		}
	}
	return false
}

// torsion are the canonical encodings of the points of small order of edwards25519.
var torsion = [8][32]byte{
	{0x01}, // the neutral point
	{},
	{31: 0x80},
	{
		0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	},
	eighth(0x26, 0x05), eighth(0x26, 0x85), eighth(0xc7, 0x7a), eighth(0xc7, 0xfa),
}

// eighth returns the encoding of one of the four points of order 8, by its first and last byte.
func eighth(first, last byte) [32]byte {
	p := [32]byte{
		0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
		0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
	}
	if first == 0xc7 { // y of the other two is -y: p minus it
		p = [32]byte{
			0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
			0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
		}
	}
	p[31] = last
	return p
}
