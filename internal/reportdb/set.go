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
	}
	word := int(value / 64)
	grown = s.spread(word + 1)
	s.many[word] |= 1 << (value % 64)
	return grown
}

// spread has the set have at least so many words of bits, with what stood in the list, and returns by how many it grew.
func (s *Set) spread(words int) (grown int) {
	for _, v := range s.few {
		words = max(words, int(v/64)+1)
	}
	if grown = max(0, words-len(s.many)); grown > 0 {
		s.many = append(s.many, make([]uint64, grown)...)
	}
	for _, v := range s.few {
		s.many[v/64] |= 1 << (v % 64)
	}
	s.few = nil
	return grown
}

// Union adds the values of another set of the same expression.
func (s *Set) Union(o *Set) {
	for _, v := range o.few {
		s.add(v)
	}
	if o.many != nil {
		s.spread(len(o.many))
	}
	for i, word := range o.many {
		s.many[i] |= word
	}
}

// Len is how many values there are.
func (s *Set) Len() (n int64) {
	for _, word := range s.many {
		n += int64(bits.OnesCount64(word))
	}
	return n + int64(len(s.few))
}
