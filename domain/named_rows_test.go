package domain

import (
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
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
