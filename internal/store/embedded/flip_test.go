package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// flips is how many places of each file are tried; ANJIAN_FLIPS=300 for a long run.
func flips(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("ANJIAN_FLIPS"))
	if err != nil {
		return 4
	}
	t.Logf("%d places of each file", n)
	return n
}

// smallStore makes a store with blocks of many sizes in two block files, closed cleanly.
func smallStore(t *testing.T) (dir string, blocks []*block.Block) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, dir)
	var prev *block.Block
	for i := range 30 {
		size := 1000 + 137*i
		if i == 12 || i == 14 || i == 16 {
			size = 3 << 20
		}
		prev = storetest.Sized(prev, size)
		blocks = append(blocks, prev)
	}
	storetest.MustAppend(t, s, blocks...)
	shut(t, s)
	return dir, blocks
}

// TestAFlippedByteIsFound flips bytes of every file of a store, one at a time, and opens
// it after a clean and after an unclean stop. Either somebody reports the damage, or every
// block still comes back as it was. And the engine has not cut off what was good.
func TestAFlippedByteIsFound(t *testing.T) {
	master, blocks := smallStore(t)
	random := rand.New(rand.NewPCG(2, 11))
	for _, file := range filesOf(t, master) {
		content, err := os.ReadFile(filepath.Join(master, file))
		if err != nil || len(content) == 0 {
			continue // the lock
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			for i := range flips(t) {
				at := random.IntN(len(content))
				if i%2 == 1 { // near the end, where the engine looks first
					at = max(0, len(content)-1-random.IntN(40))
				}
				bit := byte(1) << random.IntN(8)
				for _, unclean := range []bool{false, true} {
					dir := filepath.Join(t.TempDir(), "store")
					if err := os.CopyFS(dir, os.DirFS(master)); err != nil {
						t.Fatal(err)
					}
					if unclean {
						makeUnclean(t, dir)
					}
					flip(t, filepath.Join(dir, file), at, bit)
					checkFlipped(t, dir, blocks, file, at, unclean)
				}
			}
		})
	}
}

func filesOf(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// flip flips bits of one byte. A file that the unclean stop took away stays away.
func flip(t *testing.T, path string, at int, bits byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	b[at] ^= bits
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func checkFlipped(t *testing.T, dir string, blocks []*block.Block, file string, at int, unclean bool) {
	t.Helper()
	report, err := msgfile.Scan(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	scanned := !report.OK() || report.Torn != nil
	s, err := embedded.Open(context.Background(), embedded.Config{Dir: dir, MustExist: true})
	var files *embedded.DamagedFilesError
	opened := err == nil
	switch {
	case errors.As(err, &files):
		if len(files.Report.Damage) == 0 || files.Error() == "" {
			t.Errorf("%s at %d, unclean %v: open refuses without a reason", file, at, unclean)
		}
	case err != nil:
		t.Fatalf("%s at %d, unclean %v: open: %v", file, at, unclean, err)
	default:
		same, err := readBack(s, blocks)
		var damage *store.DamageError
		if !same && !scanned {
			t.Errorf("%s at %d, unclean %v: blocks are lost and nobody says so (read: %v)", file, at, unclean, err)
		}
		if !same && !errors.As(err, &damage) {
			t.Errorf("%s at %d, unclean %v: read delivers other bytes: %v", file, at, unclean, err)
		}
		shut(t, s)
	}
	after, err := msgfile.Scan(dir, nil)
	if err != nil || after.Records < report.Records {
		t.Errorf("%s at %d, unclean %v, opened %v: %d good records became %d (%v)", file, at, unclean, opened, report.Records, after.Records, err)
	}
	if report.Records < uint64(len(blocks)-1) {
		t.Errorf("%s at %d: one flipped byte costs %d of %d blocks", file, at, len(blocks)-int(report.Records), len(blocks))
	}
}

// readBack reads every block and reports whether all are as they were.
func readBack(s store.Store, blocks []*block.Block) (same bool, err error) {
	equal := 0
	err = s.Read(context.Background(), 1, uint64(len(blocks)), func(number uint64, raw []byte) error {
		if bytes.Equal(raw, blocks[number-1].Bytes) {
			equal++
		}
		return nil
	})
	return err == nil && equal == len(blocks), err
}
