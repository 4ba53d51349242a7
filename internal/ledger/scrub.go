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
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// scrubChunk is how many blocks are compared before the scrub rests.
const scrubChunk = 64

// scrubShare is how long the scrub rests for each unit of work: a fifth of one core.
const scrubShare = 4

// scrubForever re-reads both copies and the tiles, again and again.
func (l *Ledger) scrubForever(ctx context.Context) {
	for l.cfg.ScrubEvery > 0 {
		if err := l.scrubOnce(ctx, scrubShare); err != nil && ctx.Err() == nil {
			l.cfg.Logger.Error("scrub", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(l.cfg.ScrubEvery):
		}
	}
}

// Scrub re-reads everything once, now and without rests. What it finds is in
// [Ledger.Health]; its error says that it could not read everything.
func (l *Ledger) Scrub(ctx context.Context) error { return l.scrubOnce(ctx, 0) }

// scrubOnce checks the tile files, then every block of both copies, byte for byte, against
// each other and the tree. A block that is wrong in a copy stops appends; a tile that is
// wrong is derived data and is made again. A copy that cannot be read for another reason
// ends the pass.
func (l *Ledger) scrubOnce(ctx context.Context, share time.Duration) (err error) {
	defer func() {
		if ctx.Err() == nil {
			l.health.scrubEnded(err)
		}
	}()
	if err := l.scrubTiles(ctx); err != nil {
		return err
	}
	head := l.Head()
	for n := uint64(1); n <= head.Block; n += scrubChunk {
		began := time.Now()
		if err := l.scrubBlocks(ctx, n, min(n+scrubChunk-1, head.Block)); err != nil {
			return err
		}
		l.health.scrubbed(n, false)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(share * time.Since(began)):
		}
	}
	l.health.scrubbed(head.Block, true)
	return nil
}

func (l *Ledger) scrubTiles(ctx context.Context) error {
	report, err := l.tree.Scrub(ctx, l.leavesFrom(ctx, nil))
	if err != nil {
		return err
	}
	reason := "the checkpoint file was damaged"
	switch {
	case len(report.Repaired) > 0:
		reason = fmt.Sprintf("%d tile files were damaged or missing, first %v", len(report.Repaired), report.Repaired[0])
	case !report.Checkpoint:
		return nil
	}
	l.note(&oversight.CopyRestored{Copy: "tiles", From: "journal", Reason: reason})
	return nil
}

// scrubBlocks compares blocks from..to.
func (l *Ledger) scrubBlocks(ctx context.Context, from, to uint64) error {
	inStore, err := l.readStore(ctx, from, to)
	if err != nil {
		return err
	}
	for n := from; n <= to && ctx.Err() == nil; n++ {
		raw, err := l.cfg.Journal.ReadBlock(n)
		if err == nil {
			err = l.authentic(raw, n)
		}
		other, stored := inStore[n]
		var tile *translog.TileError
		switch {
		case errors.As(err, &tile):
			return err // says nothing about the copies; the next pass makes it again
		case err != nil:
			l.stop("journal", err)
		case !stored || bytes.Equal(raw, other):
			continue
		}
		if !stored {
			continue
		}
		switch storeErr := l.authentic(other, n); {
		case storeErr != nil:
			l.stop("store", storeErr)
		case err == nil:
			l.stop("store", fmt.Errorf("store and journal differ at block %d", n))
		}
	}
	return ctx.Err()
}

// readStore returns what the store has of blocks from..to, and stops appends for those
// that it should have and cannot deliver.
func (l *Ledger) readStore(ctx context.Context, from, to uint64) (map[uint64][]byte, error) {
	blocks := make(map[uint64][]byte, to-from+1)
	for n := from; l.cfg.Store != nil && n <= to; {
		err := l.cfg.Store.Read(ctx, n, to, func(number uint64, raw []byte) error {
			blocks[number] = raw
			n = number + 1
			return nil
		})
		if err == nil {
			break
		}
		if !damaged(err) {
			return nil, err
		}
		l.stop("store", err)
		n++ // past the block that could not be read
	}
	if l.cfg.Store != nil {
		for n := from; n <= to; n++ {
			if blocks[n] == nil {
				l.stop("store", &store.DamageError{Block: n, Reason: "the store cannot deliver it"})
			}
		}
	}
	return blocks, nil
}

// authentic checks one block on its own: entries, root and signature.
func (l *Ledger) authentic(raw []byte, number uint64) error {
	b, err := l.genuine(raw, number)
	if err != nil {
		return err
	}
	root, err := l.tree.RootAt(b.Size)
	if err != nil {
		return err
	}
	return l.signs(b, root)
}

// leavesFrom delivers leaf hashes computed from the journal, or from the store for blocks
// that are bad in the journal. Whoever uses them compares with a signed root.
func (l *Ledger) leavesFrom(ctx context.Context, bad map[uint64]bool) translog.LeafSource {
	return func(from, to uint64, fn func(uint64, tlog.Hash) error) error {
		for number := l.blocks.of(from); from < to; number++ {
			b, err := l.parseFrom(ctx, l.cfg.Journal.Read, number)
			if (err != nil || bad[number]) && l.cfg.Store != nil {
				b, err = l.parseFrom(ctx, l.cfg.Store.Read, number)
			}
			if err != nil {
				return err
			}
			for ; from < min(to, b.Size); from++ {
				if err := fn(from, translog.LeafHash(b.Entries[from-b.First])); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// parseFrom reads one block of one copy, which stands where it says but may not be genuine.
func (l *Ledger) parseFrom(ctx context.Context, read reader, number uint64) (b *block.Block, err error) {
	err = read(ctx, number, number, func(_ uint64, raw []byte) (err error) {
		b, err = block.Parse(raw)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case b == nil || b.Number != number || b.First != l.blocks.first(number) || b.Size != l.blocks.first(number+1):
		return nil, &store.DamageError{Block: number, Reason: "another block stands there"}
	}
	return b, nil
}
