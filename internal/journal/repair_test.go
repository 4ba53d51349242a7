package journal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/journal"
)

func from(blocks []*block.Block) func(uint64) ([]byte, error) {
	return func(n uint64) ([]byte, error) {
		if n > uint64(len(blocks)) {
			return nil, errors.New("the other copy has no such block")
		}
		return blocks[n-1].Bytes, nil
	}
}

// heal does what the ledger does: rewrite the damaged segments from the other copy until
// the journal is whole.
func heal(t *testing.T, j *journal.Journal, blocks []*block.Block) {
	t.Helper()
	for range 10 {
		damage := j.Opened().Damage
		if len(damage) == 0 {
			return
		}
		first, last := j.SegmentOf(damage[0].Block)
		if last == 0 {
			last = uint64(len(blocks))
		}
		if err := j.Rewrite(t.Context(), first, last, from(blocks)); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatalf("still damaged: %v", j.Opened().Damage)
}

func TestRewriteHealsAnySegmentAndKeepsTheDamagedOneAside(t *testing.T) {
	blocks := chain(3, 2, 3, 4, 1, 2)
	lose := func(t *testing.T, path string) { os.Remove(path) }
	garble := func(t *testing.T, path string) {
		os.Chmod(path, 0o644)
		b, _ := os.ReadFile(path)
		i := bytes.Index(b, []byte(`{"v":1,"block":`))
		b[i+2] = '!'
		os.WriteFile(path, b, 0o644)
		os.Remove(path + ".idx") // otherwise its content is found out by who verifies hashes
	}
	for name, harm := range map[string]func(*testing.T, string){"lost": lose, "garbled": garble} {
		for which := range 3 {
			if name == "lost" && which == 2 {
				continue // a shorter journal, not a damaged one
			}
			t.Run(name, func(t *testing.T) {
				dir := t.TempDir()
				opts := journal.Options{SegmentSize: int64(len(concat(blocks[:2])) - 10)}
				j := open(t, dir, opts)
				appendAll(t, j, blocks)
				j.Close()
				if n := len(segments(t, dir)); n != 3 {
					t.Fatalf("%d segments", n)
				}
				harm(t, segments(t, dir)[which])
				j, err := journal.Open(dir, opts)
				var d *journal.DamageError
				if name == "garbled" && which == 2 && err == nil {
					t.Fatal("damage not found")
				} else if !errors.As(err, &d) {
					t.Fatalf("segment %d: open: %v", which, err)
				}
				heal(t, j, blocks)
				holds(t, j, blocks)
				next := seal(7, blocks[5].Size, 2, 60)
				appendAll(t, j, []*block.Block{next})
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
				kept, _ := filepath.Glob(filepath.Join(dir, "*.damaged-*"))
				if want := map[string]int{"lost": 0, "garbled": 1}[name]; len(kept) != want {
					t.Errorf("kept aside: %v", kept)
				}
				holds(t, open(t, dir, opts), append(blocks[:6:6], next))
				if out, err := sha256sum(dir); err != nil {
					t.Errorf("sha256sum -c: %v %s", err, out)
				}
			})
		}
	}
}

func TestRewriteFromABadCopyChangesNothing(t *testing.T) {
	dir, blocks := t.TempDir(), chain(3, 2, 3)
	j := open(t, dir, journal.Options{})
	appendAll(t, j, blocks)
	bad := func(n uint64) ([]byte, error) { return blocks[0].Bytes, nil }
	if err := j.Rewrite(t.Context(), 1, 3, bad); err == nil {
		t.Fatal("accepted")
	}
	holds(t, j, blocks)
	if left, _ := filepath.Glob(filepath.Join(dir, "*.tmp")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestDiscardDropsBlocksAndWritesNothing(t *testing.T) {
	blocks := chain(3, 2, 3, 4, 1, 2)
	for left := range len(blocks) + 1 {
		dir := t.TempDir()
		opts := journal.Options{SegmentSize: int64(len(concat(blocks[:2])) - 10)}
		j := open(t, dir, opts)
		appendAll(t, j, blocks)
		if err := j.Discard(uint64(left)); err != nil {
			t.Fatalf("after %d: %v", left, err)
		}
		if kept, _ := filepath.Glob(filepath.Join(dir, "*.cut-*")); len(kept) != 0 {
			t.Errorf("after %d: kept aside: %v", left, kept)
		}
		holds(t, j, blocks[:left])
		appendAll(t, j, blocks[left:])
		if err := j.Close(); err != nil {
			t.Fatalf("after %d: close: %v", left, err)
		}
		holds(t, open(t, dir, opts), blocks)
	}
}

func TestTruncateAfterTakesBackBlocksAndKeepsThemAside(t *testing.T) {
	blocks := chain(3, 2, 3, 4, 1, 2)
	for keep := range len(blocks) + 1 {
		dir := t.TempDir()
		opts := journal.Options{SegmentSize: int64(len(concat(blocks[:2])) - 10)}
		j := open(t, dir, opts)
		appendAll(t, j, blocks)
		names, err := j.TruncateAfter(uint64(keep))
		if err != nil {
			t.Fatalf("after %d: %v", keep, err)
		}
		var cut []byte
		for i := len(names) - 1; i >= 0; i-- {
			b, err := os.ReadFile(filepath.Join(dir, names[i]))
			if err != nil {
				t.Fatal(err)
			}
			cut = append(cut, b...)
		}
		if !bytes.Equal(cut, concat(blocks[keep:])) {
			t.Errorf("after %d: the bytes kept aside are not the blocks taken back", keep)
		}
		holds(t, j, blocks[:keep])
		others := blocks[:keep:keep]
		for n := keep + 1; n <= 6; n++ { // what the winner of the fence wrote
			first := uint64(0)
			if n > 1 {
				first = others[n-2].Size
			}
			others = append(others, seal(uint64(n), first, 2, 90))
		}
		appendAll(t, j, others[keep:])
		if err := j.Close(); err != nil {
			t.Fatalf("after %d: close: %v", keep, err)
		}
		holds(t, open(t, dir, opts), others)
		if out, err := sha256sum(dir); keep > 0 && err != nil {
			t.Errorf("after %d: sha256sum -c: %v %s", keep, err, out)
		}
	}
}
