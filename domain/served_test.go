package domain

import (
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// Service of a decision: R41, 行政处罚法 Art. 61.

var decisionHash = strings.Repeat("d", 64)

func copyOf(document, recipient string) *inspection.CopyDelivered {
	d := copyFor(recipient)
	d.DocumentHash = document
	return d
}

// decided is a visit with its record, and a fine in a filed case, whose decision is a document with a hash, or "".
func decided(t *testing.T, document string) (w *fixture, penalty *event.Event) {
	w = recordedCase(t)
	d := inCase("p", 1000_00)
	d.DocumentHash = document
	return w, w.recordOf(caseStream, d, inspector)
}

func recordedCase(t *testing.T) *fixture {
	w := suspected(t)
	p := plan("2")
	p.Policy.ReceiptDays = new(7)
	w.accepts("campaign/c", p)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	return w
}

// TestR41ADecisionIsServedByACopyOfIt: a copy with the hash of the decision that reached the party serves it, whether the decision or the
// copy was recorded first, and so opens what runs from the service; it is no wrong document, and the party acknowledges it.
func TestR41ADecisionIsServedByACopyOfIt(t *testing.T) {
	w, _ := decided(t, decisionHash)
	w.accepts("inspection/i", copyOf(decisionHash, "local-government"), inspector) // whom it tells nothing
	w.owes(caseStream, "service", obligation.Open, "2019-12-11")
	served := w.recordOf("inspection/i", copyOf(decisionHash, "subject"), inspector)
	w.owes(caseStream, "service", obligation.Met, "2019-12-11")
	w.owes(caseStream, "payment", obligation.Open, "2019-12-19")
	w.owes(caseStream, "remedy", obligation.Open, "2020-02-03")
	w.accepts(caseStream, stepOf("decision-served"), inspector) // says the same
	longer := w.recordOf(caseStream, &oversight.TermExtended{Obligation: "payment", Event: served.ID.String(), Until: "2020-01-31",
		Ground: "经营困难"}, inspector)
	w.accepts(caseStream, yes(longer), clerk)
	w.owes(caseStream, "payment", obligation.Open, "2020-01-31")
	receipt := &inspection.CopyAcknowledged{DocumentHash: decisionHash, Recipient: "subject", Receipt: "1"}
	w.accepts("inspection/i", receipt, inspector)
	w.refuses("R43", "no-copy-to-acknowledge", "inspection/i", receipt, inspector)
	w.owes("inspection/i", "copies", obligation.Open, "2019-12-09") // of the record, to each

	// A case step that was recorded first stays what the payment runs from.
	w, _ = decided(t, decisionHash)
	step := w.recordOf(caseStream, stepOf("decision-served"), inspector)
	w.accepts("inspection/i", copyOf(decisionHash, "subject"), inspector)
	w.accepts(caseStream, &oversight.TermExtended{Obligation: "payment", Event: step.ID.String(), Until: "2020-01-31", Ground: "经营困难"},
		inspector)
}

// TestR41ACopyOfADecisionMayComeBeforeIt: it is a wrong document until the decision says otherwise.
func TestR41ACopyOfADecisionMayComeBeforeIt(t *testing.T) {
	w := recordedCase(t)
	w.flags([]string{"wrong-document"}, "inspection/i", copyOf(decisionHash, "subject"), inspector)
	w.flags([]string{"wrong-document"}, "inspection/i", copyOf(strings.Repeat("e", 64), "subject"), inspector)
	d := inCase("p", 1000_00)
	d.DocumentHash = decisionHash
	w.accepts(caseStream, d, inspector)
	said, _ := w.deviations.get(w.stream("inspection/i"))
	n := 0
	for _, o := range said.Standing() {
		if o.Code == "wrong-document" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d wrong documents stand", n)
	}
	w.owes(caseStream, "service", obligation.Met, "2019-12-11")
	w.accepts("inspection/i", &inspection.CopyAcknowledged{DocumentHash: decisionHash, Recipient: "subject", Receipt: "1"}, inspector)
}

// TestR41ServiceFollowsCorrections: of the copy, and of what the decision says its document is; the visit withdrawn, its case goes on.
func TestR41ServiceFollowsCorrections(t *testing.T) {
	w, penalty := decided(t, "")
	w.flags([]string{"wrong-document"}, "inspection/i", copyOf(decisionHash, "subject"), inspector)
	served := w.last("inspection/i")
	w.owes(caseStream, "service", obligation.Open, "2019-12-11")
	right := inCase("p", 1000_00)
	right.DocumentHash = decisionHash
	w.given(caseStream, yes(w.recordOf(caseStream, again(penalty, penalty, right, penalty.Occurred), inspector)), chief)
	w.owes(caseStream, "service", obligation.Met, "2019-12-11")
	if said, _ := w.deviations.get(w.stream("inspection/i")); stands(said, "wrong-document") {
		t.Error("it is called a wrong document still")
	}
	w.given("inspection/i", yes(w.recordOf("inspection/i", withdrawn(served, served), inspector)), chief)
	w.owes(caseStream, "service", obligation.Open, "2019-12-11")
	w.owes(caseStream, "payment", obligation.Void, "")
	w.accepts("inspection/i", copyOf(decisionHash, "subject"), inspector)
	w.owes(caseStream, "service", obligation.Met, "2019-12-11")

	var start *event.Event
	for _, e := range w.log {
		if _, ok := e.Data.(*inspection.Started); ok {
			start = e
		}
	}
	w.given("inspection/i", yes(w.recordOf("inspection/i", withdrawn(start, start), inspector)), chief)
	w.owes(caseStream, "service", obligation.Met, "2019-12-11")
	w.owes(caseStream, "payment", obligation.Open, "2019-12-19")
	w.accepts(caseStream, payment("p", "paid", 1000_00), clerk)
	w.owes(caseStream, "payment", obligation.Met, "2019-12-19")
}

func stands(said oversight.State, code string) bool {
	for _, o := range said.Standing() {
		if string(o.Code) == code {
			return true
		}
	}
	return false
}

// TestR41AServiceThatIsToldLateWasInTime: what was escalated lapses when a copy tells it, also in a visit that is closed; and what is
// folded again says the same.
func TestR41AServiceThatIsToldLateWasInTime(t *testing.T) {
	w, _ := decided(t, decisionHash)
	k := keep(w)
	k.sweep(noon.AddDate(0, 0, 30))
	if n := k.escalated("service"); n != 1 {
		t.Fatalf("%d services are escalated", n)
	}
	w.given("inspection/i", copyOf(decisionHash, "subject"), inspector, at(noon.Add(time.Hour)))
	k.settle()
	if n := k.escalated("service"); n != 0 {
		t.Errorf("%d escalations stand", n)
	}
	anew := New()
	for _, e := range w.log {
		anew.Apply(e)
	}
	service := func(s *State) (met bool) {
		for _, o := range s.owing(w.stream(caseStream)).owed(w.stream(caseStream).ID, vantage{}).list {
			met = met || o.Kind.Name == "service" && o.Met
		}
		return met
	}
	if !service(w.State) || !service(anew) {
		t.Errorf("served: %v, folded again: %v", service(w.State), service(anew))
	}
}
