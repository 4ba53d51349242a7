// Package storetest is the contract of package store as tests, for every engine to pass,
// and [Faulty], a store with scripted faults, for the tests of who uses a store.
package storetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// epoch is the recorded time of entry 0; entry i is recorded i seconds later.
var epoch = time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC)

// Next seals a valid block after prev (nil: block 1) with one entry per text: a CloudEvent
// whose data holds the text, which must need no escaping in JSON. The checkpoint has the
// right form and depends on the entries, but has no valid root or signature. The same
// arguments give the same block.
func Next(prev *block.Block, texts ...string) *block.Block {
	h := block.Header{Number: 1}
	if prev != nil {
		h.Number, h.First = prev.Number+1, prev.Size
	}
	var lines []byte
	var ends []int
	for i, text := range texts {
		index := h.First + uint64(i)
		h.Recorded = epoch.Add(time.Duration(index) * time.Second)
		lines = append(entry.Append(lines, trivialEntry(index, h.Recorded, text)), '\n')
		ends = append(ends, len(lines))
	}
	size := h.First + uint64(len(texts))
	root := sha256.Sum256(lines)
	checkpoint := fmt.Sprintf("anjian.example/storetest\n%d\n%s\n\n", size, base64.StdEncoding.EncodeToString(root[:]))
	return block.Seal(h, lines, ends, []byte(checkpoint))
}

func trivialEntry(index uint64, recorded time.Time, text string) *entry.Entry {
	ev := fmt.Appendf(nil, `{"specversion":"1.0","id":"%s","source":"storetest","type":"anjian.tested.v1","subject":"ledger/test",`+
		`"time":"%s","data":{"text":"%s"}}`,
		uuid.NewSHA1(uuid.Nil, fmt.Append(nil, index)), recorded.Format(time.RFC3339), text)
	return &entry.Entry{
		Index: index, Recorded: recorded, Stream: event.Stream{Kind: event.Ledger, ID: "test"}, Revision: index,
		Actor: event.Actor{Role: event.RoleLedger}, Assurance: event.Derived, Event: ev,
	}
}

// Sized seals a block after prev of exactly size bytes. It has as many entries as their
// own limit demands. The least possible size is that of [Next] with one empty text.
func Sized(prev *block.Block, size int) *block.Block {
	const most = 60_000 // bytes of text in one entry
	texts := make([]string, 1+size/most)
	for {
		b := Next(prev, texts...)
		missing := size - len(b.Bytes)
		switch {
		case missing == 0:
			return b
		case missing < 0 && len(texts) > 1:
			texts = make([]string, len(texts)-1)
		case missing < 0:
			panic(fmt.Sprintf("storetest: no block has only %d bytes", size))
		default:
			fill(texts, missing, most)
		}
	}
}

// fill spreads n more bytes over the texts.
func fill(texts []string, n, most int) {
	for i := range texts {
		add := min(n, most-len(texts[i]))
		texts[i] += string(bytes.Repeat([]byte{'a' + byte(i%26)}, add))
		n -= add
	}
	if n > 0 {
		panic("storetest: too little room for the text")
	}
}

// Chain seals n blocks one after another, each with one entry that holds text.
func Chain(n int, text string) []*block.Block {
	var blocks []*block.Block
	var prev *block.Block
	for range n {
		prev = Next(prev, text)
		blocks = append(blocks, prev)
	}
	return blocks
}
