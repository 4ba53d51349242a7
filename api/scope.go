package api

import (
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
)

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
	if en.Stream.Kind == event.Tokens && !identity.SeesTokens(v.c.claims.Role) {
		return false, nil
	}
	if en.Stream.Kind == "" { // its form is newer than this program, so it may be about anything
		return identity.SeesTokens(v.c.claims.Role) && v.c.scope.Sees(event.About{}, false), nil
	}
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
