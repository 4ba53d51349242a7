package projector_test

import (
	"slices"
	"testing"
	"time"

	plans "github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/internal/projector"
)

// Pillar 12: a visit's view says what is owed still, until when by the plan of its beginning, as of any position.
func TestAVisitsViewSaysWhatIsOwedByThePlanOfItsBeginning(t *testing.T) {
	l := &ledger{}
	plan := func(version string, hours int) {
		d := &plans.PlanPublished{Version: version, Policy: plans.DefaultPolicy()}
		d.Policy.RecordDueHours = hours
		l.append(epoch, event.Stream{Kind: event.Campaign, ID: "C1"}, event.About{Campaign: "C1"}, event.Token, d)
	}
	about := event.About{Campaign: "C1", Subject: "S1", County: "610902", Team: "T0"}
	visit := func(d event.Data) {
		l.append(epoch, event.Stream{Kind: event.Inspection, ID: "I1"}, about, event.Signed, d)
	}
	plan("1", 5)
	visit(started) // entry 1
	plan("2", 1)
	visit(&inspection.Arrived{})
	visit(&inspection.RecordSigned{DocumentHash: "ab"}) // entry 4
	p := l.all()

	owed := func(at uint64) map[string]time.Time {
		v, err := p.Inspection(ctx, "I1", projector.Query{For: office, AsOf: &at})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]time.Time{}
		for _, o := range v.Owed {
			if o.Event != l.events[1].ID.String() && o.Event != l.events[4].ID.String() || o.Owner == "" {
				t.Errorf("%+v", o)
			}
			out[o.Kind+" "+o.Item] = o.Due
		}
		return out
	}
	for _, at := range []uint64{2, 3, 4} {
		if due := owed(at)["record "]; !due.Equal(l.events[1].Occurred.Add(5 * time.Hour)) {
			t.Errorf("as of %d the record is due %s", at, due)
		}
	}
	after := owed(5)
	if _, open := after["record "]; open || after["leader-review "].IsZero() || after["closing "].IsZero() {
		t.Errorf("after the record: %v", after)
	}
	var copies []string
	for kind := range after {
		if len(kind) > 6 && kind[:6] == "copies" {
			copies = append(copies, kind[7:])
		}
	}
	if slices.Sort(copies); !slices.Equal(copies, []string{"city-department", "local-government", "safety-office", "subject"}) {
		t.Errorf("copies to %v", copies)
	}
}
