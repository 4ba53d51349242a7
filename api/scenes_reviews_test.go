package api

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/interference"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/teamreview"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// sealedFor is a sealed text for a key; its file is not sent.
func sealedFor(key string) event.Sealed {
	return event.Sealed{SHA256: hash64, Size: 200, To: key, Commit: hash64}
}

// streamsOf lists the streams of a kind that somebody is shown, each once.
func (s *scene) streamsOf(kind, who string) (ids []string) {
	s.Helper()
	body := string(s.want(s.get(who, "/v1/events?stream="+kind), 200, "").body)
	for {
		_, rest, found := strings.Cut(body, `"subject":"`+kind+"/")
		if !found {
			return ids
		}
		id, _, _ := strings.Cut(rest, `"`)
		if ids = append(ids, id); len(ids) > 100 {
			s.Fatal("too many")
		}
		body = rest
	}
}

// R44, R66: the ledger opens, the commission decides; a leader is shown nothing.
func TestReviewsAreAnswered(t *testing.T) {
	s := newScene(t)
	both := s.key(event.RoleSupervisionOffice, event.RoleDisciplineCommission).ID
	s.onSpot()
	zero, ten := int64(0), int64(10)
	harm := accident.Harm{Deaths: &zero, SeriousInjuries: &zero, Injured: &zero, DirectLoss: &event.Money{Currency: "CNY"}}
	s.later(2 * time.Hour)
	s.given("accident/a", &accident.Reported{Subjects: []string{"firm"}, Region: "610902", Happened: noon.Add(time.Hour), Kind: "machinery",
		Summary: "…", Harm: harm}, hour(2))
	opened := s.streamsOf("review", commission)
	if len(opened) != 1 || len(s.streamsOf("review", "wang")) != 0 {
		t.Fatalf("reviews %q, a leader sees %q", opened, s.streamsOf("review", "wang"))
	}
	decide := func(grounds ...string) *review.Decided {
		return &review.Decided{Fault: len(grounds) > 0, Grounds: grounds, DecidedBy: "市纪委监委", Decision: sealedFor(both)}
	}
	at := "review/" + opened[0]
	s.says("role-may-not-append", at, decide())
	s.says("ground-of-another-review", at, decide("duty-neglected"), as(commission))
	s.says("", at, decide("coarse-carelessness"), as(commission))
	s.says("review-already-decided", at, decide(), as(commission))

	s.given("person/head", newPerson("head"))
	s.given("person/head", &person.OfficialAppointed{Post: "局长", Unit: "u", Sectors: []string{"INDTRADE"}, From: "2019-01-01"})
	grave := harm
	grave.Deaths = &ten
	s.given("accident/a", &accident.CasualtiesUpdated{Harm: grave, Reason: "r"}, hour(2))
	s.given("accident/a", &accident.CasualtiesUpdated{Harm: harm, Reason: "更正"}, hour(2))
	for _, id := range s.streamsOf("review", commission) {
		if id != opened[0] {
			s.says("decided-after-lapse", "review/"+id, decide("duty-neglected"), as(commission))
			return
		}
	}
	t.Error("no official is reviewed")
}

// R49, R52, R53: what the commission alone is shown.
func TestInquiriesAreAnswered(t *testing.T) {
	s := newScene(t)
	alone := s.key(event.RoleDisciplineCommission).ID
	seen := &inquiry.Observed{Team: "t1", Facts: sealedFor(alone)}
	s.says("unknown-team", "inquiry/m", &inquiry.Observed{Team: "t9", Facts: seen.Facts}, as(commission))
	s.says("role-may-not-append", "inquiry/m", seen)
	s.says("not-begun", "inquiry/m", &inquiry.Outcome{Result: "talk", DecidedBy: "d", Decision: seen.Facts}, as(commission))
	s.says("", "inquiry/m", seen, as(commission))
	whole := inquiry.Opened{Team: "t1", Breach: "missed-hazard", Consequence: "accident", Entries: []uint64{3}, Facts: seen.Facts}
	end := &inquiry.Outcome{Result: "talk", DecidedBy: "d", Decision: seen.Facts}
	s.says("no-inquiry", "inquiry/m", end, as(commission))
	for code, change := range map[string]func(*inquiry.Opened){
		"inquiry-needs-entries":  func(d *inquiry.Opened) { d.Entries = nil },
		"inquiry-needs-elements": func(d *inquiry.Opened) { d.Breach = "" },
		"inquiry-needs-whom":     func(d *inquiry.Opened) { d.Team = "" },
		"entry-not-recorded-yet": func(d *inquiry.Opened) { d.Entries = []uint64{1 << 40} },
		"unknown-person":         func(d *inquiry.Opened) { d.Persons = []string{"nobody"} },
	} {
		d := whole
		change(&d)
		s.says(code, "inquiry/m", &d, as(commission))
	}
	s.says("", "inquiry/m", &whole, as(commission))
	s.says("inquiry-is-open", "inquiry/m", &whole, as(commission))
	s.says("", "inquiry/m", end, as(commission))
	s.says("outcome-recorded-already", "inquiry/m", end, as(commission))

	told := &interference.Reported{Pressure: "leader", Content: sealedFor(alone)}
	s.says("unknown-visit", "interference/ma.x", &interference.Reported{Inspection: eventtest.Visit("t1", "none"), Pressure: "leader",
		Content: told.Content}, as("ma"))
	s.says("", "interference/ma.x", told, as("ma"))
	for _, who := range []string{office, "wang", "ma", desk} {
		if got := append(s.streamsOf("inquiry", who), s.streamsOf("interference", who)...); got != nil {
			t.Errorf("%s sees %q", who, got)
		}
	}
	if own := string(s.want(s.get("ma", "/v1/me/entries"), 200, "").body); !strings.Contains(own, "interference-reported") {
		t.Error("who told does not have it among his own entries")
	}
	if len(s.streamsOf("inquiry", commission)) != 3 || len(s.streamsOf("interference", commission)) != 1 {
		t.Error("the commission does not see its own")
	}
}

