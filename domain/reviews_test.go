package domain

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inquiry"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/interference"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/teamreview"
)

var (
	commission = by(event.Actor{Person: "commissioner", Role: event.RoleDisciplineCommission})
	forOne     = strings.Repeat("B", 42) + "A"
)

// sealing publishes a key of office and commission, and one of the commission alone.
func (w *fixture) sealing() {
	for id, roles := range map[string][]event.Role{forBoth: {event.RoleSupervisionOffice, event.RoleDisciplineCommission},
		forOne: {event.RoleDisciplineCommission}} {
		w.given("sealing-key/"+id, &sealingkey.Published{PublicKey: "k", Roles: roles, Wrapped: strings.Repeat("e", 64)}, itself)
	}
}

// opened records an event and returns whom the reviews are of that it opens, "-" before those that lapse.
func (w *fixture) opened(stream string, d event.Data, opts ...option) (of []string) {
	w.Helper()
	recorded, err := w.record(w.event(stream, d, opts...))
	if err != nil {
		w.Fatalf("%s %T is refused: %v", stream, d, err)
	}
	for _, r := range recorded[1:] {
		if r.Stream.Kind != event.Review {
			continue
		}
		sign := ""
		if _, lapses := r.Data.(*oversight.StatementLapsed); lapses {
			sign = "-"
		}
		o := w.ofStream(r.Stream)[0].Data.(*review.Opened)
		of = append(of, sign+o.Visit()+o.Official())
	}
	return of
}

func (w *fixture) wantOpened(want []string, stream string, d event.Data, opts ...option) {
	w.Helper()
	if got := w.opened(stream, d, opts...); !slices.Equal(got, want) {
		w.Errorf("%s %T: reviews of %q, want %q", stream, d, got, want)
	}
}

// R44: a major hazard that a later visit finds has the visits before it reviewed, each once for each hazard; one that turns out to be
// none does not.
func TestR44AMajorHazardFoundLaterOpensReviews(t *testing.T) {
	w := campaignFixture(t)
	w.visited("first", noon.Add(-48*time.Hour))
	w.visited("later", noon.Add(-time.Hour))
	first := visit("t1", "first")
	general := evident("f1")
	w.wantOpened(nil, "inspection/later", general, inspector)
	major := evident("f2")
	major.Level = "major"
	w.wantOpened([]string{first}, "inspection/later", major, inspector)
	o := w.log[len(w.log)-1]
	if d := o.Data.(*review.Opened); d.Problem != "major-hazard" || d.Item != "f2" || d.Matter != "inspection/"+visit("t1", "later") ||
		o.About.Campaign != "c" || o.About.Subject != "firm" {
		t.Errorf("opened %+v about %+v", d, o.About)
	}
	again := evident("f3")
	again.Level = "major"
	w.wantOpened([]string{first}, "inspection/later", again, inspector)
	// A visit of before that is disclosed later joins, for both.
	d := started()
	d.VisitType = "verify"
	w.accepts("inspection/late", d, in("c"), inspector, at(noon.Add(-24*time.Hour)))
	w.wantOpened([]string{visit("t1", "late"), visit("t1", "late")}, "inspection/late", &inspection.Arrived{}, inspector,
		at(noon.Add(-24*time.Hour)))
	// It finds something itself: of the visit after it nothing follows.
	own := evident("f1")
	own.Level = "major"
	w.wantOpened([]string{first}, "inspection/late", own, inspector, at(noon.Add(-23*time.Hour)))
}

