package repair

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/chain"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Options of [CopyBlocks].
type Options struct {
	Verifier note.Verifier                  // key of the ledger's checkpoints; required
	Progress func(done, total uint64)       // blocks; may be nil
	Entry    func(line []byte)              // is told each entry that both sides have; may be nil
	Retry    func(err error, n uint64) bool // whether to try block n again after an unknown outcome; nil: three times
}

// Copied says what [CopyBlocks] did.
type Copied struct {
	Blocks  uint64 `json:"blocks"`  // that both sides have now
	Entries uint64 `json:"entries"` // in them
	Root    string `json:"root"`    // over them, base64
	Present uint64 `json:"present"` // blocks the target had before, compared byte for byte
	Copied  uint64 `json:"copied"`  // blocks appended by this run
}

// ErrDiffer means that source and target are not the same ledger. Nothing was changed after
// the block it names.
var ErrDiffer = errors.New("source and target differ")

// compareChunk is how many blocks of the target are held for comparison at once.
const compareChunk = 32

// CopyBlocks makes the target have every block the source has at the moment of the call. It can
// be stopped and run again. What the target already has is read and compared, so that a
// finished run proves that both have the same bytes and the same root at every checkpoint.
func CopyBlocks(ctx context.Context, from store.Source, to store.Target, o Options) (r Copied, err error) {
	total, err := from.Head(ctx)
	if err != nil {
		return r, fmt.Errorf("source: %w", err)
	}
	present, err := to.Head(ctx)
	if err != nil {
		return r, fmt.Errorf("target: %w", err)
	}
	if present > total {
		return r, fmt.Errorf("%w: the target has %d blocks, the source only %d", ErrDiffer, present, total)
	}
	c := &copier{Options: o, to: to, chain: chain.New(o.Verifier), present: present, total: total}
	c.done()
	if total > 0 {
		err = from.Read(ctx, 1, total, func(n uint64, raw []byte) error { return c.block(ctx, n, raw) })
	}
	return c.report(), err
}

type copier struct {
	Options
	to             store.Target
	chain          *chain.Chain
	present, total uint64
	both           state    // what both sides have for certain
	ahead          [][]byte // blocks of the target, read ahead for comparison
}

// state is a ledger after some block.
type state struct {
	blocks, entries uint64
	root            [32]byte
}

// done notes that the target has what the chain has.
func (c *copier) done() { c.both = state{c.chain.Blocks(), c.chain.Entries(), c.chain.Root()} }

func (c *copier) report() Copied {
	present := min(c.present, c.both.blocks)
	return Copied{
		Blocks: c.both.blocks, Entries: c.both.entries, Root: base64.StdEncoding.EncodeToString(c.both.root[:]),
		Present: present, Copied: c.both.blocks - present,
	}
}

func (c *copier) block(ctx context.Context, n uint64, raw []byte) error {
	b, err := c.chain.Next(raw)
	if err != nil {
		return fmt.Errorf("source: block %d: %w", n, err)
	}
	if n <= c.present {
		if err := c.compare(ctx, n, raw); err != nil {
			return err
		}
	} else {
		if err := c.append(ctx, b); err != nil {
			return err
		}
	}
	c.done()
	if c.Entry != nil {
		for _, line := range b.Entries {
			c.Entry(line)
		}
	}
	if c.Progress != nil {
		c.Progress(n, c.total)
	}
	return nil
}

// compare holds block n against the target's.
func (c *copier) compare(ctx context.Context, n uint64, raw []byte) error {
	if len(c.ahead) == 0 {
		err := c.to.Read(ctx, n, min(n+compareChunk-1, c.present), func(_ uint64, raw []byte) error {
			c.ahead = append(c.ahead, raw)
			return nil
		})
		if err != nil {
			return fmt.Errorf("target: %w", err)
		}
	}
	if !bytes.Equal(c.ahead[0], raw) {
		return fmt.Errorf("%w at block %d", ErrDiffer, n)
	}
	c.ahead = c.ahead[1:]
	return nil
}

// append puts one block into the target; an unknown outcome is resolved by doing it again.
func (c *copier) append(ctx context.Context, b *block.Block) error {
	if limit := c.to.MaxBlock(); len(b.Bytes) > limit {
		return fmt.Errorf("target: block %d has %d bytes, the target takes %d; raise its limit", b.Number, len(b.Bytes), limit)
	}
	for try := 1; ; try++ {
		err := c.to.Append(ctx, b)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, store.ErrConflict):
			return fmt.Errorf("%w at block %d: %w", ErrDiffer, b.Number, err)
		case errors.Is(err, store.ErrNotStored), ctx.Err() != nil:
			return fmt.Errorf("target: block %d: %w", b.Number, err)
		}
		again := try < 3
		if c.Retry != nil {
			again = c.Retry(err, b.Number)
		}
		if !again {
			return fmt.Errorf("target: block %d: %w", b.Number, err)
		}
	}
}
