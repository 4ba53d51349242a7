package domain

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/numbering"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What is said of the numbers of documents lapses, or is said, when a document is another one, or none, or a block is told late: R42,
// pillar 13.

// issues has the team order, in a visit of its own that is under way, under a number.
func (w *fixture) issues(flags []string, id, number string, opts ...option) (stream string) {
	w.Helper()
	w.flags(flags, "inspection/i", &order.Issued{Order: id, Kind: "rectify-at-once", Findings: []string{"f1"}, DocumentNo: number},
		append([]option{inspector}, opts...)...)
	return w.newest("order-issued").Stream.String()
}

// numberedFixture has a visit with a finding, and numbers 1 to 10 of orders, given to the team before it.
func numberedFixture(t *testing.T, blocks ...*numbering.BlockIssued) *fixture {
	w := campaignFixture(t)
	for i, b := range blocks {
		w.accepts(fmt.Sprintf("document/b%d", i), b, at(noon.Add(-time.Hour)))
	}
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.complete("i")
	w.accepts("inspection/i", evident("f1"), inspector)
	return w
}

func ordersOf(first, last int64) *numbering.BlockIssued {
	b := block(first, last)
	b.Document, b.Series = numbering.Order, "安应急责改〔2019〕"
	return b
}

func nthOrder(n int) string { return fmt.Sprintf("安应急责改〔2019〕%d号", n) }

// renumbered has an order corrected to bear another number, with the office's yes, and wants what that changes.
func (w *fixture) renumbered(flags, lapsed []string, stream, number string) {
	w.Helper()
	fact := w.log[0]
	for _, e := range w.of(stream) {
		if _, issued := e.Data.(*order.Issued); issued {
			fact = e
		}
	}
	replaces := fact
	for _, e := range w.of(stream) {
		if _, corrects := e.Data.(event.Correction); corrects {
			replaces = e
		}
	}
	d := *fact.Data.(*order.Issued)
	d.DocumentNo = number
	w.changes(nil, nil, stream, again(fact, replaces, &d, fact.Occurred), inspector) // nobody said yes
	w.changes(flags, lapsed, stream, yes(w.last(stream)), chief)
}

func TestR42ACorrectedNumberIsFreeAndTheNewOneIsBorne(t *testing.T) {
	w := numberedFixture(t, ordersOf(1, 10))
	first := w.issues(nil, "o1", nthOrder(1))
	second := w.issues(codesOf("number-twice"), "o2", nthOrder(1))
	third := w.issues(codesOf("number-twice"), "o3", nthOrder(1))
	w.renumbered(nil, codesOf("number-twice"), first, nthOrder(2)) // of the second; the third bears it after that
	w.renumbered(codesOf("number-outside-block"), codesOf("number-twice"), second, nthOrder(11))
	if said, _ := w.deviations.get(w.stream(third)); len(said.Standing()) != 0 {
		t.Errorf("of the third, which alone bears its number, stands %v", said.Standing())
	}
	w.accepts("document/b0", &numbering.NumberVoided{Number: 3, Reason: "污损"}, inspector)
	w.refuses("R42", "number-borne", "document/b0", &numbering.NumberVoided{Number: 2, Reason: "污损"}, inspector)
	w.renumbered(codesOf("number-is-void"), codesOf("number-outside-block"), second, nthOrder(3))
	w.renumbered(codesOf("number-twice"), codesOf("number-is-void"), second, nthOrder(1)) // of the third, which was made after it
	w.renumbered(nil, codesOf("number-twice"), second, "")
	w.accepts("document/b0", &numbering.NumberVoided{Number: 4, Reason: "污损"}, inspector)
}

func TestR42ADocumentThatIsWithdrawnBearsNoNumber(t *testing.T) {
	w := numberedFixture(t, ordersOf(1, 10))
	first := w.issues(nil, "o1", nthOrder(1))
	second := w.issues(codesOf("number-twice"), "o2", nthOrder(1))
	other := w.issues(codesOf("number-outside-block"), "o3", nthOrder(12))
	for stream, codes := range map[string][]string{first: codesOf("number-twice"), other: codesOf("number-outside-block")} {
		fact := w.ofStream(w.stream(stream))[0]
		w.given(stream, withdrawn(fact, fact), inspector)
		gone := w.last(stream)
		w.changes(nil, codes, stream, yes(gone), chief)
		w.given(stream, again(fact, gone, fact.Data, fact.Occurred), inspector)
		w.changes(codes, nil, stream, yes(w.last(stream)), chief)
	}
	if said, _ := w.deviations.get(w.stream(second)); len(said.Standing()) != 1 {
		t.Errorf("of the second stands %v", said.Standing())
	}
}

