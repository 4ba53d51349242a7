package domain

import (
	"encoding/json"
	"flag"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/test/modeltest"
	"github.com/anjian-ledger/anjian/test/rounds"
)

// The executable model of pillar 12 says of random visits what is owed, which closings are held up, and
// what is late; testdata/owed.py asks it, and this is what it answered. Gates, open items, and the late flags
// that stand after each step must be the same.
// told is one visit as the model tells it, and some limits.
type told struct {
	Steps []step              `json:"steps"`
	Dues  [][]json.RawMessage `json:"dues"` // start, number, unit, calendars, due
}

// step is one event of a visit, and what the model says after it. Times are hours.
type step struct {
	Do, ID, By, Item, Finding, Of, Text string
	Occ, Rec, Date                      int
	Punishable                          bool
	AtOnce                              bool           `json:"at_once"` // a correction that waits for no yes
	Refused                             string         // why, in the model's words
	Reopened                            bool           // it is closed, and the closing would be held up now
	Limits                              map[string]int // of a plan
	Held                                [][3]string    // kind, opener, item: what holds up the closing
	Late, Met                           [][3]string    // what the step made late, and not late any more
	Passed, Lapsed                      [][3]string    // what a sweep escalated, and what lapsed with the step
	Owed                                []owedItem     // all there is, after the step
}

// owedItem is kind, opener, item, due or nil, state.
type owedItem [5]any

// hourZero is the beginning of a Monday in Beijing.
var hourZero = time.Date(2019, 12, 2, 0, 0, 0, 0, event.Beijing)

func hours(n int) time.Time { return hourZero.Add(time.Duration(n) * time.Hour) }

// inHours is the hour in which an instant lies, as JSON numbers are decoded.
func inHours(t time.Time) float64 { return float64(t.Sub(hourZero) / time.Hour) }

var (
	traces    = flag.Int("traces", 0, "how many more traces the model of obligations writes, which are replayed")
	traceSeed = flag.Int("trace-seed", 1_000_000, "of the first of these")
)

var owedTraces = modeltest.Traces{Script: "testdata/owed.py", Golden: "testdata/owed.jsonl.gz", Count: 2000, Root: "..",
	Found: []int{3_000_534, 3_007_835, 3_016_117, 3_028_137, 7_004_325}}

func TestGatesLateFlagsAndOpenItemsAreThoseOfTheModel(t *testing.T) {
	seen := map[string]int{}
	owedTraces.Kept(t, func(n int, line []byte) bool { return replay(t, n, line, seen) })
	if *traces > 0 {
		owedTraces.Written(t, *traceSeed, *traces, func(n int, line []byte) bool { return replay(t, n, line, seen) })
	}
	if t.Failed() {
		return
	}
	least := rounds.Of(5, 20)
	for _, what := range []string{"held", "closed", "late record", "late copies", "late leader-review", "late closing", "late rectify",
		"met copies", "met copies after the closing", "passed record", "passed copies", "passed leader-review", "passed closing",
		"passed rectify",
		"passed approval", "lapsed leader-review", "lapsed approval",
		"filing open", "filing met", "rectify late", "approval open", "copies late", "closing met", "leader-review open"} {
		if seen[what] < least {
			t.Errorf("%s: only %d times", what, seen[what])
		}
	}
	if seen["lapsed copies"] == 0 || seen["lapsed rectify"] == 0 {
		t.Error("nothing that was escalated was told to have been in time")
	}
	if seen["met leader-review"] == 0 || seen["met rectify"] == 0 {
		t.Error("no late review or rectification was told to have been in time")
	}
}

// replay has one trace judged here.
func replay(t *testing.T, n int, line []byte, seen map[string]int) bool {
	var v told
	if err := json.Unmarshal(line, &v); err != nil {
		t.Fatal(err)
	}
	p := &play{fixture: campaignFixture(t), seed: n, seen: seen, about: map[string]string{},
		events: map[string]*event.Event{}, names: map[uuid.UUID]string{}, newest: map[string]*event.Event{},
		late: map[owedItem]bool{}, said: map[string]owedItem{}, deadlines: map[string]owedItem{}}
	for i := range v.Steps {
		p.do(&v.Steps[i])
	}
	for _, d := range v.Dues {
		p.due(d)
	}
	return !t.Failed()
}

// TestTheModelStillSaysSo asks the model again, where it and its language are there.
func TestTheModelStillSaysSo(t *testing.T) { owedTraces.Still(t, 200, *update) }
