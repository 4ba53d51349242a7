package test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	natsblocks "github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/test/porttest"
)

var (
	clusterRounds    = flag.Int("cluster-rounds", 0, "rounds of faults against three NATS servers and two ledger nodes")
	clusterPartition = flag.Duration("cluster-partition", 5*time.Second, "how long a NATS server is cut off in each round")
	clusterRate      = flag.Duration("cluster-rate", 0, "measure the append rate for so long before the faults")
)

const (
	clusterWriters = 64
	clusterStreams = 16 // in each round
	clusterOrigin  = "anjian.test/cluster"
)

// natsServer is one server's process. The ways to the others can be held.
type natsServer struct {
	config natsConfig
	ways   []*way // from it to the others
	cmd    *exec.Cmd
}

// cluster is three NATS servers and two ledger nodes, each a process of its own.
type cluster struct {
	nodePair
	servers [3]*natsServer
	js      natsjs.JetStream
}

func startCluster(t testing.TB) *cluster {
	dir := t.TempDir()
	c := &cluster{nodePair: nodePair{TB: t, dir: dir}}
	for i := range c.servers {
		name := "n" + strconv.Itoa(i)
		c.servers[i] = &natsServer{config: natsConfig{Name: name, Dir: filepath.Join(dir, name), Port: porttest.Free(t), Route: porttest.Free(t)}}
	}
	for i, s := range c.servers {
		for j, other := range c.servers {
			if i != j {
				w := newWay(t, other.config.Route)
				s.ways = append(s.ways, w)
				s.config.Routes = append(s.config.Routes, w.addr)
			}
		}
		c.startServer(i)
	}
	t.Cleanup(func() {
		for i := range c.servers {
			c.killServer(i)
		}
	})
	nc, err := nats.Connect(strings.Join(c.urls(), ","), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true),
		nats.ReconnectWait(100*time.Millisecond))
	must(t, err)
	t.Cleanup(nc.Close)
	c.js, err = natsjs.New(nc)
	must(t, err)
	c.eventually("the servers take streams", func() bool {
		info, err := c.js.AccountInfo(t.Context())
		return err == nil && info != nil
	})
	c.start(func(int) nodeConfig { return nodeConfig{Origin: clusterOrigin, URLs: c.urls()} })
	return c
}

func (c *cluster) urls() (urls []string) {
	for _, s := range c.servers {
		urls = append(urls, "nats://127.0.0.1:"+strconv.Itoa(s.config.Port))
	}
	return urls
}

func (c *cluster) startServer(i int) {
	s := c.servers[i]
	s.cmd = process(c, "nats", s.config)
	s.cmd.Stderr = os.Stderr
	must(c, s.cmd.Start())
}

// killServer is kill -9.
func (c *cluster) killServer(i int) {
	if cmd := c.servers[i].cmd; cmd != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it says only that it was killed
		c.servers[i].cmd = nil
	}
}

// leader is the number of the server that leads the block stream.
func (c *cluster) leader() (leader int) {
	c.eventually("the block stream has a leader", func() bool {
		s, err := c.js.Stream(c.Context(), natsblocks.StreamName(clusterOrigin))
		if err != nil || s.CachedInfo().Cluster == nil {
			return false
		}
		for i, srv := range c.servers {
			if srv.config.Name == s.CachedInfo().Cluster.Leader {
				leader = i
				return true
			}
		}
		return false
	})
	return leader
}

// partition cuts server i off from the others; its clients still reach it.
func (c *cluster) partition(i int, on bool) {
	for j, s := range c.servers {
		for k, w := range s.ways {
			if j == i || c.target(j, k) == i {
				w.hold(on)
			}
		}
	}
}

// target is the server to which the k-th way of server j leads.
func (c *cluster) target(j, k int) int {
	if k >= j {
		return k + 1
	}
	return k
}

// op is one operation on a stream and what came of it.
type op struct {
	kind string // "append", "append-if" or "read"
	want int64  // append-if: the revision that the stream must have
}

type result struct {
	refused  bool
	revision int64 // after an append; of the stream, when read or refused
}

