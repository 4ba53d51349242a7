package domain

import (
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

var (
	other     = by(event.Actor{Person: "li", Role: event.RoleInspector, Team: "t1"})
	governor  = by(event.Actor{Person: "governor", Role: event.RoleCityGovernment})
	ordersDay = func(n int) option { return at(noon.AddDate(0, 0, n)) }
)

// ordering is an order of visit i about finding f.
func ordering(w *fixture, kind string) *order.Issued {
	return &order.Issued{Inspection: w.stream("inspection/i").ID, Order: "o", Kind: kind, Findings: []string{"f"}, LegalBasis: statute,
		Alternatives: "限期整改不足以消除危险"}
}

// orderFixture has a visit of a firm with finding f, and an order of a kind about it in the stream order/o.
func orderFixture(t *testing.T, kind string, change ...func(*order.Issued)) *fixture {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	d := ordering(w, kind)
	for _, f := range change {
		f(d)
	}
	w.accepts("order/o", d, inspector)
	return w
}

func dated(d *order.Issued) { d.Due = "2019-12-20" }

func putRight(findings ...string) *order.Reported {
	return &order.Reported{Findings: findings, Done: "已整改"}
}

// R20: an order lies in a stream of its own and is a fact of its visit, too: the visit's rules judge it, and know it.
func TestR20AnOrderIsAFactOfItsVisit(t *testing.T) {
	w := visitFixture(t)
	w.refuses("R19", "unknown-finding", "order/o", ordering(w, "rectify-at-once"), inspector)
	w.accepts("inspection/i", evident("f"), inspector)
	elsewhere := ordering(w, "rectify-at-once")
	elsewhere.Inspection = "t1.0198f3c2-7a10-7000-8000-00000000dead"
	w.refuses("pillar 2", "not-started", "order/o", elsewhere, inspector)
	w.refuses("pillar 14", "order-name", "order/t2.o", ordering(w, "rectify-at-once"), inspector)
	w.refuses("pillar 2", "not-started", "order/t2.o", ordering(w, "rectify-at-once"),
		by(event.Actor{Person: "x", Role: event.RoleInspector, Team: "t2"}))
	visit := w.Revision(w.stream("inspection/i"))
	w.accepts("order/o", ordering(w, "rectify-at-once"), inspector)
	if now := w.Revision(w.stream("inspection/i")); now != visit {
		t.Errorf("the visit's revision moves from %d to %d", visit, now)
	}
	w.refuses("pillar 14", "id-taken", "order/o", ordering(w, "rectify-at-once"), inspector)
	w.refuses("R20", "order-exists", "order/p", ordering(w, "rectify-at-once"), inspector)
	if a := w.About(&event.Event{Stream: w.stream("order/o"), Data: &order.Lifted{}}); a.Subject != "firm" || a.Team != "t1" ||
		a.County != "610902" {
		t.Errorf("it is about %+v", a)
	}
}

// R20: what a flag of the visit says of an order lies in the visit's stream, in the same append.
func TestR20WhatTheVisitSaysOfAnOrderLiesInTheVisit(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	d := ordering(w, "rectify-by-date")
	d.Due = "2019-11-01"
	recorded, err := w.record(w.event("order/o", d, inspector))
	if err != nil || len(recorded) != 2 || recorded[1].Stream != w.stream("inspection/i") {
		t.Fatalf("%v, %v", recorded, err)
	}
	if f := recorded[1].Data.(*oversight.DeviationFlagged); f.Code != "due-before-issued" || f.Event != recorded[0].ID.String() {
		t.Errorf("%+v", f)
	}
}

// R20: reported, verified; the hazard is owed until then, in the visit, and the re-check in the order's stream.
func TestR20RectificationIsReportedAndVerified(t *testing.T) {
	w := orderFixture(t, "rectify-by-date", dated)
	w.owes("inspection/i", "rectify", obligation.Open, "2019-12-20")
	w.refuses("R20", "findings-not-of-order", "order/o", putRight("g"), inspector)
	w.accepts("order/o", putRight("f"), inspector, ordersDay(1))
	w.owes("inspection/i", "rectify", obligation.Met, "2019-12-20")
	w.flags([]string{"verified-by-reporter"}, "order/o", &order.Verified{Findings: []string{"f"}}, inspector, ordersDay(2))
	w.accepts("order/o", &order.Verified{Findings: []string{"f"}}, other, ordersDay(2))
}

// R20: what was reported and is not so is owed again; the authority takes the next step (R56).
func TestR20AFailedRecheckOpensWhatIsOwedAgain(t *testing.T) {
	w := orderFixture(t, "rectify-by-date", dated)
	w.accepts("order/o", putRight("f"), inspector, ordersDay(1))
	w.given("order/o", &order.Failed{Findings: []string{"f"}, Opinion: "仍未整改"}, other, ordersDay(2))
	w.owes("inspection/i", "rectify", obligation.Open, "2019-12-20")
	w.owes("inspection/i", "after-failure", obligation.Open, "2019-12-13")
	again := ordering(w, "stop")
	again.Order = "o2"
	w.accepts("order/o2", again, inspector, ordersDay(3))
	w.owes("inspection/i", "after-failure", obligation.Met, "2019-12-13")
}

// R44: a failed re-check has the visit reviewed that had been there.
func TestR44AFailedRecheckOpensAReview(t *testing.T) {
	w := orderFixture(t, "rectify-by-date", dated)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.given("order/o", &order.Failed{Findings: []string{"f"}, Opinion: "仍未整改"}, other, ordersDay(2))
	for _, e := range w.log {
		if d, ok := e.Data.(*review.Opened); ok && d.Problem == "failed-recheck" && d.Matter == w.stream("order/o").String() {
			return
		}
	}
	t.Error("no review was opened")
}

// R58: 多次整治不到位, 拒不执行.
func TestR58TwoFailedRechecksAndADefiedOrderProposeForTheBlacklist(t *testing.T) {
	proposed := func(w *fixture) (triggers []string) {
		for _, e := range w.log {
			if d, ok := e.Data.(*blacklist.Proposed); ok {
				triggers = append(triggers, d.Trigger)
			}
		}
		return triggers
	}
	w := orderFixture(t, "rectify-by-date", dated)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	bad := &order.Failed{Findings: []string{"f"}, Opinion: "仍未整改"}
	w.given("order/o", bad, other, ordersDay(2))
	if got := proposed(w); got != nil {
		t.Errorf("after one failure: %v", got)
	}
	w.given("order/o", bad, other, ordersDay(3))
	if got := proposed(w); len(got) != 1 || got[0] != "failed-rectification" {
		t.Errorf("after two: %v", got)
	}
	w.refuses("R20", "order-not-in-force", "order/o", &order.Defied{Order: "other", Seen: "仍在生产"}, inspector, ordersDay(4))
	w.given("order/o", &order.Defied{Order: "o", Seen: "仍在生产"}, inspector, ordersDay(4))
	if got := proposed(w); len(got) != 2 || got[1] != "serious" {
		t.Errorf("after it was defied: %v", got)
	}
}

// R46: a stop is lifted once, after a re-check; a report that asks to work again is answered.
func TestR46AStopIsLifted(t *testing.T) {
	w := orderFixture(t, "stop", func(d *order.Issued) { d.Until = "2019-12-31" })
	w.owes("order/o", "stop-end", obligation.Open, "2019-12-31")
	lift := &order.Lifted{Ground: "rectified", Reason: "隐患已消除"}
	w.flags([]string{"lifted-unverified"}, "order/o", lift, inspector, ordersDay(1))
	w.owes("order/o", "stop-end", obligation.Met, "2019-12-31")
	w.refuses("R20", "order-not-in-force", "order/o", lift, inspector, ordersDay(1))

	w = orderFixture(t, "stop")
	w.accepts("order/o", putRight("f"), inspector, ordersDay(1))
	w.accepts("order/o", &order.Verified{Findings: []string{"f"}}, other, ordersDay(1))
	w.accepts("order/o", lift, inspector, ordersDay(2))
}

// R46: a stop that lasts longer counts from a second person's yes on; R20: an extension that moves nothing is flagged.
func TestR20R46AStopIsExtendedByTwo(t *testing.T) {
	w := orderFixture(t, "stop", func(d *order.Issued) { d.Until = "2019-12-31" })
	issued := w.last("order/o")
	longer := &oversight.TermExtended{Obligation: "stop-end", Event: issued.ID.String(), Until: "2020-01-31", Ground: "设备未到"}
	wrong := *longer
	wrong.Obligation = "rectify"
	w.refuses("pillar 12", "nothing-to-extend", "order/o", &wrong, inspector)
	w.accepts("order/o", longer, inspector, ordersDay(1))
	ask := w.last("order/o")
	w.owes("order/o", "stop-end", obligation.Open, "2019-12-31")
	w.refuses("pillar 17", "no-second-person", "order/o", yes(ask), by(event.Actor{Person: "ma", Role: event.RoleSupervisionOffice}))
	w.refuses("Roles", "role-may-not-append", "order/o", yes(ask), governor)
	w.accepts("order/o", yes(ask), clerk2)
	w.owes("order/o", "stop-end", obligation.Open, "2020-01-31")
	w.refuses("pillar 17", "nothing-waits", "order/o", yes(ask), clerk2)
	late := *longer
	late.Until = "2020-01-01"
	w.flags([]string{"extension-without-effect"}, "order/o", &late, inspector, ordersDay(2))
}

// R46, R47: a closing has a ground and is decided by a government; who proposes it does not decide.
func TestR46AClosingIsProposedAndDecidedByAGovernment(t *testing.T) {
	w := orderFixture(t, "stop")
	closing := &order.ClosureProposed{Ground: "major-hazard", Findings: []string{"f"}, Scope: "full", Alternatives: "停产未能消除危险",
		LegalBasis: statute}
	bare := *closing
	bare.LegalBasis = nil
	w.refuses("R46", "closure-without-ground", "order/o", &bare, inspector)
	w.refuses("pillar 17", "person-required", "order/o", closing, by(event.Actor{Role: event.RoleInspector, Team: "t1"}))
	w.accepts("order/o", closing, inspector)
	ask := w.last("order/o")
	w.refuses("R46", "closure-waits", "order/o", closing, inspector)
	w.owes("order/o", "closure", obligation.Open, "2019-12-16")
	w.refuses("R46", "government-closes", "order/o", yes(ask), clerk2)
	w.refuses("pillar 17", "other-bytes", "order/o", &oversight.ApprovalGiven{Event: ask.ID.String(), SHA256: document}, governor)
	w.accepts("order/o", no(ask), governor)
	w.owes("order/o", "closure", obligation.Met, "2019-12-16")
	w.accepts("order/o", closing, inspector)
	w.accepts("order/o", yes(w.last("order/o")), governor)
}

// R46: a seal ends after thirty days by law, evidence registered in advance is dealt with in seven (R41).
func TestR46ASealEndsByTheLaw(t *testing.T) {
	w := orderFixture(t, "seal")
	w.owes("order/o", "seal", obligation.Open, "2020-01-03")
}

// R20: a hazard for which nothing was ordered is reported, too, in a stream that the report begins.
func TestR20WhatNobodyOrderedIsReportedToo(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	d := putRight("f")
	d.Inspection = w.stream("inspection/i").ID
	w.accepts("order/r", d, inspector, ordersDay(1))
	w.accepts("order/r", &order.Verified{Findings: []string{"f"}}, other, ordersDay(1))
	w.refuses("R20", "order-not-in-force", "order/r", &order.Lifted{Ground: "rectified", Reason: "x"}, inspector)
	if w.inspections.state(w.stream("inspection/i").ID).Repaired("f") == nil {
		t.Error("the visit does not know it")
	}
}

// R19: what begins a stream about a hazard for which nothing was ordered names findings of the visit.
func TestR19AStreamOfAnUnknownFindingIsRefused(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	visit, unknown := w.stream("inspection/i").ID, []string{"g"}
	for _, d := range []event.Data{
		&order.Reported{Inspection: visit, Findings: unknown, Done: "已整改"},
		&order.Verified{Inspection: visit, Findings: unknown},
		&order.Failed{Inspection: visit, Findings: unknown, Opinion: "仍未整改"},
	} {
		w.refuses("R19", "unknown-finding", "order/r", d, other, ordersDay(1))
	}
}

// R39: an order of a hidden visit is as hidden as that: for others it does not exist.
func TestR39AnOrderOfAHiddenVisitIsHidden(t *testing.T) {
	w := orderFixture(t, "stop")
	county := by(event.Actor{Person: "c", Role: event.RoleCountyGovernment, County: "610902", Unit: "u"})
	department := by(event.Actor{Person: "d", Role: event.RoleDepartment, County: "610902", Unit: "u"})
	w.refuses("pillar 2", "not-begun", "order/o", &order.Lifted{Ground: "mistaken", Reason: "x"}, department)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector, at(noon.Add(time.Minute)))
	w.refuses("pillar 17", "nothing-waits", "order/o", yes(w.last("order/o")), county)
}

