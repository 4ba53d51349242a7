package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNobodyElseReadsADataDirectory, also one that was there before with the usual mode, or that was
// brought back as files with whatever modes.
func TestNobodyElseReadsADataDirectory(t *testing.T) {
	t.Parallel()
	dir, archive := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "archive")
	for _, d := range []string{dir, archive} {
		must(t, os.Mkdir(d, 0o755))
	}
	private := func(root string) {
		t.Helper()
		must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil && info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
			return err
		}))
	}
	mustRun(t, "simulate", "--data", dir)
	s := start(t, dir)
	token := strings.TrimSpace(mustRun(t, "token", "--data", dir, "--role", "supervision-office"))
	if status, body := s.client(token).do("PUT", "/v1/evidence/ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
		[]byte("a")); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	private(dir)
	mustRun(t, "copy", "--from", "journal:"+dir, "--to", "journal:"+archive)
	private(archive)
	s.stop()
	private(dir)

	for _, d := range []string{"", "journal", "store", "keys", "evidence"} {
		must(t, os.Chmod(filepath.Join(dir, d), 0o755))
	}
	if out := mustRun(t, "serve", "--check", "--listen", "127.0.0.1:0", "--data", dir); strings.Count(out, "others may read ") != 5 {
		t.Error(out)
	}
	start(t, dir).stop()
	private(dir)
}
