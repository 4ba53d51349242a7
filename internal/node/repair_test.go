package node_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/node"
)

const blocks = 8

// enrolled is how many blocks of one entry come before: ledger-created, the office's token.
const enrolled = 2

// written is the directory of a closed ledger of eight blocks, each of a subject s-1 …, behind
// those that enroll its author.
func written(t *testing.T) node.Dir {
	dir := node.Dir(t.TempDir())
	n, err := node.Open(t.Context(), node.Config{Dir: dir, Origin: "anjian.test/repair", ScrubEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range blocks {
		if _, err := n.Ledger.Append(t.Context(), register(t, n, fmt.Sprintf("s-%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// flip changes a byte beside what, which stands in some file of dir.
func flip(t *testing.T, dir, pattern, what string, offset int) {
	t.Helper()
	done := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if match, _ := filepath.Match(pattern, filepath.Base(path)); err != nil || !match {
			return err
		}
		b, err := os.ReadFile(path)
		if at := bytes.Index(b, []byte(what)); at >= 0 {
			b[at+offset] ^= 1
			done = true
			err = errors.Join(err, os.Chmod(path, 0o644), os.WriteFile(path, b, 0o644))
		}
		return err
	})
	if err != nil || !done {
		t.Fatalf("flip %q: done %v, %v", what, done, err)
	}
}

func flipJournal(t *testing.T, d node.Dir, block int) {
	flip(t, d.Journal(), "*.ndjson", fmt.Sprintf("subject/s-%d", block), 3)
}

// breakJournal flips the line feed before a block's closing line.
func breakJournal(t *testing.T, d node.Dir, block int) {
	flip(t, d.Journal(), "*.ndjson", fmt.Sprintf("\n{\"v\":1,\"block\":%d,", block+enrolled), 0)
}

// unclose flips the beginning of a block's closing line.
func unclose(t *testing.T, d node.Dir, block int) {
	flip(t, d.Journal(), "*.ndjson", fmt.Sprintf("{\"v\":1,\"block\":%d,", block+enrolled), 2)
}

func flipStore(t *testing.T, d node.Dir, block int) {
	flip(t, d.Store(), "*.blk", fmt.Sprintf("subject/s-%d", block), 3)
}

func remove(t *testing.T, path string) {
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}

// fingerprint is a sum over every file of a directory.
func fingerprint(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(h, "%s %d ", path, len(b))
		h.Write(b)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// subjects returns the subjects that can be read and what was said to be restored.
func subjects(t *testing.T, n *node.Node) (ids, restored []string) {
	t.Helper()
	err := n.Ledger.Entries(t.Context(), 0, n.Ledger.Head().Size, func(_ uint64, raw []byte) error {
		e, err := entry.Decode(raw, n.Catalogue)
		if err != nil {
			return err
		}
		if d, ok := e.Data.(*oversight.CopyRestored); ok {
			restored = append(restored, d.Copy)
		} else if e.Stream.Kind == event.Subject {
			ids = append(ids, e.Stream.ID)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return ids, restored
}

func all() string {
	var ids []string
	for i := range blocks {
		ids = append(ids, fmt.Sprintf("s-%d", i+1))
	}
	return strings.Join(ids, " ")
}

func TestRepairHealsWhatOneCopyHas(t *testing.T) {
	for name, c := range map[string]struct {
		spoil    func(*testing.T, node.Dir)
		restored string // copies
	}{
		"nothing is wrong":           {func(*testing.T, node.Dir) {}, ""},
		"journal, an entry":          {func(t *testing.T, d node.Dir) { flipJournal(t, d, 4) }, "journal"},
		"journal, a line feed":       {func(t *testing.T, d node.Dir) { breakJournal(t, d, 4) }, "journal"},
		"journal, the last block":    {func(t *testing.T, d node.Dir) { flipJournal(t, d, blocks) }, "journal"},
		"store, an entry":            {func(t *testing.T, d node.Dir) { flipStore(t, d, 4) }, "store"},
		"store, the last block":      {func(t *testing.T, d node.Dir) { flipStore(t, d, blocks) }, "store"},
		"both, different blocks":     {func(t *testing.T, d node.Dir) { flipJournal(t, d, 4); flipStore(t, d, 6) }, "store journal"},
		"both, the journal broken":   {func(t *testing.T, d node.Dir) { breakJournal(t, d, 3); flipStore(t, d, 6) }, "store journal"},
		"both, the journal unclosed": {func(t *testing.T, d node.Dir) { unclose(t, d, 3); flipStore(t, d, 6); flipStore(t, d, 7) }, "store journal"},
		"the journal is missing":     {func(t *testing.T, d node.Dir) { remove(t, d.Journal()) }, "journal"},
		"the store is missing":       {func(t *testing.T, d node.Dir) { remove(t, d.Store()) }, "store"},
		"the tiles are missing":      {func(t *testing.T, d node.Dir) { remove(t, d.Tiles()) }, ""},
		"a repair was interrupted": {func(t *testing.T, d node.Dir) {
			flipStore(t, d, 4)
			remove(t, d.Tiles())
			mkdir(t, d.Store()+".rebuilding/x")
		}, "store"},
		"journal missing, tiles wrong": {func(t *testing.T, d node.Dir) { remove(t, d.Journal()); flip(t, d.Tiles(), "checkpoint", "\n", 1) }, "journal tiles"},
	} {
		t.Run(name, func(t *testing.T) {
			d := written(t)
			c.spoil(t, d)
			report, err := node.Repair(t.Context(), node.Config{Dir: d})
			if err != nil || report.Blocks != blocks+enrolled || report.Entries != blocks+enrolled {
				t.Fatalf("%+v, %v", report, err)
			}
			n, err := node.Open(t.Context(), node.Config{Dir: d, ScrubEvery: -1})
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close(context.Background())
			if err := n.Ledger.Scrub(t.Context()); err != nil || !n.Ledger.Health().Ready {
				t.Errorf("after repair: %+v, %v", n.Ledger.Health(), err)
			}
			ids, restored := subjects(t, n)
			if strings.Join(ids, " ") != all() || strings.Join(restored, " ") != c.restored {
				t.Errorf("entries %v; restored %v, want %s", ids, restored, c.restored)
			}
			if _, err := n.Ledger.Append(t.Context(), register(t, n, "next")); err != nil {
				t.Error(err)
			}
		})
	}
}

func mkdir(t *testing.T, path string) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// Before repair: what can be read is read, nothing is appended.
func TestADamagedNodeOpensForReading(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, node.Dir){
		"journal": func(t *testing.T, d node.Dir) { flipJournal(t, d, 4) },
		"broken":  func(t *testing.T, d node.Dir) { breakJournal(t, d, 4) },
		"store":   func(t *testing.T, d node.Dir) { flipStore(t, d, blocks) },
		"missing": func(t *testing.T, d node.Dir) { remove(t, d.Store()) },
	} {
		t.Run(name, func(t *testing.T) {
			d := written(t)
			spoil(t, d)
			n, err := node.Open(t.Context(), node.Config{Dir: d, ScrubEvery: -1})
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close(context.Background())
			if h := n.Ledger.Health(); !h.ReadOnly || h.Ready {
				t.Errorf("%+v", h)
			}
			if ids, _ := subjects(t, n); strings.Join(ids, " ") != all() {
				t.Errorf("entries %v", ids)
			}
		})
	}
}

func TestWhatIsBeyondRepairIsLeftAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*testing.T, node.Dir)
		lost  uint64
	}{
		"the same block in both":   {func(t *testing.T, d node.Dir) { flipJournal(t, d, 5); flipStore(t, d, 5) }, 5 + enrolled},
		"both lost their end":      {func(t *testing.T, d node.Dir) { older(t, d) }, blocks + enrolled},
		"both, and a block inside": {func(t *testing.T, d node.Dir) { older(t, d); flipJournal(t, d, 3) }, blocks + enrolled},
	} {
		t.Run(name, func(t *testing.T) {
			d := written(t)
			c.spoil(t, d)
			before := fingerprint(t, d.Journal()) + fingerprint(t, d.Store()) + fingerprint(t, d.Tiles())
			report, err := node.Repair(t.Context(), node.Config{Dir: d})
			if !errors.Is(err, node.ErrBeyondRepair) || len(report.Lost) != 1 || report.Lost[0] != c.lost {
				t.Errorf("%+v, %v", report, err)
			}
			if after := fingerprint(t, d.Journal()) + fingerprint(t, d.Store()) + fingerprint(t, d.Tiles()); after != before {
				t.Error("something was changed")
			}
		})
	}
}

// older puts both copies back to one block before the last, but not the checkpoint.
func older(t *testing.T, d node.Dir) {
	t.Helper()
	checkpoint := filepath.Join(d.Tiles(), "checkpoint")
	newest, err := os.ReadFile(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	remove(t, d.Journal())
	remove(t, d.Store())
	remove(t, d.Tiles())
	n, err := node.Open(t.Context(), node.Config{Dir: d, ScrubEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range blocks - 1 {
		if _, err := n.Ledger.Append(t.Context(), register(t, n, fmt.Sprintf("s-%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(n.Close(context.Background()), os.WriteFile(checkpoint, newest, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// Two histories under one key: nobody but a person can say which one was acknowledged.
func TestAForkIsExplainedNotRepaired(t *testing.T) {
	d := written(t)
	first := filepath.Join(t.TempDir(), "journal")
	if err := os.CopyFS(first, os.DirFS(d.Journal())); err != nil {
		t.Fatal(err)
	}
	older(t, d)
	remove(t, d.Journal())
	if err := os.CopyFS(d.Journal(), os.DirFS(first)); err != nil {
		t.Fatal(err)
	}
	before := fingerprint(t, d.Journal()) + fingerprint(t, d.Store())
	report, err := node.Repair(t.Context(), node.Config{Dir: d})
	if !errors.Is(err, node.ErrFork) || len(report.Forked) != 1 || report.Forked[0] != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if fingerprint(t, d.Journal())+fingerprint(t, d.Store()) != before {
		t.Error("something was changed")
	}
}
