package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/journal"
)

// chain seals blocks 1.. with the given numbers of entries.
func chain(counts ...int) []*block.Block {
	blocks := make([]*block.Block, 0, len(counts))
	entry := uint64(0)
	for i, n := range counts {
		b := seal(uint64(i+1), entry, n, 60)
		entry = b.Size
		blocks = append(blocks, b)
	}
	return blocks
}

func seal(number, first uint64, entries, pad int) *block.Block {
	var lines []byte
	var ends []int
	for k := range entries {
		lines = fmt.Appendf(lines, `{"v":1,"index":%d,"event":{"pad":"%s"}}`+"\n", first+uint64(k), strings.Repeat("安", pad/3))
		ends = append(ends, len(lines))
	}
	at := time.Date(2019, 12, 2, 1, 30, 0, int(number)*1000, time.UTC)
	return block.Seal(block.Header{Number: number, First: first, Recorded: at}, lines, ends, []byte("anjian.example/ledger\n1\n"))
}

func open(t *testing.T, dir string, opts journal.Options) *journal.Journal {
	t.Helper()
	j, err := journal.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func appendAll(t *testing.T, j *journal.Journal, blocks []*block.Block) {
	t.Helper()
	for _, b := range blocks {
		if err := j.Append(b); err != nil {
			t.Fatalf("append block %d: %v", b.Number, err)
		}
	}
}

// holds checks that j has exactly these blocks, by reading all of them.
func holds(t *testing.T, j interface {
	Head() uint64
	Read(context.Context, uint64, uint64, func(uint64, []byte) error) error
}, blocks []*block.Block) {
	t.Helper()
	if got := j.Head(); got != uint64(len(blocks)) {
		t.Fatalf("head = %d, want %d", got, len(blocks))
	}
	n := 0
	err := j.Read(t.Context(), 1, j.Head(), func(number uint64, raw []byte) error {
		if number != uint64(n+1) || !bytes.Equal(raw, blocks[n].Bytes) {
			return fmt.Errorf("block %d differs", number)
		}
		n++
		return nil
	})
	if err != nil || n != len(blocks) {
		t.Fatalf("read %d of %d blocks: %v", n, len(blocks), err)
	}
}

func concat(blocks []*block.Block) []byte {
	var all []byte
	for _, b := range blocks {
		all = append(all, b.Bytes...)
	}
	return all
}

func segments(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestASegmentIsNothingButTheBlocksBytes(t *testing.T) {
	dir, blocks := t.TempDir(), chain(3, 1, 2)
	appendAll(t, open(t, dir, journal.Options{}), blocks)
	got, err := os.ReadFile(filepath.Join(dir, "00000000000000000001.ndjson"))
	if err != nil || !bytes.Equal(got, concat(blocks)) {
		t.Fatalf("segment differs from the blocks: %v", err)
	}
}

func TestWhatWasAppendedIsThereAfterReopening(t *testing.T) {
	dir, blocks := t.TempDir(), chain(3, 1, 2, 5, 1, 1, 4)
	small := journal.Options{SegmentSize: 400}
	j := open(t, dir, small)
	appendAll(t, j, blocks[:4])
	// Not closed: a process that dies closes nothing.
	j2 := open(t, dir, small)
	holds(t, j2, blocks[:4])
	appendAll(t, j2, blocks[4:])
	holds(t, open(t, dir, small), blocks)
	if n := len(segments(t, dir)); n < 3 {
		t.Fatalf("%d segments, want several", n)
	}
}

func TestAppendRefusesWhatIsNotTheNextBlock(t *testing.T) {
	j, blocks := open(t, t.TempDir(), journal.Options{}), chain(2, 2, 2)
	appendAll(t, j, blocks[:1])
	other := seal(1, 0, 2, 90)
	gap := seal(2, 5, 1, 60)
	for name, b := range map[string]*block.Block{"a gap": blocks[2], "the last number with other bytes": other, "a wrong first entry": gap} {
		err := j.Append(b)
		if !errors.Is(err, journal.ErrNotStored) || !errors.Is(err, journal.ErrOutOfOrder) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := j.Append(blocks[0]); err != nil {
		t.Errorf("the last block again: %v, want nil", err)
	}
	holds(t, j, blocks[:1])
}

// Kill at any byte: for every prefix of the file, Open yields exactly the whole blocks,
// keeps the rest aside, and the journal goes on from there.
func TestOpenYieldsExactlyTheWholeBlocksOfAnyPrefix(t *testing.T) {
	blocks := chain(2, 1, 3)
	all := concat(blocks)
	for cut := 0; cut <= len(all); cut++ {
		whole, end := 0, 0
		for whole < len(blocks) && end+len(blocks[whole].Bytes) <= cut {
			end += len(blocks[whole].Bytes)
			whole++
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "00000000000000000001.ndjson"), all[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := journal.OpenReader(dir)
		if err != nil || r.Head() != uint64(whole) || (r.Opened().Torn != nil) != (end < cut) {
			t.Fatalf("cut at %d: reader: head %d, %v, %+v", cut, r.Head(), err, r.Opened())
		}
		r.Close()
		j, err := journal.Open(dir, journal.Options{FS: unsynced{}})
		if err != nil || j.Head() != uint64(whole) {
			t.Fatalf("cut at %d: head %d, want %d: %v", cut, j.Head(), whole, err)
		}
		if torn := j.Opened().Torn; end < cut {
			kept, err := os.ReadFile(filepath.Join(dir, torn.Kept))
			if err != nil || !bytes.Equal(kept, all[end:cut]) {
				t.Fatalf("cut at %d: torn bytes not kept: %v", cut, err)
			}
		} else if torn != nil {
			t.Fatalf("cut at %d: reports %+v", cut, torn)
		}
		appendAll(t, j, blocks[whole:])
		holds(t, j, blocks)
		j.Close()
	}
}

func TestPagesNeverWrittenAreATornTail(t *testing.T) {
	blocks := chain(2, 40)
	all := concat(blocks)
	start := len(blocks[0].Bytes)
	for name, damage := range map[string]func(b []byte) []byte{
		"a hole in the last block":    func(b []byte) []byte { clear(b[start+100 : start+600]); return b },
		"the whole last block zero":   func(b []byte) []byte { clear(b[start:]); return b },
		"zeros after the last prefix": func(b []byte) []byte { return append(b[:start+10], make([]byte, 4096)...) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			os.WriteFile(filepath.Join(dir, "00000000000000000001.ndjson"), damage(bytes.Clone(all)), 0o644)
			j := open(t, dir, journal.Options{})
			holds(t, j, blocks[:1])
			if j.Opened().Torn == nil {
				t.Fatal("not reported")
			}
		})
	}
}

func TestDamageIsNotTakenForATornTail(t *testing.T) {
	blocks := chain(2, 3, 2, 2)
	all := concat(blocks)
	second := len(blocks[0].Bytes)
	closing := second + bytes.Index(all[second:], []byte(`{"v":1,"block":2`))
	for name, c := range map[string]struct {
		change func(b []byte) []byte
		block  uint64
	}{
		"a line feed lost in the middle": {func(b []byte) []byte { b[closing-1] = ' '; return b }, 2},
		"a closing line not one":         {func(b []byte) []byte { b[closing+3] = 'x'; return b }, 2},
		"a wrong number":                 {func(b []byte) []byte { b[closing+9] = '7'; return b }, 2},
		"a zeroed page in the middle":    {func(b []byte) []byte { clear(b[second+5 : second+20]); return b }, 2},
		"a block missing":                {func(b []byte) []byte { return append(b[:second:second], all[second+len(blocks[1].Bytes):]...) }, 2},
		"a block twice":                  {func(b []byte) []byte { return append(b[:second:second], all...) }, 2},
		"foreign lines at the end":       {func(b []byte) []byte { return append(b, "hello\n"...) }, 5},
		"the last closing line changed":  {func(b []byte) []byte { b[len(b)-4] = '"'; return b }, 4},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "00000000000000000001.ndjson")
			bad := c.change(bytes.Clone(all))
			os.WriteFile(path, bad, 0o644)
			j, err := journal.Open(dir, journal.Options{})
			var d *journal.DamageError
			if !errors.As(err, &d) || d.Block != c.block {
				t.Fatalf("open: %v, want damage at block %d", err, c.block)
			}
			defer j.Close()
			if err := j.Append(seal(j.Head()+1, j.Entries(), 1, 60)); !errors.Is(err, journal.ErrDamaged) || !errors.Is(err, journal.ErrNotStored) {
				t.Errorf("append: %v", err)
			}
			if now, _ := os.ReadFile(path); !bytes.Equal(now, bad) {
				t.Error("the damaged file was changed")
			}
			if _, err := j.ReadBlock(1); err != nil {
				t.Errorf("block 1 is whole, reading it: %v", err)
			}
		})
	}
}

