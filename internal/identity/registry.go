package identity

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/token"
)

var (
	// ErrInvalidToken means that no entry issued such a token.
	ErrInvalidToken = errors.New("identity: the token is not valid")
	// ErrExpiredToken means that its time is over.
	ErrExpiredToken = errors.New("identity: the token has expired")
	// ErrRevokedToken means that an entry took it back.
	ErrRevokedToken = errors.New("identity: the token is revoked")
)

const (
	// lookEvery bounds how often a token that this node does not know makes it read the
	// store's head: whoever sends nonsense must not make the store busy.
	lookEvery = time.Second
	// lookPatience bounds how long an unknown token's request waits for that.
	lookPatience = 5 * time.Second
)

// Registry knows the tokens that entries issued and revoked. One goroutine calls Apply, any
// number may ask.
type Registry struct {
	now     func() time.Time
	head    func() uint64
	refresh func(context.Context) error // nil: no other node writes to the store

	mu     sync.RWMutex
	byHash map[[sha256.Size]byte]int // index in all
	all    []*Claims                 // by position
	size   uint64                    // entries folded
	grown  chan struct{}
	looked time.Time // when the store's head was last read
}

// NewRegistry returns a registry that has folded nothing. now is the time by which tokens end.
func NewRegistry(now func() time.Time) *Registry {
	return &Registry{now: now, byHash: map[[sha256.Size]byte]int{}, grown: make(chan struct{}), head: func() uint64 { return 0 }}
}

// Follow tells the registry how many entries this node has, and how to get those that other
// nodes wrote; refresh is nil when there are none. It is called once, before the first question.
func (r *Registry) Follow(head func() uint64, refresh func(context.Context) error) {
	r.head, r.refresh = head, refresh
}

// Apply folds committed entries, in order.
func (r *Registry) Apply(events []*event.Event) {
	if len(events) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		if e.Stream.Kind == event.Tokens {
			r.apply(e)
		}
	}
	r.size = events[len(events)-1].Index + 1
	close(r.grown)
	r.grown = make(chan struct{})
}

func (r *Registry) apply(e *event.Event) {
	switch d := e.Data.(type) {
	case *token.Issued:
		sum, ok := decodeHash(d.SHA256)
		if _, used := r.byHash[sum]; !ok || used { // which the rules refuse
			return
		}
		c := &Claims{
			Token: e.Index, Event: e.ID, Person: d.Person, Role: d.Role, Team: d.Team, County: d.County, Unit: d.Unit,
			Subject: d.Subject, Issued: e.Recorded, Expires: d.Expires,
		}
		r.byHash[sum] = len(r.all)
		r.all = append(r.all, c)
	case *token.Revoked:
		if i, ok := r.find(d.Token); ok {
			revoked := *r.all[i] // claims that were handed out stay as they are
			revoked.Revoked = true
			r.all[i] = &revoked
		}
	}
}

func decodeHash(s string) (sum [sha256.Size]byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != len(sum) {
		return sum, false
	}
	return [sha256.Size]byte(b), true
}

func (r *Registry) find(position uint64) (int, bool) {
	return slices.BinarySearchFunc(r.all, position, func(c *Claims, p uint64) int { return cmp.Compare(c.Token, p) })
}

// Verify returns what the ledger knows of a token's bearer. Errors are ErrInvalidToken,
// ErrExpiredToken and ErrRevokedToken; any other means that this node does not know the token
// and could not ask the store for what other nodes wrote.
func (r *Registry) Verify(ctx context.Context, text string) (Claims, error) {
	if _, err := ParseToken(text); err != nil {
		return Claims{}, err
	}
	sum := sha256.Sum256([]byte(text))
	c := r.lookup(sum)
	if c == nil {
		if err := r.catchUp(ctx); err != nil {
			return Claims{}, err
		}
		if c = r.lookup(sum); c == nil {
			return Claims{}, ErrInvalidToken
		}
	}
	return *c, r.counts(c)
}

func (r *Registry) lookup(sum [sha256.Size]byte) *Claims {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if i, ok := r.byHash[sum]; ok {
		return r.all[i]
	}
	return nil
}

func (r *Registry) counts(c *Claims) error {
	switch {
	case c.Revoked:
		return ErrRevokedToken
	case !r.now().Before(c.Expires):
		return ErrExpiredToken
	}
	return nil
}

// Check reports whether the token of a request that was verified before still counts.
func (r *Registry) Check(position uint64) error {
	r.mu.RLock()
	defer r.mu.RUnlock()
	i, ok := r.find(position)
	if !ok {
		return ErrInvalidToken
	}
	return r.counts(r.all[i])
}

// catchUp folds what this node has, and at most once in lookEvery what other nodes wrote.
func (r *Registry) catchUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookPatience)
	defer cancel()
	if r.refresh != nil && r.mayLook() {
		if err := r.refresh(ctx); err != nil {
			return fmt.Errorf("identity: the newest tokens cannot be read: %w", err)
		}
	}
	return r.WaitFor(ctx, r.head())
}

func (r *Registry) mayLook() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.looked) < lookEvery {
		return false
	}
	r.looked = time.Now()
	return true
}

// WaitFor waits until the first size entries are folded.
func (r *Registry) WaitFor(ctx context.Context, size uint64) error {
	for {
		r.mu.RLock()
		have, grown := r.size, r.grown
		r.mu.RUnlock()
		if have >= size {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// All returns every token that was ever issued, by position.
func (r *Registry) All() []Claims {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]Claims, len(r.all))
	for i, c := range r.all {
		out[i] = *c
	}
	return out
}

// ByHash returns the token that was issued with a hash, as token-issued has it.
func (r *Registry) ByHash(sha256 string) (Claims, bool) {
	sum, ok := decodeHash(sha256)
	if c := r.lookup(sum); ok && c != nil {
		return *c, true
	}
	return Claims{}, false
}

// Reference returns what names a token without being one: the hash of a whole token, else ref
// itself.
func Reference(ref string) string {
	if t, err := ParseToken(ref); err == nil {
		return t.SHA256()
	}
	return ref
}

// Find returns the token that is meant by itself, by its hash, by the position of its issue or by
// the id of that event.
func (r *Registry) Find(ref string) (Claims, error) {
	ref = Reference(ref)
	if _, ok := decodeHash(ref); ok {
		if c, ok := r.ByHash(ref); ok {
			return c, nil
		}
		return Claims{}, errors.New("this ledger issued no such token")
	}
	position, err := strconv.ParseUint(ref, 10, 64)
	id, idErr := uuid.Parse(ref)
	if err != nil && idErr != nil {
		return Claims{}, errors.New("want a whole token, its hash, the position of its issue, or the id of that event")
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, c := range r.all {
		if err == nil && c.Token == position || idErr == nil && c.Event == id {
			return *c, nil
		}
	}
	return Claims{}, fmt.Errorf("no token was issued at %s", ref)
}
