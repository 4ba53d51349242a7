package domain

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/projections"
)

// line is what an oracle knows of one finding: one line of versions, and at most one correction
// that waits (rules 2 and 5 of the model of corrections).
type line struct {
	fact, newest *event.Event
	content      inspection.FindingRecorded
	occurred     time.Time
	asked        *event.Event
}

// oracle predicts the answer to each correction and each yes or no from the rules alone.
type oracle struct {
	lines    []*line
	people   []string // who wrote or inspected
	recorded bool
}

// code is the refusal that a correction must meet, "" for none.
func (o *oracle) code(l *line, d *correction.FactCorrected, by string) string {
	switch {
	case d.Fact != l.fact.Ident().Ref():
		return "other-bytes"
	case d.Replaces.Event != l.newest.ID.String():
		return "stale-version"
	case d.Replaces != l.newest.Ident().Ref():
		return "other-bytes"
	case l.asked != nil && l.asked.Actor.Person != by:
		return "another-correction-waits"
	}
	return ""
}

// take applies a correction that was accepted.
func (o *oracle) take(l *line, e *event.Event) {
	d := e.Data.(*correction.FactCorrected)
	l.asked = nil
	same := findingOf(d).Level == l.content.Level && findingOf(d).Punishable == l.content.Punishable && d.Occurred.Equal(l.occurred)
	if o.recorded || !same {
		l.asked = e
		return
	}
	l.turn(e)
}

func (l *line) turn(e *event.Event) {
	d := e.Data.(*correction.FactCorrected)
	l.newest, l.content, l.occurred, l.asked = e, *findingOf(d), d.Occurred, nil
}

// waiting returns the line whose correction waits under an id.
func (o *oracle) waiting(id string) *line {
	i := slices.IndexFunc(o.lines, func(l *line) bool { return l.asked != nil && l.asked.ID.String() == id })
	if i < 0 {
		return nil
	}
	return o.lines[i]
}

// TestCorrectionsFollowTheModel draws corrections and answers, right and wrong, before and after
// the record, and compares the judge with the oracle and the view with what the oracle counts.
func TestCorrectionsFollowTheModel(t *testing.T) {
	counted := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		w := visitFixture(t)
		w.complete("i")
		o := &oracle{people: []string{"ma", "li"}}
		dice := dice{rt, w}
		for n := range rapid.IntRange(1, 3).Draw(rt, "findings") {
			d := evident(fmt.Sprint("f", n))
			e := w.recordOf("inspection/i", d, inspector)
			o.lines = append(o.lines, &line{fact: e, newest: e, content: *d, occurred: e.Occurred})
		}
		var known []*event.Event
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			switch dice.one("step", "correct", "correct", "answer", "answer", "record") {
			case "correct":
				if e := o.correct(rt, dice, w, counted); e != nil {
					known = append(known, e)
				}
			case "answer":
				if len(known) > 0 {
					o.answer(rt, dice, w, known[rapid.IntRange(0, len(known)-1).Draw(rt, "answered")], counted)
				}
			case "record":
				if !o.recorded && rapid.IntRange(0, 4).Draw(rt, "sign") == 0 {
					w.given("inspection/i", signedBy("ma", "li"), inspector)
					o.recorded = true
				}
			}
		}
		o.compare(rt, w)
	})
	for _, code := range []string{"", "other-bytes", "stale-version", "another-correction-waits", "nothing-waits", "person-required",
		"no-second-person", "answered"} {
		if counted[code] == 0 && !testing.Short() { // of which the rounds are too few
			t.Errorf("no sequence met %q: %v", code, counted)
		}
	}
}