// R66: of a grave accident each official is reviewed who answered then for the county and a sector, by his post or his unit.
func TestR66AGraveAccidentOpensAReviewOfEachResponsibleOfficial(t *testing.T) {
	w := campaignFixture(t)
	office := func(id string, d *person.OfficialAppointed) {
		w.accepts("person/"+id, newPerson(id))
		w.wantOpened(nil, "person/"+id, d)
	}
	post := func(county, from string, sectors ...string) *person.OfficialAppointed {
		return &person.OfficialAppointed{Post: "局长", Unit: "u", County: county, Sectors: sectors, From: from}
	}
	office("city", post("", "2019-01-01", "INDTRADE", "MINE"))
	office("county", post("610902", "2019-01-01", "INDTRADE"))
	office("elsewhere", post("610921", "2019-01-01", "INDTRADE"))
	office("mines", post("", "2019-01-01", "MINE"))
	office("before", &person.OfficialAppointed{Post: "p", Unit: "u", Sectors: []string{"INDTRADE"}, From: "2018-01-01", To: "2019-06-01"})
	w.accepts("person/told", newPerson("told"))
	w.accepts("person/gone", newPerson("gone"))
	w.wantOpened(nil, "person/gone", post("", "2019-02-01", "INDTRADE"))

	w.wantOpened(nil, "accident/a", reported(9))
	grave := []string{"city", "county", "gone"}
	w.wantOpened(grave, "accident/a", &accident.CasualtiesUpdated{Harm: harm(10), Reason: "一人不治"})
	last := w.log[len(w.log)-1]
	if last.About.County != "610902" || last.Stream.Kind != event.Review {
		t.Errorf("%s about %+v", last.Stream, last.About)
	}
	w.wantOpened(nil, "accident/a", &accident.CasualtiesUpdated{Harm: harm(11), Reason: "r"})
	// What is told later and was then joins, or is taken back.
	w.wantOpened([]string{"told"}, "person/told", post("", "2019-12-01", "INDTRADE"))
	w.wantOpened([]string{"-gone"}, "person/gone", &person.OfficialLeft{Post: "局长", Unit: "u", Last: "2019-03-01"})
	w.wantOpened(nil, "person/city", &person.OfficialLeft{Post: "局长", Unit: "u", Last: "2019-12-31"})
	w.wantOpened([]string{"-city", "-county", "-told"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(2), Reason: "更正"})
	w.wantOpened([]string{"city", "county", "told"}, "accident/a", &accident.CasualtiesUpdated{Harm: harm(12), Reason: "更正"})
}

// R44, R66: people decide, once, on the grounds of who is reviewed.
func TestR44PeopleDecideAReview(t *testing.T) {
	w := campaignFixture(t)
	w.sealing()
	w.accepts("person/official", newPerson("official"))
	w.accepts("person/official", &person.OfficialAppointed{Post: "p", Unit: "u", Sectors: []string{"INDTRADE"}, From: "2019-01-01"})
	w.visited("i", noon.Add(-2*time.Hour))
	w.given("accident/a", reported(10))
	p := problem{event.Stream{Kind: event.Accident, ID: "a"}, w.accidentProblem("a")}
	visited, official := p.stream(event.Inspection, visit("t1", "i")).String(), p.stream(event.Person, "official").String()
	decide := func(grounds ...string) *review.Decided {
		return &review.Decided{Fault: len(grounds) > 0, Grounds: grounds, DecidedBy: "市纪委监委", Decision: sealedFor(forBoth, "1")}
	}
	k := keep(w)
	if got := k.owedIn(visited); !slices.Equal(got, []string{"accountability open"}) {
		t.Errorf("owed %v", got)
	}
	w.refuses("R44", "ground-of-another-review", visited, decide("duty-neglected"), commission)
	w.refuses("R66", "ground-of-another-review", official, decide("coarse-carelessness"), commission)
	w.refuses("Roles", "role-may-not-append", visited, decide())
	w.accepts(visited, decide("coarse-carelessness", "insufficient-penalty"), commission)
	w.accepts(official, decide("duty-neglected"), commission)
	w.refuses("R44", "review-already-decided", visited, decide(), commission)
	w.refuses("R66", "review-already-decided", official, decide(), commission)
	if got := k.owedIn(visited); !slices.Equal(got, []string{"accountability met"}) {
		t.Errorf("owed %v", got)
	}
	// What is decided after the review had lapsed is flagged.
	w.given("accident/b", reported(10))
	p.in.ID = "b"
	w.given("accident/b", &accident.CasualtiesUpdated{Harm: harm(1), Reason: "更正"})
	lapsed := p.stream(event.Person, "official").String()
	if got := k.owedIn(lapsed); got != nil {
		t.Errorf("owed %v", got)
	}
	w.flags([]string{"decided-after-lapse"}, lapsed, decide("duty-neglected"), commission)
	if left := (&review.Decided{Fault: true}).Validate(); left == nil {
		t.Error("fault without a ground is taken")
	}
}

func (w *fixture) accidentProblem(id string) stream.Problem {
	return w.accidents.is.Problems(w.accidents.state(id))[0]
}

