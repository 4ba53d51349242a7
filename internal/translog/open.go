package translog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// LeafSource calls fn with the leaf hashes from..to-1 in order, computed from the entries
// themselves. It is the way back to the truth when tile files are missing or wrong.
type LeafSource func(from, to uint64, fn func(index uint64, leaf tlog.Hash) error) error

// OpenReport says what Open found.
type OpenReport struct {
	Missing    []string // paths of tile files found absent, cut short or wrong, and made again
	Rebuilt    bool     // the files did not lead to the root: all leaves were read, all tiles checked
	LeavesRead uint64   // leaves taken from the LeafSource
	Checkpoint []byte   // content of the checkpoint file as found, unverified; nil when absent
}

// ErrRootMismatch is wrapped by Open when even the entries do not lead to the signed root.
var ErrRootMismatch = errors.New("translog: the entries do not lead to the signed root")

// writeInterval is the least time between two background writings.
const writeInterval = 500 * time.Millisecond

// Open opens the tree of size leaves with a root that the caller has from a verified
// checkpoint. It reads the tiles of level 1 (32 bytes for 256 entries) and at most 255 leaf
// tiles, takes from leaves what is missing and the last size%256 leaves, and compares the
// root. Only when that fails does it read all leaves. Older leaf tiles are verified when
// they are used, all of them by [Tree.Scrub].
//
// Nothing is published yet: the caller publishes the newest checkpoint. A disk that cannot
// be written is no error, see [Tree.WriteErr]; what is missing then waits for a Scrub.
func Open(dir string, size uint64, root tlog.Hash, leaves LeafSource) (*Tree, OpenReport, error) {
	var report OpenReport
	if err := durable.MkdirAll(dir, durable.DirMode); err != nil {
		return nil, report, err
	}
	d := Dir(dir)
	counted := func(from, to uint64, fn func(uint64, tlog.Hash) error) error {
		report.LeavesRead += to - from
		return readLeaves(leaves, from, to, fn)
	}
	t := newOnDisk(d)
	missing, err := t.load(size, counted)
	if err != nil {
		return nil, report, err
	}
	if got, err := t.RootAt(size); err != nil || got != root {
		report.Rebuilt = true
		t = newOnDisk(d)
		if err := t.fold(size, root, counted); err != nil {
			return nil, report, err
		}
	}
	for level := range t.written {
		t.written[level] = size >> (TileHeight * (level + 1))
	}
	t.onDisk.Store(t.written[0])
	t.published.Store(&publication{size: size})
	if report.Rebuilt {
		if missing, _, err = t.Check(context.Background()); err != nil {
			return nil, report, err
		}
	}
	if err := t.repair(missing, counted); err != nil && t.repairErr == nil {
		return nil, report, err
	}
	for _, tile := range missing {
		report.Missing = append(report.Missing, TilePath(tile.Level, tile.N, TileWidth))
	}
	go t.run()
	return t, report, nil
}

func newOnDisk(d Dir) *Tree {
	t := New()
	t.dir, t.interval = d, writeInterval
	t.wake, t.stop, t.done = make(chan struct{}, 1), make(chan struct{}), make(chan struct{})
	return t
}

// readLeaves calls a LeafSource and makes sure that it delivers all it was asked for.
func readLeaves(leaves LeafSource, from, to uint64, fn func(uint64, tlog.Hash) error) error {
	next := from
	err := leaves(from, to, func(index uint64, leaf tlog.Hash) error {
		if index != next || next == to {
			return fmt.Errorf("translog: leaf source gave leaf %d, want %d of %d..%d", index, next, from, to)
		}
		next++
		return fn(index, leaf)
	})
	if err == nil && next != to {
		err = fmt.Errorf("translog: leaf source ended at leaf %d of %d..%d", next, from, to)
	}
	return err
}

// load fills an empty tree from tile files, and from leaves where there are none. What it
// builds is believed only when its root is the signed one.
func (t *Tree) load(size uint64, leaves LeafSource) (missing []*TileError, err error) {
	var s state
	fromLeaves := func(from, to uint64) error {
		return leaves(from, to, func(_ uint64, h tlog.Hash) error {
			s.push(h)
			return nil
		})
	}
	miss := func(err error) {
		var te *TileError
		if errors.As(err, &te) {
			missing = append(missing, te)
		}
	}
	for n := range size >> (2 * TileHeight) {
		b, err := t.dir.Tile(1, n)
		if err == nil {
			for i := 0; i < len(b); i += tlog.HashSize {
				s.pushHigh(tlog.Hash(b[i : i+tlog.HashSize]))
			}
			continue
		}
		miss(err)
		from := n << (2 * TileHeight)
		s.first, s.size, s.cols = n<<TileHeight, from, nil
		if err := fromLeaves(from, from+1<<(2*TileHeight)); err != nil {
			return nil, err
		}
		// It is written after the leaf tiles below it, so those may be missing too.
		for k := n << TileHeight; k < (n+1)<<TileHeight; k++ {
			if te := t.checkTile(&s, 0, k); te != nil {
				missing = append(missing, te)
			}
		}
	}
	s.first, s.cols = size>>(2*TileHeight)<<TileHeight, nil
	s.size = s.first * TileWidth
	for n := s.first; n < size>>TileHeight; n++ {
		b, err := t.dir.Tile(0, n)
		if err != nil {
			miss(err)
			if err := fromLeaves(s.size, s.size+TileWidth); err != nil {
				return nil, err
			}
			continue
		}
		for i := 0; i < len(b); i += tlog.HashSize {
			s.push(tlog.Hash(b[i : i+tlog.HashSize]))
		}
	}
	if s.size < size {
		if err := fromLeaves(s.size, size); err != nil {
			return nil, err
		}
	}
	t.cur.Store(&s)
	return missing, nil
}

