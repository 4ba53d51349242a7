package tornfs

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/test/needs"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mounted shows the disk until the test ends, or until unmount is called.
func mounted(t testing.TB, d *Disk) (dir string, unmount func()) {
	t.Helper()
	if err := Available(); err != nil {
		needs.Missing(t, needs.FUSE, err.Error())
	}
	dir = t.TempDir()
	end, err := d.Mount(dir)
	if err != nil {
		needs.Missing(t, needs.FUSE, err.Error())
	}
	done := false
	unmount = func() {
		if !done {
			done = true
			must(t, end())
		}
	}
	t.Cleanup(unmount)
	return dir, unmount
}

func synced(t testing.TB, path string) {
	t.Helper()
	f, err := os.Open(path)
	must(t, err)
	must(t, f.Sync())
	must(t, f.Close())
}

// after cuts the power and returns the directory that is left, for many chances.
func after(t *testing.T, d *Disk, look func(dir string)) {
	t.Helper()
	d.Freeze()
	for n := range 200 {
		dir := t.TempDir()
		chance := rand.New(rand.NewPCG(uint64(n), 0))
		if n == 0 {
			chance = nil
		}
		must(t, d.Reboot(chance).Save(dir))
		look(dir)
	}
}

// TestWhatWasSyncedStays: bytes after a sync of the file, its name after a sync of the
// directory, and on a disk that is not strict the name by the file's sync alone.
func TestWhatWasSyncedStays(t *testing.T) {
	for _, strict := range []bool{true, false} {
		d := New(strict)
		dir, unmount := mounted(t, d)
		must(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
		path := filepath.Join(dir, "sub", "file")
		must(t, os.WriteFile(path, []byte("kept"), 0o640))
		synced(t, path)
		if strict {
			synced(t, filepath.Join(dir, "sub"))
			synced(t, dir)
		}
		if d.Pending() {
			t.Errorf("strict %v: something is pending", strict)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		must(t, err)
		_, err = f.Write(bytes.Repeat([]byte("pending."), 2000))
		must(t, err)
		must(t, f.Close())
		must(t, os.Rename(path, path+".moved"))
		must(t, os.WriteFile(filepath.Join(dir, "other"), []byte("x"), 0o600))
		seen := map[string]bool{}
		after(t, d, func(dir string) {
			b, err := os.ReadFile(filepath.Join(dir, "sub", "file"))
			if err != nil {
				b, err = os.ReadFile(filepath.Join(dir, "sub", "file.moved"))
				seen["moved"] = true
			}
			must(t, err)
			if !bytes.HasPrefix(b, []byte("kept")) || len(b) > 4+16000 {
				t.Errorf("strict %v: %d bytes, begin with %.8q", strict, len(b), b)
			}
			switch rest := b[4:]; {
			case len(rest) == 0:
				seen["dropped"] = true
			case bytes.IndexByte(rest, 0) >= 0:
				seen["torn"] = true
			case len(rest) == 16000:
				seen["whole"] = true
			default:
				seen["short"] = true
			}
			if _, err := os.Stat(filepath.Join(dir, "other")); err != nil {
				seen["no other"] = true
			}
		})
		for _, what := range []string{"moved", "dropped", "torn", "whole", "short", "no other"} {
			if !seen[what] {
				t.Errorf("strict %v: among 200 cuts none shows the file %s", strict, what)
			}
		}
		unmount()
	}
}

// TestAStrictDiskForgetsANameThatWasNotSynced although the file was.
func TestAStrictDiskForgetsANameThatWasNotSynced(t *testing.T) {
	d := New(true)
	dir, _ := mounted(t, d)
	must(t, os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600))
	synced(t, filepath.Join(dir, "file"))
	gone := false
	after(t, d, func(dir string) {
		b, err := os.ReadFile(filepath.Join(dir, "file"))
		gone = gone || os.IsNotExist(err)
		if err == nil && string(b) != "x" {
			t.Errorf("synced bytes became %q", b)
		}
	})
	if !gone {
		t.Error("the name was never forgotten")
	}
}

// TestARenameOverAFileShowsOneOfThem, never none.
func TestARenameOverAFileShowsOneOfThem(t *testing.T) {
	d := New(true)
	dir, _ := mounted(t, d)
	must(t, os.WriteFile(filepath.Join(dir, "a"), []byte("old"), 0o600))
	synced(t, filepath.Join(dir, "a"))
	synced(t, dir)
	must(t, os.WriteFile(filepath.Join(dir, "b"), []byte("new"), 0o600))
	synced(t, filepath.Join(dir, "b"))
	must(t, os.Rename(filepath.Join(dir, "b"), filepath.Join(dir, "a")))
	seen := map[string]bool{}
	after(t, d, func(dir string) {
		b, err := os.ReadFile(filepath.Join(dir, "a"))
		must(t, err)
		seen[string(b)] = true
	})
	if !seen["old"] || !seen["new"] || len(seen) != 2 {
		t.Errorf("seen %v", seen)
	}
}

// TestACutEndsEverything: the operation at which it happens is not done, and nothing after it.
func TestACutEndsEverything(t *testing.T) {
	d := New(false)
	dir, _ := mounted(t, d)
	d.CutAt(3)
	must(t, os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o600)) // 1 make, 2 write
	if err := os.Remove(filepath.Join(dir, "a")); err == nil {
		t.Error("the operation of the cut was done")
	}
	select {
	case <-d.Frozen():
	default:
		t.Error("the power is on")
	}
	if err := os.WriteFile(filepath.Join(dir, "b"), nil, 0o600); err == nil {
		t.Error("a file was made without power")
	}
	all := false
	for n := range 100 {
		out := t.TempDir()
		must(t, d.Reboot(rand.New(rand.NewPCG(uint64(n), 0))).Save(out))
		b, err := os.ReadFile(filepath.Join(out, "a"))
		all = all || err == nil && string(b) == "x"
	}
	if !all {
		t.Error("what came before the cut never arrived")
	}
}
