package reportdb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// present are the rows of a register that hold after some entries, by the names of their columns; names are texts.
func present(t *testing.T, events []*event.Event, register string) (rows []map[string]any) {
	t.Helper()
	names, held := map[int64]string{}, map[int64]map[string]any{}
	folded(t, events, func(op *tables.Op) {
		switch {
		case op.Do == tables.AddName:
			names[op.Row] = op.Values[0].(string)
		case op.In == nil || op.In.Name != register:
		case op.Do == tables.Close:
			delete(held, op.Row)
		case op.Do == tables.Write && op.Values[2].(int64) == tables.End:
			row := map[string]any{}
			for i, c := range op.In.All() {
				row[c.Name] = op.Values[i]
				if n, ok := op.Values[i].(int64); ok && c.Refers {
					row[c.Name] = names[n]
				}
			}
			held[op.Row] = row
		}
	})
	for _, row := range held {
		rows = append(rows, row)
	}
	return rows
}

// What is open in the register is what the rules say is open, by their own state, which knows all streams: with its date, and whether it
// was escalated.
func TestOpenObligationsAreThoseOfTheRules(t *testing.T) {
	for _, profile := range []string{"", simulate.Today} {
		l := aftermath(t, profile)
		var got, want []string
		states := map[string]int{}
		for _, r := range present(t, l.Events, "obligations") {
			states[fmt.Sprint(r["state"])]++
			if r["state"] == "open" {
				got = append(got, fmt.Sprint(r["of"], "/", r["matter"], " ", r["kind"], " ", r["event"], " ", r["item"], " ", r["owner"], " ", r["due"],
					" ", r["escalated"] != nil))
			}
		}
		seen := map[event.Stream]bool{}
		for _, e := range l.Events {
			if seen[e.Stream] {
				continue
			}
			seen[e.Stream] = true
			row := l.State.Owed(e.Stream)
			if row == nil {
				continue
			}
			for _, d := range row.Open {
				if !d.Kind.Listed() || d.Kind == &publicity.Solved { // which is asked of findings and orders
					continue
				}
				var item, due any
				if d.Item != "" {
					item = d.Item
				}
				if !d.Due.IsZero() {
					due = tables.At(d.Due).String()
				}
				want = append(want, fmt.Sprint(e.Stream, " ", d.Kind.Name, " ", d.Opener, " ", item, " ", d.Kind.Owner, " ", due, " ", d.Escalated))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		t.Logf("%d open, %v", len(want), states)
		if d := differ(got, want); d != "" {
			t.Errorf("profile %q, in the register (+) and by the rules (-):\n%s", profile, d)
		}
		if len(want) < 100 || states["met"] < 500 || states["late"] == 0 {
			t.Errorf("too few: %d open, %v", len(want), states)
		}
		if strings.Contains(fmt.Sprint(got), "<nil> <nil> <nil>") {
			t.Error("an obligation says nothing")
		}
	}
}
