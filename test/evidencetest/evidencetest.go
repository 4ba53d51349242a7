// Package evidencetest is the contract of evidence.Store as tests, for every place where
// evidence is kept.
package evidencetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/anjian-ledger/anjian/internal/evidence"
)

// Fixture is a new, empty store and what a test does behind its back.
type Fixture struct {
	Store  evidence.Store
	Stored func(t *testing.T) []string                                // hashes under which anything is kept, leftovers as other names
	Damage func(t *testing.T, sum string, change func([]byte) []byte) // changes stored bytes in place
	Dirs   []string                                                   // all directories that have something of the store
}

// RunCopy checks that evidence is copied from one store to another: what open returns.
func RunCopy(t *testing.T, open func(t *testing.T) (from, to Fixture)) {
	from, to := open(t)
	var pieces [][]byte
	for i := range 12 {
		pieces = append(pieces, bytes.Repeat([]byte{byte(i)}, i*40_000))
		put(t, from.Store, pieces[i])
	}
	put(t, to.Store, pieces[3])
	put(t, to.Store, []byte("its own"))
	from.Damage(t, Sum(pieces[5]), func(b []byte) []byte { b[7] ^= 1; return b })
	to.Damage(t, Sum(pieces[3]), func(b []byte) []byte { b[7] ^= 1; return b })
	last := 0
	c, err := evidence.Copy(t.Context(), from.Store, to.Store, func(done int) { last = done })
	if err != nil || c.Present != 0 || c.Copied != 11 || len(c.Damaged) != 1 || c.Damaged[0] != Sum(pieces[5]) || last != 12 {
		t.Fatalf("%+v, %d seen, %v", c, last, err)
	}
	for i, b := range pieces {
		r, _, err := to.Store.Open(t.Context(), Sum(b))
		if i == 5 {
			if !errors.Is(err, evidence.ErrNotFound) {
				t.Errorf("a damaged piece: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, b) || r.Close() != nil {
			t.Errorf("piece %d: %d bytes, %v", i, len(got), err)
		}
	}
	if c, err := evidence.Copy(t.Context(), from.Store, to.Store, nil); err != nil || c.Present != 11 || c.Copied != 0 {
		t.Errorf("again: %+v, %v", c, err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := evidence.Copy(cancelled, from.Store, to.Store, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Sum is the name of b.
func Sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Run checks a store against the contract.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, f Fixture)
	}{
		{"what is put comes back", comesBack},
		{"a failed put stores nothing", failsWhole},
		{"putting twice stores once and still checks", checksTwice},
		{"concurrent puts of the same bytes all succeed", putsAtOnce},
		{"damaged bytes are never taken for whole", findsDamage},
		{"what is not there is not found", findsNothing},
		{"a list names everything once", listsAll},
		{"what was erased is in no file", erases},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func put(t *testing.T, s evidence.Store, b []byte) (created bool) {
	t.Helper()
	created, n, err := s.Put(t.Context(), Sum(b), 0, bytes.NewReader(b))
	if err != nil || n != int64(len(b)) {
		t.Fatalf("put %d bytes: %d, %v", len(b), n, err)
	}
	return created
}

func wantStored(t *testing.T, f Fixture, want ...string) {
	t.Helper()
	got := f.Stored(t)
	if len(got) != len(want) || len(want) == 1 && got[0] != want[0] {
		t.Errorf("stored is %v, want %v", got, want)
	}
}

func comesBack(t *testing.T, f Fixture) {
	var last []byte
	for _, size := range []int{0, 1, 100_000, 4 << 20, 4<<20 + 1, 9_000_000} {
		last = bytes.Repeat([]byte("隐患"), size/6+1)[:size]
		if !put(t, f.Store, last) {
			t.Errorf("%d new bytes were there already", size)
		}
		r, n, err := f.Store.Open(t.Context(), Sum(last))
		if err != nil || n != int64(size) {
			t.Fatalf("open: %d %v", n, err)
		}
		got, err := io.ReadAll(iotest.HalfReader(r))
		if err != nil || !bytes.Equal(got, last) || r.Close() != nil {
			t.Fatalf("read %d of %d bytes: %v", len(got), size, err)
		}
	}
}

func failsWhole(t *testing.T, f Fixture) {
	b := bytes.Repeat([]byte("x"), 300_000)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx   context.Context
		sum   string
		limit int64
		r     io.Reader
		want  error
	}{
		"another hash":    {t.Context(), Sum(b[1:]), 0, bytes.NewReader(b), evidence.ErrMismatch},
		"one byte short":  {t.Context(), Sum(b), 0, bytes.NewReader(b[1:]), evidence.ErrMismatch},
		"one byte over":   {t.Context(), Sum(b), int64(len(b)) - 1, bytes.NewReader(b), evidence.ErrTooLarge},
		"broken transfer": {t.Context(), Sum(b), 0, iotest.TimeoutReader(iotest.HalfReader(bytes.NewReader(b))), iotest.ErrTimeout},
		"cancelled":       {cancelled, Sum(b), 0, bytes.NewReader(b), context.Canceled},
		"no hash":         {t.Context(), "../../../../etc/passwd", 0, bytes.NewReader(b), evidence.ErrInvalidHash},
		"capital letters": {t.Context(), strings.ToUpper(Sum(b)), 0, bytes.NewReader(b), evidence.ErrInvalidHash},
	} {
		created, _, err := f.Store.Put(c.ctx, c.sum, c.limit, c.r)
		if created || !errors.Is(err, c.want) {
			t.Errorf("%s: created %v, %v; want %v", name, created, err, c.want)
		}
		wantStored(t, f)
	}
	if !put(t, f.Store, b) {
		t.Error("after failed puts the bytes are there already")
	}
	wantStored(t, f, Sum(b))
}

func checksTwice(t *testing.T, f Fixture) {
	b := []byte("四份")
	if !put(t, f.Store, b) || put(t, f.Store, b) {
		t.Error("want the first put to create and the second not to")
	}
	if _, _, err := f.Store.Put(t.Context(), Sum(b), 0, strings.NewReader("other")); !errors.Is(err, evidence.ErrMismatch) {
		t.Errorf("who does not have the bytes is told: %v", err)
	}
	if _, _, err := f.Store.Put(t.Context(), Sum(b), 3, bytes.NewReader(b)); !errors.Is(err, evidence.ErrTooLarge) {
		t.Errorf("more than the limit, already stored: %v", err)
	}
	wantStored(t, f, Sum(b))
}

func putsAtOnce(t *testing.T, f Fixture) {
	b := bytes.Repeat([]byte("a"), 300_000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, _, err := f.Store.Put(t.Context(), Sum(b), 0, bytes.NewReader(b)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r, _, err := f.Store.Open(t.Context(), Sum(b))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, b) {
		t.Errorf("%d bytes come back, %v", len(got), err)
	}
	wantStored(t, f, Sum(b))
}

func findsDamage(t *testing.T, f Fixture) {
	for _, size := range []int{1000, 6_000_000} {
		for name, change := range map[string]func([]byte) []byte{
			"flipped":   func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
			"shortened": func(b []byte) []byte { return b[:len(b)-1] },
			"emptied":   func([]byte) []byte { return nil },
		} {
			b := bytes.Repeat([]byte(name), size/len(name))
			put(t, f.Store, b)
			f.Damage(t, Sum(b), change)
			r, promised, err := f.Store.Open(t.Context(), Sum(b))
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
			if !put(t, f.Store, b) {
				t.Errorf("%s: good bytes do not replace damaged ones", name)
			}
			if r, _, err := f.Store.Open(t.Context(), Sum(b)); err != nil {
				t.Errorf("%s: after that: %v", name, err)
			} else {
				r.Close()
			}
		}
	}
}

func findsNothing(t *testing.T, f Fixture) {
	if _, _, err := f.Store.Open(t.Context(), Sum(nil)); !errors.Is(err, evidence.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if _, _, err := f.Store.Open(t.Context(), "x"); !errors.Is(err, evidence.ErrInvalidHash) {
		t.Errorf("open of no hash: %v", err)
	}
}

func listsAll(t *testing.T, f Fixture) {
	list := func() (sums []string) {
		if err := f.Store.List(t.Context(), func(sum string) error { sums = append(sums, sum); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(sums)
		return sums
	}
	if got := list(); got != nil {
		t.Errorf("an empty store lists %v", got)
	}
	var want []string
	for i := range 20 {
		b := bytes.Repeat([]byte{byte(i)}, i*10_000)
		put(t, f.Store, b)
		put(t, f.Store, b)
		want = append(want, Sum(b))
	}
	slices.Sort(want)
	if got := list(); !slices.Equal(got, want) {
		t.Errorf("listed %d of %d: %v", len(got), len(want), got)
	}
	enough := errors.New("enough")
	seen := 0
	if err := f.Store.List(t.Context(), func(string) error { seen++; return enough }); !errors.Is(err, enough) || seen != 1 {
		t.Errorf("after the reader's error %d were seen, %v", seen, err)
	}
}

// erases also searches the files: a store that only forgets where the bytes are has not erased them. Only sealed
// texts are erased, which are small.
func erases(t *testing.T, f Fixture) {
	kept := Secret(900)
	put(t, f.Store, kept)
	for _, state := range []string{"whole", "damaged", "put twice at once", "replaced"} {
		b := Secret(700)
		put(t, f.Store, b)
		switch state {
		case "put twice at once":
			erase(t, f.Store, b)
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() { _, _, _ = f.Store.Put(t.Context(), Sum(b), 0, bytes.NewReader(b)) })
			}
			wg.Wait()
		case "damaged", "replaced":
			f.Damage(t, Sum(b), func(b []byte) []byte { b[len(b)-1] ^= 1; return b })
			if state == "replaced" {
				put(t, f.Store, b)
			}
		}
		erase(t, f.Store, b)
		erase(t, f.Store, b)
		if _, _, err := f.Store.Open(t.Context(), Sum(b)); !errors.Is(err, evidence.ErrNotFound) {
			t.Errorf("%s: open gives %v", state, err)
		}
		if state == "whole" || state == "put twice at once" { // how a test damages leaves bytes
			if at := Eventually(t, b[:600], f.Dirs...); at != nil {
				t.Errorf("%s: %v still have it", state, at)
			}
		}
		if !put(t, f.Store, b) {
			t.Errorf("%s: it cannot be put again", state)
		}
		erase(t, f.Store, b)
	}
	if at := Holding(t, kept, f.Dirs...); at == nil {
		t.Error("what was kept is in no file: this test cannot find anything")
	}
	if err := f.Store.Erase(t.Context(), "../x"); !errors.Is(err, evidence.ErrInvalidHash) {
		t.Errorf("erase of no hash: %v", err)
	}
}

func erase(t *testing.T, s evidence.Store, b []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := s.Erase(ctx, Sum(b)); err != nil {
		t.Fatal(err)
	}
}

// Eventually is [Holding] after what a replica that lags may need.
func Eventually(t *testing.T, b []byte, dirs ...string) (names []string) {
	t.Helper()
	for range 200 {
		if names = Holding(t, b, dirs...); names == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return names
}

// Secret returns n bytes that are nowhere else.
func Secret(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// Holding returns the files below dirs that have b somewhere in them.
func Holding(t *testing.T, b []byte, dirs ...string) (names []string) {
	t.Helper()
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
					err = nil
				}
				return err
			}
			all, err := os.ReadFile(path)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if bytes.Contains(all, b) {
				names = append(names, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return names
}
