package domain

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// within is a plan that asks for the site record within a number of hours.
func within(version string, hours int) event.Data {
	d := plan(version)
	d.Policy.RecordDueHours = hours
	return d
}

// R01, pillar 12: the plan in force when a visit began judges the whole visit, and its flags name it.
func TestR01TheWholeVisitIsJudgedByThePlanOfItsBeginning(t *testing.T) {
	w := campaignFixture(t) // with plan 1: 24 hours
	w.accepts("campaign/c", within("2", 30))
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("campaign/c", within("3", 1))
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.complete("i")
	w.flags([]string{"late-record"}, "inspection/i", signedBy("ma", "li"), inspector, hour(31))
	if f := w.log[len(w.log)-1].Data.(*oversight.DeviationFlagged); f.Plan != "2" {
		t.Errorf("the flag names plan %q", f.Plan)
	}
	w = campaignFixture(t)
	w.accepts("inspection/i", &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial"}, in("c"), inspector)
	w.accepts("campaign/c", within("2", 1)) // after the first entry, before the start
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector, hour(24))
}

// A plan that was published, and is in force from later on only, does not judge yet; one that was entered
// after the visit cannot have been known to it, whatever its date.
func TestR01APlanJudgesOnceItIsInForceAndKnown(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("campaign/c", within("2", 1), at(noon.Add(time.Hour)))
	w.accepts("inspection/i", started(), in("c"), inspector) // at noon
	w.accepts("campaign/c", within("3", 2), at(noon.Add(-time.Hour)))
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector, hour(24))
	later := started()
	later.VisitType = "verify"
	w.accepts("inspection/j", later, in("c"), inspector)
	w.complete("j")
	w.flags([]string{"late-record"}, "inspection/j", signedBy("ma", "li"), inspector, hour(3)) // by plan 3, the newest in force at noon
}
