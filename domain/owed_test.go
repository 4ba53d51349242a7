package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Late flags are obligations that are met after their date (pillar 12), through the real judge. Noon
// is that of Wednesday 4 December 2019.

// day is noon of a day of December 2019, Beijing time, recorded at once.
func day(n int) option { return at(noon.AddDate(0, 0, n-4)) }

// arrivesOn has an event recorded later than it occurred.
func arrivesOn(n int) option {
	return func(e *event.Event) { e.Recorded = noon.AddDate(0, 0, n-4) }
}

func copyFor(recipient string) *inspection.CopyDelivered {
	return &inspection.CopyDelivered{DocumentHash: document, Recipient: recipient, Receiver: "r", Method: "in-person"}
}

// recorded has a visit with its record, signed at noon of the fourth.
func recorded(t *testing.T, more ...event.Data) *fixture {
	w := visitFixture(t)
	for _, d := range more {
		w.accepts("inspection/i", d, inspector)
	}
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	return w
}

func TestR43ACopyIsLateAfterTheThirdDay(t *testing.T) {
	w := recorded(t)
	w.accepts("inspection/i", copyFor("subject"), inspector, day(9)) // the third day is a Saturday: Monday counts
	w.flags([]string{"late-copy"}, "inspection/i", copyFor("safety-office"), inspector, day(10))
	f := w.log[len(w.log)-1].Data.(*oversight.DeviationFlagged)
	if f.Values.Get("due_at").Any() != "2019-12-09T15:59:59Z" {
		t.Errorf("the flag says %v", f.Values)
	}
	w.accepts("inspection/i", copyFor("local-government"), inspector, day(9), late(72*time.Hour)) // in time, told of later
}

func TestR51AReviewIsLateAfterThreeDaysOfItsBeingPossible(t *testing.T) {
	w := recorded(t)
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader, day(9))
	w = recorded(t)
	w.flags([]string{"late-review"}, "inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader, day(10))
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "再次"}, leader, day(11)) // met late, once

	// The limit runs from when the record was known, not from when it was made.
	w = visitFixture(t)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector, arrivesOn(6))
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader, day(9))
	w = visitFixture(t)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector, arrivesOn(7))
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader, day(10))
}

func TestR57AClosingIsLateAfterFifteenDays(t *testing.T) {
	closed := func(on int) *fixture {
		w := visitFixture(t)
		w.complete("i")
		w.deliver("i")
		w.flags(map[bool][]string{true: {"late-closing"}}[on > 19], "inspection/i", &inspection.Closed{}, inspector, day(on))
		return w
	}
	closed(19)
	closed(20)
}

// A plan that leaves a limit out sets no time, and what holds up the closing is owed all the same.
func TestWhatThePlanDoesNotStateIsNeverLate(t *testing.T) {
	w := campaignFixture(t)
	silent := plan("2")
	silent.Policy.LeaderReviewDays, silent.Policy.ClosingDays = nil, nil
	w.accepts("campaign/c", silent)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("inspection/i", &inspection.Departed{}, inspector, at(noon.Add(time.Hour)))
	for _, r := range inspection.Recipients {
		w.accepts("inspection/i", copyFor(r), inspector)
	}
	w.refuses("R51", "closing-needs-review", "inspection/i", &inspection.Closed{}, inspector, day(28))
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader, day(28))
	w.accepts("inspection/i", &inspection.Closed{}, inspector, day(29))
}

func ordered(id, due string, findings ...string) *order.Issued {
	return &order.Issued{Order: id, Kind: "rectify-by-date", Findings: findings, Due: due}
}

// R20: the party has until the end of the order's date, on whatever day of the week that is.
func TestR20ARectificationIsLateAfterTheDateOfItsOrder(t *testing.T) {
	fix := func(on int, late ...string) {
		t.Helper()
		w := recorded(t, evident("f"), ordered("o", "2019-12-07", "f"), ordered("o2", "2019-12-20", "f"))
		fixed := &inspection.FixedOnSite{Finding: "f", Photo: &picture}
		w.flags(late, "inspection/i", fixed, inspector, day(on))
		w.accepts("inspection/i", fixed, inspector, day(on+1)) // met, once
	}
	fix(7)
	fix(8, "late-rectification")
	fix(21, "late-rectification", "late-rectification") // one for each order
}

// Pillar 17: facts of imports open, meet and hold up nothing.
func TestWhatAnImportStatesOwesNothing(t *testing.T) {
	w := campaignFixture(t)
	copied := "inspection/" + visit("source", "i")
	d := started()
	d.Inspectors = nil
	w.accepts(copied, d, imported)
	w.accepts(copied, &inspection.FindingRecorded{Finding: "f", Description: "x", Unknown: event.Unknown{"level"}}, imported)
	w.accepts(copied, ordered("o", "2019-12-07", "f"), imported)
	st := w.inspections.state(w.stream(copied).ID)
	if list := st.Obligations(inspection.Terms{Policy: w.policy("")}, nil); len(list) > 0 {
		t.Errorf("owed: %+v", list)
	}
}

