package domain

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/clue"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/evaluation"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/supervision"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/tip"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

var (
	justice     = by(event.Actor{Person: "shi", Role: event.RoleEnforcementSupervisor})
	hanyinLaw   = by(event.Actor{Person: "shi", Role: event.RoleEnforcementSupervisor, County: "610921"})
	party       = by(event.Actor{Role: event.RoleInspectedParty, Unit: "firm"})
	otherParty  = by(event.Actor{Role: event.RoleInspectedParty, Unit: "other"})
	emergency   = by(event.Actor{Person: "e", Role: event.RoleDepartment, Unit: "emergency"})
	otherOffice = by(event.Actor{Person: "o", Role: event.RoleDepartment, Unit: "industry"})
)

// supervised is the policy of 2019 with what the law since 2025 asks for in N08 to N12, and nothing else of that.
func supervised() campaign.Policy {
	p, all := campaign.DefaultPolicy(), campaign.TodayPolicy()
	p.RefusalDays, p.ResultDays, p.NoQuotas = all.RefusalDays, all.ResultDays, all.NoQuotas
	p.SupervisionDays, p.ClueDays, p.ClueTransferDays = all.SupervisionDays, all.ClueDays, all.ClueTransferDays
	return p
}

// today is a ledger with campaign c of a policy, the units emergency and industry, and a visit i on the spot.
func today(t testing.TB, p campaign.Policy) *fixture {
	w := campaignFixture(t)
	second := plan("2")
	second.Policy = p
	w.accepts("campaign/c", second)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{
		{ID: "emergency", Name: "应急管理局", County: "610902", Sectors: []string{"INDTRADE"}},
		{ID: "industry", Name: "工信局", County: "610902", Sectors: []string{"INDTRADE"}}}})
	w.accepts("subject/other", firm())
	return w
}

func anOpinion() *supervision.Issued {
	return &supervision.Issued{Form: "opinion", Inspection: visit("t1", "i"), Faults: []string{"no-notice"}, Demand: "补正",
		Document: "司监〔2026〕1号"}
}

func aClue() *clue.Received {
	return &clue.Received{Inspection: visit("t1", "i"), Faults: []string{"conduct"}}
}

// N12: the supervision body sends an authority an opinion about a visit that it reads, and the authority, nobody else, answers it in
// the days of the plan; nobody is told of a visit before its arrival.
func TestN12AnAuthorityAnswersTheSupervisionBody(t *testing.T) {
	w := today(t, supervised())
	at := "supervision/emergency.1"
	w.given("inspection/i", started(), in("c"), inspector)
	w.refuses("N12", "no-visit-to-supervise", at, anOpinion(), justice)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.refuses("N12", "no-visit-to-supervise", at, anOpinion(), hanyinLaw)
	w.refuses("N12", "supervised-unit-unknown", "supervision/nobody.1", anOpinion(), justice)
	w.refuses("Roles", "role-may-not-append", at, anOpinion(), emergency)
	before := anOpinion()
	before.Due = "2019-12-01"
	w.refuses("N12", "supervision-due-before", at, before, justice)
	before.Due = "2019-12-04" // the day itself
	w.Begin()
	w.accepts(at, before, justice)
	w.Rollback()
	w.accepts(at, anOpinion(), justice)
	w.owes(at, "supervision-answer", obligation.Open, "2019-12-19")
	answer := &supervision.Answered{Outcome: "corrected", Answer: "已补正"}
	w.refuses("pillar 2", "not-begun", at, answer, otherOffice) // which does not know of it
	w.refuses("N12", "not-the-supervised", at, answer)
	k := keep(w)
	if said := k.sweep(noon.AddDate(0, 0, 15)); slices.Contains(names(said), "supervision-answer ") {
		t.Errorf("within its days it escalates %v", names(said))
	}
	if said := k.sweep(noon.AddDate(0, 0, 17)); !slices.Contains(names(said), "supervision-answer ") {
		t.Errorf("after its days it escalates %v", names(said))
	}
	w.accepts(at, answer, emergency)
	w.owes(at, "supervision-answer", obligation.Met, "2019-12-19")
	w.refuses("N12", "supervision-already-answered", at, answer, emergency)

	set := anOpinion()
	set.Form, set.Due = "decision", "2019-12-10"
	w.accepts("supervision/emergency.2", set, justice)
	w.owes("supervision/emergency.2", "supervision-answer", obligation.Open, "2019-12-10")
	onPaper := *answer
	onPaper.Paper = paper
	w.accepts("supervision/emergency.2", &onPaper)
}

