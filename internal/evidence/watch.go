package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Watched is a store that remembers what went wrong with it, so that readiness can say so. What
// the sender did wrong is not remembered.
type Watched struct {
	Store

	mu      sync.Mutex
	put     error               // why the last Put failed; nil after one that succeeded
	open    error               // likewise, of reading
	damaged map[string]struct{} // hashes whose bytes are no longer right; at most mostDamaged
	first   string              // of them
}

// mostDamaged bounds what is remembered of damage: more is the same for who has to restore it.
const mostDamaged = 1000

// Watch returns s, watched.
func Watch(s Store) *Watched { return &Watched{Store: s, damaged: map[string]struct{}{}} }

// Err says what is wrong with the store; nil: nothing that was seen. Damage is forgotten when the
// same bytes are read or put whole again, everything else with the next success.
func (w *Watched) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var damage error
	if n := len(w.damaged); n > 0 {
		damage = fmt.Errorf("%w: %d files, first %s; restore them", ErrDamaged, n, w.first)
	}
	return errors.Join(w.put, w.open, damage)
}

// Put implements [Store].
func (w *Watched) Put(ctx context.Context, sha256 string, limit int64, r io.Reader) (bool, int64, error) {
	t := &tap{r: r}
	created, size, err := w.Store.Put(ctx, sha256, limit, t)
	for _, sender := range []error{ErrInvalidHash, ErrMismatch, ErrTooLarge, ErrReadOnly, ErrErased} {
		if errors.Is(err, sender) {
			return created, size, err
		}
	}
	if err != nil && (t.err != nil || ctx.Err() != nil) { // the sender is gone, or too slow
		return created, size, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.put = err; err == nil {
		w.whole(sha256)
	}
	return created, size, err
}

// Open implements [Store].
func (w *Watched) Open(ctx context.Context, sha256 string) (io.ReadCloser, int64, error) {
	r, size, err := w.Store.Open(ctx, sha256)
	if err != nil {
		if !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrErased) && !errors.Is(err, ErrInvalidHash) && ctx.Err() == nil {
			w.read(sha256, err)
		}
		return nil, 0, err
	}
	return &watchedReader{r, w, sha256}, size, nil
}

// read notes how reading ended; nil or io.EOF: well.
func (w *Watched) read(sha256 string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil || errors.Is(err, io.EOF):
		w.open = nil
		w.whole(sha256)
	case !errors.Is(err, ErrDamaged):
		w.open = err
	case len(w.damaged) < mostDamaged:
		if len(w.damaged) == 0 {
			w.first = sha256
		}
		w.damaged[sha256] = struct{}{}
	}
}

// whole forgets damage of a file; w.mu is held.
func (w *Watched) whole(sha256 string) {
	delete(w.damaged, sha256)
	if w.first != sha256 {
		return
	}
	for w.first = range w.damaged {
		return
	}
}

// tap notes that a reader has failed.
type tap struct {
	r   io.Reader
	err error
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
	}
	return n, err
}

// watchedReader notes how reading one file ends.
type watchedReader struct {
	io.ReadCloser
	w      *Watched
	sha256 string
}

func (r *watchedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if err != nil {
		r.w.read(r.sha256, err)
	}
	return n, err
}
