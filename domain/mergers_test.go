package domain

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// Pillar 13: which pairs of visits are said to be duplicates (R31) follows from the visits and the mergers that count, and not from
// the order in which they are told.
func TestR31DuplicatesAreThePairsOfOneSubjectWhenTheLaterBegan(t *testing.T) {
	said, apartSaid := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := apart(t)
		var visits []string
		days := map[string]int{}
		at := map[string]string{}
		merged := 0 // the day, 0: they are two
		for n := range rapid.IntRange(2, 14).Draw(rt, "steps") {
			day := rapid.IntRange(2, 12).Draw(rt, "day")
			switch rapid.SampledFrom([]string{"visit", "visit", "visit", "merge", "withdraw"}).Draw(rt, "step") {
			case "merge":
				if merged == 0 {
					w.given("subject/firm", &subject.Ended{How: "merged", On: fmt.Sprintf("2019-12-%02d", day), Successor: "heir"}, december(day))
					merged = day
				}
			case "withdraw":
				if merged != 0 {
					e := w.last("subject/firm")
					w.given("subject/firm", withdrawn(e, e), clerk)
					w.given("subject/firm", yes(w.last("subject/firm")), chief)
					merged = 0
				}
			default:
				id := fmt.Sprintf("v%d", n)
				at[id], days[id] = rapid.SampledFrom([]string{"firm", "heir"}).Draw(rt, "subject"), day
				w.visitTo(id, at[id], day)
				visits = append(visits, id)
			}
			for i, a := range visits {
				for _, b := range visits[:i] {
					first, later := a, b
					if days[b] < days[a] || days[b] == days[a] && visit("t1", b) < visit("t1", a) {
						first, later = b, a
					}
					want := at[a] == at[b] || merged != 0 && days[later] >= merged
					if got := w.stands(duplicateStream(visit("t1", later), visit("t1", first))); got != want {
						rt.Fatalf("%s at %s on %d and %s at %s on %d, merged on %d: stands %v, want %v", first, at[first], days[first], later,
							at[later], days[later], merged, got, want)
					}
					if want {
						said++
					} else {
						apartSaid++
					}
				}
			}
		}
		w.saidOnce(rt)
	})
	if said < 100 || apartSaid < 100 {
		t.Errorf("the histories are too tame: %d pairs of one subject, %d of two", said, apartSaid)
	}
}

// saidOnce wants nothing to stand twice in a stream that is made for one statement.
func (w *fixture) saidOnce(t *rapid.T) {
	standing := map[event.Stream]int{}
	for _, e := range w.log {
		if e.Stream.Kind != event.Flag {
			continue
		}
		switch e.Data.(type) {
		case *oversight.DeviationFlagged:
			standing[e.Stream]++
		case *oversight.StatementLapsed:
			standing[e.Stream]--
		}
		if n := standing[e.Stream]; n < 0 || n > 1 {
			t.Fatalf("%s stands %d times", e.Stream, n)
		}
	}
}
