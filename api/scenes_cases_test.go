package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/transfer"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

var (
	caseID = eventtest.Visit("t1", "case")
	caseOf = "case/" + caseID
	visitI = eventtest.Visit("t1", "i")
)

// filed is a case of findings of visit i.
func filed(change func(*casefile.Filed)) *casefile.Filed {
	d := &casefile.Filed{Inspection: visitI, Subject: "firm", Findings: []string{"f"}, Matter: "未设置安全警示标志", Authority: "emergency-city",
		Officers: []casefile.Officer{{Person: "ma", Certificate: "cert-ma"}, {Person: "li", Certificate: "cert-li"}}}
	change(d)
	return d
}

func asIs(*casefile.Filed) {}

func stepOf(step string, people ...casefile.Participant) *casefile.StepRecorded {
	return &casefile.StepRecorded{Step: step, People: people}
}

// decidedIn is a fine that was decided in the case.
func decidedIn(id, kind string) *casefile.PenaltyDecided {
	d := fined(id, "f")
	if d.Inspection, d.Kind = visitI, kind; kind != "fine" {
		d.Fine = nil
	}
	return d
}

func noticed(hearing bool) *casefile.Notified {
	return &casefile.Notified{Kind: "fine", Fine: &event.Money{Currency: "CNY", Amount: 50_000_00}, Facts: "未设置安全警示标志",
		LegalBasis: []event.Citation{{Law: "安全生产法", Article: "99"}}, Hearing: hearing}
}

