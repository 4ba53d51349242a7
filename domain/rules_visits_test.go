package domain

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/team"
)

func TestR31AnInitialVisitIsReservedOnceAndTheLaterOfTwoIsFlagged(t *testing.T) {
	w := campaignFixture(t)
	reserve := &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial"}
	w.accepts("inspection/one", reserve, in("c"))
	w.refuses("R31", "already-reserved", "inspection/two", reserve, in("c"))
	w.accepts("inspection/one", &inspection.Released{Reason: "改派"})
	w.accepts("inspection/two", reserve, in("c"))
	w.accepts("inspection/two", started(), in("c"), inspector, at(noon))
	w.accepts("inspection/three", started(), in("c"), inspector, at(noon.Add(-time.Hour))) // both are hidden: nothing is compared
	w.accepts("inspection/two", &inspection.Arrived{}, inspector)
	w.accepts("inspection/seven", started(), in("c"), inspector, at(noon.Add(time.Hour)))
	w.accepts("inspection/seven", &inspection.Attempted{Reason: "大门上锁"}, inspector) // no inspection
	verify := started()
	verify.VisitType = "verify"
	w.accepts("inspection/four", verify, in("c"), inspector)
	w.accepts("inspection/four", &inspection.Arrived{}, inspector)
	w.accepts("inspection/five", started(), inspector) // outside campaigns (R74)
	w.accepts("inspection/five", &inspection.Arrived{}, inspector)

	// Three began before two and arrives after it: by occurrence two is the later one.
	recorded, err := w.record(w.event("inspection/three", &inspection.Arrived{}, inspector))
	if err != nil || len(recorded) != 2 {
		t.Fatalf("%d entries, %v", len(recorded), err)
	}
	flag := recorded[1]
	d := flag.Data.(*oversight.DeviationFlagged)
	if flag.Stream.Kind != event.Flag || d.Code != "duplicate-inspection" ||
		!slices.Equal(d.Inspections, []string{visit("t1", "two"), visit("t1", "three")}) {
		t.Errorf("%s %+v", flag.Stream, d)
	}
	if want := (event.About{Campaign: "c", Subject: "firm", Team: "t1", County: "610902",
		Sectors: []string{"INDTRADE"}}); !reflect.DeepEqual(flag.About, want) {
		t.Errorf("about %+v", flag.About)
	}
	w.accepts("inspection/three", &inspection.Arrived{}, inspector) // once
	justified := &inspection.DuplicateJustified{Reason: "两组先后到场"}
	w.accepts("inspection/two", justified)
	w.refuses("R31", "not-a-duplicate", "inspection/three", justified)
	w.accepts(flag.Stream.String(), &oversight.DeviationExplained{Deviation: flag.ID.String(), Explanation: "x"})
}

// R39 is stronger than R31: of two teams neither may learn of the other's hidden visit.
func TestR31ASecondReservationIsRefusedOnlyToWhoMaySeeTheFirst(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("team/t2", &team.Formed{Name: "二组", Kind: "comprehensive"}, in("c"))
	w.flags([]string{"member-of-two-teams"}, "team/t2", &team.MemberJoined{Person: "li"})
	other := by(event.Actor{Person: "li", Role: event.RoleInspector, Team: "t2"})
	reserve := func(team string) *inspection.Reserved {
		return &inspection.Reserved{Subject: "firm", Team: team, Sector: "INDTRADE", VisitType: "initial"}
	}
	w.accepts("inspection/one", reserve("t1"), in("c"), inspector)
	w.accepts("inspection/t2.two", reserve("t2"), in("c"), other)
	w.refuses("R31", "already-reserved", "inspection/three", reserve("t1"), in("c"), inspector)
	w.refuses("R31", "already-reserved", "inspection/three", reserve("t1"), in("c"))
	w.accepts("inspection/one", started(), in("c"), inspector)
	w.accepts("inspection/one", &inspection.Arrived{}, inspector)
	w.refuses("R31", "already-reserved", "inspection/t2.three", reserve("t2"), in("c"), other)
}

