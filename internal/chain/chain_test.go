package chain_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/chain"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/translog"
	"github.com/anjian-ledger/anjian/test/memory"
)

// TestAChainAcceptsTheNextBlockAndNoOther: whatever is refused leaves the chain as it was.
func TestAChainAcceptsTheNextBlockAndNoOther(t *testing.T) {
	blocks, key := ledgerOf(t, 4)
	others, _ := ledgerOf(t, 4) // the same requests under another key

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
	c := chain.New(key.Verifier())
	if _, err := c.Next(blocks[0]); err != nil {
		t.Fatal(err)
	}
	before := c.Root()
	for name, raw := range wrong {
		if _, err := c.Next(raw); !errors.Is(err, chain.ErrNotNext) {
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

// ledgerOf returns the blocks of a ledger of n blocks, and its key.
func ledgerOf(t *testing.T, n int) (blocks [][]byte, key *translog.Key) {
	t.Helper()
	key, err := translog.NewKey("anjian.test/chain/0a1b2c3d")
	must(t, err)
	dir, s := t.TempDir(), memory.New(0)
	j, err := journal.Open(dir+"/journal", journal.Options{})
	must(t, err)
	defer j.Close()
	l, err := ledger.Open(t.Context(), ledger.Config{Store: s, Journal: j, TilesDir: dir + "/tiles", Key: key, Catalogue: domain.Catalogue(),
		ScrubEvery: -1})
	must(t, err)
	for len(blocks) < n { // each issue is a block
		hash := sha256.Sum256([]byte{byte(len(blocks))})
		_, err := l.Issue(t.Context(), &token.Issued{SHA256: base64.RawURLEncoding.EncodeToString(hash[:]), Role: event.RoleAdmin,
			Expires: time.Now().AddDate(1, 0, 0), AskedBy: &token.Process{PID: 1}})
		must(t, err)
		blocks = append(blocks, nil)
	}
	must(t, l.Close(context.WithoutCancel(t.Context())))
	must(t, s.Read(t.Context(), 1, uint64(n), func(number uint64, raw []byte) error { blocks[number-1] = raw; return nil }))
	return blocks, key
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