// N10: a firm complains of a visit to it, and no other of one that was not there for it; the supervision body examines the complaint in
// the days of the plan, and hands a clue of misconduct over in time (N12).
func TestN10AComplaintGoesToTheSupervisionBodyAlone(t *testing.T) {
	w := today(t, supervised())
	w.given("inspection/i", started(), in("c"), inspector)
	w.refuses("N10", "no-visit-to-supervise", "clue/firm.a", aClue(), party)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.refuses("N10", "no-visit-to-supervise", "clue/other.a", aClue(), otherParty)
	w.accepts("clue/firm.a", aClue(), party)
	w.owes("clue/firm.a", "clue", obligation.Open, "2019-12-19")
	w.refuses("N12", "clue-needs-supervision", "clue/firm.a", &clue.Examined{Outcome: "founded"}, justice)
	w.refuses("N12", "clue-needs-supervision", "clue/firm.a", &clue.Examined{Outcome: "founded", Supervision: "emergency.1"}, justice)
	w.refuses("N12", "no-misconduct-to-transfer", "clue/firm.a", &clue.Transferred{To: "纪委监委"}, justice)
	w.accepts("supervision/emergency.1", anOpinion(), justice)
	w.accepts("clue/firm.a", &clue.Examined{Outcome: "founded", Supervision: "emergency.1"}, justice)
	w.owes("clue/firm.a", "clue", obligation.Met, "2019-12-19")
	w.refuses("N12", "clue-examined-already", "clue/firm.a", &clue.Examined{Outcome: "unfounded"}, justice)

	w.accepts("clue/b", aClue(), justice)
	w.accepts("clue/b", &clue.Examined{Outcome: "misconduct"}, justice)
	w.owes("clue/b", "clue-transfer", obligation.Open, "2019-12-09")
	w.accepts("clue/b", &clue.Transferred{To: "纪委监委"}, justice)
	w.owes("clue/b", "clue-transfer", obligation.Met, "2019-12-09")
	w.refuses("N12", "no-misconduct-to-transfer", "clue/b", &clue.Transferred{To: "纪委监委"}, justice)
}

// N12: the supervision body reads single matters; what is of a cell otherwise, figures and registers, is not its own.
func TestN12TheSupervisionBodyReadsMattersAndNothingElse(t *testing.T) {
	w := today(t, supervised())
	scope := visibility.ScopeOf(event.Actor{Person: "shi", Role: event.RoleEnforcementSupervisor}, roll{w.State})
	about := &event.About{County: "610902", Sectors: []string{"INDTRADE"}, Team: "t1", Subject: "firm"}
	for kind, want := range map[event.Kind]bool{event.Inspection: true, order.Name: true, casefile.Name: true, supervision.Name: true,
		clue.Name: true, evaluation.Name: true, event.Accident: false, event.Team: false, tip.Name: false, event.Kind("interference"): false,
		event.Review: false} {
		if got := scope.Sees(event.Stream{Kind: kind, ID: "x"}, about); got != want {
			t.Errorf("it sees %s: %t", kind, got)
		}
	}
	if !scope.Matters() {
		t.Error("it adds figures")
	}
}

// N12: who lets the days for a clue pass is named by the ledger.
func TestN12CluesAreExaminedAndHandedOverInTime(t *testing.T) {
	w := today(t, supervised())
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.accepts("clue/firm.a", aClue(), party)
	w.accepts("clue/b", aClue(), justice)
	w.accepts("clue/b", &clue.Examined{Outcome: "misconduct"}, justice)
	k := keep(w)
	said := func(day int) []string { return names(k.sweep(time.Date(2019, 12, day, 0, 0, 0, 0, event.Beijing))) }
	if got := said(9); slices.Contains(got, "clue ") || slices.Contains(got, "clue-transfer ") {
		t.Errorf("within the days it says %v", got)
	}
	if got := said(10); !slices.Contains(got, "clue-transfer ") || slices.Contains(got, "clue ") {
		t.Errorf("after the days of the hand-over it says %v", got)
	}
	if got := said(20); !slices.Contains(got, "clue ") {
		t.Errorf("after those of the examination it says %v", got)
	}
}