// streamModel is a stream as its clients must see it: a revision that each append raises.
var streamModel = porcupine.Model{
	Init: func() any { return int64(0) }, // registered
	Step: func(state, input, output any) (bool, any) {
		have, in, out := state.(int64), input.(op), output.(result)
		switch {
		case in.kind == "read":
			return out.revision == have, have
		case out.refused:
			return out.revision == have && in.want != have, have
		case in.kind == "append-if" && in.want != have:
			return false, have
		}
		return out.revision == have+1, have + 1
	},
}

// history is what the writers did and saw.
type history struct {
	mu      sync.Mutex
	streams map[string][]porcupine.Operation
	acked   map[string]receipt // by event id
	acks    []time.Time
	slowest time.Duration
}

func (h *history) add(stream string, writer int, in op, out result, r *receipt, call, end time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.streams[stream] = append(h.streams[stream], porcupine.Operation{
		ClientId: writer, Input: in, Output: out, Call: call.UnixNano(), Return: end.UnixNano()})
	if r != nil {
		h.acked[r.ID] = *r
		h.acks = append(h.acks, end)
		h.slowest = max(h.slowest, end.Sub(call))
	}
}

// longestSilence is the longest time without any acknowledgement since t.
func (h *history) longestSilence(t time.Time) (longest time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.acks {
		if a.After(t) {
			longest = max(longest, a.Sub(t))
			t = a
		}
	}
	return max(longest, time.Since(t))
}

var isAt = regexp.MustCompile(`"revision":(-?[0-9]+)`) // a value of wrong-revision

// act does one operation and records it.
func (c *cluster) act(h *history, writer int, stream string, in op) {
	call := time.Now()
	if in.kind == "read" {
		for {
			status, body, err := c.any().send("GET", "/test/revision/"+stream, nil)
			if err == nil && status == 200 {
				revision, err := strconv.ParseInt(string(body), 10, 64)
				if err != nil {
					c.Errorf("read: %q", body)
				}
				h.add(stream, writer, in, result{revision: revision}, nil, call, time.Now())
				return
			}
			time.Sleep(20 * time.Millisecond)
			call = time.Now() // a read without an answer was none
		}
	}
	f := fact{ID: newID(), Type: "subject-status-recorded", Subject: stream, Data: map[string]any{"production": "normal"}}
	body := f.json()
	if in.kind == "append-if" {
		body = append(body[:len(body)-1], fmt.Sprintf(`,"expectedrevision":%d}`, in.want)...)
	}
	status, answer := c.send(body)
	end := time.Now()
	switch m := isAt.FindSubmatch(answer); {
	case status == 201 || status == 200:
		var r receipts
		if err := json.Unmarshal(answer, &r); err != nil || len(r.Receipts) != 1 || r.Receipts[0].ID != f.ID {
			c.Errorf("append: %s, %v", answer, err)
			return
		}
		h.add(stream, writer, in, result{revision: int64(r.Receipts[0].Revision)}, &r.Receipts[0], call, end)
	case status == 409 && m != nil && in.kind == "append-if":
		revision, _ := strconv.ParseInt(string(m[1]), 10, 64)
		h.add(stream, writer, in, result{refused: true, revision: revision}, nil, call, end)
	default:
		c.Errorf("append: %d %s", status, answer)
	}
}

// load runs the writers on fresh streams until stop is closed and returns what they saw.
func (c *cluster) load(round int, pause time.Duration, stop <-chan struct{}) (h *history, wait func()) {
	h = &history{streams: map[string][]porcupine.Operation{}, acked: map[string]receipt{}}
	var streams []string
	for i := range clusterStreams {
		id := fmt.Sprintf("r%d-%d", round, i)
		if status, answer := c.send(enterprise(id).json()); status != 201 {
			c.Fatalf("register: %d %s", status, answer)
		}
		streams = append(streams, "subject/"+id)
	}
	var writers sync.WaitGroup
	for w := range clusterWriters {
		writers.Go(func() {
			seen := map[string]int64{}
			for {
				select {
				case <-stop:
					return
				case <-time.After(pause/2 + rand.N(pause+1)):
				}
				stream, in := streams[rand.IntN(len(streams))], op{kind: "append"}
				switch rand.IntN(10) {
				case 0, 1:
					in.kind = "read"
				case 2, 3:
					in.kind, in.want = "append-if", seen[stream]
				}
				c.act(h, w, stream, in)
				seen[stream]++ // a guess, sometimes right
			}
		})
	}
	return h, writers.Wait
}