// fold fills an empty tree from all leaves and fails unless they lead to root. Columns
// beyond the window are dropped: their files are checked right after by Scrub.
func (t *Tree) fold(size uint64, root tlog.Hash, leaves LeafSource) error {
	var s state
	err := leaves(0, size, func(_ uint64, h tlog.Hash) error {
		s.push(h)
		if s.size%(TileWidth*dropColumns) == 0 {
			s.drop(s.size / TileWidth)
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.cur.Store(&s)
	got, err := t.RootAt(size)
	if err != nil {
		return err
	}
	if got != root {
		return fmt.Errorf("%w: size %d, signed %s, computed %s", ErrRootMismatch, size, root, got)
	}
	return nil
}

// Check reads every tile file that should exist and the checkpoint file and returns what
// is missing or wrong, by tile; nil when all is well. It compares with the tree in memory,
// whose root was verified when it was opened. A wrong checkpoint file is an error of its
// own beside the tiles.
func (t *Tree) Check(ctx context.Context) (tiles []*TileError, checkpoint error, err error) {
	t.disk.Lock()
	written, wantCheckpoint := t.written, t.checkpoint
	if wantCheckpoint != nil {
		if got, err := t.dir.Checkpoint(); err != nil || !bytes.Equal(got, wantCheckpoint) {
			checkpoint = errors.Join(fmt.Errorf("%s: %w", CheckpointName, ErrDamaged), err)
		}
	}
	t.disk.Unlock()
	s := t.cur.Load()
	for level, end := range written {
		for n := range end {
			if err := ctx.Err(); err != nil {
				return tiles, checkpoint, err
			}
			if te := t.checkTile(s, level, n); te != nil {
				tiles = append(tiles, te)
			}
		}
	}
	return tiles, checkpoint, nil
}

func (t *Tree) checkTile(s *state, level int, n uint64) *TileError {
	b, err := t.dir.Tile(level, n)
	if err != nil {
		var te *TileError
		errors.As(err, &te)
		return te
	}
	if level == 0 {
		if _, root := columnFromTile(b); root != s.high[0][n] {
			return &TileError{level, n, ErrDamaged}
		}
		return nil
	}
	if want, err := t.tileData(s, level, n, TileWidth); err != nil || !bytes.Equal(b, want) {
		return &TileError{level, n, ErrDamaged}
	}
	return nil
}

// ScrubReport lists the files that Scrub found wrong and wrote anew.
type ScrubReport struct {
	Repaired   []*TileError
	Checkpoint bool // the checkpoint file too
}

// Scrub is [Tree.Check] followed by writing anew whatever was wrong, taking the leaves of
// damaged leaf tiles from leaves. Leaves that do not fit the tree are refused: then the
// entries are damaged, not the tiles.
func (t *Tree) Scrub(ctx context.Context, leaves LeafSource) (ScrubReport, error) {
	var report ScrubReport
	bad, checkpoint, err := t.Check(ctx)
	if err != nil {
		return report, err
	}
	if checkpoint != nil {
		t.disk.Lock()
		err := t.dir.writeCheckpoint(t.checkpoint)
		t.disk.Unlock()
		if err != nil {
			return report, err
		}
		report.Checkpoint = true
	}
	if err := t.repair(bad, leaves); err != nil {
		return report, err
	}
	report.Repaired = bad
	return report, nil
}

// repair writes the given full tiles anew. It stops at a tile whose right content cannot be
// had; what merely could not be written is also kept in repairErr.
func (t *Tree) repair(bad []*TileError, leaves LeafSource) error {
	s := t.cur.Load()
	var writeErr error
	for _, te := range bad {
		data, err := t.rightContent(s, te.Level, te.N, leaves)
		if err != nil {
			return err
		}
		t.disk.Lock()
		err = t.dir.writeTile(te.Level, te.N, data)
		t.disk.Unlock()
		if err != nil {
			writeErr = errors.Join(writeErr, err)
		}
	}
	t.disk.Lock()
	defer t.disk.Unlock()
	t.repairErr = writeErr
	t.say()
	return writeErr
}

// rightContent returns the right content of a full tile, from memory or from leaves.
func (t *Tree) rightContent(s *state, level int, n uint64, leaves LeafSource) ([]byte, error) {
	if level > 0 || n >= s.first {
		return t.tileData(s, level, n, TileWidth)
	}
	data := make([]byte, 0, TileWidth*tlog.HashSize)
	err := readLeaves(leaves, n*TileWidth, (n+1)*TileWidth, func(_ uint64, h tlog.Hash) error {
		data = append(data, h[:]...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if _, root := columnFromTile(data); root != s.high[0][n] {
		return nil, &TileError{0, n, fmt.Errorf("%w, nor do the entries", ErrDamaged)}
	}
	return slices.Clip(data), nil
}