// N10: of all roles the supervision body and the commission alone read a complaint, and of the firm's rating the office, too; neither the
// inspecting authority, its officers and approvers, nor the team. It does not depend on what the entry is about.
func TestN10NobodyWhoInspectsReadsWhatTheFirmSays(t *testing.T) {
	w := today(t, supervised())
	about := &event.About{County: "610902", Sectors: []string{"INDTRADE"}, Team: "t1", Subject: "firm", Campaign: "c"}
	reads := map[event.Kind][]event.Role{
		clue.Name:       {event.RoleEnforcementSupervisor, event.RoleDisciplineCommission},
		evaluation.Name: {event.RoleEnforcementSupervisor, event.RoleDisciplineCommission, event.RoleSupervisionOffice},
	}
	for _, role := range event.Roles {
		who := event.Actor{Role: role, Person: "ma", Unit: "emergency"}
		switch role {
		case event.RoleInspector, event.RoleTeamLeader:
			who.Team = "t1"
		case event.RoleInspectedParty:
			who.Unit = "firm"
		}
		scope := visibility.ScopeOf(who, roll{w.State})
		for kind, roles := range reads {
			want := slices.Contains(roles, role) || role == event.RoleLedger
			if got := scope.Sees(event.Stream{Kind: kind, ID: "firm.a"}, about); got != want {
				t.Errorf("%s reads %s: %t", role, kind, got)
			}
		}
	}
}

// N08: what a firm refuses because papers are missing is recorded as that, by who stands there or by the firm; the supervision body
// examines it in the days of the plan.
func TestN08ALawfulRefusalIsExamined(t *testing.T) {
	w := today(t, supervised())
	refused := &inspection.EntryRefused{Faults: []string{"no-certificates", "no-notice"}, By: "张三"}
	w.given("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", refused, inspector)
	of := w.last("inspection/i").Ident().Ref()
	w.owes("inspection/i", "refusal-examination", obligation.Open, "2019-12-09")
	w.refuses("pillar 2", "not-started", "inspection/i", refused, party)
	w.accepts("inspection/i", &inspection.Attempted{Reason: "证件不齐，企业拒绝检查"}, inspector)
	w.accepts("inspection/i", refused, party) // which reads of the visit since the attempt
	again := w.last("inspection/i").Ident().Ref()
	w.refuses("N08", "no-refusal-to-examine", "inspection/i", &inspection.RefusalExamined{Refusal: "x" + of.Event[1:], Opinion: "有理"}, justice)
	w.accepts("inspection/i", &inspection.RefusalExamined{Refusal: of.Event, Lawful: true, Opinion: "有理"}, justice)
	w.refuses("N08", "no-refusal-to-examine", "inspection/i", &inspection.RefusalExamined{Refusal: of.Event, Opinion: "无理"}, justice)
	w.accepts("inspection/i", &inspection.RefusalExamined{Refusal: again.Event, Lawful: true, Opinion: "有理"}, justice)
	w.owes("inspection/i", "refusal-examination", obligation.Met, "2019-12-09")
}

// N09: the firm is told the result within days of the site record, with the date; the closing does not wait for it.
func TestN09TheResultIsTold(t *testing.T) {
	w := today(t, supervised())
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	w.complete("i")
	w.owes("inspection/i", "result-notice", obligation.Void, "")
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	w.owes("inspection/i", "result-notice", obligation.Open, "2019-12-11")
	told := &inspection.ResultTold{Result: "未发现问题", On: "2019-12-05", To: "张三", Method: "in-person"}
	w.refuses("N09", "told-in-the-future", "inspection/i", told, inspector)
	w.accepts("inspection/i", told, inspector, at(noon.AddDate(0, 0, 20)), late(0))
	w.owes("inspection/i", "result-notice", obligation.Met, "2019-12-11")
	fact := w.last("inspection/i")
	wrong := *told
	wrong.On = "2019-12-20"
	w.given("inspection/i", &correction.FactCorrected{Fact: fact.Ident().Ref(), Replaces: fact.Ident().Ref(), Reason: "日期有误",
		Occurred: fact.Occurred, Content: correction.Content(&wrong)}, inspector, at(noon.AddDate(0, 0, 20)))
	w.given("inspection/i", yes(w.last("inspection/i")), clerk2, at(noon.AddDate(0, 0, 20)))
	w.owes("inspection/i", "result-notice", obligation.Late, "2019-12-11")
}

