package domain

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/review"
	"github.com/anjian-ledger/anjian/domain/stream"
)

// What the ledger says is a function of the facts that count (pillar 13), through the real judge.

// told is what the ledger said in a stream and did not take back, one line each, sorted: by the entries, and
// not by what the state remembers.
func (w *fixture) told(stream event.Stream) []string {
	said := map[string]string{}
	for _, e := range w.log {
		if e.Stream != stream || e.Assurance != event.Derived {
			continue
		}
		switch d := e.Data.(type) {
		case *oversight.DeviationFlagged:
			said[e.ID.String()] = lineOf(d)
		case *oversight.StatementLapsed:
			if _, ok := said[d.Statement]; !ok {
				w.Fatalf("%s lapses and does not stand", d.Statement)
			}
			delete(said, d.Statement)
		}
	}
	return slices.Sorted(maps.Values(said))
}

// lineOf is what a flag says, in one line.
func lineOf(d *oversight.DeviationFlagged) string {
	return strings.Join([]string{d.Code, d.Rule, d.Event, d.Item}, " ")
}

// ofWhole keeps the statements of rules of a visit as a whole.
func ofWhole(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { code, _, _ := strings.Cut(s, " "); return !wholes[law.Code(code)] })
}

// wholes are the codes of these rules, as declared: each reads some type.
var wholes = func() map[law.Code]bool {
	all := map[law.Code]bool{}
	for _, typ := range Catalogue().All() {
		for _, code := range inspection.ReadBy(typ.Name) {
			all[code] = true
		}
	}
	return all
}()

// true_ is what all rules of a visit as a whole say of it, whatever was said.
func (w *fixture) true_(id string) []string {
	var list []string
	st := w.inspections.state(id)
	for _, d := range st.Standing(w.inspections.terms(st, vantage{})) {
		list = append(list, strings.Join([]string{string(d.Code), d.Rule.String(), d.Fact.String(), d.Item}, " "))
	}
	slices.Sort(list)
	return list
}

// TestWhatStandsIsWhatIsTrue: after every event what the ledger said of a visit and did not take back is what its
// rules say of the facts that count; an event that a rule does not read changes nothing that it says.
func TestWhatStandsIsWhatIsTrue(t *testing.T) {
	changed, lapses := map[string]int{}, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		events := dice{rt, drawing(newFixture(t))}.history()
		w := drawing(campaignFixture(t))
		ids := []string{visit("t1", "i"), visit("t1", "j")}
		truth := map[string][]string{}
		for _, e := range events {
			recorded, err := take(w, e)
			if err != nil {
				continue
			}
			for _, id := range ids {
				if w.inspections.state(id) == nil {
					continue
				}
				now, told := w.true_(id), w.told(event.Stream{Kind: event.Inspection, ID: id})
				if got := ofWhole(told); !slices.Equal(got, now) {
					rt.Fatalf("after %s in %s:\n stands %q\n true   %q", e.Type.Name, e.Stream, got, now)
				}
				if twice := len(told) != len(slices.Compact(slices.Clone(told))); twice {
					rt.Fatalf("after %s the ledger says the same twice: %q", e.Type.Name, told)
				}
				for _, s := range slices.Concat(now, truth[id]) {
					code, _, _ := strings.Cut(s, " ")
					if slices.Contains(now, s) != slices.Contains(truth[id], s) {
						changed[code+" "+e.Type.Name]++
						if !slices.Contains(inspection.ReadBy(e.Type.Name), law.Code(code)) {
							rt.Fatalf("%s changes %q, and the rule does not name that it reads it", e.Type.Name, s)
						}
					}
				}
				truth[id] = now
			}
			for _, f := range recorded {
				if d, ok := f.Data.(*oversight.StatementLapsed); ok {
					lapses[d.Code]++
				}
			}
		}
		w.pairsStand(rt)
	})
	if len(changed) < 10 || len(lapses) < 4 {
		t.Errorf("the histories are too tame: changed %v, lapsed %v", changed, lapses)
	}
}

// pairsStand wants each flag that compares two visits, and each review, to stand while the visits are inspections, and a review
// while the problem is one.
func (w *fixture) pairsStand(t *rapid.T) {
	for _, e := range w.log {
		if e.Assurance != event.Derived {
			continue
		}
		var visits []string
		gone := false
		switch d := e.Data.(type) {
		case *oversight.DeviationFlagged:
			if visits = d.Inspections; e.Stream.Kind != event.Flag {
				continue
			}
		case *review.Opened:
			known, _ := w.problems.ofSubject.get(d.Subject)
			visits, gone = []string{d.Visit()}, !slices.ContainsFunc(known, func(p problem) bool {
				return p.in.String() == d.Matter && p.Item == d.Item
			})
		default:
			continue
		}
		want := !gone && !slices.ContainsFunc(visits, func(id string) bool { return !w.inspections.state(id).Seen() })
		if w.stands(e.Stream) != want {
			t.Fatalf("%s of %v stands: %v, want %v", e.Stream, visits, !want, want)
		}
	}
}

