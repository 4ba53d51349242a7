package domain

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// beyond returns which visits stand as beyond a cap, and of whom where that is not the district's authority; each once.
func (w *fixture) beyond() string {
	w.Helper()
	var out []string
	for _, id := range []string{"a", "b", "d", "e"} {
		said, _ := w.deviations.get(w.stream("inspection/" + id))
		for _, o := range said.Standing() {
			if o.Code == inspection.CapExceeded {
				out = append(out, id+strings.TrimPrefix(o.Item, district))
			}
		}
	}
	return strings.Join(out, " ")
}

const district = "emergency-610902"

func (w *fixture) wantBeyond(want string) {
	w.Helper()
	if got := w.beyond(); got != want {
		w.Errorf("beyond the cap are %q, want %q", got, want)
	}
}

// turn has a correction or withdrawal of a visit's fact count, by a second person's yes.
func (w *fixture) turn(d event.Data, of *event.Event) *event.Event {
	w.Helper()
	asked := w.recordOf(of.Stream.String(), d, inspector, at(noon.AddDate(0, 0, 8)))
	w.given(of.Stream.String(), yes(asked), chief, at(noon.AddDate(0, 0, 8)))
	return asked
}

func twoOfAYear(t *testing.T) (w *fixture, start func(id string) *event.Event) {
	w = todayFixture(t, func(p *campaign.Policy) {
		p.VisitCaps = []campaign.VisitCap{{Most: 2}}
		p.CapExemptions = []string{"verify"}
	})
	return w, func(id string) *event.Event { return w.ofStream(w.stream("inspection/" + id))[0] }
}

func nth(n int) time.Time { return noon.AddDate(0, 0, n) }

// N05: which visit is beyond the cap is asked again when another is corrected, withdrawn or restored.
func TestN05TheCapIsAskedAgainWhenAnotherVisitTurns(t *testing.T) {
	four := func(t *testing.T) (*fixture, func(string) *event.Event) {
		w, start := twoOfAYear(t)
		for i, id := range []string{"a", "b", "d", "e"} {
			w.capped(id, nth(i), inTheNameOf(district))
		}
		w.wantBeyond("d e")
		return w, start
	}
	t.Run("withdrawn and restored", func(t *testing.T) {
		w, start := four(t)
		a := start("a")
		gone := w.turn(withdrawn(a, a), a)
		w.wantBeyond("e")
		b := start("b")
		w.turn(withdrawn(b, b), b)
		w.wantBeyond("")
		w.turn(again(a, gone, a.Data, a.Occurred), a)
		w.wantBeyond("e")
	})
	t.Run("of itself: withdrawn, or exempt", func(t *testing.T) {
		w, start := four(t)
		d, e := start("d"), start("e")
		w.turn(withdrawn(d, d), d)
		w.wantBeyond("e")
		exempt := *e.Data.(*inspection.Started)
		exempt.Purpose = &inspection.Purpose{Kind: "guidance"}
		w.turn(again(e, e, &exempt, e.Occurred), e)
		w.wantBeyond("")
	})
	t.Run("corrected to another authority, and to another year", func(t *testing.T) {
		w, start := four(t)
		a, b := start("a"), start("b")
		city := *a.Data.(*inspection.Started)
		city.EnforcingAuthority = "emergency-city"
		w.turn(again(a, a, &city, a.Occurred), a)
		w.wantBeyond("e")
		w.turn(again(b, b, b.Data, nth(0).AddDate(-1, 0, 0)), b)
		w.wantBeyond("")
	})
	t.Run("corrected to be later than others", func(t *testing.T) {
		w, start := four(t)
		a := start("a")
		w.turn(again(a, a, a.Data, nth(2).Add(time.Hour)), a)
		w.wantBeyond("a e")
	})
	t.Run("to what caps do not ask", func(t *testing.T) {
		w, start := four(t)
		n := len(w.log)
		a := start("a")
		longer := *a.Data.(*inspection.Started)
		longer.Inspectors = []string{"ma", "li", "wang"}
		w.turn(again(a, a, &longer, a.Occurred), a)
		if said := flagsOf(w.log[n:]); slices.Contains(said, string(inspection.CapExceeded)) {
			t.Errorf("%v", said)
		}
		w.wantBeyond("d e")
	})
}

// N05: it is the order in which the visits began that counts, not that in which they were known.
func TestN05TheOrderInWhichVisitsAreKnownDoesNotMatter(t *testing.T) {
	ids := []string{"a", "b", "d", "e"}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}} {
		w, _ := twoOfAYear(t)
		for _, i := range order {
			d := inTheNameOf(district)
			d.VisitType = "tip"
			w.given("inspection/"+ids[i], d, in("c"), inspector, at(nth(i)))
		}
		w.wantBeyond("") // nobody may know of them yet
		for _, i := range order {
			w.given("inspection/"+ids[i], &inspection.Arrived{}, inspector, at(nth(i)))
		}
		w.wantBeyond("d e")
	}
}

// N05, N13: what is said of another visit stands in its stream, of its start, and names no other visit.
func TestN05WhatIsSaidOfAnotherVisitNamesNone(t *testing.T) {
	w, start := twoOfAYear(t)
	w.capped("b", nth(1), inTheNameOf(district))
	w.capped("d", nth(2), inTheNameOf("emergency-city", district))
	n := len(w.log)
	w.capped("a", nth(0), inTheNameOf(district))
	w.wantBeyond("d")
	for _, e := range w.log[n:] {
		if e.Stream != w.stream("inspection/d") {
			continue
		}
		text, err := json.Marshal(e.Data)
		if err != nil || bytes.Contains(text, []byte(visit("t1", "a"))) || !bytes.Contains(text, []byte(start("d").ID.String())) {
			t.Errorf("it says %s: %v", text, err)
		}
	}
}
