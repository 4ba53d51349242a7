package domain

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
)

// flat returns a table as seen from the top.
func (t *table[K, V]) flat() any {
	m := maps.Clone(t.base)
	for _, o := range t.overlays {
		for _, w := range o.list {
			m[w.key] = w.value
		}
	}
	return m
}

// flat is of what is only noted until it is durable nothing.
func (*moved) flat() any { return nil }

// snapshot is everything a State knows, as seen from the top.
func snapshot(s *State) []any {
	all := make([]any, len(s.tables))
	for i, t := range s.tables {
		all[i] = t.(interface{ flat() any }).flat()
	}
	return all
}

func same(t *rapid.T, what string, got, want *State) {
	t.Helper()
	g, w := snapshot(got), snapshot(want)
	for i := range g {
		if !reflect.DeepEqual(g[i], w[i]) {
			t.Fatalf("%s: table %d differs:\n got  %+v\n want %+v", what, i, g[i], w[i])
		}
	}
}

// replayed is the state after applying events to a base, without layers and without judging.
func replayed(lists ...[]*event.Event) *State {
	s := New()
	for _, list := range lists {
		for _, e := range list {
			s.Apply(e)
		}
	}
	return s
}

// someFixture is an empty one or one with a campaign under way.
func someFixture(t *testing.T, rt *rapid.T) *fixture {
	if rapid.Bool().Draw(rt, "empty") {
		return drawing(newFixture(t))
	}
	return drawing(campaignFixture(t))
}

// drawing returns a fixture whose bodies are drawn: they may lack what the sentences of flags name.
func drawing(w *fixture) *fixture {
	w.TB = quiet{w.TB}
	return w
}

// something records an event if the rules let it pass, or what laxer rules recorded.
func (r dice) something() []*event.Event {
	e := r.next()
	if recorded, err := r.w.record(e); err == nil {
		return recorded
	}
	if r.yes("strict") {
		return nil
	}
	r.w.Apply(e)
	r.w.n++
	return []*event.Event{e}
}

// stacked is a state with its layers, and the events in each, apart from the state.
type stacked struct {
	*fixture
	durable []*event.Event
	open    [][]*event.Event
}

// stack begins with what the fixture has recorded.
func stack(w *fixture) *stacked { return &stacked{fixture: w, durable: slices.Clone(w.log)} }

// add notes events that were recorded in the top layer.
func (s *stacked) add(recorded []*event.Event) {
	if n := len(s.open); n > 0 {
		s.open[n-1] = append(s.open[n-1], recorded...)
	} else {
		s.durable = append(s.durable, recorded...)
	}
}

// moves does what a sequencer does with layers, where there are as many as it takes: begin, merge, rollback, commit or drop.
func (s *stacked) moves(step string) {
	switch n := len(s.open); {
	case step == "begin":
		s.Begin()
		s.open = append(s.open, nil)
	case step == "merge" && n >= 2:
		s.Merge()
		s.open[n-2] = append(s.open[n-2], s.open[n-1]...)
		s.open = s.open[:n-1]
	case step == "rollback" && n >= 1:
		s.Rollback()
		s.open = s.open[:n-1]
	case step == "commit" && n >= 1:
		s.CommitOldest()
		s.durable = append(s.durable, s.open[0]...)
		s.open = s.open[1:]
	case step == "drop":
		s.DropAll()
		s.open = nil
	}
}

