package visibility

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
)

// Discloses reports whether an event discloses its visit, whatever was before (R39).
func Discloses(e *event.Event) bool { return e.Type.Discloses || e.Assurance == event.Imported }

// Fold knows in which order bound readers see the entries of a ledger, and what bounds them.
// The visits themselves are kept by the caller, who has them by id anyway. The zero value has
// seen nothing. One goroutine may call Apply and Visit, and then no other a method.
type Fold struct {
	units    map[string]unitRow
	teams    map[string]*followed[Team]
	persons  map[string]*followed[person.State]
	councils map[string][]string // sectors of the committees; replaced, never changed
	releases []release           // by position; only grows
}

// Visit is what is kept of one visit. The zero value is one of which nothing is known.
type Visit struct {
	held  []uint32 // entries held back, by index; they do not change after the disclosure
	seen  uint32   // index of the entry that disclosed it, if it was hidden
	state visitState
	// authority is the unit in whose name the visit is made, as the first entry says; of those alone that were hidden.
	authority string
}

type visitState uint8

const (
	unknown visitState = iota
	hidden
	disclosed
)

type release struct {
	at    uint32
	visit *Visit
}

// Effect is what an entry does to the order.
type Effect uint8

// The effects.
const (
	Plain    Effect = iota // seen at its index
	Waits                  // of a hidden visit
	Releases               // seen at its index, and those held back of its stream at it too
)

// Apply folds the next entry, when it is of no visit.
func (f *Fold) Apply(e *event.Event) {
	switch e.Stream.Kind {
	case event.Table:
		switch d, ok := e.Data.(*table.Published); {
		case ok && d.Table == table.Units:
			f.publish(d)
		case ok && d.Table == table.Committees:
			f.committees(d)
		}
	case event.Team:
		follow(&f.teams, e, (*Team).apply)
	case event.Person:
		follow(&f.persons, e, (*person.State).Apply)
	}
}

// followed is what the facts of one stream say. A correction has them count otherwise, and then they are folded anew.
type followed[S any] struct {
	said  S
	facts facts.Log
}

// follow has the next entry of a stream count.
func follow[S any](all *map[string]*followed[S], e *event.Event, apply func(*S, *event.Event)) {
	of := (*all)[e.Stream.ID]
	if of == nil {
		if *all == nil {
			*all = map[string]*followed[S]{}
		}
		of = new(followed[S])
		(*all)[strings.Clone(e.Stream.ID)] = of
	}
	of.facts.Follow(e, func() { of.said = *new(S) }, func(fact *event.Event) { apply(&of.said, fact) })
}

// Detached is [person.State.Detached] of the person whom a token names.
func (f *Fold) Detached(a *event.Actor, at time.Time) *event.Refusal {
	if p := f.persons[a.Person]; p != nil {
		return p.said.Detached(a, at)
	}
	return nil
}

// usuallyHeld is how many entries a visit has before its arrival, mostly.
const usuallyHeld = 8

// Visit folds the next entry, of a visit.
func (f *Fold) Visit(v *Visit, e *event.Event) Effect {
	switch {
	case v.state == disclosed:
		return Plain
	case !Discloses(e):
		if v.state == unknown {
			v.state, v.held, v.authority = hidden, make([]uint32, 0, usuallyHeld), strings.Clone(inspection.InNameOf(e.Data))
		}
		v.held = append(v.held, uint32(e.Index))
		return Waits
	case v.state == unknown:
		v.state = disclosed
		return Plain
	}
	v.state, v.seen = disclosed, uint32(e.Index)
	f.releases = append(f.releases, release{v.seen, v})
	return Releases
}

// Joins folds the next entry of a stream that joins a visit: it waits for that, and discloses nothing.
func (f *Fold) Joins(v *Visit, e *event.Event) Effect {
	if v.state != hidden {
		return Plain
	}
	v.held = append(v.held, uint32(e.Index))
	return Waits
}

