package domain

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/projections"
)

// Facts of any type are withdrawn, corrected and restored (pillar 17), through the real judge.

// withdrawn takes a fact back, in place of the version that an event gave.
func withdrawn(fact, replaces *event.Event) *correction.FactWithdrawn {
	return &correction.FactWithdrawn{Fact: fact.Ident().Ref(), Replaces: replaces.Ident().Ref(), Reason: "误录"}
}

// again gives a fact a content, in place of the version that an event gave; nil when its type cannot be corrected.
func again(fact, replaces *event.Event, content event.Data, at time.Time) *correction.FactCorrected {
	return correction.Of(fact.Ident().Ref(), replaces.Ident().Ref(), "登记有误", at, content)
}

// portrait is what others see of a visit: what the ledger says of its facts, what they add to figures, what is owed or was, and
// how it stands; that it was disclosed is for good.
func (w *fixture) portrait(stream event.Stream) []string {
	lines := aboutFacts(w.told(stream), w.log)
	fold, visit := projections.NewInspectionFold(stream.ID), new(projections.Visit)
	var sum projections.Changes
	for _, e := range w.log {
		if e.Stream != stream {
			continue
		}
		fold.Apply(e)
		if d, ok := e.Data.(*oversight.DeviationFlagged); ok && len(aboutFacts([]string{lineOf(d)}, w.log)) == 0 {
			continue // said of an act of correcting, or of how an entry came: no figure of the facts is of it
		}
		projections.Count(e, visit, nil, &sum)
	}
	var figures []string
	for _, c := range sum.List {
		if c.N != 0 && c.Class != projections.Deviations && c.Class != projections.DeviationsExplained {
			figures = append(figures, fmt.Sprintf("figure %d of %d %s %s: %d", c.Class, c.Year, c.Label, c.Sub, c.N))
		}
	}
	slices.Sort(figures)
	var owed []string
	for _, o := range fold.Obligations() {
		owed = append(owed, fmt.Sprintf("owed %s %s %s until %s: %v", o.Kind.Name, o.Opener, o.Item, o.Due, o.State()))
	}
	slices.Sort(owed)
	st := w.inspections.state(stream.ID)
	view := fold.View()
	return append(slices.Concat(lines, figures, owed), fmt.Sprintf("recorded %v, closed %v, %s, %d findings, %d orders, %d penalties",
		st.Recorded(), st.Closed(), view.Status, len(view.Findings), len(view.Orders), len(view.Penalties)))
}

// standsAlike wants two portraits to be the same.
func standsAlike(t *rapid.T, what string, got, want []string) {
	if slices.Equal(got, want) {
		return
	}
	var differ []string
	for _, s := range got {
		if !slices.Contains(want, s) {
			differ = append(differ, "+ "+s)
		}
	}
	for _, s := range want {
		if !slices.Contains(got, s) {
			differ = append(differ, "- "+s)
		}
	}
	t.Fatalf("%s:\n%s", what, strings.Join(differ, "\n"))
}

// lives checks several visits at once, so that what is counted over all of them is never too little by chance.
func lives(one func(*rapid.T)) func(*rapid.T) {
	return func(rt *rapid.T) {
		for range 4 {
			one(rt)
		}
	}
}

// until draws until what a test counts is enough, so that no chance decides whether it has seen what it is about. It fails when a
// thousand draws are not.
func until(t *testing.T, enough func() bool, one func(*rapid.T)) {
	for range 10 {
		if rapid.Check(t, lives(one)); t.Failed() || enough() {
			return
		}
	}
	t.Error("a thousand draws did not show what this test is about")
}

// lived is a visit that was drawn, and what of it was taken.
func lived(t testing.TB, rt *rapid.T) (r dice, w *fixture, taken []*event.Event) {
	r = dice{rt, drawing(newFixture(t))}
	r.course("inspection/t1.i")
	if r.yes("settled") {
		r.settle("inspection/t1.i")
		r.afterthoughts("inspection/t1.i")
	}
	w = drawing(campaignFixture(t))
	n := len(r.w.log)
	if r.yes("part") {
		n = rapid.IntRange(1, n).Draw(rt, "steps")
	}
	for _, e := range r.w.log[:n] {
		if recorded, err := take(w, e); err == nil {
			taken = append(taken, recorded[0])
		}
	}
	return r, w, taken
}