// owedIn lists what is owed in a stream, with its state.
func (k *kept) owedIn(name string) (all []string) {
	of := k.stream(name)
	for _, o := range k.owing(of).owed(of.ID, vantage{}).list {
		all = append(all, o.Kind.Name+" "+string(o.State()))
	}
	return all
}

// R52, R53: the commission alone notes, inquires and decides; an inquiry names entries, a breach and a consequence.
func TestR53AnInquiryNamesEntriesAndBothElements(t *testing.T) {
	w := campaignFixture(t)
	w.sealing()
	seen := &inquiry.Observed{Team: "t1", Entries: []uint64{3}, Facts: sealedFor(forOne, "1")}
	w.refuses("Roles", "role-may-not-append", "inquiry/m", seen)
	w.accepts("inquiry/m", seen, commission)
	w.accepts("inquiry/m", seen, commission)
	w.refuses("R52", "unknown-team", "inquiry/n", &inquiry.Observed{Team: "t9", Facts: seen.Facts}, commission)
	w.refuses("R52", "entry-not-recorded-yet", "inquiry/n", &inquiry.Observed{Team: "t1", Entries: []uint64{999}, Facts: seen.Facts},
		commission)
	w.refuses("pillar 8", "sealed-for-others", "inquiry/n", &inquiry.Observed{Team: "t1", Facts: sealedFor(forBoth, "1")}, commission)
	w.refuses("R53", "no-inquiry", "inquiry/m", &inquiry.Outcome{Result: "talk", DecidedBy: "d", Decision: seen.Facts}, commission)
	whole := inquiry.Opened{Team: "t1", Persons: []string{"ma"}, Breach: "missed-hazard", Consequence: "accident", Entries: []uint64{3},
		Facts: sealedFor(forOne, "2")}
	without := func(change func(*inquiry.Opened)) *inquiry.Opened { d := whole; change(&d); return &d }
	for code, d := range map[string]*inquiry.Opened{
		"inquiry-needs-entries":  without(func(d *inquiry.Opened) { d.Entries = nil }),
		"inquiry-needs-elements": without(func(d *inquiry.Opened) { d.Consequence = "" }),
		"inquiry-needs-whom":     without(func(d *inquiry.Opened) { d.Team, d.Persons = "", nil }),
		"entry-not-recorded-yet": without(func(d *inquiry.Opened) { d.Entries = []uint64{w.n} }),
		"unknown-team":           without(func(d *inquiry.Opened) { d.Team = "t9" }),
		"unknown-person":         without(func(d *inquiry.Opened) { d.Persons = []string{"nobody"} }),
	} {
		w.refuses("R53", code, "inquiry/m", d, commission)
	}
	w.refuses("R53", "inquiry-needs-elements", "inquiry/m", without(func(d *inquiry.Opened) { d.Breach = "" }), commission)
	w.accepts("inquiry/m", &whole, commission)
	k := keep(w)
	if got := k.owedIn("inquiry/m"); !slices.Equal(got, []string{"inquiry-outcome open"}) {
		t.Errorf("owed %v", got)
	}
	w.refuses("R53", "inquiry-is-open", "inquiry/m", &whole, commission)
	w.accepts("inquiry/m", &inquiry.Outcome{Result: "talk", DecidedBy: "d", Decision: sealedFor(forOne, "3")}, commission)
	w.refuses("R53", "outcome-recorded-already", "inquiry/m", &inquiry.Outcome{Result: "talk", DecidedBy: "d", Decision: seen.Facts},
		commission)
	w.hides("inquiry/m", office, leader)
}

var office = by(event.Actor{Person: "office", Role: event.RoleSupervisionOffice})

// hides wants a stream to be nothing at all to some authors: neither its revision nor that there is something to explain.
func (w *fixture) hides(stream string, from ...option) {
	w.Helper()
	for _, who := range from {
		e := w.event(stream, &oversight.DeviationExplained{Deviation: w.log[0].ID.String(), Explanation: "x"}, who)
		e.ExpectedRevision = 7
		if err := w.Admit(e); err != nil {
			w.Fatal(err)
		}
		if got := w.KnownRevision(e.Stream); got != -1 {
			w.Errorf("%s shows revision %d to the %s", stream, got, e.Actor.Role)
		}
		w.Admit(e)
		if about := w.ofStream(e.Stream)[0].About; w.scope().Sees(e.Stream, &about) {
			w.Errorf("the %s sees %s", e.Actor.Role, stream)
		}
	}
}

