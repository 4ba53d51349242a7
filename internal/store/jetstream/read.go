package jetstream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream/msgfile"
)

const (
	// fetchBytes bounds one batch in memory, besides its last block.
	fetchBytes = 4 << 20
	// fetchBlocks bounds the messages of one batch.
	fetchBlocks = 4096
)

const directGet = "$JS.API.DIRECT.GET." + msgfile.Stream

// fetcher is stream.fetch, or a wrapper of it.
type fetcher func(ctx context.Context, number, n uint64) ([][]byte, error)

// batch is the outcome of one fetch.
type batch struct {
	blocks [][]byte
	err    error
}

// readAll calls fn with every block from..to. It ends with nil only after block to. The
// next batch is fetched while fn sees the last one.
func readAll(ctx context.Context, from, to uint64, fetch fetcher, head func(context.Context) (uint64, error), fn func(uint64, []byte) error) error {
	last, err := head(ctx)
	if err != nil {
		return err
	}
	number, end := max(from, 1), min(to, last)
	ctx, cancel := context.WithCancel(ctx)
	var fetches sync.WaitGroup
	defer fetches.Wait()
	defer cancel()
	start := func(number uint64) <-chan batch {
		result := make(chan batch, 1)
		fetches.Go(func() {
			blocks, err := fetch(ctx, number, end-number+1)
			result <- batch{blocks, err}
		})
		return result
	}
	var next <-chan batch
	if number <= end {
		next = start(number)
	}
	for number <= end {
		b := <-next
		if b.err != nil {
			return b.err
		}
		if after := number + uint64(len(b.blocks)); after <= end {
			next = start(after)
		}
		for _, raw := range b.blocks {
			if err := fn(number, raw); err != nil {
				return err
			}
			number++
		}
	}
	if number <= to {
		return &store.DamageError{Block: number, Reason: fmt.Sprintf("the last block is %d", last)}
	}
	return nil
}

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
	return checkContent(want, msgfile.Subject, msg.Header.Get(nats.JSSubject), msg.Header.Get(nats.MsgIdHdr), msg.Data)
}

// checkContent holds a message's subject, id and bytes to what Append wrote. The engine's
// checksum leaves out the lengths within a record, so a flipped one would shift bytes
// between header and block.
func checkContent(number uint64, wantSubject, subject, id string, raw []byte) error {
	if len(raw) == 0 || subject != wantSubject || !bytes.HasPrefix((&block.Block{Bytes: raw}).Closing(), block.ClosingPrefix(number, id)) {
		return &store.DamageError{Block: number, Reason: "the message does not hold the block it was stored for"}
	}
	return nil
}
