// Package natstest runs a cluster of NATS servers with JetStream inside a test's process and
// does to it what machines and networks do: a server dies, stands still, is slow, or is cut
// off from the others while its clients still reach it.
//
// Every connection, of clients and between servers, passes a relay of its own on loopback:
//
//	client ── relay(client,i) ──▶ server i ── relay(i,j) ──▶ server j
//
// A relay that is held keeps the connection open and delivers nothing until it is released,
// as a network does that drops packets which are sent again later. Servers fsync every
// message before they acknowledge it (SyncAlways), as a ledger's servers must.
package natstest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/test/porttest"
)

// MaxPayload is the servers' max_payload, in bytes.
const MaxPayload = 8 << 20

// startPatience bounds the wait for a cluster to have a leader.
const startPatience = 60 * time.Second

// Cluster is a running cluster. Its methods are called by the test's goroutine.
type Cluster struct {
	tb      testing.TB
	change  func(*server.Options)
	nodes   []*node
	links   [][]*relay // links[i][j]: server i's route to server j; nil when i == j
	clients []*relay   // clients[i]: clients' way to server i
}

type node struct {
	dir         string
	port, route int            // loopback ports of the server itself
	srv         *server.Server // nil while it is down
	log         *log
}

// Start runs n servers and waits until they agree on a leader. change, which may be nil,
// adjusts each server's options before it starts. The test's end stops everything.
func Start(tb testing.TB, n int, change func(*server.Options)) *Cluster {
	tb.Helper()
	c := &Cluster{tb: tb, change: change}
	tb.Cleanup(c.shutdown)
	dir, err := os.MkdirTemp("", "natstest-")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) }) // a server that was killed may still write
	tb.Cleanup(c.tell)
	for i := range n {
		c.nodes = append(c.nodes, &node{
			dir: fmt.Sprintf("%s/n%d", dir, i), port: porttest.Free(tb), route: porttest.Free(tb), log: new(log),
		})
		c.clients = append(c.clients, newRelay(tb, c.nodes[i].port))
	}
	for i := range n {
		row := make([]*relay, n)
		for j := range n {
			if i != j {
				row[j] = newRelay(tb, c.nodes[j].route)
			}
		}
		c.links = append(c.links, row)
	}
	for i := range n {
		c.start(i)
	}
	c.WaitReady()
	return c
}

func (c *Cluster) options(i int) *server.Options {
	n := c.nodes[i]
	o := &server.Options{
		ServerName: "n" + strconv.Itoa(i),
		Host:       "127.0.0.1",
		Port:       n.port,
		NoSigs:     true,
		NoLog:      true,
		JetStream:  true,
		StoreDir:   n.dir,
		SyncAlways: true,
		MaxPayload: MaxPayload,
	}
	if len(c.nodes) > 1 {
		o.Cluster = server.ClusterOpts{
			Name: "natstest", Host: "127.0.0.1", Port: n.route,
			NoAdvertise: true, // clients learn no address that passes no relay
			Advertise:   "127.0.0.1:1",
		}
		for j, link := range c.links[i] {
			if j != i {
				o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: link.addr})
			}
		}
	}
	if c.change != nil {
		c.change(o)
	}
	return o
}

func (c *Cluster) start(i int) {
	c.tb.Helper()
	srv, err := server.NewServer(c.options(i))
	if err != nil {
		c.tb.Fatal(err)
	}
	srv.SetLogger(c.nodes[i].log, false, false)
	c.nodes[i].srv = srv
	go srv.Start()
}

// WaitReady waits until every running server takes part in JetStream.
func (c *Cluster) WaitReady() {
	c.tb.Helper()
	Eventually(c.tb, startPatience, "the cluster is ready", func() bool {
		leaders := 0
		for i, n := range c.nodes {
			if why := n.log.fatal(); why != "" {
				c.tb.Fatalf("server %d does not start: %s", i, why)
			}
			switch {
			case n.srv == nil:
				continue
			case !n.srv.ReadyForConnections(time.Millisecond) || !n.srv.JetStreamEnabled():
				return false
			case len(c.nodes) > 1 && !n.srv.JetStreamIsCurrent():
				return false
			case n.srv.JetStreamIsLeader():
				leaders++
			}
		}
		return leaders == 1 || len(c.nodes) == 1
	})
}

// URLs are the addresses for clients, one per server, through the relays.
func (c *Cluster) URLs() []string {
	var urls []string
	for _, r := range c.clients {
		urls = append(urls, "nats://"+r.addr)
	}
	return urls
}

// Server is server i, nil while it is down. The test may look at it; to stop it, use Kill.
func (c *Cluster) Server(i int) *server.Server { return c.nodes[i].srv }

// Leader is the number of the server that leads a stream of the global account, of those
// that run and are not cut off; -1 when there is none.
func (c *Cluster) Leader(stream string) int {
	for i, n := range c.nodes {
		if n.srv != nil && !c.clients[i].isHeld() && n.srv.JetStreamIsStreamLeader(server.DEFAULT_GLOBAL_ACCOUNT, stream) {
			return i
		}
	}
	return -1
}