// anyOf draws one of some facts, of each type equally often.
func anyOf(rt *rapid.T, facts []*event.Event) *event.Event {
	types := map[string][]*event.Event{}
	for _, e := range facts {
		types[e.Type.Name] = append(types[e.Type.Name], e)
	}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(types))).Draw(rt, "type")
	return rapid.SampledFrom(types[name]).Draw(rt, "fact")
}

// said records what is said of a fact by its own side, and the yes to it.
func (w *fixture) said(rt *rapid.T, fact *event.Event, d event.Data) (*event.Event, error) {
	e := w.event(fact.Stream.String(), d, by(fact.Actor), at(end), in(fact.Campaign))
	if _, err := w.record(e); err != nil {
		return nil, err
	}
	st := w.inspections.state(fact.Stream.ID)
	if !st.Waits(e.ID) {
		return e, nil // it counted at once
	}
	if _, err := w.record(w.event(fact.Stream.String(), yes(e), chief, at(end))); err != nil {
		rt.Fatalf("the yes to %T of %s is refused: %v", d, fact.Type.Name, err)
	}
	return e, nil
}

// waits reports whether an event needs the yes of a second person, and none of a list says it.
func waits(list []*event.Event, e *event.Event) bool {
	return inspection.NeedsYes(&facts.Fact{Event: e, Original: e.Data}) && !slices.ContainsFunc(list, func(answer *event.Event) bool {
		ref, yes, _ := oversight.Answer(answer.Data)
		return yes && ref.ID() == e.ID
	})
}

// TestWithdrawingIsNeverHavingSaid: a visit of which any one fact was withdrawn stands like one in which it was never stated; when
// restored, it stands as before; and a withdrawal is refused only when something later could not have happened.
func TestWithdrawingIsNeverHavingSaid(t *testing.T) {
	types, refused, restored := map[string]int{}, 0, map[string]int{}
	until(t, func() bool { return len(types) >= 12 && refused >= 5 && len(restored) >= 9 }, func(rt *rapid.T) {
		_, w, taken := lived(t, rt)
		stream := w.stream("inspection/t1.i")
		facts := slices.DeleteFunc(slices.Clone(taken), func(e *event.Event) bool { return e.Stream != stream || !inspection.Judges(e.Data) })
		if len(facts) == 0 {
			return
		}
		fact := anyOf(rt, facts)
		before := w.portrait(stream)
		right, open := drawing(campaignFixture(t)), false
		var impossible error
		if fact == facts[0] {
			var visits kinds.Visits
			taken = slices.DeleteFunc(taken, func(e *event.Event) bool {
				id, is := visits.Of(e)
				return is && id == stream.ID
			})
		}
		for _, e := range taken {
			if e == fact {
				continue
			}
			c := *e
			_, err := right.record(&c)
			var r *event.Refusal
			switch {
			case err == nil:
			case errors.As(err, &r) && r.Open != nil: // a gate, which corrections do not ask again
				open = true
			case errors.As(err, &r) && r.Code == law.NothingWaits: // the answer to what is not there goes with a pardon
				_, pardon := fact.Data.(*casefile.NoPenaltyDecided)
				open = open || !pardon
			case waits(taken, e): // it does not count, so it rests on nothing
				open = true
			case impossible == nil:
				impossible = err
			}
		}
		gone, err := w.said(rt, fact, withdrawn(fact, fact))
		if r, ok := err.(*event.Refusal); ok && r.Code == law.AnswerFirst {
			return
		}
		if (err != nil) != (impossible != nil) {
			if open {
				return
			}
			rt.Fatalf("the withdrawal of %s is answered with %v; without it %v", fact.Type.Name, err, impossible)
		}
		if err != nil {
			refused++
			return
		}
		types[fact.Type.Name]++
		if now := w.portrait(stream); !open && fact != facts[0] {
			standsAlike(rt, "without "+fact.Type.Name, now, right.portrait(stream))
		} else if fact == facts[0] && len(now) != 1 {
			rt.Fatalf("of a visit that is withdrawn stands %q", now)
		}
		d := again(fact, gone, fact.Data, fact.Occurred)
		if d == nil {
			return
		}
		if _, err := w.said(rt, fact, d); err != nil {
			rt.Fatalf("%s is not restored: %v", fact.Type.Name, err)
		}
		restored[fact.Type.Name]++
		standsAlike(rt, "restored "+fact.Type.Name, w.portrait(stream), before)
	})
	t.Logf("withdrawn %v, refused %d, restored %v", types, refused, restored)
}

