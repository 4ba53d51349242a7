package translog

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// testLeaf is a leaf hash that depends on its index and on a salt.
func testLeaf(index, salt uint64) tlog.Hash {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], index)
	binary.BigEndian.PutUint64(b[8:], salt)
	return LeafHash(b[:])
}

func testLeaves(from, to uint64) []tlog.Hash {
	leaves := make([]tlog.Hash, 0, to-from)
	for i := from; i < to; i++ {
		leaves = append(leaves, testLeaf(i, 0))
	}
	return leaves
}

// leafSource gives the leaves of testLeaves.
func leafSource(from, to uint64, fn func(uint64, tlog.Hash) error) error {
	for i := from; i < to; i++ {
		if err := fn(i, testLeaf(i, 0)); err != nil {
			return err
		}
	}
	return nil
}

func treeOf(t testing.TB, size uint64) *Tree {
	t.Helper()
	tree := New()
	tree.Append(testLeaves(0, size))
	return tree
}

func mustRoot(t testing.TB, tree *Tree, size uint64) tlog.Hash {
	t.Helper()
	root, err := tree.RootAt(size)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// naiveRoot is RFC 6962 §2.1 word for word.
func naiveRoot(leaves []tlog.Hash) tlog.Hash {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	return tlog.NodeHash(naiveRoot(leaves[:k]), naiveRoot(leaves[k:]))
}

// The vectors are those of the Certificate Transparency reference implementation.
func TestRootsOfTheReferenceVectors(t *testing.T) {
	entries := [][]byte{
		{}, {0x00}, {0x10}, {0x20, 0x21}, {0x30, 0x31}, {0x40, 0x41, 0x42, 0x43},
		{0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
		{0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f},
	}
	want := map[uint64]string{
		0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	tree := New()
	tree.AppendEntries(entries)
	for size, root := range want {
		if got := mustRoot(t, tree, size); fmt.Sprintf("%x", got[:]) != root {
			t.Errorf("root of %d leaves = %x, want %s", size, got[:], root)
		}
	}
}

// Every size to 600, every leaf's proof, against the definition and two other implementations.
func TestEveryProofOfEverySmallTreeVerifies(t *testing.T) {
	const most = 600
	step := uint64(1)
	if testing.Short() {
		step = 37
	}
	leaves := testLeaves(0, most)
	tree := treeOf(t, most)
	for size := uint64(1); size <= most; size++ {
		v, err := tree.At(size)
		if err != nil {
			t.Fatal(err)
		}
		root := v.Root()
		if root != naiveRoot(leaves[:size]) {
			t.Fatalf("root of %d leaves differs from RFC 6962", size)
		}
		if viaTlog, err := tlog.TreeHash(int64(size), v); err != nil || viaTlog != root {
			t.Fatalf("size %d: tlog.TreeHash over the view = %v, %v", size, viaTlog, err)
		}
		path := make(tlog.RecordProof, 0, 16)
		for i := uint64(0); i < size; i += step {
			if path, err = v.AppendInclusion(path[:0], i); err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, i, size, leaves[i][:], raw(path), root[:]); err != nil {
				t.Fatalf("leaf %d of %d: %v", i, size, err)
			}
		}
	}
}

func TestEveryConsistencyProofOfEverySmallTreeVerifies(t *testing.T) {
	const most = 300
	tree := treeOf(t, most)
	roots := make([]tlog.Hash, most+1)
	for size := range roots {
		roots[size] = mustRoot(t, tree, uint64(size))
	}
	for size := uint64(1); size <= most; size++ {
		for old := uint64(0); old <= size; old++ {
			p, err := tree.ProveConsistency(old, size)
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.VerifyConsistency(rfc6962.DefaultHasher, old, size, raw(p), roots[old][:], roots[size][:]); err != nil {
				t.Fatalf("%d → %d: %v", old, size, err)
			}
			forged := roots[old]
			forged[3] ^= 1
			if old > 0 && proof.VerifyConsistency(rfc6962.DefaultHasher, old, size, raw(p), forged[:], roots[size][:]) == nil {
				t.Fatalf("%d → %d: a forged old root was accepted", old, size)
			}
		}
	}
}

func raw[P ~[]tlog.Hash](p P) [][]byte {
	out := make([][]byte, len(p))
	for i := range p {
		out[i] = p[i][:]
	}
	return out
}

func TestProofsBeyondTheTreeAreRefused(t *testing.T) {
	tree := treeOf(t, 10)
	if _, err := tree.At(11); err == nil {
		t.Error("a view beyond the tree")
	}
	if _, err := tree.ProveInclusion(7, 7); err == nil {
		t.Error("a proof for a leaf beyond the size")
	}
	if _, err := tree.ProveConsistency(9, 8); err == nil {
		t.Error("a consistency proof to a smaller tree")
	}
}

// Appending in any portions, taking any back, leaves the tree that a single append makes.
func TestAppendAndTruncateAreAFold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tree := New()
		var leaves []tlog.Hash
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			if len(leaves) > 0 && rapid.IntRange(0, 2).Draw(rt, "op") == 0 {
				leaves = leaves[:rapid.IntRange(0, len(leaves)).Draw(rt, "to")]
				if err := tree.Truncate(uint64(len(leaves))); err != nil {
					rt.Fatal(err)
				}
				continue
			}
			n, salt := rapid.IntRange(1, 700).Draw(rt, "n"), rapid.Uint64().Draw(rt, "salt")
			var more []tlog.Hash
			for i := range n {
				more = append(more, testLeaf(uint64(i), salt))
			}
			leaves = append(leaves, more...)
			tree.Append(more)
		}
		if got, err := tree.Root(); err != nil || got != naiveRoot(leaves) {
			rt.Fatalf("root of %d leaves differs from a fresh fold: %v", len(leaves), err)
		}
		size := rapid.IntRange(0, len(leaves)).Draw(rt, "size")
		if got, err := tree.RootAt(uint64(size)); err != nil || got != naiveRoot(leaves[:size]) {
			rt.Fatalf("root at %d of %d differs from a fresh fold: %v", size, len(leaves), err)
		}
	})
}

