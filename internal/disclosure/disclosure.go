// Package disclosure is the access rule R39 as a fold over the ledger: a visit is hidden from
// those it is going to, and from their county, until its inspectors have arrived. It keeps
// only the visits that are hidden now, which are few.
package disclosure

import (
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
)

// Fold knows which visits are hidden. The zero value has seen nothing; a nil Fold discloses
// nothing. One goroutine calls Apply, any number may ask.
type Fold struct {
	mu       sync.RWMutex
	position uint64
	hidden   map[string]struct{} // inspection ids
}

// Apply folds committed entries, in order.
func (d *Fold) Apply(events []*event.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.hidden == nil {
		d.hidden = map[string]struct{}{}
	}
	for _, e := range events {
		d.position = e.Index + 1
		if e.Stream.Kind != event.Inspection {
			continue
		}
		switch e.Data.(type) {
		case *inspection.Arrived, *inspection.Attempted, *inspection.Closed:
			delete(d.hidden, e.Stream.ID)
		default:
			// What others recorded happened before it was imported.
			if e.Revision == 0 && e.Assurance != event.Imported {
				d.hidden[e.Stream.ID] = struct{}{}
			}
		}
	}
}

// Disclosed reports whether the inspectors of a visit have arrived, as far as its entry at
// index has been folded; until then it is not disclosed.
func (d *Fold) Disclosed(id string, index uint64) bool {
	if d == nil {
		return false
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	_, hidden := d.hidden[id]
	return !hidden && index < d.position
}
