package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/internal/translog"
)

// ceilingBatch is the most records one commit of the ceiling takes.
const ceilingBatch = 1024

// ceiling measures what the disk and the hashing allow on this machine, in this run: a file
// with group commit, one write and one fdatasync a batch. With merkle, every record is also
// hashed into an RFC 6962 tree, whose hashes go to a second file in the same commit, and a
// checkpoint is signed per batch. No rules, no second copy, no proofs.
func ceiling(dir string, merkle bool, writers int, warm, measured time.Duration) (Load, error) {
	f, err := os.CreateTemp(dir, "ceiling-*")
	if err != nil {
		return Load{}, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	name := "raw file"
	c := &rawCommitter{file: f, queue: make(chan record, 4096)}
	if merkle {
		name = "raw file + Merkle"
		if c.hashes, err = os.Create(filepath.Join(dir, "ceiling.hashes")); err != nil {
			return Load{}, err
		}
		defer os.Remove(c.hashes.Name())
		defer c.hashes.Close()
		if c.key, err = translog.NewKey("anjian.invalid/ceiling"); err != nil {
			return Load{}, err
		}
	}
	go c.run()
	defer close(c.queue)
	done := make([]chan error, writers)
	for i := range done {
		done[i] = make(chan error, 1)
	}
	return drive(name, writers, warm, measured, func(w int, r *rand.Rand) error {
		c.queue <- record{filler(r, recordSize), done[w]}
		return <-done[w]
	})
}

// recordSize is the size of a typical entry, in bytes.
const recordSize = 1024

type record struct {
	bytes []byte
	done  chan error
}

type rawCommitter struct {
	file   *os.File
	hashes *os.File // nil without Merkle
	key    *translog.Key
	queue  chan record
	stored []tlog.Hash
	size   int64
}

func (c *rawCommitter) run() {
	var batch []record
	for r := range c.queue {
		batch = append(batch[:0], r)
	drain:
		for len(batch) < ceilingBatch {
			select {
			case r, ok := <-c.queue:
				if !ok {
					break drain
				}
				batch = append(batch, r)
			default:
				break drain
			}
		}
		err := c.commit(batch)
		for _, r := range batch {
			r.done <- err
		}
	}
}

func (c *rawCommitter) commit(batch []record) error {
	var buf, hashes []byte
	for _, r := range batch {
		buf = append(append(buf, r.bytes...), '\n')
		if c.hashes == nil {
			continue
		}
		hs, err := tlog.StoredHashes(c.size, r.bytes, tlog.HashReaderFunc(c.read))
		if err != nil {
			return err
		}
		c.stored = append(c.stored, hs...)
		for _, h := range hs {
			hashes = append(hashes, h[:]...)
		}
		c.size++
	}
	if _, err := c.file.Write(buf); err != nil {
		return err
	}
	if c.hashes != nil {
		if _, err := c.hashes.Write(hashes); err != nil {
			return err
		}
	}
	if err := datasync(c.file); err != nil || c.hashes == nil {
		return err
	}
	root, err := tlog.TreeHash(c.size, tlog.HashReaderFunc(c.read))
	if err != nil {
		return err
	}
	_, err = c.key.Sign(uint64(c.size), root)
	return err
}

func (c *rawCommitter) read(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = c.stored[x]
	}
	return out, nil
}

// filler returns n bytes of text that does not compress.
func filler(r *rand.Rand, n int) []byte { return appendFiller(make([]byte, 0, n+10), r, n) }

// appendFiller appends n bytes of such text.
func appendFiller(b []byte, r *rand.Rand, n int) []byte {
	const alphabet = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789."
	for end := len(b) + n; ; {
		v := r.Uint64()
		for j := range 10 {
			if len(b) == end {
				return b
			}
			b = append(b, alphabet[v>>(6*j)&63])
		}
	}
}
