// Package evidence keeps photos, scans and recordings apart from the ledger, addressed by
// the SHA-256 of their bytes. The ledger's events reference the hash; whoever has the event
// can check the file, and nobody can change one without being found out.
//
// The media type is what the referencing event says. Nothing here looks into the bytes.
package evidence

import (
	"context"
	"errors"
	"io"
)

// DefaultLimit is the most bytes one piece of evidence may have.
const DefaultLimit = 32 << 20

// DefaultReserve is the disk space that evidence leaves to the ledger, in bytes.
const DefaultReserve = 64 << 20

var (
	// ErrInvalidHash means that the name is not 64 lower-case hexadecimal digits.
	ErrInvalidHash = errors.New("evidence: want 64 lower-case hexadecimal digits of a SHA-256")
	// ErrMismatch means that the bytes sent do not have the hash they were sent under.
	ErrMismatch = errors.New("evidence: the bytes do not have this SHA-256")
	// ErrTooLarge means that there were more bytes than the limit.
	ErrTooLarge = errors.New("evidence: too large")
	// ErrNoSpace means that storing would use up the space reserved for the ledger.
	ErrNoSpace = errors.New("evidence: no space")
	// ErrNotFound means that nothing is stored under the hash.
	ErrNotFound = errors.New("evidence: not found")
	// ErrReadOnly means that nothing is stored here: the node was started for reading.
	ErrReadOnly = errors.New("evidence: this node was started for reading")
	// ErrErased means that an entry of the ledger erased what was stored under the hash; nothing is
	// stored under it again.
	ErrErased = errors.New("evidence: erased")
	// ErrDamaged means that what is stored no longer has its hash.
	ErrDamaged = errors.New("evidence: stored bytes are damaged")
)

// A Store keeps evidence. Its methods may be called by many goroutines at once; how many
// transfers run at a time is the caller's to bound.
type Store interface {
	// Put stores what r yields under its SHA-256, at most limit bytes (DefaultLimit when
	// 0). When it returns nil, the bytes are durable. Bytes of another hash or more than
	// limit are never stored; after any error sending again is safe. Putting what is
	// already there whole is no error: created is false, and r is read and checked all the
	// same, so that an answer never reveals more than the sender knows.
	Put(ctx context.Context, sha256 string, limit int64, r io.Reader) (created bool, size int64, err error)

	// Open returns the bytes and their number. Damage is reported instead of the bytes
	// when they are few, and otherwise in place of io.EOF by the Read that would have
	// completed them, so that the transfer is aborted and not taken for whole.
	Open(ctx context.Context, sha256 string) (r io.ReadCloser, size int64, err error)

	// Erase removes what is stored under the hash, whole or damaged, and what an upload of it may have
	// left, so that no file of the store has its bytes when it returns nil. What is not there is erased.
	// It overwrites nothing that a file system or a backup keeps for itself.
	Erase(ctx context.Context, sha256 string) error

	// List calls fn with the hash of everything that is stored, each once and in no order,
	// until fn returns an error, which it returns. What is stored meanwhile may be left out.
	List(ctx context.Context, fn func(sha256 string) error) error
}