func TestR42ABlockThatIsToldLateHasTheNumbersOfBefore(t *testing.T) {
	w := numberedFixture(t, ordersOf(1, 10))
	w.issues(codesOf("number-outside-block"), "o1", nthOrder(11), hoursLater(1))
	w.issues(codesOf("number-outside-block"), "o2", nthOrder(12), hoursLater(3))
	w.issues(codesOf("number-outside-block"), "o3", nthOrder(31), hoursLater(3))
	w.changes(nil, codesOf("number-outside-block"), "document/late", ordersOf(11, 20), hoursLater(2)) // the second's alone
	given := w.last("document/late")
	w.given("document/late", withdrawn(given, given), clerk, hoursLater(50))
	gone := w.last("document/late")
	w.changes(codesOf("number-outside-block"), nil, "document/late", yes(gone), chief, hoursLater(50))
	wider := ordersOf(11, 40)
	w.given("document/late", again(given, gone, wider, given.Occurred), clerk, hoursLater(50))
	w.changes(nil, codesOf("number-outside-block", "number-outside-block"), "document/late", yes(w.last("document/late")), chief,
		hoursLater(50))
}

func TestR42ALateBlockTurnsSoManyDocumentsAtOnce(t *testing.T) {
	w := numberedFixture(t, ordersOf(1, 10))
	for n := range MaxProposals + 5 {
		w.issues(codesOf("number-outside-block"), fmt.Sprint("o", n), nthOrder(100+n), hoursLater(3))
	}
	w.changes(nil, slices.Repeat(codesOf("number-outside-block"), MaxProposals), "document/late", ordersOf(100, 200), hoursLater(2))
}

// A team has nothing to compare with before it was given numbers: the first block that is told late says so of what was made after it.
func TestR42TheFirstBlockOfATeamFlagsWhatWasMadeAfterIt(t *testing.T) {
	w := numberedFixture(t)
	w.issues(nil, "o1", nthOrder(1), hoursLater(1))
	w.issues(nil, "o2", nthOrder(99), hoursLater(1))
	w.issues(nil, "o3", "无字号", hoursLater(3))
	w.changes(codesOf("number-outside-block"), nil, "document/b", ordersOf(1, 10), hoursLater(2))
	w.comesAndGoesOf("document/b", codesOf("number-outside-block"))
}

// comesAndGoesOf has a block withdrawn and restored by the office: what stood because of it goes and comes.
func (w *fixture) comesAndGoesOf(name string, codes []string) {
	w.Helper()
	fact := w.last(name)
	w.given(name, withdrawn(fact, fact), clerk, hoursLater(50))
	gone := w.last(name)
	w.changes(nil, codes, name, yes(gone), chief, hoursLater(50))
	w.given(name, again(fact, gone, fact.Data, fact.Occurred), clerk, hoursLater(50))
	w.changes(codes, nil, name, yes(w.last(name)), chief, hoursLater(50))
}

func TestR42AVoidedNumberThatWasNotVoid(t *testing.T) {
	w := numberedFixture(t, ordersOf(1, 10))
	w.accepts("document/b0", &numbering.NumberVoided{Number: 3, Reason: "污损"}, clerk)
	void := w.last("document/b0")
	w.issues(codesOf("number-is-void"), "o1", nthOrder(3), hoursLater(1))
	w.given("document/b0", withdrawn(void, void), clerk, hoursLater(50))
	w.changes(nil, codesOf("number-is-void"), "document/b0", yes(w.last("document/b0")), chief, hoursLater(50))
}

// The site record of a visit that lies in the visit's own stream, and of one whose start is withdrawn.
func TestR42WithAVisitGoesTheNumberOfItsRecord(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("document/b", block(1, 10))
	recordedAs(w, "a", "安应急检记〔2019〕3号")
	recordedAs(w, "b", "安应急检记〔2019〕3号")
	start := w.ofStream(w.stream("inspection/a"))[0]
	w.given("inspection/a", withdrawn(start, start), inspector)
	var codes []string
	n := len(w.log)
	w.given("inspection/a", yes(w.last("inspection/a")), chief)
	for _, e := range w.log[n:] {
		if e.Type.Name == "statement-lapsed" && e.Stream == w.stream("inspection/b") {
			codes = append(codes, e.Data.(*oversight.StatementLapsed).Code)
		}
	}
	if len(codes) != 1 || codes[0] != "number-twice" {
		t.Errorf("of the other visit lapsed %v", codes)
	}
	b := w.ofStream(w.stream("inspection/b"))
	for _, e := range b {
		if d, ok := e.Data.(*inspection.RecordSigned); ok {
			other := *d
			other.RecordNo = "安应急检记〔2019〕77号"
			w.given("inspection/b", again(e, e, &other, e.Occurred), inspector)
			w.changes(codesOf("number-outside-block"), nil, "inspection/b", yes(w.last("inspection/b")), chief)
		}
	}
}