func TestFinishedSegmentsAreReadOnlyAndSummed(t *testing.T) {
	dir, blocks := t.TempDir(), chain(3, 3, 3, 3)
	j := open(t, dir, journal.Options{SegmentSize: 1})
	appendAll(t, j, blocks)
	j.Close()
	list, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil || bytes.Count(list, []byte{'\n'}) != 3 {
		t.Fatalf("SHA256SUMS: %q %v", list, err)
	}
	for i, name := range segments(t, dir) {
		info, _ := os.Stat(name)
		if finished := i < 3; finished != (info.Mode().Perm() == 0o400) {
			t.Errorf("%s has mode %v", filepath.Base(name), info.Mode())
		}
	}
	if out, err := sha256sum(dir); err != nil {
		t.Fatalf("sha256sum -c: %v\n%s", err, out)
	}
	bad := segments(t, dir)[1]
	os.Chmod(bad, 0o644)
	flip(t, bad, 40)
	if out, err := sha256sum(dir); err == nil {
		t.Fatalf("sha256sum -c is content with a flipped byte:\n%s", out)
	}
}

func TestAnIndexThatIsMissingDamagedOrStaleIsMadeAgain(t *testing.T) {
	dir, blocks := t.TempDir(), chain(3, 2, 3, 1, 2)
	j := open(t, dir, journal.Options{SegmentSize: 400})
	appendAll(t, j, blocks)
	j.Close()
	idx, _ := filepath.Glob(filepath.Join(dir, "*.idx"))
	if len(idx) < 2 {
		t.Fatalf("%d index files", len(idx))
	}
	good, _ := os.ReadFile(idx[0])
	other, _ := os.ReadFile(idx[1])
	for name, content := range map[string][]byte{"missing": nil, "of another segment": other, "short": good[:10],
		"flipped": append([]byte{1}, good[1:]...)} {
		os.Remove(idx[0])
		if content != nil {
			os.WriteFile(idx[0], content, 0o644)
		}
		j := open(t, dir, journal.Options{SegmentSize: 400})
		holds(t, j, blocks)
		if got := j.Opened().Indexed; len(got) != 1 {
			t.Errorf("%s: indexed again: %v", name, got)
		}
		j.Close()
		if now, _ := os.ReadFile(idx[0]); !bytes.Equal(now, good) {
			t.Errorf("%s: not written again as it was", name)
		}
	}
}