// reviewOf is the stream of the review of a visit for an accident.
func reviewOf(accident, visit string) event.Stream {
	p := problem{event.Stream{Kind: event.Accident, ID: accident}, stream.Problem{What: "accident"}}
	return p.stream(event.Inspection, visit)
}

// An accident's grade is stale, or that was not said, or it was taken back.
func TestAGradeIsSaidToBeStaleWhileItIs(t *testing.T) {
	stale := 0
	rapid.Check(t, func(rt *rapid.T) {
		r := dice{rt, drawing(campaignFixture(t))}
		r.w.given("accident/a", reported(1))
		for range rapid.IntRange(1, 20).Draw(rt, "events") {
			if r.yes("graded") {
				_, _ = r.w.record(r.w.event("accident/a", &accident.Graded{Grade: r.one("grade", accident.Grades...), StatisticalYear: 2019}))
			} else {
				_, _ = r.w.record(r.w.event("accident/a", &accident.CasualtiesUpdated{Harm: r.harm()}))
			}
			is, said := r.w.accidents.state("a").Stale(), slices.ContainsFunc(r.w.told(r.w.stream("accident/a")), func(s string) bool {
				return strings.HasPrefix(s, string(law.GradeStale))
			})
			if is != said {
				rt.Fatalf("stale is %v, said %v", is, said)
			}
			if is {
				stale++
			}
		}
	})
	if stale == 0 {
		t.Error("no grade was stale")
	}
}

// counted is what counts of a finding: its version, when it occurred, and the events that wait or count as corrections.
type counted struct {
	fact    *event.Event
	version said
	asked   *event.Event
}

// said is one version of a finding.
type said struct {
	Finding  *inspection.FindingRecorded
	Occurred time.Time
}

// describes reports whether two contents differ in nothing but what describes.
func describes(a, b *inspection.FindingRecorded) bool {
	x, y := *a, *b
	x.Description, x.Location, y.Description, y.Location = "", "", "", ""
	return reflect.DeepEqual(x, y)
}

// factsOf follows which versions count, apart from the judge.
type factsOf struct {
	found    []*counted
	recorded bool // by now every correction waits
	visit    event.Stream
}

func (f *factsOf) of(ref event.Ref) *counted {
	i := slices.IndexFunc(f.found, func(c *counted) bool { return c.fact.ID == ref.ID() })
	if i < 0 {
		return nil
	}
	return f.found[i]
}

func (f *factsOf) see(e *event.Event) {
	if e.Stream != f.visit {
		return
	}
	switch d := e.Data.(type) {
	case *inspection.FindingRecorded:
		f.found = append(f.found, &counted{fact: e, version: said{Finding: d, Occurred: e.Occurred}})
	case *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed:
		f.recorded = true
	case *correction.FactCorrected:
		if c := f.of(d.Fact); !f.recorded && d.Occurred.Equal(c.version.Occurred) && describes(c.version.Finding, findingOf(d)) {
			c.version, c.asked = said{Finding: findingOf(d), Occurred: d.Occurred}, nil
		} else {
			c.asked = e
		}
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		ref, yes, _ := oversight.Answer(d)
		for _, c := range f.found {
			if c.asked != nil && c.asked.ID == ref.ID() {
				if d := c.asked.Data.(*correction.FactCorrected); yes {
					c.version = said{Finding: findingOf(d), Occurred: d.Occurred}
				}
				c.asked = nil
			}
		}
	}
}

// asked reports whether an event corrects a finding, or answers a correction.
func asked(log []*event.Event, e *event.Event) bool {
	if _, ok := e.Data.(event.Correction); ok {
		return true
	}
	ref, _, ok := oversight.Answer(e.Data)
	return ok && slices.ContainsFunc(log, func(o *event.Event) bool {
		_, is := o.Data.(event.Correction)
		return is && o.ID == ref.ID()
	})
}

// ofArrival are the codes of what is said of an entry as it came: a correction of the fact does not change when that was.
// Nor since when it was known that a finding is punishable; and a correction that waits keeps open what was closed.
var ofArrival = []law.Code{law.ClockSkew, law.LateSync, law.LateAfterClosing, inspection.LateFiling, law.ClosedOpen}

