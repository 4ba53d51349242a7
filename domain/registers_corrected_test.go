package domain

import (
	"testing"

	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/projections"
)

// Registers are corrected like visits (pillar 17, R18, R54).

func (w *fixture) coverage(id string) (n int64) {
	var r projections.Registration
	view := projections.NewSubjectFold(id, projections.Selection{})
	for _, e := range w.log {
		if e.Stream == w.stream("subject/"+id) {
			r.Apply(e)
			view.Apply(e)
		}
	}
	var sum projections.Changes
	r.CountRegistered(1, &sum)
	for _, c := range sum.List {
		if c.Class == projections.SubjectsRegistered {
			n += c.N
		}
	}
	if shown := view.View().Excluded; n == 1 && shown != nil && shown.Standing.State == projections.StandingCounts {
		w.Errorf("%s is shown as excluded and counts", id)
	}
	return n
}

func TestR54ACreditCodeIsCorrectedAndNobodySharesIt(t *testing.T) {
	w := campaignFixture(t)
	one, two := codes.SyntheticUSCC("610902", 1), codes.SyntheticUSCC("610902", 2)
	a, b := firm(), firm()
	a.USCC, b.USCC = one, one
	w.accepts("subject/a", a, clerk)
	w.flags([]string{"uscc-shared"}, "subject/b", b, clerk)
	second := w.last("subject/b")
	right := *b
	right.USCC, right.Name = two, "另一企业"
	asked := w.recordOf("subject/b", again(second, second, &right, second.Occurred), clerk)
	w.refuses("pillar 17", "no-second-person", "subject/b", yes(asked), clerk)
	w.changes(nil, []string{"uscc-shared"}, "subject/b", yes(asked), chief)
	if holder, _ := w.subjects.holders.get(two); holder != "b" || w.subjects.state("b").USCC != two {
		t.Errorf("%q has the code", holder)
	}
	back := w.recordOf("subject/b", again(second, asked, b, second.Occurred), clerk)
	w.changes([]string{"uscc-shared"}, nil, "subject/b", yes(back), chief)
	w.refuses("pillar 17", "never-withdrawn", "subject/b", withdrawn(second, back), clerk)
	moved := *b
	moved.Region = "610921"
	w.refuses("pillar 17", "name-is-kept", "subject/b", again(second, back, &moved, second.Occurred), clerk)
	w.refuses("pillar 17", "not-yours", "subject/b", again(second, back, &right, second.Occurred), inspector)
}

func TestR18AnExclusionThatIsWithdrawnNeverWas(t *testing.T) {
	w := campaignFixture(t)
	out := w.recordOf("subject/firm", &subject.Excluded{Reason: "已拆除"}, clerk)
	w.accepts("subject/firm", yes(out), chief)
	if n := w.coverage("firm"); n != 0 {
		t.Errorf("%d count", n)
	}
	gone := w.recordOf("subject/firm", withdrawn(out, out), clerk)
	w.accepts("subject/firm", yes(gone), chief)
	if n := w.coverage("firm"); n != 1 || w.subjects.state("firm").Excluded {
		t.Errorf("%d count", n)
	}
	back := w.recordOf("subject/firm", again(out, gone, out.Data, out.Occurred), clerk)
	w.accepts("subject/firm", yes(back), chief)
	if n := w.coverage("firm"); n != 0 || !w.subjects.state("firm").Excluded {
		t.Errorf("%d count when the exclusion is restored", n)
	}
}

func TestR01ATrainingIsCorrectedAndKeysAreNot(t *testing.T) {
	w := campaignFixture(t)
	trained := w.recordOf("person/zhang", newPerson("zhang"), clerk)
	w.accepts("person/zhang", &person.Trained{Topic: "督查检查", Date: "2019-12-03"}, clerk)
	training := w.last("person/zhang")
	right := &person.Trained{Topic: "督查检查", Date: "2019-11-30"}
	asked := w.recordOf("person/zhang", again(training, training, right, training.Occurred), clerk)
	w.accepts("person/zhang", yes(asked), chief)
	if d := w.persons.state("zhang").Trained; d != "2019-11-30" {
		t.Errorf("trained on %s", d)
	}
	w.refuses("pillar 17", "never-withdrawn", "person/zhang", withdrawn(trained, trained), clerk)
	gone := w.recordOf("person/zhang", withdrawn(training, asked), clerk)
	w.accepts("person/zhang", yes(gone), chief)
	if d := w.persons.state("zhang").Trained; d != "" {
		t.Errorf("trained on %s", d)
	}
	for _, typ := range w.names.All() {
		if typ.Name == "key-registered" && typ.Kept != event.KeptAsStated {
			t.Error("a key can be corrected")
		}
	}
}
