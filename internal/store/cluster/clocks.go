package cluster

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/anjian-ledger/anjian/internal/entry"
)

// How long other nodes are waited for that ask for the time.
const (
	askFor  = 3 * time.Second        // in all: one that hangs is there and does not answer
	askMore = 300 * time.Millisecond // behind the first that relies on its clock
)

// unsure is the answer of a node that does not rely on its clock.
const unsure = "unsure"

// AskTime implements store.Clocks: a request that each node answers. The servers say at once when nobody is there.
func (c *Store) AskTime(ctx context.Context) (told []time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	inbox := c.nc.NewRespInbox()
	answers, err := c.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, fmt.Errorf("jetstream: ask for the time: %w", err)
	}
	defer func() { _ = answers.Unsubscribe() }() // it fails only on a closed connection
	if err := c.nc.PublishRequest(c.clocks, inbox, nil); err != nil {
		return nil, fmt.Errorf("jetstream: ask for the time: %w", err)
	}
	for answered := false; ; answered = true {
		m, err := answers.NextMsgWithContext(ctx)
		switch {
		case errors.Is(err, nats.ErrNoResponders):
			return nil, nil
		case err != nil && ctx.Err() == nil:
			return nil, fmt.Errorf("jetstream: ask for the time: %w", err)
		case err != nil && !answered:
			c.cfg.Logger.Warn("block store: another node is there and does not tell the time; or the user has no permission for this subject",
				"subject", c.clocks)
			return nil, nil
		case err != nil:
			return told, nil
		}
		if t, err := time.Parse(entry.RecordedLayout, string(m.Data)); err == nil {
			if told = append(told, t); len(told) == 1 {
				var more context.CancelFunc
				ctx, more = context.WithTimeout(ctx, askMore)
				defer more()
			}
		}
	}
}

// TellTime implements store.Clocks.
func (c *Store) TellTime(ctx context.Context, read func() (now time.Time, sure bool)) error {
	asked, err := c.nc.Subscribe(c.clocks, func(m *nats.Msg) {
		answer := []byte(unsure)
		if now, sure := read(); sure {
			answer = entry.AppendRecorded(nil, now.UTC())
		}
		_ = m.Respond(answer) // who asked asks again when nothing can be sent
	})
	if err != nil {
		return fmt.Errorf("jetstream: tell the time: %w", err)
	}
	select {
	case <-ctx.Done():
	case <-c.closed:
	}
	_ = asked.Unsubscribe() // it fails only on a closed connection
	return nil
}