// check holds a round's history to the model and the ledger to what was acknowledged.
func (c *cluster) check(h *history, entries [][]byte) {
	c.Helper()
	at := map[string]int{}
	for i, raw := range entries {
		id := eventID(c, raw)
		if first, twice := at[id]; twice {
			c.Errorf("event %s stands at %d and at %d", id, first, i)
		}
		at[id] = i
	}
	for id, r := range h.acked {
		if index, there := at[id]; !there || uint64(index) != r.Index {
			c.Errorf("event %s was acknowledged at %d and stands at %d (%v)", id, r.Index, index, there)
		}
	}
	operations := 0
	for stream, ops := range h.streams {
		operations += len(ops)
		if r := porcupine.CheckOperationsTimeout(streamModel, ops, time.Minute); r != porcupine.Ok {
			c.Errorf("the history of %s, %d operations: %s", stream, len(ops), r)
		}
	}
	c.Logf("%d operations, %d appends acknowledged, the slowest took %v", operations, len(h.acked), h.slowest.Round(time.Millisecond))
}

// faults does one round to the cluster and tells how long nothing was acknowledged.
func (c *cluster) faults(round int, h *history) {
	step := func(what string, lasts time.Duration, do, undo func()) {
		c.Helper()
		began := time.Now()
		do()
		time.Sleep(lasts)
		undo()
		time.Sleep(2 * time.Second)
		c.Logf("round %d: %s: nothing was acknowledged for %v", round, what, h.longestSilence(began).Round(time.Millisecond))
	}
	leader, victim := c.leader(), round%2
	step(fmt.Sprintf("kill -9 of n%d, the leader", leader), 5*time.Second, func() { c.killServer(leader) }, func() { c.startServer(leader) })
	step(fmt.Sprintf("kill -9 of ledger node %d", victim), time.Second, func() { c.procs[victim].kill() }, func() { c.startNode(victim) })
	cut, what := c.leader(), "the leader"
	if round%2 == 1 {
		cut, what = (cut+1)%3, "a follower"
	}
	step(fmt.Sprintf("n%d, %s, cut off for %v", cut, what, *clusterPartition), *clusterPartition,
		func() { c.partition(cut, true) }, func() { c.partition(cut, false) })
}

// TestNoFaultOfAClusterLosesOrReordersAnything: three NATS servers, two ledger nodes, 64
// writers who use either, and in each round the leader of the stream killed, a ledger node
// killed, and a server cut off. What the writers saw of each stream is one order in time
// (porcupine); what was acknowledged is there, once; both nodes end with the same entries.
func TestNoFaultOfAClusterLosesOrReordersAnything(t *testing.T) {
	if *clusterRounds == 0 && *clusterRate == 0 {
		t.Skip("kills servers and nodes for a minute a round: go test ./test -run TestNoFault -cluster-rounds 1")
	}
	c := startCluster(t)
	if *clusterRate > 0 {
		c.measure(*clusterRate)
	}
	for round := range *clusterRounds {
		stop := make(chan struct{})
		h, wait := c.load(round, 100*time.Millisecond, stop)
		time.Sleep(time.Second)
		c.faults(round, h)
		close(stop)
		wait()
		c.check(h, c.agree())
		if t.Failed() {
			return
		}
	}
}

// measure logs how many appends a second the writers get through one node and through both.
func (c *cluster) measure(d time.Duration) {
	both := c.nodes[1].Load()
	for _, m := range []struct {
		name   string
		second *client
	}{{"one node", c.nodes[0].Load()}, {"two nodes", both}} {
		c.nodes[1].Store(m.second)
		var acked atomic.Int64
		var writers sync.WaitGroup
		end := time.Now().Add(d)
		for range clusterWriters {
			writers.Go(func() {
				for time.Now().Before(end) {
					if status, answer := c.send(enterprise(newID()).json()); status == 201 {
						acked.Add(1)
					} else {
						c.Errorf("append: %d %s", status, answer)
					}
				}
			})
		}
		writers.Wait()
		c.Logf("%d writers through %s: %.0f appends a second", clusterWriters, m.name, float64(acked.Load())/d.Seconds())
	}
	c.nodes[1].Store(both)
}
