package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/projections"
)

// Corrections and approvals (pillar 17; R41, R47, R56), through the real judge.

// corrected is a correction of a finding that an event recorded, in place of the version that
// another gave.
func corrected(fact, replaces *event.Event, change func(*inspection.FindingRecorded)) *correction.FactCorrected {
	d := *fact.Data.(*inspection.FindingRecorded)
	if c, ok := replaces.Data.(*correction.FactCorrected); ok {
		d = *findingOf(c)
	}
	change(&d)
	return &correction.FactCorrected{Fact: fact.Ident().Ref(), Replaces: replaces.Ident().Ref(), Reason: "登记有误", Occurred: fact.Occurred,
		Content: correction.Content(&d)}
}

// findingOf is the content of a correction of a finding.
func findingOf(d *correction.FactCorrected) *inspection.FindingRecorded {
	content, _ := d.Version()
	return content.(*inspection.FindingRecorded)
}

func milder(d *inspection.FindingRecorded)    { d.Punishable = false }
func stricter(d *inspection.FindingRecorded)  { d.Level = "major" }
func elsewhere(d *inspection.FindingRecorded) { d.Description, d.Location = "另一处", "南门" }

// recordOf appends an event that must be accepted and returns it.
func (w *fixture) recordOf(stream string, d event.Data, opts ...option) *event.Event {
	w.Helper()
	w.given(stream, d, opts...)
	return w.last(stream)
}

func TestPillar17ACorrectionNamesTheFactTheVersionAndTheirBytes(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	answer := w.recordOf("inspection/i", &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}, inspector)
	bad := func(rule, code string, change func(*correction.FactCorrected)) {
		t.Helper()
		d := corrected(f, f, stricter)
		change(d)
		w.refuses(rule, code, "inspection/i", d, inspector)
	}
	bad("pillar 17", "content-of-another-type", func(d *correction.FactCorrected) {
		d.Fact, d.Replaces = answer.Ident().Ref(), answer.Ident().Ref()
	})
	bad("pillar 17", "unknown-fact", func(d *correction.FactCorrected) { d.Fact = w.log[0].Ident().Ref() })
	bad("pillar 17", "other-bytes", func(d *correction.FactCorrected) { d.Fact.SHA256 = strings.Repeat("0", 64) })
	bad("pillar 17", "stale-version", func(d *correction.FactCorrected) { d.Replaces = answer.Ident().Ref() })
	bad("pillar 17", "other-bytes", func(d *correction.FactCorrected) { d.Replaces.SHA256 = strings.Repeat("0", 64) })
	bad("pillar 17", "name-is-kept", func(d *correction.FactCorrected) { findingOf(d).Finding = "g" })
	bad("R19", "level-required", func(d *correction.FactCorrected) { findingOf(d).Level = "" })
	bad("R17", "unknown-person", func(d *correction.FactCorrected) { findingOf(d).FoundBy = []string{"nobody"} })
	w.refuses("pillar 2", "not-started", "inspection/i", corrected(f, f, stricter),
		by(event.Actor{Person: "ma", Role: event.RoleInspector, Team: "t2"}))
	w.refuses("pillar 2", "not-started", "inspection/i", corrected(f, f, stricter), imported) // like what does not exist (pillar 14)
}