// R49: whoever inspects tells the commission of pressure; nobody else knows of it.
func TestR49InterferenceIsForTheCommissionAlone(t *testing.T) {
	w := campaignFixture(t)
	w.sealing()
	w.accepts("inspection/i", started(), in("c"), inspector)
	d := &interference.Reported{Inspection: visit("t1", "i"), Pressure: "leader", Content: sealedFor(forOne, "1")}
	w.refuses("R49", "unknown-visit", "interference/ma.x", &interference.Reported{Inspection: visit("t2", "i"), Pressure: "leader",
		Content: d.Content}, inspector)
	w.refuses("pillar 8", "sealed-for-others", "interference/ma.x",
		&interference.Reported{Pressure: "leader", Content: sealedFor(forBoth, "1")},
		inspector)
	w.accepts("interference/ma.x", d, inspector)
	w.accepts("interference/wang.y", &interference.Reported{Pressure: "party", Content: d.Content}, leader)
	w.hides("interference/ma.x", office, leader)
	// the office's desk, whose token names nobody
	desk := by(event.Actor{Role: event.RoleSupervisionOffice})
	w.refuses("pillar 14", "name-not-yours", "interference/x", d, desk)
	w.accepts("interference/supervision-office.x", d, desk)
}

// blindTeam has team t1 make n visits, on one day each hour, that find nothing; team t2 (leader he, member she) has no visit.
func blindTeam(t testing.TB, n int) *kept {
	w := campaignFixture(t)
	for i := range n {
		id := fmt.Sprintf("firm%d", i)
		w.accepts("subject/"+id, firm())
		d := started()
		d.Subject = id
		when := noon.Add(time.Duration(i-n) * time.Hour)
		w.accepts("inspection/v"+fmt.Sprint(i), d, in("c"), inspector, at(when))
		w.given("inspection/v"+fmt.Sprint(i), &inspection.Arrived{}, inspector, at(when))
	}
	w.accepts("team/t2", &team.Formed{Name: "第二督查组", Kind: "comprehensive"}, in("c"))
	for _, id := range []string{"he", "she"} {
		w.accepts("person/"+id, newPerson(id))
		w.accepts("person/"+id, &person.Trained{Topic: "督查检查", Date: "2019-11-28"})
		w.accepts("person/"+id, &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)})
	}
	w.accepts("team/t2", &team.LeaderAppointed{Person: "he"})
	w.accepts("team/t2", &team.MemberJoined{Person: "he"})
	w.accepts("team/t2", &team.MemberJoined{Person: "she"})
	w.accepts("team/t2", &team.Activated{})
	return keep(w)
}

// lookFor has the ledger say which teams found nothing, and returns the entries.
func (k *kept) lookFor(now time.Time) (said []*event.Event) {
	k.Helper()
	for _, c := range k.Blind(now, 100) {
		recorded, err := k.record(k.own(c, now))
		if err != nil {
			k.Fatalf("%s is proposed and refused: %v", c.Name, err)
		}
		said = append(said, recorded...)
	}
	if again := k.Blind(now, 100); again != nil {
		k.Errorf("it is said again: %+v", again)
	}
	k.settle()
	return said
}

// R63: found nothing in seven days of ten visits, and the time for late records is over.
func TestR63ATeamThatFoundNothingIsFlaggedOnceTheWindowAndTheLateRecordsAreOver(t *testing.T) {
	k := blindTeam(t, 10)
	over := begin.AddDate(0, 0, 4+3) // the end of the day in Beijing, and three days
	if got := k.lookFor(over.Add(-time.Second)); got != nil {
		t.Fatalf("said too early: %+v", got[0].Data)
	}
	said := k.lookFor(over)
	if len(said) != 1 {
		t.Fatalf("said %d entries", len(said))
	}
	want := teamreview.Flagged{Team: "t1", From: "2019-11-28", To: "2019-12-04", Inspections: 10, Least: 10}
	if d := said[0].Data.(*teamreview.Flagged); *d != want || said[0].About.Team != "" || said[0].About.Campaign != "c" {
		t.Errorf("said %+v about %+v", d, said[0].About)
	}
	flag := said[0].Stream.String()
	if got := k.owedIn(flag); !slices.Equal(got, []string{"team-review-order open"}) {
		t.Errorf("owed %v", got)
	}
	if got := k.lookFor(over.Add(100 * time.Hour)); got != nil {
		t.Errorf("windows share a day: %+v", got[0].Data)
	}
	k.hides(flag, leader, by(event.Actor{Person: "he", Role: event.RoleTeamLeader, Team: "t2"}))
	// A finding of the window arrives after all.
	k.given("inspection/v3", evident("f1"), inspector, at(noon.Add(-7*time.Hour)), late(200*time.Hour))
	said = k.lookFor(over.Add(200 * time.Hour))
	if len(said) != 1 || said[0].Type.Name != "statement-lapsed" || said[0].Stream.String() != flag || k.stands(said[0].Stream) {
		t.Errorf("said %+v", said)
	}
	if got := k.owedIn(flag); got != nil {
		t.Errorf("owed %v", got)
	}
}

