package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

// verifyFirst is the size up to which [Deliver] reads and checks everything before the
// first byte is handed out.
const verifyFirst = 4 << 20

// Deliver makes of stored bytes what [Store].Open returns: sum is their hash, size their
// number. It takes over r, which it closes when it fails.
func Deliver(r io.ReadCloser, sum string, size int64) (io.ReadCloser, error) {
	v := &verifier{r: r, h: sha256.New(), sum: sum, left: size}
	if size > verifyFirst {
		return v, nil
	}
	defer r.Close()
	buf := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := buf.ReadFrom(v); err != nil {
		return nil, err
	}
	return io.NopCloser(buf), nil
}

// verifier hashes what it hands out and withholds the last bytes until the hash is right:
// who has received size bytes has received the right ones.
type verifier struct {
	r    io.ReadCloser
	h    hash.Hash
	sum  string
	left int64
	err  error // sticky
}

func (v *verifier) Read(p []byte) (int, error) {
	if v.err != nil || len(p) == 0 {
		return 0, v.err
	}
	if v.left == 0 { // only empty evidence comes here without its hash checked
		v.err = v.check()
		return 0, v.err
	}
	n, err := v.r.Read(p[:min(int64(len(p)), v.left)])
	v.h.Write(p[:n])
	v.left -= int64(n)
	switch {
	case err == io.EOF && v.left > 0:
		v.err = fmt.Errorf("%w: %s is %d bytes short", ErrDamaged, v.sum, v.left)
	case err != nil && !errors.Is(err, io.EOF):
		v.err = fmt.Errorf("%w: %s: %w", ErrDamaged, v.sum, err)
	case v.left == 0:
		if v.err = v.check(); !errors.Is(v.err, io.EOF) {
			return 0, v.err
		}
		return n, nil
	}
	return n, v.err
}

// check returns io.EOF when the hash is right.
func (v *verifier) check() error {
	if got := hex.EncodeToString(v.h.Sum(nil)); got != v.sum {
		return fmt.Errorf("%w: %s has become %s", ErrDamaged, v.sum, got)
	}
	return io.EOF
}

func (v *verifier) Close() error { return v.r.Close() }
