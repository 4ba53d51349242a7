package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

// errRefused is wrapped by what ended an attempt that certainly stored nothing and would
// not do so when repeated.
var errRefused = errors.New("refused")

// Append implements store.Store; see [Store] for how it goes.
func (c *Store) Append(ctx context.Context, b *block.Block) error {
	if len(b.Bytes) > c.maxBlock {
		return jetstream.NotStored("block %d has %d bytes, at most %d", b.Number, len(b.Bytes), c.maxBlock)
	}
	err := ctx.Err()
	if err == nil {
		err = c.attempts(ctx, func(ctx context.Context) (bool, error) {
			err := c.attempt(ctx, b)
			settled := err == nil || errors.Is(err, store.ErrConflict)
			return settled || errors.Is(err, errRefused), err
		})
	}
	_, uncertain := c.doubt[b.ID]
	switch {
	case err == nil || errors.Is(err, store.ErrConflict):
		// The number is taken for good: whatever is underway for it or before it is late.
		maps.DeleteFunc(c.doubt, func(_ uuid.UUID, number uint64) bool { return number <= b.Number })
		c.learn(b.Number)
	case uncertain:
		return fmt.Errorf("jetstream: block %d: outcome unknown: %w", b.Number, err)
	case errors.Is(err, nats.ErrNoResponders): // nobody takes the subject: is the stream still there?
		if gone := c.gone(context.WithoutCancel(ctx)); gone != nil {
			err = gone
		}
		return jetstream.NotStored("block %d: %w", b.Number, err)
	default:
		return jetstream.NotStored("block %d: %w", b.Number, err)
	}
	if err == nil {
		// Others poll, so it does no harm when this is lost.
		_ = c.nc.Publish(c.notice, strconv.AppendUint(nil, b.Number, 10))
	}
	return err
}

// attempt publishes the block once. It notes in doubt when the block may be stored later.
func (c *Store) attempt(ctx context.Context, b *block.Block) error {
	if !c.nc.IsConnected() {
		return errors.New("no connection")
	}
	asking, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	start := time.Now()
	reply, err := c.nc.RequestMsgWithContext(asking, jetstream.Message(c.subject, b))
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return fmt.Errorf("%w: %w", errRefused, err)
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, nats.ErrReconnectBufExceeded):
		c.stalled(start) // nobody has received it
		return err
	case err != nil:
		c.doubt[b.ID] = b.Number
		c.stalled(start)
		return err
	}
	var a jetstream.Ack
	if err := json.Unmarshal(reply.Data, &a); err != nil {
		c.doubt[b.ID] = b.Number
		return fmt.Errorf("unreadable answer: %w", err)
	}
	err = c.outcome(ctx, b, &a)
	if err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, errRefused) {
		c.progressed()
	} else {
		c.stalled(start)
	}
	return err
}

// outcome judges an acknowledgement or a refusal.
func (c *Store) outcome(ctx context.Context, b *block.Block, a *jetstream.Ack) error {
	switch {
	case a.Error == nil && !a.Duplicate && a.Seq == b.Number && a.Stream == c.cfg.Stream:
		return nil
	case a.Error == nil && !a.Duplicate:
		c.doubt[b.ID] = b.Number
		return fmt.Errorf("block %d was acknowledged as message %d of stream %q", b.Number, a.Seq, a.Stream)
	case a.Error == nil:
		return c.compare(ctx, b, nil)
	}
	switch a.Error.Code {
	case jetstream.CodeWrongLastSequence, jetstream.CodeWrongLastSequenceR3, jetstream.CodeIDInProcess:
		return c.compare(ctx, b, a.Error)
	case jetstream.CodeInsufficientResources, jetstream.CodeStorageExceeded, jetstream.CodeMessageTooLarge:
		return fmt.Errorf("%w: %w", errRefused, a.Error) // checked before the message is proposed
	}
	c.doubt[b.ID] = b.Number
	return a.Error
}

// compare resolves a refusal of the fence: the same block is there already, another one is,
// the number is too far ahead, or its block is being stored right now and it is too early
// to tell (any other error). refusal is nil for a duplicate.
func (c *Store) compare(ctx context.Context, b *block.Block, refusal *jetstream.APIError) error {
	info, err := c.info(ctx)
	switch {
	case err != nil:
		return err
	case info.State.LastSeq < b.Number:
		return c.compareBeyond(ctx, b, refusal)
	}
	raw, err := c.get(ctx, b.Number)
	switch {
	case err != nil:
		return err
	case bytes.Equal(raw, b.Bytes):
		return nil
	}
	return fmt.Errorf("%w: %d", store.ErrConflict, b.Number)
}

// compareBeyond is compare when the server that answered does not have the block's number.
// A leader that was cut off refuses what the real one may accept: so Head is asked.
func (c *Store) compareBeyond(ctx context.Context, b *block.Block, refusal *jetstream.APIError) error {
	if refusal != nil && tooFarAhead(b.Number, refusal) {
		head, err := c.Head(ctx)
		if err != nil {
			return err
		}
		if head+1 < b.Number {
			return fmt.Errorf("%w: the last block is %d, so %d cannot follow", errRefused, head, b.Number)
		}
	}
	return fmt.Errorf("block %d is not decided yet", b.Number)
}

// tooFarAhead reports whether a refusal says that the last sequence, messages on their way
// included, lies before the block's predecessor.
func tooFarAhead(number uint64, refusal *jetstream.APIError) bool {
	_, text, found := strings.Cut(refusal.Description, "wrong last sequence: ")
	last, err := strconv.ParseUint(text, 10, 64)
	return found && err == nil && last+1 < number
}
