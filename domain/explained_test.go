package domain

import (
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// explaining is a campaign whose plan gives seven days to explain a flag, and five to answer that.
func explaining(t *testing.T) *kept {
	w := campaignFixture(t)
	p := plan("2")
	p.Policy.ExplainDays, p.Policy.ConfirmDays = new(7), new(5)
	w.accepts("campaign/c", p)
	return keep(w)
}

// due returns until when something is open in a stream, and who owes it; "" when it is not.
func (k *kept) due(name, kind string) (on string, owner obligation.Owner) {
	k.Helper()
	k.settle()
	s := k.stream(name)
	for _, r := range k.list.Rows() {
		for _, d := range r.Open {
			if r.Stream == s && d.Kind.Name == kind {
				return obligation.Date(d.Due), d.Kind.Owner
			}
		}
	}
	return "", ""
}

func (k *kept) isDue(name, kind, on string, owner obligation.Owner) {
	k.Helper()
	if got, by := k.due(name, kind); got != on || by != owner {
		k.Errorf("%s in %s is open until %q, of %q; want %q, of %q", kind, name, got, by, on, owner)
	}
}

var watchdog = by(event.Actor{Person: "watcher", Role: event.RoleDisciplineCommission})

func (w *fixture) flag(code string) *event.Event {
	w.Helper()
	for i := len(w.log) - 1; i >= 0; i-- {
		if d, ok := w.log[i].Data.(*oversight.DeviationFlagged); ok && d.Code == code {
			return w.log[i]
		}
	}
	w.Fatalf("%s was not flagged", code)
	return nil
}

func explanationOf(flag *event.Event) *oversight.DeviationExplained {
	return &oversight.DeviationExplained{Deviation: flag.ID.String(), Explanation: "在食堂自费用餐"}
}

// TestR08AFlagIsExplainedAndAnotherAnswers: the leader explains by a date, and of conduct (R38) the commission answers, of all else the
// office; both are listed and never escalated.
func TestR08AFlagIsExplainedAndAnotherAnswers(t *testing.T) {
	k := explaining(t)
	k.given("inspection/i", started(), in("c"), inspector)
	k.given("inspection/i", &inspection.Arrived{}, inspector)
	k.given("inspection/i", &inspection.ConductDeclared{Reception: true}, inspector)
	k.isDue("inspection/i", "explanation", "2019-12-11", obligation.Leader)
	conduct := k.flag(string(law.Reception))
	told := k.recordOf("inspection/i", explanationOf(conduct), leader, in("c"))
	k.isDue("inspection/i", "explanation", "", "")
	k.isDue("inspection/i", "confirmation", "2019-12-09", obligation.Commission)
	k.refuses("R08", "not-yours-to-accept", "inspection/i", yes(told), chief)
	other := *yes(told)
	other.SHA256 = conduct.Ident().Ref().SHA256
	k.refuses("pillar 17", "other-bytes", "inspection/i", &other, watchdog)
	k.accepts("inspection/i", no(told), watchdog)
	k.isDue("inspection/i", "confirmation", "", "")
	k.refuses("pillar 17", "nothing-waits", "inspection/i", yes(told), watchdog)

	k.given("inspection/i", &inspection.ServiceProvided{Topic: "用电安全", Advice: "更换老化线路"}, in("c"), inspector, late(100*time.Hour))
	own := k.recordOf("inspection/i", explanationOf(k.flag("late-sync")), in("c"))
	k.isDue("inspection/i", "confirmation", "2019-12-09", obligation.Office)
	k.refuses("pillar 17", "no-second-person", "inspection/i", yes(own))
	k.accepts("inspection/i", yes(own), chief)
	k.isDue("inspection/i", "confirmation", "", "")
	for _, e := range k.sweep(noon.AddDate(0, 1, 0)) {
		if d, ok := e.Data.(*oversight.DeadlinePassed); ok && (d.Obligation == "explanation" || d.Obligation == "confirmation") {
			t.Errorf("%s is escalated", d.Obligation)
		}
	}
}

// TestR08AFlagOfNoTeamIsItsUnitsToExplain, also in streams in which nothing else is ever owed; and what lapses nobody explains.
func TestR08AFlagOfNoTeamIsItsUnitsToExplain(t *testing.T) {
	k := explaining(t)
	k.given("subject/firm", &subject.StatusRecorded{Production: "normal"}, in("c"), late(100*time.Hour))
	k.isDue("subject/firm", "explanation", "2019-12-16", obligation.OwnUnit)

	k.given("inspection/i", started(), in("c"), inspector)
	k.given("inspection/i", &inspection.Arrived{}, inspector)
	k.given("inspection/i", &inspection.ConductDeclared{Reception: true}, inspector)
	declared := k.last("inspection/i")
	for i := range k.log {
		if _, ok := k.log[i].Data.(*inspection.ConductDeclared); ok {
			declared = k.log[i]
		}
	}
	k.isDue("inspection/i", "explanation", "2019-12-11", obligation.Leader)
	asked := k.recordOf("inspection/i", again(declared, declared, &inspection.ConductDeclared{}, declared.Occurred), inspector)
	k.given("inspection/i", yes(asked), chief)
	k.isDue("inspection/i", "explanation", "", "")

	k.given("team/t1", &team.MemberLeft{Person: "li"}, in("c"), late(100*time.Hour))
	k.isDue("team/t1", "explanation", "2019-12-16", obligation.Leader)
}

// TestR08APlanThatGivesNoDaysHasNobodyExplain.
func TestR08APlanThatGivesNoDaysHasNobodyExplain(t *testing.T) {
	k := keep(campaignFixture(t))
	k.given("inspection/i", started(), in("c"), inspector)
	k.given("inspection/i", &inspection.Arrived{}, inspector)
	k.given("inspection/i", &inspection.ConductDeclared{Reception: true}, inspector)
	k.isDue("inspection/i", "explanation", "", "")
}

// TestWhatIsOwedIsAboutWhatIsDurable: a row says of its stream what durable entries say, whatever may yet be dropped says it otherwise.
func TestWhatIsOwedIsAboutWhatIsDurable(t *testing.T) {
	k := explaining(t)
	flag := &oversight.DeviationFlagged{Code: "late-sync", Rule: "R13", Event: k.log[0].ID.String(), Plan: "2"}
	said := k.event("order/"+visit("t1", "x"), flag, in("c"))
	k.Begin()
	k.Apply(said) // under the rules of an earlier release: nothing said before what the order is about
	k.Begin()
	issued := k.event(said.Stream.String(), &order.Issued{Inspection: visit("t1", "i"), Kind: "rectify"}, in("c"))
	issued.About = event.About{Campaign: "c", Subject: "firm", Team: "t1"}
	k.Apply(issued)
	k.CommitOldest()
	k.isDue(said.Stream.String(), "explanation", "2019-12-11", obligation.OwnUnit)
	if row := k.list.Row(said.Stream); row == nil || row.About.Subject != "" {
		t.Errorf("by what is durable nobody knows what the order is about: %+v", row)
	}
	k.CommitOldest()
	k.isDue(said.Stream.String(), "explanation", "2019-12-11", obligation.Leader)
}

// TestARowOfASubjectSaysWhatItIsAboutNow, also when nothing is owed there but what explains a flag.
func TestARowOfASubjectSaysWhatItIsAboutNow(t *testing.T) {
	k := explaining(t)
	k.given("subject/firm", &subject.StatusRecorded{Production: "normal"}, in("c"), late(100*time.Hour))
	k.settle()
	k.given("subject/firm", &subject.Updated{Sectors: []string{"FIRE"}})
	k.settle()
	row := k.list.Row(k.stream("subject/firm"))
	if row == nil || !slices.Equal(row.About.Sectors, []string{"FIRE"}) {
		t.Errorf("the row is %+v", row)
	}
}
