package domain

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// R58, R70, R71: who is proposed for the blacklist, and what is made public.

// listed returns the streams in which a proposal stands, with their triggers.
func (w *fixture) listed() map[string]string {
	list := map[string]string{}
	for id := range w.blacklists.with.base {
		if w.stands(event.Stream{Kind: blacklist.Name, ID: id}) {
			list["blacklist/"+id] = w.blacklists.state(id).Trigger
		}
	}
	return list
}

// proposed wants these triggers to stand, and returns the last of their streams.
func (w *fixture) proposed(want ...string) (stream string) {
	w.Helper()
	var got []string
	for s, trigger := range w.listed() {
		got, stream = append(got, trigger), s
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		w.Errorf("proposed %v, want %v", got, want)
	}
	return stream
}

func graded(grade string) *accident.Graded {
	return &accident.Graded{Grade: grade, StatisticalYear: 2019, DecidedBy: "市政府"}
}

// larger has firm proposed for an accident.
func larger(t testing.TB) (w *fixture, stream string) {
	w = campaignFixture(t)
	w.accepts("accident/a", reported(3))
	w.accepts("accident/a", graded("larger"))
	return w, w.proposed("accident-larger")
}

var (
	notified = &blacklist.Notified{Authority: "应急局", DocumentNo: "1", Reasons: "x"}
	objected = &blacklist.Objected{Statement: "x", OnBehalf: "李某", Evidence: []event.Evidence{picture}}
	entered  = &blacklist.Entered{List: "policy", DecisionNo: "1", DecidedBy: "应急局", From: "2019-12-20", Until: "2022-12-20"}
)

func TestR58ALargerAccidentIsProposedAtOnceAndLapsesWithItsGrade(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("accident/a", reported(2))
	w.accepts("accident/a", graded("ordinary"))
	w.proposed()
	w.flags([]string{"grade-stale"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(3), Reason: "r"})
	w.accepts("accident/a", graded("larger"))
	w.accepts("accident/a", graded("larger"))
	stream := w.proposed("accident-larger")
	if a := w.last("accident/a"); a == nil || w.blacklists.state(w.stream(stream).ID).Subject != "firm" {
		t.Error("another subject is proposed")
	}
	w.owes(stream, "blacklist-notice", obligation.Open, "2019-12-09") // the fifth day; four of December is a Wednesday
	w.flags([]string{"grade-stale"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(1), Reason: "r"})
	w.accepts("accident/a", graded("ordinary"))
	w.proposed()
	w.owes(stream, "blacklist-notice", obligation.Void, "")
	w.refuses("R58", "blacklist-out-of-order", stream, notified)
	w.flags([]string{"grade-stale"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(4), Reason: "r"})
	w.accepts("accident/a", graded("larger"))
	if again := w.proposed("accident-larger"); again != stream {
		t.Error("the same ground is proposed in another stream")
	}
}

func TestR58APersonEntersAfterNoticeAndTheTimeToObject(t *testing.T) {
	w, stream := larger(t)
	w.refuses("R58", "blacklist-out-of-order", stream, entered)
	w.refuses("R58", "blacklist-out-of-order", stream, objected)
	w.accepts(stream, notified)
	w.refuses("R58", "blacklist-out-of-order", stream, notified)
	w.owes(stream, "blacklist-objection", obligation.Open, "2019-12-09")
	w.owes(stream, "blacklist-decision", obligation.Open, "2019-12-24") // from the end of the time to object
	w.refuses("pillar 17", "person-required", stream, entered, by(event.Actor{Role: event.RoleSupervisionOffice}))
	w.Begin()
	w.flags([]string{"blacklist-entered-early"}, stream, entered)
	w.Rollback()
	w.accepts(stream, objected)
	w.accepts(stream, entered, at(noon.AddDate(0, 0, 1)))
	w.owes(stream, "blacklist-decision", obligation.Met, "2019-12-24")
	w.owes(stream, "blacklist-expiry", obligation.Open, "2022-12-20")
	gone := &blacklist.Removed{Ground: "expired", DecidedBy: "应急局", Reason: "x"}
	w.Begin()
	w.flags([]string{"blacklist-removed-early"}, stream, gone, at(noon.AddDate(2, 0, 0)))
	w.Rollback()
	w.accepts(stream, gone, at(noon.AddDate(3, 0, 20)))
	w.owes(stream, "blacklist-expiry", obligation.Late, "2022-12-20")
	w.refuses("R58", "blacklist-out-of-order", stream, gone)
}

