package devicekey

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Ring knows the registered device keys. The fold over the ledger feeds it, requests
// look keys up; both may do so at once. The zero value is ready.
type Ring struct {
	mu   sync.RWMutex
	keys map[string]Registration // mu; by key id
}

// Registration is a key with the time it counts for. Times are the ledger's, UTC.
type Registration struct {
	Key
	Added   time.Time
	Revoked time.Time // zero while it counts
}

// ValidAt reports whether the key counted at a recorded time.
func (r Registration) ValidAt(t time.Time) bool {
	return !t.Before(r.Added) && (r.Revoked.IsZero() || t.Before(r.Revoked))
}

// Add registers a key from a recorded time on. A key belongs to its first person: adding
// a known one again changes nothing, and added is false.
func (r *Ring) Add(k Key, at time.Time) (added bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.keys[k.ID]; ok {
		return false
	}
	if r.keys == nil {
		r.keys = map[string]Registration{}
	}
	r.keys[k.ID] = Registration{Key: k, Added: at}
	return true
}

// Revoke ends a key at a recorded time, for good; the earliest counts. What it signed
// before stays signed. It reports whether the key is known.
func (r *Ring) Revoke(id string, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.keys[id]
	if ok && (k.Revoked.IsZero() || at.Before(k.Revoked)) {
		k.Revoked = at
		r.keys[id] = k
	}
	return ok
}

// Lookup returns a key, also one that is revoked.
func (r *Ring) Lookup(id string) (Registration, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	k, ok := r.keys[id]
	return k, ok
}

// OfPerson returns a person's keys in the order of their registration.
func (r *Ring) OfPerson(person string) []Registration {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var own []Registration
	for _, k := range r.keys {
		if k.Person == person {
			own = append(own, k)
		}
	}
	slices.SortFunc(own, func(a, b Registration) int {
		if c := a.Added.Compare(b.Added); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return own
}
