package embedded

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"

	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
)

const (
	// fetchBytes bounds one batch in memory, besides its last block.
	fetchBytes = 4 << 20
	// fetchBlocks bounds the messages of one batch.
	fetchBlocks = 4096
)

const directGet = "$JS.API.DIRECT.GET." + msgfile.Stream

// fetch returns at least one and at most n blocks from number on, in one batch. The first
// must be there: a server that skips a lost message would hide it otherwise.
func (s *stream) fetch(ctx context.Context, number, n uint64) ([][]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	request, err := json.Marshal(map[string]uint64{"seq": number, "batch": min(n, fetchBlocks), "max_bytes": fetchBytes})
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	inbox := s.nc.NewRespInbox()
	sub, err := s.nc.SubscribeSync(inbox)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	defer func() { _ = sub.Unsubscribe() }() // it fails only on a closed connection
	if err := errors.Join(sub.SetPendingLimits(-1, -1), s.nc.PublishRequest(directGet, inbox, request)); err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	var blocks [][]byte
	for {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return nil, fmt.Errorf("jetstream: read from block %d: %w", number, err)
		}
		switch status := msg.Header.Get("Status"); {
		case status == "204" && len(blocks) > 0:
			return blocks, nil
		case status == "204" || status == "404":
			return nil, &store.DamageError{Block: number, Reason: "the engine cannot find it"}
		case status != "":
			return nil, fmt.Errorf("jetstream: read from block %d: %s %s", number, status, msg.Header.Get("Description"))
		}
		want := number + uint64(len(blocks))
		if err := checkMessage(msg, want); err != nil {
			if len(blocks) > 0 {
				return blocks, nil // the next batch begins with the damaged one and reports it
			}
			return nil, err
		}
		blocks = append(blocks, msg.Data)
	}
}

// checkMessage holds a directly gotten message to what Append wrote.
func checkMessage(msg *nats.Msg, want uint64) error {
	if got := msg.Header.Get(nats.JSSequence); got != strconv.FormatUint(want, 10) {
		return &store.DamageError{Block: want, Reason: "the engine skips it and goes on with message " + got}
	}
	return jetstream.CheckContent(want, msgfile.Subject, msg.Header.Get(nats.JSSubject), msg.Header.Get(nats.MsgIdHdr), msg.Data)
}
