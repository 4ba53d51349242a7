package api

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// A store that is slower than a batch's time must not keep a replay at one place.
func TestARunThatIsLateComesFurtherAllTheSame(t *testing.T) {
	w := newFixture(t)
	w.must(w.waitForViews(t.Context(), w.size()))
	v := &viewer{a: w.Handler, scope: w.cfg.Projector.ScopeAt(event.Actor{Role: event.RoleSupervisionOffice})}
	var got []uint64
	s := &scan{v: v, f: &filter{}, deadline: time.Unix(1, 0), deliver: func(at projector.Cursor, _ []byte) error {
		got = append(got, at.Index)
		return nil
	}}
	reached, err := s.run(t.Context(), 0, w.size())
	if err != nil || reached == 0 || len(got) == 0 || got[0] != 0 {
		t.Errorf("reached %d, %v: %v", reached, err, got)
	}
}

func TestAPageThatIsOutOfTimeNeverGoesBack(t *testing.T) {
	at := func(since, index uint64) projector.Cursor { return projector.Cursor{Since: since, Index: index} }
	for name, c := range map[string]struct {
		last    projector.Cursor
		placed  bool
		reached uint64
		want    projector.Cursor
	}{
		"nothing found":                       {at(0, 0), false, 2048, at(2047, maxPosition)},
		"found long before":                   {at(5, 5), true, 2048, at(2047, maxPosition)},
		"some of what the position discloses": {at(2048, 7), true, 2048, at(2048, 7)},
	} {
		if got := outOfTime(c.last, c.placed, c.reached); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
