package reportdb_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// present are the rows of a register that hold after some entries, by the names of their columns; names are texts.
func present(t *testing.T, events []*event.Event, register string) []map[string]any {
	t.Helper()
	return asOf(t, events, register)(len(events))
}

// asOf tells which rows of a register hold as of a position.
func asOf(t *testing.T, events []*event.Event, register string) func(size int) []map[string]any {
	t.Helper()
	type version struct {
		from, to int64
		row      map[string]any
	}
	names, versions := map[int64]string{}, []version{}
	folded(t, events, func(op *tables.Op) {
		switch {
		case op.Do == tables.AddName:
			names[op.Row] = op.Values[0].(string)
		case op.In == nil || op.In.Name != register:
		case op.Do == tables.Close:
			t.Fatal("a version is closed in another batch")
		case op.Do == tables.Write:
			row := map[string]any{}
			for i, c := range op.In.All() {
				row[c.Name] = op.Values[i]
				if n, ok := op.Values[i].(int64); ok && c.Refers {
					row[c.Name] = names[n]
				}
			}
			versions = append(versions, version{op.Values[1].(int64), op.Values[2].(int64), row})
		}
	})
	return func(size int) (rows []map[string]any) {
		for i := range versions {
			if v := &versions[i]; v.from < int64(size) && int64(size) <= v.to {
				rows = append(rows, v.row)
			}
		}
		return rows
	}
}

// open are the open obligations, as the register has them, and as the rules say by their own state, which knows all streams.
func open(t *testing.T, l *campaigntest.Ledger) (got, want []string, states map[string]int) {
	t.Helper()
	rows := present(t, l.Events, "obligations")
	states = map[string]int{}
	for _, r := range rows {
		states[fmt.Sprint(r["state"])]++
	}
	return openIn(rows), openBy(l), states
}

// openIn are the open obligations among rows of the register.
func openIn(rows []map[string]any) (got []string) {
	for _, r := range rows {
		if r["state"] == "open" {
			got = append(got, fmt.Sprint(r["of"], "/", r["matter"], " ", r["kind"], " ", r["event"], " ", r["item"], " ", r["owner"], " ", r["due"],
				" ", r["escalated"] != nil))
		}
	}
	slices.Sort(got)
	return got
}

// openBy are the open obligations by the rules.
func openBy(l *campaigntest.Ledger) (want []string) {
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
			if !d.Kind.Listed() {
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
	slices.Sort(want)
	return want
}

// What is open in the register is what the rules say is open: with its date, and whether it was escalated.
func TestOpenObligationsAreThoseOfTheRules(t *testing.T) {
	for _, profile := range []string{"", simulate.Today} {
		got, want, states := open(t, aftermath(t, profile))
		t.Logf("%d open, %v", len(want), states)
		if d := differ(got, want); d != "" {
			t.Errorf("profile %q, in the register (+) and by the rules (-):\n%s", profile, d)
		}
		if len(want) < 100 || states["met"] < 500 || states["late"] == 0 {
			t.Errorf("too few: %d open, %v", len(want), states)
		}
	}
}

// Calendars that are published while much is open move what is due, also where a stream was put away, or the database goes on in
// another process, and that gives the same rows.
func TestACalendarMovesWhatIsDue(t *testing.T) {
	t.Parallel()
	day := 0
	l := campaigntest.Run(t, simulate.Config{Seed: 2}, func(l *campaigntest.Ledger, recorded time.Time) {
		if n := int(recorded.Sub(campaigntest.Begin).Hours()) / 24; n > day+9 && len(l.Events) > 1000 {
			day = n
			from := recorded.AddDate(0, 0, 1)
			l.Say("code-table-published", event.Stream{Kind: event.Table, ID: table.Holidays}, &table.Published{Table: table.Holidays,
				Document: "放假通知", Calendar: &table.Year{Year: 2019 + n%2, Holidays: []table.Holiday{{Name: "节日",
					From: from.Format(time.DateOnly), To: from.AddDate(0, 0, 12).Format(time.DateOnly)}}}}, recorded)
		}
	})
	got, want, states := open(t, l)
	if d := differ(got, want); d != "" {
		t.Errorf("in the register (+) and by the rules (-):\n%s", d)
	}
	moved := 0
	folded(t, l.Events, func(op *tables.Op) {
		if op.Do == tables.Write && op.In.Name == "obligations" && l.Events[op.Values[1].(int64)].Stream.ID == table.Holidays {
			moved++
		}
	})
	if t.Log(moved, states); moved < 50 || day < 20 {
		t.Errorf("calendars have moved %d, until day %d", moved, day)
	}
	sameInParts(t, l.Events, 1)
}

// sameInParts builds a database of entries at once, and in several processes that keep few things in memory, which end at some sizes, or
// after a third and a half: it has the same rows.
func sameInParts(t *testing.T, events []*event.Event, keep int, ends ...int) {
	t.Helper()
	s := sourceOf(events, len(events))
	whole, few := s.Config(t.TempDir()), s.Config(t.TempDir())
	few.Keep = keep
	if ends == nil {
		ends = []int{len(events) / 3, len(events) / 2}
	}
	var parts []reportdb.Config
	for _, n := range ends {
		part := few
		part.Size = func() uint64 { return uint64(n) } //nolint:gosec // it is positive
		parts = append(parts, part)
	}
	for _, c := range append(parts, few, whole) {
		b, stop := running(t, c)
		built(t, b, int(c.Size()))
		stop()
		if n := b.Status().Rebuilt; n != 0 {
			t.Fatalf("it was built anew %d times", n)
		}
	}
	if d := differ(dump(t, few.Dir), dump(t, whole.Dir)); d != "" {
		t.Error(d)
	}
}