// R41: evidence that was registered in advance is dealt with in seven days, a seal ends after thirty unless two people extend it.
func TestR41EvidenceRegisteredInAdvanceIsDealtWithInTime(t *testing.T) {
	w := underLimits(t, codes.LawLimit{Matter: "registered-evidence", Law: "行政处罚法", Version: "2017-09-01", Article: "37", Number: 7,
		Unit: "days", From: "1996-10-01"})
	d := ordering(w, "register-evidence")
	d.Registered = []event.Evidence{picture}
	w.accepts("order/o", d, inspector)
	w.owes("order/o", "registered-evidence", obligation.Open, "2019-12-11")
	w.accepts("order/o", &order.Lifted{Ground: "decided", Reason: "已作出处理决定"}, inspector, ordersDay(1))
	w.owes("order/o", "registered-evidence", obligation.Met, "2019-12-11")
}

// underLimits is a visit with finding f under the law's limits, and some more.
func underLimits(t *testing.T, rows ...codes.LawLimit) *fixture {
	w := campaignFixture(t)
	w.accepts("table/law-limits", &codetable.Published{Table: codetable.Limits, Limits: append(rows, codes.StatuteRows()...)})
	w.accepts("inspection/i", started(), inspector, in("c"))
	w.accepts("inspection/i", evident("f"), inspector)
	return w
}

