package evidence

import (
	"context"
	"io"
)

// Guard is s without what was erased: that is neither opened nor listed, and taken no more, whoever sends it
// again. erased is asked for each hash, and may be asked by many goroutines at once.
func Guard(s Store, erased func(sha256 string) bool) Store { return &guarded{s, erased} }

type guarded struct {
	Store
	erased func(string) bool
}

// Put implements [Store]. What was erased while its bytes came in is removed again.
func (g *guarded) Put(ctx context.Context, sha256 string, limit int64, r io.Reader) (bool, int64, error) {
	if g.erased(sha256) {
		return false, 0, ErrErased
	}
	created, size, err := g.Store.Put(ctx, sha256, limit, r)
	if err == nil && g.erased(sha256) {
		if err := g.Erase(context.WithoutCancel(ctx), sha256); err != nil {
			return false, size, err
		}
		return false, size, ErrErased
	}
	return created, size, err
}

// Open implements [Store].
func (g *guarded) Open(ctx context.Context, sha256 string) (io.ReadCloser, int64, error) {
	if g.erased(sha256) {
		return nil, 0, ErrErased
	}
	return g.Store.Open(ctx, sha256)
}

// List implements [Store].
func (g *guarded) List(ctx context.Context, fn func(sha256 string) error) error {
	return g.Store.List(ctx, func(sha256 string) error {
		if g.erased(sha256) {
			return nil
		}
		return fn(sha256)
	})
}