// mistaken changes a content as people mistake it.
func (r dice) mistaken(d event.Data) event.Data {
	c := field.ShapeOf(d).New()
	field.Kept(field.Keep(nil, d, field.Whole), c)
	switch c := c.(type) {
	case *inspection.FindingRecorded:
		c.Description = "误"
		c.Level, c.Punishable = r.one("level", "general", "major"), r.yes("punishable")
		c.Clauses = statute
	case *order.Issued:
		c.Kind, c.LegalBasis, c.Due = r.one("kind", order.Kinds...), r.w.basis(), r.one("due", "", "2019-12-20")
	case *casefile.PenaltyDecided:
		c.LegalBasis, c.Final = r.w.basis(), r.yes("final")
		if c.Kind, c.Fine = "warning", nil; r.yes("fine") {
			c.Kind, c.Fine = "fine", &event.Money{Currency: "CNY", Amount: rapid.Int64Range(0, 1e15).Draw(r.T, "fine")}
		}
	case *casefile.NoPenaltyDecided:
		c.Reason = "另一理由"
	case *inspection.ConductDeclared:
		c.Reception = !c.Reception
	case *inspection.EvidenceAttached:
		c.Evidence = []event.Evidence{{SHA256: document, Size: 9, MediaType: "application/pdf"}}
	}
	return c
}

// TestCorrectingAnyFactAndRestoringIt: it stands as before, and while the correction counts as if it had been right at once.
func TestCorrectingAnyFactAndRestoringIt(t *testing.T) {
	types, changed := map[string]int{}, 0
	until(t, func() bool { return len(types) >= 10 && changed >= 20 }, func(rt *rapid.T) {
		r, w, taken := lived(t, rt)
		stream := w.stream("inspection/t1.i")
		facts := slices.DeleteFunc(slices.Clone(taken), func(e *event.Event) bool {
			return e.Stream != stream || !inspection.Judges(e.Data) || again(e, e, e.Data, end) == nil
		})
		if len(facts) == 0 {
			return
		}
		fact := anyOf(rt, facts)
		before := w.portrait(stream)
		when := fact.Occurred.Add(time.Duration(rapid.SampledFrom([]int{0, 0, -30, 200}).Draw(rt, "minutes")) * time.Minute)
		content := r.mistaken(fact.Data)
		wrong, err := w.said(rt, fact, again(fact, fact, content, when))
		if err != nil {
			return // a later fact rests on it as it is
		}
		types[fact.Type.Name]++
		now := w.portrait(stream)
		if !slices.Equal(now, before) {
			changed++
		}
		right, comparable := drawing(campaignFixture(t)), true
		if was, ok := fact.Data.(*inspection.FindingRecorded); ok && !was.Punishable {
			// What it is owed since it is punishable counts from when that was known.
			comparable = !content.(*inspection.FindingRecorded).Punishable
		}
		for _, e := range taken {
			c := *e
			if e == fact {
				c.Data, c.Occurred = content, when
			}
			if _, err := right.record(&c); err != nil {
				comparable = false
			}
		}
		if comparable {
			standsAlike(rt, "corrected "+fact.Type.Name, now, right.portrait(stream))
		}
		if _, err := w.said(rt, fact, again(fact, wrong, fact.Data, fact.Occurred)); err != nil {
			rt.Fatalf("%s is not restored: %v", fact.Type.Name, err)
		}
		standsAlike(rt, "restored "+fact.Type.Name, w.portrait(stream), before)
	})
	t.Logf("corrected %v, %d changed something", types, changed)
}
