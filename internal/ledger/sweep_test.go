package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/domain/visibility"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/eventtest"
	"github.com/anjian-ledger/anjian/test/judgetest"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// crew has a campaign, a team of two and an enterprise, and returns who inspects. A record is due 24 hours after the start, and
// may be called late 72 hours later.
func (w *fixture) crew() event.Actor {
	w.Helper()
	plan := &campaign.PlanPublished{Title: "t", Version: "1", Policy: campaign.DefaultPolicy()}
	items := []ledger.Item{typed(w, "campaign/c", plan, nil),
		typed(w, "campaign/c", &campaign.Started{Start: start.Add(-day), End: start.Add(60 * day)}, nil),
		typed(w, "team/t1", &team.Formed{Name: "n", Kind: "comprehensive"}, func(e *event.Event) { e.Campaign = "c" }),
		typed(w, "subject/firm", &subject.Registered{Kind: "enterprise", Name: "n", Region: "610902107", Sectors: []string{"INDTRADE"},
			Discovery: "register"}, nil)}
	for _, p := range []string{"ma", "li"} {
		items = append(items, registered(w, p), trained(w, p, nil),
			typed(w, "person/"+p, &person.RulesAcknowledged{DocumentHash: strings.Repeat("a", 64)}, nil))
	}
	items = append(items, typed(w, "team/t1", &team.LeaderAppointed{Person: "ma"}, nil),
		typed(w, "team/t1", &team.MemberJoined{Person: "li"}, nil), typed(w, "team/t1", &team.Activated{}, nil))
	w.must(items...)
	return w.bearer(&token.Issued{Role: event.RoleInspector, Person: "li", Team: "t1"})
}

func visitOf(name string) string { return "inspection/" + eventtest.Visit("t1", name) }

// begins begins a visit now.
func (w *fixture) begins(by event.Actor, name string) {
	w.Helper()
	w.begun(by, name, w.clock.Now())
}

// begun begins a visit, by a device whose clock says so.
func (w *fixture) begun(by event.Actor, name string, at time.Time) {
	w.Helper()
	d := &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify", Inspectors: []string{"ma", "li"}}
	it := typed(w, visitOf(name), d, func(e *event.Event) { e.Campaign, e.Occurred = "c", at })
	if _, err := w.Ledger.Append(context.Background(), ledger.Request{Actor: by, Items: []ledger.Item{it}}); err != nil {
		w.Fatal(err)
	}
}

// typed is an item whose type is that of its body.
func typed(t testing.TB, stream string, d event.Data, edit func(*event.Event)) ledger.Item {
	t.Helper()
	all := catalogue.All()
	i := slices.IndexFunc(all, func(typ *event.Type) bool { return reflect.TypeOf(typ.New()) == reflect.TypeOf(d) })
	return item(t, stream, d, all[i].Name, edit)
}

// sweeps wants a sweep to say so much.
func (w *fixture) sweeps(want int) {
	w.Helper()
	if said, err := w.Sweep(context.Background()); err != nil || said != want {
		w.Fatalf("it says %d, want %d: %v", said, want, err)
	}
}

// passed returns for each deadline-passed its stream and obligation.
func (w *fixture) passed() (out []string) {
	w.Helper()
	for _, en := range w.entries() {
		if d, ok := en.Decode(catalogue).Data.(*oversight.DeadlinePassed); ok {
			out = append(out, en.Stream.String()+" "+d.Obligation+" "+d.Item)
		}
	}
	slices.Sort(out)
	return out
}

// judgeAgain judges all entries in order by a state of its own: it must say the same, byte for byte, and nothing stands twice.
func (w *fixture) judgeAgain() {
	w.Helper()
	var events []*event.Event
	for _, en := range w.entries() {
		events = append(events, en.Decode(catalogue))
	}
	if _, err := judgetest.Again(events); err != nil {
		w.Fatal(err)
	}
	if said := judgetest.Deadlines(events); len(said.Twice) > 0 {
		w.Fatalf("said twice: %q", said.Twice)
	}
}