// R41: what may not be in a case that is filed, and the road on which nothing is said.
func TestCasesAreFiled(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given("inspection/i", discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	s.given("table/units", units(table.Unit{ID: "emergency-city", Name: "市应急管理局", Sectors: []string{"INDTRADE"}}))
	s.says("case-name", "case/first", filed(asIs), as("ma"))
	s.says("case-name", "case/"+eventtest.Visit("t2", "case"), filed(asIs), as("ma"))
	s.says("unknown-subject", caseOf, filed(func(d *casefile.Filed) { d.Inspection, d.Findings, d.Subject = "", nil, "nobody" }), as("ma"))
	s.says("unknown-finding", caseOf, filed(func(d *casefile.Filed) { d.Inspection = "" }), as("ma"))
	s.says("unknown-finding", caseOf, filed(func(d *casefile.Filed) { d.Findings = []string{"g"} }), as("ma"))
	s.says("not-started", caseOf, filed(func(d *casefile.Filed) { d.Inspection = eventtest.Visit("t1", "none") }), as("ma"))
	other := enterprise()
	other.Name = "另一合成企业"
	s.given("subject/other", other)
	s.says("case-of-another-subject", caseOf, filed(func(d *casefile.Filed) { d.Subject = "other" }), as("ma"))
	s.says("too-few-officers", caseOf, filed(func(d *casefile.Filed) { d.Officers[1] = d.Officers[0] }), as("ma"))
	s.says("not-begun", caseOf, noticed(false), as("ma"))
	s.given("table/law-limits", &table.Published{Table: table.Limits, Limits: []codes.LawLimit{{Matter: "limitation", Law: "行政处罚法",
		Version: "2017-09-01", Article: "29", Number: 2, Unit: "years", From: "1996-10-01"}}})
	s.says("unknown-unit certificate-unregistered filed-after-limitation", caseOf, filed(func(d *casefile.Filed) {
		d.Authority, d.Officers[0].Certificate, d.ViolatedOn = "nobody", "other", "2017-01-04"
	}), as("ma"))
	s.says("id-taken", caseOf, filed(asIs), as("ma"))
	second := "case/" + eventtest.Visit("t1", "second")
	if got := s.says("", second, filed(asIs), as("ma")); len(saidBy(s, got)) > 0 {
		t.Errorf("a case that is filed as it should be: %s", got.body)
	}
	s.without("certificate-unregistered", "case/"+eventtest.Visit("t1", "third"), filed(func(d *casefile.Filed) {
		d.Authority, d.ViolatedOn = "nobody", "2017-01-04"
	}), as("ma"))
	s.without("filed-after-limitation", "case/"+eventtest.Visit("t1", "fourth"), filed(func(d *casefile.Filed) {
		d.Authority, d.Officers[0].Certificate = "nobody", "other"
	}), as("ma"))
}

// R41: notice, hearing and legal review.
func TestCasesAreHeard(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given("inspection/i", discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	s.given("table/law-limits", &table.Published{Table: table.Limits, Limits: []codes.LawLimit{{Matter: "hearing-notice", Law: "行政处罚法",
		Version: "2017-09-01", Article: "42", Number: 7, Unit: "days", From: "1996-10-01"}}})
	s.given(caseOf, filed(asIs), as("ma"))
	s.says("nothing-to-serve", caseOf, stepOf("decision-served"), as("ma"))
	s.says("case-not-decided", caseOf, &casefile.Closed{Ground: "executed"}, as("ma"))
	s.says("legal-review-required", caseOf, decidedIn("p", "stop-production"), as("ma"))
	s.says("decided-without-notice", caseOf, decidedIn("p0", "fine"), as("ma"))
	s.given("table/law-limits", &table.Published{Table: table.Limits, Limits: []codes.LawLimit{{Matter: "hearing-notice", Law: "行政处罚法",
		Version: "2017-09-01", Article: "42", Number: 7, Unit: "days", From: "1996-10-01"}, {Matter: "larger-fine-unit", Law: "安全生产违法行为行政处罚办法",
		Version: "2015", Article: "x", Number: 50_000_00, Unit: "fen", From: "2015-05-01"}}})
	s.says("hearing-not-offered", caseOf, noticed(false), as("ma"))
	s.given(caseOf, noticed(true), as("ma"))
	s.given(caseOf, stepOf("hearing-requested", casefile.Participant{Part: "party"}), as("ma"))
	s.says("hearing-needs-day", caseOf, stepOf("hearing-notified"), as("ma"))
	notified := stepOf("hearing-notified")
	notified.HearingOn = "2019-12-05"
	s.given(caseOf, notified, as("ma"))
	s.says("hearing-needs-chair", caseOf, stepOf("hearing-held"), as("ma"))
	s.says("investigator-chairs-hearing", caseOf, stepOf("hearing-held", casefile.Participant{Person: "ma", Part: "chair"}), as("ma"))
	s.says("investigator-reviews", caseOf, stepOf("legal-review", casefile.Participant{Person: "zhou", Part: "reviewer"}), as("ma"))
	s.given(caseOf, stepOf("legal-review", casefile.Participant{Person: "zhou", Part: "reviewer"}), as("zhou"))
	s.says("decided-without-hearing", caseOf, decidedIn("p", "stop-production"), as("ma"))
	s.says("hearing-too-early", caseOf, stepOf("hearing-held", casefile.Participant{Person: "zheng", Part: "chair"}), as("wang"))
	s.says("investigator-chairs-hearing", caseOf, stepOf("inquiry", casefile.Participant{Person: "zheng", Part: "investigator"}), as("ma"))
	if got := s.says("", caseOf, decidedIn("q", "stop-production"), as("ma")); len(saidBy(s, got)) > 0 {
		t.Errorf("decided after notice, hearing and review: %s", got.body)
	}
	elsewhere := "case/" + eventtest.Visit("t1", "elsewhere")
	s.given(elsewhere, filed(func(d *casefile.Filed) { d.Inspection, d.Findings = "", nil }), as("ma"))
	s.says("case-of-another-visit", elsewhere, decidedIn("r", "fine"), as("ma"))
	onTheSpot := "case/" + eventtest.Visit("t1", "spot")
	s.given(onTheSpot, decidedIn("s", "warning"), as("ma"))
	s.says("case-not-filed", onTheSpot, noticed(false), as("ma"))
	draft := decidedIn("d", "warning")
	draft.Final = false
	s.given(onTheSpot, draft, as("ma"))
	s.says("penalty-not-final", onTheSpot, &casefile.DecisionChanged{Penalty: "d", Change: "annulled", By: "court", Reason: "x"}, as("ma"))
	s.without("penalty-not-final", onTheSpot, &casefile.DecisionChanged{Penalty: "s", Change: "annulled", By: "court", Reason: "x"}, as("ma"))
	s.given(caseOf, &casefile.PaymentRecorded{Penalty: "p0", Direction: "paid", Amount: *decidedIn("p0", "fine").Fine}, as("zhou"))
	s.without("case-not-decided", caseOf, &casefile.Closed{Ground: "executed"}, as("ma"))
	s.given(elsewhere, noticed(true), as("ma"))
	s.given(elsewhere, stepOf("hearing-requested", casefile.Participant{Part: "party"}), as("ma"))
	notified.HearingOn = "2019-12-20"
	s.given(elsewhere, notified, as("ma"))
	s.later(16 * 24 * time.Hour)
	s.without("hearing-too-early", elsewhere, stepOf("hearing-held", casefile.Participant{Person: "zheng", Part: "chair"}), as("wang"),
		hour(16*24))
}

// R41, R71: what follows a decision: payment, enforcement, a change, its publication, the end.
func TestDecisionsAreCarriedOut(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given("inspection/i", discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	s.given("table/law-limits", &table.Published{Table: table.Limits, Limits: []codes.LawLimit{
		{Matter: "demand", Law: "行政强制法", Version: "2011-06-30", Article: "54", Number: 10, Unit: "working-days", From: "2012-01-01"},
		{Matter: "payment", Law: "行政处罚法", Version: "2017-09-01", Article: "46", Number: 15, Unit: "days", From: "1996-10-01"}}})
	s.given(caseOf, filed(asIs), as("ma"))
	s.given(caseOf, noticed(false), as("ma"))
	s.given(caseOf, decidedIn("p", "fine"), as("ma"))
	s.given(caseOf, decidedIn("w", "warning"), as("ma"))
	paid := func(penalty, direction, currency string, amount int64) *casefile.PaymentRecorded {
		return &casefile.PaymentRecorded{Penalty: penalty, Direction: direction, Amount: event.Money{Currency: currency, Amount: amount}}
	}
	whole := fined("p", "f").Fine.Amount
	s.says("unknown-penalty", caseOf, paid("x", "paid", "CNY", 1), as("zhou"))
	s.says("not-a-fine", caseOf, paid("w", "paid", "CNY", 1), as("zhou"))
	s.says("payment-in-another-currency", caseOf, paid("p", "paid", "USD", 1), as("zhou"))
	s.says("decider-records-payment", caseOf, paid("p", "paid", "CNY", whole), as("ma"))
	s.says("refund-exceeds-payment", caseOf, paid("p", "refunded", "CNY", 1), as("zhou"))
	s.says("fine-not-paid", caseOf, &casefile.Closed{Ground: "executed"}, as("ma"))
	served := s.given(caseOf, stepOf("decision-served", casefile.Participant{Part: "party"}), as("ma"))
	longer := s.given(caseOf, &oversight.TermExtended{Obligation: "payment", Event: served.ID.String(), Until: "2020-01-31", Ground: "经营困难"},
		as("ma"))
	s.says("no-second-person", caseOf, yes(longer), as("ma leads"))
	s.given(caseOf, yes(longer), as("zhou"))
	s.says("nothing-waits", caseOf, yes(longer), as("zhou"))
	s.says("enforced-without-demand", caseOf, &casefile.EnforcementRequested{Penalty: "p", Court: "汉滨区人民法院"}, as("ma"))
	s.quiet(caseOf, &casefile.EnforcementRequested{Penalty: "p", Court: "汉滨区人民法院", DemandedOn: "2019-11-01"}, as("ma"))
	s.given(caseOf, paid("p", "paid", "CNY", whole), as("zhou"))
	s.says("nothing-to-extend", caseOf, &oversight.TermExtended{Obligation: "payment", Event: served.ID.String(), Until: "2020-01-31",
		Ground: "x"},
		as("ma"))
	paper := &publicity.Published{Outlet: "市应急管理局网站", Title: "行政处罚决定公开", PublishedOn: "2019-12-05", Case: caseID, Penalty: "p"}
	s.says("unknown-case", "publicity/p", &publicity.Published{Outlet: "x", Title: "x", PublishedOn: "2019-12-05", Case: caseID,
		Penalty: "none"})
	s.given("publicity/p", paper)
	revised := &casefile.DecisionChanged{Penalty: "p", Change: "revised", By: "review", Reason: "复议变更",
		Fine: &event.Money{Currency: "CNY", Amount: whole / 2}}
	s.says("paid-differs ground-changed", caseOf, revised, as("ma"))
	s.given(caseOf, paid("p", "refunded", "CNY", whole/2), as("zhou"))
	s.without("paid-differs", caseOf, revised, as("ma"))
	s.says("not-a-fine", caseOf, &casefile.DecisionChanged{Penalty: "w", Change: "revised", By: "court", Reason: "x", Fine: revised.Fine},
		as("ma"))
	s.given(caseOf, &casefile.DecisionChanged{Penalty: "w", Change: "annulled", By: "court", Reason: "判决撤销"}, as("ma"))
	s.says("penalty-is-annulled", caseOf, &casefile.DecisionChanged{Penalty: "w", Change: "annulled", By: "court", Reason: "判决撤销"}, as("ma"))
	s.given(caseOf, &casefile.Closed{Ground: "executed"}, as("ma"))
	s.says("case-is-closed", caseOf, noticed(false), as("ma"))
}

// R41, R47: a fine for an accident has its range, which the accident's grade moves; and what repeats has something before it.
func TestPenaltiesAreComparedWithOtherStreams(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	forAccident := func(id string, fen int64, aggravated ...string) *casefile.PenaltyDecided {
		return &casefile.PenaltyDecided{Subject: "firm", Penalty: id, Kind: "fine", Accident: "a", Final: true, Aggravated: aggravated,
			Fine: &event.Money{Currency: "CNY", Amount: fen}, LegalBasis: []event.Citation{{Law: "安全生产法", Version: "2014-08-31",
				Article: "109"}}}
	}
	second := "case/" + eventtest.Visit("t1", "second")
	s.says("unknown-accident", caseOf, forAccident("p", 300_000_00), as("zhou"))
	s.given("accident/a", reported(func(d *accident.Reported) { d.Harm = harmed(1) }))
	if got := s.says("", caseOf, forAccident("p", 300_000_00), as("zhou")); len(saidBy(s, got)) > 0 {
		t.Errorf("a fine within the range: %s", got.body)
	}
	s.says("fine-outside-range", second, forAccident("p", 100_000_00), as("zhou"))
	s.says("fine-outside-range", "accident/a", &accident.CasualtiesUpdated{Harm: harmed(3), Reason: "抢救无效死亡"})
	repeating := "case/" + eventtest.Visit("t1", "repeats")
	again := forAccident("p", 600_000_00, "repeated")
	if got := s.says("", repeating, again, as("zhou")); len(saidBy(s, got)) > 0 {
		t.Errorf("it repeats what was punished: %s", got.body)
	}
	again = forAccident("p", 600_000_00, "repeated")
	again.LegalBasis[0].Article = "38"
	s.says("repetition-unknown", "case/"+eventtest.Visit("t1", "new"), again, as("zhou"))
}

// R55, R77: a case is handed over to the police, which ends its time, and a case that nobody knows is not.
func TestCasesAreHandedOver(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given("inspection/i", discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	s.given(caseOf, filed(asIs), as("ma"))
	given := &transfer.Transferred{Matter: "case", Case: caseID, Ground: "crime", Task: "涉嫌危险作业罪，移送审查"}
	s.says("unknown-case", "transfer/t1.police-610902.1", &transfer.Transferred{Matter: "case", Case: "none", Ground: "crime", Task: "x"},
		as("ma"))
	s.given("transfer/t1.police-610902.1", given, as("ma"))
	s.given(caseOf, &casefile.Closed{Ground: "transferred"}, as("ma"))
}

// figured reads the money figures of a view, and how many penalties it has: "900 paid 400 refunded 0 unpaid 500 of 1, unpaid 1 revised 0
// annulled 0".
func (s *scene) figured(target string) string {
	s.Helper()
	var v struct {
		Counts            struct{ Penalties int }
		Fines             []struct{ Amount int64 }
		FinesPaid         []struct{ Amount int64 } `json:"fines_paid"`
		FinesRefunded     []struct{ Amount int64 } `json:"fines_refunded"`
		FinesUnpaid       []struct{ Amount int64 } `json:"fines_unpaid"`
		PenaltiesUnpaid   int                      `json:"penalties_unpaid"`
		PenaltiesRevised  int                      `json:"penalties_revised"`
		PenaltiesAnnulled int                      `json:"penalties_annulled"`
	}
	s.must(json.Unmarshal(s.want(s.get(desk, target), 200, "").body, &v))
	sum := func(list []struct{ Amount int64 }) int64 {
		if len(list) == 0 {
			return 0
		}
		return list[0].Amount
	}
	return fmt.Sprintf("%d paid %d refunded %d unpaid %d of %d, unpaid %d revised %d annulled %d", sum(v.Fines), sum(v.FinesPaid),
		sum(v.FinesRefunded), sum(v.FinesUnpaid), v.Counts.Penalties, v.PenaltiesUnpaid, v.PenaltiesRevised, v.PenaltiesAnnulled)
}

// R41: all figures follow a penalty to its end, those of team, enterprise, county, city, campaign and year alike, and its visit and
// its enterprise show how it stands.
func TestFiguresFollowAPenalty(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given("inspection/i", discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	s.given(caseOf, filed(asIs), as("ma"))
	s.given(caseOf, noticed(false), as("ma"))
	s.given(caseOf, decidedIn("p", "fine"), as("ma"))
	whole := fined("p", "f").Fine.Amount
	wants := func(want, state string) {
		t.Helper()
		for _, target := range []string{"/v1/teams/t1", "/v1/subjects/firm", "/v1/counties/610902", "/v1/city", "/v1/city?campaign=c&year=2019",
			"/v1/subjects/firm?campaign=c&year=2019", "/v1/teams/t1?year=2019"} {
			if got := s.figured(target); got != want {
				t.Errorf("%s: %s, want %s", target, got, want)
			}
		}
		if got := s.figured("/v1/city?year=2020"); got != "0 paid 0 refunded 0 unpaid 0 of 0, unpaid 0 revised 0 annulled 0" {
			t.Errorf("of another year: %s", got)
		}
		for _, target := range []string{"/v1/subjects/firm", "/v1/inspections/" + visitI} {
			var v struct {
				Penalties []struct{ Penalty, State, Case string }
			}
			s.must(json.Unmarshal(s.want(s.get(desk, target), 200, "").body, &v))
			if len(v.Penalties) != 1 || v.Penalties[0].State != state || v.Penalties[0].Case != caseID || v.Penalties[0].Penalty != "p" {
				t.Errorf("%s shows %+v, want %s", target, v.Penalties, state)
			}
		}
	}
	pays := func(direction string, amount int64) *casefile.PaymentRecorded {
		return &casefile.PaymentRecorded{Penalty: "p", Direction: direction, Amount: event.Money{Currency: "CNY", Amount: amount}}
	}
	says := func(fines, paid, refunded, unpaid int64, rest string) string {
		return fmt.Sprintf("%d paid %d refunded %d unpaid %d of %s", fines, paid, refunded, unpaid, rest)
	}
	wants(says(whole, 0, 0, whole, "1, unpaid 1 revised 0 annulled 0"), "final")
	s.given(caseOf, pays("paid", whole), as("zhou"))
	wants(says(whole, whole, 0, 0, "1, unpaid 0 revised 0 annulled 0"), "final")
	s.given(caseOf, &casefile.DecisionChanged{Penalty: "p", Change: "revised", By: "review", Reason: "复议变更",
		Fine: &event.Money{Currency: "CNY", Amount: whole / 2}}, as("ma"))
	s.given(caseOf, pays("refunded", whole/2), as("zhou"))
	wants(says(whole/2, whole, whole/2, 0, "1, unpaid 0 revised 1 annulled 0"), "revised")
	s.given(caseOf, &casefile.DecisionChanged{Penalty: "p", Change: "annulled", By: "court", Reason: "判决撤销"}, as("ma"))
	wants(says(0, whole, whole/2, 0, "0, unpaid 0 revised 0 annulled 1"), "annulled")
}

// R41, R77: a finding whose penalty is annulled is owed a decision again, and one that is handed over is not.
func TestAnAnnulledPenaltyHoldsUpTheClosing(t *testing.T) {
	s := newScene(t)
	s.onSpot()
	s.given("inspection/i", discovered("f", func(d *inspection.FindingRecorded) { d.Punishable = true }))
	closing := func(waits bool) {
		t.Helper()
		raw, a := s.event("inspection/i", &inspection.Closed{})
		if got := slices.Contains(saidBy(s, s.post(a.by, raw)), "closing-needs-penalty"); got != waits {
			t.Errorf("the closing waits for a penalty: %v, want %v", got, waits)
		}
	}
	closing(true)
	spot := "case/" + eventtest.Visit("t1", "spot")
	s.given(spot, decidedIn("s", "fine"), as("ma"))
	closing(false)
	s.given(spot, &casefile.DecisionChanged{Penalty: "s", Change: "annulled", By: "own-correction", Reason: "认定事实有误"}, as("zhou"))
	closing(true)
	s.given("transfer/t1.610902.1", &transfer.Transferred{Matter: "finding", Inspection: visitI, Finding: "f", Ground: "competence",
		Task: "依法处理"}, as("ma"))
	closing(false)
}
