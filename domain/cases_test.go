package domain

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// Cases: R41, R55, R56, R71; 行政处罚法 Arts 36, 42, 44, 58, 60, 63, 64, 67.

// caseStream is a case of team t1; visits and cases have their names alike.
var caseStream = "case/" + visit("t1", "case")

func filed() *casefile.Filed {
	return &casefile.Filed{Inspection: visit("t1", "i"), Subject: "firm", Findings: []string{"f"}, Matter: "未设置安全警示标志",
		Authority: "emergency-city", Officers: []casefile.Officer{{Person: "ma", Certificate: "cert-ma"}, {Person: "li", Certificate: "cert-li"}}}
}

// limits publishes limits of the law of 2019 as the city's profile has them.
func limits(w *fixture) {
	row := func(matter string, n int64, unit string) codes.LawLimit {
		return codes.LawLimit{Matter: matter, Law: "行政处罚法", Version: "2017-09-01", Article: "1", Number: n, Unit: unit, From: "1996-10-01"}
	}
	w.accepts("table/law-limits", &codetable.Published{Table: codetable.Limits, Limits: []codes.LawLimit{row("decision", 30, "days"),
		row("hearing-request", 3, "days"), row("hearing-notice", 7, "days"), row("service", 7, "days"), row("payment", 15, "days"),
		row("publication", 7, "days"), row("review", 60, "days"), row("lawsuit", 6, "months"), row("enforcement", 3, "months"),
		row("limitation", 2, "years"), row("limitation-harm", 5, "years")}})
}

// suspected is a visit on the spot that found something punishable, and the law's limits.
func suspected(t testing.TB) *fixture {
	w := campaignFixture(t)
	limits(w)
	w.accepts("inspection/i", started(), inspector, in("c"))
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.accepts("inspection/i", punishableFinding("f"), inspector)
	return w
}

func punishableFinding(id string) *inspection.FindingRecorded {
	d := evident(id)
	d.Punishable = true
	return d
}

func inCase(id string, fine int64) *casefile.PenaltyDecided {
	return &casefile.PenaltyDecided{Inspection: visit("t1", "i"), Penalty: id, Findings: []string{"f"}, Kind: "fine", Final: true,
		Fine: &event.Money{Currency: "CNY", Amount: fine}, LegalBasis: []event.Citation{{Law: "安全生产法", Article: "99"}}}
}

func noticed(hearing bool) *casefile.Notified {
	return &casefile.Notified{Kind: "fine", Facts: "…", LegalBasis: []event.Citation{{Law: "安全生产法"}}, Hearing: hearing}
}

func stepOf(name string, people ...casefile.Participant) *casefile.StepRecorded {
	return &casefile.StepRecorded{Step: name, People: people}
}

func payment(penalty, direction string, fen int64) *casefile.PaymentRecorded {
	return &casefile.PaymentRecorded{Penalty: penalty, Direction: direction, Amount: event.Money{Currency: "CNY", Amount: fen}}
}

// R41: a case that is filed is what a punishable finding is owed, in the days of the plan from the record.
func TestR41AFiledCaseMeetsTheFiling(t *testing.T) {
	w := suspected(t)
	w.owes("inspection/i", "filing", obligation.Open, "")
	w.accepts(caseStream, filed(), inspector)
	w.owes("inspection/i", "filing", obligation.Met, "")
	w.owes(caseStream, "decision", obligation.Open, "2020-01-03") // 30 days, the new year's day among them
	w.accepts("transfer/t1.police-610902.1", &transfer.Transferred{Matter: "case", Case: visit("t1", "case"), Ground: "crime", Task: "移送"},
		inspector)
	w.owes(caseStream, "decision", obligation.Met, "2020-01-03")
}

// R41, 行政处罚法 Art. 42: two officers investigate; Art. 64: none of them chairs the hearing; Art. 58: nor reviews the case.
func TestR41WhoInvestigatesDoesNotDecideAlone(t *testing.T) {
	w := suspected(t)
	alone := filed()
	alone.Officers = alone.Officers[:1]
	w.refuses("R41", "too-few-officers", caseStream, alone, inspector)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, stepOf("inquiry", casefile.Participant{Person: "wang", Part: "investigator"}), inspector)
	for _, who := range []string{"ma", "wang"} {
		w.refuses("R41", "investigator-chairs-hearing", caseStream, stepOf("hearing-held", casefile.Participant{Person: who, Part: "chair"}),
			inspector)
		w.refuses("R41", "investigator-reviews", caseStream, stepOf("legal-review", casefile.Participant{Person: who, Part: "reviewer"}), clerk)
	}
	w.refuses("R41", "investigator-reviews", caseStream, stepOf("legal-review"), inspector)
	w.accepts(caseStream, stepOf("legal-review"), clerk)
}