// What is overdue is said by a sweep, once, behind its time, also after a restart; it is listed before that and after.
func TestASweepSaysWhatIsOverdueOnce(t *testing.T) {
	w := opened(t)
	li := w.crew()
	w.begins(li, "a")
	w.clock.Pass(time.Hour)
	w.begins(li, "b")
	w.clock.Pass(96*time.Hour - time.Hour - time.Second)
	w.sweeps(0)
	w.clock.Pass(2 * time.Second)
	w.sweeps(1)
	w.sweeps(0)
	w.restart()
	w.sweeps(0)
	w.clock.Pass(time.Hour)
	w.sweeps(1)
	rows, size, err := w.Owed(context.Background())
	rows = slices.DeleteFunc(rows, func(r *obligation.Row) bool { return r.Stream.Kind != event.Inspection }) // the campaign's end is owed too
	if err != nil || size != w.Head().Size || len(rows) != 2 {
		t.Fatalf("%d rows of %d entries, %v", len(rows), size, err)
	}
	for _, r := range rows {
		if len(r.Open) != 1 || !r.Open[0].Escalated || r.Open[0].Kind.Name != "record" || !r.Hidden || r.About.Team != "t1" {
			t.Errorf("%+v", r)
		}
	}
	held := 0 // pillar 14: what is said of a hidden visit is as hidden as it is
	var order visibility.Fold
	seen := map[event.Stream]*visibility.Visit{rows[0].Stream: {}, rows[1].Stream: {}}
	for _, en := range w.entries() {
		e := en.Decode(catalogue)
		if v := seen[en.Stream]; v != nil && order.Visit(v, e) == visibility.Waits && e.Type.Name == "deadline-passed" {
			held++
		}
	}
	if held != 2 {
		t.Errorf("of two deadlines in hidden visits %d wait for their disclosure", held)
	}
	row, err := w.OwedIn(context.Background(), rows[0].Stream)
	if err != nil || len(row.Open) < 10 { // the record, the notice, six items, three sections
		t.Errorf("%+v, %v", row, err)
	}
	st := w.OwedState()
	if st.Open != 3 || st.Overdue != 2 || st.Streams != 3 || st.Sweep.Said != 1 || st.Sweep.Passes != 2 || st.Sweep.Last.IsZero() {
		t.Errorf("%+v", st)
	}
	w.judgeAgain()
	w.audit()
}

// A node whose clock jumps says nothing until its clock is relied on again, and takes facts meanwhile.
func TestAClockThatIsNotReliedOnEscalatesNothing(t *testing.T) {
	w := opened(t)
	li := w.crew()
	w.begins(li, "a")
	w.clock.Set(9 * day)
	w.sweeps(0)
	w.begun(li, "b", w.clock.Now().Add(-9*day)) // recorded at the expected time
	w.sweeps(0)
	if w.state() != clock.Red {
		t.Fatalf("%+v", w.Clock())
	}
	w.clock.Set(-9 * day)
	w.sweeps(0)
	w.clock.Pass(97 * time.Hour)
	w.sweeps(2)
	w.judgeAgain()
	w.audit()
}

// Rule 22: what a wrong clock that somebody confirmed has escalated lapses behind the correction, and is said again in time.
func TestWhatAConfirmedWrongClockEscalatedLapsesBehindTheCorrection(t *testing.T) {
	w := opened(t)
	li := w.crew()
	office := w.bearer(&token.Issued{Role: event.RoleSupervisionOffice, Person: "ma"})
	w.begins(li, "a")
	w.clock.Set(9 * day)
	w.ConfirmClock("root")
	from := w.Head().Size
	w.sweeps(1)
	w.clock.Set(-9 * day)
	w.ConfirmClock("root")
	res, err := w.Ledger.Append(context.Background(), ledger.Request{Actor: office, Items: []ledger.Item{correction(t, from)}})
	if err != nil || len(res.Receipts[0].Disputed.Deadlines) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	w.sweeps(1) // it lapses
	w.sweeps(0)
	w.clock.Pass(97 * time.Hour)
	w.sweeps(1)
	if n := len(w.passed()); n != 2 {
		t.Errorf("it was said %d times", n)
	}
	w.judgeAgain()
	w.audit()
}