func (o *oracle) correct(rt *rapid.T, dice dice, w *fixture, counted map[string]int) *event.Event {
	l := o.lines[rapid.IntRange(0, len(o.lines)-1).Draw(rt, "line")]
	c := l.content
	c.Description = dice.one("description", "a", "b")
	if dice.yes("graded") {
		c.Level, c.Punishable = dice.one("level", "general", "major"), dice.yes("punishable")
	}
	d := &correction.FactCorrected{Fact: l.fact.Ident().Ref(), Replaces: l.newest.Ident().Ref(), Reason: "r", Occurred: l.occurred,
		Content: correction.Content(&c)}
	switch dice.one("fault", "", "", "", "", "", "fact", "bytes", "stale", "time") {
	case "fact":
		d.Fact.SHA256 = d.Fact.SHA256[1:] + "0"
	case "bytes":
		d.Replaces.SHA256 = d.Replaces.SHA256[1:] + "0"
	case "stale":
		d.Replaces = l.fact.Ident().Ref()
	case "time":
		d.Occurred = d.Occurred.Add(-time.Minute)
	}
	by := dice.one("by", "ma", "ma", "ma", "li")
	e := w.event("inspection/i", d, inspector)
	e.Actor.Person = by
	want := o.code(l, d, by)
	counted[want]++
	o.judged(rt, w, e, want)
	if want != "" {
		return nil
	}
	o.take(l, e)
	return e
}

func (o *oracle) answer(rt *rapid.T, dice dice, w *fixture, to *event.Event, counted map[string]int) {
	ref := to.Ident().Ref()
	if dice.one("hash", "right", "right", "right", "wrong") == "wrong" {
		ref.SHA256 = ref.SHA256[1:] + "0"
	}
	yes := dice.yes("yes")
	var d event.Data = &oversight.ApprovalGiven{Event: ref.Event, SHA256: ref.SHA256}
	if !yes {
		d = &oversight.ApprovalRefused{Event: ref.Event, SHA256: ref.SHA256, Reason: "r"}
	}
	e := w.event("inspection/i", d)
	e.Actor.Person = dice.one("by", "zhou", "zheng", "ma", "li", "")
	l := o.waiting(ref.Event)
	want := ""
	switch {
	case l == nil:
		want = "nothing-waits"
	case ref != to.Ident().Ref():
		want = "other-bytes"
	case e.Actor.Person == "":
		want = "person-required"
	case slices.Contains(o.people, e.Actor.Person):
		want = "no-second-person"
	}
	o.judged(rt, w, e, want)
	if want != "" {
		counted[want]++
		return
	}
	counted["answered"]++
	if l.asked = nil; yes {
		l.turn(to)
	}
}

// judged wants the judge to answer an event with a refusal of this code, or to take it.
func (o *oracle) judged(rt *rapid.T, w *fixture, e *event.Event, want string) {
	_, err := w.record(e)
	var r *event.Refusal
	switch {
	case want == "" && err != nil, want != "" && !errors.As(err, &r):
		rt.Fatalf("%T: %v, the model says %q", e.Data, err, want)
	case want != "" && string(r.Code) != want:
		rt.Fatalf("%T: refused as %s, the model says %s", e.Data, r.Code, want)
	}
}

// compare folds the view and asks the closing.
func (o *oracle) compare(rt *rapid.T, w *fixture) {
	f := projections.NewInspectionFold(visit("t1", "i"))
	for _, e := range w.log {
		if e.Stream == w.stream("inspection/i") {
			f.Apply(e)
		}
	}
	v := f.View()
	var major int64
	asked := 0
	for i, l := range o.lines {
		now := v.Findings[i].Current
		if now.Description != l.content.Description || now.Level != l.content.Level || now.Punishable != l.content.Punishable {
			rt.Fatalf("finding %s is shown as %+v, the model counts %+v", l.content.Finding, now, l.content)
		}
		if l.content.Level == "major" {
			major++
		}
		waits := 0
		for _, c := range v.Corrections {
			if c.Fact == l.fact.ID.String() && c.Standing.State == projections.StandingAsked {
				waits++
			}
		}
		if want := l.asked != nil; waits > 1 || (waits == 1) != want {
			rt.Fatalf("finding %s: %d corrections are shown as waiting, the model says %v", l.content.Finding, waits, want)
		} else if want {
			asked++
		}
	}
	if v.Counts.MajorFindings != major {
		rt.Fatalf("%d major findings are counted, %d by the model", v.Counts.MajorFindings, major)
	}
	_, err := w.Judge(w.event("inspection/i", &inspection.Closed{}, inspector))
	var r *event.Refusal
	if !errors.As(err, &r) || (asked > 0) != slices.ContainsFunc(r.Open, func(o event.Unmet) bool {
		return o.Code == law.ClosingNeedsApproval
	}) {
		rt.Fatalf("%d corrections wait, the closing says %v", asked, err)
	}
}
