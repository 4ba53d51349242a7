// Package chain checks the blocks of a ledger one after another, from their bytes alone: each must
// continue the one before it and lead to the root that its signed checkpoint states.
//
// Two others read chains in ways of their own, on purpose: the ledger's recovery decodes blocks ahead of
// the check and believes the newest signature, which covers all before it; package verify goes on after a
// fault, to name all there are.
package chain

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Chain is the blocks that were accepted so far. It is not safe for concurrent use.
type Chain struct {
	verifier note.Verifier
	tree     *translog.Tree
	number   uint64
	root     [32]byte // after block number
}

// New returns a chain that expects block 1, signed by verifier's key.
func New(verifier note.Verifier) *Chain {
	return &Chain{verifier: verifier, tree: translog.NewFold(), root: sha256.Sum256(nil)} // RFC 6962 §2.1: the root of nothing
}

// Blocks returns how many blocks were accepted.
func (c *Chain) Blocks() uint64 { return c.number }

// Entries returns how many entries the accepted blocks have.
func (c *Chain) Entries() uint64 { return c.tree.Size() }

// Root returns the tree's root over the accepted entries.
func (c *Chain) Root() [32]byte { return c.root }

// ErrNotNext is wrapped when a block does not continue the chain; the chain is unchanged.
var ErrNotNext = errors.New("the block does not continue the ledger")

// Next accepts raw as the next block, or says why it is not.
func (c *Chain) Next(raw []byte) (*block.Block, error) {
	b, root, err := c.extend(raw)
	if err == nil {
		c.number, c.root = b.Number, root
	}
	return b, err
}

// Fits tells whether Next would accept raw, and leaves the chain as it is.
func (c *Chain) Fits(raw []byte) (*block.Block, error) {
	b, _, err := c.extend(raw)
	if err != nil {
		return nil, err
	}
	return b, c.tree.Truncate(b.First)
}

// Accept makes a block that [Chain.Fits] has just returned the end of the chain.
func (c *Chain) Accept(b *block.Block) error {
	c.tree.AppendEntries(b.Entries)
	root, err := c.tree.Root()
	if err == nil {
		c.number, c.root = b.Number, root
	}
	return err
}

// extend appends the leaves of raw to the tree if it is the next block, and returns the root
// they lead to.
func (c *Chain) extend(raw []byte) (_ *block.Block, root [32]byte, _ error) {
	b, err := block.Parse(raw)
	if err != nil {
		return nil, root, fmt.Errorf("%w: %w", ErrNotNext, err)
	}
	if b.Number != c.number+1 || b.First != c.tree.Size() {
		return nil, root, fmt.Errorf("%w: block %d from entry %d, want block %d from entry %d", ErrNotNext, b.Number, b.First, c.number+1,
			c.tree.Size())
	}
	for i, line := range b.Entries {
		en, err := entry.Parse(line)
		if err != nil && !errors.Is(err, entry.ErrNewer) || en.Index != b.First+uint64(i) {
			return nil, root, fmt.Errorf("%w: entry %d of block %d is not what stands at its place", ErrNotNext, b.First+uint64(i), b.Number)
		}
	}
	stated, err := translog.OpenCheckpoint(b.Checkpoint, c.verifier)
	if err != nil {
		return nil, root, fmt.Errorf("%w: block %d: %w", ErrNotNext, b.Number, err)
	}
	c.tree.AppendEntries(b.Entries)
	root, err = c.tree.Root()
	if err != nil || stated.Size != b.Size || stated.Root != root {
		err = errors.Join(err, c.tree.Truncate(b.First)) // nothing is published: cannot fail
		return nil, root, errors.Join(fmt.Errorf("%w: the entries of block %d do not lead to its signed root", ErrNotNext, b.Number), err)
	}
	return b, root, nil
}
