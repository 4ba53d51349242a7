// Package double is test support: a server that speaks KurrentDB's wire protocol (services
// Streams and ServerFeatures, the client's own protobuf stubs) on a real socket, keeps its
// streams in memory, and fails when told to. It is a double, not KurrentDB: it knows what
// the adapter in package kurrentdb relies on and nothing of clusters, projections or disks.
//
//	s := double.New(double.Options{})
//	err := s.Start("tcp", "127.0.0.1:0")        // or "unix", path
//	s.Next(double.Pass, double.StoreAndHang)    // the second append from now on
//	s.NextRead(double.Cut)                      // the next read
//	s.Stop(); err = s.Restart()                 // the data are kept
//
// What it does as KurrentDB does (server sources, Streams.Append.cs and IndexWriter.cs):
// an append is stored whole or not at all, after the client has closed its side of the
// call; an expected revision that is too low is answered as success when the events that
// follow it have the ids of the append, all of them, whatever their bytes; an append above
// the cap ends in the middle of the call; a truncated, deleted or scavenged stream is read
// without its missing events and without an error, and keeps its revisions.
package double

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// LargestMaxAppend is the most that the cap may be: a server with more does not start.
const LargestMaxAppend = 16_767_216

// DefaultMaxAppend is KurrentDB's cap on the bytes of one append unless configured.
const DefaultMaxAppend = 1 << 20

// Options is how a server behaves from its start. The zero value is a server without TLS
// and users.
type Options struct {
	TLS                *tls.Config
	Username, Password string // required of every call when set
	MaxAppend          int    // bytes; 0 is DefaultMaxAppend
}

// Event is one event as the server keeps it.
type Event struct {
	ID          uuid.UUID
	Type        string
	ContentType string
	Data        []byte
	Metadata    []byte
	Created     time.Time
	missing     bool // scavenged
}

// stream is one stream: events[r] has revision r.
type stream struct {
	events     []Event
	before     int  // $tb: events below are not delivered
	tombstoned bool // $streamDeleted: gone for good
}

// Server is the double. Its methods may be called from any goroutine.
type Server struct {
	opts Options

	mu               sync.Mutex // guards all below
	grpc             *grpc.Server
	served           chan struct{} // closed when grpc has ended
	network, address string        // of the last Start, with the real port
	streams          map[string]*stream
	leader           *Server // nil: it is the leader itself
	appends          []AppendFault
	reads            []ReadFault
	late             []func() // appends that StoreLate keeps
	delay            time.Duration
	denied           bool
	calls            int
	leaderless       int
}

// New makes a server that does not listen yet.
func New(opts Options) *Server {
	if opts.MaxAppend == 0 {
		opts.MaxAppend = DefaultMaxAppend
	}
	return &Server{opts: opts, streams: map[string]*stream{}}
}

// Start listens on network "tcp" or "unix".
func (s *Server) Start(network, address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.grpc != nil {
		return errors.New("double: it runs already")
	}
	if s.opts.MaxAppend > LargestMaxAppend {
		return fmt.Errorf("double: MaxAppendSize exceeded %d bytes", LargestMaxAppend)
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return fmt.Errorf("double: %w", err)
	}
	var options []grpc.ServerOption
	if s.opts.TLS != nil {
		options = append(options, grpc.Creds(credentials.NewTLS(s.opts.TLS)))
	}
	g, served := grpc.NewServer(options...), make(chan struct{})
	streams.RegisterStreamsServer(g, &streamsService{s: s})
	serverfeatures.RegisterServerFeaturesServer(g, features{})
	s.grpc, s.served, s.network, s.address = g, served, network, l.Addr().String()
	go func() {
		defer close(served)
		_ = g.Serve(l) // ends with Stop, whose caller knows
	}()
	return nil
}

// Stop breaks all connections and closes the listener, as a killed server would. The data
// are kept.
func (s *Server) Stop() {
	s.mu.Lock()
	g, served := s.grpc, s.served
	s.grpc = nil
	s.mu.Unlock()
	if g != nil {
		g.Stop()
		<-served
	}
}

// Restart starts again on the same address.
func (s *Server) Restart() error {
	s.mu.Lock()
	network, address := s.network, s.address
	s.mu.Unlock()
	return s.Start(network, address)
}

// Address is host:port or the socket's path.
func (s *Server) Address() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// URL is the connection string for the adapter.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	scheme, user, query := "kurrentdb://", "", "?tls=false"
	if s.network == "unix" {
		scheme = "kurrentdb+unix://"
	}
	if s.opts.TLS != nil {
		query = "?tls=true"
	}
	if s.opts.Username != "" {
		user = s.opts.Username + ":" + s.opts.Password + "@"
	}
	return scheme + user + s.address + query
}

// Follow makes s a follower of leader, with data of its own that are as old as they are:
// it sends calls that require the leader there, and serves others itself. nil ends it.
func (s *Server) Follow(leader *Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leader = leader
}

// Deny refuses appends for want of access, or stops doing so. The client is cut off while it
// sends.
func (s *Server) Deny(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.denied = on
}

// Slow delays every append and read.
func (s *Server) Slow(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delay = d
}

// Appends is the number of appends received whole so far.
func (s *Server) Appends() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// WithoutLeader is the number of appends and reads that did not require the leader.
func (s *Server) WithoutLeader() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaderless
}

// Events returns what a stream holds, by revision.
func (s *Server) Events(name string) []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event(nil), s.stream(name).events...)
}

// Put appends an event as another client would, without an expected revision.
func (s *Server) Put(name string, e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stream(name)
	e.Created = time.Now()
	st.events = append(st.events, e)
}

// Rewrite changes the event at a revision, as damage on the server's disk would.
func (s *Server) Rewrite(name string, revision uint64, change func(e *Event)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.stream(name).events[revision])
}

// Scavenge removes the event at a revision: reads skip it.
func (s *Server) Scavenge(name string, revision uint64) {
	s.Rewrite(name, revision, func(e *Event) { e.missing = true })
}

// Truncate sets $tb: events below are not delivered any more. Beyond the last event it is
// a soft delete: the stream is not found, and a later append goes on with its revisions.
func (s *Server) Truncate(name string, before uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream(name).before = int(before)
}

// Lose removes all events from a revision on, as a server restored from an old backup.
func (s *Server) Lose(name string, from uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stream(name)
	st.events = st.events[:from]
}

// Tombstone deletes a stream for good.
func (s *Server) Tombstone(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream(name).tombstoned = true
}

// stream returns the stream, made when needed. The caller holds mu.
func (s *Server) stream(name string) *stream {
	st := s.streams[name]
	if st == nil {
		st = &stream{}
		s.streams[name] = st
	}
	return st
}
