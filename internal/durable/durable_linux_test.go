package durable_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/durable"
	"github.com/anjian-ledger/anjian/test/needs"
	"github.com/anjian-ledger/anjian/test/tornfs"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// content is what a test looks at: each file's bytes, by path.
func content(t *testing.T, d *tornfs.Disk, chance *rand.Rand) string {
	t.Helper()
	dir := t.TempDir()
	must(t, d.Reboot(chance).Save(dir))
	s := ""
	must(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		if err != nil || e.IsDir() || filepath.Ext(rel) == durable.Temporary || e.Name()[0] == '.' {
			return err
		}
		b, err := os.ReadFile(path)
		s += fmt.Sprintf("%s=%s ", rel, b)
		return err
	}))
	return s
}

// TestACutShowsTheOldStateOrTheNewOne: at each operation of a change, on a disk that forgets
// every name that was not synced; and after it the new one always.
func TestACutShowsTheOldStateOrTheNewOne(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(dir string) error
		old, new string
	}{
		"replace": {func(dir string) error { return durable.WriteFile(filepath.Join(dir, "a"), []byte("2"), 0o600) }, "a=1 ", "a=2 "},
		"create":  {func(dir string) error { return durable.Create(filepath.Join(dir, "b"), []byte("2"), 0o600) }, "a=1 ", "a=1 b=2 "},
		"rename":  {func(dir string) error { return durable.Rename(filepath.Join(dir, "a"), filepath.Join(dir, "c")) }, "a=1 ", "c=1 "},
		"remove":  {func(dir string) error { return durable.RemoveAll(filepath.Join(dir, "a")) }, "a=1 ", ""},
		"mkdir": {func(dir string) error {
			deep := filepath.Join(dir, "x", "y", "z")
			return errors.Join(durable.MkdirAll(deep, 0o700), durable.WriteFile(filepath.Join(deep, "b"), []byte("2"), 0o600))
		}, "a=1 ", "a=1 x/y/z/b=2 "},
		"mkdir of what somebody made and left": {func(dir string) error {
			deep := filepath.Join(dir, "x")
			return errors.Join(os.Mkdir(deep, 0o700), durable.MkdirAll(deep, 0o700), durable.WriteFile(filepath.Join(deep, "b"), []byte("2"), 0o600))
		}, "a=1 ", "a=1 x/b=2 "},
	} {
		t.Run(name, func(t *testing.T) {
			for at := 0; ; at++ { // 0: no cut
				d, err := cut(t, c.change, at)
				for n := range 20 {
					chance := rand.New(rand.NewPCG(uint64(n), 0))
					if n == 0 {
						chance = nil
					}
					got := content(t, d, chance)
					if got != c.new && (got != c.old || err == nil) {
						t.Errorf("cut at operation %d (%v): %q", at, err, got)
					}
				}
				if at > 0 && err == nil {
					return
				}
			}
		})
	}
}

// cut makes the change on a new disk with the file a=1, without power from an operation on,
// or after the change.
func cut(t *testing.T, change func(dir string) error, at int) (*tornfs.Disk, error) {
	t.Helper()
	if err := tornfs.Available(); err != nil {
		needs.Missing(t, needs.FUSE, err.Error())
	}
	d, dir := tornfs.New(true), t.TempDir()
	before := t.TempDir()
	must(t, os.WriteFile(filepath.Join(before, "a"), []byte("1"), 0o600))
	must(t, d.Load(before))
	unmount, err := d.Mount(dir)
	if err != nil {
		needs.Missing(t, needs.FUSE, err.Error())
	}
	d.CutAt(at)
	err = change(dir)
	d.Freeze()
	must(t, unmount())
	return d, err
}

func TestCreateNeverReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	must(t, durable.Create(path, []byte("1"), 0o640))
	if err := durable.Create(path, []byte("2"), 0o640); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second one: %v", err)
	}
	b, err := os.ReadFile(path)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if string(b) != "1" || info.Mode().Perm() != 0o640 {
		t.Errorf("%q, mode %v", b, info.Mode())
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