// What a reader is shown is the same list, and it is remembered after the closing.
func TestTheJudgeForgetsWithTheClosingWhatAReaderRemembers(t *testing.T) {
	w := recorded(t, evident("f"), fined("p", "f"))
	for _, r := range inspection.Recipients {
		w.accepts("inspection/i", copyFor(r), inspector)
	}
	w.accepts("inspection/i", &inspection.Departed{}, inspector, at(noon.Add(time.Hour)))
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader)
	names := func(memory *inspection.State) []string {
		var kinds []string
		for _, o := range memory.Obligations(inspection.Terms{Policy: w.policy("")}, nil) {
			if kinds = append(kinds, o.Kind.Name); !o.Met && o.Kind.Name != "closing" {
				t.Errorf("%s %s is open", o.Kind.Name, o.Item)
			}
		}
		return slices.Compact(kinds)
	}
	memory := inspection.NewState()
	for _, e := range w.of("inspection/i") {
		memory.Apply(e)
	}
	before := names(w.inspections.state(w.stream("inspection/i").ID))
	if all := names(memory); !slices.Equal(all, before) || len(all) < 8 {
		t.Errorf("a reader has %v, the judge %v", all, before)
	}
	w.accepts("inspection/i", &inspection.Closed{}, inspector)
	memory.Apply(w.log[len(w.log)-1])
	if after := names(memory); !slices.Equal(after, before) {
		t.Errorf("after the closing %v, before %v", after, before)
	}
}

// What was late was not, when somebody tells later that it had been done in time (pillar 13); also after the closing,
// when the judge remembers only what was late.
func TestWhatWasDoneInTimeIsNotLateForBeingToldLater(t *testing.T) {
	w := recorded(t, evident("f"), ordered("o", "2019-12-07", "f"), ordered("p", "2019-12-08", "f"), fined("p", "f"))
	fixed := &inspection.FixedOnSite{Finding: "f", Photo: &picture}
	w.changes([]string{"late-rectification", "late-rectification"}, nil, "inspection/i", fixed, inspector, day(9))
	w.changes(nil, []string{"late-rectification"}, "inspection/i", fixed, inspector, day(8), arrivesOn(10))
	w.changes(nil, nil, "inspection/i", fixed, inspector, day(10))
	w.changes([]string{"late-rectification"}, nil, "inspection/i", ordered("q", "2019-12-07", "f"), inspector, day(7), arrivesOn(10))
	w.changes(nil, []string{"late-rectification", "late-rectification"}, "inspection/i", fixed, inspector, day(6), late(72*time.Hour))
	w.accepts("inspection/i", copyFor("subject"), inspector, day(9))
	for _, r := range []string{"local-government", "city-department", "safety-office"} {
		w.changes([]string{"late-copy"}, nil, "inspection/i", copyFor(r), inspector, day(10))
	}
	w.changes(nil, []string{"late-copy"}, "inspection/i", copyFor("safety-office"), inspector, day(9), arrivesOn(11))
	opinion := &inspection.LeaderReviewed{Opinion: "同意"}
	w.changes([]string{"late-review"}, nil, "inspection/i", opinion, leader, day(11))
	w.changes(nil, []string{"late-review"}, "inspection/i", opinion, leader, day(9), arrivesOn(11))
	w.accepts("inspection/i", &inspection.Departed{}, inspector, at(noon.Add(time.Hour)))
	w.accepts("inspection/i", &inspection.Closed{}, inspector, day(12))
	w.changes(nil, nil, "inspection/i", copyFor("city-department"), inspector, day(11), arrivesOn(12))
	w.changes(nil, []string{"late-copy"}, "inspection/i", copyFor("city-department"), inspector, day(9), arrivesOn(12))
	w.changes(nil, nil, "inspection/i", copyFor("subject"), inspector, day(12))
	if left := w.told(w.stream("inspection/i")); len(left) != 1 || !strings.HasSuffix(left[0], "local-government") {
		t.Errorf("stands %q", left)
	}
}

// An attempt that is told of later says that nobody owed a record (R28), however late it was; a finding says that somebody did.
func TestWhatNobodyOwedWasNotLate(t *testing.T) {
	v := newVisit(t).given(startedT(), notice()).given(answers("E-1", "E-2", "E-3", "E-4", "E-5", "E-6")...).given(sections()...)
	tell := func(flags, lapsed []string, d event.Data, when time.Time) {
		t.Helper()
		v.changes(flags, lapsed, v.stream, d, by(v.actor), at(when), in("C"))
	}
	before := v.now
	v.later(30 * time.Hour)
	tell([]string{"late-record"}, nil, refusalT(), v.now)
	v.later(time.Minute).delivered()
	tell([]string{"no-arrival", "no-conduct-declaration"}, nil, &inspection.Closed{}, v.now)
	tell([]string{"late-after-closing"}, []string{"late-record", "no-arrival", "no-conduct-declaration"}, &inspection.Attempted{Reason: "关门"},
		before)
	tell([]string{"late-after-closing", "finding-after-record", "late-record", "inspect-only", "closed-open"}, nil, finding1("F"), before)
}
