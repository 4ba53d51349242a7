package ledger_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/memory"
)

const day = 24 * time.Hour

// planned publishes a plan, by which facts that come later than 72 hours are flagged. It returns
// an author whose token names a person.
func (w *fixture) planned() event.Actor {
	w.Helper()
	w.must(item(w, "campaign/c", &campaign.PlanPublished{Title: "t", Version: "1", Policy: campaign.DefaultPolicy()},
		"campaign-plan-published", nil))
	w.must(registered(w, "p"))
	return w.bearer(&token.Issued{Role: event.RoleSupervisionOffice, Person: "p"})
}

// fact is one of the plan's campaign that occurred at a time.
func fact(t testing.TB, at time.Time) ledger.Item {
	return trained(t, "p", func(e *event.Event) { e.Campaign, e.Occurred = "c", at })
}

// flags appends an honest fact, by a device whose clock is right, and returns what was flagged.
func (w *fixture) flags(at time.Time) (codes []string, r ledger.Receipt) {
	w.Helper()
	r = w.must(fact(w, at)).Receipts[0]
	for _, d := range r.Deviations {
		codes = append(codes, d.Code)
	}
	return codes, r
}

// correction is a clock-corrected.
func correction(t testing.TB, from uint64) ledger.Item {
	return item(t, "ledger/clock", &oversight.ClockCorrected{From: &from, Reason: "the battery was empty"}, "clock-corrected", nil)
}

func (w *fixture) state() clock.State { return w.Clock().State }

func TestAClockThatJumpsAYearIsNotTakenAndFlagsNothing(t *testing.T) {
	for _, jump := range []time.Duration{365 * day, -365 * day, 20 * day, 3 * time.Minute, -3 * time.Minute} {
		t.Run(jump.String(), func(t *testing.T) {
			w := opened(t)
			w.planned()
			truth := w.clock.Now()
			w.clock.Set(jump)
			for n := range 4 { // a time in between each
				w.clock.Pass(10 * time.Hour)
				truth = truth.Add(10 * time.Hour)
				codes, r := w.flags(truth.Add(-100 * time.Hour)) // by 100 hours late, if anything could be said
				if len(codes) > 0 || r.Recorded.Sub(truth).Abs() > time.Minute {
					t.Fatalf("fact %d: flagged %v, recorded %v at %v", n, codes, r.Recorded, truth)
				}
			}
			h := w.Health()
			if w.state() != clock.Red || h.Warnings["clock"] == "" || !h.Ready {
				t.Errorf("health: %+v; want a red clock and appends taken", h)
			}
			if _, ok := w.Keepable(); ok {
				t.Error("something may be deleted on the word of this clock")
			}
			w.judgeAgain() // what was not said by a red clock is not said by who reads it
			w.clock.Set(-jump)
			if codes, _ := w.flags(truth.Add(-100 * time.Hour)); len(codes) != 1 || codes[0] != "late-sync" || w.state() != clock.OK {
				t.Errorf("the clock is back: flagged %v, %+v", codes, w.Clock())
			}
			w.audit()
		})
	}
}

func TestAPersonConfirmsTheClock(t *testing.T) {
	w := opened(t)
	w.planned()
	w.clock.Set(30 * day)
	if s := w.ConfirmClock("root"); s.State != clock.OK {
		t.Fatalf("%+v", s)
	}
	codes, r := w.flags(w.clock.Now().Add(-time.Hour))
	if len(codes) > 0 || r.Recorded.Sub(w.clock.Now()).Abs() > time.Second {
		t.Errorf("flagged %v, recorded %v at %v", codes, r.Recorded, w.clock.Now())
	}
	w.audit()
}

