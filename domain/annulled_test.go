package domain

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/publicity"
	"github.com/anjian-ledger/anjian/domain/transfer"
)

// What becomes of a visit, a case and their duties when a penalty is annulled, or its finding handed over: R41, R55, R57, R58, R77.

func annulling(penalty string) *casefile.DecisionChanged {
	return &casefile.DecisionChanged{Penalty: penalty, Change: "annulled", By: "court", Reason: "违反法定程序"}
}

func onTheSpot(id string) *casefile.PenaltyDecided {
	d := inCase(id, 500_00)
	d.Inspection = visit("t1", "i")
	return d
}

// R41: a penalty on the spot meets the filing of its finding; annulled it does not, and the closing waits again, until another one
// is decided, under another id.
func TestR41AnAnnulledPenaltyOpensTheGateOfItsFindingAgain(t *testing.T) {
	w := suspected(t)
	spot := "case/" + visit("t1", "spot")
	w.complete("i")
	w.accepts("inspection/i", &inspection.FixedOnSite{Finding: "f", Photo: &picture}, inspector)
	w.accepts(spot, onTheSpot("p"), inspector)
	w.owes("inspection/i", "filing", obligation.Met, "")
	w.deliver("i")
	w.owes("inspection/i", "filing", obligation.Met, "2019-12-11")
	w.accepts(spot, annulling("p"), clerk)
	w.owes("inspection/i", "filing", obligation.Open, "2019-12-11")
	closing := func() *event.Refusal {
		return w.refuses("R56", "closing-needs-penalty", "inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
	}
	says(t, closing(), "f")
	w.refuses("R41", "penalty-exists", spot, onTheSpot("p"), inspector)
	asked := w.recordOf(spot, withdrawn(w.last(spot), w.last(spot)), clerk) // the annulment was entered wrongly
	w.owes("inspection/i", "filing", obligation.Open, "2019-12-11")
	w.accepts(spot, yes(asked), chief)
	w.owes("inspection/i", "filing", obligation.Met, "2019-12-11")
	w.accepts(spot, annulling("p"), clerk)
	w.accepts("case/"+visit("t1", "again"), onTheSpot("q"), inspector) // and nobody is fined twice by it
	w.owes("inspection/i", "filing", obligation.Met, "2019-12-11")
	w.accepts("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
}

// R57, R41: what a penalty said or silenced it does not once it is annulled, and again when that is withdrawn.
func TestR57WhatAnAnnulledPenaltyEntailedLapses(t *testing.T) {
	w := suspected(t)
	one, two := "case/"+visit("t1", "one"), "case/"+visit("t1", "two")
	w.complete("i")
	w.accepts(one, onTheSpot("p"), inspector)
	w.flags([]string{"fined-again"}, two, onTheSpot("q"), inspector)
	w.deliver("i")
	w.accepts("inspection/i", &inspection.Closed{}, inspector, at(noon.Add(2*time.Hour)))
	stands := func(want ...string) {
		t.Helper()
		said, _ := w.deviations.get(w.stream("inspection/i"))
		var got []string
		for _, o := range said.Standing() {
			got = append(got, string(o.Code))
		}
		if !slices.Equal(got, want) {
			t.Errorf("it says %v, want %v", got, want)
		}
	}
	stands("fined-again")
	w.accepts(one, annulling("p"), clerk)
	stands()
	w.flags([]string{"inspect-only", "closed-open"}, two, annulling("q"), clerk) // what the closing rested on is open again
	annulled := w.last(two)
	stands("inspect-only", "closed-open")
	asked := w.recordOf(two, withdrawn(annulled, annulled), clerk)
	stands("inspect-only", "closed-open")
	w.accepts(two, yes(asked), chief)
	stands()
	last := w.last(one)
	asked = w.recordOf(one, withdrawn(last, last), clerk)
	w.flags([]string{"fined-again"}, one, yes(asked), chief)
	stands("fined-again")
}

// R58: a proposal that rests on a penalty lapses with it.
func TestR58AnAnnulledPenaltyIsNoGround(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(true), inspector)
	w.accepts(caseStream, stepOf("legal-review"), clerk)
	grave := inCase("p", 0)
	grave.Kind, grave.Fine = "stop-production", nil
	w.given(caseStream, grave, inspector)
	w.proposed("serious")
	w.accepts(caseStream, annulling("p"), clerk)
	w.proposed()
}

// R41: what an annulled penalty was owed it is not, late or not; its case is to be decided anew, unless it was closed, and is closed
// because of that.
func TestR41AnAnnulledPenaltyOwesNothing(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p", 1000_00), inspector)
	w.accepts(caseStream, stepOf("decision-served"), inspector)
	w.owes(caseStream, "decision", obligation.Met, "2020-01-03")
	k := keep(w)
	k.sweep(beijing(t, "2019-12-20 01:00"))
	if said, _ := w.deviations.get(w.stream(caseStream)); len(said.Passed()) == 0 {
		t.Error("the payment is overdue, and nobody says it")
	}
	other := filed()
	other.Findings = nil
	w.accepts("case/"+visit("t1", "none"), other, inspector)
	w.refuses("R41", "case-not-decided", "case/"+visit("t1", "none"), &casefile.Closed{Ground: "annulled"}, inspector)
	w.accepts(caseStream, annulling("p"), clerk)
	for _, p := range func() []bool {
		said, _ := w.deviations.get(w.stream(caseStream))
		var lapsed []bool
		for _, p := range said.Passed() {
			lapsed = append(lapsed, p.Lapsed)
		}
		return lapsed
	}() {
		if !p {
			t.Error("an escalation of an annulled penalty stands")
		}
	}
	for _, kind := range []string{"service", "publish", "payment", "remedy", "enforcement"} {
		w.owes(caseStream, kind, obligation.Void, "")
	}
	w.owes(caseStream, "decision", obligation.Open, "2020-01-03")
	w.refuses("R41", "case-not-decided", caseStream, &casefile.Closed{Ground: "executed"}, inspector)
	w.accepts(caseStream, &casefile.Closed{Ground: "annulled"}, inspector)
	w.owes(caseStream, "decision", obligation.Met, "2020-01-03")
}

// R41: a fine that a review makes less was paid in time when that much was.
func TestR41WhatIsPaidIsHeldAgainstTheFineAsItCountsNow(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	w.accepts(caseStream, noticed(false), inspector)
	w.accepts(caseStream, inCase("p", 1000_00), inspector)
	w.accepts(caseStream, stepOf("decision-served"), inspector)
	w.accepts(caseStream, payment("p", "paid", 400_00), clerk)
	w.owes(caseStream, "payment", obligation.Open, "2019-12-19")
	w.accepts(caseStream, &casefile.DecisionChanged{Penalty: "p", Change: "revised", By: "review", Reason: "…",
		Fine: &event.Money{Currency: "CNY", Amount: 400_00}}, clerk, at(noon.AddDate(0, 0, 40)))
	w.owes(caseStream, "payment", obligation.Met, "2019-12-19")
}

// R55, R77: a finding that is handed over is no longer owed a case here; given back, or withdrawn, it is again.
func TestR77AFindingThatIsHandedOverMeetsItsFiling(t *testing.T) {
	w := suspected(t)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	w.owes("inspection/i", "filing", obligation.Open, "2019-12-11")
	to := "transfer/t1.610902.1"
	given := &transfer.Transferred{Matter: "finding", Inspection: visit("t1", "i"), Finding: "f", Ground: "competence", Task: "依法处理"}
	w.accepts(to, given, inspector)
	w.owes("inspection/i", "filing", obligation.Met, "2019-12-11")
	begun := w.last(to)
	asked := w.recordOf(to, withdrawn(begun, begun), inspector)
	w.owes("inspection/i", "filing", obligation.Met, "2019-12-11")
	w.accepts(to, yes(asked), clerk)
	w.owes("inspection/i", "filing", obligation.Open, "2019-12-11")
	to = "transfer/t1.610902.2"
	w.accepts(to, given, inspector)
	county := by(event.Actor{Person: "gov", Role: event.RoleCountyGovernment, County: "610902"})
	w.accepts(to, &transfer.Answered{Outcome: "returned", Answer: "不属于本机关管辖"}, county)
	w.owes("inspection/i", "filing", obligation.Open, "2019-12-11")
	w.flags([]string{"late-filing"}, "transfer/t1.610902.3", given, inspector, at(noon.AddDate(0, 0, 9)))
	w.owes("inspection/i", "filing", obligation.Late, "2019-12-11")
}

// R55: so is a case that is handed over, and the withdrawal of that.
func TestR55AHandOverThatIsWithdrawnLeavesTheCaseUndecided(t *testing.T) {
	w := suspected(t)
	w.accepts(caseStream, filed(), inspector)
	to := "transfer/t1.police-610902.1"
	w.accepts(to, &transfer.Transferred{Matter: "case", Case: visit("t1", "case"), Ground: "crime", Task: "移送"}, inspector)
	w.owes(caseStream, "decision", obligation.Met, "2020-01-03")
	begun := w.last(to)
	asked := w.recordOf(to, withdrawn(begun, begun), inspector)
	w.accepts(to, yes(asked), clerk)
	w.owes(caseStream, "decision", obligation.Open, "2020-01-03")
}

// Whatever is decided, annulled, handed over, withdrawn and restored in whatever order: a finding is owed a decision while no penalty of
// it stands and nobody has it, what is refused changes nothing, and the visit that is folded anew is the same.
func TestR41AFindingIsOwedADecisionWhileNoneStands(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := suspected(t)
		w.complete("i")
		w.accepts("inspection/i", signedBy("ma", "li"), inspector)
		visitID := w.stream("inspection/i").ID
		streams := map[string]string{"p": "case/" + visit("t1", "p"), "q": "case/" + visit("t1", "q"), "t": "transfer/t1.610902.1"}
		counts := map[string]map[string]*event.Event{} // stream → what of its facts counts, by what it is
		var asked *event.Event
		for range rapid.IntRange(1, 14).Draw(rt, "events") {
			id := rapid.SampledFrom([]string{"p", "q", "t"}).Draw(rt, "of")
			to := streams[id]
			now := counts[id]
			if now == nil {
				now = map[string]*event.Event{}
				counts[id] = now
			}
			var body event.Data
			what, who := rapid.SampledFrom([]string{"begin", "annul", "withdraw begin", "withdraw annul"}).Draw(rt, "what"), inspector
			switch {
			case what == "begin" && id == "t":
				body = &transfer.Transferred{Matter: "finding", Inspection: visitID, Finding: "f", Ground: "competence", Task: "依法处理"}
			case what == "begin":
				body = onTheSpot(id)
			case what == "annul":
				body, who = annulling(id), clerk
			case now[what[len("withdraw "):]] != nil:
				of := now[what[len("withdraw "):]]
				if body = withdrawn(of, of); what == "withdraw annul" {
					who = clerk
				}
			default:
				continue
			}
			before := w.inspections.state(visitID)
			e := w.event(to, body, who)
			if _, err := w.record(e); err != nil {
				if w.inspections.state(visitID) != before {
					rt.Fatalf("%s of %s was refused and changed the visit: %v", what, id, err)
				}
				continue
			}
			switch asked = e; what {
			case "begin", "annul":
				now[what] = e
			default:
				if _, err := w.record(w.event(to, yes(asked), chief)); err != nil {
					continue
				}
				delete(now, what[len("withdraw "):])
			}
			settled := false
			for _, now := range counts {
				settled = settled || now["begin"] != nil && now["annul"] == nil
			}
			want := obligation.Open
			if settled {
				want = obligation.Met
			}
			w.owes("inspection/i", "filing", want, "2019-12-11")
		}
		if w.Failed() {
			rt.FailNow()
		}
	})
}

