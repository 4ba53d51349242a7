package verify

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// correct makes an entry a clock-corrected by the office's person.
func correct(e *entry.Entry, data string) {
	e.Stream, e.Revision = event.Stream{Kind: event.Ledger, ID: "clock"}, 0
	e.Actor = event.Actor{Person: "office", Role: event.RoleSupervisionOffice, Token: 9}
	e.Event = fmt.Appendf(nil, `{"specversion":"1.0","id":"%s","source":"urn:test","type":"anjian.clock-corrected.v1",`+
		`"subject":"ledger/clock",`+
		`"time":"2019-12-02T09:30:00+08:00","data":%s}`, testID(e.Index), data)
}

// Recorded time goes back where a person corrected it, and not before the last entry that he
// does not dispute. Entries 30 to 49 are a day ahead, and 50 corrects them.
func TestRecordedTimeGoesBackWithACorrectionOnly(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*entry.Entry) // entry 50, whose time has gone back
		problem  string             // empty: all is well
		disputed uint64
	}{
		"no correction":  {func(*entry.Entry) {}, "is no clock-corrected", 0},
		"a correction":   {func(e *entry.Entry) { correct(e, `{"from":30,"reason":"x"}`) }, "", 20},
		"from the first": {func(e *entry.Entry) { correct(e, `{"from":0,"reason":"x"}`) }, "", 50},
		"of too little":  {func(e *entry.Entry) { correct(e, `{"from":31,"reason":"x"}`) }, "recorded before entry 30", 19},
		"from itself":    {func(e *entry.Entry) { correct(e, `{"from":50,"reason":"x"}`) }, "from names no entry before it", 0},
		"from nowhere":   {func(e *entry.Entry) { correct(e, `{"reason":"x"}`) }, "is no clock-corrected", 0},
		"by nobody":      {func(e *entry.Entry) { correct(e, `{"from":30,"reason":"x"}`); e.Actor.Person = "" }, "names no person", 0},
		"before the undisputed": {func(e *entry.Entry) { correct(e, `{"from":30,"reason":"x"}`); e.Recorded = e.Recorded.Add(-time.Hour) },
			"recorded before entry 29", 20},
		"an event that says so": {func(e *entry.Entry) {
			correct(e, `{"from":30,"reason":"x"}`)
			e.Stream.Kind = event.Subject
		}, "is no clock-corrected", 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			l.mutate = func(e *entry.Entry) {
				if e.Index == 50 {
					stream := e.Stream.ID
					if c.change(e); e.Stream.Kind == event.Ledger {
						l.revisions[stream]-- // it is not of that stream after all
					}
				}
			}
			l.add(30)
			l.now = l.now.Add(24 * time.Hour)
			l.add(20)
			l.now = l.now.Add(-24 * time.Hour)
			l.add(20)
			r := l.run(l.sources())
			if c.problem == "" {
				if !r.OK || r.Disputed != c.disputed {
					t.Errorf("%+v", r)
				}
				return
			}
			wantProblem(t, r, "journal and store", c.problem)
			if r.Disputed != c.disputed {
				t.Errorf("%d disputed, want %d", r.Disputed, c.disputed)
			}
		})
	}
}

// How many entries are disputed, however corrections overlap.
func TestDisputedEntriesAreCountedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var times recordedTimes
		marked := map[uint64]bool{}
		n := rapid.Uint64Range(1, 40).Draw(t, "entries")
		for i := uint64(1); i < n; i++ {
			var c *correction
			if rapid.Bool().Draw(t, "corrects") {
				c = &correction{rapid.Uint64Range(0, i-1).Draw(t, "from")}
				for d := c.from; d < i; d++ {
					marked[d] = true
				}
			}
			if err := times.add(i, 0, c); err != nil {
				t.Fatal(err)
			}
		}
		if got := times.count(); got != uint64(len(marked)) {
			t.Errorf("%d, want %d", got, len(marked))
		}
	})
}
