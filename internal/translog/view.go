package translog

import (
	"fmt"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// View is the tree at one size, past or present. It is made once for all the receipts of
// a block: it holds the hashes of the incomplete subtrees on the right edge, so that a
// proof costs no hashing. A View is immutable and safe for concurrent use.
type View struct {
	t    *Tree
	s    *state
	size uint64
	// edge[l] is the hash of the leaves from the last node of level l to size, for the
	// levels from low, where that node is last complete, to the root.
	edge []tlog.Hash
	low  int
}

// At returns the tree as it was at size. It costs at most one hash per level.
func (t *Tree) At(size uint64) (*View, error) {
	s := t.cur.Load()
	if size > s.size {
		return nil, fmt.Errorf("translog: size %d is beyond the tree's %d leaves", size, s.size)
	}
	v := &View{t: t, s: s, size: size}
	if size == 0 {
		return v, nil
	}
	v.low = bits.TrailingZeros64(size)
	top := bits.Len64(size - 1)
	v.edge = make([]tlog.Hash, top+1)
	h, err := v.node(v.low, size>>v.low-1)
	if err != nil {
		return nil, err
	}
	v.edge[v.low] = h
	for l := v.low; l < top; l++ {
		if last := (size - 1) >> l; last&1 == 1 {
			left, err := v.node(l, last-1)
			if err != nil {
				return nil, err
			}
			h = tlog.NodeHash(left, h)
		}
		v.edge[l+1] = h
	}
	return v, nil
}

// Size returns the number of leaves of the view.
func (v *View) Size() uint64 { return v.size }

// Root returns the RFC 6962 tree head.
func (v *View) Root() tlog.Hash {
	if v.size == 0 {
		return emptyRoot
	}
	return v.edge[len(v.edge)-1]
}

// AppendInclusion appends to dst the RFC 6962 §2.1.1 audit path of leaf index, leaf side
// first: a [tlog.RecordProof].
func (v *View) AppendInclusion(dst []tlog.Hash, index uint64) ([]tlog.Hash, error) {
	if index >= v.size {
		return nil, fmt.Errorf("translog: no leaf %d in a tree of %d", index, v.size)
	}
	for l, last := 0, v.size-1; last > 0; l, last = l+1, last>>1 {
		sibling := index>>l ^ 1
		switch {
		case sibling > last: // the node is the last of its level and moves up alone
		case sibling == last && l >= v.low:
			dst = append(dst, v.edge[l])
		default:
			h, err := v.node(l, sibling)
			if err != nil {
				return nil, err
			}
			dst = append(dst, h)
		}
	}
	return dst, nil
}

// Consistency returns the RFC 6962 §2.1.2 proof that the tree of size old is a prefix of
// this one. For old = 0 and old = Size it is empty.
func (v *View) Consistency(old uint64) (tlog.TreeProof, error) {
	if old > v.size {
		return nil, fmt.Errorf("translog: size %d is beyond the view's %d leaves", old, v.size)
	}
	if old == 0 {
		return tlog.TreeProof{}, nil
	}
	return tlog.ProveTree(int64(v.size), int64(old), v)
}

// ReadHashes implements [tlog.HashReader] for the view's size.
func (v *View) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= tlog.StoredHashCount(int64(v.size)) {
			return nil, fmt.Errorf("translog: hash %d is not in a tree of %d leaves", x, v.size)
		}
		level, n := tlog.SplitStoredHashIndex(x)
		h, err := v.node(level, uint64(n))
		if err != nil {
			return nil, err
		}
		hashes[i] = h
	}
	return hashes, nil
}

// node returns a complete node of the view.
func (v *View) node(level int, n uint64) (tlog.Hash, error) {
	if level >= TileHeight {
		return v.s.high[level-TileHeight][n], nil
	}
	c, err := v.t.column(v.s, n>>(TileHeight-level))
	if err != nil {
		return tlog.Hash{}, err
	}
	return c[columnOffset(level)+n&(TileWidth>>level-1)], nil
}

// ProveInclusion returns the audit path of leaf index in the tree of size. Who needs many
// of one size uses [Tree.At].
func (t *Tree) ProveInclusion(index, size uint64) (tlog.RecordProof, error) {
	v, err := t.At(size)
	if err != nil {
		return nil, err
	}
	return v.AppendInclusion(make(tlog.RecordProof, 0, len(v.edge)), index)
}

// ProveConsistency returns the proof that the tree of size old is a prefix of that of size.
func (t *Tree) ProveConsistency(old, size uint64) (tlog.TreeProof, error) {
	v, err := t.At(size)
	if err != nil {
		return nil, err
	}
	return v.Consistency(old)
}