// R71, R41: a decision that is annulled is not made public any more.
func TestR71AnAnnulledDecisionIsNotPublished(t *testing.T) {
	w := suspected(t)
	spot := "case/" + visit("t1", "spot")
	w.accepts(spot, onTheSpot("p"), inspector)
	paper := &publicity.Published{Outlet: "网站", Title: "行政处罚决定公开", PublishedOn: "2019-12-05", Case: visit("t1", "spot"), Penalty: "p"}
	w.accepts("publicity/before", paper)
	w.flags([]string{"ground-changed"}, spot, annulling("p"), clerk)
	w.refuses("R41", "penalty-is-annulled", "publicity/after", paper)
}

// R41: what is not final is no decision that a court or a review changes, neither before its final one is decided, nor after that
// was in another case of the visit, which it would touch there.
func TestR41OnlyAFinalDecisionIsChanged(t *testing.T) {
	w := suspected(t)
	one, two := "case/"+visit("t1", "one"), "case/"+visit("t1", "two")
	draft := onTheSpot("p")
	draft.Final = false
	w.given(one, draft, inspector)
	says(t, w.refuses("R41", "penalty-not-final", one, annulling("p"), clerk), "p", one)
	w.accepts(two, onTheSpot("p"), inspector)
	w.complete("i")
	w.deliver("i")
	w.owes("inspection/i", "filing", obligation.Met, "2019-12-11")
	w.refuses("R41", "penalty-not-final", one, annulling("p"), clerk)
	w.owes("inspection/i", "filing", obligation.Met, "2019-12-11")
	w.accepts(two, annulling("p"), clerk)
	w.owes("inspection/i", "filing", obligation.Open, "2019-12-11")
}
