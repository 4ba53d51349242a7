package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/test/evidencetest"
)

func open(t *testing.T, dir string, opts evidence.Options) *evidence.Files {
	t.Helper()
	s, err := evidence.OpenFiles(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files lists what is stored, to see that nothing else is.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func fixture(t *testing.T) evidencetest.Fixture {
	dir := t.TempDir()
	return evidencetest.Fixture{
		Store: open(t, dir, evidence.Options{}),
		Stored: func(t *testing.T) (sums []string) {
			for _, name := range files(t, dir) {
				sums = append(sums, filepath.Base(name))
			}
			return sums
		},
		Damage: func(t *testing.T, sum string, change func([]byte) []byte) { damage(t, dir, sum, change) },
		Dirs:   []string{dir},
	}
}

func TestFilesKeepTheContract(t *testing.T) { evidencetest.Run(t, fixture) }

func TestFilesAreCopied(t *testing.T) {
	evidencetest.RunCopy(t, func(t *testing.T) (from, to evidencetest.Fixture) { return fixture(t), fixture(t) })
}

func TestAListLeavesOutWhatIsNoEvidence(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, evidence.Options{})
	for _, name := range []string{"upload-123", "README", "ab/cd/notes", evidencetest.Sum([]byte("in the wrong place"))} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, nil, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.List(t.Context(), func(sum string) error { t.Errorf("listed %s", sum); return nil }); err != nil {
		t.Error(err)
	}
}

func TestAFileIsNamedByItsHashInTwoDirectories(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir, evidence.Options{}), []byte("photo")
	sum := evidencetest.Sum(b)
	if _, _, err := s.Put(t.Context(), sum, 0, bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, dir), filepath.Join(sum[:2], sum[2:4], sum); len(got) != 1 || got[0] != want {
		t.Errorf("stored as %v, want %s", got, want)
	}
}

func TestNothingIsTakenWhenTheReserveIsReached(t *testing.T) {
	dir := t.TempDir()
	full := func(string) (int64, error) { return evidence.DefaultReserve - 1, nil }
	s, b := open(t, dir, evidence.Options{Free: full}), []byte("x")
	if created, _, err := s.Put(t.Context(), evidencetest.Sum(b), 0, bytes.NewReader(b)); created || !errors.Is(err, evidence.ErrNoSpace) {
		t.Errorf("created %v, %v", created, err)
	}
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Free space is measured while the bytes come in, not only before.
func TestAnUploadStopsAtTheReserve(t *testing.T) {
	free := int64(evidence.DefaultReserve + 600_000)
	measured := func(string) (int64, error) { free -= 100_000; return free, nil }
	s := open(t, t.TempDir(), evidence.Options{Free: measured})
	b := make([]byte, 5_000_000)
	_, n, err := s.Put(t.Context(), evidencetest.Sum(b), 0, bytes.NewReader(b))
	if !errors.Is(err, evidence.ErrNoSpace) || n >= int64(len(b)) {
		t.Fatalf("after %d bytes: %v", n, err)
	}
}

func damage(t *testing.T, dir, sum string, change func([]byte) []byte) {
	t.Helper()
	path := filepath.Join(dir, sum[:2], sum[2:4], sum)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(path, 0o640), os.WriteFile(path, change(b), 0o640)); err != nil {
		t.Fatal(err)
	}
}

func TestUnfinishedUploadsAreRemovedAtStart(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "upload-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir, evidence.Options{})
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("%v", left)
	}
}