func TestTeamReviewsAreAnswered(t *testing.T) {
	s := newScene(t)
	for _, id := range []string{"he", "she"} {
		s.given("person/"+id, newPerson(id))
		s.given("team/t2", &team.MemberJoined{Person: id})
		s.issue(id, token.Issued{Role: event.RoleInspector, Person: id, Team: "t2"})
	}
	s.given("team/t2", &team.LeaderAppointed{Person: "he"})
	watch := &team.ObserverAssigned{Observer: "ma", From: "2019-12-01"}
	s.says("observer-of-the-team", "team/t1", watch, as(commission))
	watch.Observer = "zhou"
	s.says("", "team/t1", watch, as(commission))
	const at = "team-review/r"
	order := func(team, by string, people ...string) *teamreview.Ordered {
		return &teamreview.Ordered{Team: team, By: by, Reviewers: people}
	}
	r := eventtest.Visit("t2", "r")
	done := &teamreview.Completed{Inspections: []string{r}, Problem: true,
		Findings: []teamreview.Found{{Inspection: r, Finding: "f1", Existed: true}}}
	s.says("review-names-no-team", at, order("", "t2", "he"))
	s.says("unknown-team", at, order("t9", "t2", "he"))
	s.says("reviewer-of-the-reviewed", at, order("t1", "t2", "he", "ma"))
	s.says("reviewer-of-no-review-team", at, order("t1", "t2", "he", "zhou"))
	s.says("", at, order("t1", "t2", "he"))
	s.says("review-ordered-already", at, order("t1", "t2", "he"))
	if got := s.streamsOf("team-review", "wang"); got != nil {
		t.Errorf("the reviewed team sees %q", got)
	}
	if got := s.streamsOf("team-review", "he"); len(got) != 1 {
		t.Errorf("a reviewer sees %q", got)
	}
	s.says("no-visit-of-the-review", at, done, as("he"))
	d := begun()
	d.Team, d.VisitType, d.Inspectors = "t2", "team-review", []string{"he", "she"}
	s.given("inspection/t2.r", d, in("c"), as("he"))
	s.given("inspection/t2.r", &inspection.Arrived{}, as("he"))
	s.says("unknown-finding", at, done, as("he"))
	s.given("inspection/t2.r", discovered("f1"), as("he"))
	s.says("not-a-reviewer", at, done, as("she"))
	if got := string(s.says("", at, done, as("he")).body); strings.Contains(got, "inquiry") {
		t.Errorf("a reviewer learns of the commission's duty: %s", got)
	}
	s.says("review-completed-already", at, done, as("he"))
	if got := fmt.Sprint(s.streamsOf("inquiry", commission)); got != "[r]" {
		t.Errorf("the commission's duty: %s", got)
	}
	for who, reads := range map[string]bool{commission: true, office: false, "he": false} {
		if a := s.get(who, "/v1/events?stream=inquiry"); strings.Contains(string(a.body), "review-found-problem") != reads {
			t.Errorf("%s reads of the problem: %s", who, a.body)
		}
	}
	// The ledger flags a team, and the order names another one.
	for i := range 10 {
		id := fmt.Sprint("firm", i)
		s.given("subject/"+id, enterprise())
		s.given(fmt.Sprint("inspection/z", i), begun(func(d *inspection.Started) { d.Subject = id }), in("c"))
		s.given(fmt.Sprint("inspection/z", i), &inspection.Arrived{})
	}
	s.later(200 * time.Hour)
	if _, err := s.core.Ledger.Sweep(context.Background()); err != nil {
		t.Fatal(err)
	}
	flagged := s.streamsOf("team-review", office)
	if len(flagged) != 3 || len(s.streamsOf("team-review", "he")) != 2 {
		t.Fatalf("after a sweep the office sees %q", flagged)
	}
	s.says("review-of-another-team", "team-review/"+flagged[2], order("t2", "t1", "ma"))
	s.says("role-may-not-append", "team-review/z", &teamreview.Flagged{Team: "t1", From: "2019-12-01", To: "2019-12-07", Inspections: 9,
		Least: 9})
}