// R63: who was sent because of what turns out not to be so has been sent; it is flagged once, and explained by who sent him.
func TestR63AReviewOfATeamThatDidFindSomethingIsFlagged(t *testing.T) {
	for _, sent := range []bool{true, false} {
		k := blindTeam(t, 10)
		now := begin.AddDate(0, 0, 4+3)
		flag := k.lookFor(now)[0].Stream
		var want []string
		if sent {
			k.accepts(flag.String(), &teamreview.Ordered{Team: "t1", By: "t2", Reviewers: []string{"he"}}, at(now))
			want = []string{"deviation-flagged"}
		}
		order := k.log[len(k.log)-1].ID.String()
		k.given("inspection/v3", evident("f1"), inspector, at(noon.Add(-7*time.Hour)), late(200*time.Hour))
		first, _ := k.BlindFrom(0, 100, now.Add(200*time.Hour), 1) // one that is cut short loses nothing
		if len(first) != 1 || sent != (first[0].Name == "deviation-flagged") {
			t.Errorf("first it says %+v", first)
		}
		var got []string
		for _, e := range k.lookFor(now.Add(200 * time.Hour)) {
			got = append(got, e.Type.Name)
			if d, ok := e.Data.(*oversight.DeviationFlagged); ok && (d.Code != "ground-changed" || d.Rule != "R63" || d.Event != order) {
				t.Errorf("said of %s: %+v", order, d)
			}
		}
		if want = append(want, "statement-lapsed"); !slices.Equal(got, want) {
			t.Errorf("it says %v, want %v", got, want)
		}
		if k.lookFor(now.Add(300*time.Hour)) != nil || k.stands(flag) {
			t.Error("it is said twice, or still stands")
		}
	}
}

func TestR63FewVisitsOrOneFindingAreNoGroundForAReview(t *testing.T) {
	k := blindTeam(t, 9)
	if got := k.lookFor(noon.Add(1000 * time.Hour)); got != nil {
		t.Errorf("nine visits: %+v", got[0].Data)
	}
	k = blindTeam(t, 10)
	k.given("inspection/v3", evident("f1"), inspector)
	if got := k.lookFor(noon.Add(1000 * time.Hour)); got != nil {
		t.Errorf("one finding: %+v", got[0].Data)
	}
}

// R63: the teams are looked at in pieces; nothing that changes between two of them is passed over until the next hour.
func TestR63TeamsAreLookedAtInPieces(t *testing.T) {
	k := blindTeam(t, 10)
	he := by(event.Actor{Person: "he", Role: event.RoleInspector, Team: "t2"})
	for i := range 10 {
		d := started()
		d.Subject, d.Team, d.Inspectors = fmt.Sprint("firm", i), "t2", []string{"he", "she"}
		name := "inspection/" + visit("t2", fmt.Sprint("o", i))
		k.given(name, d, in("c"), he, at(noon.Add(-time.Hour)))
		k.given(name, &inspection.Arrived{}, he, at(noon.Add(-time.Hour)))
	}
	now := noon.Add(1000 * time.Hour)
	whole := k.Blind(now, 100)
	first, next := k.BlindFrom(0, 1, now, 100)
	second, end := k.BlindFrom(next, 1, now, 100)
	if len(whole) != 2 || len(first) != 1 || len(second) != 1 || next != 1 || end >= 0 {
		t.Fatalf("%d flags, of which %d and then %d; on from %d and %d", len(whole), len(first), len(second), next, end)
	}
	if !reflect.DeepEqual(append(first, second...), whole) {
		t.Errorf("%+v and %+v, not %+v", first, second, whole)
	}
	if got, on := k.BlindFrom(0, 100, now, 1); len(got) != 1 || on != 0 { // of the first team there may be more
		t.Errorf("%d flags, on from %d", len(got), on)
	}
	k.lookFor(now)
	if _, next = k.BlindFrom(0, 1, now, 100); next != -1 {
		t.Errorf("all was looked at in this hour, and again from %d on", next)
	}
	now = now.Add(time.Hour)
	_, next = k.BlindFrom(0, 1, now, 100)
	k.given("inspection/v3", evident("f1"), inspector) // t1 did find something
	k.BlindFrom(next, 1, now, 100)
	if got := k.Blind(now, 100); len(got) != 1 || got[0].Name != "statement-lapsed" {
		t.Errorf("the next sweep says %+v", got)
	}
}

