package transfer_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/transfer"
)

// TestAChainAcceptsTheNextBlockAndNoOther: whatever is refused leaves the chain as it was.
func TestAChainAcceptsTheNextBlockAndNoOther(t *testing.T) {
	from, key := small(t, 4)
	foreign, _ := small(t, 4) // the same entries under another key
	blocks, others := all(t, from), all(t, foreign)

	second, err := block.Parse(blocks[1])
	if err != nil {
		t.Fatal(err)
	}
	resealed := func(lines []byte, checkpoint []byte) []byte {
		var ends []int
		for i, b := range lines {
			if b == '\n' {
				ends = append(ends, i+1)
			}
		}
		return block.Seal(block.Header{Number: 2, First: second.First, Recorded: second.Recorded}, bytes.Clone(lines), ends, checkpoint).Bytes
	}
	entries := blocks[1][:len(blocks[1])-len(second.Closing())-1]
	third, err := block.Parse(blocks[2])
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string][]byte{
		"the block before":         blocks[0],
		"the block after":          blocks[2],
		"nothing":                  nil,
		"half of it":               blocks[1][:len(blocks[1])/2],
		"another key":              others[1],
		"a later checkpoint":       resealed(entries, third.Checkpoint),
		"an entry that was edited": resealed(bytes.Replace(entries, []byte(`"pid":1`), []byte(`"pid":2`), 1), second.Checkpoint),
		"entries of another block": resealed(blocks[2][:len(blocks[2])-len(third.Closing())-1], second.Checkpoint),
	}
	c := transfer.NewChain(key.Verifier())
	if _, err := c.Next(blocks[0]); err != nil {
		t.Fatal(err)
	}
	before := c.Root()
	for name, raw := range wrong {
		if _, err := c.Next(raw); !errors.Is(err, transfer.ErrNotNext) {
			t.Errorf("%s: %v", name, err)
		}
		if c.Root() != before || c.Blocks() != 1 || c.Entries() != second.First {
			t.Fatalf("%s changed the chain: %d blocks, %d entries", name, c.Blocks(), c.Entries())
		}
	}
	for _, raw := range blocks[1:] {
		if _, err := c.Next(raw); err != nil {
			t.Fatal(err)
		}
	}
	if c.Blocks() != 4 {
		t.Errorf("%d blocks", c.Blocks())
	}
}
