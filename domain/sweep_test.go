package domain

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What is open, kept by difference, and what the ledger says of it by itself. The numbers are those of the rules of the
// executable model of pillar 12.

// kept is a worklist that follows a state, as a sequencer keeps it.
type kept struct {
	*fixture
	list *obligation.Worklist
}

func keep(w *fixture) *kept {
	k := &kept{w, obligation.NewWorklist()}
	k.settle()
	return k
}

func (k *kept) settle() {
	for _, r := range k.Settle(k.list) {
		k.list.Set(r)
	}
}

// sweep says what is overdue at an instant, and returns the entries.
func (k *kept) sweep(now time.Time) (said []*event.Event) {
	k.Helper()
	k.settle()
	for _, stream := range k.list.Waiting(now, 1000) {
		for _, c := range k.Overdue(stream, now, 1000) {
			recorded, err := k.record(k.own(c, now))
			if err != nil {
				k.Fatalf("%s is proposed and refused: %v", c.Name, err)
			}
			said = append(said, recorded...)
		}
	}
	k.settle()
	return said
}

// own is an entry of the ledger's own.
func (w *fixture) own(c event.Consequence, now time.Time) *event.Event {
	e := w.event(c.Stream.String(), c.Data, at(now), by(event.Actor{Role: event.RoleLedger}))
	e.Assurance = event.Derived
	return e
}

// lastPassed is the newest deadline-passed.
func (w *fixture) lastPassed() *oversight.DeadlinePassed {
	w.Helper()
	for _, e := range slices.Backward(w.log) {
		if d, ok := e.Data.(*oversight.DeadlinePassed); ok {
			return d
		}
	}
	w.Fatal("no deadline has passed")
	return nil
}

// names are what deadline-passed say, and "lapsed" what statement-lapsed do.
func names(entries []*event.Event) (out []string) {
	for _, e := range entries {
		switch d := e.Data.(type) {
		case *oversight.DeadlinePassed:
			out = append(out, d.Obligation+" "+d.Item)
		case *oversight.StatementLapsed:
			out = append(out, "lapsed "+d.Code)
		case *oversight.DeviationFlagged:
			out = append(out, "flagged "+d.Code)
		}
	}
	slices.Sort(out)
	return out
}

// sweeps wants exactly these to be said at an instant, and nothing when it is asked again.
func (k *kept) sweeps(now time.Time, want ...string) {
	k.Helper()
	if got := names(k.sweep(now)); !slices.Equal(got, want) {
		k.Errorf("at %s it says %q, want %q", now.In(event.Beijing), got, want)
	}
	if again := names(k.sweep(now)); len(again) > 0 {
		k.Errorf("it says again %q", again)
	}
}

// Pillar 12: the kept list is the one that is computed from nothing, after each event, through all layers; what it
// proposes is all there is to say, and no more.
func TestTheKeptListIsTheOneComputedFromNothing(t *testing.T) {
	seen := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		k := explaining(t)
		w := drawing(k.fixture)
		r := dice{rt, w}
		all, now := stack(w), noon
		for range rapid.IntRange(30, 150).Draw(rt, "steps") {
			switch step := r.one("step", "event", "event", "visit", "visit", "visit", "visit", "sweep", "begin", "merge", "rollback",
				"commit"); step {
			case "event":
				all.add(r.something())
			case "visit":
				all.add(r.step(now))
			case "sweep":
				now = now.Add(time.Duration(rapid.IntRange(0, 150).Draw(rt, "hours")) * time.Hour)
				all.add(k.sweep(now))
			default:
				all.moves(step)
			}
			k.settle()
			nothing := keep(&fixture{State: replayed(all.durable)})
			for _, r := range nothing.list.Rows() {
				if !k.list.Has(r) {
					rt.Fatalf("from nothing\n\t%+v\nkept\n\t%+v", r, k.list.Row(r.Stream))
				}
			}
			if got, want := k.list.Waiting(now, 1000), nothing.list.Waiting(now, 1000); len(got) != len(want) {
				rt.Fatalf("waiting %v, from nothing %v", got, want)
			}
			open, streams := k.list.Len()
			if o, s := nothing.list.Len(); o != open || s != streams {
				rt.Fatalf("%d open in %d streams, from nothing %d in %d", open, streams, o, s)
			}
		}
		for _, row := range k.list.Rows() {
			for _, o := range row.Open {
				seen[o.Kind.Name]++
				if o.Escalated {
					seen["escalated"]++
				}
			}
		}
	})
	for _, what := range []string{"record", "copies", "leader-review", "closing", "rectify", "approval", "filing", "explanation",
		"escalated"} {
		if seen[what] == 0 && !testing.Short() { // of which the rounds are too few
			t.Errorf("nothing of %s was ever open: %v", what, seen)
		}
	}
}