// What the author may not know is answered like what does not exist, word for word.
func TestAHiddenVisitIsAnsweredLikeNone(t *testing.T) {
	said := func(w *fixture, d event.Data) string {
		_, err := w.record(w.event("inspection/x", d, by(event.Actor{Person: "li", Role: event.RoleTeamLeader, Team: "t2"})))
		return fmt.Sprint(err)
	}
	with, without := campaignFixture(t), campaignFixture(t)
	for _, w := range []*fixture{with, without} {
		w.accepts("team/t2", &team.Formed{Name: "二组", Kind: "comprehensive"}, in("c"))
	}
	with.accepts("inspection/x", started(), in("c"), inspector)
	for _, d := range []event.Data{
		&inspection.Arrived{}, &inspection.Released{Reason: "x"}, &inspection.CheckAnswered{Item: "E-1", Answer: "yes"}, &inspection.Closed{},
		&inspection.LeaderReviewed{Opinion: "x"}, &oversight.DeviationExplained{Deviation: uuid.UUID{15: 1}.String(), Explanation: "x"},
	} {
		if got, want := said(with, d), said(without, d); got != want {
			t.Errorf("%T: %s; without the visit: %s", d, got, want)
		}
	}
}

func TestR31ChangingTheFormOfTheKeyDoesNotStrandAReservation(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/one", &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "initial"}, in("c"))
	perSubject := plan("2")
	perSubject.Policy.DuplicateKey = "subject"
	w.accepts("campaign/c", perSubject)
	w.accepts("inspection/one", &inspection.Released{Reason: "改派"})
	w.accepts("campaign/c", plan("3"))
	w.accepts("inspection/two", started(), in("c"), inspector)
}

// visited records a disclosed visit outside R31.
func (w *fixture) visited(id string, began time.Time) {
	w.Helper()
	d := started()
	d.VisitType = "verify"
	w.accepts("inspection/"+id, d, in("c"), inspector, at(began))
	w.given("inspection/"+id, &inspection.Arrived{}, inspector, at(began))
}

// reviews records an event and returns the visits of which it opens reviews.
func (w *fixture) reviews(stream string, d event.Data, opts ...option) (visits []string) {
	w.Helper()
	recorded, err := w.record(w.event(stream, d, opts...))
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range recorded[1:] {
		if o, ok := r.Data.(*review.Opened); ok {
			if err := field.Check(o); err != nil || r.Stream.Kind != event.Review || o.Position != recorded[0].Index ||
				r.About.Subject != o.Subject {
				w.Errorf("%+v about %+v: %v", o, r.About, err)
			}
			visits = append(visits, o.Visit())
		}
	}
	return visits
}

func TestR44AnAccidentAtAnInspectedSubjectOpensReviews(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("subject/untouched", firm())
	for i := range 3 {
		w.visited(fmt.Sprintf("i%02d", i), noon.Add(-2*time.Hour))
	}
	w.accepts("inspection/locked", &inspection.Reserved{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "tip"}, in("c"))
	w.accepts("inspection/locked", &inspection.Attempted{Reason: "大门上锁"}, inspector)
	w.accepts("inspection/hidden", started(), in("c"), inspector, at(noon.Add(-2*time.Hour)))
	body := reported(3)
	body.Subjects = []string{"untouched", "firm", "firm"}
	if got := w.reviews("accident/a", body); !slices.Equal(got, []string{visit("t1", "i00"), visit("t1", "i01"), visit("t1", "i02")}) {
		t.Errorf("reviews of %v", got)
	}
	// A visit that is disclosed later joins then, once.
	if got := w.reviews("inspection/hidden", &inspection.Arrived{}, inspector); !slices.Equal(got, []string{visit("t1", "hidden")}) {
		t.Errorf("disclosed later: reviews of %v", got)
	}
	if got := w.reviews("inspection/hidden", &inspection.Arrived{}, inspector); got != nil {
		t.Errorf("reviewed again: %v", got)
	}
}

