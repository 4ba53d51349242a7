package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// scrubChunk is how many blocks are compared before the scrub rests.
const scrubChunk = 64

// scrubShare is how long the scrub rests for each unit of work: a fifth of one core.
const scrubShare = 4

// scrubForever re-reads both copies and the tiles, again and again.
func (l *Ledger) scrubForever(ctx context.Context) {
	for {
		if err := l.scrubOnce(ctx); err != nil && ctx.Err() == nil {
			l.cfg.Logger.Error("scrub", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(l.cfg.ScrubEvery):
		}
	}
}

// scrubOnce compares every block of both copies, byte for byte, with each other and with
// the tree, then the tile files. A block that is wrong in a copy stops appends; a tile that
// is wrong is derived data and is made again.
func (l *Ledger) scrubOnce(ctx context.Context) error {
	head := l.Head()
	for n := uint64(1); n <= head.Block; n += scrubChunk {
		began := time.Now()
		l.scrubBlocks(ctx, n, min(n+scrubChunk-1, head.Block))
		l.health.scrubbed(n, false)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(scrubShare * time.Since(began)):
		}
	}
	report, err := l.tree.Scrub(ctx, l.leavesFrom(ctx, func(uint64) bool { return false }))
	if err != nil {
		return err
	}
	if len(report.Healed) > 0 || report.Checkpoint {
		reason := "the checkpoint file was damaged"
		if len(report.Healed) > 0 {
			reason = fmt.Sprintf("%d tile files were damaged or missing, first %v", len(report.Healed), report.Healed[0])
		}
		l.note(&oversight.CopyRestored{Copy: "tiles", From: "journal", Reason: reason})
	}
	l.health.scrubbed(head.Block, true)
	return nil
}

func (c *condition) scrubbed(n uint64, pass bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scrub.Block = n
	if pass {
		c.scrub.Passes++
		c.scrub.LastPass = time.Now().UTC()
	}
}

// scrubBlocks compares blocks from..to.
func (l *Ledger) scrubBlocks(ctx context.Context, from, to uint64) {
	inStore := make(map[uint64][]byte, to-from+1)
	if l.cfg.Store != nil {
		for n := from; n <= to; {
			err := l.cfg.Store.Read(ctx, n, to, func(number uint64, raw []byte) error {
				inStore[number] = raw
				n = number + 1
				return nil
			})
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				l.stop("store", err)
				n++ // the block that could not be read
			}
		}
	}
	for n := from; n <= to && ctx.Err() == nil; n++ {
		raw, err := l.cfg.Journal.ReadBlock(n)
		if err == nil {
			err = l.authentic(raw, n)
		}
		if err != nil {
			l.stop("journal", err)
		}
		other, ok := inStore[n]
		if !ok || err == nil && bytes.Equal(raw, other) {
			continue
		}
		if err := l.authentic(other, n); err != nil {
			l.stop("store", err)
		} else if err == nil && !bytes.Equal(raw, other) {
			l.stop("store", fmt.Errorf("store and journal differ at block %d", n))
		}
	}
}

// authentic checks one block on its own: entries, root and signature.
func (l *Ledger) authentic(raw []byte, number uint64) error {
	b, err := l.genuine(raw, number)
	if err != nil {
		return err
	}
	stated, err := translog.OpenCheckpoint(b.Checkpoint, l.cfg.Key.Verifier())
	if err != nil {
		return fmt.Errorf("block %d: its checkpoint: %w", number, err)
	}
	root, err := l.tree.RootAt(b.Size)
	if err != nil || stated.Size != b.Size || stated.Root != root {
		return errors.Join(err, fmt.Errorf("block %d: its checkpoint does not fit its entries", number))
	}
	return nil
}

// leavesFrom delivers leaf hashes computed from the journal, or from the store for blocks
// that are bad in the journal. Whoever uses them compares with a signed root.
func (l *Ledger) leavesFrom(ctx context.Context, bad func(number uint64) bool) translog.LeafSource {
	return func(from, to uint64, fn func(uint64, tlog.Hash) error) error {
		for number := l.blocks.of(from); from < to; number++ {
			read := reader(l.cfg.Journal.Read)
			if bad(number) {
				read = l.cfg.Store.Read
			}
			err := read(ctx, number, number, func(_ uint64, raw []byte) error {
				b, err := block.Parse(raw)
				if err != nil {
					return err
				}
				for ; from < min(to, b.Size); from++ {
					if err := fn(from, translog.LeafHash(b.Entries[from-b.First])); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}
