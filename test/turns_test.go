package test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/test/eventtest"
	"github.com/anjian-ledger/anjian/test/judgetest"
	"github.com/anjian-ledger/anjian/test/natstest"
)

var turns = flag.Int("turns", 0, "rounds of kill -9 of one ledger node and the other in turns, each a day of the ledger's time")

const (
	turnOf     = 26 * time.Hour // the time of a round
	turnAhead  = 25 * time.Hour // the second node's clock, once it serves, or already when it starts
	turnLate   = 5              // rounds: behind the date of a record and the time to synchronise it
	turnVisits = 6              // of each writer in a round
	turnWriter = 4
)

// turn is two nodes that are killed in turns, and what the test knows of their time.
type turn struct {
	nodePair
	clock  string
	passed time.Duration
	team   string // token of an inspector
	spans  []span
}

// span is when the entries up to a size were recorded, by the clock that is right.
type span struct {
	size  uint64
	until time.Time
}

func (p *turn) now() time.Time { return time.Now().Add(p.passed) }

func (p *turn) pass(d time.Duration) {
	p.passed += d
	letPass(p, p.clock, p.passed)
}

func newTurn(t testing.TB, urls []string, every time.Duration) *turn {
	p := &turn{nodePair: nodePair{TB: t, dir: t.TempDir()}}
	p.clock = filepath.Join(p.dir, "passed")
	letPass(t, p.clock, 0)
	p.start(func(i int) nodeConfig {
		return nodeConfig{Origin: "anjian.test/turns", URLs: urls, Replicas: 1, SweepEvery: every, Clock: p.clock,
			Ahead: time.Duration(i) * turnAhead, AtStart: p.startsAhead()}
	})
	p.crew()
	return p
}

// startsAhead reports whether the second node, which is killed on each second day, has its clock ahead when it starts.
func (p *turn) startsAhead() bool { return p.passed/turnOf%4 == 1 }

// crew has a campaign, a team of two and an enterprise.
func (p *turn) crew() {
	began := p.now().Add(-24 * time.Hour)
	facts := []fact{
		{Type: "campaign-plan-published", Subject: "campaign/c",
			Data: &campaign.PlanPublished{Title: "方案", Version: "1", Policy: campaign.DefaultPolicy()}},
		{Type: "campaign-started", Subject: "campaign/c", Data: &campaign.Started{Start: began, End: began.Add(2000 * turnOf)}},
		{Type: "team-formed", Subject: "team/t1", Campaign: "c", Data: map[string]any{"name": "第一组", "kind": "comprehensive"}},
		enterprise("firm"),
	}
	for _, person := range []string{"ma", "li"} {
		facts = append(facts,
			fact{Type: "person-registered", Subject: "person/" + person, Data: map[string]any{"name": person, "unit": "u", "certificate_no": "C-" +
				person,
				"roles": []string{"inspector"}}},
			fact{Type: "inspector-trained", Subject: "person/" + person, Data: map[string]any{"topic": "培训", "date": "2019-12-01"}},
			fact{Type: "discipline-rules-acknowledged", Subject: "person/" + person, Data: map[string]any{"document_sha256": recordHash}})
	}
	facts = append(facts,
		fact{Type: "leader-appointed", Subject: "team/t1", Data: map[string]any{"person": "ma"}},
		fact{Type: "member-joined", Subject: "team/t1", Data: map[string]any{"person": "li"}},
		fact{Type: "team-activated", Subject: "team/t1", Data: map[string]any{}})
	for _, f := range facts {
		f.Time = p.now()
		p.nodes[0].Load().append(f)
	}
	p.team = p.as(p.procs[0], "inspector?person=li&team=t1").token
	p.eventually("the other node takes the token", func() bool { // which it looks up once a second
		status, _ := p.procs[1].client(p.team).do("GET", "/v1/obligations", nil)
		return status == 200
	})
}

// writes begins visits, at whichever node takes them, and then registers enterprises until the killed node is there again.
func (p *turn) writes(round, writer int, at time.Time, stop *atomic.Bool) {
	for k := 0; k < turnVisits || !stop.Load(); k++ {
		token, f := p.team, fact{ID: newID(), Type: "inspection-started", Subject: turnVisit(round, writer, k), Campaign: "c", Time: at,
			Data: map[string]any{"subject": "firm", "team": "t1", "sector": "MINE", "visit_type": "verify", "inspectors": []string{"ma", "li"}}}
		if k >= turnVisits {
			token, f = "", enterprise(fmt.Sprint(round, "-", writer, "-", k))
			f.ID, f.Time = newID(), at
		}
		if status, answer := p.sendAs(token, f.json()); status != 201 && status != 200 {
			p.Errorf("round %d: %d %s", round, status, answer)
			return
		}
	}
}

func turnVisit(round, writer, k int) string {
	return "inspection/" + eventtest.Visit("t1", fmt.Sprint(round, "-", writer, "-", k))
}

// arriveLate is what arrives when records are overdue: of visits of before some turn out to have been locked out. It comes to both
// nodes; the one whose clock is wrong does not call it late.
func (p *turn) arriveLate(round int) {
	for k := 0; k < turnVisits && round >= turnLate; k += 2 {
		f := fact{ID: newID(), Type: "inspection-attempted", Subject: turnVisit(round-turnLate, 1, k), Campaign: "c",
			Time: p.now().Add(-turnLate*turnOf + 10*time.Minute), Data: map[string]any{"reason": "大门紧锁"}}
		p.procs[k/2%2].client(p.team).append(f)
	}
}