// R63: the reviewers are of another team, and none of them belongs to the one that is reviewed.
func TestR63AReviewSharesNobodyWithTheReviewed(t *testing.T) {
	k := blindTeam(t, 10)
	w := k.fixture
	w.sealing()
	now := noon.Add(200 * time.Hour)
	flag := k.lookFor(now)[0].Stream.String()
	order := func(team, by string, people ...string) *teamreview.Ordered {
		return &teamreview.Ordered{Team: team, By: by, Reviewers: people}
	}
	w.refuses("R63", "reviewer-of-the-reviewed", flag, order("", "t2", "he", "ma"), at(now))
	w.refuses("R63", "reviewer-of-the-reviewed", flag, order("", "t1", "he"), at(now))
	w.refuses("R63", "reviewer-of-no-review-team", flag, order("", "t2", "he", "x"), at(now))
}

// R63, R64: others are sent, they look again, and what they find is the commission's to inquire into.
func TestR64AProblemThatAReviewFindsIsTheCommissionsDuty(t *testing.T) {
	k := blindTeam(t, 10)
	w := k.fixture
	w.sealing()
	now := noon.Add(200 * time.Hour)
	flag := k.lookFor(now)[0].Stream.String()
	order := func(team, by string, people ...string) *teamreview.Ordered {
		return &teamreview.Ordered{Team: team, By: by, Reviewers: people}
	}
	w.refuses("R63", "review-of-another-team", flag, order("t2", "t2", "he"), at(now))
	w.refuses("R63", "unknown-team", flag, order("", "t9", "he"), at(now))
	w.refuses("R63", "unknown-team", "team-review/own", order("t9", "t2", "he"), at(now))
	w.refuses("R63", "review-names-no-team", "team-review/own", order("", "t2", "he"), at(now))
	he := by(event.Actor{Person: "he", Role: event.RoleTeamLeader, Team: "t2"})
	she := by(event.Actor{Person: "she", Role: event.RoleInspector, Team: "t2"})
	done := &teamreview.Completed{Inspections: []string{visit("t2", "r")}, Problem: true,
		Findings: []teamreview.Found{{Inspection: visit("t2", "r"), Finding: "f1", Existed: true, First: visit("t1", "v1")}}}
	w.refuses("pillar 2", "not-begun", flag, done, he, at(now)) // of the flag he does not know
	w.accepts(flag, order("t1", "t2", "he"), at(now))
	w.refuses("R63", "review-ordered-already", flag, order("", "t2", "he"), at(now))
	w.hides(flag, leader)
	if sent := w.last(flag); sent.About.Team != "t2" {
		t.Errorf("the order is about %+v", sent.About)
	}
	if got := k.owedIn(flag); !slices.Equal(got, []string{"team-review-order met", "team-review open"}) {
		t.Errorf("owed %v", got)
	}

	w.refuses("R63", "no-visit-of-the-review", flag, done, he, at(now))
	again := started()
	again.Team, again.VisitType, again.Subject, again.Inspectors = "t2", "team-review", "firm1", []string{"he", "she"}
	w.accepts("inspection/t2.r", again, in("c"), he, at(now))
	w.given("inspection/t2.r", &inspection.Arrived{}, he, at(now))
	w.refuses("R63", "unknown-finding", flag, done, he, at(now))
	w.given("inspection/t2.r", evident("f1"), he, at(now))
	w.refuses("R63", "not-a-reviewer", flag, done, she, at(now))
	e := w.event(flag, done, he, at(now))
	recorded, err := w.record(e)
	if err != nil || len(recorded) != 2 || w.Sees(recorded[1]) {
		t.Fatalf("%v; follows %d, seen by a reviewer", err, len(recorded)-1)
	}
	w.refuses("R63", "review-completed-already", flag, done, he, at(now))

	duty := "inquiry/" + strings.TrimPrefix(flag, "team-review/")
	if recorded[1].Stream.String() != duty || recorded[1].About.Campaign != "c" {
		t.Errorf("%s about %+v", recorded[1].Stream, recorded[1].About)
	}
	w.hides(duty, office, leader, he)
	if got := k.owedIn(duty); !slices.Equal(got, []string{"inquiry open"}) {
		t.Errorf("owed %v", got)
	}
	k.settle()
	if r := k.list.Row(w.stream(duty)); r == nil || r.Open[0].Kind.Owner != obligation.Commission {
		t.Errorf("on the worklist: %+v", r)
	}
	late := k.sweep(now.AddDate(0, 0, 10))
	if !slices.ContainsFunc(late, func(e *event.Event) bool { return e.Type.Name == "deadline-passed" && e.Stream.String() == duty }) {
		t.Error("the commission's duty is never late")
	}
	w.accepts(duty, &inquiry.Opened{Team: "t1", Breach: "missed-hazard", Consequence: "hazard-left", Entries: []uint64{1},
		Facts: sealedFor(forOne, "5")}, commission, at(now.AddDate(0, 0, 11)))
	if got := k.owedIn(duty); !slices.Equal(got, []string{"inquiry late", "inquiry-outcome open"}) {
		t.Errorf("owed %v", got)
	}
}

