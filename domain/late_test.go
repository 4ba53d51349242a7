package domain

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// What a fact was compared with is told late, or was another thing, as it turns out: pillar 13.

// hoursLater is an event that occurred so many hours after noon, and is recorded two days later.
func hoursLater(h float64) option {
	return func(e *event.Event) {
		e.Occurred = noon.Add(time.Duration(h * float64(time.Hour)))
		e.Recorded = e.Occurred.Add(time.Hour)
		if two := noon.Add(48 * time.Hour); e.Recorded.Before(two) {
			e.Recorded = two
		}
	}
}

// again has a fact withdrawn and restored by the team, with the yes of the office: what stood because of it comes and goes.
func (w *fixture) comesAndGoes(name string, codes []string) {
	w.Helper()
	fact := w.last(name)
	w.given(name, withdrawn(fact, fact), inspector, hoursLater(47))
	asked := w.last(name)
	w.changes(codes, nil, name, yes(asked), chief, hoursLater(47))
	w.given(name, again(fact, asked, fact.Data, fact.Occurred), inspector, hoursLater(47))
	w.changes(nil, codes, name, yes(w.last(name)), chief, hoursLater(47))
}

func TestR41ANoticeThatIsToldLateWasGivenBeforeTheDecision(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.flags(codesOf("decided-without-notice"), caseStream, inCase("p1", 1000_00), inspector, hoursLater(3))
	w.changes(nil, nil, caseStream, noticed(true), inspector, hoursLater(4)) // after it
	w.changes(nil, codesOf("decided-without-notice"), caseStream, noticed(true), inspector, hoursLater(2))
	w.comesAndGoes(caseStream, codesOf("decided-without-notice"))
}

func TestR41AHearingThatIsToldLateWasHeldBeforeTheDecision(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(true), inspector)
	w.accepts(caseStream, stepOf("legal-review"), clerk)
	stop := inCase("p", 0)
	stop.Kind, stop.Fine = "stop-production", nil
	w.flags(nil, caseStream, stop, inspector, hoursLater(9*24))
	// That the party asked for it makes the decision one without it; that it was held after it changes nothing.
	w.changes(codesOf("decided-without-hearing"), nil, caseStream, stepOf("hearing-requested"), inspector, hoursLater(1))
	held := stepOf("hearing-held", casefile.Participant{Person: "zhou", Part: "chair"})
	w.changes(codesOf("hearing-too-early"), codesOf("decided-without-hearing"), caseStream, held, inspector, hoursLater(8*24+1))
	// Its notice was given seven days before, too.
	notice := stepOf("hearing-notified")
	notice.HearingOn = "2019-12-12"
	w.changes(nil, codesOf("hearing-too-early"), caseStream, notice, inspector, hoursLater(2))
	w.comesAndGoes(caseStream, codesOf("hearing-too-early"))
}

func TestR37WhatWasDoneBeforeTheInspectorsLeftIsToldLate(t *testing.T) {
	w := campaignFixture(t)
	const i = "inspection/i"
	w.accepts(i, started(), inspector, in("c"), hoursLater(0))
	w.given(i, &inspection.Arrived{}, inspector, hoursLater(1))
	w.flags(codesOf("visit-too-short", "sections-skipped"), i, &inspection.Departed{}, inspector, hoursLater(1.1))
	leaving := w.last(i)
	w.changes(nil, codesOf("visit-too-short"), i, &inspection.Arrived{}, inspector, hoursLater(0.2))
	var last *event.Event
	for n, s := range inspection.Sections {
		var lapsed []string
		if n == len(inspection.Sections)-1 {
			w.changes(nil, nil, i, &inspection.SectionCompleted{Section: s}, inspector, hoursLater(2)) // nobody was there
			lapsed = codesOf("sections-skipped")
		}
		w.changes(nil, lapsed, i, &inspection.SectionCompleted{Section: s}, inspector, hoursLater(1))
		last = w.last(i)
	}
	// They left before the last section, as it turns out.
	w.given(i, withdrawn(last, last), inspector, hoursLater(47))
	w.changes(codesOf("sections-skipped"), nil, i, yes(w.last(i)), chief, hoursLater(47))
	w.given(i, again(leaving, leaving, leaving.Data, noon.Add(2*time.Hour+time.Minute)), inspector, hoursLater(47))
	w.changes(nil, codesOf("sections-skipped"), i, yes(w.last(i)), chief, hoursLater(47))
}

func TestR58AnObjectionThatIsToldLateWasHeardBeforeTheEntry(t *testing.T) {
	w, stream := larger(t)
	w.accepts(stream, notified)
	w.flags(codesOf("blacklist-entered-early"), stream, entered, hoursLater(30))
	w.changes(nil, codesOf("blacklist-entered-early"), stream, objected, hoursLater(24))
}

// R26: of what is recorded of the site itself as of what is seen on a visit.
func TestR26ApprovalsThatAreToldLateTakeBackWhatAStatusSaid(t *testing.T) {
	w := holidayFixture(t)
	w.accepts("subject/site", filing, clerk)
	asked := w.last("subject/site")
	w.flags(codesOf("holiday-work-without-approval"), "subject/site", &subject.StatusRecorded{Production: "normal"}, at(newYear))
	w.accepts("subject/site", yes(asked), county)
	w.Begin()
	w.changes(nil, nil, "subject/site", yes(asked), bureau, at(newYear.Add(time.Hour)))
	w.Rollback()
	w.changes(nil, codesOf("holiday-work-without-approval"), "subject/site", yes(asked), bureau)
}
