package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

const (
	// answerTime is how long a request may go unanswered before it is sent again.
	answerTime = time.Second
	// patience is how long one server may keep everything from going on.
	patience = 2 * time.Second
	// firstPause and longestPause are between two attempts.
	firstPause   = 2 * time.Millisecond
	longestPause = 100 * time.Millisecond
	// freshness is by how much a follower's word may be older than the question; see
	// [Store] about Head. It is far below the least time of an election, and without it
	// every Head just after an append would wait for a heartbeat.
	freshness = 20 * time.Millisecond
	// stepDown is the time in which a leader that was cut off and is back has heard of the
	// one elected meanwhile. Until then it hears from the others and still calls itself
	// leader, so Head believes one only when it still leads that much later.
	stepDown = 100 * time.Millisecond
	// heartbeats is the time in which a leader hears from its followers on a quiet stream.
	heartbeats = 2500 * time.Millisecond
)

// attempts calls try until it says that it is done, pausing between two attempts, at most
// the configured timeout long. What ended it otherwise is returned with try's last error.
func (c *Store) attempts(ctx context.Context, try func(context.Context) (done bool, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		done, err := try(ctx)
		if done {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-c.closed:
			return errors.Join(errors.New("the store is closed"), err)
		}
	}
}

// progressed and stalled judge the server of this connection. One that reaches no others
// keeps its clients and answers what needs no others, from what it last knew: so only an
// append that was decided and a head that was confirmed count as progress, and after
// patience without any another server is tried.
func (c *Store) progressed() { c.silent.Store(0) }

func (c *Store) stalled(since time.Time) {
	c.silent.CompareAndSwap(0, since.UnixNano())
	silent := c.silent.Load()
	if silent == 0 || time.Since(time.Unix(0, silent)) < patience || !c.silent.CompareAndSwap(silent, time.Now().UnixNano()) {
		return
	}
	c.cfg.Logger.Warn("block store: no progress, trying another server", "server", c.nc.ConnectedServerName())
	_ = c.nc.ForceReconnect() // fails only on a closed connection
}

// once sends one request and decodes the answer. What JetStream answers in a state that
// passes, such as an election, is an error like no answer at all.
func (c *Store) once(ctx context.Context, subject string, request []byte, answer interface{ failure() *jetstream.APIError }) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	start := time.Now()
	reply, err := c.nc.RequestWithContext(ctx, subject, request)
	if err != nil {
		c.stalled(start)
		return err
	}
	if err := json.Unmarshal(reply.Data, answer); err != nil {
		return err
	}
	if e := answer.failure(); e != nil {
		switch e.Code {
		case jetstream.CodeNotAvailable, jetstream.CodeNotLeader, jetstream.CodeStreamOffline:
			c.stalled(start)
			return e
		}
	}
	return nil
}

// streamInfo is the stream's state as its leader sees it.
type streamInfo struct {
	Failure *jetstream.APIError `json:"error"`
	natsjs.StreamInfo
}

func (i *streamInfo) failure() *jetstream.APIError { return i.Failure }

func (i *streamInfo) replicas() []*natsjs.PeerInfo {
	if i.Cluster == nil {
		return nil
	}
	return i.Cluster.Replicas
}

// confirmed reports whether a majority, the leader included, stood by the leader within
// the last window before it answered.
func (i *streamInfo) confirmed(window time.Duration) bool {
	if i.Config.Replicas == 1 {
		return true
	}
	if i.Cluster == nil || i.Cluster.Leader == "" {
		return false
	}
	heard := 1
	for _, r := range i.replicas() {
		if !r.Pending && r.Active > 0 && r.Active <= window {
			heard++
		}
	}
	return heard > i.Config.Replicas/2
}

// info returns one answer, whoever gives it. No stream is jetstream.ErrNoStream.
func (c *Store) info(ctx context.Context) (info *streamInfo, err error) {
	err = c.attempts(ctx, func(ctx context.Context) (bool, error) {
		info = new(streamInfo)
		if err := c.once(ctx, "$JS.API.STREAM.INFO."+c.cfg.Stream, nil, info); err != nil {
			return false, err
		}
		switch {
		case info.Failure == nil:
			return true, nil
		case info.Failure.Code == jetstream.CodeStreamNotFound:
			return true, fmt.Errorf("%w: %s", jetstream.ErrNoStream, c.cfg.Stream)
		}
		return true, info.Failure
	})
	if err != nil {
		return nil, fmt.Errorf("jetstream: stream info: %w", err)
	}
	return info, nil
}

// Head implements store.Store; see [Store] for how it is made sure.
func (c *Store) Head(ctx context.Context) (head uint64, err error) {
	start, known := time.Now(), c.known.Load()
	var term term
	var since time.Time // the same leader has been confirmed since then
	err = c.attempts(ctx, func(ctx context.Context) (bool, error) {
		asked := time.Now()
		info, err := c.info(ctx)
		if err != nil {
			return true, err
		}
		head = info.State.LastSeq
		switch {
		case !info.confirmed(asked.Sub(start) + freshness):
			if time.Since(start) > heartbeats { // before, the stream is merely quiet
				c.stalled(start)
			}
			return false, errors.New("no majority confirms the leader")
		case info.Config.Replicas > 1 && info.term() != term:
			term, since = info.term(), time.Now()
			return false, errors.New("the leader is to be seen leading once more")
		case info.Config.Replicas > 1 && time.Since(since) < stepDown:
			return false, errors.New("the leader is to be seen leading a little longer")
		case head < known:
			return false, &store.DamageError{Block: head + 1, Reason: fmt.Sprintf("the stream ends with block %d, block %d had been stored", head,
				known)}
		}
		c.progressed()
		return true, nil
	})
	if err != nil {
		return 0, fmt.Errorf("jetstream: head: %w", err)
	}
	c.learn(head)
	return head, nil
}

// term is one leader's time as such: who led, lost it and was elected again leads anew.
type term struct {
	leader string
	began  time.Time // zero when the server does not say
}

func (i *streamInfo) term() term {
	if i.Cluster == nil {
		return term{}
	}
	r := term{leader: i.Cluster.Leader}
	if i.Cluster.LeaderSince != nil {
		r.began = i.Cluster.LeaderSince.UTC()
	}
	return r
}
