package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Walk reads the journal in dir from its first byte to its last, trusting neither index
// files nor names, and calls fn with each block in order. raw is valid until fn returns.
// It changes nothing and may run while a server is appending; it then ends at a block the
// server had written. A partial last block is reported, not an error; anything else that is
// not blocks 1, 2, 3 … ends the walk with a *[DamageError].
func Walk(ctx context.Context, dir string, fn func(number uint64, raw []byte) error) (*Torn, error) {
	r := newReader(dir, OS{})
	names, err := r.segmentNames()
	if err != nil {
		return nil, err
	}
	next := cursor{block: 1, known: true}
	for i, name := range names {
		var torn *Torn
		if next, torn, err = walkSegment(ctx, dir, name, next, i == len(names)-1, fn); err != nil || torn != nil {
			return torn, err
		}
	}
	return nil, nil
}

func walkSegment(ctx context.Context, dir, name string, next cursor, newest bool, fn func(uint64, []byte) error) (cursor, *Torn, error) {
	if name != segmentName(next.block) {
		return next, nil, &DamageError{Segment: name, Block: next.block, Reason: fmt.Sprintf("want a segment %s", segmentName(next.block))}
	}
	f, err := OS{}.OpenFile(filepath.Join(dir, name), os.O_RDONLY, 0)
	if err != nil {
		return next, nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return next, nil, fmt.Errorf("journal: %w", err)
	}
	sc := newScanner(f, size, next)
	for {
		if err := ctx.Err(); err != nil {
			return next, nil, err
		}
		b, err := sc.block()
		switch {
		case err == nil:
			if err := fn(b.number, b.raw); err != nil {
				return next, nil, err
			}
			continue
		case errors.Is(err, io.EOF) && sc.end() == size && (newest || size > 0):
			return sc.next, nil, nil
		case newest:
			s := &segment{path: filepath.Join(dir, name), table: table{end: sc.end()}}
			if t := tornAt(f, s, size, sc.next); t != nil {
				return sc.next, t, nil
			}
		}
		return next, nil, &DamageError{name, sc.end(), sc.next.block, err.Error()}
	}
}
