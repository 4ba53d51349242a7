package domain

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/blacklist"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Where both models cross (pillars 12, 14 and 17): what is owed, escalated, corrected and taken back in a visit that is hidden.

var (
	hiddenVisit = "inspection/i"
	outsider    = by(event.Actor{Person: "b", Role: event.RoleDepartment, Unit: "emergency-610902"})
	rivals      = by(event.Actor{Person: "r", Role: event.RoleTeamLeader, Team: "t2"})
	muchLater   = noon.Add(100 * time.Hour) // a record is due after 24 hours, and escalated 72 hours later
)

// hiddenFixture has visit i of firm, which nobody but its team and the office knows, and a team t2.
func hiddenFixture(t testing.TB) *kept {
	w := campaignFixture(t)
	w.accepts("team/t2", &team.Formed{Name: "二组", Kind: "comprehensive"}, in("c"))
	w.accepts(hiddenVisit, started(), in("c"), inspector)
	return keep(w)
}

// unknown wants a stream to be none for another team.
func (k *kept) unknown(stream string) {
	k.Helper()
	e := k.event(stream, &oversight.DeviationExplained{Deviation: k.log[0].ID.String(), Explanation: "x"}, rivals)
	if err := k.Admit(e); err != nil || k.KnownRevision(e.Stream) != -1 {
		k.Errorf("%s shows revision %d to another team: %v", stream, k.KnownRevision(e.Stream), err)
	}
}

// secret wants nobody outside to know of the visit, or of an entry that follows in it.
func (k *kept) secret(entries ...*event.Event) {
	k.Helper()
	k.unknown(hiddenVisit)
	for _, e := range entries {
		if e.Stream != k.stream(hiddenVisit) {
			k.Errorf("%s lies in %s", e.Type.Name, e.Stream)
		}
	}
	k.settle()
	if r := k.list.Row(k.stream(hiddenVisit)); r == nil || !r.Hidden {
		k.Errorf("on the worklist: %+v", r)
	}
}

// outside is what the ledger says in streams of its own that compare visits.
func (k *kept) outside() (all []string) {
	for _, e := range k.log {
		switch e.Stream.Kind {
		case event.Flag, event.Review, blacklist.Name:
			all = append(all, e.Stream.String()+" "+e.Type.Name)
		}
	}
	return all
}

func (k *kept) wantOutside(n int) {
	k.Helper()
	if got := k.outside(); len(got) != n {
		k.Errorf("outside is said: %q", got)
	}
}