// aboutFacts keeps what is said of facts other than corrections and their answers, and not of how an entry came.
func aboutFacts(list []string, log []*event.Event) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		part := strings.Split(s, " ")
		fact := slices.IndexFunc(log, func(e *event.Event) bool { return e.ID.String() == part[len(part)-2] })
		return slices.Contains(ofArrival, law.Code(part[0])) || fact >= 0 && asked(log, log[fact])
	})
}

// TestALedgerThatWasRightFromTheBeginningSaysTheSame: after any history the ledger says of a visit what it would say had
// each finding been recorded at once as it counts now, and never been corrected.
func TestALedgerThatWasRightFromTheBeginningSaysTheSame(t *testing.T) {
	compared, differed := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		events := dice{rt, drawing(newFixture(t))}.history()
		w := drawing(campaignFixture(t))
		stream := w.stream("inspection/t1.i")
		f := &factsOf{visit: stream}
		var taken []*event.Event
		for _, e := range events {
			if recorded, err := take(w, e); err == nil {
				taken = append(taken, recorded[0])
				f.see(recorded[0])
			}
		}
		right := drawing(campaignFixture(t))
		for _, e := range taken {
			if e.Stream == stream && asked(taken, e) {
				continue
			}
			c := *e
			if e.Stream == stream {
				if l := f.of(e.Ident().Ref()); l != nil {
					c.Data, c.Occurred = l.version.Finding, l.version.Occurred
				}
			}
			if _, err := right.record(&c); err != nil {
				return // the right facts would not have been taken in this order
			}
		}
		got, want := aboutFacts(w.told(stream), w.log), aboutFacts(right.told(stream), w.log)
		if compared++; !slices.Equal(got, aboutFacts(first(w, stream), w.log)) {
			differed++
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("stands        %q\nright at once %q", got, want)
		}
	})
	if (compared < 20 || differed < 5) && !testing.Short() { // of which the rounds are too few
		t.Errorf("%d histories were compared, in %d a correction changed what stands", compared, differed)
	}
}

// first is all that was ever said in a stream.
func first(w *fixture, stream event.Stream) []string {
	kept := w.log
	defer func() { w.log = kept }()
	w.log = slices.DeleteFunc(slices.Clone(kept), func(e *event.Event) bool { _, ok := e.Data.(*oversight.StatementLapsed); return ok })
	return w.told(stream)
}

// TestCorrectingAndRestoringSaysWhatWasSaid: the same stands as before, and what was said meanwhile and taken back can be read.
func TestCorrectingAndRestoringSaysWhatWasSaid(t *testing.T) {
	restored, pairs := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		r := dice{rt, drawing(newFixture(t))}
		r.course("inspection/t1.i")
		w := drawing(campaignFixture(t))
		n := rapid.IntRange(1, len(r.w.log)).Draw(rt, "steps")
		if r.yes("all") {
			n = len(r.w.log)
		}
		for _, e := range r.w.log[:n] {
			_, _ = take(w, e)
		}
		stream := w.stream("inspection/t1.i")
		f := &factsOf{visit: stream}
		for _, e := range w.log {
			f.see(e)
		}
		if len(f.found) == 0 {
			return
		}
		c := rapid.SampledFrom(f.found).Draw(rt, "finding")
		before := w.told(stream)
		wrong := corrected(c.fact, c.fact, func(d *inspection.FindingRecorded) {
			d.Level, d.Punishable = r.one("level", "general", "major"), r.yes("punishable")
			d.Description, d.ViolatedOn = r.one("text", "x", "y"), r.one("violated", "", "2029-01-01")
			d.Evidence = []event.Evidence{{SHA256: document, Size: 9, MediaType: r.one("media", "image/jpeg", "application/pdf")}}
		})
		wrong.Occurred = wrong.Occurred.Add(time.Duration(rapid.SampledFrom([]int{0, -10, 2000}).Draw(rt, "hours")) * time.Hour)
		newest := c.fact
		for _, d := range []*correction.FactCorrected{wrong, corrected(c.fact, c.fact, func(*inspection.FindingRecorded) {})} {
			d.Replaces = newest.Ident().Ref()
			if _, err := w.record(w.event("inspection/t1.i", d, inspector, at(end), in(c.fact.Campaign))); err != nil {
				rt.Fatal(err)
			}
			newest = w.last("inspection/t1.i")
			if f.see(newest); c.asked != nil {
				if _, err := w.record(w.event("inspection/t1.i", yes(newest), clerk, at(end))); err != nil {
					rt.Fatal(err)
				}
				f.see(w.last("inspection/t1.i"))
			}
			if d == wrong && !slices.Equal(aboutFacts(w.told(stream), w.log), aboutFacts(before, w.log)) {
				pairs++
			}
		}
		restored++
		after := slices.DeleteFunc(w.told(stream), func(s string) bool { // the acts of correcting may come late themselves
			return slices.Contains(ofArrival, law.Code(strings.Split(s, " ")[0])) || strings.HasPrefix(s, "clock-order") &&
				!slices.Contains(before, s)
		})
		before = slices.DeleteFunc(before, func(s string) bool { return slices.Contains(ofArrival, law.Code(strings.Split(s, " ")[0])) })
		if !slices.Equal(before, after) {
			rt.Fatalf("before %q\nafter  %q", before, after)
		}
	})
	if (restored < 50 || pairs < 10) && !testing.Short() {
		t.Errorf("%d findings were corrected and restored, what stood changed meanwhile in %d", restored, pairs)
	}
}

