package verify

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// correction is what a clock-corrected says.
type correction struct{ from uint64 }

// correctionOf returns what an event says of recorded time; nil when it is about something else.
func correctionOf(e *event.Event) (*correction, error) {
	d, ok := e.Data.(*oversight.ClockCorrected)
	switch {
	case !ok:
		return nil, nil
	case e.Actor.Person == "" || e.Actor.Role == event.RoleLedger:
		return nil, errors.New("a clock-corrected is a person's act, and the entry names no person")
	case *d.From >= e.Index:
		return nil, fmt.Errorf("data of %s: from names no entry before it", e.Type)
	}
	return &correction{*d.From}, nil
}

// recordedTimes checks that recorded time does not go back but where a person corrected it
// (pillar 7): recorded(i) ≥ recorded(i−1), and of a clock-corrected recorded(i) ≥ recorded(from−1).
// 8 bytes an entry.
type recordedTimes struct {
	all      []int64     // by entry, µs since 1970
	disputed [][2]uint64 // [from, to), by ascending to
}

// add takes in entry index; what is wrong with its time is returned.
func (t *recordedTimes) add(index uint64, us int64, c *correction) error {
	for n := len(t.all); uint64(n) < index; n++ { // entries that no copy has count like the one before them
		before := int64(math.MinInt64)
		if n > 0 {
			before = t.all[n-1]
		}
		t.all = append(t.all, before)
	}
	last := index
	if c != nil {
		t.disputed = append(t.disputed, [2]uint64{c.from, index})
		last = c.from
	}
	t.all = append(t.all[:index], us)
	switch {
	case last == 0 || us >= t.all[last-1]:
		return nil
	case c != nil:
		return fmt.Errorf("recorded before entry %d, the last that it does not dispute", last-1)
	}
	return errors.New("recorded before the entry before it, and it is no clock-corrected")
}

// count returns how many entries are disputed.
func (t *recordedTimes) count() (n uint64) {
	slices.SortFunc(t.disputed, func(a, b [2]uint64) int { return int(int64(a[0]) - int64(b[0])) })
	end := uint64(0)
	for _, d := range t.disputed {
		if from := max(d[0], end); d[1] > from {
			n += d[1] - from
		}
		end = max(end, d[1])
	}
	return n
}
