package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// Rules of cases (R41) that no test with the row in its name had tried: each is broken once, and kept once.

func TestR41ACaseIsOfASubjectAndOfItsVisit(t *testing.T) {
	w := suspected(t)
	other := firm()
	other.Name = "另一企业"
	w.accepts("subject/other", other)
	alone := filed()
	alone.Inspection = ""
	w.refuses("R41", "unknown-finding", caseStream, alone, inspector) // a finding of no visit
	alone.Findings, alone.Subject = nil, "nowhere"
	w.refuses("R41", "unknown-subject", caseStream, alone, inspector)
	of := filed()
	of.Subject = "other"
	w.refuses("R41", "case-of-another-subject", caseStream, of, inspector)
	alone.Subject = "other"
	w.accepts(caseStream, alone, inspector)
	w.refuses("R41", "case-of-another-visit", caseStream, inCase("p", 1000_00), inspector) // it names visit i, the case none

	spot := inCase("p", 50_00)
	spot.Inspection, spot.Findings, spot.Subject = "", nil, "nowhere"
	w.refuses("R41", "unknown-subject", "case/"+visit("t1", "spot"), spot, inspector)
	spot.Subject = "other"
	w.accepts("case/"+visit("t1", "spot"), spot, inspector)
	w.refuses("R41", "case-not-filed", "case/"+visit("t1", "spot"), noticed(false), inspector) // it is one decision, and no case
}

func TestR41AHearingHasItsDayAndItsChair(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(true), inspector)
	w.accepts(caseStream, stepOf("hearing-requested"), inspector)
	invited := stepOf("hearing-notified")
	w.refuses("R41", "hearing-needs-day", caseStream, invited, inspector)
	invited.HearingOn = "2019-12-12"
	w.accepts(caseStream, invited, inspector)
	w.refuses("R41", "hearing-needs-chair", caseStream, stepOf("hearing-held"), inspector, at(noon.AddDate(0, 0, 8)))
	w.accepts(caseStream, stepOf("hearing-held", casefile.Participant{Person: "zhou", Part: "chair"}), inspector, at(noon.AddDate(0, 0, 8)))
}

func TestR41WhatIsPaidIsAFineOfItsCurrency(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	warning := inCase("w", 0)
	warning.Kind, warning.Fine = "warning", nil
	w.accepts(caseStream, warning, inspector)
	w.given(caseStream, inCase("p", 1000_00), inspector)
	dollars := func(minor int64) event.Money { return event.Money{Currency: "USD", Amount: minor} }

	w.refuses("R41", "not-a-fine", caseStream, payment("w", "paid", 1000_00), clerk)
	inDollars := payment("p", "paid", 0)
	inDollars.Amount = dollars(1000_00)
	w.refuses("R41", "payment-in-another-currency", caseStream, inDollars, clerk)
	w.accepts(caseStream, payment("p", "paid", 1000_00), clerk)
	w.refuses("R41", "refund-exceeds-payment", caseStream, payment("p", "refunded", 1000_01), clerk)
	w.accepts(caseStream, payment("p", "refunded", 1000_00), clerk)

	revised := func(penalty string, fine event.Money) *casefile.DecisionChanged {
		return &casefile.DecisionChanged{Penalty: penalty, Change: "revised", By: "review", Reason: "…", Fine: &fine}
	}
	w.refuses("R41", "not-a-fine", caseStream, revised("w", event.Money{Currency: "CNY", Amount: 500_00}), clerk)
	w.refuses("R41", "payment-in-another-currency", caseStream, revised("p", dollars(500_00)), clerk)
	w.accepts(caseStream, revised("p", event.Money{Currency: "CNY", Amount: 500_00}), clerk)
}

// R41, 行政强制法 Art. 54: ten days after the demand a court is asked, and not before.
func TestR41WhoAsksACourtHasDemandedBefore(t *testing.T) {
	w := suspected(t)
	w.accepts("table/law-limits", &codetable.Published{Table: codetable.Limits, Limits: []codes.LawLimit{{Matter: "demand", Law: "行政强制法",
		Version: "2012-01-01", Article: "54", Number: 10, Unit: "days", From: "2012-01-01"}}})
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p", 1000_00), inspector)
	asked := func(demanded string) *casefile.EnforcementRequested {
		return &casefile.EnforcementRequested{Penalty: "p", Court: "汉滨区人民法院", DemandedOn: demanded}
	}
	w.flags([]string{"enforced-without-demand"}, caseStream, asked(""), clerk)
	w.flags([]string{"enforced-without-demand"}, caseStream, asked("2019-12-03"), clerk) // yesterday
	w.accepts(caseStream, asked("2019-11-01"), clerk)
}

// R20, R41: an answer that waits holds up the closing under the rule of what was asked.
func TestR20AnExtensionThatWaitsHoldsUpTheClosing(t *testing.T) {
	w := recorded(t, evident("f"), ordered("o", "2019-12-12", "f"), fined("p", "f"))
	issued := w.ofType("order-issued")
	w.refuses("R43", "closing-needs-copies", "inspection/i", &inspection.Closed{}, inspector)
	w.accepts("inspection/i", extending("rectify", issued, "2019-12-20"), inspector)
	w.refuses("R20", "closing-needs-approval", "inspection/i", &inspection.Closed{}, inspector)
	w.accepts("inspection/i", yes(w.last("inspection/i")), chief)
	w.refuses("R43", "closing-needs-copies", "inspection/i", &inspection.Closed{}, inspector)
}
