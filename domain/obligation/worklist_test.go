package obligation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// Against a map: what was set last is what all ways to ask for it tell, and what was handed out does not change any more.
func TestAWorklistIsWhatWasSetLast(t *testing.T) {
	kind := &obligation.Kind{Name: "record"}
	rapid.Check(t, func(t *rapid.T) {
		w, want := obligation.NewWorklist(), map[event.Stream]*obligation.Row{}
		type lent struct {
			pieces [][]*obligation.Row
			told   string
		}
		var out []lent
		n := rapid.IntRange(0, 700).Draw(t, "streams at the beginning")
		set := func(i, open int) {
			r := &obligation.Row{Stream: event.Stream{Kind: event.Inspection, ID: fmt.Sprint(i)}}
			for range open {
				r.Open = append(r.Open, obligation.Duty{Kind: kind, Item: fmt.Sprint(open)})
				r.Next = time.Unix(int64(i), 0)
			}
			w.Set(r)
			if want[r.Stream] = r; open == 0 {
				delete(want, r.Stream)
			}
		}
		for i := range n {
			set(i, 1)
		}
		for range rapid.IntRange(0, 300).Draw(t, "steps") {
			if rapid.IntRange(0, 20).Draw(t, "lend") == 0 {
				p := w.Pieces()
				out = append(out, lent{p, told(slices.Concat(p...))})
			}
			set(rapid.IntRange(0, 700).Draw(t, "stream"), rapid.IntRange(0, 2).Draw(t, "open"))
		}
		var rows []*obligation.Row
		open := 0
		for _, r := range want {
			rows, open = append(rows, r), open+len(r.Open)
			if w.Row(r.Stream) != r || !w.Has(r) {
				t.Fatalf("%s is not what was set", r.Stream)
			}
		}
		if got := told(w.Rows()); got != told(rows) {
			t.Fatalf("%s\n%s", got, told(rows))
		}
		if obligations, streams := w.Len(); obligations != open || streams != len(rows) {
			t.Fatalf("%d open in %d streams, not %d in %d", obligations, streams, open, len(rows))
		}
		if waiting := w.Waiting(time.Unix(1000, 0), 1000); len(waiting) != len(rows) {
			t.Fatalf("%d wait, not %d", len(waiting), len(rows))
		}
		for _, o := range out {
			if got := told(slices.Concat(o.pieces...)); got != o.told {
				t.Fatalf("what was handed out has changed:\n%s\n%s", got, o.told)
			}
		}
	})
}

func told(rows []*obligation.Row) string {
	lines := make([]string, len(rows))
	for i, r := range rows {
		lines[i] = fmt.Sprintf("%s %d", r.Stream, len(r.Open))
	}
	slices.Sort(lines)
	return strings.Join(lines, ", ")
}
