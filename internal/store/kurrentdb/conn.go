package kurrentdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

const (
	// leastPause and mostPause bound the wait before a client is made in place of a dead one.
	leastPause = 20 * time.Millisecond
	mostPause  = 2 * time.Second
	// grace is how long a call may take to notice that its context has ended.
	grace = 200 * time.Millisecond
)

// errUnreachable wraps that no request was sent, because there is no connection.
var errUnreachable = errors.New("kurrentdb: the server cannot be reached")

// connection is the client, whichever lives now. What the client of version 4.2.0 needs to
// be guarded against:
//
//   - After one failed discovery it is dead for good, and whoever waits for the same
//     discovery waits for ever. So discoveries are made one at a time, by ready, and a dead
//     client is replaced.
//   - When a node becomes unavailable it leaks the connection it had. So it is replaced then.
//   - It does not look at the context before it has a connection. So calls run in goroutines
//     of their own, and are left behind when the context ends.
//   - It panics on messages and trailers that it does not know. So those goroutines recover.
//   - It puts the header requires-leader where nobody sends it. So call does.
//   - Its errors are sometimes its own, sometimes wrapped, sometimes plain ones of gRPC. So
//     they are looked at by errorCode and status.Code.
//
// Its methods may be called from any goroutine.
type connection struct {
	conf *esdb.Configuration
	life context.Context // ends with close
	end  context.CancelFunc
	turn chan struct{} // holds one token: who has it may discover

	mu      sync.Mutex
	current *session      // nil: the next use makes one; guarded by mu
	pause   time.Duration // before the next one; guarded by mu
	next    time.Time     // when it may be made; guarded by mu
}

// session is one client. Its fields are guarded by connection.mu.
type session struct {
	client  *esdb.Client
	ready   bool // has discovered a node and was not told of another since
	calls   int  // that hold it
	retired bool // is closed when calls is 0
}

// close may be called again. The client's Close returns no error, whatever its type says.
func (s *session) close() { _ = s.client.Close() }

func newConnection(conf *esdb.Configuration) *connection {
	c := &connection{conf: conf, turn: make(chan struct{}, 1)}
	c.life, c.end = context.WithCancel(context.Background())
	c.turn <- struct{}{}
	return c
}

// close ends the calls in flight; the client is closed behind the last of them.
func (c *connection) close() {
	c.end()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.retire(c.current)
}

// closed reports whether close was called.
func (c *connection) closed() bool { return c.life.Err() != nil }

// call makes one request with the client, once there is a connection. An error that wraps
// errUnreachable says that none was sent. The client's answer decides whether the session
// lives on. f must not touch what its caller owns after call has returned: it may still run.
func (c *connection) call(ctx context.Context, f func(ctx context.Context, client *esdb.Client) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(c.life, func() { cancel(errClosed) })()
	switch {
	case c.life.Err() != nil:
		return fmt.Errorf("%w: %w", errUnreachable, errClosed)
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", errUnreachable, context.Cause(ctx))
	}
	s, err := c.ready(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnreachable, err)
	}
	defer c.release(s)
	ctx = metadata.AppendToOutgoingContext(ctx, "requires-leader", "true")
	err, returned := c.guard(ctx, s, func() error { return f(ctx, s.client) })
	c.judge(s, err, returned)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// judge decides whether a session lives on after a call.
func (c *connection) judge(s *session, err error, returned bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !returned: // the client waits for itself: only closing it ends that
		c.retire(s)
		s.close()
	case errorCode(err) == esdb.ErrorCodeNotLeader: // the client connects to the leader it was told of
		s.ready = false
	case broken(err):
		c.retire(s)
	}
}

// ready returns a session that is connected, and holds it. It goes on trying until ctx ends.
func (c *connection) ready(ctx context.Context) (*session, error) {
	last := errors.New("another call is still connecting")
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", context.Cause(ctx), last)
		case <-c.turn:
		}
		s, err := c.discover(ctx)
		c.turn <- struct{}{}
		if err == nil {
			return s, nil
		}
		if ctx.Err() == nil {
			last = err
		}
	}
}

// discover returns the current session, or makes one and connects it, and holds it. The
// caller has the turn.
func (c *connection) discover(ctx context.Context) (*session, error) {
	s, ready, err := c.session(ctx)
	if err != nil || ready {
		return s, err
	}
	err, returned := c.guard(ctx, s, func() error { _, err := s.client.GetServerVersion(); return err })
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || !returned {
		c.retire(s)
		c.pause = min(max(2*c.pause, leastPause), mostPause)
		c.next = time.Now().Add(c.pause)
		return nil, err
	}
	s.ready, c.pause = true, 0
	s.calls++
	return s, nil
}

// session returns the current session, held if it is ready, or, after the pause, a new one.
// The caller has the turn.
func (c *connection) session(ctx context.Context) (s *session, ready bool, err error) {
	c.mu.Lock()
	wait := time.Until(c.next)
	if s = c.current; s != nil && s.ready {
		ready = true
		s.calls++
	}
	c.mu.Unlock()
	if s != nil {
		return s, ready, nil
	}
	if err := sleep(ctx, wait); err != nil {
		return nil, false, err
	}
	client, err := esdb.NewClient(c.conf)
	if err != nil {
		return nil, false, err
	}
	s = &session{client: client}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.life.Err() != nil {
		c.retire(s)
		return nil, false, errClosed
	}
	c.current = s
	return s, false, nil
}

// sleep waits for d, at most until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// guard runs f in a goroutine, which holds the session. returned is false when f went on after ctx had ended.
func (c *connection) guard(ctx context.Context, s *session, f func() error) (err error, returned bool) {
	c.mu.Lock()
	s.calls++
	c.mu.Unlock()
	result := make(chan error, 1)
	go func() {
		defer c.release(s)
		defer func() {
			if p := recover(); p != nil {
				result <- fmt.Errorf("%w: %v", errPanicked, p)
			}
		}()
		result <- f()
	}()
	select {
	case err := <-result:
		return err, true
	case <-ctx.Done():
	}
	select {
	case err := <-result:
		return err, true
	case <-time.After(grace):
		return fmt.Errorf("kurrentdb: %w", context.Cause(ctx)), false
	}
}

// release lets go of a session.
func (c *connection) release(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.calls--
	if s.retired && s.calls == 0 {
		s.close()
	}
}

// retire takes a session out of use. The caller holds mu.
func (c *connection) retire(s *session) {
	if s == nil || s.retired {
		return
	}
	s.retired = true
	if c.current == s {
		c.current = nil
	}
	if s.calls == 0 {
		s.close()
	}
}

// errPanicked wraps a panic of the client.
var errPanicked = errors.New("kurrentdb: the client panicked")

// errorCode is the client's code for err, ErrorCodeUnknown when it has none. The client's
// FromError does not see wrapped errors.
func errorCode(err error) esdb.ErrorCode {
	var e *esdb.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return esdb.ErrorCodeUnknown
}

// broken reports whether a client that gave err must be replaced.
func broken(err error) bool {
	code := errorCode(err)
	return code == esdb.ErrorUnavailable || status.Code(err) == codes.Unavailable || code == esdb.ErrorCodeConnectionClosed ||
		errors.Is(err, errPanicked)
}

// passing reports whether a request that changes nothing should be made again after err.
func passing(err error) bool {
	return broken(err) && !errors.Is(err, errPanicked) || errorCode(err) == esdb.ErrorCodeNotLeader ||
		errorCode(err) == esdb.ErrorAborted || status.Code(err) == codes.Canceled
}
