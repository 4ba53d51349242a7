package clock_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/test/clocktest"
)

var begin = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)

const day = 24 * time.Hour

// running is a clock behind an entry that was recorded a moment ago.
func running(t testing.TB) (*clock.Clock, *clocktest.Machine) {
	m := clocktest.New(begin)
	c := clock.New(m.Sources())
	c.Start(begin)
	record(t, c)
	return c, m
}

func record(t testing.TB, c *clock.Clock) time.Time {
	t.Helper()
	s, err := c.Take()
	if err != nil {
		t.Fatal(err)
	}
	c.Recorded(s)
	return s.Time
}

func near(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second }

// "A clock within 2 minutes of it is taken. Else the expected time is taken, part clock is red."
func TestAClockWithinTwoMinutesIsTaken(t *testing.T) {
	for off, taken := range map[time.Duration]bool{
		0: true, 119 * time.Second: true, -119 * time.Second: true, 121 * time.Second: false, -121 * time.Second: false, 365 * day: false,
	} {
		c, m := running(t)
		m.Pass(5 * day)
		expected := m.Now()
		m.Set(off)
		want := expected
		if taken {
			want = m.Now()
		}
		if s := c.Status(); !near(c.Now(), want) || !near(record(t, c), want) || c.Sure() != taken || (s.State == clock.OK) != taken ||
			(s.Reason == "") != taken {
			t.Errorf("off %s: %+v, want time %v", off, s, want)
		}
	}
}

// A node that starts beside others takes their time, not its own, when they differ; what no start takes without a person's
// word stays unconfirmed, whatever they say.
func TestRule21AStartAsksTheOtherNodes(t *testing.T) {
	for name, c := range map[string]struct {
		idle, off time.Duration // since the newest entry; of the machine's clock
		others    []time.Duration
		state     clock.State
		taken     time.Duration // behind the right time
	}{
		"alone":                      {day, 0, nil, clock.OK, 0},
		"alone and ahead":            {day, 5 * day, nil, clock.OK, 5 * day},
		"agrees":                     {day, 0, []time.Duration{time.Minute, -time.Minute}, clock.OK, 0},
		"a day ahead":                {time.Hour, day, []time.Duration{0}, clock.Red, 0},
		"three minutes ahead":        {time.Hour, 3 * time.Minute, []time.Duration{0}, clock.Red, 0},
		"behind, after the entry":    {day, -10 * time.Hour, []time.Duration{0}, clock.Red, 0},
		"agrees with one of two":     {day, day, []time.Duration{day, 0}, clock.Red, 0},
		"too far for any start":      {time.Hour, 20 * day, []time.Duration{0}, clock.Unconfirmed, 0},
		"before the entry":           {time.Hour, -day, []time.Duration{0}, clock.Unconfirmed, 0},
		"an idle month, and agreed":  {30 * day, 0, []time.Duration{0}, clock.Unconfirmed, 0},
		"an idle month, and alone":   {30 * day, 0, nil, clock.Unconfirmed, 0},
		"an idle month, and wrong":   {30 * day, -25 * day, []time.Duration{0}, clock.Red, 0},
		"ahead, of who is ahead too": {time.Hour, day, []time.Duration{day}, clock.OK, day},
	} {
		t.Run(name, func(t *testing.T) {
			right := begin.Add(c.idle)
			m := clocktest.New(right)
			k := clock.New(m.Sources())
			k.Start(begin)
			k.Ask()
			m.Set(c.off)
			if _, err := k.Take(); !errors.Is(err, clock.ErrUnconfirmed) || k.Sure() || !k.Asking() || k.Status().Reason == "" || !k.Unconfirmed() {
				t.Fatalf("before they were asked: %v, %+v", err, k.Status())
			}
			var told []time.Time
			for _, off := range c.others {
				told = append(told, right.Add(off))
			}
			k.Told(told)
			if s := k.Status(); s.State != c.state || (s.State == clock.OK) != (s.Reason == "") || k.Asking() {
				t.Fatalf("%+v, want %s", s, c.state)
			}
			if c.state == clock.Unconfirmed {
				return
			}
			m.Pass(time.Hour)
			if got, want := record(t, k), right.Add(c.taken+time.Hour); !near(got, want) || k.Sure() != (c.state == clock.OK) {
				t.Errorf("recorded %v, want %v", got, want)
			}
			if m.Set(-c.off); c.state == clock.Red && !k.Sure() {
				t.Errorf("set right, and not relied on: %+v", k.Status())
			}
		})
	}
}

