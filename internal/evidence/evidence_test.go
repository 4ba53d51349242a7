package evidence_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/anjian-ledger/anjian/internal/evidence"
)

func sumOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

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

func TestWhatIsPutComesBack(t *testing.T) {
	for _, size := range []int{0, 1, 100_000, 4 << 20, 4<<20 + 1, 9_000_000} {
		dir := t.TempDir()
		s, b := open(t, dir, evidence.Options{}), bytes.Repeat([]byte("隐患"), size/6+1)[:size]
		created, n, err := s.Put(t.Context(), sumOf(b), 0, bytes.NewReader(b))
		if err != nil || !created || n != int64(size) {
			t.Fatalf("put %d bytes: %v %d %v", size, created, n, err)
		}
		r, n, err := s.Open(t.Context(), sumOf(b))
		if err != nil || n != int64(size) {
			t.Fatalf("open: %d %v", n, err)
		}
		got, err := io.ReadAll(iotest.HalfReader(r))
		if err != nil || !bytes.Equal(got, b) || r.Close() != nil {
			t.Fatalf("read %d of %d bytes: %v", len(got), size, err)
		}
		sum := sumOf(b)
		if got, want := files(t, dir), filepath.Join(sum[:2], sum[2:4], sum); len(got) != 1 || got[0] != want {
			t.Errorf("stored as %v, want %s", got, want)
		}
	}
}

func TestAFailedPutStoresNothing(t *testing.T) {
	b := bytes.Repeat([]byte("x"), 1000)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	full := func(string) (int64, error) { return evidence.DefaultReserve - 1, nil }
	for name, c := range map[string]struct {
		ctx   context.Context
		sum   string
		limit int64
		r     io.Reader
		opts  evidence.Options
		want  error
	}{
		"another hash":    {t.Context(), sumOf(b[1:]), 0, bytes.NewReader(b), evidence.Options{}, evidence.ErrMismatch},
		"one byte over":   {t.Context(), sumOf(b), 999, bytes.NewReader(b), evidence.Options{}, evidence.ErrTooLarge},
		"broken transfer": {t.Context(), sumOf(b), 0, iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(b))), evidence.Options{}, iotest.ErrTimeout},
		"cancelled":       {cancelled, sumOf(b), 0, bytes.NewReader(b), evidence.Options{}, context.Canceled},
		"reserve reached": {t.Context(), sumOf(b), 0, bytes.NewReader(b), evidence.Options{Free: full}, evidence.ErrNoSpace},
		"no hash":         {t.Context(), "../../../../etc/passwd", 0, bytes.NewReader(b), evidence.Options{}, evidence.ErrInvalidHash},
		"capital letters": {t.Context(), strings.ToUpper(sumOf(b)), 0, bytes.NewReader(b), evidence.Options{}, evidence.ErrInvalidHash},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, c.opts)
			created, _, err := s.Put(c.ctx, c.sum, c.limit, c.r)
			if created || !errors.Is(err, c.want) {
				t.Errorf("created %v, %v; want %v", created, err, c.want)
			}
			if left := files(t, dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// Free space is measured while the bytes come in, not only before.
func TestAnUploadStopsAtTheReserve(t *testing.T) {
	free := int64(evidence.DefaultReserve + 600_000)
	measured := func(string) (int64, error) { free -= 100_000; return free, nil }
	s := open(t, t.TempDir(), evidence.Options{Free: measured})
	b := make([]byte, 5_000_000)
	_, n, err := s.Put(t.Context(), sumOf(b), 0, bytes.NewReader(b))
	if !errors.Is(err, evidence.ErrNoSpace) || n >= int64(len(b)) {
		t.Fatalf("after %d bytes: %v", n, err)
	}
}

func TestPuttingTwiceStoresOnceAndStillChecks(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir, evidence.Options{}), []byte("四份")
	for i, want := range []bool{true, false} {
		if created, _, err := s.Put(t.Context(), sumOf(b), 0, bytes.NewReader(b)); created != want || err != nil {
			t.Fatalf("put %d: %v %v", i, created, err)
		}
	}
	if _, _, err := s.Put(t.Context(), sumOf(b), 0, strings.NewReader("other")); !errors.Is(err, evidence.ErrMismatch) {
		t.Errorf("who does not have the bytes is told: %v", err)
	}
	if ok, err := s.Has(t.Context(), sumOf(b)); !ok || err != nil {
		t.Errorf("has: %v %v", ok, err)
	}
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("%v", left)
	}
}

func TestConcurrentPutsOfTheSameBytesAllSucceed(t *testing.T) {
	dir := t.TempDir()
	s, b := open(t, dir, evidence.Options{}), bytes.Repeat([]byte("a"), 300_000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, err := s.Put(t.Context(), sumOf(b), 0, bytes.NewReader(b)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if left := files(t, dir); len(left) != 1 {
		t.Errorf("%v", left)
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

func TestDamagedBytesAreNeverTakenForWhole(t *testing.T) {
	for _, size := range []int{1000, 6_000_000} {
		for name, change := range map[string]func([]byte) []byte{
			"flipped":   func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
			"shortened": func(b []byte) []byte { return b[:len(b)-1] },
			"emptied":   func(b []byte) []byte { return nil },
		} {
			dir := t.TempDir()
			s, b := open(t, dir, evidence.Options{}), bytes.Repeat([]byte("y"), size)
			sum := sumOf(b)
			if _, _, err := s.Put(t.Context(), sum, 0, bytes.NewReader(b)); err != nil {
				t.Fatal(err)
			}
			damage(t, dir, sum, change)
			r, promised, err := s.Open(t.Context(), sum)
			if err == nil {
				var got []byte
				got, err = io.ReadAll(r)
				r.Close()
				if int64(len(got)) == promised {
					t.Errorf("%s, %d bytes: handed out in full", name, size)
				}
			}
			if !errors.Is(err, evidence.ErrDamaged) {
				t.Errorf("%s, %d bytes: %v", name, size, err)
			}
			if created, _, err := s.Put(t.Context(), sum, 0, bytes.NewReader(b)); !created || err != nil {
				t.Errorf("%s: putting the good bytes again: %v %v", name, created, err)
			}
			if r, _, err := s.Open(t.Context(), sum); err != nil {
				t.Errorf("%s: after that: %v", name, err)
			} else {
				r.Close()
			}
		}
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	s := open(t, t.TempDir(), evidence.Options{})
	if _, _, err := s.Open(t.Context(), sumOf(nil)); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if ok, err := s.Has(t.Context(), sumOf(nil)); ok || err != nil {
		t.Errorf("has: %v %v", ok, err)
	}
}

func TestUnfinishedUploadsAreRemovedAtStart(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "upload-123"), []byte("half"), 0o600)
	open(t, dir, evidence.Options{})
	if left := files(t, dir); len(left) != 0 {
		t.Errorf("%v", left)
	}
}