// R41, Arts 44, 58, 64: notice, hearing and review come before the decision.
func TestR41NoticeHearingAndReviewComeBeforeTheDecision(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.flags([]string{"decided-without-notice"}, caseStream, inCase("p1", 1000_00), inspector)
	w.accepts(caseStream, noticed(true), inspector)
	w.owes(caseStream, "hearing-request", obligation.Open, "2019-12-09") // three days, and a weekend
	w.refuses("R41", "legal-review-required", caseStream, inCase("p2", 1000_00), inspector)
	w.accepts(caseStream, stepOf("hearing-requested"), inspector)
	w.owes(caseStream, "hearing-request", obligation.Met, "2019-12-09")
	w.owes(caseStream, "hearing-notice", obligation.Open, "")
	notice := stepOf("hearing-notified")
	notice.HearingOn = "2019-12-12"
	w.accepts(caseStream, notice, inspector)
	w.owes(caseStream, "hearing-notice", obligation.Met, "2019-12-04") // seven days, and then the hearing
	notice.HearingOn = "2019-12-11"
	w.accepts(caseStream, notice, inspector)
	w.owes(caseStream, "hearing-notice", obligation.Late, "2019-12-03")
	notice.HearingOn = "2019-12-12"
	w.accepts(caseStream, notice, inspector)
	rejected := stepOf("legal-review")
	rejected.Outcome = "rejected"
	w.accepts(caseStream, rejected, clerk)
	w.refuses("R41", "legal-review-required", caseStream, inCase("p2", 1000_00), inspector)
	w.accepts(caseStream, stepOf("legal-review"), clerk)
	stop := inCase("p2", 1000_00)
	stop.Kind, stop.Fine = "stop-production", nil
	w.flags([]string{"decided-without-hearing"}, caseStream, stop, inspector)
	chaired := stepOf("hearing-held", casefile.Participant{Person: "zhou", Part: "chair"})
	w.flags([]string{"hearing-too-early"}, caseStream, chaired, inspector, at(noon.AddDate(0, 0, 7)))
	w.accepts(caseStream, chaired, inspector, at(noon.AddDate(0, 0, 8)))
	stop = inCase("p3", 1000_00)
	stop.Kind, stop.Fine = "stop-production", nil
	w.accepts(caseStream, stop, inspector, at(noon.AddDate(0, 0, 8)))
}

// R41, Art. 63: from the province's larger amount on the party may ask for a hearing, is told so, and the case is reviewed (Art. 58).
func TestR41ALargerFineIsOfferedAHearingAndReviewed(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	of := func(fen int64) *casefile.Notified {
		d := noticed(false)
		d.Fine = &event.Money{Currency: "CNY", Amount: fen}
		return d
	}
	w.accepts(caseStream, of(90_000_00), inspector)
	w.accepts(caseStream, inCase("p", 90_000_00), inspector) // the table has no such amount
	w.accepts(caseStream, annulling("p"), clerk)
	w.accepts("table/law-limits", &codetable.Published{Table: codetable.Limits, Limits: []codes.LawLimit{{Matter: "larger-fine-unit",
		Law: "安全生产违法行为行政处罚办法", Version: "2015", Article: "x", Number: 30_000_00, Unit: "fen", From: "2015-05-01"}}})
	w.accepts(caseStream, of(29_999_99), inspector)
	w.accepts(caseStream, inCase("q", 29_999_99), inspector)
	w.accepts(caseStream, annulling("q"), clerk)
	w.flags([]string{"hearing-not-offered"}, caseStream, of(30_000_00), inspector)
	w.refuses("R41", "legal-review-required", caseStream, inCase("r", 30_000_00), inspector)
	stop := noticed(false)
	stop.Kind = "stop-production"
	w.flags([]string{"hearing-not-offered"}, caseStream, stop, inspector)
	offered := of(30_000_00)
	offered.Hearing = true
	w.accepts(caseStream, offered, inspector)
	w.accepts(caseStream, stepOf("legal-review"), clerk)
	w.accepts(caseStream, inCase("r", 30_000_00), inspector)
}