// R63: what counts in a window are visits of the team's own that are seen: neither an import nor one that nobody may know of yet.
func TestR63ImportsAndHiddenVisitsAreNoGroundForAReview(t *testing.T) {
	k := blindTeam(t, 9)
	k.accepts("inspection/hidden", startedAs("verify"), in("c"), inspector, at(noon.Add(-time.Hour)))
	for i := range 3 {
		k.given(fmt.Sprintf("inspection/source.%d", i), &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE",
			Unknown: event.Unknown{"inspectors", "visit_type"}}, imported, in("c"), at(noon.Add(-time.Hour)))
	}
	if got := k.lookFor(noon.Add(1000 * time.Hour)); got != nil {
		t.Errorf("nine visits: %+v", got[0].Data)
	}
	k.given("inspection/hidden", &inspection.Arrived{}, inspector, at(noon.Add(-time.Hour)))
	if got := k.lookFor(noon.Add(1000 * time.Hour)); len(got) != 1 {
		t.Errorf("ten visits: %+v", got)
	}
}

// R63: a window of which no visit is left was none.
func TestR63AWindowWithoutVisitsIsTakenBack(t *testing.T) {
	k := blindTeam(t, 10)
	now := noon.Add(1000 * time.Hour)
	flag := k.lookFor(now)[0].Stream
	for i := range 10 {
		for _, fact := range slices.Backward(k.of("inspection/v" + fmt.Sprint(i))) {
			k.given(fact.Stream.String(), withdrawn(fact, fact), inspector, at(now))
			k.given(fact.Stream.String(), yes(k.last(fact.Stream.String())), chief, at(now))
		}
		if said := k.lookFor(now.Add(time.Duration(i+1) * time.Hour)); (len(said) == 1) != (i == 9) {
			t.Errorf("with %d visits less it says %d entries", i+1, len(said))
		}
	}
	if k.stands(flag) {
		t.Error("it stands")
	}
}

