package reportdb

import (
	"errors"
	"math/bits"
	"slices"
)

// ErrManyValues means that there are more distinct values than are told apart while things are counted; what is kept of the things has
// them.
var ErrManyValues = errors.New("too many distinct values")

const (
	// mostValues is how many distinct values one count tells apart, of all expressions together: some 100 bytes each.
	mostValues = 1 << 19
	// mostWords is how many words their sets may have: 32 MiB.
	mostWords = 4 << 20
)

// Set is a set of values of one expression, by the numbers that a count gave them. A few stand in a list: most sets of a grouping by
// subject have one.
type Set struct {
	few  []uint32
	many []uint64 // bits; nil: the list has all
}

// mostFew is how many a list has: as many bytes as a short row of bits.
const mostFew = 16

// add adds a value and returns by how many words the set grew.
func (s *Set) add(value uint32) (grown int) {
	if s.many == nil {
		switch {
		case slices.Contains(s.few, value):
			return 0
		case len(s.few) < mostFew:
			s.few = append(s.few, value)
			return 1
		}
		for _, v := range s.few {
			grown += s.set(v)
		}
		s.few = nil
	}
	return grown + s.set(value)
}

func (s *Set) set(value uint32) (grown int) {
	word := int(value / 64)
	if grown = word + 1 - len(s.many); grown > 0 {
		s.many = append(s.many, make([]uint64, grown)...)
	}
	s.many[word] |= 1 << (value % 64)
	return max(grown, 0)
}

// Union adds the values of another set of the same expression.
func (s *Set) Union(o *Set) {
	for _, v := range o.few {
		s.add(v)
	}
	for i, word := range o.many {
		for left := word; left != 0; left &= left - 1 {
			s.add(uint32(i*64 + bits.TrailingZeros64(left)))
		}
	}
}

// Len is how many values there are.
func (s *Set) Len() (n int64) {
	for _, word := range s.many {
		n += int64(bits.OnesCount64(word))
	}
	return n + int64(len(s.few))
}