func TestR58AnEntryWhoseWindowIsOverIsNotEarly(t *testing.T) {
	w, stream := larger(t)
	w.accepts(stream, notified)
	w.accepts(stream, entered, at(beijing(t, "2019-12-10 09:00")))
	w.refuses("pillar 2", "not-begun", "blacklist/none", entered)
}

// Before 1 October 2023 there is no list of the law; and it asks for a penalty, and twelve months before an early end.
func TestR58TheListOfTheLaw(t *testing.T) {
	w, stream := larger(t)
	w.accepts(stream, notified)
	legal := *entered
	legal.List, legal.Penalty = "legal", eventID
	w.refuses("R58", "blacklist-not-of-the-law", stream, &legal)
	legal.From, legal.Until, legal.Penalty = "2024-01-10", "2027-01-10", ""
	in := at(beijing(t, "2024-01-10 09:00"))
	w.refuses("R58", "blacklist-not-of-the-law", stream, &legal, in)
	legal.Penalty = eventID
	w.accepts(stream, &legal, in)
	gone := &blacklist.Removed{Ground: "on-request", DecidedBy: "应急局", Reason: "x"}
	w.Begin()
	w.flags([]string{"blacklist-removed-early"}, stream, gone, at(beijing(t, "2025-01-09 09:00")))
	w.Rollback()
	w.accepts(stream, gone, at(beijing(t, "2025-01-10 09:00")))
}

func TestR58APersonRefusesAProposal(t *testing.T) {
	w, stream := larger(t)
	p := w.proposal(stream)
	w.refuses("pillar 17", "nothing-waits", stream, yes(p))
	wrong := no(p)
	wrong.SHA256 = document
	w.refuses("pillar 17", "other-bytes", stream, wrong)
	w.accepts(stream, no(p))
	w.owes(stream, "blacklist-notice", obligation.Met, "2019-12-09")
	w.refuses("R58", "blacklist-out-of-order", stream, notified)
	w.accepts("accident/a", graded("larger"))
	w.proposed("accident-larger") // that was refused: it is not said again
}

func TestR58WhatWasDoneBecauseOfAGroundThatLapsesStaysAndIsFlagged(t *testing.T) {
	w, stream := larger(t)
	w.accepts(stream, notified)
	w.flags([]string{"grade-stale"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(1), Reason: "r"})
	w.flags([]string{"ground-changed"}, "accident/a", graded("ordinary"))
	w.refuses("R58", "blacklist-out-of-order", stream, entered)
}

// cited is a visit of firm by another name, on a day, with findings.
func (w *fixture) cited(id string, on time.Time, clause string, findings ...string) {
	w.Helper()
	d := started()
	d.VisitType = "verify"
	w.given("inspection/"+id, d, in("c"), inspector, at(on))
	w.given("inspection/"+id, &inspection.Arrived{}, inspector, at(on))
	for _, f := range findings {
		d := found(f)
		d.Clauses = []event.Citation{{Law: "安全生产法", Article: clause}}
		w.given("inspection/"+id, d, inspector, at(on))
	}
}

func TestR58TheSameClauseInTwoVisitsWithinAYearIsARepetition(t *testing.T) {
	w := campaignFixture(t)
	w.cited("i", noon, "36", "f", "g")
	w.proposed() // twice in one visit is no repetition
	w.cited("j", noon.AddDate(0, 1, 0), "37", "f")
	w.proposed()
	w.cited("k", noon.AddDate(1, 0, 1), "36", "f") // more than twelve months
	w.proposed()
	w.cited("l", noon.AddDate(1, 0, 2), "36", "f")
	stream := w.proposed("repeat")
	w.cited("m", noon.AddDate(1, 0, 3), "36", "f")
	w.proposed("repeat")
	// Refused: what comes later is a ground of its own.
	w.accepts(stream, no(w.proposal(stream)), at(noon.AddDate(1, 0, 4)))
	w.cited("n", noon.AddDate(1, 0, 5), "36", "f")
	w.proposed("repeat", "repeat")
}

