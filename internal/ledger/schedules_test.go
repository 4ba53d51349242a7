package ledger_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/storetest"
)

var scheduleRounds = flag.Int("schedule-rounds", 17, "rounds of load, kills and nine hours of time for each schedule of sweeps")

// ahead is how far the clock of the second node is ahead: a day, and an hour.
const ahead = 25 * time.Hour

// pair is two nodes on one store, with a clock each. The second one's is ahead, so that it takes facts at the expected time and says
// nothing by itself.
type pair struct {
	testing.TB
	nodes [2]atomic.Pointer[fixture]
	dead  [2]atomic.Bool
	clock [2]*clocktest.Machine
	every time.Duration // between the sweeps of a node
	li    event.Actor
}

func newPair(t testing.TB, every time.Duration) *pair {
	p := &pair{TB: t, every: every}
	first := newFixture(t)
	p.clock[0], p.clock[1] = first.clock, clocktest.New(first.clock.Now())
	first.config = p.config
	first.open()
	p.li = first.crew()
	p.nodes[0].Store(first)
	p.clock[1].Set(ahead)
	p.start(1)
	return p
}

func (p *pair) config(c *ledger.Config) { c.Shared, c.SweepEvery = true, p.every }

// start starts a node, with a journal of its own as a new machine has.
func (p *pair) start(i int) {
	first := p.nodes[0].Load()
	if first == nil || i == 0 {
		first = p.nodes[1].Load()
	}
	w := newFixture(p.TB)
	w.memory, w.store, w.key, w.clock, w.config = first.memory, storetest.NewFaulty(first.memory), first.key, p.clock[i], p.config
	if i == 1 { // a clock that is wrong at the start would keep the node from serving
		w.clock.Set(-ahead)
		defer w.clock.Set(ahead)
	}
	w.open()
	p.nodes[i].Store(w)
	p.dead[i].Store(false)
}

// kill ends a node as kill -9 does: from here on nothing that it does is stored, and nobody gets an answer of it.
func (p *pair) kill(i int) {
	p.dead[i].Store(true)
	w := p.nodes[i].Load()
	w.store.Always(storetest.FailUnknown)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_ = w.Ledger.Close(ctx) // it does not come to an end, as it should
	_ = w.journal.Close()
}

// append appends an event through one node or the other until an answer settles it; the same bytes again are no second event.
func (p *pair) append(i int, bytes []byte) { p.appendAs(p.li, i, bytes) }

func (p *pair) appendAs(by event.Actor, i int, bytes []byte) {
	for try := range 400 {
		if p.dead[i].Load() || try%8 == 7 {
			i = 1 - i
		}
		ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
		_, err := p.nodes[i].Load().Ledger.Append(ctx, ledger.Request{Actor: by, Items: []ledger.Item{again(p, bytes)}})
		cancel()
		if err == nil && !p.dead[i].Load() {
			return
		}
		if r := (*event.Refusal)(nil); errors.As(err, &r) {
			p.Errorf("refused: %v", err)
			return
		}
		time.Sleep(time.Millisecond)
	}
	p.Errorf("an event was never taken")
}

// writes is the load of a writer in a round: visits begin.
func (p *pair) writes(round, writer int, at time.Time) {
	for k := range 6 {
		d := &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify", Inspectors: []string{"ma", "li"}}
		p.append(writer, item(p, visitOf(fmt.Sprint(round, "-", writer, "-", k)), d, "inspection-started", func(e *event.Event) {
			e.Campaign, e.Occurred = "c", at
		}).Bytes)
	}
}