func TestPillar17ACorrectionCountsFromTheYesOfASecondPerson(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	asked := w.recordOf("inspection/i", corrected(f, f, stricter), inspector)
	// It does not count yet: its version cannot be replaced, and a fact keeps its own.
	w.refuses("pillar 17", "stale-version", "inspection/i", corrected(f, asked, milder), inspector)
	li := by(event.Actor{Person: "li", Role: event.RoleInspector, Team: "t1"})
	w.refuses("pillar 17", "another-correction-waits", "inspection/i", corrected(f, f, milder), li)
	// Who wrote or inspected is no second person, nor is a leader of another team, nor nobody.
	as := func(person, team string) option {
		return by(event.Actor{Person: person, Role: event.RoleTeamLeader, Team: team})
	}
	w.refuses("pillar 17", "no-second-person", "inspection/i", yes(asked), as("ma", "t1"))
	w.refuses("pillar 17", "no-second-person", "inspection/i", yes(asked), as("li", "t1")) // inspected
	w.refuses("pillar 2", "not-started", "inspection/i", yes(asked), as("wang", "t2"))     // like what does not exist (pillar 14)
	w.refuses("pillar 17", "person-required", "inspection/i", yes(asked), by(event.Actor{Role: event.RoleSupervisionOffice}))
	forged := yes(asked)
	forged.SHA256 = strings.Repeat("0", 64)
	w.refuses("pillar 17", "other-bytes", "inspection/i", forged, leader)
	w.refuses("pillar 17", "nothing-waits", "inspection/i", yes(f), leader)
	w.accepts("inspection/i", yes(asked), leader)
	w.refuses("pillar 17", "nothing-waits", "inspection/i", no(asked), leader)
	// From here on it is the newest version; a correction is never corrected itself.
	w.refuses("pillar 17", "stale-version", "inspection/i", corrected(f, f, milder), inspector)
	w.flags([]string{"milder-correction"}, "inspection/i", corrected(f, asked, milder), inspector)
	again := corrected(f, asked, milder)
	again.Fact = asked.Ident().Ref()
	w.refuses("pillar 17", "unknown-fact", "inspection/i", again, inspector)
}

// Between two tokens without a person nothing shows who is the second.
func TestPillar17WhatWaitsForASecondPersonIsAskedByAFirst(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	nobody := by(event.Actor{Role: event.RoleSupervisionOffice, Token: 7})
	w.refuses("pillar 17", "person-required", "inspection/i", corrected(f, f, stricter), nobody)
	w.refuses("pillar 17", "person-required", "inspection/i", exempted("f"), nobody)
	w.refuses("pillar 17", "person-required", "subject/firm", &subject.Excluded{Reason: "已拆除"}, nobody)
}

func TestR19DescriptionAndLocationBeforeTheRecordCountAtOnce(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	first := w.recordOf("inspection/i", corrected(f, f, elsewhere), inspector)
	w.refuses("pillar 17", "nothing-waits", "inspection/i", yes(first), leader)
	second := corrected(f, first, elsewhere)
	second.Occurred = f.Occurred.Add(-time.Minute) // the time is no description
	asked := w.recordOf("inspection/i", second, inspector)
	// The author's next one takes the place of the one that waits; at once, when it may.
	w.accepts("inspection/i", corrected(f, first, elsewhere), inspector)
	third := w.last("inspection/i")
	w.refuses("pillar 17", "nothing-waits", "inspection/i", yes(asked), leader)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	late := w.recordOf("inspection/i", corrected(f, third, elsewhere), inspector)
	w.accepts("inspection/i", yes(late), leader) // after the record it waits
}