func TestR58ARepetitionLapsesWithTheClauseThatIsCorrected(t *testing.T) {
	w := campaignFixture(t)
	w.cited("i", noon, "36", "f")
	w.cited("j", noon.AddDate(0, 0, 1), "36", "f")
	stream := w.proposed("repeat")
	w.accepts(stream, notified)
	f := w.finding("inspection/j", "f")
	w.given("inspection/j", corrected(f, f, func(d *inspection.FindingRecorded) { d.Clauses = statute }), inspector)
	w.proposed("repeat") // it waits for a yes
	if got := w.given("inspection/j", yes(w.last("inspection/j")), leader); !slices.Contains(got, "ground-changed") {
		t.Errorf("flags %v", got)
	}
	w.proposed()
}

func TestR58AGravePenaltyIsAProposal(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	w.accepts("inspection/i", fined("p", "f"), clerk)
	w.proposed()
	d := fined("q", "f")
	d.Kind, d.Fine, d.Final = "revoke-permit", nil, false
	w.given("inspection/i", d, clerk)
	w.proposed() // it is not final
	again := *d
	again.Penalty, again.Final = "r", true
	w.given("inspection/i", &again, clerk)
	w.proposed("serious")
}

// A hidden visit gives no ground before it is disclosed.
func TestR58AHiddenVisitIsNoGround(t *testing.T) {
	w := campaignFixture(t)
	w.cited("i", noon, "36", "f")
	w.given("inspection/j", started(), in("c"), inspector)
	d := found("f")
	d.Clauses = []event.Citation{{Law: "安全生产法", Article: "36"}}
	w.given("inspection/j", d, inspector)
	w.proposed()
	w.given("inspection/j", &inspection.Arrived{}, inspector)
	w.proposed("repeat")
}

func TestR58AMajorHazardLeftPastItsDateIsAProposal(t *testing.T) {
	major := evident("f")
	major.Level = "major"
	begin := func() *kept {
		w := visitFixture(t)
		w.accepts("inspection/i", major, inspector)
		w.given("inspection/i", ordered("o", "2019-12-07", "f"), inspector)
		return keep(w)
	}
	fixed := &inspection.FixedOnSite{Finding: "f", Photo: &picture}
	k := begin()
	k.sweep(beijing(t, "2019-12-07 23:00"))
	k.proposed()
	k.sweep(beijing(t, "2019-12-08 01:00"))
	k.proposed("serious")
	// Somebody was in time, and tells it late.
	k.given("inspection/i", fixed, inspector, at(beijing(t, "2019-12-07 20:00")), late(14*time.Hour))
	k.proposed()
	k = begin()
	k.given("inspection/i", fixed, inspector, at(beijing(t, "2019-12-08 10:00")))
	k.proposed("serious")
}

func exposed() *exposure.Proposed {
	return &exposure.Proposed{Ground: "major-hazard", Inspection: visit("t1", "i"), Findings: []string{"f"}, Outlet: "安康日报", Content: "x",
		Redacted: true, LegalReview: exposure.LegalReview{By: "x", On: "2019-12-04", Opinion: "同意"}}
}

// onRecord is a visit whose record has the major finding f and the general one g.
func onRecord(t testing.TB) *fixture {
	w := visitFixture(t)
	major := evident("f")
	major.Level = "major"
	w.accepts("inspection/i", major, inspector)
	w.accepts("inspection/i", evident("g"), inspector)
	w.given("inspection/i", ordered("o", "2019-12-13", "f", "g"), inspector)
	w.complete("i")
	for _, id := range []string{"f", "g"} {
		w.given("inspection/i", fined("p"+id, id), inspector)
	}
	return w
}