// step takes one of two visits further, if the rules let it.
func (r dice) step(now time.Time) []*event.Event {
	stream, f := "inspection/"+r.one("id", "i", "j"), r.finding()
	bodies := map[string]event.Data{"begin": started(), "find": evident(f), "order": ordered(r.one("order", "o1", "o2", "o3"), "2019-12-20",
		f),
		"fix": &inspection.FixedOnSite{Finding: f, Photo: &picture}, "fine": fined(r.one("penalty", "p1", "p2"), f),
		"spare": exempted(f), "record": signedBy("ma", "li"), "copy": copyFor(r.one("to", inspection.Recipients...)),
		"review": &inspection.LeaderReviewed{Opinion: "o"}, "close": &inspection.Closed{}, "attempt": &inspection.Attempted{Reason: "r"}}
	what := r.one("what", slices.Sorted(maps.Keys(bodies))...)
	var out []*event.Event
	list := []event.Data{bodies[what]}
	if what == "record" {
		list = slices.Concat(readied, list)
	}
	for _, d := range list {
		e := r.w.event(stream, d, inspector, in("c"), at(now))
		if what == "review" {
			leader(e)
		}
		e.Occurred = now.Add(-time.Duration(rapid.IntRange(0, 200).Draw(r.T, "ago")) * time.Hour)
		recorded, err := r.w.record(e)
		if err != nil {
			break
		}
		out = append(out, recorded...)
	}
	return out
}

// readied is what a record waits for.
var readied = func() []event.Data {
	out := []event.Data{&inspection.NoticePosted{Content: "告示", Purpose: "督查", OfficePhone: "1", LeaderPhone: "2", Photo: picture}}
	for _, item := range []string{"E-1", "E-2", "E-3", "E-4", "E-5", "E-6"} {
		out = append(out, &inspection.CheckAnswered{Item: item, Answer: "yes"})
	}
	for _, section := range inspection.Sections {
		out = append(out, &inspection.SectionCompleted{Section: section})
	}
	return out
}()

// Rule 14: duties of people in the field are escalated only after the time for late synchronisation; all others after their
// date. Rule 15: once.
func TestRule14PeopleInTheFieldHaveTimeToSynchronise(t *testing.T) {
	w := visitFixture(t)
	k := keep(w)
	due := noon.Add(24 * time.Hour)
	k.sweeps(due.Add(72 * time.Hour))
	k.sweeps(due.Add(72*time.Hour+time.Microsecond), "record ")
	d, begun := w.lastPassed(), w.ofStream(w.stream("inspection/i"))[0].ID.String()
	if want := (oversight.DeadlinePassed{Obligation: "record", Event: begun, Owner: "inspectors", Rule: "R42",
		Due: due}); *d != want {
		t.Errorf("it says %+v, want %+v", *d, want)
	}
	w = recorded(t, evident("f"), ordered("o", "2019-12-07", "f"), fined("p", "f"))
	k = keep(w)
	day := func(n int) time.Time { return time.Date(2019, 12, n, 0, 0, 0, 0, event.Beijing) }
	k.sweeps(day(8), "rectify f")       // the end of its date, though that is off
	k.sweeps(day(10), "leader-review ") // three days end on a Saturday, so on Monday
	k.sweeps(day(12))
	k.sweeps(day(13), "copies city-department", "copies local-government", "copies safety-office", "copies subject")
	k.sweeps(day(20), "closing ")
	k.sweeps(day(30))
}

