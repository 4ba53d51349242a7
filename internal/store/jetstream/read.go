package jetstream

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Fetcher returns at least one and at most n blocks from number on. The first must be there.
type Fetcher func(ctx context.Context, number, n uint64) ([][]byte, error)

// batch is the outcome of one fetch.
type batch struct {
	blocks [][]byte
	err    error
}

// ReadAll calls fn with every block from..to. It ends with nil only after block to. The
// next batch is fetched while fn sees the last one.
func ReadAll(ctx context.Context, from, to uint64, fetch Fetcher, head func(context.Context) (uint64, error),
	fn func(uint64, []byte) error) error {
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

// CheckContent holds a message's subject, id and bytes to what Append wrote. The engine's
// checksum leaves out the lengths within a record, so a flipped one would shift bytes
// between header and block.
func CheckContent(number uint64, wantSubject, subject, id string, raw []byte) error {
	if len(raw) == 0 || subject != wantSubject || !bytes.HasPrefix((&block.Block{Bytes: raw}).Closing(), block.ClosingPrefix(number, id)) {
		return &store.DamageError{Block: number, Reason: "the message does not hold the block it was stored for"}
	}
	return nil
}