// Before the ledger has an entry the other nodes are all there is to compare with; a person's word takes the place of theirs.
func TestAStartOfAnEmptyLedgerAsksTheOtherNodesToo(t *testing.T) {
	m := clocktest.New(begin.Add(day))
	c := clock.New(m.Sources())
	c.Ask()
	if c.Sure() {
		t.Error("relied on before anybody was asked")
	}
	c.Told([]time.Time{begin})
	if s := c.Status(); s.State != clock.Red || !near(record(t, c), begin) {
		t.Errorf("%+v", s)
	}
	c = clock.New(m.Sources())
	c.Ask()
	if s := c.Confirm(); s.State != clock.OK || c.Asking() || !near(record(t, c), m.Now()) {
		t.Errorf("%+v", s)
	}
	c.Told([]time.Time{begin}) // an answer that comes behind it
	if !c.Sure() {
		t.Error("a person's word does not count")
	}
}

// Expected time goes on by monotonic time: what is recorded while the clock is red does not stand still.
func TestExpectedTimeGoesOn(t *testing.T) {
	c, m := running(t)
	m.Set(365 * day)
	for range 100 {
		m.Pass(time.Hour)
		if got := record(t, c); !near(got, m.Now().Add(-365*day)) {
			t.Fatalf("recorded %v", got)
		}
	}
}

// "… until the kernel reports a synchronised clock for five minutes (at most ten days ahead)".
func TestTheKernelsWord(t *testing.T) {
	for off, want := range map[time.Duration]clock.State{
		time.Hour: clock.OK, 10*day - time.Minute: clock.OK, 10*day + time.Minute: clock.Red, -time.Hour: clock.Red,
	} {
		c, m := running(t)
		tick := func(d time.Duration) {
			for passed := time.Duration(0); passed < d; passed += time.Second {
				m.Pass(time.Second)
				c.Tick()
			}
		}
		m.Synchronise(true)
		tick(time.Hour) // synchronised before the jump says nothing of it
		m.Set(off)
		tick(4*time.Minute + 50*time.Second)
		if s := c.Status(); s.State != clock.Red {
			t.Fatalf("off %s: %+v after less than five minutes", off, s)
		}
		m.Synchronise(false)
		tick(time.Second)
		m.Synchronise(true)
		tick(4*time.Minute + 50*time.Second)
		if s := c.Status(); s.State != clock.Red {
			t.Fatalf("off %s: %+v after less than five minutes in one piece", off, s)
		}
		tick(20 * time.Second)
		if s := c.Status(); s.State != want || s.Confirmed != (off < 0) {
			t.Errorf("off %s: %+v; want %s", off, s, want)
		}
	}
}

// A clock that is set again while the kernel is listened to begins anew.
func TestTheKernelsWordIsOfOneClock(t *testing.T) {
	c, m := running(t)
	m.Synchronise(true)
	for n := range 20 {
		m.Set(time.Duration(n+1) * time.Hour)
		for range 200 {
			m.Pass(time.Second)
			c.Tick()
		}
		if s := c.Status(); s.State != clock.Red {
			t.Fatalf("%+v", s)
		}
	}
}

// A clock that was confirmed and is set afterwards is confirmed no longer.
func TestAWordIsOfTheClockAsItWas(t *testing.T) {
	c, m := running(t)
	m.Set(-day)
	if s := c.Confirm(); !s.Confirmed {
		t.Fatalf("%+v", s)
	}
	if s, err := c.TakeCorrected(); err != nil || !near(s.Time, m.Now()) {
		t.Errorf("%v, %v", s, err)
	}
	m.Set(-day)
	if _, err := c.TakeCorrected(); !errors.Is(err, clock.ErrUnconfirmed) {
		t.Errorf("%v", err)
	}
}

// "At a start: last entry − 2 minutes … + 10 days is taken without a question; outside …"
func TestAStart(t *testing.T) {
	for off, asks := range map[time.Duration]bool{
		0: false, -119 * time.Second: false, -121 * time.Second: true, 10*day - time.Minute: false, 10*day + time.Minute: true,
	} {
		m := clocktest.New(begin.Add(off))
		c := clock.New(m.Sources())
		c.Start(begin)
		_, err := c.Take()
		if asks != errors.Is(err, clock.ErrUnconfirmed) || asks == c.Sure() {
			t.Errorf("off %s: %v, %+v", off, err, c.Status())
		}
		if !asks {
			continue
		}
		m.Synchronise(true)
		for range 400 {
			m.Pass(time.Second)
			c.Tick()
		}
		if s := c.Status(); s.State != clock.Unconfirmed {
			t.Errorf("off %s: the kernel confirmed a start: %+v", off, s)
		}
		if c.Confirm(); !near(record(t, c), m.Now()) && off > 0 {
			t.Errorf("off %s: %+v", off, c.Status())
		}
	}
	m := clocktest.New(begin)
	if _, err := clock.New(m.Sources()).Take(); err != nil {
		t.Errorf("an empty ledger: %v", err)
	}
}

// A clock that a time service sets after the start is taken like one that was right from the start.
func TestAStartBeforeTheTimeService(t *testing.T) {
	m := clocktest.New(time.Unix(0, 0))
	c := clock.New(m.Sources())
	c.Start(begin)
	if _, err := c.Take(); !errors.Is(err, clock.ErrUnconfirmed) {
		t.Fatal(err)
	}
	m.Set(begin.Add(time.Hour).Sub(m.Now()))
	if got := record(t, c); !near(got, m.Now()) {
		t.Errorf("recorded %v", got)
	}
}