// Rule 15: what lapses because nothing of it is owed any more bears the rule of what was owed, and can be read.
func TestRule15ALapseBearsTheRuleOfWhatIsOwedNoMore(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector)
	k := keep(w)
	k.sweeps(noon.Add(97*time.Hour), "record ")
	n := len(w.log)
	w.given("inspection/i", &inspection.Attempted{Reason: "大门紧锁"}, inspector, func(e *event.Event) {
		e.Occurred, e.Recorded = noon.Add(10*time.Minute), noon.Add(98*time.Hour)
	})
	lapses := 0
	for _, e := range w.log[n:] {
		if d, ok := e.Data.(*oversight.StatementLapsed); ok && d.Code == "" {
			if lapses++; d.Rule != "R42" || field.Check(d) != nil {
				t.Errorf("%+v: %v", d, field.Check(d))
			}
		}
	}
	if lapses != 1 {
		t.Errorf("%d escalations lapse", lapses)
	}
}

// Rule 14: what was recorded long after it occurred is not overdue before anybody could know of it.
func TestRule14NothingIsOverdueBeforeItsOpeningWasRecorded(t *testing.T) {
	w := campaignFixture(t)
	w.accepts("inspection/i", started(), in("c"), inspector, late(60*time.Hour))
	k, told := keep(w), noon.Add(60*time.Hour)
	k.sweeps(told.Add(72 * time.Hour))
	k.sweeps(told.Add(72*time.Hour+time.Second), "record ")
}

// Rules 15 and 19: what somebody did in time and told late takes back the escalation, in the same append; what was done late
// leaves it standing. What is owed again is escalated again, under another number.
func TestRule15AnEscalationLapsesWhenSomebodyWasInTime(t *testing.T) {
	w := recorded(t, evident("f"), ordered("o", "2019-12-07", "f"), ordered("p", "2019-12-07", "f"), fined("p", "f"))
	k := keep(w)
	day := func(n int) time.Time { return time.Date(2019, 12, n, 12, 0, 0, 0, event.Beijing) }
	k.sweeps(day(13), "copies city-department", "copies local-government", "copies safety-office", "copies subject", "leader-review ",
		"rectify f", "rectify f")
	tell := func(d event.Data, who option, occurred time.Time, want ...string) {
		t.Helper()
		n := len(w.log)
		w.given("inspection/i", d, who, func(e *event.Event) { e.Occurred, e.Recorded = occurred, day(13) })
		if got := names(w.log[n:]); !slices.Equal(got, want) {
			t.Errorf("%T at %s: %q, want %q", d, occurred, got, want)
		}
		k.settle()
	}
	tell(copyFor("subject"), inspector, day(9), "flagged late-sync", "lapsed ")
	tell(copyFor("safety-office"), inspector, day(12), "flagged late-copy")
	fixed := &inspection.FixedOnSite{Finding: "f", Photo: &picture}
	tell(fixed, inspector, day(12), "flagged late-rectification", "flagged late-rectification")
	tell(fixed, inspector, day(7), "flagged late-sync", "lapsed ", "lapsed ", "lapsed late-rectification", "lapsed late-rectification")
	said, _ := w.deviations.get(w.stream("inspection/i"))
	standing := 0
	for _, p := range said.Passed() {
		if !p.Lapsed {
			standing++
		}
	}
	if standing != 4 { // three copies and the review
		t.Errorf("%d escalations stand", standing)
	}
	k.sweeps(day(30), "closing ")
}

