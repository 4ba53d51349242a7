package cluster

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

const (
	// firstWindow and longestWindow bound the blocks that are asked for at a time.
	firstWindow   = 4
	longestWindow = 64
	// windowBytes is what they may have together in memory, going by the last ones.
	windowBytes = 8 << 20
	// pollEvery is how often Watch looks for itself.
	pollEvery = time.Second
)

// Read implements store.Store.
func (c *Store) Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	// What any leader has is stored; only that something is not there must be made sure.
	bound := func(ctx context.Context) (uint64, error) {
		info, err := c.info(ctx)
		switch {
		case err != nil:
			return 0, err
		case info.State.LastSeq >= to:
			return info.State.LastSeq, nil
		}
		return c.Head(ctx)
	}
	return jetstream.ReadAll(ctx, from, to, c.fetch, bound, fn)
}

// fetch returns at least one and at most n blocks from number on.
func (c *Store) fetch(ctx context.Context, number, n uint64) ([][]byte, error) {
	n = min(n, uint64(c.window.Load()))
	blocks, errs := make([][]byte, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { blocks[i], errs[i] = c.get(ctx, number+i) })
	}
	wg.Wait()
	largest := 1
	for i, err := range errs {
		if err != nil && i == 0 {
			return nil, err
		}
		if err != nil {
			blocks = blocks[:i] // the next fetch begins with it and reports it
			break
		}
		largest = max(largest, len(blocks[i]))
	}
	c.window.Store(int64(min(max(windowBytes/largest, 1), longestWindow)))
	return blocks, nil
}

// gotMessage is the answer to a request for one message.
type gotMessage struct {
	Failure *jetstream.APIError `json:"error"`
	Message struct {
		Subject string `json:"subject"`
		Seq     uint64 `json:"seq"`
		Header  []byte `json:"hdrs"`
		Data    []byte `json:"data"`
	} `json:"message"`
}

func (m *gotMessage) failure() *jetstream.APIError { return m.Failure }

// get asks the stream's leader for one block that is known to be stored.
func (c *Store) get(ctx context.Context, number uint64) (raw []byte, err error) {
	request := fmt.Appendf(nil, `{"seq":%d}`, number)
	err = c.attempts(ctx, func(ctx context.Context) (bool, error) {
		var m gotMessage
		if err := c.once(ctx, "$JS.API.STREAM.MSG.GET."+c.cfg.Stream, request, &m); err != nil {
			return false, err
		}
		if m.Failure != nil {
			return c.missing(ctx, number, m.Failure)
		}
		raw = m.Message.Data
		id, err := messageID(m.Message.Header)
		if err != nil || m.Message.Seq != number {
			return true, &store.DamageError{Block: number, Reason: fmt.Sprintf("the leader gives message %d with headers %q", m.Message.Seq,
				m.Message.Header)}
		}
		return true, jetstream.CheckContent(number, c.subject, m.Message.Subject, id, raw)
	})
	if err != nil {
		return nil, fmt.Errorf("jetstream: read block %d: %w", number, err)
	}
	c.learn(number)
	return raw, nil
}

// missing decides what it means that a server does not have a block: a hole when its own
// last block is not before it; otherwise the server is behind and no leader for long.
func (c *Store) missing(ctx context.Context, number uint64, failure *jetstream.APIError) (done bool, err error) {
	if failure.Code != jetstream.CodeNoMessage {
		return failure.Code != jetstream.CodeStreamNotFound, failure
	}
	info, err := c.info(ctx)
	switch {
	case err != nil:
		return true, err
	case info.State.LastSeq < number:
		return false, fmt.Errorf("the leader's last block is %d", info.State.LastSeq)
	}
	return true, &store.DamageError{Block: number,
		Reason: fmt.Sprintf("the leader %s does not have it, though it has block %d", info.leader(), info.State.LastSeq), Remedy: remedyHole}
}

func (i *streamInfo) leader() string {
	if i.Cluster == nil {
		return ""
	}
	return i.Cluster.Leader
}

// messageID takes the block's id from a stored message's headers.
func messageID(header []byte) (string, error) {
	_, fields, found := bytes.Cut(header, []byte("\r\n"))
	if !found {
		return "", errors.New("no headers")
	}
	h, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(fields))).ReadMIMEHeader()
	return h.Get(nats.MsgIdHdr), err
}

// Watch implements store.Watcher. Nodes tell each other about new heads by a message that
// is not stored; whoever is told asks the stream. Once a second it asks anyway.
func (c *Store) Watch(ctx context.Context, after uint64) (<-chan uint64, error) {
	notices := make(chan *nats.Msg, 16)
	sub, err := c.nc.ChanSubscribe(c.notice, notices)
	if err != nil {
		return nil, fmt.Errorf("jetstream: watch: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	heads := make(chan uint64)
	go func() {
		defer close(heads)
		defer cancel()
		defer func() { _ = sub.Unsubscribe() }() // it fails only on a closed connection
		c.watch(ctx, after, notices, heads)
	}()
	return heads, nil
}

func (c *Store) watch(ctx context.Context, after uint64, notices <-chan *nats.Msg, heads chan<- uint64) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	var info streamInfo
	for newest := uint64(0); ; {
		// A poll that fails is followed by the next one.
		if info = (streamInfo{}); c.once(ctx, "$JS.API.STREAM.INFO."+c.cfg.Stream, nil, &info) == nil && info.Failure == nil {
			newest = max(newest, info.State.LastSeq)
		}
		var out chan<- uint64 // nil, which never receives, when there is nothing to tell
		if newest > after {
			out = heads
		}
		select {
		case out <- newest:
			after = newest
		case <-notices:
		case <-poll.C:
		case <-ctx.Done():
			return
		case <-c.closed:
			return
		}
		for len(notices) > 0 {
			<-notices
		}
	}
}