func TestAHiddenVisitsDutiesAreJudgedInItsOwnWorld(t *testing.T) {
	t.Run("an escalation waits with the visit", func(t *testing.T) {
		k := hiddenFixture(t)
		said := k.sweep(muchLater)
		if len(said) != 1 || said[0].Type.Name != "deadline-passed" {
			t.Fatalf("%d entries", len(said))
		}
		k.secret(said...)
	})
	t.Run("it lapses when the arrival and the record turn out to have been in time", func(t *testing.T) {
		k := hiddenFixture(t)
		k.sweep(muchLater)
		recorded, err := k.record(k.event(hiddenVisit, &inspection.Attempted{Reason: "停产无人"}, inspector,
			at(noon.Add(time.Hour)), late(101*time.Hour)))
		if err != nil || !slices.ContainsFunc(recorded, func(e *event.Event) bool { return e.Type.Name == "statement-lapsed" }) {
			t.Errorf("%v: %d entries", err, len(recorded))
		}
		k.owes(hiddenVisit, "record", obligation.Void, "") // an attempt needs none
	})
	t.Run("a correction in it is answered to others like one of what is not there", func(t *testing.T) {
		k := hiddenFixture(t)
		begun := k.last(hiddenVisit)
		for _, who := range []option{outsider, rivals} {
			k.refuses("pillar 2", "not-started", hiddenVisit, withdrawn(begun, begun), who)
			k.refuses("pillar 2", "not-started", "inspection/none", withdrawn(begun, begun), who)
		}
	})
	t.Run("and so is an answer to it", func(t *testing.T) {
		k := hiddenFixture(t)
		begun := k.last(hiddenVisit)
		moved := k.recordOf(hiddenVisit, again(begun, begun, started(), begun.Occurred.Add(-time.Hour)), inspector)
		k.secret(k.log[slices.Index(k.log, moved):]...)
		k.refuses("pillar 2", "not-started", hiddenVisit, yes(moved), rivals)
		k.given(hiddenVisit, yes(moved), chief)
		k.owes(hiddenVisit, "record", obligation.Open, "2019-12-05")
		k.secret()
	})
	t.Run("a correction moves what is owed, and takes an escalation back", func(t *testing.T) {
		k := hiddenFixture(t)
		begun := k.last(hiddenVisit)
		k.sweep(muchLater)
		moved := k.recordOf(hiddenVisit, again(begun, begun, started(), muchLater.Add(-time.Hour)), inspector, at(muchLater))
		recorded, err := k.record(k.event(hiddenVisit, yes(moved), chief, at(muchLater)))
		if err != nil {
			t.Fatal(err)
		}
		k.secret(recorded...)
		said, _ := k.deviations.get(k.stream(hiddenVisit))
		if all := said.Passed(); len(all) != 1 {
			t.Errorf("%d escalations", len(all))
		}
	})
	t.Run("a visit that is withdrawn owes nothing, and its escalation lapses", func(t *testing.T) {
		k := hiddenFixture(t)
		begun := k.last(hiddenVisit)
		k.sweep(muchLater)
		gone := k.recordOf(hiddenVisit, withdrawn(begun, begun), inspector, at(muchLater))
		recorded, err := k.record(k.event(hiddenVisit, yes(gone), chief, at(muchLater)))
		if err != nil || !slices.ContainsFunc(recorded, func(e *event.Event) bool { return e.Type.Name == "statement-lapsed" }) {
			t.Errorf("%v: %d entries", err, len(recorded))
		}
		k.owes(hiddenVisit, "record", obligation.Void, "")
		k.unknown(hiddenVisit)
		k.wantOutside(0)
	})
	t.Run("what compares it with others is said with its disclosure, by what counts then", func(t *testing.T) {
		k := hiddenFixture(t)
		begun := k.last(hiddenVisit)
		second := started()
		second.Team, second.Inspectors = "t2", []string{"wang", "ma"}
		k.given("inspection/t2.k", second, in("c"), rivals, at(noon.Add(time.Hour)))
		k.given("inspection/t2.k", &inspection.Arrived{}, rivals, at(noon.Add(time.Hour)))
		k.wantOutside(0)
		moved := k.recordOf(hiddenVisit, again(begun, begun, started(), begun.Occurred.Add(2*time.Hour)), inspector, at(noon.Add(3*time.Hour)))
		k.given(hiddenVisit, yes(moved), chief, at(noon.Add(3*time.Hour)))
		k.wantOutside(0)
		k.given(hiddenVisit, &inspection.Arrived{}, inspector, at(noon.Add(3*time.Hour)))
		k.wantOutside(1)
		if !k.stands(duplicateStream(visit("t1", "i"), visit("t2", "k"))) {
			t.Errorf("%q: the later one is that of t1, as corrected", k.outside())
		}
	})
	t.Run("an accident has it reviewed with its disclosure, unless it was corrected to be later", func(t *testing.T) {
		k := hiddenFixture(t)
		report := reported(1)
		report.Happened = noon.Add(time.Hour)
		k.given("accident/a", report, at(noon.Add(2*time.Hour)))
		k.wantOutside(0)
		k.Begin()
		k.given(hiddenVisit, &inspection.Arrived{}, inspector, at(noon.Add(3*time.Hour)))
		review := (&problem{in: k.stream("accident/a"), Problem: stream.Problem{What: "accident"}}).stream(event.Inspection, visit("t1", "i"))
		if !k.stands(review) {
			t.Error("no review")
		}
		k.Rollback()
		begun := k.ofStream(k.stream(hiddenVisit))[0]
		moved := k.recordOf(hiddenVisit, again(begun, begun, started(), noon.Add(2*time.Hour)), inspector, at(noon.Add(3*time.Hour)))
		k.given(hiddenVisit, yes(moved), chief, at(noon.Add(3*time.Hour)))
		k.given(hiddenVisit, &inspection.Arrived{}, inspector, at(noon.Add(4*time.Hour)))
		if k.stands(review) {
			t.Error("a visit that began after the accident is reviewed")
		}
	})
	t.Run("an order in it waits with it, and its withdrawal takes its duty and the escalation", func(t *testing.T) {
		k := hiddenFixture(t)
		k.given(hiddenVisit, evident("f"), inspector)
		k.given("order/o", &order.Issued{Inspection: k.stream(hiddenVisit).ID, Order: "o", Kind: "rectify-by-date", Findings: []string{"f"},
			Due: "2019-12-06"}, inspector)
		issued := k.last("order/o")
		k.unknown("order/o")
		k.owes(hiddenVisit, "rectify", obligation.Open, "2019-12-06")
		said := k.sweep(noon.AddDate(0, 0, 20))
		k.secret(slices.DeleteFunc(said, func(e *event.Event) bool { return e.Stream.Kind == order.Name })...)
		gone := k.recordOf("order/o", withdrawn(issued, issued), inspector, at(noon.AddDate(0, 0, 20)))
		recorded, err := k.record(k.event("order/o", yes(gone), chief, at(noon.AddDate(0, 0, 20))))
		if err != nil || !slices.ContainsFunc(recorded, func(e *event.Event) bool { return e.Type.Name == "statement-lapsed" }) {
			t.Errorf("%v: %d entries", err, len(recorded))
		}
		k.owes(hiddenVisit, "rectify", obligation.Void, "")
		k.secret()
		k.wantOutside(0)
	})
	t.Run("a case of it is flagged when its finding is corrected, and nobody outside reads that", func(t *testing.T) {
		k := hiddenFixture(t)
		k.given(hiddenVisit, punishableFinding("f"), inspector)
		k.given(caseStream, filed(), inspector)
		filing := k.last(caseStream)
		k.corrects("f", k.finding(hiddenVisit, "f"), harmless)
		k.wantDoubted(caseStream, "R41 "+filing.ID.String())
		k.unknown(caseStream)
		k.secret()
		k.wantOutside(0)
	})
	t.Run("a visit that began, as corrected, before a plan is judged by the one before that", func(t *testing.T) {
		k := keep(campaignFixture(t))
		stricter := plan("2")
		stricter.Policy.RecordDueHours = 1
		k.given("campaign/c", stricter, at(noon.Add(-time.Hour)))
		k.given(hiddenVisit, started(), in("c"), inspector)
		begun := k.last(hiddenVisit)
		if said := k.sweep(noon.Add(74 * time.Hour)); len(said) != 1 {
			t.Fatalf("%d entries: the record was due after an hour", len(said))
		}
		moved := k.recordOf(hiddenVisit, again(begun, begun, started(), noon.Add(-2*time.Hour)), inspector, at(noon.Add(75*time.Hour)))
		recorded, err := k.record(k.event(hiddenVisit, yes(moved), chief, at(noon.Add(75*time.Hour))))
		if err != nil || !slices.ContainsFunc(recorded, func(e *event.Event) bool { return e.Type.Name == "statement-lapsed" }) {
			t.Errorf("%v: %d entries", err, len(recorded))
		}
		if said := k.sweep(noon.Add(76 * time.Hour)); len(said) != 0 {
			t.Errorf("%d entries: by the plan of then there is a day", len(said))
		}
	})
	t.Run("a major hazard that was corrected before the arrival is no ground of anything", func(t *testing.T) {
		k := hiddenFixture(t)
		major := evident("f")
		major.Level = "major"
		k.given(hiddenVisit, major, inspector)
		f := k.finding(hiddenVisit, "f")
		milder := k.recordOf(hiddenVisit, corrected(f, f, func(d *inspection.FindingRecorded) { d.Level = "general" }), inspector)
		k.given(hiddenVisit, yes(milder), chief)
		k.secret()
		k.given("order/o", &order.Issued{Inspection: k.stream(hiddenVisit).ID, Order: "o", Kind: "rectify-by-date", Findings: []string{"f"},
			Due: "2019-12-06"}, inspector)
		k.sweep(noon.AddDate(0, 0, 20))
		k.given(hiddenVisit, &inspection.Arrived{}, inspector, at(noon.Add(time.Hour)), late(20*24*time.Hour))
		k.wantOutside(0)
	})
}