func TestR71OnlyFactsOfASignedRecordAreExposed(t *testing.T) {
	w := onRecord(t)
	w.refuses("R71", "exposure-needs-record", "exposure/e", exposed())
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	later := evident("h")
	w.given("inspection/i", later, inspector)
	d := exposed()
	d.Findings = []string{"f", "h"}
	w.refuses("R71", "exposure-needs-record", "exposure/e", d)
	d.Inspection = visit("t1", "nowhere")
	w.refuses("R71", "exposure-needs-record", "exposure/e", d)
	d = exposed()
	d.Findings = []string{"g"}
	w.refuses("R71", "exposure-needs-hazard", "exposure/e", d)
	d.Ground = "violation"
	d.Redacted = false
	w.refuses("R71", "exposure-needs-redaction", "exposure/e", d)
	d.Redacted = true
	w.refuses("pillar 17", "person-required", "exposure/e", d, by(event.Actor{Role: event.RoleSupervisionOffice}))
	w.accepts("exposure/e", d)
	w.refuses("pillar 14", "id-taken", "exposure/e", d)
}

func TestR71AnExposureIsApprovedByAnotherPersonAndOpenUntilTheHazardIsPutRight(t *testing.T) {
	w := onRecord(t)
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("exposure/e", exposed())
	ask := w.last("exposure/e")
	paper := &publicity.Published{Outlet: "安康日报", Title: "曝光", PublishedOn: "2019-12-05", Exposure: "e"}
	w.refuses("R71", "exposure-not-approved", "publicity/p", paper)
	w.refuses("pillar 17", "no-second-person", "exposure/e", yes(ask))
	wrong := yes(ask)
	wrong.SHA256 = document
	w.refuses("pillar 17", "other-bytes", "exposure/e", wrong, clerk2)
	w.refuses("Roles", "role-may-not-append", "exposure/e", yes(ask), mayor)
	w.accepts("exposure/e", yes(ask), clerk2)
	w.refuses("pillar 17", "nothing-waits", "exposure/e", yes(ask), clerk2)
	k := keep(w)
	w.accepts("publicity/p", paper)
	w.owes("publicity/p", "exposure-end", obligation.Open, "2019-12-13")
	k.settle()
	if k.list.Row(w.stream("publicity/p")) == nil {
		t.Error("it is not on the worklist")
	}
	w.given("inspection/i", &inspection.FixedOnSite{Finding: "f", Photo: &picture}, inspector, at(noon.Add(time.Hour)))
	w.owes("publicity/p", "exposure-end", obligation.Met, "2019-12-13")
	if k.settle(); k.list.Row(w.stream("publicity/p")) != nil {
		t.Error("it is on the worklist though the hazard is put right")
	}
}

// R71: a hazard that was put right is exposed no more as one that is left as it is; what exposes two is open until both are right.
func TestR71AHazardThatWasPutRightIsNotExposedAndTwoAreOpenUntilBothAreRight(t *testing.T) {
	w := onRecord(t)
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	both := exposed()
	both.Ground, both.Findings = "violation", []string{"f", "g"}
	w.accepts("exposure/both", both)
	w.accepts("exposure/both", yes(w.last("exposure/both")), clerk2)
	w.accepts("publicity/p", &publicity.Published{Outlet: "x", Title: "x", PublishedOn: "2019-12-05", Exposure: "both"})
	w.given("inspection/i", &inspection.FixedOnSite{Finding: "f", Photo: &picture}, inspector, at(noon.Add(time.Hour)))
	w.owes("publicity/p", "exposure-end", obligation.Open, "2019-12-13")
	w.refuses("R71", "exposure-needs-hazard", "exposure/e", exposed())
	w.given("inspection/i", &inspection.FixedOnSite{Finding: "g", Photo: &picture}, inspector, at(noon.Add(time.Hour)))
	w.owes("publicity/p", "exposure-end", obligation.Met, "2019-12-13")
}

