package embedded_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
)

// mustRead reads blocks of closed files, which must be unchanged.
func mustRead(t *testing.T, f *embedded.Files, from, to uint64, blocks []*block.Block) {
	t.Helper()
	n := from
	err := f.Read(t.Context(), from, to, func(number uint64, raw []byte) error {
		if number != n || !bytes.Equal(raw, blocks[number-1].Bytes) {
			t.Errorf("block %d comes as %d, or changed", n, number)
		}
		n++
		return nil
	})
	if err != nil || n != to+1 {
		t.Errorf("blocks %d to %d: %v, and the last was %d", from, to, err, n-1)
	}
}

// Whoever opens a directory at rest compares its newest block: the files before that one are not read, and a store may have thousands.
func TestTheNewestBlockIsReadFromItsFile(t *testing.T) {
	dir, blocks := smallStore(t)
	f, err := embedded.OpenFiles(embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	last := uint64(len(blocks))
	mustRead(t, f, 1, last, blocks)
	first := filepath.Join(msgfile.StreamDir(dir), "msgs", "1.blk")
	if err := os.Remove(first); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(first, 0o700); err != nil { // nobody can read that
		t.Fatal(err)
	}
	mustRead(t, f, last, last, blocks)
	if err := f.Read(t.Context(), 1, 1, func(uint64, []byte) error { return nil }); err == nil {
		t.Error("a file that cannot be read is passed over")
	}
}

// Where a file is damaged and says that it begins with another block, no good block is lost by it.
func TestAFileThatSaysItBeginsElsewhereHidesNoBlock(t *testing.T) {
	dir, blocks := smallStore(t)
	f, err := embedded.OpenFiles(embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(msgfile.StreamDir(dir), "msgs", "2.blk")
	b, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []byte{0, 1, 255} {
		copy(b[4:12], []byte{says, 0, 0, 0, 0, 0, 0, 0})
		if err := os.WriteFile(second, b, 0o600); err != nil {
			t.Fatal(err)
		}
		mustRead(t, f, 2, 5, blocks)
		mustRead(t, f, 30, 30, blocks)
	}
}
