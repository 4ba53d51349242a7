package translog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// Dir is a directory with the hashes of the tree and the newest checkpoint. Reading it needs
// no [Tree].
//
//	level-0, level-1 …   the full tiles of a level one after another, 8192 bytes each: tile n
//	                     (C2SP tile/<L>/<N>) begins at 8192·n
//	checkpoint           the newest signed checkpoint
//
// One file a level, and not one a tile as a static C2SP log has it, because making a file
// costs a file system a hundred times what appending 8 KiB does, and ten million entries
// would take forty thousand of them. C2SP's paths are served from these.
type Dir string

// CheckpointName is the file name, and the URL path, of the newest checkpoint.
const CheckpointName = "checkpoint"

// TileError says that a tile cannot be used.
type TileError struct {
	Level int
	N     uint64
	Err   error
}

func (e *TileError) Error() string {
	return fmt.Sprintf("%s: %v", TilePath(e.Level, e.N, TileWidth), e.Err)
}

func (e *TileError) Unwrap() error { return e.Err }

// ErrDamaged is wrapped by a [TileError] when a tile file is there but its bytes are wrong.
var ErrDamaged = errors.New("the file does not hold the hashes of this tree")

// EntriesLevel is the level that stands for entry bundles in [TilePath].
const EntriesLevel = -1

// TilePath returns the C2SP tlog-tiles path of a tile: tile/<L>/<N>[.p/<W>], with N in
// groups of three digits; L is "entries" for bundles.
func TilePath(level int, n uint64, width int) string {
	path := tlog.Tile{H: TileHeight, L: level, N: int64(n), W: width}.Path()
	path = strings.TrimPrefix(path, "tile/8/")
	if level == EntriesLevel {
		path = "entries" + strings.TrimPrefix(path, "data")
	}
	return "tile/" + path
}

const tileSize = TileWidth * tlog.HashSize

// LevelName returns the name of the file that holds the full tiles of a level.
func LevelName(level int) string { return fmt.Sprintf("level-%d", level) }

// Tile reads a full tile. Its bytes are not verified, only their number. Errors are
// *[TileError]; for a tile beyond the end of its file errors.Is(err, fs.ErrNotExist).
func (d Dir) Tile(level int, n uint64) ([]byte, error) {
	f, err := os.Open(d.path(LevelName(level)))
	if err != nil {
		return nil, &TileError{level, n, err}
	}
	defer f.Close()
	b := make([]byte, tileSize)
	switch k, err := f.ReadAt(b, int64(n)*tileSize); {
	case err == nil:
		return b, nil
	case errors.Is(err, io.EOF) && k == 0:
		return nil, &TileError{level, n, fs.ErrNotExist}
	case errors.Is(err, io.EOF):
		return nil, &TileError{level, n, fmt.Errorf("%w: %d bytes, want %d", ErrDamaged, k, tileSize)}
	default:
		return nil, &TileError{level, n, err}
	}
}

// writeTile puts a full tile in its place. It does not fsync: tiles can be made again.
func (d Dir) writeTile(level int, n uint64, data []byte) error {
	if err := os.MkdirAll(string(d), durable.DirMode); err != nil {
		return &TileError{level, n, err}
	}
	f, err := os.OpenFile(d.path(LevelName(level)), os.O_CREATE|os.O_WRONLY, durable.FileMode)
	if err != nil {
		return &TileError{level, n, err}
	}
	_, err = f.WriteAt(data, int64(n)*tileSize)
	if err = errors.Join(err, f.Close()); err != nil {
		return &TileError{level, n, err}
	}
	return nil
}

// Checkpoint reads the checkpoint file; nothing is verified.
func (d Dir) Checkpoint() ([]byte, error) { return os.ReadFile(d.path(CheckpointName)) }

func (d Dir) path(name string) string { return filepath.Join(string(d), name) }

// writeCheckpoint replaces the checkpoint file durably. It is the one file here that cannot be
// made again: when both copies have lost their end, it alone knows how much was signed.
func (d Dir) writeCheckpoint(data []byte) error {
	if err := os.MkdirAll(string(d), durable.DirMode); err != nil {
		return err
	}
	return durable.WriteFile(d.path(CheckpointName), data, durable.FileMode)
}

// column returns a column of complete leaves: from memory, or from its tile file, which
// must hash to the node of level 8 that s holds.
func (t *Tree) column(s *state, n uint64) (*column, error) {
	if n >= s.first {
		return s.cols[n-s.first], nil
	}
	if t.dir == "" {
		return nil, &TileError{0, n, ErrNotKept}
	}
	want := s.high[0][n]
	if c := t.cache.get(n, want); c != nil {
		return c, nil
	}
	b, err := t.dir.Tile(0, n)
	if err != nil {
		return nil, err
	}
	c, root := columnFromTile(b)
	if root != want {
		return nil, &TileError{0, n, ErrDamaged}
	}
	t.cache.put(n, c)
	return c, nil
}

// columnFromTile computes the interior of a leaf tile and its node of level 8.
func columnFromTile(b []byte) (*column, tlog.Hash) {
	var s state
	for i := 0; i < len(b); i += tlog.HashSize {
		s.push(tlog.Hash(b[i : i+tlog.HashSize]))
	}
	return s.cols[0], s.high[0][0]
}

// columnCache keeps columns that were read from disk: the newest 128, 2 MiB.
type columnCache struct {
	mu   sync.Mutex
	cols map[uint64]*column
	ring [128]uint64
	next int
}

// get returns the column only if its node of level 8 is want.
func (c *columnCache) get(n uint64, want tlog.Hash) *column {
	c.mu.Lock()
	defer c.mu.Unlock()
	col := c.cols[n]
	if col == nil || tlog.NodeHash(col[len(col)-2], col[len(col)-1]) != want {
		return nil
	}
	return col
}

func (c *columnCache) put(n uint64, col *column) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cols == nil {
		c.cols = make(map[uint64]*column, len(c.ring))
	}
	if c.cols[n] == nil {
		if len(c.cols) >= len(c.ring) {
			delete(c.cols, c.ring[c.next])
		}
		c.ring[c.next] = n
		c.next = (c.next + 1) % len(c.ring)
	}
	c.cols[n] = col
}