// TestJudgingAgainSaysTheSameBytes: another node, or the same one years later, states the same consequences, byte for byte.
func TestJudgingAgainSaysTheSameBytes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawing(campaignFixture(t))
		for _, e := range (dice{rt, drawing(newFixture(t))}).history() {
			_, _ = take(w, e)
		}
		again := New()
		var want []*event.Event
		for _, e := range w.log {
			if e.Assurance == event.Derived {
				if len(want) == 0 {
					rt.Fatalf("%s was stated and is not", e.Type.Name)
				}
				a, _ := json.Marshal(want[0].Data)
				b, _ := json.Marshal(e.Data)
				if string(a) != string(b) || want[0].Stream != e.Stream {
					rt.Fatalf("was %s in %s, is %s in %s", b, e.Stream, a, want[0].Stream)
				}
				want = want[1:]
				again.Apply(e)
				continue
			}
			if len(want) > 0 {
				rt.Fatalf("%s was not stated and is", want[0].Type)
			}
			c := *e
			c.About = event.About{}
			if err := again.Admit(&c); err != nil {
				rt.Fatal(err)
			}
			follow, err := again.Judge(&c)
			if err != nil {
				rt.Fatal(err)
			}
			for _, f := range follow {
				want = append(want, &event.Event{Stream: f.Stream, Data: f.Data, Type: &event.Type{Name: f.Name}})
			}
			again.Apply(&c)
		}
	})
}

// A visit that turns out to be a mere attempt is no second one, and nothing is reviewed for it; what was said stays readable.
func TestWhatComparesVisitsLapsesWhenOneOfThemWasNone(t *testing.T) {
	w := visitFixture(t)
	i, j := visit("t1", "i"), visit("t1", "j")
	w.accepts("inspection/j", started(), in("c"), inspector, at(noon.Add(time.Minute)))
	fall := reported(1)
	fall.Happened = noon.Add(time.Hour)
	w.accepts("accident/a", fall, at(noon.Add(2*time.Hour)))
	w.complete("j")
	w.given("inspection/j", signedBy("ma", "li"), inspector, at(noon.Add(time.Hour))) // nobody says that anybody arrived
	flag, review := duplicateStream(j, i), reviewOf("a", j)
	if len(w.told(flag)) != 1 || !w.stands(review) || w.inspections.state(j).Arrived() {
		t.Fatalf("flagged %v, reviewed %v", w.told(flag), w.stands(review))
	}
	w.given("inspection/j", &inspection.Attempted{Reason: "大门上锁"}, inspector, at(noon.Add(time.Hour)))
	if len(w.told(flag)) != 0 || w.stands(flag) || w.stands(review) || !w.stands(reviewOf("a", i)) {
		t.Errorf("stands %v, %v", w.told(flag), w.stands(review))
	}
	for _, s := range []event.Stream{flag, review} {
		if n := w.Revision(s); n != 1 {
			t.Errorf("%s has %d entries, want what was said and that it lapsed", s, n+1)
		}
		if lapse := w.ofStream(s)[1]; !reflect.DeepEqual(lapse.About, w.ofStream(s)[0].About) {
			t.Errorf("%s lapses about %+v", s, lapse.About)
		}
	}
	w.refuses("R31", "not-a-duplicate", "inspection/j", &inspection.DuplicateJustified{Reason: "r"}, leader)
}

func (w *fixture) ofStream(s event.Stream) (list []*event.Event) {
	for _, e := range w.log {
		if e.Stream == s {
			list = append(list, e)
		}
	}
	return list
}