// WaitLeader waits for a leader of the stream and returns its number.
func (c *Cluster) WaitLeader(stream string) int {
	c.tb.Helper()
	leader := -1
	Eventually(c.tb, startPatience, "stream "+stream+" has a leader", func() bool {
		leader = c.Leader(stream)
		return leader >= 0
	})
	return leader
}

// Stream returns the stream of that name. Right after it was made or has elected, a request for it may stay without an answer: it is
// sent again, as the product does.
func Stream(tb testing.TB, js natsjs.JetStream, name string) (stream natsjs.Stream) {
	tb.Helper()
	Eventually(tb, startPatience, "stream "+name+" answers", func() bool {
		ctx, cancel := context.WithTimeout(tb.Context(), time.Second)
		defer cancel()
		s, err := js.Stream(ctx, name)
		if err == nil {
			stream = s
		}
		return err == nil
	})
	return stream
}

// around calls fn with every relay between server i and the others.
func (c *Cluster) around(i int, fn func(*relay)) {
	for j := range c.nodes {
		if j != i {
			fn(c.links[i][j])
			fn(c.links[j][i])
		}
	}
}

// Partition cuts server i off from the others until Heal. Clients still reach it.
func (c *Cluster) Partition(i int) { c.around(i, func(r *relay) { r.hold(true) }) }

// Heal ends a Partition or a Freeze: what was underway is delivered, late.
func (c *Cluster) Heal(i int) {
	c.around(i, func(r *relay) { r.hold(false) })
	c.clients[i].hold(false)
}

// Freeze makes server i stand still for everyone, as a stopped process does, until Heal.
func (c *Cluster) Freeze(i int) {
	c.clients[i].hold(true)
	c.Partition(i)
}

// Slow makes everything to and from server i take d longer; 0 ends that.
func (c *Cluster) Slow(i int, d time.Duration) {
	c.around(i, func(r *relay) { r.delay.Store(int64(d)) })
	c.clients[i].delay.Store(int64(d))
}

// Kill ends server i without a word to anybody: its connections are cut before it stops.
// What it had acknowledged is in its files.
func (c *Cluster) Kill(i int) {
	c.Freeze(i)
	cut := func(r *relay) { r.cut() }
	c.around(i, cut)
	cut(c.clients[i])
	c.stop(i)
	c.Heal(i)
}

// stop shuts a server down and waits for its files to be closed.
func (c *Cluster) stop(i int) {
	if srv := c.nodes[i].srv; srv != nil {
		srv.Shutdown()
		srv.WaitForShutdown()
		c.nodes[i].srv = nil
	}
}

// Restart starts a killed server again on its files.
func (c *Cluster) Restart(i int) {
	c.tb.Helper()
	c.start(i)
}

// Dir is the directory of server i's files.
func (c *Cluster) Dir(i int) string { return c.nodes[i].dir }

// Connect makes a connection through the relays, trying the servers in the order of seq,
// or in any when none is given. The test's end closes it.
func (c *Cluster) Connect(seq ...int) *nats.Conn {
	c.tb.Helper()
	urls := c.URLs()
	options := []nats.Option{nats.MaxReconnects(-1), nats.ReconnectWait(50 * time.Millisecond)}
	if len(seq) > 0 {
		urls = nil
		for _, i := range seq {
			urls = append(urls, "nats://"+c.clients[i].addr)
		}
		options = append(options, nats.DontRandomize())
	}
	options = append(options, func(o *nats.Options) error { o.Servers = urls; return nil })
	nc, err := nats.Connect("", options...)
	if err != nil {
		c.tb.Fatal(err)
	}
	c.tb.Cleanup(nc.Close)
	return nc
}

// JetStream is a new connection's JetStream.
func (c *Cluster) JetStream() natsjs.JetStream {
	c.tb.Helper()
	js, err := natsjs.New(c.Connect())
	if err != nil {
		c.tb.Fatal(err)
	}
	return js
}

// tell shows what the servers said, when the test failed.
func (c *Cluster) tell() {
	for i, n := range c.nodes {
		if c.tb.Failed() {
			c.tb.Logf("server %d said last:\n%s", i, n.log)
		}
	}
}

// shutdown ends everything at the test's end.
func (c *Cluster) shutdown() {
	for _, n := range c.nodes { // all at once: the last ones would look for the others
		if n.srv != nil {
			n.srv.Shutdown()
		}
	}
	for i := range c.nodes {
		c.stop(i)
	}
	for i, r := range c.clients {
		r.close()
		for _, link := range c.links[i] {
			if link != nil {
				link.close()
			}
		}
	}
}

// Eventually waits until what is so, and fails the test when it never is.
func Eventually(tb testing.TB, patience time.Duration, what string, so func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("after %v it is still not so that %s", patience, what)
		}
	}
}