// Seen returns the position at which bound readers see an entry of the visit, and whether they do
// as yet. An entry of no visit (nil) is seen at its index.
func (v *Visit) Seen(index uint64) (uint64, bool) {
	switch {
	case v == nil:
		return index, true
	case v.state == disclosed:
		return max(index, uint64(v.seen)), true
	}
	return 0, false
}

// Since is [Scope.Since] of an entry of the visit, or (nil) of none.
func (v *Visit) Since(s *Scope, of event.Stream, about *event.About, index uint64) (uint64, bool) {
	seen, disclosed := v.Seen(index)
	return s.since(of, about, v.Authority(), index, seen, disclosed)
}

// Authority is the unit in whose name a visit that is or was hidden is made, as its first entry says; else "".
func (v *Visit) Authority() string {
	if v == nil {
		return ""
	}
	return v.authority
}

func (f *Fold) publish(d *table.Published) {
	next := make(map[string]unitRow, len(d.Units))
	for id, row := range f.units { // those that are no longer listed
		if row.listed {
			row.changes++
		}
		row.listed = false
		next[id] = row
	}
	for _, u := range d.Units {
		id := strings.Clone(u.ID)
		u = table.Unit{ID: id, County: strings.Clone(u.County), Sectors: cloneAll(u.Sectors)}
		before := f.units[id]
		row := unitRow{u, true, before.changes}
		if !before.listed || before.County != u.County || !slices.Equal(before.Sectors, u.Sectors) {
			row.changes++
		}
		next[id] = row
	}
	f.units = next
}

// committees takes over a table, or the next part of one: as yet its rows are small, and a part adds to the one before.
func (f *Fold) committees(d *table.Published) {
	next := map[string][]string{}
	if d.Part != nil && d.Part.Number > 1 {
		maps.Copy(next, f.councils)
	}
	for i := range d.Committees {
		next[strings.Clone(d.Committees[i].ID)] = cloneAll(d.Committees[i].Sectors)
	}
	f.councils = next
}

// Committee implements [Roll].
func (f *Fold) Committee(id string) []string { return f.councils[id] }

// unitRow is a unit, and how often what it may see has changed.
type unitRow struct {
	table.Unit
	listed  bool
	changes int
}

// Units calls fn for each unit of the table in force, with the number of its scope: how often
// that has changed.
func (f *Fold) Units(fn func(u table.Unit, changes int)) {
	for _, row := range f.units {
		if row.listed {
			fn(row.Unit, row.changes)
		}
	}
}

// apply folds a fact of the team.
func (t *Team) apply(e *event.Event) {
	next := *t // values in use are never changed
	switch d := e.Data.(type) {
	case *team.ScopeAssigned:
		next.Sectors, next.Counties = cloneAll(d.Sectors), cloneAll(d.Counties)
	case *team.LeaderAppointed:
		next.Leader = strings.Clone(d.Person)
	case *team.LeaderChanged:
		next.Leader = strings.Clone(d.To)
	case *team.MemberJoined:
		next.Members = maps.Clone(t.Members)
		if next.Members == nil {
			next.Members = map[string]bool{}
		}
		next.Members[strings.Clone(d.Person)] = true
	case *team.MemberLeft:
		next.Members = maps.Clone(t.Members)
		delete(next.Members, d.Person)
	}
	*t = next
}

func cloneAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.Clone(s)
	}
	return out
}

// Unit implements [Roll].
func (f *Fold) Unit(id string) (table.Unit, bool) {
	row := f.units[id]
	return row.Unit, row.listed
}

// Team implements [Roll].
func (f *Fold) Team(id string) (Team, bool) {
	if t := f.teams[id]; t != nil {
		return t.said, true
	}
	return Team{}, false
}

// Held returns the indexes of the entries that the entry at position at has disclosed,
// ascending. The caller must not change them; they do not change.
func (f *Fold) Held(at uint64) []uint32 {
	i := sort.Search(len(f.releases), func(i int) bool { return uint64(f.releases[i].at) >= at })
	if i < len(f.releases) && uint64(f.releases[i].at) == at {
		return f.releases[i].visit.held
	}
	return nil
}
