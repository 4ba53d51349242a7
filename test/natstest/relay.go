package natstest

import (
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// relay passes connections on to a port of loopback.
type relay struct {
	addr   string // where it listens
	target string
	listen net.Listener
	delay  atomic.Int64 // ns added to each stretch of bytes

	mu     sync.Mutex
	held   chan struct{} // closed while bytes may pass
	isOpen bool          // held is closed
	conns  map[net.Conn]struct{}
	closed bool
}

func newRelay(tb testing.TB, port int) *relay {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &relay{
		addr: l.Addr().String(), target: "127.0.0.1:" + strconv.Itoa(port), listen: l,
		held: make(chan struct{}), isOpen: true, conns: map[net.Conn]struct{}{},
	}
	close(r.held)
	go r.accept()
	return r
}

func (r *relay) accept() {
	for {
		from, err := r.listen.Accept()
		if err != nil {
			return // closed
		}
		if r.keep(from) {
			go r.serve(from)
		}
	}
}

// keep notes a connection so that it can be cut; a closed relay closes it at once.
func (r *relay) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		conn.Close()
		return false
	}
	r.conns[conn] = struct{}{}
	return true
}

func (r *relay) drop(conn net.Conn) {
	conn.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, conn)
}

func (r *relay) serve(from net.Conn) {
	defer r.drop(from)
	r.wait()
	to, err := net.Dial("tcp", r.target)
	if err != nil || !r.keep(to) {
		return
	}
	defer r.drop(to)
	done := make(chan struct{}, 2)
	go r.pass(to, from, done)
	go r.pass(from, to, done)
	<-done // one direction's end ends both, as a reset does
}

// pass copies bytes, each stretch when it may pass.
func (r *relay) pass(to, from net.Conn, done chan<- struct{}) {
	defer func() { done <- struct{}{} }()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		r.wait()
		if d := time.Duration(r.delay.Load()); d > 0 {
			time.Sleep(d)
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// wait returns when bytes may pass.
func (r *relay) wait() {
	r.mu.Lock()
	held := r.held
	r.mu.Unlock()
	<-held
}

func (r *relay) hold(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case on && r.isOpen:
		r.held, r.isOpen = make(chan struct{}), false
	case !on && !r.isOpen:
		close(r.held)
		r.isOpen = true
	}
}

func (r *relay) isHeld() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.isOpen
}

// cut closes every connection.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for conn := range r.conns {
		conn.Close()
	}
}

func (r *relay) close() {
	r.listen.Close()
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.cut()
	r.hold(false)
}