func TestPublishedLeavesCannotBeTakenBack(t *testing.T) {
	tree := treeOf(t, 300)
	if err := tree.Publish(280, []byte("checkpoint")); err != nil {
		t.Fatal(err)
	}
	if tree.Truncate(279) == nil {
		t.Error("a published leaf was taken back")
	}
	if err := tree.Truncate(280); err != nil {
		t.Error(err)
	}
	if tree.Publish(281, nil) == nil || tree.Publish(279, nil) == nil {
		t.Error("published a size beyond the tree, or went back")
	}
}

// Run with -race: readers hold old states while the committer appends and takes back.
func TestReadersNeverWaitNorSeeChange(t *testing.T) {
	tree := treeOf(t, 1000)
	want := mustRoot(t, tree, 1000)
	leaf, stop := testLeaf(999, 0), make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				size := tree.Size()
				v, err := tree.At(min(size, 1000+size%7))
				if err != nil {
					continue // taken back in between
				}
				p, err := v.AppendInclusion(nil, 999)
				if err != nil || tlog.CheckRecord(p, int64(v.Size()), v.Root(), 999, leaf) != nil {
					t.Error("proof of a committed leaf failed")
					return
				}
				if got, err := tree.RootAt(1000); err != nil || got != want {
					t.Error("the root of a committed size changed")
					return
				}
			}
		})
	}
	for i := range uint64(300) {
		tree.Append([]tlog.Hash{testLeaf(i, 1), testLeaf(i, 2)})
		if i%3 == 0 {
			if err := tree.Truncate(1000 + i%5); err != nil {
				t.Error(err)
			}
			tree.Append(testLeaves(0, 600))
			_ = tree.Truncate(1100)
		}
	}
	close(stop)
	wg.Wait()
}

func TestAFoldForgetsOldLeavesAndSaysSo(t *testing.T) {
	const size = (windowColumns + 2*dropColumns) * TileWidth
	fold := NewFold()
	for i := uint64(0); i < size; i += 4096 {
		fold.Append(testLeaves(i, i+4096))
	}
	if n := len(fold.cur.Load().cols); n > windowColumns+dropColumns {
		t.Errorf("%d columns in memory", n)
	}
	if _, err := fold.ProveInclusion(5, size); !errors.Is(err, ErrNotKept) {
		t.Errorf("proof of a forgotten leaf: %v", err)
	}
	whole := treeOf(t, size)
	if mustRoot(t, fold, size) != mustRoot(t, whole, size) || mustRoot(t, fold, size-777) != mustRoot(t, whole, size-777) {
		t.Error("the fold's roots differ from the whole tree's")
	}
}

func BenchmarkAppendLeaf(b *testing.B) {
	leaves := testLeaves(0, 100)
	tree := NewFold()
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(leaves) {
		tree.Append(leaves)
	}
}

func BenchmarkAppendEntry1KB(b *testing.B) {
	entries := make([][]byte, 100)
	for i := range entries {
		entries[i] = make([]byte, 1024)
	}
	tree := NewFold()
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(entries) {
		tree.AppendEntries(entries)
	}
}

func BenchmarkLeafHash1KB(b *testing.B) {
	e := make([]byte, 1024)
	for b.Loop() {
		LeafHash(e)
	}
}

// One block of 100 entries on a tree of a million: the view included.
func BenchmarkProofOfFreshEntry(b *testing.B) {
	tree := treeOf(b, 1_000_000)
	b.Run("View", func(b *testing.B) {
		b.ReportAllocs()
		path := make([]tlog.Hash, 0, 64)
		for n := 0; n < b.N; n += 100 {
			v, err := tree.At(1_000_000)
			if err != nil {
				b.Fatal(err)
			}
			for i := range uint64(100) {
				path, _ = v.AppendInclusion(path[:0], 999_900+i)
			}
		}
	})
	b.Run("tlog.ProveRecord", func(b *testing.B) {
		b.ReportAllocs()
		v, err := tree.At(1_000_000)
		if err != nil {
			b.Fatal(err)
		}
		for n := range b.N {
			if _, err := tlog.ProveRecord(1_000_000, int64(999_900+n%100), v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkReceiptText(b *testing.B) {
	tree := treeOf(b, 1_000_000)
	v, err := tree.At(1_000_000)
	if err != nil {
		b.Fatal(err)
	}
	checkpoint, buf := make([]byte, 200), make([]byte, 0, 4096)
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		buf, _ = v.AppendReceipt(buf[:0], 999_900+uint64(n%100), checkpoint)
	}
}
