package projections

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// trimmed is the tally without its trailing zeros, which mean nothing.
func trimmed(t Tally) Tally {
	for len(t) > 0 && t[len(t)-1] == 0 {
		t = t[:len(t)-1]
	}
	return t
}

func TestATimelineRemembersEveryPosition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Few draws make many changes, so that segments fill: every entry repeats a pattern.
		pattern := rapid.SliceOfN(rapid.Int64Range(-1<<40, 1<<40), 1, 7).Draw(t, "pattern")
		step := rapid.Uint64Range(0, 300).Draw(t, "step")
		entries := rapid.IntRange(0, 900).Draw(t, "entries")
		var line Timeline
		want := []Tally{nil} // by number of entries
		var positions []uint64
		position := rapid.Uint64Range(0, 5).Draw(t, "first")
		for i := range entries {
			now := slices.Clone(want[i])
			for k, n := range pattern {
				line.Add(position, uint32(k*97%200), n)
				now.Add(uint32(k*97%200), n)
			}
			want = append(want, now)
			positions = append(positions, position)
			position += 1 + step
		}
		for i, at := range positions {
			if got := line.At(at); !slices.Equal(trimmed(got), trimmed(want[i])) {
				t.Fatalf("before entry %d: got %v, want %v", i, got, want[i])
			}
			if got := line.At(at + 1); !slices.Equal(trimmed(got), trimmed(want[i+1])) {
				t.Fatalf("after entry %d: got %v, want %v", i, got, want[i+1])
			}
		}
		if got := line.At(1 << 40); !slices.Equal(trimmed(got), trimmed(line.Now())) {
			t.Fatalf("at the end: got %v, want %v", got, line.Now())
		}
	})
}

func TestWhatAtReturnsIsTheCallers(t *testing.T) {
	var line Timeline
	line.Add(0, 0, 1)
	line.Add(5, 0, 1)
	for _, at := range []uint64{1, 6} {
		tally := line.At(at)
		tally[0] += 100
	}
	if got := line.At(1)[0]; got != 1 {
		t.Errorf("as of 1: %d", got)
	}
	if got := line.Now()[0]; got != 2 {
		t.Errorf("now: %d", got)
	}
}

func TestAChangeTakesAFewBytes(t *testing.T) {
	var line Timeline
	const n = 100_000
	for i := range uint64(n) {
		line.Add(i*3, uint32(i%15), 1)
	}
	size := 0
	for _, s := range line.segments {
		size += cap(s.log) + 8*cap(s.base)
	}
	if per := float64(size) / n; per > 6 {
		t.Errorf("%.1f bytes a change", per)
	}
}

func TestChangesOfOneCounterAreNetted(t *testing.T) {
	var c Changes
	c.Add(Findings, 2)
	c.AddLabel(Fines, "CNY", "", 5)
	c.Add(Findings, -2)
	if len(c.List) != 2 || c.List[0].N != 0 || c.List[1].N != 5 {
		t.Errorf("got %+v", c)
	}
}