// arriveLate is what arrives when records are overdue: of visits of before some turn out to have been locked out. It comes to the node
// whose clock is right; the other one would not call it late, because it does not rely on its clock.
func (p *pair) arriveLate(round int, at time.Time) {
	const late = 14 // rounds of nine hours: behind the date of the record and the time to synchronise
	for k := 0; k < 6 && round >= late; k += 2 {
		it := item(p, visitOf(fmt.Sprint(round-late, "-1-", k)), &inspection.Attempted{Reason: "大门紧锁"}, "inspection-attempted",
			func(e *event.Event) { e.Campaign, e.Occurred = "c", at.Add(-late*9*time.Hour).Add(10*time.Minute) })
		if _, err := p.nodes[0].Load().Append(p.Context(), ledger.Request{Actor: p.li, Items: []ledger.Item{it}}); err != nil {
			p.Errorf("late: %v", err)
		}
	}
}

// standing is what is owed at the end, and what of it is said to be overdue.
func (p *pair) standing() (out []string) {
	rows, _, err := p.nodes[0].Load().Owed(context.Background())
	if err != nil {
		p.Fatal(err)
	}
	for _, r := range rows {
		for _, o := range r.Open {
			out = append(out, fmt.Sprint(r.Stream, " ", o.Kind.Name, " ", o.Item, " escalated ", o.Escalated))
		}
	}
	slices.Sort(out)
	return out
}

// TestThreeSchedulesOfSweepsEndTheSame: two nodes on one store, killed in turns under load, one with a clock a day ahead, while registers
// tell late what they say. Whether they sweep all the time, now and then or once at the end: the same stands then, nothing is said twice at
// once, too early or not at all, and judging again says the same. -schedule-rounds makes it long.
func TestThreeSchedulesOfSweepsEndTheSame(t *testing.T) {
	t.Parallel()
	var want []string
	for _, schedule := range []struct {
		name  string
		every time.Duration
		sweep func(round int) bool
	}{
		{"always", time.Millisecond, func(int) bool { return false }},
		{"now and then", -1, func(round int) bool { return round%5 == 3 }},
		{"at the end", -1, func(int) bool { return false }},
	} {
		p := newPair(t, schedule.every)
		registers := newLate(p)
		for round := range *scheduleRounds {
			at := p.clock[0].Now()
			p.arriveLate(round, at)
			var load sync.WaitGroup
			for writer := range 2 {
				load.Go(func() { p.writes(round, writer, at) })
			}
			victim := round % 2
			load.Go(func() { registers.tells(round, victim, at) })
			time.Sleep(2 * time.Millisecond)
			p.kill(victim)
			load.Wait()
			p.start(victim)
			for _, c := range p.clock {
				c.Pass(9 * time.Hour)
			}
			if schedule.sweep(round) {
				if _, err := p.nodes[0].Load().Sweep(t.Context()); err != nil {
					t.Error(err)
				}
			}
		}
		for _, c := range p.clock {
			c.Pass(200 * time.Hour)
		}
		a := p.nodes[0].Load()
		eventually(t, "all is said", func() bool {
			_, err := a.Sweep(context.Background())
			return err == nil && a.unsaid() == 0
		})
		said, stands := a.passed(), p.standing()
		t.Logf("%s: %d deadlines were said to have passed, %d stand", schedule.name, len(said), len(stands))
		if n := len(slices.Compact(said)); len(said) == 0 || n != len(a.passed()) {
			t.Errorf("%s: of %d deadlines that are said to have passed %d are different ones", schedule.name, len(a.passed()), n)
		}
		if want == nil {
			want = stands
		} else if !slices.Equal(stands, want) {
			t.Errorf("%s: %d stand, %d with sweeps all the time", schedule.name, len(stands), len(want))
		}
		if said, due := registers.said(), registers.due(*scheduleRounds); !slices.Equal(said, due) {
			t.Errorf("%s: beside registers %d are said, %d should be", schedule.name, len(said), len(due))
		}
		a.judgeAgain()
		if err := errors.Join(a.Refresh(t.Context()), a.verify()); err != nil {
			t.Error(err)
		}
		for i := range p.nodes {
			p.nodes[i].Load().close()
		}
	}
}
