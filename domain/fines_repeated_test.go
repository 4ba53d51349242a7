package domain

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
)

// under is a warning to a subject under an article, which no visit found.
func under(article, of string, repeats bool) *casefile.PenaltyDecided {
	d := &casefile.PenaltyDecided{Subject: of, Penalty: "p", Kind: "warning", Final: true,
		LegalBasis: []event.Citation{{Law: "安全生产法", Article: article}}}
	if repeats {
		d.Aggravated = []string{codes.Repeated}
	}
	return d
}

// R47: a repetition is one of the same clause, against the same party, within the twelve months before; both days included. Who states
// none is told nothing.
func TestR47ARepetitionHasAPenaltyBeforeIt(t *testing.T) {
	second, first := "case/"+visit("t1", "second"), "case/"+visit("t1", "first")
	person := under("97", "firm", false)
	person.OfPerson = true
	draft := under("97", "firm", false)
	draft.Final = false
	for _, c := range []struct {
		what   string
		before *casefile.PenaltyDecided
		at     time.Time
		want   int
	}{
		{"the same", under("97", "firm", false), noon.AddDate(0, -1, 0), 0},
		{"a year before", under("97", "firm", false), noon.AddDate(-1, 0, 0), 0},
		{"more than a year before", under("97", "firm", false), noon.AddDate(-1, 0, 0).Add(-time.Second), 1},
		{"under another clause", under("98", "firm", false), noon.AddDate(0, -1, 0), 1},
		{"of another party", under("97", "other", false), noon.AddDate(0, -1, 0), 1},
		{"of a person", person, noon.AddDate(0, -1, 0), 1}, {"a proposal", draft, noon.AddDate(0, -1, 0), 1},
		{"afterwards", under("97", "firm", false), noon.Add(time.Minute), 1},
	} {
		w := apart(t)
		w.given("subject/other", firm())
		w.given(second, under("97", "firm", true), clerk, at(noon))
		w.wantSaid(c.what+", not yet told", second, "repetition-unknown", 1)
		w.given(first, c.before, clerk, at(c.at))
		w.wantSaid(c.what+", told late", second, "repetition-unknown", c.want)
		w = apart(t)
		w.given("subject/other", firm())
		w.given(first, c.before, clerk, at(c.at))
		w.given(second, under("97", "firm", true), clerk, at(noon))
		w.wantSaid(c.what, second, "repetition-unknown", c.want)
		w.given("case/"+visit("t1", "third"), under("97", "firm", false), clerk, at(noon.Add(time.Hour)))
		w.wantSaid("it states none", "case/"+visit("t1", "third"), "repetition-unknown", 0)
	}
	w := suspected(t)
	w.given("inspection/i", punishableFinding("g"), inspector)
	a, b := inCase("p", 50_00), inCase("q", 50_00)
	b.Findings, b.Aggravated = []string{"g"}, []string{codes.Repeated}
	w.given("case/"+visit("t1", "a"), a, inspector)
	w.given("case/"+visit("t1", "b"), b, inspector, at(noon.Add(time.Hour)))
	w.wantSaid("what one visit finds repeats nothing", "case/"+visit("t1", "b"), "repetition-unknown", 1)
}

// sentence is a penalty of the property below.
type sentence struct {
	in, article, of  string
	day              int
	repeats, annuls  bool
	visited, decided *event.Event // what states the clause, nil: the decision; and the decision
	newest           *event.Event
}

