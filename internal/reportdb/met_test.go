package reportdb_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/projections/tables"
)

// ended is how an obligation ended, as the rules' list of what is open tells it: with which entry it left the list.
type ended struct {
	state obligation.State
	at    string
}

// endings replays entries by the rules, and notes which obligations leave the list of what is open with an event that meets their kind, by
// stream, kind, opener and item. What a correction touches is left out: it says nothing of when something was met.
func endings(events []*event.Event) map[string]ended {
	state, out := domain.New(), map[string]ended{}
	state.Root = func(uint64) (root [32]byte, ok bool) { return root, true }
	open, visits := map[event.Stream]map[string]obligation.Duty{}, map[event.Stream]event.Stream{}
	for _, e := range events {
		state.Begin()
		state.Apply(e)
		state.CommitOldest()
		if k := kinds.Of(e.Stream.Kind); k.Joins != nil && k.MayBegin(e.Data) && k.Joins(e.Data) != "" {
			visits[e.Stream] = event.Stream{Kind: event.Inspection, ID: k.Joins(e.Data)}
		}
		_, corrects := e.Data.(event.Correction)
		for _, of := range []event.Stream{e.Stream, visits[e.Stream]} {
			if of.ID == "" {
				continue
			}
			now := map[string]obligation.Duty{}
			if row := state.Owed(of); row != nil {
				for _, o := range row.Open {
					key := fmt.Sprint(of, " ", o.Kind.Name, " ", o.Opener, " ", o.Item)
					now[key] = o
					delete(out, key)
				}
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

// What was met, or met late, in the register is what left the rules' list of what is open with the event that meets it, at that event's
// time.
func TestMetObligationsAreThoseThatLeftTheRulesList(t *testing.T) {
	for _, profile := range []string{"", simulate.Today} {
		l := aftermath(t, profile)
		want, compared := endings(l.Events), map[obligation.State]int{}
		rows := map[string]map[string]any{}
		for _, r := range present(t, l.Events, "obligations") {
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
				t.Errorf("profile %q: %s ended %v, the register has %v", profile, key, end, r)
			}
			compared[end.state]++
			kindsSeen[strings.Fields(key)[1]]++
		}
		t.Log(compared, kindsSeen)
		if compared[obligation.Met] < 300 || compared[obligation.Late] == 0 || len(kindsSeen) < 20 {
			t.Errorf("profile %q: too few are compared: %v of %d kinds", profile, compared, len(kindsSeen))
		}
	}
}
