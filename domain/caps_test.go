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
	"github.com/anjian-ledger/anjian/domain/subject"
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

// N05: the visits to a subject that merged into another count together from that day on, and no more when the merger is withdrawn.
func TestN05AMergerIsAskedOfTheCapsAgain(t *testing.T) {
	w, _ := twoOfAYear(t)
	w.accepts("subject/heir", firm())
	for i, id := range []string{"a", "b", "d", "e"} {
		d := inTheNameOf(district)
		if id == "b" || id == "e" {
			d.Subject = "heir"
		}
		w.capped(id, nth(i), d)
	}
	w.wantBeyond("")
	merged := &subject.Ended{How: "merged", On: nth(3).In(event.Beijing).Format(time.DateOnly), Successor: "heir"}
	e := w.recordOf("subject/firm", merged, at(nth(4)))
	w.wantBeyond("e") // before that day they were two
	w.given("subject/firm", withdrawn(e, e), clerk)
	w.given("subject/firm", yes(w.last("subject/firm")), chief)
	w.wantBeyond("")
}

// N05: a class of risk that is told later than the visits, for days before them, changes which cap holds.
func TestN05AClassOfRiskIsAskedOfTheCapsAgain(t *testing.T) {
	w := todayFixture(t, func(p *campaign.Policy) {
		p.VisitCaps = []campaign.VisitCap{{Risk: "high-risk-industry", Most: 3}, {Most: 1}}
	})
	for i, id := range []string{"a", "b", "d"} {
		w.capped(id, nth(i), inTheNameOf(district))
	}
	w.wantBeyond("b d")
	class := func(from time.Time) *subject.Updated {
		return &subject.Updated{From: from.In(event.Beijing).Format(time.DateOnly),
			Class: &subject.Class{Classes: []string{"high-risk-industry"}, Basis: "安委〔2019〕3号"}}
	}
	e := w.recordOf("subject/firm", class(nth(2)), at(nth(5)))
	w.wantBeyond("b")
	w.given("subject/firm", again(e, e, class(nth(1)), e.Occurred), clerk)
	w.given("subject/firm", yes(w.last("subject/firm")), chief)
	w.wantBeyond("")
}

// N07: a notice that names too low a number is flagged, with what the ledger knows by then; one that names a higher is not.
func TestN07TheNumberOnTheNoticeIsComparedWithTheLedger(t *testing.T) {
	const low = "notice-count-too-low"
	w := todayFixture(t, func(p *campaign.Policy) { p.FullNotice = true })
	notice := func(id string, n int, on time.Time) *event.Event {
		return w.recordOf("inspection/"+id, &inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2",
			Photo: picture, Told: &inspection.Told{Basis: "安全生产法第六十五条", Cause: "年度检查计划", VisitOfYear: &n,
				Prohibitions: "不得接受宴请", Recusal: true, Refusal: true, Complaint: "12345"}}, inspector, at(on))
	}
	standing := func(id string) (n int) {
		said, _ := w.deviations.get(w.stream("inspection/" + id))
		for _, o := range said.Standing() {
			if o.Code == low {
				n++
			}
		}
		return n
	}
	want := func(id string, n int) {
		t.Helper()
		if got := standing(id); got != n {
			t.Errorf("of %s %s stands %d times, want %d", id, low, got, n)
		}
	}
	w.capped("a", nth(0), inTheNameOf(district))
	notice("a", 1, nth(0))
	want("a", 0)
	w.capped("b", nth(2), inTheNameOf(district))
	first := notice("b", 1, nth(2))
	want("b", 1)
	second := *first.Data.(*inspection.NoticePosted)
	told := *second.Told
	told.VisitOfYear, second.Told = new(2), &told
	w.turn(again(first, first, &second, first.Occurred), first)
	want("b", 0)
	// An earlier visit becomes known, whose notice hung before anybody else could know of it.
	d := inTheNameOf(district)
	d.VisitType = "tip"
	w.given("inspection/d", d, in("c"), inspector, at(nth(1)))
	notice("d", 1, nth(1))
	want("d", 0)
	w.given("inspection/d", &inspection.Arrived{}, inspector, at(nth(1)))
	want("d", 1)
	want("b", 1)
	want("a", 0)
	gone := w.ofStream(w.stream("inspection/a"))[0]
	w.turn(withdrawn(gone, gone), gone)
	want("d", 0)
	want("b", 0)
	// What others inspected is unknown here: a higher number may be right. And another authority counts its own.
	w.capped("e", nth(3), inTheNameOf("emergency-city"))
	notice("e", 1, nth(3))
	notice("e", 7, nth(3))
	want("e", 0)

	w = todayFixture(t, nil)
	w.capped("a", nth(0), inTheNameOf(district))
	w.capped("b", nth(2), inTheNameOf(district))
	notice("b", 1, nth(2))
	want("b", 0)
}