// R41, Art. 63: of the kinds of penalties (Art. 9) it names five, and besides them larger amounts. Of the others no hearing need be
// offered; where one is, the case is reviewed all the same.
func TestR41TheKindsOfWhichAHearingIsOffered(t *testing.T) {
	named := []string{"lower-grade", "revoke-permit", "stop-production", "close", "bar-from-trade"}
	for _, kind := range codes.List("penalty-kind") {
		t.Run(kind, func(t *testing.T) {
			w := suspected(t)
			w.accepts(caseStream, filed(), inspector)
			notice, penalty := noticed(false), inCase("p", 100_00)
			notice.Kind, penalty.Kind = kind, kind
			if kind != "fine" {
				penalty.Fine = nil
			}
			if slices.Contains(named, kind) {
				w.flags([]string{"hearing-not-offered"}, caseStream, notice, inspector)
				w.refuses("R41", "legal-review-required", caseStream, penalty, inspector)
				return
			}
			w.accepts(caseStream, notice, inspector)
			var said []string
			if kind == "detention" { // which the police decide
				said = []string{"kind-beyond-authority"}
			}
			w.flags(said, caseStream, penalty, inspector)
			penalty.Penalty, notice.Hearing = "q", true
			w.accepts(caseStream, notice, inspector)
			w.refuses("R41", "legal-review-required", caseStream, penalty, inspector)
		})
	}
}

// R41, Arts 51, 63: of a person other amounts are larger than of a unit, also where he answers for an accident.
func TestR41APersonsFineHasItsOwnLimits(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts("table/law-limits", &codetable.Published{Table: codetable.Limits, Limits: []codes.LawLimit{
		{Matter: "larger-fine-unit", Law: "a", Version: "2015", Article: "x", Number: 30_000_00, Unit: "fen", From: "2015-05-01"},
		{Matter: "larger-fine-person", Law: "a", Version: "2015", Article: "x", Number: 10_000_00, Unit: "fen", From: "2015-05-01"}}})
	notice := noticed(false)
	notice.Fine, notice.OfPerson = &event.Money{Currency: "CNY", Amount: 9_999_99}, true
	w.accepts(caseStream, notice, inspector)
	person := inCase("p", 10_000_00)
	w.accepts(caseStream, person, inspector) // of a unit it is none
	w.accepts(caseStream, annulling("p"), clerk)
	notice = noticed(false)
	notice.Fine, notice.OfPerson = &event.Money{Currency: "CNY", Amount: 10_000_00}, true
	w.flags([]string{"hearing-not-offered"}, caseStream, notice, inspector)
	person = inCase("q", 10_000_00)
	person.OfPerson = true
	w.refuses("R41", "legal-review-required", caseStream, person, inspector)
	w.accepts(caseStream, stepOf("legal-review"), clerk)
	w.accepts(caseStream, person, inspector)

	w = suspected(t) // on the spot, by the law of 2019
	spot := inCase("p", 50_00)
	spot.OfPerson = true
	w.accepts("case/"+visit("t1", "a"), spot, inspector)
	spot = inCase("q", 51_00)
	spot.OfPerson = true
	w.flags([]string{"fine-beyond-authority", "fined-again"}, "case/"+visit("t1", "b"), spot, inspector)
}

// R41, Art. 58: a case of great public interest, of grave rights, or that is difficult is reviewed, whatever is decided.
func TestR41ACaseThatSaysWhyIsReviewed(t *testing.T) {
	for _, ground := range []string{"public-interest", "grave-rights", "complex", "other"} {
		w := suspected(t)
		d := filed()
		d.Review = []string{ground}
		w.accepts(caseStream, d, inspector)
		w.accepts(caseStream, noticed(false), inspector)
		w.refuses("R41", "legal-review-required", caseStream, inCase("p", 100_00), inspector)
		w.accepts(caseStream, stepOf("legal-review"), clerk)
		w.accepts(caseStream, inCase("p", 100_00), inspector)
	}
}

