// Package modeltest has what the executable models of the pillars wrote: traces, one a line, as JSON. Some are kept with the tests that
// replay them, so that these need no model; where the models are, they are asked whether they still say so, and for more.
package modeltest

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/test/needs"
	"github.com/anjian-ledger/anjian/test/rounds"
)

// Traces are what a script asks a model: SCRIPT MODEL-DIRECTORY FIRST COUNT prints COUNT lines, from the one of seed FIRST on.
type Traces struct {
	Script string // a file of the test's package
	Golden string // likewise: gzip of the first Count lines, from seed 0 on, and those of Found
	Count  int
	Found  []int  // seeds of traces in which a difference was found once
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

// Kept calls fn with the traces that are kept, until it returns false: with each of them under .ci/run, else with every fourth and with
// those of Found. What the traces must have, so that the fewer show something as well, the tests count.
func (tr *Traces) Kept(tb testing.TB, fn func(seed int, line []byte) bool) {
	tb.Helper()
	step := rounds.Of(4, 1)
	n := each(tb, tr.open(tb), 0, func(n int, line []byte) bool {
		switch {
		case n >= tr.Count && n-tr.Count < len(tr.Found):
			n = tr.Found[n-tr.Count]
		case n%step != 0:
			return true
		}
		return fn(n, line)
	})
	if want := tr.Count + len(tr.Found); n != want && !tb.Failed() {
		tb.Errorf("%s has %d traces, not %d", tr.Golden, n, want)
	}
}

// part is how many traces one run of the model writes: its runs go on beside each other, and the model is the slower side.
const part = 250

// Written calls fn with traces that the model writes now, in order, until it returns false. It says how far it is, now and then (-v), and
// fails in time where the time that the test has does not do for all.
func (tr *Traces) Written(tb testing.TB, first, count int, fn func(seed int, line []byte) bool) {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	parts, running := tr.parts(ctx, tb, first, count)
	defer running.Wait()
	defer cancel()
	began, said := time.Now(), time.Now()
	deadline, bounded := deadlineOf(tb)
	done, going := 0, true
	for p := range parts {
		out := <-p
		if out.err != nil {
			tb.Fatal(out.err)
		}
		done += each(tb, bytes.NewReader(out.lines), first+done, func(seed int, line []byte) bool { going = fn(seed, line); return going })
		switch {
		case !going:
			return
		case bounded && time.Until(deadline) < time.Minute && done < count:
			tb.Fatalf("%d of %d traces were replayed in %v, and the time is over: -timeout 0", done, count, time.Since(began).Round(time.Second))
		case time.Since(said) > progressEvery:
			said = time.Now()
			left := time.Duration(float64(time.Since(began)) / float64(done) * float64(count-done))
			tb.Logf("%d of %d traces, from seed %d on; %v to go", done, count, first, left.Round(time.Second))
		}
	}
	if done != count {
		tb.Errorf("the model wrote %d traces, not %d", done, count)
	}
}

// progressEvery is how often a long replay says how far it is.
const progressEvery = 10 * time.Second

func deadlineOf(tb testing.TB) (time.Time, bool) {
	t, ok := tb.(*testing.T)
	if !ok {
		return time.Time{}, false
	}
	return t.Deadline()
}

// written is what one run of the model wrote.
type written struct {
	lines []byte
	err   error
}

// parts has the model write traces, as many parts at once as there are processors. The parts come in order; running ends with ctx.
func (tr *Traces) parts(ctx context.Context, tb testing.TB, first, count int) (parts <-chan chan written, running *sync.WaitGroup) {
	tb.Helper()
	ordered, running := make(chan chan written, runtime.NumCPU()), new(sync.WaitGroup)
	tr.command(ctx, tb, first, 0) // what is missing ends the test here
	running.Go(func() {
		defer close(ordered)
		for n := 0; n < count; n += part {
			p := make(chan written, 1)
			select {
			case ordered <- p:
			case <-ctx.Done():
				return
			}
			running.Go(func() {
				lines, err := run(tr.command(ctx, tb, first+n, min(part, count-n)))
				p <- written{lines, err}
			})
		}
	})
	return ordered, running
}

// Still wants the model to say of the first n traces what is kept, or keeps what it says of all that are to be kept.
func (tr *Traces) Still(tb testing.TB, n int, keep bool) {
	tb.Helper()
	if keep {
		n = tr.Count
	}
	out := tr.says(tb, 0, n)
	if keep {
		var b bytes.Buffer
		w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
		for _, seed := range tr.Found {
			out = append(out, tr.says(tb, seed, 1)...)
		}
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

// says are the lines that the model writes.
func (tr *Traces) says(tb testing.TB, first, count int) []byte {
	tb.Helper()
	out, err := run(tr.command(tb.Context(), tb, first, count))
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func run(cmd *exec.Cmd) ([]byte, error) {
	var why bytes.Buffer
	cmd.Stderr = &why
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, why.String())
	}
	return out, err
}

func (tr *Traces) command(ctx context.Context, tb testing.TB, first, count int) *exec.Cmd {
	tb.Helper()
	dir := Dir(tb, tr.Root)
	return exec.CommandContext(ctx, needs.Program(tb, "python3"), "-B", tr.Script, dir, strconv.Itoa(first), strconv.Itoa(count))
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
