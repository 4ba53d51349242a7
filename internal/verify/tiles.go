package verify

import (
	"bytes"
	"errors"
	"io/fs"
	"math"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/translog"
)

// tileCheck compares tile files and the checkpoint file with the tree as it grows.
type tileCheck struct {
	src    translog.Dir
	tree   *translog.Tree
	report func(Problem)

	head    translog.Checkpoint // of the checkpoint file
	headErr error               // why there is none
	headOK  bool                // its root was found to be that of the tree
	// required is the size up to which every full tile must exist. Beyond it a server that
	// was stopped hard may have written some and others not; those that exist must be right.
	required uint64
	next     []uint64 // per level: number of the next tile to compare
}

func newTileCheck(src translog.Dir, tree *translog.Tree, v note.Verifier, report func(Problem)) *tileCheck {
	t := &tileCheck{src: src, tree: tree, report: report, required: math.MaxUint64, next: make([]uint64, 6)}
	raw, err := src.Checkpoint()
	if err == nil {
		t.head, err = translog.OpenCheckpoint(raw, v)
	}
	if t.headErr = err; err == nil {
		t.required = t.head.Size
		if t.head.Unknown != 0 {
			report(Problem{"checkpoint", 0, -1, "it has a signature that is not the ledger's"})
		}
	}
	return t
}

// reached compares everything that is complete in the tree of size.
func (t *tileCheck) reached(size uint64) {
	if err := t.tree.Publish(size, nil); err != nil {
		t.report(Problem{"tiles", 0, -1, err.Error()})
		return
	}
	for level := range t.next {
		for full := size >> (translog.TileHeight * (level + 1)); t.next[level] < full; t.next[level]++ {
			t.compare(level, t.next[level])
		}
	}
	if t.headErr == nil && !t.headOK && size >= t.head.Size {
		root, err := t.tree.RootAt(t.head.Size)
		if t.headOK = true; err != nil || root != t.head.Root {
			t.report(Problem{"checkpoint", 0, -1, "it signs another root for its size than the entries have"})
		}
	}
}

func (t *tileCheck) compare(level int, n uint64) {
	first := n << (translog.TileHeight * (level + 1))
	path := translog.TilePath(level, n, translog.TileWidth)
	got, err := t.src.Tile(level, n)
	if err != nil {
		if end := first + 1<<(translog.TileHeight*(level+1)); !errors.Is(err, fs.ErrNotExist) || end <= t.required {
			t.report(Problem{"tiles", 0, int64(first), err.Error()})
		}
		return
	}
	want, err := t.tree.ReadTile(level, n, translog.TileWidth)
	if err != nil {
		t.report(Problem{"tiles", 0, int64(first), path + ": " + err.Error()})
		return
	}
	if bytes.Equal(got, want) {
		return
	}
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	first += uint64(i/32) << (translog.TileHeight * level)
	t.report(Problem{"tiles", 0, int64(first), path + " does not hold the hashes of the entries"})
}

// finish checks the checkpoint file against size entries, whole saying that they are all.
func (t *tileCheck) finish(size uint64, whole bool) {
	switch {
	case t.headErr != nil && (size > 0 || !errors.Is(t.headErr, fs.ErrNotExist)):
		t.report(Problem{"checkpoint", 0, -1, t.headErr.Error()})
	case t.headErr == nil && t.head.Size > size && whole:
		t.report(Problem{"checkpoint", 0, int64(size), "it signs more entries than the ledger has: entries were lost"})
	}
}
