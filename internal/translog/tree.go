// Package translog is the ledger's transparency log: an RFC 6962 Merkle tree that is a
// fold over the committed entries, its tiles on disk, signed checkpoints and receipts.
//
//	leaf hash  SHA-256(0x00 || entry)                     RFC 6962 §2.1
//	node hash  SHA-256(0x01 || left || right)             RFC 6962 §2.1
//	tiles      256 hashes of 32 bytes, in DIR/level-<L>   C2SP tlog-tiles, height 8
//	checkpoint DIR/checkpoint                             C2SP tlog-checkpoint
//	receipt    inclusion proof and checkpoint             C2SP tlog-proof
//
// Node (level, n) covers the leaves n<<level up to (n+1)<<level. Only complete nodes are
// kept; they never change once their last leaf is committed. Nodes of level 8 and above
// are all in memory (0.13 bytes a leaf). Those below, the leaf tiles and their interiors,
// are in memory for a window of recent leaves; older ones are read from the tile files
// and believed only if they hash to the node of level 8.
//
// Tile files and the checkpoint file are derived: they are written without fsync, after
// the commit, and are made again from the entries when they are missing or damaged. On
// disk there are full tiles only; [Tree.ReadTile] cuts partial ones out of memory.
//
// One goroutine, the committer, calls Append, Truncate and Publish. Everything else may
// be called by any goroutine at any time: readers take an immutable state and never wait
// for the committer.
package translog

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	// TileHeight is the height of a tile in levels of the tree.
	TileHeight = 8
	// TileWidth is the number of hashes in a full tile.
	TileWidth = 1 << TileHeight

	// maxTileLevel is the highest tile level C2SP tlog-tiles allows.
	maxTileLevel = 5
	// maxSize is the largest tree these tiles can hold.
	maxSize = 1 << (TileHeight * (maxTileLevel + 1))
	// maxLevel is the level of the root of the largest tree.
	maxLevel = TileHeight * (maxTileLevel + 1)

	// windowColumns is how many columns of recent leaves stay in memory: 2^17 leaves, 8 MiB.
	windowColumns = 512
	// dropColumns is how many columns beyond the window pile up before they are dropped.
	dropColumns = 64
)

// LeafHash returns the RFC 6962 leaf hash of an entry.
func LeafHash(entry []byte) tlog.Hash { return tlog.RecordHash(entry) }

// emptyRoot is the root of the tree without leaves: the hash of nothing.
var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// column holds the nodes of levels 0 to 7 over 256 leaves: one leaf tile and its interior.
// Level l begins at offset 512 - 512>>l.
type column [2*TileWidth - 2]tlog.Hash

func columnOffset(level int) uint64 { return 2*TileWidth - 2*TileWidth>>level }

// state is the tree at one size. A published state never changes: the committer writes
// only nodes beyond its size.
type state struct {
	size  uint64
	first uint64        // number of cols[0]
	cols  []*column     // columns first, first+1 … up to the last leaf
	high  [][]tlog.Hash // high[i][n] is node (8+i, n)
}

// Tree is the Merkle tree. See the package comment for who may call what.
type Tree struct {
	cur       atomic.Pointer[state]
	published atomic.Pointer[publication]
	onDisk    atomic.Uint64 // leaf tiles below this number may be dropped from memory

	started bool // owned by the committer: the first checkpoint was handed to the disk

	dir   Dir // "" when the tree lives in memory only
	cache columnCache

	disk       sync.Mutex               // owns what follows and every write below dir
	written    [maxTileLevel + 1]uint64 // per level: tiles below this number are on disk
	checkpoint []byte                   // content of the checkpoint file as last written
	writeErr   error                    // outcome of the last background write
	repairErr  error                    // damaged or missing tiles that could not be written anew
	said       atomic.Pointer[error]    // both, for who must not wait for the disk

	wake      chan struct{}
	stop      chan struct{}
	done      chan struct{}
	interval  time.Duration
	closeOnce sync.Once
}

type publication struct {
	size       uint64
	checkpoint []byte
}

// New returns an empty tree that lives in memory and keeps every node: 64 bytes a leaf.
func New() *Tree {
	t := &Tree{}
	t.cur.Store(&state{})
	t.published.Store(&publication{})
	return t
}

// NewFold returns an empty tree in memory for a single pass over a whole ledger: nodes
// below level 8 are forgotten once they are more than 2^17 leaves old, and asking for
// them is [ErrNotKept].
func NewFold() *Tree {
	t := New()
	t.onDisk.Store(math.MaxUint64)
	return t
}