// R20, R46: what was to be put right is looked at again in the days of the law, sooner where the party reports; who asks to work again
// is answered likewise.
func TestR20R46ARecheckAndAnAnswerToWhoAsksToWorkAgainAreOwed(t *testing.T) {
	w := underLimits(t,
		codes.LawLimit{Matter: "recheck", Law: "x", Version: "2015", Article: "1", Number: 10, Unit: "days", From: "2015-05-01"},
		codes.LawLimit{Matter: "resume", Law: "x", Version: "2015", Article: "1", Number: 10, Unit: "days", From: "2015-05-01"})
	stop := ordering(w, "stop")
	stop.Order, stop.Due = "p", "2019-12-20"
	w.accepts("order/p", stop, inspector)
	w.owes("order/p", "recheck", obligation.Open, "2019-12-30")
	ask := putRight("f")
	ask.Resume = true
	w.accepts("order/p", ask, inspector, ordersDay(1))
	w.owes("order/p", "recheck", obligation.Open, "2019-12-16")
	w.owes("order/p", "resume", obligation.Open, "2019-12-16")
	w.accepts("order/p", &order.Verified{Findings: []string{"f"}}, other, ordersDay(2))
	w.owes("order/p", "recheck", obligation.Met, "2019-12-16")
	w.accepts("order/p", &order.Lifted{Ground: "rectified", Reason: "隐患已消除"}, inspector, ordersDay(2))
	w.owes("order/p", "resume", obligation.Met, "2019-12-16")
}