// TestLayersAndJudgingLeaveTheStateOfAPlainReplay drives a state as a sequencer does: events
// judged and applied through layers that are merged, rolled back, committed and dropped in any
// order. What it holds then is what a plain replay of the surviving events gives, so layers
// neither lose nor leak anything, and judging changes nothing.
func TestLayersAndJudgingLeaveTheStateOfAPlainReplay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := someFixture(t, rt)
		r := dice{rt, w}
		all := stack(w)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			switch step := r.one("step", "event", "event", "event", "event", "event", "begin", "merge", "rollback", "commit", "drop"); {
			case step == "event":
				all.add(r.something())
			case step != "drop" || r.yes("really"):
				all.moves(step)
			}
			if w.Layers() != len(all.open) {
				rt.Fatalf("%d layers, want %d", w.Layers(), len(all.open))
			}
		}
		same(rt, "through the layers", w.State, replayed(append([][]*event.Event{all.durable}, all.open...)...))
		w.DropAll()
		same(rt, "durable only", w.State, replayed(all.durable))
	})
}

func TestAnyRecordedSequenceIsFoldedWithoutPanicAndRevisionsCount(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newFixture(t)
		r := dice{rt, w}
		count := map[event.Stream]int64{}
		for range rapid.IntRange(1, 60).Draw(rt, "events") {
			e := r.next()
			e.About = w.About(e) // not judged: older rules may have let it pass
			w.Apply(e)
			w.n++
			count[e.Stream]++
			if got := w.Revision(e.Stream); got != count[e.Stream]-1 {
				rt.Fatalf("revision of %s is %d after %d events", e.Stream, got, count[e.Stream])
			}
		}
	})
}

// What is kept across visits is changed by some of their events only; an event that changes whether a
// visit is seen, or what it claims, and is not among them is found here.
func TestWhatIsKeptAcrossVisitsFollowsFromThem(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := someFixture(t, rt)
		r := dice{rt, w}
		for range rapid.IntRange(1, 80).Draw(rt, "events") {
			r.something()
		}
		k := w.inspections
		for id, v := range k.base {
			st := v.state
			if st == nil {
				continue
			}
			if list, _ := k.ofSubject.get(st.Subject()); slices.Contains(list, id) != st.Seen() {
				rt.Fatalf("visit %s of %s: seen is %v, and kept are %v", id, st.Subject(), st.Seen(), list)
			}
			var held []inspection.Key
			for key, ids := range k.initial.base {
				if slices.Contains(ids, id) {
					held = append(held, key)
				}
			}
			if _, claims := st.Claims(&duplicateForms[0]); claims != (len(held) == 1) || len(held) > 1 {
				rt.Fatalf("visit %s: claims is %v, and it holds %v", id, claims, held)
			}
		}
	})
}

func TestRepeatingACreatingEventIsRefusedAndAddsNothing(t *testing.T) {
	creating := map[string]bool{"campaign-plan-published": true, "team-formed": true, "person-registered": true,
		"subject-registered": true, "inspection-started": true, "assignment-reserved": true, "accident-reported": true}
	rapid.Check(t, func(rt *rapid.T) {
		w := someFixture(t, rt)
		r := dice{rt, w}
		var done []*event.Event
		for range rapid.IntRange(10, 80).Draw(rt, "events") {
			recorded, err := w.record(r.next())
			if err == nil && creating[recorded[0].Type.Name] {
				done = append(done, recorded[0])
			}
		}
		before := w.n
		for _, e := range done {
			again := *e
			if recorded, err := w.record(&again); err == nil {
				rt.Fatalf("%s on %s is accepted again, with %d entries", e.Type.Name, e.Stream, len(recorded))
			}
		}
		if w.n != before {
			rt.Fatalf("%d entries were added", w.n-before)
		}
	})
}

func TestARolledBackEventLeavesNoTraceInWhatClonesShare(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("person/ma", &person.Seconded{HomeUnit: "u", Team: "t1", From: begin, To: end})
	for range 3 {
		w.Begin()
		w.accepts("inspection/i", started(), in("c"), inspector)
		w.accepts("person/ma", &person.SecondmentEnded{Team: "t1"})
		w.accepts("team/t1", &team.MemberLeft{Person: "ma"})
		w.accepts("subject/firm", &subject.Excluded{Reason: "r"})
		w.accepts("campaign/c", plan("2"))
		w.Rollback()
	}
}