// Rules 6, 13 and 14: an extension made in time counts from a second person's yes on and moves the date that it was made for,
// however late the answer comes; while it waits, nothing is escalated before the answer is due. One made too late moves nothing.
func TestRule13AnExtensionMadeInTimeMovesTheDate(t *testing.T) {
	w := recorded(t, evident("f"), ordered("o", "2019-12-12", "f"), fined("p", "f"))
	order := w.ofType("order-issued")
	day := func(n int) time.Time { return time.Date(2019, 12, n, 12, 0, 0, 0, event.Beijing) }
	extend := func(until string) *oversight.TermExtended {
		return &oversight.TermExtended{Obligation: "rectify", Event: order.ID.String(), Until: until, Ground: "设备未到"}
	}
	w.refuses("R20", "nothing-to-extend", "inspection/i", &oversight.TermExtended{Obligation: "copies", Event: order.ID.String(),
		Until: "2019-12-30", Ground: "x"}, inspector)
	w.refuses("pillar 17", "person-required", "inspection/i", extend("2019-12-20"), by(event.Actor{Role: event.RoleSupervisionOffice}))
	w.refuses("pillar 12", "nothing-to-extend", "subject/firm", extend("2019-12-20"))
	w.flags([]string{"extension-without-effect"}, "inspection/i", extend("2019-12-12"), inspector, at(day(10)))
	w.accepts("inspection/i", no(w.last("inspection/i")), chief, at(day(10)))
	w.accepts("inspection/i", extend("2019-12-20"), inspector, at(day(12)))
	asked := w.last("inspection/i")
	k := keep(w)
	said := func(at time.Time) (rectify int) {
		for _, e := range k.sweep(at) {
			if d, ok := e.Data.(*oversight.DeadlinePassed); ok && d.Obligation == "rectify" {
				rectify++
			}
		}
		return rectify
	}
	if said(day(16)) != 0 { // the answer is due with the 16th: three days end on a Sunday
		t.Error("an order is called late though an extension waits whose answer is not overdue")
	}
	if said(day(17)) != 1 {
		t.Error("the answer is overdue, and so is the order")
	}
	n := len(w.log)
	w.given("inspection/i", yes(asked), chief, at(day(18)))
	if got := names(w.log[n:]); !slices.Contains(got, "lapsed ") {
		t.Errorf("with the yes: %q", got)
	}
	k.settle()
	for _, o := range k.list.Row(w.stream("inspection/i")).Open {
		if o.Kind.Name == "rectify" && !o.Due.Equal(day(20).Add(12*time.Hour-1)) {
			t.Errorf("it is due %s", o.Due)
		}
	}
	if said(day(20)) != 0 || said(day(21)) != 1 {
		t.Error("it is overdue after the date to which it was moved")
	}
	w.given("inspection/i", extend("2019-12-30"), inspector, at(day(22)))
	w.given("inspection/i", yes(w.last("inspection/i")), chief, at(day(22)))
	if k.settle(); said(day(23)) != 0 || k.escalated("rectify") != 1 {
		t.Error("an extension that came too late moved something")
	}
}

// ofType is the first event of a type.
func (w *fixture) ofType(name string) *event.Event {
	w.Helper()
	for _, e := range w.log {
		if e.Type.Name == name {
			return e
		}
	}
	w.Fatalf("no %s", name)
	return nil
}

// escalated is how many open obligations of a kind are escalated.
func (k *kept) escalated(kind string) (n int) {
	for _, r := range k.list.Rows() {
		for _, o := range r.Open {
			if o.Kind.Name == kind && o.Escalated {
				n++
			}
		}
	}
	return n
}