// R41, Arts 66, 67, 行政强制法 Arts 53, 54: who decides does not collect; what is served is paid, may be paid later with a second person's
// yes, and else is enforced; R71: a decision is made public.
func TestR41AFineIsServedPaidAndElseEnforced(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p", 1000_00), inspector)
	w.owes(caseStream, "service", obligation.Open, "2019-12-11")
	w.owes(caseStream, "publish", obligation.Open, "2019-12-11")
	w.owes(caseStream, "payment", obligation.Void, "")
	served := w.n
	w.accepts(caseStream, stepOf("decision-served"), inspector)
	w.owes(caseStream, "service", obligation.Met, "2019-12-11")
	w.owes(caseStream, "payment", obligation.Open, "2019-12-19")
	w.owes(caseStream, "remedy", obligation.Open, "2020-02-03")
	w.owes(caseStream, "enforcement", obligation.Open, "2020-09-04")
	longer := &oversight.TermExtended{Obligation: "payment", Event: w.log[served].ID.String(), Until: "2020-01-31", Ground: "经营困难"}
	asked := w.event(caseStream, longer, inspector)
	if _, err := w.record(asked); err != nil {
		t.Fatal(err)
	}
	w.owes(caseStream, "payment", obligation.Open, "2019-12-19")
	w.owes(caseStream, "approval", obligation.Open, "2019-12-09")
	w.refuses("pillar 17", "no-second-person", caseStream, yes(asked), by(event.Actor{Person: "li", Role: event.RoleTeamLeader, Team: "t1"}))
	w.accepts(caseStream, yes(asked), clerk)
	w.owes(caseStream, "payment", obligation.Open, "2020-01-31")
	w.refuses("R41", "decider-records-payment", caseStream, payment("p", "paid", 1000_00), inspector)
	w.accepts(caseStream, payment("p", "paid", 400_00), clerk)
	w.owes(caseStream, "payment", obligation.Open, "2020-01-31")
	w.refuses("R41", "fine-not-paid", caseStream, &casefile.Closed{Ground: "executed"}, inspector)
	w.accepts(caseStream, payment("p", "paid", 600_00), clerk)
	w.owes(caseStream, "payment", obligation.Met, "2020-01-31")
	w.owes(caseStream, "enforcement", obligation.Met, "2020-09-04")
	w.accepts(caseStream, &casefile.Closed{Ground: "executed"}, inspector)
	w.refuses("R41", "case-is-closed", caseStream, noticed(false), inspector)
}

// R41: a decision that a court changes leaves too much paid until it is refunded (paid-differs), and takes it back then.
func TestR41WhatWasPaidFollowsAChangedDecision(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p", 1000_00), inspector)
	w.accepts(caseStream, payment("p", "paid", 1000_00), clerk)
	half := &casefile.DecisionChanged{Penalty: "p", Change: "revised", By: "review", Reason: "…",
		Fine: &event.Money{Currency: "CNY", Amount: 500_00}}
	w.flags([]string{"paid-differs"}, caseStream, half, clerk)
	w.accepts(caseStream, payment("p", "refunded", 500_00), clerk)
	if said, _ := w.deviations.get(w.stream(caseStream)); len(said.Standing()) != 0 {
		t.Errorf("it stands still: %v", said.Standing())
	}
	annul := &casefile.DecisionChanged{Penalty: "p", Change: "annulled", By: "court", Reason: "…"}
	w.flags([]string{"paid-differs"}, caseStream, annul, clerk)
	w.refuses("R41", "penalty-is-annulled", caseStream, annul, clerk)
}

// R41, Art. 36: what was filed after the limitation is flagged; life or health harmed makes it longer.
func TestR41FiledAfterTheLimitation(t *testing.T) {
	w := suspected(t)
	late := filed()
	late.ViolatedOn = "2017-11-01"
	w.flags([]string{"filed-after-limitation"}, caseStream, late, inspector)
	w.owes(caseStream, "limitation", obligation.Late, "2019-11-01")
	harmed := filed()
	harmed.ViolatedOn, harmed.Harm = "2017-11-01", true
	w.accepts("case/"+visit("t1", "other"), harmed, inspector)
}

