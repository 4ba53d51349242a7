package export_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/internal/export"
)

// source has two registers with three rows each; it breaks as often as it is told to, in the middle of a row.
type source struct {
	client.Stand
	breaks int
	again  bool // after a break it begins again itself
	asked  []string
}

var errBroken = errors.New("the connection broke")

func (s *source) Registers(_ context.Context, asOf string) (r client.Registers, err error) {
	r.Stand = s.Stand
	if asOf != "" {
		_, err = fmt.Sscan(asOf, &r.Position)
	}
	columns := []client.RegisterColumn{{Name: "ix", Type: "integer"}}
	r.Registers = []client.Register{{Name: "a", Columns: columns}, {Name: "b", Columns: columns}}
	return r, err
}

func rowsOf(register string, position uint64) string {
	return strings.Repeat(fmt.Sprintf(`{"ix":%d,"of":%q}`+"\n", position, register), 3)
}

func (s *source) Export(_ context.Context, register string, position uint64, open func(client.Stand, int64) (io.Writer, error)) error {
	s.asked = append(s.asked, register)
	stand := s.Stand
	stand.Position = position
	to, err := open(stand, 3)
	if err != nil {
		return err
	}
	text := rowsOf(register, position)
	if s.breaks > 0 && register == "b" {
		s.breaks--
		if _, err := io.WriteString(to, text[:len(text)/2]); err != nil || !s.again {
			return errors.Join(err, errBroken)
		}
		if to, err = open(stand, 3); err != nil {
			return err
		}
	}
	_, err = io.WriteString(to, text)
	return err
}

// holds checks a directory against its manifest, and nothing else is in it.
func holds(t *testing.T, dir string, position uint64, names ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, export.ManifestName))
	var m export.Manifest
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil || m.Position != position || len(m.Files) != len(names) {
		t.Fatalf("%v %+v", err, m)
	}
	for i, f := range m.Files {
		text, err := os.ReadFile(filepath.Join(dir, f.File))
		sum := sha256.Sum256(text)
		if err != nil || f.Name != names[i] || string(text) != rowsOf(f.Name, position) || f.Rows != 3 || f.Bytes != int64(len(text)) ||
			f.SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("%v %+v %q", err, f, text)
		}
	}
	list, err := os.ReadDir(dir)
	if err != nil || len(list) != len(names)+1 {
		t.Errorf("%v %v", err, list)
	}
	if _, err := os.Stat(dir + export.Part); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the part is still there: %v", err)
	}
}

// A directory comes whole or not at all; what is there is never changed.
func TestADirectoryComesWholeOrNotAtAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := &source{Stand: client.Stand{Position: 7, Root: "r", Scope: "s"}}
	told := map[string]int{}
	_, err := export.Write(t.Context(), s, dir, export.Options{Progress: func(register string, n, of int, rows int64) func(int) {
		return func(rows int) { told[fmt.Sprintf("%s %d/%d", register, n, of)] += rows }
	}})
	if err != nil || told["a 1/2"] != 3 || told["b 2/2"] != 3 {
		t.Fatalf("%v %v", err, told)
	}
	holds(t, dir, 7, "a", "b")
	if _, err := export.Write(t.Context(), s, dir, export.Options{}); !errors.Is(err, export.ErrExists) {
		t.Errorf("%v", err)
	}
	holds(t, dir, 7, "a", "b")
	one := filepath.Join(t.TempDir(), "one")
	if _, err := export.Write(t.Context(), s, one, export.Options{Registers: []string{"b"}, AsOf: "5"}); err != nil {
		t.Fatal(err)
	}
	holds(t, one, 5, "b")
	if _, err := export.Write(t.Context(), s, one+"2", export.Options{Registers: []string{"b", "c"}}); !errors.Is(err, export.ErrUnknown) {
		t.Errorf("%v", err)
	}
}

