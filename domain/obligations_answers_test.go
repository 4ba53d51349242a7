package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// TestPillar17AnAnswerIsOwedToWhatWaitsInEveryKindOfStream: a correction, in the kinds that judge in a frame of their own as in all others.
func TestPillar17AnAnswerIsOwedToWhatWaitsInEveryKindOfStream(t *testing.T) {
	w := campaignFixture(t)
	w.given("accident/a", reported(1))
	w.given("team/t1", &team.ScopeAssigned{Sectors: []string{"FIRE"}}, clerk)
	w.given("person/zhang", newPerson("zhang"), clerk)
	w.given("person/zhang", &person.Trained{Topic: "督查检查", Date: "2019-12-03"}, clerk)
	w.given("campaign/c", &campaign.Linked{Document: "安委〔2019〕1号", Level: "central"}, clerk)
	for _, name := range []string{"accident/a", "team/t1", "person/zhang", "campaign/c"} {
		k := keep(w)
		k.settle()
		f := w.last(name)
		asked := w.recordOf(name, again(f, f, f.Data, f.Occurred.Add(-1)), by(f.Actor))
		w.owes(name, "approval", obligation.Open, "2019-12-09")
		k.settle()
		if row := w.Owed(w.stream(name)); !k.list.Has(row) {
			t.Errorf("%s: the list does not say that an answer is owed", name)
		}
		w.given(name, no(asked), chief)
		w.owes(name, "approval", obligation.Void, "")
		k.settle()
		if row := w.Owed(w.stream(name)); !k.list.Has(row) {
			t.Errorf("%s: the list says that an answer is owed still", name)
		}
	}
}

// TestR18AnExclusionIsOwedAnAnswer: until a second person gives one.
func TestR18AnExclusionIsOwedAnAnswer(t *testing.T) {
	w := campaignFixture(t)
	out := w.recordOf("subject/firm", &subject.Excluded{Reason: "已拆除"}, clerk, in("c"))
	w.owes("subject/firm", "approval", obligation.Open, "2019-12-09")
	if k := keep(w); len(k.sweep(noon.AddDate(0, 0, 10))) != 1 {
		t.Error("nobody is told that the exclusion has no answer")
	}
	w.given("subject/firm", no(out), chief)
	w.owes("subject/firm", "approval", obligation.Void, "")
	again := w.recordOf("subject/firm", &subject.Excluded{Reason: "已拆除"}, clerk, in("c"))
	w.given("subject/firm", yes(again), chief)
	w.owes("subject/firm", "approval", obligation.Void, "")
	if !w.subjects.state("firm").Excluded {
		t.Error("it is not excluded")
	}
}
