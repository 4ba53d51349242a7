package embedded_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/test/needs"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// smallDisk mounts a file system of its own, which needs root.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=96m"); err != nil {
		needs.Missing(t, needs.Mounts, err.Error())
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all of the disk but leave bytes, and returns how to give it back.
func fill(t *testing.T, dir string, leave int64) (free func()) {
	t.Helper()
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "filler")
	if err := os.WriteFile(path, make([]byte, int64(st.Bavail)*st.Bsize-leave), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAFullDiskIsRefusedBeforeTheEngineMeetsIt(t *testing.T) {
	disk := smallDisk(t)
	s := open(t, filepath.Join(disk, "store"))
	blocks := storetest.Chain(3, "space")
	storetest.MustAppend(t, s, blocks[:2]...)

	free := fill(t, disk, 16<<20)
	if err := s.Append(t.Context(), blocks[2]); !errors.Is(err, store.ErrNotStored) {
		t.Errorf("append to a full disk gives %v", err)
	}
	storetest.MustAppend(t, s, blocks[1]) // it is stored already, whatever the disk says
	storetest.WantBlocks(t, s, blocks[:2])

	free()
	storetest.MustAppend(t, s, blocks[2])
	storetest.WantBlocks(t, s, blocks)
	shut(t, s)
}

func TestAReadOnlyDiskIsRefusedAtOpenWithItsReason(t *testing.T) {
	disk := smallDisk(t)
	dir := filepath.Join(disk, "store")
	s := open(t, dir)
	storetest.MustAppend(t, s, storetest.Next(nil, "kept"))
	shut(t, s)
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		needs.Missing(t, needs.Mounts, err.Error())
	}
	if _, err := embedded.Open(t.Context(), embedded.Config{Dir: dir}); !errors.Is(err, unix.EROFS) {
		t.Errorf("open on a read-only disk gives %v", err)
	}
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	storetest.WantHead(t, s, 1)
	shut(t, s)
}

// Without the check beforehand the engine itself runs out of space in the middle of a
// record, stores nothing more and does not answer.
func TestAnEngineStuckOnAFullDiskRunsAgainWhenThereIsSpace(t *testing.T) {
	disk := smallDisk(t)
	dir := filepath.Join(disk, "store")
	cfg := embedded.Config{Dir: dir, Reserve: -1, Timeout: 2 * time.Second, Logger: testLog(t)}
	s, err := embedded.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	blocks := storetest.Chain(5, "before")
	storetest.MustAppend(t, s, blocks...)
	big := storetest.Sized(blocks[4], 3<<20)

	free := fill(t, disk, 1<<20)
	for range 2 {
		if err := s.Append(t.Context(), big); err == nil || errors.Is(err, store.ErrConflict) {
			t.Fatalf("append without space gives %v", err)
		}
	}
	storetest.WantBlocks(t, s, blocks)

	free()
	blocks = append(blocks, big)
	deadline := time.Now().Add(8 * time.Second)
	for {
		err := s.Append(t.Context(), big)
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("append with space again gives %v", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	blocks = append(blocks, storetest.Next(big, "after"))
	storetest.MustAppend(t, s, blocks[6])
	storetest.WantBlocks(t, s, blocks)
	shut(t, s)

	again := open(t, dir)
	storetest.WantBlocks(t, again, blocks)
	shut(t, again)
}
