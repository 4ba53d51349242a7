package devicekey

import (
	"compress/gzip"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/anjian-ledger/anjian/domain/person"
)

// vector is a signature of which libraries think differently: each holds by the equation that multiplies
// by the cofactor. Flags tell what is unusual about it: X is of small order (LowOrderX), is not of prime
// order (LowOrderComponentX; so is what is of small order, but for the neutral point), is not encoded as
// it should be (NonCanonicalX); LowOrderResidue: it does not hold by the equation without the cofactor.
type vector struct {
	A, R, S, M string // key, halves of the signature, in hexadecimal; the message as it is
	Flags      []string
}

// vectors reads the file by which crypto/ed25519 is tested, too: all combinations of the points of small
// order in key and signature, in every encoding. The file of C2SP/CCTV (ed25519) is not this one: it comes
// from the same generator, with other messages.
func vectors(t *testing.T) (all []vector) {
	t.Helper()
	f, err := os.Open("testdata/ed25519vectors.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err == nil {
		err = json.NewDecoder(z).Decode(&all)
	}
	if err != nil || len(all) != 768 {
		t.Fatalf("%d vectors, %v", len(all), err)
	}
	return all
}

func (v *vector) any(flags ...string) bool {
	return slices.ContainsFunc(flags, func(f string) bool { return slices.Contains(v.Flags, f) })
}

func fromHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A key with a flag is refused, whatever crypto/ed25519 says of its signature. With a sound key only the
// signature without a flag holds: crypto/ed25519 rejects a residue and a way of encoding R that is not
// canonical, and we an R of small order as well.
func TestTheVectorsOfUnusualSignatures(t *testing.T) {
	refused, holds, taken := 0, 0, 0 // taken: by crypto/ed25519, of a key that is refused
	for i, v := range vectors(t) {
		public, msg := fromHex(t, v.A), []byte(v.M)
		sig := append(fromHex(t, v.R), fromHex(t, v.S)...)
		library := ed25519.Verify(public, msg, sig)
		if want := !v.any("LowOrderResidue", "NonCanonicalR"); library != want {
			t.Errorf("vector %d, %v: crypto/ed25519 says %v", i, v.Flags, library)
		}
		k, err := New(person.Ed25519, person.SPKI(person.Ed25519, public))
		if unsound := v.any("LowOrderA", "LowOrderComponentA", "NonCanonicalA"); unsound != (err != nil) {
			t.Errorf("vector %d, %v: the key is unsound: %v; %v", i, v.Flags, unsound, err)
		}
		if err != nil {
			if refused++; library {
				taken++
			}
			continue
		}
		got := k.verify(msg, sig)
		if got != (len(v.Flags) == 0) || got && !library {
			t.Errorf("vector %d, %v: holds: %v", i, v.Flags, got)
		}
		if got {
			holds++
		}
	}
	if refused != 746 || taken != 196 || holds != 1 {
		t.Errorf("%d keys refused, with %d signatures that crypto/ed25519 takes; %d signatures hold", refused, taken, holds)
	}
}
