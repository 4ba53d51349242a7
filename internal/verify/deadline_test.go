package verify

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// A deadline-passed is said by the ledger, behind its date, once, and again only when it has lapsed.
func TestADeadlineIsSaidToHavePassedOnce(t *testing.T) {
	type change func(e *event.Event, d *oversight.DeadlinePassed)
	for name, c := range map[string]struct {
		at      map[uint64]change // entries that say it; entry 30 does
		lapses  uint64            // an entry that takes the first back
		problem string
	}{
		"once":           {nil, 0, ""},
		"twice":          {map[uint64]change{40: func(_ *event.Event, d *oversight.DeadlinePassed) { d.Before = 1 }}, 0, "said already"},
		"again":          {map[uint64]change{40: func(_ *event.Event, d *oversight.DeadlinePassed) { d.Before = 1 }}, 35, ""},
		"another number": {map[uint64]change{40: func(_ *event.Event, d *oversight.DeadlinePassed) { d.Before = 2 }}, 35, "1 times before"},
		"too early": {map[uint64]change{30: func(e *event.Event, _ *oversight.DeadlinePassed) {
			e.Recorded = e.Recorded.Add(-time.Hour)
		}}, 0, "deadline is"},
		"another time": {map[uint64]change{30: func(e *event.Event, _ *oversight.DeadlinePassed) { e.Occurred = e.Occurred.Add(1) }}, 0,
			"deadline is"},
		"by somebody": {map[uint64]change{30: func(e *event.Event, _ *oversight.DeadlinePassed) { e.Assurance = event.Token }}, 0,
			"has assurance token"},
		"under another id": {map[uint64]change{30: func(e *event.Event, _ *oversight.DeadlinePassed) { e.ID = testID(e.Index) }}, 0,
			"id is not that"},
		"of another stream": {map[uint64]change{40: func(e *event.Event, _ *oversight.DeadlinePassed) { e.Stream.ID = "s5" }}, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			var first event.Event
			l.mutate = func(e *entry.Entry) {
				change, says := c.at[e.Index]
				ev := event.Event{Source: "urn:anjian:ledger", ExpectedRevision: event.AnyRevision, Stream: e.Stream, Recorded: e.Recorded,
					Index: e.Index, Assurance: event.Derived}
				switch {
				case e.Index == 30 || says:
					d := &oversight.DeadlinePassed{Obligation: "record", Event: testID(9).String(), Owner: "inspectors", Rule: "R42",
						Due: e.Recorded.Add(-time.Minute).UTC()}
					ev.Occurred, ev.Data, ev.Type = d.Due, d, typeOf("deadline-passed")
					ev.Stream.ID = "s2" // that of entry 30
					if says {
						change(&ev, d)
					}
					if ev.ID == [16]byte{} {
						ev.ID = d.ID(origin, ev.Stream)
					}
					if e.Index == 30 {
						first = ev
					}
				case c.lapses != 0 && e.Index == c.lapses:
					ev.ID, ev.Occurred, ev.Type = testID(e.Index), e.Recorded, typeOf("statement-lapsed")
					ev.Stream.ID = "s2"
					ev.Data = &oversight.StatementLapsed{Statement: first.ID.String(), Rule: "R42"}
				default:
					return
				}
				l.revisions[e.Stream.ID]--
				e.Stream, e.Revision = ev.Stream, l.revisions[ev.Stream.ID]
				l.revisions[ev.Stream.ID]++
				e.Recorded, e.Assurance = ev.Recorded, ev.Assurance
				if e.Actor = (event.Actor{Role: event.RoleLedger}); e.Assurance != event.Derived {
					e.Actor = event.Actor{Person: "p1", Role: event.RoleInspector, Team: "t1", Token: 7}
				}
				var err error
				if e.Event, err = entry.Author(&ev); err != nil {
					t.Fatal(err, func() string { b, _ := json.Marshal(ev.Data); return string(b) }())
				}
			}
			l.add(25)
			l.add(30)
			r := l.run(l.sources())
			if c.problem == "" {
				if !r.OK {
					t.Errorf("%+v", r.Problems)
				}
				return
			}
			wantProblem(t, r, "journal and store", c.problem)
		})
	}
}
