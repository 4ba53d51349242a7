package domain

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/teamreview"
	"github.com/anjian-ledger/anjian/domain/token"
)

// Rows whose refusal was tried by no test that has the row in its name.

func TestR41NothingIsServedBeforeItIsDecided(t *testing.T) {
	w := suspected(t)
	w.given(caseStream, filed(), inspector)
	w.refuses("R41", "nothing-to-serve", caseStream, stepOf("decision-served"), inspector)
}

func TestR63AReviewNamesFindingsThatItsVisitsHave(t *testing.T) {
	w, flag := reviewedTeam(t, func(*fixture) {})
	done := w.ofStream(w.stream(flag))
	fact := done[len(done)-1]
	d := *fact.Data.(*teamreview.Completed)
	d.Findings = []teamreview.Found{{Inspection: visit("t2", "r"), Finding: "none", Existed: true, First: visit("t1", "v1")}}
	w.refuses("R63", "unknown-finding", flag, again(fact, fact, &d, fact.Occurred), by(fact.Actor), at(fact.Recorded))
}

func TestR14AKeyIsGivenToASubjectThatIsKnown(t *testing.T) {
	w := campaignFixture(t)
	d := &token.Issued{SHA256: strings.Repeat("A", 43), Role: event.RoleInspector, Person: "ma", Team: "t1", Subject: "nowhere", Expires: end}
	own := func(e *event.Event) { e.Stream.ID, e.Actor = e.ID.String(), event.Actor{Role: event.RoleAdmin} }
	w.refuses("R14", "unknown-subject", "token/x", d, own)
	d.Subject = ""
	w.given("token/x", d, own)
}

func TestR59ATokenIsOfAPersonWhoIsKnown(t *testing.T) {
	w := campaignFixture(t)
	d := &token.Issued{SHA256: strings.Repeat("A", 43), Role: event.RoleInspector, Person: "nobody", Team: "t1", Expires: end}
	own := func(e *event.Event) { e.Stream.ID, e.Actor = e.ID.String(), event.Actor{Role: event.RoleAdmin} }
	w.refuses("R59", "unknown-person", "token/x", d, own)
	d.Person = "ma"
	w.given("token/x", d, own)
}

func TestR61WhoLeavesATeamWasOfIt(t *testing.T) {
	w := campaignFixture(t)
	w.refuses("R61", "not-a-member", "team/t1", &team.MemberLeft{Person: "zhou"})
	w.accepts("team/t1", &team.MemberLeft{Person: "li"})
	w.refuses("R61", "not-a-member", "team/t1", &team.MemberLeft{Person: "li"})
}

func TestR17WhoInspectsRegistersWhatTheOwnTeamInspects(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t1", &team.ScopeAssigned{Counties: []string{"610902"}, Sectors: []string{"INDTRADE"}})
	found := func(region string) *subject.Registered {
		d := firm()
		d.Kind, d.Discovery, d.Region = "unlicensed-place", "field", region
		return d
	}
	w.refuses("R17", "not-your-scope", "subject/t1.elsewhere", found("610921100"), inspector)
	w.accepts("subject/t1.here", found("610902107"), inspector)
}

func TestR20ADateThatCannotBeMeantIsNoExtension(t *testing.T) {
	w := recorded(t, evident("f"), ordered("o", "2019-12-12", "f"), fined("p", "f"))
	issued := w.ofType("order-issued")
	w.flags([]string{"due-far-off"}, "inspection/i", extending("rectify", issued, "2022-12-20"), inspector)
	w.accepts("inspection/i", no(w.last("inspection/i")), chief)
	w.accepts("inspection/i", extending("rectify", issued, "2019-12-20"), inspector)
}

// extending asks for more time for what an event opened.
func extending(what string, opener *event.Event, until string) *oversight.TermExtended {
	return &oversight.TermExtended{Obligation: what, Event: opener.ID.String(), Until: until, Ground: "设备未到"}
}

func TestR29LimitsInTwoPartsDoNotOverlap(t *testing.T) {
	w := campaignFixture(t)
	part := func(i int, matter, from string) *codetable.Published {
		return &codetable.Published{Table: codetable.Limits, Part: &codetable.Part{Number: i, Of: 2}, Limits: []codes.LawLimit{{Matter: matter,
			Law: "行政处罚法", Version: "2017-09-01", Article: "1", Number: 30, Unit: "days", From: from}}}
	}
	w.accepts("table/law-limits", part(1, "decision", "1996-10-01"))
	w.refuses("R29", "row-in-two-parts", "table/law-limits", part(2, "decision", "2000-01-01"))
	w.accepts("table/law-limits", part(2, "service", "1996-10-01"))
}

func TestR43AReceiptIsOfTheDocumentThatWasDelivered(t *testing.T) {
	w := confirmedFixture(t)
	w.complete("i")
	w.deliver("i")
	d := &inspection.CopyAcknowledged{DocumentHash: strings.Repeat("e", 64), Recipient: "subject", Receipt: "1"}
	w.flags([]string{"wrong-document"}, "inspection/i", d, ofTheFirm)
	d.DocumentHash = document
	w.accepts("inspection/i", d, ofTheFirm)
}

func TestR46AStopSaysWhatElseWasConsidered(t *testing.T) {
	w := visitFixture(t)
	w.accepts("inspection/i", evident("f"), inspector)
	d := ordering(w, "stop")
	d.Alternatives = ""
	w.flags([]string{"alternatives-not-considered"}, "order/o", d, inspector)
	d = ordering(w, "stop")
	d.Order = "p"
	w.accepts("order/p", d, inspector)
}

func TestR69ADeductionNeedsTheCitysRules(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("table/units", &codetable.Published{Table: codetable.Units, Units: []codetable.Unit{{ID: "industry", Name: "工贸局"}}})
	w.refuses("R69", "unknown-code", "assessment/industry.2019", points(1, "D-3", 1))
	w.accepts("table/deduction-rules", &codetable.Published{Table: codetable.Deductions, Deductions: []codetable.Deduction{
		{ID: "D-3", Text: "发生事故", Points: 1}}})
	w.accepts("assessment/industry.2019", points(1, "D-3", 1))
}

func TestR71ADecisionThatIsMadePublicWasDecided(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p", 1000_00), inspector)
	public := func(id, penalty string) *publicity.Published {
		return &publicity.Published{Outlet: "x", Title: "x", PublishedOn: "2019-12-05", Case: id, Penalty: penalty}
	}
	w.refuses("R71", "unknown-case", "publicity/p", public(visit("t1", "none"), "p"))
	w.refuses("R71", "unknown-case", "publicity/p", public(visit("t1", "case"), "q"))
	w.accepts("publicity/p", public(visit("t1", "case"), "p"))
}
