package sealing

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/hpke"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/internal/evidence"
)

var (
	// ErrNoMaster means that this node was given no master key.
	ErrNoMaster = errors.New("sealing: this node has no master key")
	// ErrDestroyed means that an entry destroyed the key.
	ErrDestroyed = errors.New("sealing: the key was destroyed")
	// ErrSecretMissing means that the file of the secret half is not there, though nothing destroyed the key.
	ErrSecretMissing = errors.New("sealing: the file of the secret half is missing")
)

// Keeper makes sealing keys and opens with them. The secret half of each is a file beside the evidence, wrapped, named
// by its hash, which the entry of the key states. So it is shared by exactly those nodes that share the evidence, is
// copied and moved with it, and is erased by the same means on each of them. It is unwrapped for each use and
// never kept. The methods may be called by many goroutines at once.
type Keeper struct {
	Origin string // of the ledger
	Files  evidence.Store
	Master Wrapper // nil: this node opens nothing and makes no key
}

// about binds what is wrapped to its ledger and key.
func (k *Keeper) about(id string) []byte {
	return []byte(strings.Join([]string{keyLabel, k.Origin, id}, infoLines))
}

// New makes a key for roles, and for one matter when that is not empty. Its secret half is durable. The
// caller appends what is returned, in the stream of the id.
func (k *Keeper) New(ctx context.Context, roles []event.Role, matter string) (id string, d *sealingkey.Published, err error) {
	if k.Master == nil {
		return "", nil, ErrNoMaster
	}
	s, err := NewSecret()
	if err != nil {
		return "", nil, fmt.Errorf("sealing: %w", err)
	}
	raw, err := s.key.Bytes()
	if err != nil {
		return "", nil, fmt.Errorf("sealing: %w", err)
	}
	defer clear(raw)
	id = s.Public().ID
	wrapped, err := k.Master.Wrap(ctx, raw, k.about(id))
	if err != nil {
		return "", nil, fmt.Errorf("sealing: wrap: %w", err)
	}
	name := sum(wrapped)
	if _, _, err := k.Files.Put(ctx, name, maxWrapped, bytes.NewReader(wrapped)); err != nil {
		return "", nil, err
	}
	return id, &sealingkey.Published{PublicKey: s.SPKI(), Roles: slices.Clone(roles), Matter: matter, Wrapped: name}, nil
}

// maxWrapped is the largest file of a wrapped secret half that is read, in bytes. Ours have 68; a KMS may
// add to that.
const maxWrapped = 16 << 10

// Open decrypts a sealed text. Errors are [ErrDestroyed], [ErrNoMaster], [ErrSecretMissing], [ErrOtherMaster],
// those of [Secret.Open], and of the evidence: evidence.ErrErased, evidence.ErrNotFound where the file never came.
func (k *Keeper) Open(ctx context.Context, key *Key, at Place, said *event.Sealed) (text string, err error) {
	if key.Destroyed != nil {
		return "", ErrDestroyed
	}
	file, err := k.read(ctx, said.SHA256, event.MaxSealed)
	if err != nil {
		return "", err
	}
	s, err := k.secret(ctx, key)
	if err != nil {
		return "", err
	}
	return s.Open(at, said, file)
}

func (k *Keeper) secret(ctx context.Context, key *Key) (s Secret, err error) {
	if k.Master == nil {
		return s, ErrNoMaster
	}
	wrapped, err := k.read(ctx, key.Wrapped, maxWrapped)
	switch {
	case errors.Is(err, evidence.ErrErased):
		return s, ErrDestroyed
	case errors.Is(err, evidence.ErrNotFound):
		return s, ErrSecretMissing
	case err != nil:
		return s, err
	}
	raw, err := k.Master.Unwrap(ctx, wrapped, k.about(key.ID))
	if err != nil {
		return s, err
	}
	defer clear(raw)
	if s.key, err = hpke.DHKEM(ecdh.P256()).NewPrivateKey(raw); err != nil {
		return s, fmt.Errorf("sealing: the secret half: %w", err)
	}
	if s.SPKI() != key.PublicKey {
		return s, errors.New("sealing: the secret half is another key's")
	}
	return s, nil
}

// Check reports whether this node can use a key: its file is there, whole, and unwrapped by the master key.
func (k *Keeper) Check(ctx context.Context, key *Key) error {
	_, err := k.secret(ctx, key)
	return err
}

func (k *Keeper) read(ctx context.Context, name string, most int64) ([]byte, error) {
	r, size, err := k.Files.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if size > most {
		return nil, fmt.Errorf("%w: %d bytes", ErrNotOpened, size)
	}
	return io.ReadAll(r)
}

// Eraser removes what entries have erased from a store of evidence, also what was erased while the node was
// down: at a start the ring has every such entry.
type Eraser struct {
	Ring  *Ring
	Files evidence.Store // the bare one, not what [evidence.Guard] made of it

	mu     sync.Mutex
	failed error // why a file could not be removed lately; nil: none
}

// Pauses between two tries to remove a file.
const (
	eraseAgain   = time.Second
	eraseAgainUp = time.Minute
)

// Run removes until ctx ends. A file that cannot be removed holds no other up.
func (x *Eraser) Run(ctx context.Context) {
	var left []string // of those that the ring told
	told, pause := 0, eraseAgain
	for {
		list, more := x.Ring.erasedFrom(told)
		told += len(list)
		var err error
		left, err = x.remove(ctx, append(left, list...))
		x.note(err)
		var again <-chan time.Time
		if err == nil {
			pause = eraseAgain
		} else {
			again = time.After(pause)
			pause = min(2*pause, eraseAgainUp)
		}
		select {
		case <-more:
		case <-again:
		case <-ctx.Done():
			return
		}
	}
}

// remove removes files, and returns those that are left, with why the first of them is.
func (x *Eraser) remove(ctx context.Context, list []string) (left []string, failed error) {
	for _, name := range list {
		if err := x.Files.Erase(ctx, name); err != nil {
			left = append(left, name)
			failed = cmp.Or(failed, err)
		}
	}
	if failed != nil {
		failed = fmt.Errorf("%d erased files cannot be removed: %w", len(left), failed)
	}
	return left, failed
}

func (x *Eraser) note(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.failed = err
}

// Err says why something that was erased is still there; nil: nothing is, as far as is known.
func (x *Eraser) Err() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.failed
}
