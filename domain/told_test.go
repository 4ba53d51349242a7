package domain

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// handed is the hand-over of finding f of visit i.
func handed() *transfer.Transferred {
	return &transfer.Transferred{Matter: "finding", Inspection: visit("t1", "i"), Finding: "f", Ground: "competence", Task: "依法处理"}
}

// R41, R77: a finding that is handed over after its days is said to be filed late with the hand-over itself, no event of the visit has to
// come; given back, it is not decided, and what was closed because somebody had it is open again.
func TestR41AHandOverAfterTheDaysIsLateAtOnce(t *testing.T) {
	w := suspected(t)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	at9 := at(noon.AddDate(0, 0, 9))
	to := "transfer/t1.610902.1"
	w.changes([]string{"late-filing"}, nil, to, handed(), inspector, at9)
	county := by(event.Actor{Person: "gov", Role: event.RoleCountyGovernment, County: "610902"})
	w.changes(nil, []string{"late-filing"}, to, &transfer.Answered{Outcome: "returned", Answer: "不属于本机关管辖"}, county, at9)

	// In time, and told of later: nothing is late. Withdrawn, it is owed again.
	w = suspected(t)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	k := keep(w)
	k.changes(nil, nil, to, handed(), inspector, day(11), arrivesOn(13))
	k.settle()
	filing := func() (open int) {
		for _, r := range k.list.Rows() {
			for i := range r.Open {
				if r.Open[i].Kind.Name == "filing" {
					open++
				}
			}
		}
		return open
	}
	if n := filing(); n != 0 {
		t.Errorf("the worklist has %d cases to file of what was handed over", n)
	}
	begun := k.last(to)
	asked := k.recordOf(to, withdrawn(begun, begun), inspector, day(20))
	k.accepts(to, yes(asked), clerk, day(20))
	k.settle()
	if n := filing(); n != 1 {
		t.Errorf("the worklist has %d cases to file after the hand-over was withdrawn", n)
	}
}

// R20, R77: a visit that closed because its finding was handed over is flagged when the receiver gives it back.
func TestR20WhatIsGivenBackAfterTheClosingIsOpenAgain(t *testing.T) {
	w := suspected(t)
	w.complete("i")
	w.accepts("inspection/i", ordered("o", "2019-12-20", "f"), inspector)
	to := "transfer/t1.610902.1"
	w.accepts(to, handed(), inspector)
	w.deliver("i")
	w.given("inspection/i", &inspection.Closed{}, inspector, at(noon.AddDate(0, 0, 1)))
	county := by(event.Actor{Person: "gov", Role: event.RoleCountyGovernment, County: "610902"})
	w.changes([]string{"closed-open"}, nil, to, &transfer.Answered{Outcome: "returned", Answer: "不属于本机关管辖"}, county,
		at(noon.AddDate(0, 0, 2)))
}

// Pillar 13, rule 19 of the model: a calendar that gives more time makes what was late in time; the next sweep says so, also of a visit
// of which nothing is open any more.
func TestPillar13ACalendarThatGivesMoreTimeTakesBackWhatWasLate(t *testing.T) {
	k := keep(recorded(t))
	k.changes([]string{"late-copy"}, nil, "inspection/i", copyFor("subject"), inspector, day(10))
	for _, r := range inspection.Recipients[1:] {
		k.accepts("inspection/i", copyFor(r), inspector, day(9))
	}
	k.accepts("inspection/i", &inspection.Departed{}, inspector, at(noon.Add(time.Hour)))
	k.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader, day(9))
	k.accepts("inspection/i", &inspection.Closed{}, inspector, day(10))
	if said := names(k.sweep(noon.AddDate(0, 0, 7))); slices.Contains(said, "lapsed late-copy") {
		t.Error("it is taken back before there is a calendar")
	}
	k.accepts("table/holidays", holidays(2019, nil, "2019-12-09", "2019-12-09"), at(noon.AddDate(0, 0, 7)))
	if said := names(k.sweep(noon.AddDate(0, 0, 8))); !slices.Contains(said, "lapsed late-copy") {
		t.Errorf("the sweep says %q", said)
	}
	if said := names(k.sweep(noon.AddDate(0, 0, 8))); len(said) > 0 {
		t.Errorf("and says again %q", said)
	}
}