func TestR41AMilderCorrectionIsFlaggedAndFreesNoGate(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	w.accepts("inspection/i", &inspection.FixedOnSite{Finding: "f", Photo: &picture}, inspector)
	w.complete("i")
	w.flags([]string{"milder-correction"}, "inspection/i", corrected(f, f, milder), inspector)
	asked := w.last("inspection/i")
	w.deliver("i")
	closing := func() *event.Refusal {
		return w.refuses("R56", "closing-needs-penalty", "inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
	}
	says(t, closing(), "f (R56, R41)", "the correction of finding f, event "+asked.ID.String()+", waits for approval (R41, pillar 17)")
	w.accepts("inspection/i", no(asked), clerk)
	if r := closing(); strings.Contains(r.Error(), "waits") {
		t.Error(r)
	}
	w.flags([]string{"milder-correction"}, "inspection/i", corrected(f, f, milder), inspector)
	w.accepts("inspection/i", yes(w.last("inspection/i")), clerk)
	w.flags([]string{"inspect-only"}, "inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
}

// R41: milder is also what takes a punishable or a major finding back, and what makes a major one general; a finding that was neither
// may be taken back.
func TestR41WhatTakesAWeightyFindingBackIsFlagged(t *testing.T) {
	w := visitFixture(t)
	major := unpunishable("major")
	major.Finding = "m"
	f, m := w.recordOf("inspection/i", evident("f"), inspector), w.recordOf("inspection/i", major, inspector)
	light := unpunishable("general")
	light.Finding = "l"
	l := w.recordOf("inspection/i", light, inspector)
	w.flags([]string{"milder-correction"}, "inspection/i", withdrawn(f, f), inspector)
	lower := func(d *inspection.FindingRecorded) { d.Level = "general" }
	w.flags([]string{"milder-correction"}, "inspection/i", corrected(m, m, lower), inspector)
	w.accepts("inspection/i", withdrawn(l, l), inspector)
}

func TestR47AStricterCorrectionOpensItsDutiesWithTheYes(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	asked := w.recordOf("inspection/i", corrected(f, f, stricter), inspector)
	w.complete("i")
	w.accepts("inspection/i", yes(asked), clerk)
	w.flags([]string{"major-without-stop"}, "inspection/i", signedBy("ma", "li"), inspector)
}

func TestR19AClauseNamedByACorrectionCountsOnceApproved(t *testing.T) {
	w := visitFixture(t)
	bare := evident("f")
	bare.Clauses = nil
	f := w.recordOf("inspection/i", bare, inspector)
	w.complete("i")
	w.refuses("R19", "site-record-needs-clause", "inspection/i", signedBy("ma", "li"), inspector)
	asked := w.recordOf("inspection/i", corrected(f, f, func(d *inspection.FindingRecorded) { d.Clauses = statute }), inspector)
	w.refuses("R19", "site-record-needs-clause", "inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("inspection/i", yes(asked), leader)
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
}

func TestR41ADecisionNotToPunishCountsOnceApproved(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	w.accepts("inspection/i", exempted("f"), inspector)
	asked := w.last("inspection/i")
	w.complete("i")
	w.deliver("i")
	closing := at(noon.Add(2 * time.Hour))
	r := w.refuses("R20", "closing-needs-disposition", "inspection/i", &inspection.Closed{}, inspector, closing)
	says(t, r, "the decision not to punish, event "+asked.ID.String()+", waits for approval")
	// The leader has reviewed the visit, and so wrote in it.
	w.refuses("pillar 17", "no-second-person", "inspection/i", yes(asked), leader)
	w.accepts("inspection/i", yes(asked), clerk)
	w.accepts("inspection/i", &inspection.Closed{}, inspector, closing)
}

func TestR31AJustificationWaitsAndHoldsUpTheClosing(t *testing.T) {
	w := visitFixture(t)
	d := started()
	w.accepts("inspection/j", d, in("c"), inspector)
	w.flags([]string{"duplicate-inspection"}, "inspection/j", &inspection.Arrived{}, inspector)
	w.complete("j")
	w.deliver("j")
	w.refuses("pillar 17", "person-required", "inspection/j", &inspection.DuplicateJustified{Reason: "离线"},
		by(event.Actor{Role: event.RoleSupervisionOffice}))
	w.accepts("inspection/j", &inspection.DuplicateJustified{Reason: "离线"}, leader)
	asked := w.last("inspection/j")
	r := w.refuses("R31", "closing-needs-approval", "inspection/j", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
	says(t, r, "the justification", "approval-given")
	w.refuses("pillar 17", "no-second-person", "inspection/j", yes(asked), leader)
	w.accepts("inspection/j", no(asked), clerk)
	w.accepts("inspection/j", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
}

func TestPillar17AnImportIsAmendedByItsOwnSourceAtOnce(t *testing.T) {
	w := campaignFixture(t)
	from := func(unit string) option {
		return func(e *event.Event) {
			imported(e)
			e.Actor.Unit = unit
		}
	}
	d := started()
	d.Team, d.Inspectors = "", nil
	w.accepts("inspection/toronto.x", d, from("toronto"))
	f := w.recordOf("inspection/toronto.x", found("f"), from("toronto"))
	w.refuses("pillar 17", "not-yours", "inspection/toronto.x", corrected(f, f, milder), from("chicago"))
	first := w.recordOf("inspection/toronto.x", corrected(f, f, milder), from("toronto"))
	w.accepts("inspection/toronto.x", corrected(f, first, stricter), from("toronto"))
	w.refuses("pillar 17", "stale-version", "inspection/toronto.x", corrected(f, first, stricter), from("toronto"))
	w.refuses("pillar 17", "nothing-waits", "inspection/toronto.x", yes(first), clerk)
	w.accepts("inspection/toronto.x", exempted("f"), from("toronto"))
	w.refuses("pillar 17", "nothing-waits", "inspection/toronto.x", yes(w.last("inspection/toronto.x")), clerk)
}

func TestR20ACorrectionAfterTheClosingIsFlaggedAndCountsOnceApproved(t *testing.T) {
	w := visitFixture(t)
	f := w.recordOf("inspection/i", evident("f"), inspector)
	w.accepts("inspection/i", fined("p", "f"), inspector)
	w.complete("i")
	w.deliver("i")
	w.accepts("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
	w.flags([]string{"corrected-after-closing", "closed-open"}, "inspection/i", corrected(f, f, elsewhere), inspector)
	asked := w.last("inspection/i")
	w.refuses("pillar 17", "no-second-person", "inspection/i", yes(asked), leader)
	w.changes([]string{"ground-changed"}, []string{"closed-open"}, "inspection/i", yes(asked), clerk) // of the penalty
	if st := w.inspections.state(visit("t1", "i")); !slices.Equal(st.People(), []string{"ma", "li", "wang"}) {
		t.Errorf("people %v", st.People())
	}
}

// An attempt closes without a site record; what is found out later is corrected as after one.
func TestPillar17AfterAClosingWithoutRecordEveryCorrectionWaitsInTheViewToo(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", &inspection.Attempted{Reason: "大门上锁"}, inspector)
	w.accepts("inspection/i", &inspection.LeaderReviewed{Opinion: "同意"}, leader)
	w.accepts("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(time.Hour)))
	w.given("inspection/i", evident("f"), inspector)
	f := w.last("inspection/i")
	w.given("inspection/i", corrected(f, f, elsewhere), inspector)
	asked := w.last("inspection/i")
	fold := projections.NewInspectionFold(visit("t1", "i"))
	for _, e := range w.log {
		if e.Stream == f.Stream {
			fold.Apply(e)
		}
	}
	view := fold.View()
	shown := view.Findings[0]
	if s := view.Corrections[0].Standing.State; s != projections.StandingAsked || shown.Current.Location != shown.Original.Location {
		t.Errorf("shown as %s: %+v", s, shown.Current)
	}
	w.accepts("inspection/i", yes(asked), clerk)
}

// Who led the team before, or never did, frees no gate, whatever the token says.
func TestPillar17OnlyTheLeaderOfTheTimeAnswersForATeam(t *testing.T) {
	w := visitFixture(t)
	w.accepts("person/he", newPerson("he"))
	f := w.recordOf("inspection/i", evident("f"), inspector)
	asked := w.recordOf("inspection/i", corrected(f, f, stricter), inspector)
	w.refuses("pillar 17", "not-the-leader", "inspection/i", yes(asked), by(event.Actor{Person: "he", Role: event.RoleTeamLeader, Team: "t1"}))
	w.refuses("pillar 17", "not-the-leader", "inspection/i", no(asked), by(event.Actor{Person: "he", Role: event.RoleTeamLeader, Team: "t1"}))
	w.accepts("inspection/i", yes(asked), leader)
}