func TestEveryEntryIsReachedByItsIndex(t *testing.T) {
	dir := t.TempDir()
	blocks := chain(1, 55, 1, 400, 3) // small blocks and one larger than what is searched whole
	j := open(t, dir, journal.Options{SegmentSize: 8000})
	appendAll(t, j, blocks)
	for _, b := range blocks {
		for i, want := range b.Entries {
			index := b.First + uint64(i)
			if got, err := j.Entry(index); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("entry %d: %q, %v", index, got, err)
			}
			if n, err := j.BlockOf(index); err != nil || n != b.Number {
				t.Fatalf("block of entry %d = %d, %v", index, n, err)
			}
		}
	}
	if _, err := j.Entry(j.Entries()); err == nil {
		t.Error("an entry after the last one is found")
	}
	next := uint64(50)
	err := j.ReadEntries(t.Context(), 50, 130, func(index uint64, line []byte) error {
		want, err := j.Entry(index)
		if err != nil || index != next || !bytes.Equal(line, want) {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		next++
		return nil
	})
	if err != nil || next != 131 {
		t.Fatalf("ReadEntries ended before %d: %v", next, err)
	}
}

func TestReadBeyondTheHeadIsAnErrorNotAShortAnswer(t *testing.T) {
	j := open(t, t.TempDir(), journal.Options{})
	appendAll(t, j, chain(1, 1))
	var d *journal.DamageError
	if err := j.Read(t.Context(), 1, 3, func(uint64, []byte) error { return nil }); !errors.As(err, &d) || d.Block != 3 {
		t.Fatalf("%v", err)
	}
}

// TestMemoryIsReadOverOnlyWhenABlockIsDone: blocks of half a mebibyte, of which the last few are held, and one that is larger than a chunk.
func TestMemoryIsReadOverOnlyWhenABlockIsDone(t *testing.T) {
	j := open(t, t.TempDir(), journal.Options{FS: unsynced{}})
	var blocks []*block.Block
	entry := uint64(0)
	for n := uint64(1); n <= 24; n++ {
		pad := 50_000 + 300*int(n)
		if n == 9 {
			pad *= 4
		}
		b := seal(n, entry, 8, pad)
		entry = b.Size
		blocks = append(blocks, b)
	}
	appendAll(t, j, blocks)
	const hold = 4
	var held [][]byte
	places := map[*byte]bool{}
	done := func() uint64 { return uint64(max(len(held)-hold, 0)) }
	err := j.ReadOnce(t.Context(), 1, 24, done, func(n uint64, raw []byte) error {
		held = append(held, raw)
		places[&raw[0]] = true
		for k := done(); k < n; k++ {
			if !bytes.Equal(held[k], blocks[k].Bytes) {
				t.Fatalf("block %d is not what it was once block %d was read", k+1, n)
			}
		}
		return nil
	})
	if err != nil || len(held) != len(blocks) {
		t.Fatalf("%d blocks: %v", len(held), err)
	}
	if len(places) > 16 {
		t.Errorf("%d blocks are at %d places: memory is not used again", len(held), len(places))
	}
}

