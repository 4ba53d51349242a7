// Package modeltest has what the executable models of the pillars wrote: traces, one a line, as JSON. Some are kept with the tests that
// replay them, so that these need no model; where the models are, they are asked whether they still say so, and for more.
package modeltest

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/anjian-ledger/anjian/test/needs"
)

// Traces are what a script asks a model: SCRIPT MODEL-DIRECTORY FIRST COUNT prints COUNT lines, from the one of seed FIRST on.
type Traces struct {
	Script string // a file of the test's package
	Golden string // likewise: gzip of the first Count lines, from seed 0 on
	Count  int
	Root   string // of this repository, from there
}

// Dir is the directory of the models; without it the test ends. root is that of this repository.
func Dir(tb testing.TB, root string) string {
	tb.Helper()
	dir := cmp.Or(os.Getenv("ANJIAN_MODEL"), filepath.Join(root, "..", "shared", "model"))
	if _, err := os.Stat(filepath.Join(dir, "obligations.py")); err != nil {
		needs.Missing(tb, needs.Model, "set ANJIAN_MODEL to its directory")
	}
	return dir
}

// Kept calls fn with each trace that is kept, until it returns false.
func (tr *Traces) Kept(tb testing.TB, fn func(seed int, line []byte) bool) {
	tb.Helper()
	if n := each(tb, tr.open(tb), 0, fn); n != tr.Count && !tb.Failed() {
		tb.Errorf("%s has %d traces, not %d", tr.Golden, n, tr.Count)
	}
}

// Written calls fn with traces that the model writes now, as they come.
func (tr *Traces) Written(tb testing.TB, first, count int, fn func(seed int, line []byte) bool) {
	tb.Helper()
	cmd := tr.command(tb, first, count)
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	each(tb, out, first, fn)
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		tb.Fatal(err)
	}
}

// Still wants the model to say of the first n traces what is kept, or keeps what it says of all.
func (tr *Traces) Still(tb testing.TB, n int, keep bool) {
	tb.Helper()
	if keep {
		n = tr.Count
	}
	var why bytes.Buffer
	cmd := tr.command(tb, 0, n)
	cmd.Stderr = &why
	out, err := cmd.Output()
	if err != nil {
		tb.Fatal(err, why.String())
	}
	if keep {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		_, _ = w.Write(out)
		if err := errors.Join(w.Close(), os.WriteFile(tr.Golden, b.Bytes(), 0o644)); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want := make([]byte, len(out))
	if _, err := io.ReadFull(tr.open(tb), want); err != nil || !bytes.Equal(out, want) {
		tb.Errorf("the model says something else of the first %d traces than %s (%v): run the test with -update", n, tr.Golden, err)
	}
}

func (tr *Traces) command(tb testing.TB, first, count int) *exec.Cmd {
	tb.Helper()
	dir := Dir(tb, tr.Root)
	return exec.Command(needs.Program(tb, "python3"), "-B", tr.Script, dir, strconv.Itoa(first), strconv.Itoa(count))
}

func (tr *Traces) open(tb testing.TB) io.Reader {
	tb.Helper()
	b, err := os.ReadFile(tr.Golden)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func each(tb testing.TB, from io.Reader, seed int, fn func(seed int, line []byte) bool) (n int) {
	tb.Helper()
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<22)
	for ; lines.Scan(); n++ {
		if !fn(seed+n, lines.Bytes()) {
			break
		}
	}
	if err := lines.Err(); err != nil {
		tb.Fatal(err)
	}
	return n
}
