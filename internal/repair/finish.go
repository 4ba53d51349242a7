package repair

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Finish makes the target, after Run, a data directory of this ledger that can be verified: with
// the public key vkey, with tiles and, where withKeys, with the secrets of the source.
func (c *Copy) Finish(ctx context.Context, vkey string, withKeys bool) error {
	if err := c.To.Dir.Pin(vkey); err != nil {
		return err
	}
	if err := c.To.Remember(); err != nil {
		return err
	}
	if c.To.Whole() {
		if err := makeTiles(ctx, c.To.Dir); err != nil {
			return fmt.Errorf("tiles: %w", err)
		}
	}
	if withKeys {
		return datadir.CopyKeys(c.From.Dir, c.To.Dir)
	}
	return nil
}

// makeTiles makes tiles and checkpoint from a journal that was verified just now. A checkpoint
// that is there stays, because what it claims is evidence, and so do right tiles; those that an
// interrupted copy left out are made.
func makeTiles(ctx context.Context, d datadir.Dir) (err error) {
	_, missing := translog.Dir(d.Tiles()).Checkpoint()
	if missing != nil && !errors.Is(missing, fs.ErrNotExist) {
		return missing
	}
	j, err := journal.OpenReader(d.Journal())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if j.Head() == 0 {
		return nil
	}
	raw, err := j.ReadBlock(j.Head())
	if err != nil {
		return err
	}
	last, err := block.Parse(raw)
	if err != nil {
		return err
	}
	verifier, err := d.Verifier()
	if err != nil {
		return err
	}
	head, err := translog.OpenCheckpoint(last.Checkpoint, verifier)
	if err != nil {
		return err
	}
	leaves := func(from, to uint64, fn func(uint64, tlog.Hash) error) error {
		return j.ReadEntries(ctx, from, to-1, func(i uint64, line []byte) error { return fn(i, translog.LeafHash(line)) })
	}
	tree, _, err := translog.Open(d.Tiles(), head.Size, head.Root, leaves)
	if err != nil {
		return err
	}
	if missing != nil {
		err = tree.Publish(head.Size, last.Checkpoint)
	}
	return errors.Join(err, tree.Flush(), tree.Close())
}