// round has writers write while a node is killed and starts again, and lets a day pass.
func (p *turn) round(n int) {
	p.arriveLate(n)
	var load sync.WaitGroup
	var stop atomic.Bool
	at := p.now()
	for writer := range turnWriter {
		load.Go(func() { p.writes(n, writer, at, &stop) })
	}
	time.Sleep(time.Duration(10+rand.IntN(150)) * time.Millisecond)
	p.procs[n%2].kill()
	if p.startsAhead() { // while nobody writes: no entry tells it the time
		stop.Store(true)
		load.Wait()
	}
	p.startNode(n % 2)
	stop.Store(true)
	load.Wait()
	p.note()
	p.pass(turnOf)
}

// note keeps until when what both nodes have was recorded.
func (p *turn) note() {
	for _, s := range p.procs {
		p.spans = append(p.spans, span{s.logInfo().Position, p.now()})
	}
}

// TestTwoNodesKilledInTurnsSayWhatIsOverdueOnce: two processes on one store, killed with kill -9 in turns under load with sweeps, one of
// them with a clock that was set a day ahead, while it runs or before it starts. Every entry judged again, in order, entails what stands
// behind it; no deadline-passed stands twice, is missing or early; and it ends the same whether sweeps come all the time or at the end.
func TestTwoNodesKilledInTurnsSayWhatIsOverdueOnce(t *testing.T) {
	if *turns == 0 {
		t.Skip("kills a node in each round: go test ./test -run KilledInTurns -turns 8")
	}
	var want []string
	for _, every := range []time.Duration{5 * time.Millisecond, -1} {
		p := newTurn(t, natstest.Start(t, 1, nil).URLs(), every)
		for n := range *turns {
			p.round(n)
		}
		p.pass(8 * turnOf)
		nothing, size := 0, uint64(0) // times; a sweep beside another one that is not durable yet has nothing to say either
		p.eventually("all is said", func() bool {
			status, said := p.nodes[0].Load().do("GET", "/test/sweep", nil)
			was := size
			if size = p.procs[0].logInfo().Position; status != 200 || string(said) != "0" || size != was {
				nothing = 0
			}
			nothing++
			return nothing > 10
		})
		p.note()
		stands := p.judgeAgain(p.agree())
		if want == nil {
			want = stands
		} else if !slices.Equal(stands, want) {
			t.Errorf("with sweeps at the end %d stand, with sweeps all the time %d", len(stands), len(want))
		}
		for _, s := range p.procs {
			s.stop()
		}
	}
}

// judgeAgain judges all again, and returns what stands in the end: what is owed, and whether it is escalated.
func (p *turn) judgeAgain(raw [][]byte) (stands []string) {
	p.Helper()
	catalogue, streams := domain.Catalogue(), map[event.Stream]bool{}
	var events []*event.Event
	for _, line := range raw {
		e, err := entry.Decode(line, catalogue)
		must(p, err)
		events, streams[e.Stream] = append(events, e), true
	}
	s, err := judgetest.Again(events)
	must(p, err)
	for stream := range streams {
		if missing := s.Overdue(stream, p.now(), 10); len(missing) > 0 {
			p.Errorf("%s: not said: %+v", stream, missing[0].Data)
		}
		if row := s.Owed(stream); row != nil {
			for i := range row.Open {
				o := &row.Open[i]
				stands = append(stands, fmt.Sprint(stream, " ", o.Kind.Name, " ", o.Item, " escalated ", o.Escalated))
			}
		}
	}
	said := judgetest.Deadlines(events)
	if len(said.Twice) > 0 || said.Standing == 0 {
		p.Errorf("%d deadlines stand, %d lapsed, said twice: %q", said.Standing, said.Lapsed, said.Twice)
	}
	p.inTime(events)
	p.Logf("%d entries: %d deadlines stand, %d lapsed, %d are owed", len(events), said.Standing, said.Lapsed, len(stands))
	slices.Sort(stands)
	return stands
}

// inTime wants every entry to be recorded when it came, by the clock that is right: what is late by it is late.
func (p *turn) inTime(events []*event.Event) {
	const tolerance = 2 * time.Minute
	from := time.Time{}
	for _, s := range p.spans {
		for ; len(events) > 0 && events[0].Index < s.size; events = events[1:] {
			if e := events[0]; e.Recorded.Before(from.Add(-tolerance)) || e.Recorded.After(s.until.Add(tolerance)) {
				p.Fatalf("entry %d (%s) was recorded at %s, and came between %s and %s", e.Index, e.Type.Name, e.Recorded, from, s.until)
			}
		}
		from = s.until
	}
}

// sendAs is send with a token; "" is the office's of each node.
func (p *turn) sendAs(token string, body []byte) (status int, answer []byte) {
	if token == "" {
		return p.send(body)
	}
	for {
		c := *p.any()
		c.token = strings.TrimSpace(token)
		status, answer, err := c.with("Content-Type", oneEvent).send("POST", "/v1/events", body)
		if err == nil && status != 429 && status < 500 {
			return status, answer
		}
		time.Sleep(20 * time.Millisecond)
	}
}
