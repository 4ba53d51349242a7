package reportdb

import (
	"database/sql/driver"
	"errors"
	"testing"
)

// Of things that are only counted there may be more than of those that are kept; more of either are refused.
func TestATallyIsBounded(t *testing.T) {
	for _, x := range []struct {
		things, kept int
		refused      bool
	}{{40, 10, false}, {41, 0, true}, {40, 11, true}, {10, 10, false}} {
		all := newTally(&Counting{Arms: make([]Arm, 1), Most: 1})
		all.rows, all.bound = 10, 40
		var err error
		for i := 0; i < x.things && err == nil; i++ {
			err = all.add(0, i < x.kept, nil)
		}
		if errors.Is(err, ErrTooLong) != x.refused || err == nil == x.refused {
			t.Errorf("%+v: %v", x, err)
		}
	}
}

// Sets of many groups add up to the set of all, and a value counts once, however many there are and in which order they come; too many
// distinct values, or sets that are too large, end the count.
func TestSetsOfValuesAreBounded(t *testing.T) {
	var all, both Set
	sets := make([]Set, 3)
	for n := range uint32(5000) {
		value := n * 7919 % 977
		all.add(value)
		sets[n%3].add(value)
	}
	for _, s := range []*Set{&sets[2], {}, &sets[0], {few: []uint32{3, 3000}}, &sets[1]} {
		both.Union(s)
	}
	if all.Len() != 977 || both.Len() != 978 {
		t.Errorf("%d values, and with another one %d; want 977 and 978", all.Len(), both.Len())
	}
	for _, x := range []struct {
		values, words, has int
		refused            bool
	}{{10, 100, 10, false}, {10, 100, 11, true}, {1000, 10, 10, false}, {1000, 10, 11, true}} {
		tally := newTally(&Counting{Arms: []Arm{{Distinct: []string{"a"}}}, Most: 1})
		tally.values, tally.words = x.values, x.words
		var err error
		for n := 0; n < x.has && err == nil; n++ {
			err = tally.add(0, false, []driver.Value{int64(n)})
		}
		if errors.Is(err, ErrManyValues) != x.refused || err == nil == x.refused {
			t.Errorf("%+v: %v", x, err)
		}
	}
}