// R71: by the law of the day there are three working days to take a publication back (行政处罚法 Art. 48); by that of 2019 those of the plan.
func TestR71TheLawOfTheDaySaysHowLongAWithdrawalMayTake(t *testing.T) {
	w := onRecord(t)
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("exposure/e", exposed())
	w.accepts("exposure/e", yes(w.last("exposure/e")), clerk2)
	w.accepts("publicity/p", &publicity.Published{Outlet: "x", Title: "x", PublishedOn: "2019-12-05", Exposure: "e"})
	f := w.finding("inspection/i", "f")
	later := time.Date(2021, 9, 30, 9, 0, 0, 0, event.Beijing) // a Thursday
	w.given("inspection/i", corrected(f, f, func(d *inspection.FindingRecorded) { d.Level = "general" }), inspector, at(later))
	w.given("inspection/i", yes(w.last("inspection/i")), leader, at(later))
	w.owes("publicity/p", "withdrawal", obligation.Open, "2021-10-05")
}

// R70: a column in the media is recorded as it is; nothing is owed for it.
func TestR70PublicityThatExposesNobodyOwesNothing(t *testing.T) {
	w := onRecord(t)
	w.accepts("publicity/column", &publicity.Published{Outlet: "电视台", Column: "安全生产", Title: "x", PublishedOn: "2019-12-05"})
	w.owes("publicity/column", "exposure-end", obligation.Void, "")
}

func TestR71ARefusedExposureIsNotPublished(t *testing.T) {
	w := onRecord(t)
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("exposure/e", exposed())
	w.owes("exposure/e", "approval", obligation.Open, "2019-12-09")
	w.accepts("exposure/e", no(w.last("exposure/e")), clerk2)
	w.owes("exposure/e", "approval", obligation.Void, "")
	w.refuses("R71", "exposure-not-approved", "publicity/p", &publicity.Published{Outlet: "x", Title: "x", PublishedOn: "2019-12-05",
		Exposure: "e"})
}

func TestR71WhatWasExposedAndIsCorrectedIsWithdrawnWithinThreeDays(t *testing.T) {
	w := onRecord(t)
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("exposure/e", exposed())
	w.accepts("exposure/e", yes(w.last("exposure/e")), clerk2)
	w.accepts("publicity/p", &publicity.Published{Outlet: "x", Title: "x", PublishedOn: "2019-12-05", Exposure: "e"})
	w.owes("publicity/p", "withdrawal", obligation.Void, "")
	f := w.finding("inspection/i", "f")
	w.given("inspection/i", corrected(f, f, func(d *inspection.FindingRecorded) { d.Level = "general" }), inspector)
	w.owes("publicity/p", "withdrawal", obligation.Void, "") // it waits for a yes
	if got := w.given("inspection/i", yes(w.last("inspection/i")), leader); !slices.Contains(got, "ground-changed") {
		t.Errorf("flags %v", got)
	}
	w.owes("publicity/p", "withdrawal", obligation.Open, "2019-12-09") // the third day is a Saturday
	back := &publicity.Withdrawn{Reason: "认定已更正"}
	w.accepts("publicity/p", back, at(noon.AddDate(0, 0, 1)))
	w.owes("publicity/p", "withdrawal", obligation.Met, "2019-12-09")
	w.owes("publicity/p", "exposure-end", obligation.Met, "2019-12-13")
	w.refuses("R71", "publication-already-withdrawn", "publicity/p", back)
}

// finding is the event that recorded a finding.
func (w *fixture) finding(stream, id string) *event.Event {
	w.Helper()
	for _, e := range w.log {
		if d, ok := e.Data.(*inspection.FindingRecorded); ok && d.Finding == id && e.Stream == w.stream(stream) {
			return e
		}
	}
	w.Fatalf("%s has no finding %s", stream, id)
	return nil
}

// proposal is the entry of the ledger that proposes.
func (w *fixture) proposal(stream string) *event.Event {
	w.Helper()
	for _, e := range slices.Backward(w.log) {
		if _, ok := e.Data.(*blacklist.Proposed); ok && e.Stream == w.stream(stream) {
			return e
		}
	}
	w.Fatalf("%s has no proposal", stream)
	return nil
}
