package translog

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	flog "github.com/transparency-dev/formats/log"
	fproof "github.com/transparency-dev/formats/proof"
	"golang.org/x/mod/sumdb/note"
)

const testOrigin = "anjian.example/ledger"

func newKey(t testing.TB) *Key {
	t.Helper()
	key, err := NewKey(testOrigin)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// signedTree is a tree of n entries "entry 0", "entry 1" … with a checkpoint.
func signedTree(t testing.TB, key *Key, n int) (*View, []byte, [][]byte) {
	t.Helper()
	entries := make([][]byte, n)
	for i := range entries {
		entries[i] = []byte(strings.Repeat("entry", i+1))
	}
	tree := New()
	tree.AppendEntries(entries)
	v, err := tree.At(uint64(n))
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := key.Sign(uint64(n), v.Root())
	if err != nil {
		t.Fatal(err)
	}
	return v, checkpoint, entries
}

func TestAKeyIsMadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "checkpoint.key")
	keys := make([]*Key, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = LoadOrCreateKey(path, testOrigin); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if k == nil || k.VerifierKey() != keys[0].VerifierKey() {
			t.Fatal("two keys were handed out for one path")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*")); left != nil {
		t.Errorf("temporary files left: %v", left)
	}
	if _, err := LoadOrCreateKey(path, "other.example/ledger"); err == nil {
		t.Error("the key of another log was accepted")
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateKey(path, testOrigin); err == nil {
		t.Error("a key that others may read was accepted")
	}
}

func TestADamagedKeyFileIsRefusedNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "checkpoint.key")
	if err := os.WriteFile(path, []byte("PRIVATE+KEY+x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrCreateKey(path, testOrigin); err == nil {
		t.Error("accepted")
	}
	if b, _ := os.ReadFile(path); string(b) != "PRIVATE+KEY+x\n" {
		t.Error("replaced")
	}
}

func TestTheVerifierKeyIsEnoughToVerify(t *testing.T) {
	key := newKey(t)
	v, checkpoint, _ := signedTree(t, key, 5)
	public, err := note.NewVerifier(key.VerifierKey())
	if err != nil {
		t.Fatal(err)
	}
	c, err := OpenCheckpoint(checkpoint, public)
	if err != nil || c != (Checkpoint{testOrigin, 5, v.Root(), 0}) {
		t.Fatalf("%+v, %v", c, err)
	}
	root := v.Root()
	oracle, _, _, err := flog.ParseCheckpoint(checkpoint, testOrigin, public)
	if err != nil || oracle.Size != 5 || !bytes.Equal(oracle.Hash, root[:]) {
		t.Errorf("oracle: %+v, %v", oracle, err)
	}
	if _, err := OpenCheckpoint(checkpoint, newKey(t).Verifier()); !errors.Is(err, ErrCheckpoint) {
		t.Errorf("another key: %v", err)
	}
}

func TestEveryOtherByteInACheckpointIsRefused(t *testing.T) {
	key := newKey(t)
	_, checkpoint, _ := signedTree(t, key, 5)
	for i := range checkpoint {
		for bit := range 8 {
			bad := bytes.Clone(checkpoint)
			bad[i] ^= 1 << bit
			if _, err := OpenCheckpoint(bad, key.Verifier()); err == nil {
				t.Fatalf("byte %d bit %d flipped: accepted\n%s", i, bit, bad)
			}
		}
		if _, err := OpenCheckpoint(checkpoint[:i], key.Verifier()); err == nil {
			t.Fatalf("cut to %d bytes: accepted", i)
		}
	}
	lines := strings.SplitAfter(string(checkpoint), "\n")
	if _, err := OpenCheckpoint([]byte(string(checkpoint)+lines[len(lines)-2]), key.Verifier()); err == nil {
		t.Error("a repeated signature was accepted")
	}
}

func TestSignaturesOfUnknownWitnessesAreCounted(t *testing.T) {
	key := newKey(t)
	_, checkpoint, _ := signedTree(t, key, 5)
	n, err := note.Open(checkpoint, note.VerifierList(key.Verifier()))
	if err != nil {
		t.Fatal(err)
	}
	witness, err := NewKey("witness.example")
	if err != nil {
		t.Fatal(err)
	}
	cosigned, err := note.Sign(n, witness.signer)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := OpenCheckpoint(cosigned, key.Verifier()); err != nil || c.Unknown != 1 {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestReceiptsAreC2SPProofsAndVerify(t *testing.T) {
	key := newKey(t)
	for n := 1; n <= 20; n++ {
		v, checkpoint, entries := signedTree(t, key, n)
		for i, e := range entries {
			text, err := v.AppendReceipt(nil, uint64(i), checkpoint)
			if err != nil {
				t.Fatal(err)
			}
			r, err := ParseReceipt(text)
			if err != nil {
				t.Fatal(err)
			}
			index, c, err := VerifyReceipt(e, text, key.Verifier())
			if err != nil || index != uint64(i) || c.Size != uint64(n) {
				t.Fatalf("entry %d of %d: %d %+v %v", i, n, index, c, err)
			}
			var oracle fproof.TLogProof
			if err := oracle.Unmarshal(text); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(oracle.Marshal(), text) || oracle.Index != uint64(i) || len(oracle.Hashes) != len(r.Path) {
				t.Fatalf("the oracle reads entry %d of %d otherwise", i, n)
			}
			if _, _, err := VerifyReceipt(append(bytes.Clone(e), 'x'), text, key.Verifier()); !errors.Is(err, ErrReceipt) {
				t.Fatalf("a receipt vouched for another entry: %v", err)
			}
		}
	}
}

func TestEveryOtherByteInAReceiptIsRefused(t *testing.T) {
	key := newKey(t)
	v, checkpoint, entries := signedTree(t, key, 7)
	text, err := v.AppendReceipt(nil, 3, checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	for i := range text {
		for bit := range 8 {
			bad := bytes.Clone(text)
			bad[i] ^= 1 << bit
			if _, _, err := VerifyReceipt(entries[3], bad, key.Verifier()); err == nil {
				t.Fatalf("byte %d bit %d flipped: accepted\n%s", i, bit, bad)
			}
		}
	}
}

func FuzzParseReceipt(f *testing.F) {
	v, checkpoint, _ := signedTree(f, newKey(f), 7)
	text, err := v.AppendReceipt(nil, 3, checkpoint)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("c2sp.org/tlog-proof@v1\nindex 0\n\nx"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if r, err := ParseReceipt(text); err == nil && !bytes.Equal(r.Append(nil), text) {
			t.Errorf("%q did not round-trip", text)
		}
	})
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(Checkpoint{Origin: testOrigin, Size: 12, Root: emptyRoot}.Text())
	f.Add("o\n01\nAAAA\n")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseCheckpoint(text); err == nil && c.Text() != text {
			t.Errorf("%q did not round-trip", text)
		}
	})
}

func FuzzOpenCheckpoint(f *testing.F) {
	key := newKey(f)
	_, checkpoint, _ := signedTree(f, key, 3)
	f.Add(checkpoint)
	f.Fuzz(func(t *testing.T, msg []byte) {
		if c, err := OpenCheckpoint(msg, key.Verifier()); err == nil && c.Unknown == 0 && !bytes.Equal(msg, checkpoint) {
			t.Errorf("accepted a second spelling: %q", msg)
		}
	})
}
