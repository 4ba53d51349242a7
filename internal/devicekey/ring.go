package devicekey

import (
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/person"
)

// Ring knows the registered device keys and the chain of what each signed. The fold over the
// ledger feeds it, requests look keys up; both may do so at once. The zero value is ready.
type Ring struct {
	mu      sync.RWMutex
	keys    map[string]*held    // mu; by key id
	waiting map[string]string   // mu; id of a registration → key id
	persons map[string][]string // mu; person → key ids, in the order of registration
}

type held struct {
	Registration
	chain Chain
}

// Registration is a key as the ledger knows it. Positions are indexes of entries.
type Registration struct {
	Key
	Person     string
	Device     string
	Registered uint64
	Confirmed  *uint64 // nil while nobody has confirmed it
	Revoked    *uint64 // nil while it has not been revoked
}

// Apply folds committed entries, in order.
func (r *Ring) Apply(events []*event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		switch d := e.Data.(type) {
		case *person.KeyRegistered:
			r.register(e, d)
		case *person.KeyConfirmed:
			if k := r.keys[r.waiting[d.Event]]; k != nil && k.Confirmed == nil {
				k.Confirmed = new(e.Index)
			}
		case *person.KeyRevoked:
			if k := r.keys[d.Key]; k != nil && k.Revoked == nil {
				k.Revoked = new(e.Index)
				k.chain.Compromised(d.CompromisedSince)
			}
		}
		if e.Signed {
			if k := r.keys[e.Link.Key]; k != nil {
				k.chain.Take(e)
			}
		}
	}
}

// register adds a key; it belongs to its first person.
func (r *Ring) register(e *event.Event, d *person.KeyRegistered) {
	k, err := New(d.Suite, d.PublicKey)
	if err != nil || r.keys[k.ID] != nil {
		return
	}
	if r.keys == nil {
		r.keys, r.waiting, r.persons = map[string]*held{}, map[string]string{}, map[string][]string{}
	}
	owner := e.Stream.ID
	r.keys[k.ID] = &held{Registration: Registration{Key: k, Person: owner, Device: d.Device, Registered: e.Index}}
	r.waiting[e.ID.String()] = k.ID
	r.persons[owner] = append(r.persons[owner], k.ID)
}

// Lookup returns a key, also one that is revoked.
func (r *Ring) Lookup(id string) (Registration, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if k := r.keys[id]; k != nil {
		return k.Registration, true
	}
	return Registration{}, false
}

// Links says what is missing, double, broken or in doubt among what a key signed.
func (r *Ring) Links(id string) (Links, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if k := r.keys[id]; k != nil {
		return k.chain.Links(), true
	}
	return Links{}, false
}

// OfPerson returns a person's keys in the order of their registration.
func (r *Ring) OfPerson(owner string) []Registration {
	r.mu.RLock()
	defer r.mu.RUnlock()
	own := make([]Registration, 0, len(r.persons[owner]))
	for _, id := range r.persons[owner] {
		own = append(own, r.keys[id].Registration)
	}
	return own
}
