package test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/clock"
)

// nodePair is two ledger nodes on one store, each a process of its own.
type nodePair struct {
	testing.TB
	dir    string
	config func(i int) nodeConfig    // of a node, without its directory
	nodes  [2]atomic.Pointer[client] // with a token; replaced when a node starts again
	procs  [2]*server
}

// start begins a ledger by one node, and has the other join it.
func (p *nodePair) start(config func(i int) nodeConfig) {
	p.config = config
	p.startNode(0)
	must(p, os.MkdirAll(filepath.Join(p.dirOf(1), "keys"), 0o700))
	key, err := os.ReadFile(filepath.Join(p.dirOf(0), "keys", "checkpoint.key"))
	must(p, err)
	must(p, os.WriteFile(filepath.Join(p.dirOf(1), "keys", "checkpoint.key"), key, 0o600))
	p.startNode(1)
}

func (p *nodePair) dirOf(i int) string { return filepath.Join(p.dir, "node"+strconv.Itoa(i)) }

func (p *nodePair) startNode(i int) {
	c := p.config(i)
	c.Dir = p.dirOf(i)
	s := begin(p, c.Dir, process(p, "node", c))
	p.procs[i] = s
	office := p.as(s, "supervision-office")
	office.http.Timeout = 10 * time.Second
	p.nodes[i].Store(office)
}

func (p *nodePair) eventually(what string, so func() bool) {
	p.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.Fatalf("after a minute it is still not so that %s", what)
		}
	}
}

// as returns a client of a node with a token of its own: of a role, and of whom a query behind it names.
func (p *nodePair) as(s *server, role string) (with *client) {
	p.Helper()
	p.eventually("a token is issued", func() bool {
		status, token := s.client("").do("GET", "/test/token/"+role, nil)
		with = s.client(string(token))
		return status == 200
	})
	return with
}

// any is one of the nodes, by chance.
func (p *nodePair) any() *client { return p.nodes[rand.IntN(2)].Load() }

// send appends one event, at whichever node, until an answer settles it.
func (p *nodePair) send(body []byte) (status int, answer []byte) {
	for {
		status, answer, err := p.any().with("Content-Type", oneEvent).send("POST", "/v1/events", body)
		if err == nil && status != 429 && status < 500 {
			return status, answer
		}
		time.Sleep(20 * time.Millisecond) // the same bytes again: the id makes it safe
	}
}

// agree waits until both nodes have everything and returns the entries, which are the same.
func (p *nodePair) agree() [][]byte {
	p.Helper()
	var logs [2]logInfo
	var all [2][][]byte
	var readers [2]*client
	for i, s := range p.procs { // the issues of tokens are entries
		readers[i] = p.as(s, "discipline-commission")
	}
	for i, s := range p.procs {
		if status, body := p.nodes[i].Load().do("GET", "/test/revision/subject/none", nil); status != 200 {
			p.Fatalf("node %d: %d %s", i, status, body)
		}
		logs[i] = s.logInfo()
		all[i] = replayAll(p, readers[i])
	}
	if logs[0] != logs[1] {
		p.Errorf("the nodes differ: %+v and %+v", logs[0], logs[1])
	}
	if !bytes.Equal(bytes.Join(all[0], nil), bytes.Join(all[1], nil)) {
		p.Error("the nodes have different entries")
	}
	return all[0]
}

// hands are the clock of a node: that of this machine, and the time that a test lets pass, which stands in a file for all of a
// ledger's nodes at once, as nanoseconds. So nothing that they know of each other's clocks changes while a day passes.
type hands struct {
	file  string
	ahead atomic.Int64 // by so much this clock alone is set
}

func (h *hands) sources() clock.Sources {
	if h.file == "" {
		return clock.Sources{}
	}
	began := time.Now()
	return clock.Sources{
		Read: func() (time.Time, time.Duration) {
			now, passed := time.Now(), passedBy(h.file)
			return now.Add(passed + time.Duration(h.ahead.Load())), now.Sub(began) + passed
		},
		Synchronised: func() bool { return false },
	}
}

// passedBy is the time that a file says has passed.
func passedBy(file string) time.Duration {
	b, err := os.ReadFile(file)
	if err != nil || len(b) != 8 {
		panic(file + " does not tell the time") // a defect of the test
	}
	return time.Duration(binary.NativeEndian.Uint64(b))
}

// letPass has a file say that so much time has passed; it is there whole, for whoever reads it at any time.
func letPass(t testing.TB, file string, passed time.Duration) {
	t.Helper()
	must(t, os.WriteFile(file+".new", binary.NativeEndian.AppendUint64(nil, uint64(passed)), 0o600))
	must(t, os.Rename(file+".new", file))
}
