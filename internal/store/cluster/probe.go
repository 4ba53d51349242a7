package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

// probeTime bounds one probe: a message that the user may not publish gets no answer at all.
const probeTime = 2 * time.Second

// Probe implements store.Prober: it publishes an empty message behind a fence that cannot hold.
func (c *Store) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	reply, err := c.nc.RequestMsgWithContext(ctx, &nats.Msg{Subject: c.subject, Header: nats.Header{
		nats.ExpectedLastSeqHdr: {strconv.FormatUint(math.MaxInt64, 10)},
	}})
	if err != nil {
		return c.denied() // or there is no answer to go by
	}
	var a jetstream.Ack
	if err := json.Unmarshal(reply.Data, &a); err == nil && a.Error == nil {
		return errors.New("jetstream: the stream took a message that it must refuse")
	}
	return nil
}

// denied returns a *store.RefusedError when the server's last word was that this user may not publish
// to the stream's subject; else nil.
func (c *Store) denied() error {
	err := c.nc.LastError()
	if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), `"`+c.subject+`"`) {
		return nil
	}
	return &store.RefusedError{Cause: err,
		Says: fmt.Sprintf("the servers let this user not publish to %s, the subject of stream %s: add it to publish.allow of its permissions",
			c.subject, c.cfg.Stream)}
}

// gone returns a *store.RefusedError when the servers answer that the stream is not there any more.
func (c *Store) gone(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	_, err := c.info(ctx)
	if !errors.Is(err, jetstream.ErrNoStream) {
		return nil
	}
	return &store.RefusedError{Cause: err,
		Says: fmt.Sprintf("stream %s is not there any more: a new one has to get the blocks of a journal, see anjian repair", c.cfg.Stream)}
}