// Pillar 14: a case waits for its visit: before the arrival nobody but the team and the city knows of it.
func TestR39ACaseIsKnownToWhoKnowsItsVisit(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), inspector, in("c"))
	of := filed()
	of.Findings = nil
	w.accepts(caseStream, of, inspector)
	county := by(event.Actor{Person: "gov", Role: event.RoleCountyGovernment, County: "610902"})
	change := &casefile.DecisionChanged{Penalty: "p", Change: "annulled", By: "court", Reason: "…"}
	w.refuses("pillar 2", "not-begun", caseStream, change, county)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.refuses("R41", "unknown-penalty", caseStream, change, county)
}

// Whatever comes to a case in whatever order: nothing panics, and what is refused changes nothing.
func TestR41AnyOrderOfStepsOfACase(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := suspected(t)
		people := []option{inspector, clerk, by(event.Actor{Person: "wang", Role: event.RoleTeamLeader, Team: "t1"}), imported}
		now := noon
		for range rapid.IntRange(3, 25).Draw(rt, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 72).Draw(rt, "hours")) * time.Hour)
			pick := func(list ...string) string { return rapid.SampledFrom(list).Draw(rt, "which") }
			var body event.Data
			to := caseStream
			switch rapid.IntRange(0, 8).Draw(rt, "what") {
			case 0:
				body = filed()
			case 1:
				body = noticed(rapid.Bool().Draw(rt, "hearing"))
			case 2, 3:
				body = stepOf(pick("inquiry", "hearing-requested", "hearing-notified", "hearing-held", "legal-review", "decision-served"),
					casefile.Participant{Person: pick("ma", "wang", "zhou"), Part: pick("chair", "investigator", "reviewer")})
			case 4:
				d := inCase(pick("p", "q"), 1000)
				d.Kind = pick("fine", "warning", "stop-production")
				if d.Kind != "fine" {
					d.Fine = nil
				}
				body = d
			case 5:
				body = payment(pick("p", "q"), pick("paid", "refunded"), int64(rapid.IntRange(1, 1500).Draw(rt, "fen")))
			case 6:
				body = &casefile.DecisionChanged{Penalty: pick("p", "q"), Change: pick("annulled", "revised"), By: "court", Reason: "x"}
			case 7:
				body = &casefile.EnforcementRequested{Penalty: pick("p", "q"), Court: "x"}
			default:
				body = &casefile.Closed{Ground: "executed"}
			}
			e := w.event(to, body, rapid.SampledFrom(people).Draw(rt, "who"), at(now))
			before := w.cases.of(w.stream(caseStream).ID)
			owed := slices.Clone(w.cases.owed(w.stream(caseStream).ID, vantage{}).list)
			if _, err := w.record(e); err == nil {
				continue
			}
			if w.cases.of(w.stream(caseStream).ID) != before || !slices.Equal(owed, w.cases.owed(w.stream(caseStream).ID, vantage{}).list) {
				rt.Fatalf("%T was refused and changed the case", body)
			}
		}
	})
}

// R42, R61: who files a case with officers and for an authority that the registers do not have so is flagged; a fine that is
// enforced without a demand too, and one that was annulled is not enforced (行政强制法 Art. 54).
func TestR41WhoFilesAndWhatIsEnforcedIsLookedAt(t *testing.T) {
	w := suspected(t)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{{ID: "mines", Name: "矿山局",
		Sectors: []string{"MINE"}}}})
	d := filed()
	d.Authority, d.Officers[0].Certificate = "nowhere", "not this one"
	w.flags([]string{"unknown-unit", "certificate-unregistered"}, caseStream, d, inspector)
	w.given(caseStream, noticed(false), inspector)
	w.given(caseStream, inCase("p", 1000_00), inspector)
	w.given(caseStream, &casefile.DecisionChanged{Penalty: "p", Change: "annulled", By: "court", Reason: "…"}, clerk)
	w.refuses("R41", "penalty-is-annulled", caseStream, &casefile.EnforcementRequested{Penalty: "p", Court: "汉滨区人民法院"}, clerk)
	w.refuses("R55", "unknown-case", "transfer/office.mines.1", &transfer.Transferred{Matter: "case", Case: visit("t1", "none"),
		Ground: "investigate", Task: "核查"}, clerk)
}
