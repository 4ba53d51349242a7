package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/anjian-ledger/anjian/internal/evidence"
	"github.com/anjian-ledger/anjian/test/evidencetest"
)

// What a sender does wrong says nothing of the store; what the store does wrong is remembered until
// it does it right.
func TestAWatchedStoreRemembersItsOwnFaultsOnly(t *testing.T) {
	dir := t.TempDir()
	files, err := evidence.OpenFiles(dir, evidence.Options{Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	w := evidence.Watch(files)
	photo, large := []byte("a photo"), make([]byte, 5<<20) // the large one is checked while it is read
	put := func(ctx context.Context, sum string, limit int64, r io.Reader) error {
		_, _, err := w.Put(ctx, sum, limit, r)
		return err
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	sum := evidencetest.Sum(photo)
	for name, err := range map[string]error{
		"another hash":       put(t.Context(), evidencetest.Sum(large), 0, strings.NewReader("not it")),
		"no hash":            put(t.Context(), "x", 0, strings.NewReader("a")),
		"too large":          put(t.Context(), sum, 3, strings.NewReader(string(photo))),
		"the sender is gone": put(t.Context(), sum, 0, io.MultiReader(strings.NewReader("a"), iotest.ErrReader(io.ErrUnexpectedEOF))),
		"it is cancelled":    put(gone, sum, 0, iotest.ErrReader(context.Canceled)),
		"not there":          func() error { _, _, err := w.Open(t.Context(), sum); return err }(),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := w.Err(); err != nil {
		t.Fatalf("the store is told of: %v", err)
	}

	for _, b := range [][]byte{photo, large} {
		if err := put(t.Context(), evidencetest.Sum(b), 0, strings.NewReader(string(b))); err != nil {
			t.Fatal(err)
		}
		spoil(t, dir, evidencetest.Sum(b))
		if r, _, err := w.Open(t.Context(), evidencetest.Sum(b)); err == nil {
			if _, err = io.Copy(io.Discard, r); err == nil {
				t.Error("damage was delivered")
			}
			r.Close()
		}
	}
	if err := w.Err(); !errors.Is(err, evidence.ErrDamaged) || !strings.Contains(err.Error(), fmt.Sprintf("2 files, first %s", sum)) {
		t.Errorf("two files are damaged: %v", err)
	}
	for _, b := range [][]byte{photo, large} { // as an administrator restores them
		restore(t, dir, b)
		r, _, err := w.Open(t.Context(), evidencetest.Sum(b))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	if err := w.Err(); err != nil {
		t.Errorf("all is whole again: %v", err)
	}
}

func spoil(t *testing.T, dir, sum string) {
	t.Helper()
	path := filepath.Join(dir, sum[:2], sum[2:4], sum)
	b, err := os.ReadFile(path)
	if err == nil {
		b[0] ^= 1
		err = errors.Join(os.Remove(path), os.WriteFile(path, b, 0o440))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func restore(t *testing.T, dir string, b []byte) {
	t.Helper()
	sum := evidencetest.Sum(b)
	path := filepath.Join(dir, sum[:2], sum[2:4], sum)
	if err := errors.Join(os.Remove(path), os.WriteFile(path, b, 0o440)); err != nil {
		t.Fatal(err)
	}
}
