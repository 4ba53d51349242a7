package api

import (
	"sync"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// Disclosure knows which visits are still hidden (R39): those that have begun to be planned
// but whose inspectors have not arrived. It is a fold over the ledger; the zero value has
// seen nothing. One goroutine calls Apply, any number may ask.
type Disclosure struct {
	mu       sync.RWMutex
	position uint64
	hidden   map[string]struct{} // inspection ids
}

// Apply folds committed entries, in order.
func (d *Disclosure) Apply(events []*event.Event) {
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
func (d *Disclosure) Disclosed(id string, index uint64) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	_, hidden := d.hidden[id]
	return !hidden && index < d.position
}

// viewer decides row by row what one caller may read, and logs what must be.
type viewer struct {
	a      *Handler
	c      *call
	logged map[string]struct{} // inspections whose reading is in the access log already
}

// maxLoggedOnce bounds viewer.logged; past it, an inspection may be logged again.
const maxLoggedOnce = 4096

// see reports whether the caller may read an entry. Reading of a visit before it is
// disclosed goes to the access log first (R39).
func (v *viewer) see(en *entry.Entry) (bool, error) {
	about := en.About
	if about.Team == "" && en.Stream.Kind == event.Team {
		about.Team = en.Stream.ID
	}
	disclosed := en.Stream.Kind != event.Inspection || v.a.cfg.Disclosure.Disclosed(en.Stream.ID, en.Index)
	own := en.Actor.Person != "" && en.Actor.Person == v.c.claims.Person
	if !own && !v.c.scope.Sees(about, disclosed) {
		about.County = v.a.cfg.Parent(about.County)
		if about.County == "" || !v.c.scope.Sees(about, disclosed) {
			return false, nil
		}
	}
	if !disclosed {
		return true, v.log(en.Stream.ID)
	}
	return true, nil
}

// log records once that the caller reads of an undisclosed visit.
func (v *viewer) log(id string) error {
	if _, done := v.logged[id]; done {
		return nil
	}
	if v.logged == nil || len(v.logged) >= maxLoggedOnce {
		v.logged = map[string]struct{}{}
	}
	v.logged[id] = struct{}{}
	return v.a.logAccess(v.c, string(event.Inspection)+"/"+id)
}

// seesCounty reports whether the caller may read the view of a county, or of a zone in it.
func (a *Handler) seesCounty(c *call, code string) bool {
	if c.scope.SeesCounty(code) {
		return true
	}
	parent := a.cfg.Parent(code)
	return parent != "" && c.scope.SeesCounty(parent)
}
