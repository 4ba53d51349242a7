package kurrentdb

import (
	"slices"

	"github.com/anjian-ledger/anjian/internal/block"
)

// tail is the last block. The zero value is that of an empty stream.
type tail struct{ number, first, size uint64 }

// revision is that of the closing event. The tail is not empty.
func (t tail) revision() uint64 { return t.size + t.number - 1 }

// precedes reports whether b is the next block.
func (t tail) precedes(b *block.Block) bool { return b.Number == t.number+1 && b.First == t.size }

// point says at which revision a block begins.
type point struct{ number, revision uint64 }

const (
	// indexStride is how far points in the index are apart: a million blocks cost 64 KiB.
	indexStride = 256
	// scanEvents is the distance within which a block is found by reading all events.
	scanEvents = 512
)

// index remembers where some blocks begin. The zero value knows block 1.
type index struct {
	points []point // by number, at least indexStride apart
	next   point   // where the last read ended: readers go on from there
}

// add remembers where a block begins, if nothing near is known.
func (x *index) add(p point) {
	at, _ := slices.BinarySearchFunc(x.points, p.number, byNumber)
	if near := at > 0 && p.number-x.points[at-1].number < indexStride; near {
		return
	}
	if near := at < len(x.points) && x.points[at].number-p.number < indexStride; near {
		return
	}
	if p.number > indexStride {
		x.points = slices.Insert(x.points, at, p)
	}
}

// around returns the nearest points known: lo.number ≤ number < hi.number. The caller's hi
// is one past the tail.
func (x *index) around(number uint64, hi point) (point, point) {
	lo := point{number: 1}
	at, found := slices.BinarySearchFunc(x.points, number, byNumber)
	if found {
		at++
	}
	if at > 0 {
		lo = x.points[at-1]
	}
	if at < len(x.points) && x.points[at].number < hi.number {
		hi = x.points[at]
	}
	if n := x.next; n.number <= number && n.number > lo.number {
		lo = n
	}
	return lo, hi
}

func byNumber(p point, number uint64) int {
	switch {
	case p.number < number:
		return -1
	case p.number > number:
		return 1
	}
	return 0
}
