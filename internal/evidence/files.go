package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/durable"
)

const (
	copyBuffer = 256 << 10
	uploads    = "upload-"
)

// Files keeps evidence in a directory: the file of hash abcd… is ab/cd/abcd…, read-only,
// and nothing else. sha256sum checks it without this program.
type Files struct {
	dir     string
	reserve int64
	free    func(dir string) (int64, error) // bytes an upload may use; tests put their own
}

// Options tune Files. The zero value is ready.
type Options struct {
	Reserve int64                           // bytes of disk left free; DefaultReserve when 0, none when negative
	Free    func(dir string) (int64, error) // measures free space in bytes; the file system's when nil
}

// OpenFiles opens the store in dir, creating it, and removes uploads that an earlier
// process did not complete.
func OpenFiles(dir string, opts Options) (*Files, error) {
	if opts.Reserve == 0 {
		opts.Reserve = DefaultReserve
	}
	if opts.Free == nil {
		opts.Free = freeSpace
	}
	if err := durable.MkdirAll(dir, durable.DirMode); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), uploads) {
			_ = os.Remove(filepath.Join(dir, e.Name())) // a read-only disk keeps it: no harm
		}
	}
	return &Files{dir: dir, reserve: opts.Reserve, free: opts.Free}, nil
}

// ReadFiles opens the store in dir as it is, beside whoever writes to it: nothing is made or removed.
// It is nil when there is none.
func ReadFiles(dir string) (Store, error) {
	switch info, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("evidence: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("evidence: %s is no directory", dir)
	}
	return ReadOnly(&Files{dir: dir}), nil
}

func (s *Files) path(sum string) string { return filepath.Join(s.dir, sum[:2], sum[2:4], sum) }

// List implements [Store].
func (s *Files) List(ctx context.Context, fn func(sum string) error) error {
	return filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("evidence: %w", err)
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir() || !event.ValidSHA256(d.Name()) || path != s.path(d.Name()):
			return nil // a directory, an upload underway, or not ours
		}
		return fn(d.Name())
	})
}

// Put implements [Store]. What is stored but damaged is replaced by the good bytes.
func (s *Files) Put(ctx context.Context, sum string, limit int64, r io.Reader) (created bool, size int64, err error) {
	if !event.ValidSHA256(sum) {
		return false, 0, ErrInvalidHash
	}
	if limit <= 0 {
		limit = DefaultLimit
	}
	if err := s.room(0); err != nil {
		return false, 0, err
	}
	f, err := os.CreateTemp(s.dir, uploads)
	if err != nil {
		return false, 0, storeError(err)
	}
	defer func() {
		f.Close() // closed before the rename; a second close does nothing
		if !created {
			_ = os.Remove(f.Name()) // what cannot be removed now is at the next start
		}
	}()
	size, err = s.receive(ctx, f, sum, limit, r)
	if err != nil {
		return false, size, err
	}
	if whole, err := s.whole(sum, size); whole || err != nil {
		return false, size, err
	}
	if err := errors.Join(f.Chmod(durable.SealedMode), f.Sync(), f.Close()); err != nil {
		return false, size, storeError(err)
	}
	if err := s.place(f.Name(), sum); err != nil {
		return false, size, storeError(err)
	}
	return true, size, nil
}

// receive copies r to f and checks size, space and hash.
func (s *Files) receive(ctx context.Context, f io.Writer, sum string, limit int64, r io.Reader) (size int64, err error) {
	h := sha256.New()
	buf := make([]byte, copyBuffer)
	for {
		if err := ctx.Err(); err != nil {
			return size, err
		}
		n, rerr := r.Read(buf)
		size += int64(n)
		if size > limit {
			return size, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
		}
		if n > 0 {
			if err := s.room(int64(n)); err != nil {
				return size, err
			}
			h.Write(buf[:n])
			if _, err := f.Write(buf[:n]); err != nil {
				return size, storeError(err)
			}
		}
		if rerr == io.EOF {
			break
		}
		if rerr != nil {
			return size, fmt.Errorf("evidence: receiving: %w", rerr)
		}
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return size, fmt.Errorf("%w: they have %s", ErrMismatch, got)
	}
	return size, nil
}

// Erase implements [Store]. Uploads underway are not touched: each ends by a Put, or at the next start.
func (s *Files) Erase(_ context.Context, sum string) error {
	if !event.ValidSHA256(sum) {
		return ErrInvalidHash
	}
	if _, err := os.Lstat(s.path(sum)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := durable.RemoveAll(s.path(sum)); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return nil
}

// room checks that n more bytes leave the reserve untouched.
func (s *Files) room(n int64) error {
	if s.reserve < 0 {
		return nil
	}
	free, err := s.free(s.dir)
	if err != nil {
		return fmt.Errorf("evidence: measuring free space: %w", err)
	}
	if free-n < s.reserve {
		return fmt.Errorf("%w: %d bytes are free, %d of them reserved for the ledger", ErrNoSpace, free, s.reserve)
	}
	return nil
}

// place gives the upload its name, durably. The last step syncs s.dir as well, where another
// upload may just have made the directory above.
func (s *Files) place(tmp, sum string) error {
	target := s.path(sum)
	leaf := filepath.Dir(target)
	if err := durable.MkdirAll(leaf, durable.DirMode); err != nil {
		return err
	}
	return durable.Rename(tmp, target)
}

// whole reports whether the hash is already stored, undamaged, with size bytes.
func (s *Files) whole(sum string, size int64) (bool, error) {
	f, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("evidence: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.CopyBuffer(h, onlyReader{f}, make([]byte, copyBuffer))
	return err == nil && n == size && hex.EncodeToString(h.Sum(nil)) == sum, nil
}

// onlyReader hides WriterTo, so that a copy uses the buffer it is given.
type onlyReader struct{ io.Reader }

// Open implements [Store].
func (s *Files) Open(_ context.Context, sum string) (io.ReadCloser, int64, error) {
	if !event.ValidSHA256(sum) {
		return nil, 0, ErrInvalidHash
	}
	f, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrNotFound
	}
	if err != nil {
		return nil, 0, fmt.Errorf("evidence: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, fmt.Errorf("evidence: %w", err)
	}
	r, err := Deliver(f, sum, info.Size())
	if err != nil {
		return nil, 0, err
	}
	return r, info.Size(), nil
}

// storeError marks a full disk or a used-up quota as ErrNoSpace.
func storeError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return fmt.Errorf("evidence: %w", err)
}
