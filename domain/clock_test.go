package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// While the ledger's clock is red nothing is late and no device runs ahead (pillar 7).
func TestNothingIsLateByAClockThatIsDoubted(t *testing.T) {
	w := campaignFixture(t)
	doubted := func(e *event.Event) { e.ClockRed = true }
	status := &subject.StatusRecorded{Production: "partial"}
	w.accepts("subject/firm", status, late(10000*3600e9), doubted)
	w.accepts("subject/firm", status, late(-10000*3600e9), doubted)
	w.flags([]string{"late-sync"}, "subject/firm", status, late(10000*3600e9))
}

// Whoever says what happens knows the day; the month or the year is what old records have.
func TestOnlyImportsMayKnowTheMonthOrTheYearOnly(t *testing.T) {
	w := campaignFixture(t)
	status := &subject.StatusRecorded{Production: "partial"}
	for _, p := range []event.Precision{event.Month, event.Year} {
		rough := func(e *event.Event) { e.Precision = p }
		w.refuses("pillar 7", "date-required", "subject/firm", status, rough)
		w.accepts("subject/firm", status, rough, imported)
	}
}

func TestTimeIsCorrectedByAPerson(t *testing.T) {
	w := campaignFixture(t)
	from := func(n uint64) *oversight.ClockCorrected { return &oversight.ClockCorrected{From: &n, Reason: "x"} }
	nobody := by(event.Actor{Role: event.RoleSupervisionOffice})
	w.refuses("pillar 7", "person-required", "ledger/clock", from(0), nobody)
	w.refuses("pillar 7", "unknown-position", "ledger/clock", from(w.n))
	w.refuses("pillar 7", "wrong-stream", "ledger/copies", from(0))
	w.refuses("pillar 2", "wrong-stream", "subject/firm", from(0))
	w.accepts("ledger/clock", from(w.n-1))
	if field.Check(&oversight.ClockCorrected{Reason: "x"}) == nil {
		t.Error("a correction that does not say from where")
	}
	w.refuses("pillar 6", "ledger-stream", "ledger/clock", &oversight.DeviationExplained{Deviation: w.event("ledger/x", from(0)).ID.String(),
		Explanation: "x"})
}
