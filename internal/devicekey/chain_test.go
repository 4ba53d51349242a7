package devicekey

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// queue is n events of one device: the hash of each, and what it names as its predecessor.
func queue(n int) (prev, hash [][32]byte) {
	prev, hash = make([][32]byte, n), make([][32]byte, n)
	for i := range n {
		hash[i] = sha256.Sum256(fmt.Appendf(nil, "event %d", i))
		if i > 0 {
			prev[i] = hash[i-1]
		}
	}
	return prev, hash
}

func TestAnEventTakenOutOfAQueueIsMissing(t *testing.T) {
	prev, hash := queue(5)
	var c Chain
	for _, i := range []int{0, 1, 3, 4} {
		c.Add(uint32(i), prev[i], hash[i], uint64(i))
	}
	l := c.Links()
	if l.OK() || !reflect.DeepEqual(l.Missing, []Span{{2, 2}}) || len(l.Double)+len(l.Broken) > 0 || *l.LastSeq != 4 || l.Events != 4 {
		t.Errorf("%+v", l)
	}
	c.Add(2, prev[2], hash[2], 9) // it arrives late
	if l := c.Links(); !l.OK() || *l.LastSeq != 4 {
		t.Errorf("%+v", l)
	}
}

func TestRenumberingWhatIsLeftBreaksTheChain(t *testing.T) {
	prev, hash := queue(3)
	var c Chain
	c.Add(0, prev[0], hash[0], 0)
	c.Add(1, prev[2], hash[2], 1) // 2, renumbered to hide that 1 is gone
	if l := c.Links(); l.OK() || !reflect.DeepEqual(l.Broken, []uint32{1}) {
		t.Errorf("%+v", l)
	}
}

func TestANumberUsedTwiceIsDouble(t *testing.T) {
	prev, hash := queue(6)
	var c Chain
	c.Add(0, prev[0], hash[0], 0)
	c.Add(0, prev[0], hash[5], 7)
	c.Add(3, prev[3], hash[3], 8)
	c.Add(3, prev[3], hash[4], 9)
	if l := c.Links(); !reflect.DeepEqual(l.Double, []Double{{0, 7}, {3, 9}}) || !reflect.DeepEqual(l.Missing, []Span{{1, 2}}) {
		t.Errorf("%+v", l)
	}
}

func TestANewKeyHasNoLinks(t *testing.T) {
	if l := new(Chain).Links(); !l.OK() || l.LastSeq != nil || l.Missing == nil {
		t.Errorf("%+v", l)
	}
}

// Whatever the order of arrival: what is there and what is not there is the same.
func TestTheOrderOfArrivalChangesNothing(t *testing.T) {
	prev, hash := queue(30)
	rapid.Check(t, func(t *rapid.T) {
		present := rapid.SliceOfN(rapid.Bool(), 30, 30).Draw(t, "present")
		order := rapid.Permutation(make30()).Draw(t, "order")
		var c Chain
		for _, i := range order {
			if present[i] {
				c.Add(uint32(i), prev[i], hash[i], uint64(i))
			}
		}
		want, last := map[uint32]bool{}, -1
		for i := range 30 {
			if present[i] {
				last = i
			}
		}
		for i := range last {
			if !present[i] {
				want[uint32(i)] = true
			}
		}
		got, l := map[uint32]bool{}, c.Links()
		for _, s := range l.Missing {
			for i := s.From; i <= s.To; i++ {
				got[i] = true
			}
		}
		if !reflect.DeepEqual(got, want) || len(l.Double)+len(l.Broken) > 0 {
			t.Fatalf("%+v, want missing %v", l, want)
		}
	})
}

func make30() []int {
	all := make([]int, 30)
	for i := range all {
		all[i] = i
	}
	return all
}