// After a break the same call goes on: as of the same position, with what is whole.
func TestAnExportGoesOn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := &source{Stand: client.Stand{Position: 7, Root: "r", Scope: "s"}, breaks: 2}
	for range 2 {
		if _, err := export.Write(t.Context(), s, dir, export.Options{}); !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("a part is taken for the whole: %v", err)
		}
		s.Position = 9 // the ledger goes on
	}
	if _, err := export.Write(t.Context(), s, dir, export.Options{}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.asked, []string{"a", "b", "b", "b"}) {
		t.Errorf("%v", s.asked)
	}
	holds(t, dir, 7, "a", "b")
	again := filepath.Join(t.TempDir(), "again")
	s.breaks, s.again = 1, true
	if _, err := export.Write(t.Context(), s, again, export.Options{}); err != nil {
		t.Fatal(err)
	}
	holds(t, again, 9, "a", "b")
}

// What was begun is not mixed with something else, and what was changed meanwhile is asked for anew.
func TestWhatWasBegunIsNotMixed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := &source{Stand: client.Stand{Position: 7, Root: "r", Scope: "s"}, breaks: 1}
	if _, err := export.Write(t.Context(), s, dir, export.Options{}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	for name, other := range map[string]struct {
		client.Stand
		export.Options
	}{
		"another ledger":   {client.Stand{Position: 7, Root: "other", Scope: "s"}, export.Options{}},
		"another scope":    {client.Stand{Position: 7, Root: "r", Scope: "other"}, export.Options{}},
		"another position": {s.Stand, export.Options{AsOf: "6"}},
		"fewer registers":  {s.Stand, export.Options{Registers: []string{"b"}}},
	} {
		if _, err := export.Write(t.Context(), &source{Stand: other.Stand}, dir, other.Options); !errors.Is(err, export.ErrOther) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir+export.Part, "a.ndjson"), []byte("{}\n{}\n{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Write(t.Context(), s, dir, export.Options{AsOf: "7"}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.asked, []string{"a", "b", "a", "b"}) {
		t.Errorf("%v", s.asked)
	}
	holds(t, dir, 7, "a", "b")
}

// Rows that are missing at the end are noticed, whoever the source is.

func TestOneExportAtATimeWritesIntoADirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first, second := &source{breaks: 1}, &source{}
	first.Position, second.Position = 7, 7
	_, err := export.Write(t.Context(), first, dir, export.Options{Progress: func(register string, _, _ int, _ int64) func(int) {
		if register == "a" {
			if _, err := export.Write(t.Context(), second, dir, export.Options{}); !errors.Is(err, export.ErrBusy) {
				t.Errorf("a second one beside the first: %v", err)
			}
		}
		return func(int) {}
	}})
	if !errors.Is(err, errBroken) || len(second.asked) > 0 {
		t.Fatal(err, second.asked)
	}
	if _, err := export.Write(t.Context(), second, dir, export.Options{}); err != nil { // the lock ended with the first
		t.Fatal(err)
	}
	holds(t, dir, 7, "a", "b")
}

func TestAManifestThatIsThereNamesNoFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := &source{breaks: 1}
	s.Position = 7
	if _, err := export.Write(t.Context(), s, dir, export.Options{}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	path := filepath.Join(dir+export.Part, export.ManifestName)
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, bytes.ReplaceAll(text, []byte("b.ndjson"), []byte("../b.ndjson")), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := export.Write(t.Context(), s, dir, export.Options{}); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, 7, "a", "b")
}

func TestMissingRowsAreNoticed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	s := &short{source{Stand: client.Stand{Position: 7}}}
	if _, err := export.Write(t.Context(), s, dir, export.Options{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// short announces more rows than come.
type short struct{ source }

func (s *short) Export(_ context.Context, _ string, _ uint64, open func(client.Stand, int64) (io.Writer, error)) error {
	to, err := open(s.Stand, 3)
	if err == nil {
		_, err = io.WriteString(to, "{}\n{}\n")
	}
	return err
}