// Rule 22: what was said later than the time to which the clock is set right counts as said then: what was escalated too
// early lapses with the next sweep, and is said again when it is time.
func TestRule22WhatAWrongClockEscalatedLapses(t *testing.T) {
	w := visitFixture(t)
	k := keep(w)
	far := noon.Add(400 * time.Hour)
	k.sweeps(far, "record ")
	first := w.log[len(w.log)-1].Index
	w.accepts("ledger/clock", &oversight.ClockCorrected{From: &first, Reason: "走快了"}, at(noon.Add(time.Hour)))
	k.sweeps(noon.Add(2*time.Hour), "lapsed ")
	k.sweeps(noon.Add(96 * time.Hour))
	k.sweeps(far, "record ")
	if d := w.lastPassed(); d.Before != 1 {
		t.Errorf("it was escalated %d times before", d.Before)
	}
	w.accepts("ledger/clock", &oversight.ClockCorrected{From: &first, Reason: "再次核对"}, at(noon.Add(97*time.Hour)))
	k.sweeps(noon.Add(98 * time.Hour)) // it was time then
}

// Rule 21: an entry whose time is not relied on escalates nothing; nor does anybody but the judge's own state say what is overdue.
func TestRule21AClockThatIsNotReliedOnEscalatesNothing(t *testing.T) {
	w := visitFixture(t)
	now := noon.Add(400 * time.Hour)
	c := w.Overdue(w.stream("inspection/i"), now, 9)[0]
	try := func(change func(*event.Event, *oversight.DeadlinePassed)) error {
		d := *c.Data.(*oversight.DeadlinePassed)
		e := w.own(event.Consequence{Name: c.Name, Stream: c.Stream, Data: &d}, now)
		change(e, &d)
		if err := w.Admit(e); err != nil {
			return err
		}
		_, err := w.Judge(e)
		return err
	}
	if err := try(func(*event.Event, *oversight.DeadlinePassed) {}); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*event.Event, *oversight.DeadlinePassed){
		"a red clock":    func(e *event.Event, _ *oversight.DeadlinePassed) { e.ClockRed = true },
		"too early":      func(e *event.Event, _ *oversight.DeadlinePassed) { e.Recorded = noon.Add(96 * time.Hour) },
		"another date":   func(_ *event.Event, d *oversight.DeadlinePassed) { d.Due = d.Due.Add(1) },
		"another number": func(_ *event.Event, d *oversight.DeadlinePassed) { d.Before = 1 },
		"another kind":   func(_ *event.Event, d *oversight.DeadlinePassed) { d.Obligation = "closing" },
		"another stream": func(e *event.Event, _ *oversight.DeadlinePassed) { e.Stream = w.stream("subject/firm") },
		"another role":   func(e *event.Event, _ *oversight.DeadlinePassed) { inspector(e) },
	} {
		if try(change) == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := w.record(w.own(c, now)); err != nil {
		t.Fatal(err)
	}
	if try(func(*event.Event, *oversight.DeadlinePassed) {}) == nil {
		t.Error("it is said twice")
	}
}

// Rules 8 and 10: what is void, and what the plan gives no date, is not escalated; imports owe nothing.
func TestRule10WhatHasNoDateIsNeverOverdue(t *testing.T) {
	w := campaignFixture(t)
	p := plan("silent")
	p.Policy.LeaderReviewDays, p.Policy.ClosingDays, p.Policy.FileDays = nil, nil, nil
	w.accepts("campaign/c", p)
	w.accepts("inspection/i", started(), in("c"), inspector)
	w.accepts("inspection/i", evident("f"), inspector)
	w.complete("i")
	w.accepts("inspection/i", signedBy("ma", "li"), inspector)
	k := keep(w)
	k.sweeps(noon.AddDate(1, 0, 0), "copies city-department", "copies local-government", "copies safety-office", "copies subject")
	open := map[string]bool{}
	for _, o := range k.list.Row(w.stream("inspection/i")).Open {
		open[o.Kind.Name] = !o.Due.IsZero()
	}
	if dated, is := open["leader-review"]; !is || dated || len(open) != 3 {
		t.Errorf("open, and dated: %v", open)
	}
	w.accepts("inspection/"+visit("source", "x"), started(), imported, in("c"))
	k.sweeps(noon.AddDate(2, 0, 0))
}
