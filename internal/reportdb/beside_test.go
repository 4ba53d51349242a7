package reportdb_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/internal/reportdb"
	"github.com/anjian-ledger/anjian/internal/simulate"
	"github.com/anjian-ledger/anjian/test/campaigntest"
)

// A hand-over of a finding that is withdrawn, which somebody else confirms, leaves open again what it had met in the visit: as the rules
// say, also where the visit was put away, or the database goes on in another process.
func TestAWithdrawnHandOverLeavesOpenWhatItMet(t *testing.T) {
	var events []*event.Event
	campaigntest.Run(t, simulate.Config{Seed: 2}, func(l *campaigntest.Ledger, recorded time.Time) {
		if events != nil || len(l.Events) < 1000 {
			return
		}
		if visit, finding := waiting(l); visit != "" {
			handedOver(t, l, visit, finding, recorded)
			events = slices.Clone(l.Events)
		}
	})
	if events == nil {
		t.Fatal("nothing ever waited for a case to be filed")
	}
	s := sourceOf(events, len(events))
	whole, few := s.Config(t.TempDir()), s.Config(t.TempDir())
	few.Keep = 1
	half := few
	half.Size = func() uint64 { return uint64(len(events) - 2) }
	for _, c := range []reportdb.Config{half, few, whole} {
		b, stop := running(t, c)
		built(t, b, int(c.Size()))
		stop()
	}
	if d := differ(dump(t, few.Dir), dump(t, whole.Dir)); d != "" {
		t.Error(d)
	}
}

// waiting is a finding for which a case is to be filed, with its visit.
func waiting(l *campaigntest.Ledger) (visit, finding string) {
	seen := map[event.Stream]bool{}
	for _, e := range l.Events {
		if e.Stream.Kind != event.Inspection || seen[e.Stream] {
			continue
		}
		seen[e.Stream] = true
		if row := l.State.Owed(e.Stream); row != nil {
			for _, d := range row.Open {
				if d.Kind.Name == filing {
					return e.Stream.ID, d.Item
				}
			}
		}
	}
	return "", ""
}

const filing = "filing"

// handedOver has a finding be handed over, and that be withdrawn.
func handedOver(t *testing.T, l *campaigntest.Ledger, visit, finding string, recorded time.Time) {
	t.Helper()
	waits := func() bool {
		got, want, _ := open(t, l)
		if d := differ(got, want); d != "" {
			t.Errorf("in the register (+) and by the rules (-):\n%s", d)
		}
		return slices.ContainsFunc(got, func(o string) bool {
			return strings.HasPrefix(o, "inspection/"+visit+" "+filing+" ") && strings.Contains(o, " "+finding+" ")
		})
	}
	of := event.Stream{Kind: transfer.Name, ID: "city.u-2.handed"}
	l.Say("matter-transferred", of, &transfer.Transferred{Matter: transfer.OfFinding, Inspection: visit, Finding: finding,
		Ground: "competence", Task: "依法处理"}, recorded)
	ref := event.Ref{Event: l.Events[len(l.Events)-1].ID.String()}
	if waits() {
		t.Error("a finding that was handed over waits for its case")
	}
	l.Say("fact-withdrawn", of, &correction.FactWithdrawn{Fact: ref, Replaces: ref, Reason: "移交有误"}, recorded)
	if waits() {
		t.Error("a hand-over whose withdrawal nobody confirmed counts no more")
	}
	l.Say("approval-given", of, &oversight.ApprovalGiven{Event: l.Events[len(l.Events)-1].ID.String()}, recorded)
	if !waits() {
		t.Error("a finding whose hand-over was withdrawn does not wait for its case")
	}
}
