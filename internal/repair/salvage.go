package repair

import (
	"bytes"
	"io"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"github.com/anjian-ledger/anjian/internal/block"
)

// salvage says where whole blocks stand in the segments of a journal, whatever is broken
// between them: the journal itself delivers nothing of its newest segment behind a break.
// That they are the right ones is for the caller to check.
type salvage map[uint64]place

type place struct {
	file   string
	offset int64
	length int64
}

// salvageJournal reads every segment in dir.
func salvageJournal(dir string) (salvage, error) {
	segments, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	if err != nil {
		return nil, err
	}
	found := salvage{}
	for _, file := range segments {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		found.scan(file, b)
	}
	return found, nil
}

// scan looks at what ends with a closing line.
func (s salvage) scan(file string, b []byte) {
	begin := 0 // of what follows the last closing line
	for pos := 0; pos < len(b); {
		n := bytes.IndexByte(b[pos:], '\n')
		if n < 0 {
			return
		}
		line := b[pos : pos+n]
		pos += n + 1
		if !block.IsClosing(line) {
			continue
		}
		at := begin
		found, err := block.Parse(b[at:pos])
		if err != nil { // the line that closed the block before may be broken
			at = max(begin, pos-lengthOf(b[begin:pos], line))
			found, err = block.Parse(b[at:pos])
		}
		if err == nil {
			s[found.Number] = place{file, int64(at), int64(pos - at)}
		}
		begin = pos
	}
}

// lengthOf returns how many bytes at the end of b are the block that line closes, as far as
// line can tell.
func lengthOf(b, line []byte) int {
	var closing struct {
		First uint64 `json:"first"`
		Size  uint64 `json:"size"`
	}
	_ = json.Unmarshal(line, &closing) // a broken one closes nothing
	end := len(b) - len(line) - 2      // the line feed before line
	for range closing.Size - closing.First {
		if end < 0 {
			return len(b)
		}
		end = bytes.LastIndexByte(b[:end], '\n')
	}
	return len(b) - end - 1
}

// read returns the bytes of a block, nil when it was not found.
func (s salvage) read(number uint64) []byte {
	p, ok := s[number]
	if !ok {
		return nil
	}
	f, err := os.Open(p.file)
	if err != nil {
		return nil
	}
	defer f.Close()
	raw := make([]byte, p.length)
	if _, err := io.ReadFull(io.NewSectionReader(f, p.offset, p.length), raw); err != nil {
		return nil
	}
	return raw
}

// last is the highest number found.
func (s salvage) last() (last uint64) {
	for n := range s {
		last = max(last, n)
	}
	return last
}
