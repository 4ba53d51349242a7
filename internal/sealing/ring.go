package sealing

import (
	"bytes"
	"slices"
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// Key is a sealing key as the ledger knows it. Positions are indexes of entries. It is a value.
type Key struct {
	ID        string
	PublicKey string // SubjectPublicKeyInfo, base64url
	Roles     []event.Role
	Matter    string // empty: a key of roles
	Wrapped   string // SHA-256 of the file with the wrapped secret half
	Published uint64
	Destroyed *uint64 // nil while it has not been destroyed
}

// Opens reports whether a role may open with the key.
func (k *Key) Opens(r event.Role) bool { return slices.Contains(k.Roles, r) }

// Fits reports whether a member that some roles may open may be sealed for the key.
func (k *Key) Fits(opens []event.Role) bool {
	for _, r := range k.Roles {
		if !slices.Contains(opens, r) {
			return false
		}
	}
	return true
}

// Ring knows the sealing keys and what was erased. The fold over the ledger feeds it, requests and
// the [Eraser] ask it, all at once. It is made by [NewRing].
type Ring struct {
	mu     sync.RWMutex
	keys   []*Key            // mu; by position; what was handed out is never changed
	byID   map[string]int    // mu; index in keys
	erased map[string]uint64 // mu; SHA-256 of a file → the entry that erased it
	order  []string          // mu; the files, by that entry
	grown  chan struct{}     // mu; closed when order grows
}

// NewRing returns a ring that has folded nothing.
func NewRing() *Ring {
	return &Ring{byID: map[string]int{}, erased: map[string]uint64{}, grown: make(chan struct{})}
}

// Apply folds committed entries, in order.
func (r *Ring) Apply(events []*event.Event) {
	for _, e := range events {
		if e.Stream.Kind == event.SealingKey || e.Stream.Kind == event.File {
			r.apply(e)
		}
	}
}

func (r *Ring) apply(e *event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch d := e.Data.(type) {
	case *sealingkey.Published:
		if _, known := r.byID[e.Stream.ID]; known { // which the rules refuse
			return
		}
		r.byID[e.Stream.ID] = len(r.keys)
		r.keys = append(r.keys, &Key{ID: e.Stream.ID, PublicKey: d.PublicKey, Roles: d.Roles, Matter: d.Matter, Wrapped: d.Wrapped,
			Published: e.Index})
	case *sealingkey.Destroyed:
		i, known := r.byID[e.Stream.ID]
		if !known || r.keys[i].Destroyed != nil {
			return
		}
		k := *r.keys[i]
		k.Destroyed = new(e.Index)
		r.keys[i] = &k
		r.erase(k.Wrapped, e.Index)
	case *files.Erased:
		r.erase(d.SHA256, e.Index)
	}
}

// erase notes that an entry erased a file; r.mu is held.
func (r *Ring) erase(sha256 string, index uint64) {
	if _, known := r.erased[sha256]; known {
		return
	}
	r.erased[sha256] = index
	r.order = append(r.order, sha256)
	close(r.grown)
	r.grown = make(chan struct{})
}

// Reader folds entries by their lines, in order, for who has blocks and no ledger. Most lines are of other streams, and are
// not parsed.
func (r *Ring) Reader(c *event.Catalogue) func(line []byte) {
	marks := [][]byte{[]byte(`"stream":"` + string(event.SealingKey) + "/"), []byte(`"stream":"` + string(event.File) + "/")}
	return func(line []byte) {
		if !slices.ContainsFunc(marks, func(m []byte) bool { return bytes.Contains(line, m) }) {
			return
		}
		if e, err := entry.Decode(line, c); err == nil { // what is malformed or newer erases nothing
			r.Apply([]*event.Event{e})
		}
	}
}

// AllErased returns the files that were erased, in order.
func (r *Ring) AllErased() []string {
	all, _ := r.erasedFrom(0)
	return all
}

// Lookup returns a key, also one that is destroyed.
func (r *Ring) Lookup(id string) (Key, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if i, ok := r.byID[id]; ok {
		return *r.keys[i], true
	}
	return Key{}, false
}

// Keys returns all keys, by position.
func (r *Ring) Keys() []Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]Key, len(r.keys))
	for i, k := range r.keys {
		out[i] = *k
	}
	return out
}

// For returns the key for which a member is sealed unless somebody names another: of those of the matter
// (empty: of roles) that fit and are not destroyed, one that the first named role may use, then
// the one of most roles, then the newest.
func (r *Ring) For(opens []event.Role, matter string) (best Key, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	rank := func(k *Key) int {
		n := len(k.Roles)
		if k.Opens(opens[0]) {
			n += len(event.Roles)
		}
		return n
	}
	for _, k := range r.keys {
		if k.Destroyed == nil && k.Matter == matter && k.Fits(opens) && (!ok || rank(k) >= rank(&best)) {
			best, ok = *k, true
		}
	}
	return best, ok
}

// Erased returns the index of the entry that erased a file.
func (r *Ring) Erased(sha256 string) (index uint64, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	index, ok = r.erased[sha256]
	return index, ok
}

// Gone reports whether an entry erased a file, as [evidence.Guard] asks.
func (r *Ring) Gone(sha256 string) bool {
	_, gone := r.Erased(sha256)
	return gone
}

// erasedFrom returns the files that were erased from the n-th on, and a channel that is closed when there
// are more.
func (r *Ring) erasedFrom(n int) ([]string, <-chan struct{}) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.order[n:]), r.grown
}