// A weekend, a holiday: nobody is asked. Longer: reads work, and a person says that the clock
// is right.
func TestAStart(t *testing.T) {
	for name, c := range map[string]struct {
		off  time.Duration // between the last entry and the start, by the machine's clock
		asks bool
	}{
		"a weekend":           {3 * day, false},
		"ten days":            {10*day - time.Minute, false},
		"eleven days":         {11 * day, true},
		"a minute before it":  {-time.Minute, false},
		"an hour before it":   {-time.Hour, true},
		"a year before it":    {-365 * day, true},
		"seventy years later": {70 * 365 * day, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := opened(t)
			w.planned()
			w.close()
			w.clock.Set(c.off) // what passed meanwhile the machine does not know
			w.open()
			if !c.asks {
				w.must(trained(t, "p", nil))
				w.audit()
				return
			}
			size := w.Head().Size
			if _, err := w.append(trained(t, "p", nil)); !errors.Is(err, ledger.ErrClockUnconfirmed) || w.Head().Size != size {
				t.Fatalf("appended: %v, %d entries", err, w.Head().Size)
			}
			if h := w.Health(); h.Ready || h.Reasons["clock"] == "" {
				t.Errorf("health: %+v", h)
			}
			if _, err := w.Entry(t.Context(), 0); err != nil {
				t.Errorf("reading: %v", err)
			}
			w.ConfirmClock("root")
			r := w.must(trained(t, "p", nil)).Receipts[0]
			if ahead := c.off > 0; ahead != (w.state() == clock.OK) || ahead && r.Recorded.Sub(w.clock.Now()).Abs() > time.Second {
				t.Errorf("recorded %v at %v, %+v", r.Recorded, w.clock.Now(), w.Clock())
			}
			if err := w.verify(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What was repaired before a start that asks is recorded once somebody has answered.
func TestARestorationWaitsForTheClock(t *testing.T) {
	w := opened(t)
	w.planned()
	size := w.Head().Size
	w.close()
	w.clock.Set(30 * day)
	w.config = func(c *ledger.Config) {
		c.Restored = []oversight.CopyRestored{{Copy: "tiles", From: "journal", Reason: "a test"}}
	}
	w.open()
	if w.Head().Size != size {
		t.Fatalf("%d entries", w.Head().Size)
	}
	w.ConfirmClock("root")
	eventually(t, "the restoration is recorded", func() bool { return w.Head().Size == size+1 })
	w.audit()

	w.close()
	w.clock.Set(30 * day) // and a ledger that nobody confirms can be closed
	w.open()
	w.close()
	w.config = nil
	w.clock.Set(-29 * day)
	w.open()
}

// The clock was 20 days ahead for a while, and all believed it. It is set right, and a person
// says from where on time was wrong.
func TestAPersonCorrectsTheTime(t *testing.T) {
	w := opened(t)
	clerk := w.planned()
	first := w.Head().Size
	right := w.clock.Now()
	w.clock.Set(20 * day)
	w.ConfirmClock("somebody who did not look")
	w.must(trained(t, "p", nil))
	w.must(trained(t, "p", nil))
	w.clock.Set(-20 * day)
	if r := w.must(trained(t, "p", nil)).Receipts[0]; r.Recorded.Before(right.Add(20*day)) || w.state() != clock.Red {
		t.Fatalf("recorded %v: time went back by itself; %+v", r.Recorded, w.Clock())
	}
	var refusal *event.Refusal
	if _, err := w.as(clerk, correction(t, first)); !errors.Is(err, ledger.ErrClockUnconfirmed) {
		t.Fatalf("a correction by a clock that nobody vouches for: %v", err)
	}
	if s := w.ConfirmClock("root"); s.State != clock.Red || !s.Confirmed {
		t.Fatalf("%+v; want a clock that is right and cannot be taken", s)
	}
	if r := w.must(trained(t, "p", nil)).Receipts[0]; r.Recorded.Before(right.Add(20 * day)) {
		t.Fatalf("recorded %v: a confirmation steps back", r.Recorded)
	}
	if _, err := w.append(correction(t, first)); !errors.As(err, &refusal) || refusal.Code != "person-required" {
		t.Fatalf("a correction by nobody: %v", err)
	}
	if _, err := w.as(clerk, correction(t, 99)); !errors.As(err, &refusal) || refusal.Code != "unknown-position" {
		t.Fatalf("a correction of what is not there: %v", err)
	}
	res, err := w.as(clerk, correction(t, first))
	if err != nil {
		t.Fatal(err)
	}
	r := res.Receipts[0]
	if r.Recorded.Sub(w.clock.Now()).Abs() > time.Second || r.Disputed == nil || r.Disputed.From != first || r.Disputed.To != r.Index ||
		len(r.Disputed.Deadlines) != 0 {
		t.Fatalf("%+v, %+v at %v", r, r.Disputed, w.clock.Now())
	}
	if codes, r := w.flags(w.clock.Now()); len(codes) > 0 || w.state() != clock.OK || r.Recorded.Sub(w.clock.Now()).Abs() > time.Second {
		t.Errorf("after the correction: %v, %+v, %+v", codes, r, w.Clock())
	}
	if n, err := w.PositionAt(t.Context(), right.Add(day)); err != nil || n != w.Head().Size {
		t.Errorf("as of tomorrow: %d, %v; want everything, disputed entries too", n, err)
	}
	w.audit()
	w.restart()
	w.must(trained(t, "p", nil))
	w.audit()
}

// What is judged behind a correction that is not durable yet has the corrected time, in its
// block and in the next.
func TestTimeIsCorrectedAtOnce(t *testing.T) {
	w, g := gated(t, nil)
	clerk := w.planned()
	from := w.Head().Size
	w.clock.Set(20 * day)
	w.ConfirmClock("x")
	w.must(trained(t, "p", nil))
	w.clock.Set(-20 * day)
	w.ConfirmClock("y")
	g.close()
	corrected := make(chan answer, 1)
	waiting := []chan answer{w.later(t.Context(), trained(t, "p", nil)), corrected}
	go func() {
		res, err := w.as(clerk, correction(t, from))
		corrected <- answer{res, err}
	}()
	eventually(t, "the correction waits", func() bool { return w.Health().Waiting == 2 })
	waiting = append(waiting, w.later(t.Context(), trained(t, "p", nil)), w.later(t.Context(), trained(t, "p", nil)))
	g.await()
	if _, err := w.append(refused(t)); err == nil { // once it is, those before it have their times
		t.Error("not refused")
	}
	g.open()
	for n, c := range waiting {
		a := <-c
		if a.err != nil {
			t.Fatal(a.err)
		}
		if r := a.Receipts[0]; n > 0 && r.Recorded.Sub(w.clock.Now()).Abs() > time.Second {
			t.Errorf("request %d is recorded at %v", n, r.Recorded)
		}
	}
	if codes, r := w.flags(w.clock.Now()); len(codes) > 0 || r.Recorded.Sub(w.clock.Now()).Abs() > time.Second || w.state() != clock.OK {
		t.Errorf("%v %+v %+v", codes, r, w.Clock())
	}
	w.clock.Set(40 * day) // and a jump after it is one
	if r := w.must(trained(t, "p", nil)).Receipts[0]; w.state() != clock.Red ||
		r.Recorded.Sub(w.clock.Now().Add(-40*day)).Abs() > time.Second {
		t.Errorf("%+v %+v", r, w.Clock())
	}
	if err := w.verify(); err != nil {
		t.Error(err)
	}
}

// A correction may lie before the disputed entries, not before the last that is not disputed.
func TestNothingIsDatedBeforeTheLastUndisputedEntry(t *testing.T) {
	w := opened(t)
	clerk := w.planned()
	first, last := w.Head().Size, w.Head().Recorded
	w.clock.Set(time.Hour)
	w.ConfirmClock("x")
	w.must(trained(t, "p", nil))
	w.clock.Set(-2 * time.Hour)
	w.ConfirmClock("x")
	if res, err := w.as(clerk, correction(t, first)); err != nil || !res.Receipts[0].Recorded.Equal(last) {
		t.Errorf("%+v, %v, want the time of the last undisputed entry: %v", res.Receipts, err, last)
	}
	w.audit()
}

// separate gives each of two nodes on one store a machine of its own.
func separate(t *testing.T) (a, b *fixture) {
	a = newFixture(t)
	a.config = unwatched
	a.open()
	t.Cleanup(func() { a.close() })
	a.must(registered(t, "p"))
	b = newFixture(t)
	b.memory, b.store, b.key, b.config, b.clock = a.memory, a.store, a.key, unwatched, clocktest.New(a.clock.Now())
	b.open()
	t.Cleanup(func() { b.close() })
	return a, b
}

func TestANodeThatReadsAnEntryOffItsExpectationGoesRed(t *testing.T) {
	for _, off := range []time.Duration{3 * time.Minute, -3 * time.Minute, 20 * day, time.Minute, -time.Minute} {
		t.Run(off.String(), func(t *testing.T) {
			a, b := separate(t)
			both := func(d time.Duration) { a.clock.Pass(d); b.clock.Pass(d) }
			both(time.Hour)
			if err := a.Refresh(t.Context()); err != nil { // a knows now that it has everything
				t.Fatal(err)
			}
			b.clock.Set(off)
			b.ConfirmClock("the wrong machine")
			if off < -clock.Tolerance { // which takes a correction: an idle hour leaves room for it
				b.restart()
			}
			b.must(trained(t, "p", nil))
			if err := a.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := clock.Red
			if off.Abs() < clock.Tolerance {
				want = clock.OK
			}
			if s := a.Clock(); s.State != want || a.Head().Size < 2 {
				t.Fatalf("%d entries, %+v; want %s", a.Head().Size, s, want)
			}
			before := a.Head().Recorded
			if r := a.must(trained(t, "p", nil)).Receipts[0]; r.Recorded.Before(before) {
				t.Errorf("recorded %v after %v", r.Recorded, before)
			}
			if err := a.verify(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A node that starts with its clock ahead, within what a node alone takes, asks who is there: it stamps nothing with its own time
// and calls nothing late. Where nobody is there it starts by itself.
func TestRule21ANodeThatStartsAheadAsksTheOthers(t *testing.T) {
	a := newFixture(t)
	a.config = told(a)
	a.open()
	defer func() { a.close() }()
	li := a.crew()
	a.begins(li, "x")
	b := newFixture(t)
	b.memory, b.store, b.key, b.config, b.clock = a.memory, a.store, a.key, told(a), clocktest.New(a.clock.Now().Add(5*day))
	eventually(t, "a tells the time", func() bool {
		told, err := a.memory.AskTime(t.Context())
		return err == nil && len(told) == 1
	})
	b.open()
	if s := b.Clock(); s.State != clock.Red || s.Taken.Sub(a.clock.Now()).Abs() > time.Minute {
		t.Fatalf("beside a node whose clock says %v: %+v", a.clock.Now(), s)
	}
	b.sweeps(0)
	r, err := b.as(office, trained(t, "ma", func(e *event.Event) { e.Occurred = a.clock.Now().Add(-100 * time.Hour) }))
	if err != nil || r.Receipts[0].Recorded.Sub(a.clock.Now()).Abs() > time.Minute || len(r.Receipts[0].Deviations) > 0 {
		t.Errorf("recorded %+v at %v: %v", r.Receipts, a.clock.Now(), err)
	}
	if err := a.Refresh(t.Context()); err != nil || a.state() != clock.OK {
		t.Errorf("who is right: %+v, %v", a.Clock(), err)
	}
	a.judgeAgain()
	b.close()
	a.close()
	b.open() // alone, five days later
	if s := b.Clock(); s.State != clock.OK {
		t.Errorf("alone: %+v", s)
	}
	b.sweeps(1)
	b.close()
	b.clock.Set(-3 * day) // and a clock that lies before the newest entry is nobody's to take
	b.open()
	if s := b.Clock(); s.State != clock.Unconfirmed {
		t.Errorf("before the newest entry: %+v", s)
	}
	b.close()
	a.clock.Set(5 * day)
	a.open()
}

// deaf is a store whose other nodes cannot be asked.
type deaf struct {
	*memory.Store
	deaf atomic.Bool
}

func (d *deaf) AskTime(ctx context.Context) ([]time.Time, error) {
	if d.deaf.Load() {
		return nil, errors.New("no connection")
	}
	return d.Store.AskTime(ctx)
}

// Until the others could be asked nothing is recorded, and a node that waits for that tells nobody the time.
func TestRule21WhoCannotAskTheOthersWaits(t *testing.T) {
	w := opened(t)
	w.planned()
	w.close()
	d := &deaf{Store: w.memory}
	d.deaf.Store(true)
	w.config = func(c *ledger.Config) { c.Shared, c.Store = true, d }
	w.open()
	if _, err := w.append(trained(t, "p", nil)); !errors.Is(err, ledger.ErrClockUnconfirmed) {
		t.Errorf("appended: %v", err)
	}
	if told, err := w.memory.AskTime(t.Context()); err != nil || len(told) > 0 {
		t.Errorf("it tells %v: %v", told, err)
	}
	d.deaf.Store(false)
	eventually(t, "they are asked again", func() bool { return w.state() == clock.OK })
	w.must(trained(t, "p", nil))
}

// A node that was cut off for an hour reads old entries, and no clock is off.
func TestANodeThatWasCutOffStaysGreen(t *testing.T) {
	a, b := separate(t)
	for range 6 {
		b.clock.Pass(10 * time.Minute)
		a.clock.Pass(10 * time.Minute)
		if _, err := b.append(trained(t, "p", nil)); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.Pass(time.Hour)
	b.clock.Pass(time.Hour)
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := a.Clock(); s.State != clock.OK {
		t.Fatalf("%+v", s)
	}
	if r := a.must(trained(t, "p", nil)).Receipts[0]; r.Recorded.Sub(a.clock.Now()).Abs() > time.Second {
		t.Errorf("recorded %v at %v", r.Recorded, a.clock.Now())
	}
}

// Whatever happens to the machine's clock: recorded time goes back with corrections only, and
// every question by time has the answer that the entries give.
func TestRecordedTimeGoesBackWithCorrectionsOnly(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newFixture(t)
		w.open()
		defer w.close()
		clerk := w.planned()
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"set", "pass", "append", "append", "restart", "confirm", "correct", "correct"}).Draw(rt, "step") {
			case "set":
				w.clock.Set(time.Duration(rapid.Int64Range(-int64(20*day), int64(20*day)).Draw(rt, "by")))
			case "pass":
				w.clock.Pass(time.Duration(rapid.Int64Range(0, int64(2*day)).Draw(rt, "time")))
			case "restart":
				w.restart()
			case "confirm":
				w.ConfirmClock("x")
			case "append":
				_, err := w.append(trained(t, "p", nil), trained(t, "p", nil))
				if err != nil && !errors.Is(err, ledger.ErrClockUnconfirmed) {
					rt.Fatal(err)
				}
			case "correct":
				from := rapid.Uint64Range(0, w.Head().Size-1).Draw(rt, "from")
				_, err := w.as(clerk, trained(t, "p", nil), correction(t, from), trained(t, "p", nil))
				if err != nil && !errors.Is(err, ledger.ErrClockUnconfirmed) {
					rt.Fatal(err)
				}
			}
		}
		if err := w.verify(); err != nil {
			rt.Fatal(err)
		}
		all := w.entries()
		for range 20 {
			at := all[rapid.IntRange(0, len(all)-1).Draw(rt, "entry")].Recorded.Add(time.Duration(rapid.IntRange(-1, 1).Draw(rt, "µs")) *
				time.Microsecond)
			position, first := uint64(0), uint64(len(all))
			for i := range all {
				if !all[i].Recorded.After(at) {
					position = uint64(i) + 1
				}
				if j := len(all) - 1 - i; !all[j].Recorded.Before(at) {
					first = uint64(j)
				}
			}
			if got, err := w.PositionAt(t.Context(), at); err != nil || got != position {
				rt.Fatalf("PositionAt(%v) = %d, %v; want %d of %s", at, got, err, position, times(all))
			}
			if got, err := w.RecordedFrom(t.Context(), at); err != nil || got != first {
				rt.Fatalf("RecordedFrom(%v) = %d, %v; want %d of %s", at, got, err, first, times(all))
			}
		}
	})
}

// stalled is a store whose reads never end by themselves.
type stalled struct {
	store.Store
	begun chan struct{}
}

func (s *stalled) Read(ctx context.Context, _, _ uint64, _ func(uint64, []byte) error) error {
	close(s.begun)
	<-ctx.Done()
	return ctx.Err()
}

// A correction reads the entry before the disputed ones. Where the journal's copy is damaged and the engine does
// not answer, that ends with the ledger.
func TestACorrectionThatCannotReadDoesNotKeepTheLedgerFromClosing(t *testing.T) {
	w := newFixture(t)
	s := &stalled{Store: w.store, begun: make(chan struct{})}
	w.config = func(c *ledger.Config) { c.Store = s }
	w.open()
	clerk := w.planned()
	damaged := w.must(trained(t, "p", nil)).Receipts[0].Index
	w.must(trained(t, "p", nil))
	w.flipJournal(int(damaged), false) // each entry but the first two is a block
	answer := make(chan error, 1)
	go func() {
		_, err := w.as(clerk, correction(t, damaged+1))
		answer <- err
	}()
	<-s.begun
	began := time.Now()
	w.closeWithin(50 * time.Millisecond)
	if err := <-answer; !errors.Is(err, ledger.ErrReadOnly) || time.Since(began) > 4*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}