// "A node that reads an entry more than 2 minutes off its expectation goes red."
func TestAnotherNodesEntry(t *testing.T) {
	for name, c := range map[string]struct {
		off, cut  time.Duration // of the entry from now; how long ago this node had everything
		corrected bool
		want      clock.State
	}{
		"fresh":                  {0, 0, false, clock.OK},
		"a minute ahead":         {time.Minute, 0, false, clock.OK},
		"three minutes ahead":    {3 * time.Minute, 0, false, clock.Red},
		"three minutes behind":   {-3 * time.Minute, 0, false, clock.Red},
		"an hour old, cut off":   {-time.Hour, time.Hour, false, clock.OK},
		"older than that":        {-time.Hour - 3*time.Minute, time.Hour, false, clock.Red},
		"ahead, cut off":         {3 * time.Minute, time.Hour, false, clock.Red},
		"corrected, clock right": {-time.Second, 0, true, clock.OK},
		"corrected, clock wrong": {-20 * day, 0, true, clock.Red},
	} {
		t.Run(name, func(t *testing.T) {
			k, m := running(t)
			m.Pass(day)
			k.Current(k.Since())
			m.Pass(c.cut)
			k.Read(m.Now().Add(c.off), c.corrected)
			if s := k.Status(); s.State != c.want {
				t.Errorf("%+v", s)
			}
			if c.cut > 0 && c.want == clock.OK && !near(k.Now(), m.Now()) {
				t.Errorf("now %v: an old entry has set the clock back", k.Now())
			}
		})
	}
}

// The sentences of the package comment, over whatever may happen.
func TestRandomly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := clocktest.New(begin.Add(time.Duration(rapid.Int64Range(-int64(day), int64(15*day)).Draw(t, "start"))))
		c := clock.New(m.Sources())
		c.Start(begin)
		var synced, since time.Duration // for how long the kernel has said so, and monotonic time
		says := false
		before := c.Status()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			step := rapid.SampledFrom([]string{"pass", "tick", "tick", "tick", "set", "sync", "record", "confirm"}).Draw(t, "step")
			switch step {
			case "pass":
				m.Pass(time.Duration(rapid.Int64Range(0, int64(3*time.Hour)).Draw(t, "time")))
			case "tick":
				m.Pass(time.Minute)
				c.Tick()
			case "set":
				m.Set(time.Duration(rapid.Int64Range(-int64(15*day), int64(15*day)).Draw(t, "by")))
			case "sync":
				was := says
				says = rapid.Bool().Draw(t, "yes")
				if m.Synchronise(says); !was {
					synced = 0
				}
			case "record":
				s, err := c.Take()
				if (before.State == clock.Unconfirmed) != (err != nil) {
					t.Fatalf("%v with %+v", err, before)
				}
				if err == nil {
					c.Recorded(s)
				}
			case "confirm":
				if s := c.Confirm(); s.State == clock.Unconfirmed {
					t.Fatalf("%+v after a confirmation", s)
				}
			}
			synced += c.Since() - since
			if since = c.Since(); !says {
				synced = 0
			}
			s := c.Status()
			off := time.Duration(s.Off * float64(time.Second))
			switch {
			case s.State == clock.OK && (!near(s.Taken, s.Wall) || off.Abs() > clock.Tolerance+time.Second),
				s.State != clock.OK && !near(s.Taken, s.Expected),
				s.State == clock.Red && off.Abs() < clock.Tolerance-time.Second:
				t.Fatalf("%+v", s)
			}
			if was := time.Duration(before.Off * float64(time.Second)); before.State == clock.Red && s.State == clock.OK && step != "set" &&
				step != "confirm" {
				if step != "tick" || synced < clock.SyncFor || was < -clock.Tolerance-time.Second || was > clock.Ahead+time.Second {
					t.Fatalf("%s: from %+v to %+v, synchronised for %s", step, before, s, synced)
				}
			}
			before = s
		}
	})
}

func TestTheMachinesOwnSources(t *testing.T) {
	src := clock.System()
	wall, since := src.Read()
	time.Sleep(1100 * time.Millisecond)
	wall2, since2 := src.Read()
	if d := since2 - since; d < time.Second || d > time.Minute || (wall2.Sub(wall)-d).Abs() > time.Second || since <= 0 {
		t.Errorf("%s passed by the clock, %s by monotonic time", wall2.Sub(wall), d)
	}
	_ = src.Synchronised() // what the kernel says here is its own matter
}

func BenchmarkTake(b *testing.B) {
	c := clock.New(clock.System())
	c.Start(time.Now())
	for b.Loop() {
		if _, err := c.Take(); err != nil {
			b.Fatal(err)
		}
	}
}