func TestReadsRunBesideAppends(t *testing.T) {
	j := open(t, t.TempDir(), journal.Options{SegmentSize: 2000, FS: unsynced{}})
	done := make(chan error, 1)
	go func() {
		for j.Head() < 200 {
			head := j.Head()
			seen := uint64(0)
			err := j.Read(context.Background(), 1, head, func(n uint64, raw []byte) error { seen = n; _, err := block.Parse(raw); return err })
			if err == nil && j.Entries() > 0 {
				_, err = j.Entry(j.Entries() - 1)
			}
			if err != nil || seen != head {
				done <- fmt.Errorf("head %d, seen %d: %w", head, seen, err)
				return
			}
		}
		done <- nil
	}()
	counts := make([]int, 200)
	for i := range counts {
		counts[i] = 1 + i%5
	}
	appendAll(t, j, chain(counts...))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestOpenReaderChangesNothing(t *testing.T) {
	dir, blocks := t.TempDir(), chain(3, 2, 3)
	j := open(t, dir, journal.Options{SegmentSize: 300})
	appendAll(t, j, blocks)
	j.Close()
	for _, name := range []string{"*.idx", "SHA256SUMS"} {
		found, _ := filepath.Glob(filepath.Join(dir, name))
		for _, f := range found {
			os.Remove(f)
		}
	}
	newest := segments(t, dir)[len(segments(t, dir))-1]
	f, _ := os.OpenFile(newest, os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString(`{"v":1,"index":8,"ev`)
	f.Close()
	before := snapshot(t, dir)
	r, err := journal.OpenReader(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	holds(t, r, blocks)
	if torn := r.Opened().Torn; torn == nil || torn.Bytes != 20 || torn.Kept != "" {
		t.Errorf("torn = %+v", torn)
	}
	if after := snapshot(t, dir); after != before {
		t.Errorf("changed:\n%s\nto\n%s", before, after)
	}
}

func TestWalkSeesEveryBlockOnceAndStopsAtDamage(t *testing.T) {
	dir, blocks := t.TempDir(), chain(3, 2, 3, 4)
	j := open(t, dir, journal.Options{SegmentSize: 300})
	appendAll(t, j, blocks)
	j.Close()
	walk := func() (n int, torn *journal.Torn, err error) {
		torn, err = journal.Walk(t.Context(), dir, func(number uint64, raw []byte) error {
			if !bytes.Equal(raw, blocks[n].Bytes) {
				t.Errorf("block %d differs", number)
			}
			n++
			return nil
		})
		return n, torn, err
	}
	if n, torn, err := walk(); n != 4 || torn != nil || err != nil {
		t.Fatalf("%d blocks, %v, %v", n, torn, err)
	}
	os.Remove(segments(t, dir)[1])
	var d *journal.DamageError
	if n, _, err := walk(); !errors.As(err, &d) || d.Block != uint64(n+1) {
		t.Fatalf("after %d blocks: %v", n, err)
	}
}

// Between Begin and its end nothing is promised and nothing else is written; afterwards it
// is as if it had been one Append.
func TestABegunAppendIsThereOnlyWhenItHasEnded(t *testing.T) {
	j := open(t, t.TempDir(), journal.Options{})
	blocks := chain(1, 1)
	finish := j.Begin(blocks[0])
	if j.Head() != 0 {
		t.Errorf("head %d before the disk has answered", j.Head())
	}
	second := make(chan error)
	go func() { second <- j.Append(blocks[1]) }()
	select {
	case err := <-second:
		t.Fatalf("another append did not wait: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil || j.Head() != 2 {
		t.Errorf("the append that waited: %v, head %d", err, j.Head())
	}
	// What is refused leaves nothing to wait for, whether its end is awaited or not.
	if err := j.Begin(blocks[0])(); !errors.Is(err, journal.ErrNotStored) {
		t.Error(err)
	}
	if err := j.Begin(blocks[1])(); err != nil {
		t.Errorf("the last block again: %v", err)
	}
}
