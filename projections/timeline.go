package projections

import (
	"encoding/binary"
	"slices"
	"sort"
)

// segmentChanges is how many changes lie between two full snapshots of a Timeline: the
// most that [Timeline.At] decodes.
const segmentChanges = 1024

// Timeline is a [Tally] with its whole past: the tally as of any position costs a binary
// search and at most 1024 small additions, and a change takes about three bytes.
//
// Within a segment each change is the unsigned varint of the distance of its position from
// the one before, the unsigned varint of the counter's number and the signed varint of the
// difference. The zero value is empty. Any number of goroutines may read it while none writes.
type Timeline struct {
	segments []segment
	now      Tally
	last     uint64 // position of the latest change
	pending  int    // changes in the last segment
}

type segment struct {
	base  Tally  // values before the segment's first change
	first uint64 // position of the segment's first change
	log   []byte
}

// Add records that the entry at position changed a counter by n. Positions must not
// decrease.
func (t *Timeline) Add(position uint64, id uint32, n int64) {
	if len(t.segments) == 0 || t.pending == segmentChanges {
		t.segments = append(t.segments, segment{base: slices.Clone(t.now), first: position})
		t.pending, t.last = 0, position
	}
	s := &t.segments[len(t.segments)-1]
	s.log = binary.AppendUvarint(s.log, position-t.last)
	s.log = binary.AppendUvarint(s.log, uint64(id))
	s.log = binary.AppendVarint(s.log, n)
	t.last = position
	t.pending++
	t.now.Add(id, n)
}

// Now returns the tally of all entries. It is shared: it must not be changed, nor read
// while Add runs.
func (t *Timeline) Now() Tally { return t.now }

// At returns the tally of the first n entries. The caller owns it.
func (t *Timeline) At(n uint64) Tally {
	if len(t.segments) == 0 {
		return nil
	}
	if t.last < n {
		return slices.Clone(t.now)
	}
	k := sort.Search(len(t.segments), func(i int) bool { return t.segments[i].first >= n })
	if k == 0 {
		return nil
	}
	s := &t.segments[k-1]
	tally, position, log := slices.Clone(s.base), s.first, s.log
	for len(log) > 0 {
		d, a := binary.Uvarint(log)
		position += d
		if position >= n {
			break
		}
		id, b := binary.Uvarint(log[a:])
		v, c := binary.Varint(log[a+b:])
		tally.Add(uint32(id), v)
		log = log[a+b+c:]
	}
	return tally
}