// R63: what a review rests on are visits of the reviewing team, made for it, and seen.
func TestR63AReviewRestsOnItsOwnVisits(t *testing.T) {
	k := blindTeam(t, 1)
	k.accepts("team-review/own", &teamreview.Ordered{Team: "t1", By: "t2", Reviewers: []string{"he"}, Reason: "发现率偏低"})
	begins := func(id, visitType string, arrives bool) {
		d := started()
		d.Team, d.VisitType, d.Inspectors = "t2", visitType, []string{"he", "she"}
		k.given("inspection/t2."+id, d, in("c"), sentReviewer)
		if arrives {
			k.given("inspection/t2."+id, &inspection.Arrived{}, sentReviewer)
		}
	}
	begins("r", "team-review", true)
	begins("hidden", "team-review", false)
	begins("other", "verify", true)
	k.given("inspection/mine", startedAs("team-review"), in("c"), inspector)
	k.given("inspection/mine", &inspection.Arrived{}, inspector)
	for _, id := range []string{visit("t2", "hidden"), visit("t2", "other"), visit("t1", "mine"), visit("t2", "nowhere")} {
		k.refuses("R63", "no-visit-of-the-review", "team-review/own", &teamreview.Completed{Inspections: []string{visit("t2", "r"), id}},
			sentReviewer)
	}
	k.refuses("R63", "not-a-reviewer", "team-review/own", &teamreview.Completed{Inspections: []string{visit("t2", "r")}},
		by(event.Actor{Person: "she", Role: event.RoleInspector, Team: "t2"}))
	k.accepts("team-review/own", &teamreview.Completed{Inspections: []string{visit("t2", "r")}}, sentReviewer)
}

// Who left the reviewed team does not review it either; a review may be ordered without a flag, and may find nothing.
func TestR63AReviewWithoutAFlag(t *testing.T) {
	k := blindTeam(t, 1)
	k.accepts("team/t1", &team.MemberLeft{Person: "li"})
	k.accepts("team/t2", &team.MemberJoined{Person: "li"})
	k.refuses("R63", "reviewer-of-the-reviewed", "team-review/own", &teamreview.Ordered{Team: "t1", By: "t2", Reviewers: []string{"li"}})
	k.accepts("team-review/own", &teamreview.Ordered{Team: "t1", By: "t2", Reviewers: []string{"he"}, Reason: "发现率偏低"})
	he := by(event.Actor{Person: "he", Role: event.RoleTeamLeader, Team: "t2"})
	d := started()
	d.Team, d.VisitType, d.Inspectors = "t2", "team-review", []string{"he", "she"}
	k.accepts("inspection/t2.r", d, in("c"), he)
	k.given("inspection/t2.r", &inspection.Arrived{}, he)
	k.accepts("team-review/own", &teamreview.Completed{Inspections: []string{visit("t2", "r")}}, he)
	if got := k.owedIn("team-review/own"); !slices.Equal(got, []string{"team-review met"}) {
		t.Errorf("owed %v", got)
	}
	k.hides("team-review/own", leader)
}

// R60: the commission assigns who watches a team; not one of it.
func TestR60TheCommissionWatchesATeam(t *testing.T) {
	w := campaignFixture(t)
	watch := func(who string) *team.ObserverAssigned {
		return &team.ObserverAssigned{Observer: who, From: "2019-12-01", To: "2019-12-31"}
	}
	w.accepts("person/watcher", newPerson("watcher"))
	w.refuses("Roles", "role-may-not-append", "team/t1", watch("watcher"))
	w.refuses("R60", "unknown-person", "team/t1", watch("nobody"), commission)
	w.refuses("R60", "observer-of-the-team", "team/t1", watch("li"), commission)
	w.accepts("team/t1", watch("watcher"), commission)
	if (&team.ObserverAssigned{From: "2019-12-02", To: "2019-12-01"}).Validate() == nil {
		t.Error("an end before the beginning is taken")
	}
}

// R66: a grave impact on the public has the same officials reviewed, whatever the grade; one that is found not to be grave takes
// that back.
func TestR66AGraveSocialImpactOpensReviewsOfOfficials(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("person/head", newPerson("head"))
	w.accepts("person/head", &person.OfficialAppointed{Post: "局长", Unit: "u", Sectors: []string{"INDTRADE"}, From: "2019-01-01"})
	w.wantOpened(nil, "accident/a", reported(1))
	found := func(grave bool) *accident.SocialImpactFound {
		return &accident.SocialImpactFound{Grave: grave, Basis: "舆情", FoundBy: "市安委办"}
	}
	w.wantOpened(nil, "accident/a", found(false))
	w.wantOpened([]string{"head"}, "accident/a", found(true))
	w.wantOpened([]string{"-head"}, "accident/a", found(false))
	if d, ok := w.log[len(w.log)-1].Data.(*oversight.StatementLapsed); !ok || d.Rule != "R66" {
		t.Errorf("it lapses under another rule than it was opened by: %+v", w.log[len(w.log)-1].Data)
	}
}
