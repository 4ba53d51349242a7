package reportdb

import (
	"errors"
	"testing"
)

// Of things that are only counted there may be more than of those that are kept; more of either are refused.
func TestATallyIsBounded(t *testing.T) {
	for _, x := range []struct {
		things, kept int
		refused      bool
	}{{40, 10, false}, {41, 0, true}, {40, 11, true}, {10, 10, false}} {
		all := &tally{most: 1, rows: 10, bound: 40, groups: map[string]*Tallied{}}
		var err error
		for i := 0; i < x.things && err == nil; i++ {
			err = all.add(i < x.kept, nil)
		}
		if errors.Is(err, ErrTooLong) != x.refused || err == nil == x.refused {
			t.Errorf("%+v: %v", x, err)
		}
	}
}
