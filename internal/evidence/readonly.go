package evidence

import (
	"context"
	"io"
)

// ReadOnly is a store that takes nothing: what s has, or nothing at all when s is nil.
func ReadOnly(s Store) Store {
	if s == nil {
		return none{}
	}
	return readOnly{s}
}

type readOnly struct{ Store }

// Put implements [Store] by [ErrReadOnly].
func (readOnly) Put(context.Context, string, int64, io.Reader) (bool, int64, error) {
	return false, 0, ErrReadOnly
}

// Erase implements [Store] by [ErrReadOnly].
func (readOnly) Erase(context.Context, string) error { return ErrReadOnly }

type none struct{}

// Put implements [Store] by [ErrReadOnly].
func (none) Put(context.Context, string, int64, io.Reader) (bool, int64, error) {
	return false, 0, ErrReadOnly
}

// Erase implements [Store].
func (none) Erase(context.Context, string) error { return nil }

// Open implements [Store].
func (none) Open(context.Context, string) (io.ReadCloser, int64, error) { return nil, 0, ErrNotFound }

// Has implements [Store].
func (none) Has(context.Context, string) (bool, error) { return false, nil }

// List implements [Store].
func (none) List(context.Context, func(string) error) error { return nil }
