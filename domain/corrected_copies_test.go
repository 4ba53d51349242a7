package domain

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// TestR43ACorrectedRecordIsServedLikeTheRecord: to the same recipients, in days from the yes on, and each acknowledges it; so is what
// was said to be late taken back when it was not.
func TestR43ACorrectedRecordIsServedLikeTheRecord(t *testing.T) {
	w := campaignFixture(t)
	p := plan("2")
	p.Policy.ServeCorrections, p.Policy.ReceiptDays = true, new(7)
	w.accepts("campaign/c", p)
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.given("inspection/i", evident("f"), inspector)
	finding := w.last("inspection/i")
	w.complete("i")
	w.deliver("i")
	w.owes("inspection/i", "copies", obligation.Met, "2019-12-09")
	right := *evident("f")
	right.Description += "（更正）"
	asked := w.recordOf("inspection/i", again(finding, finding, &right, finding.Occurred), inspector)
	corrected := func(recipient, document string) *inspection.CopyDelivered {
		d := copyFor(recipient)
		d.Correction, d.DocumentHash = asked.ID.String(), strings.Repeat(document, 64)
		return d
	}
	w.refuses("R43", "nothing-corrected", "inspection/i", corrected("subject", "c"), inspector)
	w.given("inspection/i", yes(asked), chief)
	k := keep(w)
	open := func() (items []string) {
		for _, d := range k.Owed(w.stream("inspection/i")).Open {
			if d.Kind.Name == "copies" && d.Opener == asked.ID {
				items = append(items, d.Item)
			}
		}
		return items
	}
	if got := open(); len(got) != 4 {
		t.Fatalf("copies are owed to %v", got)
	}
	k.sweep(noon.AddDate(0, 0, 30))
	if n := k.escalated("copies"); n != 4 {
		t.Errorf("%d copies are escalated", n)
	}
	w.given("inspection/i", corrected("subject", "c"), inspector)
	w.flags([]string{"wrong-document"}, "inspection/i", corrected("local-government", "d"), inspector)
	if got := open(); len(got) != 3 {
		t.Errorf("copies are owed to %v", got)
	}
	k.settle()
	if n := k.escalated("copies"); n != 3 { // told late, delivered in time
		t.Errorf("%d escalations stand", n)
	}
	receipt := &inspection.CopyAcknowledged{DocumentHash: strings.Repeat("c", 64), Recipient: "local-government", Receipt: "1"}
	w.refuses("R43", "no-copy-to-acknowledge", "inspection/i", receipt, inspector)
	receipt.Recipient = "subject"
	w.given("inspection/i", receipt, inspector)
	w.refuses("R43", "no-copy-to-acknowledge", "inspection/i", receipt, inspector)

	// A further correction has those before it in it.
	right.Description += "（再更正）"
	first := asked
	asked = w.recordOf("inspection/i", again(finding, first, &right, finding.Occurred), inspector)
	w.given("inspection/i", yes(asked), chief)
	for _, r := range inspection.Recipients {
		w.given("inspection/i", corrected(r, "e"), inspector)
	}
	if got := open(); got != nil {
		t.Errorf("copies are owed to %v", got)
	}
	asked = first
	if got := open(); got != nil {
		t.Errorf("copies of the first correction are owed to %v", got)
	}

}

// TestR43WhatIsNotInTheRecordIsNotServedAnew: a plan that does not say so serves the record only, and a correction of what came after
// the record is not in it.
func TestR43WhatIsNotInTheRecordIsNotServedAnew(t *testing.T) {
	for _, serves := range []bool{false, true} {
		w := campaignFixture(t)
		p := plan("2")
		p.Policy.ServeCorrections = serves
		w.accepts("campaign/c", p)
		w.given("inspection/i", started(), in("c"), inspector)
		w.given("inspection/i", &inspection.Arrived{}, inspector)
		w.given("inspection/i", evident("f"), inspector)
		fact := w.last("inspection/i")
		content := event.Data(evident("f"))
		w.complete("i")
		w.deliver("i")
		if serves {
			fact = w.last("inspection/i") // a copy
			content = fact.Data
		}
		asked := w.recordOf("inspection/i", again(fact, fact, content, fact.Occurred.Add(-1)), by(fact.Actor))
		w.given("inspection/i", yes(asked), chief)
		for _, d := range w.Owed(w.stream("inspection/i")).Open {
			if d.Kind.Name == "copies" {
				t.Errorf("%s is owed", d.Item)
			}
		}
	}
}
