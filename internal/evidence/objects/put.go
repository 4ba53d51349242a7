package objects

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/evidence"
)

// Put implements evidence.Store. What is stored but damaged is replaced by the good bytes.
func (s *Store) Put(ctx context.Context, sum string, limit int64, r io.Reader) (created bool, size int64, err error) {
	if !event.ValidSHA256(sum) {
		return false, 0, evidence.ErrInvalidHash
	}
	if limit <= 0 {
		limit = evidence.DefaultLimit
	}
	in := &incoming{ctx: ctx, r: r, h: sha256.New(), sum: sum, limit: limit}
	var info *natsjs.ObjectInfo
	// before it is asked what is there, so that no other upload ends in between
	s.begin(sum)
	defer func() { s.end(context.WithoutCancel(ctx), sum, info) }() // what ended by a broken transfer is taken away too
	whole, err := s.whole(ctx, sum)
	switch {
	case err != nil:
		return false, 0, err
	case whole:
		_, err := io.Copy(io.Discard, in)
		return false, in.size, err
	}
	ctx, cancel := context.WithTimeout(ctx, putTimeout)
	defer cancel()
	info, err = s.put(ctx, sum, in)
	var api *natsjs.APIError
	switch {
	case in.err != nil && !errors.Is(in.err, io.EOF): // the sender's fault, nothing is stored
		return false, in.size, in.err
	case errors.As(err, &api) && (api.ErrorCode == codeInsufficientResources || api.ErrorCode == codeStorageExceeded):
		return false, in.size, fmt.Errorf("%w: %w", evidence.ErrNoSpace, err)
	case err != nil:
		return false, in.size, fmt.Errorf("objects: put %s: %w", sum, err)
	}
	return true, in.size, nil
}

// put stores what is sent: as one piece, or as a large object, which it returns.
func (s *Store) put(ctx context.Context, sum string, in *incoming) (*natsjs.ObjectInfo, error) {
	first := make([]byte, chunkSize)
	n, err := in.Read(first)
	switch {
	case errors.Is(err, io.EOF):
		return nil, s.putPiece(ctx, sum, first[:n])
	case err != nil:
		return nil, err
	}
	meta := natsjs.ObjectMeta{Name: sum, Opts: &natsjs.ObjectMetaOptions{ChunkSize: chunkSize}}
	return s.bucket.Put(ctx, meta, io.MultiReader(bytes.NewReader(first), in))
}

func (s *Store) begin(sum string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uploads[sum] == nil {
		s.uploads[sum] = &uploads{}
	}
	s.uploads[sum].underway++
}

// end notes the end of an upload and takes away what overlapping ones have left: pieces of
// this process that are complete and not described. What cannot be taken away stays.
func (s *Store) end(ctx context.Context, sum string, info *natsjs.ObjectInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[sum]
	u.underway--
	if u.underway == 0 {
		delete(s.uploads, sum)
	}
	if info != nil {
		u.done = append(u.done, info.NUID)
	}
	if len(u.done) < 2 {
		return
	}
	current, err := s.describe(ctx, sum)
	if err != nil || !slices.Contains(u.done, current.NUID) {
		return // another node's is described, or nobody knows: leave everything
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	for _, id := range u.done {
		if id == current.NUID {
			continue
		}
		_ = attempts(ctx, answerTime, func(ctx context.Context) error { // a server with much to do answers late
			return s.stream.Purge(ctx, natsjs.WithPurgeSubject(s.pieces(id)))
		})
	}
	u.done = []string{current.NUID}
}

// pieces is the subject of an object's pieces.
func (s *Store) pieces(id string) string { return "$O." + s.cfg.Bucket + ".C." + id }

// whole reports whether the hash is already stored, undamaged.
func (s *Store) whole(ctx context.Context, sum string) (bool, error) {
	r, _, err := s.Open(ctx, sum)
	if err == nil {
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
	}
	if errors.Is(err, evidence.ErrNotFound) || errors.Is(err, evidence.ErrDamaged) && ctx.Err() == nil {
		return false, nil
	}
	return err == nil, err
}

// incoming checks what is sent while the bucket takes it in: it ends with io.EOF only when
// size and hash are right, and fills each piece that it is asked for.
type incoming struct {
	ctx   context.Context // of the Put that made it
	r     io.Reader
	h     hash.Hash
	sum   string
	limit int64
	size  int64
	err   error // sticky
}

// Read implements io.Reader.
func (in *incoming) Read(p []byte) (n int, err error) {
	for n < len(p) && in.err == nil {
		if in.err = in.ctx.Err(); in.err != nil {
			break
		}
		var m int
		m, err = in.r.Read(p[n:])
		in.h.Write(p[n : n+m])
		n += m
		in.size += int64(m)
		in.judge(err)
	}
	if in.err != nil && !errors.Is(in.err, io.EOF) {
		return 0, in.err
	}
	return n, in.err
}

func (in *incoming) judge(err error) {
	switch {
	case in.size > in.limit:
		in.err = fmt.Errorf("%w: more than %d bytes", evidence.ErrTooLarge, in.limit)
	case errors.Is(err, io.EOF):
		in.err = io.EOF
		if got := hex.EncodeToString(in.h.Sum(nil)); got != in.sum {
			in.err = fmt.Errorf("%w: they have %s", evidence.ErrMismatch, got)
		}
	case err != nil:
		in.err = fmt.Errorf("evidence: receiving: %w", err)
	}
}