// R20: the inspected party says itself that it has put a hazard right; another one does not know of it.
func TestR20ThePartyReportsItself(t *testing.T) {
	w := orderFixture(t, "rectify-by-date", dated)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	party := by(event.Actor{Person: "boss", Role: event.RoleInspectedParty, Unit: "firm"})
	w.refuses("pillar 14", "name-not-yours", "order/o", &order.Verified{Findings: []string{"f"}},
		by(event.Actor{Person: "b", Role: event.RoleOfficer,
			Unit: "nobody"}))
	stranger := by(event.Actor{Person: "x", Role: event.RoleInspectedParty, Unit: "other"})
	w.refuses("pillar 14", "name-not-yours", "order/o", putRight("f"), stranger)
	own := putRight("f")
	own.Inspection = w.stream("inspection/i").ID
	w.refuses("pillar 2", "not-started", "order/other.mine", own, stranger)
	w.accepts("order/o", putRight("f"), party, ordersDay(1))
	w.owes("inspection/i", "rectify", obligation.Met, "2019-12-20")
}

// R17, R20: people of another team write nothing of an order, and nobody in it of what it is not about.
func TestR17AnOrderIsOfItsTeamAndFindings(t *testing.T) {
	w := orderFixture(t, "stop")
	w.accepts("inspection/i", &inspection.Arrived{}, inspector) // before that it is hidden from them
	w.given("team/t2", &team.Formed{Name: "二组", Kind: "comprehensive"})
	w.given("team/t2", &team.ScopeAssigned{Sectors: []string{"INDTRADE"}, Counties: []string{"610902"}})
	w.given("person/he", newPerson("he"))
	w.given("team/t2", &team.MemberJoined{Person: "he"})
	closing := func(findings ...string) *order.ClosureProposed {
		return &order.ClosureProposed{Ground: "major-hazard", Findings: findings, Scope: "full", Alternatives: "停产未能消除危险",
			LegalBasis: statute}
	}
	stranger := by(event.Actor{Person: "he", Role: event.RoleInspector, Team: "t2"})
	for _, d := range []event.Data{&order.Lifted{Ground: "rectified", Reason: "x"}, &order.Defied{Order: "o", Seen: "仍在生产"}, putRight("f"),
		&order.Verified{Findings: []string{"f"}}, &order.Failed{Findings: []string{"f"}, Opinion: "仍未整改"}, closing("f")} {
		w.refuses("R17", "not-your-team", "order/o", d, stranger)
	}
	for _, d := range []event.Data{&order.Failed{Findings: []string{"g"}, Opinion: "仍未整改"}, closing("g")} {
		w.refuses("R20", "findings-not-of-order", "order/o", d, inspector)
	}
}