// N11: a plan that gives somebody a number to reach is flagged; one that says what is covered is not.
func TestN11APlanWithQuotasIsFlagged(t *testing.T) {
	w := today(t, supervised())
	third := plan("3")
	third.Policy = campaign.TodayPolicy()
	w.accepts("campaign/c", third)
	third = plan("4")
	third.Policy, third.Quotas = campaign.TodayPolicy(), []campaign.Quota{{Of: "fines", Whom: "应急管理局", Number: 100_000_00}}
	w.flags([]string{"plan-sets-quotas"}, "campaign/c", third)
	then := plan("5")
	then.Quotas = third.Quotas
	w.accepts("campaign/c", then)
}

// N08 to N12: by a plan of 2019 nothing of it is said, and nothing is owed by a date.
func TestN12APlanOf2019SaysNothingOfIt(t *testing.T) {
	w := today(t, campaign.DefaultPolicy())
	k := keep(w)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", &inspection.EntryRefused{Faults: []string{"no-notice"}, By: "张三"}, inspector)
	w.accepts("inspection/i", &inspection.Arrived{}, inspector)
	w.complete("i")
	w.given("inspection/i", signedBy("ma", "li"), inspector)
	w.accepts("supervision/emergency.1", anOpinion(), justice)
	w.accepts("clue/firm.a", aClue(), party)
	w.accepts("clue/firm.a", &clue.Examined{Outcome: "misconduct"}, justice)
	for _, kind := range []string{"refusal-examination", "result-notice"} {
		w.owes("inspection/i", kind, obligation.Void, "")
	}
	dated := []string{"refusal-examination", "result-notice", "supervision-answer", "clue", "clue-transfer"}
	for _, said := range names(k.sweep(noon.AddDate(1, 0, 0))) {
		if slices.Contains(dated, strings.TrimSpace(said)) {
			t.Errorf("%s is escalated", said)
		}
	}
}

// N10, pillar 17: a firm corrects its own complaint, of which it reads nothing; another firm, and whoever inspected, hear that there
// is none. The supervision body says yes.
func TestN10AFirmCorrectsItsOwnComplaint(t *testing.T) {
	w := today(t, supervised())
	w.given("inspection/i", started(), in("c"), inspector)
	w.given("inspection/i", &inspection.Arrived{}, inspector)
	boss := by(event.Actor{Person: "boss", Role: event.RoleInspectedParty, Unit: "firm"})
	w.accepts("clue/firm.a", aClue(), boss)
	first := w.newest("clue-received")
	corrected := *first.Data.(*clue.Received)
	corrected.Faults = []string{"conduct"}
	content := again(first, first, &corrected, first.Occurred)
	for _, other := range []option{by(event.Actor{Person: "b", Role: event.RoleInspectedParty, Unit: "other"}), emergency, inspector} {
		w.refuses("pillar 17", "unknown-fact", "clue/firm.a", content, other)
	}
	w.accepts("clue/firm.a", content, boss)
	asked := w.newest("fact-corrected")
	w.refuses("pillar 17", "nothing-waits", "clue/firm.a", yes(asked), chief)
	w.accepts("clue/firm.a", yes(asked), by(event.Actor{Person: "j2", Role: event.RoleEnforcementSupervisor, Unit: "justice"}))
	if past := w.kind(clue.Name).(*plain).log("firm.a"); past.Turns() != 1 {
		t.Errorf("%d versions count", past.Turns())
	}
	if scope := visibility.AuthorScope(event.Actor{Person: "boss", Role: event.RoleInspectedParty, Unit: "firm"}, roll{w.State}); scope.Sees(
		first.Stream, &first.About) {
		t.Error("the firm reads the clue")
	}
}
