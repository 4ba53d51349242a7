package sealing

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// Wrapper encrypts secret halves with a master key that this program may hold or not: a file
// ([OpenMaster]), or a service for keys (KMS). about is authenticated and not stored: what was wrapped under
// another about is not unwrapped. Both may be called by many goroutines at once.
type Wrapper interface {
	Wrap(ctx context.Context, secret, about []byte) (wrapped []byte, err error)
	// Unwrap returns [ErrOtherMaster] when wrapped was made under a master key that it does not have.
	Unwrap(ctx context.Context, wrapped, about []byte) (secret []byte, err error)
}

var (
	// ErrOtherMaster means that a secret half was wrapped by a master key that is not there.
	ErrOtherMaster = errors.New("sealing: the secret half was wrapped by another master key")
	// ErrLoose means that others than its owner may read the master key's file.
	ErrLoose = errors.New("sealing: others may read the master key")
)

// A master key's file has one line for each key, the newest first: 32 random bytes in base64url. The
// first one wraps, any of them unwraps. What is wrapped is
//
//	fingerprint (8 bytes of SHA-256("anjian/sealing-master/v1" LF key)) ‖ nonce (12) ‖ AES-256-GCM(secret; about)
const (
	masterSize  = 32
	masterLabel = "anjian/sealing-master/v1\n"
	printSize   = 8
	maxMaster   = 64 << 10 // bytes of the file
)

type master struct {
	print [printSize]byte
	aead  cipher.AEAD
}

// Masters are the master keys of a file.
type Masters []master

var _ Wrapper = Masters(nil)

// OpenMaster reads the file of the master keys. Only its owner may read it ([ErrLoose]).
func OpenMaster(path string) (Masters, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("sealing: master key: %w", err)
	}
	defer f.Close()
	info, err := f.Stat() // of what is read, not of what the name means a moment later
	switch {
	case err != nil:
		return nil, fmt.Errorf("sealing: master key: %w", err)
	case !info.Mode().IsRegular() || info.Size() > maxMaster:
		return nil, fmt.Errorf("sealing: %s is no file of master keys", path)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("%w: %s has mode %04o; chmod 600 it", ErrLoose, path, info.Mode().Perm())
	}
	b := make([]byte, info.Size())
	if _, err := f.ReadAt(b, 0); err != nil {
		return nil, fmt.Errorf("sealing: master key: %w", err)
	}
	var all Masters
	for i, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		key, err := base64.RawURLEncoding.Strict().DecodeString(strings.TrimSpace(line))
		if err != nil || len(key) != masterSize {
			return nil, fmt.Errorf("sealing: %s, line %d: want 43 characters of base64url; anjian sealing-key --new-master makes such a file",
				path, i+1) // and not a word of what is there
		}
		m, err := newMaster(key)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// CreateMaster makes a file with a new master key, which must not be there yet.
func CreateMaster(path string) error {
	key := make([]byte, masterSize)
	_, _ = rand.Read(key) // never fails
	err := durable.Create(path, []byte(base64.RawURLEncoding.EncodeToString(key)+"\n"), durable.FileMode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already, and is never replaced: what its key wrapped would be lost", path)
	}
	return err
}

func newMaster(key []byte) (m master, err error) {
	block, err := aes.NewCipher(key)
	if err == nil {
		m.aead, err = cipher.NewGCMWithRandomNonce(block)
	}
	sum := sha256.Sum256(append([]byte(masterLabel), key...))
	copy(m.print[:], sum[:])
	return m, err
}

// Wrap implements [Wrapper].
func (all Masters) Wrap(_ context.Context, secret, about []byte) ([]byte, error) {
	return all[0].aead.Seal(append([]byte(nil), all[0].print[:]...), nil, secret, about), nil
}

// Unwrap implements [Wrapper].
func (all Masters) Unwrap(_ context.Context, wrapped, about []byte) ([]byte, error) {
	for i := range all {
		if m := &all[i]; len(wrapped) > printSize && string(wrapped[:printSize]) == string(m.print[:]) {
			secret, err := m.aead.Open(nil, nil, wrapped[printSize:], about)
			if err != nil {
				return nil, errors.New("sealing: the wrapped secret half is damaged, or another key's")
			}
			return secret, nil
		}
	}
	return nil, ErrOtherMaster
}

// String keeps the keys out of whatever prints them.
func (Masters) String() string { return "master keys" }

// GoString is [Masters.String].
func (Masters) GoString() string { return "master keys" }
