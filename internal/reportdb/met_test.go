package reportdb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// ended is how an obligation ended, as the rules' list of what is open tells it: with which entry it left the list.
type ended struct {
	state obligation.State
	at    string
}

// endings replays entries by the rules, and notes which obligations leave the worklist, of whatever stream, with an event that meets their
// kind, by stream, kind, opener and item. What a correction touches is left out: it says nothing of when something was met.
func endings(events []*event.Event) map[string]ended {
	state, work, out := domain.New(), obligation.NewWorklist(), map[string]ended{}
	state.Root = func(uint64) (root [32]byte, ok bool) { return root, true }
	state.Settle(work)
	open := map[event.Stream]map[string]obligation.Duty{}
	for _, e := range events {
		state.Begin()
		state.Apply(e)
		state.CommitOldest()
		_, corrects := e.Data.(event.Correction)
		for _, row := range state.Settle(work) {
			work.Set(row)
			of, now := row.Stream, map[string]obligation.Duty{}
			for _, o := range row.Open {
				key := fmt.Sprint(of, " ", o.Kind.Name, " ", o.Opener, " ", o.Item)
				now[key] = o
				delete(out, key)
			}
			for key, o := range open[of] {
				if _, still := now[key]; still || !o.Kind.Listed() || !slices.Contains(strings.Fields(o.Kind.Meets), e.Type.Name) {
					continue
				}
				end := ended{obligation.Met, tables.At(e.Happened()).String()}
				if !o.Due.IsZero() && e.Happened().After(o.Due) {
					end.state = obligation.Late
				}
				out[key] = end
			}
			if open[of] = now; corrects {
				for key := range out {
					if strings.HasPrefix(key, of.String()+" ") {
						delete(out, key)
					}
				}
			}
		}
	}
	return out
}

// ownTime are kinds that are met when the meeting event says, and not when it occurs: with the day that the body states, or as of the
// decision that a second person's yes lets count.
var ownTime = map[string]bool{"result-notice": true, "filing": true, "closure": true}

// What was met, or met late, in the register is what left the worklist of the rules with the event that meets it, at that event's time.
func TestMetObligationsAreThoseThatLeftTheRulesList(t *testing.T) {
	told := newGossip(t, 1)
	told.stands = true
	for name, events := range map[string][]*event.Event{"2019": aftermath(t, "").Events, "today": aftermath(t, simulate.Today).Events,
		"told": told.says(400).Events} {
		want, compared := endings(events), map[obligation.State]int{}
		rows := map[string]map[string]any{}
		for _, r := range present(t, events, "obligations") {
			item := ""
			if r["item"] != nil {
				item = fmt.Sprint(r["item"])
			}
			rows[fmt.Sprint(r["of"], "/", r["matter"], " ", r["kind"], " ", r["event"], " ", item)] = r
		}
		kindsSeen := map[string]int{}
		for key, end := range want {
			r := rows[key]
			if r == nil || r["state"] != string(end.state) || r["met"] != end.at && !ownTime[fmt.Sprint(r["kind"])] {
				t.Errorf("%s: %s ended %v, the register has %v", name, key, end, r)
			}
			compared[end.state]++
			kindsSeen[strings.Fields(key)[1]]++
		}
		t.Log(name, compared, kindsSeen)
		if compared[obligation.Met] < 300 || compared[obligation.Late] == 0 || len(kindsSeen) < 20 {
			t.Errorf("%s: too few are compared: %v of %d kinds", name, compared, len(kindsSeen))
		}
		for _, kind := range []string{"evidence", "exposure-end", "seal", "tip-accept", "tip-investigate"} {
			if name == "told" && kindsSeen[kind] == 0 {
				t.Errorf("nothing of the kind %s is met by what another stream says", kind)
			}
		}
	}
}