// Pillar 13, R47: whether a repetition is known follows from the penalties that count, their clauses and whose they are, and not from
// the order in which they are told, corrected, annulled or withdrawn.
func TestR47RepetitionsFollowFromThePenaltiesThatCount(t *testing.T) {
	flagged, known := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := apart(t)
		var all []*sentence
		merged := 0
		for n := range rapid.IntRange(6, 30).Draw(rt, "steps") {
			day := rapid.IntRange(2, 12).Draw(rt, "day")
			article := rapid.SampledFrom([]string{"97", "98"}).Draw(rt, "article")
			var s *sentence
			if len(all) > 0 {
				s = rapid.SampledFrom(all).Draw(rt, "which")
			}
			switch step := rapid.SampledFrom([]string{"decide", "decide", "visit", "visit", "annul", "correct", "correct", "correct", "withdraw",
				"merge", "part"}).Draw(rt, "step"); {
			case step == "decide" || step == "visit":
				s = &sentence{in: "case/" + visit("t1", fmt.Sprintf("c%d", n)), article: article, day: day,
					of: rapid.SampledFrom([]string{"firm", "heir"}).Draw(rt, "subject"), repeats: rapid.Bool().Draw(rt, "repeats")}
				d := under(article, s.of, s.repeats)
				if step == "visit" {
					id := fmt.Sprintf("v%d", n)
					w.visitTo(id, s.of, day)
					found := punishableFinding("f")
					found.Clauses = []event.Citation{{Law: "安全生产法", Article: article}}
					s.visited = w.recordOf("inspection/"+id, found, inspector, december(day))
					s.newest = s.visited
					d.Inspection, d.Subject, d.Findings = visit("t1", id), "", []string{"f"}
					d.LegalBasis[0].Article = fmt.Sprintf("1%02d", n)
				}
				w.given(s.in, d, clerk, at(noon.AddDate(0, 0, day-4).Add(time.Duration(n)*time.Second)))
				s.decided = w.last(s.in)
				if s.newest == nil {
					s.newest = s.decided
				}
				all = append(all, s)
			case step == "merge" && merged == 0:
				w.given("subject/firm", &subject.Ended{How: "merged", On: fmt.Sprintf("2019-12-%02d", day), Successor: "heir"}, december(day))
				merged = day
			case step == "part" && merged != 0:
				e := w.last("subject/firm")
				w.given("subject/firm", withdrawn(e, e), clerk)
				w.given("subject/firm", yes(w.last("subject/firm")), chief)
				merged = 0
			case s == nil || s.annuls:
			case step == "withdraw":
				newest := s.decided
				if s.visited == nil {
					newest = s.newest
				}
				w.takesBack(s.decided, newest)
				s.annuls = true
			case step == "annul":
				w.given(s.in, annulling("p"), clerk)
				s.annuls = true
			case step == "correct":
				s.corrects(w, article)
			}
			for _, s := range all {
				want := s.repeats && !s.annuls
				for _, o := range all {
					one := o.of == s.of || merged != 0 && s.day >= merged
					if o != s && !o.annuls && o.article == s.article && one && o.decided.Occurred.Before(s.decided.Occurred) {
						want = false
					}
				}
				if said := len(w.saysOfCase(s.in)) > 0; said != want {
					rt.Fatalf("%s of day %d at %s, merged on %d: said %v, want %v; %s", s.in, s.day, s.of, merged, said, want, w.saysOfCase(s.in))
				}
				if want {
					flagged++
				} else if s.repeats && !s.annuls {
					known++
				}
			}
		}
	})
	if flagged == 0 || known == 0 {
		t.Errorf("%d are flagged, %d are known", flagged, known)
	}
}

// corrects gives what states the clause of a penalty another one.
func (s *sentence) corrects(w *fixture, article string) {
	clause := []event.Citation{{Law: "安全生产法", Article: article}}
	fact, stream := s.decided, s.in
	var d event.Data
	if s.visited != nil {
		found := punishableFinding("f")
		found.Clauses = clause
		fact, stream, d = s.visited, s.visited.Stream.String(), found
	} else {
		other := *s.decided.Data.(*casefile.PenaltyDecided)
		other.LegalBasis = clause
		d = &other
	}
	asked := w.event(stream, correction.Of(fact.Ident().Ref(), s.newest.Ident().Ref(), "登记有误", fact.Occurred, d), by(fact.Actor))
	if _, err := w.record(asked); err != nil {
		w.Fatal(err)
	}
	s.newest = asked
	if st := w.inspections.state(fact.Stream.ID); s.visited == nil || st.Waits(asked.ID) {
		if _, err := w.record(w.event(stream, yes(asked), chief)); err != nil {
			w.Fatal(err)
		}
	}
	s.article = article
}

// What is compared with a case is noted once, however often the case is corrected.
func TestACaseIsNotedOnceForWhatItIsComparedWith(t *testing.T) {
	w := campaignFixture(t)
	w.given("accident/a", reported(1), by(event.Actor{Person: "zhou", Role: event.RoleSupervisionOffice}))
	d := under("97", "firm", true)
	d.Accident = "a"
	noted, fines := 0, &w.cases.compared
	for _, t := range []*table[string, []string]{fines.accidents, fines.repeats, fines.unvisited} {
		t.settled = func(string) { noted++ }
	}
	in := "case/" + visit("t1", "noted")
	w.given(in, d, clerk)
	decided := w.last(in)
	if noted != 3 {
		t.Errorf("it is noted %d times", noted)
	}
	other := *d
	other.LegalBasis = []event.Citation{{Law: "安全生产法", Article: "98"}}
	w.given(in, again(decided, decided, &other, decided.Occurred), clerk)
	w.given(in, yes(w.last(in)), chief)
	if noted != 3 {
		t.Errorf("with a correction it is noted %d times", noted)
	}
}