// A sweep goes on block by block until all is said; appends find room in between.
func TestASweepOfManyIsMadeOfSmallBlocks(t *testing.T) {
	w := opened(t)
	li := w.crew()
	const n = 450
	for i := range n {
		w.begins(li, fmt.Sprint("v", i))
	}
	w.clock.Pass(100 * time.Hour)
	before := w.Head()
	w.sweeps(n)
	if blocks := w.Head().Block - before.Block; blocks < n/32 {
		t.Errorf("%d blocks", blocks)
	}
	if all := w.passed(); len(all) != n || len(slices.Compact(all)) != n {
		t.Errorf("%d deadlines are said to have passed", len(all))
	}
	w.judgeAgain()
	w.audit()
}

// Nodes on one store sweep at once, are stopped in turns, one has a clock that is a day ahead, and blocks get lost: each deadline is
// said to have passed once, none too early, none is missing, and judging again says the same.
func TestNodesThatSweepInTurnsSayEachDeadlineOnce(t *testing.T) {
	a := newFixture(t)
	a.config = func(c *ledger.Config) { c.Shared, c.SweepEvery = true, time.Millisecond }
	a.open()
	li := a.crew()
	node := func(wrong bool) *fixture {
		v := newFixture(t)
		v.memory, v.store, v.key, v.clock = a.memory, storetest.NewFaulty(a.memory), a.key, a.clock
		v.config = a.config
		if wrong {
			v.clock = clocktest.New(a.clock.Now())
		}
		v.open()
		return v
	}
	b := node(true)
	b.clock.Set(25 * time.Hour) // it takes facts, at the expected time, and says nothing
	nodes := []*fixture{a, b}
	defer func() {
		for _, w := range nodes {
			w.close()
		}
	}()
	faults := []storetest.AppendFault{storetest.Pass, storetest.FailUnknown, storetest.PersistThenFail, storetest.Pass,
		storetest.TimeoutStored}
	for round := range 12 {
		var wg sync.WaitGroup
		for i, w := range nodes {
			w.store.Next(faults[round%len(faults):]...)
			wg.Go(func() {
				for k := range 8 {
					d := &inspection.Started{Subject: "firm", Team: "t1", Sector: "INDTRADE", VisitType: "verify", Inspectors: []string{"ma", "li"}}
					it := item(t, visitOf(fmt.Sprint(round, "-", i, "-", k)), d, "inspection-started", func(e *event.Event) {
						e.Campaign, e.Occurred = "c", a.clock.Now()
					})
					for range 50 {
						ctx, cancel := context.WithTimeout(context.Background(), time.Second)
						_, err := w.Ledger.Append(ctx, ledger.Request{Actor: li, Items: []ledger.Item{again(t, it.Bytes)}})
						cancel()
						if err == nil {
							break
						}
						if r := (*event.Refusal)(nil); errors.As(err, &r) {
							t.Errorf("refused: %v", err)
							return
						}
					}
				}
			})
		}
		wg.Wait()
		pass := 9 * time.Hour
		a.clock.Pass(pass)
		b.clock.Pass(pass)
		if round%3 == 2 {
			w := nodes[round/3%2]
			w.store.Next()
			wrong := w == b
			w.close()
			v := node(wrong)
			if wrong {
				v.clock.Set(25 * time.Hour)
				b = v
			} else {
				a = v
			}
			nodes[round/3%2] = v
		}
	}
	a.store.Next()
	b.store.Next()
	a.clock.Pass(200 * time.Hour)
	b.clock.Pass(200 * time.Hour)
	eventually(t, "all is said", func() bool {
		_, err := a.Sweep(context.Background())
		return err == nil && a.unsaid() == 0
	})
	all := a.passed()
	if n := len(slices.Compact(slices.Clone(all))); n != len(all) || n != 12*2*8 {
		t.Errorf("%d deadlines are said to have passed, %d different ones, want %d", len(all), n, 12*2*8)
	}
	a.judgeAgain()
	if err := a.Refresh(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := a.verify(); err != nil {
		t.Error(err)
	}
}

// unsaid is in how many streams something is overdue and not escalated.
func (w *fixture) unsaid() (n int) {
	rows, _, err := w.Owed(context.Background())
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range rows {
		if !r.Next.IsZero() && w.Now().After(r.Next) {
			n++
		}
	}
	return n
}