// ErrNotKept is wrapped by a [TileError] for nodes a tree in memory has forgotten.
var ErrNotKept = errors.New("no longer in memory")

// Size returns the number of leaves, committed or not.
func (t *Tree) Size() uint64 { return t.cur.Load().size }

// AppendEntries appends the leaf hashes of entries. Committer only.
func (t *Tree) AppendEntries(entries [][]byte) {
	leaves := make([]tlog.Hash, len(entries))
	for i, e := range entries {
		leaves[i] = LeafHash(e)
	}
	t.Append(leaves)
}

// Append appends leaves. They are visible to readers at once, and final when a size that
// covers them is published; until then Truncate can take them back. Committer only.
func (t *Tree) Append(leaves []tlog.Hash) {
	if len(leaves) == 0 {
		return
	}
	s := *t.cur.Load()
	s.high = slices.Clone(s.high)
	for _, h := range leaves {
		s.push(h)
	}
	s.drop(t.onDisk.Load())
	t.cur.Store(&s)
}

// push adds one leaf and every node it completes.
func (s *state) push(h tlog.Hash) {
	n := s.size
	if n%TileWidth == 0 {
		s.cols = append(s.cols, new(column))
	}
	c := s.cols[len(s.cols)-1]
	s.size++
	pos := n % TileWidth
	c[pos] = h
	level := 1
	for ; level < TileHeight && pos&1 == 1; level++ {
		left := columnOffset(level-1) + pos - 1
		h = tlog.NodeHash(c[left], h)
		pos >>= 1
		c[columnOffset(level)+pos] = h
	}
	if level < TileHeight || pos&1 == 0 {
		return
	}
	h = tlog.NodeHash(c[len(c)-2], h)
	s.pushHigh(h)
}

// pushHigh adds one node of level 8 and every node it completes.
func (s *state) pushHigh(h tlog.Hash) {
	for i := 0; ; i++ {
		if i == len(s.high) {
			s.high = append(s.high, nil)
		}
		s.high[i] = append(s.high[i], h)
		n := len(s.high[i])
		if n%2 == 1 {
			return
		}
		h = tlog.NodeHash(s.high[i][n-2], h)
	}
}

// drop forgets the columns that are older than the window and below limit.
func (s *state) drop(limit uint64) {
	if len(s.cols) < windowColumns+dropColumns {
		return
	}
	keepFrom := min(s.first+uint64(len(s.cols))-windowColumns, limit)
	if keepFrom <= s.first {
		return
	}
	s.cols = slices.Clone(s.cols[keepFrom-s.first:]) // a new array lets go of the old columns
	s.first = keepFrom
}

// Truncate takes back the leaves from size on, as when a block was not committed. It fails
// when one of them is already published or forgotten. Committer only.
func (t *Tree) Truncate(size uint64) error {
	s := *t.cur.Load()
	published := t.published.Load().size
	switch {
	case size > s.size:
		return fmt.Errorf("translog: truncate to %d: the tree has %d leaves", size, s.size)
	case size < published:
		return fmt.Errorf("translog: truncate to %d: %d leaves are published", size, published)
	case size < s.first*TileWidth:
		return fmt.Errorf("translog: truncate to %d: %w", size, ErrNotKept)
	case size == s.size:
		return nil
	}
	// Readers may still use the old state, so whatever will be written anew is copied.
	keep := (size+TileWidth-1)/TileWidth - s.first
	s.cols = slices.Clone(s.cols[:keep])
	if size%TileWidth != 0 {
		last := *s.cols[keep-1]
		s.cols[keep-1] = &last
	}
	high := make([][]tlog.Hash, 0, len(s.high))
	for i, nodes := range s.high {
		n := size >> (TileHeight + i)
		if n == 0 {
			break
		}
		high = append(high, nodes[:n:n])
	}
	s.high, s.size = high, size
	t.cur.Store(&s)
	return nil
}

// Root returns the root of all leaves, committed or not.
func (t *Tree) Root() (tlog.Hash, error) { return t.RootAt(t.Size()) }

// RootAt returns the root the tree had at size.
func (t *Tree) RootAt(size uint64) (tlog.Hash, error) {
	v, err := t.At(size)
	if err != nil {
		return tlog.Hash{}, err
	}
	return v.Root(), nil
}