// A review is open to office and commission alone: to a leader, who can compute its id, it is one
// that does not exist, whatever revision he expects.
func TestR44ALeaderDoesNotLearnWhetherAVisitIsReviewed(t *testing.T) {
	w := campaignFixture(t)
	w.visited("i", noon.Add(-2*time.Hour))
	w.reviews("accident/a", reported(3))
	for _, accident := range []string{"a", "none"} {
		e := w.event(reviewOf(accident, visit("t1", "i")).String(), yes(w.log[0]), leader)
		if err := w.Admit(e); err != nil {
			t.Fatal(err)
		}
		if got := w.KnownRevision(e.Stream); got != -1 {
			t.Errorf("accident %s: revision %d", accident, got)
		}
		w.refuses("pillar 17", "nothing-waits", e.Stream.String(), e.Data, leader)
		w.refuses("R08", "unknown-deviation", e.Stream.String(), &oversight.DeviationExplained{Deviation: w.log[0].ID.String(), Explanation: "x"},
			leader)
	}
}

func TestR44AnAccidentOpensSoManyReviewsAtMost(t *testing.T) {
	w := campaignFixture(t)
	for i := range MaxReviews + 5 {
		w.visited(fmt.Sprintf("i%03d", i), noon.Add(time.Duration(i-1000)*time.Minute))
	}
	if got := w.reviews("accident/a", reported(1), at(noon)); len(got) != MaxReviews || got[0] != visit("t1", "i005") {
		t.Errorf("%d reviews from %v on", len(got), got[:1])
	}
}

// Who came after the accident cannot have overlooked what led to it.
func TestR44OnlyVisitsBeforeTheAccidentAreReviewed(t *testing.T) {
	w := campaignFixture(t)
	happened := reported(1).Happened
	w.visited("after", happened)
	if got := w.reviews("accident/a", reported(1)); got != nil {
		t.Errorf("nobody had come before: %v", got)
	}
	w.visited("before", happened.Add(-time.Second))
	day := happened.Truncate(24 * time.Hour) // a record that knows the day only may be of before
	w.accepts("inspection/source.that-day", &inspection.Started{Subject: "firm", Sector: "INDTRADE", Source: event.Source{"id": "1"}},
		imported,
		func(e *event.Event) { e.Occurred, e.Precision = event.Day.Floor(day), event.Day })
	if got := w.reviews("accident/b", reported(1)); !slices.Equal(got, []string{visit("source", "that-day"), visit("t1", "before")}) {
		t.Errorf("reviews of %v", got)
	}
}

func TestR10CasualtiesStatedAfterTheLegalWindowAreFlagged(t *testing.T) {
	w := campaignFixture(t)
	for kind, days := range map[string]int{"machinery": 30, "road-traffic": 7, "fire": 7} {
		d := reported(1)
		d.Kind = kind
		w.accepts("accident/"+fmt.Sprint(len(kind)), d)
		stream := "accident/" + fmt.Sprint(len(kind))
		when := func(more time.Duration) option { return at(d.Happened.AddDate(0, 0, days).Add(more)) }
		w.accepts(stream, &accident.CasualtiesUpdated{Harm: harm(2), Reason: "一人不治"}, when(0))
		w.flags([]string{"late-casualties"}, stream, &accident.CasualtiesUpdated{Harm: harm(3), Reason: "又一人不治"}, when(time.Second))
		w.accepts(stream, &accident.CasualtiesUpdated{Harm: harm(2), Reason: "更正"}, when(time.Hour)) // fewer is a correction
		injured, lost, serious := harm(2), harm(2), harm(2)
		injured.Injured, lost.DirectLoss.Amount = new(int64(1)), 1
		serious.SeriousInjuries, serious.Injured = new(int64(1)), new(int64(1))
		for _, more := range []accident.Harm{injured, lost, serious} { // more of any of the four
			w.flags([]string{"late-casualties"}, stream, &accident.CasualtiesUpdated{Harm: more, Reason: "续报"}, when(2*time.Hour))
			w.accepts(stream, &accident.CasualtiesUpdated{Harm: harm(2), Reason: "更正"}, when(3*time.Hour))
		}
	}
}
